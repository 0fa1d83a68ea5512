//! Where the rows of an embedding lie: a bijection from ids to chips and slots, computed and not stored.

use phext::coordinate::{Coordinate, LARGEST};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::SparseError;
use crate::sim::chip_map::{self, CHIPS, ChipIndex};

/// The rounds of the permutation; an even number, so that both halves change equally often.
const ROUNDS: usize = 6;
/// The most rows of a vocabulary.
pub const MOST_ROWS: u64 = 1 << 40;
/// The numbers of one place of a coordinate.
const RADIX: u64 = LARGEST as u64;
/// The rows that the last two numbers of an X arm tell apart.
const BLOCK: u64 = RADIX * RADIX;

/// Permutes the ids 0..size with nothing stored but its round keys.
///
/// The generalized Feistel cipher of Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA
/// 2002, section 5, on pairs (left, right) of 0..a and 0..b, where a b is the least product with
/// a = ceil(sqrt(size)) that holds all ids, and their cycle walking (section 4) for the few pairs above
/// size. The rounds mix with the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014). It spreads ids; it is not meant to keep a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permutation {
    size: u64,
    left: u64,
    right: u64,
    keys: [u64; ROUNDS],
}

impl Permutation {
    /// Builds the permutation of 0..size that belongs to a seed.
    ///
    /// # Errors
    /// Refuses a size of zero or above 2^40.
    pub fn new(size: u64, seed: u64) -> Result<Self, SparseError> {
        if !(1..=MOST_ROWS).contains(&size) {
            return Err(SparseError::WrongCount { name: "the vocabulary", value: size, most: MOST_ROWS });
        }
        let root = size.isqrt();
        let left = root + u64::from(root * root < size);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        Ok(Self { size, left, right: size.div_ceil(left), keys: [(); ROUNDS].map(|()| random.next_u64()) })
    }

    /// Returns the image of an id, or `None` outside 0..size.
    #[must_use]
    pub fn apply(&self, id: u64) -> Option<u64> {
        self.walk(id, |pair| {
            for (round, key) in self.keys.iter().enumerate() {
                self.turn(pair, round, |half, by, size| (half + mix(by, *key) % size) % size);
            }
        })
    }

    /// Returns the id with an image, or `None` outside 0..size; undoes [`Permutation::apply`].
    #[must_use]
    pub fn invert(&self, image: u64) -> Option<u64> {
        self.walk(image, |pair| {
            for (round, key) in self.keys.iter().enumerate().rev() {
                self.turn(pair, round, |half, by, size| (half + size - mix(by, *key) % size) % size);
            }
        })
    }

    /// Repeats the cipher until the pair names an id again.
    fn walk(&self, id: u64, cipher: impl Fn(&mut [u64; 2])) -> Option<u64> {
        if id >= self.size {
            return None;
        }
        let mut found = id;
        loop {
            let mut pair = [found / self.right, found % self.right];
            cipher(&mut pair);
            found = pair[0] * self.right + pair[1];
            if found < self.size {
                return Some(found);
            }
        }
    }

    /// Changes one half of a pair by the other: the left half in even rounds.
    fn turn(&self, pair: &mut [u64; 2], round: usize, change: impl Fn(u64, u64, u64) -> u64) {
        if round.is_multiple_of(2) {
            pair[0] = change(pair[0], pair[1], self.left);
        } else {
            pair[1] = change(pair[1], pair[0], self.right);
        }
    }
}

/// Names the place of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowAddress {
    /// The chip in the slice: 64 per cube, cube after cube, in the order of their coordinates.
    pub chip: usize,
    /// The `SparseCore` of the chip that gathers the row, from 0.
    pub unit: usize,
    /// The row among those of its unit, from 0.
    pub slot: u64,
}

/// The most chips that rows are placed on: a stored place has two bytes of the chip.
pub const MOST_PLACED_CHIPS: usize = 1 << 16;

/// Places the rows of a vocabulary on the chips of a slice and on their `SparseCores`.
///
/// An id is permuted first, so that popular ids spread; the image is then dealt to the chips in turn, and on
/// a chip to its units in turn. All chips hold the same number of rows, give or take one. A slice takes the
/// first cubes of the machine; the switches make them its grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    permutation: Permutation,
    chips: u64,
    units: u64,
}

impl Placement {
    /// Places a vocabulary of so many rows on the units of so many chips.
    ///
    /// # Errors
    /// Refuses a vocabulary of zero or above 2^40 rows, chips that are not 64 to 65536 in whole cubes, no
    /// units, and more rows on a chip than X arms can name.
    pub fn new(vocabulary: u64, chips: usize, units: usize, seed: u64) -> Result<Self, SparseError> {
        let permutation = Permutation::new(vocabulary, seed)?;
        if chips == 0 || chips > MOST_PLACED_CHIPS || !chips.is_multiple_of(chip_map::CHIPS_PER_CUBE) {
            return Err(SparseError::NotCubes { chips, most: MOST_PLACED_CHIPS });
        }
        let (chips, units) = (chips as u64, units as u64);
        // the first number of the X arm is 2..=999: 1 is the chip itself
        let most_units = RADIX - 1;
        if !(1..=most_units).contains(&units) {
            return Err(SparseError::WrongCount { name: "the units", value: units, most: most_units });
        }
        let most = (most_units / units) * units * BLOCK;
        let rows = vocabulary.div_ceil(chips);
        if rows > most {
            return Err(SparseError::WrongCount { name: "the rows of a chip", value: rows, most });
        }
        Ok(Self { permutation, chips, units })
    }

    /// Returns the number of rows.
    #[must_use]
    pub const fn vocabulary(&self) -> u64 {
        self.permutation.size
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(&self) -> u64 {
        self.chips
    }

    /// Returns the rows of the fullest chip.
    #[must_use]
    pub const fn rows_per_chip(&self) -> u64 {
        self.permutation.size.div_ceil(self.chips)
    }

    /// Returns the place of a row, or `None` outside the vocabulary.
    #[must_use]
    pub fn place_of(&self, id: u64) -> Option<RowAddress> {
        let image = self.permutation.apply(id)?;
        let row = image / self.chips;
        Some(RowAddress {
            chip: usize::try_from(image % self.chips).ok()?,
            unit: usize::try_from(row % self.units).ok()?,
            slot: row / self.units,
        })
    }

    /// Returns the id of the row at a place, or `None` if there is none; undoes [`Placement::place_of`].
    #[must_use]
    pub fn id_at(&self, place: RowAddress) -> Option<u64> {
        let (chip, unit) = (place.chip as u64, place.unit as u64);
        if chip >= self.chips || unit >= self.units {
            return None;
        }
        let row = place.slot.checked_mul(self.units)?.checked_add(unit)?;
        self.permutation.invert(row.checked_mul(self.chips)?.checked_add(chip)?)
    }

    /// Returns the coordinate of a row: Z is its cube, Y its chip, X its unit, block and slot; `None` outside the
    /// vocabulary, and on chips beyond the published machine, which have no coordinates.
    ///
    /// The last two numbers of the X arm count the slots of a unit in base 999, from 1. The first is
    /// 2 + unit + units x block, a block being 999 x 999 slots, so that it never is 1, the chip itself.
    #[must_use]
    pub fn coordinate_of(&self, id: u64) -> Option<Coordinate> {
        let place = self.place_of(id).filter(|place| place.chip < CHIPS)?;
        let chip = chip_map::coordinate_of(ChipIndex::new(place.chip)?);
        let first = 2 + place.unit as u64 + self.units * (place.slot / BLOCK);
        let x = [first, 1 + place.slot % BLOCK / RADIX, 1 + place.slot % RADIX];
        let [first, second, third] = x.map(|number| u16::try_from(number).unwrap_or(0));
        Coordinate::from_arms(chip.z(), chip.y(), [first, second, third])
    }

    /// Returns the id of the row with a coordinate; undoes [`Placement::coordinate_of`].
    #[must_use]
    pub fn id_of(&self, coordinate: &Coordinate) -> Option<u64> {
        let [first, second, third] = coordinate.x().map(u64::from);
        let first = first.checked_sub(2)?;
        let slot = (first / self.units) * BLOCK + (second - 1) * RADIX + (third - 1);
        let unit = usize::try_from(first % self.units).ok()?;
        self.id_at(RowAddress { chip: chip_map::chip_at(coordinate)?.number(), unit, slot })
    }

    /// Returns what the rows take of the memory of a chip, and what tables of places would take.
    #[must_use]
    pub fn memory(&self, width: u64, element_bytes: u64, chip_memory: u64) -> Memory {
        let row_bytes = width * element_bytes;
        let bytes_per_chip = self.rows_per_chip() * row_bytes;
        Memory {
            row_bytes,
            bytes: self.vocabulary() * row_bytes,
            bytes_per_chip,
            share_of_memory: bytes_per_chip as f64 / chip_memory as f64,
            key_bytes: 8 * ROUNDS as u64,
            array_bytes: self.vocabulary() * LOCATION_BYTES,
            hash_table_bytes: hash_table_bytes(self.vocabulary()),
        }
    }
}

/// The bytes of a stored place: two of the chip and four of the row on it.
pub const LOCATION_BYTES: u64 = 6;
/// The bytes of an entry of a hash table: eight of the id, its place, and two to align.
pub const ENTRY_BYTES: u64 = 8 + LOCATION_BYTES + 2;

/// Holds the memory of a placed vocabulary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memory {
    /// The bytes of a row.
    pub row_bytes: u64,
    /// The bytes of all rows.
    pub bytes: u64,
    /// The bytes of the rows on the fullest chip.
    pub bytes_per_chip: u64,
    /// The share of a chip's memory that they take.
    pub share_of_memory: f64,
    /// The bytes of the round keys, all that a computed placement stores.
    ///
    /// Any computed placement stores as little, such as the remainder of the id by the number of chips.
    pub key_bytes: u64,
    /// The bytes of an array that holds the place of every id.
    pub array_bytes: u64,
    /// The bytes of a hash table from ids to places.
    pub hash_table_bytes: u64,
}

/// Returns the bytes of a hash table of so many rows.
///
/// Open addressing with one control byte per bucket, a power of two of buckets, and at most 7/8 of them
/// full (the "`SwissTable`" design notes of Abseil, which the standard library of Rust follows).
#[must_use]
pub const fn hash_table_bytes(rows: u64) -> u64 {
    (rows * 8).div_ceil(7).next_power_of_two() * (ENTRY_BYTES + 1)
}

/// Mixes a number with a round key: the finalizer of SplitMix64.
const fn mix(value: u64, key: u64) -> u64 {
    let mut mixed = value ^ key;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
