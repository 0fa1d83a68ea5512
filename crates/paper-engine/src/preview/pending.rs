//! Marks of what a page shows of earlier inputs while it is computed anew.

use crate::pipeline::Pending;

/// What the page says before everything else.
const NOTE: &str = "Being computed anew:";
/// The start of a number, as the page is written.
const NUMBER: &str = "<data class=\"fact\"";
/// The start of the name in what a number says of itself.
const TITLE: &str = " title=\"";
/// The start of a number's entry in the ledger, with its name behind it.
const ENTRY: &str = "<div id=\"fact-";
/// What the parts of a page begin with that may rest on any number.
const PARTS: [&str; 2] = ["<main", "<figure"];

/// Returns a page with every number marked that is of earlier inputs, and whatever else may rest on one:
/// drawings, tables, and by a note formulas and verdicts. Where there is no such number, the note is hidden.
pub fn marked(page: &str, pending: &Pending) -> String {
    if pending.experiments.is_empty() {
        return noted(page.to_owned(), pending);
    }
    let page = PARTS.iter().fold(page.to_owned(), |page, part| {
        page.replace(&format!("{part} "), &format!("{part} aria-busy=\"true\" "))
            .replace(&format!("{part}>"), &format!("{part} aria-busy=\"true\">"))
    });
    noted(entries(&numbers(&page, pending), pending), pending)
}

/// Puts the note before the text. It stands there always, so that sections keep their places where a page is patched.
fn noted(page: String, pending: &Pending) -> String {
    match page.find("<main").and_then(|main| Some(main + page[main..].find('>')? + 1)) {
        Some(start) => format!("{}{}{}", &page[..start], note(pending), &page[start..]),
        None => page,
    }
}

/// Marks the numbers.
fn numbers(page: &str, pending: &Pending) -> String {
    let mut parts = page.split(NUMBER);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(NUMBER);
        let tag = part.split('>').next().unwrap_or_default();
        let name = tag.split_once(TITLE).and_then(|(_, title)| title.split_once(": "));
        if name.is_some_and(|(name, _)| pending.facts.contains(name)) {
            out.push_str(" aria-busy=\"true\"");
        }
        out.push_str(part);
    }
    out
}

/// Marks the entries of the ledger.
fn entries(page: &str, pending: &Pending) -> String {
    let mut parts = page.split(ENTRY);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split('"').next().unwrap_or_default();
        let mark = if pending.facts.contains(name) { " aria-busy=\"true\"" } else { "" };
        out.push_str(&ENTRY.replacen(' ', &format!("{mark} "), 1));
        out.push_str(part);
    }
    out
}

/// Returns what is computed, as a section, which is patched like those of the text.
pub fn note(pending: &Pending) -> String {
    if pending.experiments.is_empty() {
        return "<section id=\"preview-pending\" role=\"status\" hidden></section>".to_owned();
    }
    format!(
        "<section id=\"preview-pending\" role=\"status\"><p>{NOTE} {}. Until then the numbers marked like \
         <data aria-busy=\"true\">this</data>, and drawings, formulas and verdicts that rest on them, are those of \
         before.</p></section>",
        pending.experiments.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<main id=\"text\"><section><p>In <a><data class=\"fact\" value=\"1\" title=\"queue.wait: computed; \
                        unit: s\">1</data></a> and <data class=\"fact\" value=\"2\" title=\"queue.wait_long: computed\">2\
                        </data></p><figure id=\"fig:a\"><svg></svg></figure>\
                        <div id=\"fact-queue.wait\"></div><div id=\"fact-queue.wait_long\"></div></section></main>";

    fn pending(facts: &[&str]) -> Pending {
        let facts = facts.iter().map(|&fact| fact.to_owned()).collect();
        Pending { experiments: vec!["hall".to_owned()], facts }
    }

    #[test]
    fn earlier_numbers_and_drawings_are_marked_and_no_others() {
        let page = marked(PAGE, &pending(&["queue.wait"]));
        let busy = "<data class=\"fact\" aria-busy=\"true\" value=\"1\"";
        assert!(page.contains(busy) && page.contains("<data class=\"fact\" value=\"2\""), "{page}");
        assert!(page.contains("<figure aria-busy=\"true\" id=\"fig:a\">"), "{page}");
        assert!(
            page.starts_with("<main aria-busy=\"true\" id=\"text\"><section id=\"preview-pending\""),
            "{page}"
        );
        assert!(page.contains("<div aria-busy=\"true\" id=\"fact-queue.wait\">"), "{page}");
        assert!(page.contains("<div id=\"fact-queue.wait_long\">"), "{page}");
        assert!(page.contains("Being computed anew: hall."), "{page}");
    }

    #[test]
    fn a_page_of_today_has_the_note_hidden_and_no_marks() {
        let page = marked(PAGE, &Pending::default());
        let hidden = note(&Pending::default());
        assert_eq!(page.replacen(&hidden, "", 1), PAGE);
        assert!(
            page.starts_with(&format!("<main id=\"text\">{hidden}")) && hidden.contains(" hidden>"),
            "{page}"
        );
    }
}
