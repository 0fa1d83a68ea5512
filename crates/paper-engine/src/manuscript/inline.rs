//! Text inside a block: numbers, references, citations, footnotes, formulas.

use comrak::nodes::{Node, NodeValue};

use super::block::{Builder, Text};
use super::label::kind_of;
use super::number::{NUMBER, NUMBER_END};
use super::tree::{Inline, LabelKind};
use super::{math, source::Origin};
use crate::diagnostic::{Diagnostic, Location};

/// Adjacent text of a paragraph and the line on which it begins.
#[derive(Default)]
struct Run {
    text: String,
    line: usize,
}

impl Builder<'_> {
    /// Converts the inline nodes of a block.
    pub(super) fn inlines<'n>(
        &mut self,
        text: &mut Text<'n>,
        nodes: impl IntoIterator<Item = Node<'n>>,
    ) -> Vec<Inline> {
        let (mut out, mut run) = (Vec::new(), Run::default());
        for node in nodes {
            let (value, position) = {
                let ast = node.data.borrow();
                (ast.value.clone(), ast.sourcepos.start)
            };
            if let NodeValue::Text(_) | NodeValue::SoftBreak = value {
                if run.text.is_empty() {
                    run.line = position.line;
                }
                run.text.push_str(if let NodeValue::Text(part) = &value { part } else { "\n" });
                continue;
            }
            let finished = std::mem::take(&mut run);
            self.flush(text, finished, &mut out);
            let line = text.source_line(position.line);
            if let Some(inline) = self.inline(text, node, value, line, position.column) {
                out.push(inline);
            }
        }
        self.flush(text, run, &mut out);
        join(out)
    }

    fn inline<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        value: NodeValue,
        line: usize,
        column: usize,
    ) -> Option<Inline> {
        let refuse = |word: &str, origin: &mut Origin, message: &str, remedy: &str| {
            Diagnostic::new(origin.find(word, line, column), message).remedy(remedy)
        };
        match value {
            NodeValue::Emph => Some(Inline::Emphasis(self.inlines(text, node.children()))),
            NodeValue::Strong => Some(Inline::Strong(self.inlines(text, node.children()))),
            NodeValue::Code(code) => Some(Inline::Code(text.rendered.fill(&code.literal, str::to_owned))),
            NodeValue::LineBreak => Some(Inline::LineBreak),
            NodeValue::Link(link) => {
                let content = self.inlines(text, node.children());
                Some(Inline::Link { url: text.rendered.fill(&link.url, str::to_owned), content })
            }
            NodeValue::Escaped => Some(Inline::Text(plain(node))),
            NodeValue::Math(formula) if !formula.display_math => {
                let tex = self.formula(text, &formula.literal, "$", line, column);
                Some(Inline::Math(tex))
            }
            NodeValue::Math(_) => {
                let remedy = "move the formula into the paragraph itself";
                self.errors.push(refuse(
                    "$$",
                    &mut text.origin,
                    "a displayed formula cannot stand here",
                    remedy,
                ));
                None
            }
            NodeValue::FootnoteReference(note) => {
                let definition = *text.footnotes.get(&note.name)?;
                if text.open_notes.contains(&note.name) {
                    let word = format!("[^{}]", note.name);
                    let message = "a footnote refers to itself";
                    self.errors.push(refuse(&word, &mut text.origin, message, "delete the inner reference"));
                    return None;
                }
                self.footnotes += 1;
                let number = self.footnotes;
                text.open_notes.push(note.name.clone());
                let mut content = Vec::new();
                for block in definition.children() {
                    if !content.is_empty() {
                        content.push(Inline::Text(" ".into()));
                    }
                    content.extend(self.inlines(text, block.children()));
                }
                text.open_notes.pop();
                Some(Inline::Footnote { number, content: join(content) })
            }
            NodeValue::HtmlInline(html) if html.starts_with("<!--") => None,
            NodeValue::HtmlInline(html) => {
                let message = format!("`{html}` is HTML");
                self.errors.push(refuse(
                    &html,
                    &mut text.origin,
                    &message,
                    "write it in Markdown, or escape `<` as `\\<`",
                ));
                None
            }
            NodeValue::Image(_) => {
                let remedy = "place it with `::: figure ID`";
                self.errors.push(refuse("![", &mut text.origin, "an image cannot stand in the text", remedy));
                None
            }
            _ => {
                let message = "this construct cannot be typeset";
                self.errors.push(Diagnostic::new(text.origin.at(line, column), message));
                None
            }
        }
    }

    /// Fills the numbers into a formula and checks it.
    pub(super) fn formula(
        &mut self,
        text: &mut Text<'_>,
        literal: &str,
        fence: &str,
        line: usize,
        column: usize,
    ) -> String {
        let tex = text.rendered.fill(literal, math::number).trim().to_owned();
        let first = literal.lines().next().unwrap_or_default();
        let first = first.split(NUMBER).next().unwrap_or_default();
        let location = text.origin.find(&format!("{fence}{first}"), line, column);
        if let Err(message) = math::check(&tex) {
            let diagnostic = Diagnostic::new(location, format!("this formula cannot be typeset: {message}"));
            self.errors.push(diagnostic);
        }
        tex
    }

    fn flush(&mut self, text: &mut Text<'_>, run: Run, out: &mut Vec<Inline>) {
        let mut rest = run.text.as_str();
        let (mut previous, mut line) = (' ', run.line);
        let mut plain = String::new();
        while let Some(c) = rest.chars().next() {
            let mut found = Vec::new();
            let used = self.token(text, rest, previous, text.source_line(line), &mut found);
            if used.is_some() && !plain.is_empty() {
                out.push(Inline::Text(std::mem::take(&mut plain)));
            }
            out.append(&mut found);
            let used = used.unwrap_or_else(|| {
                plain.push(if c == '\n' { ' ' } else { c });
                c.len_utf8()
            });
            line += rest[..used].matches('\n').count();
            previous = rest[..used].chars().last().unwrap_or(c);
            rest = &rest[used..];
        }
        if !plain.is_empty() {
            out.push(Inline::Text(plain));
        }
    }

    /// Reads one token at the start of `rest`; returns how many bytes it has.
    fn token(
        &mut self,
        text: &mut Text<'_>,
        rest: &str,
        previous: char,
        line: usize,
        out: &mut Vec<Inline>,
    ) -> Option<usize> {
        if let Some(marked) = rest.strip_prefix(NUMBER) {
            let (index, _) = marked.split_once(NUMBER_END)?;
            let number = text.rendered.numbers.get(index.parse::<usize>().ok()?)?.clone();
            out.push(Inline::Number { fact: number.fact, text: number.text });
            return Some(NUMBER.len_utf8() + index.len() + NUMBER_END.len_utf8());
        }
        if rest.starts_with("[@") || rest.starts_with("[#") {
            let end = rest.find(']')?;
            let inside = &rest[1..end];
            match inside.strip_prefix('#') {
                Some(label) => {
                    let location = text.origin.find(&format!("[#{label}"), line, 1);
                    self.pending_labels.push((label.trim().to_owned(), location));
                }
                None => out.extend(self.citation(text, inside, line)),
            }
            return Some(end + 1);
        }
        if rest.starts_with("[^") {
            let name = &rest[2..rest.find(']')?];
            let location = text.origin.find(&format!("[^{name}]"), line, 1);
            let names: Vec<String> = text.footnotes.keys().cloned().collect();
            let diagnostic = Diagnostic::new(location, format!("no footnote is named `{name}`"));
            let remedy = format!("add a line `[^{name}]: ...` to this file");
            let suggested = diagnostic.clone().suggest(name, names.iter().map(String::as_str));
            self.errors.push(if suggested.remedy.is_some() { suggested } else { diagnostic.remedy(remedy) });
            return Some(name.len() + 3);
        }
        if rest.starts_with("$$") {
            let location = text.origin.find("$$", line, 1);
            let diagnostic = Diagnostic::new(location, "this `$$` is not closed");
            self.errors.push(diagnostic.remedy("close it with `$$`; a formula has no empty lines"));
            return Some(2);
        }
        if rest.starts_with('@') && !previous.is_alphanumeric() {
            return self.reference(text, rest, line, out);
        }
        None
    }

    fn citation(&mut self, text: &mut Text<'_>, inside: &str, line: usize) -> Option<Inline> {
        let mut cited = Vec::new();
        let mut line = line;
        for part in inside.split(';') {
            let newlines = part.len() - part.trim_start().len();
            line += part[..newlines].matches('\n').count();
            let key = part.trim().trim_start_matches('@');
            let location = text.origin.find(&format!("@{key}"), line, 1);
            line += part[newlines..].matches('\n').count();
            if !part.trim().starts_with('@') || key.is_empty() || key.contains([' ', ',', '\n']) {
                let message = format!("`[{}]` is not a citation", inside.replace('\n', " "));
                self.errors
                    .push(Diagnostic::new(location, message).remedy("write `[@key]` or `[@one; @two]`"));
                continue;
            }
            match self.bibliography.cite(key) {
                Some(number) => cited.push((key.to_owned(), number)),
                None => {
                    let message = format!("no entry of the bibliography has the key `{key}`");
                    let error = Diagnostic::new(location, message)
                        .remedy("correct the key, or add its entry to the bibliography");
                    self.errors.push(error.suggest(key, self.bibliography.keys()));
                }
            }
        }
        (!cited.is_empty()).then_some(Inline::Cite(cited))
    }

    fn reference(
        &mut self,
        text: &mut Text<'_>,
        rest: &str,
        line: usize,
        out: &mut Vec<Inline>,
    ) -> Option<usize> {
        let is_part = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
        let end = rest[1..].find(|c| !is_part(c)).map_or(rest.len(), |end| end + 1);
        let label = rest[1..end].trim_end_matches(['.', ':', '-']);
        if label.is_empty() {
            return None;
        }
        let used = label.len() + 1;
        let word = format!("@{label}");
        if let Some(kind) = kind_of(label) {
            let location = text.origin.find(&word, line, 1);
            self.labels.want(label, location);
            out.push(Inline::Reference { kind, label: label.to_owned(), number: String::new() });
            return Some(used);
        }
        let diagnostic = if let Some((kind, _)) = label.split_once(':') {
            let location = text.origin.find(&word, line, 1);
            Diagnostic::new(location, format!("`{kind}:` is no kind of label"))
                .remedy("write @sec:, @fig:, @tab: or @eq:")
        } else if self.bibliography.contains(label) {
            let location = text.origin.find(&word, line, 1);
            Diagnostic::new(location, format!("the citation `{word}` has no brackets"))
                .remedy(format!("write `[{word}]`"))
        } else {
            return None;
        };
        self.errors.push(diagnostic);
        Some(used)
    }

    /// Takes the label written last, if it is one of `kind`; reports all others.
    pub(super) fn take_label(&mut self, kind: Option<LabelKind>) -> Option<(String, Location)> {
        let mut taken = None;
        for (label, location) in std::mem::take(&mut self.pending_labels) {
            if taken.is_none() && kind.is_some() && kind_of(&label) == kind {
                taken = Some((label, location));
                continue;
            }
            let (message, remedy) = match kind {
                Some(LabelKind::Section) => {
                    (format!("`{label}` cannot label a section"), "write [#sec:name]")
                }
                Some(LabelKind::Equation) => {
                    (format!("`{label}` cannot label an equation"), "write [#eq:name]")
                }
                _ => (
                    format!("the label `{label}` labels nothing"),
                    "write it at the end of a heading or directly after the closing `$$`",
                ),
            };
            self.errors.push(Diagnostic::new(location, message).remedy(remedy));
        }
        taken
    }
}

fn plain(node: Node<'_>) -> String {
    let part = |node: Node<'_>| match &node.data.borrow().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    };
    node.descendants().map(part).collect()
}

/// Joins adjacent texts.
pub(super) fn join(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for inline in inlines {
        match (out.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, inline) => out.push(inline),
        }
    }
    out
}

/// Drops spaces at both ends of a block's text.
pub(super) fn trim(mut inlines: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline::Text(text)) = inlines.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(Inline::Text(text)) = inlines.last_mut() {
        *text = text.trim_end().to_owned();
    }
    inlines.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
    inlines
}

/// The text of inlines as a reader sees it, without formatting.
pub(super) fn plain_text(inlines: &[Inline]) -> String {
    let part = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Number { text, .. } | Inline::Code(text) | Inline::Math(text) => {
            text.clone()
        }
        Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
            plain_text(content)
        }
        Inline::LineBreak => " ".into(),
        Inline::Reference { number, .. } => number.clone(),
        Inline::Cite(_) | Inline::Footnote { .. } => String::new(),
    };
    inlines.iter().map(part).collect()
}
