//! What a training step computes, stores and sends under one split of the work.

use super::split::Split;
use crate::sim::search::{Partition, Settings, Sharding, Transformer, flops_per_step, memory_per_chip};

/// The passes over a layer in a step: forward, forward again from the stored input, backward.
const PASSES: f64 = 3.0;

/// Holds the experts of a transformer (Du et al., "GLaM: Efficient Scaling of Language Models with
/// Mixture-of-Experts", ICML 2022, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Experts {
    /// The layers whose feed-forward part is one of experts.
    pub layers: usize,
    /// The experts of such a layer.
    pub count: usize,
    /// The experts that compute each token.
    pub chosen: usize,
    /// The inner width of an expert.
    pub inner: usize,
}

/// Holds a transformer, with experts or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// The part without experts; its inner width is the mean over all layers, zero where experts stand.
    pub dense: Transformer,
    /// The experts, if any.
    pub experts: Option<Experts>,
}

/// Holds what the chips send: bytes for a microbatch of one sequence, and for gradients once a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volumes {
    /// The all-reduces of activations in each tensor group for one microbatch; half ones count half.
    pub all_reduces: f64,
    /// The bytes that each member of a tensor group sends to the others for one microbatch.
    pub tensor: f64,
    /// The bytes that a chip sends to its counterpart in the next stage for one microbatch; as many come
    /// back.
    pub pipeline: f64,
    /// The all-to-alls in each group of experts for one microbatch.
    pub all_to_alls: f64,
    /// The bytes that a chip sends to each other chip of its group of experts for one microbatch.
    pub experts: f64,
    /// The bytes of gradients that each replica sends to the others.
    pub gradients: f64,
    /// The bytes of gradients that each holder of the same experts sends to the others.
    pub expert_gradients: f64,
}

/// Returns the bytes that each of `members` sends in a ring all-reduce of a vector: 2 (n - 1) / n of it.
///
/// A reduce-scatter and an all-gather of (n - 1) / n each (Chan et al., "Collective communication: theory,
/// practice, and experience", 2007, bucket algorithms).
#[must_use]
pub fn ring_volume(members: usize, bytes: f64) -> f64 {
    let members = members as f64;
    2.0 * (members - 1.0) / members * bytes
}

impl Workload {
    /// Returns the weights of all experts.
    #[must_use]
    pub fn expert_weights(&self) -> f64 {
        self.experts
            .map_or(0.0, |experts| (experts.layers * experts.count) as f64 * self.one_expert(&experts))
    }

    fn one_expert(&self, experts: &Experts) -> f64 {
        2.0 * self.dense.width as f64 * experts.inner as f64
    }

    /// Returns the floating-point operations of a step.
    ///
    /// Those of [`flops_per_step`], and for each token and layer of experts 4 w f for each chosen expert, in
    /// four passes' worth: the backward pass counts twice.
    #[must_use]
    pub fn flops(&self, settings: &Settings) -> f64 {
        let experts = self.experts.map_or(0.0, |experts| {
            let tokens = (settings.sequences_per_step * self.dense.sequence) as f64;
            let each = 2.0 * self.one_expert(&experts) * (experts.chosen * experts.layers) as f64;
            (PASSES + 1.0) * tokens * each
        });
        flops_per_step(&self.dense, settings) + experts
    }

    /// Returns the bytes a chip needs with a number of microbatches of so many sequences.
    ///
    /// The formula of the partition search for one axis of tensor parallelism; experts add their weights,
    /// gradients and optimizer state, and the tokens sent to them in the one layer computed at a time.
    #[must_use]
    pub fn memory(&self, split: &Split, settings: &Settings, sequences: usize) -> f64 {
        let partition = Partition::new([split.pipeline, split.data, 1, split.tensor]);
        let microbatches = settings.sequences_per_step / split.data / sequences;
        let dense =
            memory_per_chip(&self.dense, &partition, Sharding::OneOne, settings, microbatches, sequences);
        let Some(experts) = self.experts else { return dense };
        let state = settings.bytes_per_weight + settings.bytes_per_gradient + settings.optimizer_bytes;
        let held = self.expert_weights() / (split.pipeline * split.experts) as f64;
        let tokens = (sequences * self.dense.sequence * experts.chosen) as f64 / split.tensor as f64;
        let values = (2 * self.dense.width + experts.inner) as f64;
        dense + held * state + tokens * values * settings.bytes_per_activation
    }

    /// Returns what the chips send under a split.
    ///
    /// With A the bytes of the activation of one sequence, t the tensor group, L layers in p stages: two
    /// all-reduces of A for each layer and pass (Narayanan et al., "Efficient Large-Scale Language Model
    /// Training on GPU Clusters Using Megatron-LM", SC 2021, section 3.2: 8 b s h (t - 1) / t values in the
    /// two passes without recomputation), one in a layer of experts; A / t to the next stage and back, and
    /// two all-gathers of A, one all-reduce's worth, where it arrives (section 4.1, scatter/gather); an
    /// all-reduce of the gradients over the replicas (section 3.1). A chip sends its A / t to the chosen
    /// experts and receives as much, twice a pass, all experts being chosen equally often.
    #[must_use]
    pub fn volumes(&self, split: &Split, settings: &Settings) -> Volumes {
        let [stages, tensor] = [split.pipeline, split.tensor].map(|part| part as f64);
        let activation = (self.dense.sequence * self.dense.width) as f64 * settings.bytes_per_activation;
        let arrivals = f64::from(u8::from(split.pipeline > 1));
        let expert_layers = self.experts.map_or(0.0, |experts| experts.layers as f64);
        let layers = self.dense.layers as f64;
        let all_reduces = PASSES * (2.0 * layers - expert_layers) / stages + arrivals;
        let all_to_alls = PASSES * 2.0 * expert_layers / stages;
        let chosen = self.experts.map_or(0.0, |experts| experts.chosen as f64);
        let group = split.experts as f64;
        let stored = layers / stages * self.dense.layer_weights() + self.dense.embedding_weights();
        let expert_bytes = self.expert_weights() / (stages * group) * settings.bytes_per_gradient;
        Volumes {
            all_reduces,
            tensor: all_reduces * ring_volume(split.tensor, activation),
            pipeline: arrivals * activation / tensor,
            all_to_alls,
            experts: all_to_alls * chosen * activation / tensor / group,
            gradients: ring_volume(split.data, stored / tensor * settings.bytes_per_gradient),
            expert_gradients: ring_volume(split.holders(), expert_bytes),
        }
    }
}
