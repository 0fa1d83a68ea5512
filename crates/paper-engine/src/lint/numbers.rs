//! Every number in prose comes from a fact, or is structural and has a reason.

use super::quantity::quantities;
use super::rules::TYPED_NUMBER;
use super::structural::{STRUCTURAL_FILE, Structural};
use super::words::{passages, plain};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Facts;
use crate::manuscript::Document;

/// Reports the numbers that an author typed into prose and captions.
pub fn numbers(document: &Document, facts: &Facts, structural: &Structural) -> Diagnostics {
    let mut errors = Diagnostics::default();
    for passage in passages(document) {
        let text = plain(passage.content);
        for range in quantities(&text) {
            let number = &text[range.clone()];
            if structural.allows(&text[..range.start], number, &text[range.end..]) {
                continue;
            }
            let remedy = match nearest_fact(number, facts) {
                Some(name) => format!("write {{{{ fact(name=\"{name}\") }}}} if this is meant"),
                None => format!("name a fact, or list it with its reason in {STRUCTURAL_FILE}"),
            };
            let message = format!("the number `{number}` is typed by hand");
            let location = passage.place(&text, range.start);
            errors.push(Diagnostic::new(location, message).remedy(remedy).breaks(&TYPED_NUMBER));
        }
    }
    errors
}

/// Returns the first fact that prints as this number.
fn nearest_fact<'f>(number: &str, facts: &'f Facts) -> Option<&'f str> {
    let digits = number.trim_end_matches(['%', '×']).trim();
    digits.parse::<f64>().ok()?;
    let prints = |name: &&str| {
        facts
            .get(name)
            .is_some_and(|fact| fact.number().is_some_and(|value| fact.unit.digits(value, None) == digits))
    };
    facts.names().find(prints)
}
