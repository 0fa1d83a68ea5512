//! Whether an assertion holds, on what numbers, and in which words that is told.

use std::fmt;

use super::expression::{Trouble, mixed};
use super::{Assertion, Bound, Comparison, Expression, Quantities, Quantity};
use crate::units::{MOST_DIGITS, Unit};

/// Whether something holds, as far as is known; of several the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It holds.
    Holds,
    /// It holds at one end of an interval and not at the other.
    Undecidable,
    /// It does not hold.
    Fails,
}

/// Over what an assertion is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// At the stated values of all assumptions.
    Values,
    /// Where the left side is a fact, over the whole of its interval.
    Intervals,
}

/// What was found of an assertion: of several bounds, by the one that is kept worst.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether all bounds are kept.
    pub truth: Truth,
    /// The left side as a reader sees it, with the digits that tell it from the right one.
    pub number: String,
    /// The right side, in the same unit and digits.
    pub limit: String,
    /// How far the left side is on the right side of its bound, in its unit; negative on the wrong side.
    pub margin: f64,
    /// The sentence that tells what was found where the assertion does not hold.
    pub message: String,
}

/// What keeps an assertion from being judged, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged(pub Vec<Trouble>);

impl fmt::Display for Unjudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let troubles: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&troubles.join(", "))
    }
}

impl Assertion {
    /// Judges the assertion on facts.
    ///
    /// # Errors
    /// The facts that are missing, and sides that measure different things, each once.
    pub fn judge(&self, of: &dyn Quantities, over: Over) -> Result<Judgement, Unjudged> {
        let mut troubles = Vec::new();
        let mut take =
            |found: Result<Quantity, Vec<Trouble>>| found.map_err(|found| troubles.extend(found)).ok();
        let value = take(self.value.quantity(of));
        let limits: Vec<_> =
            self.bounds.iter().map(|bound| (bound, take(bound.limit.quantity(of)))).collect();
        let mut judged = Vec::new();
        for (bound, limit) in limits {
            let (Some(value), Some(limit)) = (&value, limit) else { continue };
            match self.found(value, bound, &limit, over) {
                Ok(judgement) => judged.push(judgement),
                Err(trouble) => troubles.push(trouble),
            }
        }
        let worst = judged.into_iter().reduce(|worst, next| {
            let is_worse = (next.truth, -next.margin) > (worst.truth, -worst.margin);
            if is_worse { next } else { worst }
        });
        match worst {
            Some(judgement) if troubles.is_empty() => Ok(judgement),
            _ => {
                let mut once = Vec::new();
                for trouble in troubles {
                    if !once.contains(&trouble) {
                        once.push(trouble);
                    }
                }
                Err(Unjudged(once))
            }
        }
    }

    fn found(
        &self,
        value: &Quantity,
        bound: &Bound,
        limit: &Quantity,
        over: Over,
    ) -> Result<Judgement, Trouble> {
        // A ratio is told as what it is compared with, in per cent or times.
        let is_bare = value.unit.is_none_or(|unit| unit == Unit::ONE) && limit.unit.is_some();
        let told = if is_bare { limit } else { value };
        let (unit, size) = (told.unit.unwrap_or(Unit::ONE), told.size.as_ref());
        let [Some(factor), Some(limit_factor)] = [value.factor(size), limit.factor(size)] else {
            return Err(mixed((&self.value, value), (&bound.limit, limit)));
        };
        let (number, limit) = (value.value * factor, limit.value * limit_factor);
        let ends = value.interval.map(|(low, high)| [low * factor, high * factor]);
        let ends = ends.filter(|_| over == Over::Intervals).unwrap_or([number; 2]);
        let truth = bound.truth(ends, limit);
        let margin = bound.margin(number, limit);
        let [number, limit_text] = told_apart(number, limit, bound, unit);
        let said = |expression: &Expression| match expression {
            Expression::Number(_) => None,
            other => Some(format!("`{other}`")),
        };
        let subject = match said(&self.value) {
            Some(expression) => format!("{expression} is {number},"),
            None => format!("{number} is"),
        };
        let object =
            said(&bound.limit).map_or_else(String::new, |expression| format!(", which is {expression}"));
        let message = format!("{subject} not {} {limit_text}{object}", bound.comparison.words());
        Ok(Judgement { truth, number, limit: limit_text, margin, message })
    }
}

impl Bound {
    fn truth(&self, [low, high]: [f64; 2], limit: f64) -> Truth {
        match [low, high].map(|end| self.holds(end, limit)) {
            [true, true] => Truth::Holds,
            // What lies on both sides of a number may be that number.
            [false, false] if self.comparison == Comparison::Equal && low < limit && limit < high => {
                Truth::Undecidable
            }
            [false, false] => Truth::Fails,
            _ => Truth::Undecidable,
        }
    }

    fn holds(&self, value: f64, limit: f64) -> bool {
        match self.comparison {
            Comparison::AtLeast => value >= limit,
            Comparison::AtMost => value <= limit,
            Comparison::Above => value > limit,
            Comparison::Below => value < limit,
            Comparison::Equal => (value - limit).abs() <= self.within * limit.abs(),
        }
    }

    fn margin(&self, value: f64, limit: f64) -> f64 {
        match self.comparison {
            Comparison::AtLeast | Comparison::Above => value - limit,
            Comparison::AtMost | Comparison::Below => limit - value,
            Comparison::Equal => self.within * limit.abs() - (value - limit).abs(),
        }
    }
}

/// Prints both sides with the usual digits, or with as many decimals as tell one from the other where they
/// differ.
fn told_apart(value: f64, limit: f64, bound: &Bound, unit: Unit) -> [String; 2] {
    let usual = [value, limit].map(|number| unit.display(number, None));
    let is_same = value == limit || (bound.comparison == Comparison::Equal && bound.holds(value, limit));
    let decimals = unit.digits(value, None).split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let texts = |digits| [value, limit].map(|number| unit.display(number, Some(digits)));
    let is_told = |[left, right]: &[String; 2]| left != right;
    if is_same || is_told(&texts(decimals)) {
        return usual;
    }
    let telling = (decimals..=MOST_DIGITS).map(texts).find(is_told);
    telling.unwrap_or_else(|| texts(MOST_DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One fact `a.mean` in seconds, and `b.half` of half of 3000 ms.
    struct Facts(f64, Option<(f64, f64)>);

    impl Quantities for Facts {
        fn quantity(&self, name: &str) -> Option<Quantity> {
            match name {
                "a.mean" => Some(Quantity::of(self.0, Unit::SECONDS, self.1)),
                "b.half" => Some(Quantity::of(1500.0, Unit::MILLISECONDS, Some((0.0, 9e9)))),
                "c.share" => Some(Quantity::of(0.25, Unit::FRACTION, None)),
                "d.size" => Some(Quantity::of(8.0, Unit::BYTES, None)),
                _ => None,
            }
        }
    }

    fn judge(text: &str, facts: &Facts, over: Over) -> Result<Judgement, Unjudged> {
        serde_saphyr::from_str::<Assertion>(text).unwrap().judge(facts, over)
    }

    fn truth(text: &str, value: f64) -> Truth {
        judge(text, &Facts(value, None), Over::Values).unwrap().truth
    }

    #[test]
    fn each_comparison_holds_and_fails_at_its_bound() {
        for (key, below, at, above) in [
            ("at_least", Truth::Fails, Truth::Holds, Truth::Holds),
            ("at_most", Truth::Holds, Truth::Holds, Truth::Fails),
            ("above", Truth::Fails, Truth::Fails, Truth::Holds),
            ("below", Truth::Holds, Truth::Fails, Truth::Fails),
            ("equal", Truth::Fails, Truth::Holds, Truth::Fails),
        ] {
            let text = format!("{{value: a.mean, {key}: 2}}");
            assert_eq!([1.9, 2.0, 2.1].map(|value| truth(&text, value)), [below, at, above], "{key}");
        }
        assert_eq!(truth("{value: a.mean, equal: 2}", 2.0 * (1.0 + 1e-10)), Truth::Holds);
        assert_eq!(truth("{value: a.mean, equal: 2}", 2.0 * (1.0 + 1e-8)), Truth::Fails);
        assert_eq!(truth("{value: a.mean, equal: 2, within: 0.1}", 2.19), Truth::Holds);
        assert_eq!(truth("{value: a.mean, equal: 2, within: 0.1}", 2.21), Truth::Fails);
    }

    #[test]
    fn an_interval_counts_only_where_it_is_asked_for() {
        let over =
            |text: &str, ends: (f64, f64), over| judge(text, &Facts(2.5, Some(ends)), over).unwrap().truth;
        let text = "{value: a.mean, at_least: 2}";
        assert_eq!(over(text, (2.1, 3.0), Over::Intervals), Truth::Holds);
        assert_eq!(over(text, (1.9, 3.0), Over::Intervals), Truth::Undecidable);
        assert_eq!(over(text, (1.0, 1.9), Over::Intervals), Truth::Fails);
        assert_eq!(over(text, (1.0, 1.9), Over::Values), Truth::Holds);
        // A number inside of an interval may be the true one.
        assert_eq!(over("{value: a.mean, equal: 2}", (1.0, 3.0), Over::Intervals), Truth::Undecidable);
        assert_eq!(over("{value: a.mean, equal: 4}", (1.0, 3.0), Over::Intervals), Truth::Fails);
    }

    #[test]
    fn of_several_bounds_the_worst_is_told() {
        let found =
            judge("{value: a.mean, at_least: 1, at_most: 2}", &Facts(2.5, None), Over::Values).unwrap();
        assert_eq!((found.truth, found.margin), (Truth::Fails, -0.5));
        assert_eq!(found.message, "`a.mean` is 2.50\u{a0}s, not at most 2\u{a0}s");
        let found =
            judge("{value: a.mean, at_least: 1, at_most: 2}", &Facts(1.2, None), Over::Values).unwrap();
        assert_eq!((found.truth, found.number.as_str()), (Truth::Holds, "1.20\u{a0}s"));
    }

    #[test]
    fn facts_of_one_kind_compare_whatever_their_units() {
        let text = "{value: a.mean, below: b.half}";
        assert_eq!([truth(text, 1.4), truth(text, 1.6)], [Truth::Holds, Truth::Fails]);
        let found =
            judge("{value: b.half, equal: {sum: [a.mean, 1]}}", &Facts(1.0, None), Over::Values).unwrap();
        assert_eq!(
            found.message,
            "`b.half` is 1500\u{a0}ms, not equal to 2000\u{a0}ms, which is `a.mean + 1`"
        );
    }

    #[test]
    fn a_ratio_is_told_as_what_it_is_compared_with_and_other_kinds_are_refused() {
        let text = "{value: {ratio: [b.half, a.mean, 6]}, at_most: c.share}";
        let found = judge(text, &Facts(2.0, None), Over::Values).unwrap();
        assert_eq!((found.truth, found.number.as_str()), (Truth::Holds, "12.5\u{a0}%"));
        for (text, told) in [
            ("{value: a.mean, below: d.size}", "`a.mean` is time, and `d.size` is bytes"),
            (
                "{value: {ratio: [d.size, a.mean]}, at_least: 3, below: a.mean}",
                "`d.size / a.mean` is bytes/time, and `a.mean` is time",
            ),
        ] {
            assert_eq!(judge(text, &Facts(2.0, None), Over::Values).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn both_sides_have_the_digits_that_tell_them_apart() {
        let found = judge("{value: a.mean, at_least: 2}", &Facts(1.99996, None), Over::Values).unwrap();
        assert_eq!([found.number, found.limit], ["1.99996\u{a0}s", "2.00000\u{a0}s"]);
        let found =
            judge("{value: 3, at_most: {product: [a.mean, 1]}}", &Facts(2.0, None), Over::Values).unwrap();
        assert_eq!(found.message, "3\u{a0}s is not at most 2\u{a0}s, which is `a.mean × 1`");
    }

    #[test]
    fn missing_facts_are_named_once_each() {
        let text = "{value: {sum: [x.y, a.mean]}, at_least: x.y, below: z}";
        let missing = judge(text, &Facts(1.0, None), Over::Values).unwrap_err();
        assert_eq!(missing.to_string(), "there is no number `x.y`, there is no number `z`");
    }
}
