//! The time of a training step with embeddings: on `SparseCores`, or in the memory of hosts.
//!
//! All counts are per chip. Rows are deduplicated where they are asked for: per chip with `SparseCores`, per
//! host (whose chips share popular rows) with host memory. Left out: caches of popular rows, imbalance of
//! chips, the all-reduce of dense gradients, and latency.

use super::SparseError;
use super::zipf::Zipf;
use crate::sim::routing::analyze;
use crate::sim::topology::Topology;

/// The chips that share the memory and the network of a host of TPU v4 ("TPU v4", ISCA 2023, section 2.1).
pub const CHIPS_PER_HOST: f64 = 4.0;
/// The floating-point operations of a dense parameter and sample, forward and backward (Kaplan et al.,
/// "Scaling Laws for Neural Language Models", arXiv:2001.08361, section 2.1).
const FLOPS_PER_PARAMETER: f64 = 6.0;

/// Holds what the model knows of a chip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chip {
    /// The peak in floating-point operations per second.
    pub peak_flops: f64,
    /// The bandwidth of the memory in bytes per second.
    pub memory_bandwidth: f64,
    /// The number of `SparseCores`.
    pub sparse_cores: f64,
    /// The compute tiles of a `SparseCore`.
    pub tiles: f64,
    /// The elements that a tile adds in a cycle.
    pub lanes: f64,
    /// The clock in hertz.
    pub clock: f64,
    /// The bandwidth of a link in bytes per second and direction.
    pub link_bandwidth: f64,
}

/// Holds a slice of chips and what its network carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    /// The chip.
    pub chip: Chip,
    /// The number of chips.
    pub chips: f64,
    /// The ideal all-to-all rate of a chip in units of one link's bandwidth.
    pub alltoall_links: f64,
}

impl Machine {
    /// Builds a slice from its chip and its wiring.
    #[must_use]
    pub fn new(chip: Chip, topology: &Topology) -> Self {
        let found = analyze(topology);
        Self { chip, chips: found.chips as f64, alltoall_links: found.alltoall_links_per_chip }
    }
}

/// Describes a recommendation model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// The dense parameters.
    pub dense_parameters: f64,
    /// The elements of all embedding rows.
    pub embedding_parameters: f64,
    /// The features of a sample.
    pub features: f64,
    /// The tables.
    pub tables: f64,
    /// The mean valency of a feature.
    pub mean_valency: f64,
    /// The bytes of an element.
    pub element_bytes: f64,
}

/// The model of figure 8 of "TPU v4", ISCA 2023; valency 1 to 100 is assumed uniform, so its mean is 50.5.
pub const FIGURE_8: Model = Model {
    dense_parameters: 100e6,
    embedding_parameters: 20e9,
    features: 300.0,
    tables: 150.0,
    mean_valency: 50.5,
    element_bytes: 4.0,
};

/// Holds the inputs that no publication fixes: each is assumed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assumptions {
    /// The samples of a chip in a step (assumed).
    pub batch: f64,
    /// The elements of a row (assumed).
    pub width: f64,
    /// The exponent of Zipf's law on the rows of a table (assumed).
    pub exponent: f64,
    /// The share of features whose rows are summed where they lie, before the exchange (assumed).
    ///
    /// Tables that lie whole on one chip allow it; tables whose rows are spread do not.
    pub summed_share: f64,
    /// How often a row is read or written in a step: forward, and in the update (assumed).
    pub passes: f64,
    /// The share of the chip's memory bandwidth that gathers of rows reach (assumed).
    pub memory_efficiency: f64,
    /// The share of the ideal all-to-all bandwidth that exchanges reach (assumed).
    pub link_efficiency: f64,
    /// The share of their peak that `SparseCore` tiles reach (assumed).
    pub tile_efficiency: f64,
    /// The bandwidth of a host's memory in bytes per second (assumed).
    pub host_memory_bandwidth: f64,
    /// The share of it that gathers of rows reach (assumed).
    pub host_memory_efficiency: f64,
    /// The elements that the cores of a host add in a second (assumed).
    pub host_elements_per_second: f64,
    /// The bandwidth between a host and one chip in bytes per second and direction (assumed).
    pub host_link_bandwidth: f64,
    /// The bandwidth of a host on the data-centre network in bytes per second and direction (assumed).
    pub host_network_bandwidth: f64,
    /// The share of it that exchanges reach (assumed).
    pub host_network_efficiency: f64,
    /// The share of the peak that dense layers reach (assumed, the same on all machines).
    pub dense_efficiency: f64,
    /// How much of the shorter parts of a lookup hides behind its longest, 0 to 1 (assumed).
    pub lookup_overlap: f64,
    /// How much of the shorter of lookup and dense work hides behind the longer, 0 to 1 (assumed).
    pub step_overlap: f64,
}

/// Names where embeddings lie and are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// In the memory of the chips, summed by `SparseCores`, exchanged over the links of the slice.
    SparseCore,
    /// In the memory of the hosts, summed by their cores, exchanged over the data-centre network.
    HostMemory,
}

/// Holds the times of a step in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepTime {
    /// Reading and writing rows in memory.
    pub gather: f64,
    /// Exchanging vectors between chips or between hosts.
    pub exchange: f64,
    /// Summing rows, and spreading gradients over them.
    pub compute: f64,
    /// Moving sums and gradients between host and chip; zero with `SparseCores`.
    pub transfer: f64,
    /// The whole lookup, its parts overlapped.
    pub lookup: f64,
    /// The dense layers.
    pub dense: f64,
    /// The whole step.
    pub step: f64,
}

/// Holds the different rows that a chip looks up, which all machines share: for either storage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistinctRows {
    on_chip: f64,
    on_host: f64,
}

impl DistinctRows {
    /// Counts the rows that one step asks for, duplicates removed within a chip or within a host.
    ///
    /// # Errors
    /// Those of [`step_time`].
    pub fn new(model: &Model, assumed: &Assumptions) -> Result<Self, SparseError> {
        assumed.check()?;
        let lookups = assumed.batch * model.features * model.mean_valency;
        let of = |sharing: f64| distinct_rows(model, assumed, lookups * sharing).map(|rows| rows / sharing);
        Ok(Self { on_chip: of(1.0)?, on_host: of(CHIPS_PER_HOST)? })
    }
}

/// Models the time of one step.
///
/// # Errors
/// Refuses assumed inputs that are not above zero, and shares outside 0 to 1.
pub fn step_time(
    machine: &Machine,
    model: &Model,
    storage: Storage,
    assumed: &Assumptions,
) -> Result<StepTime, SparseError> {
    Ok(step_time_of(&DistinctRows::new(model, assumed)?, machine, model, storage, assumed))
}

/// Models the time of one step whose different rows are counted already.
pub(super) fn step_time_of(
    distinct: &DistinctRows,
    machine: &Machine,
    model: &Model,
    storage: Storage,
    assumed: &Assumptions,
) -> StepTime {
    let row_bytes = assumed.width * model.element_bytes;
    let vectors = assumed.batch * model.features;
    let lookups = vectors * model.mean_valency;
    let sharing = if storage == Storage::HostMemory { CHIPS_PER_HOST } else { 1.0 };
    let distinct = if storage == Storage::HostMemory { distinct.on_host } else { distinct.on_chip };
    let summed = assumed.summed_share;
    // forward and backward: vectors go one way, their gradients the other
    let exchanged = 2.0 * row_bytes * (summed * vectors.min(distinct) + (1.0 - summed) * distinct);
    let leaving = exchanged * (1.0 - sharing / machine.chips);
    let added = 2.0 * lookups * assumed.width;
    let read = assumed.passes * distinct * row_bytes;
    let chip = &machine.chip;
    let [gather, exchange, compute, transfer] = match storage {
        Storage::SparseCore => [
            read / (chip.memory_bandwidth * assumed.memory_efficiency),
            leaving / (machine.alltoall_links * chip.link_bandwidth * assumed.link_efficiency),
            added / (chip.sparse_cores * chip.tiles * chip.lanes * chip.clock * assumed.tile_efficiency),
            0.0,
        ],
        Storage::HostMemory => [
            CHIPS_PER_HOST * read / (assumed.host_memory_bandwidth * assumed.host_memory_efficiency),
            CHIPS_PER_HOST * leaving / (assumed.host_network_bandwidth * assumed.host_network_efficiency),
            CHIPS_PER_HOST * added / assumed.host_elements_per_second,
            2.0 * vectors * row_bytes / assumed.host_link_bandwidth,
        ],
    };
    let parts = [gather, exchange, compute, transfer];
    let (sum, longest) = (parts.iter().sum::<f64>(), parts.into_iter().fold(0.0, f64::max));
    let lookup = sum - assumed.lookup_overlap * (sum - longest);
    let flops = FLOPS_PER_PARAMETER * model.dense_parameters * assumed.batch;
    let dense = flops / (chip.peak_flops * assumed.dense_efficiency);
    let step = lookup + dense - assumed.step_overlap * lookup.min(dense);
    StepTime { gather, exchange, compute, transfer, lookup, dense, step }
}

/// Returns the different rows that lookups ask for, spread evenly over the tables.
fn distinct_rows(model: &Model, assumed: &Assumptions, lookups: f64) -> Result<f64, SparseError> {
    let rows = model.embedding_parameters / assumed.width / model.tables;
    let law = Zipf::new(rows.round() as u64, assumed.exponent)?;
    Ok(model.tables * law.expected_distinct(lookups / model.tables))
}

impl Assumptions {
    /// Checks every input against the range that makes sense of it.
    fn check(&self) -> Result<(), SparseError> {
        let positive = [
            ("the batch", self.batch),
            ("the width of a row", self.width),
            ("the passes", self.passes),
            ("the bandwidth of host memory", self.host_memory_bandwidth),
            ("the elements a host adds", self.host_elements_per_second),
            ("the bandwidth between host and chip", self.host_link_bandwidth),
            ("the bandwidth of a host on the network", self.host_network_bandwidth),
        ];
        let efficiencies = [
            ("the efficiency of gathers", self.memory_efficiency),
            ("the efficiency of links", self.link_efficiency),
            ("the efficiency of tiles", self.tile_efficiency),
            ("the efficiency of host gathers", self.host_memory_efficiency),
            ("the efficiency of the host network", self.host_network_efficiency),
            ("the efficiency of dense layers", self.dense_efficiency),
        ];
        let shares = [
            ("the share of summed features", self.summed_share),
            ("the overlap of a lookup", self.lookup_overlap),
            ("the overlap of a step", self.step_overlap),
        ];
        let refuse = |name, value, expected| Err(SparseError::OutOfRange { name, value, expected });
        for (name, value) in positive {
            if value.is_nan() || value <= 0.0 {
                return refuse(name, value, "a number above 0");
            }
        }
        for (name, value) in efficiencies {
            if value.is_nan() || value <= 0.0 || value > 1.0 {
                return refuse(name, value, "above 0, at most 1");
            }
        }
        for (name, value) in shares {
            if !(0.0..=1.0).contains(&value) {
                return refuse(name, value, "0 to 1");
            }
        }
        Ok(())
    }
}
