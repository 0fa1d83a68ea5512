//! Both reports as Markdown.

use std::fmt::Write;

use super::baseline::Baseline;
use super::clarity::{Clarity, SectionClarity};
use super::{Check, Class, Severity};
use crate::diagnostic::Diagnostic;

/// Writes the technical review: a summary, then every check with what it looked at and found, then what
/// breaks rules that the paper ignores, of lint's too.
#[must_use]
pub fn technical_report(title: &str, checks: &[Check], ignored: &[(Diagnostic, String)]) -> String {
    let mut out =
        format!("# Technical review\n\nOf *{title}*. Every build runs these checks anew; a critical ");
    out.push_str("finding ends it.\n\n| class | checks | looked at | critical | major | minor |\n");
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    let row = |name: &str, checks: &[&Check]| {
        let looked_at: usize = checks.iter().map(|check| check.looked_at).sum();
        let counts = Severity::ALL.map(|severity| findings(checks, severity));
        format!(
            "| {name} | {} | {looked_at} | {} | {} | {} |\n",
            checks.len(),
            counts[0],
            counts[1],
            counts[2]
        )
    };
    for class in Class::ALL {
        let of_class: Vec<&Check> = checks.iter().filter(|check| check.class == class).collect();
        out.push_str(&row(class.title(), &of_class));
    }
    out.push_str(&row("all", &checks.iter().collect::<Vec<_>>()));
    let mut number = 0;
    for class in Class::ALL {
        let _ = write!(out, "\n## {}\n\n", class.title());
        for check in checks.iter().filter(|check| check.class == class) {
            number += 1;
            let state = if check.findings.is_empty() { "holds" } else { "does not hold" };
            let property = capitalized(&check.property);
            let severity = check.severity.word();
            let _ = writeln!(
                out,
                "{number}. {property}: **{state}** ({severity}; {} looked at).",
                check.looked_at
            );
            for finding in &check.findings {
                let _ = writeln!(out, "   - `{}`: {}", finding.place, finding.message);
            }
        }
    }
    let of_checks = checks.iter().flat_map(|check| {
        check
            .ignored
            .iter()
            .map(|(finding, reason)| (check.rule.name, &finding.place, &finding.message, reason))
    });
    let of_lint = ignored
        .iter()
        .map(|(one, reason)| (one.rule.unwrap_or_default(), &one.location, &one.message, reason));
    let all: Vec<_> = of_lint.chain(of_checks).collect();
    if !all.is_empty() {
        out.push_str("\n## Ignored\n\n");
    }
    for (rule, place, message, reason) in all {
        let _ = writeln!(out, "- `{rule}` at `{place}`: {message}. Reason: {reason}");
    }
    out
}

fn findings(checks: &[&Check], severity: Severity) -> usize {
    checks.iter().filter(|check| check.severity == severity).map(|check| check.findings.len()).sum()
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Writes the report on clarity, each measure beside that of the last release.
#[must_use]
pub fn clarity_report(title: &str, found: &Clarity, baseline: Option<&Baseline>) -> String {
    let mut out = format!("# Clarity\n\nOf *{title}*. ");
    out.push_str(match baseline {
        Some(_) => "Before the arrow stands the last release",
        None => "There is no earlier release to compare with",
    });
    if let Some(baseline) = baseline {
        let _ = write!(out, ", {}", baseline.release);
    }
    out.push_str(
        ".\n\nThe grade is that of Flesch and Kincaid (Kincaid, Fishburne, Rogers and Chissom, *Derivation of New \
         Readability Formulas*, Research Branch Report 8-75, 1975). Sentences end by Unicode Standard Annex 29; \
         syllables are runs of vowels; a passive is a form of *to be* with a participle close behind. A number \
         counts as a word, mathematics and references do not.\n\n",
    );
    out.push_str("| section | sentences | words | mean sentence | longest | grade | passive (%) |\n");
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for section in &found.sections {
        let before = baseline.and_then(|baseline| baseline.section(&section.name));
        let pair = |old: Option<f64>, new: f64, digits: usize| match old {
            Some(old) => format!("{old:.digits$} → {new:.digits$}"),
            None => format!("{new:.digits$}"),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            section.title,
            section.sentences,
            section.words,
            pair(before.map(|section| section.mean_sentence), section.mean_sentence(), 1),
            section.longest,
            pair(before.map(|section| section.grade), section.grade(), 1),
            pair(before.map(|section| 100.0 * section.passive_share), 100.0 * section.passive_share(), 0),
        );
    }
    let all = |count: fn(&SectionClarity) -> usize| found.sections.iter().map(count).sum::<usize>();
    let (sentences, words) = (all(|section| section.sentences), all(|section| section.words));
    let mean = words as f64 / sentences.max(1) as f64;
    let _ = writeln!(out, "| all | {sentences} | {words} | {mean:.1} | | | |");
    out.push_str("\n## How each section opens\n\n");
    for section in found.sections.iter().filter(|section| section.is_section) {
        let opening = section.roadmap.as_deref().unwrap_or("no sentence tells the reader what to expect");
        let _ = writeln!(out, "- **{}**: {}", section.title, opening.replace(['#', '@'], "…"));
    }
    out.push_str("\n## Acronyms at their first use\n\n");
    for acronym in &found.acronyms {
        let state = if acronym.is_explained { "written out" } else { "not written out" };
        let _ = writeln!(out, "- {}: {state} at `{}`", acronym.name, acronym.place);
    }
    out.push_str("\n## Phrases that stand often\n\n");
    for (phrase, count) in &found.phrases {
        let _ = writeln!(out, "- {count} times: {}", phrase.replace(['#', '@'], "…"));
    }
    out
}
