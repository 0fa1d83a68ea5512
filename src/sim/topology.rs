//! How the links of a slice wrap: torus, twisted torus, mesh, and a flat torus for comparison.

use super::network::Network;
use super::shape::{MOST_CHIPS, MOST_MESH_CHIPS, Shape, ShapeError};

/// Names how a slice is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Every axis closes on itself.
    Torus,
    /// Wraps also shift along longer axes.
    Twisted,
    /// No axis closes.
    Mesh,
    /// A torus with two axes only.
    FlatTorus,
}

/// Describes the links of a slice.
///
/// Every chip has a plus and a minus port on each axis. Chips are numbered with the last axis fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    kind: Kind,
    sizes: [usize; 3],
    /// `shifts[d]` is what the plus wrap of axis d adds to the other axes.
    shifts: [[usize; 3]; 3],
}

impl Topology {
    /// Wires a slice as a regular torus.
    #[must_use]
    pub fn torus(shape: Shape) -> Self {
        Self { kind: Kind::Torus, sizes: shape.axes(), shifts: [[0; 3]; 3] }
    }

    /// Wires a slice as a twisted torus; its axes are sorted in ascending order first.
    ///
    /// On k x k x 2k the wraps of x and of y each add k to z; on k x 2k x 2k the wrap of x adds k to y and
    /// to z. Twistable shapes: Cloud TPU v4 documentation. The shifts are the best found among all
    /// triangular ones that are multiples of a cube; they are not published.
    ///
    /// # Errors
    /// Refuses a shape that has neither form.
    pub fn twisted(shape: Shape) -> Result<Self, ShapeError> {
        if !shape.is_twistable() {
            return Err(ShapeError::NotTwistable(shape));
        }
        let sizes = shape.sorted().axes();
        let [k, middle, _] = sizes;
        let shifts =
            if middle == k { [[0, 0, k], [0, 0, k], [0, 0, 0]] } else { [[0, k, k], [0, 0, 0], [0, 0, 0]] };
        Ok(Self { kind: Kind::Twisted, sizes, shifts })
    }

    /// Wires a slice by hand as well as it is known how: as a twisted torus where its shape has one, else as
    /// a regular torus.
    #[must_use]
    pub fn twisted_or_torus(shape: Shape) -> Self {
        Self::twisted(shape).unwrap_or_else(|_| Self::torus(shape))
    }

    /// Wires a slice as a mesh.
    ///
    /// # Errors
    /// Refuses more than 2^14 chips, because the analysis of a mesh visits every pair.
    pub fn mesh(shape: Shape) -> Result<Self, ShapeError> {
        if shape.chips() > MOST_MESH_CHIPS {
            return Err(ShapeError::TooLarge { shape: format!("the mesh {shape}"), most: MOST_MESH_CHIPS });
        }
        Ok(Self { kind: Kind::Mesh, sizes: shape.axes(), shifts: [[0; 3]; 3] })
    }

    /// Wires a torus with two axes, such as 64x64, for comparison.
    ///
    /// # Errors
    /// Refuses axes that are odd or below 4, and more than 2^20 chips.
    pub fn flat_torus(a: usize, b: usize) -> Result<Self, ShapeError> {
        if [a, b].iter().any(|&size| size < 4 || !size.is_multiple_of(2)) {
            return Err(ShapeError::NotFlat(a, b));
        }
        if a.checked_mul(b).is_none_or(|chips| chips > MOST_CHIPS) {
            return Err(ShapeError::TooLarge { shape: format!("{a}x{b}"), most: MOST_CHIPS });
        }
        Ok(Self { kind: Kind::FlatTorus, sizes: [a, b, 1], shifts: [[0; 3]; 3] })
    }

    /// Returns how the slice is wired.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the chips along each axis; the third is 1 on a flat torus.
    #[must_use]
    pub const fn sizes(&self) -> [usize; 3] {
        self.sizes
    }

    /// Returns how far the plus wrap of an axis moves along each axis, in chips.
    #[must_use]
    pub const fn shift(&self, axis: usize) -> [usize; 3] {
        self.shifts[axis]
    }

    /// Returns the number of axes with links, 2 or 3.
    #[must_use]
    pub fn axes(&self) -> usize {
        if self.kind == Kind::FlatTorus { 2 } else { 3 }
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(&self) -> usize {
        self.sizes[0] * self.sizes[1] * self.sizes[2]
    }

    /// Tells whether all chips see the same network, so that one source stands for all.
    ///
    /// Every kind but the mesh is a Cayley graph of an abelian group.
    #[must_use]
    pub fn is_vertex_transitive(&self) -> bool {
        self.kind != Kind::Mesh
    }

    /// Returns the chip or cube past the plus port on an axis, on a grid whose cells have `scale` chips a
    /// side.
    ///
    /// Returns `None` where a mesh ends.
    pub(crate) fn plus(&self, place: [usize; 3], axis: usize, scale: usize) -> Option<[usize; 3]> {
        let mut next = place;
        if place[axis] + 1 < self.sizes[axis] / scale {
            next[axis] += 1;
            return Some(next);
        }
        if self.kind == Kind::Mesh {
            return None;
        }
        next[axis] = 0;
        for other in (0..3).filter(|&other| other != axis) {
            next[other] =
                (next[other] + self.shifts[axis][other] / scale) % (self.sizes[other] / scale).max(1);
        }
        Some(next)
    }

    /// Returns the network of chips and links.
    #[must_use]
    pub fn network(&self) -> Network {
        Network::from_plus(self.sizes, self.axes(), |place, axis| self.plus(place, axis, 1))
    }
}
