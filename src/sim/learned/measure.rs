//! Sums of distances for the search, and cuts for the bound, on the graph of chips under translations.

use super::super::network::place_of;
use super::graph::{CLASSES, Graph, PLACES, PORTS};

impl Graph {
    /// Returns the sum of the distances between the 64 chips of a cube and all chips.
    ///
    /// One bit for each source: all 64 searches advance together, by one unit of length at a time. `lengths`
    /// are small and the same both ways. Returns `None` if some chip cannot reach another.
    pub(super) fn distances(&self, lengths: &[u8; CLASSES]) -> Option<u64> {
        let chips = self.chips();
        let longest = lengths.iter().copied().max().map_or(1, usize::from);
        let mut reached: Vec<u64> =
            (0..chips).map(|chip| if chip < PLACES { 1 << chip } else { 0 }).collect();
        // fronts[time modulo their number]: what was reached then
        let mut fronts = vec![vec![0; chips]; longest + 1];
        fronts[0].copy_from_slice(&reached);
        let (mut sum, mut time, mut last) = (0, 0, 0);
        while time <= last + longest {
            time += 1;
            let mut front = std::mem::take(&mut fronts[time % (longest + 1)]);
            let mut found = 0;
            for (chip, ports) in self.next.chunks_exact(PORTS).enumerate() {
                let class = chip % PLACES * PORTS;
                let near =
                    ports.iter().zip(&lengths[class..class + PORTS]).fold(0, |bits, (&other, &length)| {
                        let then = (time + longest + 1 - usize::from(length)) % (longest + 1);
                        bits | fronts[then][other as usize]
                    });
                front[chip] = near & !reached[chip];
                reached[chip] |= near;
                found += u64::from(front[chip].count_ones());
            }
            fronts[time % (longest + 1)] = front;
            if found > 0 {
                last = time;
            }
            sum += time as u64 * found;
        }
        reached.iter().all(|&bits| bits == u64::MAX).then_some(sum)
    }

    /// Returns how many links for each chip lead across cuts of the cubes into halves, both ways in sum.
    ///
    /// A character of the group of cubes lays them around a circle of even order, and a diameter cuts it. Of
    /// the links by a shift of t steps of m around it, min(t, m - t) of m / 2 cross.
    pub(super) fn cuts(&self) -> Vec<f64> {
        let circle = self.grid.iter().fold(1, |sum, &side| sum / gcd(sum, side) * side);
        let cubes: usize = self.grid.iter().product();
        let cut = |character: usize| {
            let factors = place_of(self.grid, character);
            let angle = |cube: usize| {
                let place = place_of(self.grid, cube);
                (0..3).map(|axis| factors[axis] * place[axis] * (circle / self.grid[axis])).sum::<usize>()
                    % circle
            };
            let step = (0..cubes).fold(circle, |step, cube| gcd(step, angle(cube)));
            let crossing = |class: usize| {
                let angle = angle(self.next(class / PORTS, class % PORTS) / PLACES);
                2.0 * angle.min(circle - angle) as f64 / circle as f64
            };
            let is_even = (circle / step).is_multiple_of(2);
            is_even.then(|| (0..CLASSES).map(crossing).sum::<f64>() / PLACES as f64)
        };
        (1..cubes).filter_map(cut).collect()
    }
}

/// Returns the greatest common divisor.
fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
