//! The search of shapes, partitions and shardings of a transformer on a slice, with an analytic step time.
//!
//! A configuration is a shape of the slice, a partition `[pipeline, data, model1, model2]` of its chips, and
//! a sharding of activations and weights. [`search`] evaluates every configuration that fits into memory and
//! compares the best with the one an expert chose; [`spread`] repeats that over a grid of declared settings.
//! The model knows regular tori only, and one number of sequences per step for every configuration.
//!
//! What it leaves out: the loss of the matrix units on thin shards (the efficiency is one number), the
//! traffic of embedding and logits, interleaved pipelines, and limits that a compiler or a recipe may put on
//! partitions.

mod cost;
mod memory;
mod partition;
mod run;
mod spread;

pub use cost::{Collectives, flops_per_step};
pub use memory::memory_per_chip;
pub use partition::{Group, Mapping, Partition, Sharding, mappings, partitions, shapes_of};
pub use run::{Evaluation, MOST_SEARCH_CHIPS, Search, evaluate, evaluate_mapping, search};
pub use spread::{Grid, Outcome, SPREAD_QUANTILES, Spread, compare, spread};

use thiserror::Error;

use super::shape::Shape;

/// Holds the shape of a transformer; every field is an assumed input unless its authors published it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transformer {
    /// The number of layers.
    pub layers: usize,
    /// The width of the model.
    pub width: usize,
    /// The inner width of the feed-forward part.
    pub feed_forward: usize,
    /// The number of attention heads.
    pub heads: usize,
    /// The tokens of a sequence.
    pub sequence: usize,
    /// The tokens of the vocabulary.
    pub vocabulary: usize,
}

/// Holds what the model knows of a chip and its links.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    /// The peak of a chip in floating-point operations per second.
    pub peak_flops: f64,
    /// The bandwidth of a link in bytes per second and direction.
    pub link_bandwidth: f64,
    /// The memory of a chip in bytes.
    pub memory: f64,
    /// The latency of one hop of a collective in seconds (assumed).
    pub hop_latency: f64,
}

/// Holds the declared settings: every one is an assumed input, the same for all configurations of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The share of the peak that the matrix units reach on their own, above 0 and at most 1.
    pub efficiency: f64,
    /// The share of the shorter of computing and communicating that hides behind the other, 0 to 1.
    pub overlap: f64,
    /// The bytes of a weight where it is stored, gathered and multiplied.
    pub bytes_per_weight: f64,
    /// The bytes of a gradient where it is stored and summed.
    pub bytes_per_gradient: f64,
    /// The bytes of optimizer state (with any master copy) of a weight.
    pub optimizer_bytes: f64,
    /// The bytes of an activation where it is stored and sent.
    pub bytes_per_activation: f64,
    /// The sequences of a step, over all chips.
    pub sequences_per_step: usize,
    /// The most microbatches of a step; the search takes the best number up to it.
    pub microbatches: usize,
    /// Whether the backward pass computes a layer anew from its input (rematerialisation).
    pub recompute: bool,
}

/// Names one configuration: where a transformer runs and how it is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configuration {
    /// The shape of the slice, a regular torus.
    pub shape: Shape,
    /// How the chips are divided.
    pub partition: Partition,
    /// How activations and weights are sharded.
    pub sharding: Sharding,
}

/// Tells why a search is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SearchError {
    /// A number of a transformer is zero or too large.
    #[error("{name} is {value}: expected 1 to 2^24")]
    NotACount {
        /// The number at fault.
        name: &'static str,
        /// Its value.
        value: usize,
    },
    /// The width is not a multiple of the heads.
    #[error("{heads} heads do not divide the width {width}")]
    Heads {
        /// The number of heads.
        heads: usize,
        /// The width of the model.
        width: usize,
    },
    /// A quantity is outside its range.
    #[error("{name} is {value}: expected {expected}")]
    OutOfRange {
        /// The quantity at fault.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range in words.
        expected: &'static str,
    },
    /// No shape has this number of chips.
    #[error("no slice here has {chips} chips: expected 64 n, at most {most}", most = MOST_SEARCH_CHIPS)]
    NoShape {
        /// The chips as given.
        chips: usize,
    },
    /// The product of a partition is not the number of chips.
    #[error("the partition {partition} has {found} parts for {chips} chips")]
    WrongProduct {
        /// The partition.
        partition: Partition,
        /// Its product.
        found: usize,
        /// The chips of the shape.
        chips: usize,
    },
    /// A configuration cannot be divided so, or not laid on its shape.
    #[error("{partition} with {sharding} does not fit {shape}: {reason}")]
    NotDivisible {
        /// The shape.
        shape: Shape,
        /// The partition.
        partition: Partition,
        /// The sharding.
        sharding: Sharding,
        /// What does not divide.
        reason: &'static str,
    },
    /// A configuration needs more memory than a chip has.
    #[error("{partition} with {sharding} on {shape} needs {needed:.3e} bytes a chip, more than {memory:.3e}")]
    OutOfMemory {
        /// The shape.
        shape: Shape,
        /// The partition.
        partition: Partition,
        /// The sharding.
        sharding: Sharding,
        /// The bytes needed by the least demanding number of microbatches.
        needed: f64,
        /// The bytes there are.
        memory: f64,
    },
    /// No configuration fits into memory.
    #[error("no configuration of {chips} chips fits into memory")]
    NothingFits {
        /// The chips of the slice.
        chips: usize,
    },
    /// A list of a grid is empty.
    #[error("the grid has no value for {0}")]
    EmptyGrid(&'static str),
}

impl Transformer {
    /// Returns the weights of one layer: 4 w^2 of attention and 2 w f of the feed-forward part.
    #[must_use]
    pub fn layer_weights(&self) -> f64 {
        let width = self.width as f64;
        4.0 * width * width + 2.0 * width * self.feed_forward as f64
    }

    /// Returns the weights of the embedding, shared by input and output.
    #[must_use]
    pub fn embedding_weights(&self) -> f64 {
        self.vocabulary as f64 * self.width as f64
    }

    /// Returns the number of weights.
    #[must_use]
    pub fn weights(&self) -> f64 {
        self.layers as f64 * self.layer_weights() + self.embedding_weights()
    }

    /// Checks the numbers of a transformer.
    ///
    /// # Errors
    /// Refuses zeros, numbers above 2^24, and heads that do not divide the width.
    pub fn check(&self) -> Result<(), SearchError> {
        for (name, value) in [
            ("the number of layers", self.layers),
            ("the width", self.width),
            ("the feed-forward width", self.feed_forward),
            ("the number of heads", self.heads),
            ("the sequence length", self.sequence),
            ("the vocabulary", self.vocabulary),
        ] {
            count(name, value)?;
        }
        if !self.width.is_multiple_of(self.heads) {
            return Err(SearchError::Heads { heads: self.heads, width: self.width });
        }
        Ok(())
    }
}

impl Machine {
    /// Checks the quantities of a machine.
    ///
    /// # Errors
    /// Refuses a peak, bandwidth or memory that is not above zero, and a negative latency.
    pub fn check(&self) -> Result<(), SearchError> {
        positive("the peak", self.peak_flops)?;
        positive("the bandwidth of a link", self.link_bandwidth)?;
        positive("the memory", self.memory)?;
        not_negative("the latency of a hop", self.hop_latency)
    }
}

impl Settings {
    /// Checks the settings.
    ///
    /// # Errors
    /// Refuses shares outside 0 to 1, sizes that are no sizes, and zero sequences or microbatches.
    pub fn check(&self) -> Result<(), SearchError> {
        positive("the efficiency", self.efficiency)?;
        for (name, value) in [("the efficiency", self.efficiency), ("the overlap", self.overlap)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(SearchError::OutOfRange { name, value, expected: "0 to 1" });
            }
        }
        positive("the bytes of a weight", self.bytes_per_weight)?;
        positive("the bytes of a gradient", self.bytes_per_gradient)?;
        not_negative("the bytes of optimizer state", self.optimizer_bytes)?;
        positive("the bytes of an activation", self.bytes_per_activation)?;
        count("the number of sequences per step", self.sequences_per_step)?;
        count("the number of microbatches", self.microbatches)
    }
}

fn count(name: &'static str, value: usize) -> Result<(), SearchError> {
    if (1..=1 << 24).contains(&value) { Ok(()) } else { Err(SearchError::NotACount { name, value }) }
}

fn positive(name: &'static str, value: f64) -> Result<(), SearchError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(SearchError::OutOfRange { name, value, expected: "a finite number above 0" })
}

fn not_negative(name: &'static str, value: f64) -> Result<(), SearchError> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(SearchError::OutOfRange { name, value, expected: "a finite number, 0 or more" })
}
