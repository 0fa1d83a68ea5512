//! Boxes of cubes; in machines of at most 4 x 4 x 4 cubes as sets of bits.

use super::{CubeGrid, FaultError};

/// Returns how many aligned boxes of `slice` cubes fit side by side into a machine with `all` cubes along each
/// axis.
pub(super) fn tiles(all: usize, slice: usize) -> usize {
    box_shapes(all, slice).map(|shape| shape.map(|side| all / side).iter().product()).max().unwrap_or(0)
}

/// Returns the shapes of boxes with this many cubes, in every orientation, of sides up to `most`.
fn box_shapes(most: usize, slice: usize) -> impl Iterator<Item = [usize; 3]> {
    let sides = 1..=most;
    let planes = sides.clone().flat_map(move |x| sides.clone().map(move |y| [x, y]));
    planes.filter_map(move |[x, y]| {
        let z = slice / (x * y);
        (x * y * z == slice && (1..=most).contains(&z)).then_some([x, y, z])
    })
}

/// Holds every place where a box may stand, wrapping around the ends of the machine.
pub(super) struct Packing {
    /// The cubes of the machine, and those of a box.
    all: u64,
    slice: usize,
    places: Vec<u64>,
}

impl Packing {
    /// Lists the places for boxes of so many cubes.
    ///
    /// # Errors
    /// Refuses a machine of more than 64 cubes.
    pub(super) fn new(grid: CubeGrid, slice: usize) -> Result<Self, FaultError> {
        let all = grid.bits()?;
        let mut places: Vec<u64> = box_shapes(grid.side, slice)
            .flat_map(|shape| (0..grid.cubes()).map(move |corner| place(grid.side, shape, corner)))
            .collect();
        places.sort_unstable();
        places.dedup();
        Ok(Self { all, slice, places })
    }

    /// Returns all cubes of the machine.
    pub(super) const fn all(&self) -> u64 {
        self.all
    }

    /// Returns how many separate boxes fit into the cubes that are up.
    ///
    /// From 16 cubes on, at most four boxes fit and the search is complete; smaller boxes go where they fit
    /// first, as a scheduler would put them, which is a lower bound.
    pub(super) fn count(&self, up: u64) -> usize {
        let most = up.count_ones() as usize / self.slice;
        if self.slice >= 16 {
            let fitting: Vec<u64> = self.places.iter().copied().filter(|place| place & !up == 0).collect();
            return complete(&fitting, 0, most);
        }
        let mut left = up;
        let mut count = 0;
        for place in &self.places {
            if place & !left == 0 {
                left &= !place;
                count += 1;
            }
        }
        count
    }
}

impl Packing {
    /// Returns the first place that fits into free cubes.
    pub(super) fn first(&self, free: u64) -> Option<u64> {
        self.places.iter().copied().find(|place| place & !free == 0)
    }

    /// Returns as many separate places as fit into the cubes that are up, of those choices the one that keeps
    /// most of the places that are taken.
    ///
    /// Complete from 16 cubes on, where at most four boxes fit; smaller boxes stay, and others go where they
    /// fit first.
    pub(super) fn best(&self, up: u64, taken: &[u64]) -> Vec<u64> {
        let mut kept: Vec<u64> = taken.iter().copied().filter(|place| place & !up == 0).collect();
        let mut free = kept.iter().fold(up, |free, place| free & !place);
        while let Some(place) = self.first(free) {
            kept.push(place);
            free &= !place;
        }
        if self.slice < 16 || kept.len() == up.count_ones() as usize / self.slice {
            return kept;
        }
        let fitting: Vec<u64> = self.places.iter().copied().filter(|place| place & !up == 0).collect();
        let mut chosen = Chosen { best: kept, taken, worth: 0 };
        chosen.worth = chosen.worth_of(&chosen.best);
        chosen.extend(&fitting, 0, &mut Vec::new());
        chosen.best
    }
}

/// Holds the best choice of places so far.
struct Chosen<'a> {
    best: Vec<u64>,
    taken: &'a [u64],
    worth: usize,
}

impl Chosen<'_> {
    /// Counts what places are worth: one more place more than all that are kept.
    fn worth_of(&self, places: &[u64]) -> usize {
        let kept = places.iter().filter(|place| self.taken.contains(place)).count();
        places.len() * (u64::BITS as usize + 1) + kept
    }

    fn extend(&mut self, places: &[u64], used: u64, now: &mut Vec<u64>) {
        let worth = self.worth_of(now);
        if worth > self.worth {
            self.worth = worth;
            self.best.clone_from(now);
        }
        for (index, place) in places.iter().enumerate().filter(|(_, place)| **place & used == 0) {
            now.push(*place);
            self.extend(&places[index + 1..], used | place, now);
            now.pop();
        }
    }
}

/// Returns the most separate places, at most `most`.
fn complete(places: &[u64], taken: u64, most: usize) -> usize {
    let mut best = 0;
    for (index, place) in places.iter().enumerate() {
        if best == most {
            break;
        }
        if place & taken == 0 {
            best = best.max(1 + complete(&places[index + 1..], taken | place, most - 1));
        }
    }
    best
}

/// Returns the cubes of a box whose lowest corner is a cube, around the ends of the machine.
fn place(side: usize, shape: [usize; 3], corner: usize) -> u64 {
    let start = [corner / (side * side), corner / side % side, corner % side];
    let mut bits = 0;
    for step in 0..shape.iter().product() {
        let within = [step / (shape[1] * shape[2]), step / shape[2] % shape[1], step % shape[2]];
        let at = [0, 1, 2].map(|axis| (start[axis] + within[axis]) % side);
        bits |= 1 << ((at[0] * side + at[1]) * side + at[2]);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::super::CUBES;
    use super::*;

    /// The cubes along each axis of the published machine.
    const SIDE: usize = 4;

    fn published(slice: usize) -> Packing {
        Packing::new(CubeGrid::PUBLISHED, slice).unwrap()
    }

    #[test]
    fn machines_of_one_and_of_eight_cubes_have_the_boxes_that_they_have() {
        for (side, slice, boxes) in
            [(1, 1, 1), (1, 2, 0), (2, 1, 8), (2, 2, 4), (2, 4, 2), (2, 8, 1), (3, 8, 1)]
        {
            let packing = Packing::new(CubeGrid::new(side).unwrap(), slice).unwrap();
            assert_eq!(packing.count(packing.all()), boxes, "{slice} of {side}^3 cubes");
            assert_eq!(packing.best(packing.all(), &[]).len(), boxes, "{slice} of {side}^3 cubes");
            assert_eq!(tiles(side, slice), boxes, "{slice} of {side}^3 cubes");
        }
        let all = |side| CubeGrid::new(side).unwrap().bits();
        assert_eq!([1, 2, 3, 4].map(|side| all(side).unwrap().count_ones()), [1, 8, 27, 64]);
        assert_eq!(all(5), Err(FaultError::TooManyCubes(125)));
    }

    #[test]
    fn boxes_tile_the_whole_machine_when_their_sides_divide_it() {
        for (slice, boxes) in [(1, 64), (2, 32), (4, 16), (8, 8), (16, 4), (32, 2), (48, 1), (64, 1), (3, 16)]
        {
            assert_eq!(tiles(SIDE, slice), boxes, "{slice} cubes");
            if slice != 3 {
                assert_eq!(published(slice).count(u64::MAX), boxes, "{slice} cubes");
            }
        }
        assert_eq!(tiles(SIDE, 5), 0);
        assert_eq!(tiles(8, 5), 64);
    }

    #[test]
    fn the_best_places_keep_those_that_are_taken_unless_moving_makes_room_for_one_more() {
        let packing = published(16);
        let planes: Vec<u64> = (0..4).map(|x| place(SIDE, [1, 4, 4], x * 16)).collect();
        // all up, two planes taken: both are kept and the rest is filled
        let best = packing.best(u64::MAX, &planes[1..3]);
        assert!(best.len() == 4 && planes[1..3].iter().all(|plane| best.contains(plane)), "{best:?}");
        assert_eq!(best.iter().fold(0, |all, place| all ^ place), u64::MAX);
        // a column across all planes is down: what is best is at least what the count finds
        let up = !place(SIDE, [4, 1, 1], 0);
        assert_eq!(packing.best(up, &[]).len(), packing.count(up));
        // one box in the way of two: it moves
        let up = place(SIDE, [2, 4, 4], 0);
        let across = place(SIDE, [2, 4, 2], 1);
        assert_eq!(packing.best(up, &[across]).len(), 2);
    }

    #[test]
    fn one_cube_down_costs_one_box_at_most_and_a_48_cube_box_moves_away_from_it() {
        for slice in [16, 32, 64] {
            assert_eq!(published(slice).count(u64::MAX - 1), CUBES / slice - 1);
        }
        assert_eq!(published(48).count(u64::MAX - 1), 1);
    }
}
