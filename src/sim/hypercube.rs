//! The hypercube, for comparison: no fabric of cubes with six links for each chip can form a large one.

use super::network::{Network, number_of, place_of};
use super::shape::{MOST_MESH_CHIPS, ShapeError};

/// Wires 2^d chips as a hypercube, one link for each bit of their numbers.
///
/// Source: Dally and Towles, "Principles and Practices of Interconnection Networks", 2004, section 5.1: a
/// binary d-cube is a torus of radix 2 whose double links are single.
///
/// # Errors
/// Refuses fewer than 4 and more than 2^14 chips, because the analysis visits every pair.
pub fn hypercube(dimensions: u32) -> Result<Network, ShapeError> {
    let chips = 1_usize.checked_shl(dimensions).filter(|&chips| (4..=MOST_MESH_CHIPS).contains(&chips));
    let Some(chips) = chips else {
        let shape = format!("the hypercube of dimension {dimensions}");
        return Err(ShapeError::TooLarge { shape, most: MOST_MESH_CHIPS });
    };
    let sizes = [chips, 1, 1];
    Ok(Network::from_plus(sizes, dimensions as usize, |place, axis| {
        let chip = number_of(sizes, place);
        // each link is the plus port of the chip whose bit is clear
        (chip >> axis & 1 == 0).then(|| place_of(sizes, chip | 1 << axis))
    }))
}
