//! Installed fonts for characters beyond those of the paper's own: which family has a character.
//!
//! FreeSerif and FreeMono, which look like TeX Gyre Termes and Cursor, come first; any other family is searched
//! only for a character that they lack.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use skrifa::attribute::{Style, Weight};
use skrifa::raw::{FileRef, TableProvider};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

/// Where fonts are that every program of the system finds by their family.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// Families that are preferred to others, best first: without them the alphabet would decide.
const PREFERRED: [&str; 7] = [
    "FreeSerif",
    "DejaVu Serif",
    "DejaVu Sans",
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "Noto Serif",
    "Noto Sans",
];

/// The family that sets Greek, Cyrillic and what else it has.
const SERIF: &str = "FreeSerif";
/// The family that does so in program text.
const MONOSPACE: &str = "FreeMono";

/// The upright face of a family, of normal weight, whose glyphs are outlines.
struct Face {
    family: String,
    /// Its characters, ascending and apart: first and last of each stretch.
    stretches: Vec<(u32, u32)>,
}

impl Face {
    fn has(&self, character: char) -> bool {
        let code = u32::from(character);
        let after = self.stretches.partition_point(|(first, _)| *first <= code);
        after.checked_sub(1).is_some_and(|at| code <= self.stretches[at].1)
    }
}

/// Returns whether the serif or monospaced family of Greek, Cyrillic and drawing characters has one.
pub fn is_common(character: char, monospaced: bool) -> bool {
    static COMMON: OnceLock<Vec<Face>> = OnceLock::new();
    let faces = COMMON.get_or_init(|| {
        let names =
            [SERIF, MONOSPACE].map(|family| [format!("{family}.otf"), format!("{family}.ttf")]).concat();
        let is_one = |path: &PathBuf| names.iter().any(|name| path.ends_with(name));
        files().into_iter().filter(is_one).flat_map(|path| faces(&path)).collect()
    });
    let family = if monospaced { MONOSPACE } else { SERIF };
    faces.iter().any(|face| face.family == family && face.has(character))
}

/// Returns the installed family that has a character, always the same one on the same machine.
pub fn family(character: char) -> Option<&'static str> {
    static INSTALLED: OnceLock<Vec<Face>> = OnceLock::new();
    if is_common(character, false) {
        return Some(SERIF);
    }
    let faces = INSTALLED.get_or_init(|| {
        let mut faces: Vec<Face> = files().iter().flat_map(|path| faces(path)).collect();
        let rank = |face: &Face| PREFERRED.iter().position(|name| *name == face.family);
        faces.sort_by_key(|face| (rank(face).unwrap_or(PREFERRED.len()), face.family.clone()));
        faces
    });
    faces.iter().find(|face| face.has(character)).map(|face| face.family.as_str())
}

/// Lists the installed font files, sorted.
fn files() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
            if kind.is_dir() {
                folders.push(path);
            } else if ["otf", "ttf", "ttc"].contains(&end.as_str()) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Reads the faces of a file that text may be set in; a broken file has none.
fn faces(path: &Path) -> Vec<Face> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let fonts: Vec<FontRef<'_>> = match FileRef::new(&bytes) {
        Ok(FileRef::Font(font)) => vec![font],
        Ok(FileRef::Collection(fonts)) => fonts.iter().flatten().collect(),
        Err(_) => Vec::new(),
    };
    fonts.iter().filter_map(face).collect()
}

fn face(font: &FontRef<'_>) -> Option<Face> {
    let attributes = font.attributes();
    let has_outlines = font.glyf().is_ok() || font.cff().is_ok();
    if attributes.weight != Weight::NORMAL || attributes.style != Style::Normal || !has_outlines {
        return None;
    }
    let family = font.localized_strings(StringId::FAMILY_NAME).english_or_first()?.to_string();
    let mut codes: Vec<u32> = font.charmap().mappings().map(|(code, _)| code).collect();
    codes.sort_unstable();
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for code in codes {
        match stretches.last_mut() {
            Some((_, last)) if code <= last.saturating_add(1) => *last = code,
            _ => stretches.push((code, code)),
        }
    }
    Some(Face { family, stretches })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_families_have_greek_cyrillic_and_lines_and_no_family_has_a_private_character() {
        for character in ['λ', 'ᾧ', 'Я', 'ж', '─', '╬'] {
            assert!(is_common(character, true), "{character}");
            assert_eq!(family(character), Some(SERIF), "{character}");
        }
        assert!(!is_common('漢', false));
        assert_eq!(family('\u{10fffd}'), None);
    }

    #[test]
    fn stretches_end_where_they_end() {
        let face = Face { family: String::new(), stretches: vec![(65, 67), (70, 70)] };
        let has: String = ('@'..='H').filter(|c| face.has(*c)).collect();
        assert_eq!(has, "ABCF");
    }
}
