//! Facts of dark switches and dark links, from the results of [`super::dark`].

use super::SOURCE;
use super::dark::{DARK, DARK_WHOLE, MOST_DARK, SMALL, Slice, WHOLE};
use paper_engine::facts::Seeds;
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::model::{Model, Values};
use paper_engine::units::Unit;

/// The networks that are designed by hand.
const BY_HAND: [&str; 3] = ["torus", "twisted", "lattice"];

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for (study, slices) in [(&DARK, &SMALL[..]), (&DARK_WHOLE, &WHOLE[..])] {
        facts.apart(|facts| {
            // A paper may lack each of these results.
            let Some(values) = model.stored(study.id) else { return Ok(()) };
            for slice in slices {
                for (names, what) in
                    [(["dark", "bound"], "of 48 switches"), (["links", "link_bound"], "links")]
                {
                    Part { values, slice, names, what }.write(facts);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The results of one slice with one kind of part dark.
struct Part<'a> {
    values: &'a Values,
    slice: &'a Slice,
    names: [&'static str; 2],
    what: &'static str,
}

impl Part<'_> {
    fn list(&self, network: &str, which: usize, dark: usize) -> &[f64] {
        let name = format!("{}.{network}.{}_{dark}", self.slice.shape, self.names[which]);
        self.values.get(&name).map_or(&[], Vec::as_slice)
    }

    fn write(&self, facts: &mut Writer<'_>) {
        let kind = if self.names[0] == "dark" { "dark" } else { "dark_links" };
        for &network in self.slice.networks.iter().filter(|name| !self.list(name, 0, 0).is_empty()) {
            let name = |quantity: &str| format!("cost.{}.{network}.{kind}_{quantity}", self.slice.shape);
            let intact = self.list(network, 0, 0);
            let mut gap = 0.0_f64;
            for dark in 0..=MOST_DARK {
                let flows = self.list(network, 0, dark);
                let gaps =
                    flows.iter().zip(self.list(network, 1, dark)).map(|(flow, bound)| bound / flow - 1.0);
                gap = gap.max(gaps.fold(0.0, f64::max));
                let formula =
                    format!("balanced all-to-all with {dark} {} dark, links' worth per chip", self.what);
                write_cases(facts, &name(&dark.to_string()), flows, Unit::ONE, &formula);
                if dark == 0 {
                    continue;
                }
                let cases = (flows.len() / intact.len()).max(1);
                let of_seeds = flows.chunks(cases).zip(intact);
                let kept: Vec<f64> =
                    of_seeds.flat_map(|(flows, all)| flows.iter().map(move |flow| flow / all)).collect();
                let formula = format!("all-to-all with {dark} {} dark over that with all of them", self.what);
                write_cases(facts, &name(&format!("{dark}_kept")), &kept, Unit::FRACTION, &formula);
                if !BY_HAND.contains(&network) {
                    self.write_gains(facts, network, dark, &name(&format!("{dark}_gain")));
                }
            }
            let formula = "largest relative distance of a balanced flow of these from its dual bound";
            let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
            facts.number(name("gap"), gap, basis);
        }
    }

    /// Writes medians and worst cases over what no routing on the best network by hand, likewise dark, can
    /// exceed.
    ///
    /// The dual bound of the rival stands in place of its flow, so that a flow that has not converged is no
    /// gain.
    fn write_gains(&self, facts: &mut Writer<'_>, network: &str, dark: usize, name: &str) {
        for (suffix, which, of) in [
            ("", "median", (|seeds: Seeds| seeds.median) as fn(Seeds) -> f64),
            ("_worst", "lowest", |seeds| seeds.lowest),
        ] {
            let value = |network: &str, which: usize| Seeds::of(self.list(network, which, dark)).map(of);
            let rivals = BY_HAND.iter().filter_map(|&rival| Some((value(rival, 1)?, rival)));
            let best = rivals.max_by(|a, b| a.0.total_cmp(&b.0));
            // Not every number of parts was dark on every network.
            let (Some(own), Some((best, rival))) = (value(network, 0), best) else { continue };
            let formula = format!(
                "{which} of the cases over the {which} dual bound of the best by hand, {rival}, likewise dark"
            );
            let basis = Basis { unit: Unit::TIMES, inputs: &[], formula: &formula, source: SOURCE };
            facts.number(format!("{name}{suffix}"), own / best, basis);
        }
    }
}

/// Writes the median of some cases under a name, and their ends under `_lowest` and `_highest`.
fn write_cases(facts: &mut Writer<'_>, name: &str, list: &[f64], unit: Unit, formula: &str) {
    // The same: there were no such cases.
    let Some(cases) = Seeds::of(list) else { return };
    for (end, which, value) in [
        ("", "median", cases.median),
        ("_lowest", "lowest", cases.lowest),
        ("_highest", "highest", cases.highest),
    ] {
        if cases.count == 1 && !end.is_empty() {
            continue;
        }
        let formula = format!("{formula}; {which} of {} cases", cases.count);
        facts.number(
            format!("{name}{end}"),
            value,
            Basis { unit, inputs: &[], formula: &formula, source: SOURCE },
        );
    }
}
