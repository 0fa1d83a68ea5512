//! Displayed formulas: how their rows stand, and the labels, tags and numbers of the formula or of its rows.
//!
//! `align`, `gather` and their like are displays of their own in LaTeX; the tree has what sets the same inside a
//! display, so that every output can write it between its own marks.

use super::builder::Builder;
use super::formula::closing_brace;
use super::label::kind_of;
use super::math::Fault;
use super::tree::{BlockKind, EquationNumber, EquationRow, LabelKind};
use crate::diagnostic::{Diagnostic, Location};

/// Environments that are displays of their own in LaTeX, what sets the same inside a display, and whether each
/// row may have a number.
const DISPLAYS: [(&str, &str, bool); 12] = [
    ("align", "aligned", true),
    ("align*", "aligned", true),
    ("alignat", "alignedat", true),
    ("alignat*", "alignedat", true),
    ("flalign", "aligned", true),
    ("flalign*", "aligned", true),
    ("gather", "gathered", true),
    ("gather*", "gathered", true),
    ("multline", "multline", false),
    ("multline*", "multline", false),
    ("equation", "", false),
    ("equation*", "", false),
];

/// What asks for a number of the formula, or of each of its rows, where a label may stand.
pub(super) const NUMBERS: &str = "numbers";

/// A displayed formula as it is written.
#[derive(Debug, Default)]
pub(super) struct Display {
    /// Its TeX without labels and tags.
    pub tex: String,
    /// Its rows, where each may have a number and there are several.
    rows: Vec<Row>,
    /// What stands in a formula whose rows have no numbers.
    marks: Marks,
}

/// A row of a formula.
#[derive(Debug, Default)]
struct Row {
    tex: String,
    end: String,
    marks: Marks,
}

/// The commands of a row that say how it is numbered.
#[derive(Debug, Default)]
struct Marks {
    labels: Vec<Mark>,
    tags: Vec<Mark>,
    left_out: Option<Mark>,
}

/// A command with what stands in its braces.
#[derive(Debug)]
struct Mark {
    command: &'static str,
    /// How many such commands stand before it in the formula.
    nth: usize,
    text: String,
}

/// Where the commands of a formula stand: the n-th of a kind.
pub(super) type Places<'p> = &'p dyn Fn(&str, usize) -> Location;

impl Marks {
    fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.tags.is_empty()
    }

    fn extend(&mut self, other: Self) {
        self.labels.extend(other.labels);
        self.tags.extend(other.tags);
        self.left_out = self.left_out.take().or(other.left_out);
    }
}

impl Display {
    /// Reads a displayed formula.
    ///
    /// # Errors
    /// A label or a tag that stands where no number can.
    pub fn read(tex: &str) -> Result<Self, Fault> {
        let mut body = tex.trim();
        let mut environment = None;
        while let Some((inside, inner, counts)) =
            DISPLAYS.iter().find_map(|(name, inner, counts)| Some((inside(body, name)?, *inner, *counts)))
        {
            if !inner.is_empty() {
                (body, environment) = (inside, Some((inner, counts)));
                break;
            }
            body = inside.trim();
        }
        // The number of columns of `alignedat`.
        let columns = match environment {
            Some(("alignedat", _)) => {
                body.find('}').filter(|_| body.starts_with('{')).map_or(0, |end| end + 1)
            }
            _ => 0,
        };
        let (columns, body) = body.split_at(columns);
        let (mut rows, is_aligned) = rows(body)?;
        let environment = environment.or_else(|| (rows.len() > 1 || is_aligned).then_some(("aligned", true)));
        let bare: String = rows.iter().map(|row| format!("{}{}", row.tex, row.end)).collect();
        let tex = match environment {
            Some((name, _)) => format!("\\begin{{{name}}}{columns}{bare}\\end{{{name}}}"),
            None => bare,
        };
        if rows.last().is_some_and(|row| row.tex.trim().is_empty() && row.marks.is_empty()) {
            rows.pop();
            if let Some(last) = rows.last_mut() {
                last.end.clear();
            }
        }
        let mut display = Self { tex: tex.trim().to_owned(), ..Self::default() };
        match environment {
            Some((_, true)) if rows.len() > 1 => display.rows = rows,
            _ => rows.into_iter().for_each(|row| display.marks.extend(row.marks)),
        }
        Ok(display)
    }
}

/// Returns the inside of an environment, if a formula is one.
fn inside<'t>(tex: &'t str, name: &str) -> Option<&'t str> {
    let (begin, end) = (format!("\\begin{{{name}}}"), format!("\\end{{{name}}}"));
    let inside = tex.strip_prefix(&begin)?.strip_suffix(&end)?;
    (!inside.contains(&begin)).then_some(inside)
}

/// Returns the rows of a formula, and whether they have columns.
fn rows(body: &str) -> Result<(Vec<Row>, bool), Fault> {
    let mut rows = vec![Row::default()];
    let (mut braces, mut environments, mut is_aligned) = (0_usize, 0_usize, false);
    let (mut labels, mut tags, mut without) = (0, 0, 0);
    let mut at = 0;
    // Signs behind a backslash are a part of its command, and are stepped over with it.
    while let Some(c) = body[at..].chars().next() {
        let row = rows.last_mut().expect("a formula has a row");
        let is_inner = braces > 0 || environments > 0;
        if c != '\\' {
            match c {
                '{' => braces += 1,
                '}' => braces = braces.saturating_sub(1),
                '&' if !is_inner => is_aligned = true,
                _ => {}
            }
            row.tex.push(c);
            at += c.len_utf8();
            continue;
        }
        let rest = &body[at..];
        let letters = rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
        let length = 1 + letters.max(rest[1..].chars().next().map_or(0, char::len_utf8));
        let command = &rest[..length];
        at += length;
        match command {
            "\\\\" if !is_inner => {
                let after = &body[at..];
                let star = usize::from(after.starts_with('*'));
                let space = after[star..].starts_with('[').then(|| after[star..].find(']')).flatten();
                let end = length + star + space.map_or(0, |end| end + 1);
                row.end = rest[..end].to_owned();
                at += end - length;
                rows.push(Row::default());
                continue;
            }
            "\\begin" => environments += 1,
            "\\end" => environments = environments.saturating_sub(1),
            "\\label" | "\\tag" => {
                let (name, count) =
                    if command == "\\label" { ("\\label", &mut labels) } else { ("\\tag", &mut tags) };
                let fault = |text: String, remedy| {
                    let written = Some(name.to_owned());
                    Fault { text, written, nth: *count, remedy: Some(remedy) }
                };
                if is_inner {
                    let text = format!("{name} stands inside of braces or of another environment");
                    let remedy =
                        "write it at the end of a row of `align` or `gather`, or behind the environment";
                    return Err(fault(text, remedy));
                }
                let after = &body[at..];
                let open = after.len() - after.trim_start().len() + 1;
                let end = after.get(open - 1..).filter(|rest| rest.starts_with('{'));
                let end = end.and_then(|_| closing_brace(&after[open..]));
                let Some(end) = end else {
                    let remedy = "write \\label{eq:name}, or \\tag{A} for what stands in the brackets";
                    return Err(fault(format!("{name} has no braces behind it"), remedy));
                };
                let text = after[open..open + end].trim().to_owned();
                let mark = Mark { command: name, nth: *count, text };
                *count += 1;
                if name == "\\label" {
                    row.marks.labels.push(mark)
                } else {
                    row.marks.tags.push(mark)
                }
                at += open + end + 1;
                continue;
            }
            "\\notag" | "\\nonumber" if !is_inner => {
                let command = if command == "\\notag" { "\\notag" } else { "\\nonumber" };
                row.marks.left_out = Some(Mark { command, nth: without, text: String::new() });
                without += 1;
                continue;
            }
            _ => {}
        }
        row.tex.push_str(command);
    }
    for row in &mut rows {
        if !row.marks.is_empty() || row.marks.left_out.is_some() {
            // A line on which only a label stood would end a formula of Markdown.
            let is_first = row.tex.starts_with('\n');
            let lines: Vec<&str> = row.tex.lines().filter(|line| !line.trim().is_empty()).collect();
            let first = if is_first { "\n" } else { "" };
            let last = if row.tex.ends_with('\n') { "\n" } else { "" };
            row.tex = format!("{first}{}{last}", lines.join("\n"));
        }
    }
    Ok((rows, is_aligned))
}

/// Signs of formulas that a tag may hold, and what they look like in text.
const SIGNS: [(&str, &str); 12] = [
    ("\\ast", "∗"),
    ("\\star", "⋆"),
    ("\\dagger", "†"),
    ("\\ddagger", "‡"),
    ("\\dag", "†"),
    ("\\ddag", "‡"),
    ("\\prime", "′"),
    ("\\S", "§"),
    ("\\P", "¶"),
    ("\\#", "#"),
    ("\\&", "&"),
    ("\\%", "%"),
];

/// Returns what a tag prints, or what it cannot hold.
fn tag_text(tex: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = tex.trim();
    while let Some(c) = rest.chars().next() {
        let mut used = c.len_utf8();
        match c {
            '\\' => {
                let letters = rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
                used = 1 + letters.max(rest[1..].chars().next().map_or(0, char::len_utf8));
                let command = &rest[..used];
                match SIGNS.iter().find(|(sign, _)| *sign == command) {
                    Some((_, sign)) => out.push_str(sign),
                    None if ["\\text", "\\textrm", "\\textup", "\\mathrm"].contains(&command) => {}
                    None => return Err(command.to_owned()),
                }
            }
            '\'' => out.push('′'),
            '-' if rest.starts_with("--") => {
                out.push('–');
                used = 2;
            }
            '*' => out.push('∗'),
            // What raises a prime, and what only groups, shows nothing.
            '$' | '{' | '}' => {}
            '^' if rest[1..].trim_start_matches('{').starts_with(['\'', '\\', '*']) => {}
            c if c.is_whitespace() || c == '~' => out.push(' '),
            c if c.is_alphanumeric() || "-–+.,:;/!?′″∗⋆†‡§¶".contains(c) => out.push(c),
            c => return Err(c.to_string()),
        }
        rest = &rest[used..];
    }
    Ok(out.split_whitespace().collect::<Vec<_>>().join(" "))
}

impl Builder<'_> {
    /// Numbers a displayed formula. `behind` is the label behind it, and `numbers` the place at which its author
    /// asks for numbers without labels.
    pub(super) fn equation(
        &mut self,
        display: Display,
        places: Places<'_>,
        behind: Option<(String, Location)>,
        numbers: Option<&Location>,
    ) -> BlockKind {
        let Display { tex, rows, marks } = display;
        let has_marks = rows.iter().any(|row| !row.marks.is_empty());
        if rows.is_empty() || (!has_marks && numbers.is_none()) {
            let number = self.equation_number(marks, places, behind, numbers.is_some());
            return BlockKind::Equation { tex, number, rows: Vec::new() };
        }
        if let Some((label, place)) = behind {
            let message = format!("`{label}` cannot label a formula whose rows have numbers of their own");
            let remedy = format!("write \\label{{{label}}} in the row that is meant");
            self.errors.push(Diagnostic::new(place, message).remedy(remedy));
        }
        let mut numbered = Vec::with_capacity(rows.len());
        for Row { tex, end, marks } in rows {
            let counts = numbers.is_some() && marks.left_out.is_none() && !tex.trim().is_empty();
            let number = self.equation_number(marks, places, None, counts);
            numbered.push(EquationRow { tex: tex.trim().to_owned(), end, number });
        }
        BlockKind::Equation { tex, number: None, rows: numbered }
    }

    /// Returns the number of a formula or of a row, if it has one.
    fn equation_number(
        &mut self,
        marks: Marks,
        places: Places<'_>,
        behind: Option<(String, Location)>,
        counts: bool,
    ) -> Option<EquationNumber> {
        let Marks { labels, tags, left_out } = marks;
        let place = |mark: &Mark| places(mark.command, mark.nth);
        let written = labels.iter().map(|mark| (mark.text.clone(), place(mark)));
        let mut all: Vec<(String, Location)> = behind.into_iter().chain(written).collect();
        if let Some((second, place)) = all.get(1) {
            let message = format!("`{second}` is a second label of the same number");
            self.errors.push(
                Diagnostic::new(place.clone(), message)
                    .remedy("delete one of the two, and refer to the other"),
            );
        }
        if let Some(second) = tags.get(1) {
            let error = Diagnostic::new(place(second), "this is a second tag of the same number");
            self.errors.push(error.remedy("delete one of the two; each row of `align` may have one"));
        }
        let label = (!all.is_empty()).then(|| all.swap_remove(0));
        if let Some((label, place)) = &label {
            let is_name = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
            if kind_of(label) != Some(LabelKind::Equation) || !label.chars().all(is_name) {
                let error = Diagnostic::new(place.clone(), format!("`{label}` cannot label an equation"));
                self.errors.push(error.remedy("write \\label{eq:name}, or [#eq:name] behind the formula"));
            }
        }
        let is_numbered = label.is_some() || !tags.is_empty() || counts;
        if let (Some(left_out), true) = (&left_out, is_numbered) {
            let message = format!("{} leaves out a number that is asked for", left_out.command);
            let error = Diagnostic::new(place(left_out), message);
            self.errors.push(error.remedy("delete it, or the label or tag beside it"));
        }
        if !is_numbered {
            return None;
        }
        let tag = tags.first().map(|tag| (self.tag(tag, place(tag)), true));
        let (text, is_tag) = tag.unwrap_or_else(|| {
            self.counted.equations += 1;
            (self.counted.equations.to_string(), false)
        });
        let label = label.map(|(label, place)| {
            self.labels.define(&label, text.clone(), place, &mut self.errors);
            label
        });
        Some(EquationNumber { label, text, is_tag })
    }

    /// Returns what a tag prints; two formulas cannot have the same.
    fn tag(&mut self, tag: &Mark, place: Location) -> String {
        let mut wrong = |message: String, remedy: &str| {
            self.errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
            String::new()
        };
        match tag_text(&tag.text) {
            Err(lost) if lost == "*" || tag.text.starts_with('*') => {
                wrong("a tag stands in brackets".to_owned(), "write \\tag{...}, without `*`")
            }
            Err(lost) => wrong(
                format!("a tag cannot hold `{lost}`"),
                "write letters, digits and signs such as `'`, `*` or \\dagger",
            ),
            Ok(text) if text.is_empty() => {
                wrong("this tag is empty".to_owned(), "write \\tag{A}, or delete it")
            }
            Ok(text) => {
                if let Some(first) = self.tags.get(&text) {
                    let message = format!("the tag `{text}` is already at {first}");
                    wrong(message, "give one of the two another tag");
                } else {
                    self.tags.insert(text.clone(), place);
                }
                text
            }
        }
    }

    /// Reports the tags that look like the number of a formula that is counted.
    pub(super) fn check_tags(&mut self) {
        for (text, place) in &self.tags {
            if text.parse::<usize>().is_ok_and(|number| (1..=self.counted.equations).contains(&number)) {
                let message = format!("the tag `{text}` is also the number of another formula");
                let error = Diagnostic::new(place.clone(), message);
                self.errors.push(error.remedy("write another tag, such as \\tag{A}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tex: &str) -> Display {
        Display::read(tex).unwrap_or_else(|fault| panic!("{tex}: {fault:?}"))
    }

    #[test]
    fn environments_of_a_display_become_what_stands_inside_one() {
        for (tex, expected) in [
            ("a = b", "a = b"),
            ("a &= b \\\\ &= c", "\\begin{aligned}a &= b \\\\ &= c\\end{aligned}"),
            ("\\begin{align*}a &= b\\end{align*}", "\\begin{aligned}a &= b\\end{aligned}"),
            ("\\begin{alignat}{2}a &= b\\end{alignat}", "\\begin{alignedat}{2}a &= b\\end{alignedat}"),
            (
                "\\begin{equation} \\begin{gather}a\\end{gather} \\end{equation}",
                "\\begin{gathered}a\\end{gathered}",
            ),
            ("\\begin{multline*}a \\\\ b\\end{multline*}", "\\begin{multline}a \\\\ b\\end{multline}"),
            ("\\begin{split}a &= b \\\\ &= c\\end{split}", "\\begin{split}a &= b \\\\ &= c\\end{split}"),
            ("\\sum_{\\substack{a \\\\ b}} \\&", "\\sum_{\\substack{a \\\\ b}} \\&"),
            (
                "a &= \\begin{cases} 1 \\\\ 2 \\end{cases}",
                "\\begin{aligned}a &= \\begin{cases} 1 \\\\ 2 \\end{cases}\\end{aligned}",
            ),
        ] {
            assert_eq!(read(tex).tex, expected);
        }
    }

    #[test]
    fn each_row_has_its_label_and_tag() {
        let display = read(
            "\\begin{align}\n\\label{eq:a}\na &= b \\\\[2pt]\nc &= d \\tag{A} \\\\*\n\\notag e \\\\\n\\end{align}",
        );
        let rows: Vec<_> = display
            .rows
            .iter()
            .map(|row| (row.tex.trim(), row.end.as_str(), row.marks.labels.len(), row.marks.tags.len()))
            .collect();
        assert_eq!(rows, [("a &= b", "\\\\[2pt]", 1, 0), ("c &= d", "\\\\*", 0, 1), ("e", "", 0, 0)]);
        assert!(display.rows[2].marks.left_out.is_some());
        assert!(!display.tex.contains("label") && !display.tex.contains("\n\n"), "{}", display.tex);
        let display = read("\\begin{multline} a \\\\ b \\label{eq:m} \\end{multline}");
        assert!(display.rows.is_empty());
        assert_eq!(display.marks.labels[0].text, "eq:m");
    }

    #[test]
    fn what_cannot_have_a_number_is_told() {
        for tex in [
            "\\frac{a \\label{eq:a}}{b}",
            "\\begin{cases} a \\tag{A} \\end{cases}",
            "a \\label",
            "a \\tag A",
            "a \\tag*{A}",
            "a \\label{eq:a",
        ] {
            let fault = Display::read(tex).expect_err(tex);
            assert!(fault.written.is_some() && fault.remedy.is_some(), "{fault:?}");
        }
    }

    #[test]
    fn a_tag_prints_plain_signs() {
        for (tex, expected) in [
            ("A", "A"),
            (" $*$ ", "∗"),
            ("1$'$", "1′"),
            ("2$^{\\prime}$", "2′"),
            ("\\text{Gauss}--Seidel", "Gauss–Seidel"),
            ("\\dagger", "†"),
            ("S.1", "S.1"),
        ] {
            assert_eq!(tag_text(tex).as_deref(), Ok(expected), "{tex}");
        }
        for (tex, lost) in [("\\ref{eq:a}", "\\ref"), ("a_1", "_"), ("x^2", "^"), ("<b>", "<")] {
            assert_eq!(tag_text(tex), Err(lost.to_owned()), "{tex}");
        }
    }
}
