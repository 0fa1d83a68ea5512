//! Lengths that grow exponentially with loads, and flow that shifts from longer paths to shorter ones.

use super::powers::{exp2, log2};
use super::problem::Problem;
use super::routes::{Path, Routes};

/// The length of the fullest link, in whole units, so that ties are exact.
pub(super) const LONGEST: f64 = (1 << 22) as f64;
/// The longest length that a link can grow to within a round.
const OVERFULL: f64 = 8.0 * LONGEST;
/// A path that carries a smaller part of its demand gives it to another.
const NEGLIGIBLE: f64 = 1e-6;

/// Holds the loads of all link classes and the lengths that follow from them.
///
/// The length of a link is the derivative of the potential, the sum over links of 2^(steepness * load / top).
/// Its minimum tends to the least largest load as the steepness grows.
pub(super) struct Potential<'a> {
    problem: &'a Problem<'a>,
    pub(super) loads: Vec<f64>,
    lengths: Vec<f64>,
    pub(super) steepness: f64,
    /// The largest load at the last call of [`Potential::settle`].
    pub(super) top: f64,
    /// How many times more often one path uses a class than another.
    counts: Vec<i32>,
    touched: Vec<usize>,
    seen: Vec<bool>,
}

impl<'a> Potential<'a> {
    /// Starts with empty links, all of the same length.
    pub(super) fn new(problem: &'a Problem<'a>, steepness: f64) -> Self {
        let classes = problem.classes();
        Self {
            problem,
            loads: vec![0.0; classes],
            lengths: vec![1.0; classes],
            steepness,
            top: 0.0,
            counts: vec![0; classes],
            touched: Vec::new(),
            seen: vec![false; classes],
        }
    }

    /// Adds up the loads of all paths anew, and takes lengths relative to the largest.
    pub(super) fn settle(&mut self, routes: &[Routes]) {
        self.loads.fill(0.0);
        for (&source, routes) in self.problem.sources().iter().zip(routes) {
            for path in routes.iter() {
                self.problem.follow(source, path.ports, |class| self.loads[class] += path.flow);
            }
        }
        self.top = self.loads.iter().copied().fold(0.0, f64::max);
        for class in 0..self.loads.len() {
            self.lengths[class] = self.length(self.loads[class]);
        }
    }

    /// Returns whole lengths of all classes.
    pub(super) fn whole_lengths(&self) -> Vec<u32> {
        self.lengths.iter().map(|&length| length.min(OVERFULL) as u32).collect()
    }

    fn length(&self, load: f64) -> f64 {
        (LONGEST * exp2(self.steepness * (load / self.top - 1.0))).max(1.0)
    }

    /// Shifts the flow of one source to the shortest known path to each target; returns the paths that carry
    /// flow then, and adds how much flow has shifted.
    ///
    /// `found` has one more path for each target, or none at all.
    pub(super) fn improve(
        &mut self,
        source: usize,
        old: &Routes,
        found: Option<&Routes>,
        shifted: &mut f64,
    ) -> Routes {
        let mut new = Routes::default();
        let mut old = old.iter().peekable();
        let mut found = found.map(Routes::iter);
        let mut paths: Vec<Path<'_>> = Vec::new();
        while let Some(first) = old.next() {
            paths.clear();
            paths.push(first);
            while let Some(path) = old.next_if(|path| path.target == first.target) {
                paths.push(path);
            }
            let fresh = found.as_mut().and_then(Iterator::next);
            if let Some(fresh) = fresh.filter(|fresh| paths.iter().all(|path| path.ports != fresh.ports)) {
                paths.push(Path { flow: 0.0, ..fresh });
            }
            if paths.len() > 1 {
                *shifted += self.equalize(source, &mut paths);
            }
            for path in paths.iter().filter(|path| path.flow > 0.0) {
                new.push(path.target, path.ports, path.flow);
            }
        }
        new
    }

    /// Shifts flow to the shortest of the paths between two chips from each other one.
    fn equalize(&mut self, source: usize, paths: &mut [Path<'_>]) -> f64 {
        let lengths = paths.iter().map(|path| {
            let mut sum = 0.0;
            self.problem.follow(source, path.ports, |class| sum += self.lengths[class]);
            sum
        });
        let shortest = lengths.enumerate().min_by(|(_, one), (_, other)| one.total_cmp(other));
        let Some((best, _)) = shortest else { return 0.0 };
        let enough = NEGLIGIBLE * paths.iter().map(|path| path.flow).sum::<f64>();
        let mut gained = 0.0;
        for index in (0..paths.len()).filter(|&index| index != best) {
            let amount = paths[index].flow;
            let by = self.shift(source, paths[index].ports, paths[best].ports, amount);
            // What is too little to keep moves too; the loads follow when they settle.
            let by = if amount - by > enough { by } else { amount };
            paths[index].flow -= by;
            gained += by;
        }
        paths[best].flow += gained;
        gained
    }

    /// Shifts flow between two paths, at most all of one, until they are equally long.
    ///
    /// Where each link of the one gets 2^-x times as long and each of the other 2^x times, both are equal at
    /// half the logarithm of the ratio of their lengths, without the links that they share.
    fn shift(&mut self, source: usize, from: &[u8], to: &[u8], most: f64) -> f64 {
        self.touched.clear();
        for (path, step) in [(from, 1), (to, -1)] {
            self.problem.follow(source, path, |class| {
                self.counts[class] += step;
                if !std::mem::replace(&mut self.seen[class], true) {
                    self.touched.push(class);
                }
            });
        }
        let (mut longer, mut shorter, mut square) = (0.0, 0.0, 0.0);
        for &class in &self.touched {
            let (count, length) = (f64::from(self.counts[class]), self.lengths[class]);
            longer += count.max(0.0) * length;
            shorter += (-count).max(0.0) * length;
            square += count * count * length;
        }
        let mut by = 0.0;
        if longer > shorter && most > 0.0 {
            // Several images of a pair under symmetries may share a class: `many` links at once get longer.
            let many = square / (longer + shorter);
            by = if shorter > 0.0 {
                (self.top / (2.0 * self.steepness * many) * log2(longer / shorter)).min(most)
            } else {
                most
            };
        }
        for at in 0..self.touched.len() {
            let class = self.touched[at];
            self.seen[class] = false;
            let count = f64::from(std::mem::take(&mut self.counts[class]));
            if by > 0.0 && count != 0.0 {
                self.loads[class] -= count * by;
                self.lengths[class] = self.length(self.loads[class]);
            }
        }
        by
    }
}
