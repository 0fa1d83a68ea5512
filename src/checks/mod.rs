//! What the review checks of papers about this machine.

mod coordinates;
mod maps;

use paper_engine::review::{Check, Material};

/// All checks.
pub const CHECKS: &[fn(&Material<'_>) -> Vec<Check>] = &[coordinates::checks, maps::checks];
