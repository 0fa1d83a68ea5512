//! The analytic step time of a transformer on a mapped partition.

use super::partition::{Group, Mapping, Partition, Sharding};
use super::{Machine, Settings, Transformer};

/// Holds the groups of chips that communicate under one mapping.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collectives {
    /// The stages of the pipeline.
    pub pipeline: Group,
    /// The replicas along the data axis.
    pub data: Group,
    /// The replicas along the data axis and the first model axis together.
    pub data_and_model1: Group,
    /// The first model axis.
    pub model1: Group,
    /// The second model axis.
    pub model2: Group,
    /// Both model axes together.
    pub model: Group,
}

/// Holds the time of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StepTime {
    /// The seconds of computing, with the bubble of the pipeline.
    pub compute: f64,
    /// The seconds of communicating, hidden or not.
    pub communication: f64,
    /// The seconds of the step.
    pub total: f64,
}

impl Collectives {
    /// Returns the groups of a mapping.
    #[must_use]
    pub fn of(mapping: &Mapping) -> Self {
        Self {
            pipeline: mapping.group(&[0]),
            data: mapping.group(&[1]),
            data_and_model1: mapping.group(&[1, 2]),
            model1: mapping.group(&[2]),
            model2: mapping.group(&[3]),
            model: mapping.group(&[2, 3]),
        }
    }
}

/// Returns the floating-point operations of a step.
///
/// For B sequences of s tokens, l layers of width w and inner width f, vocabulary V: a forward pass takes
/// B s l (8 w^2 + 4 w f + 4 s w), a step three such passes, four with recomputation, plus 6 B s w V for the
/// logits. With f = 4 w and recomputation this is 96 B s l w^2 (1 + s / 6 w + V / 16 l w) (Narayanan et al.,
/// SC 2021, section 5.1, equation 3).
#[must_use]
pub fn flops_per_step(model: &Transformer, settings: &Settings) -> f64 {
    let tokens = (settings.sequences_per_step * model.sequence) as f64;
    let width = model.width as f64;
    let layer = 2.0 * model.layer_weights() + 4.0 * model.sequence as f64 * width;
    let passes = if settings.recompute { 4.0 } else { 3.0 };
    passes * tokens * model.layers as f64 * layer + 6.0 * tokens * model.embedding_weights()
}

/// Returns the time of one step with a number of microbatches.
///
/// C = (m + p - 1) c and K = (m + p - 1) k + g, with c and k the seconds one stage computes and communicates
/// for one of m microbatches, p - 1 the bubble of a pipeline of p stages (Narayanan et al., SC 2021, section
/// 2.2.1: the share (p - 1) / m) and g the all-reduce of the gradients over the replicas. The step takes
/// C + K - h min(C, K), h being the declared overlap. Stages are taken as equal: the embedding's work is
/// spread over them. An all-reduce is a reduce-scatter and an all-gather of the same bytes.
pub(super) fn step_time(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    sharding: Sharding,
    partition: &Partition,
    groups: &Collectives,
    microbatches: usize,
) -> StepTime {
    let [pipeline, data, model1, model2] = partition.parts().map(|part| part as f64);
    let chips = pipeline * data * model1 * model2;
    let slots = microbatches as f64 + pipeline - 1.0;
    let whole = flops_per_step(model, settings) / (chips * machine.peak_flops * settings.efficiency);
    let compute = slots * whole / microbatches as f64;

    let width = model.width as f64;
    let sequences = settings.sequences_per_step as f64 / data / microbatches as f64;
    let activation = sequences * model.sequence as f64 * width * settings.bytes_per_activation;
    let passes = if settings.recompute { 3.0 } else { 2.0 };
    let layers = model.layers as f64 / pipeline;
    let gather = |group: &Group, bytes: f64, times: f64| machine.gather(group, bytes, times);
    let weights = model.layer_weights() / model2;
    let layer = match sharding {
        // two all-reduces of the activation per pass (Shoeybi et al. 2019, section 3, figure 4)
        Sharding::OneOne => passes * gather(&groups.model, activation, 4.0),
        // contracting over the first axis gives queries, keys, values and the inner layer as partial sums
        // along the second; contracting over the second gives both outputs as partial sums along the first
        Sharding::OneTwo => {
            let inner = (3.0 + model.feed_forward as f64 / width) / 2.0;
            passes
                * (gather(&groups.model1, inner * activation / model2, 4.0)
                    + gather(&groups.model2, activation / model1, 4.0))
        }
        Sharding::TwoOne => passes * gather(&groups.model2, activation / model1, 4.0),
        // and the weights of the layer are gathered in every pass, their gradients scattered once
        Sharding::TwoTwo => {
            passes
                * (gather(&groups.model2, activation / model1, 4.0)
                    + gather(&groups.model1, weights * settings.bytes_per_weight, 1.0))
                + gather(&groups.model1, weights * settings.bytes_per_gradient, 1.0)
        }
    };
    let mut per_microbatch = layers * layer;
    if partition.pipeline > 1 {
        // every chip sends its share forward and the gradient back; whole activations are gathered again
        // (Narayanan et al., SC 2021, section 4.1, the scatter/gather optimisation)
        let send = activation / (model1 * model2);
        per_microbatch += 2.0
            * (send / (groups.pipeline.neighbour_links * machine.link_bandwidth)
                + groups.pipeline.neighbour_hops * machine.hop_latency);
        per_microbatch += match sharding {
            Sharding::OneOne => gather(&groups.model, activation, 2.0),
            Sharding::OneTwo => gather(&groups.model2, activation / model1, 2.0),
            Sharding::TwoOne | Sharding::TwoTwo => 0.0,
        };
    }
    let gradients = (layers * model.layer_weights() + model.embedding_weights())
        * settings.bytes_per_gradient
        / sharding.weight_parts(partition) as f64;
    let replicas = if sharding == Sharding::TwoOne { &groups.data_and_model1 } else { &groups.data };
    let communication = slots * per_microbatch + gather(replicas, gradients, 2.0);
    let hidden = settings.overlap * compute.min(communication);
    StepTime { compute, communication, total: compute + communication - hidden }
}

impl Machine {
    /// Returns the seconds of a number of all-gathers (or reduce-scatters) of a vector over a group.
    ///
    /// Every chip receives (n - 1) / n of the vector over its links of the group: the lower bound that
    /// bidirectional rings reach (Chan et al. 2007, bucket algorithms), plus the hops' latency.
    fn gather(&self, group: &Group, bytes: f64, times: f64) -> f64 {
        if group.size == 1 {
            return 0.0;
        }
        let size = group.size as f64;
        let transfer = bytes * (size - 1.0) / size / (group.links * self.link_bandwidth);
        times * (transfer + group.hops * self.hop_latency)
    }
}
