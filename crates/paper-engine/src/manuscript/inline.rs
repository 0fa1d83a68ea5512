//! Text inside a block: numbers, references, citations, footnotes, formulas.

use comrak::nodes::{LineColumn, Node, NodeValue};

use super::builder::{Builder, Text, is_invisible};
use super::call::{DOLLAR, begins_call, begins_formula};
use super::cross_reference::Referred;
use super::equation::{Display, NUMBERS};
use super::formula::Formula;
use super::label::kind_of;
use super::macros::expand;
use super::math;
use super::position::Folded;
use super::source::{Origin, align};
use super::tree::{Block, BlockKind, Citation, Inline, InlineKind, LabelKind};
use crate::diagnostic::{Diagnostic, Location};
use crate::source::{Position, SourceMap};

/// Adjacent text of a paragraph, and where it was written.
#[derive(Default)]
struct Run {
    text: String,
    source: SourceMap,
}

/// A formula as it is written, and where.
pub(super) struct Written {
    formula: Formula,
    /// Where it begins, as far as that is known for its signs.
    start: Option<Position>,
    /// Where it begins.
    place: Location,
}

impl Written {
    /// Finds the formula whose masked inside this is.
    fn of(text: &Text<'_>, literal: &str, place: &Location) -> Self {
        let masked = text.masked.formula(literal).cloned();
        let start = masked.as_ref().map(|(_, start)| *start);
        let formula = masked.map_or_else(|| Formula::unmasked(literal), |(formula, _)| formula);
        Self { formula, start, place: place.clone() }
    }

    /// Returns the place of a command of the formula, before which so many of the same stand.
    pub fn place_of(&self, origin: &Origin, command: &str, nth: usize) -> Location {
        let source = &self.formula.source;
        let found = source.match_indices(command).nth(nth).or_else(|| source.match_indices(command).next());
        let (Some(start), Some((at, _))) = (self.start, found) else { return self.place.clone() };
        let before = &source[..at];
        let column = |start| before.rsplit('\n').next().unwrap_or_default().chars().count() + start;
        match before.matches('\n').count() {
            0 => origin.at(start.line, column(start.column)),
            lines => origin.at(start.line + lines, column(1)),
        }
    }
}

/// Begins the names by which Markdown knows notes that stand in their line.
const INLINE_NOTE: &str = "__inline";

impl Text<'_> {
    /// Returns where a node begins in the text.
    pub(super) fn start(&self, node: Node<'_>) -> LineColumn {
        let counted = node.data.borrow().sourcepos.start;
        let mut start = counted;
        start.column += self.indent;
        self.folded.iter().for_each(|note| note.unfold(counted, &mut start));
        if let Some((line, column)) = self.note {
            start.column += if start.line == 1 { column } else { 0 };
            start.line += line.saturating_sub(1);
        }
        start
    }

    /// Keeps in mind that a note in its line is written over several, if it is.
    fn fold(&mut self, note: Node<'_>) {
        let block = note.ancestors().find(|node| node.data.borrow().value.block());
        let last_line = block.map_or(0, |block| block.data.borrow().sourcepos.end.line);
        let begin = note.data.borrow().sourcepos.start;
        self.folded.extend(Folded::of(begin, last_line, self.start(note), &self.lines));
    }
}

impl Builder<'_> {
    /// Converts the inline nodes of a block.
    pub(super) fn inlines<'n>(
        &mut self,
        text: &mut Text<'n>,
        nodes: impl IntoIterator<Item = Node<'n>>,
    ) -> Vec<Inline> {
        let (mut out, mut run) = (Vec::new(), Run::default());
        text.quoting.enter();
        for node in nodes {
            let value = node.data.borrow().value.clone();
            let position = text.start(node);
            if let NodeValue::Text(_) | NodeValue::SoftBreak = value {
                if let NodeValue::Text(part) = &value {
                    // Dollar signs in a bare address are a part of it.
                    let opened = part.contains(begins_formula).then(|| text.masked.open(part));
                    if opened.as_ref().is_some_and(|opened| opened.contains('\n')) {
                        let place = text.origin.at(position.line, position.column);
                        let error = Diagnostic::new(place, "a formula of several lines cannot begin here");
                        self.errors.push(error.remedy("write an empty line before it"));
                        continue;
                    }
                    let part = opened.as_deref().unwrap_or(part);
                    let line = text.lines.get(position.line.saturating_sub(1)).copied().unwrap_or_default();
                    let columns = align(part, line, position.column);
                    let set = text.quoting.set(part, line, &columns);
                    for (byte, column) in columns {
                        if let Some(place) = text.origin.position(position.line, column) {
                            run.source.push(run.text.len() + byte, place);
                        }
                    }
                    run.text.push_str(&set);
                } else {
                    run.text.push('\n');
                }
                continue;
            }
            let finished = std::mem::take(&mut run);
            self.flush(text, finished, &mut out);
            let place = text.origin.position(position.line, position.column);
            if let Some(kind) = self.inline(text, node, value, &text.origin.locate(place)) {
                out.push(Inline::new(kind, place));
            }
        }
        self.flush(text, run, &mut out);
        text.quoting.leave();
        join(out)
    }

    fn inline<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        value: NodeValue,
        place: &Location,
    ) -> Option<InlineKind> {
        let mut refuse = |message: &str, remedy: &str| {
            self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
            None
        };
        match value {
            NodeValue::Emph => Some(InlineKind::Emphasis(self.inlines(text, node.children()))),
            NodeValue::Strong => Some(InlineKind::Strong(self.inlines(text, node.children()))),
            NodeValue::Code(code) => {
                Some(InlineKind::Code(self.fill(text, &code.literal, true, str::to_owned)))
            }
            NodeValue::LineBreak => Some(InlineKind::LineBreak),
            NodeValue::Strikethrough => {
                if let Some(lowered) = lowered(text, node) {
                    let remedy =
                        format!("write a formula, $_{{{lowered}}}$; to strike text out, write ~~text~~");
                    return refuse(&format!("`~{lowered}~` lowers nothing here"), &remedy);
                }
                Some(InlineKind::Strikeout(self.inlines(text, node.children())))
            }
            NodeValue::Link(link) => {
                let content = self.inlines(text, node.children());
                let url = self.fill(text, &link.url, false, str::to_owned);
                self.check_link(&url, place);
                if content
                    .iter()
                    .all(|one| matches!(&one.kind, InlineKind::Text(text) if text.trim().is_empty()))
                {
                    let error =
                        Diagnostic::new(place.clone(), "this link has no text, and nobody would see it");
                    self.errors.push(error.remedy("write the words that lead there between the brackets"));
                }
                self.refuse_title(&link.title, place);
                Some(InlineKind::Link { url, content })
            }
            NodeValue::Escaped => {
                let sign = plain(node);
                let rest = node.next_sibling().map(plain_siblings).unwrap_or_default();
                if let Some(formula) = latex_formula(&sign, &rest) {
                    return refuse(
                        &format!("`\\{sign}{formula}` is a formula of LaTeX"),
                        "write a formula as $...$ or $$...$$; a bracket of the text needs no `\\`",
                    );
                }
                Some(InlineKind::Text(sign))
            }
            NodeValue::Math(formula) if !formula.display_math => {
                Some(InlineKind::Math(self.formula(text, &formula.literal, place)))
            }
            NodeValue::Math(_) => {
                refuse("a displayed formula cannot stand here", "move the formula into the paragraph itself")
            }
            NodeValue::FootnoteReference(note) => {
                let (definition, defined) = text.footnotes.get(&note.name)?.clone();
                if text.open_notes.contains(&note.name) {
                    return refuse("a footnote refers to itself", "delete the inner reference");
                }
                if let Some(number) = text.called_notes.get(&note.name) {
                    return Some(InlineKind::FootnoteAgain(*number));
                }
                self.counted.footnotes += 1;
                let number = self.counted.footnotes;
                self.labels.define_note(&note.name, number, defined);
                text.called_notes.insert(note.name.clone(), number);
                text.open_notes.push(note.name.clone());
                let begin = text.start(node);
                let is_in_line = note.name.starts_with(INLINE_NOTE);
                if is_in_line {
                    text.fold(node);
                }
                let base = is_in_line.then_some((begin.line, begin.column + 1));
                let (outer, indent) =
                    (std::mem::replace(&mut text.note, base), std::mem::take(&mut text.indent));
                let folded = std::mem::take(&mut text.folded);
                let labels = std::mem::take(&mut self.pending_labels);
                let blocks = self.blocks(text, definition);
                self.pending_labels = labels;
                (text.note, text.indent, text.folded) = (outer, indent, folded);
                text.open_notes.pop();
                self.check_note(&blocks);
                Some(InlineKind::Footnote { number, blocks })
            }
            NodeValue::HtmlInline(html) if html.starts_with("<!--") => None,
            NodeValue::HtmlInline(html) => {
                let message = format!("`{}` is HTML", text.masked.unmask(&html));
                refuse(&message, "write it in Markdown, or escape `<` as `\\<`")
            }
            NodeValue::Image(link) => {
                self.refuse_title(&link.title, place);
                self.picture_in_line(text, node, &link.url, place)
            }
            _ => {
                self.errors.push(Diagnostic::new(place.clone(), "this construct cannot be typeset"));
                None
            }
        }
    }

    /// Reports what cannot stand in a footnote.
    fn check_note(&mut self, blocks: &[Block]) {
        let is_allowed = |block: &&Block| {
            matches!(
                block.kind,
                BlockKind::Paragraph(_)
                    | BlockKind::List { .. }
                    | BlockKind::Quote(_)
                    | BlockKind::Definition { .. }
                    | BlockKind::Code { .. }
                    | BlockKind::Equation { .. }
            )
        };
        let mut open: Vec<&Block> = blocks.iter().rev().collect();
        while let Some(block) = open.pop() {
            if is_allowed(&block) {
                open.extend(block.children().iter().flatten().rev());
                continue;
            }
            let message =
                "a footnote holds paragraphs, lists, quotations, formulas and listings without caption";
            let error = Diagnostic::new(block.location.clone(), message);
            self.errors.push(error.remedy("move headings, figures, tables and the like into the text"));
        }
    }

    /// Reports the title of a link or a picture, which only a pointer would see.
    pub(super) fn refuse_title(&mut self, title: &str, place: &Location) {
        if !title.is_empty() {
            let message = format!("the title \"{title}\" would be printed nowhere");
            self.errors.push(Diagnostic::new(place.clone(), message).remedy("say it in the text"));
        }
    }

    /// Reports an address that nobody can follow.
    fn check_link(&mut self, url: &str, place: &Location) {
        if let Some((label, kind)) = url.strip_prefix('#').and_then(|label| Some((label, kind_of(label)?))) {
            if kind == LabelKind::Footnote {
                let error = Diagnostic::new(place.clone(), "a link cannot lead to a footnote");
                self.errors.push(error.remedy(format!("write @{label}, which prints its number")));
                return;
            }
            self.labels.want(label, None, place.clone());
            return;
        }
        let lower = url.trim().to_ascii_lowercase();
        // Only a text that stands alone, beside the paper, has a site.
        let has_site = self.sources.abstract_file.is_none() && lower.starts_with("site:");
        if has_site || ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
            return;
        }
        let message = match url.trim() {
            "" => "this link has no address".to_owned(),
            url => format!("nobody can follow a link to `{url}` from a printed page"),
        };
        let remedy =
            "write a whole address such as https://example.org, mailto:..., or a label such as #sec:name";
        self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
    }

    /// Fills the numbers into the formula in a line whose masked inside this is, and checks it.
    pub(super) fn formula(&mut self, text: &mut Text<'_>, literal: &str, place: &Location) -> String {
        let written = Written::of(text, literal, place);
        let tex = self.opened(text, &written).unwrap_or_default();
        if !tex.is_empty() {
            self.check_formula(text, &written, &tex);
        }
        tex
    }

    /// Does the same for a displayed formula; what it says of its numbers is still in it.
    pub(super) fn display(
        &mut self,
        text: &mut Text<'_>,
        literal: &str,
        place: &Location,
    ) -> (Display, Written) {
        let written = Written::of(text, literal, place);
        let read = self.opened(text, &written).map(|tex| Display::read(&tex));
        let display = match read {
            None => Display::default(),
            Some(Ok(display)) => {
                self.check_formula(text, &written, &display.tex);
                display
            }
            Some(Err(fault)) => {
                self.tell(text, &written, fault);
                Display::default()
            }
        };
        (display, written)
    }

    /// Returns a formula with its numbers, and with the commands of the paper replaced; what keeps it from that
    /// is reported.
    fn opened(&mut self, text: &mut Text<'_>, written: &Written) -> Option<String> {
        let formula = &written.formula;
        let mut wrong = |message: String, remedy: &str| {
            self.errors.push(Diagnostic::new(written.place.clone(), message).remedy(remedy));
        };
        if formula.tex.trim().is_empty() {
            wrong("this formula is empty".to_owned(), "write it, or delete it");
            return None;
        }
        if let Some(command) = math::definition(&formula.tex) {
            let remedy =
                "define commands under `macros` in paper/paper.yaml, such as `macros: {R: '\\mathbb{R}'}`";
            wrong(format!("a formula cannot hold `{command}`"), remedy);
            return None;
        }
        let tex = self.fill(text, &formula.tex, true, math::number).trim().to_owned();
        match expand(&tex, self.sources.macros) {
            Ok(tex) => Some(tex),
            Err(message) => {
                let message = format!("this formula cannot be typeset: {message}");
                let remedy = "correct it here, or under `macros` in paper/paper.yaml";
                self.errors.push(Diagnostic::new(written.place.clone(), message).remedy(remedy));
                None
            }
        }
    }

    /// Reports what keeps a formula from being set.
    fn check_formula(&mut self, text: &Text<'_>, written: &Written, tex: &str) {
        if written.formula.is_prose() {
            let message = format!("`${}$` reads like words between two dollar signs", written.formula.source);
            let remedy = "write `\\$` for a dollar sign of the text, and words of a formula in \\text{...}";
            self.errors.push(Diagnostic::new(written.place.clone(), message).remedy(remedy));
        } else if let Err(fault) = math::check(tex) {
            self.tell(text, written, fault);
        }
    }

    fn tell(&mut self, text: &Text<'_>, written: &Written, fault: math::Fault) {
        let place = fault.written.map(|command| written.place_of(&text.origin, &command, fault.nth));
        let message = format!("this formula cannot be typeset: {}", fault.text);
        let error = Diagnostic::new(place.unwrap_or_else(|| written.place.clone()), message);
        self.errors.push(match fault.remedy {
            Some(remedy) => error.remedy(remedy),
            None => error,
        });
    }

    /// Converts a stretch of text; labels, citations, references and calls are found in it.
    fn flush(&mut self, text: &mut Text<'_>, run: Run, out: &mut Vec<Inline>) {
        let (mut at, mut start, mut previous) = (0, 0, ' ');
        while let Some(c) = run.text[at..].chars().next() {
            let mut found = Vec::new();
            let used = self.token(text, &run, at, previous, &mut found);
            if let Some(used) = used {
                push_plain(&run, start..at, out);
                let position = run.source.position(&run.text, at);
                out.extend(found.into_iter().map(|kind| Inline::new(kind, position)));
                start = at + used;
            }
            let used = used.unwrap_or(c.len_utf8());
            previous = run.text[at..at + used].chars().last().unwrap_or(c);
            at += used;
        }
        push_plain(&run, start..at, out);
    }

    /// Reads one token at a byte of a run; returns how many bytes it has.
    fn token(
        &mut self,
        text: &mut Text<'_>,
        run: &Run,
        at: usize,
        previous: char,
        out: &mut Vec<InlineKind>,
    ) -> Option<usize> {
        let rest = &run.text[at..];
        // Most characters begin nothing, and to find the place of each would take long in a long paragraph.
        if !rest.starts_with(|c| "{[:\\`@^".contains(c) || c == DOLLAR || begins_call(c)) {
            return None;
        }
        let location = text.origin.locate(run.source.position(&run.text, at));
        if let Some((0, index, length)) = text.masked.next(rest) {
            out.extend(self.print(text, index));
            return Some(length);
        }
        if rest.starts_with("{{") {
            let error = Diagnostic::new(location, "these braces hold no call");
            self.errors
                .push(error.remedy("write {{ fact(name=\"...\") }}, or `\\{` for a brace of the text"));
            return Some(2);
        }
        if rest.starts_with("[@") || rest.starts_with("[#") {
            let end = rest.find(']')?;
            let inside = &rest[1..end];
            match inside.strip_prefix('#') {
                Some(label) => self.pending_labels.push((label.trim().to_owned(), location)),
                None if self.is_group(inside) => {
                    let mut start = at + 1;
                    let parts = inside.split(';').map(|part| {
                        let begin = start + part.len() - part.trim_start().len();
                        start += part.len() + 1;
                        (part.trim(), text.origin.locate(run.source.position(&run.text, begin)))
                    });
                    let parts = parts.collect();
                    out.extend(self.group(parts));
                }
                None => out.extend(self.citation(text, run, at + 1..at + end)),
            }
            return Some(end + 1);
        }
        if let Some(inside) = rest.strip_prefix("{#") {
            let label = inside.split(['}', ' ']).next().filter(|label| kind_of(label).is_some())?;
            let error = Diagnostic::new(location, format!("`{label}` in braces is no label here"));
            self.errors.push(error.remedy(format!("write [#{label}]")));
            return Some(rest.find('}').map_or(label.len() + 2, |end| end + 1));
        }
        if let Some(inside) = rest.strip_prefix('{').filter(|rest| rest.starts_with(['.', '-', '=']))
            && let Some((inside, _)) = inside.split_once('}')
            && !inside.contains([' ', '\n'])
        {
            let error = Diagnostic::new(location, format!("`{{{inside}}}` means nothing here"));
            self.errors.push(error.remedy("delete it; a brace of the text is `\\{`"));
            return Some(inside.len() + 2);
        }
        // Markdown reads none of these inside of other brackets.
        if rest.starts_with("^[")
            && let Some(end) = rest.find(']')
        {
            let message = "a note in its line cannot stand in the caption of a picture or in a link";
            let remedy = "write [^name] there, and a line `[^name]: ...`; a sign of the text is `\\^`";
            self.errors.push(Diagnostic::new(location, message).remedy(remedy));
            return Some(end + 1);
        }
        if let Some(raised) = raised(rest).filter(|_| previous.is_alphanumeric()) {
            let message = format!("`^{raised}^` raises nothing here");
            let error = Diagnostic::new(location, message);
            self.errors
                .push(error.remedy(format!("write a formula, $^{{{raised}}}$; a sign of the text is `\\^`")));
            return Some(raised.len() + 2);
        }
        if rest.starts_with("[^") {
            let name = &rest[2..rest.find(']')?];
            let names: Vec<String> = text.footnotes.keys().cloned().collect();
            let diagnostic = Diagnostic::new(location, format!("no footnote is named `{name}`"))
                .remedy(format!("add a line `[^{name}]: ...` to this file"));
            self.errors.push(diagnostic.suggest(name, names.iter().map(String::as_str)));
            return Some(name.len() + 3);
        }
        if let Some(after) = rest.strip_prefix(DOLLAR) {
            if after.starts_with(DOLLAR) {
                let diagnostic = Diagnostic::new(location, "this `$$` is not closed");
                self.errors.push(diagnostic.remedy("close it with `$$`; a formula has no empty lines"));
                return Some(2 * DOLLAR.len_utf8());
            }
            out.push(InlineKind::Text("$".into()));
            return Some(DOLLAR.len_utf8());
        }
        if rest.starts_with(":::") {
            let error = Diagnostic::new(location, "a `:::` stands at the beginning of a line of its own");
            self.errors.push(error.remedy("write `::: figure ID` on a line, and `:::` on the next one"));
            return Some(rest.find('\n').unwrap_or(rest.len()));
        }
        if let Some(command) = latex_command(rest) {
            let error = Diagnostic::new(location, format!("`\\{command}` is a command of LaTeX"));
            self.errors.push(error.remedy(instead(command)));
            return Some(1 + command.len());
        }
        if rest.starts_with("``") {
            let error = Diagnostic::new(location, "these are quotation marks of LaTeX");
            self.errors.push(error.remedy("write \"...\"; for a backtick of the text write \\`"));
            return Some(2);
        }
        if rest.starts_with('@') && !previous.is_alphanumeric() {
            return self.reference(rest, location, out);
        }
        None
    }

    /// Reads the citations in these bytes of a run.
    fn citation(&mut self, text: &Text<'_>, run: &Run, inside: std::ops::Range<usize>) -> Option<InlineKind> {
        let mut cited = Vec::new();
        let whole = &run.text[inside.clone()];
        let mut start = inside.start;
        for part in whole.split(';') {
            let begin = start + part.len() - part.trim_start().len();
            start += part.len() + 1;
            // A list of numbers names no author, so that there is none to leave out.
            let part = part.trim().strip_prefix("-@").or_else(|| part.trim().strip_prefix('@'));
            let (key, locator) = part.map_or(("", None), |part| match part.split_once(',') {
                Some((key, locator)) => (key.trim_end(), Some(locator.trim())),
                None => (part, None),
            });
            let location = text.origin.locate(run.source.position(&run.text, begin));
            if key.is_empty() || key.contains([' ', '\n', '@']) || locator.is_some_and(str::is_empty) {
                let message = format!("`[{}]` is not a citation", whole.replace('\n', " "));
                let remedy = "write `[@key]`, `[@key, p. 3]` or `[@one; @two]`";
                self.errors.push(Diagnostic::new(location, message).remedy(remedy));
                continue;
            }
            match self.bibliography.cite(key) {
                Some(number) => {
                    let locator = locator.map(|locator| locator.replace('\n', " "));
                    cited.push(Citation { key: key.to_owned(), number, locator });
                }
                None => {
                    let message = format!("no entry of the bibliography has the key `{key}`");
                    let error = Diagnostic::new(location, message)
                        .remedy("correct the key, or add its entry to the bibliography");
                    self.errors.push(error.suggest(key, self.bibliography.keys()));
                }
            }
        }
        (!cited.is_empty()).then_some(InlineKind::Cite(cited))
    }

    /// Reads a reference at the beginning of `rest`; returns how many bytes it has.
    fn reference(&mut self, rest: &str, location: Location, out: &mut Vec<InlineKind>) -> Option<usize> {
        let is_part = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
        let end = rest[1..].find(|c| !is_part(c)).map_or(rest.len(), |end| end + 1);
        let label = rest[1..end].trim_end_matches(['.', ':', '-']);
        if label.is_empty() {
            return None;
        }
        let is_kind = !label.contains(':') && kind_of(&format!("{label}:")).is_some();
        if is_kind && rest[1 + label.len()..].starts_with(':') {
            let after = rest[label.len() + 2..].chars().next().unwrap_or(' ');
            let found = match after {
                c if c.is_whitespace() => "nothing".to_owned(),
                c if is_invisible(c) => format!("the invisible character U+{:04X}", u32::from(c)),
                c => format!("`{c}`"),
            };
            let message = format!("`@{label}:` names nothing: {found} follows");
            self.errors.push(Diagnostic::new(location, message).remedy(format!("write @{label}:name")));
            return Some(label.len() + 2);
        }
        let used = label.len() + 1;
        if let Some(referred) = Referred::read(label) {
            let (referred, length) = referred.with_part(&rest[used..]);
            out.push(self.refer(referred, location));
            return Some(used + length);
        }
        let diagnostic = if let Some((kind, _)) = label.split_once(':') {
            Diagnostic::new(location, format!("`{kind}:` is no kind of label"))
                .remedy("write @sec:, @fig:, @tab: or @eq:")
        } else if self.bibliography.contains(label) {
            Diagnostic::new(location, format!("the citation `@{label}` has no brackets"))
                .remedy(format!("write `[@{label}]`"))
        } else if let Some((kind, name)) = label.split_once('-')
            && matches!(kind, "sec" | "fig" | "tab" | "tbl" | "eq" | "thm" | "lst")
        {
            let kind = if kind == "tbl" { "tab" } else { kind };
            Diagnostic::new(location, format!("`@{label}` refers to nothing"))
                .remedy(format!("write @{kind}:{name}"))
        } else {
            return None;
        };
        self.errors.push(diagnostic);
        Some(used)
    }

    /// Takes the place at which an author asks for numbers behind a displayed formula.
    pub(super) fn take_numbers(&mut self) -> Option<Location> {
        let at = self.pending_labels.iter().position(|(label, _)| label == NUMBERS)?;
        Some(self.pending_labels.remove(at).1)
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
                    (format!("`{label}` cannot label an equation"), "write [#eq:name], or [#numbers]")
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

/// Returns what stands between two carets, as some tools raise it.
fn raised(rest: &str) -> Option<&str> {
    let (inside, _) = rest.strip_prefix('^')?.split_once('^')?;
    (!inside.is_empty() && !inside.contains(char::is_whitespace)).then_some(inside)
}

/// Returns the name of the command of LaTeX that a text begins with.
fn latex_command(rest: &str) -> Option<&str> {
    let name = rest.strip_prefix('\\')?;
    let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    (end > 0).then(|| &name[..end])
}

/// Returns what to write instead of a command of LaTeX.
fn instead(command: &str) -> String {
    let markdown = match command {
        "textbf" | "bf" | "bfseries" => "write **bold**",
        "emph" | "textit" | "it" | "em" => "write *emphasis*",
        "texttt" | "verb" | "tt" => "write `code`",
        "cite" | "citep" | "citet" | "parencite" | "autocite" | "textcite" => "write [@key]",
        "ref" | "autoref" | "cref" | "Cref" | "eqref" => "write @sec:name, @fig:name, @tab:name or @eq:name",
        "label" => "write [#sec:name] behind a heading, or [#eq:name] behind a formula",
        "footnote" => "write [^name], and a line `[^name]: ...`",
        "url" | "href" => "write <https://...> or [text](https://...)",
        "section" | "subsection" | "subsubsection" | "paragraph" => "write # Heading",
        "begin" | "end" => "write a formula between $$, a list with `-`, a figure with `::: figure ID`",
        _ => "write it in Markdown, or as a formula between dollar signs",
    };
    format!("{markdown}; for a backslash of the text write `\\\\`")
}

/// Returns what single tildes strike out inside a word, where some tools lower it: `H~2~O`.
fn lowered(text: &Text<'_>, node: Node<'_>) -> Option<String> {
    let start = text.start(node);
    let line: Vec<char> = text.lines.get(start.line.checked_sub(1)?)?.chars().collect();
    let at = start.column.checked_sub(1)?;
    let is_single = line.get(at) == Some(&'~') && line.get(at + 1) != Some(&'~');
    let before = line.get(at.checked_sub(1)?)?;
    (is_single && before.is_alphanumeric()).then(|| plain(node))
}

/// Returns the formula that an escaped bracket begins if it is one of LaTeX, its end among it.
fn latex_formula(sign: &str, rest: &str) -> Option<String> {
    let end = match sign {
        "(" => ")",
        "[" => "]",
        _ => return None,
    };
    let at = rest.find(end)?;
    let inside = &rest[..at];
    let has_signs = inside.contains(['=', '^', '_', '+', '\\', '<', '>']);
    (has_signs && inside.len() < 200).then(|| format!("{inside}\\{end}"))
}

/// Returns the text of a node and of those behind it.
fn plain_siblings(node: Node<'_>) -> String {
    node.following_siblings().map(plain).collect()
}

fn plain(node: Node<'_>) -> String {
    let part = |node: Node<'_>| match &node.data.borrow().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    };
    node.descendants().map(part).collect()
}

/// Adds these bytes of a run as plain text; a line of the author's file ends no word.
fn push_plain(run: &Run, bytes: std::ops::Range<usize>, out: &mut Vec<Inline>) {
    if !bytes.is_empty() {
        let source = run.source.part(&run.text, bytes.clone());
        out.push(Inline { kind: InlineKind::Text(run.text[bytes].replace('\n', " ")), source });
    }
}

/// Joins adjacent texts.
pub(super) fn join(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for inline in inlines {
        if let InlineKind::Text(text) = &inline.kind
            && let Some(Inline { kind: InlineKind::Text(before), source }) = out.last_mut()
        {
            source.append(before.len(), &inline.source);
            before.push_str(text);
        } else {
            out.push(inline);
        }
    }
    out
}

/// Drops spaces at both ends of a block's text.
pub(super) fn trim(mut inlines: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline { kind: InlineKind::Text(text), source }) = inlines.first_mut() {
        let start = text.len() - text.trim_start().len();
        *source = source.part(text, start..text.len());
        text.drain(..start);
    }
    if let Some(Inline { kind: InlineKind::Text(text), .. }) = inlines.last_mut() {
        text.truncate(text.trim_end().len());
    }
    inlines.retain(|inline| !matches!(&inline.kind, InlineKind::Text(text) if text.is_empty()));
    // What a label leaves of its line is no line.
    let is_break = |inline: &Inline| inline.kind == InlineKind::LineBreak;
    while inlines.last().is_some_and(is_break) {
        inlines.pop();
    }
    let breaks = inlines.iter().take_while(|inline| is_break(inline)).count();
    inlines.drain(..breaks);
    inlines
}
