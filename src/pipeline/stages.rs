//! The stages of a build, each a function from what is known to what is made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::archive;
use super::paper::{PAPER_FILE, Paper};
use super::pdf;
use super::references;
use super::{Cache, Clock, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{self, Facts, Outcome};
use crate::figure::{self, Figure, Font};
use crate::manuscript::{self, Document, FigureText, Sources, TableText};
use crate::model::{CLAIMS_FILE, MODEL_FILE, Model};
use crate::output::{self, Templates};
use crate::table::{self, TableSpec};

/// Everything an author wrote, read and validated, but for the text.
pub struct Inputs {
    /// The description of the paper.
    pub paper: Paper,
    /// The inputs of the simulation.
    pub model: Model,
    /// Figures by id.
    pub figures: BTreeMap<String, Figure>,
    /// Tables by id.
    pub tables: BTreeMap<String, TableSpec>,
    /// Templates of the outputs.
    pub templates: Templates,
}

impl Inputs {
    /// All files that were read, below the root.
    pub fn files(&self) -> Vec<PathBuf> {
        let fixed = [PathBuf::from(PAPER_FILE), PathBuf::from(MODEL_FILE)];
        let paper = [&self.paper.abstract_file, &self.paper.bibliography];
        let figures = self.figures.keys().map(|id| PathBuf::from(format!("figures/{id}.yaml")));
        let tables = self.tables.keys().map(|id| PathBuf::from(format!("paper/tables/{id}.yaml")));
        let text = paper.into_iter().chain(&self.paper.sections).cloned();
        fixed.into_iter().chain(text).chain(figures).chain(tables).collect()
    }
}

/// Figures as drawn.
pub struct Drawn {
    /// SVG text by figure id.
    pub svg: BTreeMap<String, String>,
    /// PDF bytes by figure id.
    pub pdf: BTreeMap<String, Vec<u8>>,
}

/// Everything a build makes.
pub struct Rendered {
    /// Files by path below `build/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What an author should look at although the build succeeds.
    pub warnings: Diagnostics,
}

/// Reads everything but the text; all errors together.
pub fn read(root: &Path) -> Result<Inputs, Diagnostics> {
    let mut errors = Diagnostics::default();
    let paper = errors.take(Paper::read(root));
    let model = errors.take(Model::read(root));
    let figures = errors.take(figure::load_all(root));
    let tables = errors.take(table::load_all(root));
    let templates = errors.take(Templates::load(&root.join("templates")));
    match (paper, model, figures, tables, templates) {
        (Some(paper), Some(model), Some(figures), Some(tables), Some(templates)) => {
            errors.into_result(Inputs { paper, model, figures, tables, templates })
        }
        _ => Err(errors.into_result(()).err().unwrap_or_default()),
    }
}

/// Draws every figure as SVG and PDF; unchanged ones come from the cache.
pub fn draw(
    inputs: &Inputs,
    facts: &Facts,
    cache: &Cache,
    clock: &mut Clock<'_>,
) -> Result<Drawn, Diagnostics> {
    let font = Font::installed().map_err(internal)?;
    let mut errors = Diagnostics::default();
    let mut drawn = Drawn { svg: BTreeMap::new(), pdf: BTreeMap::new() };
    for (id, figure) in &inputs.figures {
        let made = clock.stage(&format!("figure {id}"), || {
            let svg = figure::draw(id, figure, facts, &font)?;
            let convert = || {
                figure::to_pdf(&svg, &font).map_err(|error| {
                    let place = Location::file(format!("figures/{id}.yaml"));
                    Diagnostics::from(Diagnostic::new(place, format!("cannot be converted to PDF: {error}")))
                })
            };
            let pdf = cache.get("figures", &[svg.as_bytes()], convert)?;
            Ok::<_, Diagnostics>(((svg, pdf.bytes), pdf.hit))
        });
        if let Some((svg, pdf)) = errors.take(made) {
            drawn.svg.insert(id.clone(), svg);
            drawn.pdf.insert(id.clone(), pdf);
        }
    }
    errors.into_result(drawn)
}

/// The verdict of each claim.
fn verdicts(model: &Model, facts: &Facts) -> Result<BTreeMap<String, Outcome>, Diagnostics> {
    let decided = facts::verdicts(model.claims(), facts).map_err(|missing| {
        let errors = missing.into_iter().map(|message| Diagnostic::new(Location::file(CLAIMS_FILE), message));
        Diagnostics(errors.collect())
    })?;
    Ok(decided.iter().map(|verdict| (verdict.claim.id.clone(), verdict.outcome)).collect())
}

/// Reads the text and resolves it for one edition.
pub fn resolve(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    clock: &mut Clock<'_>,
) -> Result<Document, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut tables = BTreeMap::new();
    for (id, spec) in &inputs.tables {
        if let Some(table) = errors.take(table::rows(id, spec, facts)) {
            let location = Location::file(format!("paper/tables/{id}.yaml"));
            let text = TableText { caption: spec.caption.clone(), wide: spec.wide, table, location };
            tables.insert(id.clone(), text);
        }
    }
    let figures = inputs.figures.iter().map(|(id, figure)| {
        let Figure { caption, alt, wide, .. } = figure;
        (id.clone(), FigureText { caption: caption.clone(), alt: alt.clone(), wide: *wide })
    });
    let figures = figures.collect();
    let verdicts = errors.take(verdicts(&inputs.model, facts)).unwrap_or_default();
    let sources = Sources {
        root: &options.root,
        title: inputs.paper.title.clone(),
        authors: inputs.paper.authors.clone(),
        keywords: inputs.paper.keywords.clone(),
        abstract_file: inputs.paper.abstract_file.clone(),
        sections: inputs.paper.sections.clone(),
        bibliography: inputs.paper.bibliography.clone(),
        edition: &options.edition,
        facts,
        verdicts: &verdicts,
        figures: &figures,
        tables: &tables,
    };
    let read = clock.stage("manuscript", || manuscript::read(&sources).map(|document| (document, false)));
    match errors.take(read) {
        Some(document) => errors.into_result(document),
        None => Err(errors.into_result(()).err().unwrap_or_default()),
    }
}

/// Renders every output file, the PDF last; keys are paths below `build/`.
pub fn render(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    drawn: &Drawn,
    document: &Document,
    cache: &Cache,
    clock: &mut Clock<'_>,
) -> Result<Rendered, Diagnostics> {
    let Inputs { paper, templates, .. } = inputs;
    let mut files = BTreeMap::new();
    let markdown = clock.stage("markdown", || Ok::<_, Diagnostics>((output::markdown(document), false)))?;
    let ledger = match options.edition == archive::EDITION {
        true => output::Ledger::of(document, facts),
        false => output::Ledger::default(),
    };
    let html = clock.stage("html", || {
        let html =
            output::html(document, templates, &drawn.svg, facts, &ledger).map_err(Diagnostics::from)?;
        Ok::<_, Diagnostics>((html, false))
    })?;
    let latex = clock.stage("latex", || {
        Ok::<_, Diagnostics>((output::latex(document, templates, &ledger).map_err(Diagnostics::from)?, false))
    })?;
    for (id, spec) in &inputs.tables {
        let table = table::rows(id, spec, facts)?;
        files.insert(format!("tables/{id}.md"), table::markdown(&table).into_bytes());
        files.insert(format!("tables/{id}.csv"), table::csv(&table).into_bytes());
    }
    let list =
        clock.stage("bibtex", || references::references(options, &paper.bibliography, document, cache))?;
    let pdf = clock.stage("pdf", || pdf::typeset(options, &paper.short, &latex, &list, drawn, cache))?;
    let (edition, short) = (&options.edition, &paper.short);
    if edition == archive::EDITION {
        let packed = archive::archive(short, &latex, &list, drawn)?;
        files.insert(format!("arxiv/{short}.tar.gz"), packed);
    }
    files.insert(format!("{short}.md"), markdown.into_bytes());
    files.insert("html/index.html".to_owned(), html.into_bytes());
    files.insert(format!("{edition}/{short}.tex"), latex.text.into_bytes());
    files.insert(format!("{edition}/{short}.bbl"), list.bbl.into_bytes());
    files.insert(format!("{edition}/references.bib"), list.bibtex.bibliography.into_bytes());
    files.insert(format!("{edition}/{short}.pdf"), pdf.bytes);
    for (id, svg) in &drawn.svg {
        files.insert(format!("figures/{id}.svg"), svg.clone().into_bytes());
    }
    for (id, bytes) in &drawn.pdf {
        files.insert(format!("figures/{id}.pdf"), bytes.clone());
    }
    let mut facts_json = serde_json::to_vec_pretty(facts).map_err(internal)?;
    facts_json.push(b'\n');
    files.insert("facts.json".to_owned(), facts_json);
    let warnings = Diagnostics([list.warnings.0, pdf.warnings.0].concat());
    Ok(Rendered { files, warnings })
}

/// Reports a failure that no author's file explains.
pub fn internal(error: impl std::fmt::Display) -> Diagnostics {
    Diagnostic::new(Location::file(PAPER_FILE), error.to_string()).into()
}
