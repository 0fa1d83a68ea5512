//! Goodput, exact.

use super::binomial::distribution;
use super::packing::tiles;
use super::{
    CHIPS_PER_CUBE, CHIPS_PER_HOST, CubeGrid, FaultError, HOSTS_PER_CUBE, SPARE_CUBES, check_availability,
};

/// Holds the goodput of one slice size at one availability, as shares of all chips.
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
/// With H of C cubes up, H binomial with C trials and p = a^16, slices of s cubes give floor(H / s) s / C.
/// Aligned boxes are up with probability p^s each. `quantile` is the probability with which `at_quantile` is
/// reached.
///
/// # Errors
/// Refuses availabilities and quantiles that are none, and slices that the machine does not have.
pub fn goodput(
    grid: CubeGrid,
    availability: f64,
    slice_chips: usize,
    quantile: f64,
) -> Result<Goodput, FaultError> {
    check_availability(availability)?;
    if !(quantile > 0.0 && quantile < 1.0) {
        return Err(FaultError::Quantile(quantile));
    }
    if slice_chips < CHIPS_PER_CUBE {
        return below_a_cube(grid, availability, slice_chips, quantile);
    }
    let (slice, cubes) = (grid.slice_cubes(slice_chips)?, grid.cubes());
    let up = availability.powi(HOSTS_PER_CUBE as i32);
    let bare = Pool::new(cubes, up, slice);
    let spares = Pool::new(cubes + SPARE_CUBES, up, slice);
    let boxes = tiles(grid.side, slice);
    Ok(Goodput {
        slice_chips,
        cube_availability: up,
        switched: bare.expected(cubes),
        switched_with_spares: spares.expected(cubes),
        static_aligned: (boxes * slice) as f64 / cubes as f64 * up.powi(slice as i32),
        at_quantile: bare.reached(cubes, quantile),
        at_quantile_with_spares: spares.reached(cubes, quantile),
    })
}

/// Places a slice below a cube: it takes hosts of one cube, and no switch is in its way.
fn below_a_cube(
    grid: CubeGrid,
    availability: f64,
    slice_chips: usize,
    quantile: f64,
) -> Result<Goodput, FaultError> {
    grid.check_slice(slice_chips)?;
    let up = availability.powi((slice_chips / CHIPS_PER_HOST) as i32);
    let slices = grid.chips() / slice_chips;
    let bare = Pool::new(slices, up, 1);
    let spares = Pool::new(slices + SPARE_CUBES * CHIPS_PER_CUBE / slice_chips, up, 1);
    Ok(Goodput {
        slice_chips,
        cube_availability: availability.powi(HOSTS_PER_CUBE as i32),
        switched: bare.expected(slices),
        switched_with_spares: spares.expected(slices),
        static_aligned: up,
        at_quantile: bare.reached(slices, quantile),
        at_quantile_with_spares: spares.reached(slices, quantile),
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

    fn expected(&self, parts: usize) -> f64 {
        self.ways.iter().enumerate().map(|(up, way)| way * self.share(up, parts)).sum()
    }

    /// Returns the largest share that at least `quantile` of the probability reaches.
    fn reached(&self, parts: usize, quantile: f64) -> f64 {
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
