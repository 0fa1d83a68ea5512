//! LaTeX source for the class of a venue, with the Markdown place of every line.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use tera::Context;

use super::front::insert_tex;
use super::latex_listing::listing;
use super::latex_table::{RichCells, breakable, parts, tabular};
use super::templates::SUMMARY;
use super::tex_text::{self, Setting, escape, name, url};
use super::{
    Layout, Ledger, OutputError, Templates, Venue, is_rich, math, math_fonts, naming, note_label,
    notes_referred_to, part_text, plain, safe_url, scripts, statement_head,
};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::{Language, Words};
use crate::manuscript::{
    Affiliation, BackKind, Block, BlockKind, Document, EquationNumber, EquationRow, Front, Inline,
    InlineKind, LabelKind, TableContent,
};
use crate::source::PAPER_FILE;

/// Private characters around a line's index into the places; they are gone from the result.
const MARKS: (char, char) = ('\u{e000}', '\u{e001}');

/// LaTeX source and where each line came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latex {
    /// The source.
    pub text: String,
    /// Where each line was written; index 0 is line 1.
    pub lines: Vec<Line>,
}

/// Where a line of LaTeX was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// In the text of the paper.
    Text(Location),
    /// In a template.
    Template(Location),
    /// In neither.
    Made,
}

/// Which engines have to set a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engines {
    /// XeTeX with the installed fonts, for the PDF of a build.
    XeTex,
    /// Stock pdfTeX too, which sets an archive.
    WithPdfTex,
}

impl Latex {
    /// Adds a line; one that is too long for TeX is broken at its spaces.
    fn push(&mut self, line: &str, from: &Line) {
        let mut rest = line;
        while rest.len() > LONGEST_LINE {
            let begin = rest.floor_char_boundary(LONGEST_LINE);
            // What follows a backslash belongs to it.
            let space = rest[..begin].rmatch_indices(' ').map(|(at, _)| at);
            let Some(end) = space.into_iter().find(|at| *at > 0 && !rest[..*at].ends_with('\\')) else {
                break;
            };
            self.text.push_str(&rest[..end]);
            self.text.push('\n');
            self.lines.push(from.clone());
            rest = &rest[end + 1..];
        }
        self.text.push_str(rest);
        self.text.push('\n');
        self.lines.push(from.clone());
    }
}

/// Bytes of a line that TeX reads at once, with room for what it makes of them.
const LONGEST_LINE: usize = 50_000;

/// Renders the document as LaTeX that XeTeX and pdfTeX both take; `list` is its [`reference_list`].
///
/// # Errors
/// A formula that is not one, a character that these engines cannot set, or an error in the template.
pub fn latex(
    document: &Document,
    templates: &Templates,
    Layout { template, venue }: Layout<'_>,
    ledger: &Ledger,
    list: &Latex,
    engines: Engines,
) -> Result<Latex, OutputError> {
    set(document, templates, template, list, Writer::new(document.language, ledger, venue, engines))
}

/// Renders a text that stands alone as LaTeX of the class `article`; `list` is its [`reference_list`].
///
/// # Errors
/// Those of [`latex`].
pub fn standalone_latex(
    document: &Document,
    templates: &Templates,
    venue: &Venue,
    list: &Latex,
) -> Result<Latex, OutputError> {
    let ledger = Ledger::default();
    let writer = Writer::new(document.language, &ledger, venue, Engines::XeTex);
    set(document, templates, SUMMARY, list, writer)
}

/// Writes the reference list as the file that `\\bibliography` reads.
///
/// # Errors
/// A character that these engines cannot set or a formula that is none, at its entry.
pub fn reference_list(document: &Document, venue: &Venue, engines: Engines) -> Result<Latex, OutputError> {
    let ledger = Ledger::default();
    let mut writer = Writer::new(document.language, &ledger, venue, engines);
    let mut list = Latex { text: String::new(), lines: Vec::new() };
    let mut line = |text: &str, place: Option<&Location>| {
        list.push(text, &place.map_or(Line::Made, |place| Line::Text(place.clone())));
    };
    line(&format!("\\begin{{thebibliography}}{{{}}}", document.references.len()), None);
    for work in &document.references {
        let place = &work.location;
        line(&format!("\\bibitem{{{}}}", name(&work.key)), Some(place));
        line(&writer.entry(&work.content, place), Some(place));
    }
    line("\\end{thebibliography}", None);
    Ok(writer.errors.into_result(list)?)
}

fn set(
    document: &Document,
    templates: &Templates,
    template: &str,
    list: &Latex,
    mut writer: Writer<'_>,
) -> Result<Latex, OutputError> {
    writer.referred = notes_referred_to(document);
    writer.blocks(&document.abstract_blocks);
    let summary = std::mem::take(&mut writer.out);
    writer.blocks(&document.blocks);
    if !document.appendices.is_empty() {
        writer.out.push_str("\\appendices\n");
        writer.blocks(&document.appendices);
    }
    let body = std::mem::take(&mut writer.out);
    let back: Vec<(BackKind, String)> = BackKind::ALL
        .map(|kind| {
            let parts = document.back.iter().filter(|part| part.kind == kind);
            parts.for_each(|part| writer.blocks(&part.blocks));
            (kind, std::mem::take(&mut writer.out))
        })
        .into();
    let heading = writer.inlines(&document.heading, &Location::file(PAPER_FILE));
    for text in printed(document) {
        writer.check(text, false, |_| Location::file(PAPER_FILE));
    }
    let text = |text: &String| escape(text, Setting::Text);
    let mut context = Context::new();
    insert_words(&mut context, document.language);
    context.insert("title", &heading);
    context.insert("pdftitle", &scripts::bare(&escape(&document.title, Setting::Text)));
    insert_tex(&mut context, document);
    for (kind, tex) in &back {
        context.insert(kind.key(), tex);
    }
    context.insert("keywords", &document.keywords.iter().map(text).collect::<Vec<_>>());
    context.insert("summary", &summary);
    context.insert("body", &body);
    context.insert("ledger", &writer.ledger.tex());
    context.insert("references", &!document.references.is_empty());
    let mut errors = writer.errors;
    let rendered =
        errors.take(templates.tex(template, &context).map_err(Diagnostics::from)).unwrap_or_default();
    let rendered = declared(rendered, &list.text);
    let mut latex = Latex { text: String::with_capacity(rendered.len()), lines: Vec::new() };
    let mut of_template = templates.lines(template);
    for line in rendered.lines() {
        let (line, mark) = line.split_once(MARKS.0).unwrap_or((line, ""));
        let index = mark.trim_end_matches(MARKS.1).parse::<usize>().ok();
        let from = match index.and_then(|index| writer.places.get(index)) {
            Some(place) => Line::Text(place.clone()),
            None => of_template.find(line).map_or(Line::Made, Line::Template),
        };
        latex.push(line, &from);
    }
    Ok(errors.into_result(latex)?)
}

/// Puts the language and its words, as TeX, into the context of a template.
fn insert_words(context: &mut Context, language: Language) {
    fn escaped(words: &mut Value) {
        match words {
            Value::String(word) => *word = escape(word, Setting::Text),
            Value::Object(fields) => fields.values_mut().for_each(escaped),
            _ => {}
        }
    }
    let mut words = serde_json::to_value(language.words()).unwrap_or_default();
    escaped(&mut words);
    context.insert("lang", language.code());
    context.insert("hyphenation", &language.hyphenation());
    context.insert("words", &words);
}

/// Returns a document with the definitions of what it and its reference list use, before its text begins.
fn declared(document: String, list: &str) -> String {
    let texts = [document.as_str(), list];
    let definitions = scripts::definitions(&texts) + &math_fonts::definitions(&texts);
    match document.find("\\begin{document}") {
        Some(at) => format!("{}{definitions}{}", &document[..at], &document[at..]),
        None => document,
    }
}

/// Returns the texts of `paper/paper.yaml` that are printed as they are written.
fn printed(document: &Document) -> impl Iterator<Item = &String> {
    let Front { authors, affiliations, ccs, .. } = &document.front;
    let authors = authors.iter().map(|author| &author.name);
    let affiliations = affiliations
        .iter()
        .flat_map(|Affiliation { name, department, city, country }| [name, department, city, country]);
    authors.chain(affiliations).chain(ccs).chain(&document.keywords)
}

/// How a term stands before its meaning: as wide as it is, in the margin of the meaning.
const DEFINITION: &str = "\\labelwidth=0pt\\itemindent=-\\leftmargin\\def\\makelabel#1{\\hspace\\labelsep\\normalfont\\bfseries #1}";

/// Returns where the words of a figure or a table are written: its description, or where the text has them.
fn written_at(block: &Block) -> Location {
    let file = block.content_file();
    if file == block.location.file { block.location.clone() } else { Location::file(file) }
}

/// Rows of a table that TeX can measure: it knows no length above 16,383 pt.
const MOST_ROWS: usize = 1000;

/// Returns how a message names a character; one that shows nothing by itself by its number.
fn named(c: char) -> String {
    let is_seen = !matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{3000}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    );
    if is_seen { format!("`{c}`") } else { format!("U+{:04X}", u32::from(c)) }
}

/// How many numbered lists stand around something.
#[derive(Default)]
struct Depths {
    /// Around the present block.
    here: usize,
    /// Around that from which notes are deferred.
    deferring: usize,
}

struct Writer<'a> {
    language: Language,
    ledger: &'a Ledger,
    venue: &'a Venue,
    engines: Engines,
    out: String,
    places: Vec<Location>,
    errors: Diagnostics,
    /// The labels of the footnotes that references lead to.
    referred: BTreeSet<String>,
    /// Footnotes of a caption, a heading or another note, set behind it.
    deferred: Option<Vec<(usize, String)>>,
    depths: Depths,
    /// Whether a footnote is being written.
    in_note: bool,
    /// Whether LaTeX may have counted equations otherwise: it sets some notes later than they are called.
    recounts: bool,
}

impl<'a> Writer<'a> {
    fn new(language: Language, ledger: &'a Ledger, venue: &'a Venue, engines: Engines) -> Self {
        let (out, places, errors, referred, deferred) = Default::default();
        let depths = Depths::default();
        let (in_note, recounts) = (false, false);
        Self {
            language,
            ledger,
            venue,
            engines,
            out,
            places,
            errors,
            referred,
            deferred,
            depths,
            in_note,
            recounts,
        }
    }

    /// Adds lines that all came from one place.
    fn lines(&mut self, text: &str, location: &Location) {
        if self.places.last() != Some(location) {
            self.places.push(location.clone());
        }
        let index = self.places.len() - 1;
        for line in text.lines() {
            self.out.push_str(line);
            // A line of a note has its place already.
            match line.ends_with(MARKS.1) {
                true => self.out.push('\n'),
                false => self.out.push_str(&format!("{}{index}{}\n", MARKS.0, MARKS.1)),
            }
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        let at = &block.location;
        if let BlockKind::Code { text, .. } = &block.kind {
            self.check(text, true, |_| at.clone());
        }
        let text = match &block.kind {
            BlockKind::Heading { level, number, label, content } => {
                self.heading(*level, number, label, content, at)
            }
            BlockKind::Paragraph(content) => self.inlines(content, at),
            BlockKind::List { start, items } => return self.list(*start, items, at),
            BlockKind::Quote(blocks) => {
                self.lines("\\begin{quote}", at);
                self.blocks(blocks);
                return self.lines("\\end{quote}", at);
            }
            BlockKind::Statement { kind, number, label, title, blocks } => {
                let head = escape(&statement_head(*kind, *number, self.language), Setting::Text);
                let label = label.as_ref().map(|label| format!("\\phantomsection\\label{{{}}}", name(label)));
                let title = match title.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", self.inlines(title, at)),
                };
                let shape = if kind.is_claim() { "\\itshape" } else { "\\upshape" };
                let label = label.unwrap_or_default();
                let (open, close) = match kind.is_notice() {
                    true => ("\\begin{papernotice}".to_owned(), "\\end{papernotice}"),
                    false => (format!("\\par\\addvspace{{6pt}}\\noindent{label}"), "}\\par\\addvspace{6pt}"),
                };
                let group = if kind.is_notice() { String::new() } else { format!("{{{shape}") };
                self.lines(&format!("{open}\\textbf{{{head}}}{title}. {group}"), at);
                self.blocks(blocks);
                return self.lines(close, at);
            }
            BlockKind::Definition { term, blocks } => {
                let term = self.inlines(term, at);
                // Classes that give terms a column print a longer one over its meaning.
                self.lines(&format!("\\begin{{list}}{{}}{{{DEFINITION}}}\n\\item[{{{term}}}~]\\relax"), at);
                self.blocks(blocks);
                return self.lines("\\end{list}", at);
            }
            BlockKind::Rule => "\\paperrule".to_owned(),
            BlockKind::Code { language, text, lines, .. } => {
                listing(language, text, lines, self.venue.listing)
            }
            BlockKind::Equation { tex, number, rows } => self.equation(tex, number.as_ref(), rows, at),
            BlockKind::Figure { id, label, caption, wide, .. } => {
                let (star, width) = (if *wide { "*" } else { "" }, self.venue.figures.of(*wide));
                let (caption, notes) = self.caption(caption, &written_at(block));
                format!(
                    "\\begin{{figure{star}}}[!t]\n\\centering\n\\includegraphics[width={width}]{{figures/{}.pdf}}\n{caption}\n\
                     \\label{{{}}}\n\\end{{figure{star}}}{notes}",
                    id.replace(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c), ""),
                    name(label)
                )
            }
            BlockKind::Table { id, table, .. } if table.rows.len() > MOST_ROWS => {
                let message =
                    format!("the table `{id}` has {} rows; a page holds about 60", table.rows.len());
                let remedy = "show the rows that the text speaks of; build/tables holds all of them as CSV";
                self.errors.push(Diagnostic::new(at.clone(), message).remedy(remedy));
                return;
            }
            BlockKind::Table { number: None, table, content, .. } => {
                let ((rich, _), notes) = self.deferring(|writer| writer.cells(content, at));
                breakable(table, &rich, self.venue.cells.column, self.ledger, self.language).join("\n")
                    + &notes
            }
            BlockKind::Table { label, caption, wide, table, content, .. } => {
                let star = if *wide { "*" } else { "" };
                let words = plain(caption, self.language).chars().count()
                    + content
                        .notes
                        .iter()
                        .map(|note| plain(note, self.language).chars().count())
                        .sum::<usize>();
                let place = written_at(block);
                let (caption, notes) = self.caption(caption, &place);
                let ((rich, under), in_cells) = self.deferring(|writer| writer.cells(content, &place));
                let notes = notes + &in_cells;
                let label = name(label);
                let parts = parts(table, words, *wide, self.venue);
                // A table of several pages may have one to itself.
                let place = if parts.len() > 1 { "[!tp]" } else { "[!t]" };
                let mut out = String::new();
                for (index, rows) in parts.iter().enumerate() {
                    let head = match index {
                        0 => format!("{caption}\n\\label{{{label}}}\n\\footnotesize"),
                        _ => {
                            let Words { table, continued, .. } = self.language.words();
                            format!(
                                "\\footnotesize\n\\emph{{{}~\\ref{{{label}}}, {continued}}}\\par\\vspace{{3pt}}",
                                table.one
                            )
                        }
                    };
                    let under = if index + 1 == parts.len() { under.as_str() } else { "" };
                    let (table, rich) = (table.part(rows), rich.part(rows));
                    let rows =
                        tabular(&table, &rich, *self.venue.cells.of(*wide), self.ledger, self.language)
                            .join("\n");
                    let _ = write!(
                        out,
                        "{}\\begin{{table{star}}}{place}\n\\centering\n{head}\n{rows}\n{under}\\end{{table{star}}}",
                        if index > 0 { "\n" } else { "" }
                    );
                }
                out + &notes
            }
        };
        self.lines(&text, at);
        if matches!(block.kind, BlockKind::Paragraph(_)) {
            self.out.push('\n');
        }
    }

    fn heading(&mut self, level: u8, number: &str, label: &str, content: &[Inline], at: &Location) -> String {
        let command = ["section", "subsection", "subsubsection", "paragraph"]
            [usize::from(level.saturating_sub(1)).min(3)];
        let star = if number.is_empty() { "*" } else { "" };
        let (tex, notes) = self.deferring(|writer| writer.inlines(content, at));
        let simple = content
            .iter()
            .all(|inline| matches!(inline.kind, InlineKind::Text(_) | InlineKind::Verdict { .. }));
        let title = match simple {
            true => tex,
            false => format!(
                "\\texorpdfstring{{{tex}}}{{{}}}",
                escape(&plain(content, self.language), Setting::Text)
            ),
        };
        let label = if label.is_empty() { String::new() } else { format!("\\label{{{}}}", name(label)) };
        format!("\\{command}{star}{{{title}}}{label}{notes}")
    }

    fn caption(&mut self, content: &[Inline], at: &Location) -> (String, String) {
        let (text, notes) = self.deferring(|writer| writer.inlines(content, at));
        (format!("\\caption{{{text}}}"), notes)
    }

    /// Writes a part of a float, and the texts of its footnotes, which stand behind the float.
    fn deferring<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> (T, String) {
        let outer = self.deferred.replace(Vec::new());
        let depth = std::mem::replace(&mut self.depths.deferring, self.depths.here);
        let written = write(self);
        self.depths.deferring = depth;
        let notes = std::mem::replace(&mut self.deferred, outer).unwrap_or_default();
        let notes = notes.iter().map(|(number, text)| format!("\n\\footnotetext[{number}]{{{text}}}"));
        (written, notes.collect())
    }

    /// Returns the cells of a table that hold more than plain text, and its notes.
    fn cells(&mut self, content: &TableContent, at: &Location) -> (RichCells, String) {
        let mut rich = |cell: &Vec<Inline>| {
            let text = self.inlines(cell, at);
            is_rich(cell).then_some(text)
        };
        let headers = content.headers.iter().map(&mut rich).collect();
        let rows = content.rows.iter().map(|row| row.iter().map(&mut rich).collect()).collect();
        let notes = content.notes.iter().map(|note| format!("\\papernote{{{}}}\n", self.inlines(note, at)));
        let notes = notes.collect();
        (RichCells { headers, rows }, notes)
    }

    fn list(&mut self, start: Option<usize>, items: &[Vec<Block>], at: &Location) {
        let environment = if start.is_some() { "enumerate" } else { "itemize" };
        self.lines(&format!("\\begin{{{environment}}}"), at);
        self.depths.here += usize::from(start.is_some());
        let counter = ["enumi", "enumii", "enumiii", "enumiv"][self.depths.here.saturating_sub(1).min(3)];
        if let Some(first) = start.filter(|&first| first != 1) {
            let before = i64::try_from(first).unwrap_or(1) - 1;
            self.lines(&format!("\\setcounter{{{counter}}}{{{before}}}"), at);
        }
        for item in items {
            let place = item.first().map_or(at, |block| &block.location);
            self.lines("\\item\\relax", place);
            self.blocks(item);
        }
        self.depths.here -= usize::from(start.is_some());
        self.lines(&format!("\\end{{{environment}}}"), at);
    }

    fn inlines(&mut self, inlines: &[Inline], at: &Location) -> String {
        inlines.iter().map(|inline| self.inline(inline, at)).collect()
    }

    /// Returns the text of a reference, whose addresses break over lines.
    fn entry(&mut self, content: &[Inline], at: &Location) -> String {
        let mut out = String::new();
        for inline in content {
            match &inline.kind {
                InlineKind::Link { url: to, content } => {
                    let text = tex_text::address(&plain(content, self.language));
                    match safe_url(to) {
                        Some(to) => out.push_str(&format!("\\href{{{}}}{{\\nolinkurl{{{text}}}}}", url(to))),
                        None => out.push_str(&format!("\\nolinkurl{{{text}}}")),
                    }
                }
                _ => out.push_str(&self.inline(inline, at)),
            }
        }
        out
    }

    /// Reports the characters that no installed font has, and those that pdfTeX lacks where it has to set them.
    fn check(&mut self, text: &str, monospaced: bool, at: impl Fn(usize) -> Location) {
        let beyond = tex_text::beyond_latin(text);
        let (set, lost): (Vec<_>, Vec<_>) =
            beyond.into_iter().partition(|(_, c)| scripts::is_set(*c, monospaced));
        let mut tell = |found: &[(usize, char)], what: &str, remedy: fn(char) -> &'static str| {
            let Some((first, c)) = found.first() else { return };
            let listed: Vec<String> = found.iter().map(|(_, c)| named(*c)).collect();
            let message = format!("{what} {}", listed.join(", "));
            self.errors.push(Diagnostic::new(at(*first), message).remedy(remedy(*c)));
        };
        tell(&lost, "no installed font has", scripts::remedy);
        if self.engines == Engines::WithPdfTex {
            let lost: Vec<_> = set.into_iter().filter(|(_, c)| !scripts::is_in_archive(*c)).collect();
            tell(
                &lost,
                "pdfTeX, which sets the archive of this edition, has no",
                |_| "write it in Latin, Greek or Cyrillic letters or as a formula, or take `archive` from the edition",
            );
        }
    }

    /// Does the same for a piece of running text, at the very character.
    fn check_inline(&mut self, inline: &Inline, text: &str, at: &Location) {
        let place = |byte| {
            let position = inline.source.position(text, byte);
            position.map_or_else(|| at.clone(), |position| position.within(&at.file))
        };
        self.check(text, matches!(inline.kind, InlineKind::Code(_)), place);
    }

    fn inline(&mut self, inline: &Inline, at: &Location) -> String {
        if let InlineKind::Text(text)
        | InlineKind::Number { text, .. }
        | InlineKind::Verdict { text, .. }
        | InlineKind::Code(text) = &inline.kind
        {
            self.check_inline(inline, text, at);
        }
        match &inline.kind {
            InlineKind::Text(text) | InlineKind::Verdict { text, .. } => escape(text, Setting::Text),
            InlineKind::Number { fact, text } => self.ledger.tex_number(fact, text),
            InlineKind::Emphasis(content) => format!("\\emph{{{}}}", self.inlines(content, at)),
            InlineKind::Strong(content) => format!("\\textbf{{{}}}", self.inlines(content, at)),
            InlineKind::Strikeout(content) => self.strikeout(content, at),
            InlineKind::Code(text) => format!("\\texttt{{{}}}", escape(text, Setting::Code)),
            InlineKind::Math(tex) => format!("\\ensuremath{{{}}}", self.formula(tex, false, at)),
            InlineKind::Link { url: to, content } => {
                let text = self.inlines(content, at);
                match safe_url(to) {
                    Some(to) if plain(content, self.language) == to => format!("\\url{{{}}}", url(to)),
                    Some(to) => match to.strip_prefix('#') {
                        Some(label) => format!("\\hyperref[{}]{{{text}}}", name(label)),
                        None => format!("\\href{{{}}}{{{text}}}", url(to)),
                    },
                    None => text,
                }
            }
            InlineKind::Cite(works) => {
                let mut out = String::new();
                // Works without a place are cited together, in the order of the text.
                for run in works.chunk_by(|one, next| one.locator.is_none() && next.locator.is_none()) {
                    let keys: Vec<String> = run.iter().map(|work| name(&work.key)).collect();
                    let place = run.iter().find_map(|work| work.locator.as_deref());
                    if let Some(place) = place {
                        self.check_inline(inline, place, at);
                    }
                    let place = place.map(|place| format!("[{{{}}}]", escape(place, Setting::Text)));
                    let comma = if out.is_empty() { "" } else { ", " };
                    let _ = write!(out, "{comma}\\cite{}{{{}}}", place.unwrap_or_default(), keys.join(","));
                }
                out
            }
            InlineKind::Reference { kind, label, number, part, naming } => {
                let label = name(label);
                let part = escape(&part_text(*kind, part.as_deref(), self.language), Setting::Text);
                let word = naming::word(*kind, number, *naming, self.language);
                let word = word.map_or(String::new(), |word| format!("{word}~"));
                match kind {
                    LabelKind::Statement(_) | LabelKind::Footnote => {
                        format!("\\hyperref[{label}]{{{word}{number}{part}}}")
                    }
                    _ => word + &naming::shown(*kind, &format!("\\ref{{{label}}}")) + &part,
                }
            }
            InlineKind::Footnote { number, blocks } => {
                // LaTeX loses a note inside a note: its text stands behind the outer one.
                let is_deferred = self.deferred.is_some();
                let here = self.depths.here;
                if is_deferred {
                    self.depths.here = self.depths.deferring;
                }
                let outer = self.deferred.replace(Vec::new());
                let depth = std::mem::replace(&mut self.depths.deferring, self.depths.here);
                let label = note_label(*number);
                let label = match self.referred.contains(&label) {
                    true => format!("\\phantomsection\\label{{{}}}", name(&label)),
                    false => String::new(),
                };
                let text = label + &self.note(blocks);
                self.depths = Depths { here, deferring: depth };
                let inner = std::mem::replace(&mut self.deferred, outer).unwrap_or_default();
                match &mut self.deferred {
                    Some(notes) => {
                        notes.push((*number, text));
                        notes.extend(inner);
                        format!("\\protect\\footnotemark[{number}]")
                    }
                    None => {
                        let inner = inner.iter();
                        let inner = inner.map(|(n, text)| format!("\\protect\\footnotetext[{n}]{{{text}}}"));
                        let inner: String = inner.collect();
                        format!("\\protect\\footnote[{number}]{{{text}}}{inner}")
                    }
                }
            }
            InlineKind::FootnoteAgain(number) => format!("\\protect\\footnotemark[{number}]"),
            InlineKind::Picture { id, .. } => {
                format!("\\raisebox{{-0.15em}}{{\\includegraphics[height=0.9em]{{figures/{id}.pdf}}}}")
            }
            InlineKind::LineBreak => "\\newline{}".to_owned(),
        }
    }

    /// Returns what a footnote says.
    fn note(&mut self, blocks: &[Block]) -> String {
        let in_note = std::mem::replace(&mut self.in_note, true);
        let paragraphs = blocks.iter().map(|block| match &block.kind {
            BlockKind::Paragraph(content) => Some((content, &block.location)),
            _ => None,
        });
        let text = match paragraphs.collect::<Option<Vec<_>>>() {
            Some(paragraphs) => {
                let texts = paragraphs.into_iter().map(|(content, at)| self.inlines(content, at));
                texts.collect::<Vec<_>>().join("\\par{}")
            }
            None => {
                let outer = std::mem::take(&mut self.out);
                self.blocks(blocks);
                let text = std::mem::replace(&mut self.out, outer);
                let is_text = matches!(blocks.last().map(|last| &last.kind), Some(BlockKind::Paragraph(_)));
                // The strut at the end of a note must not begin a line of its own.
                let end = if is_text { "" } else { "\\papernoteend" };
                format!("\\relax\n{}\n{end}", text.trim_end())
            }
        };
        self.in_note = in_note;
        text
    }

    /// Returns struck text: word by word, so that lines can break.
    fn strikeout(&mut self, content: &[Inline], at: &Location) -> String {
        let mut out = String::new();
        for inline in content {
            let InlineKind::Text(text) = &inline.kind else {
                out.push_str(&format!("\\paperstrike{{{}}}", self.inline(inline, at)));
                continue;
            };
            self.check_inline(inline, text, at);
            let words = text.split(' ').map(|word| match word.is_empty() {
                true => String::new(),
                false => format!("\\paperstrike{{{}}}", escape(word, Setting::Text)),
            });
            out.push_str(&words.collect::<Vec<_>>().join(" "));
        }
        out
    }

    /// Returns a displayed formula in the environment of its own that LaTeX has for it.
    fn equation(
        &mut self,
        tex: &str,
        number: Option<&EquationNumber>,
        rows: &[EquationRow],
        at: &Location,
    ) -> String {
        let tex = tex.trim();
        self.check_formula(tex, true, at);
        let recount =
            self.recount(number.into_iter().chain(rows.iter().filter_map(|row| row.number.as_ref())));
        let mut marks = |number: &EquationNumber| {
            self.check(&number.text, false, |_| at.clone());
            let tag = format!("\\tag{{{}}}", escape(&number.text, Setting::Text));
            let label = number.label.as_ref().map(|label| format!("\\label{{{}}}", name(label)));
            format!("{}{}", if number.is_tag { tag } else { String::new() }, label.unwrap_or_default())
        };
        if rows.is_empty() {
            let (environment, tex) = match math::inside(tex, "multline") {
                Some(inside) => ("multline", inside),
                None => ("equation", tex),
            };
            let star = if number.is_some() { "" } else { "*" };
            let marks = number.map(marks).unwrap_or_default();
            let tex = one_line(tex);
            return format!(
                "{recount}\\begin{{{environment}{star}}}{marks}\n{tex}\n\\end{{{environment}{star}}}"
            );
        }
        let (environment, columns) = math::rows_environment(tex);
        let mut out = format!("{recount}\\begin{{{environment}}}{columns}\n");
        for row in rows {
            let marks = row.number.as_ref().map_or_else(|| "\\notag".to_owned(), &mut marks);
            let _ = writeln!(out, "{} {marks}{}", one_line(&row.tex), row.end);
        }
        out + &format!("\\end{{{environment}}}")
    }

    /// Returns what makes LaTeX count an equation as the paper does, where it might not.
    fn recount<'n>(&mut self, mut numbers: impl Iterator<Item = &'n EquationNumber>) -> String {
        let first =
            numbers.find(|number| !number.is_tag).and_then(|number| number.text.parse::<usize>().ok());
        let Some(first) = first.filter(|_| self.in_note || self.recounts) else { return String::new() };
        self.recounts = self.in_note;
        format!("\\setcounter{{equation}}{{{}}}", first - 1)
    }

    /// Reports what keeps a formula from being set.
    fn check_formula(&mut self, tex: &str, display: bool, at: &Location) {
        if let Err(error) = math::mathml(tex, display, at) {
            self.errors.push(error);
        }
        let words: String = tex.chars().filter(|c| tex_text::sign(*c).is_none()).collect();
        self.check(&words, false, |_| at.clone());
    }

    /// Returns a formula on one line, checked.
    fn formula(&mut self, tex: &str, display: bool, at: &Location) -> String {
        self.check_formula(tex, display, at);
        one_line(tex)
    }
}

/// Returns a formula on one line; comment signs cannot hide what follows.
fn one_line(tex: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for character in math_fonts::alphabets(tex.trim()).chars().filter(|&c| c != MARKS.0 && c != MARKS.1) {
        match character {
            '%' if !escaped => out.push_str("\\%"),
            c if !c.is_ascii() && !c.is_whitespace() => match tex_text::sign(c) {
                Some(sign) => out.push_str(&sign),
                None => out.push_str(&format!("\\text{{{}}}", escape(&c.to_string(), Setting::Text))),
            },
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
        escaped = character == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn rendered() -> Latex {
        let templates = Templates::load(std::path::Path::new("no/templates")).expect("templates");
        let layout = templates.layout(None).expect("a venue");
        let document = sample::document();
        let list = reference_list(&document, layout.venue, Engines::WithPdfTex).expect("a list");
        latex(&document, &templates, layout, &Ledger::default(), &list, Engines::WithPdfTex).expect("LaTeX")
    }

    #[test]
    fn every_kind_has_its_command() {
        let text = rendered().text;
        for part in [
            "\\title{Hops \\& <slices>: 100\\% of C\\_1}",
            "\\section{One\\_a}\\label{sec:one}",
            "\\subsection{Sub}",
            "\\textbackslash{}input\\{/etc/passwd\\}",
            "2.0\\ensuremath{\\times}",
            "\\emph{em}",
            "\\textbf{st}",
            "\\texttt{1.\\allowbreak{}2.",
            "\\newline{}",
            "\\ensuremath{a_1 < \\frac{b}{c}}",
            "\\cite{key,k=5f=2}",
            "\\href{https://example.org/a\\_b\\%20c?x=1\\&y=2}{link}",
            "Section~\\ref{sec:one}",
            "Fig.~\\ref{fig:hops}",
            "Table~\\ref{tab:ratio}",
            "Eq.~(\\ref{eq:e})",
            "\\footnote[1]{A foot \\& note.}",
            "\\setcounter{enumi}{2}",
            "\\begin{itemize}",
            "\\begin{quote}",
            "\\codeline{~~~~\\textbackslash{}end\\{Verbatim\\}",
            "\\begin{equation}\\label{eq:e}",
            "\\begin{equation*}",
            "\\includegraphics[width=\\columnwidth]{figures/hops.pdf}",
            "\\begin{figure*}",
            "\\footnotetext[2]{In a caption.}",
            "\\toprule",
            "\\papernote{A note at 100 \\%.}",
            "\\bibliography{references}",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(!text.contains("javascript") && !text.contains("\\end{Verbatim}") && !text.contains(MARKS.0));
    }

    #[test]
    fn lines_know_their_place() {
        let Latex { text, lines } = rendered();
        assert_eq!(text.lines().count(), lines.len());
        let place = |part: &str| {
            let index = text.lines().position(|line| line.contains(part)).expect(part);
            match &lines[index] {
                Line::Text(place) => Some(place.line),
                Line::Template(_) | Line::Made => None,
            }
        };
        assert_eq!(place("\\documentclass"), None);
        assert_eq!(place("We compute."), Some(1));
        assert_eq!(place("\\section{One"), Some(3));
        assert_eq!(place("inner"), Some(10));
        assert_eq!(place("\\begin{aligned}"), Some(21));
        assert_eq!(place("figures/wide.pdf"), Some(29));
        assert_eq!(place("\\bottomrule"), Some(31));
        assert_eq!(place("\\section{Two"), Some(33));
    }
}
