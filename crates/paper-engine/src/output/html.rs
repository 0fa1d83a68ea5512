//! One self-contained HTML page.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tera::Context;

use super::columns::decimal_gaps;
use super::front::{self, Byline};
use super::html_inline::InlineWriter;
use super::html_links::{Mentions, work};
use super::html_listing::listing;
use super::html_text::escape;
use super::templates::{PAGE, insert_words};
use super::{Ledger, Numbering, OutputError, Templates, is_rich, math, note_label, plain, statement_head};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::figure::{dark, own_names};
use crate::language::Language;
use crate::manuscript::{
    Block, BlockKind, Document, EquationNumber, EquationRow, Inline, InlineKind, TableContent,
};
use crate::source::PAPER_FILE;
use crate::table::{Alignment, Table};

/// Whether paragraphs say where the author wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// For readers.
    Hidden,
    /// For the author: `data-at` holds file, line and column.
    Shown,
}

/// Sections of the page that was written last from the same facts, drawings and ledger, in their order.
#[derive(Debug, Default)]
pub struct SectionCache(Mutex<Vec<Arc<WrittenSection>>>);

/// A section of the page: the HTML of some blocks behind those before them.
#[derive(Debug)]
struct WrittenSection {
    blocks: Vec<Block>,
    before: Mentions,
    html: String,
    after: Mentions,
    footnotes: Vec<(usize, Vec<Block>)>,
}

/// Renders the document as one page that loads nothing else: figures, formulas and style are inside. Where
/// sections of an earlier page are given, only others are written anew.
///
/// # Errors
/// A formula that cannot be set, a figure that is missing, or an error in the template.
pub fn html(
    document: &Document,
    templates: &Templates,
    figures: &BTreeMap<String, String>,
    facts: &Facts,
    ledger: &Ledger,
    positions: Positions,
    written: Option<&SectionCache>,
) -> Result<String, OutputError> {
    let (mut context, mut errors) = filled(document, templates, figures, facts, ledger, positions, written);
    let shown = document.blocks.iter().chain(&document.appendices);
    context.insert("contents", &contents(shown, document.language));
    let rendered = errors.take(templates.html(PAGE, &context).map_err(Diagnostics::from));
    Ok(errors.into_result(rendered.unwrap_or_default())?)
}

/// Returns everything that the template of a page shows of a document, but for contents.
pub(super) fn filled(
    document: &Document,
    templates: &Templates,
    figures: &BTreeMap<String, String>,
    facts: &Facts,
    ledger: &Ledger,
    positions: Positions,
    written: Option<&SectionCache>,
) -> (Context, Diagnostics) {
    let (mentions, errors) = (Mentions::of(document), Diagnostics::default());
    let language = document.language;
    let text = InlineWriter {
        language,
        facts,
        ledger,
        figures,
        footnotes: Vec::new(),
        mentions,
        in_link: false,
        names_formulas: false,
        errors,
    };
    let mut page = Page { text, figures, positions, depth: 0, out: String::new() };
    let heading = page.text.inlines(&document.heading, &Location::file(PAPER_FILE));
    page.blocks(&document.abstract_blocks);
    let summary = std::mem::take(&mut page.out);
    page.parts([&document.blocks, &document.appendices], written);
    page.out.push_str(ledger.html());
    let body = std::mem::take(&mut page.out);
    page.back(document);
    let back = std::mem::take(&mut page.out);
    let mut context = Context::new();
    insert_words(&mut context, language);
    context.insert("title", &document.title);
    context.insert("heading", &heading);
    insert_byline(&mut context, document);
    context.insert("back", &back);
    context.insert("keywords", &document.keywords);
    context.insert("css", &format!("{}\n{}", templates.css(), dark::style()));
    context.insert("summary", &summary);
    context.insert("body", &body);
    context.insert("references", &references(document, &mut page.text));
    context.insert("footnotes", &page.footnotes());
    (context, page.text.errors)
}

/// Puts everything that names the authors into the context of a page.
fn insert_byline(context: &mut Context, document: &Document) {
    let Byline { names, affiliations, notes, contacts } = front::byline(document, front::HTML);
    let below: Vec<String> = [affiliations, notes, contacts].concat();
    context.insert("authors", &document.front.names());
    context.insert("names", &document.front.printed_names(document.language));
    context.insert("byline", &BTreeMap::from([("names", names), ("below", below)]));
    context.insert("ccs", &document.front.concepts());
}

/// Characters of the longest cell from which a column of words keeps some width, and from which it keeps that of
/// lines which are good to read; the table scrolls where there is no room for them.
const SHORT: usize = 10;
const LONG: usize = 30;

/// The deepest level of headings in the contents.
const DEEPEST: u8 = 3;

struct Page<'a> {
    text: InlineWriter<'a>,
    figures: &'a BTreeMap<String, String>,
    positions: Positions,
    /// How many numbered lists are open.
    depth: usize,
    out: String,
}

impl Page<'_> {
    /// The body: each part of it that begins with a heading of the first level is written, or taken from the last
    /// page where it is the same.
    fn parts(&mut self, bodies: [&[Block]; 2], written: Option<&SectionCache>) {
        let is_first = |block: &Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
        let parts = bodies.into_iter().flat_map(|body| body.chunk_by(|_, next| !is_first(next)));
        let Some(cache) = written else {
            parts.for_each(|part| self.sections(part));
            return;
        };
        let last = std::mem::take(&mut *cache.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut all = Vec::new();
        for (index, blocks) in parts.enumerate() {
            let known =
                last.get(index).filter(|one| one.before == self.text.mentions && one.blocks == blocks);
            let section = known.cloned().unwrap_or_else(|| Arc::new(self.section(blocks)));
            self.out.push_str(&section.html);
            self.text.mentions.clone_from(&section.after);
            self.text.footnotes.extend(section.footnotes.iter().cloned());
            all.push(section);
        }
        // What has errors is written again, and they are told again.
        if self.text.errors.0.is_empty() {
            *cache.0.lock().unwrap_or_else(PoisonError::into_inner) = all;
        }
    }

    /// Returns some blocks written behind those before them.
    fn section(&mut self, blocks: &[Block]) -> WrittenSection {
        let before = self.text.mentions.clone();
        let (out, footnotes) = (std::mem::take(&mut self.out), std::mem::take(&mut self.text.footnotes));
        self.sections(blocks);
        let html = std::mem::replace(&mut self.out, out);
        let footnotes = std::mem::replace(&mut self.text.footnotes, footnotes);
        let after = self.text.mentions.clone();
        WrittenSection { blocks: blocks.to_vec(), before, html, after, footnotes }
    }

    /// Blocks of the body, each heading opening a section that lasts to the next of its level.
    fn sections(&mut self, blocks: &[Block]) {
        let mut open: Vec<u8> = Vec::new();
        for block in blocks {
            if let BlockKind::Heading { level, label, .. } = &block.kind {
                while open.last().is_some_and(|last| last >= level) {
                    open.pop();
                    self.out.push_str("</section>\n");
                }
                open.push(*level);
                let _ = match label.is_empty() {
                    true => writeln!(self.out, "<section>"),
                    false => writeln!(self.out, "<section aria-labelledby=\"{}\">", escape(label)),
                };
            }
            self.block(block);
        }
        self.out.push_str(&"</section>\n".repeat(open.len()));
    }

    /// What stands between the text and the references, each under a heading of its own.
    fn back(&mut self, document: &Document) {
        for part in &document.back {
            let (id, heading) = (part.kind.key(), part.kind.heading(document.language.words()));
            let _ = writeln!(self.out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>");
            self.blocks(&part.blocks);
            self.out.push_str("</section>\n");
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        let at = &block.location;
        match &block.kind {
            BlockKind::Heading { level, number, label, content } => {
                let level = level.saturating_add(1).clamp(2, 6);
                let content = self.text.inlines(content, at);
                let number = numbered(number);
                let number = match label.is_empty() || number.is_empty() || level > DEEPEST + 1 {
                    true => number,
                    false => format!("<a class=\"up\" href=\"#in-{}\">{number}</a>", escape(label)),
                };
                let _ = writeln!(self.out, "<h{level}{}>{number}{content}</h{level}>", id(label));
            }
            BlockKind::Paragraph(content) => {
                let content = self.text.inlines(content, at);
                let at = self.at(at);
                let _ = writeln!(self.out, "<p{at}>{content}</p>");
            }
            BlockKind::List { start, items } => self.list(*start, items),
            BlockKind::Quote(blocks) => {
                self.out.push_str("<blockquote>\n");
                self.blocks(blocks);
                self.out.push_str("</blockquote>\n");
            }
            BlockKind::Statement { kind, number, label, title, blocks } => {
                let class = match kind {
                    kind if kind.is_notice() => format!("notice notice-{}", kind.name().to_lowercase()),
                    kind if kind.is_claim() => "statement claim".to_owned(),
                    _ => "statement".to_owned(),
                };
                let element = if kind.is_notice() { "aside" } else { "div" };
                let label = label.as_deref().map(id).unwrap_or_default();
                let head = escape(&statement_head(*kind, *number, self.text.language));
                let title = match title.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", self.text.inlines(title, at)),
                };
                let _ = writeln!(
                    self.out,
                    "<{element} class=\"{class}\"{label}>\n<p class=\"head\"><b>{head}</b>{title}.</p>"
                );
                self.blocks(blocks);
                let _ = writeln!(self.out, "</{element}>");
            }
            BlockKind::Definition { term, blocks } => {
                let term = self.text.inlines(term, at);
                let _ = writeln!(self.out, "<dl><dt>{term}</dt><dd>");
                self.blocks(blocks);
                self.out.push_str("</dd></dl>\n");
            }
            BlockKind::Rule => self.out.push_str("<hr>\n"),
            BlockKind::Code { language, text, lines, .. } => {
                let class = match language.is_empty() {
                    true => String::new(),
                    false => format!(" class=\"language-{}\"", escape(language)),
                };
                let text = listing(language, text, lines);
                let _ = writeln!(
                    self.out,
                    "<pre class=\"scroll\" tabindex=\"0\"><code{class}>{text}</code></pre>"
                );
            }
            BlockKind::Equation { tex, number, rows } => self.equation(tex, number.as_ref(), rows, at),
            BlockKind::Figure { id: name, label, number, caption, alt, wide, picture } => {
                let caption = self.text.inlines(caption, at);
                let back = self.text.back(label, |words| words.figure, *number);
                let shown = match picture {
                    Some(_) => {
                        format!("<div class=\"drawing\">{}</div>", self.text.picture(name, alt, "", at))
                    }
                    None => self.drawing(name, alt, at),
                };
                let (id, class) = (id(label), if *wide { " class=\"wide\"" } else { "" });
                let noun = self.text.language.words().figure_short.one;
                let _ = writeln!(
                    self.out,
                    "<figure{id}{class}>\n<div class=\"scroll\" tabindex=\"0\">{shown}</div>\n\
                     <figcaption><b>{noun}&nbsp;{number}.</b> {caption}{back}</figcaption>\n</figure>"
                );
            }
            BlockKind::Table { number: None, table, content, .. } => {
                self.out.push_str("<div class=\"table\">\n");
                self.table(None, table, content, at);
                self.out.push_str("</div>\n");
            }
            BlockKind::Table { label, number: Some(number), caption, wide, table, content, .. } => {
                let caption = self.text.inlines(caption, at);
                let back = self.text.back(label, |words| words.table, *number);
                let class = if *wide { "table wide" } else { "table" };
                let noun = self.text.language.words().table.one;
                let _ = writeln!(
                    self.out,
                    "<figure{} class=\"{class}\">\n<figcaption id=\"cap-{}\"><b>{noun}&nbsp;{number}.</b> {caption}\
                     </figcaption>",
                    id(label),
                    escape(label)
                );
                self.table(Some(label), table, content, at);
                if !back.is_empty() {
                    let _ = writeln!(self.out, "<p class=\"note\">{}</p>", back.trim_start());
                }
                self.out.push_str("</figure>\n");
            }
        }
    }

    /// Returns the footnotes in the order of their numbers; one that is called in another is written with it.
    fn footnotes(&mut self) -> String {
        let mut written = Vec::new();
        while !self.text.footnotes.is_empty() {
            for (number, blocks) in std::mem::take(&mut self.text.footnotes) {
                written.push((number, self.footnote(number, &blocks)));
            }
        }
        written.sort();
        written.into_iter().map(|(_, note)| note).collect()
    }

    fn footnote(&mut self, number: usize, blocks: &[Block]) -> String {
        let back = self.text.back(&note_label(number), |words| words.note_reference, number);
        let label = format!("{} {number}", self.text.language.words().back_to_note);
        let up =
            format!("<a href=\"#fnref-{number}\" role=\"doc-backlink\" aria-label=\"{label}\">↩</a>{back}");
        let text = match blocks {
            [Block { location, kind: BlockKind::Paragraph(content) }] => {
                format!("{} {up}", self.text.inlines(content, location))
            }
            blocks => {
                self.blocks(blocks);
                let text = std::mem::take(&mut self.out);
                match text.strip_suffix("</p>\n") {
                    Some(text) => format!("\n{text} {up}</p>\n"),
                    None => format!("\n{text}<p>{up}</p>\n"),
                }
            }
        };
        format!("<li id=\"fn-{number}\" value=\"{number}\">{text}</li>\n")
    }

    /// A formula with its number beside it, or with those of its rows in a column of their own.
    fn equation(&mut self, tex: &str, number: Option<&EquationNumber>, rows: &[EquationRow], at: &Location) {
        let writer = &self.text;
        let text = |number: &EquationNumber| format!("({})", escape(&number.text));
        let back =
            |number: &EquationNumber| writer.back(number.label(), |words| words.equation, &number.text);
        let cells = rows.iter().map(|row| {
            let number = row.number.as_ref();
            let shown = |number| format!("<span class=\"number\">{}</span>", text(number));
            (number.map(|number| id(number.label())).unwrap_or_default(), number.map(shown))
        });
        let cells: Vec<(String, Option<String>)> = cells.collect();
        // A formula is one thing to who hears it, and holds no links: those of its rows stand beside it.
        let of_rows: String = rows.iter().filter_map(|row| row.number.as_ref()).map(back).collect();
        let (id, number) = match number {
            Some(number) => (id(number.label()), text(number) + &back(number)),
            None => (String::new(), of_rows),
        };
        let number = match number.is_empty() {
            true => number,
            false => format!("<span class=\"number\">{number}</span>"),
        };
        let formula = self.text.math(tex, true, at);
        let formula = if cells.is_empty() { formula } else { math::numbered(&formula, &cells) };
        let formula = format!("<div class=\"scroll\" tabindex=\"0\">{formula}</div>");
        let _ = writeln!(self.out, "<div class=\"equation\"{id}>{formula}{number}</div>");
    }

    /// Returns the attribute that names the place of a block, where places are shown.
    fn at(&self, location: &Location) -> String {
        match self.positions {
            Positions::Hidden => String::new(),
            Positions::Shown => format!(" data-at=\"{}\"", escape(&location.to_string())),
        }
    }

    fn list(&mut self, start: Option<usize>, items: &[Vec<Block>]) {
        let (open, close) = match start {
            None => ("<ul>".to_owned(), "</ul>"),
            Some(first) => {
                let kind = match Numbering::at(self.depth) {
                    Numbering::Decimal => "",
                    Numbering::LowerAlpha => " type=\"a\" class=\"in-parentheses\"",
                    Numbering::LowerRoman => " type=\"i\"",
                    Numbering::UpperAlpha => " type=\"A\"",
                };
                let start = if first == 1 { String::new() } else { format!(" start=\"{first}\"") };
                (format!("<ol{kind}{start}>"), "</ol>")
            }
        };
        self.depth += usize::from(start.is_some());
        let _ = writeln!(self.out, "{open}");
        for item in items {
            self.out.push_str("<li>");
            match item.as_slice() {
                [Block { location, kind: BlockKind::Paragraph(content) }, rest @ ..] => {
                    let content = self.text.inlines(content, location);
                    self.out.push_str(&content);
                    self.blocks(rest);
                }
                blocks => self.blocks(blocks),
            }
            self.out.push_str("</li>\n");
        }
        self.depth -= usize::from(start.is_some());
        let _ = writeln!(self.out, "{close}");
    }

    fn table(&mut self, label: Option<&str>, table: &Table, content: &TableContent, at: &Location) {
        let rich = |text: &mut InlineWriter<'_>, content: Option<&Vec<Inline>>, is_header: bool| {
            let content = content.filter(|content| is_rich(content))?;
            // What reads a page aloud finds no name in MathML.
            text.names_formulas = is_header && content.iter().all(is_formula);
            let written = text.inlines(content, at);
            text.names_formulas = false;
            Some(written)
        };
        let alignment = |column: usize| table.columns.get(column).map(|column| column.alignment);
        let class = |column: usize| match alignment(column) {
            Some(Alignment::Decimal) => " class=\"decimal\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ if table.longest_cell(column) > LONG => " class=\"long\"",
            _ if table.longest_cell(column) > SHORT => " class=\"words\"",
            _ => "",
        };
        let noun = self.text.language.words().table.one;
        let named = match label {
            Some(label) => format!(" aria-labelledby=\"cap-{}\"", escape(label)),
            // Regions of a page have names of their own.
            None => {
                let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
                format!(" aria-label=\"{noun}: {}\"", escape(&headers.join(", ")))
            }
        };
        let mut out = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\"{named}><table{named}>\n<thead><tr>"
        );
        for (index, column) in table.columns.iter().enumerate() {
            let header = rich(&mut self.text, content.headers.get(index), true);
            let header = header.unwrap_or_else(|| escape(&column.header));
            let _ = write!(out, "<th scope=\"col\"{}>{header}</th>", class(index));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        let gaps: Vec<_> =
            (0..table.columns.len()).map(|column| decimal_gaps(table, column, self.text.language)).collect();
        for (row_index, row) in table.rows.iter().enumerate() {
            out.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let written = content.rows.get(row_index).and_then(|row| row.get(index));
                let can_be_header = index == 0 && alignment(0) == Some(Alignment::Left);
                let text = match (&cell.fact, rich(&mut self.text, written, can_be_header)) {
                    (_, Some(rich)) => rich,
                    (Some(fact), None) => self.text.number(fact, &cell.text),
                    (None, None) => escape(&cell.text),
                };
                let gap = gaps.get(index).and_then(|gaps| gaps.get(row_index).copied().flatten());
                let gap = gap.map_or(String::new(), |(point, digits)| {
                    format!("{}{}", if point { "\u{2008}" } else { "" }, "\u{2007}".repeat(digits))
                });
                // A row that continues the one above has no header of its own.
                let _ = match can_be_header && !text.is_empty() {
                    true => write!(out, "<th scope=\"row\"{}>{text}</th>", class(0)),
                    false => write!(out, "<td{}>{text}{gap}</td>", class(index)),
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table></div>\n");
        for note in &content.notes {
            let _ = writeln!(out, "<p class=\"note\">{}</p>", self.text.inlines(note, at));
        }
        self.out.push_str(&out);
    }

    /// Returns the drawing of a figure with what is read in its place.
    fn drawing(&mut self, name: &str, alt: &str, at: &Location) -> String {
        let svg = self.figure(name, at);
        let class = if dark::follows(&svg) { format!("drawing {}", dark::CLASS) } else { "drawing".into() };
        format!("<div class=\"{class}\" role=\"img\" aria-label=\"{}\">{svg}</div>", escape(alt))
    }

    /// Returns the figure's drawing, its names made its own so that two figures cannot mix.
    fn figure(&mut self, name: &str, location: &Location) -> String {
        let Some(svg) = self.figures.get(name) else {
            let missing = Diagnostic::new(location.clone(), format!("there is no figure `{name}`"));
            self.text.errors.push(missing.suggest(name, self.figures.keys().map(String::as_str)));
            return String::new();
        };
        let lower = svg.to_ascii_lowercase();
        let Some(start) = lower.find("<svg").filter(|_| !lower.contains("<script")) else {
            let message = format!("figure `{name}` is not a plain SVG drawing");
            self.text.errors.push(Diagnostic::new(location.clone(), message));
            return String::new();
        };
        own_names(&svg[start..], &escape(name))
    }
}

/// Returns whether nothing but formulas can be read in a piece of text.
fn is_formula(inline: &Inline) -> bool {
    match &inline.kind {
        InlineKind::Math(_) | InlineKind::LineBreak => true,
        InlineKind::Text(text) => text.trim().is_empty(),
        InlineKind::Emphasis(content)
        | InlineKind::Strong(content)
        | InlineKind::Strikeout(content)
        | InlineKind::Link { content, .. } => content.iter().all(is_formula),
        _ => false,
    }
}

fn id(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" id=\"{}\"", escape(label)) }
}

fn numbered(number: &str) -> String {
    if number.is_empty() {
        String::new()
    } else {
        format!("<span class=\"number\">{}</span> ", escape(number))
    }
}

/// Returns the contents: nested lists of links to the headings of the first three levels.
fn contents<'a>(blocks: impl Iterator<Item = &'a Block>, language: Language) -> String {
    let mut out = String::new();
    let mut open: Vec<u8> = Vec::new();
    for block in blocks {
        let BlockKind::Heading { level, number, label, content } = &block.kind else { continue };
        if *level > DEEPEST {
            continue;
        }
        while open.len() > 1 && open.last().is_some_and(|last| last > level) {
            open.pop();
            out.push_str("</li></ol>");
        }
        match open.last() {
            Some(last) if last >= level => out.push_str("</li>\n<li>"),
            _ => {
                open.push(*level);
                out.push_str("<ol><li>");
            }
        }
        // The name is what the heading's number links back to.
        let name = if label.is_empty() { String::new() } else { format!(" id=\"in-{}\"", escape(label)) };
        let title: String =
            content.iter().map(|inline| in_contents(inline, language, &block.location)).collect();
        let _ = write!(out, "<a{name} href=\"#{}\">{}{title}</a>", escape(label), numbered(number));
    }
    out + &"</li></ol>".repeat(open.len())
}

/// Returns a piece of a heading without what leads elsewhere.
fn in_contents(inline: &Inline, language: Language, location: &Location) -> String {
    match &inline.kind {
        // What cannot be set is told at the heading.
        InlineKind::Math(tex) => {
            let mathml = math::mathml(tex, false, location).unwrap_or_default();
            match math::is_wide(&mathml) {
                true => format!("<span class=\"formula\">{mathml}</span>"),
                false => mathml,
            }
        }
        _ => escape(&plain(std::slice::from_ref(inline), language)),
    }
}

fn references(document: &Document, writer: &mut InlineWriter<'_>) -> String {
    let mut out = String::new();
    for reference in &document.references {
        let back = writer.back(&work(&reference.key), |words| words.reference, reference.number);
        let content = writer.inlines(&reference.content, &reference.location);
        let (key, number) = (escape(&reference.key), reference.number);
        out.push_str(&format!("<li id=\"ref-{key}\" value=\"{number}\">{content}{back}</li>\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use super::super::{html, sample};
    use super::*;
    use crate::table::{Cell, Column};

    fn page() -> String {
        let templates = Templates::load(std::path::Path::new("no/templates")).expect("templates");
        html(
            &sample::document(),
            &templates,
            &sample::figures(),
            &sample::facts(),
            &Ledger::default(),
            Positions::Hidden,
            None,
        )
        .expect("a page")
    }

    fn count(page: &Html, selector: &str) -> usize {
        page.select(&Selector::parse(selector).expect("a selector")).count()
    }

    #[test]
    fn every_kind_has_its_element() {
        let text = page();
        let page = Html::parse_document(&text);
        for selector in [
            "header h1",
            "nav ol ol a",
            "main section section h3",
            "p em",
            "p strong",
            "p code",
            "p br",
            "p math",
            "div.equation[id='eq:e'] math",
            "figure[id='fig:hops'] svg",
            "figure.wide",
            "blockquote p",
            "ol[start='3'] li ul li",
            "pre code.language-rust",
            "th[scope=col]",
            "th[scope=row]",
            "td data.fact",
            "p data.fact[title*='published: 2.10×']",
            "p data.fact[title*='formula: a \"over\" <b>']",
            "a[href='#ref-key']",
            "li[id=ref-key] a[href='https://doi.org/10.1145/a%23b_1']",
            "a[href='#sec:one']",
            "li#fn-1 a[href='#fnref-1']",
            "a[href='#fn-1']#fnref-1",
            "li#fn-3",
            "p.note",
            "clipPath#hops-c",
            "meta[name=viewport]",
        ] {
            assert!(count(&page, selector) > 0, "no {selector} in {text}");
        }
        assert_eq!(count(&page, "h1"), 1);
    }

    /// The page of a document that has nothing but some blocks.
    fn page_of(kinds: Vec<BlockKind>) -> Html {
        let block = |kind| Block { location: Location::new("paper/a.md", 1, 1), kind };
        let document = Document { blocks: kinds.into_iter().map(block).collect(), ..sample::document() };
        let templates = Templates::load(std::path::Path::new("no/templates")).expect("templates");
        let (facts, ledger) = (sample::facts(), Ledger::default());
        let page = html(&document, &templates, &sample::figures(), &facts, &ledger, Positions::Hidden, None);
        Html::parse_document(&page.expect("a page"))
    }

    fn formula(tex: &str) -> Inline {
        InlineKind::Math(tex.to_owned()).into()
    }

    #[test]
    fn numbers_of_nested_lists_change_with_the_level() {
        let mut list = BlockKind::List { start: Some(2), items: vec![Vec::new()] };
        for level in 0..4 {
            let location = Location::new("paper/a.md", 1, 1);
            // Bullets in between count for nothing.
            let start = (level != 1).then_some(1);
            list = BlockKind::List { start, items: vec![vec![Block { location, kind: list }]] };
        }
        let page = page_of(vec![list]);
        let numbered = "main section + ol:not([type]), main > ol:not([type])";
        assert_eq!(count(&page, numbered), 1);
        for selector in [
            "ol:not([type]) > li > ol[type=a].in-parentheses > li > ul > li > ol[type=i]",
            "ol[type=i] > li > ol[type=A][start='2']",
        ] {
            assert_eq!(count(&page, selector), 1, "{selector}");
        }
    }

    #[test]
    fn a_formula_that_may_be_too_wide_has_a_box_and_is_reached_by_keys_but_in_links() {
        let wide = "a + b + c + d + e + f + g + h = 0";
        let url = "https://example.org".to_owned();
        let link = InlineKind::Link { url, content: vec![formula(wide)] };
        let page = page_of(vec![BlockKind::Paragraph(vec![formula("x"), formula(wide), link.into()])]);
        assert_eq!(count(&page, "main > p > math"), 1);
        assert_eq!(count(&page, "main > p > span.formula[tabindex='0'] > math"), 1);
        assert_eq!(count(&page, "main a > span.formula:not([tabindex]) > math"), 1);
    }

    #[test]
    fn columns_of_words_keep_their_width_and_headers_of_formulas_have_names() {
        let long = "a cell of so many words that nobody wants to read one of them a line";
        let column = |header: &str, alignment| Column { header: header.to_owned(), alignment };
        let cell = |text: &str| Cell::of(text);
        let table = Table {
            columns: vec![
                column("n", Alignment::Left),
                column("words", Alignment::Left),
                column("more", Alignment::Left),
                column("number", Alignment::Decimal),
            ],
            rows: vec![vec![cell("k"), cell("three short words"), cell(long), cell("1234567890123")]],
            notes: Vec::new(),
            from_file: false,
        };
        let text = |text: &str| vec![sample::text(text)];
        let headers = vec![
            vec![InlineKind::Strong(vec![formula("n < m")]).into()],
            vec![sample::text("with "), formula("w")],
            text("more"),
            text("number"),
        ];
        let rows = vec![vec![vec![formula("k")], text("three short words"), text(long), vec![formula("y")]]];
        let content = TableContent { headers, rows, notes: Vec::new() };
        let page = page_of(vec![BlockKind::Table {
            label: String::new(),
            number: None,
            caption: Vec::new(),
            wide: false,
            id: "words".to_owned(),
            in_text: true,
            table,
            content,
        }]);
        for (selector, number) in [
            ("th[scope=col]:not([class]) math[aria-label='n < m']", 1),
            ("th[scope=row]:not([class]) math[aria-label=k]", 1),
            // What has words beside its formula, and what is no header, is read without.
            ("math[aria-label]", 2),
            ("th.words, td.words", 2),
            ("th.long, td.long", 2),
            ("td.decimal", 1),
        ] {
            assert_eq!(count(&page, selector), number, "{selector}");
        }
    }

    #[test]
    fn nothing_is_run_or_loaded() {
        let text = page();
        let page = Html::parse_document(&text);
        assert_eq!(count(&page, "script, iframe, img, link, object, embed, [src], [onload], [onclick]"), 0);
        assert_eq!(count(&page, "a[href^='javascript']"), 0);
        assert!(!text.contains("<script") && !text.contains("@import") && !text.contains("url(h"));
        assert!(text.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn headings_skip_no_level_and_links_have_targets() {
        let page = Html::parse_document(&page());
        let headings = Selector::parse("h1, h2, h3, h4, h5, h6").expect("a selector");
        let levels: Vec<u32> =
            page.select(&headings).filter_map(|h| h.value().name()[1..].parse().ok()).collect();
        assert_eq!(levels[0], 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        let ids: Vec<&str> =
            page.select(&Selector::parse("[id]").expect("ok")).filter_map(|e| e.value().attr("id")).collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        for link in page.select(&Selector::parse("a[href^='#']").expect("ok")) {
            let target = &link.value().attr("href").expect("a link")[1..];
            assert!(ids.contains(&target), "no {target}");
        }
    }

    #[test]
    fn all_errors_are_collected() {
        let mut document = sample::document();
        document.blocks[1].kind =
            BlockKind::Equation { tex: "\\nonsense".into(), number: None, rows: Vec::new() };
        let templates = Templates::load(std::path::Path::new("no/templates")).expect("templates");
        let error = html(
            &document,
            &templates,
            &BTreeMap::new(),
            &Facts::default(),
            &Ledger::default(),
            Positions::Hidden,
            None,
        )
        .expect_err("errors");
        let lines: Vec<usize> = error.0.0.iter().map(|e| e.location.line).collect();
        assert_eq!(lines, [5, 27, 29]);
    }
}
