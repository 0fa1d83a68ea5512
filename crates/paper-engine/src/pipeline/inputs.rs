//! The stage of inputs: everything an author wrote but the text, and where it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::context::Options;
use super::paper::{PAPER_FILE, Paper};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::figure::Figure;
use crate::lint::{STRUCTURAL_FILE, Structural};
use crate::model::Model;
use crate::output::{Layout, Templates};
use crate::rally::{Plan, RALLY_FILE, SIGNED_FILE, Signatures};
use crate::results::{LOCK_FILE, Results};
use crate::review::{BASELINE_FILE, Baseline, REVIEW_FILE, ReviewSpec};
use crate::source::{RESULTS_FILE, hex, place, read_text};
use crate::table::{self, TableSpec};

/// Everything an author wrote, read and validated, but for the text.
pub struct Inputs {
    /// The description of the paper.
    pub paper: Paper,
    /// The inputs of the simulation.
    pub model: Model,
    /// The author's own results.
    pub results: Results,
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
    /// Returns all files that are read, below the root; some of them a paper may lack. The preview follows
    /// those in [`FOLDERS`].
    pub fn files(&self) -> Vec<PathBuf> {
        let plan = [RALLY_FILE, SIGNED_FILE];
        let fixed = [PAPER_FILE, STRUCTURAL_FILE, REVIEW_FILE, BASELINE_FILE, RESULTS_FILE, LOCK_FILE];
        let fixed = fixed.into_iter().chain(plan);
        let fixed = fixed.map(PathBuf::from);
        let figures = self.figures.keys().map(|id| PathBuf::from(format!("figures/{id}.yaml")));
        let tables = self.tables.keys().map(|id| PathBuf::from(format!("paper/tables/{id}.yaml")));
        let text = self.paper.text().chain([&self.paper.bibliography]).cloned();
        let text = text.chain(self.paper.outreach.files().map(Path::to_path_buf));
        let templates = self.templates.files();
        let data = self.tables.values().filter_map(TableSpec::data_file);
        let data = data.chain(self.results.files().cloned());
        let fixed = fixed.chain(templates).chain(self.model.files()).chain(data);
        fixed.chain(text).chain(figures).chain(tables).collect()
    }
}

impl Inputs {
    /// Returns the template of a venue and what the venue asks; of none, the default ones.
    ///
    /// # Errors
    /// A name that is no venue's, at its place.
    pub fn layout(&self, venue: Option<&Spanned<String>>) -> Result<Layout<'_>, Diagnostics> {
        self.templates.layout(venue.map(|venue| venue.value.as_str())).map_err(|known| {
            let name = venue.map_or("", |venue| &venue.value);
            let place =
                venue.map_or_else(|| Location::file(PAPER_FILE), |venue| place(Path::new(PAPER_FILE), venue));
            let remedy =
                format!("name one of {}, or a folder of your own below templates/venues", known.join(", "));
            let error = Diagnostic::new(place, format!("there is no venue `{name}`")).remedy(remedy);
            error.suggest(name, known).into()
        })
    }

    /// Refuses editions of venues that are none, and those that do not say what their venue has to know.
    fn check_venues(&self) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        for edition in &self.paper.editions {
            let layout = errors.take(self.layout(edition.venue.as_ref()));
            if let (Some(layout), Some(venue), None) = (layout, &edition.venue, edition.anonymous)
                && layout.venue.anonymity
            {
                let message = format!("the reviewers of `{}` do not know the authors", venue.value);
                let remedy =
                    "say `anonymous: true` for a submission, or `anonymous: false` for the final paper";
                let place = place(Path::new(PAPER_FILE), venue);
                errors.push(Diagnostic::new(place, message).remedy(remedy));
            }
        }
        errors.into_result(())
    }
}

/// Reads everything but the text; all errors together.
pub fn read(options: &Options) -> Result<Inputs, Diagnostics> {
    let Options { root, study, .. } = options;
    let mut errors = Diagnostics::default();
    let paper = errors.take(Paper::read(root, study));
    let model = errors.take(Model::read(root, study));
    let results = errors.take(Results::read(root));
    let figures = errors.take((study.figures)(root));
    let tables = errors.take(table::load_all(root));
    let templates = errors.take(Templates::load(&root.join("templates")));
    let structural = errors.take(Structural::read(root));
    let review = errors.take(ReviewSpec::read(root));
    let baseline = errors.take(Baseline::read(root));
    let plan = errors.take(Plan::read(root));
    let signatures = errors.take(Signatures::read(root));
    let all = (|| {
        let (paper, model, results, figures, tables) = (paper?, model?, results?, figures?, tables?);
        let (templates, structural, review, baseline) = (templates?, structural?, review?, baseline?);
        let (plan, signatures) = (plan?, signatures?);
        Some(Inputs {
            paper,
            model,
            results,
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
        Some(inputs) => {
            errors.take(inputs.check_venues());
            errors.into_result(inputs)
        }
        None => Err(errors.into_result(()).err().unwrap_or_default()),
    }
}

/// Refuses a folder that holds no paper.
///
/// # Errors
/// A located error when there is no description of a paper.
pub fn require_paper(root: &Path) -> Result<(), Diagnostics> {
    read_text(root, Path::new(PAPER_FILE)).map(drop).map_err(|error| {
        error.remedy("name the folder of a paper with --root; it holds paper/paper.yaml").into()
    })
}

/// Reports a failure that no author's file explains.
pub fn internal(error: impl std::fmt::Display) -> Diagnostics {
    Diagnostic::new(Location::file(PAPER_FILE), error.to_string()).into()
}

/// Folders below a paper's root that its author writes.
pub const FOLDERS: [&str; 5] = ["paper", "figures", "templates", "data", "results"];

/// Those of files that may be large: their size and time tell whether one changed while its author writes.
const FOLDERS_OF_RESULTS: [&str; 2] = ["data", "results"];

/// Digests of an author's files: their names, and what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigests {
    /// Of all files but the text, whose names alone count.
    pub inputs: String,
    /// Of the text.
    text: String,
}

impl FileDigests {
    /// Returns what stands in the files now.
    pub fn now(root: &Path) -> Self {
        let folders = FOLDERS.map(|folder| root.join(folder));
        let (mut inputs, mut text) = (Sha256::new(), Sha256::new());
        // A folder that cannot be read is an error of the reading that follows.
        let entries = folders.iter().flat_map(|folder| WalkDir::new(folder).sort_by_file_name());
        let is_large =
            |path: &Path| FOLDERS_OF_RESULTS.iter().any(|folder| path.starts_with(root.join(folder)));
        for entry in entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let path = entry.path();
            inputs.update(format!("{}\0", path.display()));
            if is_large(path) {
                let written = entry.metadata().ok().map(|file| (file.len(), file.modified().ok()));
                inputs.update(format!("{written:?}"));
                continue;
            }
            let bytes = std::fs::read(path).unwrap_or_default();
            let is_text = path.extension().is_some_and(|ending| ending == "md" || ending == "bib");
            let digest = if is_text { &mut text } else { &mut inputs };
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
        Self { inputs: hex(&inputs.finalize()), text: hex(&text.finalize()) }
    }
}
