//! The plan of a paper as a ledger: waves, the criteria of each, and how far they hold.
//!
//! A criterion of `paper/rally.yaml` is a sentence of the plan and a list of checks, all of which have to
//! hold. A criterion without a check stays open: what nobody can check is not done. The kinds of checks are a
//! closed set:
//!
//! | check | holds when |
//! | --- | --- |
//! | `fact: {names, at_least, at_most, above, below, equal, within, published, interval, in}` | every fact exists, keeps what it is compared with (see [`crate::assertion`]), has a published value or an interval where asked, and is shown in the text, figure or table `in` |
//! | `verdict: {claims, in}` | the text `in` states the verdict of each claim; all claims when none is named |
//! | `file: {path, bytes}` | the file exists and is not empty, and `bytes` allows its size; a path that ends in `/` is a folder |
//! | `count: {of, at_least, at_most, equal}` | a measure is allowed; see below |
//! | `contains: {in, edition, topics, in_order}` | the text has each topic in its words; a topic that is a list needs one of its phrases |
//! | `headings: {in, edition, topics, in_order}` | the same, in headings |
//! | `cells: {table, column, among}` | every cell of a column is among those listed, or begins the title of a section |
//! | `lint: {rule, in}` | nothing breaks this rule of prose, what the paper ignores included |
//! | `review: {rule, class, severity, property}` | the review has such checks, and they find nothing, what the paper ignores included |
//! | `cites: {in, edition, labels}` | the text refers to each label or work |
//! | `test: {names, programs}` | `make test` passed each test, and the programs of a text as doc-tests, on these very sources |
//! | `sign-off: TEXT` | a person signed, and nothing changed since |
//!
//! Measures are `words`, `sections`, `figures`, `tables`, `programs`, `references`, `unresolved`, `pages`,
//! `cited-works`, `pixel-images` and `foreign-fonts`, each `{in, edition}`; `lines: {in, function}`,
//! `citations: {in, edition, work}`, `marked: {heading, leads_to_section}`, `rows: {table, column, holds}`,
//! `labels: {figure, like, from, until}`, `shapes: {figure, element}`, `source-parts: KIND`, `file-words:
//! {in, after_first_line}`, `first-line`, `pictures`, `file-tables`, `posts` and `longest-post` of a file;
//! and `waves`, `dependencies`, `concepts`, `unused-concepts`, `unlisted-places`, `checks`, `classes`,
//! `overfull-boxes`, `sections-without-roadmap`, `unexplained-acronyms`, `mean-sentence` and
//! `sections-without-earlier-grade`. [`Measure`] says what each counts.
//!
//! - `plan`, `check`, `measure`: the file, read and validated; `written`: its checks as they are signed.
//! - `evidence`, `evaluate`: what checks look at, and their decisions.
//! - `record`, `signed`: the record of `make test`, and what people signed.
//! - `board`: every wave and gate with its state; `markdown`, `html`, `graph` and `terminal` show it.
//! - `history`: the estimate of each phase beside its commits.

mod board;
mod check;
mod evaluate;
mod evidence;
mod graph;
mod history;
mod html;
mod markdown;
mod measure;
mod plan;
mod record;
mod signed;
mod terminal;
mod written;

pub use board::{Board, CriterionState, GateState, Status, WaveState, board};
pub use evaluate::CheckState;
pub use evidence::Evidence;
pub use graph::dependency_graph;
pub use history::{Activity, GIT_ARGUMENTS, History, Spent, history};
pub use html::board_html;
pub use markdown::board_markdown;
pub use measure::Measure;
pub use plan::{Plan, Question, RALLY_FILE};
pub use record::{TESTS_FILE, Tests, sources};
pub use signed::{SIGNED_FILE, Signature, Signatures, Target};
pub use terminal::{gate_text, status_text};
