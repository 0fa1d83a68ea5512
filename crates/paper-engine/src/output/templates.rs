//! Page templates: the paper's own, or the built-in ones.

use std::collections::BTreeMap;
use std::iter::Enumerate;
use std::path::{Path, PathBuf};
use std::str::Lines;

use tera::{Context, Delimiters, ErrorKind, Tera};

use super::venue::{self, Found, Layout, Venue};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;

/// The frame of all pages, which the others extend.
const FRAME: &str = "page.html";
const FRAME_TEXT: &str = include_str!("../../../../templates/page.html");
/// What to do where a page and its frame do not fit.
const BLOCKS: &str =
    "a page fills the blocks that `page.html` defines, which stands in this folder or is built in";
/// The page of the paper.
pub(super) const PAGE: &str = "paper.html";
/// The page of a text that stands alone.
pub(super) const OUTREACH: &str = "outreach.html";
/// The frame of the LaTeX of all venues.
const PAPER: &str = "paper.tex";
/// What the frame and the summary say of a language other than English.
const LANGUAGE: (&str, &str) = ("language.tex", include_str!("../../../../templates/language.tex"));
/// The paper's own template where it is no frame; it stands in the place of the frame.
const WHOLE: &str = "whole";
/// The LaTeX of a text that stands alone.
pub(super) const SUMMARY: &str = "summary.tex";

const HTML: [(&str, &str); 3] = [
    // What is extended stands before what extends it.
    (FRAME, FRAME_TEXT),
    (PAGE, include_str!("../../../../templates/paper.html")),
    (OUTREACH, include_str!("../../../../templates/outreach.html")),
];
const TEX: [(&str, &str); 2] = [
    (PAPER, include_str!("../../../../templates/paper.tex")),
    (SUMMARY, include_str!("../../../../templates/summary.tex")),
];
/// The style sheet of all pages.
const STYLE: &str = "paper.css";
const CSS: &str = include_str!("../../../../templates/paper.css");

/// The templates of one paper: `page.html`, which `paper.html` and `outreach.html` extend, `paper.css`,
/// `paper.tex`, which those of the venues extend, and `summary.tex`.
///
/// A `paper.tex` of the paper's own that has no blocks is a whole template: that of editions without a venue.
///
/// TeX templates mark values with `<<` and `>>`, because TeX uses braces itself.
#[derive(Clone, Debug)]
pub struct Templates {
    html: Tera,
    tex: Tera,
    css: String,
    folder: PathBuf,
    /// The TeX templates that the paper brings itself.
    own_tex: BTreeMap<String, String>,
    /// Venues by name, with the name of the template of each.
    venues: BTreeMap<String, (String, Venue)>,
    /// Whether `paper.tex` stands alone.
    is_whole: bool,
}

/// The lines of the templates that the paper brings itself, of each in the order in which its output shows them.
pub(super) struct TemplateLines<'t>(Vec<(PathBuf, Enumerate<Lines<'t>>)>);

/// Returns a line of a template without what begins and ends its blocks.
fn without_tags(written: &str) -> String {
    let mut out = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("<%") {
        out.push_str(before);
        rest = after.split_once("%>").map_or("", |(_, behind)| behind);
    }
    out + rest
}

impl TemplateLines<'_> {
    /// Returns where the template says a line of its output that no value holds.
    pub(super) fn find(&mut self, line: &str) -> Option<Location> {
        // What stands before a value is printed as written; a line of values alone is nobody's.
        let says = |written: &str| {
            let written = without_tags(written);
            match written.split_once("<<") {
                Some((before, _)) => !before.trim().is_empty() && line.starts_with(before),
                None => line == written,
            }
        };
        if line.trim().is_empty() {
            return None;
        }
        self.0.iter_mut().find_map(|(file, rest)| {
            let (index, _) = rest.clone().find(|(_, written)| says(written))?;
            rest.by_ref().find(|(at, _)| *at == index);
            Some(Location::new(&*file, index + 1, 1))
        })
    }
}

impl Templates {
    /// The style sheet of papers that bring none of their own.
    pub const BUILT_IN_CSS: &'static str = CSS;

    /// Fills a built-in page in English, whose template extends the built-in frame.
    ///
    /// # Errors
    /// None that a paper can cause.
    pub fn built_in_page(name: &str, template: &str, context: &Context) -> Result<String, tera::Error> {
        let mut tera = Tera::default();
        tera.add_raw_template(FRAME, FRAME_TEXT)?;
        tera.add_raw_template(name, template)?;
        let mut context = context.clone();
        insert_words(&mut context, Language::English);
        tera.render(name, &context)
    }

    /// Reads the templates of a folder; the built-in one stands in for each file that is missing.
    ///
    /// # Errors
    /// A file that cannot be read, or a template that is not well formed, at its line.
    pub fn load(dir: &Path) -> Result<Self, Diagnostics> {
        let folder = PathBuf::from(dir.file_name().unwrap_or(dir.as_os_str()));
        let mut errors = Diagnostics::default();
        let mut read = |name: &str, built_in: &str| match std::fs::read_to_string(dir.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => built_in.to_owned(),
            Err(error) => {
                let place = Location::file(folder.join(name));
                errors.push(Diagnostic::new(place, format!("cannot read the template: {error}")));
                built_in.to_owned()
            }
        };
        let html = HTML.map(|(name, built_in)| (name, read(name, built_in)));
        let tex = TEX.map(|(name, built_in)| (name, read(name, built_in), dir.join(name).exists()));
        let css = read("paper.css", CSS);
        if css.to_ascii_lowercase().contains("</style") {
            let place = Location::file(folder.join("paper.css"));
            errors.push(Diagnostic::new(place, "the style sheet must not close its own element"));
        }
        let is_whole =
            tex.iter().any(|(name, text, is_own)| *name == PAPER && *is_own && !text.contains("<% block"));
        let mut tex: Vec<_> = tex.map(|(name, text, is_own)| (name.to_owned(), text, is_own)).into();
        let mut venues = BTreeMap::new();
        for (name, Found { template, is_own, venue }) in errors.take(venue::load(dir)).unwrap_or_default() {
            let file = format!("{}/{name}/{}", venue::FOLDER, venue::TEMPLATE);
            tex.push((file.clone(), template, is_own));
            venues.insert(name, (file, venue));
        }
        if is_whole {
            // The venues extend the built-in frame then.
            let own = std::mem::replace(&mut tex[0], (PAPER.to_owned(), TEX[0].1.to_owned(), false));
            tex.push((WHOLE.to_owned(), own.1, true));
        }
        let own_tex =
            tex.iter().filter(|(_, _, is_own)| *is_own).map(|(name, text, _)| (name.clone(), text.clone()));
        let own_tex = own_tex.collect();
        let (html_tera, tex_tera) = Default::default();
        let mut templates = Self { html: html_tera, tex: tex_tera, css, folder, own_tex, venues, is_whole };
        let delimiters = Delimiters {
            block_start: "<%".into(),
            block_end: "%>".into(),
            variable_start: "<<".into(),
            variable_end: ">>".into(),
            comment_start: "<#".into(),
            comment_end: "#>".into(),
        };
        let folder = templates.folder.clone();
        let diagnose = |name: &str, error: &tera::Error| diagnostic(&folder, name, error);
        if let Err(error) = templates.tex.set_delimiters(delimiters) {
            errors.push(diagnose(PAPER, &error));
        }
        for (name, text) in html {
            if let Err(error) = templates.html.add_raw_template(name, &text) {
                let error = diagnose(name, &error);
                // What is wrong between two templates has no line.
                let is_between = error.location.line == 0;
                errors.push(if is_between { error.remedy(BLOCKS) } else { error });
                if name == FRAME {
                    // The others would be told to extend nothing.
                    break;
                }
            }
        }
        if let Err(error) = templates.tex.add_raw_template(LANGUAGE.0, LANGUAGE.1) {
            errors.push(diagnose(LANGUAGE.0, &error));
        }
        for (name, text, _) in tex {
            if let Err(error) = templates.tex.add_raw_template(&name, &text) {
                errors.push(diagnose(&name, &error));
            }
        }
        errors.into_result(templates)
    }

    /// Returns the files that a paper may bring itself, below its root.
    pub fn files(&self) -> Vec<PathBuf> {
        let of_venues = self.venues.iter().flat_map(|(name, (_, venue))| {
            let own = venue.files.keys().map(String::as_str);
            own.chain([venue::TEMPLATE, venue::DESCRIPTION])
                .map(move |file| format!("{}/{name}/{file}", venue::FOLDER))
        });
        let fixed = [FRAME, PAGE, OUTREACH, STYLE, PAPER, SUMMARY].map(str::to_owned);
        fixed.into_iter().chain(of_venues).map(|name| self.folder.join(name)).collect()
    }

    /// Returns the template of editions of a venue and what the venue asks; of none, the default ones.
    ///
    /// # Errors
    /// A venue that is neither built in nor a folder of the paper, with the names of all.
    pub fn layout(&self, venue: Option<&str>) -> Result<Layout<'_>, Vec<&str>> {
        let known = || self.venues.keys().map(String::as_str).collect::<Vec<_>>();
        let (file, found) = self.venues.get(venue.unwrap_or(venue::DEFAULT)).ok_or_else(known)?;
        let template = if self.is_whole && venue.is_none() { WHOLE } else { file.as_str() };
        Ok(Layout { template, venue: found })
    }

    /// Returns the style sheet.
    pub fn css(&self) -> &str {
        &self.css
    }

    /// Fills the template of a page; values are escaped unless it marks them safe.
    pub(super) fn html(&self, name: &str, context: &Context) -> Result<String, Diagnostic> {
        self.html.render(name, context).map_err(|error| diagnostic(&self.folder, name, &error))
    }

    fn path(&self, template: &str) -> PathBuf {
        self.folder.join(if template == WHOLE { PAPER } else { template })
    }

    /// Returns the lines of a TeX template; none of a built-in one.
    pub(super) fn lines(&self, name: &str) -> TemplateLines<'_> {
        // A template comes before the frame that it extends.
        let frame = Some(PAPER).filter(|_| name != WHOLE && name != SUMMARY);
        let own = [Some(name), frame].into_iter().flatten();
        let own = own.filter_map(|name| Some((self.path(name), self.own_tex.get(name)?.lines().enumerate())));
        TemplateLines(own.collect())
    }

    /// Fills a TeX template; values are inserted as they are.
    pub(super) fn tex(&self, name: &str, context: &Context) -> Result<String, Diagnostic> {
        self.tex.render(name, context).map_err(|error| diagnostic(&self.folder, name, &error))
    }
}

/// Puts the language of a page and its words into the context of its template.
pub(super) fn insert_words(context: &mut Context, language: Language) {
    context.insert("lang", language.code());
    context.insert("words", language.words());
}

/// Returns a template error in the author's terms, at its line.
fn diagnostic(folder: &Path, name: &str, error: &tera::Error) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            // A page may fail in the frame that it extends.
            let file = if report.filename() == WHOLE { PAPER } else { report.filename() };
            let place = Location::new(folder.join(file), span.start_line, span.start_col + 1);
            Diagnostic::new(place, format!("template error: {}", report.message()))
        }
        other => Diagnostic::new(Location::file(folder.join(name)), format!("template error: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_means_the_built_in_templates() {
        let folder = tempfile::tempdir().expect("a folder");
        let templates = Templates::load(&folder.path().join("templates")).expect("built-in templates");
        assert_eq!(templates.css(), CSS);
    }

    #[test]
    fn errors_name_file_and_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("templates");
        std::fs::create_dir(&dir).expect("a folder");
        std::fs::write(dir.join("paper.html"), "<p>\n{% if %}\n").expect("a file");
        std::fs::write(dir.join("paper.tex"), "a\nb\n<< nothing.there >>\n").expect("a file");
        let errors = Templates::load(&dir).expect_err("a syntax error");
        assert_eq!(errors.0.len(), 1);
        assert_eq!(errors.0[0].location.file, Path::new("templates/paper.html"));
        assert_eq!(errors.0[0].location.line, 2);
        std::fs::write(dir.join("page.html"), "<p>\n{% if %}\n").expect("a file");
        let errors = Templates::load(&dir).expect_err("a syntax error");
        assert_eq!(errors.0.len(), 1, "{errors:?}");
        assert_eq!(
            errors.0[0].location,
            Location::new("templates/page.html", 2, errors.0[0].location.column)
        );
        std::fs::write(dir.join("page.html"), "<p>No blocks.\n").expect("a file");
        std::fs::remove_file(dir.join("paper.html")).expect("removed");
        let errors = Templates::load(&dir).expect_err("pages fill blocks that are not there");
        assert!(errors.0.iter().all(|error| error.remedy.as_deref() == Some(BLOCKS)), "{errors:?}");
        let frame = FRAME_TEXT.replacen("<html lang=\"{{ lang }}\">", "{{ nothing.there }}", 1);
        std::fs::write(dir.join("page.html"), frame).expect("a file");
        std::fs::write(dir.join("paper.html"), "{% extends \"page.html\" %}\n").expect("a file");
        let templates = Templates::load(&dir).expect("well formed");
        let error = templates.html(PAGE, &Context::new()).expect_err("an unknown name");
        assert_eq!(
            (error.location.file.as_path(), error.location.line),
            (Path::new("templates/page.html"), 2)
        );
        std::fs::remove_file(dir.join("paper.html")).expect("removed");
        let templates = Templates::load(&dir).expect("well formed");
        let error = templates.tex(WHOLE, &Context::new()).expect_err("an unknown name");
        assert_eq!(error.location.line, 3, "{error}");
    }
}
