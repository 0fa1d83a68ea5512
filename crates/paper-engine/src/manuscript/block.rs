//! Blocks of one text: sections, paragraphs, lists, equations, placed figures and tables.

use std::iter::Peekable;
use std::path::Path;

use comrak::nodes::{ListType, Node, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::builder::{Builder, Nest, Text};
use super::definitions::unused;
use super::directive::{Marked, Placed, expand, mark_index};
use super::equation::Display;
use super::inline::{Written, join, trim};
use super::label::Parts;
use super::pipe_table::is_caption;
use super::source::Origin;
use super::tree::{Block, BlockKind, Inline, InlineKind, LabelKind, TableContent};
use super::walk::plain_text;
use crate::diagnostic::{Diagnostic, Location};
use crate::source::{lone_return, no_line_end, panel_letter};
use crate::table::Table;

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.math_dollars = true;
    options.extension.footnotes = true;
    options.extension.inline_footnotes = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.extension.alerts = true;
    options.extension.description_lists = true;
    options.parse.smart = true;
    options.parse.leave_footnote_definitions = true;
    options.parse.sourcepos_chars = true;
    options.parse.escaped_char_spans = true;
    options
}

/// Levels of headings that every output numbers alike.
const DEEPEST_HEADING: usize = 4;
/// Lists of one kind that LaTeX's classes set inside each other.
const DEEPEST_LIST: usize = 4;
/// Lists and quotations that they set inside each other.
const DEEPEST_NEST: usize = 6;

impl Builder<'_> {
    /// Converts a text; `numbered` says whether it may have sections.
    pub fn text(&mut self, source: &str, origin: Origin, numbered: bool) -> Vec<Block> {
        if let Some(error) = front_matter(source).filter(|_| numbered) {
            self.errors.push(
                Diagnostic::new(origin.at(1, 1), error)
                    .remedy("move what it says to paper/paper.yaml, and begin this file with its heading"),
            );
            return Vec::new();
        }
        if let Some(byte) = lone_return(source) {
            self.errors.push(no_line_end(origin.at_byte(source, byte)));
            return Vec::new();
        }
        let arena = Arena::new();
        let mut text = self.begin(source, origin);
        let editions = self.sources.editions;
        let expanded =
            expand(&text.masked.text, source, self.sources.edition, editions, &text.origin, &mut self.errors);
        for (label, location) in expanded.left_out {
            self.labels.leave_out_label(&label, location);
        }
        let markdown = expanded.text;
        let root = parse_document(&arena, &markdown, &options());
        self.check_definitions(&text, &markdown);
        self.define_notes(&mut text, root);
        (text.lines, text.marked, text.numbered) = (markdown.lines().collect(), expanded.marked, numbered);
        let blocks = self.blocks(&mut text, root);
        self.check_notes(&text, &markdown);
        blocks
    }

    /// Reports the addresses that a text defines and nothing uses, not even in another edition.
    fn check_definitions(&mut self, text: &Text<'_>, markdown: &str) {
        for (name, byte) in unused(markdown) {
            let is_elsewhere = is_left_out(text, markdown, &format!("[{name}]"));
            let name = text.masked.unmask(&name);
            if !is_elsewhere {
                let message = format!("this line would be lost: nothing links to `{name}`, which it defines");
                let remedy =
                    format!("write `[{name}]` where the link belongs, or `\\[` for a bracket of the text");
                let place = text.origin.at_byte(markdown, byte);
                self.errors.push(Diagnostic::new(place, message).remedy(remedy));
            }
        }
    }

    /// Takes the footnotes that a text defines, each once.
    fn define_notes<'n>(&mut self, text: &mut Text<'n>, root: Node<'n>) {
        for node in root.descendants() {
            let (name, start) = {
                let ast = node.data.borrow();
                let NodeValue::FootnoteDefinition(note) = &ast.value else { continue };
                (note.name.clone(), ast.sourcepos.start)
            };
            let location = text.origin.at(start.line, start.column);
            if let Some((_, first)) = text.footnotes.get(&name) {
                let message = format!("the footnote `{name}` is defined already at {first}");
                self.errors
                    .push(Diagnostic::new(location, message).remedy("give one of the two another name"));
            } else {
                text.footnotes.insert(name, (node, location));
            }
        }
    }

    /// Reports the footnotes that nothing calls, not even in another edition.
    fn check_notes(&mut self, text: &Text<'_>, markdown: &str) {
        for (name, (_, location)) in &text.footnotes {
            let is_called =
                text.called_notes.contains_key(name) || is_left_out(text, markdown, &format!("[^{name}]"));
            if !is_called && !name.starts_with("__inline") {
                let message = format!("nothing calls the footnote `{name}`");
                let remedy = format!("write `[^{name}]` where it belongs, or delete it");
                self.errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
            }
        }
    }

    /// Converts a value of a YAML file that is Markdown of one paragraph: a caption, or the title.
    pub fn markdown_value(&mut self, source: &str, file: &Path, key: &str) -> Vec<Inline> {
        let origin = Origin::value(self.sources.root, file, key, source);
        self.paragraph_of(source, origin, key)
    }

    /// Converts a text that is one paragraph; `what` names it.
    pub(super) fn paragraph_of(&mut self, source: &str, origin: Origin, what: &str) -> Vec<Inline> {
        let whole = origin.at(1, 1);
        let mut caption = Vec::new();
        for block in self.text(source, origin, false) {
            match block.kind {
                BlockKind::Paragraph(content) => {
                    if !caption.is_empty() {
                        caption.push(InlineKind::Text(" ".into()).into());
                    }
                    caption.extend(content);
                }
                _ => self.errors.push(
                    Diagnostic::new(whole.clone(), format!("a {what} holds plain paragraphs only"))
                        .remedy("move lists, displayed formulas and the like into the text"),
                ),
            }
        }
        join(caption)
    }

    pub(super) fn blocks<'n>(&mut self, text: &mut Text<'n>, parent: Node<'n>) -> Vec<Block> {
        let mut nodes = parent.children().peekable();
        let mut out = Vec::new();
        self.run(text, &mut nodes, false, &mut out);
        out
    }

    /// Converts blocks to the end of their run, or of the statement that they stand in.
    fn run<'n>(
        &mut self,
        text: &mut Text<'n>,
        nodes: &mut Peekable<impl Iterator<Item = Node<'n>>>,
        in_statement: bool,
        out: &mut Vec<Block>,
    ) {
        while let Some(node) = nodes.next() {
            let mark = match &node.data.borrow().value {
                NodeValue::HtmlBlock(html) => mark_index(&html.literal),
                _ => None,
            };
            match mark.and_then(|index| text.marked.get(index)).cloned() {
                Some((Marked::Begin(begun), location)) => {
                    let title = begun.title.as_ref().map(|(title, line, column)| {
                        let origin = text.origin.part(title, *line, *column);
                        self.paragraph_of(title, origin, "title")
                    });
                    let mut inside = Vec::new();
                    self.run(text, nodes, true, &mut inside);
                    out.push(self.statement(begun, title.unwrap_or_default(), inside, &location));
                    continue;
                }
                Some((Marked::End, _)) if in_statement => return,
                Some((Marked::End, location)) => {
                    let error = Diagnostic::new(location, "this `:::` closes what was begun elsewhere");
                    let remedy = "begin and end a statement outside of lists and quotations";
                    self.errors.push(error.remedy(remedy));
                    continue;
                }
                Some((Marked::Placed(placed), location)) => {
                    let kind = self.place(&placed, &location);
                    out.extend(kind.map(|kind| Block { location, kind }));
                    continue;
                }
                None => {}
            }
            if matches!(node.data.borrow().value, NodeValue::Table(_)) {
                let start = node.data.borrow().sourcepos.start;
                let location = text.origin.at(start.line, start.column);
                let caption = nodes.next_if(|next| is_caption(text, next));
                out.extend(self.pipe_table(text, node, caption, &location));
            } else {
                self.block(text, node, out);
            }
        }
    }

    fn block<'n>(&mut self, text: &mut Text<'n>, node: Node<'n>, out: &mut Vec<Block>) {
        let value = node.data.borrow().value.clone();
        let start = text.start(node);
        let location = text.origin.at(start.line, start.column);
        let kind = match value {
            NodeValue::FootnoteDefinition(_) => return,
            NodeValue::Heading(heading) => {
                // Markdown counts the columns of a heading's text from its first character.
                let written = text.lines.get(start.line - 1).copied().unwrap_or_default();
                let signs = written.chars().skip(start.column - 1);
                let indent = signs.take_while(|c| *c == '#' || c.is_whitespace()).count();
                let first = node.first_child().map_or(0, |child| child.data.borrow().sourcepos.start.column);
                text.indent = (start.column + indent).saturating_sub(first);
                let content = self.inlines(text, node.children());
                text.indent = 0;
                self.heading(text.numbered, heading.level, trim(content), &location)
            }
            NodeValue::Paragraph => {
                match self.picture(text, node, &location) {
                    Some(figure) => out.push(figure),
                    None => {
                        self.check_pictures(text, node);
                        self.paragraph(text, node, &location, out);
                    }
                }
                return;
            }
            NodeValue::BlockQuote => {
                self.open_nest(text, Nest::Quote, &location);
                let blocks = self.blocks(text, node);
                text.nests.pop();
                BlockKind::Quote(blocks)
            }
            NodeValue::Alert(alert) => {
                return out.push(self.alert(text, node, &alert, (start.line, start.column)));
            }
            NodeValue::List(list) => {
                let start = (list.list_type == ListType::Ordered).then_some(list.start);
                let nest = if start.is_some() { Nest::Numbered } else { Nest::Bullets };
                self.open_nest(text, nest, &location);
                if start.is_some() {
                    self.check_numbers(text, node);
                }
                let items = node.children().map(|item| self.item(text, item, &location)).collect();
                text.nests.pop();
                BlockKind::List { start, items }
            }
            NodeValue::DescriptionList => {
                self.open_nest(text, Nest::Quote, &location);
                for item in node.children() {
                    self.definition(text, item, out);
                }
                text.nests.pop();
                return;
            }
            NodeValue::ThematicBreak => BlockKind::Rule,
            NodeValue::CodeBlock(code) => {
                return out.push(self.listing(text, &code, (start.line, start.column)));
            }
            NodeValue::HtmlBlock(html) => {
                if !is_comment(&html.literal) {
                    let (message, remedy) = match is_open_comment(&html.literal) {
                        true => (
                            "this comment is not closed, and what stands below it would be lost",
                            "close it with `-->`; for these signs in the text write `\\<!--`",
                        ),
                        false => (
                            "HTML cannot be typeset",
                            "write it in Markdown; a comment ends its line with `-->`",
                        ),
                    };
                    self.errors.push(Diagnostic::new(location, message).remedy(remedy));
                }
                return;
            }
            _ => {
                self.errors.push(Diagnostic::new(location, "this construct cannot be typeset"));
                return;
            }
        };
        out.push(Block { location, kind });
    }

    /// Reports an item whose number is not the one that would be printed; a list may also say the same number
    /// at each item.
    fn check_numbers(&mut self, text: &Text<'_>, list: Node<'_>) {
        let written: Vec<(usize, Location)> = list
            .children()
            .filter_map(|item| {
                let ast = item.data.borrow();
                let start = ast.sourcepos.start;
                let line = text.lines.get(start.line.checked_sub(1)?)?;
                let signs = line.chars().skip(start.column.checked_sub(1)?);
                let number: String = signs.take_while(char::is_ascii_digit).collect();
                Some((number.parse().ok()?, text.origin.at(start.line, start.column)))
            })
            .collect();
        let Some(first) = written.first().map(|(number, _)| *number) else { return };
        if written.iter().all(|(number, _)| *number == first) {
            return;
        }
        let printed = first..;
        if let Some((printed, (number, place))) =
            printed.zip(&written).find(|(printed, (number, _))| printed != number)
        {
            let message = format!("this item is written as {number} and would be numbered {printed}");
            let remedy = "count on, write the same number at each item, or begin a list of its own";
            self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
        }
    }

    /// Goes into a list or a quotation; LaTeX's classes set no deeper ones.
    pub(super) fn open_nest(&mut self, text: &mut Text<'_>, nest: Nest, at: &Location) {
        text.nests.push(nest);
        let same = text.nests.iter().filter(|outer| **outer == nest).count();
        if (nest != Nest::Quote && same == DEEPEST_LIST + 1) || text.nests.len() == DEEPEST_NEST + 1 {
            let message = format!(
                "lists of one kind may be {DEEPEST_LIST} deep, and {DEEPEST_NEST} with quotations and the other kind"
            );
            self.errors.push(Diagnostic::new(at.clone(), message).remedy("write a flatter list"));
        }
    }

    /// Converts a term and its meanings.
    fn definition<'n>(&mut self, text: &mut Text<'n>, item: Node<'n>, out: &mut Vec<Block>) {
        let start = item.data.borrow().sourcepos.start;
        let (mut term, mut blocks) = (Vec::new(), Vec::new());
        for part in item.children() {
            if matches!(part.data.borrow().value, NodeValue::DescriptionTerm) {
                for paragraph in part.children() {
                    term.extend(self.inlines(text, paragraph.children()));
                }
            } else {
                blocks.extend(self.blocks(text, part));
            }
        }
        let term = trim(term);
        // A term with two meanings has one item for each, and is written in the first alone.
        if let (true, Some(Block { kind: BlockKind::Definition { blocks: before, .. }, .. })) =
            (term.is_empty(), out.last_mut())
        {
            return before.extend(blocks);
        }
        let kind = BlockKind::Definition { term, blocks };
        out.push(Block { location: text.origin.at(start.line, start.column), kind });
    }

    /// Converts an item of a list; a task begins with its box.
    fn item<'n>(&mut self, text: &mut Text<'n>, node: Node<'n>, at: &Location) -> Vec<Block> {
        let mark = match &node.data.borrow().value {
            NodeValue::TaskItem(task) if task.symbol.is_some() => Some("☒\u{a0}"),
            NodeValue::TaskItem(_) => Some("☐\u{a0}"),
            _ => None,
        };
        let mut blocks = self.blocks(text, node);
        if let Some(mark) = mark {
            let mark = InlineKind::Text(mark.to_owned()).into();
            match blocks.first_mut() {
                Some(Block { kind: BlockKind::Paragraph(content), .. }) => content.insert(0, mark),
                _ => blocks.insert(0, Block { location: at.clone(), kind: BlockKind::Paragraph(vec![mark]) }),
            }
        }
        blocks
    }

    /// Returns the number of the present section, such as `3.2`, or `C.2` in an appendix.
    fn section_number(&self) -> String {
        let mut parts: Vec<String> = self.counted.sections.iter().map(usize::to_string).collect();
        if let (true, Some(first)) = (self.counted.appendix, self.counted.sections.first()) {
            let letter = u8::try_from(first.saturating_sub(1)).ok().filter(|&index| index < 26);
            parts[0] = letter.map_or(format!("A{first}"), |index| char::from(b'A' + index).to_string());
        }
        parts.join(".")
    }

    fn heading(&mut self, numbered: bool, level: u8, content: Vec<Inline>, location: &Location) -> BlockKind {
        let depth = usize::from(level);
        if !numbered {
            let diagnostic = Diagnostic::new(
                location.clone(),
                "a heading cannot stand in the abstract, a caption or paper.yaml",
            );
            self.errors.push(diagnostic.remedy("move it into a section file"));
        } else if content.is_empty() {
            let error = Diagnostic::new(location.clone(), "this heading has no text");
            self.errors.push(error.remedy("write its text behind the `#`, or delete it"));
        } else if depth > DEEPEST_HEADING {
            let message = format!("headings may be {DEEPEST_HEADING} deep; this one has level {depth}");
            self.errors
                .push(Diagnostic::new(location.clone(), message).remedy("begin a paragraph with bold text"));
        } else if depth > self.counted.sections.len() + 1 {
            let message = format!("this heading of level {depth} has none of level {} above it", depth - 1);
            self.errors.push(Diagnostic::new(location.clone(), message).remedy("write fewer `#`"));
        }
        self.counted.sections.resize(depth, 0);
        if let Some(last) = self.counted.sections.last_mut() {
            *last += 1;
        }
        let number = self.section_number();
        let (label, place) = self.take_label(Some(LabelKind::Section)).unwrap_or_else(|| {
            let slug = format!("sec:{}", slug(&plain_text(&content)));
            let taken = self.labels.is_taken(&slug);
            (if taken { format!("{slug}-{number}") } else { slug }, location.clone())
        });
        self.labels.define(&label, number.clone(), place, &mut self.errors);
        BlockKind::Heading { level, number, label, content }
    }

    fn paragraph<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        location: &Location,
        out: &mut Vec<Block>,
    ) {
        let mut run: Vec<Node<'n>> = Vec::new();
        let mut equation = None;
        let mut place = location.clone();
        for child in node.children() {
            let value = child.data.borrow().value.clone();
            let start = text.start(child);
            match value {
                NodeValue::Math(formula) if formula.display_math => {
                    self.end_run(text, std::mem::take(&mut run), equation.take(), &place, out);
                    place = text.origin.at(start.line, start.column);
                    equation = Some((self.display(text, &formula.literal, &place), place.clone()));
                }
                _ => run.push(child),
            }
        }
        self.end_run(text, run, equation, &place, out);
    }

    /// Ends a stretch of text behind an equation: the equation takes the label written there.
    fn end_run<'n>(
        &mut self,
        text: &mut Text<'n>,
        run: Vec<Node<'n>>,
        equation: Option<((Display, Written), Location)>,
        location: &Location,
        out: &mut Vec<Block>,
    ) {
        let content = self.inlines(text, run);
        let numbers = if equation.is_some() { self.take_numbers() } else { None };
        let label = self.take_label(equation.is_some().then_some(LabelKind::Equation));
        if let Some(((display, written), location)) = equation {
            let places = |command: &str, nth| written.place_of(&text.origin, command, nth);
            let kind = self.equation(display, &places, label, numbers.as_ref());
            out.push(Block { location, kind });
        }
        let content = trim(content);
        if !content.is_empty() {
            out.push(Block { location: location.clone(), kind: BlockKind::Paragraph(content) });
        }
    }

    fn place(&mut self, placed: &Placed, location: &Location) -> Option<BlockKind> {
        let sources = self.sources;
        match placed {
            Placed::Figure(id) => {
                let file = Path::new("figures").join(format!("{id}.yaml"));
                let Some(figure) = sources.figures.get(id) else {
                    self.missing(&file, placed, sources.figures.keys(), location);
                    return None;
                };
                self.counted.figures += 1;
                let (number, label) = (self.counted.figures, placed.label());
                self.labels.define(&label, number.to_string(), location.clone(), &mut self.errors);
                let mut caption = self.markdown_value(&figure.caption, &file, "caption");
                let mut alt = self.plain(&figure.alt, &file, "alt").trim().to_owned();
                for (index, (says, shows)) in figure.panels.iter().enumerate() {
                    let letter = panel_letter(index);
                    caption.push(InlineKind::Text(format!(" ({letter})\u{a0}")).into());
                    caption.extend(self.markdown_value(says, &file, "caption"));
                    alt.push_str(&format!(" ({letter}) {}", self.plain(shows, &file, "alt").trim()));
                }
                if !figure.panels.is_empty() {
                    self.labels.has_parts(&label, Parts::Panels(figure.panels.len()));
                }
                let (id, wide, picture) = (id.clone(), figure.wide, None);
                Some(BlockKind::Figure { id, label, number, caption, alt, wide, picture })
            }
            Placed::Table(id) => {
                let file = Path::new("paper/tables").join(format!("{id}.yaml"));
                let Some(table) = sources.tables.get(id) else {
                    self.missing(&file, placed, sources.tables.keys(), location);
                    return None;
                };
                self.counted.tables += 1;
                let (number, label) = (self.counted.tables, placed.label());
                self.labels.define(&label, number.to_string(), location.clone(), &mut self.errors);
                let caption = self.markdown_value(&table.caption, &table.location.file, "caption");
                let (wide, table) = (table.wide, table.table.clone());
                let content = self.cells(&table, &file);
                let (id, number, in_text) = (id.clone(), Some(number), false);
                Some(BlockKind::Table { id, label, number, caption, wide, in_text, table, content })
            }
        }
    }

    /// Converts headers, cells and notes.
    fn cells(&mut self, table: &Table, file: &Path) -> TableContent {
        let headers = table.columns.iter().map(|column| self.cell(&column.header, file)).collect();
        let mut rows = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let cells = row.iter().map(|cell| match &cell.fact {
                Some(fact) => {
                    vec![InlineKind::Number { fact: fact.clone(), text: cell.text.clone() }.into()]
                }
                None if cell.best => vec![InlineKind::Strong(self.cell(&cell.text, file)).into()],
                None => self.cell(&cell.text, file),
            });
            rows.push(cells.collect());
        }
        let notes = table.notes.iter().map(|note| self.cell(note, file)).collect();
        TableContent { headers, rows, notes }
    }

    fn cell(&mut self, text: &str, file: &Path) -> Vec<Inline> {
        // A dash or a number is no list, whatever Markdown makes of it on a line of its own.
        let is_plain = !text.contains(|c| "*_`$[]@\\<>&~{}^#\"'\n".contains(c)) && !text.contains("--");
        if is_plain {
            return vec![InlineKind::Text(text.to_owned()).into()];
        }
        // What begins a list or a heading elsewhere is text in a cell.
        let digits = text.chars().take_while(char::is_ascii_digit).count();
        let (at, begins) = match text[digits..].chars().next() {
            Some('.' | ')') if digits > 0 => (digits, true),
            Some('-' | '+' | '#' | '>' | '=') if digits == 0 => (0, true),
            _ => (0, text.starts_with("* ")),
        };
        let text = if begins { format!("{}\\{}", &text[..at], &text[at..]) } else { text.to_owned() };
        self.markdown_value(&text.replace('\n', " "), file, "cell")
    }

    fn missing<'k>(
        &mut self,
        file: &Path,
        placed: &Placed,
        known: impl Iterator<Item = &'k String>,
        location: &Location,
    ) {
        let (Placed::Figure(id) | Placed::Table(id)) = placed;
        let diagnostic = Diagnostic::new(location.clone(), format!("{} does not exist", file.display()));
        self.errors.push(diagnostic.suggest(id, known.map(String::as_str)));
        // Its label counts as known, so that one missing file makes one error.
        let label = placed.label();
        if !self.labels.contains(&label) {
            self.labels.define(&label, String::new(), location.clone(), &mut self.errors);
        }
    }
}

/// Says that a text begins with the description that other tools read there, if it does.
fn front_matter(source: &str) -> Option<&'static str> {
    let mut lines = source.lines();
    if lines.next()?.trim_end() != "---" {
        return None;
    }
    let inside: Vec<&str> =
        lines.clone().take_while(|line| !matches!(line.trim_end(), "---" | "...")).collect();
    let is_closed = lines.nth(inside.len()).is_some();
    let first = inside.iter().find(|line| !line.trim().is_empty())?;
    let is_key = first.split_once(':').is_some_and(|(key, _)| {
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    });
    (is_closed && is_key).then_some("a description between `---` lines is not read here")
}

/// Returns whether a mark stands also in a part of a text that this edition leaves out.
fn is_left_out(text: &Text<'_>, markdown: &str, mark: &str) -> bool {
    // Both with their formulas masked, in which nothing is called.
    let count = |text: &str| text.to_lowercase().matches(&mark.to_lowercase()).count();
    count(&text.masked.text) > count(markdown)
}

/// Returns whether HTML is comments and nothing else.
fn is_comment(html: &str) -> bool {
    let mut rest = html.trim();
    while let Some(inside) = rest.strip_prefix("<!--") {
        let Some((_, after)) = inside.split_once("-->") else { return false };
        rest = after.trim_start();
    }
    rest.is_empty()
}

/// Returns whether HTML ends within a comment.
fn is_open_comment(html: &str) -> bool {
    html.rfind("<!--").is_some_and(|start| !html[start..].contains("-->"))
}

fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}
