//! Phext: text in nine dimensions. Coordinates and delimiters, reading and writing documents, and an index of
//! them.
//!
//! A phext document is UTF-8 text in which nine control bytes move a cursor through nine dimensions. What
//! stands between two of them is a *scroll*, and its place is a *coordinate*, nine numbers from 1 to 999:
//! `library.shelf.series/collection.volume.book/chapter.section.scroll`.
//!
//! ```
//! use phext::{Coordinate, Document, Reader};
//!
//! let mut document = Document::default();
//! document.insert(Coordinate::ORIGIN, "first")?;
//! document.insert("1.1.1/1.1.1/1.2.1".parse()?, "second")?;
//! let text = document.to_string();
//! assert_eq!(text, "first\u{18}second");
//!
//! let scrolls = Reader::new(text.as_bytes()).collect::<Result<Vec<_>, _>>()?;
//! assert_eq!(scrolls[1].coordinate.to_string(), "1.1.1/1.1.1/1.2.1");
//! assert_eq!(scrolls[1].text, "second");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod coordinate;
pub mod delimiter;
pub mod document;
pub mod index;
mod place;
pub mod reader;

pub use coordinate::{Coordinate, CoordinateError};
pub use delimiter::Delimiter;
pub use document::Document;
pub use index::{Index, ScrollEntry};
pub use reader::{ReadError, Reader, Scroll};
