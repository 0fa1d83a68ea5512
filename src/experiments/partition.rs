//! Facts of the partition and topology search for a GPT-3-sized model on 512 chips.

use super::training::GPT3;
use crate::parameters::{RECOMPUTED, machine_of_512};
use crate::sim::search::{
    Configuration, Grid, Machine, Partition, SearchError, Sharding, Spread, compare, spread,
};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

const SOURCE: &str = "jouppi2023tpuv4, table 3; narayanan2021efficient, section 3";

/// The experiment `partition`.
pub const PARTITION: Experiment = Experiment {
    id: "partition",
    summary: "Search over shapes and partitions of 512 chips for a GPT-3-sized model, under declared settings.",
    families: &["partition"],
    inputs: &["chip.hbm", "chip.hop_latency", "chip.link_bandwidth", "chip.peak_bf16"],
    parameters: PARAMETERS,
    published: &["search_gpt3_512"],
    suits: machine_of_512,
    run,
    ..Experiment::EMPTY
};

/// The settings, whose product is the grid of the search.
const PARAMETERS: &[&str] = &[
    "partition.activation_bytes",
    "partition.activations",
    "partition.efficiency",
    "partition.microbatches",
    "partition.optimizer_bytes",
    "partition.overlap",
    "partition.sequences",
    "partition.weight_bytes",
];

/// Returns the declared settings.
fn grid(model: &Model) -> Grid {
    let numbers = |name: &str| model.numbers(name).to_vec();
    let counts = |name: &str| model.counts(name).iter().map(|&count| count as usize).collect();
    Grid {
        efficiency: numbers("partition.efficiency"),
        overlap: numbers("partition.overlap"),
        bytes_per_weight: numbers("partition.weight_bytes"),
        optimizer_bytes: numbers("partition.optimizer_bytes"),
        bytes_per_activation: numbers("partition.activation_bytes"),
        sequences_per_step: counts("partition.sequences"),
        microbatches: counts("partition.microbatches"),
        recompute: model.words("partition.activations").iter().map(|way| way == RECOMPUTED).collect(),
    }
}

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let machine = Machine {
        peak_flops: model.value("chip.peak_bf16") * 1e12,
        link_bandwidth: model.value("chip.link_bandwidth") * 1e9,
        memory: model.value("chip.hbm") * f64::from(1 << 30),
        hop_latency: model.value("chip.hop_latency") * 1e-6,
    };
    let gpt3 = &GPT3.workload.dense;
    let [expert, published] = configurations()?;
    let grid = grid(model);
    let free = spread(gpt3, &machine, &grid, &expert)?;
    let pair = compare(gpt3, &machine, &grid, &published, &expert)?;
    let formula = "median speed of the best configuration over the expert's, over all settings";
    write(facts, "gpt3.gain", &free, formula, Some("search_gpt3_512"))?;
    let formula = "median speed of the published best over the expert's, over all settings";
    write(facts, "gpt3.published_pair_gain", &pair, formula, Some("search_gpt3_512"))?;
    let basis = |formula| Basis { unit: Unit::COUNT, inputs: &[], formula, source: SOURCE };
    facts.number("partition.settings", free.outcomes.len() as f64, basis("size of the grid of settings"));
    let formula = "settings under which the expert's configuration does not fit into memory";
    facts.number("partition.gpt3.refused", free.refused() as f64, basis(formula));
    Ok(())
}

fn write(
    facts: &mut Writer<'_>,
    name: &str,
    found: &Spread,
    formula: &str,
    published: Option<&str>,
) -> Result<(), Failure> {
    let nothing = "no setting fits both configurations into memory";
    let [low, _, median, _, high] = found.quantiles().ok_or(nothing)?;
    let inputs = PARTITION.inputs;
    let basis = Basis { unit: Unit::TIMES, inputs, formula, source: SOURCE };
    // The settings are a grid without a stated point, so its median stands for it.
    facts.assumed(format!("partition.{name}"), median, [low, high], basis, published);
    facts.median(&format!("partition.{name}"), median);
    let movers = found.sensitivities();
    let name_moved = |facts: &mut Writer<'_>, name: &str| {
        for (setting, correlation) in movers.iter().take(3) {
            facts.moved_by(name, *setting, *correlation);
        }
    };
    name_moved(facts, &format!("partition.{name}"));
    let (least, most) = found.min().zip(found.max()).ok_or(nothing)?;
    for (end, value) in [("lowest", least), ("highest", most)] {
        let formula = format!("{end} ratio over all settings");
        let basis = Basis { unit: Unit::TIMES, inputs, formula: &formula, source: SOURCE };
        facts.assumed(format!("partition.{name}.{end}"), value, [least, most], basis, None);
        name_moved(facts, &format!("partition.{name}.{end}"));
    }
    Ok(())
}

/// Returns the expert's and the best configuration of table 3 for GPT-3.
fn configurations() -> Result<[Configuration; 2], SearchError> {
    let configuration = |shape: &str, [pipeline, data, model1, model2]: [usize; 4], sharding| {
        let shape = shape.parse().map_err(|_| SearchError::NoShape { chips: 512 })?;
        Ok(Configuration { shape, partition: Partition { pipeline, data, model1, model2 }, sharding })
    };
    Ok([
        configuration("8x8x8", [8, 1, 8, 8], Sharding::TwoTwo)?,
        configuration("4x8x16", [16, 4, 1, 8], Sharding::OneOne)?,
    ])
}
