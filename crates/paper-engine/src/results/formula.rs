//! Facts that follow from other facts by a formula: `latency.base.{workload} / latency.ours.{workload}`.
//!
//! Numbers, names of facts, `+ - * /` and parentheses. A sign between names and numbers has spaces around it, since
//! names may hold hyphens. Units are computed with, and ends of intervals are those that the ends of the parts
//! allow, whatever the parts have to do with each other (Moore, "Interval Analysis", 1966).

use std::fmt;

use crate::units::{Size, Unit};

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A plain number.
    Number(f64),
    /// A fact by its name, which may hold columns in braces.
    Name(String),
    /// Two formulas with a sign between them.
    Both(Sign, Box<Formula>, Box<Formula>),
    /// The opposite.
    Negative(Box<Formula>),
}

/// A sign between two formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// What a formula makes: a number, its ends, and what it measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The number, in the smallest unit of its kind.
    pub value: f64,
    /// The ends between which it lies, in the same; the number itself where none is known.
    pub ends: (f64, f64),
    /// What it measures.
    pub size: Size,
    /// The unit of the first fact that measures the same.
    pub unit: Option<Unit>,
}

/// What a fact gives to a formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operand {
    /// Its number, in its unit.
    pub value: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Its unit.
    pub unit: Unit,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Sign(char),
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens, at: 0, depth: 0 };
        let formula = reader.sum()?;
        match reader.next() {
            None => Ok(formula),
            Some(token) => Err(format!("{} stands where a sign such as `+` has to", told(token))),
        }
    }

    /// Returns the names in it, in their order.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Both(_, left, right) => [left.names(), right.names()].concat(),
            Self::Negative(inside) => inside.names(),
        }
    }

    /// Returns the same with other names.
    pub fn with_names(&self, rename: &impl Fn(&str) -> String) -> Self {
        match self {
            Self::Number(number) => Self::Number(*number),
            Self::Name(name) => Self::Name(rename(name)),
            Self::Both(sign, left, right) => {
                Self::Both(*sign, Box::new(left.with_names(rename)), Box::new(right.with_names(rename)))
            }
            Self::Negative(inside) => Self::Negative(Box::new(inside.with_names(rename))),
        }
    }

    /// Computes it.
    ///
    /// # Errors
    /// Sums of what measures different things, and quotients by zero.
    pub fn of(&self, operand: &impl Fn(&str) -> Option<Operand>) -> Result<Made, String> {
        match self {
            Self::Number(number) => {
                Ok(Made { value: *number, ends: (*number, *number), size: Size::one(), unit: None })
            }
            Self::Name(name) => {
                let Operand { value, interval, unit } =
                    operand(name).ok_or_else(|| format!("`{name}` is no number"))?;
                let size = unit.sized();
                let scaled = |number: f64| number * size.size;
                let (low, high) = interval.unwrap_or((value, value));
                let ends = (scaled(low), scaled(high));
                Ok(Made { value: scaled(value), ends, size: Size { size: 1.0, ..size }, unit: Some(unit) })
            }
            Self::Negative(inside) => {
                let made = inside.of(operand)?;
                Ok(Made { value: -made.value, ends: (-made.ends.1, -made.ends.0), ..made })
            }
            Self::Both(sign, left, right) => {
                let (one, other) = (left.of(operand)?, right.of(operand)?);
                if matches!(sign, Sign::Plus | Sign::Minus) && one.size != other.size {
                    return Err(format!("`{left}` and `{right}` measure different things"));
                }
                sign.of(one, other)
                    .ok_or_else(|| format!("`{right}` may be zero, and nothing is divided by that"))
            }
        }
    }
}

impl Sign {
    fn of(self, one: Made, other: Made) -> Option<Made> {
        let ((low, high), (other_low, other_high)) = (one.ends, other.ends);
        let same = one.unit.or(other.unit);
        Some(match self {
            Self::Plus => {
                let ends = (low + other_low, high + other_high);
                Made { value: one.value + other.value, ends, size: one.size, unit: same }
            }
            Self::Minus => {
                let ends = (low - other_high, high - other_low);
                Made { value: one.value - other.value, ends, size: one.size, unit: same }
            }
            Self::Times => {
                let ends = extremes([low * other_low, low * other_high, high * other_low, high * other_high]);
                // A plain factor leaves the unit as it is.
                let is_plain = |made: &Made| made.size.dimensions.is_empty();
                let unit = if is_plain(&other) {
                    one.unit
                } else if is_plain(&one) {
                    other.unit
                } else {
                    None
                };
                Made { value: one.value * other.value, ends, size: one.size.times(&other.size, 1), unit }
            }
            Self::Over => {
                if other_low <= 0.0 && other_high >= 0.0 {
                    return None;
                }
                let ends = extremes([low / other_low, low / other_high, high / other_low, high / other_high]);
                let unit = if other.size.dimensions.is_empty() { one.unit } else { None };
                Made { value: one.value / other.value, ends, size: one.size.times(&other.size, -1), unit }
            }
        })
    }
}

fn extremes(all: [f64; 4]) -> (f64, f64) {
    (all.iter().copied().fold(f64::INFINITY, f64::min), all.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 50;

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn sign(&mut self, signs: &[(char, Sign)]) -> Option<Sign> {
        let Some(Token::Sign(found)) = self.tokens.get(self.at) else { return None };
        let sign = signs.iter().find(|(sign, _)| sign == found)?.1;
        self.at += 1;
        Some(sign)
    }

    fn sum(&mut self) -> Result<Formula, String> {
        self.chain(&[('+', Sign::Plus), ('-', Sign::Minus)], Self::product)
    }

    fn product(&mut self) -> Result<Formula, String> {
        self.chain(&[('*', Sign::Times), ('/', Sign::Over)], Self::part)
    }

    fn chain(
        &mut self,
        signs: &[(char, Sign)],
        part: fn(&mut Self) -> Result<Formula, String>,
    ) -> Result<Formula, String> {
        let mut formula = part(self)?;
        while let Some(sign) = self.sign(signs) {
            formula = Formula::Both(sign, Box::new(formula), Box::new(part(self)?));
        }
        Ok(formula)
    }

    fn part(&mut self) -> Result<Formula, String> {
        match self.next() {
            Some(Token::Number(number)) => Ok(Formula::Number(*number)),
            Some(Token::Name(name)) => Ok(Formula::Name(name.clone())),
            Some(Token::Sign(sign @ ('-' | '('))) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err("more parentheses stand in each other than anybody reads".to_owned());
                }
                if *sign == '-' {
                    return Ok(Formula::Negative(Box::new(self.part()?)));
                }
                let inside = self.sum()?;
                self.depth -= 1;
                match self.next() {
                    Some(Token::Sign(')')) => Ok(inside),
                    _ => Err("a parenthesis is not closed".to_owned()),
                }
            }
            Some(token) => Err(format!("{} stands where a number or the name of a fact has to", told(token))),
            None => Err("a number or the name of a fact is missing at the end".to_owned()),
        }
    }
}

fn told(token: &Token) -> String {
    match token {
        Token::Number(number) => format!("`{number}`"),
        Token::Name(name) => format!("`{name}`"),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            number_length(rest)
        } else if first.is_ascii_alphabetic() || "_{".contains(first) {
            let is_part = |c: char| c.is_ascii_alphanumeric() || "._-{}".contains(c);
            let whole = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            rest[..whole].trim_end_matches(['.', '-']).len()
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        found.push(match first {
            '0'..='9' => Token::Number(token.parse().map_err(|_| format!("`{token}` is no number"))?),
            'a'..='z' | 'A'..='Z' | '_' | '{' => Token::Name(token.to_owned()),
            '+' | '-' | '*' | '/' | '(' | ')' => Token::Sign(first),
            '×' | '·' => Token::Sign('*'),
            '−' => Token::Sign('-'),
            other => return Err(format!("`{other}` means nothing in a formula")),
        });
        rest = after.trim_start();
    }
    Ok(found)
}

/// Returns the bytes of the number that a text begins with.
fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut length = digits(text);
    if let Some(fraction) = text[length..].strip_prefix('.') {
        length += 1 + digits(fraction);
    }
    if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let count = digits(&exponent[sign..]);
        length += if count > 0 { 1 + sign + count } else { 0 };
    }
    length
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = |formula: &Self| match formula {
            Self::Both(..) => format!("({formula})"),
            _ => formula.to_string(),
        };
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
            Self::Negative(inside) => write!(f, "−{}", inner(inside)),
            Self::Both(sign, left, right) => {
                let sign = match sign {
                    Sign::Plus => "+",
                    Sign::Minus => "−",
                    Sign::Times => "×",
                    Sign::Over => "/",
                };
                write!(f, "{} {sign} {}", inner(left), inner(right))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operand(name: &str) -> Option<Operand> {
        let (value, interval, unit) = match name {
            "base.time" => (2.0, Some((1.0, 4.0)), Unit::SECONDS),
            "our-s.time" => (500.0, Some((400.0, 800.0)), Unit::MILLISECONDS),
            "size" => (8.0, None, Unit::GIBIBYTES),
            "zero" => (1.0, Some((-1.0, 2.0)), Unit::ONE),
            _ => return None,
        };
        Some(Operand { value, interval, unit })
    }

    #[test]
    fn units_and_intervals_are_carried_through() {
        let made = |text: &str| Formula::read(text).unwrap().of(&operand).unwrap();
        let ratio = made("base.time / our-s.time");
        assert_eq!((ratio.value, ratio.ends, ratio.size.measures()), (4.0, (1.25, 10.0), String::new()));
        let sum = made("base.time + our-s.time * 2");
        assert_eq!((sum.value, sum.ends, sum.unit), (3e9, (1.8e9, 5.6e9), Some(Unit::SECONDS)));
        let rate = made("size / (base.time - our-s.time)");
        assert_eq!(rate.size.measures(), "bytes/time");
        assert_eq!(made("-base.time").ends, (-4e9, -1e9));
        assert_eq!(made("1 - 0.25 / 2.5e-1").value, 0.0);
        assert_eq!(made("2 * 3 - 4 - 5").value, -3.0);
    }

    #[test]
    fn what_has_no_value_is_told() {
        let wrong = |text: &str| Formula::read(text).and_then(|formula| formula.of(&operand)).unwrap_err();
        assert_eq!(wrong("base.time + size"), "`base.time` and `size` measure different things");
        assert_eq!(wrong("1 / zero"), "`zero` may be zero, and nothing is divided by that");
        assert_eq!(wrong("(1 + 2"), "a parenthesis is not closed");
        assert_eq!(wrong("1 +"), "a number or the name of a fact is missing at the end");
        assert_eq!(wrong("a b"), "`b` stands where a sign such as `+` has to");
        assert_eq!(wrong("a ^ b"), "`^` means nothing in a formula");
        assert!(wrong(&"(".repeat(1000)).starts_with("more parentheses"));
        assert!(wrong(&"-".repeat(1000)).starts_with("more parentheses"));
    }

    #[test]
    fn a_formula_prints_as_it_is_said() {
        let formula = Formula::read("a.{x}/(b + 2)*-c").unwrap();
        assert_eq!(formula.to_string(), "(a.{x} / (b + 2)) × −c");
        assert_eq!(formula.names(), ["a.{x}", "b", "c"]);
    }
}
