//! What experiments sweep and how they sample: values that an author may choose in `paper/experiments.yaml`.
//!
//! A study declares each in a line, and experiments name those that they read:
//!
//! ```
//! use ::paper_engine::study::{Label, Parameter};
//!
//! const PARAMETERS: &[Parameter] = &[
//!     Parameter::numbers("desk.loads", "Loads of the desk.", [0.01, 0.99], &[0.5, 0.9])
//!         .named(&["desk.load_{}"])
//!         .labelled(Label::Percent(0)),
//!     Parameter::count("desk.customers", "Customers that are simulated.", [1, 1_000_000], &[10_000]),
//!     Parameter::seed("desk.seed", "customers", &[1]),
//! ];
//! # assert_eq!(PARAMETERS.len(), 3);
//! ```

use std::fmt;

/// Reads an input of the paper by its name, where the paper gives it; for what a parameter may be, a setting too.
pub type InputOf<'a> = &'a dyn Fn(&str) -> Option<f64>;

/// A sweep, a list of values, or a setting, which is one value.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Dotted name; the part before the dot is its group.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// What its values may be, and those of a paper that chooses none.
    pub domain: Domain,
    /// Whether it has one value, and no list.
    pub is_setting: bool,
    /// Whether its list has at least one value.
    pub is_needed: bool,
    /// The starts of the names of facts in which a value stands, such as `desk.load_{}`: `{}` for the value,
    /// `*` for any other part.
    pub names: &'static [&'static str],
    /// How a number stands there.
    pub label: Label,
    /// Says why a value does not go with the inputs, where it does not.
    pub fits: fn(InputOf<'_>, &str) -> Result<(), String>,
    /// What is drawn with its values, where they are seeds.
    pub draws: Option<&'static str>,
}

/// What values may be, and which they are in a paper that says nothing.
#[derive(Clone, Copy)]
pub enum Domain {
    /// Numbers from the first limit to the second.
    Numbers([f64; 2], &'static [f64]),
    /// Whole numbers from the first limit to the second.
    Counts([u64; 2], &'static [u64]),
    /// Words, and why a word is none of them.
    Words(fn(&str) -> Result<(), String>, &'static [&'static str]),
}

/// The values of a parameter in one paper.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Whole numbers.
    Counts(Vec<u64>),
    /// Words.
    Words(Vec<String>),
}

impl fmt::Display for Chosen {
    /// Writes the values as an author does, without the brackets of a list.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = match self {
            Self::Numbers(values) => values.iter().map(f64::to_string).collect(),
            Self::Counts(values) => values.iter().map(u64::to_string).collect(),
            Self::Words(values) => values.clone(),
        };
        f.write_str(&values.join(", "))
    }
}

/// How a number stands in the names of facts, with `_` for the point and at least so many decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// As it is: 0.25 is `0_25`.
    Decimals(usize),
    /// In per cent: with one decimal, 0.99 is `99_0`.
    Percent(usize),
}

/// Decimals that a label may have: so many that no two values of a sweep are alike.
const MOST_DECIMALS: usize = 12;

/// Returns the shortest decimal of a number with at least so many decimals.
fn decimal(value: f64, least: usize) -> String {
    let text = format!("{value:.MOST_DECIMALS$}");
    let digits = text.trim_end_matches('0').len().max(text.len() - MOST_DECIMALS + least);
    text[..digits].trim_end_matches('.').to_owned()
}

impl Label {
    /// Returns the part of a name for a number.
    pub fn text(self, value: f64) -> String {
        let text = match self {
            Self::Decimals(least) => decimal(value, least),
            Self::Percent(least) => decimal(100.0 * value, least),
        };
        text.replace('.', "_")
    }

    /// Returns the number that a part of a name stands for, as an author writes it.
    fn written(self, text: &str) -> Option<String> {
        let number: f64 = text.replace('_', ".").parse().ok()?;
        let number = match self {
            Self::Decimals(_) => number,
            Self::Percent(_) => number / 100.0,
        };
        (self.text(number) == text).then(|| decimal(number, 0))
    }
}

impl Parameter {
    const fn new(name: &'static str, about: &'static str, domain: Domain, is_setting: bool) -> Self {
        let label = Label::Decimals(0);
        let fits = |_: InputOf<'_>, _: &str| Ok(());
        Self { name, about, domain, is_setting, is_needed: false, names: &[], label, fits, draws: None }
    }

    /// Declares a list of numbers.
    pub const fn numbers(
        name: &'static str,
        about: &'static str,
        limits: [f64; 2],
        default: &'static [f64],
    ) -> Self {
        Self::new(name, about, Domain::Numbers(limits, default), false)
    }

    /// Declares a list of whole numbers.
    pub const fn counts(
        name: &'static str,
        about: &'static str,
        limits: [u64; 2],
        default: &'static [u64],
    ) -> Self {
        Self::new(name, about, Domain::Counts(limits, default), false)
    }

    /// Declares a list of words; `form` says why a text is none.
    pub const fn words(
        name: &'static str,
        about: &'static str,
        form: fn(&str) -> Result<(), String>,
        default: &'static [&'static str],
    ) -> Self {
        Self::new(name, about, Domain::Words(form, default), false)
    }

    /// Declares one number.
    pub const fn number(
        name: &'static str,
        about: &'static str,
        limits: [f64; 2],
        default: &'static [f64; 1],
    ) -> Self {
        Self::new(name, about, Domain::Numbers(limits, default), true)
    }

    /// Declares one whole number.
    pub const fn count(
        name: &'static str,
        about: &'static str,
        limits: [u64; 2],
        default: &'static [u64; 1],
    ) -> Self {
        Self::new(name, about, Domain::Counts(limits, default), true)
    }

    /// Declares the seed with which something is drawn, which the manifest of a build names.
    pub const fn seed(name: &'static str, draws: &'static str, default: &'static [u64; 1]) -> Self {
        let about = "The seed of what is drawn at random.";
        let limits = [0, u32::MAX as u64];
        Self { draws: Some(draws), ..Self::count(name, about, limits, default) }
    }

    /// Says where its values stand in the names of facts.
    #[must_use]
    pub const fn named(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }

    /// Refuses a list of none, from which nothing could be computed.
    #[must_use]
    pub const fn needed(self) -> Self {
        Self { is_needed: true, ..self }
    }

    /// Says how its numbers stand there.
    #[must_use]
    pub const fn labelled(self, label: Label) -> Self {
        Self { label, ..self }
    }

    /// Holds each value against the inputs of the paper too.
    #[must_use]
    pub const fn fitting(self, fits: fn(InputOf<'_>, &str) -> Result<(), String>) -> Self {
        Self { fits, ..self }
    }

    /// Returns whether facts rest on it by having been read: a value of a sweep that stands in the names of facts
    /// tells which there are, and all other values move their numbers.
    pub(crate) const fn moves_facts(&self) -> bool {
        self.is_setting || self.names.is_empty()
    }

    /// Returns the value that would make a fact of this name, as an author writes it, with the start of that name.
    pub(crate) fn asked<'n>(&self, name: &'n str) -> Option<(String, Start<'n>)> {
        Start::of(self.names, name).find_map(|start| Some((self.written(start.value()?)?, start)))
    }

    /// Returns a value as an author writes it, from the part of a name that it is.
    fn written(&self, part: &str) -> Option<String> {
        match self.domain {
            Domain::Numbers([low, high], _) => self
                .label
                .written(part)
                .filter(|text| text.parse().is_ok_and(|number: f64| (low..=high).contains(&number))),
            Domain::Counts([low, high], _) => {
                let count = part.parse().is_ok_and(|count: u64| (low..=high).contains(&count));
                count.then(|| part.to_owned())
            }
            Domain::Words(form, _) => form(part).is_ok().then(|| part.to_owned()),
        }
    }
}

/// The start of a fact's name that a pattern of a parameter spells.
pub(crate) struct Start<'n> {
    pattern: &'static str,
    name: &'n str,
}

impl<'n> Start<'n> {
    /// Returns the start of a name by each of some patterns.
    pub(crate) fn of(patterns: &'static [&'static str], name: &'n str) -> impl Iterator<Item = Self> {
        patterns.iter().map(move |pattern| Self { pattern, name })
    }

    /// Returns what stands in the place of the value; nothing where the name begins otherwise.
    pub(crate) fn value(&self) -> Option<&'n str> {
        let mut parts = self.name.split('.');
        let mut value = None;
        for wanted in self.pattern.split('.') {
            let part = parts.next()?;
            match wanted.split_once("{}") {
                Some((before, after)) => value = part.strip_prefix(before)?.strip_suffix(after),
                None if wanted == "*" || wanted == part => {}
                None => return None,
            }
        }
        value
    }

    /// Returns whether the name of a fact has the same value in the same place.
    pub(crate) fn has(&self, fact: &str) -> bool {
        let value = Start { pattern: self.pattern, name: fact }.value();
        value.is_some() && value == self.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_names_with_their_decimals_and_are_found_again() {
        for (label, value, text) in [
            (Label::Percent(1), 0.99, "99_0"),
            (Label::Percent(1), 0.995, "99_5"),
            (Label::Percent(1), 0.9995, "99_95"),
            (Label::Percent(0), 0.57, "57"),
            (Label::Percent(0), 2.0, "200"),
            (Label::Percent(0), 0.125, "12_5"),
            (Label::Decimals(2), 0.1, "0_10"),
            (Label::Decimals(0), 10.0, "10"),
        ] {
            assert_eq!(label.text(value), text);
            let written = label.written(text).unwrap();
            assert_eq!(written.parse::<f64>().unwrap(), value, "{text}");
        }
        for text in ["99", "099_0", "99_00", "x", ""] {
            assert_eq!(Label::Percent(1).written(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_asks_for_the_value_that_stands_in_it() {
        let loads = Parameter::numbers("desk.loads", "", [0.0, 0.99], &[0.5])
            .named(&["desk.*.load_{}", "hall.{}"])
            .labelled(Label::Percent(0));
        let asked = |name| loads.asked(name).map(|(value, _)| value);
        assert_eq!(asked("desk.one.load_75.wait").as_deref(), Some("0.75"));
        assert_eq!(asked("hall.30").as_deref(), Some("0.3"));
        for other in ["desk.one", "desk.one.load_120.wait", "desk.one.rate_75", "room.30", "hall.wait"] {
            assert_eq!(asked(other), None, "{other}");
        }
        let (_, start) = loads.asked("desk.one.load_75.wait").unwrap();
        assert!(start.has("desk.two.load_75.share") && !start.has("desk.one.load_50.wait"));
    }
}
