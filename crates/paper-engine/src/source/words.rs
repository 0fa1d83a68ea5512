//! What the readers of YAML find, in an author's words.

use serde_saphyr::Error;
use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::Position;
use super::shape::Problem;

/// What to do about a sign that means something in YAML.
const QUOTES: &str =
    "put the text in quotes: `: `, ` #`, `@`, `&`, `*`, `%` and brackets mean something in YAML";

/// What is told of tabs.
const TAB: &str = "a tab stands where YAML takes spaces alone";

/// Says what is no YAML in a text.
pub fn syntax(error: &ScanError, text: &str) -> Problem {
    let marker = error.marker();
    let mut at = Position { line: marker.line(), column: marker.col() + 1 };
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
    let sign = line.chars().nth(at.column - 1);
    let (message, remedy) = of_kind(error.kind(), sign);
    if message == TAB {
        at = first_tab(text, at).unwrap_or(at);
    }
    Problem { at, message, remedy: remedy.to_owned() }
}

/// Returns the place of the first tab that indents a line from a place on: the parser names where it was.
fn first_tab(text: &str, from: Position) -> Option<Position> {
    let lines = text.lines().enumerate().skip(from.line.saturating_sub(1));
    let mut tabs = lines.filter_map(|(index, line)| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let column = indent.chars().position(|c| c == '\t')? + 1;
        Some(Position { line: index + 1, column })
    });
    tabs.next()
}

fn of_kind(kind: &ErrorKind, sign: Option<char>) -> (String, &'static str) {
    use ErrorKind as Kind;
    let (message, remedy) = match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => (TAB, "indent with spaces, such as two for each level"),
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement | Kind::MappingKeyNotAllowed => (
            "a second `: ` stands here in one text",
            "put the text in quotes, begin the line where the keys beside it begin, or close a bracket above",
        ),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "this line has no `: ` behind a key",
            "write `key: value`, or indent the line as the rest of a text",
        ),
        Kind::InvalidIndentation
        | Kind::ExpectedBlockMappingKey
        | Kind::ExpectedBlockSequenceEntry
        | Kind::BlockSequenceEntryNotAllowed
        | Kind::UnexpectedEofBlockSequence
        | Kind::UnexpectedEofBlockMapping
        | Kind::InvalidQuotedScalarIndent
        | Kind::InvalidFlowScalarIndent
        | Kind::InvalidBlockScalarIndent
        | Kind::BlockEntryInFlowCollection
        | Kind::InvalidBlockEntryWhitespace => (
            "this line does not fit to those above it",
            "begin the lines of one list or one group of keys at the same column, and quote texts that begin with \
             a sign of YAML",
        ),
        Kind::UnclosedQuotedScalar
        | Kind::DocumentIndicatorInQuotedScalar
        | Kind::InvalidTrailingSingleQuotedScalar
        | Kind::InvalidTrailingDoubleQuotedScalar => (
            "a quotation mark ends too early, or is not closed",
            "close the quotation; inside of `'...'` write `''` for the mark, inside of `\"...\"` write `\\\"`",
        ),
        Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping
        | Kind::ExpectedFlowMappingSeparator
        | Kind::ExpectedFlowSequenceSeparator
        | Kind::MisplacedFlowCollectionEnd
        | Kind::FlowMappingValueAdjacentCollection => (
            "a comma or a closing bracket is missing before this place, or one is too many",
            "close `[` with `]` and `{` with `}`, and put commas between entries",
        ),
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidUnicodeEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate => (
            "behind a backslash in `\"...\"` stands what YAML does not know",
            "double the backslash, or use `'...'`, in which a backslash is itself",
        ),
        Kind::UnknownAnchor => (
            "nothing above is called by this name with a star",
            "put a text that begins with `*` in quotes, or name a value above with `&`",
        ),
        Kind::RecursionLimitExceeded => ("values stand too deep in each other", "take some levels out"),
        _ => {
            return match sign {
                Some('[' | '{') => (
                    "this bracket is not closed by one of its kind".to_owned(),
                    "close `[` with `]` and `{` with `}`",
                ),
                Some(sign) if "@`%&*!|>?,[]{}#".contains(sign) => {
                    (format!("`{sign}` means something in YAML and cannot stand here"), QUOTES)
                }
                Some(sign) if !sign.is_alphanumeric() && !sign.is_whitespace() => {
                    (format!("`{sign}` cannot stand here in YAML"), QUOTES)
                }
                _ => ("this is no YAML from here on".to_owned(), QUOTES),
            };
        }
    };
    (message.to_owned(), remedy)
}

/// Says what the reader of a type found, where the shape of its file is right.
pub fn reader(error: &Error) -> Problem {
    let error = error.without_snippet();
    let at = error.location().map_or(Position { line: 1, column: 1 }, |place| Position {
        line: place.line() as usize,
        column: place.column() as usize,
    });
    let known = |message: String, remedy: &str| Problem { at, message, remedy: remedy.to_owned() };
    match error {
        Error::SerdeUnknownField { field, .. } => {
            known(format!("there is no key `{field}` here"), "take it out, or correct its name")
        }
        Error::SerdeUnknownVariant { variant, .. } => {
            known(format!("`{variant}` cannot stand here"), "correct the word")
        }
        Error::SerdeMissingField { field, .. } => {
            known(format!("the key `{field}` is missing here"), "write it with its value")
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            known(format!("the key `{key}` stands here a second time"), "delete one of the two")
        }
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => {
            known("this value cannot stand here".to_owned(), &format!("write {}", wanted(expected)))
        }
        Error::NonFiniteFloat { value, .. } => {
            known(format!("`{value}` is no finite number"), "write a number with an end")
        }
        Error::Message { msg, .. } => {
            let line = msg.lines().next().unwrap_or_default();
            known(line.to_owned(), "correct the value at this place")
        }
        _ => {
            let message = error.to_string();
            let line = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
            known(format!("the value here cannot be read: {line}"), QUOTES)
        }
    }
}

/// Returns what a reader expected, without the words of Rust.
fn wanted(expected: &str) -> String {
    let types = [
        ("struct ", "keys with values"),
        ("a map", "keys with values"),
        ("a sequence", "a list such as `[a, b]`"),
        ("a tuple", "a list such as `[a, b]`"),
        ("a string", "a text"),
        ("a boolean", "`true` or `false`"),
        ("f64", "a number"),
        ("u", "a whole number, not below 0"),
        ("i", "a whole number"),
    ];
    let is_it = |start: &str| match start.len() {
        1 => {
            expected.starts_with(start) && expected[1..].starts_with(|c: char| c.is_ascii_digit() || c == 's')
        }
        _ => expected.starts_with(start),
    };
    let found = types.iter().find(|(start, _)| is_it(start));
    found
        .map_or_else(|| expected.trim_start_matches("expected ").to_owned(), |(_, words)| (*words).to_owned())
}
