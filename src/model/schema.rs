//! The inputs that experiments read, with the unit and limits a value must have.

use crate::units::Unit;

/// One input that experiments read. The part before the dot is its group.
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

impl Declared {
    /// Whether every paper needs it; of the other groups a paper gives all inputs or none.
    pub fn is_always_needed(&self) -> bool {
        self.name.starts_with("chip.") || self.name.starts_with("machine.")
    }
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
    declare("tpu_v4.hbm_bandwidth", Unit::GigabytesPerSecond, 1.0, 100_000.0),
    declare("tpu_v4.clock", Unit::Megahertz, 1.0, 100_000.0),
    declare("tpu_v4.sparsecores", Unit::Count, 1.0, 1024.0),
    declare("tpu_v4.sparsecore_tiles", Unit::Count, 1.0, 1024.0),
    declare("tpu_v4.power_mean", Unit::Watts, 1.0, 10_000.0),
    declare("tpu_v3.peak_bf16", Unit::Teraflops, 1.0, 10_000.0),
    declare("tpu_v3.hbm_bandwidth", Unit::GigabytesPerSecond, 1.0, 100_000.0),
    declare("tpu_v3.link_bandwidth", Unit::GigabytesPerSecond, 1.0, 10_000.0),
    declare("tpu_v3.clock", Unit::Megahertz, 1.0, 100_000.0),
    declare("tpu_v3.sparsecores", Unit::Count, 1.0, 1024.0),
    declare("tpu_v3.power_mean", Unit::Watts, 1.0, 10_000.0),
    declare("tpu_v3.chips", Unit::Count, 1.0, 1_000_000.0),
    declare("a100.peak_bf16", Unit::Teraflops, 1.0, 10_000.0),
    declare("a100.hbm_bandwidth", Unit::GigabytesPerSecond, 1.0, 100_000.0),
    declare("a100.bert_power", Unit::Watts, 1.0, 10_000.0),
    declare("a100.resnet_power", Unit::Watts, 1.0, 10_000.0),
    declare("tpu_v4.bert_power", Unit::Watts, 1.0, 10_000.0),
    declare("tpu_v4.resnet_power", Unit::Watts, 1.0, 10_000.0),
    declare("ipu_bow.peak_bf16", Unit::Teraflops, 1.0, 10_000.0),
    declare("collective.message", Unit::Mebibytes, 0.000_001, 1e9),
    declare("infiniband.nic_bandwidth", Unit::GigabytesPerSecond, 0.01, 10_000.0),
    declare("infiniband.nic_latency", Unit::Microseconds, 0.0, 10_000.0),
    declare("infiniband.nics_per_chip", Unit::One, 0.01, 64.0),
    declare("fault.link_mtbf", Unit::Hours, 1.0, 1e12),
    declare("fault.rack_mtbf", Unit::Hours, 1.0, 1e12),
    declare("fault.repair_time", Unit::Hours, 0.001, 8760.0),
    declare("fault.restart_time", Unit::Hours, 0.0, 8760.0),
    declare("fault.switch_mtbf", Unit::Hours, 1.0, 1e12),
    declare("ocs.command_time", Unit::Milliseconds, 0.0, 10_000.0),
    declare("ocs.link_bring_up", Unit::Milliseconds, 0.0, 100_000.0),
    declare("ocs.outstanding", Unit::Mebibytes, 0.0, 1e6),
    declare("ocs.settling_time", Unit::Milliseconds, 0.001, 10_000.0),
    declare("measured.table_rewrite", Unit::Microseconds, 0.001, 1e9),
    declare("measured.coordinate_lookup", Unit::Nanoseconds, 0.001, 1e9),
    declare("sparse.batch", Unit::Count, 1.0, 1e6),
    declare("sparse.width", Unit::Count, 1.0, 65_536.0),
    declare("sparse.exponent", Unit::One, 0.0, 10.0),
    declare("sparse.summed_share", Unit::Fraction, 0.0, 1.0),
    declare("sparse.passes", Unit::One, 1.0, 100.0),
    declare("sparse.memory_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.link_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.tile_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.tile_lanes", Unit::Count, 1.0, 1024.0),
    declare("sparse.host_memory_bandwidth", Unit::GigabytesPerSecond, 0.1, 100_000.0),
    declare("sparse.host_memory_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.host_elements", Unit::GigaelementsPerSecond, 0.001, 1e6),
    declare("sparse.host_link_bandwidth", Unit::GigabytesPerSecond, 0.1, 100_000.0),
    declare("sparse.host_network_bandwidth", Unit::GigabytesPerSecond, 0.1, 100_000.0),
    declare("sparse.host_network_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.dense_efficiency", Unit::Fraction, 0.001, 1.0),
    declare("sparse.lookup_overlap", Unit::Fraction, 0.0, 1.0),
    declare("sparse.step_overlap", Unit::Fraction, 0.0, 1.0),
    declare("training.efficiency", Unit::Fraction, 0.001, 1.0),
    declare("training.overlap", Unit::Fraction, 0.0, 1.0),
    declare("workload.mix_cnn", Unit::Fraction, 0.0, 1.0),
    declare("workload.mix_dlrm", Unit::Fraction, 0.0, 1.0),
    declare("workload.mix_rnn", Unit::Fraction, 0.0, 1.0),
    declare("workload.mix_transformer", Unit::Fraction, 0.0, 1.0),
    declare("workload.cnn0", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.cnn1", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.rnn0", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.rnn1", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.bert0", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.bert1", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.dlrm0", Unit::FlopsPerByte, 0.01, 1e6),
    declare("workload.dlrm1", Unit::FlopsPerByte, 0.01, 1e6),
    declare("mlperf.bert_4096_tpu_v4", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.bert_4096_a100", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.resnet_4096_tpu_v4", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.resnet_4216_a100", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.bert_64_tpu_v4", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.bert_64_a100", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.bert_64_ipu_bow", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.resnet_64_tpu_v4", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.resnet_64_a100", Unit::Minutes, 0.001, 1e6),
    declare("mlperf.resnet_64_ipu_bow", Unit::Minutes, 0.001, 1e6),
    declare("energy.pue_google", Unit::One, 1.0, 10.0),
    declare("energy.pue_world", Unit::One, 1.0, 10.0),
    declare("energy.machine_ratio", Unit::Times, 0.01, 100.0),
    declare("energy.carbon_world", Unit::KilogramsPerKilowattHour, 0.0, 10.0),
    declare("energy.carbon_oklahoma", Unit::KilogramsPerKilowattHour, 0.0001, 10.0),
    declare("energy.ocs_power", Unit::Watts, 0.1, 100_000.0),
    declare("energy.infiniband_switch_power", Unit::Watts, 0.1, 100_000.0),
];
