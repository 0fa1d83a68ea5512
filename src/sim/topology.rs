//! Slices as graphs: tori, twisted tori and meshes of chips.

use std::fmt;
use std::str::FromStr;

/// Chips along one edge of a cube (jouppi2023tpuv4, section 2.2).
pub const CUBE_SIDE: usize = 4;
/// Largest number of chips of a slice that is analysed.
pub const MAX_CHIPS: usize = 1 << 20;
/// Largest mesh: without symmetry every chip is a source of its own.
pub const MAX_MESH_CHIPS: usize = 1 << 13;

/// Why a slice cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The text is not three numbers.
    #[error("`{0}` is no shape: write three sides such as 4x4x8")]
    Syntax(String),
    /// A side does not consist of whole cubes.
    #[error("side {side} of {shape} is no positive multiple of {CUBE_SIDE}: a slice consists of whole cubes")]
    Side {
        /// The shape as written.
        shape: String,
        /// The side as written.
        side: String,
    },
    /// More chips than the analysis admits.
    #[error("{shape} has more than {limit} chips: choose shorter sides")]
    TooLarge {
        /// The shape as written.
        shape: String,
        /// Largest number of chips.
        limit: usize,
    },
    /// A shape that has no twisted torus.
    #[error("{0} cannot be twisted: only k x k x 2k and k x 2k x 2k can, such as 4x4x8 or 4x8x8")]
    NotTwistable(Shape),
}

/// Sides of a slice in chips, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape([usize; 3]);

impl Shape {
    /// A slice of whole cubes.
    ///
    /// # Errors
    /// Sides that are no positive multiples of 4, and slices over [`MAX_CHIPS`].
    pub fn new(sides: [usize; 3]) -> Result<Self, ShapeError> {
        let shape = format!("{}x{}x{}", sides[0], sides[1], sides[2]);
        if let Some(side) = sides.iter().find(|&&side| side == 0 || side % CUBE_SIDE != 0) {
            return Err(ShapeError::Side { shape, side: side.to_string() });
        }
        Self::sorted(sides, shape)
    }

    /// A plane of chips for comparison, which no fabric of cubes realises.
    ///
    /// # Errors
    /// Sides under 3 chips, and planes over [`MAX_CHIPS`].
    pub fn plane(width: usize, height: usize) -> Result<Self, ShapeError> {
        let shape = format!("{width}x{height}");
        if let Some(side) = [width, height].iter().find(|&&side| side < 3) {
            return Err(ShapeError::Side { shape, side: side.to_string() });
        }
        Self::sorted([1, width, height], shape)
    }

    fn sorted(mut sides: [usize; 3], shape: String) -> Result<Self, ShapeError> {
        let chips = sides.iter().try_fold(1_usize, |product, &side| product.checked_mul(side));
        if chips.is_none_or(|chips| chips > MAX_CHIPS) {
            return Err(ShapeError::TooLarge { shape, limit: MAX_CHIPS });
        }
        sides.sort_unstable();
        Ok(Self(sides))
    }

    /// The sides, in ascending order.
    pub fn sides(self) -> [usize; 3] {
        self.0
    }

    /// Number of chips.
    pub fn chips(self) -> usize {
        self.0.iter().product()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.0;
        if a == 1 { write!(f, "{b}x{c}") } else { write!(f, "{a}x{b}x{c}") }
    }
}

impl FromStr for Shape {
    type Err = ShapeError;

    fn from_str(text: &str) -> Result<Self, ShapeError> {
        let parts: Vec<&str> = text.split('x').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let [a, b, c] = parts[..] else { return Err(ShapeError::Syntax(text.to_owned())) };
        if !parts.iter().all(is_number) {
            return Err(ShapeError::Syntax(text.to_owned()));
        }
        let too_large = |_| ShapeError::TooLarge { shape: text.to_owned(), limit: MAX_CHIPS };
        let side = |part: &str| part.parse::<usize>().map_err(too_large);
        Self::new([side(a)?, side(b)?, side(c)?])
    }
}

/// How the ends of a slice are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not at all.
    Mesh,
    /// Each end to the opposite end.
    Torus,
    /// With a shift along longer sides (jouppi2023tpuv4, section 2.8; camara2010twisted).
    Twisted,
}

/// One of the six directions in which a chip has a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// Dimension, 0 to 2.
    pub axis: usize,
    /// Towards the higher position.
    pub forward: bool,
}

/// The six directions: x, y, z, each forward and backward.
pub const DIRECTIONS: [Direction; 6] = [
    Direction { axis: 0, forward: true },
    Direction { axis: 0, forward: false },
    Direction { axis: 1, forward: true },
    Direction { axis: 1, forward: false },
    Direction { axis: 2, forward: true },
    Direction { axis: 2, forward: false },
];

/// A slice with its wiring. Chips are numbered with the last side running fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    shape: Shape,
    kind: Kind,
    shifts: [[usize; 3]; 3],
}

impl Topology {
    /// Wires a slice.
    ///
    /// For k x k x 2k the wraps of x and y add k to z; for k x 2k x 2k the wrap of x adds k to y and z.
    ///
    /// # Errors
    /// A twist of a shape that has none, and a mesh over [`MAX_MESH_CHIPS`].
    pub fn new(shape: Shape, kind: Kind) -> Result<Self, ShapeError> {
        let [a, b, c] = shape.sides();
        if kind == Kind::Mesh && shape.chips() > MAX_MESH_CHIPS {
            return Err(ShapeError::TooLarge { shape: shape.to_string(), limit: MAX_MESH_CHIPS });
        }
        let shifts = match kind {
            Kind::Twisted if a == b && c == 2 * a => [[0, 0, a], [0, 0, a], [0; 3]],
            Kind::Twisted if b == 2 * a && c == b => [[0, a, a], [0; 3], [0; 3]],
            Kind::Twisted => return Err(ShapeError::NotTwistable(shape)),
            Kind::Torus | Kind::Mesh => [[0; 3]; 3],
        };
        Ok(Self { shape, kind, shifts })
    }

    /// The shape of the slice.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How its ends are joined.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How far the wrap of `axis` moves along each dimension, in chips.
    pub fn shift(&self, axis: usize) -> [usize; 3] {
        self.shifts[axis]
    }

    /// Whether every chip sees the same network, as in a Cayley graph.
    pub fn is_symmetric(&self) -> bool {
        self.kind != Kind::Mesh
    }

    /// The position of a chip.
    pub fn position(&self, chip: usize) -> [usize; 3] {
        let [_, b, c] = self.shape.sides();
        [chip / (b * c), chip / c % b, chip % c]
    }

    /// The chip at a position.
    pub fn chip(&self, [x, y, z]: [usize; 3]) -> usize {
        let [_, b, c] = self.shape.sides();
        (x * b + y) * c + z
    }

    /// The chip at the other end of a link, if there is one.
    pub fn neighbour(&self, chip: usize, Direction { axis, forward }: Direction) -> Option<usize> {
        let sides = self.shape.sides();
        if sides[axis] == 1 {
            return None;
        }
        let mut position = self.position(chip);
        let end = if forward { sides[axis] - 1 } else { 0 };
        if position[axis] != end {
            position[axis] = if forward { position[axis] + 1 } else { position[axis] - 1 };
            return Some(self.chip(position));
        }
        if self.kind == Kind::Mesh {
            return None;
        }
        position[axis] = sides[axis] - 1 - end;
        for (other, shift) in self.shifts[axis].into_iter().enumerate() {
            let step = if forward { shift } else { sides[other] - shift };
            position[other] = (position[other] + step) % sides[other];
        }
        Some(self.chip(position))
    }
}
