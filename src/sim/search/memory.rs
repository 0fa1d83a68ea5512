//! The memory that a chip needs in training.

use super::partition::{Partition, Sharding};
use super::{Settings, Transformer};

/// Returns the bytes a chip of the most loaded stage needs with a number of sequences per microbatch.
///
/// Weights, gradients and optimizer state of the stage and the embedding, divided by the parts the weights
/// are cut into (Rajbhandari et al., "ZeRO", 2020, section 3.1), plus the gathered weights of one layer for
/// 2D/2D, plus activations. A layer of b sequences of s tokens stores s b w (10 + (8 + 4 f / w) + 5 a s / w)
/// values of 2 bytes' worth, halved: 34 + 5 a s / w for f = 4 w (Korthikanti et al., "Reducing Activation
/// Recomputation in Large Transformer Models", 2022, equation 2); the 10 lie along the width, the others
/// along heads and inner width. With recomputation only the input of every layer and one layer's values are
/// kept. A stage holds min(stages, microbatches) microbatches (Narayanan et al., SC 2021, section 2.2.1).
#[must_use]
pub fn memory_per_chip(
    model: &Transformer,
    partition: &Partition,
    sharding: Sharding,
    settings: &Settings,
    microbatches: usize,
    sequences_per_microbatch: usize,
) -> f64 {
    let layers = model.layers as f64 / partition.pipeline as f64;
    let stored = layers * model.layer_weights() + model.embedding_weights();
    let state = settings.bytes_per_weight + settings.bytes_per_gradient + settings.optimizer_bytes;
    let mut bytes = stored * state / sharding.weight_parts(partition) as f64;
    if sharding == Sharding::TwoTwo && partition.model1 > 1 {
        bytes += model.layer_weights() * settings.bytes_per_weight / partition.model2 as f64;
    }
    let [width, sequence] = [model.width as f64, model.sequence as f64];
    let values = sequence * sequences_per_microbatch as f64 * width * settings.bytes_per_activation;
    let [model1, model2] = [partition.model1 as f64, partition.model2 as f64];
    let (along_width, along_inner) = match sharding {
        Sharding::OneOne => (1.0, model1 * model2),
        Sharding::OneTwo => (model1, model2),
        Sharding::TwoOne | Sharding::TwoTwo => (model1 * model2, model1 * model2),
    };
    let inner = 8.0 + 4.0 * model.feed_forward as f64 / width;
    let attention = 5.0 * model.heads as f64 * sequence / width;
    let layer = values / 2.0 * (10.0 / along_width + (inner + attention) / along_inner);
    let held = partition.pipeline.min(microbatches) as f64;
    bytes
        + if settings.recompute {
            held * layers * values / along_width + layer
        } else {
            held * layers * layer
        }
}
