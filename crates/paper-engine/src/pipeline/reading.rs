//! What texts may place and say, and the text of each edition with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cache::TABLES;
use super::context::Context;
use super::inputs::{Inputs, internal};
use super::paper::Edition;
use super::verdicts::StoredVerdict;
use crate::assertion::Trouble;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{self, Facts, Outcome};
use crate::figure::Figure;
use crate::manuscript::{self, Document, FigureText, ReferenceCache, Sources, TableText, TextCache};
use crate::model::CLAIMS_FILE;
use crate::table::{self, Table, TableSpec};

/// The name by which `::: edition` blocks of the texts beside the paper are kept.
pub const OUTREACH: &str = "outreach";

/// What texts may place and say: figures, tables and verdicts, by their names.
#[derive(Default)]
pub struct Material {
    /// Words of the figures.
    pub figures: BTreeMap<String, FigureText>,
    /// The tables, their cells filled in.
    pub tables: BTreeMap<String, TableText>,
    /// The outcome of each claim.
    pub verdicts: BTreeMap<String, Outcome>,
    /// The same with the numbers that decided, in the order of the claims.
    pub decided: Vec<StoredVerdict>,
    /// What keeps tables and verdicts from being here.
    pub errors: Diagnostics,
}

impl Material {
    /// Fills in all tables and decides all claims.
    pub fn of(context: &Context, inputs: &Inputs, facts: &Facts) -> Self {
        let mut errors = Diagnostics::default();
        let mut tables = BTreeMap::new();
        for (id, spec) in &inputs.tables {
            if let Some(table) = errors.take(table_of(context, inputs, facts, (id, spec))) {
                let location = Location::file(format!("paper/tables/{id}.yaml"));
                let text = TableText { caption: spec.caption.clone(), wide: spec.wide, table, location };
                tables.insert(id.clone(), text);
            }
        }
        let figures = inputs.figures.iter().map(|(id, figure)| {
            let Figure { caption, alt, wide, .. } = figure;
            let panels = figure.panels().iter().map(|panel| (panel.caption.clone(), panel.alt.clone()));
            let (caption, alt, panels) = (caption.clone(), alt.clone(), panels.collect());
            (id.clone(), FigureText { caption, alt, wide: *wide, panels })
        });
        let decided = facts::verdicts(inputs.model.claims(), facts).unwrap_or_else(|undecided| {
            let place = || Location::file(CLAIMS_FILE);
            for one in undecided {
                let error = |trouble: &Trouble| {
                    let message = format!("{}: {trouble}", one.claim);
                    match trouble {
                        Trouble::Missing(name) => facts.unknown(name, place(), message),
                        Trouble::Mixed(_) => Diagnostic::new(place(), message)
                            .remedy("compare and add up what measures the same"),
                    }
                };
                errors.0.extend(one.why.0.iter().map(error));
            }
            Vec::new()
        });
        let verdicts = decided.iter().map(|verdict| (verdict.claim.id.clone(), verdict.outcome)).collect();
        let decided = decided.iter().map(StoredVerdict::of).collect();
        Self { figures: figures.collect(), tables, verdicts, decided, errors }
    }
}

/// Fills in the cells of one table; what is made of rows of results comes from the cache, so that these need not be read.
fn table_of(
    context: &Context,
    inputs: &Inputs,
    facts: &Facts,
    (id, spec): (&String, &TableSpec),
) -> Result<Table, Diagnostics> {
    let (results, language) = (&inputs.results, inputs.paper.lang);
    let fill = || table::rows(id, spec, facts, results.frames(), language);
    if !spec.has_groups() {
        return fill();
    }
    let described = format!("{id} {language:?} {spec:?}");
    let digest = results.digest(&inputs.model);
    let key = [described.as_bytes(), digest.as_bytes()];
    let made = context.cache.get(&TABLES, &key, || serde_json::to_vec(&fill()?).map_err(internal))?;
    serde_json::from_slice(&made.bytes).map_err(internal)
}

/// What the text is read with.
pub struct Reading<'a> {
    /// Where stages are measured.
    pub context: &'a Context,
    /// Everything but the text.
    pub inputs: &'a Inputs,
    /// The facts that the text may name.
    pub facts: &'a Arc<Facts>,
    /// What the text may place and say.
    pub material: &'a Material,
    /// Parts that earlier readings resolved.
    pub kept: &'a ReferenceCache,
    /// Texts that earlier readings with the same of all this made.
    pub texts: Arc<TextCache>,
}

impl Reading<'_> {
    /// Reads the text and resolves it for one edition.
    ///
    /// # Errors
    /// Every error of the text, located.
    pub fn edition(&self, edition: &Edition) -> Result<Document, Diagnostics> {
        let Self { context, inputs, facts, material, kept, texts } = self;
        let paper = &inputs.paper;
        let editions: Vec<&str> = paper.editions.iter().map(Edition::blocks).chain([OUTREACH]).collect();
        let style = inputs.layout(edition.venue.as_ref())?.venue.references;
        let sources = Sources {
            root: &context.options.root,
            language: paper.lang,
            title: paper.title.clone(),
            front: paper.front(edition),
            back: paper.back(edition),
            keywords: paper.keywords.clone(),
            abstract_file: Some(paper.abstract_file.clone()),
            sections: paper.sections.clone(),
            appendices: edition.appendices.clone(),
            left_out: paper.appendices().filter(|file| !edition.appendices.contains(file)).cloned().collect(),
            bibliography: paper.bibliography.clone(),
            references: style,
            edition: edition.blocks(),
            editions: &editions,
            macros: &paper.macros,
            facts,
            verdicts: &material.verdicts,
            figures: &material.figures,
            tables: &material.tables,
            kept,
            texts,
        };
        context.stage(&format!("manuscript {}", edition.name), || {
            manuscript::read(&sources).map(|document| (document, false))
        })
    }
}
