//! What stands in braces behind a picture or a listing: `{#fig:name width=60% alt="what is seen"}`.

/// Returns each name with its value, in order; a label is a name that begins with `#`.
///
/// # Errors
/// A quotation mark that is not closed.
pub(super) fn attributes(text: &str) -> Result<Vec<(&str, Option<&str>)>, String> {
    let mut read = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let quoted = rest.find("=\"").filter(|at| !rest[..*at].contains(char::is_whitespace));
        rest = if let Some(at) = quoted {
            let inside = &rest[at + 2..];
            let end = inside.find('"').ok_or_else(|| "a quotation mark is not closed".to_owned())?;
            read.push((&rest[..at], Some(&inside[..end])));
            inside[end + 1..].trim_start()
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            read.push(word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value))));
            after.trim_start()
        };
    }
    Ok(read)
}
