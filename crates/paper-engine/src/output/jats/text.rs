//! Running text as JATS.

use usvg::roxmltree;

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::manuscript::{Block, Citation, Inline, InlineKind, LabelKind};
use crate::output::{math, naming, note_label, part_text, safe_url};

/// What running text needs and leaves behind.
pub(super) struct TextWriter<'a> {
    pub language: Language,
    /// The way from the file to the drawings.
    pub figures: &'a str,
    /// Footnotes met so far that are not written yet: number and content.
    pub footnotes: Vec<(usize, Vec<Block>)>,
    pub errors: Diagnostics,
}

/// A line break, for which running text has no element.
const BREAK: &str =
    "<styled-content style=\"white-space: pre\" style-type=\"line-break\">&#10;</styled-content>";

impl TextWriter<'_> {
    /// Returns the XML of inlines.
    pub fn inlines(&mut self, inlines: &[Inline], at: &Location) -> String {
        inlines.iter().map(|inline| self.inline(inline, at)).collect()
    }

    fn inline(&mut self, inline: &Inline, at: &Location) -> String {
        match &inline.kind {
            InlineKind::Text(text) | InlineKind::Number { text, .. } | InlineKind::Verdict { text, .. } => {
                escape(text)
            }
            InlineKind::Emphasis(content) => format!("<italic>{}</italic>", self.inlines(content, at)),
            InlineKind::Strong(content) => format!("<bold>{}</bold>", self.inlines(content, at)),
            InlineKind::Strikeout(content) => format!("<strike>{}</strike>", self.inlines(content, at)),
            InlineKind::Code(text) => format!("<monospace>{}</monospace>", escape(text)),
            InlineKind::Math(tex) => {
                format!("<inline-formula>{}</inline-formula>", self.formula(tex.trim(), false, at))
            }
            InlineKind::Link { url, content } => self.link(url, content, at),
            InlineKind::Cite(works) => cite(works),
            InlineKind::Reference { kind, label, number, part, naming } => {
                let words = naming::text(*kind, number, *naming, self.language)
                    + &part_text(*kind, part.as_deref(), self.language);
                refer(reference_kind(*kind, number), label, &escape(&words))
            }
            InlineKind::Footnote { number, blocks } => {
                self.footnotes.push((*number, blocks.clone()));
                call(*number)
            }
            InlineKind::FootnoteAgain(number) => call(*number),
            InlineKind::Picture { id, alt, .. } => format!(
                "<inline-graphic mimetype=\"image\" mime-subtype=\"svg+xml\" xlink:href=\"{}/{}.svg\">\
                 <alt-text>{}</alt-text></inline-graphic>",
                self.figures,
                escape(id),
                escape(alt.trim())
            ),
            InlineKind::LineBreak => BREAK.to_owned(),
        }
    }

    /// Returns a link out of the paper or to one of its parts.
    fn link(&mut self, url: &str, content: &[Inline], at: &Location) -> String {
        let text = self.inlines(content, at);
        let Some(url) = safe_url(url) else { return text };
        let is_plain = content.iter().all(is_plain);
        match url.strip_prefix('#') {
            // The elements of links hold words alone.
            Some(label) if !is_plain => {
                format!("<named-content content-type=\"link\" rid=\"{}\">{text}</named-content>", id(label))
            }
            Some(label) => refer(kind_of_label(label), label, &text),
            None if !is_plain => format!(
                "<named-content content-type=\"link\" xlink:href=\"{}\">{text}</named-content>",
                escape(url)
            ),
            None => {
                format!("<ext-link ext-link-type=\"uri\" xlink:href=\"{}\">{text}</ext-link>", escape(url))
            }
        }
    }

    /// Returns a formula as TeX and as MathML; an error is kept.
    pub fn formula(&mut self, tex: &str, display: bool, at: &Location) -> String {
        let mathml = math::mathml(tex, display, at).and_then(|mathml| {
            let mathml = prefixed(&mathml);
            // A browser takes what XML does not allow.
            let alone = format!("<f xmlns:mml=\"{MATHML}\">{mathml}</f>");
            match roxmltree::Document::parse(&alone) {
                Ok(_) => Ok(mathml),
                Err(error) => {
                    let message = format!("the formula `{tex}` has no MathML that is XML: {error}");
                    Err(Diagnostic::new(at.clone(), message).remedy("write it with other commands"))
                }
            }
        });
        let mathml = mathml.unwrap_or_else(|error| {
            self.errors.push(error);
            String::new()
        });
        format!("<alternatives><tex-math>{}</tex-math>{mathml}</alternatives>", escape(tex))
    }
}

const MATHML: &str = "http://www.w3.org/1998/Math/MathML";

/// Returns MathML as XML, with the prefix of its names that JATS asks for.
fn prefixed(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len() * 2);
    let mut rest = mathml.chars().peekable();
    while let Some(character) = rest.next() {
        out.push(character);
        if character != '<' {
            continue;
        }
        out.extend(rest.next_if_eq(&'/'));
        if rest.peek().is_some_and(char::is_ascii_alphabetic) {
            out.push_str("mml:");
        }
    }
    // XML alone knows no name of this character.
    out.replace(&format!(" xmlns=\"{MATHML}\""), "").replace("&nbsp;", "\u{a0}")
}

/// Returns whether the elements of links can hold a piece of text.
fn is_plain(inline: &Inline) -> bool {
    match &inline.kind {
        InlineKind::Text(_)
        | InlineKind::Number { .. }
        | InlineKind::Verdict { .. }
        | InlineKind::Code(_)
        | InlineKind::LineBreak => true,
        InlineKind::Emphasis(content) | InlineKind::Strong(content) | InlineKind::Strikeout(content) => {
            content.iter().all(is_plain)
        }
        _ => false,
    }
}

fn cite(works: &[Citation]) -> String {
    let link = |Citation { key, number, locator }: &Citation| {
        let place = locator.as_ref().map(|place| format!(", {}", escape(place))).unwrap_or_default();
        format!("[{}{place}]", refer("bibr", &work(key), &number.to_string()))
    };
    works.iter().map(link).collect::<Vec<_>>().join(", ")
}

/// Returns a reference to what has a label.
fn refer(kind: &str, label: &str, text: &str) -> String {
    format!("<xref ref-type=\"{kind}\" rid=\"{}\">{text}</xref>", id(label))
}

fn call(number: usize) -> String {
    format!("<sup>{}</sup>", refer("fn", &note_label(number), &number.to_string()))
}

/// Returns what the standard calls a reference to something.
fn reference_kind(kind: LabelKind, number: &str) -> &'static str {
    match kind {
        LabelKind::Section if number.starts_with(char::is_alphabetic) && !number.contains('.') => "app",
        LabelKind::Section => "sec",
        LabelKind::Figure => "fig",
        LabelKind::Table => "table",
        LabelKind::Equation => "disp-formula",
        LabelKind::Footnote => "fn",
        LabelKind::Statement(_) => "statement",
    }
}

/// Returns the same of a link, which knows nothing but the label.
fn kind_of_label(label: &str) -> &'static str {
    match label.split(':').next().unwrap_or_default() {
        "sec" => "sec",
        "fig" => "fig",
        "tab" => "table",
        "eq" => "disp-formula",
        _ => "statement",
    }
}

/// Returns the label of a cited work.
pub(super) fn work(key: &str) -> String {
    format!("ref:{key}")
}

/// Returns the attribute that names what has a label; nothing without one.
pub(super) fn id_attribute(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" id=\"{}\"", id(label)) }
}

/// Returns a label as a name of XML, in which no colon may stand; two labels have two names.
fn id(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for character in label.chars() {
        match character {
            ':' => out.push('.'),
            '_' => out.push_str("__"),
            c if c.is_ascii_alphanumeric() || c == '-' => out.push(c),
            other => out.push_str(&format!("_{:x}_", u32::from(other))),
        }
    }
    out
}

/// Text with everything escaped that XML gives a meaning, in content and in attributes; a character that XML
/// cannot hold is shown as one that is missing.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\r' => escaped.push_str("&#13;"),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample;

    fn written(inlines: &[Inline]) -> String {
        let (footnotes, errors) = (Vec::new(), Diagnostics::default());
        let language = Language::English;
        let mut writer = TextWriter { language, figures: "figures", footnotes, errors };
        let text = writer.inlines(inlines, &Location::new("paper/a.md", 1, 1));
        assert!(writer.errors.0.is_empty(), "{:?}", writer.errors);
        text
    }

    #[test]
    fn two_labels_have_two_names_and_none_has_a_colon() {
        let labels = ["a:b", "a-b", "a.b", "a_b", "a__b", "a_2e_b", "a/b", "aéb", "a b"];
        let mut ids = labels.map(id).to_vec();
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(ids.iter().all(|id| id.chars().all(is_name)), "{ids:?}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), labels.len());
    }

    #[test]
    fn formulas_are_tex_and_mathml_with_the_prefix_of_the_standard() {
        let text =
            written(&[InlineKind::Math("a < \\text{x & y} \\le \\frac{1}{2}".replace('&', "\\&")).into()]);
        assert!(text.contains("<tex-math>a &lt; \\text{x \\&amp; y}"), "{text}");
        assert!(
            text.contains("<mml:math") && text.contains("<mml:mfrac>") && !text.contains("<mfrac"),
            "{text}"
        );
    }

    #[test]
    fn a_link_around_more_than_words_keeps_its_target() {
        let link =
            |url: &str, content: Vec<Inline>| Inline::from(InlineKind::Link { url: url.into(), content });
        let math = || InlineKind::Math("x".into()).into();
        let inside = written(&[link("#sec:a", vec![sample::text("a")]), link("#sec:a", vec![math()])]);
        assert!(
            inside.starts_with("<xref ref-type=\"sec\" rid=\"sec.a\">a</xref><named-content"),
            "{inside}"
        );
        assert!(inside.contains("rid=\"sec.a\"><inline-formula>"), "{inside}");
        let outside = written(&[link("https://a.org/?b&c", vec![math()]), link("javascript:x", Vec::new())]);
        assert!(outside.contains("xlink:href=\"https://a.org/?b&amp;c\"><inline-formula>"), "{outside}");
        assert!(!outside.contains("javascript"));
    }

    #[test]
    fn every_character_is_one_of_xml() {
        let text = escape("a\u{c}b\u{0} <&>\"\n");
        assert_eq!(text, "a\u{fffd}b\u{fffd} &lt;&amp;&gt;&quot;\n");
    }
}
