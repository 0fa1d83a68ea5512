//! Facts of a year of failures and repairs, with switches and without.

use crate::facts::experiment::{Basis, Writer};
use crate::model::Model;
use crate::sim::fault::{OtherFailures, Placement, Year, YearSetting, simulate_year};
use crate::units::Unit;

/// The inputs, in the order in which [`setting`] reads them.
pub(super) const INPUTS: &[&str] =
    &["fault.repair_time", "fault.restart_time", "fault.rack_mtbf", "fault.link_mtbf", "fault.switch_mtbf"];
/// Years simulated at the stated repair and restart times.
const YEARS: u64 = 5;
/// The seed of the years behind an interval.
const SEED: u64 = 1;
const AVAILABILITY: f64 = 0.995;
const SOURCE: &str = "jouppi2023tpuv4, section 2.3; exponential times to failure and repair";
/// The machines, by the name that facts carry.
const KINDS: [(&str, Placement); 5] = [
    ("static", Placement::Aligned),
    ("static_any_box", Placement::AnyBox),
    ("static_best_packing", Placement::BestPacking),
    ("switched", Placement::Switched { spares: false }),
    ("switched_with_spares", Placement::Switched { spares: true }),
];

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

fn setting(chips: usize, placement: Placement, failing: Failing, seed: u64, values: &[f64]) -> YearSetting {
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let others = OtherFailures {
        rack_hours: at(2),
        link_hours: at(3),
        switch_hours: at(4),
        waits_for_switches: failing == Failing::AllWaiting,
    };
    YearSetting {
        slice_chips: chips,
        host_availability: AVAILABILITY,
        repair_hours: at(0),
        restart_hours: at(1),
        placement,
        others: (failing != Failing::Hosts).then_some(others),
        seed,
    }
}

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) {
    for (kind, placement) in KINDS {
        let switched = matches!(placement, Placement::Switched { .. });
        let name = |chips: usize| format!("year.{chips}.99_5.{kind}");
        write_kind(model, facts, &name(1024), 1024, placement, Failing::Hosts);
        write_kind(model, facts, &format!("{}.all_failures", name(1024)), 1024, placement, Failing::All);
        if switched {
            let name = format!("{}.all_failures_waiting", name(1024));
            write_kind(model, facts, &name, 1024, placement, Failing::AllWaiting);
        }
        // Only one box of this size fits, so that any box is the best packing.
        if placement != Placement::BestPacking {
            write_kind(model, facts, &name(3072), 3072, placement, Failing::Hosts);
        }
    }
}

fn write_kind(
    model: &Model,
    facts: &mut Writer<'_>,
    name: &str,
    chips: usize,
    placement: Placement,
    failing: Failing,
) {
    let what = match failing {
        Failing::Hosts => "hosts fail",
        Failing::All => "hosts, racks, links and switches fail, and slices go on beside dark switches",
        Failing::AllWaiting => "hosts, racks, links and switches fail, and slices wait for dark switches",
    };
    let inputs = if failing == Failing::Hosts { &INPUTS[..2] } else { INPUTS };
    let formula = format!(
        "share of a year that slices of {chips} chips run, less lost work, when {what}; one year for each sample"
    );
    let basis = Basis { unit: Unit::Fraction, inputs, formula: &formula, source: SOURCE };
    // A drawn year is no smooth function of its inputs, so no polynomial stands for it.
    facts.sampled_few_together([(format!("{name}.goodput"), basis, None)], |values| {
        [simulate_year(&setting(chips, placement, failing, SEED, values))
            .map_or(f64::NAN, |year| year.goodput)]
    });
    let stated: Vec<f64> = INPUTS.iter().map(|input| model.value(input)).collect();
    let years: Vec<Year> = (1..=YEARS)
        .filter_map(|seed| simulate_year(&setting(chips, placement, failing, seed, &stated)).ok())
        .collect();
    let mean = |value: fn(&Year) -> f64| years.iter().map(value).sum::<f64>() / years.len().max(1) as f64;
    let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs, formula, source: SOURCE };
        facts.number(format!("{name}.{quantity}"), value, basis);
    };
    let formula = "mean interruptions of slices in a year, at the stated times";
    write("interruptions", mean(|year| year.interruptions as f64).round(), Unit::Count, formula);
    let formula = "mean cubes exchanged in a year, at the stated times";
    write("exchanges", mean(|year| year.exchanges as f64).round(), Unit::Count, formula);
    let formula = "mean failures of hosts in a year, at the stated times";
    write("failures", mean(|year| year.failures as f64).round(), Unit::Count, formula);
    if failing != Failing::Hosts {
        let formula = "mean failures of racks, links and switches in a year, at the stated times";
        write("other_failures", mean(|year| year.other_failures as f64).round(), Unit::Count, formula);
        let formula = "share of the year with some switch dark, mean at the stated times";
        write("switch_dark", mean(|year| year.switch_dark), Unit::Fraction, formula);
    }
}
