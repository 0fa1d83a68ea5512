//! The stages of a build, each a function from what is known to what is made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::editions;
use super::paper::{Author, Edition, PAPER_FILE, Paper};
use super::{Cache, Clock, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{self, Facts, Outcome, Verdict};
use crate::figure::{self, Figure, Font};
use crate::lint::{STRUCTURAL_FILE, Structural};
use crate::manuscript::{self, Document, FigureText, Kept, Sources, TableText};
use crate::model::{CLAIMS_FILE, Model};
use crate::output::{self, Positions, Templates};
use crate::rally::{Plan, RALLY_FILE, SIGNED_FILE, Signatures};
use crate::review::{BASELINE_FILE, Baseline, REVIEW_FILE, ReviewSpec};
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
    /// Numbers that the text may write out.
    pub structural: Structural,
    /// What this paper adds to the checks of a review.
    pub review: ReviewSpec,
    /// The clarity of the last release, where there is one.
    pub baseline: Option<Baseline>,
    /// The plan, where there is one.
    pub plan: Option<Plan>,
    /// What people signed of it.
    pub signatures: Signatures,
}

impl Inputs {
    /// All files that were read, below the root.
    pub fn files(&self) -> Vec<PathBuf> {
        let fixed = [PAPER_FILE, STRUCTURAL_FILE, REVIEW_FILE, BASELINE_FILE, RALLY_FILE, SIGNED_FILE]
            .map(PathBuf::from);
        let paper = [&self.paper.abstract_file, &self.paper.bibliography];
        let figures = self.figures.keys().map(|id| PathBuf::from(format!("figures/{id}.yaml")));
        let tables = self.tables.keys().map(|id| PathBuf::from(format!("paper/tables/{id}.yaml")));
        let appendices = self.paper.editions.iter().flat_map(|edition| &edition.appendices);
        let text = paper.into_iter().chain(&self.paper.sections).chain(appendices).cloned();
        let text = text.chain(self.paper.outreach.files().map(Path::to_path_buf));
        fixed.into_iter().chain(self.model.files()).chain(text).chain(figures).chain(tables).collect()
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
    /// Pages of each edition, by its name.
    pub pages: Vec<(String, usize)>,
}

/// Reads everything but the text; all errors together.
pub fn read(options: &Options) -> Result<Inputs, Diagnostics> {
    let Options { root, study, .. } = options;
    let mut errors = Diagnostics::default();
    let paper = errors.take(Paper::read(root));
    let model = errors.take(Model::read(root, study));
    let figures = errors.take((study.figures)(root));
    let tables = errors.take(table::load_all(root));
    let templates = errors.take(Templates::load(&root.join("templates")));
    let structural = errors.take(Structural::read(root));
    let review = errors.take(ReviewSpec::read(root));
    let baseline = errors.take(Baseline::read(root));
    let plan = errors.take(Plan::read(root));
    let signatures = errors.take(Signatures::read(root));
    let all = (|| {
        let (paper, model, figures, tables) = (paper?, model?, figures?, tables?);
        let (templates, structural, review, baseline) = (templates?, structural?, review?, baseline?);
        let (plan, signatures) = (plan?, signatures?);
        Some(Inputs {
            paper,
            model,
            figures,
            tables,
            templates,
            structural,
            review,
            baseline,
            plan,
            signatures,
        })
    })();
    match all {
        Some(inputs) => errors.into_result(inputs),
        None => Err(errors.into_result(()).err().unwrap_or_default()),
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
                keep_rules(id, &svg, &font)?;
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

/// Reports every rule of the printed page that a drawing breaks.
fn keep_rules(id: &str, svg: &str, font: &Font) -> Result<(), Diagnostics> {
    let place = Location::file(format!("figures/{id}.yaml"));
    let broken = figure::rules::broken(svg, font).into_iter().map(|rule| {
        Diagnostic::new(place.clone(), rule).remedy("shorten a text, or give the drawing more room")
    });
    Diagnostics(broken.collect()).into_result(())
}

/// The verdict on each claim.
pub fn verdicts<'a>(model: &'a Model, facts: &Facts) -> Result<Vec<Verdict<'a>>, Diagnostics> {
    facts::verdicts(model.claims(), facts).map_err(|missing| {
        let errors = missing.into_iter().map(|message| Diagnostic::new(Location::file(CLAIMS_FILE), message));
        Diagnostics(errors.collect())
    })
}

/// What texts may place and say: figures, tables and verdicts, by their names.
#[derive(Default)]
pub struct Material {
    /// Words of the figures.
    pub figures: BTreeMap<String, FigureText>,
    /// The tables, their cells filled in.
    pub tables: BTreeMap<String, TableText>,
    /// The verdict of each claim.
    pub verdicts: BTreeMap<String, Outcome>,
}

/// Fills in all tables and decides all claims; all errors together.
pub fn material(inputs: &Inputs, facts: &Facts) -> (Material, Diagnostics) {
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
    let decided = errors.take(verdicts(&inputs.model, facts)).unwrap_or_default();
    let verdicts = decided.iter().map(|verdict| (verdict.claim.id.clone(), verdict.outcome)).collect();
    (Material { figures: figures.collect(), tables, verdicts }, errors)
}

/// Reads the text and resolves it for each edition to build; all errors together.
pub fn resolve<'a>(
    options: &Options,
    inputs: &'a Inputs,
    facts: &Arc<Facts>,
    kept: &Kept,
    clock: &mut Clock<'_>,
) -> Result<Vec<(&'a Edition, Document)>, Diagnostics> {
    let editions = inputs.paper.editions(options.edition.as_deref())?;
    let (Material { figures, tables, verdicts }, mut errors) = material(inputs, facts);
    let paper = &inputs.paper;
    let authors: Vec<String> = paper.authors.iter().map(Author::name).collect();
    let mut resolved = Vec::new();
    for edition in editions {
        let others = paper.editions.iter().flat_map(|other| &other.appendices);
        let sources = Sources {
            root: &options.root,
            title: paper.title.clone(),
            authors: if edition.anonymous { Vec::new() } else { authors.clone() },
            keywords: paper.keywords.clone(),
            abstract_file: Some(paper.abstract_file.clone()),
            sections: paper.sections.clone(),
            appendices: edition.appendices.clone(),
            left_out: others.filter(|file| !edition.appendices.contains(file)).cloned().collect(),
            bibliography: paper.bibliography.clone(),
            edition: edition.blocks(),
            facts,
            verdicts: &verdicts,
            figures: &figures,
            tables: &tables,
            kept,
        };
        let read = clock.stage(&format!("manuscript {}", edition.name), || {
            manuscript::read(&sources).map(|document| (document, false))
        });
        resolved.extend(errors.take(read).map(|document| (edition, document)));
    }
    errors.into_result(resolved)
}

/// Renders every output file, the PDFs last; keys are paths below `build/`.
pub fn render(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    drawn: &Drawn,
    resolved: &[(&Edition, Document)],
    cache: &Cache,
    clock: &mut Clock<'_>,
) -> Result<Rendered, Diagnostics> {
    let Inputs { paper, templates, .. } = inputs;
    let short = &paper.short;
    let mut files = BTreeMap::new();
    if let Some((edition, fullest)) = resolved.last() {
        let markdown =
            clock.stage("markdown", || Ok::<_, Diagnostics>((output::markdown(fullest), false)))?;
        let ledger = editions::ledger(edition, fullest, facts);
        let html = clock.stage("html", || {
            let html = output::html(fullest, templates, &drawn.svg, facts, &ledger, Positions::Hidden);
            Ok::<_, Diagnostics>((html.map_err(Diagnostics::from)?, false))
        })?;
        let phext = clock.stage("phext", || {
            let phext = output::phext(&edition.name, fullest, &drawn.svg, facts);
            Ok::<_, Diagnostics>((phext.map_err(Diagnostics::from)?, false))
        })?;
        files.insert(format!("{short}.md"), markdown.into_bytes());
        files.insert(format!("{short}.phext"), phext.into_bytes());
        files.insert("html/index.html".to_owned(), html.into_bytes());
    }
    for (id, spec) in &inputs.tables {
        let table = table::rows(id, spec, facts)?;
        files.insert(format!("tables/{id}.md"), table::markdown(&table).into_bytes());
        files.insert(format!("tables/{id}.csv"), table::csv(&table).into_bytes());
    }
    let printed = editions::print(options, inputs, facts, drawn, resolved, cache, clock)?;
    files.extend(printed.files);
    for (id, svg) in &drawn.svg {
        files.insert(format!("figures/{id}.svg"), svg.clone().into_bytes());
    }
    for (id, bytes) in &drawn.pdf {
        files.insert(format!("figures/{id}.pdf"), bytes.clone());
    }
    files.insert("facts.json".to_owned(), super::json(facts)?);
    Ok(Rendered { files, ..printed })
}

/// Reports a failure that no author's file explains.
pub fn internal(error: impl std::fmt::Display) -> Diagnostics {
    Diagnostic::new(Location::file(PAPER_FILE), error.to_string()).into()
}
