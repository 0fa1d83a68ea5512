//! The size of the path tables that balanced routes need and dimension order does not.

/// The bits of one hop: a port of six.
const HOP_BITS: f64 = 3.0;

/// Holds what a chip stores to send along given paths.
///
/// A packet carries its path, so chips on the way store nothing; the virtual channel follows from the order
/// of links.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathTables {
    /// The bytes of a chip's table with each path as long as it is, in the mean over chips.
    pub bytes: f64,
    /// The same with each path in a slot for the longest one.
    pub slotted: f64,
    /// The bits of a path in the header of a packet.
    pub header_bits: usize,
}

/// Computes the size of a chip's table of paths to all other chips.
///
/// Each path is its number of hops and three bits for each hop.
#[must_use]
pub fn path_tables(chips: usize, paths_per_pair: usize, mean_hops: f64, longest: usize) -> PathTables {
    let length_bits = (longest + 1).next_power_of_two().trailing_zeros();
    let paths = chips.saturating_sub(1) as f64 * paths_per_pair as f64;
    let bits = |hops: f64| f64::from(length_bits) + HOP_BITS * hops;
    PathTables {
        bytes: paths * bits(mean_hops) / 8.0,
        slotted: paths * bits(longest as f64) / 8.0,
        header_bits: bits(longest as f64) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_four_has_three_targets() {
        // one path each of 1, 2 and 1 hops: 2 bits of length and 3 for each hop make 5 + 8 + 5 bits
        let found = path_tables(4, 1, 4.0 / 3.0, 2);
        assert!((found.bytes - 18.0 / 8.0).abs() < 1e-12, "{found:?}");
        assert_eq!((found.slotted, found.header_bits), (3.0, 8));
        assert_eq!(path_tables(1, 4, 0.0, 0).bytes, 0.0);
    }
}
