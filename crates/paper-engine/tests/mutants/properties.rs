//! What has to hold of whatever is made of an input, and of every error.

use std::path::Path;

use paper_engine::diagnostic::{Diagnostic, Diagnostics};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use scraper::{CaseSensitivity, ElementRef, Html, Node};
use unicode_normalization::UnicodeNormalization;

use crate::paper::Outputs;

/// Says what is wrong with an error: each has a file, a place that it holds, and an excerpt.
pub fn unlocated(errors: &Diagnostics, root: &Path) -> Option<String> {
    if errors.0.is_empty() {
        return Some("a failure without an error".into());
    }
    errors.0.iter().find_map(|error| misplaced(error, root).map(|why| format!("{why}: {error}")))
}

fn misplaced(error: &Diagnostic, root: &Path) -> Option<String> {
    let at = &error.location;
    let Ok(bytes) = std::fs::read(root.join(&at.file)) else { return Some("no such file".into()) };
    let is_text = at.file.extension().is_some_and(|end| end == "md" || end == "bib");
    if at.line == 0 {
        return is_text.then(|| "no line".into());
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // A place may be that behind the last character.
    let line = text.split('\n').nth(at.line - 1);
    let Some(line) = line else { return Some("no such line".into()) };
    if at.column == 0 || at.column > line.chars().count() + 1 {
        return Some(format!("no such column in {line:?}"));
    }
    let shown = error.render(root, false);
    let path = format!("{}:{}:", at.file.display(), at.line);
    (!shown.contains(&path)).then(|| format!("no excerpt in {shown}"))
}

/// Says what the outputs of an input without errors do not agree on, or have lost of it.
pub fn disagreement(source: &str, outputs: &Outputs) -> Option<String> {
    let (page, markdown) = (text_of_page(&outputs.html), text_of_markdown(&outputs.markdown));
    if page != markdown {
        let same = page.chars().zip(markdown.chars()).take_while(|(one, other)| one == other).count();
        let around = |text: &str| text.chars().skip(same.saturating_sub(10)).take(80).collect::<String>();
        return Some(format!("{:?} on the page, in Markdown {:?}", around(&page), around(&markdown)));
    }
    let tex = [&outputs.latex, &outputs.list].map(|latex| latex.text.as_str());
    if let Some(wrong) = tex.iter().find_map(|tex| unbalanced(tex)) {
        return Some(wrong);
    }
    let page: String = outputs.html.nfc().collect();
    let all = format!("{page}\n{}\n{}", tex[0], tex[1]).to_lowercase();
    let lost = words(source).into_iter().find(|word| !all.contains(&word.to_lowercase()));
    lost.map(|word| format!("`{word}` is lost"))
}

/// Says which brace or environment of LaTeX is not closed.
fn unbalanced(tex: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut depth = 0_i64;
    let mut at = 0;
    while let Some(c) = tex[at..].chars().next() {
        let rest = &tex[at..];
        at += c.len_utf8();
        match c {
            '\\' => {
                let name = |what: &str| {
                    let inside = rest.strip_prefix(what)?;
                    Some(&inside[..inside.find('}')?])
                };
                if let Some(name) = name("\\begin{") {
                    open.push(name);
                } else if let Some(name) = name("\\end{")
                    && open.pop() != Some(name)
                {
                    return Some(format!("\\end{{{name}}} ends nothing"));
                }
                at += tex[at..].chars().next().map_or(0, char::len_utf8);
            }
            '%' => at += tex[at..].find('\n').unwrap_or(tex.len() - at),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Some(format!("a brace too many before {:?}", rest.chars().take(60).collect::<String>()));
        }
    }
    let open = open.first().map(|name| format!("\\begin{{{name}}} is not ended"));
    open.or_else(|| (depth != 0).then(|| format!("{depth} braces stay open")))
}

/// Returns a text without what stands between these marks; one that nothing ends is a part of the text.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(begin) {
        kept.push_str(&rest[..start]);
        kept.push(' ');
        let after = rest[start..].find(end).map_or(start + begin.len(), |at| start + at + end.len());
        rest = &rest[after..];
    }
    kept + rest
}

/// Returns the words of a source that some output has to show: what stands in comments, calls, other editions,
/// directives, commands and attributes is none.
fn words(source: &str) -> Vec<String> {
    let source: String = source.nfc().collect();
    // What a comment says is for its author, and what a call says for the program.
    let kept = without(&without(&source, "<!--", "-->"), "{{", "}}");
    let kept = without(&kept, "::: edition", "\n:::");
    let mut found = Vec::new();
    // What stands in directives and behind the language of a listing is read and not printed.
    let is_printed = |line: &&str| {
        let line = line.trim_start_matches([' ', '>', '-']);
        !(line.starts_with(":::") || line.starts_with("```") && line.contains('{'))
    };
    for line in kept.lines().filter(is_printed) {
        for (at, part) in parts(line) {
            let previous = line[..at].chars().last().unwrap_or(' ');
            let next = line[at + part.len()..].chars().next().unwrap_or(' ');
            let is_name = "\\&@#/.:_^{".contains(previous) || "=_/.:({".contains(next);
            if part.len() > 3 && !is_name {
                found.push(part.to_owned());
            }
        }
    }
    found
}

/// Returns the runs of letters of a line, each with its byte.
fn parts(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        match (c.is_ascii_alphabetic(), start) {
            (true, None) => start = Some(at),
            (false, Some(first)) => {
                found.push((first, &line[first..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The characters of a page but spaces, formulas, drawings and links back.
fn text_of_page(page: &str) -> String {
    let page = Html::parse_document(page);
    let mut text = String::new();
    page_text(page.root_element(), &mut text);
    text
}

fn page_text(element: ElementRef<'_>, out: &mut String) {
    let is_left_out = |element: ElementRef<'_>| {
        let value = element.value();
        let is_of = |outer: &str| {
            element
                .parent()
                .and_then(ElementRef::wrap)
                .is_some_and(|one| one.value().has_class(outer, CaseSensitivity::CaseSensitive))
        };
        let is_mark = value.classes().any(|class| class == "back" || class == "number" && is_of("equation"));
        matches!(value.name(), "math" | "svg" | "style")
            || is_mark
            || value.attr("role") == Some("doc-backlink")
    };
    for child in element.children() {
        match child.value() {
            Node::Text(text) => push(text, out),
            Node::Element(_) => {
                let inner = ElementRef::wrap(child).unwrap();
                // Who reads Markdown cannot tell the number of a line from one that a text begins with.
                let is_numbered = || inner.descendent_elements().any(|line| line.attr("data-line").is_some());
                if inner.value().name() == "pre" && !is_numbered() {
                    let text: String = inner.text().collect();
                    text.lines().for_each(|line| push(without_number(line), out));
                } else if !is_left_out(inner) {
                    page_text(inner, out);
                }
            }
            _ => {}
        }
    }
}

fn push(text: &str, out: &mut String) {
    out.extend(text.chars().filter(|c| !c.is_whitespace()));
}

/// Returns Markdown with the heads of notices as the page has them, and without what names marked lines of
/// listings, which the page shows.
fn as_on_the_page(markdown: &str) -> String {
    let is_marked = |line: &str| {
        let numbers = line.strip_prefix("Line ").or(line.strip_prefix("Lines "));
        numbers.is_some_and(|numbers| numbers.ends_with(" is marked.") || numbers.ends_with(" are marked."))
    };
    let mut out: Vec<String> = Vec::new();
    for line in markdown.lines() {
        let text = line.trim_start_matches([' ', '>']);
        let head = text.strip_prefix("[!").and_then(|word| word.strip_suffix(']'));
        let title = text.strip_prefix("**").and_then(|title| title.strip_suffix(".**"));
        if let Some(word) = head {
            let (first, rest) = word.split_at(1);
            out.push(line.replace(text, &format!("{first}{}.", rest.to_lowercase())));
        } else if let (Some(title), Some(last)) = (title, out.last_mut())
            && ["Note.", "Tip.", "Important.", "Warning.", "Caution."].iter().any(|head| last.ends_with(head))
        {
            last.truncate(last.len() - 1);
            last.push_str(&format!(" ({title})."));
        } else if !is_marked(text) {
            out.push(line.to_owned());
        }
    }
    out.join("\n")
}

/// Returns a line of program text without its number, which is no part of the text of a page.
fn without_number(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.len() < line.trim_start().len() {
        true if rest.is_empty() => "",
        true => rest.strip_prefix("  ").unwrap_or(line),
        false => line,
    }
}

/// How the HTML begins that Markdown is written with.
const MARKUP: [&str; 8] = ["<a id=", "</a>", "<em>", "</em>", "<strong>", "</strong>", "<del>", "</del>"];

/// The same characters as a reader of the Markdown finds them: contents left out, notes at the end.
fn text_of_markdown(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_MATH;
    let (mut out, mut notes, mut heading) = (String::new(), String::new(), String::new());
    let (mut in_note, mut in_heading, mut in_contents) = (false, false, false);
    let (mut in_image, mut in_code) = (false, false);
    for event in Parser::new_ext(&as_on_the_page(markdown), options) {
        let into = if in_heading {
            &mut heading
        } else if in_note {
            &mut notes
        } else {
            &mut out
        };
        match event {
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                in_contents = false;
            }
            Event::End(TagEnd::Heading(_)) => {
                in_heading = false;
                in_contents = heading == "Contents";
                if !matches!(heading.as_str(), "Abstract" | "Contents" | "References") {
                    out.push_str(&heading);
                }
                heading.clear();
            }
            Event::Start(Tag::FootnoteDefinition(_)) => in_note = true,
            Event::End(TagEnd::FootnoteDefinition) => in_note = false,
            Event::Start(Tag::Image { .. }) => in_image = true,
            Event::End(TagEnd::Image) => in_image = false,
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ if in_contents || in_image => {}
            Event::Text(text) if in_code => text.lines().for_each(|line| push(without_number(line), into)),
            Event::Text(text) | Event::Code(text) => push(&text, into),
            Event::FootnoteReference(name) => push(&name, into),
            Event::Html(html) | Event::InlineHtml(html)
                if !MARKUP.iter().any(|begin| html.starts_with(begin)) =>
            {
                push(&format!("HTML:{html}"), into);
            }
            _ => {}
        }
    }
    out + &notes
}
