//! Text as HTML.

/// Text with everything escaped that HTML gives a meaning, in content and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{a0}' => escaped.push_str("&nbsp;"),
            '\0' => {}
            other => escaped.push(other),
        }
    }
    escaped
}
