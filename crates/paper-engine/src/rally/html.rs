//! The board as a page, and as a part of other pages.

use std::fmt::Write;

use super::board::{Board, CriterionState, GateState, Status, WaveState};
use super::graph::dependency_graph;
use super::markdown::waits;
use crate::output::escape_html;

const STYLE: &str = include_str!("assets/board.css");

/// Writes the board as a page that stands alone.
#[must_use]
pub fn board_html(title: &str, board: &Board) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Ledger: {title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main class=\"rally\">\n<h1>Ledger of the plan</h1>\n\
         <p>Of <cite>{title}</cite>.</p>\n{}</main>\n</body>\n</html>\n",
        body(board),
        title = escape_html(title),
    )
}

/// Writes what stands on the page: totals, the graph, and the phases from headings of the second level on.
fn body(board: &Board) -> String {
    let mut out = format!("<p class=\"rally-totals\">{} waves: {}.", board.waves.len(), board.totals());
    if let Some(tests) = &board.tests {
        let _ = write!(out, " {}", escape_html(tests));
    }
    out.push_str("</p>\n<ul class=\"rally-legend\">\n");
    for status in Status::ALL {
        let _ = writeln!(out, "<li>{}</li>", badge(status));
    }
    let _ = write!(
        out,
        "</ul>\n<div class=\"rally-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Dependencies of waves\">\n{}</div>\n",
        dependency_graph(board)
    );
    for gate in &board.gates {
        push_phase(&mut out, board, gate);
    }
    out
}

fn push_phase(out: &mut String, board: &Board, gate: &GateState) {
    let _ = write!(out, "<section>\n<h2>Phase {}: {}</h2>\n", gate.id, escape_html(&gate.title));
    for wave in board.waves_of(gate.id) {
        push_wave(out, wave);
    }
    let open = if gate.status == Status::Done { "" } else { " open" };
    let _ = write!(
        out,
        "<details class=\"rally-gate\"{open}>\n<summary><strong>Gate</strong> {}</summary>\n<p>{}</p>\n",
        badge(gate.status),
        escape_html(&gate.question)
    );
    push_criteria(out, &gate.criteria);
    out.push_str("</details>\n</section>\n");
}

fn push_wave(out: &mut String, wave: &WaveState) {
    let held = wave.criteria.iter().filter(|one| Status::of_state(one.state) == Status::Done).count();
    let open = if matches!(wave.status, Status::Open | Status::Waiting) { " open" } else { "" };
    let _ = write!(
        out,
        "<details id=\"wave-{id}\"{open}>\n<summary><span class=\"rally-id\">{id}</span> <strong>{}</strong> {} \
         <span class=\"rally-count\">{held} of {}</span></summary>\n",
        escape_html(&wave.title),
        badge(wave.status),
        wave.criteria.len(),
        id = wave.id,
    );
    push_criteria(out, &wave.criteria);
    let _ = write!(out, "<p class=\"rally-output\">Delivers <code>{}</code>", escape_html(&wave.output));
    if !wave.after.is_empty() {
        let after: Vec<String> =
            wave.after.iter().map(|id| format!("<a href=\"#wave-{id}\">{id}</a>")).collect();
        let _ = write!(out, ", builds on {}", after.join(", "));
    }
    if !wave.blocked_by.is_empty() {
        let _ = write!(out, ", of which {} not done", waits(wave));
    }
    out.push_str(".</p>\n</details>\n");
}

fn push_criteria(out: &mut String, criteria: &[CriterionState]) {
    out.push_str("<ul>\n");
    for one in criteria {
        let status = Status::of_state(one.state);
        let _ = writeln!(
            out,
            "<li>{} {}<br><span class=\"rally-found\">{}</span></li>",
            badge(status),
            escape_html(&one.text),
            escape_html(&one.found)
        );
    }
    out.push_str("</ul>\n");
}

/// Returns a status as a sign and a word.
fn badge(status: Status) -> String {
    let class = status.word().replace(' ', "-");
    format!(
        "<span class=\"rally-status rally-{class}\"><span aria-hidden=\"true\">{}</span> {}</span>",
        status.sign(),
        status.words()
    )
}
