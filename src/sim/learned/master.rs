//! The restricted master problem of a balanced flow: the best mixture of flows found so far.
//!
//! Each of the 64 sources mixes its own flows, so few rounds of flows give many mixtures (Dantzig and Wolfe,
//! "Decomposition principle for linear programs", Oper. Res. 8, 1960, with one convexity row per source). The
//! largest load is smoothed to a logarithm of a sum of exponentials and lowered by exponentiated gradients
//! with momentum (Kivinen and Warmuth, Inform. and Comput. 132, 1997).

use rayon::prelude::*;

/// The most flows of a source; the one with the least share makes room for the next.
const MOST_FLOWS: usize = 40;
/// The share of a new flow. Steers convergence only.
const NEW_SHARE: f64 = 0.1;
/// The part of the last step that the next one keeps. Steers convergence only.
const MOMENTUM: f64 = 0.7;
/// The first step, at [`SHARPEST`] over the sharpness. Steers convergence only.
const STEP: f64 = 0.1;
/// The factors of the step after a gain and after a loss. Steer convergence only.
const STEP_CHANGES: [f64; 2] = [1.05, 0.7];
/// The sharpness for which the first step is given.
const SHARPEST: f64 = 3000.0;
/// The least share of a flow, from which it can grow again.
const LEAST_SHARE: f64 = 1e-6;
/// The largest change of the logarithm of a share in one step.
const LONGEST_STEP: f64 = 1.0;
/// Sources are summed in chunks of this many, so that results do not depend on the number of threads.
const CHUNK: usize = 8;

/// Mixes flows, each a list of loads in units of the largest load to beat.
pub(super) struct Master {
    scale: f64,
    sources: Vec<Source>,
    /// The loads of the best mixture so far.
    best: Vec<f64>,
}

/// The flows of one source with their shares, which sum to 1.
#[derive(Default, Clone)]
struct Source {
    flows: Vec<Vec<f64>>,
    shares: Vec<f64>,
    speeds: Vec<f64>,
}

impl Master {
    /// Starts with the loads of a flow that the mixture has to beat.
    pub(super) fn new(sources: usize, loads: &[f64]) -> Self {
        Self { scale: largest(loads), sources: vec![Source::default(); sources], best: loads.to_vec() }
    }

    /// Adds the flow of every source in one round.
    pub(super) fn add(&mut self, flows: &[Vec<f64>]) {
        for (source, flow) in self.sources.iter_mut().zip(flows) {
            source.add(flow.iter().map(|load| load / self.scale).collect());
        }
    }

    /// Keeps loads if they are better than the best mixture.
    pub(super) fn offer(&mut self, loads: &[f64]) {
        if largest(loads) < largest(&self.best) {
            self.best.copy_from_slice(loads);
        }
    }

    /// Returns the loads of the best mixture so far.
    pub(super) fn best(&self) -> &[f64] {
        &self.best
    }

    /// Lowers the smoothed largest load, and returns the price of every load, in sum 1.
    ///
    /// `sharpness` is the exponent of the smoothing per largest load: the smoothed maximum is above the true
    /// one by at most the logarithm of the number of loads over it. Prices are the mean over the second half
    /// of the steps.
    pub(super) fn solve(&mut self, sharpness: f64, steps: usize) -> Vec<f64> {
        let mut step = STEP * SHARPEST / sharpness * self.sources.len() as f64;
        let mut before = f64::INFINITY;
        let mut kept: (f64, Vec<Vec<f64>>) = (f64::INFINITY, Vec::new());
        let mut mean = vec![0.0; self.best.len()];
        self.sources.iter_mut().for_each(|source| source.speeds.fill(0.0));
        for index in 0..steps {
            let loads = self.loads();
            let top = largest(&loads);
            if top * self.scale < largest(&self.best) {
                self.best.iter_mut().zip(&loads).for_each(|(best, load)| *best = load * self.scale);
            }
            let mut prices: Vec<f64> = loads.iter().map(|load| (sharpness * (load - top)).exp()).collect();
            let sum: f64 = prices.iter().sum();
            prices.iter_mut().for_each(|price| *price /= sum);
            if index >= steps / 2 {
                let part = 1.0 / (steps - steps / 2) as f64;
                mean.iter_mut().zip(&prices).for_each(|(mean, price)| *mean += part * price);
            }
            let smoothed = top + sum.ln() / sharpness;
            if smoothed < kept.0 {
                kept = (smoothed, self.sources.iter().map(|source| source.shares.clone()).collect());
            }
            let [gain, loss] = STEP_CHANGES;
            if smoothed > before {
                step *= loss;
                self.sources.iter_mut().for_each(|source| source.speeds.fill(0.0));
            } else {
                step *= gain;
            }
            before = smoothed;
            self.sources.par_iter_mut().for_each(|source| source.descend(&prices, step));
        }
        for (source, shares) in self.sources.iter_mut().zip(kept.1) {
            source.shares = shares;
        }
        mean
    }

    /// Returns the loads of the mixture.
    fn loads(&self) -> Vec<f64> {
        let parts: Vec<Vec<f64>> = self
            .sources
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut sum = vec![0.0; self.best.len()];
                for source in chunk {
                    for (flow, &share) in source.flows.iter().zip(&source.shares) {
                        sum.iter_mut().zip(flow).for_each(|(sum, load)| *sum += share * load);
                    }
                }
                sum
            })
            .collect();
        let mut total = vec![0.0; self.best.len()];
        for part in &parts {
            total.iter_mut().zip(part).for_each(|(sum, load)| *sum += load);
        }
        total
    }
}

impl Source {
    fn add(&mut self, flow: Vec<f64>) {
        if self.flows.len() == MOST_FLOWS {
            let least = (0..MOST_FLOWS).min_by(|&a, &b| self.shares[a].total_cmp(&self.shares[b]));
            if let Some(least) = least {
                self.flows.swap_remove(least);
                self.shares.swap_remove(least);
            }
        }
        let share = NEW_SHARE.max(1.0 / (self.flows.len() as f64 + 1.0));
        let sum: f64 = self.shares.iter().sum();
        self.shares.iter_mut().for_each(|old| *old *= (1.0 - share) / sum);
        self.shares.push(if self.flows.is_empty() { 1.0 } else { share });
        self.flows.push(flow);
        self.speeds = vec![0.0; self.flows.len()];
    }

    /// Moves shares towards flows that cost less.
    fn descend(&mut self, prices: &[f64], step: f64) {
        let cost = |flow: &Vec<f64>| flow.iter().zip(prices).map(|(load, price)| load * price).sum();
        let costs: Vec<f64> = self.flows.iter().map(cost).collect();
        let mean: f64 = costs.iter().zip(&self.shares).map(|(cost, share)| cost * share).sum();
        let mut sum = 0.0;
        for ((share, cost), speed) in self.shares.iter_mut().zip(&costs).zip(&mut self.speeds) {
            *speed = MOMENTUM * *speed - step * (cost - mean);
            *share = (*share * speed.clamp(-LONGEST_STEP, LONGEST_STEP).exp()).max(LEAST_SHARE);
            sum += *share;
        }
        self.shares.iter_mut().for_each(|share| *share /= sum);
    }
}

/// Returns the largest load.
pub(super) fn largest(loads: &[f64]) -> f64 {
    loads.iter().copied().fold(0.0, f64::max)
}
