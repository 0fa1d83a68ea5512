//! Alphabets of formulas: which letters stand in the argument of `\mathbf` and its like, and which of them no
//! output has.

use std::ops::Range;

use super::formula::closing_brace;

/// An alphabet of formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `\mathbf`
    Bold,
    /// `\mathrm`
    Upright,
    /// `\mathit`
    Slanted,
    /// `\mathsf`
    SansSerif,
    /// `\mathtt`
    Typewriter,
    /// `\mathcal`
    Script,
    /// `\mathfrak`
    Fraktur,
    /// `\mathbb`
    DoubleStruck,
}

/// The commands of the alphabets.
const ALPHABETS: [(&str, Alphabet); 8] = [
    ("mathbf", Alphabet::Bold),
    ("mathrm", Alphabet::Upright),
    ("mathit", Alphabet::Slanted),
    ("mathsf", Alphabet::SansSerif),
    ("mathtt", Alphabet::Typewriter),
    ("mathcal", Alphabet::Script),
    ("mathfrak", Alphabet::Fraktur),
    ("mathbb", Alphabet::DoubleStruck),
];

/// Commands whose argument is no mathematics.
const WORDS: [&str; 9] =
    ["text", "textrm", "textbf", "textit", "texttt", "mbox", "operatorname", "begin", "end"];

/// Signs of the grammar that the mathematical font of the PDF lacks.
const UNSET: [&str; 22] = [
    "Finv",
    "Game",
    "Join",
    "bigstar",
    "blacktriangle",
    "blacktriangledown",
    "doublebarwedge",
    "lmoustache",
    "pitchfork",
    "precapprox",
    "precnapprox",
    "precneqq",
    "rmoustache",
    "subseteqq",
    "subsetneqq",
    "succapprox",
    "succnapprox",
    "succneqq",
    "supseteqq",
    "supsetneqq",
    "triangledown",
    "vartriangle",
];

/// The letters that are commands, and the characters that stand for them.
const LETTERS: [(&str, char); 41] = [
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ϵ'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("upsilon", 'υ'),
    ("phi", 'ϕ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("varepsilon", 'ε'),
    ("vartheta", 'ϑ'),
    ("varpi", 'ϖ'),
    ("varrho", 'ϱ'),
    ("varsigma", 'ς'),
    ("varphi", 'φ'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Upsilon", 'Υ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
    ("nabla", '∇'),
];

/// The sign that is a letter in bold and slanted type only.
const PARTIAL: (&str, char) = ("partial", '∂');
/// The micro sign is the letter in a unit.
const MICRO: char = 'µ';

/// How deep alphabets may stand in each other; what is deeper keeps the fonts of its alphabets.
const DEEPEST: usize = 50;

/// A letter for which its alphabet needs more than the font of the alphabet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Where it is written.
    pub range: Range<usize>,
    /// The alphabet around it.
    pub alphabet: Alphabet,
    /// Its command without the backslash, or itself.
    pub name: &'static str,
}

/// A letter that its alphabet lacks, or a sign that no font has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lacking {
    /// The command of the alphabet with its argument, or that of the sign.
    pub written: String,
    /// What is lacking, in one sentence.
    pub text: String,
    /// What can be written.
    pub remedy: &'static str,
}

/// Returns the letters of a formula that their alphabets set with other fonts than their own, in order.
pub fn letters(tex: &str) -> Vec<Letter> {
    Walk::over(tex).letters
}

/// Returns the first letter of a formula that its alphabet lacks, or sign that no font has.
pub(super) fn lacking(tex: &str) -> Option<Lacking> {
    Walk::over(tex).lacking
}

/// The alphabet that holds at a place, and where its command begins and its argument ends.
#[derive(Clone, Copy)]
struct Around {
    alphabet: Alphabet,
    start: usize,
    end: usize,
}

struct Walk<'t> {
    tex: &'t str,
    depth: usize,
    letters: Vec<Letter>,
    lacking: Option<Lacking>,
}

impl<'t> Walk<'t> {
    fn over(tex: &'t str) -> Self {
        let mut walk = Self { tex, depth: 0, letters: Vec::new(), lacking: None };
        walk.part(0..tex.len(), None);
        walk
    }

    fn part(&mut self, range: Range<usize>, around: Option<Around>) {
        if self.depth > DEEPEST {
            return;
        }
        self.depth += 1;
        let mut at = range.start;
        while let Some(c) = self.tex[at..range.end].chars().next() {
            let start = at;
            at += c.len_utf8();
            if c != '\\' {
                if let Some(around) = around {
                    self.character(c, start, around);
                }
                continue;
            }
            let rest = &self.tex[at..range.end];
            let name = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())];
            at += if name.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { name.len() };
            let alphabet = ALPHABETS.iter().find(|(command, _)| *command == name);
            if WORDS.contains(&name) {
                at = self.argument(at, range.end).1;
            } else if name == "boldsymbol" {
                let (inside, after) = self.argument(at, range.end);
                self.part(inside, None);
                at = after;
            } else if let Some((_, alphabet)) = alphabet {
                let (inside, end) = self.argument(at, range.end);
                self.part(inside, Some(Around { alphabet: *alphabet, start, end }));
                at = end;
            } else if UNSET.contains(&name) {
                self.lacking.get_or_insert_with(|| Lacking {
                    written: format!("\\{name}"),
                    text: format!("no font of the PDF has \\{name}"),
                    remedy: "write another sign, or words in \\text",
                });
            } else if let Some(around) = around
                && let Some(&(name, _)) =
                    LETTERS.iter().chain([&PARTIAL]).find(|(command, _)| *command == name)
            {
                self.letter(name, start..at, around);
            }
        }
        self.depth -= 1;
    }

    /// Returns the inside of the argument that begins here, and where it ends.
    fn argument(&self, at: usize, end: usize) -> (Range<usize>, usize) {
        let rest = &self.tex[at..end];
        let start = at + rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('{') {
            let length = closing_brace(inside).unwrap_or(inside.len());
            return (start + 1..start + 1 + length, (start + length + 2).min(end));
        }
        let length = match rest.strip_prefix('\\') {
            Some(name) => 1 + name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len()),
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
        (start..start + length, start + length)
    }

    fn character(&mut self, c: char, at: usize, around: Around) {
        let range = at..at + c.len_utf8();
        let greek = if c == MICRO { 'μ' } else { c };
        if let Some(&(name, _)) = LETTERS.iter().chain([&PARTIAL]).find(|(_, letter)| *letter == greek) {
            return self.letter(name, range, around);
        }
        let has = match around.alphabet {
            Alphabet::Script => c.is_ascii_uppercase(),
            Alphabet::Fraktur => c.is_ascii_alphabetic(),
            Alphabet::DoubleStruck => c.is_ascii_uppercase() || "1k".contains(c),
            _ => true,
        };
        if !has && c.is_alphanumeric() {
            self.lack(&c.to_string(), around);
        }
        let struck = [("1", '1'), ("k", 'k')].into_iter().find(|(_, struck)| *struck == c);
        if let (Alphabet::DoubleStruck, Some((name, _))) = (around.alphabet, struck) {
            self.letters.push(Letter { range, alphabet: around.alphabet, name });
        }
    }

    fn letter(&mut self, name: &'static str, range: Range<usize>, around: Around) {
        let has = match around.alphabet {
            Alphabet::Bold => true,
            Alphabet::Upright => name != PARTIAL.0,
            Alphabet::Slanted => name != "nabla",
            _ => false,
        };
        match has {
            true => self.letters.push(Letter { range, alphabet: around.alphabet, name }),
            false => self.lack(&format!("\\{name}"), around),
        }
    }

    fn lack(&mut self, letter: &str, around: Around) {
        let command = ALPHABETS.iter().find(|(_, alphabet)| *alphabet == around.alphabet);
        let command = command.map_or("", |(command, _)| command);
        let remedy = match around.alphabet {
            Alphabet::Script => "it has the letters A to Z; write all else outside of its braces",
            Alphabet::Fraktur => "it has the letters A to Z and a to z; write all else outside of its braces",
            Alphabet::DoubleStruck => {
                "it has the letters A to Z, k and the digit 1; write all else outside of its braces"
            }
            _ => "write the letter outside of its braces, or in \\mathbf, \\boldsymbol or \\mathrm",
        };
        self.lacking.get_or_insert_with(|| Lacking {
            written: self.tex[around.start..around.end].to_owned(),
            text: format!("\\{command} has no {letter}"),
            remedy,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tex: &str) -> Vec<(&str, Alphabet, &str)> {
        letters(tex).into_iter().map(|letter| (&tex[letter.range], letter.alphabet, letter.name)).collect()
    }

    #[test]
    fn greek_letters_have_the_alphabet_around_them() {
        let bold = |written: &'static str| (written, Alphabet::Bold, &written[1..]);
        assert_eq!(found("\\mathbf{x\\theta_{\\Sigma}} \\alpha"), [bold("\\theta"), bold("\\Sigma")]);
        assert_eq!(found("\\mathbf\\nabla f"), [bold("\\nabla")]);
        assert_eq!(found("\\mathrm {µ m}"), [("µ", Alphabet::Upright, "mu")]);
        assert_eq!(
            found("\\mathbf{\\mathit{\\Gamma}\\text{\\alpha}}"),
            [("\\Gamma", Alphabet::Slanted, "Gamma")]
        );
        assert_eq!(found("\\boldsymbol{\\mu} \\mathbf{A}_{i} \\mathrm{d}x"), []);
        assert_eq!(found("\\mathbb{1}"), [("1", Alphabet::DoubleStruck, "1")]);
    }

    #[test]
    fn what_an_alphabet_lacks_is_told_with_its_command() {
        for (tex, written, text) in [
            ("a\\mathcal{L_1}", "\\mathcal{L_1}", "\\mathcal has no 1"),
            ("\\mathbb R^n \\mathbb{n}", "\\mathbb{n}", "\\mathbb has no n"),
            ("\\mathsf{\\alpha}", "\\mathsf{\\alpha}", "\\mathsf has no \\alpha"),
            ("\\mathrm{\\partial}", "\\mathrm{\\partial}", "\\mathrm has no \\partial"),
            ("a \\in \\Game_1", "\\Game", "no font of the PDF has \\Game"),
        ] {
            let lacking = lacking(tex).expect(tex);
            assert_eq!((lacking.written.as_str(), lacking.text.as_str()), (written, text));
        }
        assert_eq!(lacking("\\mathcal{L}_1 \\mathfrak{g} \\mathbb{R} \\mathsf{x1} \\mathbf{é}"), None);
        // Braces that do not match are told by others, and stop nothing.
        assert_eq!(lacking("\\mathcal{L"), None);
        assert_eq!(lacking("\\mathcal"), None);
        assert_eq!(lacking(&"\\mathbf{".repeat(10_000)), None);
    }
}
