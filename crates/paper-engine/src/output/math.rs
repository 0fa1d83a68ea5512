//! Mathematics: checked once for all formats, and turned into MathML.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Content, DelimiterSize, DelimiterType, Dimension, DimensionUnit, Grouping};
use pulldown_latex::{Event, Parser, ParserError, Storage, push_mathml};

use crate::diagnostic::{Diagnostic, Location};
use crate::manuscript::{EquationNumber, EquationRow, closing_brace, unescaped};

/// Commands of TeX that reach beyond a formula.
const FORBIDDEN: [&str; 24] = [
    "input",
    "include",
    "openin",
    "openout",
    "read",
    "write",
    "immediate",
    "special",
    "catcode",
    "csname",
    "def",
    "edef",
    "gdef",
    "xdef",
    "let",
    "newcommand",
    "renewcommand",
    "loop",
    "directlua",
    "shipout",
    "end",
    "begin",
    "everymath",
    "expandafter",
];

/// Environments a formula may open.
const ENVIRONMENTS: [&str; 15] = [
    "aligned",
    "alignedat",
    "array",
    "bmatrix",
    "Bmatrix",
    "cases",
    "gathered",
    "matrix",
    "multline",
    "pmatrix",
    "rcases",
    "smallmatrix",
    "split",
    "vmatrix",
    "Vmatrix",
];

/// Commands whose argument is words.
const WORDS: [&str; 6] = ["\\text{", "\\textrm{", "\\textbf{", "\\textit{", "\\texttt{", "\\mbox{"];

/// Returns the inside of an environment, if a formula is one.
pub(super) fn inside<'t>(tex: &'t str, name: &str) -> Option<&'t str> {
    tex.strip_prefix(&format!("\\begin{{{name}}}"))?.strip_suffix(&format!("\\end{{{name}}}"))
}

/// Returns the environment of LaTeX in which each row of a formula may have a number, and what stands behind its
/// name.
pub(super) fn rows_environment(tex: &str) -> (&'static str, &str) {
    if tex.starts_with("\\begin{gathered}") {
        return ("gather", "");
    }
    let columns = tex.strip_prefix("\\begin{alignedat}").and_then(|rest| rest.split_inclusive('}').next());
    columns.map_or(("align", ""), |columns| ("alignat", columns))
}

/// Returns a row of a formula as one that stands alone.
pub(super) fn row_alone(tex: &str, row: &EquationRow) -> String {
    match rows_environment(tex.trim()).0 {
        "gather" => row.tex.clone(),
        _ => format!("\\begin{{aligned}}{}\\end{{aligned}}", row.tex),
    }
}

/// Returns a displayed formula with its numbers as tags, for readers of TeX that count nothing.
pub(super) fn tagged(tex: &str, number: Option<&EquationNumber>, rows: &[EquationRow]) -> String {
    let tag = |number: &EquationNumber| format!(" \\tag{{{}}}", number.text);
    let whole = number.map(tag).unwrap_or_default();
    if rows.is_empty() {
        return match inside(tex, "multline") {
            Some(inside) => format!("\\begin{{multline*}}{inside}{whole}\\end{{multline*}}"),
            None => format!("{tex}{whole}"),
        };
    }
    let (environment, columns) = rows_environment(tex);
    let rows = rows.iter().map(|row| {
        let tag = row.number.as_ref().map(tag).unwrap_or_default();
        let space = if row.end.is_empty() { "" } else { " " };
        format!("{}{tag}{space}{}\n", row.tex, row.end)
    });
    let rows: String = rows.collect();
    format!("\\begin{{{environment}*}}{columns}\n{rows}\\end{{{environment}*}}")
}

/// Puts the numbers of its rows into the MathML of a formula: each row between an empty cell, which keeps it in the
/// middle, and one with its number. Each has the attribute that names the row, and what stands in that cell.
pub(super) fn numbered(mathml: &str, cells: &[(String, Option<String>)]) -> String {
    let mut out = String::with_capacity(mathml.len() + 100 * cells.len());
    let (mut depth, mut rows) = (0_usize, cells.iter());
    let mut row = None;
    let mut rest = mathml;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        let tag = &rest[start..end];
        out.push_str(&rest[..start]);
        rest = &rest[end..];
        let is = |name: &str| tag.starts_with(name) && tag[name.len()..].starts_with([' ', '>']);
        if is("<mtable") {
            depth += 1;
            if depth == 1 {
                // The table that a row without alignment has needs no class of its own.
                let class = match tag.split_once("class=\"") {
                    Some((before, classes)) => format!("{before}class=\"menv-numbered {classes}"),
                    None => "<mtable displaystyle=\"true\" class=\"menv-numbered\">".to_owned(),
                };
                out.push_str(&class);
                continue;
            }
        } else if is("</mtable") {
            depth = depth.saturating_sub(1);
        } else if depth == 1 && is("<mtr") {
            row = rows.next();
            let id = row.map(|(id, _)| id.as_str()).unwrap_or_default();
            out.push_str(&format!("<mtr{id}{}<mtd></mtd>", &tag["<mtr".len()..]));
            continue;
        } else if depth == 1 && is("</mtr") {
            let number = row.and_then(|(_, number)| number.as_ref());
            let number = number.map(|number| format!("<mtext>{number}</mtext>")).unwrap_or_default();
            out.push_str(&format!("<mtd>{number}</mtd>"));
        }
        out.push_str(tag);
    }
    out + rest
}

/// Returns the MathML of a formula.
///
/// # Errors
/// A formula that is not understood, or that is more than a formula.
pub(super) fn mathml(tex: &str, display: bool, location: &Location) -> Result<String, Diagnostic> {
    let wrong = |message: String| {
        Diagnostic::new(location.clone(), format!("cannot typeset the formula `{}`: {message}", tex.trim()))
            .remedy("use the commands of LaTeX and amsmath that a formula may hold")
    };
    if let Some(command) = forbidden(tex) {
        return Err(wrong(format!("`{command}` is not allowed in a formula")));
    }
    let tex = &small_matrices(&operators(&in_words(tex), display));
    let storage = Storage::new();
    let events: Vec<Event<'_>> = Parser::new(tex, &storage)
        .collect::<Result<_, ParserError>>()
        .map_err(|error| wrong(error.to_string().lines().next().unwrap_or("unknown error").to_owned()))?;
    let words: Vec<Option<String>> = events.iter().map(decoded).collect();
    let fences = fences(&events);
    let events = events.into_iter().zip(&words).map(|(event, words)| match (event, words) {
        (Event::Content(Content::Function(_)), Some(words)) => Event::Content(Content::Function(words)),
        (_, Some(words)) => Event::Content(Content::Text(words)),
        // What is an entity of HTML to the parser is a text to the writer, which escapes it.
        (Event::Content(Content::Text("&nbsp;")), None) => SPACE,
        (event, None) => event,
    });
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut text = String::new();
    push_mathml(&mut text, events.map(Ok::<_, ParserError>), config)
        .map_err(|error| wrong(error.to_string()))?;
    Ok(valid(&with_fences(&text, &fences)))
}

/// The space between two words, which `\\ ` and `~` leave in a formula.
const SPACE: Event<'_> = Event::Space {
    width: Some(Dimension { value: 0.25, unit: DimensionUnit::Em }),
    height: None,
    depth: None,
};

/// Returns a formula whose small matrices are matrices in the size of scripts, which the parser of MathML makes
/// large.
fn small_matrices(tex: &str) -> String {
    tex.replace("\\begin{smallmatrix}", "{\\scriptstyle\\begin{matrix}")
        .replace("\\end{smallmatrix}", "\\end{matrix}}")
}

/// The form of a delimiter, and whether it is as high as its neighbours.
type Fence = (&'static str, bool);

/// Returns each delimiter of a formula, in order. By itself, MathML tells an opening one from a closing one by its
/// place alone, and takes one between two others for an operator, with its space.
fn fences(events: &[Event<'_>]) -> Vec<Fence> {
    let (mut fences, mut groups) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Begin(group) => groups.push(matches!(group, Grouping::LeftRight(..))),
            Event::End => drop(groups.pop()),
            Event::Content(Content::Delimiter { size, ty, .. }) => fences.push(match ty {
                DelimiterType::Open => (" form=\"prefix\"", false),
                DelimiterType::Close => (" form=\"postfix\"", false),
                // The parser takes `\middle` for `\big`, which nobody needs between `\left` and `\right`.
                DelimiterType::Fence => {
                    ("", groups.last() == Some(&true) && matches!(size, Some(DelimiterSize::Big)))
                }
            }),
            _ => {}
        }
    }
    fences
}

/// Gives each delimiter of a formula its form, its height and no space of an operator.
fn with_fences(text: &str, fences: &[Fence]) -> String {
    let mut out = String::with_capacity(text.len() + 40 * fences.len());
    let (mut fences, mut rest) = (fences.iter(), text);
    // No other element says whether it is symmetric.
    while let Some((before, after)) = rest.split_once(" symmetric=") {
        let Some(((attributes, content), (form, grows))) = after.split_once('>').zip(fences.next()) else {
            break;
        };
        let sizes = attributes.find("minsize=").map(|at| &attributes[at..]);
        let height = match sizes {
            _ if *grows => " symmetric=\"true\" stretchy=\"true\"".to_owned(),
            Some(sizes) => format!(" symmetric=\"true\" stretchy=\"true\" {sizes}"),
            None => " stretchy=\"false\"".to_owned(),
        };
        out.push_str(&format!("{before}{form}{height} lspace=\"0\" rspace=\"0\">"));
        rest = content;
    }
    out + rest
}

/// The width in ems from which a formula in a line may be wider than the line of a narrow screen.
const NARROW: f64 = 10.0;

/// Returns whether the MathML of a formula may be wider than a line of a narrow screen: its signs side by side, each
/// as wide as a broad one, with the space of operators.
pub(super) fn is_wide(mathml: &str) -> bool {
    let mut width = 0.0;
    for part in mathml.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { continue };
        let signs = text.chars().filter(|c| *c != '\u{2061}').count() as f64;
        width += match tag.split(' ').next() {
            Some("mspace") => {
                let length = tag.split_once("width=\"").and_then(|(_, length)| length.split_once("em\""));
                length.and_then(|(length, _)| length.parse().ok()).unwrap_or(1.0)
            }
            Some("mo") if !tag.contains("rspace=\"0\"") => signs * 1.3,
            _ => signs * 0.6,
        };
    }
    width > NARROW
}

/// Returns a formula with the formulas in its words taken out of them: MathML knows none inside text.
fn in_words(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    while let Some((start, command)) = WORDS.iter().filter_map(|word| Some((rest.find(word)?, *word))).min() {
        let open = start + command.len();
        let Some(end) = closing_brace(&rest[open..]) else { break };
        let inside = &rest[open..open + end];
        out.push_str(&rest[..start]);
        let (mut from, mut is_formula) = (0, false);
        let signs = unescaped(inside).filter(|(_, c)| *c == '$').map(|(at, _)| at);
        for end in signs.chain([inside.len()]) {
            let part = &inside[from..end];
            match is_formula {
                true => out.push_str(&format!("{{{part}}}")),
                false if part.is_empty() => {}
                false => out.push_str(&format!("{command}{part}}}")),
            }
            (from, is_formula) = (end + 1, !is_formula);
        }
        rest = &rest[open + end + 1..];
    }
    out + rest
}

/// Returns a formula whose named operators are written in the one way that the parser of MathML knows. Those of
/// `\operatorname*` and `\mathop` have their limits below them where the formula is displayed.
fn operators(tex: &str, display: bool) -> String {
    const WRITTEN: [(&str, &str); 2] = [("\\operatorname*{", ""), ("\\mathop{\\mathrm{", "}")];
    let mut out = String::with_capacity(tex.len());
    let mut rest = tex;
    let first =
        |rest: &str| WRITTEN.iter().filter_map(|(begin, end)| Some((rest.find(begin)?, *begin, *end))).min();
    while let Some((start, begin, end)) = first(rest) {
        let inside = &rest[start + begin.len()..];
        out.push_str(&rest[..start]);
        let found = closing_brace(inside).filter(|close| inside[close + 1..].starts_with(end));
        let Some(close) = found else {
            out.push_str(begin);
            rest = inside;
            continue;
        };
        rest = &inside[close + 1 + end.len()..];
        let has_limits = display && rest.trim_start().starts_with(['_', '^']);
        let limits = if has_limits { "\\limits" } else { "" };
        out.push_str(&format!("\\operatorname{{{}}}{limits}", &inside[..close]));
    }
    out + rest
}

/// Returns the words of a formula as TeX prints them, where they hold TeX.
fn decoded(event: &Event<'_>) -> Option<String> {
    let Event::Content(Content::Text(text) | Content::Function(text)) = event else { return None };
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some(sign) if "%$&#_{}".contains(sign) => out.push(sign),
                Some(' ') => out.push(' '),
                Some(',') => out.push('\u{2009}'),
                Some(':' | ';') => out.push('\u{2005}'),
                Some('!') => {}
                Some(sign) => out.extend(['\\', sign]),
                None => out.push('\\'),
            },
            '~' => out.push('\u{a0}'),
            '-' if rest.next_if_eq(&'-').is_some() => {
                out.push(if rest.next_if_eq(&'-').is_some() { '—' } else { '–' });
            }
            '`' => out.push(if rest.next_if_eq(&'`').is_some() { '“' } else { '‘' }),
            '\'' => out.push(if rest.next_if_eq(&'\'').is_some() { '”' } else { '’' }),
            '{' | '}' => {}
            c => out.push(c),
        }
    }
    (out != *text).then_some(out)
}

/// Elements whose children have each a meaning by their place.
const SCRIPTED: [&str; 6] = ["<munder>", "<mover>", "<munderover>", "<msub>", "<msup>", "<msubsup>"];
/// Elements that hold text alone.
const TOKENS: [&str; 4] = ["<mi ", "<mn ", "<mo ", "<mtext "];

/// Moves the space that `pulldown-latex` writes into an operator with limits before it, where it belongs.
fn spaces_before(text: &str) -> String {
    let mut out = text.to_owned();
    for element in SCRIPTED {
        let wrong = format!("{element}<mspace ");
        while let Some(at) = out.find(&wrong) {
            let space = at + element.len();
            let Some(length) = out[space..].find('>') else { break };
            let moved = out[space..=space + length].to_owned();
            out.replace_range(space..=space + length, "");
            out.insert_str(at, &moved);
        }
    }
    out
}

/// Takes the style from elements of text, which have none.
fn without_style_of_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive('>') {
        let tag = part.rfind('<').map_or("", |at| &part[at..]);
        let kept: Vec<&str> = tag
            .trim_end_matches('>')
            .split(' ')
            .filter(|one| !one.starts_with("displaystyle=") && !one.starts_with("scriptlevel="))
            .collect();
        match TOKENS.iter().any(|token| tag.starts_with(token)) && tag.contains(" displaystyle=") {
            true => out.push_str(&format!("{}{}>", &part[..part.len() - tag.len()], kept.join(" "))),
            false => out.push_str(part),
        }
    }
    out
}

/// Mends what `pulldown-latex` writes and HTML does not allow: signs that are not escaped, a space as the base of
/// an operator, and a style on a row, which belongs to `mstyle`.
fn valid(text: &str) -> String {
    let text = without_style_of_tokens(&spaces_before(text));
    let text = text
        .replace("<mo><</mo>", "<mo>&lt;</mo>")
        .replace("<mo>></mo>", "<mo>&gt;</mo>")
        // Each row of these is a formula of its own.
        .replace("<mtable class=\"menv-alignlike", "<mtable displaystyle=\"true\" class=\"menv-alignlike")
        .replace("<mtable class=\"menv-multline", "<mtable displaystyle=\"true\" class=\"menv-multline")
        // The Greek letter is set as one, and lines over and under a formula are as wide as it.
        .replace("<mi>µ</mi>", "<mi>μ</mi>")
        .replace("<mi>‾</mi></mover>", "<mo stretchy=\"true\">‾</mo></mover>")
        .replace("<mi>_</mi></munder>", "<mo stretchy=\"true\">_</mo></munder>");
    let mut out = String::with_capacity(text.len());
    let mut styled = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("<mrow").into_iter().chain(rest.find("</mrow>")).min() {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("</mrow>") {
            out.push_str(if styled.pop() == Some(true) { "</mstyle>" } else { "</mrow>" });
            rest = after;
        } else {
            let style = rest.starts_with("<mrow displaystyle=");
            styled.push(style);
            out.push_str(if style { "<mstyle" } else { "<mrow" });
            rest = &rest["<mrow".len()..];
        }
    }
    out + rest
}

/// Returns the first command of a formula that reaches beyond it.
fn forbidden(tex: &str) -> Option<String> {
    if tex.contains("^^") {
        return Some("^^".to_owned());
    }
    let mut rest = tex;
    while let Some(start) = rest.find('\\') {
        rest = &rest[start + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let environment =
            after.strip_prefix('{').and_then(|after| after.split_once('}')).map(|(name, _)| name);
        let opens = matches!(name, "begin" | "end") && environment.is_some_and(|e| ENVIRONMENTS.contains(&e));
        if FORBIDDEN.contains(&name) && !opens {
            return Some(format!("\\{name}"));
        }
        rest =
            if name.is_empty() { rest.get(rest.chars().next().map_or(0, char::len_utf8)..)? } else { after };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml() {
        let at = Location::new("paper/a.md", 3, 1);
        let text = mathml("\\frac{a}{b} < c_1", false, &at).expect("a formula");
        assert!(text.starts_with("<math") && text.contains("<mfrac>") && !text.contains("> < <"), "{text}");
        let text = mathml("\\text{<script>x</script>}", true, &at).expect("a formula");
        assert!(!text.contains("<script"), "{text}");
        let text = mathml("\\tfrac{1}{2} \\bigl( a < {b} \\bigr)", false, &at).expect("a formula");
        assert_eq!(text.matches("<mstyle").count(), text.matches("</mstyle>").count());
        assert_eq!(text.matches("<mrow").count(), text.matches("</mrow>").count());
        assert!(
            text.contains("<mstyle displaystyle") && text.contains("&lt;") && !text.contains("\"minsize")
        );
        let text = mathml("g \\lim_{x} f \\min_y \\max_z h", true, &at).expect("limits");
        assert!(!SCRIPTED.iter().any(|element| text.contains(&format!("{element}<mspace"))), "{text}");
        let text =
            mathml("\\mathop{\\mathrm{arg\\,min}}_x f \\operatorname{a\\,b}", true, &at).expect("names");
        assert!(
            text.contains("arg\u{2009}min") && text.contains("a\u{2009}b") && !text.contains('\\'),
            "{text}"
        );
        let text = mathml("\\begin{smallmatrix} 0 & 1 \\end{smallmatrix} \\overline{x + \\mu}", false, &at);
        let text = text.expect("a small matrix");
        assert!(!text.contains("<mn displaystyle") && text.contains("stretchy=\"true\">‾"), "{text}");
        assert!(text.contains("<mi>μ</mi>"), "{text}");
        for name in ["aligned", "gathered", "multline", "split"] {
            mathml(&format!("\\begin{{{name}}} a \\\\ = b \\end{{{name}}}"), true, &at).expect(name);
        }
        let text = mathml("a \\text{ if $b_1$ is 5\\% -- or~more} \\text{\\$}", false, &at).expect("words");
        assert!(
            text.contains("<msub>") && text.contains("is 5% – or") && text.matches('$').count() == 1,
            "{text}"
        );
        mathml("\\min\\left(\\sum_{i=1}^n x_i, \\lceil n/2 \\rceil\\right) \\le 3", true, &at)
            .expect("a sum");
    }

    #[test]
    fn delimiters_have_the_space_of_fences_and_none_of_operators() {
        let at = Location::new("paper/a.md", 3, 1);
        let text = |tex: &str| mathml(tex, false, &at).expect(tex);
        for (open, close) in
            [("lvert", "rvert"), ("lVert", "rVert"), ("langle", "rangle"), ("lfloor", "rceil"), ("{", "}")]
        {
            let between = text(&format!("2 \\{open} x \\{close} \\{open} y \\{close}^2 z"));
            for form in ["prefix", "postfix"] {
                let fence = format!("<mo form=\"{form}\" stretchy=\"false\" lspace=\"0\" rspace=\"0\">");
                assert_eq!(between.matches(&fence).count(), 2, "{between}");
            }
        }
        let sized = text("2 \\bigl( x \\bigr) \\Big| y");
        assert!(
            sized.contains("<mo form=\"prefix\" symmetric=\"true\" stretchy=\"true\" minsize="),
            "{sized}"
        );
        assert_eq!(sized.matches("lspace=\"0\" rspace=\"0\">").count(), 3, "{sized}");
        let plain = text("2 \\vert x \\vert y");
        assert_eq!(plain.matches("<mo stretchy=\"false\" lspace=\"0\" rspace=\"0\">|").count(), 2, "{plain}");
        let middle = text("\\left( \\frac{a}{b} \\middle| c \\right)");
        assert!(middle.contains("stretchy=\"true\" lspace=\"0\" rspace=\"0\">|"), "{middle}");
        // A relation keeps its space, and a bare bar has none.
        assert!(text("a \\mid b").contains("<mo>∣</mo>") && text("2|x|").contains("<mi>|</mi>"));
    }

    #[test]
    fn a_small_matrix_has_the_size_of_scripts_and_a_space_is_no_name_of_html() {
        let at = Location::new("paper/a.md", 3, 1);
        let text = |tex: &str| mathml(tex, false, &at).expect(tex);
        let matrix = "\\begin{smallmatrix} a & b \\\\ c & d \\end{smallmatrix}";
        for tex in
            [matrix.to_owned(), format!("\\left( {matrix} \\right) x"), format!("\\frac{{{matrix}}}{{2}}")]
        {
            let small = "<mstyle displaystyle=\"false\" scriptlevel=\"1\"><mtable class=\"menv-arraylike\">";
            assert!(text(&tex).contains(small), "{}", text(&tex));
        }
        let space = "<mspace width=\"0.25em\" />";
        assert_eq!(text("a\\ b~c \\mathrm{d\\ e}").matches(space).count(), 3, "{}", text("a\\ b~c"));
        assert!(!text("a\\ b~c").contains("nbsp"));
    }

    #[test]
    fn a_formula_is_wide_by_its_signs_and_spaces() {
        let at = Location::new("paper/a.md", 3, 1);
        let wide = |tex: &str| is_wide(&mathml(tex, false, &at).expect(tex));
        for tex in ["x", "e^{i\\pi} + 1 = 0", "d(u, v) \\le 1", "\\lvert x \\rvert"] {
            assert!(!wide(tex), "{tex}");
        }
        for tex in [
            "a + b + c + d + e + f + g = 0",
            "a \\qquad\\qquad\\qquad\\qquad\\qquad b",
            "\\text{many words of a formula}",
        ] {
            assert!(wide(tex), "{tex}");
        }
    }

    #[test]
    fn formulas_cannot_read_files() {
        let at = Location::new("paper/a.md", 3, 1);
        for tex in [
            "\\input{/etc/passwd}",
            "\\begin{filecontents}x\\end{filecontents}",
            "\\end{document}",
            "^^5cinput",
        ] {
            let error = mathml(tex, false, &at).expect_err(tex);
            assert_eq!(error.location, at);
        }
        assert!(mathml("a \\nonsense b", false, &at).is_err());
        assert!(mathml("{a", false, &at).is_err());
        assert!(mathml("a } b", false, &at).is_err());
        assert!(mathml("a $ b", false, &at).is_err());
    }
}
