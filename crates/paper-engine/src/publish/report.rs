//! What moved, as Markdown: for a terminal, a comment on a change, or the notes of a release.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::changes::{Change, Changes, Moved};
use crate::pipeline::Mention;

/// Heading of the numbers of the newer side alone.
pub(super) const APPEARED: &str = "Numbers that appeared";
/// Heading of the numbers of the older side alone.
pub(super) const VANISHED: &str = "Numbers that vanished";

/// Returns the changes as a document.
pub fn markdown(changes: &Changes) -> String {
    let mut out = format!("# What moved\n\n{}\n", summary(changes));
    if !changes.verdicts.is_empty() {
        out.push_str("\n## Verdicts\n\n| claim | before | now |\n| --- | --- | --- |\n");
        for one in &changes.verdicts {
            let verdict = |text: &Option<String>| text.as_deref().map_or("–".to_owned(), escape);
            let _ =
                writeln!(out, "| {} | {} | {} |", escape(&one.claim), verdict(&one.from), verdict(&one.to));
        }
    }
    if !changes.moved.is_empty() {
        out.push_str("\n## Numbers that moved\n\n| number | before | now | change | interval | because of |\n| --- | --- | --- | --- | --- | --- |\n");
        for one in &changes.moved {
            let because =
                one.because.iter().map(|input| code(input)).chain(one.rows.iter().map(|row| escape(row)));
            let because = because.collect::<Vec<_>>().join(", ");
            let interval = one.interval_text.as_deref().map_or(String::new(), escape);
            let cells = [
                code(&one.fact),
                escape(&one.from_text),
                escape(&one.to_text),
                escape(&change(one)),
                interval,
                because,
            ];
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    for (title, list) in [(APPEARED, &changes.appeared), (VANISHED, &changes.vanished)] {
        if list.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n| number | value |\n| --- | --- |\n");
        for Change { fact, value, .. } in list {
            let _ = writeln!(out, "| {} | {} |", code(fact), escape(value));
        }
    }
    let sentences = sentences(changes);
    if !sentences.is_empty() {
        out.push_str("\n## Sentences to read again\n\n");
        for (mention, facts) in sentences {
            let facts = facts.iter().map(|fact| code(fact)).collect::<Vec<_>>().join(", ");
            let place = code(&format!("{}:{}", mention.file, mention.line));
            let _ = writeln!(out, "- {place}: {} ({facts})", escape(&mention.sentence));
        }
    }
    out
}

/// Returns one sentence that counts the changes.
pub(super) fn summary(changes: &Changes) -> String {
    let between = format!("From {} to {}", code(&changes.old), code(&changes.new));
    if changes.is_empty() {
        return format!("{between}, no number moved and no verdict changed.");
    }
    let count = |count: usize, what: &str| format!("{count} {what}");
    let verdicts = changes.verdicts.len();
    format!(
        "{between}, {}, {}, {}, and {} changed.",
        count(changes.moved.len(), if changes.moved.len() == 1 { "number moved" } else { "numbers moved" }),
        count(changes.appeared.len(), "appeared"),
        count(changes.vanished.len(), "vanished"),
        count(verdicts, if verdicts == 1 { "verdict" } else { "verdicts" }),
    )
}

/// By how much a number moved.
pub(super) fn change(moved: &Moved) -> String {
    match (&moved.absolute_text, moved.relative) {
        (Some(absolute), Some(relative)) => {
            let sign = if relative < 0.0 { "−" } else { "+" };
            format!("{absolute} ({sign}{}\u{a0}%)", percent(relative.abs()))
        }
        (Some(absolute), None) => absolute.clone(),
        _ => String::new(),
    }
}

/// Returns a share in per cent: one decimal, and three significant digits below one.
fn percent(share: f64) -> String {
    crate::facts::Unit::FRACTION.digits(share, (share >= 0.01).then_some(1))
}

/// Returns each sentence with the moved, appeared and vanished numbers that stand in it.
pub(super) fn sentences(changes: &Changes) -> BTreeMap<&Mention, Vec<&str>> {
    let moved = changes.moved.iter().map(|one| (one.fact.as_str(), &one.sentences));
    let alone =
        changes.appeared.iter().chain(&changes.vanished).map(|one| (one.fact.as_str(), &one.sentences));
    let mut found: BTreeMap<&Mention, Vec<&str>> = BTreeMap::new();
    for (fact, mentions) in moved.chain(alone) {
        for mention in mentions {
            found.entry(mention).or_default().push(fact);
        }
    }
    found
}

/// Text in which no character means markup, wherever Markdown is shown.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // No reader is called by a name in someone's text.
            '@' => out.push_str("&#64;"),
            // A control character could speak to a terminal.
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Returns a name as code, in a table too.
fn code(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if "`|".contains(c) || c.is_control() { '?' } else { c }).collect();
    format!("`{safe}`")
}

#[cfg(test)]
mod tests {
    use super::super::diff::tests::changes;
    use super::*;

    #[test]
    fn the_document_names_every_change_once() {
        let text = markdown(&changes());
        for line in [
            "From `old` to `new`, 4 numbers moved, 1 appeared, 1 vanished, and 1 verdict changed.",
            "| it is fast | holds (2×) | fails (2×) |",
            "| `b.time` | 4\u{a0}s | 2\u{a0}s | −2\u{a0}s (−50.0\u{a0}%) | 3 to 5\u{a0}s → 1.50 to 2.50\u{a0}s | `link` |",
            "| `new` | 8 |",
            "| `gone` | 7 |",
            "- `a.md:3`: b.time &lt; \\*it\\*. (`b.time`)",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line} in\n{text}");
        }
        assert!(!text.contains("a.same"));
    }
}
