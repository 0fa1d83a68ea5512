//! Running text as HTML.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use base64::prelude::{BASE64_STANDARD, Engine};

use super::html_links::{Mentions, work};
use super::html_text::escape;
use super::{Ledger, grade, math, naming, part_text, safe_url, shown};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::language::{Language, Noun, Words};
use crate::manuscript::{Block, Citation, Inline, InlineKind, LabelKind};

/// What running text needs and leaves behind.
pub(super) struct InlineWriter<'a> {
    pub(super) language: Language,
    pub(super) facts: &'a Facts,
    pub(super) ledger: &'a Ledger,
    /// Drawings by their names.
    pub(super) figures: &'a BTreeMap<String, String>,
    /// Footnotes met so far that are not written yet: number and content.
    pub(super) footnotes: Vec<(usize, Vec<Block>)>,
    /// Mentions met so far.
    pub(super) mentions: Mentions,
    /// Whether what is written stands in a link, which holds nothing else that is reached by keys.
    pub(super) in_link: bool,
    /// Whether formulas have a name: where they alone say what a header is.
    pub(super) names_formulas: bool,
    pub(super) errors: Diagnostics,
}

impl InlineWriter<'_> {
    /// Returns the HTML of inlines.
    pub(super) fn inlines(&mut self, inlines: &[Inline], location: &Location) -> String {
        inlines.iter().map(|inline| self.inline(inline, location)).collect()
    }

    fn inline(&mut self, inline: &Inline, location: &Location) -> String {
        match &inline.kind {
            InlineKind::Text(text) | InlineKind::Verdict { text, .. } => escape(text),
            InlineKind::Number { fact, text } => self.number(fact, text),
            InlineKind::Emphasis(content) => format!("<em>{}</em>", self.inlines(content, location)),
            InlineKind::Strong(content) => format!("<strong>{}</strong>", self.inlines(content, location)),
            InlineKind::Strikeout(content) => format!("<s>{}</s>", self.inlines(content, location)),
            InlineKind::Code(text) => format!("<code>{}</code>", escape(text)),
            InlineKind::Math(tex) => self.formula(tex, location),
            InlineKind::Link { url, content } => {
                let outer = std::mem::replace(&mut self.in_link, safe_url(url).is_some());
                let content = self.inlines(content, location);
                self.in_link = outer;
                match safe_url(url) {
                    Some(url) => format!("<a href=\"{}\">{content}</a>", escape(&encoded(url))),
                    None => content,
                }
            }
            InlineKind::Cite(works) => {
                let mut link = |Citation { key, number, locator }: &Citation| {
                    let target = work(key);
                    let id = self.mentions.place(&target);
                    let place =
                        locator.as_ref().map(|place| format!(", {}", escape(place))).unwrap_or_default();
                    format!(
                        "[<a{id} href=\"#{}\" role=\"doc-biblioref\">{number}</a>{place}]",
                        escape(&target)
                    )
                };
                let links: Vec<String> = works.iter().map(&mut link).collect();
                format!("<span class=\"cite\">{}</span>", links.join(", "))
            }
            InlineKind::Reference { kind, label, number, part, naming } => {
                let id = self.mentions.place(label);
                let text = naming::text(*kind, number, *naming, self.language)
                    + &part_text(*kind, part.as_deref(), self.language);
                let target = match kind {
                    LabelKind::Footnote => format!("fn-{number}"),
                    _ => label.clone(),
                };
                format!("<a{id} href=\"#{}\">{}</a>", escape(&target), escape(&text))
            }
            InlineKind::Footnote { number, blocks } => {
                self.footnotes.push((*number, blocks.clone()));
                let noun = self.language.words().footnote.one;
                format!(
                    "<sup><a id=\"fnref-{number}\" href=\"#fn-{number}\" role=\"doc-noteref\" \
                     aria-label=\"{noun} {number}\">{number}</a></sup>"
                )
            }
            InlineKind::FootnoteAgain(number) => {
                let Words { footnote, as_before, .. } = self.language.words();
                format!(
                    "<sup><a href=\"#fn-{number}\" role=\"doc-noteref\" aria-label=\"{} {number}, {as_before}\">\
                     {number}</a></sup>",
                    footnote.one
                )
            }
            InlineKind::Picture { id, alt, .. } => self.picture(id, alt, " class=\"in-line\"", location),
            InlineKind::LineBreak => "<br>".to_owned(),
        }
    }

    /// Links to every mention of a target, which a noun and a number name.
    pub(super) fn back(&self, target: &str, noun: fn(&Words) -> Noun, number: impl Display) -> String {
        let words = self.language.words();
        let what = format!("{} {} {number}", words.mention_of, self.language.within(noun(words).one));
        self.mentions.back(target, &what)
    }

    /// Returns a picture that an author brought: a page of its own, which shares no names with this one.
    pub(super) fn picture(&mut self, id: &str, alt: &str, attributes: &str, location: &Location) -> String {
        let Some(svg) = self.figures.get(id) else {
            self.errors.push(Diagnostic::new(location.clone(), format!("there is no drawing of `{id}`")));
            return String::new();
        };
        format!(
            "<img{attributes} alt=\"{}\" src=\"data:image/svg+xml;base64,{}\">",
            escape(alt),
            BASE64_STANDARD.encode(svg)
        )
    }

    /// Returns a formula in a line: in a box of its own where a narrow screen may have too little room for it.
    fn formula(&mut self, tex: &str, location: &Location) -> String {
        let mathml = self.math(tex, false, location);
        let mathml = match self.names_formulas {
            true => mathml.replacen("<math", &format!("<math aria-label=\"{}\"", escape(tex.trim())), 1),
            false => mathml,
        };
        match math::is_wide(&mathml) {
            true if self.in_link => format!("<span class=\"formula\">{mathml}</span>"),
            true => format!("<span class=\"formula\" tabindex=\"0\">{mathml}</span>"),
            false => mathml,
        }
    }

    /// Returns a formula as MathML; an error is kept.
    pub(super) fn math(&mut self, tex: &str, display: bool, location: &Location) -> String {
        math::mathml(tex, display, location).unwrap_or_else(|error| {
            self.errors.push(error);
            String::new()
        })
    }

    /// Returns a number with its provenance: grade, unit, formula, source, median, interval and published
    /// value.
    pub(super) fn number(&self, name: &str, text: &str) -> String {
        let Some(fact) = self.facts.get(name) else { return escape(text) };
        let words = self.language.words();
        let signs = |text: String| shown(fact, text, self.language);
        let mut title = format!("{name}: {}", grade(fact.grade, words));
        let symbol = fact.unit.symbol();
        if !symbol.is_empty() {
            let _ = write!(title, "; {}: {symbol}", words.unit);
        }
        for (what, value) in [(words.formula, &fact.formula), (words.source, &fact.source)] {
            if !value.is_empty() {
                let _ = write!(title, "; {what}: {value}");
            }
        }
        if let Some(origin) = &fact.origin {
            let _ = write!(title, "; {}: {origin}", words.code);
        }
        if fact.median.is_some() || fact.sampling_error.is_some() {
            let _ = write!(title, "; {}: {}", words.at_stated_inputs, signs(fact.display(None)));
        }
        if let Some(median) = fact.median_text(None, false) {
            let _ = write!(title, "; {}: {}", words.median, signs(median));
        }
        if let Some(ends) = fact.interval_text(None, false) {
            let holds = fact.interval_holds.as_deref().unwrap_or(words.percentiles);
            let _ = write!(title, "; {holds}: {}", signs(ends.join(&format!(" {} ", words.to))));
        }
        if let Some(published) = &fact.published {
            let value = signs(published.display(fact.unit, None, false));
            let _ = write!(title, "; {}: {value} ({})", words.published, published.place);
        }
        let value = fact.number().map_or_else(|| text.to_owned(), |number| number.to_string());
        let (value, title) = (escape(&value), escape(&title));
        let data =
            format!("<data class=\"fact\" value=\"{value}\" title=\"{title}\">{}</data>", escape(text));
        match self.ledger.anchor(name) {
            Some(anchor) => format!("<a class=\"entry\" href=\"#{}\">{data}</a>", escape(&anchor)),
            None => data,
        }
    }
}

/// Returns an address with the codes of the signs that HTML allows in none.
fn encoded(url: &str) -> String {
    let is_allowed = |c: char| c != ' ' && !"\"<>\\^`{|}".contains(c);
    let code = |c: char| if is_allowed(c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) };
    url.chars().map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn an_address_holds_only_signs_that_html_allows() {
        assert_eq!(encoded("https://a.org/a b?{q}|é%20#x"), "https://a.org/a%20b?%7Bq%7D%7Cé%20#x");
    }
}
