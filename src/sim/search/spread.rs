//! The spread of the search over a grid of declared settings.

use rayon::prelude::*;

use super::run::{Evaluation, all_of, best_of, check, check_product, fastest, layouts, layouts_of};
use super::{Configuration, Machine, SearchError, Settings, Transformer};
use sampling::{quantile_of, rank_correlation};

/// The quantiles a spread reports.
pub const SPREAD_QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Holds the values of every setting; a grid is their product.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The efficiencies.
    pub efficiency: Vec<f64>,
    /// The overlaps.
    pub overlap: Vec<f64>,
    /// The bytes of a weight, which its gradient takes too.
    pub bytes_per_weight: Vec<f64>,
    /// The bytes of optimizer state of a weight.
    pub optimizer_bytes: Vec<f64>,
    /// The bytes of an activation.
    pub bytes_per_activation: Vec<f64>,
    /// The sequences of a step.
    pub sequences_per_step: Vec<usize>,
    /// The most microbatches of a step.
    pub microbatches: Vec<usize>,
    /// Whether layers are computed anew.
    pub recompute: Vec<bool>,
}

/// Holds the outcome of a search under one of several settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The settings.
    pub settings: Settings,
    /// The fastest configuration (or the one given to [`compare`]), if it fits.
    pub best: Option<Evaluation>,
    /// The expert's configuration, if it fits.
    pub expert: Option<Evaluation>,
}

/// Holds the ratios of best to expert over a grid of settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The outcome of every setting, in the order of [`Grid::settings`].
    pub outcomes: Vec<Outcome>,
    /// The ratios in ascending order, of the settings under which both sides fit.
    pub ratios: Vec<f64>,
}

impl Outcome {
    /// Returns the speed of the best over the speed of the expert's configuration.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.best?.sequences_per_second / self.expert?.sequences_per_second)
    }
}

impl Spread {
    /// Returns the smallest ratio, or `None` if there is none.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.ratios.first().copied()
    }

    /// Returns the largest ratio, or `None` if there is none.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.ratios.last().copied()
    }

    /// Returns a quantile of the ratios, or `None` if there are no ratios.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        (!self.ratios.is_empty()).then(|| quantile_of(&self.ratios, probability))
    }

    /// Returns the quantiles of [`SPREAD_QUANTILES`], or `None` if there are no ratios.
    #[must_use]
    pub fn quantiles(&self) -> Option<[f64; 5]> {
        (!self.ratios.is_empty()).then(|| SPREAD_QUANTILES.map(|one| quantile_of(&self.ratios, one)))
    }

    /// Returns the number of settings without a ratio: one of both sides does not fit.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.outcomes.len() - self.ratios.len()
    }
}

/// A setting of a grid as a number, to correlate it with results.
type Setting = (&'static str, fn(&Settings) -> f64);

/// The settings of a grid, by name.
const SETTINGS: [Setting; 8] = [
    ("efficiency", |one| one.efficiency),
    ("overlap", |one| one.overlap),
    ("bytes per weight", |one| one.bytes_per_weight),
    ("optimizer bytes", |one| one.optimizer_bytes),
    ("bytes per activation", |one| one.bytes_per_activation),
    ("sequences per step", |one| one.sequences_per_step as f64),
    ("microbatches", |one| one.microbatches as f64),
    ("recompute", |one| f64::from(u8::from(one.recompute))),
];

impl Spread {
    /// Returns the rank correlation of each setting with the ratio, strongest first.
    #[must_use]
    pub fn sensitivities(&self) -> Vec<(&'static str, f64)> {
        let both: Vec<(&Outcome, f64)> =
            self.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.ratio()?))).collect();
        let ratios: Vec<f64> = both.iter().map(|(_, ratio)| *ratio).collect();
        let mut found: Vec<(&'static str, f64)> = SETTINGS
            .iter()
            .map(|(name, value)| {
                let values: Vec<f64> = both.iter().map(|(outcome, _)| value(&outcome.settings)).collect();
                (*name, rank_correlation(&values, &ratios))
            })
            .filter(|(_, correlation)| correlation.abs() > 0.0)
            .collect();
        found.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        found
    }
}

impl Grid {
    /// Returns every combination of the values, the last list varying fastest.
    ///
    /// # Errors
    /// Refuses an empty list and settings that are none.
    pub fn settings(&self) -> Result<Vec<Settings>, SearchError> {
        for (name, empty) in [
            ("the efficiency", self.efficiency.is_empty()),
            ("the overlap", self.overlap.is_empty()),
            ("the bytes of a weight", self.bytes_per_weight.is_empty()),
            ("the bytes of optimizer state", self.optimizer_bytes.is_empty()),
            ("the bytes of an activation", self.bytes_per_activation.is_empty()),
            ("the sequences per step", self.sequences_per_step.is_empty()),
            ("the microbatches", self.microbatches.is_empty()),
            ("recomputation", self.recompute.is_empty()),
        ] {
            if empty {
                return Err(SearchError::EmptyGrid(name));
            }
        }
        let mut all = vec![Settings {
            efficiency: 1.0,
            overlap: 0.0,
            bytes_per_weight: 1.0,
            bytes_per_gradient: 1.0,
            optimizer_bytes: 0.0,
            bytes_per_activation: 1.0,
            sequences_per_step: 1,
            microbatches: 1,
            recompute: false,
        }];
        all = product(&all, &self.efficiency, |one, value| one.efficiency = value);
        all = product(&all, &self.overlap, |one, value| one.overlap = value);
        all = product(&all, &self.bytes_per_weight, |one, value| {
            (one.bytes_per_weight, one.bytes_per_gradient) = (value, value);
        });
        all = product(&all, &self.optimizer_bytes, |one, value| one.optimizer_bytes = value);
        all = product(&all, &self.bytes_per_activation, |one, value| one.bytes_per_activation = value);
        all = product(&all, &self.sequences_per_step, |one, value| one.sequences_per_step = value);
        all = product(&all, &self.microbatches, |one, value| one.microbatches = value);
        all = product(&all, &self.recompute, |one, value| one.recompute = value);
        all.iter().try_for_each(Settings::check)?;
        Ok(all)
    }
}

/// Searches under every settings of a grid, and returns the ratios of best to expert.
///
/// # Errors
/// Refuses impossible inputs; an expert's configuration that does not fit under some settings is counted.
pub fn spread(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    expert: &Configuration,
) -> Result<Spread, SearchError> {
    let chips = expert.shape.chips();
    check(model, machine, chips)?;
    let layouts = layouts(chips);
    let best = |settings: &Settings| fastest(all_of(model, machine, settings, &layouts).0.iter());
    over_grid(model, machine, grid, expert, best)
}

/// Compares one given configuration with the expert's under every settings of a grid.
///
/// # Errors
/// Refuses impossible inputs; a configuration that does not fit under some settings is counted.
pub fn compare(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    given: &Configuration,
    expert: &Configuration,
) -> Result<Spread, SearchError> {
    check(model, machine, given.shape.chips())?;
    check_product(given)?;
    let layouts = layouts_of(given);
    let of_given = |settings: &Settings| best_of(model, machine, settings, given, &layouts).ok();
    over_grid(model, machine, grid, expert, of_given)
}

/// Takes the ratios of what `best` returns to the expert's configuration, over a grid.
fn over_grid(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    expert: &Configuration,
    best: impl Fn(&Settings) -> Option<Evaluation> + Sync,
) -> Result<Spread, SearchError> {
    check(model, machine, expert.shape.chips())?;
    check_product(expert)?;
    let settings = grid.settings()?;
    let layouts = layouts_of(expert);
    let outcomes: Vec<Outcome> = settings
        .par_iter()
        .map(|settings| Outcome {
            settings: *settings,
            best: best(settings),
            expert: best_of(model, machine, settings, expert, &layouts).ok(),
        })
        .collect();
    let mut ratios: Vec<f64> = outcomes.iter().filter_map(Outcome::ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    Ok(Spread { outcomes, ratios })
}

/// Returns every element with every value set.
fn product<T: Copy>(all: &[Settings], values: &[T], set: impl Fn(&mut Settings, T)) -> Vec<Settings> {
    let with = |one: &Settings, value| {
        let mut one = *one;
        set(&mut one, value);
        one
    };
    all.iter()
        .flat_map(|one| values.iter().map(move |&value| (one, value)))
        .map(|(one, value)| with(one, value))
        .collect()
}
