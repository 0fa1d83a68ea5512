//! Program text in TeX: lines of escaped text, words and comments of its language set apart, long lines folded.

use super::tex_text::{Setting, escape};
use crate::highlight::{self, Kind};
use crate::manuscript::CodeLines;

/// Program text line by line; lines of more than `room` characters are folded with a deeper indent.
pub(super) fn listing(language: &str, text: &str, lines: &CodeLines, room: usize) -> String {
    let mut out = String::from("\\begin{paperlisting}\n");
    let room = lines.room(room);
    for (index, pieces) in highlight::lines(language, text.trim_end()).iter().enumerate() {
        let mut number = lines.first.map(|first| (first + index).to_string());
        let mut write = |line: &[(char, Kind)]| {
            let number = number.as_mut().map(|number| format!("\\codenumber{{{}}}", std::mem::take(number)));
            let command = if lines.marked.contains(&index) { "codemarked" } else { "codeline" };
            let number = number.unwrap_or_default();
            out.push_str(&format!("\\{command}{{{number}{}}}\n", code_line(line)));
        };
        let mut rest = signs(pieces);
        let indent = rest.iter().take_while(|(c, _)| *c == ' ').count().min(room / 2) + 2;
        while rest.len() > room {
            let space = (indent + 1..=room).rev().find(|&at| rest[at].0 == ' ');
            let tail = rest.split_off(space.unwrap_or(room));
            write(&rest);
            let tail = tail.into_iter().skip_while(|(c, _)| *c == ' ');
            rest = std::iter::repeat_n((' ', Kind::Plain), indent).chain(tail).collect();
        }
        write(&rest);
    }
    out + "\\end{paperlisting}"
}

/// Returns the characters of a line, without space at its end.
fn signs(pieces: &[(Kind, &str)]) -> Vec<(char, Kind)> {
    let mut signs = Vec::new();
    for (kind, piece) in pieces {
        for c in piece.chars() {
            match c {
                '\t' => signs.extend([(' ', *kind); CodeLines::TAB]),
                c => signs.push((c, *kind)),
            }
        }
    }
    let end = signs.iter().rposition(|(c, _)| !c.is_whitespace()).map_or(0, |last| last + 1);
    signs.truncate(end);
    signs
}

fn code_line(line: &[(char, Kind)]) -> String {
    let run = |run: &[(char, Kind)]| {
        let text: String = run.iter().map(|(c, _)| c).collect();
        let text = escape(&text, Setting::Listing);
        match run.first().map(|(_, kind)| kind) {
            Some(Kind::Word) => format!("\\textbf{{{text}}}"),
            Some(Kind::Comment) => format!("\\textit{{{text}}}"),
            _ => text,
        }
    };
    line.chunk_by(|(_, one), (_, next)| one == next).map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_numbers_marks_and_words() {
        let lines = CodeLines { first: Some(9), marked: vec![1] };
        let text = listing("rust", "fn f() {} // a\n\n", &lines, 50);
        assert_eq!(
            text,
            "\\begin{paperlisting}\n\\codeline{\\codenumber{9}\\textbf{fn}~f()~\\{\\}~\\textit{//~a}}\n\\end{paperlisting}"
        );
        let text = listing("text", &format!("a\n{}", "word ".repeat(12)), &lines, 50);
        assert!(text.contains("\\codeline{\\codenumber{9}a}\n\\codemarked{\\codenumber{10}word"), "{text}");
        assert!(text.contains("\\codemarked{\\codenumber{}~~word"), "{text}");
    }
}
