//! Facts of the stored study `packet`.

use super::study::{BUFFERS, HOPS_NS, LOADS, NETWORKS, SHAPES, saturating_load, scheme_key, schemes};
use super::{INPUTS, SOURCE, middle};
use crate::facts::Unit;
use crate::facts::experiment::{Basis, Writer};
use crate::model::{Model, Values};
use crate::sim::learned::Scheme;
use crate::sim::packet::SETTINGS;

/// Networks wired by hand, of which the best is the rival.
const BY_HAND: [&str; 2] = ["torus", "twisted"];

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
        self.list(quantity).and_then(middle).map_or(f64::NEG_INFINITY, |[median, ..]| median)
    }
}

/// The scheme of a network with the largest median of a quantity; the first one of equals.
fn best<'a>(values: &'a Values, shape: &'a str, network: &'a str, quantity: &str) -> Option<Stored<'a>> {
    let all = schemes(network).iter().map(|&scheme| Stored { values, shape, network, scheme });
    let known = all.filter(|stored| stored.list(quantity).is_some());
    known.reduce(|a, b| if b.median(quantity) > a.median(quantity) { b } else { a })
}

/// Writes the facts of all slices.
pub(super) fn write(model: &Model, values: &Values, facts: &mut Writer<'_>) {
    let mut out = Out { facts, cycle_us: SETTINGS.cycle_ns(model.value("chip.link_bandwidth")) / 1e3 };
    for &shape in SHAPES {
        let load = saturating_load(shape);
        let formula =
            "flits that each chip offers in a cycle at saturation: more than any of the networks carries";
        out.one(&format!("packet.{shape}.offered"), load, Unit::One, formula);
        for network in NETWORKS {
            out.network(values, shape, network);
        }
        out.write_balanced(values, shape);
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
        let Some([median, lowest, highest]) = middle(list) else { return };
        let of = match list.len() {
            1 => format!("{formula}; one seed"),
            count => format!("{formula}; median of {count} seeds"),
        };
        self.one(name, median, unit, &of);
        if list.len() > 1 {
            self.one(&format!("{name}_lowest"), lowest, unit, &format!("{formula}; lowest of the seeds"));
            self.one(&format!("{name}_highest"), highest, unit, &format!("{formula}; highest of the seeds"));
        }
    }

    fn network(&mut self, values: &Values, shape: &str, network: &str) {
        let Some(chosen) = best(values, shape, network, "accepted") else { return };
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
        self.latency(&chosen, &name);
        for &scheme in schemes(network) {
            let stored = Stored { values, shape, network, scheme };
            if let (Some(accepted), Some(flow)) = (stored.list("accepted"), stored.list("flow")) {
                let name = format!("{name}.{}", scheme_key(scheme));
                let formula = "flits delivered for each chip and cycle at saturation on these routes";
                self.seeds(&format!("{name}.accepted"), accepted, Unit::One, formula);
                self.seeds(&format!("{name}.flow"), flow, Unit::One, "what these routes carry by flow alone");
            }
        }
        let fewest = schemes(network).iter().map(|&scheme| Stored { values, shape, network, scheme });
        let fewest =
            fewest.filter(|stored| stored.list("flow").is_some()).map(|stored| stored.scheme.channels());
        if let Some(fewest) = fewest.min() {
            let formula =
                "fewest virtual channels for which routes free of deadlock were found, of 2, 3 and 4";
            self.one(&format!("{name}.fewest_channels"), fewest as f64, Unit::Count, formula);
        }
    }

    /// Accepted load under one condition on the routes that accept most, and over the best network wired by hand.
    fn saturated(&mut self, values: &Values, shape: &str, network: &str, condition: &str) {
        let quantity = format!("{condition}accepted");
        let Some(chosen) = best(values, shape, network, &quantity) else { return };
        let name = format!("packet.{shape}.{network}.{condition}");
        let (Some(accepted), Some(flow)) = (chosen.list(&quantity), chosen.list("flow")) else { return };
        let formula =
            "flits delivered for each chip and cycle at saturation, uniform traffic, on the best routes";
        self.seeds(&format!("{name}accepted"), accepted, Unit::One, formula);
        let share: Vec<f64> = accepted.iter().zip(flow).map(|(accepted, flow)| accepted / flow).collect();
        let formula = "accepted over what the same routes carry by flow when all chips get the same";
        self.seeds(&format!("{name}of_bound"), &share, Unit::Fraction, formula);
        if let Some(slowest) = chosen.list(&format!("{condition}slowest")) {
            let formula = "the same of the chip that got the fewest delivered in the cycles measured";
            self.seeds(&format!("{name}slowest_chip"), slowest, Unit::One, formula);
        }
        if condition.is_empty() {
            // the name that older texts use
            self.seeds(&format!("{name}accepted_of_bound"), &share, Unit::Fraction, formula);
        }
        let Some(rival) = self.rival(values, shape, network, &quantity) else { return };
        if let Some(hand) = rival.list(&quantity) {
            let formula = "accepted over that of the best torus or twist on its best routes, seed by seed";
            self.seeds(&format!("{name}gain"), &ratios(accepted, hand), Unit::Times, formula);
        }
    }

    /// The best network wired by hand, for networks that are not.
    fn rival<'a>(
        &self,
        values: &'a Values,
        shape: &'a str,
        network: &str,
        quantity: &str,
    ) -> Option<Stored<'a>> {
        if BY_HAND.contains(&network) {
            return None;
        }
        let all = BY_HAND.iter().filter_map(|network| best(values, shape, network, quantity));
        all.reduce(|a, b| if b.median(quantity) > a.median(quantity) { b } else { a })
    }

    fn exchange(&mut self, values: &Values, shape: &str, network: &str) {
        let Some(chosen) = best(values, shape, network, "exchange.accepted") else { return };
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
        let rival = self.rival(values, shape, network, "exchange.accepted");
        if let Some(hand) = rival.and_then(|rival| rival.list("exchange.accepted")) {
            let formula =
                "rate of the scheduled all-to-all over that of the best torus or twist, seed by seed";
            self.seeds(&format!("{name}.gain"), &ratios(rate, hand), Unit::Times, formula);
        }
    }

    /// The latency curve on the routes that accept most and adapt or balance.
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

    /// The names under which older texts have learned maps on balanced paths.
    fn write_balanced(&mut self, values: &Values, shape: &str) {
        let Some(learned) = best(values, shape, "learned", "accepted") else { return };
        let Some(rival) = self.rival(values, shape, "learned", "accepted") else { return };
        let name = format!("packet.{shape}.balanced");
        let (Some(accepted), Some(hand)) = (learned.list("accepted"), rival.list("accepted")) else { return };
        self.seeds(&format!("{name}.accepted"), accepted, Unit::One, "accepted load of the learned maps");
        self.seeds(&format!("{name}.best_hand_designed"), hand, Unit::One, "that of the best torus or twist");
        let formula =
            "accepted on learned maps over the best torus or twist, same bytes of buffer on each link";
        for gain in ["gain", "gain_equal_buffers"] {
            self.seeds(&format!("{name}.{gain}"), &ratios(accepted, hand), Unit::Times, formula);
        }
        if let Some(flow) = learned.list("flow") {
            self.seeds(&format!("{name}.flow"), flow, Unit::One, "what the same paths carry by flow alone");
        }
        let channels = learned.scheme.channels() as f64;
        let formula = "virtual channels of each link with the learned maps";
        self.one(&format!("{name}.virtual_channels"), channels, Unit::Count, formula);
    }
}

fn ratios(values: &[f64], others: &[f64]) -> Vec<f64> {
    values.iter().zip(others).map(|(value, other)| value / other).collect()
}
