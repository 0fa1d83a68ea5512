//! Facts of one routing for all traffic: what each network carries of each pattern, balanced and split equally.

use std::collections::BTreeMap;

use super::Unit;
use super::experiment::{Basis, Writer};
use super::learned::learned_maps;
use super::seeds::{Seeds, write_seeds};
use super::stored::{Progress, Study};
use crate::model::{Model, Values};
use crate::sim::flow::Settings;
use crate::sim::flow::patterns::Groups;
use crate::sim::flow::survey::{Extent, HOT_PART, Kind, Pattern, survey};
use crate::sim::learned::{LearnedError, best_lattices, random_permutations, random_translations};
use crate::sim::{Shape, Topology};

/// Files and folders of the code that makes the results; the networks themselves are looked at by the spot check.
const CODE: &[&str] =
    &["src/sim/automorphism.rs", "src/sim/flow", "src/sim/learned/random.rs", "src/sim/routing.rs"];
const SOURCE: &str =
    "this design: balanced by gradient projection on path flows, bound of shahrokhi1990maximum";
const NETWORKS: [&str; 6] = ["torus", "twisted", "lattice", "learned", "translations", "permutations"];
/// What somebody designed: one map for each dimension.
const DESIGNED: [&str; 3] = ["torus", "twisted", "lattice"];
/// The slices for which all patterns are computed.
pub const SHAPES: &[&str] = &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "16x16x16"];

/// What is computed for one slice.
struct Plan {
    id: &'static str,
    shape: &'static str,
    /// Seeds of random translations, and of random permutations per switch.
    translations: u64,
    permutations: u64,
    extent: Extent,
    /// Patterns that are surveyed.
    patterns: &'static [Pattern],
    /// Patterns on learned maps that every build computes anew.
    spot: &'static [Pattern],
}

const fn extent(permutations: u64, others: u64, rounds: usize, gap: f64) -> Extent {
    Extent { permutations, others, settings: Settings { rounds, gap } }
}

const PLANS: [Plan; 5] = [
    Plan {
        id: "pattern-4x4x8",
        shape: "4x4x8",
        translations: 10,
        permutations: 10,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours, Pattern::Permutation],
    },
    Plan {
        id: "pattern-4x8x8",
        shape: "4x8x8",
        translations: 10,
        permutations: 3,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        id: "pattern-8x8x8",
        shape: "8x8x8",
        translations: 10,
        permutations: 3,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        id: "pattern-8x8x16",
        shape: "8x8x16",
        translations: 10,
        permutations: 3,
        extent: extent(3, 1, 150, 0.01),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        id: "pattern-16x16x16",
        shape: "16x16x16",
        translations: 10,
        permutations: 0,
        extent: extent(1, 1, 150, 0.01),
        // What all cubes see alike; a flow without that symmetry takes hours here.
        patterns: &[Pattern::Uniform, Pattern::Neighbours, Pattern::Experts(Groups::Cubes, 0.0)],
        spot: &[Pattern::Neighbours],
    },
];

macro_rules! study {
    ($name:ident, $at:literal) => {
        /// The study behind the facts of one slice.
        pub const $name: Study = Study {
            id: PLANS[$at].id,
            experiment: "pattern",
            summary: "Each traffic pattern on each network: balanced flow with its bound, and equal splitting.",
            code: CODE,
            inputs: &[],
            maps: &[PLANS[$at].shape],
            settings: || PLANS[$at].settings(),
            run: |model, progress| PLANS[$at].compute(model, progress),
            spot: |model| PLANS[$at].spot(model),
        };
    };
}
study!(PATTERN_128, 0);
study!(PATTERN_256, 1);
study!(PATTERN_512, 2);
study!(PATTERN_1024, 3);
study!(PATTERN_4096, 4);

impl Plan {
    fn settings(&self) -> BTreeMap<String, f64> {
        let pairs = [
            ("translations", self.translations as f64),
            ("permutations", self.permutations as f64),
            ("patterns", self.patterns.len() as f64),
            ("seeds_of_permutations", self.extent.permutations as f64),
            ("seeds_of_others", self.extent.others as f64),
            ("hot_part", HOT_PART),
            ("rounds", self.extent.settings.rounds as f64),
            ("gap", self.extent.settings.gap),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn slice(&self) -> Result<Shape, String> {
        self.shape.parse().map_err(|error| format!("{error}"))
    }

    fn learned(&self, model: &Model) -> Result<Kind, String> {
        let stored = model.maps(self.shape).ok_or("the maps are missing")?;
        let translations = learned_maps(stored).translations().map_err(|error| error.to_string())?;
        let maps = translations.maps().map_err(|error| error.to_string())?;
        Ok(Kind { name: "learned", networks: vec![maps.network()] })
    }

    fn kinds(&self, model: &Model) -> Result<Vec<Kind>, String> {
        let shape = self.slice()?;
        let mut kinds = vec![Kind { name: "torus", networks: vec![Topology::torus(shape).network()] }];
        if let Ok(twisted) = Topology::twisted(shape) {
            kinds.push(Kind { name: "twisted", networks: vec![twisted.network()] });
        }
        let text = |error: LearnedError| error.to_string();
        let best = best_lattices(shape.cubes().iter().product()).map_err(text)?;
        if let Some(lattice) = best.beyond_twists(shape) {
            let maps = lattice.maps(shape.cubes()).map_err(text)?;
            kinds.push(Kind { name: "lattice", networks: vec![maps.network()] });
        }
        kinds.push(self.learned(model)?);
        let translations = (1..=self.translations).map(|seed| {
            let maps = random_translations(shape, seed).and_then(|translations| translations.maps());
            maps.map(|maps| maps.network()).map_err(|error| error.to_string())
        });
        let networks = translations.collect::<Result<_, _>>()?;
        kinds.push(Kind { name: "translations", networks });
        let permutations = (1..=self.permutations).map(|seed| {
            random_permutations(shape, seed).map(|maps| maps.network()).map_err(|error| error.to_string())
        });
        kinds.push(Kind { name: "permutations", networks: permutations.collect::<Result<_, _>>()? });
        Ok(kinds)
    }

    fn compute(&self, model: &Model, progress: Progress<'_>) -> Result<Values, String> {
        self.values(&self.kinds(model)?, self.patterns, self.extent, progress)
    }

    /// Computes the first draws on the learned maps.
    fn spot(&self, model: &Model) -> Result<Values, String> {
        let once = Extent { permutations: 1, others: 1, ..self.extent };
        self.values(&[self.learned(model)?], self.spot, once, &|_| ())
    }

    fn values(
        &self,
        kinds: &[Kind],
        patterns: &[Pattern],
        extent: Extent,
        progress: Progress<'_>,
    ) -> Result<Values, String> {
        let rates =
            survey(self.slice()?, kinds, patterns, extent, progress).map_err(|error| error.to_string())?;
        let mut values = Values::new();
        for ((kind, pattern), rates) in rates {
            values.insert(format!("{kind}.{pattern}_bound"), rates.bound);
            values.insert(format!("{kind}.{pattern}_equal_splitting"), rates.equal_splitting);
            values.insert(format!("{kind}.{pattern}"), rates.balanced);
        }
        Ok(values)
    }
}

/// Says what a chip sends to whom.
fn words(pattern: Pattern) -> String {
    match pattern {
        Pattern::Uniform => "each chip to all others alike".to_owned(),
        Pattern::Permutation => "each chip to one other, drawn at random".to_owned(),
        Pattern::Transpose => "each chip to its place in the transposed matrix of chips".to_owned(),
        Pattern::Neighbours => "each chip a sixth to each neighbour on the regular torus".to_owned(),
        Pattern::Hotspot => {
            format!("each chip {HOT_PART} of its traffic to one chip, the rest to all others alike")
        }
        Pattern::Experts(groups, exponent) => {
            let who = match groups {
                Groups::Runs => "64 chips in the order of positions",
                Groups::Cubes => "the 64 chips of a cube",
                Groups::All => "all chips",
            };
            format!("tokens to an expert on each of {who}, of Zipf exponent {exponent}")
        }
    }
}

/// Writes the rates of all patterns, where they are stored, and what they gain.
pub fn write(model: &Model, facts: &mut Writer<'_>) {
    for plan in &PLANS {
        if let Some(values) = model.stored(plan.id) {
            write_rates(plan.shape, values, facts);
            write_ratios(plan.shape, values, facts);
        }
    }
}

fn write_rates(shape: &str, values: &Values, facts: &mut Writer<'_>) {
    let mut least = f64::INFINITY;
    for network in NETWORKS {
        for pattern in Pattern::ALL {
            let key = format!("{network}.{}", pattern.name());
            if let (Some(found), Some(bounds)) = (values.get(&key), values.get(&format!("{key}_bound"))) {
                least = found.iter().zip(bounds).map(|(found, bound)| found / bound).fold(least, f64::min);
            }
            for (end, what) in [
                ("", "rate of each chip at which the fullest link is full, balanced routes, in links' worth"),
                ("_bound", "dual bound on the rate of each chip: no routes give more"),
                ("_equal_splitting", "the same rate, split equally over all shortest paths"),
            ] {
                let Some(list) = values.get(&format!("{key}{end}")) else { continue };
                let formula = format!("{what}; {}", words(pattern));
                let basis = Basis { unit: Unit::One, inputs: &[], formula: &formula, source: SOURCE };
                write_seeds(facts, &format!("pattern.{shape}.{key}{end}"), list, basis);
            }
        }
    }
    let formula = "lowest ratio of balanced flow to its dual bound, over all networks, patterns and seeds";
    let basis = Basis { unit: Unit::Fraction, inputs: &[], formula, source: SOURCE };
    facts.number(format!("pattern.{shape}.converged"), least, basis);
}

fn write_ratios(shape: &str, values: &Values, facts: &mut Writer<'_>) {
    let mut write = |quantity: String, value: f64, formula: &str| {
        let basis = Basis { unit: Unit::Times, inputs: &[], formula, source: SOURCE };
        facts.number(format!("pattern.{shape}.{quantity}"), value, basis);
    };
    for pattern in Pattern::ALL {
        let (name, what) = (pattern.name(), words(pattern));
        let of = |network: &str| Some(Seeds::of(values.get(&format!("{network}.{name}"))?)?.median);
        let Some(rival) = DESIGNED.into_iter().filter_map(of).reduce(f64::max) else { continue };
        for network in ["learned", "translations", "permutations"] {
            let Some(rate) = of(network) else { continue };
            let formula = format!("balanced rate over that of the best of torus, twist and lattice; {what}");
            write(format!("{network}.{name}_gain"), rate / rival, &formula);
        }
        if let (Some(learned), Some(random)) = (of("learned"), of("translations")) {
            let formula = format!("balanced rate over that of random translations; {what}");
            write(format!("learned.{name}_over_translations"), learned / random, &formula);
        }
    }
}
