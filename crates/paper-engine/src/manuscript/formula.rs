//! Formulas between dollar signs: where they begin and end in a text, before Markdown is read.
//!
//! What stands in a formula is no Markdown: a line of it may begin with `-`, `>` or `1.`, and `|` ends no cell.
//! So the inside of each is masked like a call. The rule for `$` is Pandoc's (User's Guide, extension
//! `tex_math_dollars`), and stricter in one thing, which keeps sums of money text: no dollar sign stands
//! inside a formula but in braces.

use std::ops::Range;

use super::directive::fence_mark;

/// A formula as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// The bytes between its dollar signs.
    pub inside: Range<usize>,
    /// What stands there.
    pub source: String,
    /// The same without the marks of a quotation around it.
    pub tex: String,
}

/// What the dollar signs of a text are.
#[derive(Debug, Default)]
pub(super) struct Dollars {
    /// The formulas in order.
    pub formulas: Vec<Formula>,
    /// The bytes of dollar signs that are text.
    pub signs: Vec<usize>,
}

/// Finds the formulas of a text, and the dollar signs that are text.
pub(super) fn dollars(text: &str) -> Dollars {
    let mut found = Dollars::default();
    let mut fence: Option<String> = None;
    let mut at = 0;
    let mut starts_line = true;
    while at < text.len() {
        let rest = &text[at..];
        if std::mem::take(&mut starts_line) {
            let line = rest.split('\n').next().unwrap_or_default();
            let inside = line[container(line)..].trim();
            let mark = fence_mark(inside);
            let is_fence = match (&fence, mark) {
                (None, Some(mark)) => {
                    fence = Some(mark);
                    true
                }
                (Some(open), Some(mark)) if inside == mark && mark.starts_with(open.as_str()) => {
                    fence = None;
                    true
                }
                (Some(_), _) => true,
                (None, None) => false,
            };
            if is_fence {
                at += (line.len() + 1).min(rest.len());
                starts_line = true;
                continue;
            }
        }
        let c = rest.chars().next().unwrap_or_default();
        at += match c {
            '\n' => {
                starts_line = true;
                1
            }
            '\\' => 1 + rest[1..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8),
            '`' => code(text, at),
            '<' if rest.starts_with("<!--") => rest.find("-->").map_or(4, |end| end + 3),
            '$' => {
                let (mark, inside) = match rest.starts_with("$$") {
                    true => (2, display(text, at + 2)),
                    false => (1, inline(text, at + 1)),
                };
                match inside {
                    Some(inside) => {
                        let end = inside.end + mark;
                        found.formulas.push(Formula::new(text, at, inside));
                        end - at
                    }
                    None => {
                        found.signs.extend(at..at + mark);
                        mark
                    }
                }
            }
            c => c.len_utf8(),
        };
    }
    found
}

impl Formula {
    fn new(text: &str, start: usize, inside: Range<usize>) -> Self {
        let source = text[inside.clone()].to_owned();
        let line = &text[text[..start].rfind('\n').map_or(0, |end| end + 1)..start];
        let depth = line[..container(line)].matches('>').count();
        let mut lines = source.split('\n');
        let mut tex = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let mut line = line;
            for _ in 0..depth {
                line = line.trim_start().strip_prefix('>').unwrap_or(line);
            }
            tex.push('\n');
            tex.push_str(line);
        }
        Self { inside, source, tex }
    }

    /// Takes what Markdown found between dollar signs and this reading did not.
    pub fn unmasked(literal: &str) -> Self {
        Self { inside: 0..literal.len(), source: literal.to_owned(), tex: literal.to_owned() }
    }

    /// Returns whether this reads like words between two sums of money.
    pub fn is_prose(&self) -> bool {
        let mut depth = 0_usize;
        let mut words = 0;
        for word in self.tex.split_whitespace() {
            let is_word = depth == 0
                && word.chars().filter(|c| c.is_alphabetic()).count() > 2
                && word.chars().all(|c| c.is_alphabetic() || ".,;:!?*".contains(c));
            words = if is_word { words + 1 } else { 0 };
            let joins = depth == 0 && ["and", "or", "to", "the", "of", "for", "per"].contains(&word);
            if words > 1 || joins {
                return true;
            }
            depth = (depth + word.matches('{').count()).saturating_sub(word.matches('}').count());
        }
        self.tex.contains("**")
    }
}

/// Returns how many bytes of a line open quotations and list items.
fn container(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &line[at..];
        let space = rest.len() - rest.trim_start().len();
        let rest = &rest[space..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let mark = match rest.as_bytes().get(digits) {
            Some(b'>') if digits == 0 => 1,
            Some(b'-' | b'+' | b'*') if digits == 0 && rest[1..].starts_with(' ') => 2,
            Some(b'.' | b')') if (1..10).contains(&digits) && rest[digits + 1..].starts_with(' ') => {
                digits + 2
            }
            _ => return at,
        };
        at += space + mark;
    }
}

/// Returns how many bytes the code has that begins with the backticks at this byte, or the backticks where
/// none does.
fn code(text: &str, start: usize) -> usize {
    let rest = &text[start..paragraph(text, start)];
    let length_of = |rest: &str| rest.len() - rest.trim_start_matches('`').len();
    let ticks = length_of(rest);
    let mut at = ticks;
    while let Some(offset) = rest[at..].find('`') {
        let length = length_of(&rest[at + offset..]);
        at += offset + length;
        if length == ticks {
            return at;
        }
    }
    ticks
}

/// Returns the inside of a displayed formula that begins at this byte: up to the next `$$` before an empty
/// line.
fn display(text: &str, start: usize) -> Option<Range<usize>> {
    let end = line_of(text, start, |line| line[container(line)..].trim().is_empty());
    let rest = &text[start..end];
    let (length, _) = unescaped(rest).find(|(at, _)| rest[*at..].starts_with("$$"))?;
    (!rest[..length].trim().is_empty()).then(|| start..start + length)
}

/// Returns the inside of a formula in a line that begins at this byte.
fn inline(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..paragraph(text, start)];
    if rest.starts_with(|c: char| c.is_whitespace()) {
        return None;
    }
    // Braces that do not match are told as such, not by another formula.
    closing(rest, true).or_else(|| closing(rest, false)).and_then(|length| {
        let follows_digit = text[start + length + 1..].starts_with(|c: char| c.is_ascii_digit());
        (length > 0 && !follows_digit).then(|| start..start + length)
    })
}

/// Returns the byte of the dollar sign that ends a formula, if the first that is outside braces and code does.
fn closing(rest: &str, counts_braces: bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut code_end = 0;
    for (at, c) in unescaped(rest) {
        match c {
            _ if at < code_end => {}
            '`' => code_end = at + code(rest, at),
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '$' if depth == 0 || !counts_braces => {
                return (!rest[..at].ends_with(char::is_whitespace)).then_some(at);
            }
            _ => {}
        }
    }
    None
}

/// Returns the byte at which the paragraph around a byte ends: before an empty line, a heading or a `:::`
/// line, and in a list before its next item.
fn paragraph(text: &str, start: usize) -> usize {
    let begin = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let first = &text[begin..start];
    let opens_item = |prefix: &str| prefix.contains(|c: char| c != '>' && !c.is_whitespace());
    let is_item = opens_item(&first[..container(first)]);
    let is_row = first.trim_start().starts_with('|');
    line_of(text, start, |line| {
        let (prefix, inside) = line.split_at(container(line));
        let inside = inside.trim();
        let begins_block = inside.is_empty() || inside.starts_with('#') || inside.starts_with(":::");
        begins_block || is_row || (is_item && opens_item(prefix)) || fence_mark(inside).is_some()
    })
}

/// Returns the byte at which the first line behind that of a byte begins that is one of these, or the end.
fn line_of(text: &str, start: usize, is_it: impl Fn(&str) -> bool) -> usize {
    let mut at = start + text[start..].find('\n').map_or(text.len() - start, |end| end + 1);
    while at < text.len() {
        let line = text[at..].split('\n').next().unwrap_or_default();
        if is_it(line) {
            return at;
        }
        at = (at + line.len() + 1).min(text.len());
    }
    at
}

/// Returns the characters of TeX before which no backslash stands, each with its byte.
pub fn unescaped(tex: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_escaped = false;
    tex.char_indices().filter(move |(_, c)| {
        let is_kept = !is_escaped;
        is_escaped = *c == '\\' && is_kept;
        is_kept
    })
}

/// Returns the byte of the brace that closes the group in which a piece of TeX begins.
pub fn closing_brace(tex: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in unescaped(tex) {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        dollars(text).formulas.into_iter().map(|formula| formula.tex).collect()
    }

    #[test]
    fn whatever_a_line_begins_with_it_stays_in_its_formula() {
        for sign in ["-", "+", ">", "*", "1.", "#", "---", "===", "|", "- [ ]", ":::", "[^a]:"] {
            let text = format!("$$\na = b\n{sign} c\n$$ [#eq:a]");
            assert_eq!(found(&text), [format!("\na = b\n{sign} c\n")]);
        }
        assert_eq!(found("then $a\n+ b$ holds"), ["a\n+ b"]);
        assert_eq!(found("> quoted\n> $$\n> a\n> > b\n> $$\n> end"), ["\n a\n > b\n "]);
        assert_eq!(found("- one $$\n  a\n  $$\n- two"), ["\n  a\n  "]);
        assert_eq!(found("| a | $|x|$ |\n| b | $y$ |"), ["|x|", "y"]);
    }

    #[test]
    fn money_is_text() {
        for text in [
            "costs $5 and $10",
            "a $ b $ c",
            "$ASK and $MORE",
            "- $5\n- 5$",
            "price$ and $",
            "\\$a$",
            "$5\n\nand 5$",
            "# costs $5\n# or 5$",
            "$x\n::: figure a\n:::\n$",
            "$$\na\n\nb",
            "$$",
            "$",
            "$5\r\n\r\nand 5$",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(dollars("costs $5 and $10").signs, [6, 13]);
        assert_eq!(found("$20 and $x$ and \\$3"), ["x"]);
    }

    #[test]
    fn code_and_comments_hold_no_formula() {
        for text in [
            "`$a$`",
            "``a ` $b$``",
            "```sh\n$a$\n```",
            "> ~~~\n> $a$\n> ~~~",
            "<!-- $a$ -->",
            "- ```\n  $a$\n  ```",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
        assert_eq!(found("`a $x$"), ["x"]);
        assert_eq!(found("costs $10, and `${{ x }}` $y$"), ["y"]);
        // Code ends with its paragraph, whatever its lines end with.
        assert_eq!(found("a ` b\r\n\r\n$x$ ` c"), ["x"]);
        assert_eq!(found("- a ` b\n- $x$ ` c"), ["x"]);
        assert_eq!(found("```\n$a$\n```\n$b$"), ["b"]);
    }

    #[test]
    fn a_dollar_sign_in_braces_ends_no_formula() {
        assert_eq!(
            found("$a \\text{ if $b$ holds}$ and $c = \\$5$"),
            ["a \\text{ if $b$ holds}", "c = \\$5"]
        );
        // What is not closed is told as a formula, not lost.
        assert_eq!(found("$a_{1$ b"), ["a_{1"]);
    }

    #[test]
    fn words_between_sums_of_money_are_no_formula() {
        let is_prose = |text: &str| dollars(text).formulas[0].is_prose();
        assert!(is_prose("$MORE for each hour. **price$"));
        assert!(is_prose("$5k and the other 6k$") && is_prose("$5 and 5$") && is_prose("$5k to 6k$"));
        assert!(!is_prose("$a \\text{ and } b \\to c$") && !is_prose("$\\mathrm{for all } x$"));
        assert!(!is_prose("$a \\text{ if the load rises}$"));
        assert!(!is_prose("$\\max x \\sin y$") && !is_prose("$E=mc^2$"));
    }
}
