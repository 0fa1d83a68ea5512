//! Checks of coordinates: their form, the map of chips, and routes.

use std::collections::BTreeMap;

use phext::Coordinate;

use paper_engine::diagnostic::{Location, Rule, Severity};
use paper_engine::facts::Value;
use paper_engine::lint::passages;
use paper_engine::manuscript::{InlineKind, inlines};
use paper_engine::model::MODEL_FILE;
use paper_engine::review::{Check, Class, Material};

const CLASS: Class = Class::CoordinateArithmetic;
pub(super) const MALFORMED_COORDINATE: Rule = Rule::new(
    "malformed-coordinate",
    Severity::Critical,
    "every coordinate in text and facts has nine numbers within the limits of phext",
    "What is not a coordinate names no chip.",
);
pub(super) const UNCANONICAL_COORDINATE: Rule = Rule::new(
    "uncanonical-coordinate",
    Severity::Major,
    "every coordinate is written in its canonical form",
    "Two ways to write one chip look like two chips.",
);
pub(super) const HOP_THAT_STAYS: Rule = Rule::new(
    "hop-that-stays",
    Severity::Critical,
    "every hop of a printed route leads to another chip and leaves the X arm alone",
    "A hop moves inside one machine.",
);
pub(super) const MISCOUNTED_HOPS: Rule = Rule::new(
    "miscounted-hops",
    Severity::Critical,
    "the stated number of hops of a printed route is the number of its steps",
    "A reader counts them.",
);

/// Returns all checks of this class.
pub fn checks(material: &Material<'_>) -> Vec<Check> {
    let places = coordinates(material);
    vec![well_formed(&places), canonical(&places), hops_move(material), hops_counted(material)]
}

/// Returns whether a text has the three arms of a coordinate.
fn looks_like_one(text: &str) -> bool {
    let signs = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '/');
    signs && text.matches('/').count() == 2
}

/// Returns every coordinate that a text or a fact shows, with its place.
fn coordinates(material: &Material<'_>) -> Vec<(String, Location)> {
    let mut found = Vec::new();
    for passage in material.fullest().map(passages).unwrap_or_default() {
        for inline in inlines(passage.content) {
            if let InlineKind::Code(text) | InlineKind::Number { text, .. } = &inline.kind
                && looks_like_one(text)
            {
                found.push((text.clone(), passage.place_of(inline)));
            }
        }
    }
    for fact in material.facts.0.values() {
        if let Value::Text(text) = &fact.value
            && looks_like_one(text)
        {
            found.push((text.clone(), Location::file(MODEL_FILE)));
        }
    }
    found
}

fn well_formed(places: &[(String, Location)]) -> Check {
    let mut check = Check::of(CLASS, &MALFORMED_COORDINATE);
    for (text, place) in places {
        let parsed = Coordinate::parse(text);
        check.look(parsed.is_ok(), place, || format!("`{text}` is no coordinate"));
    }
    check
}

fn canonical(places: &[(String, Location)]) -> Check {
    let mut check = Check::of(CLASS, &UNCANONICAL_COORDINATE);
    for (text, place) in places {
        if let Ok(parsed) = Coordinate::parse(text) {
            check.look(&parsed.to_string() == text, place, || format!("`{text}` is written `{parsed}`"));
        }
    }
    check
}

/// Returns the hops of each route among the facts, in order.
fn routes(material: &Material<'_>) -> BTreeMap<String, Vec<Coordinate>> {
    let mut routes: BTreeMap<String, BTreeMap<usize, Coordinate>> = BTreeMap::new();
    for (name, fact) in &material.facts.0 {
        let Some((route, hop)) = name.rsplit_once(".hop_") else { continue };
        if let (Ok(hop), Value::Text(text)) = (hop.parse(), &fact.value)
            && let Ok(coordinate) = Coordinate::parse(text)
        {
            routes.entry(route.to_owned()).or_default().insert(hop, coordinate);
        }
    }
    routes.into_iter().map(|(route, hops)| (route, hops.into_values().collect())).collect()
}

fn hops_move(material: &Material<'_>) -> Check {
    let mut check = Check::of(CLASS, &HOP_THAT_STAYS);
    for (route, hops) in routes(material) {
        for (at, pair) in hops.windows(2).enumerate() {
            let holds = pair[0] != pair[1] && pair[0].x() == pair[1].x();
            check.look(holds, &Location::file(MODEL_FILE), || {
                format!("hop {at} of `{route}` goes from `{}` to `{}`", pair[0], pair[1])
            });
        }
    }
    check
}

fn hops_counted(material: &Material<'_>) -> Check {
    let mut check = Check::of(CLASS, &MISCOUNTED_HOPS);
    for (route, hops) in routes(material) {
        let Some(stated) = material.facts.get(&format!("{route}.hops")).and_then(|fact| fact.number()) else {
            continue;
        };
        let counted = hops.len().saturating_sub(1);
        check.look(stated == counted as f64, &Location::file(MODEL_FILE), || {
            format!("`{route}` states {stated} hops and lists {counted}")
        });
    }
    check
}
