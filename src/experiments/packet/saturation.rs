//! Facts of the stored study `packet`.

use super::study::{BUFFERS, HOPS_NS, LOADS, NETWORKS, SEEDS, SHAPES, scheme_key, schemes};
use super::{INPUTS, SOURCE};
use crate::sim::learned::Scheme;
use crate::sim::packet::SETTINGS;
use crate::sim::workload::geometric_mean;
use paper_engine::facts::Unit;
use paper_engine::facts::{Basis, Failure, INTERVAL, Writer, distribution};
use paper_engine::facts::{Seeds, write_seeds};
use paper_engine::model::{Model, Values};
use sampling::rank_correlation;

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

/// Returns the schemes of a network whose routes were found for all seeds.
fn found<'a>(values: &'a Values, shape: &'a str, network: &'a str) -> impl Iterator<Item = Stored<'a>> {
    let all = schemes(network).iter().map(move |&scheme| Stored { values, shape, network, scheme });
    all.filter(|stored| stored.list("flow").is_some_and(|list| list.len() == SEEDS.len()))
}

/// Returns the scheme with the largest median of a quantity; the first one of equals.
fn best<'a>(all: impl Iterator<Item = Stored<'a>>, quantity: &str) -> Option<Stored<'a>> {
    let known = all.filter(|stored| stored.list(quantity).is_some());
    known.reduce(|a, b| if b.median(quantity) > a.median(quantity) { b } else { a })
}

/// Writes the facts of all slices.
pub(super) fn write(model: &Model, values: &Values, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let (latency, range) = (model.value(HOP_LATENCY), distribution(model, HOP_LATENCY));
    let hops = INTERVAL.map(|probability| range.quantile(probability) / latency);
    let cycle_us = SETTINGS.cycle_ns(model.value("chip.link_bandwidth")) / 1e3;
    let mut out = Out { facts, cycle_us, latency, hops };
    for &shape in SHAPES {
        for network in NETWORKS {
            out.network(values, shape, network);
        }
    }
    out.means(values)
}

/// Writes lists of numbers, one for each seed, as facts.
struct Out<'a, 'b> {
    facts: &'a mut Writer<'b>,
    /// Microseconds of a cycle.
    cycle_us: f64,
    /// The stated latency of a hop, in microseconds.
    latency: f64,
    /// The ends of the latency of a hop, 5 and 95 % of its range, over the stated one.
    hops: [f64; 2],
}

/// Reads a list of numbers, one for each seed, under a condition.
type Reading = fn(&Stored<'_>, &str) -> Option<Vec<f64>>;

fn accepted(stored: &Stored<'_>, condition: &str) -> Option<Vec<f64>> {
    Some(stored.list(&format!("{condition}accepted"))?.to_vec())
}

fn accepted_of_flow(stored: &Stored<'_>, condition: &str) -> Option<Vec<f64>> {
    Some(ratios(stored.list(&format!("{condition}accepted"))?, stored.list("flow")?))
}

fn slowest(stored: &Stored<'_>, condition: &str) -> Option<Vec<f64>> {
    Some(stored.list(&format!("{condition}slowest"))?.to_vec())
}

fn cycles(stored: &Stored<'_>, condition: &str) -> Option<Vec<f64>> {
    Some(stored.list(&format!("{condition}cycles"))?.to_vec())
}

/// Returns the routes of a network that accept most under a condition.
fn best_under<'a>(
    values: &'a Values,
    shape: &'a str,
    network: &'a str,
    condition: &str,
) -> Option<Stored<'a>> {
    best(found(values, shape, network), &format!("{condition}accepted"))
}

/// The start of the names of a scheduled all-to-all.
const EXCHANGE: &str = "exchange.";

/// Returns the starts of the names of what ran at all latencies of a hop, at the stated one first; what has
/// other buffers ran only there.
fn variants(condition: &str) -> Vec<String> {
    let others = match condition {
        "" | EXCHANGE => HOPS_NS.map(|ns| format!("hop_{ns}ns.{condition}")).to_vec(),
        _ => Vec::new(),
    };
    std::iter::once(condition.to_owned()).chain(others).collect()
}

/// Says of what an interval is made.
const OVER_HOPS: &str =
    "interval over seeds and over hops of 20 ns, 200 ns and the stated latency, buffers in proportion";
const OVER_SEEDS: &str = "interval over seeds, at the stated latency of a hop";
const IN_PROPORTION: &str = "interval in proportion to the latency of a hop";
const HOP_LATENCY: &str = "chip.hop_latency";

impl Out<'_, '_> {
    /// A number that no latency moves.
    fn one(&mut self, name: &str, value: f64, unit: Unit, formula: &str) {
        self.facts.number(name, value, Basis { unit, inputs: &[], formula, source: SOURCE });
    }

    /// The median, and the lowest and highest where there are several seeds, of what no assumed latency
    /// moves.
    fn seeds(&mut self, name: &str, list: &[f64], unit: Unit, formula: &str) {
        write_seeds(self.facts, name, list, Basis { unit, inputs: &[], formula, source: SOURCE });
    }

    /// The same at the stated latency of a hop, with an interval that reaches over all of the values.
    fn within(&mut self, name: &str, list: &[f64], all: &[f64], unit: Unit, formula: &str, interval: &str) {
        // Nothing stored, nothing written.
        let (Some(seeds), Some(all)) = (Seeds::of(list), Seeds::of(all)) else { return };
        let formula = format!("{formula}; median of {} seeds; {interval}", seeds.count);
        let basis = Basis { unit, inputs: INPUTS, formula: &formula, source: SOURCE };
        self.facts.assumed(name, seeds.median, [all.lowest, all.highest], basis, None);
    }

    /// Says how the latency of a hop moves a fact, by its values under its [`variants`].
    fn moved(&mut self, name: &str, by_condition: &[Vec<f64>]) {
        let stated = std::iter::once(self.latency);
        let latencies = stated.chain(HOPS_NS.map(|ns| f64::from(ns) / 1e3));
        let medians = latencies.zip(by_condition);
        let medians = medians.filter_map(|(latency, list)| Some((latency, Seeds::of(list)?.median)));
        let (latencies, medians): (Vec<f64>, Vec<f64>) = medians.unzip();
        self.facts.moved_by(name, HOP_LATENCY, rank_correlation(&latencies, &medians));
    }

    fn network(&mut self, values: &Values, shape: &str, network: &str) {
        // Not every slice has every network, nor fit all routes into few channels.
        let Some(chosen) = best(found(values, shape, network), "accepted") else { return };
        let name = format!("packet.{shape}.{network}");
        let channels = chosen.scheme.channels() as f64;
        let formula = "virtual channels of each link on the routes that accept most";
        self.one(&format!("{name}.virtual_channels"), channels, Unit::COUNT, formula);
        if let Some(flow) = chosen.list("flow") {
            let formula = "what these routes carry by flow alone, links' worth for each chip";
            self.seeds(&format!("{name}.flow"), flow, Unit::ONE, formula);
        }
        if let Some(longest) = chosen.list("longest") {
            self.seeds(
                &format!("{name}.longest_path"),
                longest,
                crate::units::HOPS,
                "hops of the longest path",
            );
        }
        let buffers = BUFFERS.map(|trips| format!("buffers_{trips}."));
        for condition in variants("").into_iter().chain(buffers) {
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
                let name_of = format!("{name}.accepted");
                self.within(&name_of, accepted, accepted, Unit::ONE, formula, OVER_SEEDS);
                self.seeds(&format!("{name}.flow"), flow, Unit::ONE, "what these routes carry by flow alone");
            }
        }
        if let Some(fewest) = found(values, shape, network).map(|stored| stored.scheme.channels()).min() {
            let formula =
                "fewest virtual channels for which routes free of deadlock were found, of 2, 3 and 4";
            self.one(&format!("{name}.fewest_channels"), fewest as f64, Unit::COUNT, formula);
        }
    }

    /// Accepted load under one condition on the routes that accept most, and what learned maps gain.
    fn saturated(&mut self, values: &Values, shape: &str, network: &str, condition: &str) {
        let name = format!("packet.{shape}.{network}.{condition}");
        let readings: [(&str, Unit, &str, Reading); 3] = [
            (
                "accepted",
                Unit::ONE,
                "flits delivered for each chip and cycle at saturation, uniform traffic, on the best routes",
                accepted,
            ),
            (
                "accepted_of_bound",
                Unit::FRACTION,
                "accepted over what the same routes carry by flow when all chips get the same",
                accepted_of_flow,
            ),
            (
                "slowest_chip",
                Unit::ONE,
                "the same of the chip that got the fewest delivered in the cycles measured",
                slowest,
            ),
        ];
        for (suffix, unit, formula, reading) in readings {
            let at = |condition: &str| reading(&best_under(values, shape, network, condition)?, condition);
            self.under(condition, &format!("{name}{suffix}"), at, unit, formula);
        }
        self.gains(values, shape, condition, network);
    }

    /// Writes what holds under one condition: at a set latency of a hop no assumption is left; at the stated
    /// one the others tell what it leaves open.
    fn under(
        &mut self,
        condition: &str,
        name: &str,
        at: impl Fn(&str) -> Option<Vec<f64>>,
        unit: Unit,
        formula: &str,
    ) {
        // Not every network runs under every condition.
        let Some(list) = at(condition) else { return };
        if condition.starts_with("hop_") {
            return self.seeds(name, &list, unit, formula);
        }
        let all: Vec<Vec<f64>> =
            variants(condition).iter().map(|condition| at(condition).unwrap_or_default()).collect();
        if all.len() == 1 {
            return self.within(name, &list, &list, unit, formula, OVER_SEEDS);
        }
        self.within(name, &list, &all.concat(), unit, formula, OVER_HOPS);
        self.moved(name, &all);
    }

    /// What learned maps gain over every other network on its best routes, seed by seed.
    fn gains(&mut self, values: &Values, shape: &str, condition: &str, learned: &str) {
        if learned != LEARNED {
            return;
        }
        for network in NETWORKS.into_iter().filter(|&network| network != LEARNED) {
            let at = |condition: &str| {
                let list = |network| accepted(&best_under(values, shape, network, condition)?, condition);
                Some(ratios(&list(LEARNED)?, &list(network)?))
            };
            let words =
                if condition == EXCHANGE { "scheduled all-to-all" } else { "accepted load at saturation" };
            let formula =
                format!("{words} on learned maps over that on {network}, seed by seed, same bytes of buffer");
            let name = format!("packet.{shape}.{LEARNED}.{condition}gain_over_{network}");
            self.under(condition, &name, at, Unit::TIMES, &formula);
        }
    }

    /// Writes what learned maps gain over the better of torus and twist, as a mean over the slices.
    fn means(&mut self, values: &Values) -> Result<(), Failure> {
        for (condition, name, words, published) in [
            ("", "gain_mean", "accepted load of uniform traffic", Some("tons_uniform_gain")),
            (EXCHANGE, "exchange_gain_mean", "rate of a scheduled all-to-all", None),
        ] {
            // Of the seeds in turn, so that the mean has their spread.
            let mean = |condition: &str, seed: usize| {
                let of = |shape, network| {
                    let chosen = best_under(values, shape, network, condition)?;
                    accepted(&chosen, condition)?.get(seed).copied()
                };
                let gain = |&shape: &&'static str| {
                    let hand = ["torus", "twisted"].into_iter().filter_map(|network| of(shape, network));
                    Some(of(shape, LEARNED)? / hand.reduce(f64::max)?)
                };
                let gains: Option<Vec<f64>> = SHAPES.iter().map(gain).collect();
                gains.map(|gains| geometric_mean(gains.into_iter()))
            };
            let of_seeds = |condition: &str| {
                // Some conditions ran with the first seed alone.
                (0..SEEDS.len()).filter_map(|seed| mean(condition, seed)).collect::<Vec<_>>()
            };
            let by_condition: Vec<Vec<f64>> =
                variants(condition).iter().map(|condition| of_seeds(condition)).collect();
            let stated = by_condition.first().and_then(|stated| Seeds::of(stated));
            let all = stated.zip(Seeds::of(&by_condition.concat()));
            let (stated, all) =
                all.ok_or_else(|| format!("the stored packets lack the {words} of some slice"))?;
            let formula = format!(
                "geometric mean over five slices of the {words} on learned maps over the better of torus and twist; {OVER_HOPS}"
            );
            let basis = Basis { unit: Unit::TIMES, inputs: INPUTS, formula: &formula, source: SOURCE };
            let ends = [all.lowest, all.highest];
            let name = format!("packet.{name}");
            self.facts.assumed(name.clone(), stated.median, ends, basis, published);
            self.moved(&name, &by_condition);
        }
        Ok(())
    }

    fn exchange(&mut self, values: &Values, shape: &str, network: &str) {
        let readings: [(&str, f64, Unit, &str, Reading); 3] = [
            (
                "rate",
                1.0,
                Unit::ONE,
                "scheduled all-to-all, staggered: flits of each chip over the cycles until the last is delivered",
                accepted,
            ),
            ("time", self.cycle_us, Unit::MICROSECONDS, "time of the scheduled all-to-all", cycles),
            (
                "of_bound",
                1.0,
                Unit::FRACTION,
                "rate of the scheduled all-to-all over the flow of its routes",
                accepted_of_flow,
            ),
        ];
        for (suffix, scale, unit, formula, reading) in readings {
            let at = |condition: &str| {
                let list = reading(&best_under(values, shape, network, condition)?, condition)?;
                Some(list.into_iter().map(|value| value * scale).collect())
            };
            self.under(EXCHANGE, &format!("packet.{shape}.{network}.exchange.{suffix}"), at, unit, formula);
        }
        self.gains(values, shape, EXCHANGE, network);
    }

    /// The latency curve of one scheme.
    fn latency(&mut self, chosen: &Stored<'_>, name: &str) {
        for load in LOADS {
            for (quantity, words) in [("median", "half"), ("p99", "99 %")] {
                // Loads near the flow of the routes were not offered.
                let Some(cycles) = chosen.list(&format!("load_{load}.{quantity}")) else { continue };
                let times: Vec<f64> = cycles.iter().map(|cycles| cycles * self.cycle_us).collect();
                let formula = format!(
                    "time from creation to delivery that {words} of the packets do not exceed, at {load} hundredths of a link's worth"
                );
                let name = format!("{name}.latency_{quantity}_{load}");
                let all: Vec<f64> =
                    times.iter().flat_map(|time| self.hops.map(|ratio| time * ratio)).collect();
                self.within(&name, &times, &all, Unit::MICROSECONDS, &formula, IN_PROPORTION);
                self.facts.moved_by(&name, HOP_LATENCY, 1.0);
            }
        }
    }
}

fn ratios(values: &[f64], others: &[f64]) -> Vec<f64> {
    values.iter().zip(others).map(|(value, other)| value / other).collect()
}
