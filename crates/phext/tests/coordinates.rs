//! Coordinates: strict parsing, and agreement with `libphext`.

use phext::Coordinate;
use phext::delimiter::{Delimiter, find_delimiter};
use proptest::prelude::*;

#[test]
fn faults_are_located() {
    for (text, column, part) in [
        ("", 1, "found the end"),
        ("abc", 1, "found 'a'"),
        ("1.2.3", 6, "expected '/' or ';' before the collection, found the end"),
        ("1.1.1/1.1.1/1.1", 16, "before the scroll"),
        ("1.1.1/1.1.1/1.1.1.1", 18, "end after nine numbers"),
        ("1.1.1/1.1.1/1.1.1 ", 18, "end after nine numbers"),
        (" 1.1.1/1.1.1/1.1.1", 1, "found ' '"),
        ("+1.1.1/1.1.1/1.1.1", 1, "found '+'"),
        ("1.01.1/1.1.1/1.1.1", 3, "leading zero"),
        ("1.00.1/1.1.1/1.1.1", 3, "leading zero"),
        ("1.1.1/0.1.1/1.1.1", 7, "numbers start at 1"),
        ("1.1.1/1.1000.1/1.1.1", 9, "larger than 999"),
        ("1.1.1/1.1.1/1.1.18446744073709551616", 17, "larger than 999"),
        ("1x2.1.1/1.1.1/1.1.1", 2, "expected '.' before the shelf"),
        ("1.1/1.1.1/1.1.1", 4, "expected '.' before the series"),
        ("é.1.1/1.1.1/1.1.1", 1, "found 'é'"),
        ("1é1.1/1.1.1/1.1.1", 2, "found 'é'"),
        ("1.1.1/1.1.1/1.1.é", 17, "found 'é'"),
        ("\u{663}.1.1/1.1.1/1.1.1", 1, "expected a number"),
    ] {
        let fault = Coordinate::parse(text).expect_err(text);
        assert_eq!(fault.column, column, "{text:?}: {fault}");
        assert!(fault.message.contains(part), "{text:?}: {fault}");
    }
    assert_eq!(
        Coordinate::parse("1.2.3;4.5.6;7.8.999"),
        Ok(Coordinate::from_arms([1, 2, 3], [4, 5, 6], [7, 8, 999]).expect("in range"))
    );
    assert_eq!(Coordinate::from_arms([0, 1, 1], [1; 3], [1; 3]), None);
    assert_eq!(Coordinate::from_arms([1; 3], [1; 3], [1, 1, 1000]), None);
}

#[test]
fn delimiters_move_like_libphext() {
    let start = Coordinate::from_arms([2, 3, 4], [5, 6, 7], [8, 9, 10]).expect("in range");
    for delimiter in Delimiter::ALL {
        assert_eq!(Delimiter::from_byte(delimiter.byte()), Some(delimiter));
        let text = format!("{}x", char::from(delimiter.byte()));
        assert_eq!(find_delimiter(&format!("é\n{text}")), Some((3, delimiter)));
        let scrolls = libphext::phext::phokenize(&text);
        let ours = Coordinate::ORIGIN.after(delimiter).map(|coordinate| coordinate.to_string());
        assert_eq!(scrolls.last().map(|scroll| scroll.coord.to_string()), ours, "{}", delimiter.name());
    }
    assert_eq!(start.after(Delimiter::Book).map(|c| c.numbers()), Some([2, 3, 4, 5, 6, 8, 1, 1, 1]));
    assert_eq!(find_delimiter("plain text\nof two lines"), None);
    let last = Coordinate::from_arms([1; 3], [1; 3], [1, 1, 999]).expect("in range");
    assert_eq!(last.after(Delimiter::Scroll), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_string_panics(text in "[0-9]{0,4}[-0-9./;+ xé\\x00-\\x1F]{0,24}|[1-9]([./;][0-9]{1,3}){8}|.{0,12}") {
        match Coordinate::parse(&text) {
            Ok(coordinate) => prop_assert_eq!(coordinate.to_string(), text.replace(';', "/")),
            Err(fault) => prop_assert!((1..=text.chars().count() + 1).contains(&fault.column)),
        }
    }
}

proptest! {
    #[test]
    fn libphext_agrees(numbers in prop::array::uniform3(prop::array::uniform3(1_u16..=999))) {
        let [z, y, x] = numbers;
        let ours = Coordinate::from_arms(z, y, x).expect("in range");
        prop_assert_eq!((ours.z(), ours.y(), ours.x()), (z, y, x));
        let text = ours.to_string();
        prop_assert_eq!(libphext::phext::to_coordinate(&text).to_string(), text.clone());
        prop_assert_eq!(Coordinate::parse(&text), Ok(ours));
        prop_assert_eq!(Coordinate::parse(&text.replace('/', ";")), Ok(ours));
    }
}

#[test]
fn neighbours_differ_by_one_in_one_number_of_the_arm() {
    let coordinate = Coordinate::parse("1.2.3/4.5.6/7.8.999").unwrap();
    assert_eq!([0, 1, 2].map(|arm| coordinate.neighbours(arm).len()), [5, 6, 5]);
    assert!(
        coordinate
            .neighbours(1)
            .iter()
            .all(|other| other.z() == coordinate.z() && other.x() == coordinate.x())
    );
    assert!(coordinate.neighbours(3).is_empty());
}
