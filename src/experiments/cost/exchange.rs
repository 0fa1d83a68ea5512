//! A spare cube in place of a failed one, under learned maps and under the torus.

use super::{SOURCE, translations_of};
use crate::sim::SwitchMaps;
use crate::sim::fabric::SWITCHES;
use crate::sim::fault::{Assignment, Remap};
use paper_engine::facts::{Basis, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) {
    for shape in ["8x8x8", "16x16x16"] {
        for network in ["torus", "learned"] {
            let Ok(maps) = translations_of(model, shape, network, 1).and_then(|found| found.maps()) else {
                continue;
            };
            let Ok(before) = Assignment::new(vec![maps.clone()]) else { continue };
            let remaps: Vec<Remap> =
                (0..maps.cubes()).filter_map(|cube| before.without(&[cube]).ok()).collect();
            let entries = remaps.iter().map(|remap| remap.entries_rewritten);
            let (Some(least), Some(most)) = (entries.clone().min(), entries.max()) else { continue };
            let changed: usize = remaps.iter().map(|remap| links_changed(&maps, remap)).sum();
            let mut write = |quantity: &str, value: usize, unit: Unit, formula: &str| {
                let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
                facts.number(format!("cost.{shape}.{network}.exchange_{quantity}"), value as f64, basis);
            };
            let formula =
                "fewest switch entries rewritten when a free cube takes the place of one of the slice";
            write("entries_lowest", least, Unit::COUNT, formula);
            let formula =
                "most switch entries rewritten when a free cube takes the place of one of the slice";
            write("entries_highest", most, Unit::COUNT, formula);
            let formula =
                "links between logical cubes that differ afterwards, summed over every cube that may fail";
            write("links_changed", changed, crate::units::LINKS, formula);
        }
    }
}

/// Counts the links of a slice that the switches no longer join as its maps demand.
fn links_changed(maps: &SwitchMaps, remap: &Remap) -> usize {
    let (Some(cubes), Ok(physical)) = (remap.after.cubes(0), remap.after.switch_maps()) else {
        return maps.optical_links();
    };
    let differs = |switch: usize, from: usize, to: Option<u16>| {
        let wanted = to.map(|to| cubes[usize::from(to)]);
        let found = physical.map(switch).and_then(|map| map.get(cubes[from]).copied().flatten());
        found.map(usize::from) != wanted
    };
    (0..SWITCHES)
        .flat_map(|switch| {
            maps.map(switch).into_iter().flatten().enumerate().map(move |entry| (switch, entry))
        })
        .filter(|&(switch, (from, &to))| differs(switch, from, to))
        .count()
}
