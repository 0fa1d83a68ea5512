//! Facts of offered and accepted load: uniform packets on one slice, wired in three ways.

use rayon::prelude::*;

use crate::maps::{declared_maps, learned_maps, maps};
use crate::sim::learned::{BalancedRoutes, RouteSettings, balanced_routes};
use crate::sim::packet::{PacketConfig, PacketError, PacketResult, Routing, simulate, simulate_routed};
use crate::sim::{Network, Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::study::RandomDraw;
use paper_engine::units::Unit;

/// The slice.
const SHAPE: &str = "4x4x8";
/// Offered loads in hundredths of a link for each chip, from idle to beyond the saturation of all wirings.
const LOADS: [u32; 8] = [25, 50, 75, 100, 125, 150, 175, 200];
/// Cycles measured at each load, after half as many that are not.
const CYCLES: u32 = 1200;
const SEED: u64 = 1;
const SOURCE: &str = "dally2004principles, section 23.1: accepted against offered load";

/// The experiment `curve`.
pub const CURVE: Experiment = Experiment {
    id: "curve",
    summary: "Packets flit by flit: accepted load and latency against offered load, on torus, twist and learned maps.",
    families: &["curve"],
    inputs: &[],
    data: &[maps(&[SHAPE])],
    published: &[],
    drawn: &[RandomDraw { what: "packets", seeds: &[SEED] }],
    run,
};

/// A slice with the way its packets find.
enum Wiring {
    /// Adaptive shortest paths.
    Adaptive(Network),
    /// Paths fixed beforehand.
    Balanced(Box<BalancedRoutes>),
}

impl Wiring {
    fn run(&self, load: f64) -> Result<PacketResult, PacketError> {
        let config = PacketConfig {
            load,
            cycles: CYCLES,
            warmup: CYCLES / 2,
            seed: SEED,
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
    let shape: Shape = SHAPE.parse()?;
    let by_hand = [
        ("torus", Wiring::Adaptive(Topology::torus(shape).network())),
        ("twisted", Wiring::Adaptive(Topology::twisted(shape)?.network())),
    ];
    write(&by_hand, facts)?;
    let translations = learned_maps(declared_maps(model, SHAPE)?).translations()?;
    let learned = balanced_routes(&translations, RouteSettings::default())?;
    write(&[("learned", Wiring::Balanced(Box::new(learned)))], facts)
}

/// Runs some wirings at all loads, and writes what they accept.
fn write(wirings: &[(&str, Wiring)], facts: &mut Writer<'_>) -> Result<(), Failure> {
    let runs: Vec<(&str, &Wiring, u32)> =
        wirings.iter().flat_map(|(name, wiring)| LOADS.map(|load| (*name, wiring, load))).collect();
    let found = runs
        .into_par_iter()
        .map(|(name, wiring, load)| Ok((name, load, wiring.run(f64::from(load) / 100.0)?)))
        .collect::<Result<Vec<_>, PacketError>>()?;
    for (name, load, result) in found {
        let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
            facts.number(format!("curve.{SHAPE}.{name}.load_{load}.{quantity}"), value, basis);
        };
        let formula = "flits offered for each chip and cycle, uniform traffic";
        write("offered", f64::from(load) / 100.0, Unit::ONE, formula);
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
