//! Facts of the coordinate scheme: worked examples computed from the chip map.

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::Model;

/// The experiment `coordinate`.
pub const COORDINATE: Experiment = Experiment {
    id: "coordinate",
    summary: "Worked coordinates of chips and spares, from the one chip map.",
    inputs: &[],
    run,
};
