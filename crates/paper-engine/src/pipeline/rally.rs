//! The ledger of the plan as a stage: its evidence gathered from a session, and its files.

use std::collections::BTreeMap;

use super::inputs::Inputs;
use super::session::Session;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::manuscript::Document;
use crate::rally::{self, Board, Evidence, Tests};

/// Decides every criterion of the plan on what was made; nothing where there is no plan, or not every
/// edition.
///
/// # Errors
/// Those of the stages that it reads.
pub fn board(
    session: &Session,
    outputs: &BTreeMap<String, Vec<u8>>,
    warnings: &Diagnostics,
    ignored: &[(Diagnostic, String)],
    tests: &Tests,
) -> Result<Option<Board>, Diagnostics> {
    let (inputs, facts, documents) = (session.inputs()?, session.facts()?, session.documents()?);
    let Some(plan) = &inputs.plan else { return Ok(None) };
    if documents.len() != inputs.paper.editions.len() {
        return Ok(None);
    }
    let review = session.review()?;
    let editions: Vec<(&str, &Document)> =
        documents.iter().map(|(edition, document)| (edition.name.as_str(), *document)).collect();
    let short = &inputs.paper.short;
    let pdfs: Vec<(String, String)> =
        documents.iter().map(|(edition, _)| (edition.name.clone(), edition.file(short, "pdf"))).collect();
    session.stage("rally", || {
        let board = rally::board(&Evidence {
            root: &session.options().root,
            plan,
            facts,
            claims: inputs.model.claims(),
            editions: &editions,
            checks: &review.checks,
            clarity: review.clarity.as_ref(),
            baseline: inputs.baseline.as_ref(),
            outputs,
            pdfs: &pdfs,
            warnings,
            ignored,
            tests,
            signatures: &inputs.signatures,
        });
        Ok((Some(board), false))
    })
}

/// Returns the board as files, by path below `build/`.
pub fn files(inputs: &Inputs, board: &Board) -> BTreeMap<String, Vec<u8>> {
    let title = &inputs.paper.title;
    BTreeMap::from([
        ("rally/board.md".to_owned(), rally::board_markdown(title, board).into_bytes()),
        ("rally/board.html".to_owned(), rally::board_html(title, board).into_bytes()),
        ("rally/graph.svg".to_owned(), rally::dependency_graph(board).into_bytes()),
    ])
}
