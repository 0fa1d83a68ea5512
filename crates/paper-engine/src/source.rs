//! Reading an author's files: text and YAML, with located errors; where each character of a text was
//! written; digests of what was read.

mod fields;
mod places;
mod shape;
mod tree;
mod words;
mod yaml;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};

pub use fields::{byte_of_line, each_record, field_at};
pub use places::{Places, Step};
pub use yaml::{misfits, schema_of};

/// The file that names the parts of a paper, relative to its root.
pub const PAPER_FILE: &str = "paper/paper.yaml";

/// The file that describes an author's own results, relative to the root of a paper.
pub const RESULTS_FILE: &str = "paper/results.yaml";

/// Reads a text file below `root`.
///
/// Letters that were written as a base and its accents are composed (Unicode NFC), so that both ways of writing
/// one make the same outputs.
///
/// # Errors
/// A missing file, or the place of the first byte that is not UTF-8.
pub fn read_text(root: &Path, file: &Path) -> Result<String, Diagnostic> {
    let bytes = read_bytes(root, file)?;
    let text = text_of(file, &bytes, UTF_8).map_err(|error| error.remedy("save the file as UTF-8"))?;
    Ok(composed(text))
}

/// Reads a file of data below `root`, whose encoding is that of its byte order mark, or else the given one, or else
/// UTF-8. Letters are composed as in [`read_text`].
///
/// # Errors
/// A missing file, or the place of the first bytes that are no text in that encoding.
pub fn read_data(
    root: &Path,
    file: &Path,
    encoding: Option<&'static Encoding>,
) -> Result<String, Diagnostic> {
    let bytes = read_bytes(root, file)?;
    let of_mark = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    let text = text_of(file, &bytes, of_mark.or(encoding).unwrap_or(UTF_8));
    let remedy = match encoding {
        Some(_) => "say in which encoding the file was written",
        None => "say `encoding: windows-1252` or the like at the source, or save the file as UTF-8",
    };
    Ok(composed(text.map_err(|error| error.remedy(remedy))?))
}

fn read_bytes(root: &Path, file: &Path) -> Result<Vec<u8>, Diagnostic> {
    std::fs::read(root.join(file)).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("{} does not exist", file.display()),
            _ => format!("{} cannot be read: {error}", file.display()),
        };
        Diagnostic::new(Location::file(file), message)
            .remedy("create it, or correct its name in paper/paper.yaml")
    })
}

/// Decodes text, without the byte order mark.
fn text_of(file: &Path, bytes: &[u8], encoding: &'static Encoding) -> Result<String, Diagnostic> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(most.unwrap_or(bytes.len()));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let DecoderResult::Malformed(wrong, after) = result else { return Ok(text) };
    let first = bytes[read - usize::from(wrong) - usize::from(after)];
    let message = format!("byte 0x{first:02X} is not {} text", encoding.name());
    Err(Diagnostic::new(Location::of_byte(file, &text, text.len()), message))
}

fn composed(text: String) -> String {
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

/// Reads a YAML file below `root` that an author writes.
///
/// # Errors
/// Those of [`read_text`], and all places at which the YAML is broken, has unknown keys or values of the wrong
/// type.
pub fn read_yaml<T: DeserializeOwned + JsonSchema>(root: &Path, file: &Path) -> Result<T, Diagnostics> {
    read_placed::<T, T>(root, file)
}

/// Reads what a file of a type holds as another type, such as one that keeps the places of its values.
///
/// # Errors
/// Those of [`read_yaml`].
pub fn read_placed<P: DeserializeOwned, T: JsonSchema>(root: &Path, file: &Path) -> Result<P, Diagnostics> {
    parse_placed::<P, T>(file, &read_text(root, file)?)
}

/// Reads the YAML of a file from its text.
///
/// # Errors
/// Those of [`read_yaml`].
pub fn parse_yaml<T: DeserializeOwned + JsonSchema>(file: &Path, text: &str) -> Result<T, Diagnostics> {
    parse_placed::<T, T>(file, text)
}

/// Reads a YAML file below `root` of a form that no type tells, but a schema, with everything in it that the
/// schema does not allow.
///
/// # Errors
/// Those of [`read_yaml`].
pub fn read_of_schema<T: DeserializeOwned>(
    root: &Path,
    file: &Path,
    schema: &serde_json::Value,
) -> Result<(T, Diagnostics), Diagnostics> {
    let text = read_text(root, file)?;
    let read = parse(file, &text, || schema.clone())?;
    Ok((read, misfits(file, &text, schema)))
}

fn parse_placed<P: DeserializeOwned, T: JsonSchema>(file: &Path, text: &str) -> Result<P, Diagnostics> {
    parse(file, text, yaml::schema_of::<T>)
}

fn parse<P: DeserializeOwned>(
    file: &Path,
    text: &str,
    schema: impl Fn() -> serde_json::Value,
) -> Result<P, Diagnostics> {
    if let Some(byte) = lone_return(text) {
        return Err(no_line_end(Location::of_byte(file, text, byte)).into());
    }
    serde_saphyr::from_str(text).map_err(|error| yaml::explain(file, text, &error, Some(&schema())))
}

/// Reads a YAML file below `root`, or JSON as its subset, that the program itself wrote.
///
/// # Errors
/// Those of [`read_text`], and the first place at which it is not what the program writes.
pub fn read_written<T: DeserializeOwned>(root: &Path, file: &Path) -> Result<T, Diagnostics> {
    let text = read_text(root, file)?;
    serde_saphyr::from_str(&text).map_err(|error| yaml::explain(file, &text, &error, None))
}

/// Reads every YAML file of a folder below `root`, by the stem of its name; no folder, no files.
///
/// # Errors
/// Those of [`read_yaml`], of all files together.
pub fn read_folder<T: DeserializeOwned + JsonSchema>(
    root: &Path,
    folder: &Path,
) -> Result<BTreeMap<String, T>, Diagnostics> {
    read_each(root, folder, "yaml", read_yaml)
}

/// Reads every JSON file of a folder below `root` that the program itself wrote, as [`read_folder`] does.
///
/// # Errors
/// Those of [`read_written`], of all files together.
pub fn read_written_folder<T: DeserializeOwned>(
    root: &Path,
    folder: &Path,
) -> Result<BTreeMap<String, T>, Diagnostics> {
    read_each(root, folder, "json", read_written)
}

fn read_each<T>(
    root: &Path,
    folder: &Path,
    extension: &str,
    read: impl Fn(&Path, &Path) -> Result<T, Diagnostics>,
) -> Result<BTreeMap<String, T>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut found = BTreeMap::new();
    let entries = walkdir::WalkDir::new(root.join(folder)).max_depth(1).sort_by_file_name();
    for entry in entries.into_iter().flatten() {
        let name = Path::new(entry.file_name());
        if !entry.file_type().is_file() || name.extension().is_none_or(|found| found != extension) {
            continue;
        }
        let read = errors.take(read(root, &folder.join(name)));
        if let (Some(value), Some(stem)) = (read, name.file_stem()) {
            found.insert(stem.to_string_lossy().into_owned(), value);
        }
    }
    errors.into_result(found)
}

/// Returns the byte of the first carriage return that no line feed follows: Markdown ends a line there, and
/// nothing else does.
pub fn lone_return(source: &str) -> Option<usize> {
    source.match_indices('\r').map(|(byte, _)| byte).find(|byte| !source[byte + 1..].starts_with('\n'))
}

/// Reports a carriage return that no line feed follows, at its place.
pub fn no_line_end(place: Location) -> Diagnostic {
    let message = "a carriage return without a line feed stands here, and programs count the lines behind it differently";
    Diagnostic::new(place, message).remedy("save the file with the line ends of Unix or Windows")
}

/// Returns whether no reader knows what this character is: a control character that begins no line and no
/// column, the sign for what could not be read, or one whose meaning a program made up.
pub fn is_meaningless(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    is_control || matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Returns the place of a value in its YAML file.
pub fn place<T>(file: &Path, value: &Spanned<T>) -> Location {
    Location::new(file, value.referenced.line() as usize, value.referenced.column() as usize)
}

/// A place inside a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column number in characters, from 1.
    pub column: usize,
}

impl Position {
    /// Names the place of a byte of a text.
    pub fn of_byte(text: &str, byte: usize) -> Self {
        let Location { line, column, .. } = Location::of_byte("", text, byte);
        Self { line, column }
    }

    /// Names the place in a file.
    pub fn within(self, file: impl Into<PathBuf>) -> Location {
        Location::new(file, self.line, self.column)
    }
}

/// Where the characters of a text were written: the byte of the text at which each stretch begins that was
/// written without a gap, and the place of that byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap(Vec<(usize, Position)>);

impl SourceMap {
    /// Begins a stretch at this byte of the text.
    pub fn push(&mut self, byte: usize, position: Position) {
        self.0.push((byte, position));
    }

    /// Adds the stretches of a text that was put behind the first `length` bytes.
    pub fn append(&mut self, length: usize, other: &Self) {
        self.0.extend(other.0.iter().map(|(byte, position)| (length + byte, *position)));
    }

    /// Returns the place at which a byte of `text` was written; none where no stretch is known.
    pub fn position(&self, text: &str, byte: usize) -> Option<Position> {
        let after = self.0.partition_point(|(start, _)| *start <= byte);
        let (start, Position { line, column }) = *self.0.get(after.saturating_sub(1))?;
        let characters = text.get(start..byte).map_or(0, |text| text.chars().count());
        Some(Position { line, column: column + characters })
    }

    /// Returns the places of a part of `text`.
    pub fn part(&self, text: &str, bytes: std::ops::Range<usize>) -> Self {
        let first = self.position(text, bytes.start).map(|position| (0, position));
        let inside = self.0.iter().filter(|(byte, _)| bytes.start < *byte && *byte < bytes.end);
        let inside = inside.map(|(byte, position)| (byte - bytes.start, *position));
        Self(first.into_iter().chain(inside).collect())
    }

    /// Returns where the characters of a text value of a YAML file were written, by the key that it stands
    /// under.
    ///
    /// All ways of YAML to write a text keep its characters other than spaces, apart from quotes and
    /// backslashes.
    pub fn of_scalar(yaml: &str, key: &str, value: &str) -> Option<Self> {
        let key = format!("{key}:");
        let keys = yaml.match_indices(&key).filter(|(at, _)| {
            let before = yaml[..*at].rsplit('\n').next().unwrap_or_default();
            before.trim_start_matches([' ', '-']).is_empty()
        });
        keys.into_iter().find_map(|(at, _)| Self::aligned(yaml, at + key.len(), value))
    }

    fn aligned(yaml: &str, start: usize, value: &str) -> Option<Self> {
        let first = value.chars().find(|c| !c.is_whitespace())?;
        // In quotes, this sign before another one is not part of the text.
        let escape = match yaml[start..].trim_start().chars().next() {
            Some('"') => Some('\\'),
            Some('\'') => Some('\''),
            _ => None,
        };
        let indicator = |c: char| c.is_whitespace() || "|>+-\"'0123456789".contains(c);
        let mut rest = yaml[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
        while rest.next_if(|(_, c)| indicator(*c) && *c != first).is_some() {}
        let mut map = Self::default();
        let mut gap = true;
        for (byte, c) in value.char_indices() {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            while rest.next_if(|(_, written)| written.is_whitespace()).is_some() {
                gap = true;
            }
            let (mut at, mut written) = rest.next()?;
            if Some(written) == escape {
                (at, written) = rest.next()?;
                gap = true;
            }
            if written != c {
                return None;
            }
            if gap {
                map.push(byte, Position::of_byte(yaml, at));
                gap = false;
            }
        }
        Some(map)
    }
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the SHA-256 of some bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Writes a file so that a reader sees the old bytes or the new ones, never half of them; a device or a pipe
/// in its place gets the bytes as they are.
///
/// # Errors
/// Those of the file system.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A device or a pipe takes bytes; a file in its place would be another thing.
    if std::fs::metadata(path).is_ok_and(|old| !old.is_file()) {
        return std::fs::write(path, bytes);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let mut file = tempfile::Builder::new();
    let file = file.prefix(".writing-");
    #[cfg(unix)]
    let file = {
        use std::os::unix::fs::PermissionsExt;
        // The process's own mask still applies, as to any new file.
        file.permissions(std::fs::Permissions::from_mode(0o666))
    };
    let mut file = file.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Points to an inch.
pub const POINTS_TO_AN_INCH: f64 = 72.0;

/// How wide a picture is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// A part of its room.
    Share(f64),
    /// So many points.
    Points(f64),
}

impl Width {
    /// Reads a width such as `60%`, `8cm`, `3in`, `80mm` or `200pt`.
    pub fn read(text: &str) -> Option<Self> {
        let split = text.find(|c: char| c.is_ascii_alphabetic() || c == '%')?;
        let (number, unit) = text.split_at(split);
        let number: f64 = number.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0)?;
        Some(match unit {
            "%" if number <= 100.0 => Self::Share(number / 100.0),
            "pt" => Self::Points(number),
            "in" => Self::Points(number * POINTS_TO_AN_INCH),
            "cm" => Self::Points(number / 2.54 * POINTS_TO_AN_INCH),
            "mm" => Self::Points(number / 25.4 * POINTS_TO_AN_INCH),
            _ => return None,
        })
    }
}

/// Returns the letter of a panel of a figure, which is counted from 0; there are no more than letters.
pub fn panel_letter(index: usize) -> char {
    (b'a'..=b'z').nth(index).map_or('?', char::from)
}

/// Folders in which pictures stand: those that the preview follows and a release holds.
const PICTURE_FOLDERS: [&str; 2] = ["figures", "paper"];

/// Folder below a paper's root in which everything is generated.
pub const BUILD_FOLDER: &str = "build";

/// Returns a path without `.` and `..`, if it stays below the folders in which pictures stand.
pub fn picture_file(path: &Path) -> Option<PathBuf> {
    file_below(path, &PICTURE_FOLDERS)
}

/// Folders in which an author's own results stand: those that the preview follows and a release holds.
pub const FOLDERS_OF_DATA: [&str; 4] = ["data", "results", "paper", "figures"];

/// Returns a path without `.` and `..`, if it stays below the root, outside of what is generated.
pub fn file_inside(path: &Path) -> Option<PathBuf> {
    below_root(path).filter(|path| !path.starts_with(BUILD_FOLDER))
}

/// Returns a path without `.` and `..`, if it stays below one of these folders.
pub fn file_below(path: &Path, folders: &[&str]) -> Option<PathBuf> {
    let out = below_root(path)?;
    folders.iter().any(|folder| out.starts_with(folder)).then_some(out)
}

/// Returns a path without `.` and `..`, if a listing may show its file: any below the root, also where links lead,
/// that is neither generated nor hidden. In the folders in which pictures stand any file may be shown.
///
/// # Errors
/// What the file is that no listing may show.
pub fn listed_file(root: &Path, path: &Path) -> Result<PathBuf, &'static str> {
    const OUTSIDE: &str = "is outside of the folder of the paper";
    let out = below_root(path).ok_or(OUTSIDE)?;
    if picture_file(&out).is_some() {
        return Ok(out);
    }
    let behind_links = match (root.canonicalize(), root.join(&out).canonicalize()) {
        (Ok(root), Ok(file)) => file.strip_prefix(root).map_err(|_| OUTSIDE)?.to_path_buf(),
        _ => out.clone(),
    };
    let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    for file in [&out, &behind_links] {
        if file.starts_with(BUILD_FOLDER) {
            return Err("is generated");
        }
        if file.components().any(is_hidden) {
            return Err("is hidden");
        }
    }
    Ok(out)
}

/// Returns a path without `.` and `..`, if it stays below the root.
fn below_root(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_shows_what_is_neither_hidden_nor_generated_nor_elsewhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("paper-of-mine");
        for file in
            ["templates/paper.tex", "src/walk.rs", ".env", ".git/config", "build/a.md", "paper/.rules"]
        {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("made");
            std::fs::write(file, "text").expect("written");
        }
        std::fs::write(folder.path().join("secret"), "text").expect("written");
        for (link, target) in
            [("out", "../secret"), ("env", ".env"), ("made", "build"), ("own", "src/walk.rs")]
        {
            std::os::unix::fs::symlink(target, root.join(link)).expect("linked");
        }
        let listed = |file: &str| listed_file(&root, Path::new(file));
        for file in
            ["templates/paper.tex", "src/walk.rs", "paper/.rules", "own", "not/there.rs", "builder.rs"]
        {
            assert_eq!(listed(file), Ok(file.into()));
        }
        assert_eq!(listed("paper/sections/../../src/./walk.rs"), Ok("src/walk.rs".into()));
        for (file, reason) in [
            (".env", "hidden"),
            (".git/config", "hidden"),
            ("src/../.env", "hidden"),
            ("env", "hidden"),
            ("build/a.md", "generated"),
            ("made/a.md", "generated"),
            ("out", "outside"),
            ("../secret", "outside"),
            ("/etc/passwd", "outside"),
        ] {
            assert!(listed(file).is_err_and(|said| said.contains(reason)), "{file}: {:?}", listed(file));
        }
    }

    fn places(yaml: &str, value: &str, words: &[&str]) -> Vec<Option<(usize, usize)>> {
        let Some(map) = SourceMap::of_scalar(yaml, "caption", value) else { return Vec::new() };
        let place = |word: &&str| {
            let position = map.position(value, value.find(*word)?)?;
            Some((position.line, position.column))
        };
        words.iter().map(place).collect()
    }

    #[test]
    fn every_way_to_write_a_text_in_yaml_keeps_its_places() {
        let folded = "title: caption\ncaption: >-\n  Of two\n    words, one\n  line\n";
        assert_eq!(
            places(folded, "Of two words, one line", &["Of", "two", "words", "one", "line"]),
            [Some((3, 3)), Some((3, 6)), Some((4, 5)), Some((4, 12)), Some((5, 3))]
        );
        let double = "caption: \"It says \\\"a\\\" here\"\n";
        assert_eq!(
            places(double, "It says \"a\" here", &["It", "a\"", "here"]),
            [Some((1, 11)), Some((1, 21)), Some((1, 25))]
        );
        let single = "caption: 'It''s here'\n";
        assert_eq!(places(single, "It's here", &["here"]), [Some((1, 17))]);
        assert_eq!(places("- caption: 3 plain words\n", "3 plain words", &["plain"]), [Some((1, 14))]);
        assert_eq!(places("caption: another\n", "words", &["words"]), []);
    }

    #[test]
    fn a_text_of_several_pieces_has_the_places_of_each() {
        let mut first = SourceMap::default();
        first.push(0, Position { line: 3, column: 5 });
        let mut second = SourceMap::default();
        second.push(0, Position { line: 9, column: 2 });
        first.append("ä b".len(), &second);
        let at = |byte| first.position("ä bcd", byte);
        assert_eq!(at("ä ".len()), Some(Position { line: 3, column: 7 }));
        assert_eq!(at("ä bc".len()), Some(Position { line: 9, column: 3 }));
        assert_eq!(SourceMap::default().position("a", 0), None);
    }
}
