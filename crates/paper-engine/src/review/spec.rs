//! `paper/review.yaml`: what one paper adds to the checks.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::rules::{RELATION, TERM};
use super::{Check, Class, Material, Severity};
use crate::assertion::{Assertion, Over, Trouble, Truth, Unjudged};
use crate::diagnostic::Diagnostics;
use crate::facts::Facts;
use crate::lint::{Passage, PlainText, passages, plain, whole_words};
use crate::source;

/// Where the checks of a paper stand, below its root.
pub const REVIEW_FILE: &str = "paper/review.yaml";

/// Relations between facts, terms, and names that need no explanation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewSpec {
    /// What has to hold between facts.
    relations: Vec<Relation>,
    /// The one word for each concept.
    terms: Vec<Term>,
    /// Words in capitals that need no explanation.
    names: Vec<Name>,
}

/// What has to hold between facts, at their stated values: two facts of the same assumptions vary together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Relation {
    /// What has to hold, as a sentence without its full stop.
    #[schemars(with = "String")]
    property: Spanned<String>,
    /// The class of checks that it belongs to.
    class: Class,
    /// How much it matters that it does not hold; `critical` without it.
    #[serde(default = "critical")]
    severity: Severity,
    #[serde(flatten)]
    assertion: Assertion,
}

/// The one word for a concept, and the words that may not stand for it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Term {
    /// The word to use.
    term: String,
    /// Phrases that may not stand in the text.
    never: Vec<String>,
    /// Why.
    because: String,
    /// How much it matters; `minor` without it.
    #[serde(default = "minor")]
    severity: Severity,
}

/// Words in capitals that are names and not acronyms of the text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Name {
    /// The words.
    names: Vec<String>,
    /// Why they need no explanation.
    #[serde(rename = "reason")]
    _reason: String,
}

const fn critical() -> Severity {
    Severity::Critical
}

const fn minor() -> Severity {
    Severity::Minor
}

impl ReviewSpec {
    /// Reads the checks of the paper at `root`; a paper without the file adds none.
    ///
    /// # Errors
    /// Broken YAML, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        if !root.join(REVIEW_FILE).exists() {
            return Ok(Self::default());
        }
        source::read_yaml(root, Path::new(REVIEW_FILE))
    }

    /// Returns whether a word in capitals is a name.
    pub(super) fn is_name(&self, word: &str) -> bool {
        self.names.iter().any(|group| group.names.iter().any(|name| name == word))
    }
}

/// Returns one check for each relation and each term.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let spec = material.spec;
    let relations = spec.relations.iter().map(|relation| relation.check(material.facts));
    let passages = material.fullest().map(passages).unwrap_or_default();
    let texts: Vec<_> = passages.iter().map(|passage| (passage, plain(passage.content))).collect();
    relations.chain(spec.terms.iter().map(|term| term.check(&texts))).collect()
}

impl Relation {
    fn check(&self, facts: &Facts) -> Check {
        let mut check = Check::of(self.class, &RELATION);
        check.severity = self.severity;
        check.property.clone_from(&self.property.value);
        let place = source::place(Path::new(REVIEW_FILE), &self.property);
        match self.assertion.judge(facts, Over::Values) {
            Ok(found) => check.look(found.truth == Truth::Holds, &place, || found.message.clone()),
            Err(Unjudged(troubles)) => {
                for trouble in troubles {
                    check.look(false, &place, || match &trouble {
                        Trouble::Missing(fact) => facts
                            .absent(fact)
                            .map_or_else(|| trouble.to_string(), |absent| absent.message(fact)),
                        Trouble::Mixed(message) => message.clone(),
                    });
                }
            }
        }
        check
    }
}

impl Term {
    fn check(&self, texts: &[(&Passage<'_>, PlainText)]) -> Check {
        let property = format!("the text says {} and not {}", self.term, self.never.join(", "));
        let mut check = Check::of(Class::Terminology, &TERM);
        check.severity = self.severity;
        check.property = property;
        for (passage, text) in texts {
            let found = |phrase: &String| Some((whole_words(text, phrase).first().copied()?, phrase.clone()));
            let wrong = self.never.iter().find_map(found);
            let place = passage.place(text, wrong.as_ref().map_or(0, |(byte, _)| *byte));
            check.look(wrong.is_none(), &place, || {
                format!("`{}`: {}", wrong.as_ref().map_or("", |(_, phrase)| phrase), self.because)
            });
        }
        check
    }
}
