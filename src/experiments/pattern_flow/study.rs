//! The studies behind the facts of traffic patterns: every pattern on every wiring of one slice.

use std::collections::BTreeMap;

use crate::maps::{Maps, learned_maps, maps};
use crate::sim::flow::Settings;
use crate::sim::flow::patterns::Groups;
use crate::sim::flow::survey::{Extent, HOT_PART, Kind, Pattern, survey};
use crate::sim::learned::{LearnedError, best_lattices, random_permutations, random_translations};
use crate::sim::{Shape, Topology};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::study::{RandomDraw, first_seeds};

/// The slices for which all patterns are computed.
pub const SHAPES: &[&str] = &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "16x16x16"];

/// What is computed for one slice.
pub(super) struct Plan {
    pub(super) shape: &'static str,
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

pub(super) const PLANS: [Plan; 5] = [
    Plan {
        shape: "4x4x8",
        translations: 10,
        permutations: 10,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours, Pattern::Permutation],
    },
    Plan {
        shape: "4x8x8",
        translations: 10,
        permutations: 3,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        shape: "8x8x8",
        translations: 10,
        permutations: 3,
        extent: extent(10, 3, 400, 0.005),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        shape: "8x8x16",
        translations: 10,
        permutations: 3,
        extent: extent(3, 1, 150, 0.01),
        patterns: &Pattern::ALL,
        spot: &[Pattern::Uniform, Pattern::Neighbours],
    },
    Plan {
        shape: "16x16x16",
        translations: 10,
        permutations: 0,
        extent: extent(1, 1, 150, 0.01),
        // What all cubes see alike; without that symmetry a flow takes a minute or more.
        patterns: &[Pattern::Uniform, Pattern::Neighbours, Pattern::Experts(Groups::Cubes, 0.0)],
        spot: &[Pattern::Neighbours],
    },
];

/// What is drawn, for most slices; a larger one has the first of these seeds.
pub const DRAWN: &[RandomDraw] = &[
    RandomDraw { what: "random_translations", seeds: &first_seeds::<{ PLANS[0].translations as usize }>() },
    RandomDraw { what: "random_permutations", seeds: &first_seeds::<{ PLANS[0].permutations as usize }>() },
    RandomDraw { what: "traffic", seeds: &first_seeds::<{ PLANS[0].extent.permutations as usize }>() },
];

/// Returns the stored experiment of one slice.
const fn of_slice<const AT: usize>() -> StoredExperiment {
    StoredExperiment {
        id: "",
        experiment: "pattern",
        summary: "Each traffic pattern on each network: balanced flow with its bound, and equal splitting.",
        inputs: &[],
        data: const { &[maps(const { &[PLANS[AT].shape] })] },
        settings: || PLANS[AT].settings(),
        run: |model, progress| PLANS[AT].compute(model, progress),
        spot: |model| PLANS[AT].spot(model),
    }
}

/// The facts of a slice: [`PLANS`] at 0.
pub const PATTERN_128: StoredExperiment = StoredExperiment { id: "pattern-4x4x8", ..of_slice::<0>() };
/// The facts of a slice: [`PLANS`] at 1.
pub const PATTERN_256: StoredExperiment = StoredExperiment { id: "pattern-4x8x8", ..of_slice::<1>() };
/// The facts of a slice: [`PLANS`] at 2.
pub const PATTERN_512: StoredExperiment = StoredExperiment { id: "pattern-8x8x8", ..of_slice::<2>() };
/// The facts of a slice: [`PLANS`] at 3.
pub const PATTERN_1024: StoredExperiment = StoredExperiment { id: "pattern-8x8x16", ..of_slice::<3>() };
/// The facts of a slice: [`PLANS`] at 4.
pub const PATTERN_4096: StoredExperiment = StoredExperiment { id: "pattern-16x16x16", ..of_slice::<4>() };

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
