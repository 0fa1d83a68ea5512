//! The document as the tree of Pandoc in JSON, which Pandoc turns into the formats of word processors.
//!
//! Numbers of headings, figures and equations are text, as they are everywhere else: a program that counted
//! anew might count differently. Only footnotes are counted by the reader's program, in the same order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::columns::decimal_gaps;
use super::front::{Byline, Markup, byline};
use super::{
    Numbering, OutputError, gutter, math, naming, note_label, notes_referred_to, part_text, reference_text,
    safe_url, statement_head,
};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::manuscript::{
    Block, BlockKind, Citation, Document, EquationNumber, Inline, InlineKind, LabelKind, StatementKind,
    TableContent,
};
use crate::source::PAPER_FILE;
use crate::table::{Alignment, GAP, Table};

/// The document as Pandoc reads it.
#[derive(Debug)]
pub struct PandocTree {
    /// The JSON of its tree, which names the drawing `ID` as the file `ID.png`.
    pub json: String,
    /// Every formula as it is handed over, in TeX, with the place of the first such one.
    pub formulas: BTreeMap<String, Location>,
}

/// Renders the document for Pandoc.
///
/// `version` is the version of the tree that the installed Pandoc reads, such as `[1, 22, 2, 1]`. `widths`
/// are those of the drawings in points, by their names.
///
/// # Errors
/// A drawing that is missing.
pub fn pandoc(
    document: &Document,
    version: &Value,
    widths: &BTreeMap<String, f64>,
) -> Result<PandocTree, OutputError> {
    let (formulas, errors) = (BTreeMap::new(), Diagnostics::default());
    let (language, words) = (document.language, document.language.words());
    let referred = notes_referred_to(document);
    let (in_note, inner_notes) = (false, Vec::new());
    let mut writer =
        Writer { language, widths, notes: 0, depth: 0, in_note, inner_notes, referred, formulas, errors };
    let title = writer.inlines(&document.heading, &Location::file(PAPER_FILE));
    let mut blocks = authors(document);
    blocks.push(heading(1, "abstract", text(words.abstract_heading)));
    blocks.extend(writer.blocks(&document.abstract_blocks));
    if !document.keywords.is_empty() {
        let mut terms = vec![strong(text(&format!("{}:", words.index_terms))), space()];
        terms.extend(text(&document.keywords.join(", ")));
        blocks.push(paragraph(terms));
    }
    if !document.front.ccs.is_empty() {
        let mut concepts = vec![strong(text(&format!("{}:", words.ccs_concepts))), space()];
        concepts.extend(text(&document.front.concepts().join("; ")));
        blocks.push(paragraph(concepts));
    }
    blocks.extend(writer.blocks(&document.blocks));
    blocks.extend(writer.blocks(&document.appendices));
    for part in &document.back {
        blocks.push(heading(1, part.kind.key(), text(part.kind.heading(words))));
        blocks.extend(writer.blocks(&part.blocks));
    }
    blocks.extend(writer.references(document));
    let names = byline(document, PLAIN).names;
    let authors: Vec<Value> = names.iter().map(|name| node("MetaInlines", with_marks(name))).collect();
    let keywords: Vec<Value> = document.keywords.iter().map(|term| node("MetaInlines", text(term))).collect();
    let meta = json!({
        "title": node("MetaInlines", title),
        "author": node("MetaList", authors),
        "keywords": node("MetaList", keywords),
        "lang": node("MetaString", language.code()),
    });
    let tree = json!({ "pandoc-api-version": version, "meta": meta, "blocks": blocks });
    Ok(writer.errors.into_result(PandocTree { json: tree.to_string(), formulas: writer.formulas })?)
}

/// Returns what is told of the authors below their names, a paragraph each.
fn authors(document: &Document) -> Vec<Value> {
    let Byline { affiliations, notes, contacts, .. } = byline(document, PLAIN);
    [affiliations, notes, contacts].concat().iter().map(|line| paragraph(with_marks(line))).collect()
}

/// What stands around a raised mark until it becomes a node.
const RAISED: (char, char) = ('\u{e000}', '\u{e001}');
/// Text without links, its marks set apart.
const PLAIN: Markup = Markup {
    text: str::to_owned,
    raised: |mark| format!("{}{mark}{}", RAISED.0, RAISED.1),
    link: |_, text| text.to_owned(),
};

/// Returns a line of text with its raised marks.
fn with_marks(line: &str) -> Vec<Value> {
    let mut out = Vec::new();
    for (index, piece) in line.split([RAISED.0, RAISED.1]).enumerate() {
        match index % 2 {
            0 => out.extend(text(piece)),
            _ => out.push(node("Superscript", text(piece))),
        }
    }
    out
}

/// The style of the paragraph that holds a picture, and of its caption; the text styles of Pandoc.
const FIGURE: &str = "Captioned Figure";
const CAPTION: &str = "Image Caption";
/// The style of an entry of the reference list.
const ENTRY: &str = "Bibliography";

struct Writer<'a> {
    language: Language,
    widths: &'a BTreeMap<String, f64>,
    /// Footnotes so far.
    notes: usize,
    /// How many numbered lists are open.
    depth: usize,
    /// Whether what is written stands in a note.
    in_note: bool,
    /// The notes called in the present note.
    inner_notes: Vec<Value>,
    /// The labels of the footnotes that references lead to.
    referred: BTreeSet<String>,
    formulas: BTreeMap<String, Location>,
    errors: Diagnostics,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Value> {
        blocks.iter().flat_map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &Block) -> Vec<Value> {
        let at = &content_place(block);
        match &block.kind {
            BlockKind::Heading { level, number, label, content } => {
                let mut words = text(number);
                words.extend((!number.is_empty()).then(space));
                words.extend(self.inlines(content, at));
                vec![heading(*level, label, words)]
            }
            BlockKind::Paragraph(content) => vec![paragraph(self.inlines(content, at))],
            BlockKind::List { start, items } => vec![self.list(*start, items)],
            BlockKind::Quote(blocks) => vec![node("BlockQuote", self.blocks(blocks))],
            BlockKind::Statement { kind, number, label, title, blocks } => {
                vec![self.statement((*kind, *number), label.as_deref(), title, blocks, at)]
            }
            BlockKind::Definition { term, blocks } => {
                let term = self.inlines(term, at);
                vec![node("DefinitionList", json!([[term, [self.blocks(blocks)]]]))]
            }
            BlockKind::Rule => vec![json!({ "t": "HorizontalRule" })],
            BlockKind::Code { language, text, lines, .. } => {
                let classes: Vec<&String> =
                    Some(language).filter(|name| !name.is_empty()).into_iter().collect();
                vec![node("CodeBlock", json!([["", classes, []], gutter(text, lines)]))]
            }
            BlockKind::Equation { tex, number: None, rows } if rows.is_empty() => {
                vec![paragraph(vec![self.math("DisplayMath", tex.trim(), at)])]
            }
            BlockKind::Equation { tex, number, rows } => {
                let numbered = [(tex.trim().to_owned(), number.as_ref())];
                let rows = rows.iter().map(|row| (math::row_alone(tex, row), row.number.as_ref()));
                let rows: Vec<_> =
                    numbered.into_iter().filter(|(_, number)| number.is_some()).chain(rows).collect();
                let rows = rows.into_iter().map(|(tex, number)| {
                    vec![cell(vec![self.math("DisplayMath", &tex, at)]), cell(numbering(number))]
                });
                vec![numbered_equation(rows.collect())]
            }
            BlockKind::Figure { id, label, number, caption, alt, .. } => {
                let picture = self.picture(id, alt, None, &block.location);
                let caption =
                    captioned((LabelKind::Figure, *number), self.inlines(caption, at), self.language);
                let parts = [styled(FIGURE, paragraph(vec![picture])), styled(CAPTION, paragraph(caption))];
                vec![division(label, &[], &parts)]
            }
            BlockKind::Table { label, number, caption, table, content, .. } => {
                let caption = number.map(|number| {
                    captioned((LabelKind::Table, number), self.inlines(caption, at), self.language)
                });
                let mut parts = vec![self.table(caption, table, content, at)];
                for note in &content.notes {
                    parts.push(paragraph(self.inlines(note, at)));
                }
                if label.is_empty() { parts } else { vec![division(label, &[], &parts)] }
            }
        }
    }

    fn list(&mut self, start: Option<usize>, items: &[Vec<Block>]) -> Value {
        let (style, delimiter) = match Numbering::at(self.depth) {
            Numbering::Decimal => ("Decimal", "Period"),
            Numbering::LowerAlpha => ("LowerAlpha", "TwoParens"),
            Numbering::LowerRoman => ("LowerRoman", "Period"),
            Numbering::UpperAlpha => ("UpperAlpha", "Period"),
        };
        self.depth += usize::from(start.is_some());
        let items: Vec<Vec<Value>> = items.iter().map(|item| self.blocks(item)).collect();
        self.depth -= usize::from(start.is_some());
        match start {
            None => node("BulletList", items),
            Some(first) => node("OrderedList", json!([[first, { "t": style }, { "t": delimiter }], items])),
        }
    }

    /// A statement as an indented run of paragraphs, so that a reader sees where it ends.
    fn statement(
        &mut self,
        (kind, number): (StatementKind, Option<usize>),
        label: Option<&str>,
        title: &[Inline],
        blocks: &[Block],
        at: &Location,
    ) -> Value {
        let mut head = vec![strong(text(&statement_head(kind, number, self.language)))];
        if !title.is_empty() {
            head.extend(text(" ("));
            head.extend(self.inlines(title, at));
            head.extend(text(")"));
        }
        head.extend(text("."));
        let mut inside = vec![paragraph(head)];
        inside.extend(self.blocks(blocks));
        division(label.unwrap_or_default(), &[], &[node("BlockQuote", inside)])
    }

    fn table(
        &mut self,
        caption: Option<Vec<Value>>,
        table: &Table,
        content: &TableContent,
        at: &Location,
    ) -> Value {
        let headers = content.headers.iter().map(|header| cell(self.inlines(header, at))).collect();
        let gaps: Vec<_> =
            (0..table.columns.len()).map(|column| decimal_gaps(table, column, self.language)).collect();
        let mut rows = Vec::new();
        for (row, cells) in content.rows.iter().enumerate() {
            let mut written = Vec::new();
            for (column, words) in cells.iter().enumerate() {
                let mut words = self.inlines(words, at);
                if let Some((point, digits)) =
                    gaps.get(column).and_then(|gaps| gaps.get(row).copied().flatten())
                {
                    let gap = format!("{}{}", if point { "\u{2008}" } else { "" }, "\u{2007}".repeat(digits));
                    words.push(node("Str", gap));
                }
                written.push(cell(words));
            }
            rows.push(written);
        }
        let alignments: Vec<&str> =
            table.columns.iter().map(|column| alignment_name(column.alignment)).collect();
        plain_table(caption, &columns(&alignments, &shares(table)), Some(headers), rows)
    }

    /// Returns the list of cited works under its heading; nothing where none is cited.
    fn references(&mut self, document: &Document) -> Vec<Value> {
        if document.references.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![heading(1, "references", text(self.language.words().references))];
        for reference in &document.references {
            let mut words = text(&format!("[{}]", reference.number));
            words.push(space());
            words.extend(self.inlines(&reference.content, &reference.location));
            let entry = paragraph(words);
            blocks.push(division(&work(&reference.key), &[("custom-style", ENTRY)], &[entry]));
        }
        blocks
    }

    fn inlines(&mut self, inlines: &[Inline], at: &Location) -> Vec<Value> {
        inlines.iter().flat_map(|inline| self.inline(inline, at)).collect()
    }

    fn inline(&mut self, inline: &Inline, at: &Location) -> Vec<Value> {
        let place = || inline.position().map_or_else(|| at.clone(), |position| position.within(&at.file));
        match &inline.kind {
            InlineKind::Text(words)
            | InlineKind::Number { text: words, .. }
            | InlineKind::Verdict { text: words, .. } => text(words),
            InlineKind::Emphasis(content) => vec![node("Emph", self.inlines(content, at))],
            InlineKind::Strong(content) => vec![strong(self.inlines(content, at))],
            InlineKind::Strikeout(content) => vec![node("Strikeout", self.inlines(content, at))],
            InlineKind::Code(words) => vec![node("Code", json!([attributes("", &[]), words]))],
            InlineKind::Math(tex) => vec![self.math("InlineMath", tex.trim(), &place())],
            InlineKind::Link { url, content } => {
                let content = self.inlines(content, at);
                match safe_url(url) {
                    Some(url) => vec![link(content, url)],
                    None => content,
                }
            }
            InlineKind::Cite(works) => cite(works),
            InlineKind::Reference { kind, label, number, part, naming } => {
                let words = naming::text(*kind, number, *naming, self.language)
                    + &part_text(*kind, part.as_deref(), self.language);
                vec![link(text(&words), &format!("#{label}"))]
            }
            InlineKind::Footnote { number, blocks } => self.note(*number, blocks, place),
            InlineKind::FootnoteAgain(number) => vec![node("Superscript", text(&number.to_string()))],
            InlineKind::Picture { id, alt, .. } => vec![self.picture(id, alt, Some(LINE), &place())],
            InlineKind::LineBreak => vec![json!({ "t": "LineBreak" })],
        }
    }

    /// Returns a footnote, whose number the reader's program gives it: that of the paper, or an error.
    fn note(&mut self, number: usize, blocks: &[Block], place: impl Fn() -> Location) -> Vec<Value> {
        self.notes += 1;
        if self.notes != number {
            let message = format!("footnote {number} would be number {} of a text document", self.notes);
            let remedy = "call the notes in the order in which the text reads";
            self.errors.push(Diagnostic::new(place(), message).remedy(remedy));
        }
        let label = note_label(number);
        let is_inside = std::mem::replace(&mut self.in_note, true);
        let depth = std::mem::take(&mut self.depth);
        let blocks = self.blocks(blocks);
        (self.in_note, self.depth) = (is_inside, depth);
        let note = node("Note", blocks);
        // A link cannot lead into a note, but to where it is called.
        let note = match self.referred.contains(&label) {
            true => node("Span", json!([attributes(&label, &[]), [note]])),
            false => note,
        };
        // A text document has no note in a note: it stands behind the outer one, which has its number.
        if is_inside {
            self.inner_notes.push(note);
            return vec![node("Superscript", text(&number.to_string()))];
        }
        let mut notes = vec![note];
        notes.append(&mut self.inner_notes);
        notes
    }

    fn math(&mut self, kind: &str, tex: &str, at: &Location) -> Value {
        let tex = paired(&known(tex));
        let node = node("Math", json!([{ "t": kind }, tex.as_str()]));
        self.formulas.entry(tex).or_insert_with(|| at.clone());
        node
    }

    /// Returns a picture of its own width, or of a given height in points.
    fn picture(&mut self, id: &str, alt: &str, height: Option<f64>, at: &Location) -> Value {
        let Some(width) = self.widths.get(id) else {
            self.errors.push(Diagnostic::new(at.clone(), format!("there is no drawing of `{id}`")));
            return space();
        };
        let (name, points) = height.map_or(("width", *width), |height| ("height", height));
        let attributes = attributes("", &[(name, &format!("{:.4}in", points / POINTS))]);
        node("Image", json!([attributes, text(alt), [format!("{id}.png"), ""]]))
    }
}

/// The height of a line of text in points.
const LINE: f64 = 12.0;
/// Points of an inch, of which SVG and PDF have as many.
const POINTS: f64 = 72.0;

/// Commands that Pandoc does not know, and what looks the same, or nearly so, in a text document.
const ALIKE: [(&str, &str); 6] = [
    ("\\Bigl", "\\biggl"),
    ("\\Bigr", "\\biggr"),
    ("\\Bigm", "\\biggm"),
    ("\\cfrac", "\\dfrac"),
    // Pandoc makes pairs of bars that are written so.
    ("\\vert", "|"),
    ("\\operatorname*", "\\operatorname"),
];

/// Returns a formula in the commands that Pandoc knows.
fn known(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let alike = ALIKE.iter().find_map(|(command, other)| {
            let after = rest.strip_prefix(command)?;
            (!after.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((*other, after))
        });
        let (written, after) = alike.unwrap_or_else(|| {
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
            rest.split_at(end)
        });
        out.push_str(written);
        rest = after;
    }
    out + rest
}

/// Returns a formula whose bars around something are a pair, which Pandoc writes as such: word processors take a bar
/// that stands alone for an operator. Bars that do not stand in one group or one cell stay.
fn paired(tex: &str) -> String {
    let tokens = tokens(tex);
    // The places of what is open: of a bar with its sign, or of a group without one.
    let (mut open, mut changes) = (Vec::new(), Vec::new());
    for (index, &(start, token)) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let size = before.filter(|(_, size)| size.starts_with("\\big") || size.starts_with("\\Big"));
        let place = size.map_or(start, |(start, _)| *start)..start + token.len();
        let closes = size.map(|(_, size)| (size.ends_with('l'), size.ends_with('r')));
        let is_side = before.is_some_and(|(_, word)| ["\\left", "\\right", "\\middle"].contains(word));
        let bar = match (token, closes) {
            _ if is_side => None,
            ("\\lvert", _) | ("|" | "\\vert", Some((true, _))) => Some((true, "|")),
            ("\\rvert", _) | ("|" | "\\vert", Some((_, true))) => Some((false, "|")),
            ("\\lVert", _) | ("\\|" | "\\Vert", Some((true, _))) => Some((true, "\\|")),
            ("\\rVert", _) | ("\\|" | "\\Vert", Some((_, true))) => Some((false, "\\|")),
            _ => None,
        };
        match (bar, token) {
            (Some((true, sign)), _) => open.push(Some((place, sign))),
            (Some((false, sign)), _) => {
                if let Some(Some((opening, _))) = open.pop_if(|top| matches!(top, Some((_, s)) if *s == sign))
                {
                    changes.push((opening, format!("\\left{sign}")));
                    changes.push((place, format!("\\right{sign}")));
                }
            }
            (None, "{" | "\\left" | "\\begin") => open.push(None),
            (None, "}" | "\\right" | "\\end") => while open.pop().is_some_and(|top| top.is_some()) {},
            (None, "&" | "\\\\") => while open.pop_if(|top| top.is_some()).is_some() {},
            _ => {}
        }
    }
    changes.sort_by_key(|(place, _)| place.start);
    let mut out = tex.to_owned();
    for (place, written) in changes.into_iter().rev() {
        out.replace_range(place, &written);
    }
    out
}

/// Returns the commands and the characters of a formula with their places, spaces left out.
fn tokens(tex: &str) -> Vec<(usize, &str)> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(first) = tex[at..].chars().next() {
        let letters = || tex[at + 1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = match first {
            '\\' => match letters() {
                0 => 1 + tex[at + 1..].chars().next().map_or(0, char::len_utf8),
                letters => 1 + letters,
            },
            other => other.len_utf8(),
        };
        if !first.is_whitespace() {
            tokens.push((at, &tex[at..at + length]));
        }
        at += length;
    }
    tokens
}

/// Returns where the text of a block begins: captions stand in files of their own.
fn content_place(block: &Block) -> Location {
    let file = block.content_file();
    if file == block.location.file { block.location.clone() } else { Location::file(file) }
}

/// Returns the name of the target of citations.
fn work(key: &str) -> String {
    format!("ref-{key}")
}

/// Returns a node of the tree.
fn node(kind: &str, content: impl Into<Value>) -> Value {
    json!({ "t": kind, "c": content.into() })
}

fn space() -> Value {
    json!({ "t": "Space" })
}

/// Returns words and the spaces between them.
fn text(words: &str) -> Vec<Value> {
    let mut out = Vec::new();
    for (index, word) in words.split([' ', '\n', '\t', '\r']).enumerate() {
        out.extend((index > 0).then(space));
        out.extend((!word.is_empty()).then(|| node("Str", word)));
    }
    out
}

fn paragraph(content: Vec<Value>) -> Value {
    node("Para", content)
}

fn strong(content: Vec<Value>) -> Value {
    node("Strong", content)
}

fn heading(level: u8, label: &str, content: Vec<Value>) -> Value {
    node("Header", json!([level.clamp(1, 9), attributes(label, &[]), content]))
}

fn attributes(id: &str, pairs: &[(&str, &str)]) -> Value {
    json!([id, [], pairs])
}

fn division(label: &str, pairs: &[(&str, &str)], blocks: &[Value]) -> Value {
    node("Div", json!([attributes(label, pairs), blocks]))
}

fn styled(style: &str, block: Value) -> Value {
    division("", &[("custom-style", style)], &[block])
}

fn link(content: Vec<Value>, target: &str) -> Value {
    node("Link", json!([attributes("", &[]), content, [target, ""]]))
}

fn cite(works: &[Citation]) -> Vec<Value> {
    let mut out = Vec::new();
    for (index, Citation { key, number, locator }) in works.iter().enumerate() {
        out.extend(text(if index > 0 { ", [" } else { "[" }));
        out.push(link(text(&number.to_string()), &format!("#{}", work(key))));
        out.extend(text(&locator.as_ref().map_or("]".to_owned(), |place| format!(", {place}]"))));
    }
    out
}

/// Returns a caption behind the name of what it belongs to.
fn captioned((kind, number): (LabelKind, usize), caption: Vec<Value>, language: Language) -> Vec<Value> {
    let mut words =
        vec![strong(text(&format!("{}.", reference_text(kind, &number.to_string(), language)))), space()];
    words.extend(caption);
    words
}

/// Returns the number of an equation, which is what references lead to.
fn numbering(number: Option<&EquationNumber>) -> Vec<Value> {
    let Some(number) = number else { return Vec::new() };
    vec![node("Span", json!([attributes(number.label(), &[]), text(&format!("({})", number.text))]))]
}

/// Returns the rows of a displayed equation with their numbers at the right edge, in two cells each, as word
/// processors have it.
fn numbered_equation(rows: Vec<Vec<Value>>) -> Value {
    plain_table(None, &columns(&["AlignCenter", "AlignRight"], &[0.9, 0.1]), None, rows)
}

fn alignment_name(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Left => "AlignLeft",
        Alignment::Center => "AlignCenter",
        Alignment::Decimal => "AlignRight",
    }
}

/// Returns the columns of a table with their shares of the line's width.
fn columns(alignments: &[&str], shares: &[f64]) -> Value {
    let columns = alignments.iter().zip(shares);
    columns.map(|(name, share)| json!([{ "t": name }, node("ColWidth", *share)])).collect()
}

/// Characters that fit on a line of a text document.
const LINE_CHARACTERS: usize = 72;

/// Returns the share of the line that each column of a table has. Without them, a word processor gives all columns
/// the same. A column is as wide as its longest cell where the line has room for all; otherwise it holds its longest
/// word, and what is left is shared by what each lacks.
fn shares(table: &Table) -> Vec<f64> {
    let texts = |column: usize| {
        let cells = table.rows.iter().filter_map(move |row| row.get(column)).map(|cell| cell.text.as_str());
        cells.chain([table.columns[column].header.as_str()])
    };
    let columns = 0..table.columns.len();
    let whole = |column| texts(column).map(signs).max().unwrap_or(0) + GAP;
    // A cell of numbers stays on one line; its header need not.
    let word = |column: usize| match table.columns[column].alignment {
        Alignment::Decimal => {
            table.longest_cell(column).max(longest_word(&table.columns[column].header)) + GAP
        }
        _ => texts(column).map(longest_word).max().unwrap_or(0) + GAP,
    };
    let (whole, least): (Vec<_>, Vec<_>) = columns.map(|column| (whole(column), word(column))).unzip();
    let (all, bare): (usize, usize) = (whole.iter().sum(), least.iter().sum());
    let line = LINE_CHARACTERS as f64;
    if all <= LINE_CHARACTERS {
        return whole.iter().map(|width| *width as f64 / line).collect();
    }
    let room = LINE_CHARACTERS.saturating_sub(bare) as f64;
    let lacking = (all - bare).max(1) as f64;
    let widths = whole
        .iter()
        .zip(&least)
        .map(|(whole, least)| *least as f64 + room * whole.saturating_sub(*least) as f64 / lacking);
    let widths: Vec<f64> = widths.collect();
    let sum = widths.iter().sum::<f64>().max(1.0);
    widths.iter().map(|width| width / sum).collect()
}

/// Returns the signs that a text prints, of which a command of a formula is one.
fn signs(text: &str) -> usize {
    let (mut count, mut rest) = (0, text.chars().peekable());
    while let Some(c) = rest.next() {
        if c == '\\' {
            while rest.next_if(char::is_ascii_alphabetic).is_some() {}
        }
        count += usize::from(!"{}_^$".contains(c));
    }
    count
}

fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(signs).max().unwrap_or(0)
}

fn cell(content: Vec<Value>) -> Value {
    let blocks = if content.is_empty() { Vec::new() } else { vec![node("Plain", content)] };
    json!([attributes("", &[]), { "t": "AlignDefault" }, 1, 1, blocks])
}

fn plain_table(
    caption: Option<Vec<Value>>,
    columns: &Value,
    headers: Option<Vec<Value>>,
    rows: Vec<Vec<Value>>,
) -> Value {
    let none = || attributes("", &[]);
    let row = |cells: Vec<Value>| json!([none(), cells]);
    let caption: Vec<Value> = caption.into_iter().map(|words| node("Plain", words)).collect();
    let headers: Vec<Value> = headers.into_iter().map(row).collect();
    let rows: Vec<Value> = rows.into_iter().map(row).collect();
    let body = json!([none(), 0, [], rows]);
    node("Table", json!([none(), [Value::Null, caption], columns, [none(), headers], [body], [none(), []]]))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::table::{Cell, Column};

    fn widths() -> BTreeMap<String, f64> {
        BTreeMap::from([("hops".to_owned(), 252.0), ("wide".to_owned(), 516.0)])
    }

    fn tree(document: &Document) -> Value {
        let tree = pandoc(document, &json!([1, 22]), &widths()).expect("a tree");
        serde_json::from_str(&tree.json).expect("JSON")
    }

    /// Returns the contents of all nodes of a kind, in order.
    fn nodes<'t>(tree: &'t Value, kind: &str, found: &mut Vec<&'t Value>) {
        match tree {
            Value::Array(items) => items.iter().for_each(|item| nodes(item, kind, found)),
            Value::Object(fields) => {
                if fields.get("t").is_some_and(|name| name == kind) {
                    found.extend(fields.get("c"));
                }
                fields.values().for_each(|field| nodes(field, kind, found));
            }
            _ => {}
        }
    }

    fn count(tree: &Value, kind: &str) -> usize {
        let mut found = Vec::new();
        nodes(tree, kind, &mut found);
        found.len()
    }

    #[test]
    fn every_kind_has_its_node() {
        let tree = tree(&sample::document());
        assert_eq!(tree["pandoc-api-version"], json!([1, 22]));
        for (kind, number) in [
            ("Header", 5),
            ("Note", 3),
            ("Image", 2),
            // One of the text, and one that holds a numbered equation.
            ("Table", 2),
            ("Math", 3),
            ("CodeBlock", 1),
            ("OrderedList", 1),
            ("BulletList", 1),
            ("BlockQuote", 1),
        ] {
            assert_eq!(count(&tree, kind), number, "{kind} in {tree:#}");
        }
        let text = tree.to_string();
        let (one, two) = ("{\"c\":\"1\",\"t\":\"Str\"}", "{\"c\":\"One_a\",\"t\":\"Str\"}");
        assert!(text.contains(&format!("{one},{{\"t\":\"Space\"}},{two}")), "{text}");
        assert!(text.contains("[\"#ref-key\",\"\"]") && text.contains("[\"ref-key\",[],"), "{text}");
        assert!(!text.contains("javascript"));
    }

    #[test]
    fn every_link_inside_has_its_target() {
        let tree = tree(&sample::document());
        let mut links = Vec::new();
        nodes(&tree, "Link", &mut links);
        let targets = links.iter().filter_map(|link| link[2][0].as_str()?.strip_prefix('#'));
        let targets: Vec<&str> = targets.collect();
        assert!(targets.len() > 5);
        for target in targets {
            assert!(tree.to_string().contains(&format!("[\"{target}\",[],")), "no {target}");
        }
    }

    #[test]
    fn a_formula_is_known_by_its_text_and_what_is_missing_is_told() {
        let mut document = sample::document();
        let made = pandoc(&document, &json!([1, 22]), &widths()).expect("a tree");
        assert_eq!(made.formulas["a = b"].line, 25);
        let error = pandoc(&document, &json!([1, 22]), &BTreeMap::new()).expect_err("no drawings");
        assert_eq!(error.0.0.iter().map(|error| error.location.line).collect::<Vec<_>>(), [27, 29]);
        let note = InlineKind::Footnote { number: 9, blocks: Vec::new() };
        document.blocks[1].kind = BlockKind::Paragraph(vec![note.into()]);
        let error = pandoc(&document, &json!([1, 22]), &widths()).expect_err("a note out of order");
        assert!(error.to_string().contains("footnote 9 would be number 1"), "{error}");
    }

    #[test]
    fn commands_that_pandoc_lacks_are_written_as_others() {
        let tex = "\\Bigl( x \\\\Bigl \\Bigr) \\operatorname*{a}_i \\operatorname{b} \\Biglike \\é";
        let expected = "\\biggl( x \\\\Bigl \\biggr) \\operatorname{a}_i \\operatorname{b} \\Biglike \\é";
        assert_eq!(known(tex), expected);
        assert_eq!((known("\\"), known("x")), ("\\".to_owned(), "x".to_owned()));
    }

    #[test]
    fn bars_around_something_are_a_pair() {
        for (tex, expected) in [
            ("2 \\lvert x \\rvert y", "2 \\left| x \\right| y"),
            ("\\lvert a \\rvert\\lvert b \\rvert^2", "\\left| a \\right|\\left| b \\right|^2"),
            ("\\lvert a + \\lVert b \\rVert \\rvert", "\\left| a + \\left\\| b \\right\\| \\right|"),
            ("\\bigl| x \\bigr|", "\\left| x \\right|"),
            ("\\biggl\\lVert x \\biggr\\rVert", "\\left\\| x \\right\\|"),
            ("\\frac{\\lvert x \\rvert}{2}", "\\frac{\\left| x \\right|}{2}"),
        ] {
            assert_eq!(paired(tex), expected);
        }
        for tex in [
            "|x|",
            "a \\mid b",
            "\\left\\lvert x \\right\\rvert",
            "\\lvert x & y \\rvert",
            "\\lvert x \\\\ y \\rvert",
            "{\\lvert x} \\rvert",
            "\\lvert {x \\rvert}",
            "\\lvert x \\rVert",
            "\\rvert x \\lvert",
            "\\bigl( x \\bigr) \\",
        ] {
            assert_eq!(paired(tex), tex);
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_text_and_share_what_the_line_has() {
        let column = |header: &str, alignment| Column { header: header.to_owned(), alignment };
        let cell = |text: &str| Cell::of(text);
        let long = "many words of a cell that goes on and on for more than any line of a page has room for";
        let mut table = Table {
            columns: vec![column("code", Alignment::Left), column("$\\lvert x \\rvert$", Alignment::Decimal)],
            rows: vec![vec![cell("a1"), cell("3.25")]],
            notes: Vec::new(),
            from_file: false,
        };
        // A command of a formula is one sign.
        assert_eq!(shares(&table), [7.0 / 72.0, 8.0 / 72.0]);
        table.columns.extend([column("text", Alignment::Left), column("more", Alignment::Left)]);
        table.rows[0].extend([cell(long), cell("fewer words of another")]);
        let whole = shares(&table);
        assert!((whole.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{whole:?}");
        assert!(whole[0] < 0.12 && whole[1] < 0.12 && whole[2] > 2.0 * whole[3], "{whole:?}");
        table.rows[0][0] = cell(&"unbroken".repeat(20));
        assert!((shares(&table).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn numbers_of_nested_lists_change_with_the_level() {
        let mut list = BlockKind::List { start: Some(1), items: vec![Vec::new()] };
        for level in 0..5 {
            let at = Location::new("paper/a.md", 1, 1);
            // Bullets in between count for nothing.
            let start = (level != 1).then_some(2);
            list = BlockKind::List { start, items: vec![vec![Block { location: at, kind: list }]] };
        }
        let document = Document {
            blocks: vec![Block { location: Location::new("a.md", 1, 1), kind: list }],
            ..sample::document()
        };
        let tree = tree(&document);
        let mut lists = Vec::new();
        nodes(&tree["blocks"], "OrderedList", &mut lists);
        let styles: Vec<&str> = lists.iter().filter_map(|list| list[0][1]["t"].as_str()).collect();
        assert_eq!(styles, ["Decimal", "LowerAlpha", "LowerRoman", "UpperAlpha", "UpperAlpha"]);
    }

    #[test]
    fn decimals_stand_below_each_other() {
        let mut text = Vec::new();
        let tree = tree(&sample::document());
        nodes(&tree, "Str", &mut text);
        assert!(text.iter().any(|text| **text == "\u{2008}\u{2007}\u{2007}"), "{text:?}");
    }
}
