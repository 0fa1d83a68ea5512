//! A page as a frame and the sections in it, so that a browser gets only what changed.

use std::ops::Range;

use serde::Serialize;

/// The most bytes of changed sections that are sent with an event; a browser fetches more than that itself.
const MOST: usize = 512 * 1024;

/// A section of the text that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PagePart {
    /// Its place among the children of the page's `main`, from 0.
    pub index: usize,
    /// Its HTML.
    pub html: String,
}

/// Returns the sections that differ between two pages; `None` where anything else differs as well.
pub fn changed(old: &str, new: &str) -> Option<Vec<PagePart>> {
    let (before, after) = (sections(old)?, sections(new)?);
    if before.len() != after.len() {
        return None;
    }
    let (mut at_old, mut at_new) = (0, 0);
    let mut parts = Vec::new();
    let mut bytes = 0;
    for (index, (before, after)) in before.into_iter().zip(after).enumerate() {
        if old[at_old..before.start] != new[at_new..after.start] {
            return None;
        }
        (at_old, at_new) = (before.end, after.end);
        if old[before] != new[after.clone()] {
            bytes += after.len();
            parts.push(PagePart { index, html: new[after].to_owned() });
        }
    }
    (old[at_old..] == new[at_new..] && bytes <= MOST).then_some(parts)
}

/// Returns the sections right below `main`; `None` where it holds anything else.
fn sections(page: &str) -> Option<Vec<Range<usize>>> {
    let main = page.find("<main")?;
    let start = main + page[main..].find('>')? + 1;
    let end = page.rfind("</main>")?;
    let mut sections = Vec::new();
    let mut at = start;
    loop {
        let next = at + page.get(at..end)?.find(|c: char| !c.is_whitespace()).unwrap_or(end - at);
        if next == end {
            return Some(sections);
        }
        let close = close_of_section(page, next, end)?;
        sections.push(next..close);
        at = close;
    }
}

/// Returns the end of the section that begins at `start`.
fn close_of_section(page: &str, start: usize, end: usize) -> Option<usize> {
    const OPEN: &str = "<section";
    const CLOSE: &str = "</section>";
    let mut depth = 0_usize;
    let mut at = start;
    if !page[at..end].starts_with(OPEN) {
        return None;
    }
    // Text is escaped, so that a tag is never part of it.
    while let Some(offset) = page[at..end].find("section") {
        let word = at + offset;
        if page[..word].ends_with('<') {
            depth += 1;
        } else if page[..word].ends_with("</") && page[word - 2..end].starts_with(CLOSE) {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(word - 2 + CLOSE.len());
            }
        }
        at = word + "section".len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<nav></nav><main id=\"text\">\n<section class=\"a\"><p>the section</p>\n<section></section>\n\
                        </section>\n<section><p>two</p></section>\n</main>\n";

    #[test]
    fn only_the_section_that_changed_is_sent() {
        let new = PAGE.replace("two", "three");
        let part = PagePart { index: 1, html: "<section><p>three</p></section>".to_owned() };
        assert_eq!(changed(PAGE, &new), Some(vec![part]));
        assert_eq!(changed(PAGE, PAGE), Some(Vec::new()));
    }

    #[test]
    fn a_page_whose_frame_or_number_of_sections_changed_is_fetched_whole() {
        for new in [
            PAGE.replace("<nav>", "<nav>x"),
            PAGE.replace("</main>", "<section></section></main>"),
            PAGE.replace("</main>", "<p>no section</p></main>"),
            PAGE.replace("</section>\n<section><p>two", "<section><p>two"),
            PAGE.replace("</main>", ""),
            String::new(),
        ] {
            assert_eq!(changed(PAGE, &new), None, "{new}");
        }
    }
}
