//! Where two files first differ.

/// Characters shown of a line around the place where it differs.
const SHOWN: usize = 60;

/// Says where two files first differ: the line of a text, the byte of anything else.
pub fn first_difference(before: &[u8], now: &[u8]) -> String {
    if let (Ok(before), Ok(now)) = (std::str::from_utf8(before), std::str::from_utf8(now)) {
        let (mut old, mut new) = (before.lines(), now.lines());
        let mut line = 0;
        loop {
            line += 1;
            match (old.next(), new.next()) {
                (None, None) => return "the end of the last line differs".to_owned(),
                (a, b) if a == b => {}
                (Some(a), Some(b)) => {
                    let (a, b) = excerpts(a, b);
                    return format!("line {line} is `{a}` in the bundle and `{b}` now");
                }
                (Some(_), None) => return format!("it ends before line {line} now"),
                (None, Some(_)) => return format!("it goes on behind line {} now", line - 1),
            }
        }
    }
    let same = before.iter().zip(now).take_while(|(a, b)| a == b).count();
    format!("byte {same} of {} is the first that differs; {} bytes now", before.len(), now.len())
}

/// Returns both lines around the first character that differs.
fn excerpts(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(SHOWN / 3);
    let cut = |line: &str| {
        let part: String = line.chars().skip(from).take(SHOWN).collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if line.chars().count() > from + SHOWN { "…" } else { "" };
        format!("{before}{part}{after}")
    };
    (cut(a), cut(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[u8], now: &[u8], expected: &str) {
        assert_eq!(first_difference(before, now), expected);
    }

    #[test]
    fn the_first_difference_is_a_line_of_a_text_and_a_byte_of_anything_else() {
        check(b"a\nb\nc\n", b"a\nx\nc\n", "line 2 is `b` in the bundle and `x` now");
        check(b"a\nb\n", b"a\n", "it ends before line 2 now");
        check(b"a\n", b"a\nb\n", "it goes on behind line 1 now");
        check(b"a\n", b"a", "the end of the last line differs");
        check(b"\xff\x00\x01", b"\xff\x00\x02\x03", "byte 2 of 3 is the first that differs; 4 bytes now");
        let long = "x".repeat(100);
        let (before, now) = (format!("{long}1{long}"), format!("{long}2{long}"));
        let said = first_difference(before.as_bytes(), now.as_bytes());
        assert!(said.contains("`…xxxxxxxxxxxxxxxxxxxx1xxx") && said.contains("…` now"), "{said}");
    }
}
