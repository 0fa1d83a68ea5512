//! `paper/structural-numbers.yaml`: numbers that belong to the language of a text and not to its results.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// Where a paper lists its structural numbers, below its root.
pub const STRUCTURAL_FILE: &str = "paper/structural-numbers.yaml";

/// Stands for every number in a group.
const ANY: &str = "any";

/// Stands for a sign that ends a sentence or a part of one.
const END: &str = "end";

/// Numbers that a paper may write out, each group with its reason.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Structural(Vec<Group>);

/// Numbers that are allowed before some words, or alone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Group {
    /// The numbers, as written; `any` stands for all.
    numbers: Vec<String>,
    /// The words that may follow, `end` for a sign such as a full stop; any word when there are none.
    #[serde(default)]
    before: Vec<String>,
    /// The words of which one must stand before; any word when there are none.
    #[serde(default)]
    after: Vec<String>,
    /// Why these are no results.
    #[schemars(with = "String")]
    reason: Spanned<String>,
}

impl Structural {
    /// Reads the list of the paper at `root`; a paper without the file has none.
    ///
    /// # Errors
    /// Broken YAML, and groups without a reason, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        if !root.join(STRUCTURAL_FILE).exists() {
            return Ok(Self::default());
        }
        let file = Path::new(STRUCTURAL_FILE);
        let list: Self = source::read_yaml(root, file)?;
        let mut errors = Diagnostics::default();
        for group in list.0.iter().filter(|group| group.reason.value.trim().is_empty()) {
            let error = Diagnostic::new(source::place(file, &group.reason), "these numbers have no reason");
            errors.push(error.remedy("say why they are no results"));
        }
        errors.into_result(list)
    }

    /// Returns whether a number may stand between the words before and behind it.
    pub fn allows(&self, before: &str, number: &str, behind: &str) -> bool {
        let (before, number, behind) = (before.to_lowercase(), number.to_lowercase(), behind.to_lowercase());
        let is_word = |word: &&str| !word.is_empty();
        let words =
            |text: &'_ str| text.split(|c: char| !c.is_alphanumeric()).find(is_word).map(str::to_owned);
        let ends = behind.starts_with(['.', ',', ':', ';', '?', ')']);
        let next = if ends { END.to_owned() } else { words(&behind).unwrap_or_default() };
        let last = before.rsplit(|c: char| !c.is_alphanumeric()).find(is_word).unwrap_or_default().to_owned();
        let fits = |words: &[String], word: &String| words.is_empty() || words.contains(word);
        self.0.iter().any(|group| {
            let listed = group.numbers.contains(&number) || group.numbers.iter().any(|any| any == ANY);
            listed && fits(&group.before, &next) && fits(&group.after, &last)
        })
    }
}
