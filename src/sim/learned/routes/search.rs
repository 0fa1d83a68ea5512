//! Cheapest paths from one chip to all others by whole lengths of links.

use super::super::graph::PORTS;
use super::wiring::Wiring;

/// Holds the working memory of searches from one source after another.
pub(super) struct Search {
    distance: Vec<u32>,
    /// Chips to visit by distance modulo the number of buckets (Dial, CACM 12, 1969, algorithm 360).
    buckets: Vec<Vec<u32>>,
}

impl Search {
    /// Makes room for links that are at most `longest` long.
    pub(super) fn new(chips: usize, longest: u32) -> Self {
        Self { distance: vec![0; chips], buckets: vec![Vec::new(); longest as usize + 1] }
    }

    /// Finds the distance of every chip within reach.
    pub(super) fn run(&mut self, wiring: &Wiring<'_>, lengths: &[u32], source: usize) {
        let count = self.buckets.len();
        self.distance.fill(u32::MAX);
        self.distance[source] = 0;
        self.buckets[0].push(source as u32);
        let (mut now, mut waiting) = (0_u32, 1_usize);
        while waiting > 0 {
            let mut bucket = std::mem::take(&mut self.buckets[now as usize % count]);
            waiting -= bucket.len();
            for &chip in &bucket {
                let chip = chip as usize;
                // an entry is stale when the chip has been reached by a shorter way since
                if self.distance[chip] != now {
                    continue;
                }
                let first = chip * PORTS;
                for (port, length) in lengths[first..first + PORTS].iter().enumerate() {
                    let Some(other) = wiring.past(first + port) else { continue };
                    let there = now + length;
                    if there < self.distance[other] {
                        self.distance[other] = there;
                        self.buckets[there as usize % count].push(other as u32);
                        waiting += 1;
                    }
                }
            }
            bucket.clear();
            self.buckets[now as usize % count] = bucket;
            now += 1;
        }
    }

    /// Returns the last link of a cheapest path to a chip; of several the first one by port from `turn` on.
    #[inline]
    pub(super) fn last_link(
        &self,
        wiring: &Wiring<'_>,
        lengths: &[u32],
        chip: usize,
        turn: usize,
    ) -> Option<usize> {
        (0..PORTS).find_map(|step| {
            let port = (turn + step) % PORTS;
            // the plus port of one chip meets the minus port of the next
            let before = wiring.past(chip * PORTS + port)?;
            let link = before * PORTS + (port ^ 1);
            let there = self.distance[before].saturating_add(lengths[link]);
            (there == self.distance[chip]).then_some(link)
        })
    }
}
