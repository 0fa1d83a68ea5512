//! A year of failures and repairs: what running slices see of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{CUBES, FaultError, HOSTS_PER_CUBE, SPARE_CUBES, check_availability, slice_cubes};

/// Hours of a year of 365 days.
const HOURS: f64 = 8760.0;

/// Holds the inputs of a simulated year; all but the slice are assumptions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearSetting {
    /// The chips of a slice, whole cubes; as many slices run as fit into 64 cubes.
    pub slice_chips: usize,
    /// The long-run share of time that a host is up.
    pub host_availability: f64,
    /// The mean time to repair a host, in hours; times to failure and repair are exponential.
    pub repair_hours: f64,
    /// The work that a slice loses at an interruption, in hours: since the last checkpoint, and to start again.
    pub restart_hours: f64,
    /// Whether switches bring in other cubes, or a slice waits until its own are repaired.
    pub switched: bool,
    /// Whether the four spare cubes are there.
    pub spares: bool,
    /// The seed of the times.
    pub seed: u64,
}

/// Holds what a year brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Year {
    /// The failures of hosts.
    pub failures: usize,
    /// The interruptions of running slices.
    pub interruptions: usize,
    /// The cubes that were exchanged for another one.
    pub exchanges: usize,
    /// The mean share of cubes that were up.
    pub cubes_up: f64,
    /// The share of 4096 chips' time that slices ran.
    pub running: f64,
    /// The same, less the work lost at interruptions.
    pub goodput: f64,
}

/// Simulates a year of failures and repairs, event by event.
///
/// With a mean time to repair R and availability a, the mean time to failure is R a / (1 - a) (Barlow and Proschan,
/// "Mathematical Theory of Reliability", 1965, chapter 3). All hosts start up.
///
/// # Errors
/// Refuses values that are no availability, slice or duration.
pub fn simulate_year(setting: &YearSetting) -> Result<Year, FaultError> {
    check_availability(setting.host_availability)?;
    let slice = slice_cubes(setting.slice_chips)?;
    for (name, value, least) in
        [("the time to repair", setting.repair_hours, 1e-3), ("the lost work", setting.restart_hours, 0.0)]
    {
        if !(least..=HOURS).contains(&value) {
            return Err(FaultError::Range { name, value, most: HOURS });
        }
    }
    Ok(State::new(setting, slice).run())
}

/// A host changes state at a time.
#[derive(PartialEq)]
struct Event {
    hour: f64,
    host: usize,
}

impl Eq for Event {}

impl Ord for Event {
    /// The earliest event is the greatest, and of two at once that of the lower host.
    fn cmp(&self, other: &Self) -> Ordering {
        other.hour.total_cmp(&self.hour).then(other.host.cmp(&self.host))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

struct State<'a> {
    setting: &'a YearSetting,
    cubes: usize,
    random: ChaCha8Rng,
    events: BinaryHeap<Event>,
    host_up: Vec<bool>,
    /// The hosts that are down, per cube.
    down: Vec<usize>,
    /// The cubes of each slice, and whether it runs.
    slices: Vec<(Vec<usize>, bool)>,
    year: Year,
}

impl<'a> State<'a> {
    fn new(setting: &'a YearSetting, slice: usize) -> Self {
        let cubes = CUBES + if setting.spares { SPARE_CUBES } else { 0 };
        let hosts = cubes * HOSTS_PER_CUBE;
        let slices = (0..CUBES / slice).map(|at| ((at * slice..(at + 1) * slice).collect(), true));
        let mut state = Self {
            setting,
            cubes,
            random: ChaCha8Rng::seed_from_u64(setting.seed),
            events: BinaryHeap::new(),
            host_up: vec![true; hosts],
            down: vec![0; cubes],
            slices: slices.collect(),
            year: Year {
                failures: 0,
                interruptions: 0,
                exchanges: 0,
                cubes_up: 0.0,
                running: 0.0,
                goodput: 0.0,
            },
        };
        for host in 0..hosts {
            state.schedule(0.0, host);
        }
        state
    }

    /// Draws when a host changes state next; a host that never fails has no event.
    fn schedule(&mut self, now: f64, host: usize) {
        let a = self.setting.host_availability;
        let uniform = ((self.random.next_u64() >> 11) as f64 + 0.5) / 2.0_f64.powi(53);
        let mean = if self.host_up[host] {
            if a >= 1.0 {
                return;
            }
            self.setting.repair_hours * a / (1.0 - a)
        } else {
            self.setting.repair_hours
        };
        self.events.push(Event { hour: now - mean * uniform.ln(), host });
    }

    fn run(mut self) -> Year {
        let mut now = 0.0;
        while let Some(Event { hour, host }) = self.events.pop() {
            self.pass(hour.min(HOURS) - now);
            if hour >= HOURS {
                now = HOURS;
                break;
            }
            now = hour;
            self.change(host);
            self.schedule(now, host);
        }
        self.pass(HOURS - now);
        let whole = HOURS * CUBES as f64;
        self.year.cubes_up /= HOURS * self.cubes as f64;
        self.year.running /= whole;
        let slice = self.slices.first().map_or(0, |(cubes, _)| cubes.len());
        let lost = self.year.interruptions as f64 * self.setting.restart_hours * slice as f64;
        self.year.goodput = (self.year.running - lost / whole).max(0.0);
        self.year
    }

    /// Adds up the hours of cubes until the next event.
    fn pass(&mut self, hours: f64) {
        let up = self.down.iter().filter(|&&down| down == 0).count();
        self.year.cubes_up += hours * up as f64;
        let running =
            self.slices.iter().filter(|(_, runs)| *runs).map(|(cubes, _)| cubes.len()).sum::<usize>();
        self.year.running += hours * running as f64;
    }

    fn change(&mut self, host: usize) {
        let cube = host / HOSTS_PER_CUBE;
        self.host_up[host] = !self.host_up[host];
        if self.host_up[host] {
            self.down[cube] -= 1;
        } else {
            self.year.failures += 1;
            self.down[cube] += 1;
            if let Some((_, runs)) =
                self.slices.iter_mut().find(|(cubes, runs)| *runs && cubes.contains(&cube))
            {
                *runs = false;
                self.year.interruptions += 1;
            }
        }
        self.restart();
    }

    /// Starts every slice again whose cubes are up or can be exchanged for free ones.
    fn restart(&mut self) {
        if self.slices.iter().all(|(_, runs)| *runs) {
            return;
        }
        let mut free: Vec<usize> = if self.setting.switched {
            let mut taken = vec![false; self.cubes];
            let running = self.slices.iter().filter(|(_, runs)| *runs);
            running.flat_map(|(cubes, _)| cubes).for_each(|&cube| taken[cube] = true);
            (0..self.cubes).filter(|&cube| self.down[cube] == 0 && !taken[cube]).collect()
        } else {
            Vec::new()
        };
        for (cubes, runs) in self.slices.iter_mut().filter(|(_, runs)| !runs) {
            if cubes
                .iter()
                .all(|&cube| self.down[cube] == 0 && (!self.setting.switched || free.contains(&cube)))
            {
                *runs = true;
            } else if free.len() >= cubes.len() {
                let kept: Vec<usize> = cubes.iter().copied().filter(|cube| free.contains(cube)).collect();
                let fresh: Vec<usize> = free.iter().copied().filter(|cube| !kept.contains(cube)).collect();
                let missing = cubes.len() - kept.len();
                self.year.exchanges += missing;
                *cubes = kept.into_iter().chain(fresh.into_iter().take(missing)).collect();
                *runs = true;
            }
            if *runs {
                free.retain(|cube| !cubes.contains(cube));
            }
        }
    }
}
