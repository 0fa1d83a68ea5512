//! Markdown blocks and inlines to the document tree, with labels and citations collected on the way.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::bibliography::Bibliography;
use super::tree::{Block, BlockKind, Inline, LabelKind};
use super::{Sources, math, numbers};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;

/// Reads files one after the other and keeps count of everything that is numbered.
pub struct Reader<'a> {
    sources: &'a Sources<'a>,
    bibliography: &'a Bibliography,
    facts: Arc<Facts>,
    errors: Diagnostics,
    labels: BTreeMap<String, (String, Location)>,
    references: Vec<(String, Location)>,
    cited: Vec<String>,
    section: [usize; 6],
    counts: BTreeMap<LabelKind, usize>,
    footnotes: usize,
}

/// What was found in all files.
pub struct Read {
    /// Numbers by label.
    pub labels: BTreeMap<String, String>,
    /// Citation keys in order of first citation.
    pub cited: Vec<String>,
    /// Mistakes.
    pub errors: Diagnostics,
}

/// One file being read: its source lines and footnotes.
struct File<'t, 'n> {
    lines: Vec<&'t str>,
    place: &'t Location,
    footnotes: BTreeMap<String, &'n AstNode<'n>>,
}

impl File<'_, '_> {
    /// The place of `text` on or after a line: its column in what the author wrote.
    fn locate(&self, line: usize, text: &str) -> Location {
        let lines = self.lines.iter().enumerate().skip(line.saturating_sub(1)).take(12);
        let found = lines.filter_map(|(index, source)| Some((index + 1, source.find(text)?, *source))).next();
        let base = self.place.line.saturating_sub(1);
        match found {
            Some((line, byte, source)) => {
                Location::new(&self.place.file, line + base, source[..byte].chars().count() + 1)
            }
            None => Location::new(&self.place.file, line + base, 1),
        }
    }
}

impl<'a> Reader<'a> {
    /// Starts with nothing read.
    pub fn new(sources: &'a Sources<'a>, bibliography: &'a Bibliography) -> Self {
        Self {
            sources,
            bibliography,
            facts: Arc::new(sources.facts.clone()),
            errors: Diagnostics::default(),
            labels: BTreeMap::new(),
            references: Vec::new(),
            cited: Vec::new(),
            section: [0; 6],
            counts: BTreeMap::new(),
            footnotes: 0,
        }
    }

    /// Folder of the paper.
    pub fn root(&self) -> &'a Path {
        self.sources.root
    }

    /// Reads one text that begins at `place`.
    pub fn read(&mut self, text: &str, place: &Location) -> Vec<Block> {
        let rendered = match numbers::fill(text, place, &self.facts) {
            Ok(rendered) => rendered,
            Err(errors) => {
                self.errors.0.extend(errors.0);
                // The rest of the file is still read, so that its other mistakes are told in the same run.
                text.to_owned()
            }
        };
        let arena = Arena::new();
        let mut options = Options::default();
        options.extension.math_dollars = true;
        options.extension.footnotes = true;
        options.extension.block_directive = true;
        options.parse.smart = true;
        let root = parse_document(&arena, &rendered, &options);
        let mut file = File { lines: text.lines().collect(), place, footnotes: BTreeMap::new() };
        for node in root.descendants() {
            if let NodeValue::FootnoteDefinition(note) = &node.data.borrow().value {
                file.footnotes.insert(note.name.clone(), node);
            }
        }
        self.blocks(root, &file)
    }

    /// Checks references against labels and gives away what was collected.
    pub fn finish(mut self) -> Read {
        for (label, place) in &self.references {
            if !self.labels.contains_key(label) {
                let error = Diagnostic::new(place.clone(), format!("nothing is labelled `{label}`"));
                let known = self.labels.keys().map(String::as_str);
                let error =
                    error.remedy(format!("label its target `[#{label}]`, or place the figure or table"));
                self.errors.push(error.suggest(label, known));
            }
        }
        let labels = self.labels.into_iter().map(|(label, (number, _))| (label, number)).collect();
        Read { labels, cited: self.cited, errors: self.errors }
    }

    fn blocks<'n>(&mut self, parent: &'n AstNode<'n>, file: &File<'_, 'n>) -> Vec<Block> {
        parent.children().flat_map(|node| self.block(node, file)).collect()
    }

    fn block<'n>(&mut self, node: &'n AstNode<'n>, file: &File<'_, 'n>) -> Vec<Block> {
        let data = node.data.borrow();
        let line = data.sourcepos.start.line;
        let base = file.place.line.saturating_sub(1);
        let location = Location::new(&file.place.file, line + base, data.sourcepos.start.column);
        let kind = match &data.value {
            NodeValue::Heading(heading) => self.heading(heading.level, node, line, file),
            NodeValue::Paragraph => {
                if let Some(equation) = self.equation(node, line, file) {
                    equation
                } else {
                    BlockKind::Paragraph(self.inlines(node, file))
                }
            }
            NodeValue::List(list) => {
                let start = (list.list_type == ListType::Ordered).then_some(list.start);
                BlockKind::List {
                    start,
                    items: node.children().map(|item| self.blocks(item, file)).collect(),
                }
            }
            NodeValue::BlockQuote => BlockKind::Quote(self.blocks(node, file)),
            NodeValue::CodeBlock(code) => {
                BlockKind::Code { language: code.info.clone(), text: code.literal.trim_end().to_owned() }
            }
            NodeValue::BlockDirective(directive) => {
                return self.directive(&directive.info, node, &location, file);
            }
            NodeValue::FootnoteDefinition(_) => return Vec::new(),
            other => {
                let message = match other {
                    NodeValue::HtmlBlock(_) => "raw HTML has no place in a paper",
                    NodeValue::ThematicBreak => "a rule has no meaning in a paper",
                    _ => "this kind of block is not supported",
                };
                let remedy = "use text, lists, code, mathematics, or `:::` blocks";
                self.errors.push(Diagnostic::new(location, message).remedy(remedy));
                return Vec::new();
            }
        };
        vec![Block { location, kind }]
    }

    fn heading<'n>(
        &mut self,
        level: u8,
        node: &'n AstNode<'n>,
        line: usize,
        file: &File<'_, 'n>,
    ) -> BlockKind {
        let mut content = self.inlines(node, file);
        let mut label = String::new();
        if let Some(Inline::Text(text)) = content.last_mut() {
            if let Some((title, rest)) = text.clone().rsplit_once("[#") {
                label = rest.trim_end().trim_end_matches(']').to_owned();
                title.trim_end().clone_into(text);
            }
        }
        let depth = usize::from(level).clamp(1, self.section.len());
        self.section[depth - 1] += 1;
        self.section[depth..].fill(0);
        let number = self.section[..depth].iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        if label.is_empty() {
            label = format!("sec:{}", number.replace('.', "-"));
        }
        self.label(&label, &number, file.locate(line, &label));
        BlockKind::Heading { level, number, label, content }
    }

    /// A paragraph that is one displayed formula, with its label behind it.
    fn equation<'n>(&mut self, node: &'n AstNode<'n>, line: usize, file: &File<'_, 'n>) -> Option<BlockKind> {
        let mut children = node.children();
        let first = children.next()?;
        let tex = match &first.data.borrow().value {
            NodeValue::Math(formula) if formula.display_math => formula.literal.trim().to_owned(),
            _ => return None,
        };
        let mut rest = String::new();
        for child in children {
            match &child.data.borrow().value {
                NodeValue::Text(text) => rest.push_str(text),
                NodeValue::SoftBreak => {}
                _ => return None,
            }
        }
        let label = match rest.trim().strip_prefix("[#").and_then(|rest| rest.strip_suffix(']')) {
            Some(label) => Some(label.to_owned()),
            None if rest.trim().is_empty() => None,
            None => return None,
        };
        self.check_math(&tex, line, file);
        let number = label.as_ref().map(|label| {
            let number = self.count(LabelKind::Equation);
            self.label(label, &number.to_string(), file.locate(line, label));
            number
        });
        Some(BlockKind::Equation { tex, label, number })
    }

    fn directive<'n>(
        &mut self,
        info: &str,
        node: &'n AstNode<'n>,
        location: &Location,
        file: &File<'_, 'n>,
    ) -> Vec<Block> {
        let (word, argument) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
        let kind = match word {
            "edition" if argument == self.sources.edition => return self.blocks(node, file),
            "edition" => return Vec::new(),
            "figure" => self.figure(argument, location),
            "table" => self.table(argument, location),
            _ => {
                let message = format!("there is no block called `{word}`");
                let error = Diagnostic::new(location.clone(), message);
                let error = error.remedy("use `::: edition NAME`, `::: figure ID` or `::: table ID`");
                self.errors.push(error.suggest(word, ["edition", "figure", "table"]));
                None
            }
        };
        kind.map(|kind| Block { location: location.clone(), kind }).into_iter().collect()
    }

    fn figure(&mut self, id: &str, location: &Location) -> Option<BlockKind> {
        let sources = self.sources;
        let Some(text) = sources.figures.get(id) else {
            self.missing(id, &format!("figures/{id}.yaml"), sources.figures.keys(), location);
            return None;
        };
        let (label, number) = self.placed(LabelKind::Figure, "fig", id, location);
        let caption = self.caption(&text.caption, &format!("figures/{id}.yaml"));
        Some(BlockKind::Figure {
            id: id.to_owned(),
            label,
            number,
            caption,
            alt: text.alt.clone(),
            wide: text.wide,
        })
    }

    fn table(&mut self, id: &str, location: &Location) -> Option<BlockKind> {
        let sources = self.sources;
        let Some(text) = sources.tables.get(id) else {
            self.missing(id, &format!("paper/tables/{id}.yaml"), sources.tables.keys(), location);
            return None;
        };
        let (label, number) = self.placed(LabelKind::Table, "tab", id, location);
        let caption = self.caption(&text.caption, &format!("paper/tables/{id}.yaml"));
        let (id, table) = (id.to_owned(), text.table.clone());
        Some(BlockKind::Table { id, label, number, caption, wide: text.wide, table })
    }

    fn missing<'k>(
        &mut self,
        id: &str,
        file: &str,
        known: impl Iterator<Item = &'k String>,
        place: &Location,
    ) {
        let error =
            Diagnostic::new(place.clone(), format!("{file} does not exist")).remedy(format!("create {file}"));
        self.errors.push(error.suggest(id, known.map(String::as_str)));
    }

    /// Numbers a figure or table and labels it by its id without the leading `fig-4-`.
    fn placed(&mut self, kind: LabelKind, prefix: &str, id: &str, location: &Location) -> (String, usize) {
        let number = self.count(kind);
        let name = id.splitn(3, '-').nth(2).unwrap_or(id);
        let label = format!("{prefix}:{name}");
        self.label(&label, &number.to_string(), location.clone());
        (label, number)
    }

    fn caption(&mut self, text: &str, file: &str) -> Vec<Inline> {
        let place = Location::new(file, 1, 1);
        let blocks = self.read(text, &place);
        let paragraphs = blocks.into_iter().filter_map(|block| match block.kind {
            BlockKind::Paragraph(content) => Some(content),
            _ => None,
        });
        paragraphs.collect::<Vec<_>>().join(&Inline::Text(" ".to_owned()))
    }

    fn count(&mut self, kind: LabelKind) -> usize {
        let count = self.counts.entry(kind).or_insert(0);
        *count += 1;
        *count
    }

    fn label(&mut self, label: &str, number: &str, place: Location) {
        let entry = (number.to_owned(), place.clone());
        if let Some((_, first)) = self.labels.insert(label.to_owned(), entry) {
            let message = format!("`{label}` is already used at {first}");
            self.errors.push(Diagnostic::new(place, message).remedy("give one of them another label"));
        }
    }

    fn check_math(&mut self, tex: &str, line: usize, file: &File<'_, '_>) {
        if let Some(mistake) = math::mistake(tex) {
            let first = tex.lines().next().unwrap_or_default();
            let error = Diagnostic::new(file.locate(line, first), mistake);
            self.errors.push(error.remedy("correct the formula; the text keeps its last good version"));
        }
    }

    fn inlines<'n>(&mut self, parent: &'n AstNode<'n>, file: &File<'_, 'n>) -> Vec<Inline> {
        let mut all = Vec::new();
        for node in parent.children() {
            let data = node.data.borrow();
            let line = data.sourcepos.start.line;
            match &data.value {
                NodeValue::Text(text) => self.text(text, line, file, &mut all),
                NodeValue::SoftBreak => all.push(Inline::Text("\n".to_owned())),
                NodeValue::LineBreak => all.push(Inline::LineBreak),
                NodeValue::Code(code) => self.code(&code.literal, &mut all),
                NodeValue::Emph => all.push(Inline::Emphasis(self.inlines(node, file))),
                NodeValue::Strong => all.push(Inline::Strong(self.inlines(node, file))),
                NodeValue::Link(link) => {
                    all.push(Inline::Link { url: link.url.clone(), content: self.inlines(node, file) });
                }
                NodeValue::Math(formula) => {
                    self.check_math(&formula.literal, line, file);
                    all.push(Inline::Math(formula.literal.clone()));
                }
                NodeValue::FootnoteReference(reference) => {
                    self.footnotes += 1;
                    let number = self.footnotes;
                    let paragraphs = file.footnotes.get(&reference.name).copied();
                    let content = paragraphs.into_iter().flat_map(|note| note.children());
                    let content = content.map(|paragraph| self.inlines(paragraph, file)).collect::<Vec<_>>();
                    all.push(Inline::Footnote {
                        number,
                        content: content.join(&Inline::Text(" ".to_owned())),
                    });
                }
                _ => {
                    let message = "raw HTML and images have no place in the text";
                    let place = file.locate(line, "<");
                    let remedy = "use `::: figure ID` for a figure, and Markdown for emphasis";
                    self.errors.push(Diagnostic::new(place, message).remedy(remedy));
                }
            }
        }
        all
    }

    /// Verbatim text, in which a number loses its marks.
    fn code(&self, literal: &str, all: &mut Vec<Inline>) {
        let mut plain = String::new();
        for part in literal.split(numbers::START) {
            match part.split_once(numbers::MIDDLE) {
                Some((_, text)) => plain.extend(text.chars().filter(|&c| c != numbers::END)),
                None => plain.push_str(part),
            }
        }
        all.push(Inline::Code(plain));
    }

    /// Splits text at numbers, citations and cross-references.
    fn text(&mut self, text: &str, line: usize, file: &File<'_, '_>, all: &mut Vec<Inline>) {
        let mut rest = text;
        while let Some(at) = rest.find([numbers::START, '@']) {
            let (before, tail) = rest.split_at(at);
            if let Some(marked) = tail.strip_prefix(numbers::START) {
                push_text(before, all);
                let (fact, marked) = marked.split_once(numbers::MIDDLE).unwrap_or((marked, ""));
                let (shown, after) = marked.split_once(numbers::END).unwrap_or((marked, ""));
                all.push(Inline::Number { fact: fact.to_owned(), text: shown.to_owned() });
                rest = after;
            } else if let Some(before) = before.strip_suffix('[')
                && let Some((keys, after)) = tail.split_once(']')
            {
                push_text(before, all);
                self.cite(keys, line, file, all);
                rest = after;
            } else if let Some((reference, length)) = cross_reference(tail) {
                push_text(before, all);
                if let Inline::Reference { label, .. } = &reference {
                    let place = file.locate(line, &format!("@{label}"));
                    self.references.push((label.clone(), place));
                }
                all.push(reference);
                rest = &tail[length..];
            } else {
                push_text(&rest[..=at], all);
                rest = &rest[at + 1..];
            }
        }
        push_text(rest, all);
    }

    fn cite(&mut self, keys: &str, line: usize, file: &File<'_, '_>, all: &mut Vec<Inline>) {
        let mut cited = Vec::new();
        for key in keys.split(';').map(|key| key.trim().trim_start_matches('@')) {
            if !self.bibliography.contains(key) {
                let place = file.locate(line, &format!("@{key}"));
                let error = Diagnostic::new(place, format!("no reference has the key `{key}`"));
                let error = error.remedy(format!("add it to {}", self.sources.bibliography.display()));
                self.errors.push(error.suggest(key, self.bibliography.keys()));
                continue;
            }
            let known = self.cited.iter().position(|cited| cited == key);
            let number = known.unwrap_or_else(|| {
                self.cited.push(key.to_owned());
                self.cited.len() - 1
            });
            cited.push((key.to_owned(), number + 1));
        }
        all.push(Inline::Cite(cited));
    }
}

fn push_text(text: &str, all: &mut Vec<Inline>) {
    if !text.is_empty() {
        all.push(Inline::Text(text.to_owned()));
    }
}

/// A cross-reference at the start of `text` and its length in bytes.
fn cross_reference(text: &str) -> Option<(Inline, usize)> {
    let kinds = [
        ("@sec:", LabelKind::Section),
        ("@fig:", LabelKind::Figure),
        ("@tab:", LabelKind::Table),
        ("@eq:", LabelKind::Equation),
    ];
    let (prefix, kind) = kinds.into_iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let name = &text[prefix.len()..];
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    let length = prefix.len() + length;
    let label = text[1..length].trim_end_matches('-').to_owned();
    let length = label.len() + 1;
    Some((Inline::Reference { kind, label, number: String::new() }, length))
}
