//! The stage of inputs: everything an author wrote but the text, and where it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::context::Options;
use super::paper::{PAPER_FILE, Paper};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::figure::Figure;
use crate::lint::{STRUCTURAL_FILE, Structural};
use crate::model::Model;
use crate::output::Templates;
use crate::rally::{Plan, RALLY_FILE, SIGNED_FILE, Signatures};
use crate::review::{BASELINE_FILE, Baseline, REVIEW_FILE, ReviewSpec};
use crate::source::{hex, read_text};
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
    /// Returns all files that are read, below the root; some of them a paper may lack. The preview follows
    /// those in [`FOLDERS`].
    pub fn files(&self) -> Vec<PathBuf> {
        let fixed = [PAPER_FILE, STRUCTURAL_FILE, REVIEW_FILE, BASELINE_FILE, RALLY_FILE, SIGNED_FILE]
            .map(PathBuf::from);
        let figures = self.figures.keys().map(|id| PathBuf::from(format!("figures/{id}.yaml")));
        let tables = self.tables.keys().map(|id| PathBuf::from(format!("paper/tables/{id}.yaml")));
        let text = self.paper.text().chain([&self.paper.bibliography]).cloned();
        let text = text.chain(self.paper.outreach.files().map(Path::to_path_buf));
        let templates = self.templates.files();
        let fixed = fixed.into_iter().chain(templates).chain(self.model.files());
        fixed.chain(text).chain(figures).chain(tables).collect()
    }
}

/// Reads everything but the text; all errors together.
pub fn read(options: &Options) -> Result<Inputs, Diagnostics> {
    let Options { root, study, .. } = options;
    let mut errors = Diagnostics::default();
    let paper = errors.take(Paper::read(root, study));
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
pub const FOLDERS: [&str; 3] = ["paper", "figures", "templates"];

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
        for entry in entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let path = entry.path();
            let bytes = std::fs::read(path).unwrap_or_default();
            inputs.update(format!("{}\0", path.display()));
            let is_text = path.extension().is_some_and(|ending| ending == "md" || ending == "bib");
            let digest = if is_text { &mut text } else { &mut inputs };
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
        Self { inputs: hex(&inputs.finalize()), text: hex(&text.finalize()) }
    }
}
