//! Program text as HTML.

use super::html_text::escape;
use crate::highlight::{self, Kind};
use crate::manuscript::CodeLines;

/// Returns program text with its words, texts and comments set apart; numbered and marked lines are elements
/// of their own, and numbers are no part of the text.
pub(super) fn listing(language: &str, text: &str, lines: &CodeLines) -> String {
    let piece = |(kind, piece): &(Kind, &str)| {
        let piece = escape(piece);
        match kind {
            Kind::Plain => piece,
            Kind::Word => format!("<span class=\"word\">{piece}</span>"),
            Kind::Text => format!("<span class=\"text\">{piece}</span>"),
            Kind::Comment => format!("<span class=\"comment\">{piece}</span>"),
        }
    };
    let has_lines = lines.first.is_some() || !lines.marked.is_empty();
    let line = |(index, pieces): (usize, &Vec<(Kind, &str)>)| {
        let content: String = pieces.iter().map(piece).collect();
        if !has_lines {
            return content;
        }
        let number = lines.first.map_or(String::new(), |first| format!(" data-line=\"{}\"", first + index));
        let marked = if lines.marked.contains(&index) { " marked" } else { "" };
        format!("<span class=\"line{marked}\"{number}>{content}</span>")
    };
    let text = if has_lines { text.trim_end() } else { text };
    highlight::lines(language, text).iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_elements_where_they_have_numbers_or_marks() {
        let plain = listing("c", "int <x>\n", &CodeLines::default());
        assert_eq!(plain, "<span class=\"word\">int</span> &lt;x&gt;\n");
        let lines = CodeLines { first: Some(3), marked: vec![1] };
        assert_eq!(
            listing("", "a\nb\n", &lines),
            "<span class=\"line\" data-line=\"3\">a</span>\n<span class=\"line marked\" data-line=\"4\">b</span>"
        );
    }
}
