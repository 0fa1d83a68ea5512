//! The only files that the engines see: the job's own, the TeX trees, and outputs in memory.

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};
use std::path::{Component, Path};
use std::rc::Rc;

use tectonic_bridge_core::DriverHooks;
use tectonic_io_base::{InputHandle, InputOrigin, IoProvider, OpenResult, OutputHandle};
use tectonic_status_base::StatusBackend;

use super::document::{Own, plain, primary};
use super::trees::TexTrees;
use super::turn::Turn;

/// The name under which the engine asks for its format.
pub const FORMAT: &str = "phext-paper.fmt";

/// The source of the format.
pub const FORMAT_SOURCE: &str = "tectonic-format-latex.tex";

/// The hyphenation patterns of every format.
const LANGUAGES: &str = "english hyphen.tex\n=usenglish\n=USenglish\n=american\nnohyphenation zerohyph.tex\nbound bound-of-patterns.tex\n";
/// Those of other languages, each with its names and the files that a format of it needs.
const OTHER_LANGUAGES: [(&str, [&str; 2]); 1] =
    [("ngerman loadhyph-de-1996.tex\n", ["loadhyph-de-1996.tex", "hyph-de-1996.tex"])];

/// Returns the hyphenation patterns of the format: of English, and of the other languages whose patterns are
/// installed. Debian's own list has many more, which would make the format slow.
pub fn languages(trees: &TexTrees) -> String {
    let is_installed = |files: &[&str]| files.iter().all(|file| trees.find(file).is_some());
    let others = OTHER_LANGUAGES.iter().filter(|(_, files)| is_installed(files)).map(|(lines, _)| *lines);
    std::iter::once(LANGUAGES).chain(others).collect()
}

/// A pattern of the last character, which no text has: with it, the table of patterns has a place for every
/// letter. TeX looks for each letter of a word without a bound, and would read behind a shorter table.
const BOUND: &str = "\\begingroup\\lccode\"FFFD=\"FFFD \\patterns{^^^^fffd1^^^^fffd}\\endgroup\n";
/// The name of its file.
const BOUND_FILE: &str = "bound-of-patterns.tex";

/// The most that a document may write, so that an endless `\write` cannot fill the memory.
const OUTPUT_LIMIT: usize = 512 << 20;

/// The directories of system fonts, the only absolute paths that may be read.
const FONT_FOLDERS: [&str; 4] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/texmf/fonts",
    "/usr/share/texlive/texmf-dist/fonts",
];

type Shared = Rc<RefCell<Vec<u8>>>;

/// The text of the main file.
pub enum Primary {
    /// All of it.
    Whole(Vec<u8>),
    /// The preamble, and the rest when there is a job.
    Waiting(Rc<Turn>),
}

/// The virtual file system of one job.
pub struct Files<'a> {
    trees: &'a TexTrees,
    own: Own,
    primary: Primary,
    format: Vec<u8>,
    outputs: BTreeMap<String, Shared>,
    written: Rc<Cell<usize>>,
    /// Lists the names that were refused, in the order in which they were asked for.
    pub refused: Vec<String>,
}

impl<'a> Files<'a> {
    /// Creates the file system with the job's own files, the text of the main file, and the format.
    pub fn new(trees: &'a TexTrees, own: Own, primary: Primary, format: Vec<u8>) -> Files<'a> {
        let (outputs, written, refused) = Default::default();
        Files { trees, own, primary, format, outputs, written, refused }
    }

    /// Returns the same files as TeX found them, with the auxiliary files of an earlier pass, to read the main
    /// file from its beginning once more.
    pub fn anew(&self, main: &str, auxiliary: BTreeMap<String, Vec<u8>>) -> Self {
        let text = self.own().get(plain(main)).map(|source| primary(source)).unwrap_or_default();
        let mut files = Self::new(self.trees, self.own.clone(), Primary::Whole(text), self.format.clone());
        files.restore(auxiliary);
        files
    }

    /// Puts the auxiliary files of an earlier pass in place.
    pub fn restore(&mut self, auxiliary: BTreeMap<String, Vec<u8>>) {
        let shared = auxiliary.into_iter().map(|(name, bytes)| (name, Rc::new(RefCell::new(bytes))));
        self.outputs.extend(shared);
    }

    /// Returns the document's own files.
    pub fn own(&self) -> Ref<'_, BTreeMap<String, Vec<u8>>> {
        self.own.borrow()
    }

    /// Returns a copy of an output.
    pub fn output(&self, name: &str) -> Option<Vec<u8>> {
        self.outputs.get(name).map(|bytes| bytes.borrow().clone())
    }

    /// Returns the auxiliary outputs, which decide whether another pass is needed.
    pub fn auxiliary(&self) -> BTreeMap<String, Vec<u8>> {
        let kept = |name: &str| ![".log", ".xdv", ".pdf"].iter().any(|end| name.ends_with(end));
        let outputs = self.outputs.iter().filter(|(name, _)| kept(name));
        outputs.map(|(name, bytes)| (name.clone(), bytes.borrow().clone())).collect()
    }

    fn read(&mut self, name: &str) -> OpenResult<InputHandle> {
        let name = plain(name);
        let bytes = if name == "language.dat" {
            languages(self.trees).into_bytes()
        } else if name == FORMAT_SOURCE {
            b"\\input xelatex.ini\n".to_vec()
        } else if name == BOUND_FILE {
            BOUND.as_bytes().to_vec()
        } else if let Some(bytes) = self.outputs.get(name) {
            bytes.borrow().clone()
        } else if let Some(bytes) = self.own.borrow().get(name) {
            bytes.clone()
        } else if is_absent_font(name) {
            return OpenResult::NotAvailable;
        } else if !inside(name) && !is_font(name) {
            self.refused.push(name.to_owned());
            return OpenResult::NotAvailable;
        } else {
            let path = if inside(name) { self.trees.find(name) } else { Some(name.into()) };
            let Some(path) = path else { return OpenResult::NotAvailable };
            match std::fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return OpenResult::NotAvailable,
                Err(error) => return OpenResult::Err(error.into()),
            }
        };
        self.handle(name, bytes)
    }

    fn handle(&self, name: &str, bytes: Vec<u8>) -> OpenResult<InputHandle> {
        OpenResult::Ok(InputHandle::new_read_only(name, Cursor::new(bytes), InputOrigin::Other))
    }
}

/// Tells whether a name stays within the document's own folder.
fn inside(name: &str) -> bool {
    !name.starts_with(['|', '~', '\\'])
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Tells whether a path leads to a font file in a directory of system fonts.
fn is_font(name: &str) -> bool {
    let Ok(path) = Path::new(name).canonicalize() else { return false };
    let font = path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
    let font = font.is_some_and(|end| ["otf", "ttf", "ttc", "pfb", "pfa", "afm"].contains(&end.as_str()));
    font && Path::new(name).is_absolute() && FONT_FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// Tells whether a path names nothing in a directory of system fonts: the engines look for
/// resource forks and metrics next to a font.
fn is_absent_font(name: &str) -> bool {
    let path = Path::new(name);
    let direct = !path.components().any(|part| part == Component::ParentDir);
    direct && FONT_FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.exists()
}

impl IoProvider for Files<'_> {
    fn output_open_name(&mut self, name: &str) -> OpenResult<OutputHandle> {
        let name = plain(name);
        if !inside(name) {
            self.refused.push(name.to_owned());
            return OpenResult::NotAvailable;
        }
        let bytes = Shared::default();
        self.outputs.insert(name.to_owned(), bytes.clone());
        OpenResult::Ok(OutputHandle::new(name, Memory { bytes, written: self.written.clone() }))
    }

    fn output_open_stdout(&mut self) -> OpenResult<OutputHandle> {
        OpenResult::Ok(OutputHandle::new("", io::sink()))
    }

    fn input_open_name(&mut self, name: &str, _: &mut dyn StatusBackend) -> OpenResult<InputHandle> {
        self.read(name)
    }

    fn input_open_primary(&mut self, _: &mut dyn StatusBackend) -> OpenResult<InputHandle> {
        match &self.primary {
            Primary::Whole(text) => self.handle("", text.clone()),
            Primary::Waiting(turn) => {
                let text = Turn::text(turn);
                OpenResult::Ok(InputHandle::new_read_only("", text, InputOrigin::Other))
            }
        }
    }

    fn input_open_format(&mut self, name: &str, _: &mut dyn StatusBackend) -> OpenResult<InputHandle> {
        if name == FORMAT { self.handle(name, self.format.clone()) } else { OpenResult::NotAvailable }
    }
}

impl DriverHooks for Files<'_> {
    fn io(&mut self) -> &mut dyn IoProvider {
        self
    }
}

/// An output in memory.
struct Memory {
    bytes: Shared,
    written: Rc<Cell<usize>>,
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let total = self.written.get().saturating_add(bytes.len());
        if total > OUTPUT_LIMIT {
            return Err(io::Error::other("the document writes more than 512 MiB"));
        }
        self.written.set(total);
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_inside() {
        for name in ["a.tex", "figures/a.pdf", "./a"] {
            assert!(inside(name), "{name}");
        }
        for name in ["/etc/passwd", "../a", "a/../../b", "|ls", "~/a", "/usr/share/fonts/../../../etc/passwd"]
        {
            assert!(!inside(name) && !is_font(name), "{name}");
        }
    }
}
