//! A year of failures and repairs: what running slices see of them.

mod state;

use super::{CubeGrid, FaultError, check_availability};
use state::State;

/// Hours of a year of 365 days.
const HOURS: f64 = 8760.0;
/// The longest mean time between failures, in hours.
const LONGEST: f64 = 1e12;

/// Names how slices find the cubes that they run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Fixed aligned boxes; a slice waits until its own cubes are repaired.
    Aligned,
    /// Any box of neighbouring cubes, around the ends of the machine; running slices stay where they are.
    AnyBox,
    /// Any boxes, chosen anew whenever one more fits then; a running slice that has to move is interrupted.
    BestPacking,
    /// Switches bring in any cubes.
    Switched {
        /// Whether the four spare cubes are there.
        spares: bool,
    },
}

/// Holds the mean times between failures of what is no host, in hours; all are assumptions.
///
/// They are repaired in the same mean time as hosts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OtherFailures {
    /// Of a rack's power or cooling; a rack is a cube.
    pub rack_hours: f64,
    /// Of a link between cubes; it takes a cube out of service.
    pub link_hours: f64,
    /// Of an optical switch; it interrupts all slices, since each has links through every switch.
    pub switch_hours: f64,
    /// Whether slices wait until a dark switch is repaired, or go on over the other switches.
    pub waits_for_switches: bool,
}

/// Holds the inputs of a simulated year; all but the machine and the slice are assumptions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearSetting {
    /// The cubes of the machine, at most 64.
    pub grid: CubeGrid,
    /// The chips of a slice, whole cubes; as many slices run as fit into the machine.
    pub slice_chips: usize,
    /// The long-run share of time that a host is up.
    pub host_availability: f64,
    /// The mean time to repair, in hours; times to failure and repair are exponential.
    pub repair_hours: f64,
    /// The work that a slice loses at an interruption, in hours: since the last checkpoint, and to start
    /// again.
    pub restart_hours: f64,
    /// How slices find cubes.
    pub placement: Placement,
    /// What fails besides hosts, if anything.
    pub others: Option<OtherFailures>,
    /// The seed of the times.
    pub seed: u64,
}

/// Holds what a year brought.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Year {
    /// The failures of hosts.
    pub failures: usize,
    /// The failures of racks, links and switches.
    pub other_failures: usize,
    /// The interruptions of running slices.
    pub interruptions: usize,
    /// The cubes that were exchanged for another one.
    pub exchanges: usize,
    /// The mean share of cubes that were up.
    pub cubes_up: f64,
    /// The share of the year with some switch dark.
    pub switch_dark: f64,
    /// The share of all chips' time that slices ran.
    pub running: f64,
    /// The same, less the work lost at interruptions.
    pub goodput: f64,
}

/// Simulates a year of failures and repairs, event by event.
///
/// With a mean time to repair R and availability a, the mean time to failure is R a / (1 - a) (Barlow and
/// Proschan, "Mathematical Theory of Reliability", 1965, chapter 3). Everything starts up. A switched machine
/// has an optical link at each of the 96 ports of a cube; a static one has 48 cables for each cube and no
/// switches.
///
/// # Errors
/// Refuses machines of more than 64 cubes, and values that are no availability, slice or duration.
pub fn simulate_year(setting: &YearSetting) -> Result<Year, FaultError> {
    check_availability(setting.host_availability)?;
    let slice = setting.grid.slice_cubes(setting.slice_chips)?;
    let mut durations = vec![
        ("the time to repair", setting.repair_hours, 1e-3, HOURS),
        ("the lost work", setting.restart_hours, 0.0, HOURS),
    ];
    if let Some(others) = setting.others {
        for (name, value) in [
            ("the time between failures of a rack", others.rack_hours),
            ("the time between failures of a link", others.link_hours),
            ("the time between failures of a switch", others.switch_hours),
        ] {
            durations.push((name, value, 1.0, LONGEST));
        }
    }
    for (name, value, least, most) in durations {
        if !(least..=most).contains(&value) {
            return Err(FaultError::Range { name, value, most });
        }
    }
    Ok(State::new(setting, slice)?.run())
}
