//! What learned maps are measured by: torus, twist, best lattice, random wiring, and limits of any wiring;
//! all with balanced routes.
//!
//! What takes long is stored by [`super::wiring`].

use super::wiring::{IRREGULAR_WIRING, MOVES, RANDOM_WIRING, SEARCH_LENGTH, SEARCHED};
use crate::sim::learned::{
    AnalyzedLattice, BalancedLattice, Checked, FabricBound, Lattice, best_lattices, fabric_bound,
    moore_mean_distance,
};
use crate::sim::{Shape, Topology};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::facts::{Seeds, write_seeds};
use paper_engine::model::Model;
use paper_engine::units::Unit;

const SOURCE: &str = "this design: one map for each of 48 switches; garg2007faster for the flow";
const LATTICES: &str = "camarero2013crystal for lattices; all sublattices of the index enumerated";

/// Writes facts of one experiment below a prefix.
struct Notes<'a, 'b> {
    prefix: String,
    facts: &'a mut Writer<'b>,
}

impl Notes<'_, '_> {
    fn write(&mut self, quantity: &str, value: f64, unit: Unit, formula: &str, source: &str) {
        let basis = Basis { unit, inputs: &[], formula, source };
        self.facts.number(format!("{}.{quantity}", self.prefix), value, basis);
    }

    /// Writes the median with the lowest and the highest.
    fn seeds(&mut self, quantity: &str, list: &[f64], unit: Unit, formula: &str) {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        write_seeds(self.facts, &format!("{}.{quantity}", self.prefix), list, basis);
    }
}

/// The kinds of random wiring.
const RANDOM: [&str; 3] = [TRANSLATIONS, "permutations", "regular_random"];
const TRANSLATIONS: &str = "translations";

/// Names of quantities with their units and formulas, as studies store them.
const QUANTITIES: [(&str, Unit, &str); 5] = [
    ("alltoall", Unit::ONE, "all-to-all with balanced routes, links' worth for each chip"),
    ("alltoall_bound", Unit::ONE, "dual bound on the same: no routes give more"),
    ("alltoall_equal_splitting", Unit::ONE, "all-to-all, equal splitting over shortest paths"),
    ("mean_distance", crate::units::HOPS, "mean number of hops between two different chips"),
    ("diameter", crate::units::HOPS, "largest number of hops between two chips"),
];

/// What the networks of one slice that somebody designed carry, and what no network exceeds.
pub struct ByHand {
    shape: Shape,
    limit: FabricBound,
    /// Balanced all-to-all of torus, twist, where there is one, and best lattice.
    carried: Vec<(&'static str, f64)>,
    /// The same of the best lattice.
    lattice: f64,
}

/// Writes what the networks of one slice carry that somebody designed, and limits of any wiring.
///
/// # Errors
/// Those of the shape and of balancing.
pub fn write_by_hand(name: &str, facts: &mut Writer<'_>) -> Result<ByHand, Failure> {
    let shape: Shape = name.parse()?;
    let mut notes = Notes { prefix: format!("learned.{name}"), facts };
    let mut carried = Vec::new();
    // Not every slice has a twist.
    let twisted = Topology::twisted(shape).ok();
    for (network, topology) in [("torus", Some(Topology::torus(shape))), ("twisted", twisted)] {
        let Some(topology) = topology else { continue };
        let lattice = Lattice::of(&topology).ok_or_else(|| format!("the {network} network is no lattice"))?;
        carried.push((network, write_lattice(&mut notes, network, &lattice.analyze()?, lattice.balance()?)));
    }
    let cubes = shape.cubes();
    let best = best_lattices(cubes.iter().product())?;
    let formula = "all-to-all of the lattice that is best by equal splitting";
    let equal = best.by_equal_splitting.equal_splitting;
    notes.write("lattice.alltoall_equal_splitting_best", equal, Unit::ONE, formula, LATTICES);
    let formula = "lattices of as many cubes, over every abelian group, that no symmetry makes the same";
    notes.write("lattice.distinct", best.distinct as f64, Unit::COUNT, formula, LATTICES);
    let lattice = write_lattice(&mut notes, "lattice", &best.best, best.balanced);
    carried.push(("lattice", lattice));
    let limit = fabric_bound(cubes.iter().product())?;
    write_limits(&mut notes, shape, limit);
    for (network, value) in &carried {
        write_of_bound(&mut notes, network, *value, limit);
    }
    Ok(ByHand { shape, limit, carried, lattice })
}

/// Writes what random wiring of one slice carries, and returns its chips and what random translations gain
/// over the best lattice; nothing where nothing is stored.
pub fn write_random(name: &str, by_hand: &ByHand, model: &Model, facts: &mut Writer<'_>) -> Option<[f64; 2]> {
    let mut notes = Notes { prefix: format!("learned.{name}"), facts };
    for network in RANDOM {
        for (quantity, unit, formula) in QUANTITIES {
            let list = random_wiring(model, &format!("{name}.{network}.{quantity}"));
            notes.seeds(&format!("{network}.{quantity}"), list, unit, formula);
        }
    }
    for (network, drawn) in all_to_all_of_random(name, model) {
        // A free graph is not of this fabric.
        if network != "regular_random" {
            write_of_bound(&mut notes, network, drawn.median, by_hand.limit);
        }
    }
    let (_, drawn) = all_to_all_of_random(name, model).find(|(network, _)| *network == TRANSLATIONS)?;
    let gain = drawn.median / by_hand.lattice;
    let formula =
        "balanced all-to-all of random translations, median of seeds, over that of the best lattice";
    notes.write("translations.gain_over_lattice", gain, Unit::TIMES, formula, SOURCE);
    Some([by_hand.shape.chips() as f64, gain])
}

/// Writes what the learned maps of one slice carry, and what they gain on networks that somebody designed.
pub fn write_learned(name: &str, checked: &Checked, seeds: &[f64], by_hand: &ByHand, facts: &mut Writer<'_>) {
    let mut notes = Notes { prefix: format!("learned.{name}"), facts };
    let learned = checked.balanced.throughput;
    for (quantity, unit, formula) in QUANTITIES {
        let value = match quantity {
            "alltoall" => learned,
            "alltoall_bound" => checked.balanced.bound,
            "alltoall_equal_splitting" => checked.class_loads.throughput,
            "mean_distance" => checked.class_loads.mean_distance,
            _ => checked.class_loads.diameter as f64,
        };
        notes.write(&format!("learned.{quantity}"), value, unit, formula, SOURCE);
    }
    // Stored maps need not tell of other seeds.
    if let Some(found) = Seeds::of(seeds) {
        let formula = "all-to-all of the maps that one seed of the search finds";
        for (which, value) in [("median", found.median), ("lowest", found.lowest), ("highest", found.highest)]
        {
            let formula = format!("{formula}: {which} of {} seeds", seeds.len());
            notes.write(&format!("learned.alltoall_{which}"), value, Unit::ONE, &formula, SOURCE);
        }
        let formula = "seeds of the search, from 1, of which the best maps are stored";
        notes.write("learned.seeds", seeds.len() as f64, Unit::COUNT, formula, SOURCE);
    }
    let formula = "dual bound on the balanced all-to-all of the learned maps over that of the best lattice";
    let most = checked.balanced.bound / by_hand.lattice;
    notes.write("learned.bound_over_lattice", most, Unit::TIMES, formula, SOURCE);
    write_of_bound(&mut notes, "learned", learned, by_hand.limit);
    for (network, value) in &by_hand.carried {
        write_gain(&mut notes, network, learned / value);
    }
}

/// Writes what the learned maps of one slice gain on random wiring, where that is stored.
pub fn write_gains_over_random(name: &str, checked: &Checked, model: &Model, facts: &mut Writer<'_>) {
    let mut notes = Notes { prefix: format!("learned.{name}"), facts };
    let learned = checked.balanced.throughput;
    for (network, drawn) in all_to_all_of_random(name, model) {
        if network == TRANSLATIONS {
            let formula =
                "balanced all-to-all of the learned maps over the highest of all random translations";
            let margin = learned / drawn.highest;
            notes.write("learned.gain_over_highest_translations", margin, Unit::TIMES, formula, SOURCE);
        }
        write_gain(&mut notes, network, learned / drawn.median);
    }
}

fn write_gain(notes: &mut Notes<'_, '_>, network: &str, gain: f64) {
    let formula = format!("balanced all-to-all of the learned maps over that of {network}; medians of seeds");
    notes.write(&format!("learned.gain_over_{network}"), gain, Unit::TIMES, &formula, SOURCE);
}

/// Returns the balanced all-to-all of each kind of random wiring that is stored of a slice.
fn all_to_all_of_random(name: &str, model: &Model) -> impl Iterator<Item = (&'static str, Seeds)> {
    let of = move |network| Seeds::of(random_wiring(model, &format!("{name}.{network}.alltoall")));
    RANDOM.into_iter().filter_map(move |network| Some((network, of(network)?)))
}

/// Returns the stored numbers of random wiring of that name; none where nothing is stored.
fn random_wiring<'a>(model: &'a Model, name: &str) -> &'a [f64] {
    let find = |study| model.stored(study)?.get(name);
    [RANDOM_WIRING.id, IRREGULAR_WIRING.id].into_iter().find_map(find).map_or(&[], Vec::as_slice)
}

/// Writes what a lattice carries, and returns its balanced all-to-all.
fn write_lattice(
    notes: &mut Notes<'_, '_>,
    network: &str,
    found: &AnalyzedLattice,
    balanced: BalancedLattice,
) -> f64 {
    for (quantity, unit, formula) in QUANTITIES {
        let value = match quantity {
            "alltoall" => balanced.throughput,
            "alltoall_bound" => balanced.bound,
            "alltoall_equal_splitting" => found.equal_splitting,
            "mean_distance" => found.mean_distance,
            _ => found.diameter as f64,
        };
        notes.write(&format!("{network}.{quantity}"), value, unit, formula, LATTICES);
    }
    balanced.throughput
}

/// Where limits of any wiring come from.
const COVER: &str = "this design: universal cover of the graph of cubes, with linear programming duality";

/// Writes limits of any wiring.
fn write_limits(notes: &mut Notes<'_, '_>, shape: Shape, limit: FabricBound) {
    let formula =
        "all-to-all that no maps of the 48 switches exceed, when every optical link leads to a fresh cube";
    notes.write("fabric_bound", limit.alltoall, Unit::ONE, formula, COVER);
    let formula = "mean distance that no maps of the 48 switches fall below";
    notes.write("fabric_mean_distance", limit.mean_distance, crate::units::HOPS, formula, COVER);
    let moore = moore_mean_distance(shape.chips());
    let source = "Moore's bound on the chips within a distance at six links a chip";
    let formula = "mean distance that no graph of six links a chip falls below";
    notes.write("moore_mean_distance", moore, crate::units::HOPS, formula, source);
    notes.write("moore_bound", 6.0 / moore, Unit::ONE, "six links over the least mean distance", source);
}

/// Writes how near a network comes to what no maps exceed.
fn write_of_bound(notes: &mut Notes<'_, '_>, network: &str, value: f64, limit: FabricBound) {
    let formula = format!("balanced all-to-all of {network} over what no maps exceed");
    let share = value / limit.alltoall;
    notes.write(&format!("{network}.of_fabric_bound"), share, Unit::FRACTION, &formula, COVER);
}

/// Writes the throughput against the length of the search.
pub fn write_search_length(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    if let Some(values) = model.stored(SEARCH_LENGTH.id) {
        let ends = [("fewest", MOVES[0]), ("more", MOVES[MOVES.len() / 2]), ("most", MOVES[MOVES.len() - 1])];
        for (which, moves) in ends {
            let formula = "moves from each start of the searches that are compared, fewest, middle and most";
            let basis = Basis { unit: Unit::COUNT, inputs: &[], formula, source: SOURCE };
            facts.number(format!("learned.search.{which}_moves"), moves as f64, basis);
        }
        for name in SEARCHED {
            let mut notes = Notes { prefix: format!("learned.{name}"), facts };
            for moves in MOVES {
                let quantity = format!("learned.alltoall_{moves}_moves");
                let list = values.get(&format!("{name}.{quantity}"));
                let list = list.ok_or_else(|| format!("the stored searches lack `{name}.{quantity}`"))?;
                let formula = format!("all-to-all of the maps that {moves} moves from each start find");
                notes.seeds(&quantity, list, Unit::ONE, &formula);
            }
        }
    }
    Ok(())
}

/// Writes how the gain of random translations grows, from pairs of chips and gain.
pub fn write_growth(gains: &[[f64; 2]], facts: &mut Writer<'_>) {
    let points: Vec<[f64; 2]> = gains.iter().map(|pair| pair.map(f64::ln)).collect();
    // One slice with stored random wiring makes no line.
    if let Some(exponent) = slope(&points) {
        let formula =
            "exponent of chips in the gain of random translations over the best lattice, least squares";
        let basis = Basis { unit: Unit::ONE, inputs: &[], formula, source: SOURCE };
        facts.number("learned.scale.translations.gain_exponent", exponent, basis);
    }
}

/// Returns the slope of a straight line through points, by least squares.
fn slope(points: &[[f64; 2]]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / count;
    let (x, y) = (mean(0), mean(1));
    let moment = |axis: usize, middle: f64| {
        points.iter().map(|point| (point[0] - x) * (point[axis] - middle)).sum::<f64>()
    };
    (points.len() > 1).then(|| moment(1, y) / moment(0, x))
}
