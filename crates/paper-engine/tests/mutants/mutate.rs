//! How an input is changed: cut, spliced, and with tokens of the grammar put in, doubled and taken out.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

/// What means something in one of the grammars, and characters that editors and clipboards bring.
const TOKENS: &[&str] = &[
    "$",
    "$$",
    ":::",
    "::: theorem",
    "::: edition extended",
    "[^",
    "[^first]",
    "^[",
    "@fig:",
    "@sec:text",
    "@",
    "[@",
    "[@dally1990kary]",
    "{#",
    "{#fig:x",
    "[#",
    "[#sec:x]",
    "|",
    "||",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "](",
    "(",
    ")",
    "<",
    ">",
    "<!--",
    "-->",
    "{",
    "}",
    "{{",
    "}}",
    "\"",
    "'",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "\\",
    "\\\\",
    "#",
    "## ",
    "- ",
    "-",
    "--",
    "---",
    "===",
    "+",
    "1. ",
    "> ",
    ": ",
    "!",
    "![",
    "&amp;",
    "&",
    "&#0;",
    "%",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "  \n",
    "\\\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "\u{fffd}",
    "\u{200b}",
    "\u{ad}",
    "\u{a0}",
    "\u{301}",
    "\u{202e}",
    "\u{e000}",
    "\u{e001}",
    "\u{e003}",
    "\u{f0000}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{b}",
    "\u{c}",
    "漢",
    "😀",
    "é",
    "ß",
    "×",
    "½",
    "…",
    "“",
    "1",
    ".",
    ",",
    ";",
    "https://a.org",
    "www.a.org",
    "a@b.org",
    "\\begin{align}",
    "\\end{align}",
    "\\frac",
    "^",
    "=",
    "- [ ] ",
    "[x]: https://a.org\n",
    "<b>",
    "\u{3000}",
    "\u{130}",
];

/// One change of a text.
#[derive(Clone, Debug)]
pub enum Change {
    /// A token is put in.
    Insert { at: u16, token: u8 },
    /// A token is put in many times.
    Repeat { at: u16, token: u8, times: u16 },
    /// A stretch goes.
    Delete { at: u16, length: u8 },
    /// A stretch stands twice.
    Double { at: u16, length: u8 },
    /// A stretch moves elsewhere.
    Move { at: u16, length: u8, to: u16 },
    /// The text ends.
    Cut { at: u16 },
    /// One of the bytes is another.
    Byte { at: u16, byte: u8 },
    /// Every line ends otherwise.
    Crlf,
}

/// Returns a list of changes, most often few.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let (at, token, length) = (any::<u16>(), any::<u8>(), 1..40_u8);
    let change = proptest::prop_oneof![
        12 => (at, token).prop_map(|(at, token)| Change::Insert { at, token }),
        1 => (at, token, 2..400_u16).prop_map(|(at, token, times)| Change::Repeat { at, token, times }),
        4 => (at, length.clone()).prop_map(|(at, length)| Change::Delete { at, length }),
        4 => (at, length.clone()).prop_map(|(at, length)| Change::Double { at, length }),
        4 => (at, length, any::<u16>()).prop_map(|(at, length, to)| Change::Move { at, length, to }),
        2 => any::<u16>().prop_map(|at| Change::Cut { at }),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte { at, byte }),
        1 => proptest::prelude::Just(Change::Crlf),
    ];
    vec(change, 0..5)
}

/// Returns the bytes of a text with changes.
pub fn mutate(text: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for change in changes {
        bytes = match String::from_utf8(bytes) {
            Ok(text) => apply(text, change),
            Err(error) => error.into_bytes(),
        };
    }
    bytes
}

fn apply(mut text: String, change: &Change) -> Vec<u8> {
    // Where in a text of any length.
    let place = |text: &str, at: u16| {
        text.floor_char_boundary(usize::from(at) * (text.len() + 1) / (usize::from(u16::MAX) + 1))
    };
    let stretch = |text: &str, at: u16, length: u8| {
        let start = place(text, at);
        start..text.ceil_char_boundary((start + usize::from(length)).min(text.len()))
    };
    let token = |token: u8| TOKENS[usize::from(token) % TOKENS.len()];
    match *change {
        Change::Insert { at, token: index } => text.insert_str(place(&text, at), token(index)),
        Change::Repeat { at, token: index, times } => {
            text.insert_str(place(&text, at), &token(index).repeat(times.into()));
        }
        Change::Delete { at, length } => text.replace_range(stretch(&text, at, length), ""),
        Change::Double { at, length } => {
            let range = stretch(&text, at, length);
            let part = text[range.clone()].to_owned();
            text.insert_str(range.end, &part);
        }
        Change::Move { at, length, to } => {
            let range = stretch(&text, at, length);
            let part = text[range.clone()].to_owned();
            text.replace_range(range, "");
            text.insert_str(place(&text, to), &part);
        }
        Change::Cut { at } => text.truncate(place(&text, at)),
        Change::Byte { at, byte } => {
            let at = place(&text, at);
            let mut bytes = text.into_bytes();
            if let Some(one) = bytes.get_mut(at) {
                *one = byte;
            }
            return bytes;
        }
        Change::Crlf => text = text.replace('\n', "\r\n"),
    }
    text.into_bytes()
}
