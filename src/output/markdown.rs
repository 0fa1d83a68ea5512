//! The assembled Markdown file.

use std::fmt::Write;

use super::{anchor, headings, reference_word};
use crate::manuscript::{Block, BlockKind, Document, Inline};
use crate::table;

/// Renders the whole paper as one Markdown file with contents, numbers and references.
pub fn markdown(document: &Document) -> String {
    let mut notes = Vec::new();
    let mut text = format!("# {}\n\n{}\n\n## Abstract\n\n", document.title, document.authors.join(", "));
    text.push_str(&blocks(&document.abstract_blocks, &mut notes));
    text.push_str("\n\n## Contents\n\n");
    for (level, number, label, content) in headings(&document.blocks) {
        let indent = "  ".repeat(usize::from(level).saturating_sub(1));
        let title = inlines(content, &mut Vec::new());
        push(&mut text, format_args!("{indent}- [{number} {title}](#{})\n", anchor(label)));
    }
    push(&mut text, format_args!("\n{}\n", blocks(&document.blocks, &mut notes)));
    if !document.references.is_empty() {
        text.push_str("\n## References\n\n");
        for reference in &document.references {
            let url = reference.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
            push(&mut text, format_args!("{}. {}{url}\n", reference.number, reference.text));
        }
    }
    for (number, note) in notes {
        push(&mut text, format_args!("\n[^{number}]: {note}\n"));
    }
    text
}

type Notes = Vec<(usize, String)>;

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _written = text.write_fmt(arguments);
}

fn blocks(all: &[Block], notes: &mut Notes) -> String {
    all.iter().map(|one| block(&one.kind, notes)).collect::<Vec<_>>().join("\n\n")
}

fn block(kind: &BlockKind, notes: &mut Notes) -> String {
    match kind {
        BlockKind::Heading { level, number, label, content } => {
            let marks = "#".repeat(usize::from(*level) + 1);
            format!("<a id=\"{}\"></a>\n\n{marks} {number} {}", anchor(label), inlines(content, notes))
        }
        BlockKind::Paragraph(content) => inlines(content, notes),
        BlockKind::List { start, items } => {
            let items = items.iter().enumerate().map(|(index, item)| {
                let mark = start.map_or("- ".to_owned(), |start| format!("{}. ", start + index));
                let indent = " ".repeat(mark.len());
                format!("{mark}{}", blocks(item, notes).replace('\n', &format!("\n{indent}")))
            });
            items.collect::<Vec<_>>().join("\n")
        }
        BlockKind::Quote(inner) => format!("> {}", blocks(inner, notes).replace('\n', "\n> ")),
        BlockKind::Code { language, text } => format!("```{language}\n{text}\n```"),
        BlockKind::Equation { tex, number, .. } => {
            let tag = number.map(|number| format!(" \\tag{{{number}}}")).unwrap_or_default();
            format!("$$\n{tex}{tag}\n$$")
        }
        BlockKind::Figure { id, number, caption, alt, label, .. } => {
            let caption = inlines(caption, notes);
            let alt = escape(alt);
            format!(
                "<a id=\"{}\"></a>\n\n![{alt}](figures/{id}.svg)\n\n**Fig. {number}.** {caption}",
                anchor(label)
            )
        }
        BlockKind::Table { number, caption, table, label, .. } => {
            let caption = inlines(caption, notes);
            let rows = table::markdown(table);
            format!(
                "<a id=\"{}\"></a>\n\n**Table {number}.** {caption}\n\n{}",
                anchor(label),
                rows.trim_end()
            )
        }
    }
}

fn inlines(content: &[Inline], notes: &mut Notes) -> String {
    content.iter().map(|one| inline(one, notes)).collect()
}

fn inline(one: &Inline, notes: &mut Notes) -> String {
    match one {
        Inline::Text(text) | Inline::Number { text, .. } => escape(text),
        Inline::Emphasis(content) => format!("*{}*", inlines(content, notes)),
        Inline::Strong(content) => format!("**{}**", inlines(content, notes)),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Math(tex) => format!("${tex}$"),
        Inline::Link { url, content } => format!("[{}]({url})", inlines(content, notes)),
        Inline::Cite(cited) => {
            let numbers: Vec<_> = cited.iter().map(|(_, number)| number.to_string()).collect();
            format!("\\[{}\\]", numbers.join(", "))
        }
        Inline::Reference { kind, label, number } => {
            format!("[{} {number}](#{})", reference_word(*kind), anchor(label))
        }
        Inline::Footnote { number, content } => {
            let note = inlines(content, notes);
            notes.push((*number, note));
            format!("[^{number}]")
        }
        Inline::LineBreak => "\\\n".to_owned(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if "\\`*_[]<>$#".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
