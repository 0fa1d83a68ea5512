//! Pictures that a text shows: `![caption](file){#fig:name width=60%}`.

use std::path::{Path, PathBuf};

use comrak::nodes::{Node, NodeValue};
use sha2::{Digest, Sha256};

use super::attributes::attributes;
use super::builder::{Builder, Text};
use super::inline::trim;
use super::label::kind_of;
use super::tree::{Block, BlockKind, InlineKind, LabelKind, Picture};
use super::walk::plain_text;
use crate::diagnostic::{Diagnostic, Location};
use crate::source::{Width, hex, picture_file};

const ATTRIBUTES: &str = "write {#fig:name width=60% alt=\"what is seen\"}; `wide` spans both columns, `page=2` takes that page of a PDF";

/// What stands in braces behind a picture.
#[derive(Debug, Default, PartialEq)]
struct Attributes {
    label: Option<String>,
    width: Option<Width>,
    page: Option<usize>,
    alt: Option<String>,
    wide: bool,
}

impl Attributes {
    /// Reads `#fig:name width=60% alt="..." wide page=2`.
    fn read(text: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for (name, value) in attributes(text)? {
            match (name, value) {
                ("wide", None) => read.wide = true,
                ("alt", Some(value)) => read.alt = Some(value.to_owned()),
                ("width", Some(value)) => {
                    let width = Width::read(value);
                    read.width =
                        Some(width.ok_or_else(|| format!("`{value}` is no width such as 60%, 8cm or 3in"))?);
                }
                ("page", Some(value)) => {
                    let page = value.parse().ok().filter(|page| *page > 0);
                    read.page = Some(page.ok_or_else(|| format!("`{value}` is no number of a page"))?);
                }
                (label, None) if label.strip_prefix('#').and_then(kind_of) == Some(LabelKind::Figure) => {
                    read.label = Some(label[1..].to_owned());
                }
                (label, None) if label.starts_with('#') => {
                    return Err(format!("`{}` cannot label a figure", &label[1..]));
                }
                _ => return Err(format!("`{name}` means nothing here")),
            }
        }
        Ok(read)
    }
}

impl Builder<'_> {
    /// Converts a paragraph that is a picture, if it is one.
    pub(super) fn picture<'n>(
        &mut self,
        text: &mut Text<'n>,
        paragraph: Node<'n>,
        location: &Location,
    ) -> Option<Block> {
        let first = paragraph.first_child()?;
        let (address, title) = match &first.data.borrow().value {
            NodeValue::Image(link) => (link.url.clone(), link.title.clone()),
            _ => return None,
        };
        let written = written_behind(text, first, paragraph);
        let attributes = match first.next_sibling() {
            None => "",
            Some(_) => written.trim().strip_prefix('{')?.strip_suffix('}')?,
        };
        let mut read = Attributes::read(attributes).unwrap_or_else(|message| {
            self.errors.push(Diagnostic::new(location.clone(), message).remedy(ATTRIBUTES));
            Attributes::default()
        });
        let caption = trim(self.inlines(text, first.children()));
        let alt = read.alt.take().map(|alt| self.fill(text, &alt, false, str::to_owned));
        let alt = alt.unwrap_or_else(|| plain_text(&caption)).trim().to_owned();
        if alt.is_empty() {
            let error = Diagnostic::new(location.clone(), "this picture has no words for who cannot see it");
            self.errors.push(error.remedy("write ![caption](file), and alt=\"...\" in braces behind it"));
        }
        self.refuse_title(&title, location);
        let file = self.picture_file(&address, location)?;
        self.counted.figures += 1;
        let number = self.counted.figures;
        let is_labelled = read.label.is_some();
        let label = read.label.unwrap_or_else(|| {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
            let label = format!("fig:{}", dashed(&stem));
            if self.labels.is_taken(&label) { format!("{label}-{number}") } else { label }
        });
        self.labels.define(&label, number.to_string(), location.clone(), &mut self.errors);
        let Attributes { width, page, wide, .. } = read;
        let picture = Picture { file, page, width, in_line: false, is_labelled };
        let (id, picture) = (picture.id(wide), Some(picture));
        let kind = BlockKind::Figure { id, label, number, caption, alt, wide, picture };
        Some(Block { location: location.clone(), kind })
    }

    /// Reports a paragraph of several pictures and nothing else, which nobody means to be as high as a line.
    pub(super) fn check_pictures<'n>(&mut self, text: &Text<'n>, paragraph: Node<'n>) {
        let mut pictures = Vec::new();
        for child in paragraph.children() {
            match &child.data.borrow().value {
                NodeValue::Image(_) => pictures.push(child),
                NodeValue::SoftBreak | NodeValue::LineBreak => {}
                NodeValue::Text(words) if is_attributes(words) => {}
                _ => return,
            }
        }
        if let [_, second, ..] = pictures[..] {
            let start = text.start(second);
            let message =
                "this paragraph is several pictures, each of which would be as high as a line of text";
            let error = Diagnostic::new(text.origin.at(start.line, start.column), message);
            self.errors.push(error.remedy(
                "write each in a paragraph of its own, or list them as `panels` of one figure in figures/NAME.yaml",
            ));
        }
    }

    /// Reports braces behind a picture in a line, which would be printed.
    fn check_braces(&mut self, text: &Text<'_>, picture: Node<'_>) {
        let Some(next) = picture.next_sibling() else { return };
        let NodeValue::Text(words) = &next.data.borrow().value else { return };
        let Some(inside) = words.strip_prefix('{').and_then(|words| words.split_once('}')) else { return };
        if inside.0.contains(['=', '#']) || inside.0.trim() == "wide" {
            let start = text.start(next);
            let message = format!("`{{{}}}` says nothing of a picture in a line of text", inside.0);
            let error = Diagnostic::new(text.origin.at(start.line, start.column), message);
            self.errors.push(error.remedy("delete it, or write the picture in a paragraph of its own"));
        }
    }

    /// Converts a picture in a line of text, as high as the line.
    pub(super) fn picture_in_line<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        address: &str,
        location: &Location,
    ) -> Option<InlineKind> {
        let alt = plain_text(&trim(self.inlines(text, node.children())));
        self.check_braces(text, node);
        if alt.is_empty() {
            let error = Diagnostic::new(location.clone(), "this picture has no words for who cannot see it");
            self.errors.push(error.remedy("write ![what is seen](file)"));
        }
        let file = self.picture_file(address, location)?;
        let picture = Picture { file, page: None, width: None, in_line: true, is_labelled: false };
        Some(InlineKind::Picture { id: picture.id(false), alt, picture })
    }

    /// Returns the file of a picture, below the root; it is named from there or from the folder of the text.
    fn picture_file(&mut self, address: &str, location: &Location) -> Option<PathBuf> {
        if address.contains("://") || address.starts_with("data:") {
            let message = format!("the picture `{address}` stands on another computer");
            let remedy = "save it in figures/, so that the paper can be built again";
            self.errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
            return None;
        }
        let name = percent_decoded(address);
        let named = [PathBuf::from(&name), beside(&name, location)];
        let candidates: Vec<PathBuf> = named.iter().filter_map(|path| picture_file(path)).collect();
        let found = candidates.iter().find(|path| self.sources.root.join(path).is_file());
        if found.is_none() {
            let (message, remedy) = match candidates.is_empty() {
                true => (
                    format!("the picture `{name}` is outside of figures/ and paper/"),
                    "move it to figures/, and write figures/NAME",
                ),
                false => (
                    format!("there is no picture `{name}`"),
                    "write its file as seen from the folder of the paper, such as figures/photo.jpg",
                ),
            };
            self.errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
        }
        found.cloned()
    }
}

/// Returns the path of a file that is named from the folder of the text.
pub(super) fn beside(name: &str, location: &Location) -> PathBuf {
    location.file.parent().unwrap_or(Path::new("")).join(name)
}

impl Picture {
    /// Returns the name of its drawing: that of the file where nothing else is asked of it.
    fn id(&self, wide: bool) -> String {
        let path = self.file.strip_prefix("figures").unwrap_or(&self.file).to_string_lossy();
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let name = dashed(&path);
        if is_plain && self.page.is_none() && self.width.is_none() && !self.in_line && !wide {
            return name;
        }
        let Self { page, width, in_line, .. } = self;
        let digest = hex(&Sha256::digest(format!("{path}\0{page:?}\0{width:?}\0{in_line}\0{wide}")));
        format!("{name}-{}", &digest[..8])
    }
}

/// Returns whether words behind a picture are only braces that say how it is shown, or nothing.
fn is_attributes(words: &str) -> bool {
    let words = words.trim();
    words.is_empty() || (words.starts_with('{') && words.ends_with('}'))
}

/// Returns letters and digits with dashes between them.
fn dashed(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-")
}

/// Returns an address with its percent signs decoded, where they stand for UTF-8 (RFC 3986, section 2.1).
fn percent_decoded(address: &str) -> String {
    let mut out = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        out.push(code.unwrap_or(*first));
        rest = &after[if code.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(out).unwrap_or_else(|_| address.to_owned())
}

/// Returns what the author wrote behind a picture, to the end of its paragraph.
fn written_behind(text: &Text<'_>, picture: Node<'_>, paragraph: Node<'_>) -> String {
    let (end, last) = (picture.data.borrow().sourcepos.end, paragraph.data.borrow().sourcepos.end);
    let line = |number: usize| text.lines.get(number - 1).copied().unwrap_or_default();
    let mut out: String = line(end.line).chars().skip(end.column).collect();
    for number in end.line + 1..=last.line {
        out.push(' ');
        out.push_str(line(number).trim());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_or_named() {
        let read = |text| Attributes::read(text);
        assert_eq!(read(""), Ok(Attributes::default()));
        let all = read(" #fig:x width=60%  alt=\"a = b, wide\" wide page=2 ").unwrap();
        assert_eq!((all.label.as_deref(), all.alt.as_deref()), (Some("fig:x"), Some("a = b, wide")));
        assert_eq!((all.width, all.page, all.wide), (Some(Width::Share(0.6)), Some(2), true));
        for wrong in ["width=6", "width=0%", "page=0", "page=x", "#tab:x", ".class", "alt=\"x", "height=3cm"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn files_stay_below_the_paper() {
        assert_eq!(
            picture_file(Path::new("paper/sections/../../figures/./a.png")),
            Some("figures/a.png".into())
        );
        assert_eq!(picture_file(Path::new("figures/../../a.png")), None);
        assert_eq!(picture_file(Path::new("/etc/a.png")), None);
        assert_eq!(percent_decoded("figures/red%20box%c3%a9.png%"), "figures/red boxé.png%");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }

    #[test]
    fn pictures_of_different_files_and_sizes_have_names_of_their_own() {
        let id = |file: &str, width| {
            Picture { file: file.into(), page: None, width, in_line: false, is_labelled: true }.id(false)
        };
        assert_eq!(id("figures/red.png", None), "red-png");
        let names = [
            id("figures/red.png", None),
            id("figures/red-png", Some(Width::Share(0.5))),
            id("figures/red png", None),
            id("figures/red.png", Some(Width::Share(0.5))),
            id("figures/red.png", Some(Width::Points(0.5))),
            id("paper/red.png", None),
            id("figures/RED.png", None),
        ];
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }
}
