//! What Pandoc writes into a DOCX in another order than the format has it, which LibreOffice does not read.

use std::io::{self, Read, Write};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// The parts that hold formulas.
const PARTS: [&str; 2] = ["word/document.xml", "word/footnotes.xml"];
/// How entries of a ZIP archive begin, and the end of its directory.
const ENTRY: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
/// The bytes of an entry, of one in the directory and of its end, names and the like apart.
const LENGTHS: (usize, usize, usize) = (30, 46, 22);
/// The way in which a part is packed.
const DEFLATED: u16 = 8;

/// Returns a document whose brackets have their signs in the order of the format: the sign between what they hold
/// stands before the closing one.
///
/// # Errors
/// No ZIP archive of less than 4 GiB, or a part that cannot be unpacked.
pub(super) fn with_ordered_brackets(docx: &[u8]) -> io::Result<Vec<u8>> {
    let end = docx.windows(END.len()).rposition(|bytes| bytes == END).ok_or_else(broken)?;
    let count = number(docx, end + 10, 2)?;
    let mut listed = number(docx, end + 16, 4)?;
    let (mut out, mut directory) = (Vec::with_capacity(docx.len()), Vec::new());
    for _ in 0..count {
        let of_list = |at: usize, length: usize| number(docx, listed + at, length);
        let names = of_list(28, 2)?;
        let rest = names + of_list(30, 2)? + of_list(32, 2)?;
        let (packed, at) = (of_list(20, 4)?, of_list(42, 4)?);
        let mut head = bytes(docx, listed, LENGTHS.1 + rest)?.to_vec();
        let name = bytes(docx, listed + LENGTHS.1, names)?;
        let start = at + LENGTHS.0 + number(docx, at + 26, 2)? + number(docx, at + 28, 2)?;
        let content = bytes(docx, start, packed)?;
        let is_changed = PARTS.iter().any(|part| part.as_bytes() == name);
        let content = match is_changed && of_list(10, 2)? == usize::from(DEFLATED) {
            true => {
                let mut text = String::new();
                DeflateDecoder::new(content).read_to_string(&mut text)?;
                let text = ordered(&text);
                let mut sum = Crc::new();
                sum.update(text.as_bytes());
                set(&mut head, 16, &sum.sum().to_le_bytes());
                set(&mut head, 24, &length(text.len())?);
                let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
                packer.write_all(text.as_bytes())?;
                packer.finish()?
            }
            false => content.to_vec(),
        };
        set(&mut head, 20, &length(content.len())?);
        // Sums and lengths stand before a part, not behind it.
        head[8] &= !8;
        set(&mut head, 42, &length(out.len())?);
        // The head of a part repeats what the directory says of it.
        out.extend([ENTRY, &head[6..30], &[0, 0], name, &content].concat());
        directory.extend(head);
        listed += LENGTHS.1 + rest;
    }
    let mut tail = bytes(docx, end, LENGTHS.2)?.to_vec();
    set(&mut tail, 12, &length(directory.len())?);
    set(&mut tail, 16, &length(out.len())?);
    set(&mut tail, 20, &[0, 0]);
    Ok([out, directory, tail].concat())
}

/// Returns the text of a part with the signs of brackets in order.
fn ordered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<m:endChr ") {
        out.push_str(before);
        let (end, after) = after.split_once("/>").unwrap_or((after, ""));
        let separator = after.strip_prefix("<m:sepChr ").and_then(|after| after.split_once("/>"));
        if let Some((separator, _)) = separator {
            out.push_str(&format!("<m:sepChr {separator}/>"));
        }
        out.push_str(&format!("<m:endChr {end}/>"));
        rest = separator.map_or(after, |(_, after)| after);
    }
    out + rest
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "pandoc wrote no ZIP archive")
}

fn bytes(all: &[u8], at: usize, length: usize) -> io::Result<&[u8]> {
    all.get(at..at.saturating_add(length)).ok_or_else(broken)
}

/// Returns a number, whose last byte is the highest.
fn number(all: &[u8], at: usize, length: usize) -> io::Result<usize> {
    Ok(bytes(all, at, length)?.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn set(all: &mut [u8], at: usize, written: &[u8]) {
    all[at..at + written.len()].copy_from_slice(written);
}

fn length(bytes: usize) -> io::Result<[u8; 4]> {
    u32::try_from(bytes).map(u32::to_le_bytes).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRACKETS: &str =
        "<m:begChr m:val=\"|\" /><m:endChr m:val=\"|\" /><m:sepChr m:val=\"\" /><m:grow />";

    /// A ZIP archive of parts, each with a sum that is not told, and other bytes behind its name.
    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in parts {
            let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(text.as_bytes()).expect("a part");
            let packed = packer.finish().expect("a part");
            let mut head = [0; 46];
            head[..4].copy_from_slice(b"PK\x01\x02");
            set(&mut head, 8, &[8, 0, 8, 0]);
            set(&mut head, 20, &length(packed.len()).expect("a length"));
            set(&mut head, 24, &length(text.len()).expect("a length"));
            set(&mut head, 28, &[name.len() as u8, 0]);
            set(&mut head, 42, &length(out.len()).expect("a length"));
            let extra = [2, 0].as_slice();
            out.extend(
                [ENTRY, &head[6..28], &head[28..30], extra, name.as_bytes(), &[7, 7], &packed].concat(),
            );
            directory.extend([head.as_slice(), name.as_bytes()].concat());
        }
        let mut tail = [0; 22];
        tail[..4].copy_from_slice(END);
        tail[10] = parts.len() as u8;
        set(&mut tail, 12, &length(directory.len()).expect("a length"));
        set(&mut tail, 16, &length(out.len()).expect("a length"));
        [out, directory, tail.to_vec()].concat()
    }

    /// The text of the first part of an archive that was written here.
    fn first(archive: &[u8]) -> String {
        let start = LENGTHS.0 + number(archive, 26, 2).expect("a name");
        let packed = bytes(archive, start, number(archive, 18, 4).expect("a length")).expect("a part");
        let mut text = String::new();
        DeflateDecoder::new(packed).read_to_string(&mut text).expect("a text");
        assert_eq!(number(archive, 22, 4).expect("a length"), text.len());
        let mut sum = Crc::new();
        sum.update(text.as_bytes());
        assert_eq!(number(archive, 14, 4).expect("a sum"), sum.sum() as usize);
        text
    }

    #[test]
    fn the_sign_between_stands_before_the_closing_one() {
        let expected = "<m:begChr m:val=\"|\" /><m:sepChr m:val=\"\" /><m:endChr m:val=\"|\" /><m:grow />";
        assert_eq!(ordered(&BRACKETS.repeat(2)), expected.repeat(2));
        for kept in
            [expected, "<m:endChr m:val=\")\" /><m:grow />", "no brackets", "<m:begChr m:val=\"(\" />"]
        {
            assert_eq!(ordered(kept), kept);
        }
    }

    #[test]
    fn an_archive_keeps_its_other_parts_and_is_refused_where_it_is_none() {
        let other = format!("another part {BRACKETS}");
        let made = archive(&[("word/document.xml", BRACKETS), ("word/other.xml", &other)]);
        let mended = with_ordered_brackets(&made).expect("an archive");
        assert_eq!(first(&mended), ordered(BRACKETS));
        assert_eq!(with_ordered_brackets(&mended).expect("an archive"), mended);
        let made = archive(&[("word/other.xml", &other), ("word/document.xml", BRACKETS)]);
        let start = LENGTHS.0 + "word/other.xml".len();
        let packed = bytes(&made, start + 2, 20).expect("a part");
        assert_eq!(
            bytes(&with_ordered_brackets(&made).expect("an archive"), start, 20).expect("a part"),
            packed
        );
        for broken in [&b"no archive"[..], END, &made[20..]] {
            assert!(with_ordered_brackets(broken).is_err());
        }
    }
}
