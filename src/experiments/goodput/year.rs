//! Facts of a year of failures and repairs, with switches and without.

use super::machine;
use crate::parameters::{AVAILABILITY, CUBES_PER_AXIS, packed_machine};
use crate::sim::fault::{CubeGrid, OtherFailures, Placement, Year, YearSetting, simulate_year};
use paper_engine::facts::{Basis, Experiment, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The inputs, in the order in which [`Case::setting`] reads them.
const INPUTS: &[&str] =
    &["fault.repair_time", "fault.restart_time", "fault.rack_mtbf", "fault.link_mtbf", "fault.switch_mtbf"];
const SOURCE: &str = "jouppi2023tpuv4, section 2.3; exponential times to failure and repair";
/// The machines, by the name that facts carry.
const KINDS: [(&str, Placement); 5] = [
    ("static", Placement::Aligned),
    ("static_any_box", Placement::AnyBox),
    ("static_best_packing", Placement::BestPacking),
    ("switched", Placement::Switched { spares: false }),
    ("switched_with_spares", Placement::Switched { spares: true }),
];

/// Reads a number of a year.
type Quantity = fn(&Year) -> f64;

/// What fails.
#[derive(Clone, Copy, PartialEq)]
enum Failing {
    /// Hosts alone.
    Hosts,
    /// Racks, links and switches too; slices go on while a switch is dark.
    All,
    /// The same; slices wait until no switch is dark.
    AllWaiting,
}

/// The experiment `year`.
pub const YEAR: Experiment = Experiment {
    id: "year",
    summary: "A year of failures and repairs: goodput, interruptions and exchanges, with switches and without.",
    families: &["year"],
    inputs: INPUTS,
    parameters: &["year.all_failures", "year.availabilities", "year.seed", "year.slices"],
    optional: &[CUBES_PER_AXIS],
    suits: packed_machine,
    run: |model, facts| {
        let grid = machine(model)?;
        for &availability in model.numbers("year.availabilities") {
            for (kind, placement) in KINDS {
                write_placement(grid, kind, placement, availability, model, facts);
            }
        }
        Ok(())
    },
    ..Experiment::EMPTY
};

/// Slices of one size on one kind of machine.
struct Case {
    grid: CubeGrid,
    chips: usize,
    availability: f64,
    placement: Placement,
    failing: Failing,
    seed: u64,
}

impl Case {
    fn setting(&self, values: &[f64]) -> YearSetting {
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let others = OtherFailures {
            rack_hours: at(2),
            link_hours: at(3),
            switch_hours: at(4),
            waits_for_switches: self.failing == Failing::AllWaiting,
        };
        YearSetting {
            grid: self.grid,
            slice_chips: self.chips,
            host_availability: self.availability,
            repair_hours: at(0),
            restart_hours: at(1),
            placement: self.placement,
            others: (self.failing != Failing::Hosts).then_some(others),
            seed: self.seed,
        }
    }
}

fn write_placement(
    grid: CubeGrid,
    kind: &str,
    placement: Placement,
    availability: f64,
    model: &Model,
    facts: &mut Writer<'_>,
) {
    let label = AVAILABILITY.text(availability);
    let mut write = |chips: u64, failing: Failing, end: &str| {
        let (chips, seed) = (chips as usize, model.setting("year.seed"));
        let case = Case { grid, chips, availability, placement, failing, seed };
        write_kind(facts, &format!("year.{chips}.{label}.{kind}{end}"), &case);
    };
    for &chips in model.counts("year.slices") {
        // Where only one box fits, any box is the best packing.
        if placement != Placement::BestPacking || 2 * chips as usize <= grid.chips() {
            write(chips, Failing::Hosts, "");
        }
    }
    for &chips in model.counts("year.all_failures") {
        write(chips, Failing::All, ".all_failures");
        if matches!(placement, Placement::Switched { .. }) {
            write(chips, Failing::AllWaiting, ".all_failures_waiting");
        }
    }
}

fn write_kind(facts: &mut Writer<'_>, name: &str, case: &Case) {
    let (chips, failing) = (case.chips, case.failing);
    let what = match failing {
        Failing::Hosts => "hosts fail",
        Failing::All => "hosts, racks, links and switches fail, and slices go on beside dark switches",
        Failing::AllWaiting => "hosts, racks, links and switches fail, and slices wait for dark switches",
    };
    let goodput = format!("share of a year that slices of {chips} chips run, less lost work, when {what}");
    let at = |values: &[f64]| simulate_year(&case.setting(values)).ok();
    let of_hosts = [
        ("goodput", Unit::FRACTION, goodput.as_str(), (|year| year.goodput) as Quantity),
        ("interruptions", Unit::COUNT, "interruptions of slices in a year", |year| year.interruptions as f64),
        ("exchanges", Unit::COUNT, "cubes exchanged in a year", |year| year.exchanges as f64),
        ("failures", Unit::COUNT, "failures of hosts in a year", |year| year.failures as f64),
    ];
    if failing == Failing::Hosts {
        return write_years(facts, name, &INPUTS[..2], of_hosts, at);
    }
    let formula = "failures of racks, links and switches in a year";
    let others = ("other_failures", Unit::COUNT, formula, (|year| year.other_failures as f64) as Quantity);
    let formula = "share of the year with some switch dark";
    let dark = ("switch_dark", Unit::FRACTION, formula, (|year| year.switch_dark) as Quantity);
    let [one, two, three, four] = of_hosts;
    write_years(facts, name, INPUTS, [one, two, three, four, others, dark], at);
}

/// Writes quantities of a year with what the assumed times leave open.
fn write_years<const COUNT: usize>(
    facts: &mut Writer<'_>,
    name: &str,
    inputs: &[&str],
    quantities: [(&str, Unit, &str, Quantity); COUNT],
    at: impl Fn(&[f64]) -> Option<Year> + Sync,
) {
    let formulas = quantities.map(|(_, _, formula, _)| format!("{formula}; one year for each sample"));
    let numbers = std::array::from_fn(|index| {
        let (quantity, unit, ..) = quantities[index];
        let basis = Basis { unit, inputs, formula: &formulas[index], source: SOURCE };
        (format!("{name}.{quantity}"), basis, None)
    });
    // A drawn year is no smooth function of its inputs, so no polynomial stands for it.
    facts.sampled_few_together(numbers, |values| {
        // No number is refused by the writer.
        let year = at(values);
        quantities.map(|(.., of)| year.as_ref().map_or(f64::NAN, of))
    });
}
