//! Which facts a paper needs: those that its text, figures, tables, claims, comparisons or plan can name.

use std::collections::BTreeSet;
use std::path::Path;

use super::context::Options;
use super::inputs::Inputs;
use crate::facts::{Absent, Experiment, Facts, family, quoted};
use crate::model::{EXPERIMENTS_FILE, MEASUREMENTS_FILE, MODEL_FILE, Model};

/// The experiments that run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// All of them.
    All,
    /// Those that make facts of these families.
    Families(BTreeSet<String>),
}

impl Needed {
    /// Returns what some facts need, by their names.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::Families(names.into_iter().map(|name| family(name).to_owned()).collect())
    }

    fn has(&self, experiment: &Experiment) -> bool {
        match self {
            Self::All => true,
            Self::Families(families) => experiment.families.iter().any(|family| families.contains(*family)),
        }
    }

    /// Returns the experiments of a study that are needed, in order of their names.
    pub fn experiments(&self, model: &Model) -> impl Iterator<Item = &'static Experiment> {
        model.study().experiments.iter().filter(|experiment| self.has(experiment))
    }

    /// Returns the facts that no experiment computes, with why others are not there.
    pub fn facts(&self, model: &Model) -> Facts {
        Facts(quoted(model), self.absent(model), Some(model.study()))
    }

    /// Returns those of them that lack an input, or are not made for those that there are.
    fn absent(&self, model: &Model) -> Vec<Absent> {
        let lacking = self.experiments(model).filter_map(|experiment| {
            let (missing, unsuited) = (experiment.missing(model), experiment.unsuited(model));
            let Experiment { id, families, .. } = experiment;
            let is_absent = !missing.is_empty() || unsuited.is_some();
            is_absent.then_some(Absent { experiment: id, families, missing, unsuited })
        });
        lacking.collect()
    }
}

/// Finds the families of facts that an author's files can name. A name is found by its spelling, whatever the
/// file says about it: a fact too many costs time, and one too few would be an error.
pub fn needed(options: &Options, inputs: &Inputs) -> Needed {
    if options.all_facts {
        return Needed::All;
    }
    let known: BTreeSet<&str> =
        inputs.model.study().experiments.iter().flat_map(|experiment| experiment.families).copied().collect();
    let mut found = BTreeSet::new();
    for file in inputs.files().iter().filter(|file| may_name_facts(file)) {
        // A file that cannot be read is an error of the reading that follows.
        let text = std::fs::read_to_string(options.root.join(file)).unwrap_or_default();
        // A pattern such as `{row}.mean` may stand for facts of any family.
        if file.extension().is_some_and(|ending| ending == "yaml") && begins_with_placeholder(&text) {
            return Needed::All;
        }
        found.extend(families(&text).filter(|family| known.contains(family)).map(str::to_owned));
    }
    Needed::Families(found)
}

/// Inputs and parameters bear names like facts, and name none.
fn may_name_facts(file: &Path) -> bool {
    let is_written = file.extension().is_some_and(|ending| ending == "md" || ending == "yaml");
    is_written
        && ![MODEL_FILE, MEASUREMENTS_FILE, EXPERIMENTS_FILE].iter().any(|inputs| file == Path::new(inputs))
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the dots of a text that have a name, or what stands for one, behind them.
fn dots(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_name = |next: &u8| is_part(*next) || b"{*".contains(next);
    (0..bytes.len()).filter(move |at| bytes[*at] == b'.' && bytes.get(at + 1).is_some_and(is_name))
}

/// Returns the end of a text as far back as its signs are such.
fn ending(text: &str, is_such: impl Fn(u8) -> bool) -> &str {
    let start = text.bytes().rposition(|byte| !is_such(byte)).map_or(0, |before| before + 1);
    text.get(start..).unwrap_or_default()
}

/// Returns words before the first dot of something like a name: `queue` of `queue.mean`, `queue.{load}` or
/// `queue.*.mean`.
fn families(text: &str) -> impl Iterator<Item = &str> {
    dots(text).filter_map(|at| {
        let first = ending(&text[..at], is_part);
        let is_first = !text[..at - first.len()].ends_with(['.', '{', '*']);
        (is_first && !first.is_empty()).then_some(first)
    })
}

/// Returns whether something like a name begins with what stands for another part.
fn begins_with_placeholder(text: &str) -> bool {
    dots(text).any(|at| {
        let first = ending(&text[..at], |byte| is_part(byte) || b"{}*".contains(&byte));
        let is_first = !text[..at - first.len()].ends_with('.');
        is_first && (first == "*" || (first.starts_with('{') && first.ends_with('}')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_for_any_family_is_told_from_one_of_its_own() {
        for text in ["facts: {row}.load_50.wait", "[{label: a, facts: *.mean}]", "{column}.{row}"] {
            assert!(begins_with_placeholder(text), "{text}");
        }
        for text in ["facts: queue.{row}.wait", "{fact: a.b}", "a.*.mean", "Words in {braces}. And *stars*."]
        {
            assert!(!begins_with_placeholder(text), "{text}");
        }
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        let text = "Of the queue. {{ fact(name=\"load.half.mean\") }}, facts: wait.{column}.{row} \
                    [rate.*.mean, 1.5] end.";
        assert_eq!(families(text).collect::<Vec<_>>(), ["load", "wait", "rate", "1"]);
    }

    #[test]
    fn needed_experiments_are_told_by_families() {
        assert_eq!(Needed::of(["a.b.c", "a.d", "e"]), Needed::Families(["a".into(), "e".into()].into()));
    }
}
