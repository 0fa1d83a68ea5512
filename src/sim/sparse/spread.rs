//! How far the assumed inputs of a lookup leave its gains open.

use super::SparseError;
use super::bisection::{flat_torus, v4_torus};
use super::lookup::{Assumptions, Machine, Model, Storage, TPU_V3, TPU_V4, step_time};
use crate::sim::sampling::{Distribution, Samples, sample};

/// The number of assumed inputs.
pub const ASSUMED: usize = 17;

/// Holds the distribution of one assumed input and the reason for its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// The input, as the field of [`Assumptions`] is called.
    pub name: &'static str,
    /// Its distribution.
    pub distribution: Distribution,
    /// Why its range is plausible.
    pub because: &'static str,
}

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
pub enum Part {
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
    pub fn new(chips: usize, twisted: bool) -> Result<Self, SparseError> {
        let flat = flat_torus(chips)?;
        Ok(Self {
            v4: Machine::new(TPU_V4, &v4_torus(chips, twisted)?),
            v3: Machine::new(TPU_V3, &flat),
            flat: Machine::new(TPU_V4, &flat),
        })
    }

    /// Returns the time of a rival over that of TPU v4 with `SparseCores`.
    ///
    /// # Errors
    /// Refuses what [`step_time`] refuses.
    pub fn gain(
        &self,
        model: &Model,
        rival: Rival,
        part: Part,
        assumed: &Assumptions,
    ) -> Result<f64, SparseError> {
        let (machine, storage) = match rival {
            Rival::HostMemory => (&self.v4, Storage::HostMemory),
            Rival::TpuV3 => (&self.v3, Storage::SparseCore),
            Rival::FlatTorus => (&self.flat, Storage::SparseCore),
        };
        let slow = step_time(machine, model, storage, assumed)?;
        let fast = step_time(&self.v4, model, Storage::SparseCore, assumed)?;
        Ok(match part {
            Part::Step => slow.step / fast.step,
            Part::Lookup => slow.lookup / fast.lookup,
        })
    }

    /// Samples the gain over the priors; sensitivities come in the order of [`priors`].
    ///
    /// # Errors
    /// Refuses distributions that leave an input's range, and wrong numbers of samples.
    pub fn gain_spread(
        &self,
        model: &Model,
        rival: Rival,
        part: Part,
        priors: &[Prior; ASSUMED],
        samples: usize,
        seed: u64,
    ) -> Result<Samples, SparseError> {
        let gain = |values: &[f64]| self.gain(model, rival, part, &Assumptions::from_values(values));
        // a corner of the priors that the model refuses shows its own error, not that of a sample
        for end in [0.0, 0.5, 1.0] {
            gain(&priors.map(|prior| prior.distribution.quantile(end)))?;
        }
        let distributions = priors.map(|prior| prior.distribution);
        Ok(sample(samples, seed, &distributions, |values| gain(values).unwrap_or(f64::NAN))?)
    }
}

/// Lists the priors of all assumed inputs, in the order of the fields of [`Assumptions`].
///
/// They were set before any gain was computed, from what hardware of that time offers; every input is
/// drawn on its own.
#[must_use]
pub const fn priors() -> [Prior; ASSUMED] {
    [
        uniform(
            "batch",
            [8192.0, 16384.0],
            "2048 to 4096 per SparseCore (TPU v4, ISCA 2023, section 7.9), four per chip",
        ),
        factor("width", [32.0, 256.0], "rows of common recommendation models"),
        uniform("exponent", [0.6, 1.2], "traces of embedding accesses; 1 is Zipf's own law"),
        uniform("summed_share", [0.0, 1.0], "unknown: how tables are divided is not published"),
        uniform("passes", [3.0, 5.0], "forward read, read and write in the update; 5 with optimizer state"),
        uniform("memory_efficiency", [0.3, 0.8], "random reads of 128 to 1024 bytes from HBM"),
        uniform("link_efficiency", [0.6, 0.95], "all-to-all on a torus with headers and finite windows"),
        uniform("tile_efficiency", [0.3, 0.9], "vector units that add one row after another"),
        factor(
            "host_memory_bandwidth",
            [128e9, 410e9],
            "6 channels of DDR4-2666 to 16 channels of DDR4-3200 for a host",
        ),
        uniform("host_memory_efficiency", [0.2, 0.7], "random reads of 128 to 1024 bytes from DRAM"),
        factor(
            "host_elements_per_second",
            [1e11, 1e12],
            "48 to 128 cores of 16 lanes near 2.5 GHz, a tenth to a third busy",
        ),
        factor("host_link_bandwidth", [8e9, 16e9], "8 to 16 lanes of PCIe 3.0"),
        factor("host_network_bandwidth", [12.5e9, 50e9], "100 to 400 Gbit/s for a host"),
        uniform("host_network_efficiency", [0.5, 0.9], "all-to-all over a shared Clos network"),
        uniform("dense_efficiency", [0.2, 0.6], "small dense layers to large ones"),
        uniform("lookup_overlap", [0.0, 1.0], "unknown: from one part after another to fully pipelined"),
        uniform("step_overlap", [0.0, 1.0], "unknown: from one part after another to fully pipelined"),
    ]
}

impl Assumptions {
    /// Reads the inputs from a list in the order of [`priors`]; missing ones are not a number.
    #[must_use]
    pub fn from_values(values: &[f64]) -> Self {
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            batch: at(0),
            width: at(1),
            exponent: at(2),
            summed_share: at(3),
            passes: at(4),
            memory_efficiency: at(5),
            link_efficiency: at(6),
            tile_efficiency: at(7),
            host_memory_bandwidth: at(8),
            host_memory_efficiency: at(9),
            host_elements_per_second: at(10),
            host_link_bandwidth: at(11),
            host_network_bandwidth: at(12),
            host_network_efficiency: at(13),
            dense_efficiency: at(14),
            lookup_overlap: at(15),
            step_overlap: at(16),
        }
    }

    /// Returns the medians of the priors.
    #[must_use]
    pub fn medians() -> Self {
        Self::from_values(&priors().map(|prior| prior.distribution.quantile(0.5)))
    }
}

/// A prior whose values are all equally likely.
const fn uniform(name: &'static str, [low, high]: [f64; 2], because: &'static str) -> Prior {
    Prior { name, distribution: Distribution::Uniform { low, high }, because }
}

/// A prior known to a factor.
const fn factor(name: &'static str, [low, high]: [f64; 2], because: &'static str) -> Prior {
    Prior { name, distribution: Distribution::LogUniform { low, high }, because }
}
