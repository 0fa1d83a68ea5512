//! Placement by simulated annealing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::layout::{Layout, Message, Phase, narrow};
use super::spread::Paths;

/// The temperatures, each with an equal share of the moves.
const TEMPERATURES: usize = 60;
/// The temperatures from one fresh count of loads to the next.
const RECOUNT: usize = 12;
/// The first and last temperature, as parts of the cost of one chip.
const HOT: f64 = 0.02;
const COLD: f64 = 0.002;
/// Of 100 moves, those that exchange two tensor groups, that turn around a part of a ring, and that bring a
/// chip next to one it talks to; the others exchange any two chips.
const GROUPS: u64 = 10;
const TURNS: u64 = 30;
const NEAR: u64 = 30;

/// Holds link loads of all phases under one placement, kept up to date as ranks move.
struct State<'a> {
    paths: &'a Paths<'a>,
    layout: Layout,
    /// The rank on every chip.
    ranks: Vec<u32>,
    /// The rings of each rank, with its place in them.
    rings: Vec<Vec<(u32, u32)>>,
    /// The messages from and to each rank.
    messages: Vec<[Vec<u32>; 2]>,
    /// The bytes on each link, one list for each phase.
    loads: [Vec<f64>; 4],
    /// The sums of their squares.
    sums: [f64; 4],
    /// The times a step repeats each phase.
    weights: [f64; 4],
    /// Which ranks a move takes along.
    moved: Vec<bool>,
}

/// Returns the cost of a placement: for each phase the root of the mean square of link loads under equal
/// splitting, times how often a step repeats it.
///
/// The square counts both the way of messages and the crowding of links. Balanced routes spread what equal
/// splitting crowds, so the largest load would steer towards what they mend anyway.
#[must_use]
pub fn cost(paths: &Paths<'_>, layout: &Layout, weights: [f64; 4]) -> f64 {
    State::new(paths, layout.clone(), weights).cost()
}

/// Returns the roots of the mean squares themselves, one for each phase.
pub(super) fn norms(paths: &Paths<'_>, layout: &Layout) -> [f64; 4] {
    State::new(paths, layout.clone(), [1.0; 4]).norms()
}

/// Improves a placement by a number of moves, and returns it with its [`cost`]; never a worse one.
///
/// A move exchanges the chips of two ranks or of two whole tensor groups, or turns around a part of a ring.
/// It is kept with the probability exp(-increase / temperature) (Kirkpatrick, Gelatt and Vecchi,
/// "Optimization by Simulated Annealing", Science 220, 1983); temperatures fall geometrically.
#[must_use]
pub fn anneal(paths: &Paths<'_>, start: Layout, weights: [f64; 4], moves: usize, seed: u64) -> (Layout, f64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut state = State::new(paths, start, weights);
    let first = state.cost();
    let mut best = (state.layout.clone(), first);
    for index in 0..TEMPERATURES {
        let part = index as f64 / (TEMPERATURES - 1) as f64;
        let temperature = best.1 / paths.chips() as f64 * HOT * (COLD / HOT).powf(part);
        for _ in 0..moves / TEMPERATURES {
            state.step(&mut random, temperature);
        }
        if index % RECOUNT == RECOUNT - 1 {
            // sums kept up to date lose digits over many moves
            state.recount();
        }
        let cost = state.cost();
        if cost < best.1 {
            best = (state.layout.clone(), cost);
        }
    }
    best
}

impl<'a> State<'a> {
    fn new(paths: &'a Paths<'a>, layout: Layout, weights: [f64; 4]) -> Self {
        let chips = paths.chips();
        let mut ranks = vec![0; chips];
        for (rank, &chip) in layout.seats.iter().enumerate() {
            ranks[chip as usize] = narrow(rank);
        }
        let mut rings = vec![Vec::new(); chips];
        for (number, ring) in layout.rings.iter().enumerate() {
            for (at, &rank) in ring.order.iter().enumerate() {
                rings[rank as usize].push((narrow(number), narrow(at)));
            }
        }
        let mut messages = vec![[Vec::new(), Vec::new()]; chips];
        for (number, &Message { from, to, .. }) in layout.messages.iter().enumerate() {
            messages[from as usize][0].push(narrow(number));
            messages[to as usize][1].push(narrow(number));
        }
        let loads = std::array::from_fn(|_| vec![0.0; paths.links()]);
        let (moved, sums) = (vec![false; chips], [0.0; 4]);
        let mut state = Self { paths, layout, ranks, rings, messages, loads, sums, weights, moved };
        state.recount();
        state
    }

    /// Computes loads and sums anew.
    fn recount(&mut self) {
        self.loads.iter_mut().for_each(|loads| loads.fill(0.0));
        for phase in Phase::ALL {
            let loads = &mut self.loads[phase as usize];
            for transfer in self.layout.transfers(phase) {
                for share in self.paths.shares(transfer.from, transfer.to) {
                    loads[share.link()] += share.of(transfer.bytes);
                }
            }
            self.sums[phase as usize] = loads.iter().map(|&load| load * load).sum();
        }
    }

    /// Returns the root of the mean square of link loads in each phase.
    fn norms(&self) -> [f64; 4] {
        let links = self.paths.links() as f64;
        self.sums.map(|sum| (sum.max(0.0) / links).sqrt())
    }

    fn cost(&self) -> f64 {
        self.norms().iter().zip(&self.weights).map(|(norm, weight)| norm * weight).sum()
    }

    /// Tries one move.
    fn step(&mut self, random: &mut ChaCha8Rng, temperature: f64) {
        let before = self.cost();
        let kind = below(random, 100) as u64;
        if kind < TURNS && !self.layout.rings.is_empty() {
            let ring = below(random, self.layout.rings.len());
            let length = self.layout.rings[ring].order.len();
            if length < 4 {
                return;
            }
            let first = below(random, length);
            let count = 2 + below(random, length - 3);
            self.turn(ring, first, count);
            if !keeps(random, self.cost() - before, temperature) {
                self.turn(ring, first, count);
            }
            return;
        }
        let split = self.layout.split;
        let pairs: Vec<(u32, u32)> = if kind < TURNS + GROUPS && split.tensor > 1 {
            let groups = split.pipeline * split.data;
            let [one, other] = [(); 2].map(|()| below(random, groups) * split.tensor);
            (0..split.tensor).map(|shard| (narrow(one + shard), narrow(other + shard))).collect()
        } else {
            let one = below(random, split.chips());
            let other = if kind < TURNS + GROUPS + NEAR { self.near(random, one) } else { None };
            vec![(narrow(one), other.unwrap_or_else(|| narrow(below(random, split.chips()))))]
        };
        if pairs.iter().any(|(one, other)| one == other) {
            return;
        }
        self.exchange(&pairs);
        if !keeps(random, self.cost() - before, temperature) {
            self.exchange(&pairs);
        }
    }

    /// Picks the rank beside one that a rank talks to.
    fn near(&self, random: &mut ChaCha8Rng, rank: usize) -> Option<u32> {
        let rings = &self.rings[rank];
        let [sent, _] = &self.messages[rank];
        let choice = below(random, (rings.len() + sent.len()).max(1));
        let partner = if let Some(&(ring, at)) = rings.get(choice) {
            let order = &self.layout.rings[ring as usize].order;
            order[(at as usize + 1) % order.len()]
        } else {
            self.layout.messages[*sent.get(choice - rings.len())? as usize].to
        };
        let chip = self.layout.seats[partner as usize] as usize;
        let beside = self.paths.neighbor(chip, below(random, self.paths.ports()))?;
        Some(self.ranks[beside])
    }

    /// Exchanges the chips of pairs of ranks, all different.
    fn exchange(&mut self, pairs: &[(u32, u32)]) {
        for &(one, other) in pairs {
            self.moved[one as usize] = true;
            self.moved[other as usize] = true;
        }
        self.add_moved(pairs, -1.0);
        for &(one, other) in pairs {
            self.layout.seats.swap(one as usize, other as usize);
            for rank in [one, other] {
                self.ranks[self.layout.seats[rank as usize] as usize] = rank;
            }
        }
        self.add_moved(pairs, 1.0);
        for &(one, other) in pairs {
            self.moved[one as usize] = false;
            self.moved[other as usize] = false;
        }
    }

    /// Adds what moved ranks send and receive, each transfer once.
    ///
    /// A chip talks to all of its group of experts alike, so exchanges within a group change nothing there.
    fn add_moved(&mut self, pairs: &[(u32, u32)], sign: f64) {
        let group = |rank: u32| rank as usize / self.layout.split.experts;
        let stays = pairs.iter().all(|&(one, other)| group(one) == group(other));
        for rank in pairs.iter().flat_map(|&(one, other)| [one as usize, other as usize]) {
            for index in 0..self.rings[rank].len() {
                let (ring, at) = self.rings[rank][index];
                let (ring, at) = (ring as usize, at as usize);
                self.add_edge(ring, at, sign);
                let length = self.layout.rings[ring].order.len();
                let behind = (at + length - 1) % length;
                if !self.moved[self.layout.rings[ring].order[behind] as usize] {
                    self.add_edge(ring, behind, sign);
                }
            }
            for side in [0, 1] {
                for index in 0..self.messages[rank][side].len() {
                    let message = self.layout.messages[self.messages[rank][side][index] as usize];
                    if stays && message.phase == Phase::Experts {
                        continue;
                    }
                    if side == 0 || !self.moved[message.from as usize] {
                        self.add(message.phase, message.from, message.to, sign * message.bytes);
                    }
                }
            }
        }
    }

    /// Adds the edge of a ring that begins at a place, in both directions.
    fn add_edge(&mut self, ring: usize, at: usize, sign: f64) {
        let ring = &self.layout.rings[ring];
        let (phase, bytes) = (ring.phase, sign * ring.bytes);
        let [from, to] = [ring.order[at], ring.order[(at + 1) % ring.order.len()]];
        self.add(phase, from, to, bytes);
        self.add(phase, to, from, bytes);
    }

    fn add(&mut self, phase: Phase, from: u32, to: u32, bytes: f64) {
        let [from, to] = [from, to].map(|rank| self.layout.seats[rank as usize] as usize);
        let (loads, sum) = (&mut self.loads[phase as usize], &mut self.sums[phase as usize]);
        for share in self.paths.shares(from, to) {
            let load = &mut loads[share.link()];
            let after = *load + share.of(bytes);
            *sum += after * after - *load * *load;
            *load = after;
        }
    }

    /// Turns around `count` members of a ring from a place on; done twice, it changes nothing.
    fn turn(&mut self, ring: usize, first: usize, count: usize) {
        let length = self.layout.rings[ring].order.len();
        let ends = [(first + length - 1) % length, (first + count - 1) % length];
        for at in ends {
            self.add_edge(ring, at, -1.0);
        }
        for step in 0..count / 2 {
            let [one, other] = [(first + step) % length, (first + count - 1 - step) % length];
            self.layout.rings[ring].order.swap(one, other);
        }
        for step in 0..count {
            let at = (first + step) % length;
            let rank = self.layout.rings[ring].order[at] as usize;
            for entry in self.rings[rank].iter_mut().filter(|entry| entry.0 as usize == ring) {
                entry.1 = narrow(at);
            }
        }
        for at in ends {
            self.add_edge(ring, at, 1.0);
        }
    }
}

/// Tells whether a move is kept.
fn keeps(random: &mut ChaCha8Rng, increase: f64, temperature: f64) -> bool {
    increase <= 0.0 || unit(random) < (-increase / temperature).exp()
}

/// Returns a number from 0 to below 1.
fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Returns a number below a limit.
pub(super) fn below(random: &mut ChaCha8Rng, limit: usize) -> usize {
    ((u128::from(random.next_u64()) * limit as u128) >> 64) as usize
}
