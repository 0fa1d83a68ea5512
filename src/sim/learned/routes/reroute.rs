//! Pairs that take cheaper paths in turn until the loads of all links are nearly even.
//!
//! The price of a link is a power of its load, so that cheapest paths minimise a norm of the loads (Aspnes,
//! Azar, Fiat, Plotkin and Waarts, "On-line routing of virtual circuits with applications to load balancing
//! and machine scheduling", J. ACM 44, 1997, use an exponential price); passes go from soft norms to hard
//! ones.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::super::super::packet::paths::{MOST_HOPS, Path};
use super::super::graph::PORTS;
use super::RouteSettings;
use super::search::Search;
use super::wiring::Wiring;

/// The exponents of the price, from the first pass to the last. Steer convergence only.
const SOFTEST: f64 = 4.0;
const HARDEST: f64 = 64.0;
/// The least turns of a pass; each is one search of one source, and replaces its share of the paths.
const LEAST_TURNS: usize = 4096;
/// The turns that see the same prices; they may run at the same time.
const TOGETHER: usize = 16;
/// The longest length of a link in a search.
const LONGEST: u32 = 1 << 10;

/// Holds a path that may take the place of another.
struct Offer {
    slot: usize,
    path: Path,
}

/// Replaces paths pass by pass; returns them, at (source * chips + target) * paths of a pair, with the loads
/// of the link classes in paths.
pub(super) fn balance(
    wiring: &Wiring<'_>,
    first: Vec<Path>,
    longest: usize,
    settings: RouteSettings,
) -> (Vec<Path>, Vec<u32>) {
    let per_pair = settings.paths_per_pair;
    let mut paths: Vec<Path> = if per_pair == 1 {
        first
    } else {
        first.iter().flat_map(|&path| std::iter::repeat_n(path, per_pair)).collect()
    };
    let (chips, sources) = (wiring.chips(), wiring.sources());
    let row = chips * per_pair;
    let mut prices = Prices::new(wiring, &paths);
    let parts = LEAST_TURNS.div_ceil(sources.len()).min(row);
    let mut turns: Vec<(usize, usize)> =
        (0..parts).flat_map(|part| (0..sources.len()).map(move |source| (source, part))).collect();
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    let most_hops = (longest + settings.extra_hops).min(MOST_HOPS);
    for round in 0..settings.rounds {
        let share = if settings.rounds > 1 { round as f64 / (settings.rounds - 1) as f64 } else { 1.0 };
        prices.harden(SOFTEST * (HARDEST / SOFTEST).powf(share));
        shuffle(&mut turns, &mut random);
        for together in turns.chunks(TOGETHER) {
            let lengths = prices.lengths(wiring);
            let offers: Vec<Vec<Offer>> = together
                .par_iter()
                .map_init(
                    || Search::new(chips, LONGEST),
                    |search, &(source, part)| {
                        let from = sources[source] as usize;
                        search.run(wiring, &lengths, from);
                        let slots = (part..row).step_by(parts);
                        let offer = |slot: usize| {
                            let to = slot / per_pair;
                            let limits = (most_hops, settings.virtual_channels);
                            let path = walk(wiring, search, &lengths, from, to, slot + round, limits)?;
                            Some(Offer { slot: source * row + slot, path })
                        };
                        slots.filter_map(offer).collect()
                    },
                )
                .collect();
            for offer in offers.iter().flatten() {
                let from = sources[offer.slot / row] as usize;
                prices.settle(wiring, from, &mut paths[offer.slot], offer.path);
            }
        }
    }
    (paths, prices.loads)
}

/// Puts turns in a random order.
fn shuffle(turns: &mut [(usize, usize)], random: &mut ChaCha8Rng) {
    for last in (1..turns.len()).rev() {
        let other = (u64::from(random.next_u32()) * (last as u64 + 1)) >> 32;
        turns.swap(last, other as usize);
    }
}

/// Follows a cheapest path back from its target; `None` where it takes too many hops or channels.
fn walk(
    wiring: &Wiring<'_>,
    search: &Search,
    lengths: &[u32],
    from: usize,
    to: usize,
    turn: usize,
    (most_hops, most_channels): (usize, usize),
) -> Option<Path> {
    let mut ports = [0; MOST_HOPS];
    let (mut chip, mut hops, mut channels, mut after) = (to, 0, 1, None);
    while chip != from {
        if hops == most_hops {
            return None;
        }
        let link = search.last_link(wiring, lengths, chip, turn)?;
        channels += usize::from(after.is_some_and(|after| wiring.rises(link, after)));
        if channels > most_channels {
            return None;
        }
        hops += 1;
        ports[MOST_HOPS - hops] = link % PORTS;
        after = Some(link);
        chip = link / PORTS;
    }
    if hops == 0 { None } else { Path::new(&ports[MOST_HOPS - hops..]) }
}

/// Holds the load and the price of every link class.
struct Prices {
    loads: Vec<u32>,
    prices: Vec<f64>,
    /// The price of each load.
    of_load: Vec<f64>,
}

impl Prices {
    fn new(wiring: &Wiring<'_>, paths: &[Path]) -> Self {
        let mut loads = vec![0; wiring.class_count()];
        let row = paths.len() / wiring.sources().len();
        for (paths, &source) in paths.chunks(row).zip(wiring.sources()) {
            for &path in paths {
                visit(wiring, source as usize, path, |class| loads[class] += 1);
            }
        }
        Self { prices: vec![0.0; loads.len()], loads, of_load: Vec::new() }
    }

    /// Sets the exponent of the price.
    fn harden(&mut self, exponent: f64) {
        let sum: f64 = self.loads.iter().map(|&load| f64::from(load)).sum();
        let mean = sum / self.loads.len() as f64;
        // no load rises above twice the largest: paths go where loads are small
        let most = 2 * self.loads.iter().copied().max().unwrap_or(0) + 1;
        self.of_load = (0..=most).map(|load| (f64::from(load) / mean).powf(exponent)).collect();
        for class in 0..self.loads.len() {
            self.reprice(class);
        }
    }

    #[inline]
    fn reprice(&mut self, class: usize) {
        let price = self.of_load.get(self.loads[class] as usize).copied();
        self.prices[class] = price.unwrap_or(f64::INFINITY);
    }

    /// Returns prices as whole lengths of links.
    fn lengths(&self, wiring: &Wiring<'_>) -> Vec<u32> {
        let most = self.prices.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let length =
            |link| ((self.prices[wiring.class(link)] / most * f64::from(LONGEST)) as u32).clamp(1, LONGEST);
        (0..wiring.links()).map(length).collect()
    }

    /// Replaces a path by another that costs less.
    fn settle(&mut self, wiring: &Wiring<'_>, from: usize, path: &mut Path, offer: Path) {
        if *path == offer {
            return;
        }
        visit(wiring, from, *path, |class| {
            self.loads[class] -= 1;
            self.reprice(class);
        });
        let (mut old, mut new) = (0.0, 0.0);
        visit(wiring, from, *path, |class| old += self.prices[class]);
        visit(wiring, from, offer, |class| new += self.prices[class]);
        if new < old {
            *path = offer;
        }
        visit(wiring, from, *path, |class| {
            self.loads[class] += 1;
            self.reprice(class);
        });
    }
}

/// Visits the link classes of a path.
#[inline]
fn visit(wiring: &Wiring<'_>, from: usize, path: Path, mut visit: impl FnMut(usize)) {
    let mut chip = from;
    for port in path.ports() {
        let link = chip * PORTS + port;
        visit(wiring.class(link));
        chip = wiring.past(link).unwrap_or(chip);
    }
}
