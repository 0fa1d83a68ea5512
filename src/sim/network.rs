//! A network as plain tables: which chip lies past each port.

use std::collections::VecDeque;

/// Marks a port without a link.
const NONE: u32 = u32::MAX;

/// Holds the chips of a slice on their logical grid, with the chip past each port.
///
/// Port 2d is the plus port of axis d, port 2d + 1 its minus port. A directed link is named by the chip
/// and port it leaves; the plus port of one chip and the minus port of the next share a cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    sizes: [usize; 3],
    ports: usize,
    next: Vec<u32>,
}

/// Returns the number of the chip at a place of a grid, last axis fastest.
#[must_use]
pub const fn number_of(sizes: [usize; 3], place: [usize; 3]) -> usize {
    (place[0] * sizes[1] + place[1]) * sizes[2] + place[2]
}

/// Returns the place of a chip on a grid; undoes [`number_of`].
#[must_use]
pub const fn place_of(sizes: [usize; 3], number: usize) -> [usize; 3] {
    [number / (sizes[1] * sizes[2]), number / sizes[2] % sizes[1], number % sizes[2]]
}

impl Network {
    /// Builds a network from what lies past each plus port; minus ports are its inverse.
    pub(crate) fn from_plus(
        sizes: [usize; 3],
        axes: usize,
        plus: impl Fn([usize; 3], usize) -> Option<[usize; 3]>,
    ) -> Self {
        let chips = sizes[0] * sizes[1] * sizes[2];
        let ports = 2 * axes;
        let mut next = vec![NONE; chips * ports];
        for chip in 0..chips {
            for axis in 0..axes {
                if let Some(place) = plus(place_of(sizes, chip), axis) {
                    let other = number_of(sizes, place);
                    next[chip * ports + 2 * axis] = narrow(other);
                    next[other * ports + 2 * axis + 1] = narrow(chip);
                }
            }
        }
        Self { sizes, ports, next }
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(&self) -> usize {
        self.sizes[0] * self.sizes[1] * self.sizes[2]
    }

    /// Returns the grid of logical positions.
    #[must_use]
    pub const fn sizes(&self) -> [usize; 3] {
        self.sizes
    }

    /// Returns the number of ports of a chip.
    #[must_use]
    pub const fn ports(&self) -> usize {
        self.ports
    }

    /// Returns the chip past a port, or `None` if nothing is connected.
    #[must_use]
    pub fn neighbor(&self, chip: usize, port: usize) -> Option<usize> {
        let next = *self.next.get(chip * self.ports + port)?;
        (next != NONE).then_some(next as usize)
    }

    /// Returns the links from a chip to every chip on shortest paths, `u32::MAX` for those out of reach.
    ///
    /// A chip that does not exist reaches nothing.
    #[must_use]
    pub fn distances(&self, from: usize) -> Vec<u32> {
        let mut found = vec![u32::MAX; self.chips()];
        let Some(start) = found.get_mut(from) else { return found };
        *start = 0;
        let mut queue = VecDeque::from([from]);
        while let Some(chip) = queue.pop_front() {
            for next in (0..self.ports).filter_map(|port| self.neighbor(chip, port)) {
                if found[next] == u32::MAX {
                    found[next] = found[chip] + 1;
                    queue.push_back(next);
                }
            }
        }
        found
    }

    /// Returns the number of cables.
    #[must_use]
    pub fn cables(&self) -> usize {
        self.next.iter().filter(|&&next| next != NONE).count() / 2
    }

    /// Returns the fewest cables cut by a half-split along coordinate planes: an upper bound on the
    /// bisection.
    ///
    /// It tries every half ring of positions on every axis of even size, and counts the cables with one end
    /// on each side. On tori this is the bisection width; on twists and other maps a cut that follows no
    /// coordinate plane may be smaller.
    #[must_use]
    pub fn plane_bisection(&self) -> usize {
        let mut fewest = usize::MAX;
        for axis in (0..self.ports.min(6) / 2).filter(|&axis| self.sizes[axis].is_multiple_of(2)) {
            let size = self.sizes[axis];
            // between[u * size + v]: cables from position u to position v on this axis
            let mut between = vec![0_usize; size * size];
            for chip in 0..self.chips() {
                for port in (0..self.ports).step_by(2) {
                    if let Some(other) = self.neighbor(chip, port) {
                        let [from, to] = [chip, other].map(|end| place_of(self.sizes, end)[axis]);
                        between[from * size + to] += 1;
                    }
                }
            }
            let links: Vec<(usize, usize, usize)> = (0..size * size)
                .filter(|&pair| between[pair] > 0)
                .map(|pair| (pair / size, pair % size, between[pair]))
                .collect();
            for start in 0..size / 2 {
                let inside = |position: usize| (start..start + size / 2).contains(&position);
                let cut = links.iter().filter(|(from, to, _)| inside(*from) != inside(*to));
                fewest = fewest.min(cut.map(|(_, _, cables)| cables).sum());
            }
        }
        if fewest == usize::MAX { 0 } else { fewest }
    }

    /// Returns the raw table of neighbours, for the inner loops.
    pub(crate) fn table(&self) -> &[u32] {
        &self.next
    }

    /// Tells whether an entry of the raw table is a link.
    pub(crate) const fn is_link(entry: u32) -> bool {
        entry != NONE
    }
}

/// Stores a chip number; networks here have at most 2^20 chips.
fn narrow(chip: usize) -> u32 {
    u32::try_from(chip).unwrap_or(NONE)
}
