//! `phext-paper rally gate`.

use std::process::ExitCode;

use clap::Args;

use super::super::{Failure, Outcome, print};
use super::{LedgerArguments, colour, width};
use crate::rally::{Status, gate_text};
use crate::study::Study;

/// Options of `rally gate`.
#[derive(Args)]
pub struct Arguments {
    /// Number of the phase
    phase: u32,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Prints what the gate needs: exit 0 when it is passed, 1 when not, 2 when there is no such phase.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let (_, board) = arguments.ledger.board(study)?;
    let Some(gate) = board.gate(arguments.phase) else {
        let known: Vec<String> = board.gates.iter().map(|gate| gate.id.to_string()).collect();
        let message = format!("there is no phase {}; name one of {}", arguments.phase, known.join(", "));
        return Err(Failure::Usage(message));
    };
    print(gate_text(&board, gate, width(), colour()).trim_end());
    Ok(ExitCode::from(u8::from(gate.status != Status::Done)))
}
