//! Text as HTML.

/// Text with everything escaped that HTML gives a meaning, in content and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    // The bytes of other characters of ASCII, and the first one of a space that may not break a line.
    let is_special = |byte: u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'\0' | 0xc2);
    while let Some(at) = rest.bytes().position(is_special) {
        let (before, special) = rest.split_at(at);
        escaped.push_str(before);
        let mut behind = special.chars();
        match behind.next() {
            Some('&') => escaped.push_str("&amp;"),
            Some('<') => escaped.push_str("&lt;"),
            Some('>') => escaped.push_str("&gt;"),
            Some('"') => escaped.push_str("&quot;"),
            Some('\'') => escaped.push_str("&#39;"),
            Some('\u{a0}') => escaped.push_str("&nbsp;"),
            Some('\0') | None => {}
            Some(other) => escaped.push(other),
        }
        rest = behind.as_str();
    }
    escaped + rest
}
