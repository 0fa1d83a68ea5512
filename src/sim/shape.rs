//! Shapes of slices, such as `4x4x8`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The chips along each axis of a cube (TPU v4: 4x4x4 chips).
pub const CUBE_SIDE: usize = 4;
/// The most chips a slice may have here.
pub const MOST_CHIPS: usize = 1 << 20;
/// The most chips of a mesh, whose analysis visits every pair of chips.
pub const MOST_MESH_CHIPS: usize = 1 << 14;

/// Holds the shape of a slice: the chips along each of three axes, each a multiple of 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape([usize; 3]);

/// Tells why a shape is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// The text is not three numbers with `x` between them.
    #[error("`{0}` is not a shape: write three numbers with `x` between them, such as 4x4x8")]
    Malformed(String),
    /// An axis is not a positive multiple of 4.
    #[error("axis {axis} of {shape} is {size}: every axis must be a positive multiple of 4")]
    NotCubes {
        /// The shape as given.
        shape: String,
        /// The axis at fault, from 1.
        axis: usize,
        /// Its size.
        size: usize,
    },
    /// The shape has too many chips.
    #[error("{shape} has more than {most} chips")]
    TooLarge {
        /// The shape as given.
        shape: String,
        /// The limit.
        most: usize,
    },
    /// The shape has no twist.
    #[error(
        "{0} cannot be twisted: only k x k x 2k and k x 2k x 2k can (such as 4x4x8, 4x8x8, 8x8x16, 8x16x16)"
    )]
    NotTwistable(Shape),
    /// A flat torus has an axis that is odd or too small.
    #[error("{0}x{1} is not a flat torus here: both axes must be even and at least 4")]
    NotFlat(usize, usize),
}

impl Shape {
    /// Checks the three axes of a shape.
    ///
    /// # Errors
    /// Refuses axes that are not positive multiples of 4, and more than 2^20 chips.
    pub fn new(axes: [usize; 3]) -> Result<Self, ShapeError> {
        let [a, b, c] = axes;
        let shape = || format!("{a}x{b}x{c}");
        for (index, &size) in axes.iter().enumerate() {
            if size == 0 || !size.is_multiple_of(CUBE_SIDE) {
                return Err(ShapeError::NotCubes { shape: shape(), axis: index + 1, size });
            }
        }
        let chips = a.checked_mul(b).and_then(|ab| ab.checked_mul(c));
        if chips.is_none_or(|chips| chips > MOST_CHIPS) {
            return Err(ShapeError::TooLarge { shape: shape(), most: MOST_CHIPS });
        }
        Ok(Self(axes))
    }

    /// Returns the chips along each axis.
    #[must_use]
    pub const fn axes(self) -> [usize; 3] {
        self.0
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(self) -> usize {
        self.0[0] * self.0[1] * self.0[2]
    }

    /// Returns the cubes along each axis.
    #[must_use]
    pub fn cubes(self) -> [usize; 3] {
        self.0.map(|axis| axis / CUBE_SIDE)
    }

    /// Returns the shape with its axes in ascending order.
    #[must_use]
    pub fn sorted(self) -> Self {
        let mut axes = self.0;
        axes.sort_unstable();
        Self(axes)
    }

    /// Tells whether the shape is k x k x 2k or k x 2k x 2k in some order (Cloud TPU v4 documentation).
    #[must_use]
    pub fn is_twistable(self) -> bool {
        let [a, b, c] = self.sorted().0;
        c == 2 * a && (b == a || b == c)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.0;
        formatter.pad(&format!("{a}x{b}x{c}"))
    }
}

impl FromStr for Shape {
    type Err = ShapeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ShapeError::Malformed(text.to_owned());
        let parts: Vec<&str> = text.split('x').collect();
        let [a, b, c] = parts.as_slice() else { return Err(malformed()) };
        let mut axes = [0; 3];
        for (axis, part) in axes.iter_mut().zip([a, b, c]) {
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if !plain || (part.len() > 1 && part.starts_with('0')) {
                return Err(malformed());
            }
            let too_large = |_| ShapeError::TooLarge { shape: text.to_owned(), most: MOST_CHIPS };
            *axis = part.parse().map_err(too_large)?;
        }
        Self::new(axes)
    }
}
