//! The ledger of numbers: every fact that a text shows, once and by name, with where it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;

use super::html_text::escape as html_escape;
use super::tex_text::{Setting, escape, name};
use super::{grade, shown};
use crate::facts::{Fact, Facts, Read};
use crate::language::{Language, Words};
use crate::manuscript::{Document, InlineKind};

/// Inputs that are named one by one; more are told by their groups.
const MOST_INPUTS: usize = 8;
/// The facts that one document shows; empty for an edition without a ledger.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    language: Language,
    facts: BTreeMap<String, Fact>,
    /// Works with their numbers, for the sources of facts.
    works: BTreeMap<String, usize>,
    /// The entries as a section of a page, once they were asked for.
    section: OnceLock<String>,
}

impl PartialEq for Ledger {
    fn eq(&self, other: &Self) -> bool {
        (self.language, &self.facts, &self.works) == (other.language, &other.facts, &other.works)
    }
}

impl Ledger {
    /// Collects the facts that text and tables of a document show.
    pub fn of(document: &Document, facts: &Facts) -> Self {
        let in_text = document.every_inline().filter_map(|inline| match &inline.kind {
            InlineKind::Number { fact, .. } => Some(fact.as_str()),
            _ => None,
        });
        let used: BTreeSet<&str> = in_text.collect();
        let known = used.into_iter().filter_map(|used| Some((used.to_owned(), facts.get(used)?.clone())));
        let works = document.references.iter().map(|work| (work.key.clone(), work.number));
        Self {
            language: document.language,
            facts: known.collect(),
            works: works.collect(),
            section: OnceLock::new(),
        }
    }

    /// Returns a number in TeX, linked to its entry where it has one.
    pub(super) fn tex_number(&self, fact: &str, text: &str) -> String {
        let text = escape(text, Setting::Text);
        match self.facts.contains_key(fact) {
            true => format!("\\papernumber{{{}}}{{{text}}}", name(fact)),
            false => text,
        }
    }

    /// Returns the address of a fact's entry on the page, where it has one.
    pub(super) fn anchor(&self, fact: &str) -> Option<String> {
        self.facts.contains_key(fact).then(|| format!("fact-{fact}"))
    }

    /// Returns the entries in TeX; nothing where there are none.
    pub(super) fn tex(&self) -> String {
        if self.facts.is_empty() {
            return String::new();
        }
        let language = self.language;
        let words = language.words();
        let text = |text: &str| escape(text, Setting::Text);
        let cite = |key: &str, _: usize| format!("\\cite{{{}}}", name(key));
        let mut out = format!(
            "\\section*{{{}}}\n{}\n\\begin{{paperledger}}\n",
            text(words.ledger),
            text(words.ledger_introduction)
        );
        for (id, fact) in &self.facts {
            let mut parts = text(&head(fact, language));
            for part in [fact.formula.as_str(), fact.source.as_str()] {
                parts.push_str("; ");
                parts.push_str(&self.with_works(part, &text, &cite));
            }
            if let Some(published) = &fact.published {
                let value = text(&language.number(&published.display(fact.unit, None, false)));
                let place = self.with_works(&published.place, &text, &cite);
                let _ = write!(parts, "; {} {value} ({place})", text(words.published));
            }
            if let Some(origin) = &fact.origin {
                let _ = write!(parts, "; \\texttt{{{}}}", escape(&origin.to_string(), Setting::Code));
            }
            let _ = writeln!(out, "\\paperfact{{{}}}{{{}}}{{{parts}.}}", name(id), escape(id, Setting::Code));
        }
        out.push_str("\\end{paperledger}\n");
        out
    }

    /// Returns the entries as a section of the page; nothing where there are none.
    pub(super) fn html(&self) -> &str {
        self.section.get_or_init(|| self.section())
    }

    fn section(&self) -> String {
        if self.facts.is_empty() {
            return String::new();
        }
        let language = self.language;
        let words = language.words();
        let mut out = format!(
            "<section aria-labelledby=\"ledger\">\n<h2 id=\"ledger\">{}</h2>\n<p>{}</p>\n<dl class=\"ledger\">\n",
            html_escape(words.ledger),
            html_escape(words.ledger_introduction)
        );
        let link = |key: &str, number: usize| format!("[<a href=\"#ref-{}\">{number}</a>]", html_escape(key));
        for (id, fact) in &self.facts {
            let id = html_escape(id);
            let _ = write!(
                out,
                "<div id=\"fact-{id}\"><dt><code>{id}</code></dt><dd>{}",
                html_escape(&head(fact, language))
            );
            for part in [fact.formula.as_str(), fact.source.as_str()] {
                let _ = write!(out, "; {}", self.with_works(part, &html_escape, &link));
            }
            if let Some(published) = &fact.published {
                let value = html_escape(&language.number(&published.display(fact.unit, None, false)));
                let place = self.with_works(&published.place, &html_escape, &link);
                let _ = write!(out, "; {} {value} ({place})", html_escape(words.published));
            }
            if let Some(origin) = &fact.origin {
                let _ = write!(out, "; <code>{}</code>", html_escape(&origin.to_string()));
            }
            if !fact.inputs.is_empty() {
                let _ = write!(out, "; {}: {}", words.inputs, html_escape(&grouped(&fact.inputs)));
            }
            if !fact.rests_on.is_empty() {
                let _ = write!(out, "; {} {}", words.rests_on, html_escape(&behind(&fact.rests_on, words)));
            }
            let close = words.close;
            let _ = writeln!(out, ". <a class=\"close\" href=\"#closed\">{close}</a></dd></div>");
        }
        out.push_str("</dl>\n<span id=\"closed\"></span>\n</section>\n");
        out
    }

    /// Text in which the keys of cited works become citations.
    fn with_works(
        &self,
        text: &str,
        plain: &dyn Fn(&str) -> String,
        cite: &dyn Fn(&str, usize) -> String,
    ) -> String {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let (mut out, mut run) = (String::new(), String::new());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            match self.works.get(word) {
                Some(number) => {
                    out.push_str(&plain(&std::mem::take(&mut run)));
                    out.push_str(&cite(word, *number));
                }
                None => run.push_str(word),
            }
            let between = after.find(is_word).unwrap_or(after.len());
            run.push_str(&after[..between]);
            rest = &after[between..];
        }
        out + &plain(&run)
    }
}

/// Value, grade, median and interval.
fn head(fact: &Fact, language: Language) -> String {
    let words = language.words();
    let signs = |text: String| shown(fact, text, language);
    let mut out = format!("{}, {}", signs(fact.display(None)), grade(fact.grade, words));
    if let Some(median) = fact.median_text(None, false) {
        let _ = write!(out, ", {} {}", words.median, signs(median));
    }
    if let Some(ends) = fact.interval_text(None, false) {
        let _ = write!(out, ", {}", signs(ends.join(&format!(" {} ", words.to))));
        if let Some(holds) = &fact.interval_holds {
            let _ = write!(out, " ({holds})");
        }
    }
    out
}

/// Inputs by name; many of them with the name of each group once: `disk.{seek, transfer}`.
fn grouped(inputs: &[String]) -> String {
    if inputs.len() <= MOST_INPUTS {
        return inputs.join(", ");
    }
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for input in inputs {
        let (group, name) = input.split_once('.').unwrap_or(("", input));
        groups.entry(group).or_default().push(name);
    }
    let told = groups.into_iter().map(|(group, names)| match (group, names.as_slice()) {
        ("", names) => names.join(", "),
        (group, [name]) => format!("{group}.{name}"),
        (group, names) => format!("{group}.{{{}}}", names.join(", ")),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Published results, data, stored results and parameters, each kind with its names.
fn behind(reads: &[Read], words: &Words) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for read in reads {
        let kind = match read {
            Read::Input(_) => words.inputs,
            Read::Published(_) => words.published_results,
            Read::Data(_) => words.data,
            Read::Stored(_) => words.stored_results,
            Read::Source(_) => words.sources,
            Read::Parameter(_) => words.parameters,
        };
        kinds.entry(kind).or_default().push(read.name());
    }
    let told = kinds.into_iter().map(|(kind, names)| format!("{kind}: {}", names.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_fact_of_the_text_has_one_entry_and_every_number_a_link() {
        let ledger = Ledger::of(&sample::document(), &sample::facts());
        let tex = ledger.tex();
        assert_eq!(tex.matches("\\paperfact{").count(), 1);
        assert!(tex.contains("\\paperfact{a.ratio}") && tex.contains("published 2.10"), "{tex}");
        assert!(tex.contains("(\\cite{key}, fig. 6)"), "{tex}");
        assert!(ledger.html().contains("<div id=\"fact-a.ratio\"><dt>"), "{}", ledger.html());
        assert!(ledger.html().contains("([<a href=\"#ref-key\">1</a>], fig. 6)"), "{}", ledger.html());
        assert_eq!(ledger.tex_number("a.ratio", "2.0×"), "\\papernumber{a.ratio}{2.0\\ensuremath{\\times}}");
    }

    #[test]
    fn what_a_number_rests_on_is_told_by_kinds_and_groups() {
        let mut facts = sample::facts();
        let fact = facts.0.get_mut("a.ratio").expect("the sample has it");
        fact.inputs = (0..9).map(|number| format!("disk.part_{number}")).collect();
        fact.inputs.push("seek".to_owned());
        let data = |name: &str| Read::Data(format!("maps/{name}"));
        fact.rests_on = vec![Read::Published("mean".to_owned()), data("a"), data("b")];
        let ledger = Ledger::of(&sample::document(), &facts);
        let page = ledger.html();
        assert!(page.contains("; inputs: seek, disk.{part_0, part_1,"), "{page}");
        assert!(page.contains("part_8}; rests on data: maps/a, maps/b; published results: mean."), "{page}");
    }

    #[test]
    fn no_ledger_no_link() {
        let ledger = Ledger::default();
        assert_eq!((ledger.tex().as_str(), ledger.html()), ("", ""));
        assert_eq!(ledger.tex_number("a.ratio", "2"), "2");
        assert_eq!(ledger.anchor("a.ratio"), None);
    }
}
