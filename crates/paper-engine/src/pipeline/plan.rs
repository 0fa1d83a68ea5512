//! The plan of a paper: its ledger decided on a finished build, and signatures.

use super::build::build_with;
use super::context::{Options, Progress};
use super::inputs::{internal, require_paper};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::rally::{Board, Plan, RALLY_FILE, SIGNED_FILE, Signature, Signatures, Target, Tests};
use crate::source::write_atomically;

/// Builds the paper in memory and decides every criterion of its plan; nothing below `build/` but the cache
/// changes.
///
/// # Errors
/// Every error that authors can mend, located; among them that the paper has no plan.
pub fn ledger(options: &Options, tests: &Tests, progress: Progress) -> Result<Board, Diagnostics> {
    plan(options)?;
    build_with(options, tests, progress)?.board.ok_or_else(no_plan)
}

/// Returns the plan of a paper.
///
/// # Errors
/// A plan that cannot be read, or none, located.
pub fn plan(options: &Options) -> Result<Plan, Diagnostics> {
    require_paper(&options.root)?;
    Plan::read(&options.root)?.ok_or_else(no_plan)
}

fn no_plan() -> Diagnostics {
    let error = Diagnostic::new(Location::file(RALLY_FILE), format!("{RALLY_FILE} does not exist"));
    error.remedy("write the plan of this paper there; the module `rally` describes it").into()
}

/// Appends a signature of a target that lacks nothing else.
///
/// # Errors
/// What stands against signing, one error each, or a file that cannot be written.
pub fn sign(
    options: &Options,
    board: &Board,
    target: Target,
    by: &str,
    note: &str,
) -> Result<Signature, Diagnostics> {
    let plan = plan(options)?;
    let sha256 = board.signable(&plan, target).map_err(|obstacles| {
        let error = |message: String| Diagnostic::new(Location::file(RALLY_FILE), message);
        Diagnostics(obstacles.into_iter().map(error).collect())
    })?;
    let signature = Signature { target, by: by.to_owned(), note: note.to_owned(), sha256 };
    let mut signatures = Signatures::read(&options.root)?;
    signatures.0.push(signature.clone());
    let text = serde_saphyr::to_string(&signatures).map_err(internal)?;
    write_atomically(&options.root.join(SIGNED_FILE), text.as_bytes()).map_err(|error| {
        Diagnostic::new(Location::file(SIGNED_FILE), format!("{SIGNED_FILE} cannot be written: {error}"))
    })?;
    Ok(signature)
}
