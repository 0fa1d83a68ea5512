//! `phext-paper sim validate`.

use std::path::Path;
use std::process::ExitCode;

use super::{Outcome, facts_and_model, print};
use crate::facts;
use crate::pipeline::Needed;
use crate::study::Study;

/// Prints one line for each published result: the result, ours, the error, the grade.
pub fn run(study: &'static Study, root: &Path, json: bool) -> Outcome {
    let (all, model) = facts_and_model(study, root, |model| {
        Needed::of(model.all_published().filter_map(|(_, result)| result.ours.as_deref()))
    })?;
    let comparisons = facts::validate(&model, &all);
    let defects = comparisons.iter().filter(|comparison| comparison.agreement.is_defect()).count();
    if json {
        let list = comparisons.iter().map(|comparison| {
            serde_json::json!({
                "name": comparison.name,
                "published": comparison.published.span.display(comparison.published.unit),
                "fact": comparison.ours.map(|(name, _)| name),
                "ours": comparison.ours.map(|(_, value)| value),
                "error": comparison.error,
                "grade": comparison.grade.word(),
                "agreement": comparison.agreement.word(),
                "because": comparison.published.because,
                "source": comparison.published.source,
            })
        });
        super::print_json(&list.collect());
        return Ok(ExitCode::from(u8::from(defects > 0)));
    }
    print(&format!(
        "{:<34} {:>14} {:>12} {:>8}  {:<22} {}",
        "result", "published", "ours", "error", "grade", "agreement"
    ));
    for comparison in &comparisons {
        let unit = comparison.published.unit;
        let ours = comparison.ours.map_or_else(|| "-".to_owned(), |(_, value)| unit.display(value, None));
        let error =
            comparison.error.map_or_else(|| "-".to_owned(), |error| format!("{:+.1} %", 100.0 * error));
        let because = comparison.published.because.as_deref().unwrap_or_default();
        let because = if because.is_empty() { String::new() } else { format!(": {because}") };
        print(&format!(
            "{:<34} {:>14} {ours:>12} {error:>8}  {:<22} {}{because}",
            comparison.name,
            comparison.published.span.display(unit),
            comparison.grade.word(),
            comparison.agreement.word()
        ));
    }
    print(&format!("{} results, {defects} in disagreement", comparisons.len()));
    Ok(ExitCode::from(u8::from(defects > 0)))
}
