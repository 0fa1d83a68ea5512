//! One training step of a transformer on any wiring of a slice.
//!
//! The chips are divided into pipeline stages, replicas and tensor groups, with or without experts. Which
//! chip takes which part is found by annealing, for every wiring from the same start with the same moves and
//! seeds.
//!
//! - `workload`: operations, memory and message volumes in closed form.
//! - `split`: the ways to divide the work.
//! - `layout`: ranks on chips, and the messages between chips.
//! - `natural`: placements that follow the axes of the slice.
//! - `spread`, `anneal`: link loads under equal splitting, and placements that lower them.
//! - `step`: the time of a step.
//! - `place`: the splits that promise the shortest steps, placed, and their loads by balanced flow.
//!
//! Collectives inside groups are rings: an all-reduce is a message from each member to both neighbours in
//! each of up to three rings. All groups of a kind communicate at once, and the kinds one after another.

mod anneal;
mod layout;
mod natural;
mod place;
mod split;
mod spread;
mod step;
mod workload;

pub use anneal::{anneal, cost};
pub use layout::{Layout, Phase, Transfer};
pub use natural::natural_layouts;
pub use place::{Balance, Placed, Problem, Search, balanced, equal_loads, place};
pub use split::{MOST_RINGS, Split, splits};
pub use spread::Paths;
pub use step::{Costs, StepTime, best_step, least_step, step_time};
pub use workload::{Experts, Volumes, Workload, ring_volume};
