//! Numbers by fact name: Tera fills them in, marked so that each stays traceable in the tree.

use std::sync::Arc;

use tera::{Context, ErrorKind, Kwargs, State, Tera};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;

/// Begins a number in rendered text; the name of its fact follows.
pub const START: char = '\u{E000}';
/// Stands between the name of the fact and the text of the number.
pub const MIDDLE: char = '\u{E001}';
/// Ends a number.
pub const END: char = '\u{E002}';

/// Fills in every number of a text; lines stay where they are.
pub fn fill(text: &str, file: &Location, facts: &Arc<Facts>) -> Result<String, Diagnostics> {
    let mut errors = unknown_facts(text, file, facts);
    let mut tera = Tera::default();
    tera.register_function("fact", number(facts, false));
    tera.register_function("published", number(facts, true));
    let rendered = tera.render_str(text, &Context::new(), false).map_err(|error| {
        let (message, line, column) = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                (report.message().to_owned(), report.span().start_line, report.span().start_col + 1)
            }
            _ => (error.to_string(), 1, 1),
        };
        let line = line.max(1) + file.line.saturating_sub(1);
        let remedy = "write {{ fact(name=\"...\") }}, with digits=2 or bare=true where needed";
        Diagnostic::new(Location::new(&file.file, line, column), format!("broken expression: {message}"))
            .remedy(remedy)
    });
    match rendered {
        Ok(rendered) => errors.into_result(rendered),
        Err(error) => {
            // An unknown name is told once, at its own place.
            if errors.0.is_empty() {
                errors.push(error);
            }
            Err(errors)
        }
    }
}

fn number(facts: &Arc<Facts>, published: bool) -> impl tera::Function<tera::TeraResult<String>> + use<> {
    let facts = Arc::clone(facts);
    move |arguments: Kwargs, _: &State<'_>| -> tera::TeraResult<String> {
        let name: String = arguments.must_get("name")?;
        let digits = arguments.get::<u64>("digits")?.map(|digits| digits.min(12) as usize);
        let bare = arguments.get::<bool>("bare")?.unwrap_or(false);
        let unknown = || tera::Error::message(format!("there is no fact `{name}`"));
        let fact = facts.get(&name).ok_or_else(unknown)?;
        let text = if published {
            let missing = || tera::Error::message(format!("fact `{name}` has no published counterpart"));
            let value = fact.published.as_ref().ok_or_else(missing)?.value;
            if bare { fact.unit.digits(value, digits) } else { fact.unit.display(value, digits) }
        } else if let (true, Some(value)) = (bare, fact.number()) {
            fact.unit.digits(value, digits)
        } else {
            fact.display(digits)
        };
        Ok(format!("{START}{name}{MIDDLE}{text}{END}"))
    }
}

/// Finds names of facts that do not exist, all of them, before anything is rendered.
fn unknown_facts(text: &str, file: &Location, facts: &Facts) -> Diagnostics {
    let mut errors = Diagnostics::default();
    for (index, line) in text.lines().enumerate() {
        let mut from = 0;
        while let Some(found) = line[from..].find("name=\"") {
            let start = from + found + "name=\"".len();
            let Some(length) = line[start..].find('"') else { break };
            from = start + length;
            let name = &line[start..from];
            let is_expression =
                line[..start].rfind("{{").is_some_and(|open| !line[open..start].contains("}}"));
            if is_expression && facts.get(name).is_none() {
                let column = line[..start].chars().count() + 1;
                let place = Location::new(&file.file, index + file.line.max(1), column);
                let error = Diagnostic::new(place, format!("there is no fact `{name}`"));
                errors.push(
                    error.remedy("see `phext-paper sim run` for all names").suggest(name, facts.names()),
                );
            }
        }
    }
    errors
}
