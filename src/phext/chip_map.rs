//! The one place that maps chips to coordinates and back.
//!
//! The Z arm is the cube in the machine, the Y arm the chip in its cube, the X arm what lies inside
//! the chip (`1.1.1` is the chip itself). Every number counts from 1, so the logical position of a
//! chip along an axis is `4 * (Z - 1) + (Y - 1)`: one hierarchy, no other arithmetic. The four spare
//! cubes stand in library 5, behind the last library of the machine: Z arms 5.1.1 to 5.1.4.

use super::Coordinate;

const SIDE: usize = 4;
const CHIPS_PER_CUBE: usize = SIDE * SIDE * SIDE;
const SPARE_LIBRARY: u16 = SIDE as u16 + 1;

/// Chips of the machine, without spares (jouppi2023tpuv4, section 2.2).
pub const CHIPS: usize = CHIPS_PER_CUBE * CHIPS_PER_CUBE;
/// Spare chips: four cubes on the eight spare ports of each switch, an assumption of this design.
pub const SPARE_CHIPS: usize = 4 * CHIPS_PER_CUBE;

/// The number of a chip: cube by cube, spares behind the machine's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipIndex(usize);

impl ChipIndex {
    /// The chip of this number; `None` from 4352 on.
    pub fn new(index: usize) -> Option<Self> {
        (index < CHIPS + SPARE_CHIPS).then_some(Self(index))
    }

    /// The chip at a logical position, each part in 0 to 15.
    pub fn at_position(position: [usize; 3]) -> Option<Self> {
        let is_inside = position.iter().all(|&part| part < SIDE * SIDE);
        let (cube, chip) = (position.map(|part| part / SIDE), position.map(|part| part % SIDE));
        is_inside.then(|| Self(number(cube) * CHIPS_PER_CUBE + number(chip)))
    }

    /// The number, in 0 to 4351.
    pub fn get(self) -> usize {
        self.0
    }

    /// Whether the chip belongs to the spare cubes.
    pub fn is_spare(self) -> bool {
        self.0 >= CHIPS
    }

    /// The logical position in the machine; spares have none until they replace a chip.
    pub fn position(self) -> Option<[usize; 3]> {
        let (cube, chip) = (digits(self.0 / CHIPS_PER_CUBE), digits(self.0 % CHIPS_PER_CUBE));
        (!self.is_spare()).then(|| [0, 1, 2].map(|axis| SIDE * cube[axis] + chip[axis]))
    }
}

/// The coordinate of a chip.
pub fn coordinate_of(chip: ChipIndex) -> Coordinate {
    let arm = |digits: [usize; 3]| digits.map(|digit| digit as u16 + 1);
    let cube = chip.0 / CHIPS_PER_CUBE;
    let z = if chip.is_spare() {
        [SPARE_LIBRARY, 1, (cube - CHIPS_PER_CUBE) as u16 + 1]
    } else {
        arm(digits(cube))
    };
    match Coordinate::from_arms(z, arm(digits(chip.0 % CHIPS_PER_CUBE)), [1; 3]) {
        Some(coordinate) => coordinate,
        None => unreachable!("every part of a chip's coordinate is between 1 and 5"),
    }
}

/// The chip at or around a coordinate: whatever the X arm names lies inside it.
pub fn chip_at(coordinate: &Coordinate) -> Option<ChipIndex> {
    let within = |arm: [u16; 3]| {
        let digits = arm.map(|part| usize::from(part) - 1);
        digits.iter().all(|&digit| digit < SIDE).then(|| number(digits))
    };
    let chip = within(coordinate.y())?;
    let cube = match coordinate.z() {
        [SPARE_LIBRARY, 1, series] if usize::from(series) <= SPARE_CHIPS / CHIPS_PER_CUBE => {
            CHIPS_PER_CUBE + usize::from(series) - 1
        }
        z => within(z)?,
    };
    ChipIndex::new(cube * CHIPS_PER_CUBE + chip)
}

fn number([a, b, c]: [usize; 3]) -> usize {
    (a * SIDE + b) * SIDE + c
}

fn digits(number: usize) -> [usize; 3] {
    [number / (SIDE * SIDE), number / SIDE % SIDE, number % SIDE]
}
