//! The nine delimiter bytes of phext text.

/// Names one of the nine dimensions that a phext delimiter separates, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delimiter {
    /// Separates scrolls.
    Scroll,
    /// Separates sections.
    Section,
    /// Separates chapters.
    Chapter,
    /// Separates books.
    Book,
    /// Separates volumes.
    Volume,
    /// Separates collections.
    Collection,
    /// Separates series.
    Series,
    /// Separates shelves.
    Shelf,
    /// Separates libraries.
    Library,
}

/// The delimiter of each control character: a reader asks for every byte of a text.
const BY_BYTE: [Option<Delimiter>; 32] = {
    let mut table = [None; 32];
    let mut index = 0;
    while index < Delimiter::ALL.len() {
        let delimiter = Delimiter::ALL[index];
        table[delimiter.byte() as usize] = Some(delimiter);
        index += 1;
    }
    table
};

impl Delimiter {
    /// Lists all nine delimiters, smallest dimension first.
    pub const ALL: [Self; 9] = [
        Self::Scroll,
        Self::Section,
        Self::Chapter,
        Self::Book,
        Self::Volume,
        Self::Collection,
        Self::Series,
        Self::Shelf,
        Self::Library,
    ];

    /// Returns the byte that stands for the delimiter in phext text (constants of crate `libphext` 0.4.0).
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Scroll => 0x17,
            Self::Section => 0x18,
            Self::Chapter => 0x19,
            Self::Book => 0x1A,
            Self::Volume => 0x1C,
            Self::Collection => 0x1D,
            Self::Series => 0x1E,
            Self::Shelf => 0x1F,
            Self::Library => 0x01,
        }
    }

    /// Returns the delimiter that a byte stands for, if it is one.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        BY_BYTE.get(usize::from(byte)).copied().flatten()
    }

    /// Returns the index of the dimension in a coordinate, from 0 (library) to 8 (scroll).
    #[must_use]
    pub const fn index(self) -> usize {
        8 - self as usize
    }

    /// Returns the name of the dimension.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scroll => "scroll",
            Self::Section => "section",
            Self::Chapter => "chapter",
            Self::Book => "book",
            Self::Volume => "volume",
            Self::Collection => "collection",
            Self::Series => "series",
            Self::Shelf => "shelf",
            Self::Library => "library",
        }
    }
}

/// Finds the first delimiter byte in a text, with its byte offset.
///
/// All delimiters are ASCII, so none can occur inside a multi-byte character.
#[must_use]
pub fn find_delimiter(text: &str) -> Option<(usize, Delimiter)> {
    text.bytes().enumerate().find_map(|(offset, byte)| Some((offset, Delimiter::from_byte(byte)?)))
}
