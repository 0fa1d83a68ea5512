//! Facts of eight applications by roofline, of MLPerf from official times, and of power.

use crate::sim::workload::{Roofline, geometric_mean};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The applications, by the inputs that hold their operational intensities.
const APPLICATIONS: [&str; 8] = [
    "workload.bert0",
    "workload.bert1",
    "workload.cnn0",
    "workload.cnn1",
    "workload.dlrm0",
    "workload.dlrm1",
    "workload.rnn0",
    "workload.rnn1",
];
/// Peak and memory bandwidth of a chip, by input.
const CHIPS: [(&str, [&str; 2]); 3] = [
    ("tpu_v4", ["chip.peak_bf16", "tpu_v4.hbm_bandwidth"]),
    ("tpu_v3", ["tpu_v3.peak_bf16", "tpu_v3.hbm_bandwidth"]),
    ("a100", ["a100.peak_bf16", "a100.hbm_bandwidth"]),
];
const ROOFLINE: &str = "williams2009roofline, section 3; jouppi2023tpuv4, section 7.5";

/// The experiment `workload`.
pub const WORKLOAD: Experiment = Experiment {
    id: "workload",
    summary: "Rooflines of eight applications on TPU v4, TPU v3 and A100; ratios of peak and of power.",
    families: &["overall", "peak", "performance_per_watt", "power", "roofline", "workload"],
    inputs: &[
        "a100.bert_power",
        "a100.hbm_bandwidth",
        "a100.peak_bf16",
        "a100.resnet_power",
        "chip.peak_bf16",
        "ipu_bow.peak_bf16",
        "machine.cube_side",
        "machine.cubes_per_axis",
        "tpu_v3.chips",
        "tpu_v3.hbm_bandwidth",
        "tpu_v3.peak_bf16",
        "tpu_v3.power_mean",
        "tpu_v4.bert_power",
        "tpu_v4.hbm_bandwidth",
        "tpu_v4.power_mean",
        "tpu_v4.resnet_power",
        "workload.bert0",
        "workload.bert1",
        "workload.cnn0",
        "workload.cnn1",
        "workload.dlrm0",
        "workload.dlrm1",
        "workload.mix_cnn",
        "workload.mix_dlrm",
        "workload.mix_rnn",
        "workload.mix_transformer",
        "workload.rnn0",
        "workload.rnn1",
    ],
    published: &[
        "overall_v4_over_v3",
        "peak_v4_over_v3",
        "power_bert_64_chips_w.ratio",
        "power_resnet_64_chips_w.ratio",
        "v4_over_v3_mean",
        "v4_over_v3_most_apps",
        "v4_over_v3_perf_per_watt",
    ],
    run,
    ..Experiment::EMPTY
};

/// The experiment `mlperf`.
pub const MLPERF: Experiment = Experiment {
    id: "mlperf",
    summary: "Ratios of official MLPerf Training times: TPU v4 against A100 and IPU Bow.",
    families: &["mlperf"],
    inputs: &[
        "mlperf.bert_4096_a100",
        "mlperf.bert_4096_tpu_v4",
        "mlperf.bert_64_a100",
        "mlperf.bert_64_ipu_bow",
        "mlperf.bert_64_tpu_v4",
        "mlperf.resnet_4096_tpu_v4",
        "mlperf.resnet_4216_a100",
        "mlperf.resnet_64_a100",
        "mlperf.resnet_64_ipu_bow",
        "mlperf.resnet_64_tpu_v4",
    ],
    published: &["mlperf_bert_v4_over_a100", "mlperf_resnet_v4_over_a100"],
    run: run_mlperf,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for (chip, [peak, bandwidth]) in CHIPS {
        let inputs = &[peak, bandwidth];
        let formula = "peak over memory bandwidth: below it memory limits, above it the peak";
        let basis = Basis { unit: crate::units::FLOPS_PER_BYTE, inputs, formula, source: ROOFLINE };
        let line = Roofline::new(model.value(peak), model.value(bandwidth));
        facts.number(format!("roofline.{chip}.ridge"), line.ridge(), basis);
        for application in APPLICATIONS {
            let inputs = &[peak, bandwidth, application];
            let formula = "the lesser of peak, and memory bandwidth times operational intensity";
            let basis = Basis { unit: crate::units::TERAFLOPS, inputs, formula, source: ROOFLINE };
            let name = application.trim_start_matches("workload.");
            facts.sampled(format!("roofline.{chip}.{name}"), basis, None, |v| match v {
                [peak, bandwidth, intensity] => Roofline::new(*peak, *bandwidth).attainable(*intensity),
                _ => f64::NAN,
            });
        }
    }
    for rival in ["tpu_v3", "a100"] {
        write_gains(facts, rival)?;
    }
    write_ratios(model, facts);
    write_mix(model, facts);
    // Last, so that nothing else rests on what was published.
    write_from_mean(model, facts);
    Ok(())
}

/// Writes how the published mix of workloads divides into models with embedding tables and models without.
fn write_mix(model: &Model, facts: &mut Writer<'_>) {
    let all = ["workload.mix_dlrm", "workload.mix_rnn", "workload.mix_cnn", "workload.mix_transformer"];
    let whole: f64 = all.iter().map(|name| model.value(name)).sum();
    let sparse = model.value(all[0]) / whole;
    let mut write = |name: &str, value: f64, formula: &str| {
        let source = "jouppi2023tpuv4, table 1";
        facts.number(name, value, Basis { unit: Unit::FRACTION, inputs: &all, formula, source });
    };
    write("workload.sparse_share", sparse, "share of recommendation models in the kinds that are listed");
    write("workload.dense_share", 1.0 - sparse, "share of all other kinds that are listed");
}

fn write_gains(facts: &mut Writer<'_>, rival: &str) -> Result<(), Failure> {
    let chip = CHIPS.iter().find(|(chip, _)| *chip == rival);
    let (_, [peak, bandwidth]) = chip.ok_or_else(|| format!("there is no chip `{rival}`"))?;
    let machines = ["chip.peak_bf16", "tpu_v4.hbm_bandwidth", peak, bandwidth];
    let gain = |v: &[f64], intensity: f64| match v {
        [ours, our_memory, theirs, their_memory, ..] => {
            let [ours, theirs] = [(ours, our_memory), (theirs, their_memory)]
                .map(|(peak, memory)| Roofline::new(*peak, *memory).attainable(intensity));
            ours / theirs
        }
        _ => f64::NAN,
    };
    for application in APPLICATIONS {
        let inputs: Vec<&str> = machines.into_iter().chain([application]).collect();
        let formula = "ratio of two rooflines at the same operational intensity, without the on-chip memory";
        let basis = Basis { unit: Unit::TIMES, inputs: &inputs, formula, source: ROOFLINE };
        let name = application.trim_start_matches("workload.");
        facts.sampled(format!("roofline.v4_over_{rival}.{name}"), basis, None, |v| {
            gain(v, v.last().copied().unwrap_or(f64::NAN))
        });
    }
    let inputs: Vec<&str> = machines.into_iter().chain(APPLICATIONS).collect();
    let formula = "geometric mean of eight roofline ratios, without the on-chip memory";
    let basis = Basis { unit: Unit::TIMES, inputs: &inputs, formula, source: ROOFLINE };
    let published = (rival == "tpu_v3").then_some("v4_over_v3_mean");
    facts.sampled(format!("roofline.v4_over_{rival}.mean"), basis, published, |v| {
        geometric_mean(v.iter().skip(machines.len()).map(|&intensity| gain(v, intensity)))
    });
    Ok(())
}

/// Writes the ratio of two inputs.
fn write_ratio(
    model: &Model,
    facts: &mut Writer<'_>,
    name: &str,
    over: [&str; 2],
    [formula, source]: [&str; 2],
    published: Option<&str>,
) {
    let value = model.value(over[0]) / model.value(over[1]);
    facts.beside(name, value, Basis { unit: Unit::TIMES, inputs: &over, formula, source }, published);
}

fn write_ratios(model: &Model, facts: &mut Writer<'_>) {
    let mut ratio = |name: &str, over: [&str; 2], formula: &str, source: &str, published: Option<&str>| {
        write_ratio(model, facts, name, over, [formula, source], published);
    };
    let (table4, table6) = ("jouppi2023tpuv4, tables 4 and 5", "jouppi2023tpuv4, table 6");
    ratio(
        "peak.v4_over_v3",
        ["chip.peak_bf16", "tpu_v3.peak_bf16"],
        "ratio of peaks",
        table4,
        Some("peak_v4_over_v3"),
    );
    ratio("peak.v4_over_a100", ["chip.peak_bf16", "a100.peak_bf16"], "ratio of peaks", table4, None);
    ratio("peak.v4_over_ipu_bow", ["chip.peak_bf16", "ipu_bow.peak_bf16"], "ratio of peaks", table4, None);
    ratio(
        "power.v3_over_v4",
        ["tpu_v3.power_mean", "tpu_v4.power_mean"],
        "ratio of mean powers",
        table4,
        None,
    );
    let formula = "ratio of measured mean powers of a chip";
    ratio(
        "power.a100_over_v4.bert",
        ["a100.bert_power", "tpu_v4.bert_power"],
        formula,
        table6,
        Some("power_bert_64_chips_w.ratio"),
    );
    ratio(
        "power.a100_over_v4.resnet",
        ["a100.resnet_power", "tpu_v4.resnet_power"],
        formula,
        table6,
        Some("power_resnet_64_chips_w.ratio"),
    );
}

/// Writes what follows from the published mean of speeds.
fn write_from_mean(model: &Model, facts: &mut Writer<'_>) {
    // A paper may lack it.
    let Some(mean) = model.published("v4_over_v3_mean").map(|published| published.span.middle()) else {
        return;
    };
    let inputs = &["tpu_v3.power_mean", "tpu_v4.power_mean"];
    let formula = "published mean speed ratio times the ratio of mean powers";
    let basis =
        Basis { unit: Unit::TIMES, inputs, formula, source: "jouppi2023tpuv4, section 5 and table 4" };
    let watts = model.value("tpu_v3.power_mean") / model.value("tpu_v4.power_mean");
    facts.derived("performance_per_watt.v4_over_v3", mean * watts, basis, "v4_over_v3_perf_per_watt");
    let inputs = &["machine.cube_side", "machine.cubes_per_axis", "tpu_v3.chips"];
    let formula = "published mean speed ratio times the ratio of the chips of the largest machines";
    let basis = Basis { unit: Unit::TIMES, inputs, formula, source: "jouppi2023tpuv4, abstract and table 4" };
    let chips = (model.value("machine.cube_side") * model.value("machine.cubes_per_axis")).powi(3);
    facts.derived(
        "overall.v4_over_v3",
        mean * chips / model.value("tpu_v3.chips"),
        basis,
        "overall_v4_over_v3",
    );
}

fn run_mlperf(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let formula = "official time of the rival over that of TPU v4";
    let source = "mlcommons2022training and mlcommons2021training, result logs";
    let names = [
        (
            "mlperf.v4_over_a100.bert_4096",
            ["mlperf.bert_4096_a100", "mlperf.bert_4096_tpu_v4"],
            Some("mlperf_bert_v4_over_a100"),
        ),
        (
            "mlperf.v4_over_a100.resnet_4096",
            ["mlperf.resnet_4216_a100", "mlperf.resnet_4096_tpu_v4"],
            Some("mlperf_resnet_v4_over_a100"),
        ),
        ("mlperf.v4_over_a100.bert_64", ["mlperf.bert_64_a100", "mlperf.bert_64_tpu_v4"], None),
        ("mlperf.v4_over_a100.resnet_64", ["mlperf.resnet_64_a100", "mlperf.resnet_64_tpu_v4"], None),
        ("mlperf.v4_over_ipu_bow.bert_64", ["mlperf.bert_64_ipu_bow", "mlperf.bert_64_tpu_v4"], None),
        ("mlperf.v4_over_ipu_bow.resnet_64", ["mlperf.resnet_64_ipu_bow", "mlperf.resnet_64_tpu_v4"], None),
    ];
    for (name, over, published) in names {
        write_ratio(model, facts, name, over, [formula, source], published);
    }
    for input in MLPERF.inputs {
        facts.quote(format!("{}.minutes", input), input);
    }
    Ok(())
}
