//! Tables as comma-separated values.

use super::Table;

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
