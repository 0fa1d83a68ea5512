//! Places in a text, for people.

/// Returns the line and the column in this line of the character behind a text, both from 1, in characters.
pub fn behind(before: &str) -> (usize, usize) {
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn lines_and_columns_count_characters() {
        assert_eq!(behind(""), (1, 1));
        assert_eq!(behind("éa"), (1, 3));
        assert_eq!(behind("a\né"), (2, 2));
        assert_eq!(behind("a\n\n"), (3, 1));
    }
}
