//! A document as the engines know it: its files by their names, and the text of its main file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Makes a missing file an error with its name: TeX would ask the terminal for another one.
/// It stands before the first line of the main file, without a newline, so that lines keep
/// their numbers.
const PRELUDE: &[u8] =
    b"\\makeatletter\\def\\@missingfileerror#1#2{\\errmessage{File `#1.#2' not found}}\\makeatother ";

/// The document's own files by name, which a worker that stands by exchanges while TeX runs.
pub type Own = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

/// Gives files the names by which the engines ask for them.
pub fn own(files: BTreeMap<String, Vec<u8>>) -> Own {
    let named = files.into_iter().map(|(name, bytes)| (plain(&name).to_owned(), bytes));
    Rc::new(RefCell::new(named.collect()))
}

/// Strips the quotes and the leading `./` of a name.
pub fn plain(name: &str) -> &str {
    let name = name.trim_matches('"');
    name.strip_prefix("./").unwrap_or(name)
}

/// Returns the text of the main file as the engines read it.
pub fn primary(source: &[u8]) -> Vec<u8> {
    [PRELUDE, source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source)].concat()
}
