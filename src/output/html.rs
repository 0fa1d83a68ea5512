//! One semantic HTML page that works without network and without script.

use std::collections::BTreeMap;

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};
use tera::Context;

use super::{Templates, anchor, headings, reference_word};
use crate::diagnostic::Diagnostics;
use crate::facts::{Fact, Facts, Grade};
use crate::manuscript::{Block, BlockKind, Document, Inline};
use crate::table::{Alignment, Table};

/// Renders the page; `figures` holds the SVG text of each figure by id.
///
/// # Errors
/// A broken template, located.
pub fn html(
    document: &Document,
    templates: &Templates,
    figures: &BTreeMap<String, String>,
    facts: &Facts,
) -> Result<String, Diagnostics> {
    let mut page = Page { figures, facts, notes: Vec::new() };
    let abstract_text = page.blocks(&document.abstract_blocks);
    let body = page.blocks(&document.blocks);
    let contents = headings(&document.blocks).map(|(level, number, label, content)| {
        let title = page.inlines(content);
        format!("<li class=\"level-{level}\"><a href=\"#{}\">{number} {title}</a></li>", anchor(label))
    });
    let contents = contents.collect::<Vec<_>>().join("\n");
    let mut context = Context::new();
    context.insert("title", &escape(&document.title));
    let authors: Vec<String> = document.authors.iter().map(|author| escape(author)).collect();
    context.insert("authors", &authors);
    context.insert("style", &templates.render("paper.css", &Context::new())?);
    context.insert("abstract", &abstract_text);
    context.insert("contents", &contents);
    context.insert("body", &body);
    context.insert("notes", &page.notes());
    context.insert("references", &references(document));
    templates.render("paper.html", &context)
}

fn references(document: &Document) -> String {
    let items = document.references.iter().map(|reference| {
        let url = reference.url.as_ref().map(|url| {
            let url = escape(url);
            format!(" <a href=\"{url}\">{url}</a>")
        });
        let text = reference.text.split(" [Online]").next().unwrap_or_default();
        let text = text.split(" doi: ").next().unwrap_or_default().trim_end_matches([',', ' ']);
        format!("<li id=\"ref-{}\">{}{}</li>", escape(&reference.key), escape(text), url.unwrap_or_default())
    });
    items.collect::<Vec<_>>().join("\n")
}

struct Page<'a> {
    figures: &'a BTreeMap<String, String>,
    facts: &'a Facts,
    notes: Vec<(usize, String)>,
}

impl Page<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> String {
        blocks.iter().map(|block| self.block(&block.kind)).collect::<Vec<_>>().join("\n")
    }

    fn block(&mut self, kind: &BlockKind) -> String {
        match kind {
            BlockKind::Heading { level, number, label, content } => {
                let (level, content) = ((level + 1).min(6), self.inlines(content));
                let id = anchor(label);
                format!("<h{level} id=\"{id}\"><span class=\"number\">{number}</span> {content}</h{level}>")
            }
            BlockKind::Paragraph(content) => format!("<p>{}</p>", self.inlines(content)),
            BlockKind::List { start, items } => {
                let items: Vec<_> =
                    items.iter().map(|item| format!("<li>{}</li>", self.blocks(item))).collect();
                match start {
                    Some(start) => format!("<ol start=\"{start}\">\n{}\n</ol>", items.join("\n")),
                    None => format!("<ul>\n{}\n</ul>", items.join("\n")),
                }
            }
            BlockKind::Quote(inner) => format!("<blockquote>{}</blockquote>", self.blocks(inner)),
            BlockKind::Code { text, .. } => {
                format!("<pre tabindex=\"0\"><code>{}</code></pre>", escape(text))
            }
            BlockKind::Equation { tex, label, number } => {
                let id = label.as_ref().map(|label| format!(" id=\"{}\"", anchor(label))).unwrap_or_default();
                let number =
                    number.map(|n| format!("<span class=\"number\">({n})</span>")).unwrap_or_default();
                format!(
                    "<div class=\"equation\" tabindex=\"0\"{id}>{}{number}</div>",
                    mathml(tex, DisplayMode::Block)
                )
            }
            BlockKind::Figure { id, label, number, caption, wide, .. } => {
                let svg = self.figures.get(id).map(String::as_str).unwrap_or_default();
                let svg = svg.find("<svg").map_or("", |start| &svg[start..]);
                let (class, caption) = (if *wide { " class=\"wide\"" } else { "" }, self.inlines(caption));
                format!(
                    "<figure id=\"{}\"{class}>\n<div class=\"scroll\" tabindex=\"0\">{svg}</div>\n\
                     <figcaption><b>Fig. {number}.</b> {caption}</figcaption>\n</figure>",
                    anchor(label)
                )
            }
            BlockKind::Table { label, number, caption, table, .. } => {
                let caption = self.inlines(caption);
                let rows = self.table(table);
                let notes = table.notes.iter().map(|note| format!("<p class=\"note\">{}</p>", escape(note)));
                format!(
                    "<div class=\"scroll\" tabindex=\"0\" id=\"{}\">\n<table>\n<caption><b>Table {number}.</b> {caption}\
                     </caption>\n{rows}\n</table>\n{}</div>",
                    anchor(label),
                    notes.collect::<String>()
                )
            }
        }
    }

    fn table(&self, table: &Table) -> String {
        let class = |alignment| if alignment == Alignment::Decimal { " class=\"decimal\"" } else { "" };
        let header = table.columns.iter().map(|column| {
            format!("<th scope=\"col\"{}>{}</th>", class(column.alignment), escape(&column.header))
        });
        let rows = table.rows.iter().map(|row| {
            let cells = row.iter().zip(&table.columns).enumerate().map(|(index, (cell, column))| {
                let text = match &cell.fact {
                    Some(fact) => self.number(fact, &cell.text),
                    None => escape(&cell.text),
                };
                if index == 0 {
                    format!("<th scope=\"row\">{text}</th>")
                } else {
                    format!("<td{}>{text}</td>", class(column.alignment))
                }
            });
            format!("<tr>{}</tr>", cells.collect::<String>())
        });
        let (header, rows) = (header.collect::<String>(), rows.collect::<Vec<_>>().join("\n"));
        format!("<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}\n</tbody>")
    }

    fn inlines(&mut self, content: &[Inline]) -> String {
        content.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&mut self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => escape(text),
            Inline::Number { fact, text } => self.number(fact, text),
            Inline::Emphasis(content) => format!("<em>{}</em>", self.inlines(content)),
            Inline::Strong(content) => format!("<strong>{}</strong>", self.inlines(content)),
            Inline::Code(text) => format!("<code>{}</code>", escape(text)),
            Inline::Math(tex) => mathml(tex, DisplayMode::Inline),
            Inline::Link { url, content } => {
                format!("<a href=\"{}\">{}</a>", escape(url), self.inlines(content))
            }
            Inline::Cite(cited) => {
                let links = cited
                    .iter()
                    .map(|(key, number)| format!("<a href=\"#ref-{}\">{number}</a>", escape(key)));
                format!("[{}]", links.collect::<Vec<_>>().join(", "))
            }
            Inline::Reference { kind, label, number } => {
                format!("<a href=\"#{}\">{}&nbsp;{number}</a>", anchor(label), reference_word(*kind))
            }
            Inline::Footnote { number, content } => {
                let note = self.inlines(content);
                self.notes.push((*number, note));
                format!("<sup><a id=\"noteref-{number}\" href=\"#note-{number}\">{number}</a></sup>")
            }
            Inline::LineBreak => "<br>".to_owned(),
        }
    }

    /// A number with what a sceptical reader asks of it.
    fn number(&self, name: &str, text: &str) -> String {
        let Some(fact) = self.facts.get(name) else { return escape(text) };
        let Fact { grade, formula, source, published, unit, .. } = fact;
        let grade = match grade {
            Grade::Computed => "computed",
            Grade::Assumption => "computed from an assumption",
            Grade::Quoted => "quoted",
        };
        let published = published.as_ref().map(|published| {
            format!("; published: {} ({})", unit.display(published.value, None), published.place)
        });
        let title = format!("{name}: {grade}; {formula}; source: {source}{}", published.unwrap_or_default());
        format!("<span class=\"fact\" title=\"{}\">{}</span>", escape(&title), escape(text))
    }

    fn notes(&self) -> String {
        let notes = self.notes.iter().map(|(number, note)| {
            format!("<li id=\"note-{number}\">{note} <a href=\"#noteref-{number}\" aria-label=\"back\">&#8617;</a></li>")
        });
        notes.collect::<Vec<_>>().join("\n")
    }
}

/// MathML of a formula that the manuscript has already checked.
fn mathml(tex: &str, display_mode: DisplayMode) -> String {
    let storage = Storage::new();
    let mut text = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    match push_mathml(&mut text, Parser::new(tex, &storage), config) {
        Ok(()) => text,
        Err(_) => format!("<code>{}</code>", escape(tex)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
