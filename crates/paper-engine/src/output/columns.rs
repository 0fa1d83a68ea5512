//! What all formats need to know about a table's columns.

use crate::table::{Alignment, Table};

/// Decimals that every cell of a column lacks to be as long as the longest, by row: the digits
/// missing behind the point and whether the point is missing too.
pub(super) fn decimal_gaps(table: &Table, column: usize) -> Vec<Option<(bool, usize)>> {
    let decimal = table.columns.get(column).is_some_and(|c| c.alignment == Alignment::Decimal);
    let places: Vec<Option<usize>> = table
        .rows
        .iter()
        .map(|row| row.get(column).filter(|_| decimal).and_then(|cell| decimals(&cell.text)))
        .collect();
    let longest = places.iter().flatten().max().copied().unwrap_or(0);
    places
        .iter()
        .map(|places| places.filter(|&p| p < longest).map(|places| (places == 0, longest - places)))
        .collect()
}

/// Digits behind the decimal point of a cell that is one number, perhaps with a unit.
fn decimals(text: &str) -> Option<usize> {
    let text = text.trim_start_matches(['-', '\u{2212}', '+', '~', '≈', '<', '>', ' ']);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    if number.is_empty() || rest.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(number.rsplit_once('.').map_or(0, |(_, fraction)| fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_reach_the_longest_fraction() {
        let table = super::super::sample::table();
        assert_eq!(decimal_gaps(&table, 0), vec![None, None]);
        assert_eq!(decimal_gaps(&table, 1), vec![Some((true, 2)), None]);
        assert_eq!(decimals("1.25–2.5"), None);
        assert_eq!(decimals("1,024.5×"), Some(1));
    }
}
