//! Tables as Markdown and as comma-separated values.

use super::{Alignment, Table};

/// Returns a pipe table with its notes.
pub fn markdown(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let cell = |text: &str| text.replace('|', "\\|");
    let mut text = line(table.columns.iter().map(|column| cell(&column.header)).collect());
    let rule = table.columns.iter().map(|column| match column.alignment {
        Alignment::Left => "---".to_owned(),
        Alignment::Decimal => "---:".to_owned(),
    });
    text.push_str(&line(rule.collect()));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(|one| cell(&one.text)).collect()));
    }
    for note in &table.notes {
        text.push_str(&format!("\n{note}\n"));
    }
    text
}

/// Comma-separated values (RFC 4180) with a header line.
pub fn csv(table: &Table) -> String {
    let field = |text: &str| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let header = table.columns.iter().map(|column| field(&column.header)).collect::<Vec<_>>();
    let rows = table.rows.iter().map(|row| row.iter().map(|cell| field(&cell.text)).collect::<Vec<_>>());
    std::iter::once(header).chain(rows).map(|fields| fields.join(",") + "\r\n").collect()
}
