//! The events of a year, one after another.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::packing::{Packing, tiles};
use super::super::{FaultError, HOSTS_PER_CUBE, SPARE_CUBES};
use super::{HOURS, Placement, Year, YearSetting};
use crate::sim::fabric::SWITCHES;

/// What fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A host of a cube.
    Host(usize),
    /// The rack or a link of a cube.
    Other(usize),
    Switch,
}

/// A part changes state at a time.
#[derive(PartialEq)]
struct Event {
    hour: f64,
    part: usize,
}

impl Eq for Event {}

impl Ord for Event {
    /// Returns the earliest event is the greatest, and of two at once that of the lower part.
    fn cmp(&self, other: &Self) -> Ordering {
        other.hour.total_cmp(&self.hour).then(other.part.cmp(&self.part))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A slice with its cubes as bits.
struct Slice {
    cubes: u128,
    runs: bool,
}

/// Holds the machine at a time of the year; sets of cubes are bits.
pub(super) struct State<'a> {
    setting: &'a YearSetting,
    cubes: usize,
    /// The cubes of a slice.
    size: u32,
    packing: Packing,
    random: ChaCha8Rng,
    events: BinaryHeap<Event>,
    /// Every part with its mean time to failure; a part that never fails has none.
    parts: Vec<(Part, f64)>,
    is_up: Vec<bool>,
    /// The parts that are down, per cube, and the cubes without any.
    down: Vec<usize>,
    up: u128,
    dark_switches: usize,
    slices: Vec<Slice>,
    year: Year,
}

impl<'a> State<'a> {
    /// Starts with everything up.
    ///
    /// # Errors
    /// Refuses a machine of more than 64 cubes.
    pub(super) fn new(setting: &'a YearSetting, slice: usize) -> Result<Self, FaultError> {
        let spares = setting.placement == (Placement::Switched { spares: true });
        let grid = setting.grid;
        let cubes = grid.cubes() + if spares { SPARE_CUBES } else { 0 };
        let packing = Packing::new(grid, slice)?;
        let block = |at: usize| u128::MAX >> (128 - slice) << (at * slice);
        let places: Vec<u128> = match setting.placement {
            Placement::AnyBox | Placement::BestPacking => {
                packing.best(packing.all(), &[]).into_iter().map(u128::from).collect()
            }
            // Which cubes a box has does not matter as long as it keeps them.
            Placement::Aligned => (0..tiles(grid.side, slice)).map(block).collect(),
            Placement::Switched { .. } => (0..grid.cubes() / slice).map(block).collect(),
        };
        let parts = parts(setting, cubes);
        let mut state = Self {
            setting,
            cubes,
            size: slice as u32,
            packing,
            random: ChaCha8Rng::seed_from_u64(setting.seed),
            events: BinaryHeap::new(),
            is_up: vec![true; parts.len()],
            parts,
            down: vec![0; cubes],
            up: u128::MAX >> (128 - cubes),
            dark_switches: 0,
            slices: places.into_iter().map(|cubes| Slice { cubes, runs: true }).collect(),
            year: Year::default(),
        };
        for part in 0..state.parts.len() {
            state.schedule(0.0, part);
        }
        Ok(state)
    }

    /// Draws when a part changes state next.
    fn schedule(&mut self, now: f64, part: usize) {
        let to_failure = self.parts[part].1;
        if self.is_up[part] && !to_failure.is_finite() {
            return;
        }
        let mean = if self.is_up[part] { to_failure } else { self.setting.repair_hours };
        let uniform = ((self.random.next_u64() >> 11) as f64 + 0.5) / 2.0_f64.powi(53);
        let hour = now - mean * uniform.ln();
        if hour < HOURS {
            self.events.push(Event { hour, part });
        }
    }

    /// Passes the year.
    pub(super) fn run(mut self) -> Year {
        let mut now = 0.0;
        while let Some(Event { hour, part }) = self.events.pop() {
            self.pass(hour - now);
            now = hour;
            self.change(part);
            self.schedule(now, part);
        }
        self.pass(HOURS - now);
        let whole = HOURS * self.setting.grid.cubes() as f64;
        self.year.cubes_up /= HOURS * self.cubes as f64;
        self.year.switch_dark /= HOURS;
        self.year.running /= whole;
        let lost = self.year.interruptions as f64 * self.setting.restart_hours * f64::from(self.size);
        self.year.goodput = (self.year.running - lost / whole).max(0.0);
        self.year
    }

    /// Adds up the hours of cubes until the next event.
    fn pass(&mut self, hours: f64) {
        self.year.cubes_up += hours * f64::from(self.up.count_ones());
        let running = self.slices.iter().filter(|slice| slice.runs).count() as f64;
        self.year.running += hours * running * f64::from(self.size);
        self.year.switch_dark += if self.dark_switches > 0 { hours } else { 0.0 };
    }

    fn change(&mut self, part: usize) {
        self.is_up[part] = !self.is_up[part];
        let fails = !self.is_up[part];
        let (kind, _) = self.parts[part];
        match kind {
            Part::Host(_) => self.year.failures += usize::from(fails),
            _ => self.year.other_failures += usize::from(fails),
        }
        // what a failure takes away from slices, and whether a repair gives something back
        let (broken, frees) = match kind {
            Part::Switch if fails => {
                self.dark_switches += 1;
                (u128::MAX, false)
            }
            Part::Switch => {
                self.dark_switches -= 1;
                (0, true)
            }
            Part::Host(cube) | Part::Other(cube) if fails => {
                self.down[cube] += 1;
                self.up &= !(1 << cube);
                (1 << cube, false)
            }
            Part::Host(cube) | Part::Other(cube) => {
                self.down[cube] -= 1;
                let whole = self.down[cube] == 0;
                self.up |= u128::from(whole) << cube;
                (0, whole)
            }
        };
        let mut interrupted = false;
        for slice in self.slices.iter_mut().filter(|slice| slice.runs && slice.cubes & broken != 0) {
            slice.runs = false;
            interrupted = true;
            self.year.interruptions += 1;
        }
        if interrupted || frees {
            self.restart();
        }
    }

    /// Starts every slice again that finds the cubes it needs.
    fn restart(&mut self) {
        let waits = self.setting.others.is_some_and(|others| others.waits_for_switches);
        if self.slices.iter().all(|slice| slice.runs) || (waits && self.dark_switches > 0) {
            return;
        }
        match self.setting.placement {
            Placement::Aligned => {
                let up = self.up;
                self.slices.iter_mut().for_each(|slice| slice.runs = slice.cubes & !up == 0);
            }
            Placement::AnyBox => self.restart_in_boxes(false),
            Placement::BestPacking => self.restart_in_boxes(true),
            Placement::Switched { .. } => self.restart_by_switches(),
        }
    }

    /// Returns the cubes that are up and in no running slice.
    fn free(&self) -> u128 {
        self.slices.iter().filter(|slice| slice.runs).fold(self.up, |free, slice| free & !slice.cubes)
    }

    /// Puts stopped slices into boxes that are free, and lets running ones move if that makes room for one
    /// more.
    fn restart_in_boxes(&mut self, may_move: bool) {
        let ran: Vec<bool> = self.slices.iter().map(|slice| slice.runs).collect();
        let mut free = self.free();
        for slice in self.slices.iter_mut().filter(|slice| !slice.runs) {
            let own = (slice.cubes & !free == 0).then_some(slice.cubes);
            if let Some(place) = own.or_else(|| self.packing.first(free as u64).map(u128::from)) {
                *slice = Slice { cubes: place, runs: true };
                free &= !place;
            }
        }
        let most = (self.up.count_ones() / self.size) as usize;
        let running = self.slices.iter().filter(|slice| slice.runs).count();
        if !may_move || running == most.min(self.slices.len()) {
            return;
        }
        let places: Vec<u64> =
            self.slices.iter().filter(|slice| slice.runs).map(|slice| slice.cubes as u64).collect();
        let mut best = self.packing.best(self.up as u64, &places);
        if best.len() <= running {
            return;
        }
        let stays = |slice: &Slice| slice.runs && best.contains(&(slice.cubes as u64));
        let mut order: Vec<usize> = (0..self.slices.len()).filter(|&at| !stays(&self.slices[at])).collect();
        best.retain(|place| !places.contains(place));
        // those that ran move first, so that none of them is left without a place
        order.sort_by_key(|&at| !ran[at]);
        for (at, place) in order.into_iter().zip(best) {
            self.year.interruptions += usize::from(ran[at]);
            self.slices[at] = Slice { cubes: place.into(), runs: true };
        }
    }

    /// Starts slices whose cubes are up, or can be exchanged for free ones, the lowest first.
    fn restart_by_switches(&mut self) {
        let mut free = self.free();
        for slice in self.slices.iter_mut().filter(|slice| !slice.runs) {
            if free.count_ones() < self.size {
                return;
            }
            let mut cubes = slice.cubes & free;
            while cubes.count_ones() < self.size {
                let fresh = free & !cubes;
                cubes |= fresh & fresh.wrapping_neg();
                self.year.exchanges += 1;
            }
            *slice = Slice { cubes, runs: true };
            free &= !cubes;
        }
    }
}

/// Lists everything that fails.
fn parts(setting: &YearSetting, cubes: usize) -> Vec<(Part, f64)> {
    let is_switched = matches!(setting.placement, Placement::Switched { .. });
    let a = setting.host_availability;
    let host = if a < 1.0 { setting.repair_hours * a / (1.0 - a) } else { f64::INFINITY };
    let mut parts: Vec<(Part, f64)> =
        (0..cubes * HOSTS_PER_CUBE).map(|at| (Part::Host(at / HOSTS_PER_CUBE), host)).collect();
    if let Some(others) = setting.others {
        let links = if is_switched { 2 * SWITCHES } else { SWITCHES };
        for cube in 0..cubes {
            parts.push((Part::Other(cube), others.rack_hours));
            parts.extend((0..links).map(|_| (Part::Other(cube), others.link_hours)));
        }
        let switches = if is_switched { SWITCHES } else { 0 };
        parts.extend((0..switches).map(|_| (Part::Switch, others.switch_hours)));
    }
    parts
}
