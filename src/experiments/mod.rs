//! Experiments: named facts from inputs, by the simulation.

mod baseline;
mod collective;
mod collective_trees;
mod coordinate;
mod cost;
mod curve;
mod energy;
mod exchange;
mod goodput;
mod learned;
mod machine;
mod packet;
mod partition;
mod pattern;
mod pattern_flow;
mod reconfigure;
mod remap;
mod route;
mod scale;
mod sparse;
mod topology;
mod training;
mod wiring;
mod workload;

use paper_engine::facts::{Experiment, StoredExperiment};

/// Bytes of a mebibyte.
const MEBIBYTE: f64 = 1_048_576.0;

/// All experiments, in order of their names.
pub const EXPERIMENTS: &[Experiment] = &[
    collective::COLLECTIVE,
    coordinate::COORDINATE,
    cost::COST,
    curve::CURVE,
    energy::ENERGY,
    exchange::EXCHANGE,
    goodput::GOODPUT,
    learned::LEARNED,
    machine::MACHINE,
    workload::MLPERF,
    packet::PACKET,
    partition::PARTITION,
    pattern::PATTERN,
    reconfigure::RECONFIGURE,
    remap::REMAP,
    route::ROUTE,
    sparse::SPARSE,
    goodput::TOLERANCE,
    topology::TOPOLOGY,
    training::TRAINING,
    workload::WORKLOAD,
    goodput::YEAR,
];

/// All experiments whose results are stored, in order of their names.
pub const STORED: &[StoredExperiment] = &[
    cost::DARK,
    cost::DARK_WHOLE,
    wiring::IRREGULAR_WIRING,
    packet::PACKET_STUDY,
    cost::PARETO,
    pattern_flow::PATTERN_4096,
    pattern_flow::PATTERN_128,
    pattern_flow::PATTERN_256,
    pattern_flow::PATTERN_512,
    pattern_flow::PATTERN_1024,
    pattern_flow::PATTERN_WHOLE,
    wiring::RANDOM_WIRING,
    scale::SCALE,
    wiring::SEARCH_LENGTH,
    training::TRAINING_256,
    training::TRAINING_512,
    packet::WINDOW_STUDY,
];
