//! The frames of the outputs, as Tera templates: loops and conditions only.

use std::path::Path;

use tera::{Context, ErrorKind, Tera};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source;

const NAMES: [(&str, &str); 3] = [
    ("paper.css", include_str!("../../templates/paper.css")),
    ("paper.html", include_str!("../../templates/paper.html")),
    ("paper.tex", include_str!("../../templates/paper.tex")),
];

/// The templates of one paper; those it does not have come with the program.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
}

impl Templates {
    /// Reads `templates/` below the root of a paper.
    ///
    /// # Errors
    /// Broken templates, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        let mut tera = Tera::default();
        // Values are escaped by the format that makes them; a template only frames them.
        tera.autoescape_on(Vec::<&str>::new());
        let mut errors = Diagnostics::default();
        for (name, built_in) in NAMES {
            let file = Path::new("templates").join(name);
            let text = if root.join(&file).exists() {
                errors.take(source::read_text(root, &file).map_err(Diagnostics::from))
            } else {
                Some(built_in.to_owned())
            };
            if let Some(text) = text
                && let Err(error) = tera.add_raw_template(name, &text)
            {
                errors.push(located(&error, name));
            }
        }
        errors.into_result(Self { tera })
    }

    /// Fills in one template.
    ///
    /// # Errors
    /// A name that the template uses and nothing defines, located.
    pub fn render(&self, name: &str, context: &Context) -> Result<String, Diagnostics> {
        self.tera.render(name, context).map_err(|error| located(&error, name).into())
    }
}

fn located(error: &tera::Error, name: &str) -> Diagnostic {
    let file = Path::new("templates").join(name);
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let place = Location::new(file, report.span().start_line, report.span().start_col + 1);
            Diagnostic::new(place, report.message())
                .remedy("correct the template, or delete it to use the built-in one")
        }
        _ => Diagnostic::new(Location::file(file), error.to_string()),
    }
}
