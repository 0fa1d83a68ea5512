//! A program that was built without SQL.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Columnar, Query, Table};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::results::frame::{Builder, Frame};

/// Refuses a file of columns.
///
/// # Errors
/// Always: how to get a program that reads it.
pub fn read(_: &mut Builder, _: &Path, file: &Path, columnar: Columnar) -> Result<(), Diagnostics> {
    Err(refused(Location::file(file), &format!("{columnar:?}")))
}

/// Refuses a query.
///
/// # Errors
/// Always: how to get a program that answers it.
pub fn sources(query: &Query<'_>, _: &[&str]) -> Result<Vec<String>, Diagnostics> {
    Err(refused(query.at.clone(), "SQL"))
}

/// Refuses a query.
///
/// # Errors
/// Always: how to get a program that answers it.
pub fn answer(query: &Query<'_>, _: &BTreeMap<&str, Table<'_>>) -> Result<Frame, Diagnostics> {
    Err(refused(query.at.clone(), "SQL"))
}

fn refused(at: Location, what: &str) -> Diagnostics {
    let error = Diagnostic::new(at, format!("this program was built without {what}"));
    error.remedy("build it with the feature `sql`, as `make program SQL=1` does").into()
}
