//! Reads what TeX says: its error messages and its log.

use std::collections::{BTreeMap, BTreeSet};

use super::TexMessage;

/// The length at which TeX breaks the lines of its log.
const LOG_WIDTH: usize = 79;

/// Lines of a log within which TeX shows where an error is.
const CONTEXT: usize = 20;

/// How TeX begins to tell of a character that a font lacks.
pub const MISSING_CHARACTER: &str = "Missing character";

type Sources = BTreeMap<String, Vec<u8>>;

/// Decodes a log and joins the lines that TeX broke.
pub fn unwrap(log: &[u8]) -> String {
    let text = String::from_utf8_lossy(log);
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        joined.push_str(line);
        // What TeX shows of its input behind an error is cut at that length, and not broken.
        let is_cut = line.ends_with("...") && lines.peek().is_some_and(|next| line_shown(next).is_some());
        if line.chars().count() != LOG_WIDTH || is_cut {
            joined.push('\n');
        }
    }
    joined
}

/// Splits `paper.tex:6: Undefined control sequence` into file, line and text.
pub fn message(report: &str, main: &str) -> TexMessage {
    let report = report.trim_start_matches(['!', ' ', '\n']).trim_end();
    let parts = report.split_once(':').and_then(|(file, rest)| {
        let (line, text) = rest.split_once(':')?;
        Some((file, line.trim().parse().ok()?, text))
    });
    let (file, line, text) = parts.unwrap_or((main, 0, report));
    let file = if file.is_empty() || file == "texput" { main } else { file };
    let file = file.strip_prefix("./").unwrap_or(file).to_owned();
    let advice = |line: &&str| line.is_empty() || line.starts_with("See the ") || line.starts_with("Type  H");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !advice(line)).collect();
    let text = lines.join(": ");
    TexMessage { file, line, text }
}

/// Finds the errors (`! ...`) in a log.
pub fn errors(log: &str, main: &str) -> Vec<TexMessage> {
    log.lines().filter_map(|line| line.strip_prefix("! ")).map(|text| message(text, main)).collect()
}

/// Returns the line of the input that a log shows behind an error (`l.58 ...`), or 0.
pub fn line_of(log: &str, error: &str) -> usize {
    let Some((_, after)) = log.split_once(error) else { return 0 };
    after.lines().take(CONTEXT).find_map(line_shown).unwrap_or(0)
}

/// Finds the characters that no font has in the log of a pass that went on behind each, at the files and lines
/// in which TeX met them.
pub fn missing_characters(log: &str, main: &str, sources: &Sources) -> Vec<TexMessage> {
    let mut found: Vec<TexMessage> = Vec::new();
    let mut open = Open { names: Vec::new(), main, sources };
    let mut lines = log.lines().peekable();
    while let Some(text) = lines.next() {
        let Some(error) = text.strip_prefix("! ") else {
            open.follow(text);
            continue;
        };
        // What TeX shows of the input names no files.
        let mut line = 0;
        for _ in 0..CONTEXT {
            let Some(shown) = lines.next_if(|text| !text.starts_with("! ")) else { break };
            if let Some(number) = line_shown(shown) {
                line = number;
                let _rest_of_the_line = lines.next_if(|text| text.starts_with(' '));
                break;
            }
        }
        if error.starts_with(MISSING_CHARACTER) {
            found.push(TexMessage { line, file: open.file(), ..message(error, main) });
        }
    }
    let mut told = BTreeSet::new();
    found.retain(|one| told.insert(one.clone()));
    found
}

/// Returns the number of a line of the input that a log shows behind an error: `l.58 ...`.
fn line_shown(text: &str) -> Option<usize> {
    text.strip_prefix("l.")?.split(' ').next()?.parse().ok()
}

/// Finds the commands that the document wanted to run, with the line that asks for them.
pub fn shell_commands(log: &str, sources: &Sources) -> Vec<TexMessage> {
    let asked = log.lines().filter_map(|line| line.split_once("runsystem(")).filter_map(|(_, rest)| {
        let (command, _) = rest.rsplit_once(")...")?;
        Some(command.to_owned())
    });
    let place = sources.iter().find_map(|(name, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().position(|line| line.contains("write18"))?;
        Some((name.clone(), line + 1))
    });
    let (file, line) = place.unwrap_or_default();
    let text = |command| format!("running the command `{command}` with \\write18 is refused");
    asked.map(|command| TexMessage { file: file.clone(), line, text: text(command) }).collect()
}

/// Finds the overfull boxes in a log, and what would be missing on the pages: undefined references and
/// citations, and the ends of floats that are higher than a page.
pub fn warnings(log: &str, main: &str, sources: &Sources) -> (Vec<TexMessage>, Vec<TexMessage>) {
    let (mut overfull, mut missing) = (Vec::new(), Vec::new());
    let mut open = Open { names: Vec::new(), main, sources };
    let mut in_box = false;
    for text in log.lines() {
        in_box &= !text.is_empty();
        if in_box {
            continue;
        }
        in_box = text.starts_with("Overfull \\") || text.starts_with("Underfull \\");
        if text.starts_with("Overfull \\") {
            let line = number_after(text, &[" at lines ", " at line ", "detected at line "]);
            overfull.push(TexMessage { file: open.file(), line, text: text.trim().to_owned() });
        } else if text.contains("LaTeX") && text.contains("Warning:") && text.contains("' on page ") {
            if text.contains(" undefined") {
                let line = number_after(text, &["on input line "]);
                let text = text.split_once("Warning: ").map_or(text, |(_, text)| text);
                let text = text.split(" on page ").next().unwrap_or(text);
                let text = format!("{} is undefined", text.trim());
                missing.push(TexMessage { file: open.file(), line, text });
            }
        } else if let Some((_, excess)) = text.split_once("Float too large for page by ") {
            let line = number_after(text, &["on input line "]);
            let excess = excess.split(" on input").next().unwrap_or(excess);
            let text =
                format!("this figure or table is {excess} higher than the page, and its end would be lost");
            missing.push(TexMessage { file: open.file(), line, text });
        } else {
            open.follow(text);
        }
    }
    missing.dedup();
    (overfull, missing)
}

fn number_after(text: &str, marks: &[&str]) -> usize {
    let rest = marks.iter().find_map(|mark| text.split_once(mark)).map_or("", |(_, rest)| rest);
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    digits.parse().unwrap_or(0)
}

/// The files that TeX has open, which a log shows as nested parentheses.
struct Open<'a> {
    names: Vec<String>,
    main: &'a str,
    sources: &'a Sources,
}

impl Open<'_> {
    fn follow(&mut self, line: &str) {
        for (at, mark) in line.char_indices() {
            match mark {
                '(' => {
                    let name = line[at + 1..].split([' ', '(', ')', '[']).next().unwrap_or("");
                    let name = name.trim_matches('"');
                    self.names.push(name.strip_prefix("./").unwrap_or(name).to_owned());
                }
                ')' => {
                    self.names.pop();
                }
                _ => {}
            }
        }
    }

    /// Names the innermost open file of the job.
    fn file(&self) -> String {
        let own = |name: &String| {
            let full = [name.clone(), format!("{name}.tex")];
            full.into_iter().find(|name| self.sources.contains_key(name))
        };
        self.names.iter().rev().find_map(own).unwrap_or_else(|| self.main.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_without_a_line_has_the_one_that_the_log_shows_behind_it() {
        let log = "! Missing character: There is no x (U+78)\n<argument> a\n\nl.58 $x\n      $\nl.60 end\n";
        assert_eq!(line_of(log, "Missing character: There is no x (U+78)"), 58);
        assert_eq!(line_of(log, "another"), 0);
    }

    #[test]
    fn each_missing_character_has_the_file_and_the_line_that_the_log_shows() {
        let log = "(p.tex (part.bbl\n! Missing character: There is no x (U+78) in font a.\n<argument> a (b\n\nl.5 $x\n      $)\n\n)\n\
            ! Missing character: There is no x (U+78) in font a.\nl.9 x\n     y\n\n\
            ! Missing character: There is no x (U+78) in font a.\nl.9 xy\n\n! Undefined control sequence.\nl.10 \\a\n\n\
            ! Missing character: There is no y (U+79) in font a.\n! Missing character: There is no z (U+7A) in font a.\nl.12 z\n";
        let sources = Sources::from([("p.tex".into(), vec![]), ("part.bbl".into(), vec![])]);
        let found: Vec<_> = missing_characters(log, "p.tex", &sources)
            .into_iter()
            .map(|one| (one.file, one.line, one.text.chars().nth(31)))
            .collect();
        let expected = [("part.bbl", 5, 'x'), ("p.tex", 9, 'x'), ("p.tex", 0, 'y'), ("p.tex", 12, 'z')];
        assert_eq!(found, expected.map(|(file, line, sign)| (file.to_owned(), line, Some(sign))));
    }

    #[test]
    fn splits_places() {
        let found = message("paper.tex:6: Undefined control sequence", "main.tex");
        assert_eq!((found.file.as_str(), found.line), ("paper.tex", 6));
        assert_eq!(found.text, "Undefined control sequence");
        let found = message("File ended: x", "main.tex");
        assert_eq!((found.file.as_str(), found.line, found.text.as_str()), ("main.tex", 0, "File ended: x"));
    }

    #[test]
    fn reads_warnings() {
        let log = "(p.tex (part.tex\nOverfull \\hbox (3.0pt too wide) in paragraph at lines 4--5\n\\TU/x a ( b\n\n)\n\
            LaTeX Warning: Citation `a' on page 1 undefined on input line 9.\n";
        let sources = Sources::from([("p.tex".into(), vec![]), ("part.tex".into(), vec![])]);
        let (overfull, missing) = warnings(log, "p.tex", &sources);
        assert_eq!((overfull[0].file.as_str(), overfull[0].line), ("part.tex", 4));
        assert_eq!(missing[0].to_string(), "p.tex:9: Citation `a' is undefined");
        let log = "LaTeX Warning: Float too large for page by 105.0pt on input line 58.\n";
        let (_, missing) = warnings(log, "p.tex", &sources);
        assert_eq!(missing[0].line, 58);
        assert!(
            missing[0].text.starts_with("this figure or table is 105.0pt higher than the page"),
            "{missing:?}"
        );
    }

    #[test]
    fn joins_broken_lines() {
        let log = format!("{}\nb\n", "a".repeat(79));
        assert_eq!(unwrap(log.as_bytes()), format!("{}b\n", "a".repeat(79)));
        for (next, joined) in [("l.8 x", false), ("b", true), ("l.", true)] {
            let log = format!("{}...\n{next}\n", "a".repeat(76));
            assert_eq!(unwrap(log.as_bytes()) == log, !joined, "{next}");
        }
    }
}
