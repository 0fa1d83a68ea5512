//! The calls that authors write between braces: where they stand, what each prints, and what is wrong with
//! one that cannot.
//!
//! A call is `{{ name(key="text", key=2, key=true) }}`. Markdown must not read what stands inside, so a text
//! is read with every call *masked* by as many characters that mean nothing: lines and columns stay those of
//! the author.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use super::formula::{Formula, dollars};
use super::tree::InlineKind;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Facts, Outcome, Value};
use crate::language::{Language, Words};
use crate::source::Position;
use crate::units::{MOST_DIGITS, Unit};

/// The call that prints a verdict.
const CLAIM: &str = "claim";
/// All calls.
const CALLS: [&str; 6] = ["fact", "published", "difference", "interval", "median", CLAIM];
const EXAMPLE: &str = "write for example {{ fact(name=\"queue.half_load.wait\") }}";

/// The first of the characters that begin a masked call; the distance of a character to it is the call's
/// index.
const FIRST: char = '\u{F0000}';
/// The last of them.
const LAST: char = '\u{FFFFD}';
/// Ends a masked call.
const END: char = '\u{E002}';
/// Stands for every other character of a masked call or formula.
const FILL: char = '\u{E003}';
/// Stands for a dollar sign that is text.
pub(super) const DOLLAR: char = '\u{E004}';
/// The first of the characters that begin the inside of a masked formula; the distance of a character to it is
/// the formula's index.
const FIRST_FORMULA: char = '\u{100000}';
/// The last of them.
const LAST_FORMULA: char = '\u{10FFFD}';

/// What calls may name.
#[derive(Debug)]
pub(super) struct Scope {
    /// The language in which they are printed.
    pub language: Language,
    /// The facts.
    pub facts: Arc<Facts>,
    /// The verdict of each claim.
    pub verdicts: BTreeMap<String, Outcome>,
}

/// A text whose calls and formulas are masked.
#[derive(Debug, Default)]
pub(super) struct Masked {
    /// The text, with the lines and columns of the one that was masked.
    pub text: String,
    /// The calls in order.
    pub calls: Vec<Call>,
    /// The formulas in order, with their calls masked; their bytes are those of the text with its calls masked.
    pub formulas: Vec<(Formula, Position)>,
}

/// A call as it is written.
#[derive(Debug)]
pub(super) struct Call {
    /// The bytes of the text it takes.
    pub range: Range<usize>,
    /// The call, its braces among it.
    pub source: String,
    function: String,
    arguments: Vec<Argument>,
    /// What cannot be read, and the byte at which it begins; the arguments are those before it.
    broken: Option<(String, usize)>,
}

#[derive(Debug)]
struct Argument {
    key: String,
    key_at: usize,
    value: Literal,
    value_at: usize,
}

#[derive(Debug)]
enum Literal {
    Text(String),
    Number(usize),
    Flag(bool),
}

/// Masks the calls and the formulas of a text, and the dollar signs that begin none.
pub(super) fn mask(text: &str) -> Masked {
    let mut masked = mask_calls(text);
    let found = dollars(&masked.text);
    let with_calls = std::mem::take(&mut masked.text);
    let mut done = 0;
    let mut signs = found.signs.into_iter().peekable();
    for (number, formula) in (0_u32..).zip(found.formulas) {
        let Some(first) =
            char::from_u32(FIRST_FORMULA as u32 + number).filter(|first| *first <= LAST_FORMULA)
        else {
            break;
        };
        let before = done..formula.inside.start;
        masked.plain(&with_calls, before, &mut signs);
        let mut first = Some(first);
        masked.text.extend(formula.source.chars().map(|c| match c {
            '\n' => c,
            _ => first.take().unwrap_or(FILL),
        }));
        done = formula.inside.end;
        let place = Position::of_byte(&with_calls, formula.inside.start);
        masked.formulas.push((formula, place));
    }
    masked.plain(&with_calls, done..with_calls.len(), &mut signs);
    masked
}

fn mask_calls(text: &str) -> Masked {
    let mut masked = Masked::default();
    let mut done = 0;
    let mut at = 0;
    while let Some(offset) = text[at..].find(['\\', '{']) {
        let start = at + offset;
        if text[start..].starts_with('\\') {
            // The character behind a backslash begins nothing.
            at = start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let index =
            u32::try_from(masked.calls.len()).ok().and_then(|index| char::from_u32(FIRST as u32 + index));
        let (Some(call), Some(first)) = (Call::read(text, start), index.filter(|first| *first <= LAST))
        else {
            at = start + 1;
            continue;
        };
        masked.text.push_str(&text[done..start]);
        masked.text.push(first);
        let inside = text[call.range.clone()].chars().skip(1);
        let length = inside.clone().count();
        // Lines keep their ends and their beginnings, and so lists their texts.
        let mut is_indent = false;
        for (index, c) in inside.enumerate() {
            is_indent = c == '\n' || (is_indent && c.is_whitespace());
            masked.text.push(if index + 1 == length {
                END
            } else if is_indent {
                c
            } else {
                FILL
            });
        }
        (done, at) = (call.range.end, call.range.end);
        masked.calls.push(call);
    }
    masked.text.push_str(&text[done..]);
    masked
}

/// Returns whether a character stands for a masked call.
pub fn begins_call(c: char) -> bool {
    (FIRST..=LAST).contains(&c)
}

/// Returns whether a character begins the inside of a masked formula.
pub(super) fn begins_formula(c: char) -> bool {
    (FIRST_FORMULA..=LAST_FORMULA).contains(&c)
}

impl Masked {
    /// Returns the byte at which the next masked call of a text begins, the call's index and its length in
    /// bytes.
    pub fn next(&self, text: &str) -> Option<(usize, usize, usize)> {
        let (at, first) = text.char_indices().find(|(_, c)| begins_call(*c))?;
        let length = text[at..].find(END)? + END.len_utf8();
        Some((at, (first as u32 - FIRST as u32) as usize, length))
    }

    /// Adds a stretch without formulas; its dollar signs are text.
    fn plain(&mut self, text: &str, bytes: Range<usize>, signs: &mut Peekable<impl Iterator<Item = usize>>) {
        let mut done = bytes.start;
        while let Some(sign) = signs.next_if(|sign| *sign < bytes.end) {
            self.text.push_str(&text[done..sign]);
            self.text.push(DOLLAR);
            done = sign + 1;
        }
        self.text.push_str(&text[done..bytes.end]);
    }

    /// Returns the formula whose masked inside this is, and where that begins.
    pub fn formula(&self, literal: &str) -> Option<&(Formula, Position)> {
        let first = literal.chars().find(|c| (FIRST_FORMULA..=LAST_FORMULA).contains(c))?;
        self.formulas.get((first as u32 - FIRST_FORMULA as u32) as usize)
    }

    /// Writes every masked formula and dollar sign of a text as its author did; calls stay masked.
    pub fn open(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(|c| c == DOLLAR || (FIRST_FORMULA..=LAST_FORMULA).contains(&c)) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let sign = rest.chars().next().unwrap_or_default();
            rest = &rest[sign.len_utf8()..];
            if sign == DOLLAR {
                out.push('$');
                continue;
            }
            let source =
                self.formula(sign.encode_utf8(&mut [0; 4])).map_or("", |(formula, _)| &formula.source);
            // Newlines stand in the masked text as well: what stood before the first is written already.
            out.push_str(source.trim_start_matches('\n'));
            let inside = |c: char| c == FILL || c == '\n';
            let length = rest.len() - rest.trim_start_matches(inside).len();
            rest = &rest[length..];
        }
        out + rest
    }

    /// Writes every masked call, formula and dollar sign of a text as its author did.
    pub fn unmask(&self, text: &str) -> String {
        let opened = self.open(text);
        let mut out = String::new();
        let mut rest = opened.as_str();
        while let Some((at, index, length)) = self.next(rest) {
            out.push_str(&rest[..at]);
            out.push_str(self.calls.get(index).map_or("", |call| &call.source));
            rest = &rest[at + length..];
        }
        out + rest
    }
}

impl Call {
    /// Reads the call that begins at this byte: two braces, a name, and an opening bracket.
    fn read(text: &str, start: usize) -> Option<Self> {
        let mut reader = Reader { text, at: start };
        if !reader.takes("{{") {
            return None;
        }
        reader.skip_space();
        let function = reader.name();
        reader.skip_space();
        if function.is_empty() || !reader.takes("(") {
            return None;
        }
        let mut arguments = Vec::new();
        let broken = reader.arguments(&mut arguments).err();
        let end = match broken {
            None => reader.at,
            // What cannot be read ends with the next braces of its paragraph, or with its line.
            Some(_) => {
                let rest = &text[start..];
                let paragraph = rest.find("\n\n").unwrap_or(rest.len());
                let line = rest.find('\n').unwrap_or(rest.len());
                start + rest[..paragraph].find("}}").map_or(line, |at| at + 2)
            }
        };
        let function = function.to_owned();
        Some(Self { range: start..end, source: text[start..end].to_owned(), function, arguments, broken })
    }

    /// Returns whether this is the name of a call; in code and formulas others are what they look like.
    pub fn is_known(&self) -> bool {
        CALLS.contains(&self.function.as_str())
    }

    /// Returns what the call prints; `at` gives the place of a byte of the text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn print(&self, scope: &Scope, at: &dyn Fn(usize) -> Location) -> Result<InlineKind, Diagnostics> {
        if !self.is_known() {
            let error = Diagnostic::new(at(self.range.start), format!("`{}` is no call", self.function));
            return Err(error.remedy(EXAMPLE).suggest(&self.function, CALLS).into());
        }
        let mut arguments = Arguments { call: self, at, errors: Diagnostics::default() };
        if let Some((message, byte)) = &self.broken {
            let message = format!("this `{{{{ }}}}` cannot be read: {message}");
            arguments.errors.push(Diagnostic::new(at(*byte), message).remedy(EXAMPLE));
        }
        let printed = if self.function == CLAIM { arguments.claim(scope) } else { arguments.number(scope) };
        arguments.errors.require(printed)
    }
}

/// Reads a call from left to right.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn takes(&mut self, sign: &str) -> bool {
        let takes = self.rest().starts_with(sign);
        if takes {
            self.at += sign.len();
        }
        takes
    }

    /// Goes behind spaces and the end of a line; an empty line ends a paragraph and so a call.
    fn skip_space(&mut self) {
        let rest = self.rest();
        let space = &rest[..rest.len() - rest.trim_start().len()];
        if space.matches('\n').count() < 2 {
            self.at += space.len();
        }
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Reads what stands between the opening bracket and the closing braces, these included.
    fn arguments(&mut self, found: &mut Vec<Argument>) -> Result<(), (String, usize)> {
        loop {
            self.skip_space();
            if self.takes(")") {
                break;
            }
            let key_at = self.at;
            let key = self.name().to_owned();
            self.skip_space();
            if key.is_empty() || !self.takes("=") {
                return Err(self.wrong("`name=\"...\"` or `)`"));
            }
            self.skip_space();
            let value_at = self.at + usize::from(self.rest().starts_with(['"', '\'', '`']));
            let value = self.literal()?;
            found.push(Argument { key, key_at, value, value_at });
            self.skip_space();
            if !self.takes(",") && !self.rest().starts_with(')') {
                return Err(self.wrong("`,` or `)`"));
            }
        }
        self.skip_space();
        if self.takes("}}") { Ok(()) } else { Err(self.wrong("`}}`")) }
    }

    fn literal(&mut self) -> Result<Literal, (String, usize)> {
        let rest = self.rest();
        if let Some(quote) = rest.chars().next().filter(|c| "\"'`".contains(*c)) {
            let inside = &rest[1..];
            let paragraph = inside.find("\n\n").unwrap_or(inside.len());
            let Some(length) = inside[..paragraph].find(quote) else {
                return Err((format!("this `{quote}` is not closed"), self.at));
            };
            self.at += length + 2;
            return Ok(Literal::Text(inside[..length].to_owned()));
        }
        let at = self.at;
        let word = self.name();
        match word {
            "true" | "false" => Ok(Literal::Flag(word == "true")),
            _ => word.parse().map(Literal::Number).map_err(|_| {
                self.at = at;
                self.wrong("a text in quotes, a whole number, `true` or `false`")
            }),
        }
    }

    fn wrong(&self, expected: &str) -> (String, usize) {
        let rest = self.rest();
        let found = match rest.chars().next() {
            None => "the end of the text".to_owned(),
            Some('\n') => "the end of the line".to_owned(),
            Some('}') if rest.starts_with("}}") => "`}}`".to_owned(),
            Some(c) => format!("`{c}`"),
        };
        (format!("found {found} and expected {expected}"), self.at)
    }
}

/// The arguments of a call while they are looked at.
struct Arguments<'t> {
    call: &'t Call,
    at: &'t dyn Fn(usize) -> Location,
    errors: Diagnostics,
}

impl<'t> Arguments<'t> {
    fn wrong(&mut self, byte: usize, message: String, remedy: impl Into<String>) {
        self.errors.push(Diagnostic::new((self.at)(byte), message).remedy(remedy));
    }

    /// Reports arguments that this call does not have, or twice.
    fn only(&mut self, allowed: &[&str]) {
        let given = &self.call.arguments;
        for (index, Argument { key, key_at, .. }) in given.iter().enumerate() {
            if !allowed.contains(&key.as_str()) {
                let (last, others) = (allowed[allowed.len() - 1], allowed[..allowed.len() - 1].join(", "));
                let message = format!("unknown argument `{key}`: write {others} or {last}");
                let error = Diagnostic::new((self.at)(*key_at), message);
                self.errors.push(error.suggest(key, allowed.iter().copied()));
            } else if given[..index].iter().any(|earlier| earlier.key == *key) {
                self.wrong(*key_at, format!("the argument `{key}` stands twice"), "delete one");
            }
        }
    }

    fn given(&self, key: &str) -> Option<&'t Argument> {
        self.call.arguments.iter().find(|argument| argument.key == key)
    }

    fn mismatch(&mut self, argument: &Argument, expected: &str) {
        let message = format!("the argument `{}` is {expected}", argument.key);
        self.wrong(argument.value_at, message, EXAMPLE);
    }

    fn text(&mut self, key: &str) -> Option<(&'t str, usize)> {
        let argument = self.given(key)?;
        match &argument.value {
            Literal::Text(text) => Some((text, argument.value_at)),
            _ => {
                self.mismatch(argument, "a text in quotes");
                None
            }
        }
    }

    fn needed_text(&mut self, key: &str) -> Option<(&'t str, usize)> {
        if self.given(key).is_none() && self.call.broken.is_none() {
            let function = &self.call.function;
            let message = format!("`{function}` lacks the argument `{key}`");
            let remedy = format!("write {{{{ {function}({key}=\"...\") }}}}");
            self.wrong(self.call.range.start, message, remedy);
        }
        self.text(key)
    }

    /// Returns what a call for a number prints.
    fn number(&mut self, scope: &Scope) -> Option<InlineKind> {
        // A share of what was published is the same in every unit.
        let has_unit = self.call.function != "difference";
        let arguments = ["name", "digits", "bare", "unit"];
        self.only(if has_unit { &arguments } else { &arguments[..3] });
        let digits = match self.given("digits") {
            Some(Argument { value: Literal::Number(digits), .. }) if *digits <= MOST_DIGITS => Some(*digits),
            Some(argument) => {
                let message = format!("`digits` is the number of decimals, at most {MOST_DIGITS}");
                self.wrong(argument.value_at, message, "write for example digits=2");
                None
            }
            None => None,
        };
        let bare = match self.given("bare") {
            Some(Argument { value: Literal::Flag(bare), .. }) => *bare,
            Some(argument) => {
                self.mismatch(argument, "`true` or `false`");
                false
            }
            None => false,
        };
        let (name, byte) = self.needed_text("name")?;
        let Some(fact) = scope.facts.get(name) else {
            let message = format!("no fact is named `{name}`");
            self.errors.push(scope.facts.unknown(name, (self.at)(byte), message));
            return None;
        };
        let lacks = match self.call.function.as_str() {
            "published" if fact.published.is_none() => Some("published counterpart"),
            "difference" if fact.difference().is_none() => Some("published counterpart"),
            "interval" if fact.interval.is_none() => Some("interval, since no input of it is assumed"),
            "median" if fact.median.is_none() => Some("median, since none was taken over its inputs"),
            _ => None,
        };
        if let Some(lacks) = lacks {
            let message = format!("the fact `{name}` has no {lacks}");
            self.wrong(byte, message, "write `fact` for the computed value");
        }
        let converted = if has_unit { self.in_unit(fact) } else { None };
        let text = printed(&self.call.function, converted.as_ref().unwrap_or(fact), digits, bare)?;
        // A fact that is a text, such as a version, has the signs of nobody's language.
        let text = if fact.number().is_some() { scope.language.number(&text) } else { text };
        Some(InlineKind::Number { fact: name.to_owned(), text })
    }

    /// Returns the fact in the unit that the call asks for.
    fn in_unit(&mut self, fact: &Fact) -> Option<Fact> {
        let (key, byte) = self.text("unit")?;
        let Some(unit) = Unit::with_key(key) else {
            let remedy =
                "write a unit such as unit=\"us\", or declare it under `units` in paper/results.yaml";
            self.wrong(byte, format!("`{key}` is no unit"), remedy);
            return None;
        };
        let converted = fact.in_unit(unit);
        if converted.is_none() {
            let message = format!("a number in {} is none in {key}", fact.unit.key());
            self.wrong(
                byte,
                message,
                format!("write a unit that measures the same, such as unit=\"{}\"", fact.unit.key()),
            );
        }
        converted
    }

    /// Returns what a call for a verdict prints: the verdict, or the words that say it.
    fn claim(&mut self, scope: &Scope) -> Option<InlineKind> {
        self.only(&["id", "is", "say"]);
        let id = self.needed_text("id");
        let is = self.needed_text("is");
        let say = self.text("say");
        let (id, byte) = id?;
        let Some(outcome) = scope.verdicts.get(id) else {
            let error = Diagnostic::new((self.at)(byte), format!("paper/claims.yaml has no claim `{id}`"));
            self.errors.push(error.suggest(id, scope.verdicts.keys().map(String::as_str)));
            return None;
        };
        let (is, byte) = is?;
        let word = outcome.word();
        if is != word {
            let message = format!("this sentence says that `{id}` is `{is}`; its verdict is `{word}`");
            self.wrong(byte, message, format!("make the sentence true, then write is=\"{word}\""));
        }
        let text = say.map_or(verdict(*outcome, scope.language.words()), |(say, _)| say).to_owned();
        Some(InlineKind::Verdict { claim: id.to_owned(), text })
    }
}

/// Returns how a text says a verdict.
fn verdict(outcome: Outcome, words: &Words) -> &'static str {
    match outcome {
        Outcome::Holds => words.holds,
        Outcome::Fails => words.fails,
        Outcome::Undecidable => words.undecidable,
        Outcome::NotTestable => words.not_testable,
    }
}

fn printed(function: &str, fact: &Fact, digits: Option<usize>, bare: bool) -> Option<String> {
    let value = |value| if bare { fact.unit.digits(value, digits) } else { fact.unit.display(value, digits) };
    match function {
        "published" => fact.published.as_ref().map(|result| result.display(fact.unit, digits, bare)),
        "difference" => fact.difference().map(|share| {
            let sign = if share < 0.0 { "−" } else { "+" };
            let digits = digits.unwrap_or(1);
            format!("{sign}{:.digits$}{}", 100.0 * share.abs(), if bare { "" } else { "\u{a0}%" })
        }),
        "interval" => fact.interval_text(digits, bare).map(|ends| ends.join("–")),
        "median" => fact.median_text(digits, bare),
        _ => match &fact.value {
            Value::Number(number) => Some(value(*number)),
            Value::Text(text) => Some(text.clone()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::is_meaningless;

    #[test]
    fn a_masked_text_has_the_lines_and_columns_of_the_one_that_was_written() {
        let text = "Ä {{ fact(name=\"a.b\",\n  digits=2) }} c {{ claim(id='d', is=\"e\") }}, \\{{ fact(name=\"x\") }}";
        let masked = mask(text);
        assert_eq!(masked.calls.len(), 2);
        let shape = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        assert_eq!(shape(&masked.text), shape(text));
        assert!(!masked.text.contains("a.b") && masked.text.contains(" c "), "{masked:?}");
        assert_eq!(masked.unmask(&masked.text), text);
    }

    #[test]
    fn a_formula_is_masked_with_its_calls_between_its_dollar_signs() {
        let text = "$$\n- {{ fact(name=\"a\") }}\n> b\n$$ costs $5, $x$ and `$y$`";
        let masked = mask(text);
        let formulas: Vec<&str> = masked.formulas.iter().map(|(formula, _)| formula.tex.as_str()).collect();
        assert_eq!(formulas.len(), 2);
        assert!(formulas[0].starts_with("\n- ") && formulas[0].ends_with("\n> b\n") && formulas[1] == "x");
        assert_eq!(masked.formulas[0].1, Position { line: 1, column: 3 });
        let shape = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        assert_eq!(shape(&masked.text), shape(text));
        assert!(!masked.text.contains(['-', '>']) && masked.text.ends_with("and `$y$`"), "{masked:?}");
        assert_eq!(masked.unmask(&masked.text), text);
    }

    #[test]
    fn braces_without_a_call_are_left_as_they_are() {
        for text in
            ["x_{{i}}", "${{ github.ref }}", "{% raw %}", "{#a} b #}", "{{}}", "{{ fact }}", "{", "\\"]
        {
            let masked = mask(text);
            assert_eq!((masked.open(&masked.text).as_str(), masked.calls.len()), (text, 0));
        }
        // In a formula this is a function in braces, in code it is code: the name alone makes a call.
        assert!(!mask("{{f(x)}}").calls[0].is_known());
    }

    #[test]
    fn a_call_that_cannot_be_read_ends_with_its_braces_or_its_line() {
        let source = |text: &str| mask(text).calls.first().map(|call| call.source.clone());
        assert_eq!(source("{{ fact(name=\"a\" }} b").as_deref(), Some("{{ fact(name=\"a\" }}"));
        assert_eq!(source("{{ fact(name=\"a\" b\nc").as_deref(), Some("{{ fact(name=\"a\" b"));
        assert_eq!(source("{{ fact(name=\"a\n\nb\") }}").as_deref(), Some("{{ fact(name=\"a"));
    }

    #[test]
    fn a_text_keeps_its_calls_apart_from_characters_of_an_author() {
        // An author's text that holds one of them is refused.
        let masks = [FIRST, LAST, END, FILL, DOLLAR, FIRST_FORMULA, LAST_FORMULA];
        assert!(masks.into_iter().all(is_meaningless) && !is_meaningless('ä'));
    }
}
