//! Facts of slice topologies: distance, bisection and ideal all-to-all of tori and twists.

use crate::parameters::flat_torus;
use crate::sim::{
    Analysis, Shape, ShapeError, SwitchMaps, Topology, analyze, analyze_network, entries_changed, hypercube,
};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

const ROUTING: &str = "camara2010twisted; equal splitting over all shortest paths";

/// The experiment `topology`.
pub const TOPOLOGY: Experiment = Experiment {
    id: "topology",
    summary: "Diameter, mean distance, bisection and ideal all-to-all of tori and twisted tori.",
    families: &["reconfigure", "topology", "twist_gain", "twist_shift", "twist_shortfall"],
    inputs: &["chip.link_bandwidth"],
    parameters: &[
        "topology.flat",
        "topology.hypercubes",
        "topology.meshes",
        "topology.slices",
        "topology.twisted",
    ],
    published: &[
        "twist_alltoall_4x4x8",
        "twist_alltoall_4x8x8",
        "twist_alltoall_8x8x16",
        "twist_alltoall_8x16x16",
    ],
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for name in model.words("topology.slices") {
        write_analysis(name, "torus", &analyze(&Topology::torus(name.parse()?)), model, facts)?;
    }
    for name in model.words("topology.meshes") {
        write_analysis(name, "mesh", &analyze(&Topology::mesh(name.parse()?)?), model, facts)?;
    }
    for name in model.words("topology.flat") {
        write_analysis(name, "torus", &analyze(&flat_torus(name)?), model, facts)?;
    }
    for chips in model.counts("topology.hypercubes") {
        let analysis = analyze_network(&hypercube(chips.ilog2())?).ok_or("the hypercube is not connected")?;
        write_analysis(&chips.to_string(), "hypercube", &analysis, model, facts)?;
    }
    for name in model.words("topology.twisted") {
        let (torus, twisted) = pair(name)?;
        let (regular, twist) = (analyze(&torus), analyze(&twisted));
        write_analysis(name, "twisted", &twist, model, facts)?;
        let gain = Basis {
            unit: Unit::TIMES,
            inputs: &[],
            formula: "ideal all-to-all of the twisted torus over that of the torus",
            source: ROUTING,
        };
        let value = twist.alltoall_links_per_chip / regular.alltoall_links_per_chip;
        let published = format!("twist_alltoall_{name}");
        facts.beside(format!("twist_gain.{name}"), value, gain, published.as_str());
        facts.apart(|facts| {
            // A paper may lack the published gain.
            let Some(measured) = model.published(&published) else { return Ok(()) };
            let formula = "1 - published gain / ideal gain";
            let shortfall = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: &measured.source };
            let share = 1.0 - measured.span.middle() / value;
            facts.derived(format!("twist_shortfall.{name}"), share, shortfall, None);
            Ok(())
        })?;
        let shift = Basis {
            unit: Unit::COUNT,
            inputs: &[],
            formula: "positions that the wrap of x moves along z",
            source: "camara2010twisted",
        };
        facts.number(format!("twist_shift.{name}"), twisted.shift(0)[2] as f64, shift);
        write_reconfiguration(name, &torus, &twisted, facts)?;
    }
    Ok(())
}

fn pair(name: &str) -> Result<(Topology, Topology), ShapeError> {
    let shape: Shape = name.parse()?;
    Ok((Topology::torus(shape), Topology::twisted(shape)?))
}

fn write_analysis(
    shape: &str,
    kind: &str,
    analysis: &Analysis,
    model: &Model,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let name = |quantity: &str| format!("topology.{shape}.{kind}.{quantity}");
    let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
        facts.number(name(quantity), value, Basis { unit, inputs: &[], formula, source: ROUTING });
    };
    write("chips", analysis.chips as f64, Unit::COUNT, "product of the sides");
    let formula = "largest number of hops between two chips";
    write("diameter", analysis.diameter as f64, crate::units::HOPS, formula);
    let formula = "mean number of hops between two different chips";
    write("mean_distance", analysis.mean_distance, crate::units::HOPS, formula);
    let formula = "fewest links cut by a balanced split along coordinate planes";
    write("bisection_links", analysis.bisection_links as f64, crate::units::LINKS, formula);
    let ideal = analysis.alltoall_links_per_chip;
    write("alltoall_links_per_chip", ideal, Unit::ONE, "(N - 1) / largest link load");
    let formula = "(N - 1) / largest link load, times link bandwidth";
    let inputs = &["chip.link_bandwidth"];
    let basis = Basis { unit: Unit::GIGABYTES_PER_SECOND, inputs, formula, source: ROUTING };
    facts.apart(|facts| {
        let bandwidth = model.value("chip.link_bandwidth");
        facts.number(name("alltoall_bandwidth"), ideal * bandwidth, basis);
        Ok(())
    })?;
    Ok(())
}

fn write_reconfiguration(
    shape: &str,
    from: &Topology,
    to: &Topology,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let mut write = |quantity: &str, value: usize, formula: &str| {
        let source = "jouppi2023tpuv4, section 2.2";
        let basis = Basis { unit: Unit::COUNT, inputs: &[], formula, source };
        facts.number(format!("reconfigure.{shape}.{quantity}"), value as f64, basis);
    };
    let (from, to) = (SwitchMaps::of(from)?, SwitchMaps::of(to)?);
    let formula = "switch entries of the slice: 48 switches times its cubes";
    write("entries_total", from.optical_links(), formula);
    let formula = "switch entries that differ between torus and twisted torus";
    write("entries_changed", entries_changed(&from, &to), formula);
    Ok(())
}
