//! The order of links that virtual channels follow.

/// Holds the order of the links of a network, stage by stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOrder {
    /// Per link, at chip * ports + port: stage and place in one number.
    ranks: Vec<u32>,
}

impl LinkOrder {
    /// The bits of a place within a stage; more than any network has links.
    const PLACE_BITS: u32 = 24;

    /// Orders links by place alone, in one stage; links may share a place.
    #[must_use]
    pub fn of_places(places: Vec<u32>) -> Self {
        Self::of_stages(places.into_iter().map(|place| (0, place)))
    }

    /// Orders links by stage first and by place within a stage, both given link by link.
    ///
    /// Places beyond 2^24 - 1 count as that.
    #[must_use]
    pub fn of_stages(links: impl Iterator<Item = (u8, u32)>) -> Self {
        let most = (1 << Self::PLACE_BITS) - 1;
        let rank = |(stage, place): (u8, u32)| u32::from(stage) << Self::PLACE_BITS | place.min(most);
        Self { ranks: links.map(rank).collect() }
    }

    /// Returns the number of links.
    pub(super) const fn links(&self) -> usize {
        self.ranks.len()
    }

    /// Returns the stage of a link.
    #[inline]
    pub(super) fn stage(&self, link: usize) -> u32 {
        self.ranks[link] >> Self::PLACE_BITS
    }

    /// Returns the virtual channel on a link after another one.
    #[inline]
    pub(super) fn channel_after(&self, before: usize, channel: u32, link: usize) -> u32 {
        if self.stage(link) > self.stage(before) {
            0
        } else {
            channel + u32::from(self.ranks[link] <= self.ranks[before])
        }
    }
}
