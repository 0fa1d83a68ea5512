//! Commands of formulas that a paper defines: `macros` of `paper/paper.yaml`.

use std::collections::BTreeMap;

use super::formula::closing_brace;

/// How deep one command may stand for another.
const DEEPEST: usize = 20;
/// Bytes that a formula may have once its commands are replaced; each may double what the one before made.
const LONGEST: usize = 100_000;
/// Commands that every paper has, beside those of LaTeX and amsmath.
const COMMON: [(&str, &str); 2] = [("bm", "\\boldsymbol{#1}"), ("mathscr", "\\mathcal{#1}")];

/// Replaces the commands that a paper defines by what they stand for; `#1` to `#9` are their arguments.
///
/// # Errors
/// A command that lacks an argument, or that stands for itself.
pub(super) fn expand(tex: &str, macros: &BTreeMap<String, String>) -> Result<String, String> {
    expand_below(tex, macros, DEEPEST)
}

fn expand_below(tex: &str, macros: &BTreeMap<String, String>, depth: usize) -> Result<String, String> {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let name = name_at(&rest[at..]);
        let common = || COMMON.iter().find(|(common, _)| *common == name).map(|(_, body)| *body);
        let Some(body) = macros.get(name).map(String::as_str).or_else(common) else {
            let length = 1 + name.len().max(rest[at + 1..].chars().next().map_or(0, char::len_utf8));
            out.push_str(&rest[at..at + length]);
            rest = &rest[at + length..];
            continue;
        };
        if depth == 0 {
            return Err(format!("the command \\{name} stands for itself"));
        }
        rest = &rest[at + 1 + name.len()..];
        let mut arguments = Vec::new();
        for _ in 0..arguments_of(body) {
            let (argument, after) =
                argument(rest).ok_or_else(|| format!("the command \\{name} lacks an argument"))?;
            arguments.push(argument);
            rest = after;
        }
        out.push_str(&expand_below(&filled(body, &arguments), macros, depth - 1)?);
        if out.len() > LONGEST {
            return Err(format!("the command \\{name} stands for more than {LONGEST} bytes"));
        }
        // A command at the end of the text must not run into the letter behind it.
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push(' ');
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Returns the letters behind a backslash.
fn name_at(command: &str) -> &str {
    let name = &command[1..];
    &name[..name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len())]
}

/// Returns how many arguments a text names.
fn arguments_of(body: &str) -> usize {
    let named = body.match_indices('#').filter_map(|(at, _)| body[at + 1..].chars().next()?.to_digit(10));
    named.max().unwrap_or(0) as usize
}

fn filled(body: &str, arguments: &[&str]) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..at]);
        let number = rest[at + 1..].chars().next().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
        match number.checked_sub(1).and_then(|index| arguments.get(index)) {
            Some(argument) => {
                out.push_str(argument);
                rest = &rest[at + 2..];
            }
            None => {
                out.push('#');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

/// Takes an argument: what stands in braces, a command, or one sign.
fn argument(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let first = text.chars().next()?;
    if first == '\\' {
        let length = 1 + name_at(text).len().max(text[1..].chars().next().map_or(0, char::len_utf8));
        return Some(text.split_at(length));
    }
    let Some(inside) = text.strip_prefix('{') else {
        return (first != '}').then(|| text.split_at(first.len_utf8()));
    };
    let end = closing_brace(inside)?;
    Some((&inside[..end], &inside[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(tex: &str) -> Result<String, String> {
        let macros = [
            ("R", "\\mathbb{R}"),
            ("norm", "\\lVert #1 \\rVert"),
            ("pair", "\\langle #1, #2 \\rangle_{\\R}"),
            ("loop", "\\loop"),
            (
                "much",
                "xxxxxxxxxx\\double{\\double{\\double{\\double{\\double{\\double{\\double{\\double{x}}}}}}}}",
            ),
            ("double", "#1#1#1#1#1#1#1#1"),
        ];
        expand(tex, &macros.map(|(name, body)| (name.to_owned(), body.to_owned())).into())
    }

    #[test]
    fn commands_stand_for_their_text() {
        for (tex, expected) in [
            ("\\R^n", "\\mathbb{R}^n"),
            ("\\Re \\R x \\Rx", "\\Re \\mathbb{R} x \\Rx"),
            ("\\norm{a_{1}} + \\norm x", "\\lVert a_{1} \\rVert + \\lVert x \\rVert"),
            ("\\pair\\alpha{\\norm b}", "\\langle \\alpha, \\lVert b \\rVert \\rangle_{\\mathbb{R}}"),
            ("\\bm{x} \\\\ \\{", "\\boldsymbol{x} \\\\ \\{"),
            ("a \\", "a \\"),
        ] {
            assert_eq!(expanded(tex).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_command_that_cannot_be_replaced_is_told() {
        assert_eq!(expanded("\\norm"), Err("the command \\norm lacks an argument".into()));
        assert_eq!(expanded("\\norm{a"), Err("the command \\norm lacks an argument".into()));
        assert!(expanded("\\much").unwrap_err().contains("more than 100000 bytes"));
        assert_eq!(expanded("\\loop"), Err("the command \\loop stands for itself".into()));
    }
}
