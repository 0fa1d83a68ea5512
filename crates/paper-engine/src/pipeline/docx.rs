//! An edition for co-authors who write in a word processor: DOCX, which Pandoc makes of the document.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::cache;
use super::context::Context;
use super::figures::Drawings;
use super::inputs::internal;
use super::ooxml;
use super::paper::{Edition, PAPER_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::figure::Font;
use crate::manuscript::{BlockKind, Document, InlineKind};
use crate::output::{self, PandocTree};

/// The program, which the Debian package of the same name holds.
const PANDOC: &str = "pandoc";
/// What it is asked for; no style of the user who builds may reach the document.
const ARGUMENTS: [&str; 6] =
    ["--from=json", "--to=docx", "--data-dir=.", "--log=said.json", "--output=paper.docx", "paper.json"];
/// The time of everything in the document, 1980-01-01, before which its format knows none.
const TIME_SECONDS: &str = "315532800";

/// A drawing of the document: its pixels, and its width in points.
type Drawn = (Vec<u8>, f64);

/// Makes the DOCX of an edition.
///
/// # Errors
/// Pandoc is missing or too old, or cannot set a formula, which is told at its place.
pub fn docx(
    context: &Context,
    all: &Drawings,
    edition: &Edition,
    document: &Document,
) -> Result<Vec<u8>, Diagnostics> {
    context.stage(&format!("docx {}", edition.name), || {
        let (version, program) = (tree_version(edition)?, program(edition)?);
        let drawn = drawings(context, all, document)?;
        let widths = drawn.iter().map(|(id, (_, width))| (id.clone(), *width)).collect();
        let tree = output::pandoc(document, &version, &widths)?;
        let pictures = drawn.values().map(|(png, _)| png.as_slice());
        let arguments = ARGUMENTS.join("\n");
        let key: Vec<&[u8]> =
            [tree.json.as_bytes(), arguments.as_bytes(), &program].into_iter().chain(pictures).collect();
        let made = context.cache.get(&cache::DOCX, &key, || convert(edition, &tree, &drawn))?;
        Ok((made.bytes, made.hit))
    })
}

/// Returns the version of the tree that the installed Pandoc reads, in which it writes an empty document.
fn tree_version(edition: &Edition) -> Result<Value, Diagnostics> {
    let mut pandoc = Command::new(PANDOC);
    pandoc.args(["--from=markdown", "--to=json"]);
    let output = run(&mut pandoc, edition)?;
    let tree: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let version = tree.get("pandoc-api-version").cloned().unwrap_or_default();
    let number = |place: usize| version.get(place).and_then(Value::as_u64).unwrap_or_default();
    // Since 1.22, of Pandoc 2.11, a table has the parts that are written here.
    if (number(0), number(1)) < (1, 22) {
        let message = format!("the edition `{}` asks for `docx`, and pandoc is too old for it", edition.name);
        return Err(wrong(message).remedy("install pandoc 2.11 or newer").into());
    }
    Ok(version)
}

/// Returns what the installed Pandoc says of itself: another one may write other bytes.
fn program(edition: &Edition) -> Result<Vec<u8>, Diagnostics> {
    Ok(run(Command::new(PANDOC).arg("--version"), edition)?.stdout)
}

/// Runs Pandoc, of which no user's setting is read.
fn run(pandoc: &mut Command, edition: &Edition) -> Result<Output, Diagnostics> {
    pandoc.env("SOURCE_DATE_EPOCH", TIME_SECONDS).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    pandoc.output().map_err(|error| {
        let asked = format!("the edition `{}` asks for `docx`", edition.name);
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                wrong(format!("{asked}, and the program pandoc is not installed"))
                    .remedy("on Debian and Ubuntu: apt-get install pandoc; or leave out `docx`")
                    .into()
            }
            _ => wrong(format!("{asked}, and pandoc cannot be run: {error}")).into(),
        }
    })
}

/// Says something of the description of the paper.
fn wrong(message: String) -> Diagnostic {
    Diagnostic::new(Location::file(PAPER_FILE), message)
}

/// Returns every drawing that a document shows as pixels, by its name.
fn drawings(
    context: &Context,
    all: &Drawings,
    document: &Document,
) -> Result<BTreeMap<String, Drawn>, Diagnostics> {
    let figures = document.every_block().filter_map(|block| match &block.kind {
        BlockKind::Figure { id, .. } => Some(id),
        _ => None,
    });
    let in_lines = document.every_inline().filter_map(|inline| match &inline.kind {
        InlineKind::Picture { id, .. } => Some(id),
        _ => None,
    });
    let shown: BTreeSet<&String> = figures.chain(in_lines).collect();
    let font = Font::installed().map_err(internal)?;
    let mut errors = Diagnostics::default();
    let mut drawn = BTreeMap::new();
    for id in shown {
        let Some(svg) = all.svg.get(id) else { continue };
        let made = output::print_width(svg).and_then(|width| {
            let paint = || output::print(svg, &font);
            let png = context.cache.get(&cache::PRINTED, &[svg.as_bytes()], paint)?;
            Ok((png.bytes, width))
        });
        let place = Location::file(format!("figures/{id}.yaml"));
        let made = made.map_err(|error| Diagnostics::from(Diagnostic::new(place, error.to_string())));
        drawn.extend(errors.take(made).map(|made| (id.clone(), made)));
    }
    errors.into_result(drawn)
}

/// Has Pandoc make a document in a folder of its own; what it warns of is an error.
fn convert(
    edition: &Edition,
    tree: &PandocTree,
    drawn: &BTreeMap<String, Drawn>,
) -> Result<Vec<u8>, Diagnostics> {
    let folder = tempfile::tempdir().map_err(internal)?;
    let file = |name: &str| folder.path().join(name);
    for (id, (png, _)) in drawn {
        std::fs::write(file(&format!("{id}.png")), png).map_err(internal)?;
    }
    std::fs::write(file("paper.json"), &tree.json).map_err(internal)?;
    let mut pandoc = Command::new(PANDOC);
    pandoc.args(ARGUMENTS).current_dir(folder.path());
    let output = run(&mut pandoc, edition)?;
    let said: Value = std::fs::read(file("said.json"))
        .ok()
        .and_then(|said| serde_json::from_slice(&said).ok())
        .unwrap_or_default();
    warnings(tree, &said).into_result(())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let message =
            format!("pandoc cannot make the DOCX of the edition `{}`: {}", edition.name, said.trim());
        return Err(wrong(message).into());
    }
    let docx = std::fs::read(file("paper.docx")).map_err(internal)?;
    ooxml::with_ordered_brackets(&docx).map_err(internal)
}

/// Returns what Pandoc says in its log that it left out or set otherwise, each at its place.
fn warnings(tree: &PandocTree, said: &Value) -> Diagnostics {
    let is_one = |entry: &&Value| entry["verbosity"] == "WARNING" || entry["verbosity"] == "ERROR";
    let told = |entry: &Value| {
        let words = |name: &str| entry[name].as_str().unwrap_or_default().trim().to_owned();
        let formula = words("contents");
        match tree.formulas.get(&formula) {
            Some(place) if entry["type"] == "CouldNotConvertTeXMath" => {
                let reason = words("message");
                let reason = reason.lines().find(|line| line.starts_with("unexpected")).unwrap_or("unknown");
                let message = format!("pandoc cannot set the formula `{formula}` for `docx`: {reason}");
                let remedy = "write it with other commands, or leave out `docx` in paper/paper.yaml";
                Diagnostic::new(place.clone(), message).remedy(remedy)
            }
            _ => wrong(format!("pandoc warns of the DOCX: {entry}")),
        }
    };
    Diagnostics(said.as_array().into_iter().flatten().filter(is_one).map(told).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_formula_that_pandoc_does_not_know_is_an_error_at_its_place() {
        let place = Location::new("paper/a.md", 3, 7);
        let formulas = BTreeMap::from([("\\odd{x}".to_owned(), place.clone())]);
        let tree = PandocTree { json: String::new(), formulas };
        let said = json!([
            {"type": "CouldNotConvertTeXMath", "verbosity": "WARNING", "contents": "\\odd{x}",
             "message": "\\odd{x}\n ^\nunexpected control sequence \\odd\nexpecting x"},
            {"type": "LoadedResource", "verbosity": "INFO"},
            {"type": "CouldNotFetchResource", "verbosity": "WARNING", "path": "a.png"},
        ]);
        let errors = warnings(&tree, &said).0;
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert_eq!(errors[0].location, place);
        assert!(errors[0].message.contains("`\\odd{x}` for `docx`: unexpected control sequence \\odd"));
        assert_eq!(errors[1].location, Location::file(PAPER_FILE));
    }
}
