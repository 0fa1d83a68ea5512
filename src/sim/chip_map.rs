//! The one definition of which chip has which coordinate.
//!
//! - The Z arm is the cube in the machine: 1.1.1 to 4.4.4, a 4x4x4 grid of cubes.
//! - The Y arm is the chip in its cube: 1.1.1 to 4.4.4.
//! - The X arm lies inside the chip; 1.1.1 is the chip itself.
//! - The four spare cubes have the Z arms 5.1.1, 5.1.2, 5.1.3 and 5.1.4, next to the grid of cubes. Their
//!   number is the number of spare ports of a switch, 8, divided by the two ports that a cube takes of each.
//!
//! Chip indices count chips in the order of their coordinates: 64 per cube, cube after cube, spares last.

use phext::Coordinate;

/// The chips along each axis of a cube, and the cubes along each axis of the machine.
pub const SIDE: usize = 4;
/// The chips of one cube.
pub const CHIPS_PER_CUBE: usize = SIDE * SIDE * SIDE;
/// The cubes of the machine, without spares.
pub const CUBES: usize = SIDE * SIDE * SIDE;
/// The spare cubes.
pub const SPARE_CUBES: usize = 4;
/// The chips with a logical position.
pub const CHIPS: usize = CUBES * CHIPS_PER_CUBE;
/// All chips, with those of the spare cubes.
pub const ALL_CHIPS: usize = CHIPS + SPARE_CUBES * CHIPS_PER_CUBE;

/// The X arm of a chip itself.
const CHIP_ITSELF: [u16; 3] = [1, 1, 1];
/// The first two numbers of the Z arm of the spare cubes.
const SPARE_PLACE: [u16; 2] = [5, 1];

/// Names one of the 4352 chips of the machine, spares included, by a number in 0..4352.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipIndex(u16);

impl ChipIndex {
    /// Returns the chip with a number, or `None` from 4352 on.
    #[must_use]
    pub fn new(number: usize) -> Option<Self> {
        if number < ALL_CHIPS { u16::try_from(number).ok().map(Self) } else { None }
    }

    /// Returns the number of the chip, in 0..4352.
    #[must_use]
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Returns the cube of the chip: 0..64, or 64..68 for a spare.
    #[must_use]
    pub fn cube(self) -> usize {
        self.number() / CHIPS_PER_CUBE
    }

    /// Returns the chip at a logical position, each number in 0..16.
    #[must_use]
    pub fn at_position(position: [usize; 3]) -> Option<Self> {
        if position.iter().any(|&along| along >= SIDE * SIDE) {
            return None;
        }
        let cube = flat(position.map(|along| along / SIDE));
        let chip = flat(position.map(|along| along % SIDE));
        Self::new(cube * CHIPS_PER_CUBE + chip)
    }

    /// Returns the logical position, 4 times cube plus chip on each axis, or `None` for a spare.
    #[must_use]
    pub fn position(self) -> Option<[usize; 3]> {
        if is_spare(self) {
            return None;
        }
        let cube = steps(self.cube());
        let chip = steps(self.number() % CHIPS_PER_CUBE);
        Some([0, 1, 2].map(|axis| SIDE * cube[axis] + chip[axis]))
    }

    /// Lists all chips, in the order of their coordinates.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ALL_CHIPS).filter_map(Self::new)
    }
}

/// Returns the coordinate of a chip.
#[must_use]
pub fn coordinate_of(chip: ChipIndex) -> Coordinate {
    let z = if is_spare(chip) {
        [SPARE_PLACE[0], SPARE_PLACE[1], number(chip.cube() - CUBES)]
    } else {
        steps(chip.cube()).map(number)
    };
    let y = steps(chip.number() % CHIPS_PER_CUBE).map(number);
    Coordinate::from_arms(z, y, CHIP_ITSELF).unwrap_or(Coordinate::ORIGIN)
}

/// Returns the chip that a coordinate names or lies in, or `None` if the machine has no such cube or chip.
#[must_use]
pub fn chip_at(coordinate: &Coordinate) -> Option<ChipIndex> {
    let [first, second, third] = coordinate.z();
    let cube = if [first, second] == SPARE_PLACE {
        let spare = usize::from(third) - 1;
        (spare < SPARE_CUBES).then_some(CUBES + spare)?
    } else {
        in_grid(coordinate.z())?
    };
    ChipIndex::new(cube * CHIPS_PER_CUBE + in_grid(coordinate.y())?)
}

/// Tells whether a chip belongs to a spare cube.
#[must_use]
pub fn is_spare(chip: ChipIndex) -> bool {
    chip.number() >= CHIPS
}

/// Returns the grid of cubes, the largest Z arm, of a machine with 64, 128, 256, ... up to 2^20 chips.
///
/// It doubles the last axis first: 4x4x4 cubes for 4096 chips, 4x4x8 for 8192, 4x8x8 for 16384.
#[must_use]
pub fn cube_grid(chips: usize) -> Option<[u16; 3]> {
    if !chips.is_power_of_two() || !(CHIPS_PER_CUBE..=1 << 20).contains(&chips) {
        return None;
    }
    let doublings = (chips / CHIPS_PER_CUBE).ilog2();
    Some([0, 1, 2].map(|axis| 1_u16 << ((doublings + axis) / 3)))
}

/// Numbers the cells of a 4x4x4 grid, last axis fastest.
fn flat(steps: [usize; 3]) -> usize {
    (steps[0] * SIDE + steps[1]) * SIDE + steps[2]
}

/// Undoes [`flat`].
fn steps(flat: usize) -> [usize; 3] {
    [flat / (SIDE * SIDE), flat / SIDE % SIDE, flat % SIDE]
}

/// Turns a step from 0 into a coordinate number from 1.
fn number(step: usize) -> u16 {
    u16::try_from(step + 1).unwrap_or(u16::MAX)
}

/// Returns the cell of a 4x4x4 grid that an arm names.
fn in_grid(arm: [u16; 3]) -> Option<usize> {
    arm.iter()
        .all(|&number| (1..=4).contains(&number))
        .then(|| flat(arm.map(|number| usize::from(number) - 1)))
}
