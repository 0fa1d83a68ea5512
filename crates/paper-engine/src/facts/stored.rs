//! Experiments that take too long for a build, whose results are stored and looked at by every build.
//!
//! `phext-paper sim store ID` runs one and writes `paper/results/ID.json`. A build reads that file. It
//! refuses one that was made from other inputs or settings, warns of one that other code made, and computes a
//! part of each anew to compare.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Location};
use crate::model::{Model, RESULTS_FOLDER, StoredResult, Values};
use crate::source::hex;
use crate::study::DataNeeded;

/// Significant digits that are stored, so that every reader of a file gets the same numbers.
const DIGITS: usize = 10;
/// How far a number computed anew may be from the stored one, relative to it: rounding to [`DIGITS`] digits.
const ROUNDING: f64 = 1e-9;

/// Hears of what a study is computing.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// A computation whose result is stored.
pub struct StoredExperiment {
    /// Name on the command line and of the file.
    pub id: &'static str,
    /// The experiment that makes facts of the result.
    pub experiment: &'static str,
    /// What it computes, in one sentence.
    pub summary: &'static str,
    /// Inputs it reads.
    pub inputs: &'static [&'static str],
    /// Data of the study that it reads.
    pub data: &'static [DataNeeded],
    /// Its settings, by name.
    pub settings: fn() -> BTreeMap<String, f64>,
    /// Computes the result, and tells what it is at.
    pub run: fn(&Model, Progress<'_>) -> Result<Values, String>,
    /// Computes a cheap and telling part of the result anew.
    pub spot: fn(&Model) -> Result<Values, String>,
}

/// Whether a stored result is what the experiment would find today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredState {
    /// Nothing is stored.
    Missing,
    /// Inputs, settings and code are those of today.
    Current,
    /// The code has changed since.
    OtherCode,
    /// Inputs, data or settings have changed since.
    OtherInputs,
}

/// Returns a warning for each stored result that other code made; its spot check agrees, or the build would
/// have stopped.
pub fn made_by_older_code(model: &Model) -> Vec<Diagnostic> {
    let older = model.study().stored.iter().filter(|stored| stored.state(model) == StoredState::OtherCode);
    let warn = |stored: &StoredExperiment| {
        let message = format!("the result of `{}` was made before its code changed", stored.id);
        let remedy = format!("compute it anew: {} sim store {}", model.study().program, stored.id);
        Diagnostic::new(Location::file(stored.file()), message).remedy(remedy)
    };
    older.map(warn).collect()
}

impl StoredExperiment {
    /// Returns where its result is stored, below the root of a paper.
    pub fn file(&self) -> PathBuf {
        Path::new(RESULTS_FOLDER).join(format!("{}.json", self.id))
    }

    /// Returns whether the stored result is what the experiment would find today.
    pub fn state(&self, model: &Model) -> StoredState {
        match model.stored_result(self.id) {
            None => StoredState::Missing,
            Some(stored)
                if stored.inputs != self.input_digest(model) || stored.settings != (self.settings)() =>
            {
                StoredState::OtherInputs
            }
            Some(stored) if stored.code != self.code_digest(model) => StoredState::OtherCode,
            Some(_) => StoredState::Current,
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// Inputs or data that the paper lacks, by name; else what the experiment says.
    pub fn compute(&self, model: &Model, progress: Progress<'_>) -> Result<StoredResult, String> {
        let missing = super::missing(self.inputs, DataNeeded::each(self.data), model);
        if !missing.is_empty() {
            return Err(format!("the paper lacks {}", missing.join(", ")));
        }
        let mut values = (self.run)(model, progress)?;
        values.values_mut().flatten().for_each(|value| *value = rounded(*value));
        if let Some((name, _)) = values.iter().find(|(_, list)| list.iter().any(|value| !value.is_finite())) {
            return Err(format!("`{name}` is not a finite number"));
        }
        Ok(StoredResult {
            study: self.id.to_owned(),
            code: self.code_digest(model),
            inputs: self.input_digest(model),
            settings: (self.settings)(),
            values,
        })
    }

    /// Holds the stored result against today's inputs and a part of it computed anew.
    ///
    /// # Errors
    /// A result from other inputs or settings, or one that differs, at its file.
    pub fn check(&self, model: &Model) -> Result<(), Diagnostic> {
        let refuse = |message: String| {
            let remedy = format!("compute it anew: {} sim store {}", model.study().program, self.id);
            Err(Diagnostic::new(Location::file(self.file()), message).remedy(remedy))
        };
        let Some(stored) = model.stored_result(self.id) else { return Ok(()) };
        if self.state(model) == StoredState::OtherInputs {
            return refuse(format!("the result of `{}` was made from other inputs or settings", self.id));
        }
        let again = match (self.spot)(model) {
            Ok(again) => again,
            Err(error) => return refuse(format!("the result of `{}` cannot be checked: {error}", self.id)),
        };
        for (name, found) in &again {
            let kept = stored.values.get(name).map_or(&[][..], Vec::as_slice);
            let is_same = |(a, b): (&f64, &f64)| (a - b).abs() <= ROUNDING * a.abs().max(b.abs());
            // A spot check may stop after the first seeds.
            if kept.len() < found.len() || !kept.iter().zip(found).all(is_same) {
                return refuse(format!(
                    "`{name}` is stored as {kept:?}, but computing it anew gives {found:?}"
                ));
            }
        }
        Ok(())
    }

    /// Returns a digest of the inputs and data that it reads.
    pub fn input_digest(&self, model: &Model) -> String {
        let mut digest = Sha256::new();
        for input in self.inputs.iter().map(|&name| (name, model.get(name).map(|input| input.value))) {
            digest.update(format!("{input:?}\n"));
        }
        for (kind, name) in DataNeeded::each(self.data) {
            let essence = model.datum(kind, name).map(|datum| format!("Some({})", datum.essence));
            digest.update(format!("({name:?}, {})\n", essence.as_deref().unwrap_or("None")));
        }
        hex(&digest.finalize())
    }

    /// Returns the digest of the code that makes the result.
    pub fn code_digest(&self, model: &Model) -> String {
        model.study().code.digest("StoredExperiment", self.id).to_owned()
    }
}

impl StoredState {
    /// Returns the words that stand in lists.
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Current => "current",
            Self::OtherCode => "made by other code",
            Self::OtherInputs => "made from other inputs",
        }
    }
}

fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: StoredExperiment = StoredExperiment {
        id: "example",
        experiment: "thirds",
        summary: "",
        inputs: &[],
        data: &[],
        settings: || BTreeMap::from([("seeds".to_owned(), 2.0)]),
        run: |_, progress| {
            progress("third");
            Ok(BTreeMap::from([("third".to_owned(), vec![1.0 / 3.0, 2.0 / 3.0])]))
        },
        spot: |_| Ok(BTreeMap::from([("third".to_owned(), vec![1.0 / 3.0])])),
    };

    fn with(change: impl FnOnce(&mut StoredResult)) -> Model {
        let mut stored = EXAMPLE.compute(&Model::default(), &|_| ()).unwrap();
        change(&mut stored);
        Model::default().with_result(stored)
    }

    #[test]
    fn a_result_is_rounded_and_passes_its_own_check() {
        let model = with(|_| ());
        assert_eq!(model.stored("example").unwrap()["third"], [0.333_333_333_3, 0.666_666_666_7]);
        assert_eq!(EXAMPLE.state(&model), StoredState::Current);
        EXAMPLE.check(&model).unwrap();
        assert_eq!(EXAMPLE.state(&Model::default()), StoredState::Missing);
    }

    #[test]
    fn forged_numbers_and_other_settings_are_refused_at_the_file() {
        let forged = with(|stored| stored.values.insert("third".into(), vec![0.34, 0.67]).map_or((), drop));
        let error = EXAMPLE.check(&forged).unwrap_err();
        assert!(error.message.contains("0.34"), "{error:?}");
        let short = with(|stored| stored.values.clear());
        assert!(EXAMPLE.check(&short).is_err());
        let other = with(|stored| stored.settings.insert("seeds".into(), 3.0).map_or((), drop));
        assert_eq!(EXAMPLE.state(&other), StoredState::OtherInputs);
        assert!(EXAMPLE.check(&other).unwrap_err().message.contains("other inputs"));
        let old = with(|stored| stored.code.push('x'));
        assert_eq!(EXAMPLE.state(&old), StoredState::OtherCode);
        EXAMPLE.check(&old).unwrap();
    }
}
