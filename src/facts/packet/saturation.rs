//! Facts of the stored study `packet`.

use super::study::{BUFFERS, HOPS_NS, LOADS, NETWORKS, SEEDS, SHAPES, scheme_key, schemes};
use super::{INPUTS, SOURCE};
use crate::facts::Unit;
use crate::facts::experiment::{Basis, Writer};
use crate::facts::seeds::{Seeds, write_seeds};
use crate::model::{Model, Values};
use crate::sim::learned::Scheme;
use crate::sim::packet::SETTINGS;

/// The network that the others are held against.
const LEARNED: &str = "learned";

/// What was stored of a network with one of its schemes.
struct Stored<'a> {
    values: &'a Values,
    shape: &'a str,
    network: &'a str,
    scheme: Scheme,
}

impl<'a> Stored<'a> {
    fn list(&self, quantity: &str) -> Option<&'a [f64]> {
        let key = format!("{}.{}.{}.{quantity}", self.shape, self.network, scheme_key(self.scheme));
        self.values.get(&key).map(Vec::as_slice)
    }

    fn median(&self, quantity: &str) -> f64 {
        self.list(quantity).and_then(Seeds::of).map_or(f64::NEG_INFINITY, |seeds| seeds.median)
    }
}

/// The schemes of a network whose routes were found for all seeds.
fn found<'a>(values: &'a Values, shape: &'a str, network: &'a str) -> impl Iterator<Item = Stored<'a>> {
    let all = schemes(network).iter().map(move |&scheme| Stored { values, shape, network, scheme });
    all.filter(|stored| stored.list("flow").is_some_and(|list| list.len() == SEEDS.len()))
}

/// The scheme with the largest median of a quantity; the first one of equals.
fn best<'a>(all: impl Iterator<Item = Stored<'a>>, quantity: &str) -> Option<Stored<'a>> {
    let known = all.filter(|stored| stored.list(quantity).is_some());
    known.reduce(|a, b| if b.median(quantity) > a.median(quantity) { b } else { a })
}

/// Writes the facts of all slices.
pub(super) fn write(model: &Model, values: &Values, facts: &mut Writer<'_>) {
    let mut out = Out { facts, cycle_us: SETTINGS.cycle_ns(model.value("chip.link_bandwidth")) / 1e3 };
    for &shape in SHAPES {
        for network in NETWORKS {
            out.network(values, shape, network);
        }
    }
}

/// Writes lists of numbers, one for each seed, as facts.
struct Out<'a, 'b> {
    facts: &'a mut Writer<'b>,
    /// Microseconds of a cycle.
    cycle_us: f64,
}

impl Out<'_, '_> {
    fn one(&mut self, name: &str, value: f64, unit: Unit, formula: &str) {
        self.facts.number(name, value, Basis { unit, inputs: INPUTS, formula, source: SOURCE });
    }

    /// The median, and the lowest and highest where there are several seeds.
    fn seeds(&mut self, name: &str, list: &[f64], unit: Unit, formula: &str) {
        write_seeds(self.facts, name, list, Basis { unit, inputs: INPUTS, formula, source: SOURCE });
    }

    fn network(&mut self, values: &Values, shape: &str, network: &str) {
        let Some(chosen) = best(found(values, shape, network), "accepted") else { return };
        let name = format!("packet.{shape}.{network}");
        let channels = chosen.scheme.channels() as f64;
        let formula = "virtual channels of each link on the routes that accept most";
        self.one(&format!("{name}.virtual_channels"), channels, Unit::Count, formula);
        if let Some(flow) = chosen.list("flow") {
            let formula = "what these routes carry by flow alone, links' worth for each chip";
            self.seeds(&format!("{name}.flow"), flow, Unit::One, formula);
        }
        if let Some(longest) = chosen.list("longest") {
            self.seeds(&format!("{name}.longest_path"), longest, Unit::Hops, "hops of the longest path");
        }
        let hops = HOPS_NS.map(|ns| format!("hop_{ns}ns."));
        let buffers = BUFFERS.map(|trips| format!("buffers_{trips}."));
        for condition in std::iter::once(String::new()).chain(hops).chain(buffers) {
            self.saturated(values, shape, network, &condition);
        }
        self.exchange(values, shape, network);
        let first = format!("load_{}.median", LOADS[0]);
        let curves = found(values, shape, network).filter(|stored| stored.list(&first).is_some());
        if let Some(chosen) = best(curves, "accepted") {
            self.latency(&chosen, &name);
        }
        for stored in found(values, shape, network) {
            if let (Some(accepted), Some(flow)) = (stored.list("accepted"), stored.list("flow")) {
                let name = format!("{name}.{}", scheme_key(stored.scheme));
                let formula = "flits delivered for each chip and cycle at saturation on these routes";
                self.seeds(&format!("{name}.accepted"), accepted, Unit::One, formula);
                self.seeds(&format!("{name}.flow"), flow, Unit::One, "what these routes carry by flow alone");
            }
        }
        if let Some(fewest) = found(values, shape, network).map(|stored| stored.scheme.channels()).min() {
            let formula =
                "fewest virtual channels for which routes free of deadlock were found, of 2, 3 and 4";
            self.one(&format!("{name}.fewest_channels"), fewest as f64, Unit::Count, formula);
        }
    }

    /// Accepted load under one condition on the routes that accept most, and what learned maps gain.
    fn saturated(&mut self, values: &Values, shape: &str, network: &str, condition: &str) {
        let quantity = format!("{condition}accepted");
        let Some(chosen) = best(found(values, shape, network), &quantity) else { return };
        let name = format!("packet.{shape}.{network}.{condition}");
        let (Some(accepted), Some(flow)) = (chosen.list(&quantity), chosen.list("flow")) else { return };
        let formula =
            "flits delivered for each chip and cycle at saturation, uniform traffic, on the best routes";
        self.seeds(&format!("{name}accepted"), accepted, Unit::One, formula);
        let share: Vec<f64> = accepted.iter().zip(flow).map(|(accepted, flow)| accepted / flow).collect();
        let formula = "accepted over what the same routes carry by flow when all chips get the same";
        self.seeds(&format!("{name}accepted_of_bound"), &share, Unit::Fraction, formula);
        if let Some(slowest) = chosen.list(&format!("{condition}slowest")) {
            let formula = "the same of the chip that got the fewest delivered in the cycles measured";
            self.seeds(&format!("{name}slowest_chip"), slowest, Unit::One, formula);
        }
        let words = "accepted load at saturation";
        self.gains(values, &chosen, &quantity, &format!("{name}gain"), words);
    }

    /// What learned maps gain over every other network on its best routes, seed by seed.
    fn gains(&mut self, values: &Values, learned: &Stored<'_>, quantity: &str, name: &str, words: &str) {
        let Some(list) = learned.list(quantity).filter(|_| learned.network == LEARNED) else { return };
        for network in NETWORKS.into_iter().filter(|&network| network != LEARNED) {
            let rival = best(found(values, learned.shape, network), quantity);
            let Some(other) = rival.and_then(|rival| rival.list(quantity)) else { continue };
            let formula =
                format!("{words} on learned maps over that on {network}, seed by seed, same bytes of buffer");
            self.seeds(&format!("{name}_over_{network}"), &ratios(list, other), Unit::Times, &formula);
        }
    }

    fn exchange(&mut self, values: &Values, shape: &str, network: &str) {
        let Some(chosen) = best(found(values, shape, network), "exchange.accepted") else { return };
        let (Some(rate), Some(cycles)) = (chosen.list("exchange.accepted"), chosen.list("exchange.cycles"))
        else {
            return;
        };
        let name = format!("packet.{shape}.{network}.exchange");
        let formula =
            "scheduled all-to-all, staggered: flits of each chip over the cycles until the last is delivered";
        self.seeds(&format!("{name}.rate"), rate, Unit::One, formula);
        let times: Vec<f64> = cycles.iter().map(|cycles| cycles * self.cycle_us).collect();
        self.seeds(&format!("{name}.time"), &times, Unit::Microseconds, "time of the scheduled all-to-all");
        if let Some(flow) = chosen.list("flow") {
            let formula = "rate of the scheduled all-to-all over the flow of its routes";
            self.seeds(&format!("{name}.of_bound"), &ratios(rate, flow), Unit::Fraction, formula);
        }
        self.gains(values, &chosen, "exchange.accepted", &format!("{name}.gain"), "scheduled all-to-all");
    }

    /// The latency curve of one scheme.
    fn latency(&mut self, chosen: &Stored<'_>, name: &str) {
        for load in LOADS {
            for (quantity, words) in [("median", "half"), ("p99", "99 %")] {
                let Some(cycles) = chosen.list(&format!("load_{load}.{quantity}")) else { continue };
                let times: Vec<f64> = cycles.iter().map(|cycles| cycles * self.cycle_us).collect();
                let formula = format!(
                    "time from creation to delivery that {words} of the packets do not exceed, at {load} hundredths of a link's worth"
                );
                self.seeds(
                    &format!("{name}.latency_{quantity}_{load}"),
                    &times,
                    Unit::Microseconds,
                    &formula,
                );
            }
        }
    }
}

fn ratios(values: &[f64], others: &[f64]) -> Vec<f64> {
    values.iter().zip(others).map(|(value, other)| value / other).collect()
}
