//! What is trained: two published models, with how a step is set.

use crate::sim::search::{Machine, Settings, Transformer};
use crate::sim::training::{Experts, Workload};
use paper_engine::model::Model;

/// The inputs of a step; the last three are assumed.
pub const INPUTS: &[&str] = &[
    "chip.hbm",
    "chip.link_bandwidth",
    "chip.peak_bf16",
    "chip.hop_latency",
    "training.efficiency",
    "training.overlap",
];
/// What is trained.
pub const JOBS: [Job; 2] = [GPT3, EXPERTS];

/// A model to train, with what a step of it is.
pub struct Job {
    /// Its name in the stored lists.
    pub name: &'static str,
    /// What stands before the quantities of its facts.
    pub prefix: &'static str,
    pub workload: Workload,
    pub sequences: usize,
    pub source: &'static str,
}

/// GPT-3 175B (Brown et al. 2020, table 2.1), 1536 sequences a step as in Narayanan et al. 2021, section 5.
pub const GPT3: Job = Job {
    name: "gpt3",
    prefix: "",
    workload: Workload {
        dense: Transformer {
            layers: 96,
            width: 12_288,
            feed_forward: 49_152,
            heads: 96,
            sequence: 2048,
            vocabulary: 50_257,
        },
        experts: None,
    },
    sequences: 1536,
    source: "narayanan2021efficient, sections 2 to 4; brown2020gpt3, table 2.1",
};

/// GLaM 8B/64E (Du et al. 2022, table 4): every other layer has 64 experts, two for each token; a step is a
/// million tokens. Its inner width of 16,384 stands in half the layers of the part without experts.
pub const EXPERTS: Job = Job {
    name: "glam",
    prefix: "experts_",
    workload: Workload {
        dense: Transformer {
            layers: 32,
            width: 4096,
            feed_forward: 8192,
            heads: 32,
            sequence: 1024,
            vocabulary: 256_000,
        },
        experts: Some(Experts { layers: 16, count: 64, chosen: 2, inner: 16_384 }),
    },
    sequences: 1024,
    source: "narayanan2021efficient, sections 2 to 4; du2022glam, section 4",
};

impl Job {
    /// Mixed precision with Adam: 2 bytes of weight and gradient and 12 of state (Rajbhandari et al. 2020,
    /// section 3.1); layers are computed anew in the backward pass.
    pub fn settings(&self, efficiency: f64, overlap: f64) -> Settings {
        Settings {
            efficiency,
            overlap,
            bytes_per_weight: 2.0,
            bytes_per_gradient: 2.0,
            optimizer_bytes: 12.0,
            bytes_per_activation: 2.0,
            sequences_per_step: self.sequences,
            microbatches: self.sequences,
            recompute: true,
        }
    }
}

/// Returns the machine and the settings of training at the stated inputs.
pub fn stated(model: &Model, job: &Job) -> (Machine, Settings) {
    let machine = Machine {
        peak_flops: model.value("chip.peak_bf16") * 1e12,
        link_bandwidth: model.value("chip.link_bandwidth") * 1e9,
        memory: model.value("chip.hbm") * f64::from(1 << 30),
        hop_latency: model.value("chip.hop_latency") * 1e-6,
    };
    let settings = job.settings(model.value("training.efficiency"), model.value("training.overlap"));
    (machine, settings)
}
