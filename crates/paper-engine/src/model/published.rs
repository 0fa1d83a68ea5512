//! `paper/published.yaml`: results that others published, to stand beside ours. A fact that
//! starts from one is graded `derived from published`.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source;
use crate::units::Unit;

/// Where the published results of a paper stand, below its root.
pub const PUBLISHED_FILE: &str = "paper/published.yaml";

/// A result that others published.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedResult {
    /// What was published.
    pub span: Span,
    /// Its unit.
    pub unit: Unit,
    /// Citation key and place.
    pub source: String,
    /// How it was obtained, where that matters.
    pub note: Option<String>,
    /// The fact of ours that stands for the same quantity.
    pub ours: Option<String>,
    /// How far a computed fact may be from it, relative to its value.
    pub tolerance: Option<f64>,
    /// Why we have no fact for it, or why ours need not agree.
    pub because: Option<String>,
}

/// A published value, range or bound.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// One value.
    Value(f64),
    /// From a lowest to a highest value.
    Range(f64, f64),
    /// At least this much.
    AtLeast(f64),
    /// At most this much.
    AtMost(f64),
}

impl Span {
    /// Returns the distance of a value from the span, relative to its nearest end; 0 inside.
    pub fn error(self, ours: f64) -> f64 {
        let relative = |end: f64| (ours - end) / end.abs();
        match self {
            Self::Value(value) => relative(value),
            Self::Range(low, _) | Self::AtLeast(low) if ours < low => relative(low),
            Self::Range(_, high) | Self::AtMost(high) if ours > high => relative(high),
            _ => 0.0,
        }
    }

    /// Returns whether its numbers are such as can be written down.
    fn is_finite(self) -> bool {
        match self {
            Self::Value(one) | Self::AtLeast(one) | Self::AtMost(one) => one.is_finite(),
            Self::Range(low, high) => low.is_finite() && high.is_finite(),
        }
    }

    /// Returns the span in another unit, of which one of its own makes so many.
    pub(super) fn times(self, factor: f64) -> Self {
        match self {
            Self::Value(value) => Self::Value(value * factor),
            Self::Range(low, high) => Self::Range(low * factor, high * factor),
            Self::AtLeast(value) => Self::AtLeast(value * factor),
            Self::AtMost(value) => Self::AtMost(value * factor),
        }
    }

    /// Returns whether two spans are one but for rounding.
    pub(super) fn is_nearly(self, other: Self) -> bool {
        let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(b.abs());
        match (self, other) {
            (Self::Value(a), Self::Value(b))
            | (Self::AtLeast(a), Self::AtLeast(b))
            | (Self::AtMost(a), Self::AtMost(b)) => is_near(a, b),
            (Self::Range(a, c), Self::Range(b, d)) => is_near(a, b) && is_near(c, d),
            _ => false,
        }
    }

    /// Returns the value that stands for the span where only one can: the value, or the middle of a range.
    pub fn middle(self) -> f64 {
        match self {
            Self::Value(value) | Self::AtLeast(value) | Self::AtMost(value) => value,
            Self::Range(low, high) => f64::midpoint(low, high),
        }
    }

    /// Returns the span as a reader sees it, with its unit.
    pub fn display(self, unit: Unit) -> String {
        match self {
            Self::Value(value) => unit.display(value, None),
            Self::Range(low, high) => format!("{}–{}", unit.digits(low, None), unit.display(high, None)),
            Self::AtLeast(value) => format!("≥ {}", unit.display(value, None)),
            Self::AtMost(value) => format!("≤ {}", unit.display(value, None)),
        }
    }
}

/// A published result as an author writes it: with one of `value`, `range`, `min` and `max`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Published")]
struct PublishedEntry {
    /// The one value that was published.
    value: Option<f64>,
    /// Lowest and highest value, where a range was published.
    range: Option<(f64, f64)>,
    /// The value that it is at least.
    min: Option<f64>,
    /// The value that it is at most.
    max: Option<f64>,
    /// The key of its unit.
    unit: Unit,
    /// Citation key and place.
    source: String,
    /// How it was obtained, where that matters.
    note: Option<String>,
    /// The fact of ours that stands for the same quantity.
    ours: Option<String>,
    /// How far a computed fact may be from it, relative to its value.
    tolerance: Option<f64>,
    /// Why we have no fact for it, or why ours need not agree.
    because: Option<String>,
}

/// Returns the schema of `paper/published.yaml`.
pub fn schema() -> serde_json::Value {
    source::schema_of::<BTreeMap<String, PublishedEntry>>()
}

/// Reads the published results, each with its place; a paper without the file compares with none.
pub(super) fn read(root: &Path) -> Result<BTreeMap<String, (PublishedResult, Location)>, Diagnostics> {
    let file = Path::new(PUBLISHED_FILE);
    if !root.join(file).exists() {
        return Ok(BTreeMap::new());
    }
    let entries: BTreeMap<String, Spanned<PublishedEntry>> =
        source::read_placed::<_, BTreeMap<String, PublishedEntry>>(root, file)?;
    let mut errors = Diagnostics::default();
    let mut results = BTreeMap::new();
    for (name, entry) in entries {
        let place = source::place(file, &entry);
        let PublishedEntry { value, range, min, max, unit, source, note, ours, tolerance, because } =
            entry.value;
        let span = match (value, range, min, max) {
            (Some(value), None, None, None) => Span::Value(value),
            (None, Some((low, high)), None, None) if low <= high => Span::Range(low, high),
            (None, None, Some(low), None) => Span::AtLeast(low),
            (None, None, None, Some(high)) => Span::AtMost(high),
            _ => {
                let message = format!("`{name}` needs one of `value`, `range: [low, high]`, `min` or `max`");
                errors.push(Diagnostic::new(place, message).remedy("write exactly one of them"));
                continue;
            }
        };
        if !span.is_finite() {
            let message = format!("`{name}` is not a finite number");
            let remedy = "write what was published, with `min` or `max` for a bound";
            errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
        }
        if source.trim().is_empty() {
            let message = format!("`{name}` names no source");
            errors.push(Diagnostic::new(place.clone(), message).remedy("cite where it was published"));
        }
        if ours.is_none() && because.is_none() {
            let message = format!("`{name}` is compared with nothing and does not say why");
            errors.push(
                Diagnostic::new(place.clone(), message).remedy("name our fact as `ours`, or say `because`"),
            );
        }
        let result = PublishedResult { span, unit, source, note, ours, tolerance, because };
        results.insert(name, (result, place));
    }
    errors.into_result(results)
}
