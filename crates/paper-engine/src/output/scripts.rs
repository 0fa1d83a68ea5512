//! Text beyond Latin in TeX: which characters both engines set, which only XeTeX, and with what.
//!
//! XeTeX takes them from installed fonts. pdfTeX has Greek in the encoding LGR, Cyrillic in T2A, and draws the
//! lines of diagrams with the package `pmboxdraw`; what stands in none of them no archive can hold.

use std::collections::BTreeSet;
use std::fmt::Write;

use unicode_normalization::char::is_combining_mark;

use crate::figure::fallback;
use crate::manuscript::closing_brace;

/// What sets a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Both engines, as Greek.
    Greek,
    /// Both engines, as Cyrillic.
    Cyrillic,
    /// Both engines, as a part of a drawing in signs.
    Drawing,
    /// XeTeX alone, with this family.
    Family(&'static str),
}

/// Greek characters of text for which LGR has a name, first and last of each stretch.
const GREEK: [(char, char); 26] = [
    ('\u{374}', '\u{375}'),
    ('\u{37a}', '\u{37a}'),
    ('\u{37e}', '\u{37e}'),
    ('\u{384}', '\u{38a}'),
    ('\u{38c}', '\u{38c}'),
    ('\u{38e}', '\u{3a1}'),
    ('\u{3a3}', '\u{3ce}'),
    ('\u{3d8}', '\u{3dd}'),
    ('\u{3df}', '\u{3e1}'),
    ('\u{1f00}', '\u{1f15}'),
    ('\u{1f18}', '\u{1f1d}'),
    ('\u{1f20}', '\u{1f45}'),
    ('\u{1f48}', '\u{1f4d}'),
    ('\u{1f50}', '\u{1f57}'),
    ('\u{1f59}', '\u{1f59}'),
    ('\u{1f5b}', '\u{1f5b}'),
    ('\u{1f5d}', '\u{1f5d}'),
    ('\u{1f5f}', '\u{1f7d}'),
    ('\u{1f80}', '\u{1fb4}'),
    ('\u{1fb6}', '\u{1fc4}'),
    ('\u{1fc6}', '\u{1fd3}'),
    ('\u{1fd6}', '\u{1fdb}'),
    ('\u{1fdd}', '\u{1fef}'),
    ('\u{1ff2}', '\u{1ff4}'),
    ('\u{1ff6}', '\u{1ffe}'),
    ('\u{2126}', '\u{2126}'),
];

/// The same for Cyrillic and T2A.
const CYRILLIC: [(char, char); 13] = [
    ('\u{400}', '\u{45f}'),
    ('\u{490}', '\u{493}'),
    ('\u{496}', '\u{49d}'),
    ('\u{4a0}', '\u{4a5}'),
    ('\u{4aa}', '\u{4ab}'),
    ('\u{4ae}', '\u{4b3}'),
    ('\u{4b6}', '\u{4bb}'),
    ('\u{4c0}', '\u{4c2}'),
    ('\u{4d0}', '\u{4df}'),
    ('\u{4e2}', '\u{4e9}'),
    ('\u{4ec}', '\u{4f5}'),
    ('\u{4f8}', '\u{4f9}'),
    ('\u{2116}', '\u{2116}'),
];

/// The same for lines and blocks and `pmboxdraw`.
const DRAWING: [(char, char); 5] = [
    ('\u{2500}', '\u{2503}'),
    ('\u{250c}', '\u{2524}'),
    ('\u{252c}', '\u{254b}'),
    ('\u{2550}', '\u{256c}'),
    ('\u{2574}', '\u{259f}'),
];

/// Returns what sets a character that neither a sign of TeX nor an accent stands for.
pub(super) fn script(character: char) -> Option<Script> {
    let is_in = |stretches: &[(char, char)]| {
        stretches.iter().any(|(first, last)| (*first..=*last).contains(&character))
    };
    if is_in(&GREEK) {
        Some(Script::Greek)
    } else if is_in(&CYRILLIC) {
        Some(Script::Cyrillic)
    } else if is_in(&DRAWING) {
        Some(Script::Drawing)
    } else if is_right_to_left(character) && !is_hebrew(character) && !is_arabic(character) {
        None
    } else if ('\u{2500}'..='\u{259f}').contains(&character) && fallback::is_common(character, true) {
        Some(Script::Family("FreeMono"))
    } else {
        fallback::family(character).map(Script::Family)
    }
}

/// Tells whether the PDF of the build has a font for a character.
pub(super) fn is_set(character: char, monospaced: bool) -> bool {
    match script(character) {
        Some(Script::Greek | Script::Cyrillic) => fallback::is_common(character, monospaced),
        Some(Script::Drawing) => fallback::is_common(character, true),
        Some(Script::Family(_)) => true,
        None => false,
    }
}

/// Tells whether pdfTeX has a character too.
pub(super) fn is_in_archive(character: char) -> bool {
    matches!(script(character), Some(Script::Greek | Script::Cyrillic | Script::Drawing))
}

/// Tells whether a character belongs to a text that runs from right to left (UAX #9, classes R and AL).
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn is_hebrew(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}')
}

fn is_arabic(character: char) -> bool {
    matches!(character,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}')
}

/// Returns where the first part of a text that runs from right to left begins and ends: Hebrew and Arabic, and what
/// stands between their letters, numbers and brackets around them among it (UAX #9, rules N0 to N2 in a paragraph from
/// left to right).
pub(super) fn from_right(text: &str) -> Option<(usize, usize)> {
    let is_own = |c: char| is_hebrew(c) || is_arabic(c);
    let start = text.find(is_own)?;
    let (mut end, mut open) = (start, 0);
    for (byte, c) in text[start..].char_indices() {
        let after = start + byte + c.len_utf8();
        match c {
            '(' | '[' => open += 1,
            // It closes a bracket before the text, with which it stays.
            ')' | ']' if open == 0 => break,
            ')' | ']' => {
                open -= 1;
                end = if end == start + byte { after } else { end };
            }
            c if is_own(c) || c.is_ascii_digit() || is_combining_mark(c) => end = after,
            c if c == ' ' || c.is_ascii_punctuation() || "–—“”‘’…\u{a0}".contains(c) => {}
            _ => break,
        }
    }
    Some((start, end))
}

/// Adds text that runs from right to left to TeX; `plain` is how the rest of it is written.
pub(super) fn push_from_right(out: &mut String, text: &str, plain: impl Fn(&str) -> String) {
    let kind = |c: char| {
        // Numbers run from left to right, also those in digits of Arabic.
        let is_digit = c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}');
        let family = match script(c) {
            Some(Script::Family(family)) if is_arabic(c) => Some(format!("{family}:Arabic")),
            Some(Script::Family(family)) if is_hebrew(c) => Some(format!("{family}:Hebrew")),
            _ => None,
        };
        (is_digit, family)
    };
    out.push_str(FROM_RIGHT);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let of_first = kind(first);
        // Marks stand in the font of the letter before them.
        let is_other = |c: char| kind(c) != of_first && !(of_first.1.is_some() && is_combining_mark(c));
        let (run, after) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        let _ = match of_first {
            (true, None) => write!(out, "\\beginL {run}\\endL{{}}"),
            (true, Some(family)) => write!(out, "\\beginL {FAMILY}{family}}}{{{run}}}\\endL{{}}"),
            (false, Some(family)) => write!(out, "{FAMILY}{family}}}{{{run}}}"),
            (false, None) => write!(out, "{}", plain(run)),
        };
        rest = after;
    }
    out.push('}');
}

/// Says what an author can do who needs a character that no font has.
pub(super) fn remedy(character: char) -> &'static str {
    match character {
        c if is_right_to_left(c) => {
            "install a font that has it, such as the package fonts-freefont-otf for Hebrew and Arabic, or write it in \
             Latin letters"
        }
        '\u{370}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}' | '\u{2500}'..='\u{259f}' => {
            "install the package fonts-freefont-otf, as scripts/bootstrap does"
        }
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{323af}' => "install the package fonts-noto-cjk, or write it in Latin letters",
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => {
            "write it in words or as a formula between dollar signs, or install the package fonts-symbola"
        }
        _ => "install a font that has it, such as the package fonts-noto-core, or write it in Latin letters",
    }
}

/// Adds characters of one script to TeX.
pub(super) fn push(out: &mut String, script: Script, text: &str) {
    let _ = match script {
        Script::Greek => write!(out, "\\papergreek{{{text}}}"),
        Script::Cyrillic => write!(out, "\\papercyrillic{{{text}}}"),
        Script::Drawing => write!(out, "\\paperdrawing{{{text}}}"),
        Script::Family(family) => write!(out, "{FAMILY}{family}}}{{{text}}}"),
    };
}

const FAMILY: &str = "\\paperforeign{";
/// Begins text that runs from right to left.
const FROM_RIGHT: &str = "\\paperfromright{";

/// Returns TeX with the characters of scripts in it as they are, for places that know no fonts.
pub(super) fn bare(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    let commands = ["\\papergreek{", "\\papercyrillic{", "\\paperdrawing{", FAMILY, FROM_RIGHT];
    while let Some((at, command)) = commands.iter().filter_map(|name| Some((rest.find(name)?, *name))).min() {
        out.push_str(&rest[..at]);
        rest = &rest[at + command.len()..];
        if command == FAMILY {
            rest = rest.split_once("}{").map_or("", |(_, text)| text);
        }
        let end = closing_brace(rest).unwrap_or(rest.len());
        match command == FROM_RIGHT {
            true => out.push_str(&bare(&rest[..end]).replace("\\beginL ", "").replace("\\endL{}", "")),
            false => out.push_str(&rest[..end]),
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    out + rest
}

/// Returns what the preamble of these texts has to define; nothing for Latin ones.
pub(super) fn definitions(texts: &[&str]) -> String {
    let uses = |command: &str| texts.iter().any(|text| text.contains(command));
    let (greek, cyrillic) = (uses("\\papergreek{"), uses("\\papercyrillic{"));
    let drawing = uses("\\paperdrawing{");
    let mut families = BTreeSet::new();
    for text in texts {
        families.extend(text.split(FAMILY).skip(1).filter_map(|rest| rest.split('}').next()));
    }
    if !(greek || cyrillic || drawing) && families.is_empty() {
        return String::new();
    }
    let mut foreign = String::new();
    for family in &families {
        // Both scripts have no letters that lean, and fonts seldom have bold ones.
        let of_script = |script: &str, name: &str| {
            format!(
                "[Script={script},ItalicFont={{{name}}},BoldFont={{{name}}},BoldFeatures={{FakeBold=1.5}},\
                 BoldItalicFont={{{name}}},BoldItalicFeatures={{FakeBold=1.5}}]"
            )
        };
        let (name, options) = match family.split_once(':') {
            Some((name, script)) => (name, of_script(script, name)),
            None => (*family, String::new()),
        };
        let _ = writeln!(
            foreign,
            "\\expandafter\\newfontfamily\\csname paper:{family}\\endcsname{options}{{{name}}}"
        );
    }
    if uses(FROM_RIGHT) {
        foreign.push_str(SET_FROM_RIGHT);
    }
    let mut encodings = String::new();
    for (is_used, encoding) in [(greek, "LGR,"), (cyrillic, "T2A,")] {
        encodings.push_str(if is_used { encoding } else { "" });
    }
    let encodings = match encodings.is_empty() {
        true => String::new(),
        false => format!("\\usepackage[{encodings}T1]{{fontenc}}\n"),
    };
    let free = if greek || cyrillic || drawing { FREE } else { "" };
    let lines = if drawing { LINES } else { "" };
    format!(
        "{COMMON}\\iftutex % fonts\n{free}{foreign}{SET_BY_XETEX}\\else % encodings\n{encodings}{lines}{SET_BY_PDFTEX}\\fi % scripts\n{BOOKMARKS}"
    )
}

/// The families that look like those of the template.
const FREE: &str = "\
\\newfontfamily\\paperscriptrm{FreeSerif}\\newfontfamily\\paperscriptsf{FreeSans}\\newfontfamily\\paperscripttt{FreeMono}
";

/// Which of three a text is in: roman, sans serif or typewriter.
const COMMON: &str = "\
% Text beyond Latin: in the family, weight and shape of the text around it.
\\makeatletter \\newcommand{\\paperfamily}[3]{\\edef\\paper@now{\\f@family}\\edef\\paper@one{\\ttdefault}%
  \\ifx\\paper@now\\paper@one#3\\else\\edef\\paper@one{\\sfdefault}\\ifx\\paper@now\\paper@one#2\\else#1\\fi\\fi}
";

const SET_BY_XETEX: &str = "\
\\DeclareRobustCommand{\\papergreek}[1]{{\\paperfamily\\paperscriptrm\\paperscriptsf\\paperscripttt #1}}
\\DeclareRobustCommand{\\papercyrillic}[1]{\\papergreek{#1}}
\\DeclareRobustCommand{\\paperdrawing}[1]{{\\paperscripttt #1}}
\\DeclareRobustCommand{\\paperforeign}[2]{{\\XeTeXlinebreaklocale\"en\"\\csname paper:#1\\endcsname #2}}
";

/// Text from right to left within lines from left to right.
const SET_FROM_RIGHT: &str = "\
\\TeXXeTstate=1 \\DeclareRobustCommand{\\paperfromright}[1]{\\beginR #1\\endR}
";

/// Lines and blocks as wide as a letter of the typewriter.
const LINES: &str = "\
\\usepackage{color,pmboxdraw}
\\pmboxdrawsetup{Block/box={\\strut0},Shade/box={\\strut0},TerminalGraphic/box={\\strut0}}
";

/// Computer Modern, whose bold is extended, and whose typewriter is narrower than Courier.
const SET_BY_PDFTEX: &str = "\
\\newcommand{\\paperencoded}[2]{{\\def\\paper@one{b}\\ifx\\f@series\\paper@one\\fontseries{bx}\\fi
  \\paperfamily{\\fontfamily{cmr}}{\\fontfamily{cmss}}{\\fontfamily{cmtt}\\fontseries{m}%
  \\fontsize{\\dimexpr1.143\\dimexpr\\f@size pt\\relax\\relax}{\\f@baselineskip}}\\fontencoding{#1}\\selectfont #2}}
\\DeclareRobustCommand{\\papergreek}[1]{\\paperencoded{LGR}{#1}}
\\DeclareRobustCommand{\\papercyrillic}[1]{\\paperencoded{T2A}{#1}}
\\DeclareRobustCommand{\\paperdrawing}[1]{{\\ttfamily #1}}
";

const BOOKMARKS: &str = "\
\\ifdefined\\pdfstringdefDisableCommands\\pdfstringdefDisableCommands{\\let\\papergreek\\@firstofone
  \\let\\papercyrillic\\@firstofone\\let\\paperdrawing\\@firstofone\\let\\paperforeign\\@secondoftwo
  \\let\\paperfromright\\@firstofone\\let\\beginL\\@empty\\let\\endL\\@empty}\\fi \\makeatother
";

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Returns the characters that a file of LaTeX gives a name, within these blocks of Unicode.
    fn named(file: &str, blocks: &[(u32, u32)]) -> BTreeSet<char> {
        let found = Command::new("kpsewhich").arg(file).output().expect("kpsewhich");
        let path = String::from_utf8(found.stdout).expect("a path");
        let text = String::from_utf8_lossy(&std::fs::read(path.trim()).expect(file)).into_owned();
        let codes = text.split("\\DeclareUnicodeCharacter{").skip(1);
        let codes = codes.filter_map(|rest| u32::from_str_radix(rest.split('}').next()?, 16).ok());
        codes
            .filter(|code| blocks.iter().any(|(first, last)| (first..=last).contains(&code)))
            .filter_map(char::from_u32)
            .collect()
    }

    fn all(stretches: &[(char, char)]) -> BTreeSet<char> {
        stretches.iter().flat_map(|(first, last)| *first..=*last).collect()
    }

    #[test]
    fn what_the_archive_may_hold_is_what_the_encodings_of_latex_name() {
        let greek = named("lgrenc.dfu", &[(0x370, 0x3ff), (0x1f00, 0x1fff), (0x2126, 0x2126)]);
        // Variants of letters stand in formulas alone: LGR names what no font of text has.
        let variants: BTreeSet<char> = "ϐϑϒϕϖϰϱϴϵ".chars().collect();
        assert_eq!(all(&GREEK), &greek - &variants);
        let cyrillic = named("t2aenc.dfu", &[(0x400, 0x52f), (0x2116, 0x2116)]);
        assert_eq!(all(&CYRILLIC), cyrillic);
        assert_eq!(all(&DRAWING), named("pmboxdrawenc.dfu", &[(0x2500, 0x259f)]));
    }

    #[test]
    fn a_latin_text_needs_no_definitions() {
        assert_eq!(definitions(&["a", ""]), "");
        let of_list = definitions(&["a", "\\papercyrillic{Я}"]);
        assert!(of_list.contains("[T2A,T1]{fontenc}") && !of_list.contains("LGR,"), "{of_list}");
        assert_eq!(bare("a \\papergreek{λό\\'{x}} \\paperforeign{A B}{漢}b"), "a λό\\'{x} 漢b");
    }

    #[test]
    fn text_from_right_to_left_is_one_run_with_what_stands_between_its_letters() {
        let run = |text: &'static str| from_right(text).map(|(start, end)| &text[start..end]);
        assert_eq!(run("a שלום, עולם. end"), Some("שלום, עולם"));
        assert_eq!(run("שנת 1998 טובה (1), 2"), Some("שנת 1998 טובה (1), 2"));
        assert_eq!(run("(שלום) (1)."), Some("שלום"));
        assert_eq!(run("(שלום)."), Some("שלום"));
        assert_eq!(run("word"), None);
        let mut out = String::new();
        push_from_right(&mut out, "אב 12 ج", |plain| plain.replace(' ', "~"));
        assert!(
            out.starts_with("\\paperfromright{\\paperforeign{")
                && out.contains(":Hebrew}{אב}~\\beginL 12\\endL{}~"),
            "{out}"
        );
        assert!(out.contains(":Arabic}{ج}}"), "{out}");
        assert_eq!(bare(&format!("a {out} b")), "a אב~12~ج b");
        let mut year = String::new();
        push_from_right(&mut year, "عام ١٩٩٨", str::to_owned);
        assert!(year.contains("\\beginL \\paperforeign{") && year.ends_with("{١٩٩٨}\\endL{}}"), "{year}");
        let set = definitions(&[&out]);
        assert!(set.contains("[Script=Arabic,") && set.contains("\\TeXXeTstate=1"), "{set}");
    }

    #[test]
    fn what_no_font_may_set_has_its_remedy() {
        assert!(!is_set('\u{710}', false) && remedy('\u{710}').contains("Hebrew and Arabic"));
        assert!(remedy('漢').contains("fonts-noto-cjk") && remedy('λ').contains("fonts-freefont-otf"));
        assert!(is_set('λ', true) && is_set('╭', true) && is_in_archive('├') && !is_in_archive('╭'));
    }
}
