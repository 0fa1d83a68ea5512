//! Digests of the Rust code that an item reaches.
//!
//! The build script of a study calls [`write_package`], or [`Study`] where it has several crates. Any other reads the sources, names the types whose
//! constants are of interest, and writes a digest for each:
//!
//! ```
//! # fn main() -> Result<(), code_digest::Error> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let root = folder.path().join("lib.rs");
//! # std::fs::write(&root, "
//! # pub const QUEUE: Experiment = Experiment { id: \"queue\", run };
//! # fn run() -> f64 { RATE / 2.0 }
//! # const RATE: f64 = 3.0;
//! # ").unwrap();
//! let code = code_digest::Code::read(&[("queue", &root)])?;
//! for one in code.constants(&["Experiment"]) {
//!     println!("{} {} {}", one.kind, one.id, one.digest);
//! }
//! # assert_eq!(code.constants(&["Experiment"])[0].id, "queue");
//! # Ok(())
//! # }
//! ```
//!
//! An item reaches every item that its text can name: those of its own module, imported ones, and those
//! behind paths of the crates that were read. A type brings all its `impl` blocks. Names are followed without
//! knowing types, so that a digest may cover more than what runs, and never less, but for these: calls of a
//! trait's method on a type of another crate, code behind `include!`, and other crates, whose versions stand
//! in `Cargo.lock`.

mod build;
mod module;
mod reach;
mod tokens;

use std::path::{Path, PathBuf};

pub use build::{Study, digest, write_package};
pub use module::CodePlace;
use module::Module;

/// The modules of some crates.
pub struct Code {
    modules: Vec<Module>,
}

/// A constant with the digest of the code that it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// The name of its type.
    pub kind: String,
    /// The text of its field `id`.
    pub id: String,
    /// SHA-256 of the code that it reaches, in hexadecimal digits; of its own text, closures and base count.
    pub digest: String,
}

/// Sources that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be opened.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A folder that cannot be walked.
    #[error(transparent)]
    Folder(#[from] walkdir::Error),
    /// What cargo tells every build script.
    #[error("cargo sets no OUT_DIR; call this from a build script")]
    NoBuildScript,
    /// A file that is no Rust.
    #[error("{0}: {1}")]
    Syntax(PathBuf, syn::Error),
}

impl Code {
    /// Reads crates by the names under which others call them, each from its root such as `src/lib.rs`.
    ///
    /// # Errors
    /// Files that are missing or no Rust.
    pub fn read(crates: &[(&str, &Path)]) -> Result<Self, Error> {
        let mut modules = Vec::new();
        for (name, root) in crates {
            module::read(name, root, &mut modules)?;
        }
        Ok(Self { modules })
    }

    /// Returns the constants of some types, in the order of type and id.
    #[must_use]
    pub fn constants(&self, kinds: &[&str]) -> Vec<Constant> {
        reach::constants(&self.modules, kinds)
    }

    /// Returns where the functions and constants of a crate stand, in the order of its modules.
    pub fn places<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c CodePlace> {
        let own =
            self.modules.iter().filter(move |module| module.path.first().is_some_and(|first| first == name));
        own.flat_map(|module| &module.places)
    }
}

/// Returns a digest in hexadecimal digits.
fn hex(digest: sha2::Sha256) -> String {
    use sha2::Digest;
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
