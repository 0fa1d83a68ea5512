//! Facts as a chart needs them: in the unit of its axis, with interval and published value.

use serde_saphyr::Spanned;

use super::super::Lookup;
use super::axis::Axis;
use super::scale::{self, Spacing};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Unit};
use crate::source;

/// One fact on an axis.
#[derive(Clone, Debug)]
pub struct Datum {
    /// The value in the unit of the axis.
    pub value: f64,
    /// The median over assumed inputs, in the unit of the axis.
    pub median: Option<f64>,
    /// The interval in the unit of the axis.
    pub interval: Option<[f64; 2]>,
    /// What it holds, in a few words; 5 to 95 % over assumptions where nothing is said.
    pub interval_holds: Option<String>,
    /// What was published, in the unit of the axis: both ends of a range, or one value twice.
    pub published: Option<[f64; 2]>,
    /// The value as a reader sees it, without its unit.
    pub text: String,
}

impl Datum {
    /// Returns all values that the axis has to show.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        let ends = self.interval.into_iter().chain(self.published).flatten();
        std::iter::once(self.value).chain(self.median).chain(ends)
    }
}

/// Returns what an interval holds, without how it was found.
fn first_words(holds: &str) -> &str {
    holds.split(',').next().unwrap_or(holds)
}

/// Reads a fact that the author names at a place, and widens the axis to it.
///
/// # Errors
/// A name that is no fact, a text, another unit, and what a logarithmic axis cannot show.
pub fn read(
    lookup: &Lookup<'_>,
    name: &Spanned<String>,
    axis: &mut Axis,
    digits: Option<usize>,
) -> Result<Datum, Diagnostics> {
    let fact = lookup.fact(name)?;
    lookup.number(name)?;
    of_fact(fact, &name.value, &source::place(&lookup.file, name), axis, digits)
}

/// Reads the axis value of a fact found by name, blaming a place for what is wrong with it.
///
/// # Errors
/// Those of [`read`], except that the fact is there.
pub fn of_fact(
    fact: &Fact,
    name: &str,
    place: &Location,
    axis: &mut Axis,
    digits: Option<usize>,
) -> Result<Datum, Diagnostics> {
    let wrong = |message: String, remedy: String| -> Diagnostics {
        Diagnostic::new(place.clone(), message).remedy(remedy).into()
    };
    let Some(number) = fact.number() else {
        return Err(wrong(
            format!("fact `{name}` is a text, and a drawing needs a number here"),
            "name a fact with a number".to_owned(),
        ));
    };
    if matches!(axis.spacing, Spacing::Time | Spacing::Category) {
        let message = format!("fact `{name}` is a number, and its axis shows dates or words alone");
        return Err(wrong(message, "write `scale: linear` at the axis".to_owned()));
    }
    axis.unit.settle(fact.unit);
    let Some(factor) = axis.unit.factor(fact.unit) else {
        let of_axis = match axis.unit.label() {
            "" => "plain numbers".to_owned(),
            unit => format!("`{unit}`"),
        };
        return Err(wrong(
            format!("fact `{name}` is in `{}`, its axis in {of_axis}", fact.unit.key()),
            format!("write `unit: {}` at the axis, or name another fact", fact.unit.key()),
        ));
    };
    let scaled = |[low, high]: [f64; 2]| [low * factor, high * factor];
    let published = fact.published.as_ref();
    let value = number * factor;
    let same = factor == 1.0 || fact.unit == Unit::FRACTION;
    let text = if same { fact.unit.digits(number, digits) } else { Unit::ONE.digits(value, digits) };
    let text = scale::number(axis.language, &text);
    let datum = Datum {
        value,
        median: fact.median.map(|median| median * factor),
        interval: fact.interval.map(|(low, high)| scaled([low, high])),
        interval_holds: fact.interval_holds.as_deref().map(|holds| first_words(holds).to_owned()),
        published: published.map(|found| scaled([found.value, found.high.unwrap_or(found.value)])),
        text,
    };
    if !datum.values().all(f64::is_finite) {
        let remedy = "correct its inputs, or leave it out".to_owned();
        return Err(wrong(format!("fact `{name}` is not finite"), remedy));
    }
    if axis.spacing == Spacing::Log && datum.values().any(|value| value <= 0.0) {
        return Err(wrong(
            format!(
                "fact `{name}` reaches {text}, and a logarithmic axis shows positive numbers alone",
                text = least(&datum)
            ),
            "write `scale: linear` at the axis, or leave the fact out".to_owned(),
        ));
    }
    datum.values().for_each(|value| axis.extent.take(value));
    Ok(datum)
}

fn least(datum: &Datum) -> String {
    Unit::ONE.digits(datum.values().fold(f64::INFINITY, f64::min), None)
}

/// Returns every fact whose name fits a pattern with one wildcard `*`, by what stands for the wildcard.
///
/// # Errors
/// A pattern without or with several wildcards, and one that no fact fits.
pub fn matching<'a>(
    lookup: &'a Lookup<'_>,
    pattern: &Spanned<String>,
) -> Result<Vec<(&'a str, &'a str, &'a Fact)>, Diagnostics> {
    let place = source::place(&lookup.file, pattern);
    let Some((before, after)) = pattern.value.split_once('*').filter(|(_, after)| !after.contains('*'))
    else {
        let message = format!("`{}` must hold one wildcard `*`", pattern.value);
        let remedy = "write `*` for the part of the name that changes from point to point";
        return Err(Diagnostic::new(place, message).remedy(remedy).into());
    };
    let fits = |name: &'a str| {
        let middle = name.strip_prefix(before)?.strip_suffix(after)?;
        (!middle.is_empty() && !middle.contains('.')).then_some(middle)
    };
    let facts = lookup.facts.0.iter();
    let found: Vec<_> = facts.filter_map(|(name, fact)| Some((fits(name)?, name.as_str(), fact))).collect();
    if found.is_empty() {
        let message = format!("no fact is named like `{}`", pattern.value);
        return Err(lookup.facts.unknown(&pattern.value, place, message).into());
    }
    Ok(found)
}

/// Returns the number that a part of a name stands for: `99_5` for 99.5.
pub fn number_of(part: &str) -> Option<f64> {
    part.replace('_', ".").parse().ok().filter(|number: &f64| number.is_finite())
}
