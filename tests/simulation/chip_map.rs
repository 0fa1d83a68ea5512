//! The map between chips and coordinates: one to one, and as it is documented.

use std::collections::BTreeSet;

use phext_paper::sim::chip_map::{ALL_CHIPS, ChipIndex, chip_at, coordinate_of, cube_grid, is_spare};

#[test]
fn every_chip_maps_there_and_back() {
    let mut seen = BTreeSet::new();
    for chip in ChipIndex::all() {
        let coordinate = coordinate_of(chip);
        assert_eq!(chip_at(&coordinate), Some(chip), "{coordinate}");
        assert_eq!(coordinate.to_string().parse(), Ok(coordinate));
        assert_eq!(chip.position().is_none(), is_spare(chip));
        if let Some(position) = chip.position() {
            assert_eq!(ChipIndex::at_position(position), Some(chip));
            let sums = [0, 1, 2].map(|axis| {
                4 * (usize::from(coordinate.z()[axis]) - 1) + usize::from(coordinate.y()[axis]) - 1
            });
            assert_eq!(position, sums);
        }
        assert!(seen.last().is_none_or(|last| *last < coordinate), "indices follow coordinates");
        seen.insert(coordinate);
    }
    assert_eq!(seen.len(), 4352);
    assert_eq!(ALL_CHIPS, 4352);
    assert_eq!(ChipIndex::all().filter(|&chip| is_spare(chip)).count(), 256);
}

#[test]
fn chips_have_the_documented_coordinates() {
    let at = |number| ChipIndex::new(number).map(|chip| coordinate_of(chip).to_string());
    assert_eq!(at(0).as_deref(), Some("1.1.1/1.1.1/1.1.1"));
    assert_eq!(at(4095).as_deref(), Some("4.4.4/4.4.4/1.1.1"));
    assert_eq!(at(4096).as_deref(), Some("5.1.1/1.1.1/1.1.1"));
    assert_eq!(at(4351).as_deref(), Some("5.1.4/4.4.4/1.1.1"));
    assert_eq!(at(4352), None);
    for nowhere in ["5.1.5/1.1.1/1.1.1", "5.2.1/1.1.1/1.1.1", "1.1.1/5.1.1/1.1.1", "6.1.1/1.1.1/1.1.1"] {
        assert_eq!(nowhere.parse().map(|coordinate| chip_at(&coordinate)), Ok(None), "{nowhere}");
    }
    assert_eq!(ChipIndex::at_position([16, 0, 0]), None);
    let inside = "2.1.4/3.3.1/7.8.9".parse().map(|coordinate| chip_at(&coordinate));
    assert_eq!(inside, Ok(ChipIndex::at_position([6, 2, 12])), "an X arm stays in its chip");
}

#[test]
fn larger_machines_have_larger_grids() {
    assert_eq!(cube_grid(64), Some([1, 1, 1]));
    assert_eq!(cube_grid(4096), Some([4, 4, 4]));
    assert_eq!(cube_grid(8192), Some([4, 4, 8]));
    assert_eq!(cube_grid(16384), Some([4, 8, 8]));
    assert_eq!(cube_grid(65536), Some([8, 8, 16]));
    assert_eq!(cube_grid(32), None);
    assert_eq!(cube_grid(4352), None);
}
