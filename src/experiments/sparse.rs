//! Facts of sparse embedding lookups: memory, step times, batching, bisection.

use super::goodput::machine;
use crate::parameters::{CUBES_PER_AXIS, placed_machine};
use crate::sim::chip_map::CHIPS;
use crate::sim::sparse::{
    Assumptions, Chip, Compared, Contest, DistinctRows, FIGURE_8, Placement, Rival, Sources, Step,
    bisections, crossings, reductions, saturated_reduction,
};
use crate::sim::{Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
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
/// The univalent features of the public benchmark's model, and its largest global batch (section 7.9).
const FEATURES: usize = 26;
const GLOBAL_BATCH: usize = 65_536;
/// The exponents of the laws by which ids are drawn.
const LAWS: [(&str, f64); 2] = [("uniform", 0.0), ("zipf", 1.0)];

/// The experiment `sparse`.
pub const SPARSE: Experiment = Experiment {
    id: "sparse",
    summary: "Embedding lookup: placement by coordinates, step time on three machines, batching, bisection.",
    families: &["batching", "bisection", "sparse"],
    inputs: INPUTS,
    optional: &[CUBES_PER_AXIS],
    parameters: &[
        "batching.batches",
        "batching.ids",
        "batching.seed",
        "batching.slices",
        "sparse.torus",
        "sparse.twisted",
        "sparse.vocabulary",
    ],
    published: &[
        "bisection_v4_over_v3",
        "dlrm0_v4_over_v3",
        "embedding_gain_from_bisection",
        "sparsecore_gain",
    ],
    suits: placed_machine,
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    // What reads no input comes first, and so rests on none.
    facts.apart(|facts| write_batching(model, facts))?;
    write_gains(model, facts)?;
    facts.apart(|facts| write_memory(model, facts))?;
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

/// What each is compared with: the word in the name, the rival, which times, the published counterpart.
const RIVALS: [(&str, Rival, Compared, Option<&str>); 4] = [
    ("host_memory", Rival::HostMemory, Compared::Step, Some("sparsecore_gain")),
    ("host_memory_lookup", Rival::HostMemory, Compared::Lookup, None),
    ("tpu_v3", Rival::TpuV3, Compared::Step, Some("dlrm0_v4_over_v3")),
    ("flat_torus", Rival::FlatTorus, Compared::Step, Some("embedding_gain_from_bisection")),
];

/// Writes all gains, which share the work for each sample: how often rows repeat in a batch.
fn write_gains(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let [torus, twisted] = ["sparse.torus", "sparse.twisted"].map(|name| model.counts(name));
    let slices = torus.iter().map(|chips| (*chips as usize, false));
    let slices: Vec<(usize, bool)> =
        slices.chain(twisted.iter().map(|chips| (*chips as usize, true))).collect();
    // Each sample puts its own chips in the place of these.
    let (_, v4, v3) = unpack(&[f64::NAN; INPUTS.len()]);
    let contests = slices.iter().map(|&(chips, twisted)| Contest::new(chips, twisted, v4, v3));
    let contests: Vec<Contest> = contests.collect::<Result<_, _>>()?;
    let pairs = slices.iter().flat_map(|slice| RIVALS.iter().map(move |rival| (*slice, *rival)));
    let numbers = pairs.map(|((chips, twisted), (name, _, part, published))| {
        let formula = "time of a step of figure 8's model on the rival over that on TPU v4 with SparseCores";
        let formula = if part == Compared::Step { formula } else { "the same for the lookup alone" };
        let kind = if twisted { "twisted" } else { "torus" };
        let basis = Basis { unit: Unit::TIMES, inputs: INPUTS, formula, source: SOURCE };
        let published = published.filter(|_| chips == 128 && !twisted);
        (format!("sparse.{chips}.{kind}.gain_over_{name}"), basis, published)
    });
    facts.sampled_all(numbers.collect(), |values| {
        let (assumed, v4, v3) = unpack(values);
        // No number is refused by the writer.
        let Ok(distinct) = DistinctRows::new(&FIGURE_8, &assumed) else {
            return vec![f64::NAN; contests.len() * RIVALS.len()];
        };
        let gains = contests.iter().flat_map(|contest| {
            let mut contest = *contest;
            (contest.v4.chip, contest.v3.chip, contest.flat.chip) = (v4, v3, v4);
            let (distinct, assumed) = (&distinct, &assumed);
            RIVALS
                .iter()
                .map(move |(_, rival, part, _)| contest.gain_of(distinct, &FIGURE_8, *rival, *part, assumed))
        });
        gains.collect()
    });
    Ok(())
}

fn write_memory(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    const WIDTH: u64 = 64;
    // No count depends on how the ids are permuted.
    const ANY: u64 = 0;
    let (chips, units) = (machine(model)?.chips(), model.count("tpu_v4.sparsecores"));
    let vocabulary = model.setting("sparse.vocabulary");
    let placement = Placement::new(vocabulary, chips, units, ANY)?;
    let memory = placement.memory(WIDTH, 4, (model.value("chip.hbm") * f64::from(1 << 30)) as u64);
    let mut inputs = vec!["chip.hbm", "tpu_v4.sparsecores"];
    // The published machine is that of a paper without the input.
    inputs.extend((chips != CHIPS).then_some(CUBES_PER_AXIS));
    let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &inputs, formula, source: SOURCE };
        facts.number(format!("sparse.memory.{quantity}"), value, basis);
    };
    let mebibytes = f64::from(1 << 20);
    write("ids", vocabulary as f64, Unit::COUNT, "the vocabulary placed");
    let formula = format!("rows of the fullest of {chips} chips, 64 elements of 4 bytes each");
    write("bytes_per_chip", memory.bytes_per_chip as f64 / mebibytes, Unit::MEBIBYTES, &formula);
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

/// A step of the public benchmark's model with one sample: a row of 64 elements of 4 bytes with an id of 8, and a
/// header of 16 bytes for each message.
const STEP: Step = Step {
    batch: 1,
    features: FEATURES,
    tables: FEATURES,
    valency: 1,
    rows_per_table: 2_000_000,
    exponent: 1.0,
    row_bytes: 264,
    header_bytes: 16,
};

fn write_batching(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let basis = |formula| Basis { unit: Unit::COUNT, inputs: &[], formula, source: SOURCE };
    let formula = "largest global batch of the public benchmark's model, section 7.9";
    facts.number("batching.global_batch", GLOBAL_BATCH as f64, basis(formula));
    facts.apart(|facts| {
        let formula = "ids of one table that a chip looks up, a chosen example";
        facts.number("batching.ids", model.setting("batching.ids") as f64, basis(formula));
        Ok(())
    })?;
    for name in model.words("batching.slices") {
        facts.apart(|facts| write_slice(name, model, facts))?;
    }
    Ok(())
}

fn write_slice(name: &str, model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let source = "this design: messages grouped by the Z arm, then by the Y arm, of their coordinates";
    let topology = Topology::torus(name.parse::<Shape>()?);
    let limit = saturated_reduction(&STEP, &topology)?;
    let formula = "the same against one message for each chip, when every chip asks every other";
    let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source };
    facts.number(format!("batching.{name}.against_chips.limit"), limit.against_chips(), basis);
    let seed = model.setting("batching.seed");
    let placement = Placement::new(STEP.rows_per_table * STEP.tables as u64, topology.chips(), 4, seed)?;
    let slice = Slice { name, placement: &placement, topology: &topology, seed };
    facts.apart(|facts| {
        let batch = model.setting("batching.ids") as usize;
        let ids = Step { batch, features: 1, tables: 1, rows_per_table: 52_000_000, ..STEP };
        write_batch(slice, &format!("ids_{batch}"), &ids, facts)
    })?;
    let sample = Step { batch: GLOBAL_BATCH / topology.chips(), ..STEP };
    write_batch(slice, "dlrm", &sample, facts)?;
    let batches = model.counts("batching.batches").iter().map(|&batch| batch as usize);
    let mut batches: Vec<usize> = batches.collect();
    // Crossings are looked for between neighbours.
    batches.sort_unstable();
    let found = reductions(&STEP, &placement, &topology, Sources::Diagonal, &batches, seed)?;
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
        write(format!("byte_hops.{}", one.batch), one.byte_hops[2] / one.byte_hops[3], Unit::TIMES, formula);
    }
    let curve: Vec<(usize, f64)> = found.iter().map(|one| (one.batch, one.against_lookups())).collect();
    // The ratio need not pass the claimed one.
    if let Some([low, high]) = crossings(&curve, CLAIMED_BATCHING).first() {
        let formula = "batch size before the one at which the ratio against lookups passes 7.7";
        write("claimed_between.low".into(), *low as f64, Unit::COUNT, formula);
        let formula = "batch size at which the ratio against lookups has passed 7.7";
        write("claimed_between.high".into(), *high as f64, Unit::COUNT, formula);
        for end in ["low", "high"] {
            facts.rests_on_sweep(&format!("batching.{name}.claimed_between.{end}"), "batching.batches");
        }
    }
    Ok(())
}

/// A slice with the rows on it, and the seed of the lookups.
#[derive(Clone, Copy)]
struct Slice<'a> {
    name: &'a str,
    placement: &'a Placement,
    topology: &'a Topology,
    seed: u64,
}

/// Compares the ways of batching one batch, ids drawn evenly and by Zipf's law.
fn write_batch(slice: Slice<'_>, batch: &str, step: &Step, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let Slice { name, placement, topology, seed } = slice;
    let source = "this design: messages grouped by the Z arm, then by the Y arm, of their coordinates; \
                  jouppi2023tpuv4, section 7.9, for the batch";
    for (law, exponent) in LAWS {
        let step = Step { exponent, ..*step };
        let batches = [step.batch];
        let found = reductions(&step, placement, topology, Sources::Diagonal, &batches, seed)?;
        let mut write = |quantity: &str, value: f64, formula: &str| {
            let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source };
            facts.number(format!("batching.{name}.{batch}.{law}.{quantity}"), value, basis);
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
