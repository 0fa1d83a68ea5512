//! Facts of sparse embedding lookups: memory, step times, batching, bisection.

use crate::sim::sparse::{
    Assumptions, Chip, Compared, Contest, DistinctRows, FIGURE_8, Placement, Rival, Sources, Step,
    bisections, crossings, reductions, saturated_reduction,
};
use crate::sim::{Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::study::RandomDraw;
use paper_engine::units::Unit;

/// What the lookup model reads, in the order in which samples come.
const INPUTS: &[&str] = &[
    "sparse.batch",
    "sparse.width",
    "sparse.exponent",
    "sparse.summed_share",
    "sparse.passes",
    "sparse.memory_efficiency",
    "sparse.link_efficiency",
    "sparse.tile_efficiency",
    "sparse.host_memory_bandwidth",
    "sparse.host_memory_efficiency",
    "sparse.host_elements",
    "sparse.host_link_bandwidth",
    "sparse.host_network_bandwidth",
    "sparse.host_network_efficiency",
    "sparse.dense_efficiency",
    "sparse.lookup_overlap",
    "sparse.step_overlap",
    "sparse.tile_lanes",
    "chip.peak_bf16",
    "tpu_v4.hbm_bandwidth",
    "tpu_v4.sparsecores",
    "tpu_v4.sparsecore_tiles",
    "tpu_v4.clock",
    "chip.link_bandwidth",
    "tpu_v3.peak_bf16",
    "tpu_v3.hbm_bandwidth",
    "tpu_v3.sparsecores",
    "tpu_v3.clock",
    "tpu_v3.link_bandwidth",
    "chip.hbm",
];
const SOURCE: &str = "jouppi2023tpuv4, sections 3.2 to 3.6 and figure 8";
/// The claimed factor of hierarchical batching, whose batch sizes are looked for.
const CLAIMED_BATCHING: f64 = 7.7;
/// Samples of a chip in a step for which hops are counted.
const BATCHES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// The univalent features of the public benchmark's model, and its largest global batch (section 7.9).
const FEATURES: usize = 26;
const GLOBAL_BATCH: usize = 65_536;
/// The ids of one table that a chip looks up in the small example.
const IDS: usize = 1000;
/// The exponents of the laws by which ids are drawn.
const LAWS: [(&str, f64); 2] = [("uniform", 0.0), ("zipf", 1.0)];
const SEED: u64 = 1;

/// The experiment `sparse`.
pub const SPARSE: Experiment = Experiment {
    id: "sparse",
    summary: "Embedding lookup: placement by coordinates, step time on three machines, batching, bisection.",
    families: &["batching", "bisection", "sparse"],
    inputs: INPUTS,
    published: &[
        "bisection_v4_over_v3",
        "dlrm0_v4_over_v3",
        "embedding_gain_from_bisection",
        "sparsecore_gain",
    ],
    drawn: &[RandomDraw { what: "placement_and_lookups", seeds: &[SEED] }],
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    // What reads no input comes first, and so rests on none.
    write_batching(facts)?;
    write_gains(facts)?;
    write_memory(model, facts)?;
    write_bisection(model, facts)
}

/// Splits one sample of the inputs into the assumptions of the lookup model and the two chips.
fn unpack(values: &[f64]) -> (Assumptions, Chip, Chip) {
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let assumed = Assumptions {
        batch: at(0),
        width: at(1),
        exponent: at(2),
        summed_share: at(3),
        passes: at(4),
        memory_efficiency: at(5),
        link_efficiency: at(6),
        tile_efficiency: at(7),
        host_memory_bandwidth: at(8) * 1e9,
        host_memory_efficiency: at(9),
        host_elements_per_second: at(10) * 1e9,
        host_link_bandwidth: at(11) * 1e9,
        host_network_bandwidth: at(12) * 1e9,
        host_network_efficiency: at(13),
        dense_efficiency: at(14),
        lookup_overlap: at(15),
        step_overlap: at(16),
    };
    let v4 = Chip {
        peak_flops: at(18) * 1e12,
        memory_bandwidth: at(19) * 1e9,
        sparse_cores: at(20),
        tiles: at(21),
        lanes: at(17),
        clock: at(22) * 1e6,
        link_bandwidth: at(23) * 1e9,
    };
    // Tiles and lanes of TPU v3 are taken to be those of TPU v4.
    let v3 = Chip {
        peak_flops: at(24) * 1e12,
        memory_bandwidth: at(25) * 1e9,
        sparse_cores: at(26),
        clock: at(27) * 1e6,
        link_bandwidth: at(28) * 1e9,
        ..v4
    };
    (assumed, v4, v3)
}

/// Number of chips and wiring of the slices that are compared.
const CONTESTS: [(usize, bool); 4] = [(128, false), (128, true), (512, false), (1024, false)];
/// What each is compared with: the word in the name, the rival, which times, the published counterpart.
const RIVALS: [(&str, Rival, Compared, Option<&str>); 4] = [
    ("host_memory", Rival::HostMemory, Compared::Step, Some("sparsecore_gain")),
    ("host_memory_lookup", Rival::HostMemory, Compared::Lookup, None),
    ("tpu_v3", Rival::TpuV3, Compared::Step, Some("dlrm0_v4_over_v3")),
    ("flat_torus", Rival::FlatTorus, Compared::Step, Some("embedding_gain_from_bisection")),
];

/// Writes all gains, which share the work for each sample: how often rows repeat in a batch.
fn write_gains(facts: &mut Writer<'_>) -> Result<(), Failure> {
    // Each sample puts its own chips in the place of these.
    let (_, v4, v3) = unpack(&[f64::NAN; INPUTS.len()]);
    let contests = CONTESTS.into_iter().map(|(chips, twisted)| Contest::new(chips, twisted, v4, v3));
    let contests: Vec<Contest> = contests.collect::<Result<_, _>>()?;
    let numbers: [_; CONTESTS.len() * RIVALS.len()] = std::array::from_fn(|index| {
        let (chips, twisted) = CONTESTS[index / RIVALS.len()];
        let (name, _, part, published) = RIVALS[index % RIVALS.len()];
        let formula = "time of a step of figure 8's model on the rival over that on TPU v4 with SparseCores";
        let formula = if part == Compared::Step { formula } else { "the same for the lookup alone" };
        let kind = if twisted { "twisted" } else { "torus" };
        let basis = Basis { unit: Unit::TIMES, inputs: INPUTS, formula, source: SOURCE };
        let published = published.filter(|_| chips == 128 && !twisted);
        (format!("sparse.{chips}.{kind}.gain_over_{name}"), basis, published)
    });
    facts.sampled_together(numbers, |values| {
        let (assumed, v4, v3) = unpack(values);
        let distinct = DistinctRows::new(&FIGURE_8, &assumed);
        std::array::from_fn(|index| {
            // No number is refused by the writer.
            let Ok(distinct) = &distinct else { return f64::NAN };
            let mut contest = contests[index / RIVALS.len()];
            (contest.v4.chip, contest.v3.chip, contest.flat.chip) = (v4, v3, v4);
            let (_, rival, part, _) = RIVALS[index % RIVALS.len()];
            contest.gain_of(distinct, &FIGURE_8, rival, part, &assumed)
        })
    });
    Ok(())
}

fn write_memory(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    const VOCABULARY: u64 = 1_000_000_000;
    const WIDTH: u64 = 64;
    let units = model.count("tpu_v4.sparsecores");
    let placement = Placement::new(VOCABULARY, crate::sim::chip_map::CHIPS, units, SEED)?;
    let memory = placement.memory(WIDTH, 4, (model.value("chip.hbm") * f64::from(1 << 30)) as u64);
    let inputs = &["chip.hbm", "tpu_v4.sparsecores"];
    let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs, formula, source: SOURCE };
        facts.number(format!("sparse.memory.{quantity}"), value, basis);
    };
    let mebibytes = f64::from(1 << 20);
    write("ids", VOCABULARY as f64, Unit::COUNT, "the vocabulary placed");
    let formula = "rows of the fullest of 4096 chips, 64 elements of 4 bytes each";
    write("bytes_per_chip", memory.bytes_per_chip as f64 / mebibytes, Unit::MEBIBYTES, formula);
    write("share_of_hbm", memory.share_of_memory, Unit::FRACTION, "bytes on a chip over its memory");
    write(
        "key_bytes",
        memory.key_bytes as f64,
        Unit::BYTES,
        "round keys of the permutation, all that is stored",
    );
    let formula =
        "a hash table from ids to places: 17 bytes a bucket, a power of two of buckets, 7/8 full at most";
    write("hash_table", memory.hash_table_bytes as f64 / f64::from(1 << 30), Unit::GIBIBYTES, formula);
    let formula = "an array of places: 6 bytes an id";
    write("array", memory.array_bytes as f64 / f64::from(1 << 30), Unit::GIBIBYTES, formula);
    Ok(())
}

fn write_bisection(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let faster = model.value("chip.link_bandwidth") / model.value("tpu_v3.link_bandwidth");
    for one in bisections(faster)? {
        let chips = one.chips;
        let mut write =
            |quantity: &str, value: f64, inputs: &[&str], formula: &str, published: Option<&str>| {
                let source = "jouppi2023tpuv4, section 3.6 and table 4";
                let basis = Basis { unit: Unit::TIMES, inputs, formula, source };
                let name = format!("bisection.v4_over_v3.{chips}.{quantity}");
                facts.beside(name, value, basis, published);
            };
        let formula = "links cut by the smallest half-split: 3D torus over 2D torus of as many chips";
        write("links", one.links_ratio, &[], formula, Some("bisection_v4_over_v3"));
        let inputs = &["chip.link_bandwidth", "tpu_v3.link_bandwidth"];
        write("bandwidth", one.bandwidth_ratio, inputs, "the same, links times their bandwidth", None);
        let formula = "ratio of the ideal all-to-all bandwidth of a chip";
        write("alltoall", one.alltoall_ratio, inputs, formula, None);
    }
    Ok(())
}

fn write_batching(facts: &mut Writer<'_>) -> Result<(), Failure> {
    // A row of 64 elements of 4 bytes with an id of 8; a header of 16 bytes for each message.
    let step = Step {
        batch: 1,
        features: FEATURES,
        tables: FEATURES,
        valency: 1,
        rows_per_table: 2_000_000,
        exponent: 1.0,
        row_bytes: 264,
        header_bytes: 16,
    };
    let basis = |formula| Basis { unit: Unit::COUNT, inputs: &[], formula, source: SOURCE };
    facts.number(
        "batching.ids",
        IDS as f64,
        basis("ids of one table that a chip looks up, a chosen example"),
    );
    let formula = "largest global batch of the public benchmark's model, section 7.9";
    facts.number("batching.global_batch", GLOBAL_BATCH as f64, basis(formula));
    let ids = Step { batch: IDS, features: 1, tables: 1, rows_per_table: 52_000_000, ..step };
    let source = "this design: messages grouped by the Z arm, then by the Y arm, of their coordinates";
    for name in ["4x4x8", "8x8x8"] {
        let topology = Topology::torus(name.parse::<Shape>()?);
        let placement = Placement::new(step.rows_per_table * step.tables as u64, topology.chips(), 4, SEED)?;
        let sample = Step { batch: GLOBAL_BATCH / topology.chips(), ..step };
        for (batch, step) in [("ids_1000", &ids), ("dlrm", &sample)] {
            write_batch(name, batch, step, &placement, &topology, facts)?;
        }
        let found = reductions(&step, &placement, &topology, Sources::Diagonal, &BATCHES, SEED)?;
        let limit = saturated_reduction(&step, &topology)?;
        let mut write = |quantity: String, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source };
            facts.number(format!("batching.{name}.{quantity}"), value, basis);
        };
        for one in &found {
            let formula = "message-hops of one message for each lookup over those batched by cube, then chip";
            write(format!("against_lookups.{}", one.batch), one.against_lookups(), Unit::TIMES, formula);
            let formula = "message-hops of one message for each chip over those batched by cube, then chip";
            write(format!("against_chips.{}", one.batch), one.against_chips(), Unit::TIMES, formula);
            let formula = "byte-hops of one message for each chip over those batched by cube, then chip";
            write(
                format!("byte_hops.{}", one.batch),
                one.byte_hops[2] / one.byte_hops[3],
                Unit::TIMES,
                formula,
            );
        }
        let formula = "the same against one message for each chip, when every chip asks every other";
        write("against_chips.limit".into(), limit.against_chips(), Unit::TIMES, formula);
        let curve: Vec<(usize, f64)> = found.iter().map(|one| (one.batch, one.against_lookups())).collect();
        // The ratio need not pass the claimed one.
        if let Some([low, high]) = crossings(&curve, CLAIMED_BATCHING).first() {
            let formula = "batch size before the one at which the ratio against lookups passes 7.7";
            write("claimed_between.low".into(), *low as f64, Unit::COUNT, formula);
            let formula = "batch size at which the ratio against lookups has passed 7.7";
            write("claimed_between.high".into(), *high as f64, Unit::COUNT, formula);
        }
    }
    Ok(())
}

/// Compares the ways of batching one batch, ids drawn evenly and by Zipf's law.
fn write_batch(
    slice: &str,
    batch: &str,
    step: &Step,
    placement: &Placement,
    topology: &Topology,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let source = "this design: messages grouped by the Z arm, then by the Y arm, of their coordinates; \
                  jouppi2023tpuv4, section 7.9, for the batch";
    for (law, exponent) in LAWS {
        let step = Step { exponent, ..*step };
        let batches = [step.batch];
        let found = reductions(&step, placement, topology, Sources::Diagonal, &batches, SEED)?;
        let mut write = |quantity: &str, value: f64, formula: &str| {
            let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source };
            facts.number(format!("batching.{slice}.{batch}.{law}.{quantity}"), value, basis);
        };
        for one in found {
            write("repeats", one.deduplication, "lookups of a chip over the different rows among them");
            let formula = "messages, one for each lookup, over those batched by cube, then chip";
            write("messages_against_lookups", one.messages[0], formula);
            let formula = "messages, one for each owner, over those batched by cube, then chip";
            write("messages_against_chips", one.messages[2], formula);
            let formula = "message-hops, one message for each lookup, over those batched by cube, then chip";
            write("hops_against_lookups", one.against_lookups(), formula);
            let formula = "message-hops, one message for each owner, over those batched by cube, then chip";
            write("hops_against_chips", one.against_chips(), formula);
            let formula = "byte-hops, one message for each owner, over those batched by cube, then chip";
            write("bytes_against_chips", one.byte_hops[2], formula);
        }
    }
    Ok(())
}
