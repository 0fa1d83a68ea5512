//! Files of fields between delimiters (RFC 4180, and the same with tabs or semicolons).

use csv::{ReaderBuilder, StringRecord};

/// Reads such a file and hands over each line that holds a field: the line on which it begins, and its fields.
///
/// # Errors
/// The byte at which a quote stands that ends or begins no field, and what is wrong with it.
pub fn each_record(
    text: &str,
    delimiter: u8,
    mut each: impl FnMut(usize, &StringRecord),
) -> Result<(), (usize, String)> {
    let mut builder = ReaderBuilder::new();
    let mut reader =
        builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut record, mut end, mut line) = (StringRecord::new(), 0, 1);
    loop {
        let is_there = reader.read_record(&mut record).map_err(|error| (end, error.to_string()))?;
        let start = end;
        end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        let written = &text[start..end];
        if !is_there {
            return Ok(());
        }
        // The ends of the line before, and empty lines, stand before a record.
        let before = written.len() - written.trim_start_matches(['\r', '\n']).len();
        let begun = line + written[..before].matches('\n').count();
        line += written.matches('\n').count();
        if written.contains('"') {
            let wrong = check_quotes(&written[before..], char::from(delimiter), &record);
            wrong.map_err(|(at, message)| (start + before + at, message))?;
        }
        // An empty line holds no field.
        if record.len() > 1 || record.iter().any(|field| !field.trim().is_empty()) {
            each(begun, &record);
        }
    }
}

/// Returns the byte at which a field begins, of the record that begins on a line.
pub fn field_at(text: &str, delimiter: u8, line: usize, field: usize) -> Option<usize> {
    let start = byte_of_line(text, line)?;
    let (mut is_quoted, mut left) = (false, field);
    for (at, byte) in text[start..].bytes().enumerate() {
        if left == 0 {
            return Some(start + at);
        }
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return None,
            _ if byte == delimiter && !is_quoted => left -= 1,
            _ => {}
        }
    }
    (left == 0).then_some(text.len())
}

/// Returns the byte at which a line begins.
pub fn byte_of_line(text: &str, line: usize) -> Option<usize> {
    match line.checked_sub(2) {
        None => Some(0),
        Some(before) => text.match_indices('\n').nth(before).map(|(at, _)| at + 1),
    }
}

/// Finds the quotes of a record that the reader takes as they come: those inside a field, and one that is not
/// closed.
fn check_quotes(written: &str, delimiter: char, fields: &StringRecord) -> Result<(), (usize, String)> {
    let mut at = 0;
    for field in fields {
        let rest = &written[at..];
        let is_quoted = rest.starts_with('"');
        let expected =
            if is_quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() };
        let is_end = |after: &str| after.is_empty() || after.starts_with([delimiter, '\r', '\n']);
        let is_as_read =
            rest.strip_prefix(&expected).is_some_and(is_end) && (is_quoted || !field.contains('"'));
        if !is_as_read {
            let is_open = is_quoted && rest.replace("\"\"", "").matches('"').count() == 1;
            if is_open {
                return Err((at, "a quote is not closed".to_owned()));
            }
            let inside = rest.char_indices().zip(expected.chars().chain([delimiter]));
            let parts = inside.take_while(|((_, one), other)| one == other).count();
            let quote = match is_quoted {
                true => rest.char_indices().nth(parts).map_or(0, |(byte, _)| byte),
                false => rest.find('"').unwrap_or(0),
            };
            return Err((at + quote, "a quote stands inside a field".to_owned()));
        }
        at += expected.len() + 1;
        at = at.min(written.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Records = Vec<(usize, Vec<String>)>;

    fn records(text: &str, delimiter: u8) -> Result<Records, (usize, String)> {
        let mut found = Vec::new();
        let mut keep =
            |line, record: &StringRecord| found.push((line, record.iter().map(str::to_owned).collect()));
        each_record(text, delimiter, &mut keep)?;
        Ok(found)
    }

    #[test]
    fn a_field_begins_behind_its_delimiters() {
        let text = "a,b,c\n\"x, \"\"y\"\"\n2\",3,\n4,5,6";
        for (line, field, expected) in [
            (1, 0, Some("a,")),
            (1, 2, Some("c\n")),
            (2, 1, Some("3,")),
            (2, 2, Some("\n4")),
            (2, 3, None),
            (4, 2, Some("6")),
        ] {
            let found = field_at(text, b',', line, field).map(|at| &text[at..(at + 2).min(text.len())]);
            assert_eq!(found, expected, "{line}, {field}");
        }
        assert_eq!(field_at("a,", b',', 1, 1), Some(2));
        assert_eq!(field_at("a", b',', 7, 0), None);
    }

    #[test]
    fn values_are_read_as_rfc_4180_writes_them() {
        let read = records("a,b\r\n\"x, \"\"y\"\"\n2\",3\n\n,\nlast,4", b',').unwrap();
        let expected =
            [(1, vec!["a", "b"]), (2, vec!["x, \"y\"\n2", "3"]), (5, vec!["", ""]), (6, vec!["last", "4"])];
        let expected = expected.map(|(line, fields)| (line, fields.into_iter().map(str::to_owned).collect()));
        assert_eq!(read, Vec::from(expected));
        assert_eq!(records("a\r\nc,\"b\r\nc", b','), Err((5, "a quote is not closed".to_owned())));
        for (wrong, at) in [("a \"b\"", 2), ("\"a\"b", 2), ("\"a\" \"b\"", 2), ("x\ny,é\"b,\"\"", 6)] {
            assert_eq!(
                records(wrong, b','),
                Err((at, "a quote stands inside a field".to_owned())),
                "{wrong}"
            );
        }
        for (right, field) in [("\"\"", ""), ("\"a\"\"\"", "a\""), ("\"\"\"a\"", "\"a"), ("\",\"", ",")] {
            let text = format!("{right},b\n");
            assert_eq!(
                records(&text, b','),
                Ok(vec![(1, vec![field.to_owned(), "b".to_owned()])]),
                "{right}"
            );
        }
        assert_eq!(records("", b','), Ok(Vec::new()));
        assert_eq!(records("a\t\"b\tc\"\n", b'\t'), Ok(vec![(1, vec!["a".to_owned(), "b\tc".to_owned()])]));
    }
}
