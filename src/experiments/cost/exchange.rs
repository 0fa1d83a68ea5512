//! A spare cube in place of a failed one, under learned maps and under the torus.

use super::{SOURCE, translations_of};
use crate::sim::SwitchMaps;
use crate::sim::fabric::SWITCHES;
use crate::sim::fault::{Assignment, Remap, RemapError};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for shape in ["8x8x8", "16x16x16"] {
        for network in ["torus", "learned"] {
            facts.apart(|facts| write_network(model, shape, network, facts))?;
        }
    }
    Ok(())
}

fn write_network(model: &Model, shape: &str, network: &str, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let maps = translations_of(model, shape, network, 1)?.maps()?;
    let before = Assignment::new(vec![maps.clone()])?;
    let remaps: Vec<Remap> =
        (0..maps.cubes()).map(|cube| before.without(&[cube])).collect::<Result<_, _>>()?;
    let entries = remaps.iter().map(|remap| remap.entries_rewritten);
    let ends = entries.clone().min().zip(entries.max());
    let (least, most) = ends.ok_or_else(|| format!("{shape} has no cubes"))?;
    let changed = remaps.iter().map(|remap| links_changed(&maps, remap));
    let changed: usize = changed.sum::<Result<_, _>>()?;
    let mut write = |quantity: &str, value: usize, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("cost.{shape}.{network}.exchange_{quantity}"), value as f64, basis);
    };
    let formula = "fewest switch entries rewritten when a free cube takes the place of one of the slice";
    write("entries_lowest", least, Unit::COUNT, formula);
    let formula = "most switch entries rewritten when a free cube takes the place of one of the slice";
    write("entries_highest", most, Unit::COUNT, formula);
    let formula = "links between logical cubes that differ afterwards, summed over every cube that may fail";
    write("links_changed", changed, crate::units::LINKS, formula);
    Ok(())
}

/// Counts the links of a slice that the switches no longer join as its maps demand.
fn links_changed(maps: &SwitchMaps, remap: &Remap) -> Result<usize, RemapError> {
    let physical = remap.after.switch_maps()?;
    // A slice that found no cube has lost all its links.
    let Some(cubes) = remap.after.cubes(0) else { return Ok(maps.optical_links()) };
    let differs = |switch: usize, from: usize, to: Option<u16>| {
        let wanted = to.map(|to| cubes[usize::from(to)]);
        let found = physical.map(switch).and_then(|map| map.get(cubes[from]).copied().flatten());
        found.map(usize::from) != wanted
    };
    let changed = (0..SWITCHES)
        .flat_map(|switch| {
            maps.map(switch).into_iter().flatten().enumerate().map(move |entry| (switch, entry))
        })
        .filter(|&(switch, (from, &to))| differs(switch, from, to))
        .count();
    Ok(changed)
}
