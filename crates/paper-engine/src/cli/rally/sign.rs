//! `phext-paper rally sign`.

use std::process::ExitCode;

use clap::Args;

use super::super::{Failure, Outcome, print};
use super::LedgerArguments;
use crate::pipeline;
use crate::rally::{SIGNED_FILE, Target};
use crate::study::Study;

/// Options of `rally sign`.
#[derive(Args)]
#[command(
    after_help = "A signature stands in paper/signed.yaml with the digest of what was signed: the files that the
wave delivers, and its criteria. When one of them changes, the wave waits again.

Examples:
  {program} rally sign 40 --by \"A. Name\" --note \"announce on 1 March\"
  {program} rally sign --gate 4 --by \"A. Name\" --note \"approved\""
)]
pub struct Arguments {
    /// Number of the wave
    #[arg(required_unless_present = "gate", conflicts_with = "gate")]
    wave: Option<u32>,
    /// Number of the phase whose gate is signed
    #[arg(long, value_name = "PHASE")]
    gate: Option<u32>,
    /// Who signs
    #[arg(long)]
    by: String,
    /// What they decided
    #[arg(long)]
    note: String,
    #[command(flatten)]
    ledger: LedgerArguments,
}

/// Signs: exit 0 when it is written, 1 while anything else is open, 2 without a name or a note.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let (by, note) = (arguments.by.trim(), arguments.note.trim());
    if by.is_empty() || note.is_empty() {
        return Err(Failure::Usage("a signature needs a name and a note".to_owned()));
    }
    let target = match (arguments.wave, arguments.gate) {
        (Some(wave), _) => Target::Wave(wave),
        (None, Some(gate)) => Target::Gate(gate),
        (None, None) => return Err(Failure::Usage("name a wave, or a gate with --gate".to_owned())),
    };
    let (options, board) = arguments.ledger.board(study)?;
    let signature = pipeline::sign(&options, &board, target, by, note)
        .map_err(|errors| Failure::paper(&options.root, errors))?;
    print(&format!("{target} is signed by {by} in {SIGNED_FILE}: {}", signature.sha256));
    Ok(ExitCode::SUCCESS)
}
