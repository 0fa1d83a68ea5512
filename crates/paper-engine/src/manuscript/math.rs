//! Checks that formulas can be typeset.

use pulldown_latex::{Parser, Storage};

use super::alphabet::lacking;
use super::formula::unescaped;

/// Commands that MathML can show and that LaTeX with amsmath, amssymb and unicode-math does not define under
/// both pdfTeX and XeTeX (`\\ifcsname` asked in both, TeX Live 2022), one on each line.
const UNSET: &str = include_str!("assets/unset-commands.txt");
const UNKNOWN: &str = "unknown primitive command found";

/// What is wrong with a formula, in one line.
#[derive(Debug)]
pub(super) struct Fault {
    /// The sentence.
    pub text: String,
    /// What is wrong, as it is written.
    pub written: Option<String>,
    /// How often the same stands before it in the formula.
    pub nth: usize,
    /// What to do about it.
    pub remedy: Option<&'static str>,
}

impl Fault {
    fn unknown(command: &str) -> Self {
        let text = format!("unknown command {command}");
        Self { text, written: Some(command.to_owned()), nth: 0, remedy: Some(instead(command)) }
    }
}

/// Says what is wrong with a formula.
///
/// # Errors
/// The first thing that is.
pub(super) fn check(tex: &str) -> Result<(), Fault> {
    let Some(message) = first_error(tex) else {
        if has_stray_middle(tex) {
            let text = "\\middle stands outside of \\left and \\right".to_owned();
            let (written, remedy) = ("\\middle".to_owned(), instead("\\middle"));
            return Err(Fault { text, written: Some(written), nth: 0, remedy: Some(remedy) });
        }
        let unset = commands(tex).find(|command| UNSET.lines().any(|name| name == &command[1..]));
        if let Some(command) = unset {
            return Err(Fault::unknown(command));
        }
        return match lacking(tex) {
            None => Ok(()),
            Some(it) => {
                Err(Fault { text: it.text, written: Some(it.written), nth: 0, remedy: Some(it.remedy) })
            }
        };
    };
    let command = commands(tex)
        .filter(|_| message == UNKNOWN)
        .find(|command| first_error(command).as_deref() == Some(UNKNOWN));
    Err(match command {
        Some(command) => Fault::unknown(command),
        None => Fault { text: message, written: None, nth: 0, remedy: None },
    })
}

/// Returns what to write in a formula instead of a command.
fn instead(command: &str) -> &'static str {
    match command {
        "\\label" | "\\tag" => "write the formula between `$$`; one in a line of text has no number",
        "\\nonumber" | "\\notag" => "delete it: only a row of a displayed formula is numbered",
        "\\ref" | "\\eqref" => "write @eq:name outside of the formula",
        "\\mbox" | "\\hbox" => "write words as \\text{...}",
        "\\over" => "write a fraction as \\frac{...}{...}",
        "\\middle" => "write it between \\left and \\right",
        _ => {
            "write it with the commands of LaTeX and amsmath, or define it under `macros` in paper/paper.yaml"
        }
    }
}

/// Returns the command with which a formula defines others.
pub(super) fn definition(tex: &str) -> Option<&str> {
    let defining = ["\\newcommand", "\\renewcommand", "\\def", "\\DeclareMathOperator", "\\let"];
    commands(tex).find(|command| defining.contains(command))
}

/// Returns whether a `\middle` has no delimiters around it.
fn has_stray_middle(tex: &str) -> bool {
    let mut depth = 0_usize;
    commands(tex).any(|command| {
        match command {
            "\\left" => depth += 1,
            "\\right" => depth = depth.saturating_sub(1),
            _ => {}
        }
        command == "\\middle" && depth == 0
    })
}

fn first_error(tex: &str) -> Option<String> {
    let storage = Storage::new();
    let error = Parser::new(tex, &storage).find_map(Result::err)?.to_string();
    let line = error.lines().next().unwrap_or_default();
    Some(line.trim_start_matches("parsing error: ").to_owned())
}

fn commands(tex: &str) -> impl Iterator<Item = &str> {
    unescaped(tex).filter(|(_, c)| *c == '\\').map(|(start, _)| {
        let rest = &tex[start + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        &tex[start..start + 1 + end]
    })
}

/// Returns a number in TeX: its commas, spaces and signs as mathematics.
pub(super) fn number(text: &str) -> String {
    let tex =
        text.replace(',', "{,}").replace('\u{202f}', "\\,").replace('\u{d7}', "\\times").replace('%', "\\%");
    match tex.split_once('\u{a0}') {
        Some((digits, unit)) => format!("{digits}~\\text{{{unit}}}"),
        None => tex,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_one_engine_lacks_is_unknown_and_a_word_behind_the_end_of_a_row_is_none() {
        assert_eq!(check("a \\middle| b").unwrap_err().written.as_deref(), Some("\\middle"));
        check("\\left( a \\middle| b \\right)").unwrap();
        assert_eq!(check("a \\coloneq b").unwrap_err().written.as_deref(), Some("\\coloneq"));
        assert_eq!(check("a \\mathcal{l}").unwrap_err().written.as_deref(), Some("\\mathcal{l}"));
        check("a \\coloneqq b").unwrap();
        check("\\begin{matrix} a \\\\cent \\end{matrix}").unwrap();
    }
}
