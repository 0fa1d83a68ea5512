//! The board for a terminal.

use std::fmt::Write;

use super::board::{Board, CriterionState, GateState, Status, WaveState};
use super::markdown::waits;

/// The most columns that lines take, however wide the terminal.
const WIDEST: usize = 120;

/// Writes all waves, each with the reasons why it is not done.
#[must_use]
pub fn status_text(board: &Board, width: usize, colour: bool) -> String {
    let width = width.clamp(40, WIDEST);
    let mut out = String::new();
    for gate in &board.gates {
        let _ = writeln!(out, "{}", bold(&format!("Phase {}: {}", gate.id, gate.title), colour));
        for wave in board.waves_of(gate.id) {
            push_wave(&mut out, wave, width, colour);
        }
        let words = format!("gate {}", gate.status.words());
        let _ = writeln!(out, "  {}  {}\n", sign(gate.status, colour), painted(gate.status, &words, colour));
    }
    push_wrapped(&mut out, &format!("{} waves: {}.", board.waves.len(), board.totals()), "", width);
    if let Some(tests) = &board.tests {
        push_wrapped(&mut out, tests, "", width);
    }
    out
}

/// Writes one gate: its question, what is missing, and what holds.
#[must_use]
pub fn gate_text(board: &Board, gate: &GateState, width: usize, colour: bool) -> String {
    let width = width.clamp(40, WIDEST);
    let mut out = format!("{}\n", bold(&format!("Gate of phase {}: {}", gate.id, gate.title), colour));
    push_wrapped(&mut out, &gate.question, "", width);
    out.push('\n');
    for criterion in &gate.criteria {
        push_criterion(&mut out, criterion, "  ", width, colour);
    }
    let missing: Vec<&WaveState> =
        board.waves_of(gate.id).filter(|wave| wave.status != Status::Done).collect();
    if missing.is_empty() {
        let _ = writeln!(out, "  {} all waves of the phase are done", sign(Status::Done, colour));
    }
    for wave in missing {
        push_wave(&mut out, wave, width, colour);
    }
    let passed = if gate.status == Status::Done { "passed" } else { "not passed" };
    let _ = writeln!(out, "\n{}", painted(gate.status, &format!("The gate is {passed}."), colour));
    out
}

/// One line for a wave, then one for each criterion that does not hold.
fn push_wave(out: &mut String, wave: &WaveState, width: usize, colour: bool) {
    let held = wave.criteria.iter().filter(|one| Status::of_state(one.state) == Status::Done).count();
    let count = format!("{held}/{}", wave.criteria.len());
    let word = if wave.status == Status::Done { "" } else { wave.status.words() };
    let room = width.saturating_sub(3 + 3 + 4 + 2 + 6 + 24);
    let title = shortened(&wave.title, room.max(16));
    let pad = room.max(16).saturating_sub(title.chars().count());
    let line = format!("{:>2}  {title}{:pad$}  {count:>5}  ", wave.id, "");
    let line = format!("  {}  {line}{}", sign(wave.status, colour), painted(wave.status, word, colour));
    let _ = writeln!(out, "{}", line.trim_end());
    for criterion in wave.criteria.iter().filter(|one| Status::of_state(one.state) != Status::Done) {
        push_criterion(out, criterion, "         ", width, colour);
    }
    if wave.status != Status::Done && !wave.blocked_by.is_empty() {
        push_wrapped(out, &format!("builds on {}, not done", waits(wave)), "         ", width);
    }
}

fn push_criterion(out: &mut String, criterion: &CriterionState, indent: &str, width: usize, colour: bool) {
    let status = Status::of_state(criterion.state);
    let start = out.len();
    let inner = format!("{indent}  ");
    push_wrapped(out, &format!("{} {}", status.sign(), criterion.text), indent, width);
    if colour {
        let plain = out.split_off(start);
        out.push_str(&plain.replacen(status.sign(), &sign(status, true), 1));
    }
    push_wrapped(out, &criterion.found, &inner, width);
}

/// Words in lines of a width, each behind the indent; a word that is longer stands alone.
fn push_wrapped(out: &mut String, text: &str, indent: &str, width: usize) {
    let room = width.saturating_sub(indent.chars().count()).max(20);
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{indent}{line}");
    }
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

fn sign(status: Status, colour: bool) -> String {
    painted(status, status.sign(), colour)
}

fn painted(status: Status, text: &str, colour: bool) -> String {
    let code = match status {
        Status::Done => "32",
        Status::TestsApart => "36",
        Status::Waiting => "33",
        Status::Open => "31",
    };
    if colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}
