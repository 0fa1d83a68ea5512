//! What lookups on SparseCores gain over other machines.

use super::SparseError;
use super::bisection::{flat_torus, v4_torus};
use super::lookup::{Assumptions, Chip, DistinctRows, Machine, Model, Storage, step_time_of};

/// Names the machine that TPU v4 with `SparseCores` is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// TPU v4 with embeddings in host memory.
    HostMemory,
    /// TPU v3 with `SparseCores`, on a 2D torus.
    TpuV3,
    /// TPU v4 with `SparseCores`, its chips and links as they are, but on a 2D torus.
    FlatTorus,
}

/// Names which times a gain compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The whole step.
    Step,
    /// The lookup alone.
    Lookup,
}

/// Holds the slices that a gain compares, at one number of chips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contest {
    /// TPU v4 on a 3D torus.
    pub v4: Machine,
    /// TPU v3 on a 2D torus.
    pub v3: Machine,
    /// The chip of TPU v4 on a 2D torus.
    pub flat: Machine,
}

impl Contest {
    /// Builds the slices of 64, 128, 256, 512 or 1024 chips; that of TPU v4 regular or twisted.
    ///
    /// # Errors
    /// Refuses other numbers of chips, and a twist where there is none.
    pub fn new(chips: usize, twisted: bool, v4: Chip, v3: Chip) -> Result<Self, SparseError> {
        let flat = flat_torus(chips)?;
        Ok(Self {
            v4: Machine::new(v4, &v4_torus(chips, twisted)?),
            v3: Machine::new(v3, &flat),
            flat: Machine::new(v4, &flat),
        })
    }

    /// Returns the time of a rival over that of TPU v4 with `SparseCores`.
    ///
    /// # Errors
    /// Refuses what [`step_time`](super::step_time) refuses.
    pub fn gain(
        &self,
        model: &Model,
        rival: Rival,
        part: Compared,
        assumed: &Assumptions,
    ) -> Result<f64, SparseError> {
        Ok(self.gain_of(&DistinctRows::new(model, assumed)?, model, rival, part, assumed))
    }

    /// Returns the same where the different rows are counted already, once for all gains of a sample.
    #[must_use]
    pub fn gain_of(
        &self,
        distinct: &DistinctRows,
        model: &Model,
        rival: Rival,
        part: Compared,
        assumed: &Assumptions,
    ) -> f64 {
        let (machine, storage) = match rival {
            Rival::HostMemory => (&self.v4, Storage::HostMemory),
            Rival::TpuV3 => (&self.v3, Storage::SparseCore),
            Rival::FlatTorus => (&self.flat, Storage::SparseCore),
        };
        let slow = step_time_of(distinct, machine, model, storage, assumed);
        let fast = step_time_of(distinct, &self.v4, model, Storage::SparseCore, assumed);
        match part {
            Compared::Step => slow.step / fast.step,
            Compared::Lookup => slow.lookup / fast.lookup,
        }
    }
}
