//! The board as Markdown.

use std::fmt::Write;

use super::board::{Board, Status, WaveState};

/// Writes the board: totals, the graph, and each phase with its waves and its gate.
#[must_use]
pub fn board_markdown(title: &str, board: &Board) -> String {
    let mut out =
        format!("# Ledger of the plan\n\nOf *{title}*. {} waves: {}.", board.waves.len(), board.totals());
    if let Some(tests) = &board.tests {
        let _ = write!(out, " {tests}");
    }
    out.push_str("\n\n![Waves by phase, each with its status, and what each builds on](graph.svg)\n");
    for gate in &board.gates {
        let _ = write!(out, "\n## Phase {}: {}\n\n", gate.id, gate.title);
        out.push_str("| wave | title | status | criteria | waits for |\n| ---: | --- | --- | ---: | --- |\n");
        for wave in board.waves_of(gate.id) {
            let held = wave.criteria.iter().filter(|one| Status::of_state(one.state) == Status::Done).count();
            let _ = writeln!(
                out,
                "| {} | {} | {} {} | {held} of {} | {} |",
                wave.id,
                cell(&wave.title),
                wave.status.sign(),
                wave.status.words(),
                wave.criteria.len(),
                waits(wave),
            );
        }
        let _ =
            write!(out, "\n**Gate: {} {}.** {}\n\n", gate.status.sign(), gate.status.words(), gate.question);
        for one in &gate.criteria {
            let status = Status::of_state(one.state);
            let _ = writeln!(out, "- {} {} ({}: {})", status.sign(), one.text, status.words(), one.found);
        }
        let unfinished = board.waves_of(gate.id).filter(|wave| wave.status != Status::Done);
        for wave in unfinished {
            let _ = write!(out, "\n### Wave {}: {}\n\n", wave.id, wave.title);
            for one in wave.criteria.iter().filter(|one| Status::of_state(one.state) != Status::Done) {
                let status = Status::of_state(one.state);
                let _ = writeln!(out, "- {} {} ({}: {})", status.sign(), one.text, status.words(), one.found);
            }
        }
    }
    out
}

/// Returns the waves that one waits for, in words.
pub(super) fn waits(wave: &WaveState) -> String {
    wave.blocked_by.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
