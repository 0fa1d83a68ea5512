//! The chip map is a bijection, and coordinates agree with the author's own library.

use std::collections::BTreeSet;

use phext_paper::phext::{CHIPS, ChipIndex, Coordinate, SPARE_CHIPS, chip_at, coordinate_of};
use proptest::prelude::*;

#[test]
fn every_chip_and_spare_maps_to_its_own_coordinate_and_back() {
    let chips = (0..CHIPS + SPARE_CHIPS).map(|index| ChipIndex::new(index).unwrap());
    let mut seen = BTreeSet::new();
    for chip in chips {
        let coordinate = coordinate_of(chip);
        assert!(seen.insert(coordinate));
        assert_eq!(chip_at(&coordinate), Some(chip));
        assert_eq!(coordinate.to_string().parse(), Ok(coordinate));
        let theirs = libphext::phext::to_coordinate(&coordinate.to_string());
        assert_eq!(theirs.to_string(), coordinate.to_string());
        match chip.position() {
            Some(position) => assert_eq!(ChipIndex::at_position(position), Some(chip)),
            None => assert!(chip.is_spare()),
        }
    }
    assert_eq!(seen.len(), 4352);
    assert_eq!(ChipIndex::new(4352), None);
}

fn check_error(text: &str, column: usize) {
    let error = text.parse::<Coordinate>().unwrap_err();
    assert_eq!(error.column, column, "{text:?}: {error}");
}

#[test]
fn errors_name_the_column() {
    check_error("", 1);
    check_error("abc", 1);
    check_error("1.2.3", 6);
    check_error("1.1.1/1.1.1/1.1", 16);
    check_error("1.1.1/1.1.1/1.1.1.1", 18);
    check_error("1.1.1.1.1.1/1.1.1", 6);
    check_error("1.1.1/1.0.1/1.1.1", 9);
    check_error("1.1.1/1.1000.1/1.1.1", 9);
    check_error("1.1.1/1.1.1/1.1.1 ", 18);
    check_error("é.1.1/1.1.1/1.1.1", 1);
}

#[test]
fn a_semicolon_may_stand_for_a_slash() {
    let coordinate: Coordinate = "1.2.3;4.5.6;7.8.999".parse().unwrap();
    assert_eq!(coordinate.to_string(), "1.2.3/4.5.6/7.8.999");
    assert_eq!((coordinate.z(), coordinate.y(), coordinate.x()), ([1, 2, 3], [4, 5, 6], [7, 8, 999]));
}

#[test]
fn neighbours_differ_by_one_in_one_part_of_the_arm() {
    let coordinate: Coordinate = "1.2.3/4.5.6/7.8.999".parse().unwrap();
    assert_eq!(coordinate.neighbours(0).len(), 5);
    assert_eq!(coordinate.neighbours(1).len(), 6);
    assert_eq!(coordinate.neighbours(2).len(), 5);
    assert!(coordinate.neighbours(1).iter().all(|other| other.z() == coordinate.z()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_the_parser(text in r"(\PC{0,24}|[0-9./;x +]{0,24}|[0-9]{1,25}([./;][0-9]{0,4}){0,10})") {
        if let Ok(coordinate) = text.parse::<Coordinate>() {
            prop_assert_eq!(libphext::phext::to_coordinate(&text.replace(';', "/")).to_string(), coordinate.to_string());
        }
    }
}
