//! The nine delimiters of phext text.

/// A byte that ends a scroll or something larger; each resets all smaller parts of the coordinate to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Delimiter {
    /// Ends a library.
    Library = 0x01,
    /// Ends a scroll.
    Scroll = 0x17,
    /// Ends a section.
    Section = 0x18,
    /// Ends a chapter.
    Chapter = 0x19,
    /// Ends a book.
    Book = 0x1A,
    /// Ends a volume.
    Volume = 0x1C,
    /// Ends a collection.
    Collection = 0x1D,
    /// Ends a series.
    Series = 0x1E,
    /// Ends a shelf.
    Shelf = 0x1F,
}

impl Delimiter {
    /// All delimiters in the order of a coordinate, library first.
    pub const ALL: [Self; 9] = [
        Self::Library,
        Self::Shelf,
        Self::Series,
        Self::Collection,
        Self::Volume,
        Self::Book,
        Self::Chapter,
        Self::Section,
        Self::Scroll,
    ];

    /// The byte that stands in the text.
    pub fn byte(self) -> u8 {
        self as u8
    }

    /// The delimiter that a byte stands for.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.byte() == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delimiter_has_its_own_byte() {
        for delimiter in Delimiter::ALL {
            assert_eq!(Delimiter::from_byte(delimiter.byte()), Some(delimiter));
        }
        assert_eq!(Delimiter::from_byte(b'\n'), None);
    }
}
