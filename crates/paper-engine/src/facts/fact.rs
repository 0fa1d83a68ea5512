//! A fact: one computed or quoted quantity with everything a sceptical reader asks of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Location};
use crate::model::{EXPERIMENTS_FILE, Read, Span};
use crate::study::Study;
use crate::study::parameter::Start;
use crate::units::{Grade, Unit};

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A quantity in the fact's unit.
    Number(f64),
    /// A text, such as a coordinate.
    Text(String),
}

/// The side of a bound on which a quantity lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// At least the published value.
    AtLeast,
    /// At most the published value.
    AtMost,
}

/// What was published for the same quantity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The published value, in the fact's unit; the low end of a range.
    pub value: f64,
    /// The high end of a published range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub high: Option<f64>,
    /// Which bound it is, where only one was published.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Side>,
    /// Citation key and place, such as `brin1998anatomy, fig. 6`.
    pub place: String,
}

/// One named quantity with its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The value, in `unit`: that at the stated values of its inputs, assumed ones too.
    pub value: Value,
    /// The unit of the value, the median, the interval and the published value.
    pub unit: Unit,
    /// How it came about.
    pub grade: Grade,
    /// The median over the ranges of assumed inputs, which need not be the value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub median: Option<f64>,
    /// 5 to 95 % over the ranges of assumed inputs, or what `interval_holds` says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interval: Option<(f64, f64)>,
    /// What the interval of a measured number holds, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interval_holds: Option<String>,
    /// How far low end, median and high end may be from those of endlessly many samples; nothing where they
    /// are exact.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sampling_error: Option<[f64; 3]>,
    /// What moves it most: assumed inputs with their rank correlation, strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub moved_by: Vec<(String, f64)>,
    /// Names of the model inputs it depends on, those behind its stored results among them.
    pub inputs: Vec<String>,
    /// What else it was computed from: published results, data of the study, stored results.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rests_on: Vec<Read>,
    /// How it is computed, in one line.
    pub formula: String,
    /// Where the formula or value comes from.
    pub source: String,
    /// The published counterpart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub published: Option<Published>,
    /// The code that wrote it, where a study did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Origin>,
}

/// The code that wrote a fact. A fact is kept while its code says the same, wherever in its file that stands,
/// so that no line is kept with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file, below the folder of the study's manifest.
    pub file: String,
    /// The function, or the constant whose closure it is.
    pub item: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.file, self.item)
    }
}

/// All facts of a build, by dotted name such as `queue.half_load.mean_wait`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(
    pub BTreeMap<String, Fact>,
    /// What made none.
    #[serde(skip)]
    pub Vec<Absent>,
    /// The study that knows how others are asked for.
    #[serde(skip)]
    pub Option<&'static Study>,
);

/// An experiment that made no facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The experiment.
    pub experiment: &'static str,
    /// The families of its facts.
    pub families: &'static [&'static str],
    /// The inputs and data that the paper lacks, by name.
    pub missing: Vec<String>,
    /// Why it is not made for the inputs of the paper, where it is not.
    pub unsuited: Option<String>,
}

impl Absent {
    /// Says why a fact of it is not there.
    pub fn message(&self, name: &str) -> String {
        let (experiment, missing) = (self.experiment, self.missing.join("`, `"));
        if let Some(reason) = &self.unsuited {
            return format!("`{name}` is not computed: the experiment `{experiment}` {reason}");
        }
        format!("`{name}` is not computed: the experiment `{experiment}` lacks `{missing}`")
    }
}

impl From<BTreeMap<String, Fact>> for Facts {
    fn from(facts: BTreeMap<String, Fact>) -> Self {
        Self(facts, Vec::new(), None)
    }
}

/// Returns the part of a fact's name that tells which experiments make it: that before the first dot.
pub fn family(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

impl Facts {
    /// Returns the experiment that would have made a fact of this name, and lacks something.
    pub fn absent(&self, name: &str) -> Option<&Absent> {
        self.1.iter().find(|absent| absent.families.contains(&family(name)))
    }

    /// Returns what is wrong with a name that no fact has: the inputs that its experiment lacks, or the name.
    pub fn unknown(&self, name: &str, place: Location, message: impl Into<String>) -> Diagnostic {
        let Some(absent) = self.absent(name) else {
            let error = Diagnostic::new(place, message);
            return match self.unlisted(name) {
                Some(remedy) => error.remedy(remedy),
                None => error.suggest(name, self.names()),
            };
        };
        let remedy = match absent.unsuited {
            Some(_) => "take it out, or change that input in paper/model.yaml",
            None => match self.2.and_then(|study| made(study, &absent.missing)) {
                Some(command) => &format!("make it: {command}"),
                None => "give inputs in paper/model.yaml, each with value, unit, grade and source",
            },
        };
        Diagnostic::new(place, absent.message(name))
            .because_of(format!("experiment {}", absent.experiment))
            .remedy(remedy)
    }

    /// Says which values of parameters would make a fact of this name, where no fact has them, or which command
    /// makes the data.
    pub fn unlisted(&self, name: &str) -> Option<String> {
        let study = self.2?;
        let is_new = |start: &Start<'_>| !self.names().any(|known| start.has(known));
        let data = study.data.iter().find_map(|kind| {
            let start = Start::of(kind.names, name).find(|start| start.value().is_some() && is_new(start))?;
            Some(format!("make it: {} {} {}", study.program, kind.command, start.value()?))
        });
        let asked = study.parameters.iter().filter_map(|parameter| {
            let (value, start) = parameter.asked(name)?;
            is_new(&start).then(|| format!("`{value}` to `{}`", parameter.name))
        });
        let asked: Vec<String> = asked.collect();
        data.or_else(|| {
            (!asked.is_empty()).then(|| format!("add {} in {EXPERIMENTS_FILE}", asked.join(" and ")))
        })
    }

    /// Returns the fact of this name.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }

    /// Returns all names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Returns the command that makes the first of some data, of names as `kind/name`.
fn made(study: &Study, missing: &[String]) -> Option<String> {
    missing.iter().find_map(|missing| {
        let (kind, name) = missing.split_once('/')?;
        let kind = study.data.iter().find(|known| known.name == kind)?;
        Some(format!("{} {} {name}", study.program, kind.command))
    })
}

impl Published {
    /// Returns the published value as a reader sees it, with or without its unit.
    pub fn display(&self, unit: Unit, digits: Option<usize>, bare: bool) -> String {
        let end = |value| if bare { unit.digits(value, digits) } else { unit.display(value, digits) };
        match (self.high, self.bound) {
            (Some(high), _) => format!("{}–{}", unit.digits(self.value, digits), end(high)),
            (None, Some(Side::AtLeast)) => format!("≥ {}", end(self.value)),
            (None, Some(Side::AtMost)) => format!("≤ {}", end(self.value)),
            (None, None) => end(self.value),
        }
    }

    /// Returns the values that agree with it.
    pub fn span(&self) -> Span {
        match (self.high, self.bound) {
            (Some(high), _) => Span::Range(self.value, high),
            (None, Some(Side::AtLeast)) => Span::AtLeast(self.value),
            (None, Some(Side::AtMost)) => Span::AtMost(self.value),
            (None, None) => Span::Value(self.value),
        }
    }
}

impl Fact {
    /// Returns a fact that rests on nothing and stands beside nothing; formula and source are left empty.
    pub const fn new(value: Value, unit: Unit, grade: Grade) -> Self {
        Self {
            value,
            unit,
            grade,
            median: None,
            interval: None,
            interval_holds: None,
            sampling_error: None,
            moved_by: Vec::new(),
            inputs: Vec::new(),
            rests_on: Vec::new(),
            formula: String::new(),
            source: String::new(),
            published: None,
            origin: None,
        }
    }

    /// Returns the number, where the value is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Text(_) => None,
        }
    }

    /// Ours against the published value as a share of it, zero inside a published range or bound.
    pub fn difference(&self) -> Option<f64> {
        let span = self.published.as_ref()?.span();
        Some(span.error(self.number()?))
    }

    /// Returns the median as a reader sees it, with or without its unit, in digits that are certain.
    pub fn median_text(&self, digits: Option<usize>, bare: bool) -> Option<String> {
        let text = self.certain(self.median?, 1, digits);
        Some(if bare { text } else { self.unit.with_symbol(text) })
    }

    /// Returns the ends of the interval as a reader sees them, the unit behind the second, in digits that are
    /// certain.
    pub fn interval_text(&self, digits: Option<usize>, bare: bool) -> Option<[String; 2]> {
        let (low, high) = self.interval?;
        let [low, high] = [self.certain(low, 0, digits), self.certain(high, 2, digits)];
        Some([low, if bare { high } else { self.unit.with_symbol(high) }])
    }

    fn certain(&self, number: f64, place: usize, digits: Option<usize>) -> String {
        match self.sampling_error {
            Some(errors) => self.unit.certain_digits(number, errors[place], digits),
            None => self.unit.digits(number, digits),
        }
    }

    /// Returns the value as a reader sees it, with its unit: thousands grouped, ratios with a times sign.
    ///
    /// `digits` is the number of decimals; without it counts show none and other quantities
    /// three significant digits.
    pub fn display(&self, digits: Option<usize>) -> String {
        match &self.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => self.unit.display(*number, digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against(value: f64, published: Published) -> Option<f64> {
        let fact = Fact {
            published: Some(published),
            ..Fact::new(Value::Number(value), Unit::FRACTION, Grade::Computed)
        };
        fact.difference()
    }

    #[test]
    fn a_value_within_what_was_published_differs_by_nothing() {
        let published = |high, bound| Published { value: 0.03, high, bound, place: String::new() };
        assert_eq!(against(0.007, published(None, Some(Side::AtMost))), Some(0.0));
        assert_eq!(against(0.06, published(None, Some(Side::AtMost))), Some(1.0));
        assert_eq!(against(0.06, published(None, Some(Side::AtLeast))), Some(0.0));
        assert_eq!(against(0.06, published(Some(0.09), None)), Some(0.0));
        assert_eq!(against(0.06, published(None, None)), Some(1.0));
        let text = published(None, Some(Side::AtMost)).display(Unit::FRACTION, None, false);
        assert_eq!(text, "≤ 3\u{a0}%");
    }
}
