//! The optical fabric: 48 switches, each a permutation of the cubes of a slice.
//!
//! Switch (d, i, j) joins the + port of cube c to the - port of cube pi(c), for dimension d and
//! face position (i, j) (jouppi2023tpuv4, section 2.2). The electrical mesh inside a cube never changes.

use super::topology::{CUBE_SIDE, Kind, Topology};

/// Switches of the machine: 3 dimensions times the positions of a cube's face.
pub const SWITCHES: usize = 3 * CUBE_SIDE * CUBE_SIDE;

/// Where one switch sends each cube's + port; `None` where the port stays dark.
pub type SwitchMap = Vec<Option<usize>>;

/// The number of cubes of a slice; a plane of chips has none.
pub fn cubes(topology: &Topology) -> usize {
    topology.shape().sides().iter().map(|side| side / CUBE_SIDE).product()
}

/// The permutation of cubes that all 16 switches of dimension `axis` hold.
pub fn switch_map(topology: &Topology, axis: usize) -> SwitchMap {
    let sides = topology.shape().sides().map(|side| side / CUBE_SIDE);
    let index = |cube: [usize; 3]| (cube[0] * sides[1] + cube[1]) * sides[2] + cube[2];
    let map = (0..cubes(topology)).map(|cube| {
        let mut position = [cube / (sides[1] * sides[2]), cube / sides[2] % sides[1], cube % sides[2]];
        position[axis] += 1;
        if position[axis] == sides[axis] {
            if topology.kind() == Kind::Mesh {
                return None;
            }
            position[axis] = 0;
            for (other, shift) in topology.shift(axis).into_iter().enumerate() {
                position[other] = (position[other] + shift / CUBE_SIDE) % sides[other];
            }
        }
        Some(index(position))
    });
    map.collect()
}

/// Entries of all switch tables of a slice.
pub fn entries(topology: &Topology) -> usize {
    SWITCHES * cubes(topology)
}

/// Entries that differ between two topologies of one shape, over all switches.
pub fn entries_changed(from: &Topology, to: &Topology) -> usize {
    let differing = |axis| {
        let (from, to) = (switch_map(from, axis), switch_map(to, axis));
        from.iter().zip(&to).filter(|(a, b)| a != b).count()
    };
    (0..3).map(differing).sum::<usize>() * CUBE_SIDE * CUBE_SIDE
}
