//! Paths that carry a balanced all-to-all within a limited number of hops and virtual channels.
//!
//! Candidates come from rounds of multiplicative weights, as in [`super::flow`]: in each round every pair of
//! chips draws one short path by class lengths, and lengths grow with the excess of their load. Then every pair
//! settles on a few of its candidates, one after another, so that the norm of the loads is least. Translations
//! carry the paths from the 64 chips of one cube to all others.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::super::network::{Network, number_of, place_of};
use super::super::packet::paths::{MOST_HOPS, Path, PathTable, Symmetry};
use super::super::shape::CUBE_SIDE;
use super::LearnedError;
use super::channels::{order_of_classes, routes};
use super::flow::lengths;
use super::graph::{CLASSES, Graph, LONGEST, PLACES, PORTS, Search};
use super::translations::{Translations, add};

/// The mean detour of a drawn path per hop, as a part of the mean length of a link. Steers convergence only.
const SOFTNESS: f64 = 0.1;
/// The first step of the logarithm of a length per relative excess of load. Steers convergence only.
const STEP: f64 = 0.4;
/// The rounds after which the step is half the first one. Steers convergence only.
const SETTLE: f64 = 20.0;
/// The draws after which a pair has no new candidate in a round. Steers convergence only.
const TRIES: usize = 4;
/// The exponents of the norms under which paths settle, one pass each. Steer convergence only.
const EXPONENTS: [i32; 5] = [8, 16, 32, 64, 64];
/// The most paths a pair may have.
const MOST_PATHS: usize = 64;
/// The numbers of 32 bits.
const WORDS: f64 = 4_294_967_296.0;
/// The most rounds.
const MOST_ROUNDS: usize = 1000;

/// Tells how to balance paths; all are choices of the router's tables, not of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteSettings {
    /// The rounds, each of which gives every pair at most one candidate.
    pub rounds: usize,
    /// The equally likely paths of a pair, of which some may be the same.
    pub paths_per_pair: usize,
    /// The hops that a path may have beyond the diameter.
    pub extra_hops: usize,
    /// The virtual channels that candidates may need; hop-minimal paths may need more.
    pub virtual_channels: usize,
    /// The seed of all draws.
    pub seed: u64,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self { rounds: 24, paths_per_pair: 4, extra_hops: 2, virtual_channels: 3, seed: 1 }
    }
}

/// Holds paths of a balanced all-to-all.
#[derive(Debug, Clone, PartialEq)]
pub struct BalancedRoutes {
    /// The network that the maps wire.
    pub network: Network,
    /// The paths, for [`super::super::packet::simulate_routed`].
    pub paths: PathTable,
    /// The all-to-all rate of each chip that the paths carry, in units of one link's bandwidth.
    pub throughput: f64,
    /// The mean number of links of a path.
    pub mean_links: f64,
}

/// Returns paths that balance an all-to-all under translations.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another, no rounds, no paths, and routes longer than 21 hops.
pub fn balanced_routes(
    translations: &Translations,
    settings: RouteSettings,
) -> Result<BalancedRoutes, LearnedError> {
    for (name, value, most) in [
        ("the number of rounds", settings.rounds, MOST_ROUNDS),
        ("the number of paths of a pair", settings.paths_per_pair, MOST_PATHS),
    ] {
        if !(1..=most).contains(&value) {
            return Err(LearnedError::Range { name, value, most });
        }
    }
    let graph = Graph::new(translations);
    let chips = graph.chips();
    let per_pair = settings.paths_per_pair;
    let (chosen, loads) = settle(&graph, &candidates(translations, &graph, settings)?, per_pair);
    let network = translations.maps()?.network();
    let place = Places::new(translations);
    let order_of_classes = order_of_classes();
    let mut order = vec![0; chips * PORTS];
    let mut paths = chosen.clone();
    for chip in 0..chips {
        let number = place.number(chip);
        for port in 0..PORTS {
            order[number * PORTS + port] = order_of_classes[chip % PLACES * PORTS + port] as u32;
        }
        for source in 0..PLACES {
            let [from, to] = [chip, number].map(|target| (source * chips + target) * per_pair);
            paths[to..to + per_pair].copy_from_slice(&chosen[from..from + per_pair]);
        }
    }
    let paths = PathTable::new(&network, place.symmetry(), order, per_pair, paths)?;
    let sent = (chips as f64 - 1.0) * per_pair as f64;
    Ok(BalancedRoutes {
        network,
        paths,
        throughput: sent / loads.iter().copied().fold(0.0, f64::max),
        mean_links: loads.iter().sum::<f64>() / (sent * PLACES as f64),
    })
}

/// Turns chips counted cube after cube into chips of the logical grid.
struct Places {
    grid: [usize; 3],
    sizes: [usize; 3],
}

impl Places {
    fn new(translations: &Translations) -> Self {
        let grid = translations.grid();
        Self { grid, sizes: grid.map(|cubes| cubes * CUBE_SIDE) }
    }

    /// Returns the number of a chip on the logical grid.
    fn number(&self, chip: usize) -> usize {
        let cube = place_of(self.grid, chip / PLACES);
        let place = place_of([CUBE_SIDE; 3], chip % PLACES);
        number_of(self.sizes, [0, 1, 2].map(|axis| cube[axis] * CUBE_SIDE + place[axis]))
    }

    /// Returns the translations that carry each cube to the first one.
    fn symmetry(&self) -> Symmetry {
        let cubes: usize = self.grid.iter().product();
        let chips = cubes * PLACES;
        let mut symmetry = Symmetry { renaming: vec![0; chips], names: vec![0; cubes * chips] };
        for from in 0..cubes {
            let place = place_of(self.grid, from);
            let back = [0, 1, 2].map(|axis| (self.grid[axis] - place[axis]) % self.grid[axis]);
            for chip in 0..chips {
                let cube = number_of(self.grid, add(self.grid, place_of(self.grid, chip / PLACES), back));
                let name = self.number(cube * PLACES + chip % PLACES);
                let number = self.number(chip);
                symmetry.names[from * chips + number] = name as u32;
                symmetry.renaming[number] = (chip / PLACES) as u32;
            }
        }
        symmetry
    }
}

/// Holds the candidates of every pair at source * chips + target, for the sources of one cube.
type Candidates = Vec<Vec<Path>>;

/// Draws candidates by rounds of multiplicative weights; the first is hop-minimal and needs the fewest channels.
fn candidates(
    translations: &Translations,
    graph: &Graph,
    settings: RouteSettings,
) -> Result<Candidates, LearnedError> {
    let chips = graph.chips();
    let first: Vec<Vec<Vec<usize>>> = (0..PLACES)
        .into_par_iter()
        .map(|source| {
            let ports = |route: Vec<super::Hop>| route.iter().map(|hop| hop.link % PORTS).collect();
            Ok(routes(translations, source)?.into_iter().map(ports).collect())
        })
        .collect::<Result<_, LearnedError>>()?;
    let diameter = first.iter().flatten().map(Vec::len).max().unwrap_or(0);
    if diameter > MOST_HOPS {
        return Err(LearnedError::Range { name: "the diameter", value: diameter, most: MOST_HOPS });
    }
    let most_hops = (diameter + settings.extra_hops).min(MOST_HOPS);
    let first = first.iter().flatten().map(|ports| Path::new(ports).into_iter().collect());
    let mut candidates: Candidates = first.collect();
    let order = order_of_classes();
    let mut logs = [0.0_f64; CLASSES];
    for round in 0..settings.rounds {
        let lengths = lengths(&logs);
        let weighed: f64 = lengths.iter().map(|&length| f64::from(length)).sum();
        let drawer = Drawer { graph, lengths, soft: weighed / CLASSES as f64 * SOFTNESS, order: &order };
        let mut loads = vec![0.0; CLASSES];
        let drawn: Vec<Option<Vec<Option<Path>>>> = (0..PLACES)
            .into_par_iter()
            .map(|source| {
                let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
                random.set_stream((round * PLACES + source) as u64);
                let mut search = Search::new(chips, LONGEST);
                search.reach(graph, &lengths, source)?;
                let draw = |target| {
                    (0..TRIES).find_map(|_| {
                        let path = drawer.draw(&search, source, target, most_hops, &mut random)?;
                        let within =
                            target != source && drawer.channels(source, path) <= settings.virtual_channels;
                        within.then_some(path)
                    })
                };
                Some((0..chips).map(draw).collect())
            })
            .collect();
        for (source, drawn) in drawn.into_iter().enumerate() {
            for (target, path) in drawn.ok_or(LearnedError::NotConnected)?.into_iter().enumerate() {
                let pair = &mut candidates[source * chips + target];
                if let Some(path) = path.or_else(|| pair.first().copied()) {
                    visit_classes(graph, source, path, |class| loads[class] += 1.0);
                    if !pair.contains(&path) {
                        pair.push(path);
                    }
                }
            }
        }
        let target =
            lengths.iter().zip(&loads).map(|(&length, load)| f64::from(length) * load).sum::<f64>() / weighed;
        let step = STEP / (1.0 + round as f64 / SETTLE);
        logs.iter_mut().zip(&loads).for_each(|(log, load)| *log += step * (load / target - 1.0));
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logs.iter_mut().for_each(|log| *log = (*log - top).max(-(f64::from(LONGEST)).ln()));
    }
    Ok(candidates)
}

/// Draws paths by class lengths.
struct Drawer<'a> {
    graph: &'a Graph,
    lengths: [u32; CLASSES],
    /// The mean detour per hop.
    soft: f64,
    order: &'a [usize],
}

impl Drawer<'_> {
    /// Draws a path back from its target; a hop that makes a detour is exponentially less likely.
    ///
    /// Returns `None` for a path of too many hops.
    fn draw(
        &self,
        search: &Search,
        source: usize,
        target: usize,
        most_hops: usize,
        random: &mut ChaCha8Rng,
    ) -> Option<Path> {
        let mut ports = [0; MOST_HOPS];
        let (mut chip, mut hops) = (target, 0);
        while chip != source {
            if hops == most_hops {
                return None;
            }
            let mut best = (0, chip);
            let mut sum = 0.0;
            for port in 0..PORTS {
                // the plus port of one chip meets the minus port of the next
                let (before, out) = (self.graph.next(chip, port), port ^ 1);
                if search.distance[before] >= search.distance[chip] {
                    continue;
                }
                let length = self.lengths[before % PLACES * PORTS + out];
                let slack = search.distance[before] + length - search.distance[chip];
                let weight = (-f64::from(slack) / self.soft).exp();
                sum += weight;
                // each is kept with its share of the weight so far: one draw in proportion
                if f64::from(random.next_u32()) * sum < weight * WORDS {
                    best = (out, before);
                }
            }
            if best.1 == chip {
                return None;
            }
            hops += 1;
            ports[MOST_HOPS - hops] = best.0;
            chip = best.1;
        }
        Path::new(&ports[MOST_HOPS - hops..])
    }

    /// Returns the virtual channels that a path needs.
    fn channels(&self, source: usize, path: Path) -> usize {
        let (mut channels, mut before) = (1, None);
        visit_classes(self.graph, source, path, |class| {
            let place = self.order[class];
            channels += usize::from(before.is_some_and(|before| place <= before));
            before = Some(place);
        });
        channels
    }
}

/// Visits the link classes of a path.
fn visit_classes(graph: &Graph, source: usize, path: Path, mut visit: impl FnMut(usize)) {
    let mut chip = source;
    for port in path.ports() {
        visit(chip % PLACES * PORTS + port);
        chip = graph.next(chip, port);
    }
}

/// Lets every pair settle on some of its candidates, and returns them with the loads in paths per link.
///
/// Each choice takes the candidate along which the norm of the loads grows least; passes go from soft norms to
/// hard ones.
fn settle(graph: &Graph, candidates: &Candidates, paths_per_pair: usize) -> (Vec<Path>, Vec<f64>) {
    let chips = graph.chips();
    let mut chosen = vec![Path::default(); candidates.len() * paths_per_pair];
    let mut loads = vec![0.0_f64; CLASSES];
    for (pair, candidates) in candidates.iter().enumerate() {
        for (slot, &path) in candidates.iter().rev().cycle().take(paths_per_pair).enumerate() {
            chosen[pair * paths_per_pair + slot] = path;
            visit_classes(graph, pair / chips, path, |class| loads[class] += 1.0);
        }
    }
    let mut classes: Vec<Vec<u16>> = Vec::new();
    for exponent in EXPONENTS {
        let scale = CLASSES as f64 / loads.iter().sum::<f64>();
        let price = |load: f64| (load * scale).powi(exponent);
        let mut prices: Vec<f64> = loads.iter().map(|&load| price(load)).collect();
        for (pair, candidates) in candidates.iter().enumerate().filter(|(_, paths)| paths.len() > 1) {
            let source = pair / chips;
            classes.clear();
            for &path in candidates {
                let mut list = Vec::with_capacity(path.hops());
                visit_classes(graph, source, path, |class| list.push(class as u16));
                classes.push(list);
            }
            for place in &mut chosen[pair * paths_per_pair..(pair + 1) * paths_per_pair] {
                visit_classes(graph, source, *place, |class| {
                    loads[class] -= 1.0;
                    prices[class] = price(loads[class]);
                });
                let mut best = (f64::INFINITY, *place);
                for (path, classes) in candidates.iter().zip(&classes) {
                    let cost = classes.iter().map(|&class| prices[usize::from(class)]).sum();
                    if cost < best.0 {
                        best = (cost, *path);
                    }
                }
                *place = best.1;
                visit_classes(graph, source, *place, |class| {
                    loads[class] += 1.0;
                    prices[class] = price(loads[class]);
                });
            }
        }
    }
    (chosen, loads)
}
