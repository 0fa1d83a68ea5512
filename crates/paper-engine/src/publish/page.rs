//! What moved, as a page in the style of the paper.

use serde::Serialize;
use tera::Context;

use super::changes::{Change, Changes};
use super::report::{APPEARED, VANISHED, change, sentences, summary};
use crate::output::Templates;

const TEMPLATE: &str = include_str!("../../../../templates/changes.html");

#[derive(Serialize)]
struct Row<'a> {
    /// The name, cut where a line may break.
    fact: Vec<&'a str>,
    from: &'a str,
    to: &'a str,
    change: String,
    interval: Option<&'a str>,
    because: &'a [String],
    rows: &'a [String],
}

#[derive(Serialize)]
struct Sentence<'a> {
    place: String,
    text: &'a str,
    facts: Vec<&'a str>,
}

#[derive(Serialize)]
struct Alone<'a> {
    id: &'static str,
    title: &'static str,
    rows: &'a [Change],
}

/// Returns the changes as a page of its own.
///
/// # Errors
/// None that a change can cause.
pub fn html(changes: &Changes) -> Result<String, tera::Error> {
    let rows: Vec<Row<'_>> = changes
        .moved
        .iter()
        .map(|one| Row {
            fact: one.fact.split_inclusive(['.', '_']).collect(),
            from: &one.from_text,
            to: &one.to_text,
            change: change(one),
            interval: one.interval_text.as_deref(),
            because: &one.because,
            rows: &one.rows,
        })
        .collect();
    let sentences: Vec<Sentence<'_>> = sentences(changes)
        .into_iter()
        .map(|(mention, facts)| Sentence {
            place: format!("{}:{}", mention.file, mention.line),
            text: &mention.sentence,
            facts,
        })
        .collect();
    let alone = [
        Alone { id: "appeared", title: APPEARED, rows: &changes.appeared },
        Alone { id: "vanished", title: VANISHED, rows: &changes.vanished },
    ];
    let mut context = Context::new();
    context.insert("title", "What moved");
    context.insert("authors", &[] as &[&str]);
    context.insert("css", Templates::BUILT_IN_CSS);
    context.insert("summary", &summary(changes).replace('`', ""));
    context.insert("verdicts", &changes.verdicts);
    context.insert("moved", &rows);
    context.insert("has_interval", &rows.iter().any(|row| row.interval.is_some()));
    context.insert("alone", &alone);
    context.insert("sentences", &sentences);
    Templates::built_in_page("changes.html", TEMPLATE, &context)
}

#[cfg(test)]
mod tests {
    use super::super::diff::tests::changes;
    use super::*;

    #[test]
    fn the_page_escapes_what_others_wrote() {
        let page = html(&changes()).unwrap();
        assert!(
            page.contains("b.time &lt; *it*.") && page.contains("<code>b.<wbr>time<wbr></code>"),
            "{page}"
        );
    }
}
