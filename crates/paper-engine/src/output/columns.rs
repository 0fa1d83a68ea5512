//! What all formats need to know about a table's columns.

use crate::language::Language;
use crate::table::{Alignment, Table};

/// Decimals that every cell of a column lacks to be as long as the longest, by row: the digits
/// missing behind the decimal sign and whether the sign is missing too.
pub(super) fn decimal_gaps(table: &Table, column: usize, language: Language) -> Vec<Option<(bool, usize)>> {
    let decimal = table.columns.get(column).is_some_and(|c| c.alignment == Alignment::Decimal);
    let places: Vec<Option<usize>> = table
        .rows
        .iter()
        .map(|row| row.get(column).filter(|_| decimal).and_then(|cell| decimals(&cell.text, language)))
        .collect();
    let longest = places.iter().flatten().max().copied().unwrap_or(0);
    places
        .iter()
        .map(|places| places.filter(|&p| p < longest).map(|places| (places == 0, longest - places)))
        .collect()
}

/// Digits behind the decimal sign of a cell that is one number, perhaps with a unit.
fn decimals(text: &str, language: Language) -> Option<usize> {
    let text = text.trim_start_matches(['-', '\u{2212}', '+', '~', '≈', '<', '>', ' ']);
    let end = text.find(|c: char| !c.is_ascii_digit() && !".,\u{202f}".contains(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    if number.is_empty() || rest.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(number.rsplit_once(language.decimal_sign()).map_or(0, |(_, fraction)| fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_reach_the_longest_fraction() {
        let table = super::super::sample::table();
        assert_eq!(decimal_gaps(&table, 0, Language::English), vec![None, None]);
        assert_eq!(decimal_gaps(&table, 1, Language::English), vec![Some((true, 2)), None]);
        assert_eq!(decimals("1.25–2.5", Language::English), None);
        assert_eq!(decimals("1,024.5×", Language::English), Some(1));
        assert_eq!(decimals("1\u{202f}024,25×", Language::German), Some(2));
    }
}
