//! What a comparison of two builds tells.

use serde::Serialize;

use crate::facts::Value;
use crate::pipeline::Mention;

/// Everything that moved.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// What the older side was named.
    pub old: String,
    /// What the newer side was named.
    pub new: String,
    /// Verdicts that changed; nothing where a side has none stored.
    pub verdicts: Vec<VerdictChange>,
    /// Numbers of both sides that are not the same.
    pub moved: Vec<Moved>,
    /// Numbers of the newer side alone.
    pub appeared: Vec<Change>,
    /// Numbers of the older side alone.
    pub vanished: Vec<Change>,
}

/// A number of one side alone.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Its name.
    pub fact: String,
    /// Its value, as a reader sees it.
    pub value: String,
    /// Where it stands in the text of its side.
    pub sentences: Vec<Mention>,
}

/// A number that is not what it was.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Its name.
    pub fact: String,
    /// The value before.
    pub from: Value,
    /// The value now.
    pub to: Value,
    /// The unit, as `facts.json` names it; both where it changed.
    pub unit: String,
    /// The value before, as a reader sees it.
    pub from_text: String,
    /// The value now, as a reader sees it.
    pub to_text: String,
    /// By how much, in its unit.
    pub absolute: Option<f64>,
    /// The same as a reader sees it.
    pub absolute_text: Option<String>,
    /// By how much, as a share of the value before.
    pub relative: Option<f64>,
    /// The interval before.
    pub interval_from: Option<(f64, f64)>,
    /// The interval now.
    pub interval_to: Option<(f64, f64)>,
    /// The intervals as a reader sees them, where they differ.
    pub interval_text: Option<String>,
    /// The inputs, published results and sources that moved and on which it rests; the latter two as
    /// `published.NAME` and `source.NAME`.
    pub because: Vec<String>,
    /// The rows of an author's files that entered before or now and are not the same, each with what changed.
    pub rows: Vec<String>,
    /// Where it stands in the newer text.
    pub sentences: Vec<Mention>,
}

/// A claim whose verdict is not what it was.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictChange {
    /// The id of the claim.
    pub id: String,
    /// The claim.
    pub claim: String,
    /// The verdict before with the number that decided; none for a new claim.
    pub from: Option<String>,
    /// The verdict now with the number that decided; none where the claim is gone.
    pub to: Option<String>,
}

impl Changes {
    /// Returns whether nothing moved.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty()
            && self.moved.is_empty()
            && self.appeared.is_empty()
            && self.vanished.is_empty()
    }
}
