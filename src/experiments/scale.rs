//! Machines beyond 4096 chips: what random wiring gains there, by balanced flow with its bound.

use std::collections::BTreeMap;

use crate::sim::learned::{
    BalanceSettings, Lattice, LearnedError, SearchSettings, balance, best_lattices, fabric_bound, learn,
    random_translations,
};
use crate::sim::{Shape, ShapeError, Topology};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::facts::{Seeds, write_seeds};
use paper_engine::model::{Model, Values};
use paper_engine::study::{RandomDraw, first_seeds};
use paper_engine::units::Unit;

/// A machine, and what is known of it beside random translations.
struct Machine {
    shape: &'static str,
    /// Whether all lattices of as many cubes are tried, of which there are ever more.
    has_lattice: bool,
}

const MACHINES: [Machine; 4] = [
    Machine { shape: "16x16x32", has_lattice: true },
    Machine { shape: "16x32x32", has_lattice: true },
    Machine { shape: "32x32x32", has_lattice: true },
    Machine { shape: "32x32x64", has_lattice: false },
];
/// The moves of a search from one start, which has one seed.
const MOVES: usize = 2000;
/// The seeds of random translations, from 1.
const SEEDS: u64 = 3;
/// The wirings of larger machines that are drawn.
pub(super) const DRAWN: RandomDraw =
    RandomDraw { what: "larger_random_translations", seeds: &first_seeds::<{ SEEDS as usize }>() };
/// The accuracy of balanced flows.
const BALANCE: BalanceSettings = BalanceSettings { rounds: 60, gap: 0.005 };
const SOURCE: &str = "this design: one map for each of 48 switches; garg2007faster for the flow";

/// The study behind these facts.
pub const SCALE: StoredExperiment = StoredExperiment {
    id: "scale",
    experiment: "learned",
    summary: "Random translations, best lattice and learned maps of 8192 to 65,536 chips.",
    inputs: &[],
    data: &[],
    settings: || {
        let own = [
            ("seeds", SEEDS as f64),
            ("moves", MOVES as f64),
            ("rounds", BALANCE.rounds as f64),
            ("gap", BALANCE.gap),
        ];
        let lattices = MACHINES
            .iter()
            .map(|machine| (format!("{}.lattices", machine.shape), f64::from(u8::from(machine.has_lattice))));
        let own: BTreeMap<String, f64> = own.map(|(name, value)| (name.to_owned(), value)).into();
        own.into_iter().chain(lattices).collect()
    },
    run: |_, progress| {
        let mut values = Values::new();
        for machine in &MACHINES {
            machine.compute(progress, &mut values).map_err(|error| error.to_string())?;
        }
        Ok(values)
    },
    spot: |_| {
        let mut values = Values::new();
        let first = &MACHINES[0];
        first.draw(1, &mut values).map_err(|error| error.to_string())?;
        Ok(values)
    },
};

impl Machine {
    fn slice(&self) -> Result<Shape, LearnedError> {
        self.shape.parse().map_err(|error: ShapeError| error.into())
    }

    fn compute(&self, progress: Progress<'_>, values: &mut Values) -> Result<(), LearnedError> {
        for seed in 1..=SEEDS {
            progress(&format!("{}, random translations of seed {seed}", self.shape));
            self.draw(seed, values)?;
        }
        let torus =
            Lattice::of(&Topology::torus(self.slice()?)).ok_or(LearnedError::NotConnected)?.balance()?;
        self.add("torus", torus.throughput, torus.bound, values);
        if self.has_lattice {
            progress(&format!("{}, all lattices", self.shape));
            let best = best_lattices(self.slice()?.cubes().iter().product())?.balanced;
            self.add("lattice", best.throughput, best.bound, values);
        }
        progress(&format!("{}, search", self.shape));
        let settings = SearchSettings { starts: 1, balance: BALANCE, ..SearchSettings::of(1, MOVES) };
        let found = learn(self.slice()?, settings)?.balanced;
        self.add("learned", found.throughput, found.bound, values);
        Ok(())
    }

    fn draw(&self, seed: u64, values: &mut Values) -> Result<(), LearnedError> {
        let found = balance(&random_translations(self.slice()?, seed)?, BALANCE)?;
        self.add("translations", found.throughput, found.bound, values);
        Ok(())
    }

    fn add(&self, network: &str, throughput: f64, bound: f64, values: &mut Values) {
        for (quantity, value) in [("alltoall", throughput), ("alltoall_bound", bound)] {
            values.entry(format!("{}.{network}.{quantity}", self.shape)).or_default().push(value);
        }
    }
}

/// Writes the facts of all machines, and returns chips and what random translations gain over the best
/// lattice.
pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<Vec<[f64; 2]>, Failure> {
    // A paper may lack this result.
    let Some(values) = model.stored(SCALE.id) else { return Ok(Vec::new()) };
    let mut gains = Vec::new();
    for machine in &MACHINES {
        gains.extend(write_machine(machine, values, facts)?);
    }
    Ok(gains)
}

/// Writes the facts of one machine; without a lattice there is no gain over it.
fn write_machine(
    machine: &Machine,
    values: &Values,
    facts: &mut Writer<'_>,
) -> Result<Option<[f64; 2]>, Failure> {
    let shape = machine.slice()?;
    let prefix = format!("learned.{}", machine.shape);
    let basis = |unit, formula| Basis { unit, inputs: &[], formula, source: SOURCE };
    facts.number(format!("{prefix}.chips"), shape.chips() as f64, basis(Unit::COUNT, "chips of the machine"));
    let limit = fabric_bound(shape.cubes().iter().product())?.alltoall;
    let formula = "all-to-all that no maps exceed, when every optical link leads to a fresh cube";
    facts.number(format!("{prefix}.fabric_bound"), limit, basis(Unit::ONE, formula));
    let list = |network: &str, quantity: &str| {
        values.get(&format!("{}.{network}.{quantity}", machine.shape)).map_or(&[][..], Vec::as_slice)
    };
    for network in ["torus", "translations", "lattice", "learned"] {
        for (quantity, formula) in [
            ("alltoall", "all-to-all with balanced routes, links' worth for each chip"),
            ("alltoall_bound", "dual bound on the same: no routes give more"),
        ] {
            let basis = basis(Unit::ONE, formula);
            write_seeds(facts, &format!("{prefix}.{network}.{quantity}"), list(network, quantity), basis);
        }
    }
    let median = |network: &str| Some(Seeds::of(list(network, "alltoall"))?.median);
    let stored = |network: &str| {
        median(network).ok_or_else(|| format!("the stored machines lack {} of {network}", machine.shape))
    };
    let (torus, drawn) = (stored("torus")?, stored("translations")?);
    let formula = "balanced all-to-all of random translations, median of seeds, over what no maps exceed";
    facts.number(
        format!("{prefix}.translations.of_fabric_bound"),
        drawn / limit,
        basis(Unit::FRACTION, formula),
    );
    let formula = "balanced all-to-all of random translations, median of seeds, over the torus";
    facts.number(
        format!("{prefix}.translations.gain_over_torus"),
        drawn / torus,
        basis(Unit::TIMES, formula),
    );
    let formula = "balanced all-to-all of learned maps over the median of random translations";
    facts.number(
        format!("{prefix}.learned.gain_over_translations"),
        stored("learned")? / drawn,
        basis(Unit::TIMES, formula),
    );
    if !machine.has_lattice {
        return Ok(None);
    }
    let lattice = stored("lattice")?;
    let formula =
        "balanced all-to-all of random translations, median of seeds, over that of the best lattice";
    facts.number(
        format!("{prefix}.translations.gain_over_lattice"),
        drawn / lattice,
        basis(Unit::TIMES, formula),
    );
    Ok(Some([shape.chips() as f64, drawn / lattice]))
}
