//! What the review checks of papers about this machine.

mod coordinates;
mod maps;

use paper_engine::diagnostic::Rule;
use paper_engine::review::{Check, Material};

/// All checks.
pub const CHECKS: &[fn(&Material<'_>) -> Vec<Check>] = &[coordinates::checks, maps::checks];

/// The rules behind them.
pub const RULES: &[Rule] = &[
    coordinates::MALFORMED_COORDINATE,
    coordinates::UNCANONICAL_COORDINATE,
    coordinates::HOP_THAT_STAYS,
    coordinates::MISCOUNTED_HOPS,
    maps::UNREPEATABLE_SEARCH,
];
