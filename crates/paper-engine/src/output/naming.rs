//! How running text names a labelled thing: `Fig. 1`, `Figure 1` where a sentence begins, `Figs. 1 and 2`.

use crate::manuscript::{LabelKind, Naming};

/// Returns the word before the number of a labelled thing; none where only the number stands.
pub(super) fn word(kind: LabelKind, number: &str, naming: Naming) -> Option<String> {
    let is_full = matches!(naming, Naming::Full | Naming::FullPlural);
    let one = match kind {
        // Appendices are numbered by letters.
        LabelKind::Section if number.starts_with(char::is_alphabetic) => "Appendix",
        LabelKind::Section => "Section",
        LabelKind::Figure if is_full => "Figure",
        LabelKind::Figure => "Fig.",
        LabelKind::Table => "Table",
        LabelKind::Equation if is_full => "Equation",
        LabelKind::Equation => "Eq.",
        LabelKind::Footnote if is_full => "Note",
        LabelKind::Footnote => "note",
        LabelKind::Statement(kind) => kind.word(),
    };
    match naming {
        Naming::Number => None,
        Naming::Short | Naming::Full => Some(one.to_owned()),
        Naming::ShortPlural | Naming::FullPlural => Some(plural(one)),
    }
}

fn plural(word: &str) -> String {
    match (word.strip_suffix('.'), word.strip_suffix('y'), word.strip_suffix("ix")) {
        (Some(stem), ..) => format!("{stem}s."),
        (_, Some(stem), _) => format!("{stem}ies"),
        (.., Some(stem)) => format!("{stem}ices"),
        _ => format!("{word}s"),
    }
}

/// Returns the number of a labelled thing as running text shows it.
pub(super) fn shown(kind: LabelKind, number: &str) -> String {
    if kind == LabelKind::Equation { format!("({number})") } else { number.to_owned() }
}

/// Returns how running text names a labelled thing.
pub(super) fn text(kind: LabelKind, number: &str, naming: Naming) -> String {
    let shown = shown(kind, number);
    word(kind, number, naming).map_or_else(|| shown.clone(), |word| format!("{word}\u{a0}{shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manuscript::StatementKind;

    #[test]
    fn words_have_their_plurals() {
        let corollary = LabelKind::Statement(StatementKind::Corollary);
        for (kind, number, naming, expected) in [
            (LabelKind::Figure, "1", Naming::Short, "Fig.\u{a0}1"),
            (LabelKind::Figure, "1", Naming::ShortPlural, "Figs.\u{a0}1"),
            (LabelKind::Figure, "1", Naming::FullPlural, "Figures\u{a0}1"),
            (LabelKind::Figure, "1", Naming::Number, "1"),
            (LabelKind::Equation, "2", Naming::Full, "Equation\u{a0}(2)"),
            (LabelKind::Equation, "2", Naming::ShortPlural, "Eqs.\u{a0}(2)"),
            (LabelKind::Section, "3.1", Naming::ShortPlural, "Sections\u{a0}3.1"),
            (LabelKind::Section, "A", Naming::FullPlural, "Appendices\u{a0}A"),
            (LabelKind::Footnote, "3", Naming::Short, "note\u{a0}3"),
            (LabelKind::Footnote, "3", Naming::FullPlural, "Notes\u{a0}3"),
            (corollary, "4", Naming::ShortPlural, "Corollaries\u{a0}4"),
        ] {
            assert_eq!(text(kind, number, naming), expected);
        }
    }
}
