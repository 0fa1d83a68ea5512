//! Files of columns (Parquet, Arrow) and queries in SQL: both come with the feature `sql`. A program without it says so
//! where they are asked for.

#[cfg(not(feature = "sql"))]
mod absent;
#[cfg(feature = "sql")]
mod columns;
#[cfg(feature = "sql")]
mod query;

use std::path::{Path, PathBuf};

#[cfg(not(feature = "sql"))]
pub use absent::{answer, read, sources};
#[cfg(feature = "sql")]
pub use columns::read;
#[cfg(feature = "sql")]
pub use query::{answer, sources};

use super::frame::Frame;
use crate::diagnostic::Location;

/// How a file of columns is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columnar {
    /// Parquet.
    Parquet,
    /// Arrow: files and streams of its interprocess format, as Feather has it.
    Arrow,
}

/// What a query reads by the name of a source.
#[derive(Clone, Copy, Debug)]
pub enum Table<'t> {
    /// Rows that were read.
    Rows(&'t Frame),
    /// Files of columns, which keep their types.
    Columns {
        /// The folder of the paper.
        root: &'t Path,
        /// The files below it.
        files: &'t [PathBuf],
        /// How they are written.
        columnar: Columnar,
    },
}

/// A query as an author writes it.
#[derive(Clone, Debug)]
pub struct Query<'q> {
    /// The SQL.
    pub sql: &'q str,
    /// Where it stands.
    pub at: Location,
}
