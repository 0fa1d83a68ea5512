//! What experiments sweep and how they sample, with the values of a paper that chooses none, and which values
//! this machine takes.

use paper_engine::study::{InputOf, Label, Parameter};

use crate::sim::fault::{CubeGrid, MOST_PACKED_PER_AXIS};
use crate::sim::sparse::{MOST_PLACED_CHIPS, v4_torus};
use crate::sim::{Shape, ShapeError, Topology, chip_map};

/// The input that tells the size of the machine.
pub const CUBES_PER_AXIS: &str = "machine.cubes_per_axis";
/// The name in facts of an availability: in per cent, `99_0`.
pub const AVAILABILITY: Label = Label::Percent(1);
/// That of a load: in hundredths, `25`.
pub const LOAD: Label = Label::Percent(0);
/// That of a share: `0_25`.
pub const SHARE: Label = Label::Decimals(2);

/// The rows of a vocabulary that is placed.
const VOCABULARY: &str = "sparse.vocabulary";
/// That activations are computed anew in the backward pass.
pub const RECOMPUTED: &str = "recomputed";
/// That they are kept for it.
const KEPT: &str = "kept";

/// The most rows of a vocabulary, as many as one cube can hold.
const MOST_ROWS: u64 = 1 << 35;
/// The most chips among which each asks every other in a batch of lookups.
const MOST_BATCHED: usize = 4096;
/// The most chips of a machine that [`CUBES_PER_AXIS`] admits.
const MOST_CHIPS: u64 = 1 << 18;

/// All parameters, by experiment.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::counts(
        "batching.batches",
        "Samples of a chip in a step of lookups for which messages and hops are counted.",
        [1, 1 << 12],
        &[1, 2, 4, 8, 16, 32, 64, 128],
    )
    .named(&["batching.*.against_lookups.{}", "batching.*.against_chips.{}", "batching.*.byte_hops.{}"]),
    Parameter::count(
        "batching.ids",
        "Ids of one table that a chip looks up in the small example.",
        [1, 1 << 20],
        &[1000],
    )
    .named(&["batching.*.ids_{}"]),
    Parameter::seed("batching.seed", "placement_and_lookups", &[1]),
    Parameter::words(
        "batching.slices",
        "Slices whose lookups are batched by coordinate, of at most 4096 chips.",
        slice,
        &["4x4x8", "8x8x8"],
    )
    .fitting(fits_batching)
    .named(&["batching.{}"]),
    Parameter::words(
        "collective.slices",
        "Slices whose all-reduce and all-to-all are timed on the torus and on islands, such as 8x8x8.",
        slice,
        &["8x8x8", "8x8x16", "16x16x16"],
    )
    .fitting(fits)
    .named(&["collective.{}.all_reduce_time", "collective.{}.all_to_all_time", "infiniband.{}"]),
    Parameter::words(
        "collective.trees",
        "Slices whose collectives run by trees on every wiring; each needs the maps that `learn` stores.",
        slice,
        &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"],
    )
    .fitting(fits)
    .named(&[
        "collective.{}.torus",
        "collective.{}.twisted",
        "collective.{}.lattice",
        "collective.{}.learned",
        "collective.{}.translations",
        "collective.{}.permutations",
    ]),
    Parameter::count("curve.cycles", "Cycles measured at each load.", [100, 1_000_000], &[1200]),
    Parameter::numbers(
        "curve.loads",
        "Offered loads, in flits of each chip in a cycle.",
        [0.01, 8.0],
        &[0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0],
    )
    .named(&["curve.*.*.load_{}"])
    .labelled(LOAD),
    Parameter::seed("curve.seed", "packets", &[1]),
    Parameter::words(
        "curve.slices",
        "Slices on which packets are simulated; each needs the maps that `learn` stores.",
        slice,
        &["4x4x8"],
    )
    .fitting(fits)
    .named(&["curve.{}"]),
    Parameter::words("exchange.flat", "Plane tori whose all-to-all is timed.", flat, &["64x64"])
        .named(&["exchange.{}.torus"]),
    Parameter::words(
        "exchange.slices",
        "Slices whose all-to-all is timed on the torus.",
        slice,
        &["4x4x8", "4x8x8", "8x8x16", "8x16x16", "16x16x16"],
    )
    .fitting(fits)
    .named(&["exchange.{}.torus"]),
    Parameter::words(
        "exchange.twisted",
        "Slices whose all-to-all is timed on the twisted torus.",
        twisted,
        &["4x4x8", "4x8x8", "8x8x16", "8x16x16"],
    )
    .fitting(fits)
    .named(&["exchange.{}.twisted"]),
    Parameter::numbers(
        "goodput.availabilities",
        "Shares of time that a host is up.",
        [0.01, 1.0],
        &[0.99, 0.995, 0.999],
    )
    .named(&["goodput.*.{}"])
    .labelled(AVAILABILITY),
    Parameter::seed("goodput.seed", "failures", &[1]),
    Parameter::counts(
        "goodput.slices",
        "Chips of slices: 4, 8, 16, 32, or a multiple of 64.",
        [4, MOST_CHIPS],
        &[64, 128, 256, 512, 1024, 2048, 3072],
    )
    .fitting(fits_in_chips)
    .named(&["goodput.{}", "tolerance.{}"]),
    Parameter::count(
        "goodput.trials",
        "Trials of the sampled goodput, on machines of at most 64 cubes.",
        [1, 1 << 24],
        &[50_000],
    ),
    Parameter::words(
        "learned.slices",
        "Slices whose learned maps are held against torus, twist and lattices, beside those with stored maps.",
        slice,
        &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"],
    )
    .fitting(fits)
    .named(&["learned.{}"]),
    Parameter::counts(
        "machine.scaled",
        "Chips of larger machines whose cubes are counted.",
        [64, 1 << 20],
        &[8192, 16_384],
    )
    .fitting(whole_cubes)
    .named(&["scaling.{}"]),
    Parameter::numbers(
        "partition.activation_bytes",
        "Bytes of an activation in the search of partitions. Of these settings each is taken with each.",
        [0.125, 64.0],
        &[2.0],
    )
    .needed(),
    Parameter::words(
        "partition.activations",
        "What the backward pass does for activations: `recomputed` or `kept`.",
        activations,
        &[RECOMPUTED, KEPT],
    )
    .needed(),
    Parameter::numbers(
        "partition.efficiency",
        "Shares of the peak that the matrix units reach.",
        [0.01, 1.0],
        &[0.5, 0.6, 0.7],
    )
    .needed(),
    Parameter::counts("partition.microbatches", "Most microbatches of a step.", [1, 1 << 16], &[64, 256])
        .needed(),
    Parameter::numbers(
        "partition.optimizer_bytes",
        "Bytes of optimizer state of a weight.",
        [0.0, 64.0],
        &[8.0, 12.0],
    )
    .needed(),
    Parameter::numbers(
        "partition.overlap",
        "Shares of the shorter of computing and communicating that hide behind the other.",
        [0.0, 1.0],
        &[0.0, 0.4, 0.8],
    )
    .needed(),
    Parameter::counts("partition.sequences", "Sequences of a step.", [1, 1 << 20], &[512, 1536]).needed(),
    Parameter::numbers(
        "partition.weight_bytes",
        "Bytes of a weight, which its gradient takes too.",
        [0.125, 16.0],
        &[2.0, 4.0],
    )
    .needed(),
    Parameter::counts(
        "route.ids",
        "Ids whose rows are looked up, one after another; each below `sparse.vocabulary`.",
        [0, MOST_ROWS - 1],
        &[17, 4096, 271_828, 3_141_593, 86_400_000, 999_999_999],
    )
    .needed()
    .fitting(in_vocabulary),
    Parameter::seed("route.seed", "placement", &[1]),
    Parameter::counts(
        "sparse.torus",
        "Chips of the tori on which a step with lookups is timed: 64, 128, 256, 512 or 1024.",
        [64, 1024],
        &[128, 512, 1024],
    )
    .fitting(compared)
    .named(&["sparse.{}.torus"]),
    Parameter::counts(
        "sparse.twisted",
        "Chips of the twisted tori on which it is timed: 128, 256 or 1024.",
        [128, 1024],
        &[128],
    )
    .fitting(compared_twisted)
    .named(&["sparse.{}.twisted"]),
    Parameter::count(
        VOCABULARY,
        "Rows of the vocabulary that is placed on the chips.",
        [1, MOST_ROWS],
        &[1_000_000_000],
    ),
    Parameter::words("topology.flat", "Plane tori for comparison, such as 64x64.", flat, &["8x16", "64x64"])
        .named(&["topology.{}.torus"]),
    Parameter::counts(
        "topology.hypercubes",
        "Chips of hypercubes for comparison, a power of two.",
        [4, 1 << 16],
        &[4096],
    )
    .fitting(power_of_two)
    .named(&["topology.{}.hypercube"]),
    Parameter::words("topology.meshes", "Slices that are analysed without wrap-around links.", mesh, &[])
        .fitting(fits)
        .named(&["topology.{}.mesh"]),
    Parameter::words(
        "topology.slices",
        "Slices that are analysed as tori, such as 8x8x4.",
        slice,
        &["4x4x4", "4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"],
    )
    .fitting(fits)
    .named(&["topology.{}.torus"]),
    Parameter::words(
        "topology.twisted",
        "Slices that are analysed as twisted tori: k x k x 2k and k x 2k x 2k.",
        twisted,
        &["4x4x8", "4x8x8", "8x8x16", "8x16x16"],
    )
    .fitting(fits)
    .named(&["topology.{}.twisted", "twist_gain.{}", "twist_shift.{}", "twist_shortfall.{}", "reconfigure.{}"]),
    Parameter::counts(
        "tolerance.mixed",
        "Chips of the slices that hosts and whole racks fail beside.",
        [64, MOST_CHIPS],
        &[3072],
    )
    .fitting(fits_in_chips)
    .named(&["tolerance.{}.*.chips_switched", "tolerance.{}.*.chips_static"]),
    Parameter::numbers(
        "tolerance.rack_shares",
        "Shares of failures that strike whole racks.",
        [0.0, 1.0],
        &[0.1, 0.25, 0.5, 0.9],
    )
    .named(&["tolerance.*.racks_{}"])
    .labelled(SHARE),
    Parameter::counts(
        "year.all_failures",
        "Chips of the slices that run a year in which hosts, racks, links and switches fail.",
        [64, MOST_CHIPS],
        &[1024],
    )
    .fitting(fits_in_chips)
    .named(&["year.{}.*.*.all_failures", "year.{}.*.*.all_failures_waiting"]),
    Parameter::numbers(
        "year.availabilities",
        "Shares of time that a host is up, in a year of failures and repairs.",
        [0.5, 0.999_999],
        &[0.995],
    )
    .named(&["year.*.{}"])
    .labelled(AVAILABILITY),
    Parameter::seed("year.seed", "failures", &[1]),
    Parameter::counts(
        "year.slices",
        "Chips of the slices that run a year in which hosts fail.",
        [64, MOST_CHIPS],
        &[1024, 3072],
    )
    .fitting(fits_in_chips)
    .named(&["year.{}"]),
];

/// Returns the cubes along each axis of the paper's machine; those of the published one where it says nothing.
pub fn cubes_per_axis(inputs: InputOf<'_>) -> usize {
    inputs(CUBES_PER_AXIS).map_or(chip_map::SIDE, |cubes| cubes as usize)
}

/// Says that an experiment is made for the published machine alone, where the paper has another.
pub fn published_machine(inputs: InputOf<'_>) -> Result<(), String> {
    match cubes_per_axis(inputs) {
        chip_map::SIDE => Ok(()),
        other => Err(format!("is made for 4x4x4 cubes alone, and `{CUBES_PER_AXIS}` is {other}")),
    }
}

/// Says that an experiment looks for boxes of cubes, where the paper's machine has too many for that.
pub fn packed_machine(inputs: InputOf<'_>) -> Result<(), String> {
    match cubes_per_axis(inputs) {
        0..=MOST_PACKED_PER_AXIS => Ok(()),
        other => Err(format!(
            "is made for at most {MOST_PACKED_PER_AXIS}x{MOST_PACKED_PER_AXIS}x{MOST_PACKED_PER_AXIS} cubes, and `{CUBES_PER_AXIS}` is {other}"
        )),
    }
}

/// Says that an experiment compares slices of so many chips, where the paper's machine has fewer.
fn machine_of(inputs: InputOf<'_>, chips: usize) -> Result<(), String> {
    let all = grid(inputs)?.chips();
    if chips <= all {
        return Ok(());
    }
    Err(format!("needs a slice of {chips} chips, and the machine has {all} by `{CUBES_PER_AXIS}`"))
}

/// Says that the machine has no slice of 512 chips, where it has none.
pub fn machine_of_512(inputs: InputOf<'_>) -> Result<(), String> {
    machine_of(inputs, 512)
}

/// Says that the rows of a vocabulary are placed on fewer chips, where the paper's machine has too many for that.
pub fn placed_machine(inputs: InputOf<'_>) -> Result<(), String> {
    if grid(inputs)?.chips() <= MOST_PLACED_CHIPS {
        return Ok(());
    }
    let cubes = cubes_per_axis(inputs);
    Err(format!("places rows on at most {MOST_PLACED_CHIPS} chips, and `{CUBES_PER_AXIS}` is {cubes}"))
}

fn grid(inputs: InputOf<'_>) -> Result<CubeGrid, String> {
    CubeGrid::new(cubes_per_axis(inputs)).map_err(|error| error.to_string())
}

fn slice(text: &str) -> Result<(), String> {
    text.parse::<Shape>().map(drop).map_err(|error| error.to_string())
}

fn twisted(text: &str) -> Result<(), String> {
    text.parse().and_then(Topology::twisted).map(drop).map_err(|error: ShapeError| error.to_string())
}

fn mesh(text: &str) -> Result<(), String> {
    text.parse().and_then(Topology::mesh).map(drop).map_err(|error: ShapeError| error.to_string())
}

fn flat(text: &str) -> Result<(), String> {
    flat_torus(text).map(drop)
}

/// Wires a plane torus such as `64x64`.
///
/// # Errors
/// Says what is wrong with the text or its axes.
pub fn flat_torus(text: &str) -> Result<Topology, String> {
    let axes = text.split_once('x').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let (a, b) = axes.filter(|(a, b): &(usize, usize)| format!("{a}x{b}") == text).ok_or_else(|| {
        format!("`{text}` is no plane torus: write two numbers with `x` between them, such as 64x64")
    })?;
    Topology::flat_torus(a, b).map_err(|error| error.to_string())
}

fn fits(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    let shape: Shape = text.parse().map_err(|error: ShapeError| error.to_string())?;
    let (cubes, all) = (shape.cubes().iter().product::<usize>(), grid(inputs)?.cubes());
    if cubes <= all {
        return Ok(());
    }
    Err(format!("the slice {text} has {cubes} cubes, and the machine has {all} by `{CUBES_PER_AXIS}`"))
}

fn fits_in_chips(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    let chips = text.parse().map_err(|_| format!("`{text}` is no number of chips"))?;
    grid(inputs)?.check_slice(chips).map_err(|error| error.to_string())
}

fn fits_batching(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    let shape: Shape = text.parse().map_err(|error: ShapeError| error.to_string())?;
    if shape.chips() > MOST_BATCHED {
        return Err(format!(
            "the slice {text} has {} chips: at most {MOST_BATCHED} are batched",
            shape.chips()
        ));
    }
    fits(inputs, text)
}

fn compared(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    fits_wired(inputs, text, false)
}

fn compared_twisted(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    fits_wired(inputs, text, true)
}

fn fits_wired(inputs: InputOf<'_>, text: &str, is_twisted: bool) -> Result<(), String> {
    let chips = text.parse().map_err(|_| format!("`{text}` is no number of chips"))?;
    v4_torus(chips, is_twisted).map_err(|error| error.to_string())?;
    fits_in_chips(inputs, text)
}

fn in_vocabulary(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    match (text.parse::<f64>(), inputs(VOCABULARY)) {
        (Ok(id), Some(rows)) if id >= rows => {
            Err(format!("the id {text} is none of the {rows} rows of `{VOCABULARY}`, which start at 0"))
        }
        _ => Ok(()),
    }
}

fn activations(text: &str) -> Result<(), String> {
    let is_way = [RECOMPUTED, KEPT].contains(&text);
    is_way.then_some(()).ok_or_else(|| format!("`{text}` is neither `{RECOMPUTED}` nor `{KEPT}`"))
}

fn whole_cubes(_: InputOf<'_>, text: &str) -> Result<(), String> {
    let is_whole = text.parse().is_ok_and(|chips: usize| chips.is_multiple_of(chip_map::CHIPS_PER_CUBE));
    is_whole.then_some(()).ok_or_else(|| format!("{text} chips are no whole cubes of 64"))
}

fn power_of_two(_: InputOf<'_>, text: &str) -> Result<(), String> {
    let is_power = text.parse().is_ok_and(usize::is_power_of_two);
    is_power.then_some(()).ok_or_else(|| format!("no hypercube has {text} chips: it takes a power of two"))
}
