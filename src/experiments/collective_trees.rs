//! Facts of collectives by trees: what bounds them, and their time from short to long vectors on each
//! network.

use rayon::prelude::*;

use super::MEBIBYTE;
use crate::maps::{declared_maps, learned_maps};
use crate::sim::collective::{CollectiveError, Directions, Link, Operation, Plan, Symmetry, Trees, execute};
use crate::sim::learned::{LearnedError, best_lattices, random_permutations, random_translations};
use crate::sim::{Network, Shape, Topology};
use paper_engine::facts::Seeds;
use paper_engine::facts::{Basis, Failure, Writer, distribution};
use paper_engine::model::Model;
use paper_engine::study::{RandomDraw, first_seeds};
use paper_engine::units::Unit;

/// The sizes of vectors in names of facts; each is four times the one before, from 1 KiB.
const SIZES: [&str; 12] =
    ["1KiB", "4KiB", "16KiB", "64KiB", "256KiB", "1MiB", "4MiB", "16MiB", "64MiB", "256MiB", "1GiB", "4GiB"];
/// Those that are run for maps drawn at random.
const SIZES_OF_SEEDS: [usize; 3] = [0, 5, 10];
/// The seeds of random translations: 1 to this, and fewer above so many chips.
const SEEDS: u64 = 10;
const SEEDS_OF_LARGE: u64 = 3;
const LARGE: usize = 1024;
/// The seeds of random permutations: 1 to this, up to so many chips, because none of them has a symmetry.
const SEEDS_OF_PERMUTATIONS: u64 = 3;
const MOST_CHIPS_OF_PERMUTATIONS: usize = 512;
/// The wirings drawn.
pub(super) const DRAWN: &[RandomDraw] = &[
    RandomDraw { what: "random_translations", seeds: &first_seeds::<{ SEEDS as usize }>() },
    RandomDraw {
        what: "random_translations_of_large_slices",
        seeds: &first_seeds::<{ SEEDS_OF_LARGE as usize }>(),
    },
    RandomDraw { what: "random_permutations", seeds: &first_seeds::<{ SEEDS_OF_PERMUTATIONS as usize }>() },
];
/// The quantiles of the latency of a hop between which an interval lies.
const ENDS: [f64; 2] = [0.05, 0.95];
const LATENCY: &str = "chip.hop_latency";
const INPUTS: &[&str] = &[LATENCY, "chip.link_bandwidth"];
const MESSAGE: &str = "collective.message";
const INPUTS_WITH_MESSAGE: &[&str] = &[INPUTS[0], INPUTS[1], MESSAGE];
const SOURCE: &str = "zhao2024forestcoll, the condition of optimality; chan2007collective, section 5";

/// A quantity at the stated latency and at both ends of its range.
type Ranged = [f64; 3];

/// What was found on one network.
struct Found {
    bound: f64,
    busiest: f64,
    depth: f64,
    /// Seconds of an all-reduce for each size, the best way, and by rings where there are any.
    best: Vec<Ranged>,
    rings: Vec<Ranged>,
}

/// What was found on maps drawn with one seed.
struct OfSeed {
    busiest: f64,
    depth: f64,
    times: Vec<Ranged>,
}

/// Writes the facts of all shapes.
pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let latency = distribution(model, LATENCY);
    let [low, high] = ENDS.map(|end| latency.quantile(end));
    let bandwidth = model.value("chip.link_bandwidth") * 1e9;
    let links = [model.value(LATENCY), low, high].map(|us| Link { bandwidth, latency: us * 1e-6 });
    let message = model.value(MESSAGE) * MEBIBYTE;
    for name in model.words("collective.trees") {
        facts.apart(|facts| write_shape(name, name.parse()?, model, &links, message, facts))?;
    }
    write_machine(bandwidth, facts)
}

fn write_shape(
    name: &str,
    shape: Shape,
    model: &Model,
    links: &[Link; 3],
    message: f64,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let mut sizes: Vec<f64> = (0..SIZES.len()).map(size).collect();
    sizes.push(message);
    let regular = find(&Topology::torus(shape).network(), &sizes, links)?;
    // Not every slice has a twist, nor a lattice of its own.
    let twisted = Topology::twisted(shape).ok().map(|twist| find(&twist.network(), &sizes, links));
    let twisted = twisted.transpose()?;
    let stored = declared_maps(model, name)?;
    let learned = learned_maps(stored).translations()?.maps()?;
    let learned = find(&learned.network(), &sizes, links)?;
    let best = best_lattices(shape.cubes().iter().product())?;
    let lattice = best.beyond_twists(shape).map(|lattice| lattice.maps(shape.cubes())).transpose()?;
    let lattice = lattice.map(|maps| find(&maps.network(), &sizes, links)).transpose()?;
    let networks = [
        ("torus", Some(&regular)),
        ("twisted", twisted.as_ref()),
        ("lattice", lattice.as_ref()),
        ("learned", Some(&learned)),
    ];
    for (network, found) in networks {
        if let Some(found) = found {
            write_network(&format!("collective.{name}.{network}"), found, facts);
        }
    }
    // whoever designs the wiring takes the best for each size
    let mut by_hand = regular.best.clone();
    for found in [&twisted, &lattice].into_iter().flatten() {
        by_hand = by_hand.iter().zip(&found.best).map(|(a, b)| zip(a, b, f64::min)).collect();
    }
    write_learned(name, &learned, &by_hand, stored.throughput / best.balanced.throughput, facts);
    let few = shape.chips() > LARGE;
    let drawn = |seed| Ok(random_translations(shape, seed)?.maps()?.network());
    let seeds = if few { SEEDS_OF_LARGE } else { SEEDS };
    write_seeds(name, "translations", seeds, drawn, links, &by_hand, facts)?;
    if shape.chips() <= MOST_CHIPS_OF_PERMUTATIONS {
        let drawn = |seed| Ok(random_permutations(shape, seed)?.network());
        write_seeds(name, "permutations", SEEDS_OF_PERMUTATIONS, drawn, links, &by_hand, facts)?;
    }
    Ok(())
}

/// Returns the bytes of a size.
fn size(index: usize) -> f64 {
    (1024_u64 << (2 * index)) as f64
}

/// Runs all sizes at all latencies, by trees and by rings.
fn find(network: &Network, sizes: &[f64], links: &[Link; 3]) -> Result<Found, CollectiveError> {
    let symmetry = Symmetry::of(network)?;
    let trees = Trees::new(network, &symmetry)?;
    let bound = trees.bound()?.pieces();
    let (best, rings) = run(network, &trees, sizes, links)?;
    let (busiest, depth) = (trees.busiest_link_pieces(), trees.forest().depth() as f64);
    Ok(Found { bound, busiest, depth, best, rings })
}

fn run(
    network: &Network,
    trees: &Trees<'_>,
    sizes: &[f64],
    links: &[Link; 3],
) -> Result<(Vec<Ranged>, Vec<Ranged>), CollectiveError> {
    // Some wirings have no rings, which then take forever.
    let plan = Plan::new(network, Operation::AllReduce, Directions::Shortest).ok();
    let all = (0..sizes.len() * links.len())
        .into_par_iter()
        .map(|index| {
            let (bytes, link) = (sizes[index / links.len()], &links[index % links.len()]);
            let by_trees = trees.execute(Operation::AllReduce, bytes, link)?.executed.seconds;
            let by_rings = match &plan {
                Some(plan) => execute(network, &plan.schedule(bytes), link)?.seconds,
                None => f64::INFINITY,
            };
            Ok([by_trees.min(by_rings), by_rings])
        })
        .collect::<Result<Vec<[f64; 2]>, CollectiveError>>()?;
    let ranged = |which: usize| all.chunks(3).map(|three| [0, 1, 2].map(|link| three[link][which])).collect();
    Ok((ranged(0), ranged(1)))
}

fn zip(a: &Ranged, b: &Ranged, join: impl Fn(f64, f64) -> f64) -> Ranged {
    [0, 1, 2].map(|index| join(a[index], b[index]))
}

/// Writes a number that depends on the latency of a hop, with what it is at both ends of that.
fn ranged(name: String, value: Ranged, unit: Unit, formula: &str, facts: &mut Writer<'_>) {
    ranged_of(INPUTS, name, value, unit, formula, facts);
}

/// The same for a number that depends on these inputs.
fn ranged_of(
    inputs: &[&str],
    name: String,
    value: Ranged,
    unit: Unit,
    formula: &str,
    facts: &mut Writer<'_>,
) {
    let [stated, low, high] = value;
    let basis = Basis { unit, inputs, formula, source: SOURCE };
    let [least, most] = [stated.min(low).min(high), stated.max(low).max(high)];
    facts.assumed(name.clone(), stated, [least, most], basis, None);
    if least < most {
        facts.moved_by(&name, LATENCY, if high < low { -1.0 } else { 1.0 });
    }
}

fn fixed(name: String, value: f64, unit: Unit, formula: &str, facts: &mut Writer<'_>) {
    facts.number(name, value, Basis { unit, inputs: &[], formula, source: SOURCE });
}

const BUSIEST: &str = "pieces of one chip over the busiest link in an all-gather by the trees";
const TIME: &str = "all-reduce executed chunk by chunk on every link, by trees or rings, the faster";

fn write_network(place: &str, found: &Found, facts: &mut Writer<'_>) {
    let formula = "largest ratio of the chips of a set to the links that leave it, by maximum flows";
    fixed(format!("{place}.all_gather_bound"), found.bound, Unit::ONE, formula, facts);
    fixed(format!("{place}.all_gather_busiest_link"), found.busiest, Unit::ONE, BUSIEST, facts);
    let formula = "links from a root to the farthest chip of its trees";
    fixed(format!("{place}.tree_depth"), found.depth, crate::units::HOPS, formula, facts);
    for (size, time) in SIZES.iter().zip(&found.best) {
        let name = format!("{place}.all_reduce_time_{size}");
        ranged(name, time.map(|seconds| seconds * 1e6), Unit::MICROSECONDS, TIME, facts);
    }
    for index in SIZES_OF_SEEDS.into_iter().filter(|&index| found.rings[index][0].is_finite()) {
        let formula = "the same by rings alone, with a barrier after each step";
        let name = format!("{place}.all_reduce_rings_time_{}", SIZES[index]);
        let time = found.rings[index].map(|seconds| seconds * 1e6);
        ranged(name, time, Unit::MICROSECONDS, formula, facts);
    }
    let last = SIZES.len() - 1;
    let formula = "bytes of the vector of one chip over the time of an all-reduce, 4 GiB";
    let rate = found.best[last].map(|seconds| size(last) / seconds / 1e9);
    ranged(format!("{place}.all_reduce_bandwidth"), rate, Unit::GIGABYTES_PER_SECOND, formula, facts);
}

fn write_learned(shape: &str, learned: &Found, by_hand: &[Ranged], gain: f64, facts: &mut Writer<'_>) {
    let place = format!("collective.{shape}.learned");
    let speedup = |index: usize| zip(&by_hand[index], &learned.best[index], |hand, maps| hand / maps);
    for (index, size) in SIZES.iter().enumerate() {
        let name = format!("{place}.all_reduce_speedup_{size}");
        ranged(name, speedup(index), Unit::TIMES, SPEEDUP, facts);
    }
    let slowdown = |a: f64, b: f64| a.max(1.0 / b);
    let worst = (0..SIZES.len()).map(speedup).fold([0.0; 3], |worst, one| zip(&worst, &one, slowdown));
    let formula = "largest of the inverse speed-ups over all sizes";
    ranged(format!("{place}.all_reduce_slowdown_worst"), worst, Unit::TIMES, formula, facts);
    // with slowdown r and gain g, a share x of all-to-all breaks even where x / g + r (1 - x) = 1
    let share = |slowdown: f64| ((slowdown - 1.0) / (slowdown - 1.0 / gain)).max(0.0);
    let at_message = speedup(SIZES.len()).map(|speedup| share(1.0 / speedup));
    let formula = "share of a step in all-to-all from which the maps are faster, the rest all-reduce of the \
                   assumed message: (r - 1) / (r - 1 / g), zero where all-reduce is no slower";
    let name = format!("{place}.break_even_share");
    ranged_of(INPUTS_WITH_MESSAGE, name, at_message, Unit::FRACTION, formula, facts);
    let formula = "the same at the size for which the maps are slowest";
    ranged(format!("{place}.break_even_share_worst"), worst.map(share), Unit::FRACTION, formula, facts);
}

const SPEEDUP: &str = "all-reduce time of the best of torus, twist and lattice over that of these maps";

fn write_seeds(
    shape: &str,
    network: &str,
    seeds: u64,
    drawn: impl Fn(u64) -> Result<Network, LearnedError>,
    links: &[Link; 3],
    by_hand: &[Ranged],
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let sizes = SIZES_OF_SEEDS.map(size);
    let each = |network: &Network| {
        let symmetry = Symmetry::of(network)?;
        let trees = Trees::new(network, &symmetry)?;
        let (times, _) = run(network, &trees, &sizes, links)?;
        Ok(OfSeed { busiest: trees.busiest_link_pieces(), depth: trees.forest().depth() as f64, times })
    };
    let mut found: Vec<OfSeed> = Vec::new();
    for seed in 1..=seeds {
        match each(&drawn(seed)?) {
            Ok(drawn) => found.push(drawn),
            // Seeds that leave chips out of reach have no collectives; the formula says how many are left.
            Err(CollectiveError::Disconnected) => (),
            Err(error) => return Err(error.into()),
        }
    }
    let place = format!("collective.{shape}.{network}");
    let of =
        |formula: &str| format!("{formula}; median of {} seeds, lowest and highest beside it", found.len());
    let column = |pick: &dyn Fn(&OfSeed) -> Ranged| found.iter().map(pick).collect::<Vec<_>>();
    let mut spread = |quantity: &str, values: &[Ranged], unit: Unit, formula: &str| -> Result<(), Failure> {
        let of_link = |link: usize| Seeds::of(&values.iter().map(|value| value[link]).collect::<Vec<_>>());
        let links = [0, 1, 2].map(of_link).into_iter().collect::<Option<Vec<Seeds>>>();
        let links = links.ok_or_else(|| format!("no seed connects {network} of {shape}"))?;
        for (suffix, pick) in [("", 0), ("_lowest", 1), ("_highest", 2)] {
            let end = |seeds: &Seeds| [seeds.median, seeds.lowest, seeds.highest][pick];
            let value = [0, 1, 2].map(|link| end(&links[link]));
            let name = format!("{place}.{quantity}{suffix}");
            if unit == Unit::ONE || unit == crate::units::HOPS {
                fixed(name, value[0], unit, &of(formula), facts);
            } else {
                ranged(name, value, unit, &of(formula), facts);
            }
        }
        Ok(())
    };
    spread("all_gather_busiest_link", &column(&|one| [one.busiest; 3]), Unit::ONE, BUSIEST)?;
    let formula = "links from a root to the farthest chip of its trees";
    spread("tree_depth", &column(&|one| [one.depth; 3]), crate::units::HOPS, formula)?;
    for (at, index) in SIZES_OF_SEEDS.into_iter().enumerate() {
        let times = column(&|one| one.times[at].map(|seconds| seconds * 1e6));
        spread(&format!("all_reduce_time_{}", SIZES[index]), &times, Unit::MICROSECONDS, TIME)?;
        let speedups = column(&|one| zip(&by_hand[index], &one.times[at], |hand, maps| hand / maps));
        spread(&format!("all_reduce_speedup_{}", SIZES[index]), &speedups, Unit::TIMES, SPEEDUP)?;
    }
    Ok(())
}

/// Writes the two figures of the whole machine that are public.
fn write_machine(bandwidth: f64, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let network = Topology::torus("16x16x16".parse()?).network();
    let link = Link { bandwidth, latency: 0.0 };
    let bytes = size(SIZES.len() - 1);
    let symmetry = Symmetry::of(&network)?;
    let trees = Trees::new(&network, &symmetry)?;
    let seconds = trees.execute(Operation::AllReduce, bytes, &link)?.executed.seconds;
    let chips = network.chips() as f64;
    let mut write = |quantity: &str, value: f64, formula: &str, published: &str| {
        let inputs = &["chip.link_bandwidth"];
        let basis = Basis { unit: Unit::TERABYTES_PER_SECOND, inputs, formula, source: SOURCE };
        facts.beside(format!("collective.16x16x16.torus.{quantity}"), value / 1e12, basis, published);
    };
    let formula =
        "cables cut by the least half-split along coordinate planes, times the bandwidth of a link one way";
    let cut = network.plane_bisection() as f64 * bandwidth;
    write("bisection_bandwidth", cut, formula, "machine_bisection_bandwidth");
    let formula = "bytes that all chips must send in an all-reduce, 2 (N - 1) / N of a vector each, over its \
                   time; 4 GiB, latency left out";
    let sent = 2.0 * (chips - 1.0) * bytes;
    write("all_reduce_bus_bandwidth", sent / seconds, formula, "machine_all_reduce_bandwidth");
    Ok(())
}
