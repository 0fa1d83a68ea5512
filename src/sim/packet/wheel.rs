//! Events of the next few cycles.

/// Holds one list of events for each of the next cycles.
pub(super) struct Wheel<T> {
    slots: Vec<Vec<T>>,
    now: usize,
}

impl<T: Clone> Wheel<T> {
    /// Makes room for events up to a number of cycles ahead.
    pub(super) fn new(delay: u32) -> Self {
        Self { slots: vec![Vec::new(); delay as usize + 1], now: 0 }
    }

    /// Adds an event, from 1 to the longest delay ahead.
    #[inline]
    pub(super) fn push(&mut self, delay: u32, value: T) {
        let slot = self.now + delay as usize;
        let wrapped = if slot >= self.slots.len() { slot - self.slots.len() } else { slot };
        self.slots[wrapped].push(value);
    }

    /// Takes what is due in this cycle.
    pub(super) fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.slots[self.now])
    }

    /// Takes back the memory of what was due.
    pub(super) fn give_back(&mut self, mut events: Vec<T>) {
        events.clear();
        self.slots[self.now] = events;
    }

    /// Moves to the next cycle.
    pub(super) fn turn(&mut self) {
        self.now = if self.now + 1 == self.slots.len() { 0 } else { self.now + 1 };
    }

    /// Tells whether anything is due in this cycle.
    pub(super) fn is_due(&self) -> bool {
        !self.slots[self.now].is_empty()
    }

    /// Returns the number of cycles held.
    pub(super) const fn span(&self) -> usize {
        self.slots.len()
    }

    /// Counts all events.
    pub(super) fn count(&self) -> u64 {
        self.slots.iter().map(|slot| slot.len() as u64).sum()
    }
}
