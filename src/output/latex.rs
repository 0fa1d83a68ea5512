//! LaTeX for the conference class, with the source of every line.

use tera::Context;

use super::Templates;
use crate::diagnostic::{Diagnostics, Location};
use crate::manuscript::{Block, BlockKind, Document, Inline, LabelKind};
use crate::table::{Alignment, Table};

/// LaTeX text and, for each of its lines, where the author wrote it.
#[derive(Clone, Debug)]
pub struct Latex {
    /// The text.
    pub text: String,
    /// Place of the source of line n + 1.
    pub lines: Vec<Option<Location>>,
}

/// A body line begins with this mark and the number of its place; it is taken out of the final text.
const PLACE: char = '\u{E010}';

/// Renders the paper in LaTeX.
///
/// # Errors
/// A broken template, located.
pub fn latex(document: &Document, templates: &Templates) -> Result<Latex, Diagnostics> {
    let mut body = Body::default();
    body.blocks(&document.abstract_blocks);
    let abstract_text = std::mem::take(&mut body.text);
    body.blocks(&document.blocks);
    let mut context = Context::new();
    context.insert("title", &escape(&document.title));
    let authors: Vec<String> = document.authors.iter().map(|author| escape(author)).collect();
    context.insert("authors", &authors);
    let keywords: Vec<String> = document.keywords.iter().map(|keyword| escape(keyword)).collect();
    context.insert("keywords", &keywords);
    context.insert("abstract", abstract_text.trim_end());
    context.insert("body", body.text.trim_end());
    context.insert("references", &references(document));
    let marked = templates.render("paper.tex", &context)?;
    let mut latex = Latex { text: String::new(), lines: Vec::new() };
    for line in marked.lines() {
        let (place, line) = match line.strip_prefix(PLACE).and_then(|rest| rest.split_once(PLACE)) {
            Some((index, line)) => (index.parse::<usize>().ok(), line),
            None => (None, line),
        };
        latex.lines.push(place.and_then(|index| body.places.get(index)).cloned());
        latex.text.push_str(line);
        latex.text.push('\n');
    }
    Ok(latex)
}

fn references(document: &Document) -> String {
    let items = document.references.iter().map(|reference| {
        let url =
            reference.url.as_ref().map(|url| format!(" \\url{{{}}}", escape_url(url))).unwrap_or_default();
        // The style already prints some addresses; the link replaces them.
        let text = reference.text.split(" [Online]").next().unwrap_or_default();
        let text = text.split(" doi: ").next().unwrap_or_default().trim_end_matches([',', ' ']);
        format!("\\bibitem{{{}}} {}{url}", reference.key, escape(text))
    });
    items.collect::<Vec<_>>().join("\n")
}

#[derive(Default)]
struct Body {
    text: String,
    places: Vec<Location>,
}

impl Body {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            let index = self.places.len();
            self.places.push(block.location.clone());
            let text = self.block(&block.kind);
            for line in text.lines() {
                // Lines of nested blocks carry their own place already.
                let is_marked = line.starts_with(PLACE);
                let mark = if is_marked { String::new() } else { format!("{PLACE}{index}{PLACE}") };
                self.text.push_str(&mark);
                self.text.push_str(line);
                self.text.push('\n');
            }
            self.text.push('\n');
        }
    }

    fn nested(&mut self, blocks: &[Block]) -> String {
        let outer = std::mem::take(&mut self.text);
        self.blocks(blocks);
        std::mem::replace(&mut self.text, outer).trim_end().to_owned()
    }

    fn block(&mut self, kind: &BlockKind) -> String {
        match kind {
            BlockKind::Heading { level, label, content, .. } => {
                let command = match level {
                    1 => "section",
                    2 => "subsection",
                    _ => "subsubsection",
                };
                format!("\\{command}{{{}}}\\label{{{label}}}", inlines(content))
            }
            BlockKind::Paragraph(content) => inlines(content),
            BlockKind::List { start, items } => {
                let environment = if start.is_some() { "enumerate" } else { "itemize" };
                let items: Vec<_> =
                    items.iter().map(|item| format!("\\item\n{}", self.nested(item))).collect();
                format!("\\begin{{{environment}}}\n{}\n\\end{{{environment}}}", items.join("\n"))
            }
            BlockKind::Quote(inner) => format!("\\begin{{quote}}\n{}\n\\end{{quote}}", self.nested(inner)),
            BlockKind::Code { text, .. } => {
                let lines = text.lines().map(|line| format!("\\PaperCode{{{}}}", code(line)));
                format!(
                    "\\begin{{paperlisting}}\n{}\n\\end{{paperlisting}}",
                    lines.collect::<Vec<_>>().join("\n")
                )
            }
            BlockKind::Equation { tex, label, .. } => {
                let (star, label) = match label {
                    Some(label) => ("", format!("\\label{{{label}}}")),
                    None => ("*", String::new()),
                };
                format!("\\begin{{equation{star}}}{label}\n{}\n\\end{{equation{star}}}", one_paragraph(tex))
            }
            BlockKind::Figure { id, label, caption, wide, .. } => {
                let (star, width) = if *wide { ("*", "textwidth") } else { ("", "columnwidth") };
                let caption = inlines(caption);
                format!(
                    "\\begin{{figure{star}}}[t]\n\\centering\n\\includegraphics[width=\\{width}]{{figures/{id}.pdf}}\n\
                     \\caption{{{caption}}}\\label{{{label}}}\n\\end{{figure{star}}}"
                )
            }
            BlockKind::Table { label, caption, wide, table, .. } => {
                let star = if *wide { "*" } else { "" };
                let caption = inlines(caption);
                format!(
                    "\\begin{{table{star}}}[t]\n\\centering\n\\caption{{{caption}}}\\label{{{label}}}\n\\small\n{}\n\
                     \\end{{table{star}}}",
                    tabular(table)
                )
            }
        }
    }
}

/// TeX mathematics without empty lines, which would end the formula.
fn one_paragraph(tex: &str) -> String {
    tex.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

fn tabular(table: &Table) -> String {
    let columns = table.columns.iter().enumerate().map(|(index, column)| match column.alignment {
        Alignment::Left => "l".to_owned(),
        Alignment::Decimal => format!("r@{{}}{}", if has_decimals(table, index) { "l" } else { "@{}l" }),
    });
    let columns: String = columns.collect();
    let header = table.columns.iter().map(|column| match column.alignment {
        Alignment::Left => escape(&column.header),
        Alignment::Decimal => format!("\\multicolumn{{2}}{{c}}{{{}}}", escape(&column.header)),
    });
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().zip(&table.columns).map(|(cell, column)| match column.alignment {
            Alignment::Left => escape(&cell.text),
            Alignment::Decimal => split_decimal(&cell.text),
        });
        format!("{} \\\\", cells.collect::<Vec<_>>().join(" & "))
    });
    let notes = table.notes.iter().map(|note| format!("\n\n\\smallskip\\footnotesize {}", escape(note)));
    format!(
        "\\begin{{tabular}}{{{columns}}}\n\\toprule\n{} \\\\\n\\midrule\n{}\n\\bottomrule\n\\end{{tabular}}{}",
        header.collect::<Vec<_>>().join(" & "),
        rows.collect::<Vec<_>>().join("\n"),
        notes.collect::<String>()
    )
}

fn has_decimals(table: &Table, column: usize) -> bool {
    table.rows.iter().filter_map(|row| row.get(column)).any(|cell| cell.text.contains('.'))
}

/// Puts the part behind the decimal point into a column of its own.
fn split_decimal(text: &str) -> String {
    let at = text.find(|c: char| !c.is_ascii_digit() && !"-,".contains(c)).unwrap_or(text.len());
    format!("{} & {}", escape(&text[..at]), escape(&text[at..]))
}

fn inlines(content: &[Inline]) -> String {
    content.iter().map(inline).collect()
}

fn inline(one: &Inline) -> String {
    match one {
        Inline::Text(text) | Inline::Number { text, .. } => escape(text),
        Inline::Emphasis(content) => format!("\\emph{{{}}}", inlines(content)),
        Inline::Strong(content) => format!("\\textbf{{{}}}", inlines(content)),
        Inline::Code(text) => format!("\\texttt{{{}}}", code(text)),
        Inline::Math(tex) => format!("${}$", one_paragraph(tex).replace('\n', " ")),
        Inline::Link { url, content } => format!("\\href{{{}}}{{{}}}", escape_url(url), inlines(content)),
        Inline::Cite(cited) => {
            let keys: Vec<_> = cited.iter().map(|(key, _)| key.as_str()).collect();
            format!("\\cite{{{}}}", keys.join(","))
        }
        Inline::Reference { kind, label, .. } => match kind {
            LabelKind::Section => format!("Section~\\ref{{{label}}}"),
            LabelKind::Figure => format!("Fig.~\\ref{{{label}}}"),
            LabelKind::Table => format!("Table~\\ref{{{label}}}"),
            LabelKind::Equation => format!("Eq.~(\\ref{{{label}}})"),
        },
        Inline::Footnote { content, .. } => format!("\\footnote{{{}}}", inlines(content)),
        Inline::LineBreak => "\\\\\n".to_owned(),
    }
}

/// Text in which nothing is a TeX command; characters beyond ASCII become what every engine knows.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' | '}' | '#' | '$' | '%' | '&' | '_' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '^' => escaped.push_str("\\textasciicircum{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '<' => escaped.push_str("\\ensuremath{<}"),
            '>' => escaped.push_str("\\ensuremath{>}"),
            '\u{a0}' => escaped.push('~'),
            '×' => escaped.push_str("\\ensuremath{\\times}"),
            '≤' => escaped.push_str("\\ensuremath{\\le}"),
            '≥' => escaped.push_str("\\ensuremath{\\ge}"),
            '→' => escaped.push_str("\\ensuremath{\\rightarrow}"),
            'µ' => escaped.push_str("\\ensuremath{\\mu}"),
            '†' => escaped.push_str("\\textdagger{}"),
            '‡' => escaped.push_str("\\textdaggerdbl{}"),
            '–' => escaped.push_str("--"),
            '—' => escaped.push_str("---"),
            '“' => escaped.push_str("``"),
            '”' => escaped.push_str("''"),
            '‘' => escaped.push('`'),
            '’' => escaped.push('\''),
            '…' => escaped.push_str("\\ldots{}"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Verbatim text that may break behind the separators of coordinates and names.
fn code(text: &str) -> String {
    let mut set = String::new();
    for character in text.chars() {
        match character {
            ' ' => set.push_str("\\ "),
            '-' => set.push_str("-{}"),
            '\'' => set.push_str("\\textquotesingle{}"),
            '"' => set.push_str("\\textquotedbl{}"),
            '`' => set.push_str("\\textasciigrave{}"),
            _ => set.push_str(&escape(&character.to_string())),
        }
        if "/._".contains(character) {
            set.push_str("\\allowbreak{}");
        }
    }
    set
}

fn escape_url(url: &str) -> String {
    url.chars()
        .map(|character| match character {
            '\\' | '{' | '}' | '^' | '~' | ' ' => format!("\\%{:02X}", character as u32),
            '%' | '#' | '&' | '_' | '$' => format!("\\{character}"),
            _ => character.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_holds_no_commands() {
        assert_eq!(escape(r"\input{/etc/passwd}"), r"\textbackslash{}input\{/etc/passwd\}");
        assert_eq!(escape("5 % of x_1 & “y”"), "5 \\% of x\\_1 \\& ``y''");
        assert_eq!(split_decimal("12.50†"), "12 & .50\\textdagger{}");
    }
}
