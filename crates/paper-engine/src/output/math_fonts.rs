//! What formulas need beyond the mathematics of the templates: bold, upright and slanted letters, and commands that
//! one engine lacks.

use std::fmt::Write;

use crate::manuscript::{Alphabet, letters};

/// Commands that an engine lacks, with what defines them in XeTeX and in pdfTeX; nothing where it has them.
const COMMANDS: [(&str, &str, &str); 69] = [
    ("Alpha", "", "\\mathrm{A}"),
    ("Beta", "", "\\mathrm{B}"),
    ("Chi", "", "\\mathrm{X}"),
    ("Epsilon", "", "\\mathrm{E}"),
    ("Eta", "", "\\mathrm{H}"),
    ("Iota", "", "\\mathrm{I}"),
    ("Kappa", "", "\\mathrm{K}"),
    ("Mu", "", "\\mathrm{M}"),
    ("Nu", "", "\\mathrm{N}"),
    ("Omicron", "", "\\mathrm{O}"),
    ("QED", "", "\\blacksquare"),
    ("Rho", "", "\\mathrm{P}"),
    ("Tau", "", "\\mathrm{T}"),
    ("Zeta", "", "\\mathrm{Z}"),
    ("blacksquare", "■", ""),
    ("cent", "¢", "\\text{\\textcent}"),
    ("circlearrowleft", "↺", ""),
    ("circlearrowright", "↻", ""),
    ("circledR", "®", ""),
    ("coloncolon", "∷", "\\mathrel{::}"),
    ("coloneqq", "≔", "\\mathrel{\\mathop:}="),
    ("colonequals", "≔", "\\mathrel{\\mathop:}="),
    ("dblcolon", "∷", "\\mathrel{::}"),
    ("degree", "°", "{}^{\\circ}"),
    ("doteqdot", "≑", ""),
    ("doublecap", "⋒", ""),
    ("eqdef", "", "\\overset{\\mathrm{def}}{=}"),
    ("eqqcolon", "≕", "=\\mathrel{\\mathop:}"),
    ("euro", "", "\\text{\\texteuro}"),
    ("gggtr", "⋙", ""),
    ("gt", ">", ">"),
    ("gvertneqq", "≩", ""),
    (
        "iddots",
        "⋰",
        "\\mathinner{\\mkern1mu\\raise1pt\\hbox{.}\\mkern2mu\\raise4pt\\hbox{.}\\mkern2mu\\raise7pt\\hbox{.}\\mkern1mu}",
    ),
    ("isin", "∈", "\\in"),
    ("llless", "⋘", ""),
    ("lozenge", "◊", ""),
    ("lt", "<", "<"),
    ("lvertneqq", "≨", ""),
    ("mapsfrom", "", "\\mathrel{\\reflectbox{\\ensuremath{\\mapsto}}}"),
    ("ngeqq", "≱", ""),
    ("ngeqslant", "≱", ""),
    ("nleqq", "≰", ""),
    ("nleqslant", "≰", ""),
    ("notni", "∌", "\\not\\ni"),
    ("npreceq", "⋠", ""),
    ("nsubset", "", "\\not\\subset"),
    ("nsubseteqq", "⊈", ""),
    ("nsucceq", "⋡", ""),
    ("nsupset", "", "\\not\\supset"),
    ("nsupseteqq", "⊉", ""),
    ("ntriangleleft", "⋪", ""),
    ("ntriangleright", "⋫", ""),
    ("permil", "‰", "\\text{\\textperthousand}"),
    ("questeq", "", "\\overset{?}{=}"),
    ("ratio", ":", ":"),
    ("restriction", "↾", ""),
    ("smallfrown", "⌢", ""),
    ("square", "□", ""),
    ("stareq", "", "\\overset{\\star}{=}"),
    ("thickapprox", "≈", ""),
    ("thicksim", "∼", ""),
    ("varpropto", "∝", ""),
    ("varsubsetneq", "⊊", ""),
    ("varsupsetneq", "⊋", ""),
    ("vcentcolon", ":", ":"),
    ("veeeq", "", "\\overset{\\vee}{=}"),
    ("wedgeq", "", "\\overset{\\wedge}{=}"),
    ("with", "\\mathbin{\\&}", "\\mathbin{\\&}"),
    ("yen", "¥", ""),
];

/// Returns a formula whose Greek letters in the argument of an alphabet are set in it: the fonts of the alphabets
/// themselves have Latin letters and digits.
pub(super) fn alphabets(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut from = 0;
    for letter in letters(tex) {
        let command = match letter.alphabet {
            Alphabet::Bold => "\\paperbold",
            Alphabet::Upright => "\\paperupright",
            Alphabet::Slanted => "\\paperslanted",
            Alphabet::DoubleStruck => "\\paperstruck",
            // What these lack was refused.
            Alphabet::SansSerif | Alphabet::Typewriter | Alphabet::Script | Alphabet::Fraktur => continue,
        };
        out.push_str(&tex[from..letter.range.start]);
        let _ = write!(out, "{command}{{{}}}", letter.name);
        from = letter.range.end;
    }
    out + &tex[from..]
}

/// Returns what the preamble of these texts has to define; nothing for formulas that need nothing.
pub(super) fn definitions(texts: &[&str]) -> String {
    let uses = |command: &str| {
        texts.iter().any(|text| {
            let mut found = text.match_indices(command);
            found.any(|(at, _)| !text[at + command.len()..].starts_with(|c: char| c.is_ascii_alphabetic()))
        })
    };
    let mut xetex = String::new();
    let mut pdftex = String::new();
    let bold = uses("\\boldsymbol") || uses("\\paperbold");
    if bold {
        xetex.push_str(BOLD_IN_XETEX);
        pdftex.push_str(BOLD_IN_PDFTEX);
    }
    if uses("\\paperbold") || uses("\\paperupright") || uses("\\paperslanted") || uses("\\paperstruck") {
        xetex.push_str(LETTERS_IN_XETEX);
        pdftex.push_str(LETTERS_IN_PDFTEX);
    }
    for (name, in_xetex, in_pdftex) in COMMANDS.iter().filter(|(name, _, _)| uses(&format!("\\{name}"))) {
        for (out, meaning) in [(&mut xetex, in_xetex), (&mut pdftex, in_pdftex)] {
            if !meaning.is_empty() {
                let _ = writeln!(out, "\\providecommand{{\\{name}}}{{{meaning}}}");
            }
        }
    }
    if uses("\\setminus") {
        xetex.push_str(SETMINUS);
    }
    if uses("\\amalg") || uses("\\coprod") || uses("\\jmath") {
        pdftex.push_str(OF_COMPUTER_MODERN);
    }
    match xetex.is_empty() && pdftex.is_empty() {
        true => String::new(),
        false => format!("{HEAD}{xetex}\\else % mathematics\n{pdftex}\\fi \\makeatother\n"),
    }
}

const HEAD: &str = "\
% Letters and commands of formulas that the mathematics above lacks.
\\makeatletter \\iftutex
";

/// The mathematics of TeX Gyre has one weight; its alphabets are fonts of text, which have more.
const BOLD_IN_XETEX: &str = "\
\\setmathfont{texgyretermes-math.otf}[version=bold,FakeBold=2]
\\SetMathAlphabet{\\mathrm}{bold}{TU}{\\rmdefault}{\\bfdefault}{n}\\SetMathAlphabet{\\mathbf}{bold}{TU}{\\rmdefault}{\\bfdefault}{n}
\\SetMathAlphabet{\\mathit}{bold}{TU}{\\rmdefault}{\\bfdefault}{it}\\SetMathAlphabet{\\mathsf}{bold}{TU}{\\sfdefault}{\\bfdefault}{n}
\\SetMathAlphabet{\\mathtt}{bold}{TU}{\\ttdefault}{\\bfdefault}{n}
";

/// The sign of its own that `unicode-math` takes is in no font of TeX Gyre.
const SETMINUS: &str = "\\AtBeginDocument{\\let\\setminus\\smallsetminus}\n";

/// Signs that `mathptmx` makes errors, since Times has none.
const OF_COMPUTER_MODERN: &str = "\
\\@ifpackageloaded{mathptmx}{\\let\\jmath\\relax\\let\\amalg\\relax\\let\\coprod\\relax
  \\DeclareSymbolFont{paperletters}{OML}{cmm}{m}{it}\\DeclareSymbolFont{papersigns}{OMS}{cmsy}{m}{n}
  \\DeclareSymbolFont{paperlarge}{OMX}{cmex}{m}{n}\\DeclareMathSymbol{\\jmath}{\\mathord}{paperletters}{\"7C}
  \\DeclareMathSymbol{\\amalg}{\\mathbin}{papersigns}{\"71}\\DeclareMathSymbol{\\coprod}{\\mathop}{paperlarge}{\"60}}{}
";

/// That of `mathptmx` too; TX has the same in bold.
const BOLD_IN_PDFTEX: &str = "\
\\SetSymbolFont{letters}{bold}{OML}{txmi}{bx}{it}\\SetSymbolFont{operators}{bold}{OT1}{txr}{bx}{n}
\\SetSymbolFont{symbols}{bold}{OMS}{txsy}{bx}{n}\\SetSymbolFont{largesymbols}{bold}{OMX}{txex}{bx}{n}
";

const LETTERS_IN_XETEX: &str = "\
\\newcommand{\\paperbold}[1]{\\symbfup{\\csname #1\\endcsname}}
\\newcommand{\\paperupright}[1]{\\symup{\\csname #1\\endcsname}}
\\newcommand{\\paperslanted}[1]{\\symit{\\csname #1\\endcsname}}
\\newcommand{\\paperstruck}[1]{\\symbb{#1}}
";

/// Upright small letters are those of TX from 11 on; upright capitals are the common ones.
const LETTERS_IN_PDFTEX: &str = "\
\\DeclareSymbolFont{paperup}{U}{txmia}{m}{it}\\SetSymbolFont{paperup}{bold}{U}{txmia}{bx}{it}
\\count@=11 \\@for\\paper@one:=alpha,beta,gamma,delta,epsilon,zeta,eta,theta,iota,kappa,lambda,mu,nu,xi,pi,rho,sigma,%
  tau,upsilon,phi,chi,psi,omega,varepsilon,vartheta,varpi,varrho,varsigma,varphi\\do{%
  \\edef\\paper@two{\\noexpand\\DeclareMathSymbol{\\expandafter\\noexpand\\csname paperup@\\paper@one\\endcsname}%
    {\\noexpand\\mathord}{paperup}{\\the\\count@}}\\paper@two\\advance\\count@ 1 }
\\newcommand{\\paperupright}[1]{\\ifcsname paperup@#1\\endcsname\\csname paperup@#1\\endcsname\\else
  \\mathrm{\\csname #1\\endcsname}\\fi}
\\newcommand{\\paperbold}[1]{\\boldsymbol{\\paperupright{#1}}}
\\newcommand{\\paperslanted}[1]{\\ifcsname var#1\\endcsname\\ifcsname paperup@#1\\endcsname\\csname #1\\endcsname\\else
  \\csname var#1\\endcsname\\fi\\else\\csname #1\\endcsname\\fi}
\\newcommand{\\paperstruck}[1]{\\if#1k\\Bbbk\\else\\mathrm{#1\\mkern-6mu #1}\\fi}
";
