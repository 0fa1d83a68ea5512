//! Verdicts on the plan's promises, decided by facts.

use super::{Fact, Facts};
use crate::model::{Bound, Claim};

/// What the simulation says of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The strict test is met, for an assumption over its whole interval.
    Holds,
    /// Only the weaker reading is met.
    HoldsIf,
    /// No reading is met.
    Fails,
    /// The interval of an assumption lies on both sides of the bound.
    Undecidable,
}

impl Outcome {
    /// The word that stands in tables and text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsIf => "holds if",
            Self::Fails => "fails",
            Self::Undecidable => "undecidable",
        }
    }
}

/// A promise with its verdict.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The promise.
    pub claim: &'a Claim,
    /// The verdict.
    pub outcome: Outcome,
    /// The value of the fact that decided, as a reader sees it.
    pub number: String,
    /// How far that fact is from its bound, in its unit; negative where the bound is missed.
    pub margin: f64,
}

/// Decides every promise; one whose fact does not exist is told by name.
///
/// # Errors
/// The ids of claims with the facts that they name and nobody computes.
pub fn verdicts<'a>(claims: &'a [Claim], facts: &Facts) -> Result<Vec<Verdict<'a>>, Vec<String>> {
    let mut missing = Vec::new();
    let decided = claims.iter().filter_map(|claim| {
        decide(claim, facts)
            .map_err(|fact| missing.push(format!("{}: there is no number `{fact}`", claim.id)))
            .ok()
    });
    let decided: Vec<Verdict<'a>> = decided.collect();
    if missing.is_empty() { Ok(decided) } else { Err(missing) }
}

fn decide<'a>(claim: &'a Claim, facts: &Facts) -> Result<Verdict<'a>, String> {
    let number = |name: &str| {
        let fact = facts.get(name).ok_or_else(|| name.to_owned())?;
        Ok::<_, String>((fact, fact.number().ok_or_else(|| name.to_owned())?))
    };
    let (fact, value) = number(&claim.test.fact)?;
    let strict = strictly(fact, value, claim.test.bound);
    let verdict = |outcome, fact: &Fact, value, bound: Bound| Verdict {
        claim,
        outcome,
        number: fact.display(None),
        margin: bound.margin(value),
    };
    if strict != Outcome::Holds
        && let Some(weaker) = &claim.weaker
    {
        let (other, value) = number(&weaker.fact)?;
        if strictly(other, value, weaker.bound) == Outcome::Holds {
            return Ok(verdict(Outcome::HoldsIf, other, value, weaker.bound));
        }
    }
    Ok(verdict(strict, fact, value, claim.test.bound))
}

fn strictly(fact: &Fact, value: f64, bound: Bound) -> Outcome {
    let ends = fact.interval.map_or([value, value], |(low, high)| [low, high]);
    match ends.map(|end| bound.is_met(end)) {
        [true, true] => Outcome::Holds,
        [false, false] => Outcome::Fails,
        _ => Outcome::Undecidable,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Grade, Unit, Value};
    use super::*;
    use crate::model::{Test, Weaker};

    fn fact(value: f64, interval: Option<(f64, f64)>) -> Fact {
        Fact {
            value: Value::Number(value),
            unit: Unit::Times,
            grade: if interval.is_some() { Grade::Assumption } else { Grade::Computed },
            median: None,
            interval,
            sampling_error: None,
            moved_by: Vec::new(),
            inputs: Vec::new(),
            formula: String::new(),
            source: String::new(),
            published: None,
        }
    }

    fn check(strict: Fact, weaker: Option<Fact>, expected: Outcome) {
        let claim = Claim {
            id: "id".into(),
            claim: String::new(),
            definition: String::new(),
            test: Test { fact: "strict".into(), bound: Bound::AtLeast(2.0) },
            weaker: weaker.is_some().then(|| Weaker {
                condition: String::new(),
                fact: "weaker".into(),
                bound: Bound::AtMost(1.0),
            }),
            counter_reading: String::new(),
        };
        let mut facts = Facts::default();
        facts.0.insert("strict".into(), strict);
        facts.0.extend(weaker.map(|fact| ("weaker".to_owned(), fact)));
        let claims = [claim];
        assert_eq!(verdicts(&claims, &facts).unwrap()[0].outcome, expected);
    }

    #[test]
    fn a_verdict_follows_its_fact() {
        check(fact(2.5, None), None, Outcome::Holds);
        check(fact(1.5, None), None, Outcome::Fails);
        check(fact(1.5, None), Some(fact(0.5, None)), Outcome::HoldsIf);
        check(fact(1.5, None), Some(fact(1.5, None)), Outcome::Fails);
        check(fact(2.5, Some((2.1, 3.0))), None, Outcome::Holds);
        check(fact(2.5, Some((1.9, 3.0))), None, Outcome::Undecidable);
        check(fact(1.5, Some((1.0, 1.9))), None, Outcome::Fails);
    }

    #[test]
    fn a_fact_that_nobody_computes_is_told() {
        let claims = [Claim {
            id: "id".into(),
            claim: String::new(),
            definition: String::new(),
            test: Test { fact: "missing".into(), bound: Bound::AtLeast(1.0) },
            weaker: None,
            counter_reading: String::new(),
        }];
        assert_eq!(verdicts(&claims, &Facts::default()).unwrap_err(), ["id: there is no number `missing`"]);
    }
}
