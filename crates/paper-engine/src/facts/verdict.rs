//! Verdicts on the plan's claims, decided by facts.

use std::fmt;

use super::Facts;
use crate::assertion::{Assertion, Judgement, Over, Truth, Unjudged};
use crate::model::{Claim, Test, Weaker};

/// What the simulation says of a claim, by its strict reading alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every test is met, for an assumption over its whole interval.
    Holds,
    /// A test is missed.
    Fails,
    /// The interval of an assumption lies on both sides of the bound.
    Undecidable,
    /// Every test is met, and the machine could not have missed it.
    NotTestable,
}

impl Outcome {
    /// Returns the word that stands in tables and text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecidable => "undecidable",
            Self::NotTestable => "not testable",
        }
    }
}

impl From<Truth> for Outcome {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Holds => Self::Holds,
            Truth::Fails => Self::Fails,
            Truth::Undecidable => Self::Undecidable,
        }
    }
}

/// A claim with its verdict.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// The verdict.
    pub outcome: Outcome,
    /// The value that its first test judges, as a reader sees it.
    pub number: String,
    /// How far that value is from its bound, in its unit; negative where the bound is missed.
    pub margin: f64,
    /// Each test with its own outcome, the first one included.
    pub parts: Vec<TestResult<'a>>,
    /// What the weaker reading gives, which changes nothing.
    pub weaker: Option<Remark<'a>>,
}

/// One test of a claim, judged.
#[derive(Clone, Debug)]
pub struct TestResult<'a> {
    /// The test.
    pub test: &'a Test,
    /// Whether it is met.
    pub outcome: Outcome,
    /// The value that it judges, as a reader sees it.
    pub number: String,
}

/// A weaker reading with its number.
#[derive(Clone, Debug)]
pub struct Remark<'a> {
    /// The reading.
    pub weaker: &'a Weaker,
    /// Whether its bound is met, over the whole interval of an assumption.
    pub is_met: bool,
    /// The value that it judges, as a reader sees it.
    pub number: String,
}

/// A claim that nothing can decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The id of the claim.
    pub claim: String,
    /// What keeps it from being decided.
    pub why: Unjudged,
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.claim, self.why)
    }
}

/// Decides every claim.
///
/// # Errors
/// The claims that name facts which nobody computes, or compare what measures different things.
pub fn verdicts<'a>(claims: &'a [Claim], facts: &Facts) -> Result<Vec<Verdict<'a>>, Vec<Undecided>> {
    let (mut decided, mut undecided) = (Vec::new(), Vec::new());
    for claim in claims {
        match decide(claim, facts) {
            Ok(verdict) => decided.push(verdict),
            Err(why) => undecided.push(Undecided { claim: claim.id.clone(), why }),
        }
    }
    if undecided.is_empty() { Ok(decided) } else { Err(undecided) }
}

fn decide<'a>(claim: &'a Claim, facts: &Facts) -> Result<Verdict<'a>, Unjudged> {
    // A claim is judged over whole intervals: what an assumption could turn around is not kept.
    let judge = |assertion: &Assertion| assertion.judge(facts, Over::Intervals);
    let part = |test: &'a Test| {
        let found = judge(&test.assertion)?;
        Ok::<_, Unjudged>(TestResult { test, outcome: found.truth.into(), number: found.number })
    };
    let tests = std::iter::once(&claim.test).chain(&claim.also);
    let parts = tests.map(part).collect::<Result<Vec<_>, _>>()?;
    let any = |outcome| parts.iter().any(|part| part.outcome == outcome);
    let outcome = if any(Outcome::Fails) {
        Outcome::Fails
    } else if any(Outcome::Undecidable) {
        Outcome::Undecidable
    } else if claim.untestable.is_some() {
        Outcome::NotTestable
    } else {
        Outcome::Holds
    };
    let weaker = claim.weaker.as_ref().map(|weaker| {
        let found = judge(&weaker.assertion)?;
        Ok::<_, Unjudged>(Remark { weaker, is_met: found.truth == Truth::Holds, number: found.number })
    });
    let Judgement { number, margin, .. } = judge(&claim.test.assertion)?;
    Ok(Verdict { claim, outcome, number, margin, parts, weaker: weaker.transpose()? })
}

#[cfg(test)]
mod tests {
    use super::super::{Fact, Grade, Unit, Value};
    use super::*;
    use std::collections::BTreeMap;

    use crate::model::Fixed;

    fn assertion(text: &str) -> Assertion {
        serde_saphyr::from_str(text).unwrap()
    }

    fn fact(value: f64, interval: Option<(f64, f64)>) -> Fact {
        let grade = if interval.is_some() { Grade::Assumption } else { Grade::Computed };
        Fact { interval, ..Fact::new(Value::Number(value), Unit::TIMES, grade) }
    }

    fn claim() -> Claim {
        Claim {
            id: "id".into(),
            claim: String::new(),
            definition: String::new(),
            test: Test { part: None, assertion: assertion("{value: strict, at_least: 2}") },
            also: Vec::new(),
            fails_if: String::new(),
            untestable: None,
            fixed: Fixed::After,
            weaker: None,
            counter_reading: String::new(),
        }
    }

    fn outcome(claim: Claim, strict: Fact, other: f64) -> Outcome {
        let mut facts = Facts::default();
        facts.0.insert("strict".into(), strict);
        facts.0.insert("other".into(), fact(other, None));
        verdicts(&[claim], &facts).unwrap()[0].outcome
    }

    #[test]
    fn a_verdict_follows_its_fact_over_the_whole_interval() {
        let check = |strict, expected| assert_eq!(outcome(claim(), strict, 0.0), expected);
        check(fact(2.5, None), Outcome::Holds);
        check(fact(1.5, None), Outcome::Fails);
        check(fact(2.5, Some((2.1, 3.0))), Outcome::Holds);
        check(fact(2.5, Some((1.9, 3.0))), Outcome::Undecidable);
        check(fact(1.5, Some((1.0, 1.9))), Outcome::Fails);
    }

    #[test]
    fn a_weaker_reading_is_told_and_changes_nothing() {
        let weaker = Weaker { condition: String::new(), assertion: assertion("{value: other, at_most: 1}") };
        let claims = [Claim { weaker: Some(weaker), ..claim() }];
        let mut facts = Facts::default();
        facts.0.insert("strict".into(), fact(1.5, None));
        facts.0.insert("other".into(), fact(0.5, None));
        let decided = verdicts(&claims, &facts).unwrap();
        assert_eq!(decided[0].outcome, Outcome::Fails);
        assert!(decided[0].weaker.as_ref().unwrap().is_met && decided[0].margin < 0.0);
    }

    #[test]
    fn every_part_has_to_hold() {
        let also = vec![Test { part: None, assertion: assertion("{value: other, at_most: 1}") }];
        let claim = Claim { also, ..claim() };
        assert_eq!(outcome(claim.clone(), fact(2.5, None), 0.5), Outcome::Holds);
        assert_eq!(outcome(claim.clone(), fact(2.5, None), 1.5), Outcome::Fails);
        assert_eq!(outcome(claim.clone(), fact(2.5, Some((1.0, 3.0))), 1.5), Outcome::Fails);
        assert_eq!(outcome(claim, fact(2.5, Some((1.0, 3.0))), 0.5), Outcome::Undecidable);
    }

    /// What the machine fails could be tested after all.
    #[test]
    fn only_what_is_met_can_be_untestable() {
        let claim = Claim { untestable: Some("by construction".into()), ..claim() };
        assert_eq!(outcome(claim.clone(), fact(2.5, None), 0.0), Outcome::NotTestable);
        assert_eq!(outcome(claim, fact(1.5, None), 0.0), Outcome::Fails);
    }

    #[test]
    fn a_number_has_the_digits_that_tell_it_from_its_bound() {
        let number = |value| {
            let facts = Facts::from(BTreeMap::from([("strict".to_owned(), fact(value, None))]));
            verdicts(&[claim()], &facts).unwrap()[0].number.clone()
        };
        let shown = [1.5, 1.998, 1.99996, 2.0, 2.00004].map(number);
        assert_eq!(shown, ["1.50×", "1.998×", "1.99996×", "2.00×", "2.00004×"]);
    }

    #[test]
    fn a_fact_that_nobody_computes_is_told() {
        let claims = [claim()];
        let undecided = verdicts(&claims, &Facts::default()).unwrap_err();
        assert_eq!(undecided[0].claim, "id");
        assert_eq!(undecided[0].to_string(), "id: there is no number `strict`");
    }
}
