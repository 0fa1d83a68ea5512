//! Lattices: one translation per dimension, over every abelian group of as many cubes.
//!
//! When all 16 switches of a dimension hold the same translation of some abelian group of cubes, the chips
//! form a torus-like network: the integer points of space modulo a lattice (Camarero, Martinez and Beivide,
//! "Symmetric interconnection networks from cubic crystal lattices", arXiv:1311.2019). A step along x, y or z
//! past the face of a cube adds one element of the group; the steps that come back to the first cube are a
//! sublattice of index n, for n cubes, and every sublattice comes from some group. So all of them are counted
//! by Hermite normal forms, once for each set that reflections and exchanges of axes carry into each other.

use super::super::fabric::{DIMENSIONS, POSITIONS, SwitchMaps};
use super::super::shape::{CUBE_SIDE, MOST_CHIPS, Shape};
use super::super::topology::{Kind, Topology};
use super::LearnedError;
use super::graph::{PLACES, PORTS};
use super::lattice_flow::{AnalyzedLattice, BalancedLattice, GAP};
use super::normal_form::{hermite, smith};
use super::translations::Translations;

/// Holds the sublattice of steps over cubes that return to the first one.
///
/// Rows are a basis in Hermite normal form: `[a, b, c]`, `[0, d, e]`, `[0, 0, f]` with b below d, c and e
/// below f.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lattice {
    basis: [[i64; 3]; 3],
}

/// Holds the outcome of the enumeration of all lattices of as many cubes.
#[derive(Debug, Clone, PartialEq)]
pub struct BestLattices {
    /// The sublattices of that index.
    pub sublattices: usize,
    /// Those that no reflection or exchange of axes carries into another.
    pub distinct: usize,
    /// The best by equal splitting.
    pub by_equal_splitting: AnalyzedLattice,
    /// The best with balanced routes; no lattice has a higher bound than its throughput but for the gap of
    /// its flow.
    pub best: AnalyzedLattice,
    /// Its balanced flow.
    pub balanced: BalancedLattice,
}

impl Lattice {
    /// Returns the lattice of three elements of the group `Z_a` x `Z_b` x `Z_c`: what the wraps of x, y and z
    /// add.
    ///
    /// # Errors
    /// Refuses groups that make no slice, elements outside the group, and elements that leave some cube out.
    pub fn new(group: [usize; 3], wraps: [[usize; 3]; 3]) -> Result<Self, LearnedError> {
        for (axis, &shift) in wraps.iter().enumerate() {
            if (0..3).any(|part| shift[part] >= group[part]) {
                return Err(LearnedError::OutsideGrid { switch: axis * POSITIONS, shift, grid: group });
            }
        }
        let translations = Translations::per_dimension(group, wraps)?;
        let order = translations.cubes() as i64;
        let sum = |steps: [i64; 3]| {
            [0, 1, 2].map(|part| {
                let sum: i64 = (0..3).map(|axis| steps[axis] * wraps[axis][part] as i64).sum();
                sum % group[part] as i64
            })
        };
        let home = |steps: [i64; 3]| sum(steps) == [0; 3];
        let none = LearnedError::NotConnected;
        let f = (1..=order).find(|&z| home([0, 0, z])).ok_or_else(|| none.clone())?;
        let row = |y: i64| (0..f).find(|&z| home([0, y, z])).map(|z| [0, y, z]);
        let middle = (1..=order).find_map(row).ok_or_else(|| none.clone())?;
        let plane =
            |x: i64| (0..middle[1]).find_map(|y| (0..f).find(|&z| home([x, y, z])).map(|z| [x, y, z]));
        let first = (1..=order).find_map(plane).ok_or_else(|| none.clone())?;
        if first[0] * middle[1] * f == order {
            Ok(Self { basis: [first, middle, [0, 0, f]] })
        } else {
            Err(none)
        }
    }

    /// Returns the lattice of a torus or a twist, or `None` for a topology that is none.
    #[must_use]
    pub fn of(topology: &Topology) -> Option<Self> {
        let closes = matches!(topology.kind(), Kind::Torus | Kind::Twisted);
        let cubes = |chips: usize| (chips / CUBE_SIDE) as i64;
        // All cubes along an axis lead home, moved back by what the wrap adds to the other axes.
        let row = |axis: usize| {
            let shift = topology.shift(axis).map(|chips| -cubes(chips));
            let side = cubes(topology.sizes()[axis]);
            std::array::from_fn(|along| if along == axis { side } else { shift[along] })
        };
        closes.then(|| Self { basis: hermite([row(0), row(1), row(2)]) })
    }

    /// Returns the number of cubes.
    #[must_use]
    pub const fn cubes(&self) -> usize {
        (self.basis[0][0] * self.basis[1][1] * self.basis[2][2]) as usize
    }

    /// Returns the group of cubes by its invariant factors, each a divisor of the next, and the elements that
    /// the wraps of x, y and z add.
    ///
    /// The group of steps modulo a lattice follows from the Smith normal form of a basis.
    #[must_use]
    pub fn group(&self) -> ([usize; 3], [[usize; 3]; 3]) {
        let (factors, columns) = smith(self.basis);
        // A step v is the element v * columns, part by part modulo the factors.
        let wraps = columns.map(|row| [0, 1, 2].map(|part| row[part].rem_euclid(factors[part]) as usize));
        (factors.map(|factor| factor as usize), wraps)
    }

    /// Returns one translation of the group for every switch.
    ///
    /// # Errors
    /// Refuses more cubes than a slice may have.
    pub fn translations(&self) -> Result<Translations, LearnedError> {
        let (group, wraps) = self.group();
        Translations::per_dimension(group, wraps)
    }

    /// Returns the switch maps on a grid of as many cubes, which are numbered as the elements of the group
    /// are.
    ///
    /// # Errors
    /// Refuses another number of cubes.
    pub fn maps(&self, grid: [usize; 3]) -> Result<SwitchMaps, LearnedError> {
        self.translations()?.maps_on(grid)
    }

    /// Returns all lattices of as many cubes, one for each set that symmetries carry into each other, and how
    /// many there are without that.
    ///
    /// # Errors
    /// Refuses no cubes, and more than a slice may have.
    pub fn all(cubes: usize) -> Result<(Vec<Self>, usize), LearnedError> {
        let most = MOST_CHIPS / PLACES;
        if !(1..=most).contains(&cubes) {
            return Err(LearnedError::Range { name: "the number of cubes", value: cubes, most });
        }
        let n = cubes as i64;
        let (mut distinct, mut count) = (Vec::new(), 0);
        for a in (1..=n).filter(|a| n % a == 0) {
            for d in (1..=n / a).filter(|d| n / a % d == 0) {
                let f = n / a / d;
                for b in 0..d {
                    for (c, e) in (0..f).flat_map(|c| (0..f).map(move |e| (c, e))) {
                        count += 1;
                        let lattice = Self { basis: [[a, b, c], [0, d, e], [0, 0, f]] };
                        if lattice.is_first_of_its_images() {
                            distinct.push(lattice);
                        }
                    }
                }
            }
        }
        Ok((distinct, count))
    }

    /// Tells whether no reflection or exchange of axes gives a lattice that comes before this one.
    fn is_first_of_its_images(&self) -> bool {
        const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        ORDERS.iter().all(|order| {
            // A reflection of all axes changes no lattice, so the last axis may stay.
            (0..4_u8).all(|signs| {
                let image = self.basis.map(|row| {
                    [0, 1, 2].map(|axis| {
                        let value = row[order[axis]];
                        if axis < 2 && signs >> axis & 1 == 1 { -value } else { value }
                    })
                });
                Self { basis: hermite(image) } >= *self
            })
        })
    }
}

impl BestLattices {
    /// Returns the best lattice where it is neither the torus nor the twist of a shape.
    #[must_use]
    pub fn beyond_twists(&self, shape: Shape) -> Option<Lattice> {
        let known = [Some(Topology::torus(shape)), Topology::twisted(shape).ok()];
        let carries = |topology: Topology| Some(Lattice::of(&topology)?.balance().ok()?.throughput);
        let known = known.into_iter().flatten().filter_map(carries).fold(0.0, f64::max);
        (self.balanced.throughput > known * (1.0 + GAP)).then_some(self.best.lattice)
    }
}

/// Finds the best of all lattices of as many cubes, by equal splitting and with balanced routes.
///
/// Balanced routes carry at most six links over the mean distance, so lattices are balanced in the order of
/// that bound until it is below the best.
///
/// # Errors
/// Refuses no cubes, and more than a slice may have.
pub fn best_lattices(cubes: usize) -> Result<BestLattices, LearnedError> {
    use rayon::prelude::*;
    let (lattices, sublattices) = Lattice::all(cubes)?;
    let mut analyzed: Vec<AnalyzedLattice> =
        lattices.par_iter().map(Lattice::analyze).collect::<Result<_, _>>()?;
    let distinct = analyzed.len();
    analyzed.sort_by(|a, b| a.mean_distance.total_cmp(&b.mean_distance));
    let empty = LearnedError::Range { name: "the number of cubes", value: cubes, most: 0 };
    // the first of equals, which is the nearest
    let best =
        |a: &'_ AnalyzedLattice, b: &'_ AnalyzedLattice| a.equal_splitting.total_cmp(&b.equal_splitting);
    let by_equal_splitting = analyzed.iter().rev().max_by(|a, b| best(a, b)).ok_or(empty.clone())?.clone();
    let mut found: Option<(AnalyzedLattice, BalancedLattice)> = None;
    for lattice in analyzed {
        let limit = PORTS as f64 / lattice.mean_distance;
        if found.as_ref().is_some_and(|(_, best)| limit <= best.throughput) {
            break;
        }
        let balanced = lattice.lattice.balance()?;
        if found.as_ref().is_none_or(|(_, best)| balanced.throughput > best.throughput * (1.0 + GAP)) {
            found = Some((lattice, balanced));
        }
    }
    let (best, balanced) = found.ok_or(empty)?;
    Ok(BestLattices { sublattices, distinct, by_equal_splitting, best, balanced })
}

impl Translations {
    /// Gives all switches of a dimension the same translation of a group.
    fn per_dimension(group: [usize; 3], wraps: [[usize; 3]; 3]) -> Result<Self, LearnedError> {
        let shifts = (0..DIMENSIONS * POSITIONS).map(|switch| wraps[switch / POSITIONS]).collect();
        Self::new(group, shifts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sublattices of index n in space: the sum over factors n = a d f of d f^2.
    #[test]
    fn every_sublattice_of_an_index_is_counted() {
        for (cubes, count) in [(1, 1), (2, 7), (4, 35), (8, 155), (64, 10795)] {
            assert_eq!(Lattice::all(cubes).unwrap().1, count);
        }
        assert!(Lattice::all(0).is_err());
    }

    #[test]
    fn groups_give_their_lattice_back() {
        for lattice in Lattice::all(16).unwrap().0 {
            let (group, wraps) = lattice.group();
            assert_eq!(group.iter().product::<usize>(), 16);
            assert!(group[1] % group[0] == 0 && group[2] % group[1] == 0, "{group:?}");
            assert_eq!(Lattice::new(group, wraps).unwrap(), lattice);
        }
    }
}
