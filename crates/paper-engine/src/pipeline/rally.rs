//! The ledger of the plan: its evidence gathered from a finished build, its files, and signatures.

use std::collections::BTreeMap;

use super::paper::Edition;
use super::stages::{Inputs, Rendered};
use super::{Options, Progress, Review, build_with, write_atomically};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::manuscript::Document;
use crate::rally::{
    self, Board, Evidence, Plan, RALLY_FILE, SIGNED_FILE, Signature, Signatures, Target, Tests,
};

/// Decides every criterion of the plan on a finished build; nothing where there is no plan, or not every edition.
pub fn board(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    resolved: &[(&Edition, Document)],
    review: &Review,
    rendered: &Rendered,
    tests: &Tests,
) -> Option<Board> {
    let plan = inputs.plan.as_ref()?;
    if resolved.len() != inputs.paper.editions.len() {
        return None;
    }
    let editions: Vec<(&str, &Document)> =
        resolved.iter().map(|(edition, document)| (edition.name.as_str(), document)).collect();
    let short = &inputs.paper.short;
    let pdfs: Vec<(String, String)> =
        resolved.iter().map(|(edition, _)| (edition.name.clone(), edition.file(short, "pdf"))).collect();
    Some(rally::board(&Evidence {
        root: &options.root,
        plan,
        facts,
        claims: inputs.model.claims(),
        structural: &inputs.structural,
        bibliography: &inputs.paper.bibliography,
        editions: &editions,
        checks: &review.checks,
        clarity: review.clarity.as_ref(),
        baseline: inputs.baseline.as_ref(),
        outputs: &rendered.files,
        pdfs: &pdfs,
        warnings: &rendered.warnings,
        tests,
        signatures: &inputs.signatures,
    }))
}

/// The board as files, by path below `build/`.
pub fn files(inputs: &Inputs, board: &Board) -> BTreeMap<String, Vec<u8>> {
    let title = &inputs.paper.title;
    BTreeMap::from([
        ("rally/board.md".to_owned(), rally::board_markdown(title, board).into_bytes()),
        ("rally/board.html".to_owned(), rally::board_html(title, board).into_bytes()),
        ("rally/graph.svg".to_owned(), rally::dependency_graph(board).into_bytes()),
    ])
}

/// Builds the paper in memory and decides every criterion of its plan; nothing below `build/` but the cache changes.
///
/// # Errors
/// Every error that authors can mend, located; among them that the paper has no plan.
pub fn ledger(options: &Options, tests: &Tests, progress: Progress<'_>) -> Result<Board, Diagnostics> {
    plan(options)?;
    build_with(options, tests, progress)?.board.ok_or_else(no_plan)
}

/// The plan of a paper.
///
/// # Errors
/// A plan that cannot be read, or none, located.
pub fn plan(options: &Options) -> Result<Plan, Diagnostics> {
    super::require_paper(&options.root)?;
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
    let text = serde_saphyr::to_string(&signatures).map_err(super::stages::internal)?;
    write_atomically(&options.root.join(SIGNED_FILE), text.as_bytes()).map_err(|error| {
        Diagnostic::new(Location::file(SIGNED_FILE), format!("{SIGNED_FILE} cannot be written: {error}"))
    })?;
    Ok(signature)
}
