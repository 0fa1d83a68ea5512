//! `paper/claims.yaml`: what the paper claims, and which fact decides it.

use std::collections::BTreeSet;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::assertion::Assertion;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// Where the claims of a paper stand, below its root.
pub const CLAIMS_FILE: &str = "paper/claims.yaml";

/// A claim and the tests that decide it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Short name, such as `allreduce-3.8x`.
    pub id: String,
    /// The claim in words.
    pub claim: String,
    /// How its words are read, so that a number can decide.
    pub definition: String,
    /// The strict test.
    pub test: Test,
    /// Further tests, of other parts of the claim; it holds only if all are met.
    #[serde(default)]
    pub also: Vec<Test>,
    /// What would have made it fail.
    pub fails_if: String,
    /// Why the machine could not have failed it, where it could not.
    #[serde(default)]
    pub untestable: Option<String>,
    /// When its tests were fixed.
    pub fixed: Fixed,
    /// A weaker reading, whose number is told beside the verdict and does not change it.
    #[serde(default)]
    pub weaker: Option<Weaker>,
    /// The strongest argument against the verdict.
    pub counter_reading: String,
}

/// When the tests of a claim were fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fixed {
    /// Before the result was known.
    Before,
    /// When the result was known or could be.
    After,
}

impl Fixed {
    /// Returns the words that tell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before the result was known",
            Self::After => "after the result was known",
        }
    }
}

/// What has to hold for a claim or a part of it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Which part of the claim it decides, where it has several.
    #[serde(default)]
    pub part: Option<String>,
    /// What has to hold, over the whole interval of an assumption.
    #[serde(flatten)]
    pub assertion: Assertion,
}

/// A weaker test with the condition it stands for.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weaker {
    /// What has to be granted.
    pub condition: String,
    /// What would have to hold.
    #[serde(flatten)]
    pub assertion: Assertion,
}

impl Claim {
    /// Returns everything that its facts are asked: its tests, then its weaker reading.
    pub fn assertions(&self) -> impl Iterator<Item = &Assertion> {
        let tests = std::iter::once(&self.test).chain(&self.also).map(|test| &test.assertion);
        tests.chain(self.weaker.as_ref().map(|weaker| &weaker.assertion))
    }
}

/// Reads the claims; a paper without the file claims nothing.
pub(super) fn read(root: &Path) -> Result<Vec<Claim>, Diagnostics> {
    let file = Path::new(CLAIMS_FILE);
    if !root.join(file).exists() {
        return Ok(Vec::new());
    }
    let claims: Vec<Spanned<Claim>> = source::read_placed::<_, Vec<Claim>>(root, file)?;
    let mut errors = Diagnostics::default();
    let mut ids = BTreeSet::new();
    for claim in &claims {
        let Claim { id, fails_if, test, also, .. } = &claim.value;
        if fails_if.trim().is_empty() {
            let message = format!("`{id}` does not say what would have made it fail");
            let remedy = "argue its test in `fails_if`";
            errors.push(Diagnostic::new(source::place(file, claim), message).remedy(remedy));
        }
        if !also.is_empty() && std::iter::once(test).chain(also).any(|test| test.part.is_none()) {
            let message = format!("`{id}` has several tests and does not say which part each decides");
            let remedy = "give each of them a `part`";
            errors.push(Diagnostic::new(source::place(file, claim), message).remedy(remedy));
        }
        if !ids.insert(claim.value.id.clone()) {
            let message = format!("`{}` is claimed twice", claim.value.id);
            errors.push(
                Diagnostic::new(source::place(file, claim), message).remedy("give each claim its own id"),
            );
        }
    }
    errors.into_result(claims.into_iter().map(|claim| claim.value).collect())
}
