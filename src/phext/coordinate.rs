//! Nine-part phext coordinates, parsed strictly.

use std::fmt;
use std::str::FromStr;

/// Largest number in a coordinate.
const MAX_PART: u16 = 999;

/// A phext coordinate `library.shelf.series/collection.volume.book/chapter.section.scroll`.
///
/// Each part is in 1 to 999. Coordinates order as their texts stand in a phext document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate([u16; 9]);

/// What is wrong with the text of a coordinate, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct CoordinateError {
    /// Column from 1, in characters.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl Coordinate {
    /// Joins the Z, Y and X arm; `None` when a part is outside 1 to 999.
    pub fn from_arms(z: [u16; 3], y: [u16; 3], x: [u16; 3]) -> Option<Self> {
        let parts = [z[0], z[1], z[2], y[0], y[1], y[2], x[0], x[1], x[2]];
        parts.iter().all(|part| (1..=MAX_PART).contains(part)).then_some(Self(parts))
    }

    /// All nine parts, library first.
    pub fn parts(&self) -> [u16; 9] {
        self.0
    }

    /// The Z arm: library, shelf, series.
    pub fn z(&self) -> [u16; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// The Y arm: collection, volume, book.
    pub fn y(&self) -> [u16; 3] {
        [self.0[3], self.0[4], self.0[5]]
    }

    /// The X arm: chapter, section, scroll.
    pub fn x(&self) -> [u16; 3] {
        [self.0[6], self.0[7], self.0[8]]
    }

    /// The coordinates that differ by one in one part; `arm` is 0 for Z, 1 for Y and 2 for X.
    pub fn neighbours(&self, arm: usize) -> Vec<Self> {
        let parts = arm.min(2) * 3..arm.min(2) * 3 + 3;
        let step = |part: usize, forward: bool| {
            let mut parts = self.0;
            parts[part] = if forward { parts[part] + 1 } else { parts[part] - 1 };
            (1..=MAX_PART).contains(&parts[part]).then_some(Self(parts))
        };
        parts.flat_map(|part| [step(part, false), step(part, true)]).flatten().collect()
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [l, s, r, c, v, b, h, n, o] = self.0;
        write!(f, "{l}.{s}.{r}/{c}.{v}.{b}/{h}.{n}.{o}")
    }
}

impl FromStr for Coordinate {
    type Err = CoordinateError;

    /// Reads exactly nine numbers; `;` may stand for `/`, as in addresses of the web.
    fn from_str(text: &str) -> Result<Self, CoordinateError> {
        let mut characters = text.chars().enumerate().peekable();
        let mut parts = [0_u16; 9];
        for (index, part) in parts.iter_mut().enumerate() {
            let start = characters.peek().map_or(text.chars().count(), |(column, _)| *column) + 1;
            let fail = |column, message: String| Err(CoordinateError { column, message });
            let mut digits = 0;
            while let Some((_, digit)) = characters.next_if(|(_, c)| c.is_ascii_digit()) {
                let digit = digit as u16 - '0' as u16;
                if digits == 0 && digit == 0 {
                    return fail(start, "a number begins with 0: parts are 1 to 999".to_owned());
                }
                *part = *part * 10 + digit;
                digits += 1;
                if digits > 3 {
                    return fail(start, "a number is over 999".to_owned());
                }
            }
            if digits == 0 {
                return fail(start, format!("number {} of nine is missing", index + 1));
            }
            let separator = match characters.next() {
                None if index == 8 => break,
                Some((column, _)) if index == 8 => {
                    return fail(column + 1, "there is more behind the ninth number".to_owned());
                }
                separator => separator,
            };
            let is_arm = index % 3 == 2;
            match separator {
                Some((_, '/' | ';')) if is_arm => {}
                Some((_, '.')) if !is_arm => {}
                found => {
                    let column = found.map_or(text.chars().count(), |(column, _)| column) + 1;
                    let wanted = if is_arm { "/" } else { "." };
                    return fail(column, format!("expected `{wanted}` behind number {}", index + 1));
                }
            }
        }
        Ok(Self(parts))
    }
}
