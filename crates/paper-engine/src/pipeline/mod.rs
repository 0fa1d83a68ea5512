//! The only place that joins the stages: from what an author wrote to finished files.
//!
//! - `context`, `cache`: what every stage uses.
//! - `paper`, `inputs`, `needed`, `facts`, `figures`, `reading`, `lint`, `anonymity`, `review`, `pdf`, `archive`,
//!   `docx`, `editions`, `outputs`, `outreach`: the stages, each a function of what it needs.
//! - `session`: which stage needs which; each is made when it is first asked for.
//! - `build`, `rally`, `plan`, `preview`: what is asked of a session.
//! - `description`, `manifest`, `mentions`, `verdicts`: what is told of a build.

mod addition;
mod anonymity;
mod archive;
mod build;
mod cache;
mod context;
mod description;
mod docx;
mod editions;
mod facts;
mod figures;
mod inputs;
mod lint;
mod manifest;
mod mentions;
mod needed;
mod ooxml;
mod outputs;
mod outreach;
mod paper;
mod pdf;
mod plan;
mod preview;
mod rally;
mod reading;
mod review;
mod session;
mod verdicts;

pub use crate::output::built_in_venues;
pub use addition::{Added, Given, Refused, add_references};
pub use build::{Built, Checked, build, check, write};
pub use cache::Cache;
pub use context::{Options, Progress, Timing};
pub use description::{Description, Illustration};
pub use facts::facts_of;
pub use inputs::{FOLDERS, require_paper};
pub use lint::WordCounts;
pub use manifest::{FileDigest, MANIFEST_FILE, Manifest, Program, Release};
pub use mentions::{MENTIONS_FILE, Mention, Mentions};
pub use needed::Needed;
pub use outreach::Measure;
pub use paper::{Edition, Outreach, PAPER_FILE, Paper};
pub use plan::{ledger, plan, sign};
pub use preview::{Computing, Draft, DraftCache, DraftPdf, Look, Page, Pending, look};
pub use review::{Review, keep_clarity};
pub use verdicts::{StoredVerdict, VERDICTS_FILE};
