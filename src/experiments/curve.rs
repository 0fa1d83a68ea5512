//! Facts of offered and accepted load: uniform packets on one slice, wired in three ways.

use rayon::prelude::*;

use crate::maps::{KIND, declared_maps, learned_maps};
use crate::parameters::LOAD;
use crate::sim::learned::{BalancedRoutes, RouteSettings, balanced_routes};
use crate::sim::packet::{PacketConfig, PacketError, PacketResult, Routing, simulate, simulate_routed};
use crate::sim::{Network, Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

const SOURCE: &str = "dally2004principles, section 23.1: accepted against offered load";

/// The experiment `curve`.
pub const CURVE: Experiment = Experiment {
    id: "curve",
    summary: "Packets flit by flit: accepted load and latency against offered load, on torus, twist and learned maps.",
    families: &["curve"],
    parameters: &["curve.cycles", "curve.loads", "curve.seed", "curve.slices"],
    data_of: &[(KIND, "curve.slices")],
    run,
    ..Experiment::EMPTY
};

/// A slice with the way its packets find.
enum Wiring {
    /// Adaptive shortest paths.
    Adaptive(Network),
    /// Paths fixed beforehand.
    Balanced(Box<BalancedRoutes>),
}

impl Wiring {
    fn run(&self, load: f64, model: &Model) -> Result<PacketResult, PacketError> {
        let cycles = model.setting("curve.cycles") as u32;
        let config = PacketConfig {
            load,
            cycles,
            warmup: cycles / 2,
            seed: model.setting("curve.seed"),
            routing: Routing::Adaptive,
            ..PacketConfig::default()
        };
        match self {
            Self::Adaptive(network) => simulate(network, &config),
            Self::Balanced(routes) => simulate_routed(&routes.network, &config, &routes.paths),
        }
    }
}

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for name in model.words("curve.slices") {
        facts.apart(|facts| write_slice(name, model, facts))?;
    }
    Ok(())
}

fn write_slice(name: &str, model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let shape: Shape = name.parse()?;
    let torus = ("torus", Wiring::Adaptive(Topology::torus(shape).network()));
    // Not every slice has a twist.
    let twisted = Topology::twisted(shape).map(|twist| ("twisted", Wiring::Adaptive(twist.network())));
    let by_hand: Vec<(&str, Wiring)> = [torus].into_iter().chain(twisted).collect();
    write(name, &by_hand, model, facts)?;
    let translations = learned_maps(declared_maps(model, name)?).translations()?;
    let learned = balanced_routes(&translations, RouteSettings::default())?;
    write(name, &[("learned", Wiring::Balanced(Box::new(learned)))], model, facts)
}

/// Runs some wirings of a slice at all loads, and writes what they accept.
fn write(
    shape: &str,
    wirings: &[(&str, Wiring)],
    model: &Model,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let loads = model.numbers("curve.loads");
    let runs = wirings.iter().flat_map(|(name, wiring)| loads.iter().map(move |load| (*name, wiring, *load)));
    let runs: Vec<(&str, &Wiring, f64)> = runs.collect();
    let found = runs
        .into_par_iter()
        .map(|(name, wiring, load)| Ok((name, load, wiring.run(load, model)?)))
        .collect::<Result<Vec<_>, PacketError>>()?;
    for (name, load, result) in found {
        let label = LOAD.text(load);
        let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
            facts.number(format!("curve.{shape}.{name}.load_{label}.{quantity}"), value, basis);
        };
        let formula = "flits offered for each chip and cycle, uniform traffic";
        write("offered", load, Unit::ONE, formula);
        let formula = match name {
            "learned" => "flits delivered for each chip and cycle, on the balanced paths of the learned maps",
            _ => "flits delivered for each chip and cycle, on adaptive shortest paths",
        };
        write("accepted", result.accepted_flits_per_chip_cycle, Unit::ONE, formula);
        let formula =
            "mean cycles from the creation of a packet to its arrival; grows with the run past saturation";
        write("latency", result.mean_latency_cycles, crate::units::CYCLES, formula);
    }
    Ok(())
}
