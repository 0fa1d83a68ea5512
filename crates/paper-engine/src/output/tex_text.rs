//! Text as TeX: nothing the author writes as text is ever a command.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

use super::scripts::{self, Script, script};
use crate::figure::fallback::family;

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

/// The last letter of Latin Extended-A, up to which the fonts of both engines have nearly every letter.
const LAST_LETTER: char = '\u{17f}';
/// Letters up to there that one of them lacks and no command stands for.
const LACKED: [char; 5] = ['ĸ', 'ŉ', 'Ŧ', 'ŧ', 'ſ'];

/// Returns the TeX that shows exactly this text.
pub(super) fn escape(text: &str, setting: Setting) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((start, end)) = scripts::from_right(rest) {
        out.push_str(&escape_from_left(&rest[..start], setting));
        scripts::push_from_right(&mut out, &rest[start..end], |plain| escape_from_left(plain, setting));
        rest = &rest[end..];
    }
    out + &escape_from_left(rest, setting)
}

/// Does so for text that runs from left to right.
fn escape_from_left(text: &str, setting: Setting) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    let text = match text.chars().any(is_combining_mark) {
        true => Cow::Owned(text.nfc().collect::<String>()),
        false => Cow::Borrowed(text),
    };
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if let Some(script) = beyond(character, rest.peek().copied()) {
            let mut run = String::from(character);
            while let Some(next) = rest.next_if(|next| in_script(*next) == Some(script)) {
                run.push(next);
            }
            // An accent that no letter is made with stands behind the letter that it is set on.
            if let Some(accent) = rest.peek().and_then(|mark| accent(*mark)) {
                rest.next();
                let base = run.pop().unwrap_or_default();
                run.push_str(&format!("\\{accent}{{{base}}}"));
            }
            scripts::push(&mut out, script, &run);
            previous = ' ';
            continue;
        }
        let mut marks = String::new();
        while let Some(accent) = rest.peek().and_then(|next| accent(*next)) {
            rest.next();
            marks = format!("\\{accent}{{{marks}");
        }
        if !marks.is_empty() {
            out.push_str(&marks);
            push(&mut out, character, setting);
            if marks.starts_with("\\t{")
                && let Some(other) = rest.next()
            {
                push(&mut out, other, setting);
            }
            out.push_str(&"}".repeat(marks.matches('{').count()));
            continue;
        }
        if character == previous && "-,<>'".contains(character) {
            out.push_str("{}");
        }
        // TeX takes spaces side by side for one.
        if setting == Setting::Code && character == ' ' && previous == ' ' {
            out.push('\\');
        }
        push(&mut out, character, setting);
        // The dashes of an option stay with its name.
        let is_of_option = character == '-' && (!previous.is_alphanumeric() || rest.peek() == Some(&'-'));
        if setting == Setting::Code && "/._-:,=|()".contains(character) && !is_of_option {
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
        '\u{a0}' => "~",
        '\u{2009}' | '\u{202f}' => "\\,",
        '\u{ad}' => "\\-",
        '\u{2010}' => "-",
        '\u{2011}' => "\\mbox{-}",
        '\u{200b}' => "\\allowbreak{}",
        // Whether a sign is a picture or not is the font's choice here.
        '\u{fe0e}' | '\u{fe0f}' => "",
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
        'ȷ' => "\\j{}",
        '•' => "\\textbullet{}",
        '·' => "\\textperiodcentered{}",
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
        // Neither engine's fonts have the boxes of tasks and of proofs.
        '☐' | '□' => "{\\fboxsep=0pt\\fbox{\\rule{0pt}{1.3ex}\\hspace{1.3ex}}}",
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

/// Returns the characters that neither a letter of the template's fonts nor a command of TeX stands for, each
/// once, with the byte of the first.
pub(super) fn beyond_latin(text: &str) -> Vec<(usize, char)> {
    let mut found: Vec<(usize, char)> = Vec::new();
    let mut previous = None;
    let mut rest = text.char_indices().peekable();
    while let Some((byte, c)) = rest.next() {
        let composed = previous.and_then(|previous| compose(previous, c));
        let next = rest.peek().map(|(_, next)| *next);
        let is_beyond = composed.is_none()
            && is_after_latin(c)
            && accent(c).is_none()
            && (is_kept(c) || beyond(c, next).is_some());
        if is_beyond && found.iter().all(|(_, other)| *other != c) {
            found.push((byte, c));
        }
        previous = composed.or(Some(c));
    }
    found
}

/// Returns whether no command of TeX stands for a character.
fn is_kept(character: char) -> bool {
    let mut out = String::new();
    push(&mut out, character, Setting::Text);
    out.starts_with(character)
}

/// Tells whether a character is no letter that both engines have.
fn is_after_latin(character: char) -> bool {
    character > LAST_LETTER || LACKED.contains(&character)
}

/// Returns what sets a character of a run that has begun.
fn in_script(character: char) -> Option<Script> {
    let is_other = is_after_latin(character) && accent(character).is_none();
    let script = is_other.then(|| script(character)).flatten()?;
    (script == Script::Greek || is_kept(character)).then_some(script)
}

/// Returns what sets a character beyond Latin before this one; a Greek letter that stands alone is mathematics.
fn beyond(character: char, next: Option<char>) -> Option<Script> {
    let script = in_script(character)?;
    (is_kept(character) || next.and_then(in_script) == Some(script)).then_some(script)
}

/// Returns a letter beyond Latin Extended-A as the accents that both engines set on a plain one.
fn accented(character: char) -> Option<String> {
    if let Some(pdftex) = letter_of_xetex(character) {
        return Some(engines(&character.to_string(), pdftex));
    }
    if character == 'ẞ' {
        return Some(engines(&foreign(character)?, "\\SS{}"));
    }
    if character <= LAST_LETTER {
        return None;
    }
    let mut parts = character.nfd();
    let base = parts.next().filter(char::is_ascii_alphabetic)?;
    let is_below = |mark: &char| ('\u{323}'..='\u{331}').contains(mark);
    let mut marks: Vec<char> = parts.collect();
    if let Some(tex) = vietnamese(character, base, &mut marks) {
        return Some(tex);
    }
    // TeX sets an accent upon a single sign, and a sign below anything.
    marks.sort_by_key(is_below);
    let is_dotless = "ij".contains(base) && marks.first().is_some_and(|mark| !is_below(mark));
    let base = if is_dotless { format!("\\{base}") } else { base.to_string() };
    let tex = marks.iter().try_fold(base, |tex, mark| Some(format!("\\{}{{{tex}}}", accent(*mark)?)))?;
    if marks.is_empty() {
        return None;
    }
    // The fonts of the templates have neither mark to be set below any letter.
    let lacks = marks.iter().any(|mark| matches!(mark, '\u{327}' | '\u{328}'));
    Some(match lacks.then(|| foreign(character)).flatten() {
        Some(xetex) => engines(&xetex, &tex),
        None => tex,
    })
}

/// Returns a letter as XeTeX sets it in an installed family that has it.
fn foreign(letter: char) -> Option<String> {
    let mut out = String::new();
    scripts::push(&mut out, Script::Family(family(letter)?), &letter.to_string());
    Some(out)
}

/// Returns what each engine reads.
fn engines(xetex: &str, pdftex: &str) -> String {
    format!("{{\\ifdefined\\XeTeXversion {xetex}\\else\\leavevmode {pdftex}\\fi}}")
}

/// Returns what makes a letter in pdfTeX that the fonts of XeTeX have and those of pdfTeX lack.
fn letter_of_xetex(character: char) -> Option<&'static str> {
    Some(match character {
        'ħ' => "\\rlap{\\kern-0.02em\\raisebox{0.62ex}{-}}h",
        'Ħ' => "\\rlap{\\kern0.11em\\raisebox{0.7ex}{\\textendash}}H",
        'ŀ' => "l\\kern-0.03em\\textperiodcentered{}\\kern-0.03em{}",
        'Ŀ' => "L\\kern-0.15em\\textperiodcentered{}\\kern-0.03em{}",
        _ => return None,
    })
}

/// Returns a letter with a horn or a hook above, which the fonts of XeTeX have; pdfTeX's have neither, and get
/// them from an apostrophe and from an ogonek that is turned.
fn vietnamese(character: char, base: char, marks: &mut Vec<char>) -> Option<String> {
    let has_horn = marks.contains(&'\u{31b}');
    let has_hook = marks.contains(&'\u{309}');
    if !has_horn && !has_hook {
        return None;
    }
    marks.retain(|mark| !matches!(mark, '\u{31b}' | '\u{309}'));
    let height =
        ["1.6ex", "2.2ex", "2.7ex"][usize::from(base.is_ascii_uppercase()) + usize::from(!marks.is_empty())];
    let letter: String = std::iter::once(base).chain(marks.iter().copied()).nfc().collect();
    let mut tex = match accented(letter.chars().next()?) {
        Some(tex) => tex,
        None => letter,
    };
    if has_hook {
        tex = format!(
            "\\rlap{{\\kern0.1em\\raisebox{{{height}}}{{\\rotatebox[origin=c]{{180}}{{\\char12}}}}}}{tex}"
        );
    }
    if has_horn {
        tex.push_str("\\kern-0.17em\\raisebox{0.1ex}{'}\\kern-0.08em{}");
    }
    Some(engines(&character.to_string(), &tex))
}

/// Returns the TeX accent of a combining mark.
fn accent(mark: char) -> Option<&'static str> {
    Some(match mark {
        '\u{300}' => "`",
        '\u{301}' => "'",
        '\u{302}' => "^",
        '\u{303}' => "~",
        '\u{304}' => "=",
        '\u{306}' => "u",
        '\u{307}' => ".",
        '\u{308}' => "\"",
        '\u{30a}' => "r",
        '\u{30b}' => "H",
        '\u{30c}' => "v",
        '\u{323}' => "d",
        '\u{326}' => "textcommabelow",
        '\u{327}' => "c",
        '\u{328}' => "k",
        '\u{331}' => "b",
        '\u{361}' => "t",
        _ => return None,
    })
}

/// Returns a sign that is typed in a formula as both engines set it there; a letter is what it is.
pub(super) fn sign(character: char) -> Option<String> {
    Some(match character {
        '°' => "{}^{\\circ}".to_owned(),
        'µ' => "\\mu ".to_owned(),
        '½' => "\\tfrac{1}{2}".to_owned(),
        '¼' => "\\tfrac{1}{4}".to_owned(),
        '¾' => "\\tfrac{3}{4}".to_owned(),
        '²' => "^2".to_owned(),
        '³' => "^3".to_owned(),
        '¹' => "^1".to_owned(),
        '…' => "\\ldots ".to_owned(),
        c if c <= LAST_LETTER && c.is_alphabetic() => c.to_string(),
        '\u{2009}' => "\\,".to_owned(),
        '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201e}' | '€' => character.to_string(),
        c => match symbol(c) {
            Some(command) => format!("\\ensuremath{{{command}}}"),
            None => accented(c)?,
        },
    })
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
        '∂' => "\\partial",
        '∫' => "\\int",
        '∆' => "\\Delta",
        '∇' => "\\nabla",
        'ℓ' => "\\ell",
        'ℂ' => "\\mathbb{C}",
        'ℕ' => "\\mathbb{N}",
        'ℙ' => "\\mathbb{P}",
        'ℚ' => "\\mathbb{Q}",
        'ℝ' => "\\mathbb{R}",
        'ℤ' => "\\mathbb{Z}",
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
        'ϑ' => "\\vartheta",
        'ϕ' => "\\phi",
        'ϖ' => "\\varpi",
        'ϱ' => "\\varrho",
        'ϵ' => "\\epsilon",
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

/// Returns an address as `\nolinkurl` may show it.
pub(super) fn address(text: &str) -> String {
    url_with(text, "<>")
}

/// Returns an address as `\url` and `\href` may read it.
pub(super) fn url(text: &str) -> String {
    url_with(text, "")
}

/// Writes an address in which these signs stand for themselves; others go in by their codes.
fn url_with(text: &str, signs: &str) -> String {
    let mut out = String::new();
    let mut bytes = [0; 4];
    for character in text.chars() {
        match character {
            '%' | '#' | '&' | '_' | '~' => {
                out.push('\\');
                out.push(character);
            }
            c if c.is_ascii_alphanumeric() || "-.:/?=+,;@!*()'[]".contains(c) || signs.contains(c) => {
                out.push(c)
            }
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
    fn letters_beyond_the_fonts_are_accents() {
        let text = "Ḥasan, Ștefan, ế, ệ, ǐ, b\u{331}, o\u{361}o ȷ";
        assert_eq!(
            escape(text, Setting::Text),
            "\\d{H}asan, \\textcommabelow{S}tefan, \\'{\\^{e}}, \\d{\\^{e}}, \\v{\\i}, \\b{b}, \\t{oo} \\j{}"
        );
        assert_eq!(beyond_latin(text), []);
        // T1 has no hook and no horn.
        let vietnamese = escape("Hường ủ", Setting::Text);
        assert!(
            vietnamese.starts_with("H{\\ifdefined\\XeTeXversion ư\\else\\leavevmode u\\kern"),
            "{vietnamese}"
        );
        assert!(vietnamese.contains("XeTeXversion ờ\\else\\leavevmode ò\\kern"), "{vietnamese}");
        assert!(vietnamese.contains("\\char12}}}u\\fi}"), "{vietnamese}");
    }

    #[test]
    fn a_character_that_would_be_lost_is_found() {
        assert_eq!(beyond_latin("Élan Łódź 4×4 ≤ α “q” H₂O\u{2009}– „q‘ Nguyễn Șerban ❤\u{fe0f}")[1..], []);
        assert_eq!(beyond_latin("a 漢字漢"), [(2, '漢'), (5, '字')]);
        // A mark that makes a letter with the one before is a part of it.
        assert_eq!(beyond_latin("α\u{342}"), []);
        assert_eq!(beyond_latin("q\u{342}"), [(1, '\u{342}')]);
    }

    #[test]
    fn words_of_other_scripts_are_set_in_their_own_and_letters_alone_are_mathematics() {
        let tex = |text| escape(text, Setting::Text);
        assert_eq!(tex("Ελληνικά, a"), "\\papergreek{Ελληνικά}, a");
        assert_eq!(tex("α, μs and ΔT"), "\\ensuremath{\\alpha}, \\textmu{}s and \\ensuremath{\\Delta}T");
        assert_eq!(tex("ᾧ П. Иванов"), "\\papergreek{ᾧ} \\papercyrillic{П}. \\papercyrillic{Иванов}");
        assert_eq!(
            tex("и\u{306} мо\u{301}й"),
            "\\papercyrillic{й} \\papercyrillic{м\\'{о}}\\papercyrillic{й}"
        );
        assert_eq!(escape("├─ a", Setting::Listing), "\\paperdrawing{├─}~a");
        assert_eq!(escape("λ.λλ", Setting::Code), "\\ensuremath{\\lambda}.\\allowbreak{}\\papergreek{λλ}");
        assert_eq!(tex("❤\u{fe0f}a"), "\\paperforeign{FreeSerif}{❤}a");
    }

    #[test]
    fn signs_typed_in_a_formula_are_commands() {
        assert_eq!(sign('±').as_deref(), Some("\\ensuremath{\\pm}"));
        assert_eq!(sign('½').as_deref(), Some("\\tfrac{1}{2}"));
        assert_eq!(sign('é').as_deref(), Some("é"));
        assert_eq!(sign('ễ').as_deref(), Some("\\~{\\^{e}}"));
        assert_eq!(sign('漢'), None);
    }

    #[test]
    fn coordinates_break() {
        assert_eq!(escape("1.2/3", Setting::Code), "1.\\allowbreak{}2/\\allowbreak{}3");
        assert_eq!(escape("  a   b", Setting::Code), "\\ \\ a \\ \\ b");
    }

    #[test]
    fn names_and_addresses_are_harmless() {
        assert_eq!(name("fig:a_b}"), "fig:a=5f=b=7d=");
        assert_eq!(url("https://a.org/x_y%20}\\z"), "https://a.org/x\\_y\\%20\\%7D\\%5Cz");
    }
}
