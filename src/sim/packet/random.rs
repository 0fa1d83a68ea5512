//! Seeded random whole numbers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Draws whole numbers below a limit.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Returns a number in 0..2^32.
    #[inline]
    pub(super) fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Returns a number below a limit, with a bias below limit / 2^32.
    #[inline]
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(limit)) >> 32) as u32
    }
}

/// Returns the number of 2^32 words that stand for a probability.
pub(super) fn threshold(probability: f64) -> u64 {
    (probability * 4_294_967_296.0) as u64
}
