//! Rows of a label and the value of a fact, and places read from coordinates.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use paper_engine::diagnostic::{Diagnostic, Diagnostics};
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, LEADING, Style, TEXT};

/// A label with the fact whose value stands beside it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What stands at the left.
    label: String,
    /// The fact whose value stands at the right.
    #[schemars(with = "String")]
    fact: Spanned<String>,
    /// Decimals of the value.
    #[serde(default, deserialize_with = "paper_engine::units::digits")]
    #[schemars(range(max = paper_engine::units::MOST_DIGITS))]
    digits: Option<usize>,
}

/// Writes rows of metrics from `top` on: labels left, values right.
pub fn metrics(
    rows: &[Metric],
    lookup: &Lookup<'_>,
    canvas: &mut Canvas<'_>,
    [left, top]: [f64; 2],
    width: f64,
) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::default();
    for (index, metric) in rows.iter().enumerate() {
        let y = top + TEXT + LEADING * index as f64;
        canvas.text(&metric.label, [left, y], Style::SOFT);
        if let Some(fact) = errors.take(lookup.fact(&metric.fact)) {
            canvas.text(&fact.display(metric.digits), [left + width, y], Style::PLAIN.anchored(Anchor::End));
        }
    }
    errors.into_result(())
}

/// Returns the three arms of a coordinate that a fact holds, numbers from 1.
pub fn arms(lookup: &Lookup<'_>, name: &Spanned<String>) -> Result<(String, [[usize; 3]; 3]), Diagnostics> {
    let text = lookup.fact(name)?.display(None);
    let arms: Option<Vec<_>> = text.split('/').map(arm).collect();
    match arms.and_then(|arms| <[[usize; 3]; 3]>::try_from(arms).ok()) {
        Some(arms) => Ok((text, arms)),
        None => Err(wrong(lookup, name, "no coordinate", "name a fact such as `coordinate.example_chip`")),
    }
}

/// Returns the numbers of one arm, from 1.
pub fn arm(text: &str) -> Option<[usize; 3]> {
    let numbers = text.split('.').map(|number| number.parse().ok().filter(|&number: &usize| number > 0));
    numbers.collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// Returns the error for a fact whose value does not suit the drawing.
pub fn wrong(lookup: &Lookup<'_>, name: &Spanned<String>, what: &str, remedy: &str) -> Diagnostics {
    let message = format!("the value of fact `{}` is {what}", name.value);
    Diagnostic::new(lookup.place(name), message).remedy(remedy).into()
}
