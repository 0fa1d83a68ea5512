//! Facts of single routes, hop by hop: a ring of an all-reduce, a path of an all-to-all, a sparse lookup.

use phext::Coordinate;

use crate::maps::{declared_maps, learned_maps, maps};
use crate::parameters::published_machine;
use crate::sim::chip_map::{ChipIndex, chip_at, coordinate_of};
use crate::sim::collective::{Directions, Operation, Phase, Plan};
use crate::sim::network::{number_of, place_of};
use crate::sim::routing::shortest_path;
use crate::sim::sparse::Placement;
use crate::sim::{Network, Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The slice that all routes cross, the smallest that can be twisted.
const SLICE: &str = "4x4x8";
/// The plane torus of as many chips.
const FLAT: (usize, usize) = (8, 16);
/// The chip that looks them up, a position in the slice.
const SENDER: [usize; 3] = [1, 2, 1];
const PATHS: &str = "this design: shortest path, lowest port first; camara2010twisted for the twist";
const LOOKUPS: &str = "this design: messages grouped by the Z arm, then by the Y arm, of their coordinates";

/// The experiment `route`.
pub const ROUTE: Experiment = Experiment {
    id: "route",
    summary: "Routes hop by hop, as coordinates: a ring of an all-reduce, an all-to-all path, a sparse lookup.",
    families: &["route"],
    inputs: &["tpu_v4.sparsecores"],
    data: &[maps(&[SLICE])],
    parameters: &["route.ids", "route.seed", "sparse.vocabulary"],
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let shape: Shape = SLICE.parse()?;
    let (torus, twisted) = (Topology::torus(shape), Topology::twisted(shape)?);
    write_ring(&torus, &twisted, facts)?;
    write_alltoall(&torus.network(), &twisted.network(), facts)?;
    facts.apart(|facts| write_lookup(model, &torus.network(), &twisted.network(), facts))?;
    write_samples(model, &torus.network(), &twisted.network(), facts)
}

/// Returns a chip of the slice, which stands on the first cubes of the machine.
fn chip_of(network: &Network, number: usize) -> Result<ChipIndex, String> {
    let chip = ChipIndex::at_position(place_of(network.sizes(), number));
    chip.ok_or_else(|| format!("chip {number} of the slice is none of the machine"))
}

/// Returns the shortest path between two chips.
fn path_of(network: &Network, from: usize, to: usize) -> Result<Vec<usize>, String> {
    shortest_path(network, from, to).ok_or_else(|| format!("no path leads from chip {from} to chip {to}"))
}

fn write_path(
    network: &Network,
    path: &[usize],
    name: &str,
    formula: &str,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    for (hop, &chip) in path.iter().enumerate() {
        let coordinate = coordinate_of(chip_of(network, chip)?);
        let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: PATHS };
        facts.text(format!("route.{name}.hop_{hop}"), coordinate.to_string(), basis);
    }
    write_count(
        facts,
        &format!("{name}.hops"),
        hops(path),
        crate::units::HOPS,
        "links of the route on the twist",
    );
    Ok(())
}

fn write_count(facts: &mut Writer<'_>, name: &str, value: usize, unit: Unit, formula: &str) {
    let basis = Basis { unit, inputs: &[], formula, source: PATHS };
    facts.number(format!("route.{name}"), value as f64, basis);
}

fn hops(path: &[usize]) -> usize {
    path.len().saturating_sub(1)
}

/// Writes one piece of the vector on its way around the first ring of the first part.
fn write_ring(torus: &Topology, twisted: &Topology, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let network = twisted.network();
    let regular = torus.network();
    let plan = |network| Plan::new(network, Operation::AllReduce, Directions::One);
    let (on_twist, on_torus) = (plan(&network)?, plan(&regular)?);
    let ring = |plan: &Plan<'_>| plan.members(0).first().copied().ok_or("the first part has no ring");
    let (ring, torus_ring) = (ring(&on_twist)?, ring(&on_torus)?);
    let sent = |step: usize, chip: usize, owner: Option<usize>| {
        let found = on_twist.pieces(step, chip).into_iter().find(|piece| {
            piece.part == 0
                && piece.phase == Phase::ReduceScatter
                && owner.is_none_or(|owner| piece.owner == owner)
        });
        found.ok_or_else(|| format!("chip {chip} sends no piece of the first part in step {step}"))
    };
    let first = sent(0, 0, None)?;
    let (mut path, mut chip) = (vec![0], 0);
    for step in 0..ring.saturating_sub(1) {
        let piece = sent(step, chip, Some(first.owner))?;
        let next = network.neighbor(chip, piece.port);
        chip = next.ok_or_else(|| format!("port {} of chip {chip} has no link", piece.port))?;
        path.push(chip);
    }
    let formula = "chips that a piece visits in the first ring of a reduce-scatter on the twist, in order";
    write_path(&network, &path, "allreduce", formula, facts)?;
    let formula = "links that the same piece crosses in the first ring on the torus";
    let links = torus_ring.saturating_sub(1);
    write_count(facts, "allreduce.torus_hops", links, crate::units::HOPS, formula);
    write_count(facts, "allreduce.ring", ring, Unit::COUNT, "chips of that ring on the twist");
    write_count(facts, "allreduce.torus_ring", torus_ring, Unit::COUNT, "chips of it on the torus");
    let formula = "steps of the all-reduce, one after another, on the twist";
    write_count(facts, "allreduce.steps", on_twist.steps(), Unit::COUNT, formula);
    let formula = "steps of the all-reduce, one after another, on the torus";
    write_count(facts, "allreduce.torus_steps", on_torus.steps(), Unit::COUNT, formula);
    Ok(())
}

/// Writes the path that the twist shortens most among those of at least five hops, to the first such chip.
fn write_alltoall(torus: &Network, twisted: &Network, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let mut best: Option<(usize, Vec<usize>, usize)> = None;
    for to in 1..twisted.chips() {
        let (path, regular) = (path_of(twisted, 0, to)?, path_of(torus, 0, to)?);
        let saved = hops(&regular).saturating_sub(hops(&path));
        let is_better = best.as_ref().is_none_or(|(most, _, _)| saved > *most);
        if hops(&path) >= 5 && is_better {
            best = Some((saved, path, hops(&regular)));
        }
    }
    let (_, path, regular) = best.ok_or("no path on the twist has five hops")?;
    let formula = "chips on the path of at least five hops that the twist shortens most";
    write_path(twisted, &path, "alltoall", formula, facts)?;
    let formula = "links between the same two chips on the torus";
    write_count(facts, "alltoall.torus_hops", regular, crate::units::HOPS, formula);
    Ok(())
}

/// Ids, their coordinates, and the way of the request for one of them over its gateway.
fn write_lookup(
    model: &Model,
    torus: &Network,
    network: &Network,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let units = model.count("tpu_v4.sparsecores");
    let (vocabulary, seed) = (model.setting("sparse.vocabulary"), model.setting("route.seed"));
    let placement = Placement::new(vocabulary, network.chips(), units, seed)?;
    let sender = number_of(network.sizes(), SENDER);
    let sender_chip = chip_of(network, sender)?;
    let inputs = &["tpu_v4.sparsecores"];
    let mut longest: Option<(usize, Vec<usize>)> = None;
    let ids = model.counts("route.ids");
    for (index, &id) in ids.iter().enumerate() {
        let place = placement.place_of(id).zip(placement.coordinate_of(id));
        let (place, coordinate) = place.ok_or_else(|| format!("the id {id} has no place"))?;
        let formula = "an id looked up, a chosen example";
        facts.number(
            format!("route.id_{index}"),
            id as f64,
            Basis { unit: Unit::COUNT, inputs: &[], formula, source: LOOKUPS },
        );
        let formula = "coordinate of the row with that id, computed from a permutation of the ids";
        let basis = Basis { unit: Unit::TEXT, inputs, formula, source: LOOKUPS };
        facts.text(format!("route.id_{index}.coordinate"), coordinate.to_string(), basis);
        let formula = "SparseCore of the chip that gathers the row, from 1";
        let basis = Basis { unit: Unit::COUNT, inputs, formula, source: LOOKUPS };
        facts.number(format!("route.id_{index}.sparsecore"), (place.unit + 1) as f64, basis);
        let path = over_gateway(network, sender_chip, &coordinate)?;
        if longest.as_ref().is_none_or(|(_, known)| path.len() > known.len()) {
            longest = Some((index, path));
        }
    }
    let (index, path) = longest.ok_or("no id is looked up")?;
    let formula = "chips on the way of a request: to the gateway, which has the sender's Y arm, then on";
    write_path(network, &path, "lookup", formula, facts)?;
    write_count(facts, "lookup.id", ids[index] as usize, Unit::COUNT, "id with the longest way of those");
    let &owner = path.last().ok_or("the way of the request has no chips")?;
    let direct = hops(&path_of(torus, sender, owner)?);
    let formula = "links between the same two chips on the torus";
    write_count(facts, "lookup.torus_hops", direct, crate::units::HOPS, formula);
    let direct = hops(&path_of(network, sender, owner)?);
    let formula = "links between the same two chips on the twist, without a gateway";
    write_count(facts, "lookup.direct_hops", direct, crate::units::HOPS, formula);
    let gateway = gateway(network, sender_chip, chip_of(network, owner)?)?;
    let gateway = coordinate_of(chip_of(network, gateway)?);
    let formula = "chip in the cube of the row with the sender's own Y arm";
    let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: LOOKUPS };
    facts.text("route.lookup.gateway", gateway.to_string(), basis);
    Ok(())
}

/// Returns the number of a chip in the slice.
fn number(network: &Network, chip: ChipIndex) -> Result<usize, String> {
    let position = chip.position().ok_or_else(|| format!("{} is a spare", coordinate_of(chip)))?;
    Ok(number_of(network.sizes(), position))
}

/// Returns the number, in the slice, of the chip with one chip's Y arm in another chip's cube.
fn gateway(network: &Network, sender: ChipIndex, owner: ChipIndex) -> Result<usize, String> {
    let (from, to) = (coordinate_of(sender), coordinate_of(owner));
    let gateway = Coordinate::from_arms(to.z(), from.y(), from.x()).and_then(|arms| chip_at(&arms));
    number(network, gateway.ok_or_else(|| format!("the cube of {to} has no gateway for {from}"))?)
}

/// Returns the chips from a sender over its gateway to the chip that holds a row.
fn over_gateway(network: &Network, sender: ChipIndex, row: &Coordinate) -> Result<Vec<usize>, String> {
    let owner = chip_at(row).ok_or_else(|| format!("no chip is at {row}"))?;
    let gateway = gateway(network, sender, owner)?;
    let mut path = path_of(network, number(network, sender)?, gateway)?;
    path.extend(path_of(network, gateway, number(network, owner)?)?.into_iter().skip(1));
    Ok(path)
}

/// Paths between a corner of a plane and its middle, on each topology of as many chips.
fn write_samples(
    model: &Model,
    torus: &Network,
    twisted: &Network,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let (a, b) = FLAT;
    let flat = Topology::flat_torus(a, b)?.network();
    write_sample("8x16.torus", &flat, [a / 2, b / 2, 0], [1, 0], facts)?;
    let middle = [torus.sizes()[0] / 2, 0, torus.sizes()[2] / 2];
    write_sample("4x4x8.torus", torus, middle, [0, 2], facts)?;
    write_sample("4x4x8.twisted", twisted, middle, [0, 2], facts)?;
    let network = learned_maps(declared_maps(model, SLICE)?).translations()?.maps()?.network();
    write_sample("4x4x8.learned", &network, middle, [0, 2], facts)?;
    write_wraps(&network, facts)
}

/// Writes a path as columns and rows of the plane in which it starts; the axes of columns and rows are given.
fn write_sample(
    name: &str,
    network: &Network,
    to: [usize; 3],
    [column, row]: [usize; 2],
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let path = path_of(network, 0, number_of(network.sizes(), to))?;
    let places: Vec<_> = path.iter().map(|&chip| place_of(network.sizes(), chip)).collect();
    // A path that leaves the plane cannot be drawn in it.
    if places.iter().any(|place| place[3 - column - row] != 0) {
        return Ok(());
    }
    let cells: Vec<String> = places.iter().map(|place| format!("{},{}", place[column], place[row])).collect();
    let formula = "column and row of each chip on a shortest path from a corner to the middle of its plane";
    let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: PATHS };
    facts.text(format!("route.sample.{name}.path"), cells.join(" "), basis);
    let formula = "links of that path";
    write_count(facts, &format!("sample.{name}.hops"), hops(&path), crate::units::HOPS, formula);
    Ok(())
}

/// Writes the optical links of the first plane of x and z, as the rows that they enter.
fn write_wraps(network: &Network, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let [columns, _, rows] = network.sizes();
    let entered = |place: [usize; 3], port: usize| {
        let next = network.neighbor(number_of(network.sizes(), place), port);
        let next = next.ok_or_else(|| format!("port {port} of the chip at {place:?} has no link"))?;
        Ok(place_of(network.sizes(), next)[2].to_string())
    };
    let mut write = |name: &str, texts: Vec<String>, formula: &str| {
        let basis =
            Basis { unit: Unit::TEXT, inputs: &[], formula, source: "this design: learned switch maps" };
        facts.text(format!("route.sample.4x4x8.learned.{name}"), texts.join(" "), basis);
    };
    let wrap = (0..rows).map(|row| entered([columns - 1, 0, row], 0)).collect::<Result<_, String>>()?;
    write("wrap_x", wrap, "row that the wrap of x enters from each row, in the plane y = 0");
    let wrap = (0..columns).map(|column| entered([column, 0, rows - 1], 4)).collect::<Result<_, String>>()?;
    write("wrap_z", wrap, "row that the plus link of the last row enters in each column, in the plane y = 0");
    Ok(())
}
