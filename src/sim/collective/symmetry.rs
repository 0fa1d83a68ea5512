//! The symmetries of a network that keep port numbers, so that one chip of each class stands for all.
//!
//! All maps that carry every link to a link of the same port are found by trying every image of chip 0, and
//! no map but the identity leaves any chip in place. On a torus or twist they carry every chip to every
//! other; under one translation of cubes per switch they are the translations of the cubes; on a random graph
//! only the identity is left.

use super::CollectiveError;
use crate::sim::automorphism::Automorphisms;
use crate::sim::network::Network;

/// The most chips of a network here, so that an index of a chip fits into 16 bits.
pub const MOST_SYMMETRY_CHIPS: usize = 1 << 15;

/// Marks a chip without a class yet.
const NONE: u16 = u16::MAX;

/// Holds the classes of chips that look alike, and the maps between the chips of a class.
#[derive(Debug, Clone)]
pub struct Symmetry {
    chips: usize,
    representatives: Vec<usize>,
    class: Vec<u16>,
    /// The map that carries the representative of its class to a chip.
    carrier: Vec<u16>,
    /// The inverse of each map, at index map * chips + chip.
    inverse: Vec<u16>,
}

impl Symmetry {
    /// Finds all symmetries of a connected network.
    ///
    /// # Errors
    /// Refuses networks with chips out of reach, and more than 2^15 chips.
    pub fn of(network: &Network) -> Result<Self, CollectiveError> {
        let chips = network.chips();
        if chips > MOST_SYMMETRY_CHIPS {
            let expected = "at most 2^15";
            let name = "the number of chips";
            return Err(CollectiveError::OutOfRange { name, value: chips as f64, expected });
        }
        if network.distances(0).contains(&u32::MAX) {
            return Err(CollectiveError::Disconnected);
        }
        let mut automorphisms = Automorphisms::new(network);
        let mut inverse = Vec::new();
        let mut found = 0;
        let mut class = vec![NONE; chips];
        let mut carrier = vec![0; chips];
        let mut images: Vec<u16> = Vec::new();
        for image in 0..chips {
            if let Some(map) = automorphisms.carrying_first_to(image) {
                images.extend(map.iter().map(|&to| narrow(to as usize)));
                inverse.resize((found + 1) * chips, 0);
                let row = &mut inverse[found * chips..];
                for (chip, &to) in map.iter().enumerate() {
                    row[to as usize] = narrow(chip);
                }
                found += 1;
            }
        }
        let mut representatives = Vec::new();
        for chip in 0..chips {
            if class[chip] == NONE {
                for (number, map) in images.chunks(chips).enumerate() {
                    let to = usize::from(map[chip]);
                    class[to] = narrow(representatives.len());
                    carrier[to] = narrow(number);
                }
                representatives.push(chip);
            }
        }
        Ok(Self { chips, representatives, class, carrier, inverse })
    }

    /// Returns one chip of each class.
    #[must_use]
    pub fn representatives(&self) -> &[usize] {
        &self.representatives
    }

    /// Returns the number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.representatives.len()
    }

    /// Returns the number of maps, which is the number of chips of every class.
    #[must_use]
    pub fn order(&self) -> usize {
        self.chips / self.representatives.len().max(1)
    }

    /// Returns the class of a chip.
    #[must_use]
    pub fn class(&self, chip: usize) -> usize {
        usize::from(self.class[chip])
    }

    /// Returns how another chip looks from a chip: the image of the other under the map that carries the chip
    /// to the representative of its class.
    #[must_use]
    pub fn seen_from(&self, chip: usize, other: usize) -> usize {
        usize::from(self.inverse[usize::from(self.carrier[chip]) * self.chips + other])
    }
}

/// Stores a number below [`MOST_SYMMETRY_CHIPS`].
fn narrow(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(NONE)
}
