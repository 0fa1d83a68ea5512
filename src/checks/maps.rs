//! Checks of searches: what they found can be found again.

use crate::maps::{MAPS_FOLDER, Maps};
use paper_engine::diagnostic::Location;
use paper_engine::review::{Check, Class, Material, Severity};

/// All checks of switch maps.
pub fn checks(material: &Material<'_>) -> Vec<Check> {
    vec![repeatable(material)]
}

fn repeatable(material: &Material<'_>) -> Check {
    let property = "stored results of searches carry the settings that find them again, and are recomputed";
    let mut check = Check::new(Class::Algorithms, Severity::Critical, property);
    let stems =
        material.facts.names().filter_map(|name| name.strip_prefix("learned.")?.strip_suffix(".gain"));
    for shape in stems {
        let place = Location::file(format!("{MAPS_FOLDER}/{shape}.json"));
        let holds = material.model.maps(shape).is_some_and(|maps| maps.steps > 0);
        check.look(holds, &place, || format!("the maps of `{shape}` do not say how they were found"));
    }
    check
}
