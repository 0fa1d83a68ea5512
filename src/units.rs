//! Units that only this machine has.

use paper_engine::units::Unit;

/// Links crossed on a way.
pub const HOPS: Unit = Unit::of("hops", "hops", 1.0);
/// Links.
pub const LINKS: Unit = Unit::counted("links");
/// Cycles of a clock.
pub const CYCLES: Unit = Unit::of("cycles", "cycles", 1.0);
/// 10^9 elements a second.
pub const GIGAELEMENTS_PER_SECOND: Unit = Unit::of("Gelem/s", "elements a second", 1.0);
/// Sequences a second.
pub const SEQUENCES_PER_SECOND: Unit = Unit::of("seq/s", "sequences a second", 1.0);
/// 10^12 floating-point operations a second.
pub const TERAFLOPS: Unit = Unit::of("Tflop/s", "operations a second", 1.0);
/// Floating-point operations for each byte of memory traffic.
pub const FLOPS_PER_BYTE: Unit = Unit::of("flop/B", "operations for a byte", 1.0);
/// Kilograms of carbon dioxide equivalent for each kilowatt-hour.
pub const KILOGRAMS_PER_KILOWATT_HOUR: Unit = Unit::of("kg/kWh", "emissions", 1.0);

/// All of them.
pub const UNITS: &[Unit] = &[
    HOPS,
    LINKS,
    CYCLES,
    GIGAELEMENTS_PER_SECOND,
    SEQUENCES_PER_SECOND,
    TERAFLOPS,
    FLOPS_PER_BYTE,
    KILOGRAMS_PER_KILOWATT_HOUR,
];
