//! Text as TeX: nothing the author writes as text is ever a command.

use unicode_normalization::char::decompose_canonical;

/// Where text goes; decides what may break and which ligatures exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Running text.
    Text,
    /// Verbatim text inside a line, breakable behind punctuation.
    Code,
    /// Verbatim text on its own line: spaces keep their width.
    Listing,
}

/// The last letter of Latin Extended-A, up to which the fonts of both engines have every letter.
const LAST_LETTER: char = '\u{17f}';

/// Accents by their combining characters, with their commands, and whether they stand below a letter.
const ACCENTS: [(char, &str, bool); 16] = [
    ('\u{300}', "\\`", false),
    ('\u{301}', "\\'", false),
    ('\u{302}', "\\^", false),
    ('\u{303}', "\\~", false),
    ('\u{304}', "\\=", false),
    ('\u{306}', "\\u", false),
    ('\u{307}', "\\.", false),
    ('\u{308}', "\\\"", false),
    ('\u{30a}', "\\r", false),
    ('\u{30b}', "\\H", false),
    ('\u{30c}', "\\v", false),
    ('\u{323}', "\\d", true),
    ('\u{326}', "\\textcommabelow", true),
    ('\u{327}', "\\c", true),
    ('\u{328}', "\\k", true),
    ('\u{331}', "\\b", true),
];

/// Returns the TeX that shows exactly this text.
pub(super) fn escape(text: &str, setting: Setting) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    for character in text.chars() {
        if character == previous && "-,<>'".contains(character) {
            out.push_str("{}");
        }
        push(&mut out, character, setting);
        if setting == Setting::Code && "/._-:,=|()".contains(character) {
            out.push_str("\\allowbreak{}");
        }
        previous = character;
    }
    out
}

fn push(out: &mut String, character: char, setting: Setting) {
    let verbatim = setting != Setting::Text;
    let replacement = match character {
        '\\' => "\\textbackslash{}",
        '{' => "\\{",
        '}' => "\\}",
        '$' => "\\$",
        '&' => "\\&",
        '#' => "\\#",
        '%' => "\\%",
        '_' => "\\_",
        '^' => "\\textasciicircum{}",
        '~' => "\\textasciitilde{}",
        '`' => "\\textasciigrave{}",
        '"' => "\\textquotedbl{}",
        '\'' if verbatim => "\\textquotesingle{}",
        '|' => "\\textbar{}",
        ' ' | '\t' if setting == Setting::Listing => "~",
        '\n' | '\r' | '\t' => " ",
        '\u{a0}' | '\u{202f}' => "~",
        '\u{2009}' => "\\,",
        '\u{ad}' => "\\-",
        '\u{2011}' => "\\mbox{-}",
        '\u{200b}' => "\\allowbreak{}",
        '–' => {
            if verbatim {
                "\\textendash{}"
            } else {
                "--"
            }
        }
        '—' => {
            if verbatim {
                "\\textemdash{}"
            } else {
                "---"
            }
        }
        '“' => "\\textquotedblleft{}",
        '”' => "\\textquotedblright{}",
        '„' => "\\quotedblbase{}",
        '‚' => "\\quotesinglbase{}",
        '‹' => "\\guilsinglleft{}",
        '›' => "\\guilsinglright{}",
        '‘' => "\\textquoteleft{}",
        '’' => "\\textquoteright{}",
        '…' => "\\textellipsis{}",
        '•' => "\\textbullet{}",
        '§' => "\\textsection{}",
        '©' => "\\textcopyright{}",
        '°' => "\\textdegree{}",
        'µ' | 'μ' => "\\textmu{}",
        '€' => "\\texteuro{}",
        '†' => "\\textdagger{}",
        '‡' => "\\textdaggerdbl{}",
        '²' => "\\textsuperscript{2}",
        '³' => "\\textsuperscript{3}",
        '¹' => "\\textsuperscript{1}",
        '™' => "\\texttrademark{}",
        '‰' => "\\textperthousand{}",
        // Neither engine's fonts have the boxes of tasks.
        '☐' => "{\\fboxsep=0pt\\fbox{\\rule{0pt}{1.3ex}\\hspace{1.3ex}}}",
        '☒' => {
            "{\\fboxsep=0pt\\fbox{\\rule{0pt}{1.3ex}\\makebox[1.3ex]{\\ensuremath{\\scriptstyle\\times}}}}"
        }
        other => match symbol(other) {
            Some(command) => {
                out.push_str("\\ensuremath{");
                out.push_str(command);
                out.push('}');
                return;
            }
            None if other.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&other) => return,
            None => {
                match accented(other) {
                    Some(tex) => out.push_str(&tex),
                    None => out.push(other),
                }
                return;
            }
        },
    };
    out.push_str(replacement);
}

/// Returns a letter that pdfTeX composes of a letter and its accents; the other engine has it in its fonts.
fn accented(letter: char) -> Option<String> {
    if letter <= LAST_LETTER {
        return None;
    }
    let mut parts = Vec::new();
    decompose_canonical(letter, |part| parts.push(part));
    let (base, marks) = parts.split_first().filter(|(base, _)| base.is_ascii_alphabetic())?;
    let commands = marks.iter().map(|mark| {
        ACCENTS
            .iter()
            .find(|(accent, _, _)| accent == mark)
            .map(|(_, command, is_below)| (*command, *is_below))
    });
    let mut commands: Vec<(&str, bool)> = commands.collect::<Option<_>>()?;
    // TeX sets an accent upon a single sign, and a sign below upon anything.
    commands.sort_by_key(|(_, is_below)| *is_below);
    let tex = commands.iter().fold(base.to_string(), |tex, (command, _)| format!("{command}{{{tex}}}"));
    (!commands.is_empty()).then(|| format!("{{\\iftutex {letter}\\else {tex}\\fi}}"))
}

/// Returns the characters that pdfTeX's fonts lack and that no command stands for, each once, with the byte of
/// the first.
pub(super) fn unknown(text: &str) -> Vec<(usize, char)> {
    let kept = |c: &char| {
        let mut out = String::new();
        push(&mut out, *c, Setting::Text);
        out.starts_with(*c)
    };
    let mut found: Vec<(usize, char)> = Vec::new();
    for (byte, c) in text.char_indices().filter(|(_, c)| *c > LAST_LETTER && kept(c)) {
        if found.iter().all(|(_, other)| *other != c) {
            found.push((byte, c));
        }
    }
    found
}

/// Returns the command of a mathematical sign or Greek letter.
fn symbol(character: char) -> Option<&'static str> {
    Some(match character {
        '×' => "\\times",
        '·' | '⋅' => "\\cdot",
        '÷' => "\\div",
        '−' => "-",
        '±' => "\\pm",
        '≤' => "\\le",
        '≥' => "\\ge",
        '≠' => "\\ne",
        '≈' => "\\approx",
        '≡' => "\\equiv",
        '∼' => "\\sim",
        '→' => "\\to",
        '←' => "\\leftarrow",
        '↔' => "\\leftrightarrow",
        '↑' => "\\uparrow",
        '↓' => "\\downarrow",
        '⇒' => "\\Rightarrow",
        '⇔' => "\\Leftrightarrow",
        '↦' => "\\mapsto",
        '∞' => "\\infty",
        '′' => "'",
        '″' => "''",
        '∘' => "\\circ",
        '⋯' => "\\cdots",
        '⟨' => "\\langle",
        '⟩' => "\\rangle",
        '∥' => "\\parallel",
        '∝' => "\\propto",
        '₀' => "_0",
        '₁' => "_1",
        '₂' => "_2",
        '₃' => "_3",
        'ᵢ' => "_i",
        '⁻' => "^-",
        '∈' => "\\in",
        '∉' => "\\notin",
        '⊂' => "\\subset",
        '⊆' => "\\subseteq",
        '∪' => "\\cup",
        '∩' => "\\cap",
        '∅' => "\\emptyset",
        '∀' => "\\forall",
        '∃' => "\\exists",
        '¬' => "\\neg",
        '∧' => "\\wedge",
        '∨' => "\\vee",
        '√' => "\\surd",
        '∑' => "\\sum",
        '∏' => "\\prod",
        '⌈' => "\\lceil",
        '⌉' => "\\rceil",
        '⌊' => "\\lfloor",
        '⌋' => "\\rfloor",
        '⊕' => "\\oplus",
        '⊗' => "\\otimes",
        'α' => "\\alpha",
        'β' => "\\beta",
        'γ' => "\\gamma",
        'δ' => "\\delta",
        'ε' => "\\varepsilon",
        'η' => "\\eta",
        'θ' => "\\theta",
        'κ' => "\\kappa",
        'λ' => "\\lambda",
        'ν' => "\\nu",
        'π' => "\\pi",
        'ρ' => "\\rho",
        'σ' => "\\sigma",
        'τ' => "\\tau",
        'φ' => "\\varphi",
        'χ' => "\\chi",
        'ψ' => "\\psi",
        'ω' => "\\omega",
        'Γ' => "\\Gamma",
        'Δ' => "\\Delta",
        'Θ' => "\\Theta",
        'Λ' => "\\Lambda",
        'Σ' => "\\Sigma",
        'Φ' => "\\Phi",
        'Ψ' => "\\Psi",
        'Ω' => "\\Omega",
        _ => return None,
    })
}

/// Returns a label, key or file name as TeX may read it: letters, digits and `:.-/+`, all else in
/// hexadecimal.
pub(super) fn name(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            c if c.is_ascii_alphanumeric() || ":.-/+".contains(c) => out.push(c),
            c => out.push_str(&format!("={:x}=", u32::from(c))),
        }
    }
    out
}

/// Returns an address as `\url` and `\href` may read it.
pub(super) fn url(text: &str) -> String {
    let mut out = String::new();
    let mut bytes = [0; 4];
    for character in text.chars() {
        match character {
            '%' | '#' | '&' | '_' | '~' => {
                out.push('\\');
                out.push(character);
            }
            c if c.is_ascii_alphanumeric() || "-.:/?=+,;@!*()'$[]".contains(c) && c != '$' => out.push(c),
            c => {
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\%{byte:02X}"));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_yields_no_command() {
        assert_eq!(escape("\\input{x}", Setting::Text), "\\textbackslash{}input\\{x\\}");
        assert_eq!(
            escape("50% & $x_1$ #~^", Setting::Text),
            "50\\% \\& \\$x\\_1\\$ \\#\\textasciitilde{}\\textasciicircum{}"
        );
        assert_eq!(escape("a -- b – c", Setting::Text), "a -{}- b -- c");
        assert_eq!(
            escape("4×4 ≤ 5\u{a0}µs", Setting::Text),
            "4\\ensuremath{\\times}4 \\ensuremath{\\le} 5~\\textmu{}s"
        );
    }

    #[test]
    fn a_character_that_would_be_lost_is_found() {
        assert_eq!(unknown("Élan Łódź 4×4 ≤ α “q” H₂O\u{2009}– „q‘ Nguyễn Șerban"), []);
        assert_eq!(unknown("a 漢字漢"), [(2, '漢'), (5, '字')]);
    }

    #[test]
    fn letters_with_accents_are_composed_where_fonts_lack_them() {
        assert_eq!(escape("ễ", Setting::Text), "{\\iftutex ễ\\else \\~{\\^{e}}\\fi}");
        assert_eq!(escape("ệ", Setting::Text), "{\\iftutex ệ\\else \\d{\\^{e}}\\fi}");
        assert_eq!(escape("ș", Setting::Text), "{\\iftutex ș\\else \\textcommabelow{s}\\fi}");
        // T1 has no hook and no horn.
        assert_eq!(unknown("ủ ư"), [(0, 'ủ'), (4, 'ư')]);
    }

    #[test]
    fn coordinates_break() {
        assert_eq!(escape("1.2/3", Setting::Code), "1.\\allowbreak{}2/\\allowbreak{}3");
    }

    #[test]
    fn names_and_addresses_are_harmless() {
        assert_eq!(name("fig:a_b}"), "fig:a=5f=b=7d=");
        assert_eq!(url("https://a.org/x_y%20}\\z"), "https://a.org/x\\_y\\%20\\%7D\\%5Cz");
    }
}
