//! A polynomial in place of a simulation that takes its time, for few inputs.
//!
//! The simulation runs at the nodes of a grid, and a polynomial through them answers for every other point:
//! Chebyshev points of the second kind along each axis and the barycentric formula (Berrut and Trefethen,
//! "Barycentric Lagrange Interpolation", SIAM Review 46(3), 2004, section 5). Where the simulation is smooth,
//! nine nodes give four digits or more; how far the polynomial is off is measured at points between the
//! nodes.

use rayon::prelude::*;

use super::halton::Halton;

/// The axes that a grid may have.
pub const MOST_AXES: usize = 2;
/// Nodes along one axis, by the number of axes; a single one may have more.
const NODES: [usize; MOST_AXES] = [33, 9];
/// The points at which the polynomial is compared with the simulation, and those that tell of one value.
const CHECKS: usize = 24;
const NEAREST: usize = 6;

/// A polynomial through values on a grid between zero and one along each axis.
#[derive(Debug, Clone)]
pub struct Surrogate {
    axes: usize,
    nodes: Vec<f64>,
    values: Vec<f64>,
    /// Results of the simulation between the nodes, and how far the polynomial is from them.
    checks: Vec<[f64; 2]>,
}

impl Surrogate {
    /// Runs a simulation on the grid and at points between.
    ///
    /// Gives none for no axis or more than [`MOST_AXES`], and none where a result is no finite number.
    pub fn new(axes: usize, simulate: impl Fn(&[f64]) -> f64 + Sync) -> Option<Self> {
        let &count = NODES.get(axes.checked_sub(1)?)?;
        let nodes: Vec<f64> = (0..count)
            .map(|node| 0.5 - 0.5 * (std::f64::consts::PI * node as f64 / (count - 1) as f64).cos())
            .collect();
        let values = (0..count.pow(axes as u32))
            .into_par_iter()
            .map(|index| {
                let at = |axis: usize| nodes[index / count.pow(axis as u32) % count];
                simulate(&(0..axes).map(at).collect::<Vec<_>>())
            })
            .collect();
        let mut found = Self { axes, nodes, values, checks: Vec::new() };
        let between = Halton::new(axes, 0);
        found.checks = (0..CHECKS)
            .into_par_iter()
            .map(|index| {
                let point: Vec<f64> = between.point(index).collect();
                let exact = simulate(&point);
                [exact, found.at(&point) - exact]
            })
            .collect();
        let all = found.values.iter().chain(found.checks.iter().flatten());
        all.copied().all(f64::is_finite).then_some(found)
    }

    /// Returns how far the polynomial is from the simulation where this has about that value: the root mean
    /// square over the six points of comparison whose results are nearest.
    #[must_use]
    pub fn deviation_near(&self, value: f64) -> f64 {
        let mut nearest = self.checks.clone();
        nearest.sort_by(|[a, _], [b, _]| (a - value).abs().total_cmp(&(b - value).abs()));
        let squares: f64 = nearest.iter().take(NEAREST).map(|[_, off]| off * off).sum();
        (squares / NEAREST as f64).sqrt()
    }

    /// Returns the polynomial at a point.
    #[must_use]
    pub fn at(&self, point: &[f64]) -> f64 {
        let mut values = self.values.clone();
        // the first axis runs fastest, so each round takes one axis away
        for &coordinate in point.iter().take(self.axes) {
            values = values.chunks(self.nodes.len()).map(|line| self.line(line, coordinate)).collect();
        }
        values.first().copied().unwrap_or(f64::NAN)
    }

    /// Interpolates along one line of nodes.
    fn line(&self, values: &[f64], at: f64) -> f64 {
        let last = self.nodes.len() - 1;
        let (mut above, mut below) = (0.0, 0.0);
        for (index, (node, value)) in self.nodes.iter().zip(values).enumerate() {
            if at == *node {
                return *value;
            }
            let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
            let weight = sign * if index == 0 || index == last { 0.5 } else { 1.0 } / (at - node);
            above += weight * value;
            below += weight;
        }
        above / below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_the_grid_are_exact() {
        let cubic = |p: &[f64]| 1.0 + p[0].powi(3) - 2.0 * p[0] * p[1].powi(2);
        let found = Surrogate::new(2, cubic).unwrap();
        assert!((found.at(&[0.37, 0.81]) - cubic(&[0.37, 0.81])).abs() < 1e-13);
        assert!(found.deviation_near(1.0) < 1e-12);
        assert_eq!(found.at(&[0.0, 1.0]), 1.0);
    }

    /// A message and a latency that are both known to a factor of ten either way.
    #[test]
    fn a_time_over_two_decades_is_known_to_four_digits() {
        let time = |p: &[f64]| 100_f64.powf(p[0]) + 3.0 * 10_f64.powf(p[1]);
        let found = Surrogate::new(2, time).unwrap();
        for value in [5.0, 20.0, 100.0] {
            assert!(found.deviation_near(value) < 1e-4 * value, "{}", found.deviation_near(value));
        }
    }

    #[test]
    fn a_kink_is_told_and_more_axes_are_refused() {
        let kink = Surrogate::new(1, |p| 1.0 + (p[0] - 0.4).max(0.0)).unwrap();
        assert!(kink.deviation_near(1.0) > 1e-3 && kink.deviation_near(1.5) < 1e-3);
        assert!(Surrogate::new(3, |p| p[0]).is_none() && Surrogate::new(0, |_| 1.0).is_none());
        assert!(Surrogate::new(1, |_| f64::NAN).is_none());
    }
}
