//! `build/verdicts.json`: what the simulation says of each claim.

use serde::{Deserialize, Serialize};

use crate::facts::Verdict;

/// Where the verdicts stand, below `build/` and in a release bundle.
pub const VERDICTS_FILE: &str = "verdicts.json";

/// A claim with its verdict, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// The id of the claim.
    pub id: String,
    /// The claim.
    pub claim: String,
    /// The verdict: `holds`, `fails`, `undecidable` or `not testable`.
    pub verdict: String,
    /// The value of the fact that decided, as a reader sees it.
    pub number: String,
}

impl StoredVerdict {
    /// Stores a verdict.
    pub fn of(verdict: &Verdict<'_>) -> Self {
        Self {
            id: verdict.claim.id.clone(),
            claim: verdict.claim.claim.clone(),
            verdict: verdict.outcome.word().to_owned(),
            number: verdict.number.clone(),
        }
    }
}
