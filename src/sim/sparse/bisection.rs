//! The networks of TPU v4 and TPU v3 at equal numbers of chips.

use super::SparseError;
use crate::sim::routing::analyze;
use crate::sim::shape::Shape;
use crate::sim::topology::Topology;

/// The numbers of chips compared: from one cube to the largest TPU v3.
pub const COMPARED_CHIPS: [usize; 5] = [64, 128, 256, 512, 1024];

/// Compares the networks of both machines at one number of chips; slices of TPU v3 are taken to wrap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bisection {
    /// The number of chips of either slice.
    pub chips: usize,
    /// The links cut on TPU v4, a regular 3D torus.
    pub v4_links: usize,
    /// The links cut on TPU v3, a 2D torus.
    pub v3_links: usize,
    /// The links of TPU v4 over those of TPU v3.
    pub links_ratio: f64,
    /// The same, each link times its bandwidth.
    pub bandwidth_ratio: f64,
    /// The ideal all-to-all bandwidth of a chip of TPU v4 over that of TPU v3.
    pub alltoall_ratio: f64,
}

/// Returns the 3D torus of a number of chips; the most even shape.
///
/// # Errors
/// Refuses numbers that are not listed in [`COMPARED_CHIPS`].
pub fn v4_torus(chips: usize, twisted: bool) -> Result<Topology, SparseError> {
    let cubes = match chips {
        64 => [4, 4, 4],
        128 => [4, 4, 8],
        256 => [4, 8, 8],
        512 => [8, 8, 8],
        1024 => [8, 8, 16],
        _ => return Err(not_compared(chips)),
    };
    let shape = Shape::new(cubes)?;
    Ok(if twisted { Topology::twisted(shape)? } else { Topology::torus(shape) })
}

/// Returns the 2D torus of a number of chips; the most even shape.
///
/// # Errors
/// Refuses numbers that are not listed in [`COMPARED_CHIPS`].
pub fn flat_torus(chips: usize) -> Result<Topology, SparseError> {
    if !COMPARED_CHIPS.contains(&chips) {
        return Err(not_compared(chips));
    }
    let short = 1_usize << (chips.ilog2() / 2);
    Ok(Topology::flat_torus(short, chips / short)?)
}

/// Compares both networks at every number of chips of [`COMPARED_CHIPS`].
///
/// `faster` is the bandwidth of a link of TPU v4 over that of TPU v3.
///
/// # Errors
/// Refuses nothing that these numbers can be.
pub fn bisections(faster: f64) -> Result<Vec<Bisection>, SparseError> {
    let compare = |&chips: &usize| {
        let (v4, v3) = (analyze(&v4_torus(chips, false)?), analyze(&flat_torus(chips)?));
        let links_ratio = v4.bisection_links as f64 / v3.bisection_links as f64;
        Ok(Bisection {
            chips,
            v4_links: v4.bisection_links,
            v3_links: v3.bisection_links,
            links_ratio,
            bandwidth_ratio: links_ratio * faster,
            alltoall_ratio: v4.alltoall_links_per_chip / v3.alltoall_links_per_chip * faster,
        })
    };
    COMPARED_CHIPS.iter().map(compare).collect()
}

fn not_compared(chips: usize) -> SparseError {
    SparseError::OutOfRange {
        name: "the number of chips",
        value: chips as f64,
        expected: "64, 128, 256, 512 or 1024",
    }
}
