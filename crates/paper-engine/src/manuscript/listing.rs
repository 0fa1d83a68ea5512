//! Program text: `{#lst:name caption="..." numbers highlight="3,5-7"}` behind the language of a fence, and
//! `{file="figures/walk.rs" lines="10-24"}` for lines of a file.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use comrak::nodes::NodeCodeBlock;

use super::attributes::attributes;
use super::builder::{Builder, Text};
use super::directive::Begun;
use super::label::Parts;
use super::picture::beside;
use super::tree::{Block, BlockKind, CodeLines, StatementKind};
use crate::diagnostic::{Diagnostic, Location};
use crate::highlight;
use crate::source::{listed_file, picture_file, read_text};

const ATTRIBUTES: &str = "write {#lst:name caption=\"what it shows\"} behind the language; `numbers` counts the lines, \
                          highlight=\"3,5-7\" marks some, file=\"figures/walk.rs\" lines=\"10-24\" shows lines of a file";

/// The greatest number that a first line may have: there is no room for more digits.
const LAST: usize = 99_999;

/// What stands in braces behind a language.
#[derive(Debug, Default, PartialEq)]
struct Attributes<'t> {
    label: Option<&'t str>,
    caption: Option<&'t str>,
    /// Whether lines have numbers, and the number of the first, where it is given.
    numbers: Option<Option<usize>>,
    highlight: Option<&'t str>,
    file: Option<&'t str>,
    lines: Option<&'t str>,
    anchor: Option<&'t str>,
}

impl<'t> Attributes<'t> {
    fn read(braces: &'t str) -> Result<Self, String> {
        let inside = braces.trim().strip_prefix('{').and_then(|inside| inside.strip_suffix('}'));
        let mut read = Self::default();
        for (name, value) in attributes(inside.ok_or("these braces are not closed")?)? {
            match (name, value.map(str::trim)) {
                ("caption", Some(value)) if !value.is_empty() => read.caption = Some(value),
                ("numbers", None) => read.numbers = Some(None),
                ("numbers", Some(value)) => {
                    let first = value.parse().ok().filter(|first| (1..=LAST).contains(first));
                    read.numbers =
                        Some(Some(first.ok_or_else(|| format!("`{value}` is no number of a line"))?));
                }
                ("highlight", Some(value)) => read.highlight = Some(value),
                ("file", Some(value)) if !value.is_empty() => read.file = Some(value),
                ("lines", Some(value)) => read.lines = Some(value),
                ("anchor", Some(value)) if !value.is_empty() => read.anchor = Some(value),
                (label, None) if label.starts_with('#') => read.label = Some(&label[1..]),
                _ => return Err(format!("`{name}` means nothing here")),
            }
        }
        match read {
            Self { file: None, lines: Some(_), .. } | Self { file: None, anchor: Some(_), .. } => {
                Err("`lines` and `anchor` are those of a `file`".to_owned())
            }
            Self { lines: Some(_), anchor: Some(_), .. } => {
                Err("`lines` and `anchor` cannot both say what is shown".to_owned())
            }
            read => Ok(read),
        }
    }
}

/// Reads numbers of lines such as `3,5-7`.
fn ranges(text: &str) -> Result<Vec<RangeInclusive<usize>>, String> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let range = first.trim().parse::<usize>().ok()?..=last.trim().parse().ok()?;
        (*range.start() > 0 && !range.is_empty()).then_some(range)
    };
    text.split(',')
        .map(|part| range(part).ok_or_else(|| format!("`{}` is no line or lines such as 5-7", part.trim())))
        .collect()
}

/// Lines that are shown, and the number of each; those of a file do not count on where a marker is left out.
#[derive(Debug, Default, PartialEq)]
struct Excerpt {
    text: String,
    numbers: Vec<usize>,
}

/// What ends a comment in some language, and may stand behind a marker.
const COMMENT_ENDS: [&str; 12] =
    ["--}}", "--%>", "-->", "--]]", "]]", "*/", "*)", "-}", "#}", "|#", "=#", "#>"];

/// Returns whether a line ends an anchor, and the anchor, if it is one with a marker: `// ANCHOR: walk`,
/// `<!-- ANCHOR_END: walk -->`.
fn marker(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_end();
    let line = COMMENT_ENDS.iter().find_map(|end| line.strip_suffix(end)).unwrap_or(line).trim_end();
    let (before, name) = line.rsplit_once(": ")?;
    let name = name.trim_start();
    let (before, is_end) = match before.strip_suffix("ANCHOR_END") {
        Some(before) => (before, true),
        None => (before.strip_suffix("ANCHOR")?, false),
    };
    let is_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    (!is_word && !name.is_empty() && !name.contains(char::is_whitespace)).then_some((is_end, name))
}

impl Excerpt {
    /// Takes the text of a listing, whose lines count from 1.
    fn of_text(text: String) -> Self {
        let numbers = (1..=text.lines().count()).collect();
        Self { text, numbers }
    }

    /// Takes the lines that are asked for, without the space that all of them begin with.
    fn of(whole: &str, asked: &Attributes<'_>) -> Result<Self, String> {
        let all: Vec<&str> = whole.lines().collect();
        let (first, lines) = match (asked.lines, asked.anchor) {
            (Some(lines), _) => {
                let found = ranges(lines)?;
                let [range] = found.as_slice() else {
                    return Err(format!("`{lines}` is more than one run of lines"));
                };
                let count = all.len();
                let shown = all.get(range.start() - 1..*range.end());
                (*range.start(), shown.ok_or_else(|| format!("the file has {count} lines"))?)
            }
            (None, Some(anchor)) => {
                let at = |is_end| all.iter().position(|line| marker(line) == Some((is_end, anchor)));
                let begin = at(false).ok_or_else(|| format!("no line ends with `ANCHOR: {anchor}`"))?;
                let end = at(true).filter(|end| *end > begin);
                let end = end.ok_or_else(|| format!("no later line ends with `ANCHOR_END: {anchor}`"))?;
                (begin + 2, &all[begin + 1..end])
            }
            (None, None) => (1, all.as_slice()),
        };
        // Markers of other anchors are no part of what is shown.
        let kept = (first..).zip(lines).filter(|(_, line)| marker(line).is_none());
        let (numbers, lines): (Vec<usize>, Vec<&str>) = kept.map(|(number, line)| (number, *line)).unzip();
        let space = |line: &&&str| line.len() - line.trim_start().len();
        let written = lines.iter().filter(|line| !line.trim().is_empty());
        let Some(least) = written.min_by_key(space).map(|line| &line[..space(&line)]) else {
            return Err("these lines are empty".to_owned());
        };
        let text: Vec<&str> = lines.iter().map(|line| line.strip_prefix(least).unwrap_or(line)).collect();
        Ok(Self { text: text.join("\n"), numbers })
    }
}

impl CodeLines {
    /// Reads how lines are set.
    fn read(asked: &Attributes<'_>, shown: &Excerpt) -> Result<Self, String> {
        let count = shown.text.trim_end().lines().count();
        let numbers = match asked.numbers.flatten() {
            Some(first) => (first..first + count).collect(),
            None => shown.numbers[..count.min(shown.numbers.len())].to_vec(),
        };
        if asked.numbers.is_some() && numbers.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
            let message =
                "a line with another anchor is left out between these, so that their numbers do not count on";
            return Err(format!("{message}; write numbers=1"));
        }
        let mut marked = Vec::new();
        for range in asked.highlight.map(ranges).transpose()?.unwrap_or_default() {
            let inside = (0..count).filter(|index| range.contains(&numbers[*index]));
            let before = marked.len();
            marked.extend(inside);
            let (first, last) = (numbers.first().copied().unwrap_or(1), numbers.last().copied().unwrap_or(1));
            if marked.len() == before || *range.start() < first || *range.end() > last {
                let end = range.end();
                return Err(format!("its lines are {first} to {last}, and {end} is to be marked"));
            }
        }
        marked.sort_unstable();
        marked.dedup();
        Ok(Self { first: asked.numbers.and(numbers.first().copied()), marked })
    }
}

/// Returns the numbers of the lines of a listing or an algorithm, if they are counted.
pub(super) fn numbered(blocks: &[Block]) -> Option<Parts> {
    blocks.iter().find_map(|block| match &block.kind {
        BlockKind::Code { text, lines: CodeLines { first: Some(first), .. }, .. } => {
            Some(Parts::Lines(*first..=first + text.trim_end().lines().count().max(1) - 1))
        }
        _ => None,
    })
}

impl Builder<'_> {
    /// Converts program text; with a label or a caption it is a listing with a number.
    pub(super) fn listing(&mut self, text: &mut Text<'_>, code: &NodeCodeBlock, at: (usize, usize)) -> Block {
        let (line, column) = at;
        let location = text.origin.at(line, column);
        let language = code.info.split(['{', ' ', '\t']).next().unwrap_or_default().to_owned();
        let source = text.source;
        let written = source.lines().nth(line - 1).unwrap_or_default();
        let column = |part: &str| written.find(part).map_or(1, |at| written[..at].chars().count() + 1);
        let place = text.origin.at(line, column("{"));
        let words = code.info.split('{').next().unwrap_or_default().trim();
        if let Some((_, more)) = words.split_once([' ', '\t']) {
            let more = text.masked.unmask(more.trim());
            let message = format!("`{more}` behind the language of this listing would be printed nowhere");
            let remedy = "delete it; a caption is {#lst:name caption=\"what it shows\"}";
            self.errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
        }
        if !highlight::is_known(&language) && language.chars().count() > 3 {
            let message = format!("`{language}` is no language that is known here");
            let error = Diagnostic::new(text.origin.at(line, column(&language)), message);
            let error = error.suggest(&language, highlight::names());
            // Any other language, and short names, are printed without what sets their words apart.
            if error.remedy.is_some() {
                self.errors.push(error);
            }
        }
        let braces = code.info.find('{').map_or("{}", |at| &code.info[at..]);
        let asked = Attributes::read(braces).unwrap_or_else(|message| {
            self.errors.push(Diagnostic::new(place.clone(), message).remedy(ATTRIBUTES));
            Attributes::default()
        });
        let inside = self.fill(text, &code.literal, true, str::to_owned);
        let (shown, file) = match asked.file {
            None => (Excerpt::of_text(inside), None),
            Some(_) if !inside.trim().is_empty() => {
                let error = Diagnostic::new(place.clone(), "a listing of a file has no text of its own");
                self.errors.push(error.remedy("delete the text, or `file`"));
                (Excerpt::of_text(inside), None)
            }
            Some(name) => match self.excerpt(name, &asked, &place) {
                Some((excerpt, file)) => (excerpt, Some(file)),
                None => (Excerpt::default(), None),
            },
        };
        let lines = match asked.file.is_some() && file.is_none() {
            true => CodeLines::default(),
            false => CodeLines::read(&asked, &shown).unwrap_or_else(|message| {
                self.errors.push(Diagnostic::new(place.clone(), message).remedy(ATTRIBUTES));
                CodeLines::default()
            }),
        };
        let kind = BlockKind::Code { language, text: shown.text, lines, file };
        let block = Block { location: location.clone(), kind };
        if asked.label.is_none() && asked.caption.is_none() {
            return block;
        }
        let label = asked
            .label
            .map(|label| (label.to_owned(), text.origin.at(line, column(&format!("#{label}")) + 1)));
        let caption = asked.caption.map(|caption| {
            let caption = text.masked.unmask(caption);
            let at = column("caption=\"") + "caption=\"".len();
            self.paragraph_of(&caption, text.origin.part(&caption, line, at), "caption")
        });
        let begun = Begun { kind: StatementKind::Listing, label, title: None };
        self.statement(begun, caption.unwrap_or_default(), vec![block], &location)
    }

    /// Returns the file of a listing, below the root; it is named from there or from the folder of the text.
    fn file_of_listing(&mut self, name: &str, place: &Location) -> Option<PathBuf> {
        let root = self.sources.root;
        let named = [PathBuf::from(name), beside(name, place)].map(|path| listed_file(root, &path));
        let is_there = |path: &&PathBuf| root.join(path).is_file();
        // A file of the folders that a paper consists of comes before one beside them.
        let own = named.iter().flatten().filter(|path| picture_file(path).is_some());
        if let Some(found) = own.chain(named.iter().flatten()).find(is_there) {
            return Some(found.clone());
        }
        let message = match named.into_iter().find_map(Result::err) {
            Some(reason) => format!("the file `{name}` {reason}"),
            None => format!("there is no file `{name}`"),
        };
        let remedy = "write one of the paper's folder, as seen from there, such as figures/walk.rs";
        self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
        None
    }

    /// Reads lines of a file.
    fn excerpt(
        &mut self,
        name: &str,
        asked: &Attributes<'_>,
        place: &Location,
    ) -> Option<(Excerpt, PathBuf)> {
        let file = self.file_of_listing(name, place)?;
        self.reads_files = true;
        let read = read_text(self.sources.root, &file);
        let whole = read.map_err(|error| self.errors.push(error)).ok()?;
        match Excerpt::of(&whole, asked) {
            Ok(excerpt) => Some((excerpt, file)),
            Err(reason) => {
                let message = format!("`{}` cannot be shown: {reason}", file.display());
                let remedy =
                    "write the first and the last line, such as lines=\"10-24\", or the name of an anchor";
                self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_or_named() {
        let read = Attributes::read("{#lst:x caption=\"A *b*\" numbers=5 highlight=\"5,7-8\"}").unwrap();
        assert_eq!((read.label, read.caption, read.numbers), (Some("lst:x"), Some("A *b*"), Some(Some(5))));
        let shown =
            |numbers: &[usize]| Excerpt { text: "x\n".repeat(numbers.len()), numbers: numbers.to_vec() };
        let lines = CodeLines::read(&read, &shown(&[1, 2, 4, 5])).unwrap();
        assert_eq!((lines.first, lines.marked), (Some(5), vec![0, 2, 3]));
        for wrong in [
            "{#lst:x",
            "{.class}",
            "{numbers=x}",
            "{numbers=0}",
            "{lines=\"1-2\"}",
            "{file=\"a\" lines=\"1\" anchor=\"b\"}",
            "{caption=\"\"}",
        ] {
            assert!(Attributes::read(wrong).is_err(), "{wrong}");
        }
        for wrong in ["4", "0", "2-1", "9", "x", "5-", ""] {
            let asked =
                Attributes { highlight: Some(wrong), numbers: Some(Some(5)), ..Attributes::default() };
            assert!(CodeLines::read(&asked, &shown(&[1, 2, 3, 4])).is_err(), "{wrong}");
        }
        // Where a marker is left out, lines have the numbers of their file, and cannot be counted.
        let marks = |braces| CodeLines::read(&Attributes::read(braces).unwrap(), &shown(&[2, 3, 5]));
        assert_eq!(marks("{highlight=\"3-5\"}").map(|lines| lines.marked), Ok(vec![1, 2]));
        for wrong in ["{numbers}", "{highlight=\"4\"}", "{highlight=\"3-6\"}", "{highlight=\"1-3\"}"] {
            assert!(marks(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_marker_may_stand_in_any_comment() {
        for line in [
            "// ANCHOR: walk",
            "  /* ANCHOR: walk */",
            "(* ANCHOR: walk *)",
            "<!-- ANCHOR: walk -->",
            "<!--ANCHOR: walk-->",
            "{- ANCHOR:  walk -}",
            "{# ANCHOR: walk #}",
            "# ANCHOR: walk \r",
        ] {
            assert_eq!(marker(line), Some((false, "walk")), "{line}");
            let end = line.replace("ANCHOR", "ANCHOR_END");
            assert_eq!(marker(&end), Some((true, "walk")), "{end}");
        }
        for line in
            ["// ANCHOR: walk on", "// MY_ANCHOR: walk", "// ANCHOR: ", "ANCHOR:walk", "/* ANCHOR: */"]
        {
            assert_eq!(marker(line), None, "{line}");
        }
        let file = "/* ANCHOR: all */\n/* ANCHOR: a */\na\n/* ANCHOR_END: a */\nb\n/* ANCHOR: c */\n/* ANCHOR_END: all */";
        let take = |anchor| {
            Excerpt::of(file, &Attributes { anchor, file: Some("x"), ..Attributes::default() }).unwrap()
        };
        let of = |text: &str, numbers: &[usize]| Excerpt { text: text.to_owned(), numbers: numbers.to_vec() };
        assert_eq!(take(Some("all")), of("a\nb", &[3, 5]));
        assert_eq!(take(Some("a")), of("a", &[3]));
        assert_eq!(take(None), of("a\nb", &[3, 5]));
    }

    #[test]
    fn lines_of_a_file_are_those_asked_for_and_no_others() {
        let file = "a\n  // ANCHOR: walk\n  b {\n\n    c\n  }\n  // ANCHOR_END: walk\nd\n";
        let take = |lines: Option<&str>, anchor: Option<&str>| {
            let file_name = Some("x");
            let (lines, anchor) = (lines.map(String::from), anchor.map(String::from));
            let asked = Attributes {
                file: file_name,
                lines: lines.as_deref(),
                anchor: anchor.as_deref(),
                ..Attributes::default()
            };
            Excerpt::of(file, &asked)
        };
        let of = |text: &str, numbers: &[usize]| Excerpt { text: text.to_owned(), numbers: numbers.to_vec() };
        let expected = || of("b {\n\n  c\n}", &[3, 4, 5, 6]);
        assert_eq!(take(Some("3-6"), None), Ok(expected()));
        assert_eq!(take(None, Some("walk")), Ok(expected()));
        assert_eq!(take(Some("8"), None), Ok(of("d", &[8])));
        assert_eq!(take(None, None).map(|all| all.numbers), Ok(vec![1, 3, 4, 5, 6, 8]));
        for (lines, anchor) in [
            (Some("8-9"), None),
            (Some("0"), None),
            (Some("1,3"), None),
            (Some("4"), None),
            (None, Some("run")),
        ] {
            assert!(take(lines, anchor).is_err(), "{lines:?} {anchor:?}");
        }
    }
}
