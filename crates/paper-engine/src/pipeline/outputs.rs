//! What is made without typesetting: Markdown, the page, phext, tables, drawings and facts as files.

use std::collections::BTreeMap;

use super::editions::{Printed, Printing, ledger};
use super::inputs::internal;
use super::mentions::{MENTIONS_FILE, mentions};
use super::paper::Edition;
use super::reading::Material;
use super::verdicts::VERDICTS_FILE;
use crate::diagnostic::Diagnostics;
use crate::manuscript::Document;
use crate::output::{self, Positions, TableFiles};

/// Renders all of it; Markdown, page and phext are those of the fullest edition.
///
/// # Errors
/// Those of all formats together.
pub fn render(
    printing: Printing<'_>,
    material: &Material,
    resolved: &[(&Edition, &Document)],
) -> Result<Printed, Diagnostics> {
    let Printing { context, inputs, facts, drawn } = printing;
    let short = &inputs.paper.short;
    let mut files = BTreeMap::new();
    let mut errors = Diagnostics::default();
    if let Some((edition, fullest)) = resolved.last() {
        let markdown = context.stage("markdown", || Ok((output::markdown(fullest), false)));
        let html = context.stage("html", || {
            let ledger = ledger(edition, fullest, facts);
            let svg = &drawn.svg;
            output::html(fullest, &inputs.templates, svg, facts, &ledger, Positions::Hidden, None)
                .map(|html| (html, false))
                .map_err(Diagnostics::from)
        });
        let phext = context.stage("phext", || {
            output::phext(&edition.name, fullest, &drawn.svg, facts)
                .map(|phext| (phext, false))
                .map_err(Diagnostics::from)
        });
        let pages = [(format!("{short}.md"), markdown), (format!("{short}.phext"), phext)];
        for (path, text) in pages.into_iter().chain([("html/index.html".to_owned(), html)]) {
            files.extend(errors.take(text).map(|text| (path, text.into_bytes())));
        }
    }
    // A table that several editions show is written as the fullest shows it.
    let tables: BTreeMap<_, _> = resolved.iter().flat_map(|(_, document)| output::tables(document)).collect();
    for (id, TableFiles { markdown, csv }) in tables {
        files.insert(format!("tables/{id}.md"), markdown.into_bytes());
        files.insert(format!("tables/{id}.csv"), csv.into_bytes());
    }
    for (id, svg) in &drawn.svg {
        files.insert(format!("figures/{id}.svg"), svg.clone().into_bytes());
    }
    for (id, bytes) in &drawn.pdf {
        files.insert(format!("figures/{id}.pdf"), bytes.clone());
    }
    let mentions = mentions(&context.options.root, resolved.iter().map(|(_, document)| *document));
    let records = [
        ("facts.json", json(facts)),
        (MENTIONS_FILE, json(&mentions)),
        (VERDICTS_FILE, json(&material.decided)),
    ];
    for (path, record) in records {
        files.extend(errors.take(record).map(|record| (path.to_owned(), record)));
    }
    errors.into_result(Printed { files, ..Printed::default() })
}

/// Returns a value as the text of a JSON file.
fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Diagnostics> {
    let mut text = serde_json::to_vec_pretty(value).map_err(internal)?;
    text.push(b'\n');
    Ok(text)
}
