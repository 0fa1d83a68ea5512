//! Reading phext text as a stream, strictly and with bounded memory.
//!
//! A reader holds one block of input and one scroll at a time, whatever the length of the text. Coordinates
//! only grow along a text, so a search can stop as soon as it has passed its place.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use thiserror::Error;

use super::coordinate::{Coordinate, LARGEST};
use super::delimiter::Delimiter;
use super::place::behind;

/// The most bytes of one scroll.
pub const MOST_SCROLL_BYTES: usize = 16 << 20;
/// The most scrolls of a document.
pub const MOST_SCROLLS: usize = 1_000_000;
/// The most bytes of a document; server `sq` 0.6.0 reads no more of a file and drops the rest unsaid.
pub const MOST_DOCUMENT_BYTES: u64 = 512 << 20;

/// The bytes taken from the input at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// One scroll of a document, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scroll {
    /// Where it stands.
    pub coordinate: Coordinate,
    /// How many bytes of the document come before it.
    pub offset: u64,
    /// Its text.
    pub text: String,
}

/// What is wrong with a document.
#[derive(Debug, Error)]
pub enum Fault {
    /// The input fails.
    #[error("cannot be read: {0}")]
    Input(#[from] io::Error),
    /// A byte that begins no character.
    #[error("byte 0x{0:02X} is not UTF-8 text")]
    NotUtf8(u8),
    /// The scroll ends before its last character does.
    #[error("the scroll ends inside a character")]
    CutCharacter,
    /// A delimiter that leads to a number above 999.
    #[error("this {} break leads past {LARGEST}, the largest number of a coordinate", .0.name())]
    PastLargest(Delimiter),
    /// A scroll above its limit.
    #[error("this scroll has more than {MOST_SCROLL_BYTES} bytes, the most that one may have")]
    ScrollTooLong,
    /// A document with too many scrolls.
    #[error("the document has more than {MOST_SCROLLS} scrolls, the most that one may have")]
    TooManyScrolls,
    /// A document above its limit.
    #[error("the document has more than {MOST_DOCUMENT_BYTES} bytes, the most that one may have")]
    DocumentTooLong,
}

/// A fault of a document, with its place: the byte, and line and column of the scroll at a coordinate.
#[derive(Debug, Error)]
pub struct ReadError {
    /// The bytes before the fault.
    pub offset: u64,
    /// The scroll in which it lies.
    pub coordinate: Coordinate,
    /// The line in this scroll and the column in this line, from 1, where the fault lies in its text.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub fault: Fault,
}

/// Reads the scrolls of a document one by one; after an error it yields nothing more.
#[derive(Debug)]
pub struct Reader<R> {
    input: BufReader<R>,
    offset: u64,
    coordinate: Coordinate,
    scrolls: usize,
    is_done: bool,
}

impl Fault {
    /// Says what can be done about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Input(_) => "name a file that can be read, or - for standard input",
            Self::NotUtf8(_) | Self::CutCharacter => {
                "phext text is UTF-8: write the file again from its source, it may be damaged or cut off"
            }
            Self::PastLargest(_) => {
                "stay within 1 to 999 in all nine dimensions; other programs read no more"
            }
            Self::ScrollTooLong | Self::TooManyScrolls | Self::DocumentTooLong => {
                "split the document, or check that it is phext text at all"
            }
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}, at {}", self.offset, self.coordinate)?;
        if let Some((line, column)) = self.position {
            write!(f, ", line {line}, column {column}")?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl<R: Read> Reader<R> {
    /// Starts at the first coordinate of a document.
    pub fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(BLOCK_BYTES, input),
            offset: 0,
            coordinate: Coordinate::ORIGIN,
            scrolls: 0,
            is_done: false,
        }
    }

    /// Returns how many bytes were read.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads up to the delimiter behind the next scroll, or to the end.
    fn next_scroll(&mut self) -> Result<Option<Scroll>, ReadError> {
        let mut start = self.offset;
        let mut text = Vec::new();
        loop {
            let block = match self.input.fill_buf() {
                Ok(block) => block,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.fault(Fault::Input(error))),
            };
            if block.is_empty() {
                self.is_done = true;
                return if text.is_empty() { Ok(None) } else { self.scroll(text, start).map(Some) };
            }
            let block = &block[..block.len().min(room(self.offset))];
            if block.is_empty() {
                return Err(self.fault(Fault::DocumentTooLong));
            }
            let found = block.iter().position(|&byte| Delimiter::from_byte(byte).is_some());
            let run = &block[..found.unwrap_or(block.len())];
            let taken = run.len().min(MOST_SCROLL_BYTES - text.len());
            text.extend_from_slice(&run[..taken]);
            let (is_too_long, is_at_delimiter) = (run.len() > taken, found.is_some());
            self.take(taken);
            if is_too_long {
                return Err(self.fault(Fault::ScrollTooLong));
            }
            if is_at_delimiter && !text.is_empty() {
                return self.scroll(text, start).map(Some);
            }
            if is_at_delimiter {
                self.pass_delimiters()?;
                start = self.offset;
            }
        }
    }

    /// Follows the delimiters at the beginning of the block that was read last.
    fn pass_delimiters(&mut self) -> Result<(), ReadError> {
        let (mut coordinate, mut passed) = (self.coordinate, 0);
        let mut blocked = None;
        let block = self.input.buffer().iter().take(room(self.offset));
        for delimiter in block.map_while(|&byte| Delimiter::from_byte(byte)) {
            let Some(next) = coordinate.after(delimiter) else {
                blocked = Some(delimiter);
                break;
            };
            coordinate = next;
            passed += 1;
        }
        self.coordinate = coordinate;
        self.take(passed);
        blocked.map_or(Ok(()), |delimiter| Err(self.fault(Fault::PastLargest(delimiter))))
    }

    /// Makes a scroll of its bytes.
    fn scroll(&mut self, bytes: Vec<u8>, start: u64) -> Result<Scroll, ReadError> {
        self.scrolls += 1;
        if self.scrolls > MOST_SCROLLS {
            return Err(ReadError { offset: start, ..self.fault(Fault::TooManyScrolls) });
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let fault = match error.utf8_error().error_len() {
                Some(_) => Fault::NotUtf8(error.as_bytes()[valid]),
                None => Fault::CutCharacter,
            };
            let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
            let position = Some(behind(&before));
            ReadError { offset: start + valid as u64, position, ..self.fault(fault) }
        })?;
        Ok(Scroll { coordinate: self.coordinate, offset: start, text })
    }

    /// Counts bytes as read.
    fn take(&mut self, bytes: usize) {
        self.input.consume(bytes);
        self.offset += bytes as u64;
    }

    fn fault(&self, fault: Fault) -> ReadError {
        ReadError { offset: self.offset, coordinate: self.coordinate, position: None, fault }
    }
}

/// Returns the bytes that a document may still have after `offset` of them.
fn room(offset: u64) -> usize {
    usize::try_from(MOST_DOCUMENT_BYTES.saturating_sub(offset)).unwrap_or(usize::MAX)
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Scroll, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let next = self.next_scroll();
        self.is_done |= next.is_err();
        next.transpose()
    }
}
