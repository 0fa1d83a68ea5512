//! `paper/rally.yaml`: the waves of the plan, what each delivers, and the checks that decide whether it is
//! done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::check::Check;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// Where the plan of a paper stands, below its root.
pub const RALLY_FILE: &str = "paper/rally.yaml";

/// The plan that a paper is produced by.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The work that the paper starts from, part by part.
    #[serde(default)]
    pub source: SourceWork,
    /// The key concepts, in the words of the text.
    #[serde(default)]
    pub concepts: Vec<String>,
    /// The phases, in order.
    pub phases: Vec<Phase>,
    /// The waves, in order.
    pub waves: Vec<Wave>,
    /// What the plan leaves to its owner.
    #[serde(default)]
    pub open_questions: Vec<Question>,
}

/// The sections, figures and tables of the work that the paper starts from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourceWork {
    /// Its key in the bibliography.
    pub work: String,
    /// Sections by number.
    pub sections: BTreeMap<String, String>,
    /// Figures by number.
    pub figures: BTreeMap<u32, String>,
    /// Tables by number.
    pub tables: BTreeMap<u32, String>,
}

/// Waves that belong together and end at a gate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its number.
    #[schemars(with = "u32")]
    pub id: Spanned<u32>,
    /// Its name.
    pub title: String,
    /// The estimate.
    pub hours: f64,
    /// What has to be answered before the next phase.
    pub gate: Gate,
}

/// The question at the end of a phase, and the criteria that answer it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The question of the plan.
    pub question: String,
    /// What answers it, beside the waves of the phase.
    pub criteria: Vec<Criterion>,
}

/// One delivery of the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Its number.
    #[schemars(with = "u32")]
    pub id: Spanned<u32>,
    /// The phase it belongs to.
    #[schemars(with = "u32")]
    pub phase: Spanned<u32>,
    /// Its name.
    pub title: String,
    /// What it delivers: a file or a folder that ends in `/`, in `paper/` or `build/`.
    pub output: String,
    /// Files and folders that the output is made from, by which its history is told apart.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The estimate.
    pub minutes: u32,
    /// The waves it builds on.
    #[schemars(with = "Vec<u32>")]
    pub after: Vec<Spanned<u32>>,
    /// What has to hold.
    pub criteria: Vec<Criterion>,
}

/// One sentence of the plan and the checks that decide it; all of them have to hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// The sentence.
    #[schemars(with = "String")]
    pub text: Spanned<String>,
    /// Its checks; a criterion without any stays open.
    #[serde(default)]
    pub checks: Vec<Check>,
}

/// A decision that belongs to the owner of the plan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name.
    pub id: String,
    /// The answers that the plan offers.
    #[serde(default)]
    pub options: Vec<String>,
    /// What is used until the owner answers.
    pub until_answered: String,
}

impl Criterion {
    /// Returns whether a person has to give it.
    pub fn is_sign_off(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::SignOff(_)))
    }
}

impl Plan {
    /// Reads the plan of the paper at `root`; a paper without the file has none.
    ///
    /// # Errors
    /// Broken YAML, numbers used twice, phases and waves that nobody declares, circles, and criteria that mix
    /// a sign-off with other checks: all located.
    pub fn read(root: &Path) -> Result<Option<Self>, Diagnostics> {
        if !root.join(RALLY_FILE).exists() {
            return Ok(None);
        }
        let plan: Self = source::read_yaml(root, Path::new(RALLY_FILE))?;
        plan.check()?;
        Ok(Some(plan))
    }

    /// Returns the waves of a phase.
    pub fn waves_of(&self, phase: u32) -> impl Iterator<Item = &Wave> {
        self.waves.iter().filter(move |wave| wave.phase.value == phase)
    }

    fn check(&self) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        let phases = self.phases.iter().map(|phase| &phase.id);
        distinct("phase", phases, &mut errors);
        distinct("wave", self.waves.iter().map(|wave| &wave.id), &mut errors);
        let phases: BTreeSet<u32> = self.phases.iter().map(|phase| phase.id.value).collect();
        let waves: BTreeSet<u32> = self.waves.iter().map(|wave| wave.id.value).collect();
        for wave in &self.waves {
            if !phases.contains(&wave.phase.value) {
                let message = format!("there is no phase {}", wave.phase.value);
                errors.push(at(&wave.phase, message).remedy("name a phase of the list `phases`"));
            }
            for before in wave.after.iter().filter(|before| !waves.contains(&before.value)) {
                let message = format!("there is no wave {}", before.value);
                errors.push(at(before, message).remedy("name a wave of the list `waves`"));
            }
            if !["paper/", "build/"].iter().any(|folder| wave.output.starts_with(folder)) {
                let message = format!("`{}` is neither in paper/ nor in build/", wave.output);
                errors.push(at(&wave.id, message).remedy("an output begins with paper/ or build/"));
            }
        }
        let gates = self.phases.iter().flat_map(|phase| &phase.gate.criteria);
        for criterion in self.waves.iter().flat_map(|wave| &wave.criteria).chain(gates) {
            if criterion.is_sign_off() && criterion.checks.len() > 1 {
                let message = "a sign-off cannot stand beside other checks";
                let remedy = "make it a criterion of its own, so that what is signed is known";
                errors.push(at(&criterion.text, message).remedy(remedy));
            }
        }
        errors.0.extend(self.circle().0);
        errors.into_result(())
    }

    /// Reports the waves that wait for each other, at the one from which the circle is entered.
    fn circle(&self) -> Diagnostics {
        let mut left: Vec<&Wave> = self.waves.iter().collect();
        let mut done: BTreeSet<u32> = BTreeSet::new();
        let known: BTreeSet<u32> = self.waves.iter().map(|wave| wave.id.value).collect();
        loop {
            let waits = |wave: &&Wave| {
                let mut before = wave.after.iter().map(|before| before.value);
                before.any(|before| known.contains(&before) && !done.contains(&before))
            };
            let (later, ready): (Vec<&Wave>, Vec<&Wave>) = left.iter().partition(|wave| waits(wave));
            if ready.is_empty() {
                left = later;
                break;
            }
            done.extend(ready.iter().map(|wave| wave.id.value));
            left = later;
        }
        let Some(first) = left.first() else { return Diagnostics::default() };
        // Every wave that is left waits for another one that is left, so this walk returns to itself.
        let mut path = vec![first.id.value];
        loop {
            let last = path[path.len() - 1];
            let wave = left.iter().find(|wave| wave.id.value == last);
            let open = |before: &&Spanned<u32>| left.iter().any(|wave| wave.id.value == before.value);
            let Some(next) = wave.and_then(|wave| wave.after.iter().find(open)) else {
                return Diagnostics::default();
            };
            let seen = path.iter().position(|&id| id == next.value);
            path.push(next.value);
            if let Some(start) = seen {
                let words: Vec<String> = path[start..].iter().map(u32::to_string).collect();
                let message = format!("waves wait for each other: {}", words.join(" after "));
                return at(next, message).remedy("take one of them out of `after`").into();
            }
        }
    }
}

fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(source::place(Path::new(RALLY_FILE), value), message)
}

fn distinct<'a>(kind: &str, ids: impl Iterator<Item = &'a Spanned<u32>>, errors: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for id in ids.filter(|id| !seen.insert(id.value)) {
        errors.push(at(id, format!("there are two of {kind} {}", id.value)).remedy("number them anew"));
    }
}
