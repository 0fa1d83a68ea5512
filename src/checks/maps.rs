//! Checks of searches: what they found can be found again.

use crate::maps::{MAPS_FOLDER, Maps};
use paper_engine::diagnostic::{Location, Rule, Severity};
use paper_engine::review::{Check, Class, Material};

pub(super) const UNREPEATABLE_SEARCH: Rule = Rule::new(
    "unrepeatable-search",
    Severity::Critical,
    "stored results of searches carry the settings that find them again, and are recomputed",
    "What nobody can find again is no result.",
);

/// Returns all checks of switch maps.
pub fn checks(material: &Material<'_>) -> Vec<Check> {
    vec![repeatable(material)]
}

fn repeatable(material: &Material<'_>) -> Check {
    let mut check = Check::of(Class::Algorithms, &UNREPEATABLE_SEARCH);
    let stems =
        material.facts.names().filter_map(|name| name.strip_prefix("learned.")?.strip_suffix(".gain"));
    for shape in stems {
        let place = Location::file(format!("{MAPS_FOLDER}/{shape}.json"));
        let holds = material.model.maps(shape).is_some_and(|maps| maps.steps > 0);
        check.look(holds, &place, || format!("the maps of `{shape}` do not say how they were found"));
    }
    check
}
