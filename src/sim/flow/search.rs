//! Shortest paths by link lengths from one chip after another.

use super::super::network::Network;
use super::routes::Routes;

/// The buckets of a radix heap of 32-bit keys.
const BUCKETS: usize = 33;

/// Holds the working memory of searches from one source after another.
pub(super) struct Search<'a> {
    ports: usize,
    next: &'a [u32],
    distance: Vec<u32>,
    /// The port that the link into a chip leaves.
    through: Vec<u8>,
    wanted: Vec<f64>,
    heap: RadixHeap,
}

impl<'a> Search<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let chips = network.chips();
        Self {
            ports: network.ports(),
            next: network.table(),
            distance: vec![u32::MAX; chips],
            through: vec![0; chips],
            wanted: vec![0.0; chips],
            heap: RadixHeap::new(),
        }
    }

    /// Finds the chips nearest to a source by link lengths until all targets are found (Dijkstra, 1959).
    ///
    /// Returns the sum of the amounts times distances, or `None` if a target is out of reach.
    pub(super) fn reach(&mut self, lengths: &[u32], source: u32, targets: &[(u32, f64)]) -> Option<f64> {
        self.distance.fill(u32::MAX);
        self.wanted.fill(0.0);
        targets.iter().for_each(|&(target, amount)| self.wanted[target as usize] = amount);
        let mut left = targets.len();
        let mut sum = 0.0;
        self.distance[source as usize] = 0;
        self.heap.clear();
        self.heap.push(0, source);
        while left > 0 {
            let (now, chip) = self.heap.pop()?;
            let chip = chip as usize;
            // An entry is stale when the chip has been reached by a shorter way since.
            if self.distance[chip] != now {
                continue;
            }
            if self.wanted[chip] > 0.0 {
                sum += self.wanted[chip] * f64::from(now);
                left -= 1;
            }
            for (port, link) in (0_u8..).zip(chip * self.ports..(chip + 1) * self.ports) {
                let next = self.next[link];
                if !Network::is_link(next) {
                    continue;
                }
                let there = now.saturating_add(lengths[link]);
                if there < self.distance[next as usize] {
                    self.distance[next as usize] = there;
                    self.through[next as usize] = port;
                    self.heap.push(there, next);
                }
            }
        }
        Some(sum)
    }

    /// Returns the shortest path of the last search to each of its targets.
    pub(super) fn paths(&self, targets: &[(u32, f64)]) -> Routes {
        let mut routes = Routes::default();
        let mut ports = Vec::new();
        for &(target, amount) in targets {
            ports.clear();
            let mut chip = target as usize;
            while self.distance[chip] > 0 {
                let port = self.through[chip];
                ports.push(port);
                // The plus and minus ports of a cable differ in the last bit.
                chip = self.next[chip * self.ports + usize::from(port ^ 1)] as usize;
            }
            ports.reverse();
            routes.push(target, &ports, amount);
        }
        routes
    }
}

/// Gives chips by rising distance, never below the last one given.
///
/// Bucket b holds the keys whose highest bit that differs from the last key given is bit b - 1 (Ahuja,
/// Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem", J. ACM 37, 1990).
struct RadixHeap {
    last: u32,
    buckets: [Vec<(u32, u32)>; BUCKETS],
}

impl RadixHeap {
    fn new() -> Self {
        Self { last: 0, buckets: std::array::from_fn(|_| Vec::new()) }
    }

    fn clear(&mut self) {
        self.last = 0;
        self.buckets.iter_mut().for_each(Vec::clear);
    }

    fn push(&mut self, key: u32, chip: u32) {
        let bucket = (u32::BITS - (key ^ self.last).leading_zeros()) as usize;
        self.buckets[bucket].push((key, chip));
    }

    fn pop(&mut self) -> Option<(u32, u32)> {
        if let Some(found) = self.buckets[0].pop() {
            return Some(found);
        }
        let bucket = self.buckets.iter().position(|bucket| !bucket.is_empty())?;
        let mut moved = std::mem::take(&mut self.buckets[bucket]);
        self.last = moved.iter().map(|&(key, _)| key).min()?;
        moved.drain(..).for_each(|(key, chip)| self.push(key, chip));
        self.buckets[bucket] = moved;
        self.buckets[0].pop()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Shape, Topology};
    use super::*;

    #[test]
    fn a_radix_heap_sorts() {
        let mut heap = RadixHeap::new();
        let keys = [9, 3, 3, 1 << 30, 0, 77, 12];
        (0..).zip(keys).for_each(|(chip, key)| heap.push(key, chip));
        let mut given = Vec::new();
        while let Some((key, chip)) = heap.pop() {
            assert_eq!(keys[chip as usize], key);
            given.push(key);
            if key == 12 {
                heap.push(13, 2 + 1);
                let (key, _) = heap.pop().unwrap();
                assert_eq!(key, 13);
            }
        }
        assert_eq!(given, [0, 3, 3, 9, 12, 77, 1 << 30]);
    }

    #[test]
    fn unit_lengths_give_the_distances_of_a_network_and_paths_that_lead_to_their_targets() {
        let network = Topology::torus("4x4x8".parse::<Shape>().unwrap()).network();
        let targets: Vec<(u32, f64)> = (0..128).filter(|&chip| chip != 5).map(|chip| (chip, 1.0)).collect();
        let mut search = Search::new(&network);
        let sum = search.reach(&vec![1; 768], 5, &targets).unwrap();
        let distances = network.distances(5);
        assert_eq!(sum, distances.iter().map(|&links| f64::from(links)).sum::<f64>());
        let paths = search.paths(&targets);
        for (path, &(target, _)) in paths.iter().zip(&targets) {
            let step = |chip, &port: &u8| network.neighbor(chip, usize::from(port)).unwrap();
            assert_eq!((path.target, path.ports.iter().fold(5, step)), (target, target as usize));
            assert_eq!(path.ports.len(), distances[target as usize] as usize);
        }
    }
}
