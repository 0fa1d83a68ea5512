//! Goodput, exact.

use super::binomial::distribution;
use super::packing::tiles;
use super::{
    CHIPS_PER_CUBE, CHIPS_PER_HOST, CUBES, FaultError, HOSTS_PER_CUBE, SPARE_CUBES, check_availability,
    slice_cubes,
};

/// Holds the goodput of one slice size at one availability, as shares of 4096 chips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goodput {
    /// The chips of a slice.
    pub slice_chips: usize,
    /// The probability that a cube is up.
    pub cube_availability: f64,
    /// The expectation with switches: any cubes that are up form a slice.
    pub switched: f64,
    /// The expectation with switches and the four spare cubes.
    pub switched_with_spares: f64,
    /// The expectation without switches, slices on aligned boxes that tile the machine.
    pub static_aligned: f64,
    /// The goodput with switches that is reached or exceeded with the asked probability.
    pub at_quantile: f64,
    /// The same with the four spare cubes.
    pub at_quantile_with_spares: f64,
}

/// Computes the goodput of slices of a size at a host availability.
///
/// With H cubes up, H binomial with 64 trials and p = a^16, slices of s cubes give floor(H / s) s / 64.
/// Aligned boxes are up with probability p^s each. `quantile` is the probability with which `at_quantile` is
/// reached.
///
/// # Errors
/// Refuses availabilities and quantiles that are none, and slices that the machine does not have.
pub fn goodput(availability: f64, slice_chips: usize, quantile: f64) -> Result<Goodput, FaultError> {
    check_availability(availability)?;
    if !(quantile > 0.0 && quantile < 1.0) {
        return Err(FaultError::Quantile(quantile));
    }
    if slice_chips < CHIPS_PER_CUBE {
        return below_a_cube(availability, slice_chips, quantile);
    }
    let slice = slice_cubes(slice_chips)?;
    let up = availability.powi(HOSTS_PER_CUBE as i32);
    let bare = Pool::new(CUBES, up, slice);
    let spares = Pool::new(CUBES + SPARE_CUBES, up, slice);
    let boxes = tiles(slice);
    Ok(Goodput {
        slice_chips,
        cube_availability: up,
        switched: bare.expected(),
        switched_with_spares: spares.expected(),
        static_aligned: (boxes * slice) as f64 / CUBES as f64 * up.powi(slice as i32),
        at_quantile: bare.reached(quantile),
        at_quantile_with_spares: spares.reached(quantile),
    })
}

/// Places a slice below a cube: it takes hosts of one cube, and no switch is in its way.
fn below_a_cube(availability: f64, slice_chips: usize, quantile: f64) -> Result<Goodput, FaultError> {
    if !slice_chips.is_power_of_two() || slice_chips < CHIPS_PER_HOST {
        return Err(FaultError::Slice(slice_chips));
    }
    let up = availability.powi((slice_chips / CHIPS_PER_HOST) as i32);
    let slices = CUBES * CHIPS_PER_CUBE / slice_chips;
    let bare = Pool::new(slices, up, 1);
    let spares = Pool::new(slices + SPARE_CUBES * CHIPS_PER_CUBE / slice_chips, up, 1);
    Ok(Goodput {
        slice_chips,
        cube_availability: availability.powi(HOSTS_PER_CUBE as i32),
        switched: bare.expected_of(slices),
        switched_with_spares: spares.expected_of(slices),
        static_aligned: up,
        at_quantile: bare.reached_of(slices, quantile),
        at_quantile_with_spares: spares.reached_of(slices, quantile),
    })
}

/// Holds the distribution of the parts that are up, and how many parts a slice needs.
struct Pool {
    ways: Vec<f64>,
    slice: usize,
}

impl Pool {
    fn new(parts: usize, up: f64, slice: usize) -> Self {
        Self { ways: distribution(parts, up), slice }
    }

    /// Returns the share of a machine of `parts` that works when `up` parts are up.
    fn share(&self, up: usize, parts: usize) -> f64 {
        (up.min(parts) / self.slice * self.slice) as f64 / parts as f64
    }

    fn expected(&self) -> f64 {
        self.expected_of(CUBES)
    }

    fn expected_of(&self, parts: usize) -> f64 {
        self.ways.iter().enumerate().map(|(up, way)| way * self.share(up, parts)).sum()
    }

    fn reached(&self, quantile: f64) -> f64 {
        self.reached_of(CUBES, quantile)
    }

    /// Returns the largest share that at least `quantile` of the probability reaches.
    fn reached_of(&self, parts: usize, quantile: f64) -> f64 {
        let mut above = 0.0;
        for (up, way) in self.ways.iter().enumerate().rev() {
            above += way;
            if above >= quantile {
                return self.share(up, parts);
            }
        }
        0.0
    }
}
