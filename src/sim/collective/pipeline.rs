//! The trees of a forest in a pipeline: every link sends its chunks one after another, each as soon as it is
//! there.
//!
//! In an all-gather the piece of every chip is cut into its trees, and each tree's part into chunks. A chunk
//! takes its bytes over the bandwidth to leave a chip, and arrives one latency later; the link meanwhile
//! sends the next. A chip passes a chunk on when the whole of it has arrived. Of the chunks that wait for a
//! link, the one with the longest way still to go leaves first, and of those the one that came first.
//!
//! A reduce-scatter is the same schedule run backwards: every transfer turned around and every time
//! subtracted from the last one. A chip then sends a partial sum after those of its children have come in,
//! because forwards it got the chunk before it passed it on. So an all-reduce takes twice the time of the
//! all-gather (Chan, Heimlich, Purkayastha and van de Geijn, "Collective communication: theory, practice, and
//! experience", 2007, section 4).

use std::collections::VecDeque;

use super::forest::Forest;
use super::schedule::Link;
use super::{CollectiveError, check_amount};

/// The bytes that the smallest transfer over a link takes up; shorter chunks take as long.
///
/// It keeps short vectors from being cut without a price. A shortest packet of a few words has about this
/// size.
pub const SMALLEST_CHUNK: f64 = 64.0;
/// The most chunks of all trees of all classes together in one run.
pub const MOST_CHUNKS: usize = 1 << 26;
/// Ways longer than this count as one.
const LONGEST: u8 = 63;
/// The queues of a link, one for each way still to go.
const WAYS: usize = LONGEST as usize + 1;
/// Marks the end of a queue.
const NONE: u32 = u32::MAX;

/// Holds the order in which the trees of a forest hand chunks on.
#[derive(Debug, Clone)]
pub struct Pipeline<'a> {
    forest: Forest<'a>,
    /// Where the entries that hang on each entry start in `children`.
    first: Vec<u32>,
    children: Vec<u32>,
    /// The link over which a chunk reaches an entry, at class * ports + port of the sender.
    link: Vec<u32>,
    /// The links from an entry down to its farthest descendant.
    height: Vec<u8>,
    roots: Vec<u32>,
}

/// Holds one chunk on one link, for one chip of each class; symmetries carry it to all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sent {
    /// The representative that receives.
    pub chip: usize,
    /// The root of the tree.
    pub root: usize,
    /// The tree of that root.
    pub tree: usize,
    /// The chunk of that tree.
    pub chunk: usize,
    /// The time at which it starts to leave the sender, in seconds.
    pub start: f64,
}

/// Holds what one run of an all-gather did.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    /// The time until the last chunk has arrived, in seconds.
    pub seconds: f64,
    /// The chunks of each tree's part.
    pub chunks: usize,
    /// The trees of each root.
    pub trees: usize,
    /// The bytes of a chunk.
    pub chunk_bytes: f64,
    /// The seconds that a chunk takes up a link.
    pub chunk_seconds: f64,
    /// The chunks that left over the links of one chip of each class, at class * ports + port.
    pub sent: Vec<u64>,
    /// The chunks that came in through the same ports.
    pub received: Vec<u64>,
}

impl<'a> Pipeline<'a> {
    /// Lists who hands on to whom in all trees.
    #[must_use]
    pub fn new(forest: Forest<'a>) -> Self {
        let (network, symmetry, trees) = (forest.network(), forest.symmetry(), forest.trees());
        let (chips, ports) = (network.chips(), network.ports());
        let entries = symmetry.classes() * chips * trees;
        let mut parent = vec![NONE; entries];
        let mut link = vec![NONE; entries];
        let mut first = vec![0_u32; entries + 1];
        let mut roots = Vec::new();
        for entry in 0..entries {
            let (class, root, tree) = (entry / trees / chips, entry / trees % chips, entry % trees);
            let chip = symmetry.representatives()[class];
            let above =
                forest.up(chip, root, tree).and_then(|port| Some((network.neighbor(chip, port)?, port)));
            let Some((above, port)) = above else {
                roots.push(narrow(entry));
                continue;
            };
            let class = symmetry.class(above);
            let of = (class * chips + symmetry.seen_from(above, root)) * trees + tree;
            parent[entry] = narrow(of);
            // the two ends of a cable are the plus port of one chip and the minus port of the other
            link[entry] = narrow(class * ports + (port ^ 1));
            first[of + 1] += 1;
        }
        for entry in 0..entries {
            first[entry + 1] += first[entry];
        }
        let mut place = first.clone();
        let mut children = vec![0; entries - roots.len()];
        for (entry, &of) in parent.iter().enumerate().filter(|(_, of)| **of != NONE) {
            let slot = &mut place[of as usize];
            children[*slot as usize] = narrow(entry);
            *slot += 1;
        }
        // from the roots down, then heights from the leaves up
        let mut order = roots.clone();
        let mut head = 0;
        while let Some(&entry) = order.get(head) {
            head += 1;
            let of = first[entry as usize] as usize..first[entry as usize + 1] as usize;
            order.extend_from_slice(&children[of]);
        }
        let mut height = vec![0_u8; entries];
        for entry in order.into_iter().rev().map(|entry| entry as usize) {
            if parent[entry] != NONE {
                let (of, way) = (parent[entry] as usize, (height[entry] + 1).min(LONGEST));
                height[of] = height[of].max(way);
            }
        }
        Self { forest, first, children, link, height, roots }
    }

    /// Returns the forest.
    #[must_use]
    pub const fn forest(&self) -> &Forest<'a> {
        &self.forest
    }

    /// Returns the number of entries: trees of all roots as seen from one chip of each class.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.link.len()
    }

    /// Executes an all-gather of one piece of so many bytes from every chip, each tree's part in some chunks.
    ///
    /// # Errors
    /// Refuses bytes and links that are not numbers in range, no chunks and too many.
    pub fn all_gather(&self, piece: f64, chunks: usize, link: &Link) -> Result<Gathered, CollectiveError> {
        self.all_gather_watched(piece, chunks, link, |_| {})
    }

    /// Executes the same and shows every chunk as it leaves.
    ///
    /// # Errors
    /// Refuses what [`Pipeline::all_gather`] refuses.
    pub fn all_gather_watched(
        &self,
        piece: f64,
        chunks: usize,
        link: &Link,
        watch: impl FnMut(Sent),
    ) -> Result<Gathered, CollectiveError> {
        check_amount("the bytes of a piece", piece)?;
        link.check()?;
        let entries = self.entries();
        if chunks == 0 || entries.checked_mul(chunks).is_none_or(|all| all > MOST_CHUNKS) {
            return Err(CollectiveError::OutOfRange {
                name: "the chunks of a tree",
                value: chunks as f64,
                expected: "at least 1, and at most 2^26 in all trees",
            });
        }
        let chunk_bytes = piece / self.forest.trees() as f64 / chunks as f64;
        let chunk_seconds = if piece > 0.0 { chunk_bytes.max(SMALLEST_CHUNK) / link.bandwidth } else { 0.0 };
        let links = self.forest.symmetry().classes() * self.forest.network().ports();
        let mut run = Run {
            pipeline: self,
            chunks,
            seconds: chunk_seconds,
            latency: link.latency,
            queues: Queues::new(links, entries * chunks),
            busy: vec![false; links],
            free: VecDeque::new(),
            arriving: VecDeque::new(),
            sent: vec![0; links],
            received: vec![0; links],
            watch,
        };
        let seconds = run.until_done();
        let Run { sent, received, .. } = run;
        let trees = self.forest.trees();
        Ok(Gathered { seconds, chunks, trees, chunk_bytes, chunk_seconds, sent, received })
    }
}

/// Holds one run.
struct Run<'p, Watch> {
    pipeline: &'p Pipeline<'p>,
    chunks: usize,
    seconds: f64,
    latency: f64,
    queues: Queues,
    busy: Vec<bool>,
    /// The times at which links are free again, in order, because starts only go forward.
    free: VecDeque<(f64, u32)>,
    /// The chunks under way with their times of arrival, in order.
    arriving: VecDeque<(f64, u32)>,
    sent: Vec<u64>,
    received: Vec<u64>,
    watch: Watch,
}

impl<Watch: FnMut(Sent)> Run<'_, Watch> {
    /// Runs to the end and returns the time of the last arrival.
    fn until_done(&mut self) -> f64 {
        let mut now = 0.0;
        let mut touched = Vec::new();
        for &root in &self.pipeline.roots {
            for chunk in 0..self.chunks {
                self.hand_on(root, chunk, &mut touched);
            }
        }
        loop {
            for link in touched.drain(..) {
                self.start(link, now);
            }
            let times = [self.free.front(), self.arriving.front()].map(|next| next.map(|next| next.0));
            now = match times {
                [Some(free), Some(arrival)] => f64::min(free, arrival),
                [Some(only), None] | [None, Some(only)] => only,
                [None, None] => return now,
            };
            while let Some(&(time, link)) = self.free.front().filter(|next| next.0 <= now) {
                debug_assert!(time <= now);
                self.free.pop_front();
                self.busy[link as usize] = false;
                touched.push(link as usize);
            }
            while let Some(&(_, item)) = self.arriving.front().filter(|next| next.0 <= now) {
                self.arriving.pop_front();
                let (entry, chunk) = (item as usize / self.chunks, item as usize % self.chunks);
                let port = self.port_of(entry);
                self.received[port] += 1;
                self.hand_on(narrow(entry), chunk, &mut touched);
            }
        }
    }

    /// Returns the port through which a chunk comes in, at class * ports + port of the receiver.
    fn port_of(&self, entry: usize) -> usize {
        let forest = &self.pipeline.forest;
        let (network, trees) = (forest.network(), forest.trees());
        let (class, root) = (entry / trees / network.chips(), entry / trees % network.chips());
        let chip = forest.symmetry().representatives()[class];
        class * network.ports() + forest.up(chip, root, entry % trees).unwrap_or(0)
    }

    /// Queues a chunk for all links that hand it on.
    fn hand_on(&mut self, entry: u32, chunk: usize, touched: &mut Vec<usize>) {
        let Pipeline { first, children, link, height, .. } = self.pipeline;
        let below = first[entry as usize] as usize..first[entry as usize + 1] as usize;
        for &child in &children[below] {
            let link = link[child as usize] as usize;
            let item = narrow(child as usize * self.chunks + chunk);
            self.queues.push(link, usize::from(height[child as usize]), item);
            touched.push(link);
        }
    }

    /// Sends the next chunk over a link, if it is free and one waits.
    fn start(&mut self, link: usize, now: f64) {
        if self.busy[link] {
            return;
        }
        let Some(item) = self.queues.pop(link) else { return };
        self.busy[link] = true;
        self.sent[link] += 1;
        self.free.push_back((now + self.seconds, narrow(link)));
        self.arriving.push_back((now + self.seconds + self.latency, item));
        let (entry, chunk) = (item as usize / self.chunks, item as usize % self.chunks);
        let forest = &self.pipeline.forest;
        let (chips, trees) = (forest.network().chips(), forest.trees());
        (self.watch)(Sent {
            chip: forest.symmetry().representatives()[entry / trees / chips],
            root: entry / trees % chips,
            tree: entry % trees,
            chunk,
            start: now,
        });
    }
}

/// Holds what waits for each link, by the way still to go, first come first served.
struct Queues {
    /// For each link, one bit per length of way for which something waits.
    waiting: Vec<u64>,
    head: Vec<u32>,
    tail: Vec<u32>,
    next: Vec<u32>,
}

impl Queues {
    fn new(links: usize, items: usize) -> Self {
        let queues = links * WAYS;
        Self {
            waiting: vec![0; links],
            head: vec![NONE; queues],
            tail: vec![NONE; queues],
            next: vec![NONE; items],
        }
    }

    fn push(&mut self, link: usize, way: usize, item: u32) {
        let queue = link * WAYS + way;
        if self.waiting[link] >> way & 1 == 1 {
            self.next[self.tail[queue] as usize] = item;
        } else {
            self.head[queue] = item;
            self.waiting[link] |= 1 << way;
        }
        self.next[item as usize] = NONE;
        self.tail[queue] = item;
    }

    fn pop(&mut self, link: usize) -> Option<u32> {
        let way = self.waiting[link].checked_ilog2()? as usize;
        let queue = link * WAYS + way;
        let item = self.head[queue];
        self.head[queue] = self.next[item as usize];
        if self.head[queue] == NONE {
            self.waiting[link] &= !(1 << way);
        }
        Some(item)
    }
}

/// Stores a number below [`MOST_CHUNKS`].
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}
