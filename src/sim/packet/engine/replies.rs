//! Requests that wait until their chip has room for the answer.
//!
//! A request that waits keeps its buffer. On shared channels a circle can close: answers wait for buffers
//! full of requests, which wait for room for their answers. With channels of their own answers never wait for
//! requests; they always arrive, and make room (Dally and Towles, "Principles and Practices of
//! Interconnection Networks", 2004, section 14.1.5, calls this protocol deadlock).

use std::collections::VecDeque;

use super::super::routes::Router;
use super::super::traffic::{Birth, REPLY};
use super::{Engine, Packet};

/// Holds the replies that have not left their chip, and the requests that wait for them.
pub(super) struct Replies {
    /// Per chip.
    held: Vec<u32>,
    /// Per chip: requests on the buffers they came into.
    pub(super) stalled: Vec<VecDeque<Packet>>,
    /// The first virtual channel of replies.
    first_channel: u32,
}

impl Replies {
    /// Makes room for so many chips: none where nobody replies.
    pub(super) fn new(chips: usize, router: &Router<'_>, apart: bool) -> Self {
        let first_channel = if apart { router.virtual_channels() as u32 } else { 0 };
        Self { held: vec![0; chips], stalled: vec![VecDeque::new(); chips], first_channel }
    }

    #[inline]
    pub(super) fn is_used(&self) -> bool {
        !self.held.is_empty()
    }

    /// Returns the first virtual channel that a packet may take.
    #[inline]
    pub(super) fn first_channel(&self, transfer: u32) -> u32 {
        if transfer == REPLY { self.first_channel } else { 0 }
    }
}

impl Engine<'_> {
    /// Tells whether a packet leaves its buffer at its target; a request without room for the answer waits
    /// there.
    #[inline]
    pub(super) fn takes(&mut self, packet: Packet) -> bool {
        if !self.replies.is_used() || packet.transfer == REPLY {
            return true;
        }
        let chip = packet.target as usize;
        let has_room = self.replies.held[chip] < self.most_held;
        if !has_room {
            self.replies.stalled[chip].push_back(packet);
        }
        has_room
    }

    /// Sends the answer to a request that was taken.
    pub(super) fn answer(&mut self, packet: Packet) {
        if packet.transfer != REPLY {
            let chip = packet.target as usize;
            self.replies.held[chip] += 1;
            self.enter(chip, Birth { target: packet.transfer, time: self.now, transfer: REPLY });
        }
    }

    /// Counts a reply that has left its chip, and lets a request that waited try again.
    pub(super) fn left(&mut self, chip: usize) {
        self.replies.held[chip] -= 1;
        if let Some(packet) = self.replies.stalled[chip].pop_front() {
            self.arrivals.push(1, packet);
        }
    }
}
