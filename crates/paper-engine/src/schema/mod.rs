//! What the YAML files of a paper may hold: a JSON Schema of each kind, for editors, and the reference page
//! made of them.
//!
//! The schemas are derived from the types that read the files, so that both say the same.

mod reference;

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::lint::Structural;
use crate::model::{self, Claim};
use crate::output::Venue;
use crate::pipeline::Paper;
use crate::rally::{Plan, Signatures};
use crate::results;
use crate::review::{Baseline, ReviewSpec};
use crate::source::schema_of;
use crate::study::Study;
use crate::table::TableSpec;

pub use reference::reference;

/// A kind of YAML file.
pub struct FileKind {
    /// Its name, and that of its schema.
    pub name: &'static str,
    /// Where its files stand, below the root of a paper; `*` for any name.
    pub files: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// A file of it, or a part of one.
    pub example: fn(&Study) -> Cow<'static, str>,
    schema: fn(&Study) -> Value,
}

/// All kinds, from those that every paper has to those that the program writes.
pub const KINDS: [FileKind; 15] = [
    FileKind {
        name: "paper",
        files: "paper/paper.yaml",
        about: "What the paper is called, who wrote it, and which texts and editions it has.",
        example: |_| include_str!("examples/paper.yaml").into(),
        schema: |_| schema_of::<Paper>(),
    },
    FileKind {
        name: "model",
        files: "paper/model.yaml",
        about: "The inputs of the study by dotted name, each with value, unit, grade and source.",
        example: |_| include_str!("examples/model.yaml").into(),
        schema: |_| model::schema(),
    },
    FileKind {
        name: "experiments",
        files: "paper/experiments.yaml",
        about: "What the experiments of the study sweep and how they sample, in place of what they do without it.",
        example: |study| model::parameters_example(study.parameters).into(),
        schema: |study| model::parameters_schema(study.parameters),
    },
    FileKind {
        name: "results",
        files: "paper/results.yaml",
        about: "Numbers of an author's own results: the files that hold them, and what is taken of their rows.",
        example: |_| include_str!("examples/results.yaml").into(),
        schema: |_| results::schema(),
    },
    FileKind {
        name: "figure",
        files: "figures/*.yaml",
        about: "A figure: a chart over facts, a drawing of the study, or a picture that the author brings.",
        example: |_| include_str!("examples/figure.yaml").into(),
        schema: |study| (study.figure_schema)(),
    },
    FileKind {
        name: "table",
        files: "paper/tables/*.yaml",
        about: "A table over facts.",
        example: |_| include_str!("examples/table.yaml").into(),
        schema: |_| schema_of::<TableSpec>(),
    },
    FileKind {
        name: "venue",
        files: "templates/venues/*/venue.yaml",
        about: "A venue: its class, and what fits its lines and pages.",
        example: |_| include_str!("examples/venue.yaml").into(),
        schema: |_| schema_of::<Venue>(),
    },
    FileKind {
        name: "structural-numbers",
        files: "paper/structural-numbers.yaml",
        about: "Numbers that the text may write out, each group with its reason.",
        example: |_| include_str!("examples/structural-numbers.yaml").into(),
        schema: |_| schema_of::<Structural>(),
    },
    FileKind {
        name: "published",
        files: "paper/published.yaml",
        about: "Results that others published, to stand beside ours.",
        example: |_| include_str!("examples/published.yaml").into(),
        schema: |_| model::published_schema(),
    },
    FileKind {
        name: "claims",
        files: "paper/claims.yaml",
        about: "What the paper claims, and the fact that decides it.",
        example: |_| include_str!("examples/claims.yaml").into(),
        schema: |_| schema_of::<Vec<Claim>>(),
    },
    FileKind {
        name: "review",
        files: "paper/review.yaml",
        about: "What the review of this paper adds to the checks of every paper.",
        example: |_| include_str!("examples/review.yaml").into(),
        schema: |_| schema_of::<ReviewSpec>(),
    },
    FileKind {
        name: "rally",
        files: "paper/rally.yaml",
        about: "The plan: phases, waves, and the criteria that decide whether each is done.",
        example: |_| include_str!("examples/rally.yaml").into(),
        schema: |_| schema_of::<Plan>(),
    },
    FileKind {
        name: "measurements",
        files: "paper/measurements.yaml",
        about: "Measured inputs, written by a command of the study and read as those of the model.",
        example: |_| include_str!("examples/model.yaml").into(),
        schema: |_| model::schema(),
    },
    FileKind {
        name: "signed",
        files: "paper/signed.yaml",
        about: "What people signed, written by `rally sign`.",
        example: |_| include_str!("examples/signed.yaml").into(),
        schema: |_| schema_of::<Signatures>(),
    },
    FileKind {
        name: "clarity-baseline",
        files: "paper/clarity-baseline.yaml",
        about: "The readability of the last release, written by `review --keep RELEASE`.",
        example: |_| include_str!("examples/clarity-baseline.yaml").into(),
        schema: |_| schema_of::<Baseline>(),
    },
];

impl FileKind {
    /// Returns whether the program writes its files, and no author.
    pub fn is_written(&self) -> bool {
        ["measurements", "signed", "clarity-baseline"].contains(&self.name)
    }

    /// Returns the kind of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Returns the schema of its files, with the units and drawings of a study.
    pub fn schema(&self, study: &Study) -> Value {
        let mut schema = (self.schema)(study);
        schema["title"] = json!(self.files);
        schema["description"] = json!(self.about);
        schema
    }

    /// Returns the schema as the text of a file.
    pub fn text(&self, study: &Study) -> String {
        format!("{:#}\n", self.schema(study))
    }
}

/// The folder of the schemas of a paper, below its root.
pub const FOLDER: &str = "schemas";

/// Returns the files of all schemas by their names, for [`FOLDER`].
pub fn files(study: &Study) -> impl Iterator<Item = (String, String)> {
    KINDS.iter().map(|kind| (format!("{}.json", kind.name), kind.text(study)))
}
