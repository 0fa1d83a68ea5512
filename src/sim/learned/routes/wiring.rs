//! A network of cubes with the order and the classes of its links.

use super::super::super::fabric::SwitchMaps;
use super::super::super::network::{Network, number_of, place_of};
use super::super::super::packet::paths::Symmetry;
use super::super::super::shape::CUBE_SIDE;
use super::super::channels::order_of_classes;
use super::super::graph::{CLASSES, PLACES, PORTS};
use super::super::translations::{Translations, add};

/// Marks a port without a link.
const NONE: u32 = u32::MAX;

/// Holds a network of cubes. Arrays per link are at chip * 6 + port, chips as on the logical grid.
pub(super) struct Wiring<'a> {
    next: &'a [u32],
    /// Per link: its place in the order that virtual channels follow.
    places: Vec<u32>,
    /// Per link: its class, the links of which carry the same load.
    classes: Vec<u32>,
    class_count: usize,
    /// The chips whose paths stand for all, ascending.
    sources: Vec<u32>,
}

impl<'a> Wiring<'a> {
    /// Classes are those of translations where the maps are such; else every link and every chip is its own.
    pub(super) fn new(maps: &SwitchMaps, network: &'a Network) -> Self {
        let (chips, sizes) = (network.chips(), network.sizes());
        let in_cube = |chip| {
            let place = place_of(sizes, chip).map(|at| at % CUBE_SIDE);
            number_of([CUBE_SIDE; 3], place) * PORTS
        };
        let order = order_of_classes();
        let links = (0..chips).flat_map(|chip| (0..PORTS).map(move |port| (chip, port)));
        let places = links.clone().map(|(chip, port)| order[in_cube(chip) + port] as u32).collect();
        let is_symmetric = Translations::of_maps(maps).is_some();
        let class = |(chip, port)| if is_symmetric { in_cube(chip) + port } else { chip * PORTS + port };
        let first = |&chip: &usize| place_of(sizes, chip).iter().all(|&at| at < CUBE_SIDE);
        let sources = (0..chips).filter(|chip| !is_symmetric || first(chip)).map(|chip| chip as u32);
        Self {
            next: network.table(),
            places,
            classes: links.map(|link| class(link) as u32).collect(),
            class_count: if is_symmetric { CLASSES } else { chips * PORTS },
            sources: sources.collect(),
        }
    }

    pub(super) fn chips(&self) -> usize {
        self.next.len() / PORTS
    }

    pub(super) fn links(&self) -> usize {
        self.next.len()
    }

    pub(super) fn sources(&self) -> &[u32] {
        &self.sources
    }

    pub(super) fn class_count(&self) -> usize {
        self.class_count
    }

    /// Returns the chip past a link, if there is one.
    #[inline]
    pub(super) fn past(&self, link: usize) -> Option<usize> {
        let chip = self.next[link];
        (chip != NONE).then_some(chip as usize)
    }

    #[inline]
    pub(super) fn class(&self, link: usize) -> usize {
        self.classes[link] as usize
    }

    /// Tells whether a packet takes the next virtual channel from one link to the next.
    #[inline]
    pub(super) fn rises(&self, before: usize, link: usize) -> bool {
        self.places[link] <= self.places[before]
    }

    pub(super) fn into_places(self) -> Vec<u32> {
        self.places
    }
}

/// Returns the translations that carry each cube to the first one, as renamings of chips.
pub(super) fn symmetry(translations: &Translations) -> Symmetry {
    let grid = translations.grid();
    let sizes = grid.map(|cubes| cubes * CUBE_SIDE);
    let chips = translations.cubes() * PLACES;
    let cube_of = |chip| place_of(sizes, chip).map(|at| at / CUBE_SIDE);
    let mut symmetry =
        Symmetry { renaming: vec![0; chips], names: Vec::with_capacity(chips * chips / PLACES) };
    for renaming in 0..translations.cubes() {
        let from = place_of(grid, renaming);
        let back = [0, 1, 2].map(|axis| (grid[axis] - from[axis]) % grid[axis]);
        for chip in 0..chips {
            let cube = add(grid, cube_of(chip), back);
            let place = place_of(sizes, chip);
            let name = [0, 1, 2].map(|axis| cube[axis] * CUBE_SIDE + place[axis] % CUBE_SIDE);
            symmetry.names.push(number_of(sizes, name) as u32);
        }
    }
    for chip in 0..chips {
        symmetry.renaming[chip] = number_of(grid, cube_of(chip)) as u32;
    }
    symmetry
}
