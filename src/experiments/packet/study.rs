//! The stored study `packet`: saturation, latency and a scheduled all-to-all on five slices.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::maps::{Maps, learned_maps, maps};
use crate::sim::learned::{
    LearnedError, Routed, RoutedError, Scheme, best_lattices, random_permutations, random_translations,
};
use crate::sim::packet::{PacketConfig, SETTINGS, Settings, Traffic};
use crate::sim::{Shape, ShapeError, SwitchMaps, Topology};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};

/// The slices.
pub(super) const SHAPES: &[&str] = &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "16x16x16"];
/// The networks; the twist where there is one, and the best lattice where it is neither torus nor twist.
pub(super) const NETWORKS: [&str; 6] =
    ["torus", "twisted", "lattice", "learned", "translations", "permutations"];
/// The seeds of packets and routes, and of the maps that are drawn at random.
pub(super) const SEEDS: [u64; 3] = [1, 2, 3];
/// Hop latencies beside the assumed one, in nanoseconds.
pub(super) const HOPS_NS: [u32; 2] = [20, 200];
/// Buffers beside the set ones, in round trips for each link.
pub(super) const BUFFERS: [u32; 2] = [1, 2];
/// Loads below saturation, in hundredths of a link's worth for each chip.
pub(super) const LOADS: [u32; 5] = [20, 40, 60, 80, 110];
/// The largest load of a latency curve over the flow of the routes.
const MOST_LOAD: f64 = 0.95;
/// The load that saturates a network, over the flow of its own routes: a load far above what a network
/// carries lowers what it accepts, so that one load for all would favor networks that carry more.
pub(super) const OVERLOAD: f64 = 1.1;
/// Chips of the smallest slice with a latency curve, and of the largest one with other buffers.
const LEAST_CURVE: usize = 512;
const MOST_BUFFERED: usize = 1024;
/// Chips of the largest slice with random permutations, whose paths have no symmetry.
const MOST_PERMUTED: usize = 512;
/// Packets that each chip of a slice sends in the scheduled all-to-all, about as many on every slice.
const EXCHANGE_PACKETS: usize = 4096;
/// The longest that it may take, in cycles.
const EXCHANGE_CYCLES: u32 = 1 << 20;

/// The study `packet`.
pub const PACKET_STUDY: StoredExperiment = StoredExperiment {
    id: "packet",
    experiment: "packet",
    summary: "Packets on tori, twists, learned and random maps: accepted load, latency, scheduled all-to-all.",
    inputs: super::INPUTS,
    data: &[maps(SHAPES)],
    settings,
    run,
    spot,
};

/// What is done with a network.
#[derive(Clone, Copy)]
enum Condition {
    /// Saturated, with the settings.
    Saturated,
    /// Saturated at another hop latency, in nanoseconds.
    Hop(u32),
    /// Saturated with other buffers, in round trips.
    Buffers(u32),
    /// At a load in hundredths.
    Load(u32),
    /// A scheduled all-to-all, at the stated hop latency or another one in nanoseconds.
    Exchange(Option<u32>),
}

/// A slice with what all its networks share.
struct Slice {
    name: &'static str,
    shape: Shape,
    /// The best lattice, where it is neither torus nor twist.
    lattice: Option<SwitchMaps>,
}

/// A network with its routes and what is done with it.
#[derive(Clone, Copy)]
struct Job<'a> {
    slice: &'a Slice,
    network: &'static str,
    scheme: Scheme,
    seed: u64,
}

/// Names a scheme in keys and facts.
pub(super) fn scheme_key(scheme: Scheme) -> String {
    format!("{}_{}", scheme.name().replace('-', "_"), scheme.channels())
}

/// Wires the best lattice of a slice if it carries more than any routes on the torus and the twist.
fn own_lattice(shape: Shape) -> Result<Option<SwitchMaps>, LearnedError> {
    let best = best_lattices(shape.cubes().iter().product())?;
    best.beyond_twists(shape).map(|lattice| lattice.translations()?.maps()).transpose()
}

/// Returns the schemes that a network is tried with.
pub(super) fn schemes(network: &str) -> &'static [Scheme] {
    use Scheme::{Balanced, DimensionOrder, Escape};
    match network {
        "torus" => &[DimensionOrder(2), DimensionOrder(4), Escape(4)],
        "twisted" => &[DimensionOrder(2), DimensionOrder(4), Escape(4), Balanced(4)],
        _ => &[Balanced(2), Balanced(3), Balanced(4)],
    }
}

fn settings() -> BTreeMap<String, f64> {
    let Settings {
        flit_bytes,
        packet_flits,
        transfer_flits,
        buffer_round_trips,
        virtual_channels,
        cycles,
        warmup_ratio,
    } = SETTINGS;
    let whole = [
        ("flit_bytes", flit_bytes),
        ("packet_flits", packet_flits),
        ("transfer_flits", transfer_flits),
        ("buffer_round_trips", buffer_round_trips),
        ("virtual_channels", virtual_channels as u32),
        ("cycles", cycles),
        ("warmup_ratio", warmup_ratio),
        ("seeds", SEEDS.len() as u32),
        ("exchange_packets", EXCHANGE_PACKETS as u32),
    ];
    let whole = whole.into_iter().map(|(name, value)| (name.to_owned(), f64::from(value)));
    whole.chain([("overload".to_owned(), OVERLOAD)]).collect()
}

fn run(model: &Model, progress: Progress<'_>) -> Result<Values, String> {
    progress("best lattices");
    // Large slices come first, so that none is left for the end.
    let slices = SHAPES.iter().rev().map(|&name| {
        let slice = Slice::new(name)?;
        Ok(Slice { lattice: own_lattice(slice.shape).map_err(|error| error.to_string())?, ..slice })
    });
    let slices = slices.collect::<Result<Vec<_>, String>>()?;
    let mut jobs = Vec::new();
    for slice in &slices {
        for network in NETWORKS {
            for seed in SEEDS {
                jobs.extend(schemes(network).iter().map(|&scheme| Job { slice, network, scheme, seed }));
            }
        }
    }
    let found = jobs.par_iter().with_max_len(1).map(|job| {
        progress(&format!("{} seed {}", job.key(), job.seed));
        job.run(model, &job.conditions())
    });
    gather(found.collect::<Result<Vec<_>, String>>()?)
}

/// Returns one slice of each kind of routes, with the first seed.
fn spot(model: &Model) -> Result<Values, String> {
    let jobs = [
        ("torus", Scheme::Escape(4)),
        ("learned", Scheme::Balanced(4)),
        ("permutations", Scheme::Balanced(4)),
    ];
    let slice = Slice::new(SHAPES[0])?;
    let found = jobs.into_par_iter().map(|(network, scheme)| {
        let job = Job { slice: &slice, network, scheme, seed: SEEDS[0] };
        job.run(model, &[Condition::Saturated])
    });
    gather(found.collect::<Result<Vec<_>, String>>()?)
}

/// Joins what jobs found into one list for each name, in the order of the seeds.
fn gather(found: Vec<Vec<(String, f64)>>) -> Result<Values, String> {
    let mut values = Values::new();
    for (name, value) in found.into_iter().flatten() {
        values.entry(name).or_default().push(value);
    }
    Ok(values)
}

impl Slice {
    /// Reads a slice; without its lattice, which only the whole study needs.
    fn new(name: &'static str) -> Result<Self, String> {
        let shape: Shape = name.parse().map_err(|error: ShapeError| error.to_string())?;
        Ok(Self { name, shape, lattice: None })
    }
}

impl Job<'_> {
    /// Returns the start of the names of all its numbers.
    fn key(&self) -> String {
        format!("{}.{}.{}", self.slice.name, self.network, scheme_key(self.scheme))
    }

    /// Wires and routes the network; `None` where the slice has no such network, or its paths do not fit the
    /// channels.
    fn route(&self, model: &Model) -> Result<Option<Routed>, String> {
        let Slice { name, shape, lattice, .. } = self.slice;
        let balanced = |maps: &SwitchMaps| Routed::balanced(maps, self.scheme.channels(), self.seed);
        let routed = match self.network {
            "torus" => Routed::topology(&Topology::torus(*shape), self.scheme),
            "twisted" => match Topology::twisted(*shape) {
                Ok(twist) => Routed::topology(&twist, self.scheme),
                Err(_) => return Ok(None),
            },
            "lattice" => match lattice {
                Some(maps) => balanced(maps),
                None => return Ok(None),
            },
            "learned" => {
                let stored = model.maps(name).ok_or_else(|| format!("no maps of {name}"))?;
                let maps = learned_maps(stored).translations().and_then(|found| found.maps());
                maps.map_err(RoutedError::from).and_then(|maps| balanced(&maps))
            }
            "translations" => {
                let maps = random_translations(*shape, self.seed).and_then(|found| found.maps());
                maps.map_err(RoutedError::from).and_then(|maps| balanced(&maps))
            }
            _ if shape.chips() > MOST_PERMUTED => return Ok(None),
            _ => {
                let maps = random_permutations(*shape, self.seed);
                maps.map_err(RoutedError::from).and_then(|maps| balanced(&maps))
            }
        };
        match routed {
            Ok(routed) => Ok(Some(routed)),
            Err(RoutedError::Learned(LearnedError::FewChannels(_))) => Ok(None),
            Err(error) => Err(format!("{}: {error}", self.key())),
        }
    }

    /// Returns what is done with the network: more on the routes that adapt or balance over all channels, and
    /// on slices that cost less.
    fn conditions(&self) -> Vec<Condition> {
        let mut conditions = vec![Condition::Saturated];
        let (chips, is_first) = (self.slice.shape.chips(), self.seed == SEEDS[0]);
        let has_all = matches!(self.scheme, Scheme::Balanced(4) | Scheme::Escape(4));
        if !has_all {
            return conditions;
        }
        if chips <= MOST_BUFFERED && is_first {
            conditions.extend(BUFFERS.map(Condition::Buffers));
        }
        conditions.extend(HOPS_NS.map(Condition::Hop));
        conditions.push(Condition::Exchange(None));
        if is_first {
            conditions.extend(HOPS_NS.map(|ns| Condition::Exchange(Some(ns))));
        }
        if chips >= LEAST_CURVE {
            conditions.extend(LOADS.map(Condition::Load));
        }
        conditions
    }

    /// Computes named numbers; none where the slice has no such network, or its paths do not fit the
    /// channels.
    fn run(&self, model: &Model, conditions: &[Condition]) -> Result<Vec<(String, f64)>, String> {
        let Some(routed) = self.route(model)? else { return Ok(Vec::new()) };
        let (key, seed) = (self.key(), self.seed);
        let mut found = vec![(format!("{key}.flow"), routed.flow)];
        if let Some(paths) = routed.paths() {
            found.push((format!("{key}.longest"), paths.longest() as f64));
        }
        let bandwidth = model.value("chip.link_bandwidth");
        let cycles_of = |latency: f64| SETTINGS.hop_cycles(latency, bandwidth);
        let hop = cycles_of(model.value("chip.hop_latency"));
        for &condition in conditions {
            let saturated = PacketConfig { load: OVERLOAD * routed.flow, seed, ..SETTINGS.config(hop) };
            let (name, config) = match condition {
                Condition::Saturated => (String::new(), saturated),
                Condition::Hop(ns) => {
                    let config = SETTINGS.config(cycles_of(f64::from(ns) / 1e3));
                    (format!("hop_{ns}ns."), PacketConfig { load: saturated.load, seed, ..config })
                }
                Condition::Buffers(buffer_round_trips) => {
                    let config = Settings { buffer_round_trips, ..SETTINGS }.config(hop);
                    let name = format!("buffers_{buffer_round_trips}.");
                    (name, PacketConfig { load: saturated.load, seed, ..config })
                }
                Condition::Load(hundredths) => {
                    let load = f64::from(hundredths) / 100.0;
                    if load > MOST_LOAD * routed.flow {
                        continue;
                    }
                    (format!("load_{hundredths}."), PacketConfig { load, ..saturated })
                }
                Condition::Exchange(latency) => {
                    let packets_per_pair = (EXCHANGE_PACKETS / self.slice.shape.chips()).max(1) as u32;
                    let traffic = Traffic::Exchange { packets_per_pair };
                    let (start, hop) = match latency {
                        Some(ns) => (format!("hop_{ns}ns."), cycles_of(f64::from(ns) / 1e3)),
                        None => (String::new(), hop),
                    };
                    let config = PacketConfig { load: saturated.load, seed, ..SETTINGS.config(hop) };
                    let config = PacketConfig { traffic, cycles: EXCHANGE_CYCLES, ..config };
                    (format!("{start}exchange."), config)
                }
            };
            let result = routed.run(&config).map_err(|error| format!("{key}.{name}: {error}"))?;
            let mut add = |quantity: &str, value: f64| found.push((format!("{key}.{name}{quantity}"), value));
            match condition {
                Condition::Load(_) => {
                    add("median", f64::from(result.median_latency_cycles));
                    add("p99", f64::from(result.p99_latency_cycles));
                }
                Condition::Exchange(_) if result.in_flight > 0 => {
                    return Err(format!("{key}: the exchange does not end"));
                }
                Condition::Exchange(_) => {
                    add("cycles", f64::from(result.cycles));
                    add("accepted", result.accepted_flits_per_chip_cycle);
                }
                _ => {
                    add("accepted", result.accepted_flits_per_chip_cycle);
                    add("slowest", result.least_flits_per_chip_cycle);
                }
            }
        }
        Ok(found)
    }
}
