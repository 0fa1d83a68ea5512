//! One assembled Markdown file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::front::{Byline, Markup, byline};
use super::{
    math, naming, note_label, notes_referred_to, part_text, plain, reference_text, safe_url, statement_head,
};
use crate::language::{Language, Words};
use crate::manuscript::{
    Block, BlockKind, Citation, CodeLines, Document, Inline, InlineKind, LabelKind, TableContent,
};
use crate::table::{self, Alignment, Table};

/// Renders the document as one Markdown file with contents, figures, tables and references.
pub fn markdown(document: &Document) -> String {
    let mut writer = Writer::new(document, "figures");
    let words = document.language.words();
    writer.byline(document);
    let _ = write!(writer.out, "## {}\n\n", words.abstract_heading);
    writer.blocks(&document.abstract_blocks, "");
    if !document.keywords.is_empty() {
        let terms = escape(&document.keywords.join(", "));
        let _ = write!(writer.out, "**{}:** {terms}\n\n", words.index_terms);
    }
    if !document.front.ccs.is_empty() {
        let concepts = escape(&document.front.concepts().join("; "));
        let _ = write!(writer.out, "**{}:** {concepts}\n\n", words.ccs_concepts);
    }
    let _ = write!(writer.out, "## {}\n\n", words.contents);
    writer.contents(document.blocks.iter().chain(&document.appendices));
    writer.blocks(&document.blocks, "");
    writer.blocks(&document.appendices, "");
    for part in &document.back {
        let _ = write!(writer.out, "## {}\n\n", part.kind.heading(words));
        writer.blocks(&part.blocks, "");
    }
    writer.finish(document)
}

/// Renders a text that stands alone, without abstract and contents; `figures` is the way to the drawings.
pub fn standalone_markdown(document: &Document, figures: &str) -> String {
    let mut writer = Writer::new(document, figures);
    let _ = write!(writer.out, "{}\n\n", escape(&document.front.printed_names(document.language).join(", ")));
    writer.blocks(&document.blocks, "");
    writer.finish(document)
}

/// How Markdown writes what names authors.
const MARKUP: Markup = Markup {
    text: escape,
    raised: |text| format!("<sup>{text}</sup>"),
    link: |to, text| format!("[{text}](<{to}>)"),
};

/// Where references lead when blocks do not stand on one page: by label, and by `ref-` and key for a cited
/// work.
pub(super) type Targets = BTreeMap<String, String>;

/// Renders one block by itself, its footnotes below it; figures and tables become references.
pub(super) fn block_alone(block: &Block, language: Language, targets: &Targets) -> String {
    let mut writer = Writer { language, targets: Some(targets), ..Writer::default() };
    let text = writer.block(block);
    writer.with_footnotes(text)
}

/// Renders the cells and notes of a table by themselves, its footnotes below it.
pub(super) fn table_alone(
    table: &Table,
    content: &TableContent,
    language: Language,
    targets: &Targets,
) -> String {
    let mut writer = Writer { language, targets: Some(targets), ..Writer::default() };
    let text = writer.table(table, content);
    writer.with_footnotes(text)
}

/// Renders a caption by itself, its footnotes below it.
pub(super) fn inlines_alone(inlines: &[Inline], language: Language, targets: &Targets) -> String {
    let mut writer = Writer { language, targets: Some(targets), ..Writer::default() };
    let text = writer.inlines(inlines);
    writer.with_footnotes(text)
}

/// A table as files of its own.
pub struct TableFiles {
    /// Markdown: cells with their markup, and the notes.
    pub markdown: String,
    /// Comma-separated values of plain text.
    pub csv: String,
}

/// Returns the tables that a document shows, by id, as files of their own; references in them lead nowhere.
pub fn tables(document: &Document) -> BTreeMap<String, TableFiles> {
    let nowhere = Targets::new();
    let file = |block: &Block| match &block.kind {
        BlockKind::Table { id, table, content, .. } => {
            let markdown = table_alone(table, content, document.language, &nowhere);
            Some((id.clone(), TableFiles { markdown, csv: table::csv(table) }))
        }
        _ => None,
    };
    document.every_block().filter_map(file).collect()
}

#[derive(Default)]
struct Writer<'a> {
    language: Language,
    out: String,
    footnotes: Vec<(usize, String)>,
    /// The labels of the footnotes that references lead to.
    referred: BTreeSet<String>,
    /// Where references lead, those it does not have nowhere; to anchors of the same page without it.
    targets: Option<&'a Targets>,
    /// The folder of the drawings, seen from the file.
    figures: &'a str,
    /// Whether the present list stands directly below another of its kind, and needs other marks.
    continues: bool,
    /// Whether a bar ends what is being written, wherever it stands: in a formula, in code, in an address.
    in_cell: bool,
    /// The marks of the emphasis around what is being written.
    emphasis: Vec<&'static str>,
}

impl<'a> Writer<'a> {
    /// Begins a file with its title.
    fn new(document: &Document, figures: &'a str) -> Self {
        let (language, referred) = (document.language, notes_referred_to(document));
        let mut writer = Self { language, figures, referred, ..Self::default() };
        let title = writer.inlines(&document.heading);
        writer.out = format!("# {title}\n\n");
        writer
    }

    /// Names the authors, and tells what is known of them, each on a line of its own.
    fn byline(&mut self, document: &Document) {
        let Byline { names, affiliations, notes, contacts } = byline(document, MARKUP);
        let _ = write!(self.out, "{}\n\n", names.join(", "));
        let below = [affiliations, notes, contacts].concat();
        if !below.is_empty() {
            let _ = write!(self.out, "{}\n\n", below.join("\\\n"));
        }
    }

    /// Ends a file with references and footnotes.
    fn finish(mut self, document: &Document) -> String {
        if !document.references.is_empty() {
            let _ = write!(self.out, "## {}\n\n", self.language.words().references);
        }
        for reference in &document.references {
            let (key, number) = (anchor(&reference.key), reference.number);
            let content = self.inlines(&reference.content);
            let _ = writeln!(self.out, "{number}. <a id=\"ref-{key}\"></a>{content}");
        }
        if !self.footnotes.is_empty() {
            self.out.push('\n');
        }
        self.footnotes.sort();
        for (number, text) in &self.footnotes {
            let _ = writeln!(self.out, "[^{number}]: {text}");
            // What follows a list or the like could be taken for a part of it.
            if text.contains('\n') {
                self.out.push('\n');
            }
        }
        self.out
    }

    /// Returns a reference, as a link where it leads anywhere.
    fn linked(&self, text: &str, id: &str) -> String {
        match self.targets {
            None => format!("[{text}](#{})", anchor(id)),
            Some(targets) => match targets.get(id) {
                Some(target) => format!("[{text}]({target})"),
                None => text.to_owned(),
            },
        }
    }

    /// Returns the anchor of a labelled block, where references need one.
    fn mark(&self, label: &str) -> String {
        match self.targets {
            None if !label.is_empty() => format!("<a id=\"{}\"></a>", anchor(label)),
            _ => String::new(),
        }
    }

    fn reference(&self, kind: LabelKind, label: &str, number: &str) -> String {
        self.linked(&escape(&reference_text(kind, number, self.language)), label)
    }

    fn with_footnotes(mut self, mut text: String) -> String {
        self.footnotes.sort();
        for (index, (number, footnote)) in self.footnotes.iter().enumerate() {
            let _ = write!(text, "{}\n[^{number}]: {footnote}", if index == 0 { "\n" } else { "" });
        }
        text
    }

    fn contents<'d>(&mut self, blocks: impl Iterator<Item = &'d Block>) {
        for block in blocks {
            if let BlockKind::Heading { level: level @ 1..=3, number, label, content } = &block.kind {
                let indent = "  ".repeat(usize::from(level - 1));
                let (text, label) =
                    (escape(&numbered(number, &plain(content, self.language))), anchor(label));
                let _ = writeln!(self.out, "{indent}- [{text}](#{label})");
            }
        }
        self.out.push('\n');
    }

    /// Blocks, each followed by an empty line, every line behind `prefix`.
    fn blocks(&mut self, blocks: &[Block], prefix: &str) {
        // Lists without text between them are told apart by their marks alone.
        let mut last = None;
        for block in blocks {
            let kind = match &block.kind {
                BlockKind::List { start, .. } => Some(start.is_some()),
                _ => None,
            };
            let continues = kind.is_some_and(|kind| last == Some((kind, false)));
            last = kind.map(|kind| (kind, continues));
            self.continues = continues;
            let text = self.block(block);
            for line in text.trim_end().lines() {
                self.out.push_str(format!("{prefix}{line}").trim_end());
                self.out.push('\n');
            }
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
    }

    /// Blocks as text of their own.
    fn nested(&mut self, blocks: &[Block], prefix: &str) -> String {
        let outer = std::mem::take(&mut self.out);
        self.blocks(blocks, prefix);
        std::mem::replace(&mut self.out, outer)
    }

    /// Blocks as a quotation, which ends with its last line that says something.
    fn quoted(&mut self, blocks: &[Block]) -> String {
        let text = self.nested(blocks, "> ");
        let is_empty = |line: &str| line.chars().all(|c| c == '>' || c == ' ');
        let mut lines: Vec<&str> = text.lines().collect();
        while lines.pop_if(|line| is_empty(line)).is_some() {}
        lines.join("\n")
    }

    fn block(&mut self, block: &Block) -> String {
        match &block.kind {
            BlockKind::Heading { level, number, label, content } => {
                let marks = "#".repeat(usize::from(level.saturating_add(1).clamp(2, 6)));
                let text = numbered(&escape(number), &self.inlines(content));
                format!("{marks} {}{text}", self.mark(label))
            }
            BlockKind::Paragraph(content) => {
                // A line behind a hard break begins anew.
                let text = self.inlines(content);
                text.split('\n').map(first_safe).collect::<Vec<_>>().join("\n")
            }
            BlockKind::List { start, items } => {
                let mut text = String::new();
                let (bullet, end) = if std::mem::take(&mut self.continues) { ('*', ')') } else { ('-', '.') };
                for (index, item) in items.iter().enumerate() {
                    let mark = start.map_or(format!("{bullet} "), |first| format!("{}{end} ", first + index));
                    let indent = " ".repeat(mark.len());
                    let body = self.nested(item, &indent);
                    text.push_str(&mark);
                    text.push_str(body.trim_start().trim_end());
                    text.push('\n');
                }
                text
            }
            BlockKind::Quote(blocks) => self.quoted(blocks),
            BlockKind::Statement { kind, number, label, title, blocks } => {
                let mark = label.as_deref().map(|label| self.mark(label)).unwrap_or_default();
                let head = escape(&statement_head(*kind, *number, self.language));
                let title = match title.is_empty() {
                    true => String::new(),
                    false if kind.is_notice() => format!("\n> **{}.**\n>", self.inlines(title)),
                    false => format!(" ({})", self.inlines(title)),
                };
                let head = match kind.is_notice() {
                    true => format!("> [!{}]{title}", kind.name().to_uppercase()),
                    false => format!("> {mark}**{head}**{title}.\n>"),
                };
                format!("{head}\n{}", self.quoted(blocks))
            }
            BlockKind::Definition { term, blocks } => {
                // The term is strong as a whole, and nothing in it can be so again.
                let plain = term.iter().flat_map(|inline| match &inline.kind {
                    InlineKind::Strong(content) => content.clone(),
                    _ => vec![inline.clone()],
                });
                let term = self.inlines(&plain.collect::<Vec<_>>());
                format!("**{term}**\n\n{}", self.quoted(blocks))
            }
            BlockKind::Rule => "***".to_owned(),
            BlockKind::Code { language, text, lines, .. } => {
                let mut fence = "```".to_owned();
                while text.contains(&fence) {
                    fence.push('`');
                }
                let language: String =
                    language.chars().filter(|c| c.is_alphanumeric() || "+-#".contains(*c)).collect();
                format!("{fence}{language}\n{}\n{fence}{}", code(text, lines), self.marked(lines))
            }
            BlockKind::Equation { tex, number, rows } => {
                let marks: String =
                    block.equation_numbers().map(|number| self.mark(number.label())).collect();
                let id = if marks.is_empty() { marks } else { format!("{marks}\n\n") };
                id + &display(&math::tagged(tex.trim(), number.as_ref(), rows))
            }
            BlockKind::Figure { label, number, .. } if self.targets.is_some() => {
                self.reference(LabelKind::Figure, label, &number.to_string())
            }
            BlockKind::Table { label, number: Some(number), .. } if self.targets.is_some() => {
                self.reference(LabelKind::Table, label, &number.to_string())
            }
            BlockKind::Figure { id, label, number, caption, alt, .. } => {
                let caption = self.inlines(caption);
                let noun = self.language.words().figure_short.one;
                format!(
                    "{}\n![{}]({}/{id}.svg)\n\n**{noun}\u{a0}{number}.** {caption}",
                    self.mark(label),
                    escape(alt),
                    self.figures
                )
            }
            BlockKind::Table { label, number, caption, table, content, .. } => {
                let above = number.map(|number| {
                    let caption = self.inlines(caption);
                    let noun = self.language.words().table.one;
                    format!("{}\n**{noun}\u{a0}{number}.** {caption}\n\n", self.mark(label))
                });
                above.unwrap_or_default() + &self.table(table, content)
            }
        }
    }

    /// Returns a table with the markup of its cells.
    fn table(&mut self, table: &Table, content: &TableContent) -> String {
        self.in_cell = true;
        let mut cell = |content: &Vec<Inline>| self.inlines(content).replace('\n', " ");
        let headers = content.headers.iter().map(&mut cell).collect();
        let rows = content.rows.iter().map(|row| row.iter().map(&mut cell).collect()).collect();
        self.in_cell = false;
        let notes = content.notes.iter().map(|note| self.inlines(note)).collect();
        pipes(table, headers, rows, notes)
    }

    /// Returns a line that names the marked lines of program text.
    fn marked(&self, lines: &CodeLines) -> String {
        let Words { line, is_marked, are_marked, .. } = self.language.words();
        let first = lines.first.unwrap_or(1);
        let runs = lines.marked.chunk_by(|one, next| one + 1 == *next).map(|run| match run {
            [one] => (first + one).to_string(),
            run => format!("{}–{}", first + run[0], first + run[run.len() - 1]),
        });
        let runs: Vec<String> = runs.collect();
        match (runs.as_slice(), lines.marked.len()) {
            ([], _) => String::new(),
            ([one], 1) => format!("\n\n{} {one} {is_marked}.", line.one),
            (several, _) => format!("\n\n{} {} {are_marked}.", line.many, several.join(", ")),
        }
    }

    /// Returns a text that is not escaped, so that no bar of it ends a cell.
    fn bars(&self, text: &str) -> String {
        if self.in_cell { text.replace('|', "\\|") } else { text.to_owned() }
    }

    fn inlines(&mut self, inlines: &[Inline]) -> String {
        let written: Vec<String> = inlines.iter().map(|inline| self.inline(inline)).collect();
        let mut out = String::new();
        for (at, (inline, text)) in inlines.iter().zip(&written).enumerate() {
            let Some((mark, element)) = emphasis(&inline.kind) else {
                out.push_str(text);
                continue;
            };
            let next = written.get(at + 1).and_then(|next| next.chars().next());
            let previous = out.chars().last();
            // Inside of its like, the same marks would end that.
            let nested = self.emphasis.iter().filter(|around| **around == mark).count();
            let mark = if nested % 2 == 0 { mark.to_owned() } else { mark.replace('*', "_") };
            if is_read_as_emphasis(&mark, previous, text, next) && (nested == 0 || !mark.contains('~')) {
                let _ = write!(out, "{mark}{text}{mark}");
            } else {
                let _ = write!(out, "<{element}>{text}</{element}>");
            }
        }
        out
    }

    /// Writes what is emphasised, without its marks.
    fn emphasised(&mut self, kind: &InlineKind, content: &[Inline]) -> String {
        let Some((mark, _)) = emphasis(kind) else { return self.inlines(content) };
        self.emphasis.push(mark);
        let text = self.inlines(content);
        self.emphasis.pop();
        text
    }

    fn inline(&mut self, inline: &Inline) -> String {
        match &inline.kind {
            InlineKind::Text(text) | InlineKind::Number { text, .. } | InlineKind::Verdict { text, .. } => {
                escape(text)
            }
            InlineKind::Emphasis(content) | InlineKind::Strong(content) | InlineKind::Strikeout(content) => {
                self.emphasised(&inline.kind, content)
            }
            // Behind a backslash, whether a bar ends the cell depends on who reads.
            InlineKind::Code(text) if self.in_cell && text.contains("\\|") => {
                format!("<code>{}</code>", as_entities(text))
            }
            InlineKind::Code(text) => {
                let mut fence = "`".to_owned();
                while text.contains(&fence) {
                    fence.push('`');
                }
                // A space at both ends is taken as one of the fences.
                let is_padded = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
                let space = if is_padded || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
                format!("{fence}{space}{}{space}{fence}", self.bars(text))
            }
            InlineKind::Math(tex) if self.in_cell => {
                // The end of a row and a bar are two things, and `\|` is one.
                let tex = tex.trim().replace("\\\\|", "\\\\ |").replace("\\|", "\\Vert ");
                format!("${}$", self.bars(&without_tags(&tex)))
            }
            InlineKind::Math(tex) => format!("${}$", without_tags(tex.trim())),
            InlineKind::Link { url, content } => {
                let content = self.inlines(content);
                match safe_url(url) {
                    Some(url) => {
                        let url = url.replace(' ', "%20").replace('<', "%3C").replace('>', "%3E");
                        format!("[{content}](<{}>)", self.bars(&url))
                    }
                    None => content,
                }
            }
            InlineKind::Cite(works) => {
                let link = |Citation { key, number, locator }: &Citation| {
                    let place =
                        locator.as_ref().map(|place| format!(", {}", escape(place))).unwrap_or_default();
                    format!("\\[{}{place}\\]", self.linked(&number.to_string(), &format!("ref-{key}")))
                };
                works.iter().map(link).collect::<Vec<_>>().join(", ")
            }
            InlineKind::Reference { kind, label, number, part, naming } => {
                let text = naming::text(*kind, number, *naming, self.language)
                    + &part_text(*kind, part.as_deref(), self.language);
                self.linked(&escape(&text), label)
            }
            InlineKind::Footnote { number, blocks } => {
                let in_cell = std::mem::take(&mut self.in_cell);
                let text = self.nested(blocks, "    ");
                self.in_cell = in_cell;
                let label = note_label(*number);
                let mark = match (self.referred.contains(&label), blocks.first().map(|block| &block.kind)) {
                    (false, _) => String::new(),
                    (true, Some(BlockKind::Paragraph(_))) => self.mark(&label),
                    (true, _) => format!("{}\n\n    ", self.mark(&label)),
                };
                self.footnotes.push((*number, mark + text.trim()));
                format!("[^{number}]")
            }
            InlineKind::FootnoteAgain(number) => format!("[^{number}]"),
            InlineKind::Picture { id, alt, .. } => {
                format!("![{}]({}/{id}.svg)", escape(alt), self.figures)
            }
            InlineKind::LineBreak if self.in_cell => "<br>".to_owned(),
            InlineKind::LineBreak => "\\\n".to_owned(),
        }
    }
}

/// Returns a displayed formula none of whose lines begins a list, a quotation or a heading: it goes on in the line
/// before.
fn display(tex: &str) -> String {
    let mut out = "$$".to_owned();
    for line in without_tags(tex).lines() {
        let begins_block =
            line.trim_start().starts_with(|c: char| c.is_ascii_digit() || "-+*<>#=|:~`".contains(c));
        out.push(if begins_block { ' ' } else { '\n' });
        out.push_str(if begins_block { line.trim_start() } else { line });
    }
    out + "\n$$"
}

/// Returns a formula none of whose relations begins a tag or a comment of HTML.
fn without_tags(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut signs = tex.chars().peekable();
    while let Some(sign) = signs.next() {
        out.push(sign);
        let begins_tag = |next: &char| next.is_ascii_alphabetic() || "/!?".contains(*next);
        if sign == '<' && signs.peek().is_some_and(begins_tag) {
            out.push_str("{}");
        }
    }
    out
}

/// Returns the marks of what is emphasised, and the element of HTML that says the same.
fn emphasis(kind: &InlineKind) -> Option<(&'static str, &'static str)> {
    match kind {
        InlineKind::Emphasis(_) => Some(("*", "em")),
        InlineKind::Strong(_) => Some(("**", "strong")),
        InlineKind::Strikeout(_) => Some(("~~", "del")),
        _ => None,
    }
}

/// Returns whether marks around a text between these signs are read as emphasis (CommonMark 0.31, section 6.2):
/// behind a mark that opens, and before one that closes, no space stands, and no punctuation unless a space or
/// punctuation stands on its other side, as behind an underscore always.
fn is_read_as_emphasis(mark: &str, previous: Option<char>, text: &str, next: Option<char>) -> bool {
    let is_space = |sign: Option<char>| sign.is_none_or(char::is_whitespace);
    let is_word = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
    let is_flanked = |inside: Option<char>, outside: Option<char>| {
        let is_at_a_mark = matches!(outside, Some('*' | '~' | '_'));
        let is_alone = is_word(inside) && !mark.starts_with('_') || !is_word(outside);
        !is_space(inside) && is_alone && !is_at_a_mark
    };
    is_flanked(text.chars().next(), previous) && is_flanked(text.chars().last(), next)
}

/// Returns code with a number for each of its signs, none of which means anything to Markdown.
fn as_entities(text: &str) -> String {
    let one = |c: char| match c.is_alphanumeric() || c == ' ' {
        true => c.to_string(),
        false => format!("&#{};", u32::from(c)),
    };
    text.chars().map(one).collect()
}

/// Returns program text, with the numbers of its lines where it has some.
fn code(text: &str, lines: &CodeLines) -> String {
    let text = text.trim_end();
    let Some(first) = lines.first else { return text.to_owned() };
    let width = (first + text.lines().count()).to_string().len();
    let line = |(number, line): (usize, &str)| format!("{number:width$}  {line}").trim_end().to_owned();
    (first..).zip(text.lines()).map(line).collect::<Vec<_>>().join("\n")
}

fn numbered(number: &str, text: &str) -> String {
    if number.is_empty() { text.to_owned() } else { format!("{number} {text}") }
}

/// Returns a label as an anchor: nothing that ends an attribute or a link.
fn anchor(label: &str) -> String {
    label.replace(|c: char| !c.is_alphanumeric() && !":.-_/".contains(c), "-")
}

/// Text with everything escaped that Markdown gives a meaning inside a line.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '$' | '&' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}

/// Returns a paragraph that cannot be read as a list: `1.`, `-` and `+` at its start are escaped.
fn first_safe(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let next = text[digits..].chars().next();
    match next {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        Some('-' | '+' | '=') if digits == 0 => format!("\\{text}"),
        _ => text.to_owned(),
    }
}

fn pipes(table: &Table, headers: Vec<String>, rows: Vec<Vec<String>>, notes: Vec<String>) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = row(headers);
    let rule = |alignment: Alignment| match alignment {
        Alignment::Left => ":---".to_owned(),
        Alignment::Decimal => "---:".to_owned(),
        Alignment::Center => ":---:".to_owned(),
    };
    out.push_str(&row(table.columns.iter().map(|column| rule(column.alignment)).collect()));
    for cells in rows {
        out.push_str(&row(cells));
    }
    for note in notes {
        let _ = write!(out, "\n{}\n", first_safe(&note));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_kind_has_its_markup() {
        let text = markdown(&sample::document());
        for part in [
            "# Hops \\& \\<slices\\>: 100% of C\\_1\n",
            "Ann A., Bo \\& Co",
            "- [1 One\\_a](#sec:one)\n  - [1.1 Sub](#sec:sub)",
            "## <a id=\"sec:one\"></a>1 One\\_a",
            "### <a id=\"sec:sub\"></a>1.1 Sub",
            "\\<script\\>",
            "2.0×",
            "*em*<strong>st</strong>",
            "``1.2.3/1.1.1/1.1.1 `a_b` <c> -- \\x``",
            "$a_1 < \\frac{b}{c}$",
            "[link](<https://example.org/a_b%20c?x=1&y=2>)",
            "\\[[1](#ref-key)\\], \\[[2](#ref-k_2)\\]",
            "[Fig.\u{a0}1](#fig:hops)",
            "[^1]",
            "[^1]: A foot \\& note.",
            "3. first\n\n   - inner\n4. second",
            "> quoted",
            "```rust\nfor",
            "$$\n\\begin{aligned}a &= b",
            "\\tag{1}",
            "](figures/hops.svg)",
            "**Fig.\u{a0}1.** Caption\\_1.[^2]",
            "| Slice \\& shape | Ratio |\n| :--- | ---: |\n| 4×4×8\\|a | 2 |",
            "A note at 100 %.",
            "## References",
            "1. <a id=\"ref-key\"></a>A. Author",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(!text.contains("javascript"));
    }

    fn block(kind: BlockKind) -> Block {
        Block { location: Default::default(), kind }
    }

    #[test]
    fn a_quotation_keeps_the_signs_at_its_end() {
        let paragraph = |text: &str| block(BlockKind::Paragraph(vec![sample::text(text)]));
        let inner = block(BlockKind::Quote(vec![paragraph("b ->")]));
        let quote = block(BlockKind::Quote(vec![paragraph("a >"), inner]));
        assert_eq!(block_alone(&quote, Language::English, &Targets::new()), "> a \\>\n>\n> > b -\\>");
    }

    #[test]
    fn no_line_of_a_formula_begins_a_list() {
        let tex = "\\begin{multline}- a\n+ b \\\\\n  = c\n1. d\\end{multline}".to_owned();
        let text = block_alone(
            &block(BlockKind::Equation { tex, number: None, rows: Vec::new() }),
            Language::English,
            &Targets::new(),
        );
        assert_eq!(text, "$$\n\\begin{multline*}- a + b \\\\ = c 1. d\\end{multline*}\n$$");
        let tex = "- a\nb".to_owned();
        let text = block_alone(
            &block(BlockKind::Equation { tex, number: None, rows: Vec::new() }),
            Language::English,
            &Targets::new(),
        );
        assert_eq!(text, "$$ - a\nb\n$$");
    }

    #[test]
    fn emphasis_that_its_marks_would_not_make_is_written_as_elements() {
        let emphasis = |text: &str| InlineKind::Emphasis(vec![sample::text(text)]).into();
        let set = |content: Vec<Inline>| {
            let paragraph = block(BlockKind::Paragraph(content));
            block_alone(&paragraph, Language::English, &Targets::new())
        };
        assert_eq!(set(vec![sample::text("a "), emphasis("b."), sample::text(" c")]), "a *b.* c");
        assert_eq!(set(vec![sample::text("a"), emphasis("b"), sample::text("c")]), "a*b*c");
        assert_eq!(set(vec![sample::text("a "), emphasis("b."), sample::text("c")]), "a <em>b.</em>c");
        assert_eq!(set(vec![sample::text("a"), emphasis("(b"), sample::text(" c")]), "a<em>(b</em> c");
        assert_eq!(set(vec![emphasis("a"), emphasis("b")]), "*a*<em>b</em>");
        let inner = |text: &str| InlineKind::Emphasis(vec![sample::text(text), emphasis("b")]).into();
        assert_eq!(set(vec![inner("a.")]), "*a._b_*");
        assert_eq!(set(vec![inner("a")]), "*a<em>b</em>*");
        let both = InlineKind::Strong(vec![emphasis("b")]).into();
        assert_eq!(set(vec![both, sample::text(" c")]), "***b*** c");
    }

    #[test]
    fn no_relation_of_a_formula_begins_html() {
        let formula = |tex: &str| InlineKind::Math(tex.into()).into();
        let paragraph = block(BlockKind::Paragraph(vec![formula("a<b < c<!--d"), sample::text("")]));
        let text = block_alone(&paragraph, Language::English, &Targets::new());
        assert_eq!(text, "$a<{}b < c<{}!--d$");
    }

    #[test]
    fn a_line_behind_a_break_begins_no_list_and_spaces_of_code_stay() {
        let content = vec![
            sample::text("a"),
            InlineKind::LineBreak.into(),
            sample::text("- b"),
            InlineKind::Code(" c ".into()).into(),
        ];
        let text = block_alone(&block(BlockKind::Paragraph(content)), Language::English, &Targets::new());
        assert_eq!(text, "a\\\n\\- b`  c  `");
    }

    #[test]
    fn bars_and_breaks_in_cells_stay_what_they_are() {
        let cells: Vec<Vec<Inline>> = vec![
            vec![InlineKind::Math("\\|x\\| |y|".into()).into(), InlineKind::LineBreak.into()],
            vec![InlineKind::Code("a|b".into()).into(), InlineKind::Code("a\\|b".into()).into()],
            vec![
                sample::text("|"),
                InlineKind::Footnote {
                    number: 1,
                    blocks: vec![block(BlockKind::Paragraph(vec![InlineKind::Math("|z|".into()).into()]))],
                }
                .into(),
            ],
        ];
        let column = |_| table::Column { header: String::new(), alignment: Alignment::Left };
        let table = Table {
            columns: (0..3).map(column).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
            from_file: false,
        };
        let notes = vec![vec![InlineKind::Math("|w|".into()).into()]];
        let content = TableContent { headers: vec![Vec::new(); 3], rows: vec![cells], notes };
        let text = table_alone(&table, &content, Language::English, &Targets::new());
        let row = "| $\\Vert x\\Vert  \\|y\\|$<br> | `a\\|b`<code>a&#92;&#124;b</code> | \\|[^1] |\n";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("\n$|w|$\n") && text.contains("[^1]: $|z|$"), "{text}");
    }
}
