//! What moved from one build to another: numbers with their reasons and sentences, and verdicts.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::changes::{Change, Changes, Moved, VerdictChange};
use crate::facts::{Fact, Read, Unit};
use crate::pipeline::StoredVerdict;

/// The prefix of the facts that are inputs of the simulation.
const INPUT: &str = "input.";
/// The prefix of the facts that are published results.
const PUBLISHED: &str = "published.";
/// The prefix of sources of an author's own results, where they are a reason.
const SOURCE: &str = "source.";
/// The most rows that are told of one number.
const MOST_ROWS: usize = 10;

/// Compares two builds.
pub fn diff(old: &Side, new: &Side) -> Changes {
    let mut reasons: BTreeSet<String> = old
        .facts
        .0
        .iter()
        .filter(|(name, fact)| new.facts.get(name).is_some_and(|now| is_moved(fact, now)))
        .filter_map(|(name, _)| name.strip_prefix(INPUT).or_else(|| published(name)))
        .map(str::to_owned)
        .collect();
    for (name, before) in &old.facts.0 {
        let entered = before.entered.as_ref().zip(new.facts.get(name).and_then(|now| now.entered.as_ref()));
        let changed = entered.filter(|(before, now)| !now.changes(before).is_empty());
        reasons.extend(
            changed.iter().flat_map(|(_, now)| &now.sources).map(|source| format!("{SOURCE}{source}")),
        );
    }
    let alone = |here: &Side, there: &Side| {
        let names = here.facts.0.iter().filter(|(name, _)| there.facts.get(name).is_none());
        let changes = names.map(|(name, fact)| Change {
            fact: name.clone(),
            value: fact.display(None),
            sentences: here.mentions.get(name).cloned().unwrap_or_default(),
        });
        changes.collect()
    };
    let moved = old.facts.0.iter().filter_map(|(name, before)| {
        let now = new.facts.get(name).filter(|now| is_moved(before, now))?;
        Some(moved(name, before, now, &reasons, new))
    });
    Changes {
        old: old.name.clone(),
        new: new.name.clone(),
        verdicts: verdicts(old.verdicts.as_deref(), new.verdicts.as_deref()),
        moved: moved.collect(),
        appeared: alone(new, old),
        vanished: alone(old, new),
    }
}

/// Returns whether a number, its unit, its median or its interval is another.
fn is_moved(before: &Fact, now: &Fact) -> bool {
    let told = |fact: &Fact| (fact.value.clone(), fact.unit, fact.median, fact.interval);
    told(before) != told(now)
}

/// Returns the name of a published result as `published.NAME`, of the fact that says it or an end of its
/// range.
fn published(fact: &str) -> Option<&str> {
    let end = |end: &str| fact.strip_suffix(end);
    fact.starts_with(PUBLISHED).then(|| end(".low").or_else(|| end(".high")).unwrap_or(fact))
}

fn moved(name: &str, before: &Fact, now: &Fact, reasons: &BTreeSet<String>, new: &Side) -> Moved {
    let numbers = before.number().zip(now.number()).filter(|_| before.unit == now.unit);
    let absolute = numbers.map(|(a, b)| b - a).filter(|change| *change != 0.0);
    let relative = numbers.filter(|(a, b)| *a != 0.0 && a != b).map(|(a, b)| (b - a) / a.abs());
    let (from_text, to_text) = told_apart(before, now);
    let interval =
        |fact: &Fact| fact.interval_text(None, false).map_or("none".to_owned(), |ends| ends.join(" to "));
    let results = now.rests_on.iter().filter_map(|read| match read {
        Read::Published(name) => Some(format!("{PUBLISHED}{name}")),
        Read::Source(name) => Some(format!("{SOURCE}{name}")),
        _ => None,
    });
    // An input is the reason itself.
    let behind = now.inputs.iter().filter(|_| !name.starts_with(INPUT)).cloned().chain(results);
    let because = behind.filter(|reason| reasons.contains(reason.as_str()));
    Moved {
        fact: name.to_owned(),
        from: before.value.clone(),
        to: now.value.clone(),
        unit: if before.unit == now.unit {
            now.unit.key().to_owned()
        } else {
            format!("{} → {}", before.unit.key(), now.unit.key())
        },
        from_text,
        to_text,
        absolute,
        absolute_text: absolute.map(|change| signed(now.unit, change)),
        relative,
        interval_from: before.interval,
        interval_to: now.interval,
        interval_text: (before.interval != now.interval)
            .then(|| format!("{} → {}", interval(before), interval(now))),
        because: because.collect(),
        rows: rows(before, now),
        sentences: new.mentions.get(name).cloned().unwrap_or_default(),
    }
}

/// Returns the rows that changed behind a number, the first of them where they are many.
fn rows(before: &Fact, now: &Fact) -> Vec<String> {
    let Some((before, now)) = before.entered.as_ref().zip(now.entered.as_ref()) else { return Vec::new() };
    let mut told = now.changes(before);
    let more = told.len().saturating_sub(MOST_ROWS);
    told.truncate(MOST_ROWS);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told
}

/// Returns both values as a reader sees them, with as many digits as tell them apart.
fn told_apart(before: &Fact, now: &Fact) -> (String, String) {
    let pair = (before.display(None), now.display(None));
    if pair.0 != pair.1 || before.value == now.value {
        return pair;
    }
    let with = |digits| (before.display(Some(digits)), now.display(Some(digits)));
    (0..=17).map(with).find(|(a, b)| a != b).unwrap_or(pair)
}

/// Returns a change with its sign and unit.
fn signed(unit: Unit, change: f64) -> String {
    let sign = if change < 0.0 { "−" } else { "+" };
    // A change of a share is told in percentage points.
    if unit == Unit::FRACTION {
        return format!("{sign}{} points", unit.digits(change.abs(), None));
    }
    format!("{sign}{}", unit.display(change.abs(), None))
}

fn verdicts(old: Option<&[StoredVerdict]>, new: Option<&[StoredVerdict]>) -> Vec<VerdictChange> {
    // A side that has none stored says nothing of claims.
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let by_id = |side: &[StoredVerdict]| -> BTreeMap<String, StoredVerdict> {
        side.iter().map(|verdict| (verdict.id.clone(), verdict.clone())).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = ids.into_iter().filter_map(|id| {
        let (before, now) = (old.get(id), new.get(id));
        if before.map(|one| &one.verdict) == now.map(|one| &one.verdict) {
            return None;
        }
        let text = |one: &StoredVerdict| format!("{} ({})", one.verdict, one.number);
        let claim = now.or(before).map(|one| one.claim.clone()).unwrap_or_default();
        Some(VerdictChange { id: id.clone(), claim, from: before.map(text), to: now.map(text) })
    });
    changed.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::facts::{Entered, Facts, Grade, Value};
    use crate::pipeline::Mention;

    fn fact(value: f64, unit: Unit, inputs: &[&str], interval: Option<(f64, f64)>) -> Fact {
        Fact {
            interval,
            inputs: inputs.iter().map(|&input| input.to_owned()).collect(),
            ..Fact::new(Value::Number(value), unit, Grade::Computed)
        }
    }

    fn side(name: &str, facts: &[(&str, Fact)], verdict: &str) -> Side {
        let facts: BTreeMap<_, _> =
            facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
        let mention =
            |fact: &str| Mention { file: "a.md".into(), line: 3, sentence: format!("{fact} < *it*.") };
        let verdict = StoredVerdict {
            id: "fast".into(),
            claim: "it is fast".into(),
            verdict: verdict.into(),
            number: "2×".into(),
        };
        Side {
            name: name.into(),
            folder: None,
            facts: Facts::from(facts),
            verdicts: Some(vec![verdict]),
            mentions: ["b.time", "gone"].map(|fact| (fact.to_owned(), vec![mention(fact)])).into(),
            editions: Vec::new(),
        }
    }

    /// Returns two sides with one of everything.
    pub fn changes() -> Changes {
        let old = side(
            "old",
            &[
                ("input.link", fact(50.0, Unit::GIGABYTES_PER_SECOND, &["link"], None)),
                ("a.same", fact(1.0, Unit::COUNT, &["link"], None)),
                ("b.time", fact(4.0, Unit::SECONDS, &["link", "size"], Some((3.0, 5.0)))),
                ("c.share", fact(0.05, Unit::FRACTION, &["link"], None)),
                ("d.tiny", fact(1.000_001, Unit::TIMES, &[], None)),
                ("gone", fact(7.0, Unit::COUNT, &[], None)),
            ],
            "holds",
        );
        let new = side(
            "new",
            &[
                ("input.link", fact(100.0, Unit::GIGABYTES_PER_SECOND, &["link"], None)),
                ("a.same", fact(1.0, Unit::COUNT, &["link"], None)),
                ("b.time", fact(2.0, Unit::SECONDS, &["link", "size"], Some((1.5, 2.5)))),
                ("c.share", fact(0.07, Unit::FRACTION, &["link"], None)),
                ("d.tiny", fact(1.000_002, Unit::TIMES, &[], None)),
                ("new", fact(8.0, Unit::COUNT, &[], None)),
            ],
            "fails",
        );
        diff(&old, &new)
    }

    #[test]
    fn a_moved_number_tells_from_to_by_how_much_and_why() {
        let changes = changes();
        let names: Vec<&str> = changes.moved.iter().map(|moved| moved.fact.as_str()).collect();
        assert_eq!(names, ["b.time", "c.share", "d.tiny", "input.link"]);
        let time = &changes.moved[0];
        assert_eq!((time.absolute, time.relative), (Some(-2.0), Some(-0.5)));
        assert_eq!(time.absolute_text.as_deref(), Some("−2\u{a0}s"));
        assert_eq!(time.interval_text.as_deref(), Some("3 to 5\u{a0}s → 1.50 to 2.50\u{a0}s"));
        assert_eq!(time.because, ["link"]);
        assert_eq!(time.sentences.len(), 1);
        assert_eq!(changes.moved[1].absolute_text.as_deref(), Some("+2.00 points"));
        assert_eq!(
            (changes.moved[2].from_text.as_str(), changes.moved[2].to_text.as_str()),
            ("1.000001×", "1.000002×")
        );
        assert_eq!((changes.appeared[0].fact.as_str(), changes.vanished[0].fact.as_str()), ("new", "gone"));
        assert_eq!(changes.vanished[0].sentences.len(), 1);
        assert_eq!(
            (changes.verdicts[0].from.as_deref(), changes.verdicts[0].to.as_deref()),
            (Some("holds (2×)"), Some("fails (2×)"))
        );
    }

    #[test]
    fn a_number_that_starts_from_a_published_result_moves_because_of_it() {
        let results = |low, gain| {
            let starts = Fact {
                rests_on: vec![Read::Published("gain".to_owned()), Read::Stored("other".to_owned())],
                ..fact(gain, Unit::TIMES, &[], None)
            };
            [("published.gain.low", fact(low, Unit::TIMES, &[], None)), ("a.gain", starts)]
        };
        let changes =
            diff(&side("old", &results(1.0, 2.0), "holds"), &side("new", &results(1.5, 3.0), "holds"));
        let because: Vec<_> = changes.moved.iter().map(|moved| moved.because.join(" ")).collect();
        assert_eq!(because, ["published.gain", ""]);
    }

    #[test]
    fn a_number_of_rows_tells_which_of_them_changed() {
        let taken = |value: f64| {
            let entered = Entered {
                sources: vec!["runs".to_owned()],
                columns: vec!["ms".to_owned()],
                rows: vec![
                    ("a.csv:2".to_owned(), vec![value.to_string()]),
                    ("a.csv:3".to_owned(), vec!["1".to_owned()]),
                ],
            };
            let rests_on = vec![Read::Source("runs".to_owned())];
            let follows = Fact { rests_on: rests_on.clone(), ..fact(2.0 * value, Unit::SECONDS, &[], None) };
            [
                ("a.sum", Fact { rests_on, entered: Some(entered), ..fact(value, Unit::SECONDS, &[], None) }),
                ("a.twice", follows),
            ]
        };
        let changes = diff(&side("old", &taken(1.0), "holds"), &side("new", &taken(1.5), "holds"));
        assert_eq!(changes.moved[0].rows, ["a.csv:2: ms 1 → 1.5"]);
        let because: Vec<_> = changes.moved.iter().map(|moved| moved.because.join(" ")).collect();
        assert_eq!(because, ["source.runs", "source.runs"]);
    }

    #[test]
    fn a_side_without_verdicts_says_nothing_of_claims() {
        let old = Side { verdicts: None, ..side("old", &[], "holds") };
        assert!(diff(&old, &side("new", &[], "fails")).is_empty());
    }
}
