//! Program text in TeX: lines of escaped text, long ones folded.

use super::tex_text::{Setting, escape};

/// Program text line by line; lines of more than `room` characters are folded with a deeper indent.
pub(super) fn listing(text: &str, room: usize) -> String {
    let mut out = String::from("\\begin{paperlisting}\n");
    for line in text.trim_end().lines().map(str::trim_end) {
        let indent = line.chars().take_while(|c| *c == ' ').count().min(room / 2) + 2;
        let mut rest: Vec<char> = line.replace('\t', "    ").chars().collect();
        while rest.len() > room {
            let space = (indent + 1..=room).rev().find(|&at| rest[at] == ' ');
            let tail = rest.split_off(space.unwrap_or(room));
            out.push_str(&code_line(&rest));
            rest =
                std::iter::repeat_n(' ', indent).chain(tail.into_iter().skip_while(|c| *c == ' ')).collect();
        }
        out.push_str(&code_line(&rest));
    }
    out + "\\end{paperlisting}"
}

fn code_line(line: &[char]) -> String {
    format!("\\codeline{{{}}}\n", escape(&line.iter().collect::<String>(), Setting::Listing))
}
