//! The inputs that experiments read, with the unit and limits a value must have.

use crate::units::Unit;

/// One input that every paper's model must give.
pub struct Declared {
    /// Dotted name.
    pub name: &'static str,
    /// The unit it must be written in.
    pub unit: Unit,
    /// Lowest value that makes sense.
    pub low: f64,
    /// Highest value that makes sense.
    pub high: f64,
}

const fn declare(name: &'static str, unit: Unit, low: f64, high: f64) -> Declared {
    Declared { name, unit, low, high }
}

/// All declared inputs, by name. The cube side and the cubes per axis are fixed by the wiring that
/// the simulated fabric implements, so only one value of each is admitted.
pub const SCHEMA: &[Declared] = &[
    declare("chip.hbm", Unit::Gibibytes, 1.0, 1024.0),
    declare("chip.link_bandwidth", Unit::GigabytesPerSecond, 1.0, 10_000.0),
    declare("chip.hop_latency", Unit::Microseconds, 0.01, 100.0),
    declare("chip.links", Unit::Count, 6.0, 6.0),
    declare("chip.peak_bf16", Unit::Teraflops, 1.0, 10_000.0),
    declare("machine.chips_per_host", Unit::Count, 1.0, 64.0),
    declare("machine.cube_side", Unit::Count, 4.0, 4.0),
    declare("machine.cubes_per_axis", Unit::Count, 4.0, 4.0),
    declare("machine.ocs_ports_spare", Unit::Count, 0.0, 128.0),
    declare("machine.ocs_ports_usable", Unit::Count, 128.0, 128.0),
];
