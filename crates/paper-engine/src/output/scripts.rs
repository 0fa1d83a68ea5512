//! Text beyond Latin in TeX: which characters both engines set, which only XeTeX, and with what.
//!
//! XeTeX takes them from installed fonts. pdfTeX has Greek in the encoding LGR, Cyrillic in T2A, and draws the
//! lines of diagrams with the package `pmboxdraw`; what stands in none of them no archive can hold.

use std::collections::BTreeSet;
use std::fmt::Write;

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
    } else if is_right_to_left(character) {
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

/// Says what an author can do who needs a character that no font has.
pub(super) fn remedy(character: char) -> &'static str {
    match character {
        c if is_right_to_left(c) => {
            "text from right to left is not set; write it in Latin, Greek or Cyrillic letters"
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

/// Returns TeX with the characters of scripts in it as they are, for places that know no fonts.
pub(super) fn bare(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    let commands = ["\\papergreek{", "\\papercyrillic{", "\\paperdrawing{", FAMILY];
    while let Some((at, command)) = commands.iter().filter_map(|name| Some((rest.find(name)?, *name))).min() {
        out.push_str(&rest[..at]);
        rest = &rest[at + command.len()..];
        if command == FAMILY {
            rest = rest.split_once("}{").map_or("", |(_, text)| text);
        }
        let end = closing_brace(rest).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
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
        let _ =
            writeln!(foreign, "\\expandafter\\newfontfamily\\csname paper:{family}\\endcsname{{{family}}}");
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
  \\let\\papercyrillic\\@firstofone\\let\\paperdrawing\\@firstofone\\let\\paperforeign\\@secondoftwo}\\fi \\makeatother
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
    fn what_no_font_may_set_has_its_remedy() {
        assert!(!is_set('א', false) && remedy('א').starts_with("text from right to left"));
        assert!(remedy('漢').contains("fonts-noto-cjk") && remedy('λ').contains("fonts-freefont-otf"));
        assert!(is_set('λ', true) && is_set('╭', true) && is_in_archive('├') && !is_in_archive('╭'));
    }
}
