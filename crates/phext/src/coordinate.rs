//! Phext coordinates, parsed strictly.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::delimiter::Delimiter;

/// The largest number allowed in a coordinate (the limit of crate `libphext` 0.3).
pub const LARGEST: u16 = 999;

/// Holds a phext coordinate: `library.shelf.series/collection.volume.book/chapter.section.scroll`.
///
/// Every number is in 1..=999. Coordinates order like the positions of their scrolls in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate([u16; 9]);

/// Tells where a coordinate is malformed and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {column}: {message}")]
pub struct CoordinateError {
    /// The column of the fault, counted in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl Coordinate {
    /// The first coordinate of every text, `1.1.1/1.1.1/1.1.1`.
    pub const ORIGIN: Self = Self([1; 9]);

    /// Builds a coordinate from its three arms, or returns `None` if a number is outside 1..=999.
    #[must_use]
    pub fn from_arms(z: [u16; 3], y: [u16; 3], x: [u16; 3]) -> Option<Self> {
        let numbers = [z[0], z[1], z[2], y[0], y[1], y[2], x[0], x[1], x[2]];
        numbers.iter().all(|number| (1..=LARGEST).contains(number)).then_some(Self(numbers))
    }

    /// Parses the canonical form, in which `;` may stand for `/`.
    ///
    /// # Errors
    /// Returns the place and nature of the first fault: anything but nine numbers in 1..=999, without
    /// signs, spaces or leading zeros.
    pub fn parse(text: &str) -> Result<Self, CoordinateError> {
        let mut characters = text.chars().enumerate().map(|(at, found)| (at + 1, found)).peekable();
        let end = text.chars().count() + 1;
        let mut numbers = [0_u16; 9];
        for (index, slot) in numbers.iter_mut().enumerate() {
            if index > 0 {
                expect_separator(index, characters.next(), end)?;
            }
            let start = characters.peek().map_or(end, |&(column, _)| column);
            let mut value = 0_u32;
            let mut digits = 0_usize;
            while let Some(digit) = characters.peek().and_then(|&(_, found)| found.to_digit(10)) {
                characters.next();
                digits += 1;
                if digits > 1 && value == 0 {
                    return Err(fault(start, format!("the {} has a leading zero", name(index))));
                }
                value = value * 10 + digit;
                if value > u32::from(LARGEST) {
                    return Err(fault(start, format!("the {} is larger than {LARGEST}", name(index))));
                }
            }
            if digits == 0 {
                let found = describe(characters.peek().map(|&(_, found)| found));
                return Err(fault(
                    start,
                    format!("expected a number from 1 to {LARGEST} for the {}, found {found}", name(index)),
                ));
            }
            if value == 0 {
                return Err(fault(start, format!("the {} is 0, but numbers start at 1", name(index))));
            }
            *slot = u16::try_from(value).unwrap_or(LARGEST);
        }
        match characters.next() {
            None => Ok(Self(numbers)),
            Some((column, found)) => Err(fault(
                column,
                format!("expected the end after nine numbers, found {}", describe(Some(found))),
            )),
        }
    }

    /// Returns the Z arm: library, shelf and series.
    #[must_use]
    pub const fn z(&self) -> [u16; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// Returns the Y arm: collection, volume and book.
    #[must_use]
    pub const fn y(&self) -> [u16; 3] {
        [self.0[3], self.0[4], self.0[5]]
    }

    /// Returns the X arm: chapter, section and scroll.
    #[must_use]
    pub const fn x(&self) -> [u16; 3] {
        [self.0[6], self.0[7], self.0[8]]
    }

    /// Returns the coordinates that differ from this one by one in one number of an arm (0 is Z, 1 Y, 2 X).
    #[must_use]
    pub fn neighbours(&self, arm: usize) -> Vec<Self> {
        let steps = (arm * 3..self.0.len().min(arm * 3 + 3)).flat_map(|place| [(place, -1), (place, 1)]);
        let moved = steps.filter_map(|(place, step)| {
            let mut numbers = self.0;
            numbers[place] = numbers[place].checked_add_signed(step)?;
            (1..=LARGEST).contains(&numbers[place]).then_some(Self(numbers))
        });
        moved.collect()
    }

    /// Returns all nine numbers, library first.
    #[must_use]
    pub const fn numbers(&self) -> [u16; 9] {
        self.0
    }

    /// Returns the coordinate reached by one delimiter, or `None` past the largest number.
    ///
    /// The delimiter adds 1 to its own dimension and sets all smaller ones to 1.
    #[must_use]
    pub fn after(&self, delimiter: Delimiter) -> Option<Self> {
        let mut numbers = self.0;
        let (head, tail) = numbers.split_at_mut(delimiter.index() + 1);
        let own = head.last_mut()?;
        if *own >= LARGEST {
            return None;
        }
        *own += 1;
        tail.fill(1);
        Some(Self(numbers))
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        formatter.pad(&format!("{a}.{b}.{c}/{d}.{e}.{f}/{g}.{h}.{i}"))
    }
}

impl FromStr for Coordinate {
    type Err = CoordinateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Returns the name of the dimension at an index from 0 (library) to 8 (scroll).
fn name(index: usize) -> &'static str {
    Delimiter::ALL[8 - index].name()
}

fn fault(column: usize, message: String) -> CoordinateError {
    CoordinateError { column, message }
}

fn describe(found: Option<char>) -> String {
    found.map_or_else(|| "the end".to_owned(), |found| format!("{found:?}"))
}

/// Checks the separator that stands before the number at `index`.
fn expect_separator(index: usize, next: Option<(usize, char)>, end: usize) -> Result<(), CoordinateError> {
    let arm_starts = index.is_multiple_of(3);
    let column = next.map_or(end, |(column, _)| column);
    let found = next.map(|(_, found)| found);
    match found {
        Some('/' | ';') if arm_starts => Ok(()),
        Some('.') if !arm_starts => Ok(()),
        _ => {
            let wanted = if arm_starts { "'/' or ';'" } else { "'.'" };
            let found = describe(found);
            Err(fault(column, format!("expected {wanted} before the {}, found {found}", name(index))))
        }
    }
}
