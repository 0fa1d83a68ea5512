//! Symmetries of a network and a demand, so that one source stands for many.

use super::super::automorphism::Automorphisms;
use super::super::network::Network;
use super::demand::Demand;

/// Holds the orbits of chips under all symmetries that keep ports and the demand.
///
/// A symmetry that keeps ports is decided by the image of one chip where all chips are connected, so none but
/// the identity keeps a chip in its place, and all orbits have the same size. Some optimal flow has the same
/// load on all links of an orbit: the mean of any optimal flow over all symmetries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symmetry {
    /// One chip of each orbit.
    pub(super) sources: Vec<usize>,
    /// The orbit of each chip, at the index of its source.
    pub(super) orbits: Vec<usize>,
}

impl Symmetry {
    /// Finds all symmetries, by trying each chip as the image of the first one.
    pub(super) fn of(network: &Network, demand: &Demand) -> Self {
        let chips = network.chips();
        // Symmetries form a group, so the least image of a chip names its orbit.
        let mut least: Vec<usize> = (0..chips).collect();
        let mut automorphisms = Automorphisms::new(network);
        for start in 1..chips {
            let found = automorphisms.carrying_first_to(start);
            if let Some(image) = found.filter(|image| demand.is_kept_by(image)) {
                for (chip, &other) in image.iter().enumerate() {
                    least[chip] = least[chip].min(other as usize);
                }
            }
        }
        let sources: Vec<usize> = (0..chips).filter(|&chip| least[chip] == chip).collect();
        let orbits = least.iter().map(|least| sources.partition_point(|source| source < least)).collect();
        Self { sources, orbits }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::learned::{random_permutations, random_translations};
    use super::super::super::{Shape, Topology};
    use super::*;

    #[test]
    fn tori_and_twists_have_one_orbit_translations_64_and_permutations_as_many_as_chips() {
        let shape: Shape = "4x8x8".parse().unwrap();
        let uniform = Demand::uniform(256).unwrap();
        let orbits = |network: &Network| Symmetry::of(network, &uniform).sources.len();
        assert_eq!(orbits(&Topology::torus(shape).network()), 1);
        assert_eq!(orbits(&Topology::twisted(shape).unwrap().network()), 1);
        assert_eq!(orbits(&random_translations(shape, 1).unwrap().maps().unwrap().network()), 64);
        assert_eq!(orbits(&random_permutations(shape, 1).unwrap().network()), 256);
        // A demand of one pair breaks every symmetry.
        let mut rows = vec![Vec::new(); 256];
        rows[3] = vec![(5, 1.0)];
        let pair = Demand::sparse(rows).unwrap();
        assert_eq!(Symmetry::of(&Topology::torus(shape).network(), &pair).sources.len(), 256);
    }
}
