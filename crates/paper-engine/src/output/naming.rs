//! How running text names a labelled thing: `Fig. 1`, `Figure 1` where a sentence begins, `Figs. 1 and 2`.

use crate::language::Language;
use crate::manuscript::{LabelKind, Naming};

/// Returns the word before the number of a labelled thing; none where only the number stands.
pub(super) fn word(
    kind: LabelKind,
    number: &str,
    naming: Naming,
    language: Language,
) -> Option<&'static str> {
    let words = language.words();
    let is_full = matches!(naming, Naming::Full | Naming::FullPlural);
    let noun = match kind {
        // Appendices are numbered by letters.
        LabelKind::Section if number.starts_with(char::is_alphabetic) => words.appendix,
        LabelKind::Section => words.section,
        LabelKind::Figure if is_full => words.figure,
        LabelKind::Figure => words.figure_short,
        LabelKind::Table => words.table,
        LabelKind::Equation if is_full => words.equation,
        LabelKind::Equation => words.equation_short,
        LabelKind::Footnote if is_full => words.note_reference,
        LabelKind::Footnote => words.note_reference_within,
        LabelKind::Statement(kind) => kind.noun(words),
    };
    match naming {
        Naming::Number => None,
        Naming::Short | Naming::Full => Some(noun.one),
        Naming::ShortPlural | Naming::FullPlural => Some(noun.many),
    }
}

/// Returns the number of a labelled thing as running text shows it.
pub(super) fn shown(kind: LabelKind, number: &str) -> String {
    if kind == LabelKind::Equation { format!("({number})") } else { number.to_owned() }
}

/// Returns how running text names a labelled thing.
pub(super) fn text(kind: LabelKind, number: &str, naming: Naming, language: Language) -> String {
    let shown = shown(kind, number);
    word(kind, number, naming, language).map_or_else(|| shown.clone(), |word| format!("{word}\u{a0}{shown}"))
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
            assert_eq!(text(kind, number, naming, Language::English), expected);
        }
        for (kind, number, naming, expected) in [
            (LabelKind::Figure, "1", Naming::Short, "Abb.\u{a0}1"),
            (LabelKind::Figure, "1", Naming::ShortPlural, "Abb.\u{a0}1"),
            (LabelKind::Figure, "1", Naming::Full, "Abbildung\u{a0}1"),
            (LabelKind::Figure, "1", Naming::FullPlural, "Abbildungen\u{a0}1"),
            (LabelKind::Equation, "2", Naming::ShortPlural, "Gln.\u{a0}(2)"),
            (LabelKind::Section, "A", Naming::FullPlural, "Anhänge\u{a0}A"),
            (corollary, "4", Naming::ShortPlural, "Korollare\u{a0}4"),
        ] {
            assert_eq!(text(kind, number, naming, Language::German), expected);
        }
    }
}
