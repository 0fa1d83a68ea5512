//! A fact: one computed or quoted quantity with everything a sceptical reader asks of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Location};
use crate::model::{EXPERIMENTS_FILE, Read, Span};
use crate::study::parameter::Start;
use crate::study::{Parameter, Study};
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
    /// The rows of an author's files that entered, unless they are too many to keep.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entered: Option<Entered>,
}

/// The rows of an author's files that entered a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// The sources behind them.
    pub sources: Vec<String>,
    /// The columns that were looked at: those of conditions, of the name, and what was taken.
    pub columns: Vec<String>,
    /// Where each row stands, such as `data/runs.csv:17`, and what stands in those columns.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Entered {
    /// Says which rows are not those of before: each with what changed, or that it came or went. Rows that only
    /// moved within their files are the same.
    pub fn changes(&self, before: &Self) -> Vec<String> {
        if self.columns != before.columns {
            return vec![format!("columns {} → {}", before.columns.join(", "), self.columns.join(", "))];
        }
        let (was, is): (BTreeSet<_>, BTreeSet<_>) =
            (before.rows.iter().collect(), self.rows.iter().collect());
        let mut gone: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        for (place, cells) in was.difference(&is) {
            gone.entry(cells).or_default().push(place);
        }
        let mut came: BTreeMap<&str, &[String]> = BTreeMap::new();
        for (place, cells) in is.difference(&was) {
            if gone.get_mut(cells.as_slice()).and_then(Vec::pop).is_none() {
                came.insert(place, cells);
            }
        }
        let mut told = Vec::new();
        for (cells, place) in
            gone.iter().flat_map(|(cells, places)| places.iter().map(|place| (*cells, *place)))
        {
            let Some(now) = came.remove(place) else {
                told.push(format!("{place} is gone"));
                continue;
            };
            let changed = self.columns.iter().zip(cells.iter().zip(now)).filter(|(_, (was, is))| was != is);
            let changed = changed.map(|(column, (was, is))| format!("{column} {was} → {is}"));
            told.push(format!("{place}: {}", changed.collect::<Vec<_>>().join(", ")));
        }
        told.extend(came.keys().map(|place| format!("{place} is new")));
        told
    }
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
            is_new(&start).then_some((parameter, value))
        });
        let (set, added): (Vec<_>, Vec<_>) = asked.partition(|(parameter, _)| parameter.is_setting);
        let told = |verb: &str, link: &str, all: &[(&Parameter, String)]| {
            let all: Vec<String> = all
                .iter()
                .map(|(parameter, value)| format!("`{value}` {link} `{}`", parameter.name))
                .collect();
            (!all.is_empty()).then(|| format!("{verb} {}", all.join(" and ")))
        };
        data.or_else(|| {
            let all = [told("add", "to", &added), told("choose", "as", &set)];
            let all: Vec<String> = all.into_iter().flatten().collect();
            (!all.is_empty()).then(|| format!("{} in {EXPERIMENTS_FILE}", all.join(" and ")))
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
            entered: None,
        }
    }

    /// Returns the number, where the value is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Text(_) => None,
        }
    }

    /// Returns it in another unit; nothing where that measures something else, and for a text.
    pub fn in_unit(&self, unit: Unit) -> Option<Self> {
        let (own, other) = (self.unit.sized(), unit.sized());
        let factor = (own.dimensions == other.dimensions).then(|| own.size / other.size)?;
        let published = self.published.as_ref().map(|result| Published {
            value: result.value * factor,
            high: result.high.map(|high| high * factor),
            ..result.clone()
        });
        Some(Self {
            value: Value::Number(self.number()? * factor),
            unit,
            median: self.median.map(|median| median * factor),
            interval: self.interval.map(|(low, high)| (low * factor, high * factor)),
            sampling_error: self.sampling_error.map(|errors| errors.map(|error| error * factor)),
            published,
            ..self.clone()
        })
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

    #[test]
    fn rows_that_changed_are_told_and_those_that_moved_are_not() {
        let entered = |rows: &[(&str, &str, &str)]| Entered {
            sources: vec!["runs".to_owned()],
            columns: vec!["system".to_owned(), "ms".to_owned()],
            rows: rows
                .iter()
                .map(|(at, a, b)| ((*at).to_owned(), vec![(*a).to_owned(), (*b).to_owned()]))
                .collect(),
        };
        let before = entered(&[("a.csv:2", "ours", "1"), ("a.csv:3", "ours", "2"), ("a.csv:4", "ours", "1")]);
        let check = |now: &[(&str, &str, &str)], expected: &[&str]| {
            assert_eq!(entered(now).changes(&before), expected);
        };
        check(&[("a.csv:3", "ours", "1"), ("a.csv:4", "ours", "2"), ("a.csv:5", "ours", "1")], &[]);
        check(
            &[("a.csv:2", "ours", "1"), ("a.csv:3", "ours", "2.5"), ("a.csv:4", "ours", "1")],
            &["a.csv:3: ms 2 → 2.5"],
        );
        check(&[("a.csv:2", "ours", "1"), ("a.csv:3", "ours", "2")], &["a.csv:4 is gone"]);
        check(
            &[
                ("a.csv:2", "ours", "1"),
                ("a.csv:3", "ours", "2"),
                ("a.csv:4", "ours", "1"),
                ("a.csv:5", "ours", "1"),
            ],
            &["a.csv:5 is new"],
        );
    }

    #[test]
    fn all_of_a_fact_is_brought_to_another_unit() {
        let published = Published { value: 0.25, high: Some(0.5), bound: None, place: "a, table 1".into() };
        let fact = Fact {
            interval: Some((0.125, 0.75)),
            sampling_error: Some([0.0, 0.0, 0.0625]),
            published: Some(published),
            ..Fact::new(Value::Number(0.5), Unit::SECONDS, Grade::Computed)
        };
        let converted = fact.in_unit(Unit::MILLISECONDS).expect("both are times");
        assert_eq!(converted.display(None), "500\u{a0}ms");
        assert_eq!(converted.interval, Some((125.0, 750.0)));
        assert_eq!(converted.sampling_error, Some([0.0, 0.0, 62.5]));
        let result = converted.published.as_ref().map(|result| (result.value, result.high));
        assert_eq!(result, Some((250.0, Some(500.0))));
        assert_eq!(converted.difference(), fact.difference());
        assert_eq!(fact.in_unit(Unit::BYTES), None);
        let share = Unit::with_key("%")
            .and_then(|unit| Fact::new(Value::Number(1.25), Unit::TIMES, Grade::Computed).in_unit(unit));
        assert_eq!(share.map(|share| share.display(None)).as_deref(), Some("125\u{a0}%"));
    }
}
