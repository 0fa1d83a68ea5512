//! The roofline: what a chip attains at an operational intensity.
//!
//! Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model for Multicore
//! Architectures", Communications of the ACM 52(4), 2009.

/// Holds the two roofs of a chip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Roofline {
    /// The peak, in 10^12 operations per second.
    pub peak: f64,
    /// The memory bandwidth, in 10^9 bytes per second.
    pub bandwidth: f64,
}

impl Roofline {
    /// Sets up the roofs from a peak in Tflop/s and a bandwidth in GB/s.
    #[must_use]
    pub const fn new(peak: f64, bandwidth: f64) -> Self {
        Self { peak, bandwidth }
    }

    /// Returns the intensity at which both roofs meet, in operations per byte.
    #[must_use]
    pub fn ridge(&self) -> f64 {
        self.peak * 1e3 / self.bandwidth
    }

    /// Returns what the chip attains at an intensity in operations per byte, in Tflop/s.
    #[must_use]
    pub fn attainable(&self, intensity: f64) -> f64 {
        self.peak.min(self.bandwidth * intensity / 1e3)
    }
}

/// Returns the geometric mean of positive numbers, or 1 of none.
#[must_use]
pub fn geometric_mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value.ln(), count + 1));
    if count == 0 { 1.0 } else { (sum / count as f64).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_limits_below_the_ridge_and_the_peak_above() {
        let line = Roofline::new(275.0, 1200.0);
        assert!((line.ridge() - 229.166_666).abs() < 1e-3);
        assert!((line.attainable(line.ridge()) - 275.0).abs() < 1e-9);
        assert!((line.attainable(line.ridge() / 2.0) - 137.5).abs() < 1e-9);
        assert!((line.attainable(1e9) - 275.0).abs() < 1e-9);
        assert!((geometric_mean([2.0, 8.0].into_iter()) - 4.0).abs() < 1e-12);
    }
}
