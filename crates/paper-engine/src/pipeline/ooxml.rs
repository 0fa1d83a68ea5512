//! What Pandoc writes into a DOCX in another order than the format has it, which LibreOffice does not read.

use std::io::{self, Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The parts that hold formulas.
const PARTS: [&str; 2] = ["word/document.xml", "word/footnotes.xml"];

/// Returns a document whose brackets have their signs in the order of the format: the sign between what they hold
/// stands before the closing one.
///
/// # Errors
/// No ZIP archive, or a part that cannot be unpacked.
pub(super) fn with_ordered_brackets(docx: &[u8]) -> io::Result<Vec<u8>> {
    let mut read = ZipArchive::new(Cursor::new(docx))?;
    let mut written = ZipWriter::new(Cursor::new(Vec::with_capacity(docx.len())));
    for index in 0..read.len() {
        let mut part = read.by_index(index)?;
        let name = part.name()?.into_owned();
        if !PARTS.contains(&name.as_str()) {
            drop(part);
            written.raw_copy_file(read.by_index_raw(index)?)?;
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text)?;
        let time = part.last_modified().unwrap_or_default();
        written.start_file(name, SimpleFileOptions::default().last_modified_time(time))?;
        written.write_all(ordered(&text).as_bytes())?;
    }
    Ok(written.finish()?.into_inner())
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

#[cfg(test)]
mod tests {
    use super::*;

    const BRACKETS: &str =
        "<m:begChr m:val=\"|\" /><m:endChr m:val=\"|\" /><m:sepChr m:val=\"\" /><m:grow />";

    /// A ZIP archive of parts, packed otherwise than a mended part is.
    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            let fast = SimpleFileOptions::default().compression_level(Some(1));
            archive.start_file(*name, fast).expect("a part");
            archive.write_all(text.as_bytes()).expect("a part");
        }
        archive.finish().expect("an archive").into_inner()
    }

    /// The text of a part, whose sum is checked, and its packed bytes.
    fn part(archive: &[u8], name: &str) -> (String, Vec<u8>) {
        let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
        let (mut text, mut packed) = (String::new(), Vec::new());
        archive.by_name(name).expect("a part").read_to_string(&mut text).expect("a text");
        let index = archive.index_for_name(name).expect("a part");
        archive.by_index_raw(index).expect("a part").read_to_end(&mut packed).expect("its bytes");
        (text, packed)
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
        for first in ["word/document.xml", "word/other.xml"] {
            let mut parts = [("word/document.xml", BRACKETS), ("word/other.xml", other.as_str())];
            parts.sort_by_key(|(name, _)| *name != first);
            let made = archive(&parts);
            let mended = with_ordered_brackets(&made).expect("an archive");
            assert_eq!(part(&mended, "word/document.xml").0, ordered(BRACKETS));
            assert_eq!(part(&mended, "word/other.xml"), part(&made, "word/other.xml"));
            assert_eq!(with_ordered_brackets(&mended).expect("an archive"), mended);
            assert!(with_ordered_brackets(&made[20..]).is_err());
        }
        for broken in [&b"no archive"[..], b"PK\x05\x06"] {
            assert!(with_ordered_brackets(broken).is_err());
        }
    }
}
