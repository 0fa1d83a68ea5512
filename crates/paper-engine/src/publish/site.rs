//! The first page of a release: it leads to every file, and says what each is.

use std::collections::BTreeMap;

use tera::Context;

use super::contents::groups;
use super::date::Date;
use crate::language::Language;
use crate::output::Templates;
use crate::pipeline::Description;

const TEMPLATE: &str = include_str!("../../../../templates/release.html");
const CSS: &str = include_str!("../../../../templates/release.css");

/// Writes the page over files with their sizes in bytes.
///
/// # Errors
/// None that a paper can cause.
pub fn site(
    paper: &Description,
    sizes: &BTreeMap<String, usize>,
    date: Option<&Date>,
) -> Result<String, tera::Error> {
    let mut context = Context::new();
    context.insert("title", &paper.title);
    context.insert("authors", &paper.front.printed_names(Language::English));
    context.insert("keywords", &paper.keywords);
    context.insert("summary", &paper.summary.split("\n\n").collect::<Vec<_>>());
    context.insert("version", &paper.version);
    context.insert("licenses", &paper.licenses);
    context.insert("date", &date.map(ToString::to_string));
    context.insert("css", &format!("{}\n{CSS}", paper.css));
    context.insert("groups", &groups(paper, sizes));
    Templates::built_in_page("release.html", TEMPLATE, &context)
}
