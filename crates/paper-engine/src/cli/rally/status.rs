//! `phext-paper rally status`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::super::{JsonArguments, Outcome, print};
use super::{LedgerArguments, colour, criteria, width};
use crate::rally::{Board, Status, status_text};
use crate::study::Study;

/// Options of `rally status`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    ledger: LedgerArguments,
    #[command(flatten)]
    json: JsonArguments,
    /// Exit 1 when a wave is open
    #[arg(long)]
    strict: bool,
}

/// Prints the board: exit 0, 1 on errors in the paper, and with `--strict` 1 when a wave is open.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let (_, board) = arguments.ledger.board(study)?;
    if arguments.json.json {
        print(&format!("{:#}", json(&board)));
    } else {
        print(status_text(&board, width(), colour()).trim_end());
    }
    let is_open = arguments.strict && board.count(Status::Open) > 0;
    Ok(ExitCode::from(u8::from(is_open)))
}

fn json(board: &Board) -> Value {
    let waves = board.waves.iter().map(|wave| {
        json!({
            "id": wave.id, "title": wave.title, "phase": wave.phase, "status": wave.status.word(),
            "output": wave.output, "after": wave.after, "blocked_by": wave.blocked_by,
            "criteria": criteria(&wave.criteria),
        })
    });
    let gates = board.gates.iter().map(|gate| {
        json!({
            "phase": gate.id, "title": gate.title, "question": gate.question, "status": gate.status.word(),
            "criteria": criteria(&gate.criteria),
        })
    });
    json!({"waves": waves.collect::<Vec<_>>(), "gates": gates.collect::<Vec<_>>()})
}
