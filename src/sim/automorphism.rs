//! The maps of a network onto itself that keep port numbers.
//!
//! Such a map is fixed by the image of one chip, because every other chip is reached from that one. It is
//! then one to one: a chip has one link per port and direction, so images never meet.

use super::network::Network;

/// Marks a chip without an image yet.
const NONE: u32 = u32::MAX;

/// Holds the working memory of one map after another.
pub(super) struct Automorphisms<'a> {
    network: &'a Network,
    image: Vec<u32>,
    order: Vec<usize>,
}

impl<'a> Automorphisms<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let chips = network.chips();
        Self { network, image: vec![NONE; chips], order: Vec::with_capacity(chips) }
    }

    /// Returns the image of every chip under the map that carries chip 0 to another, or `None` if there is no
    /// such map or chip 0 does not reach every chip.
    pub(super) fn carrying_first_to(&mut self, image: usize) -> Option<&[u32]> {
        self.image.fill(NONE);
        self.order.clear();
        *self.image.first_mut()? = u32::try_from(image).ok()?;
        self.order.push(0);
        let mut head = 0;
        while let Some(&chip) = self.order.get(head) {
            head += 1;
            let there = self.image[chip] as usize;
            for port in 0..self.network.ports() {
                match (self.network.neighbor(chip, port), self.network.neighbor(there, port)) {
                    (None, None) => {}
                    (Some(next), Some(to)) if self.image[next] == NONE => {
                        self.image[next] = u32::try_from(to).ok()?;
                        self.order.push(next);
                    }
                    (Some(next), Some(to)) if self.image[next] as usize == to => {}
                    _ => return None,
                }
            }
        }
        (self.order.len() == self.image.len()).then_some(&self.image)
    }
}
