//! Markdown to one document tree: numbers, cross-references, citations, editions, positions.
//!
//! What an author writes in a section file, a caption or the abstract:
//!
//! - A number: `{{ fact(name="queue.half_load.wait") }}`, with `digits=2` for that many
//!   decimals and `bare=true` to leave out the unit; `published`, `difference`, `interval` and
//!   `median` print what stands beside the same fact. A verdict: `{{ claim(id="...",
//!   is="holds") }}`, with `say="..."` for other words. No template engine reads the text:
//!   other braces are what they are in code and formulas, and an error elsewhere.
//! - A section: `# Architecture [#sec:architecture]`; level-1 headings count 1, 2, 3 and
//!   level-2 headings 3.1, 3.2. The label in brackets may be left out.
//! - Mathematics: `$x$` in a line and `$$ ... $$` displayed. `[#eq:throughput]` directly after
//!   the closing `$$`, or on the next line, labels and numbers the equation; so does `\label{eq:throughput}` in it, and in
//!   a row of `align` or `gather` that row alone. `\tag{A}` stands in place of the number, and `[#numbers]` behind the
//!   formula counts all its rows, or the formula, without labels. Formulas are read before
//!   Markdown, so that their lines may begin with any sign; sums of money stay text. `macros` of
//!   `paper/paper.yaml` are commands of the paper's own.
//!   Greek letters are bold, upright or slanted in `\mathbf`, `\mathrm` and `\mathit`; what an alphabet lacks is
//!   an error.
//! - Text in Greek and Cyrillic, and trees drawn in signs, as they are. What else an installed font has is set in
//!   the PDF, and refused where an edition has an archive, or where it runs from right to left.
//! - A figure: `::: figure fig-4-topology`, then `:::` on a line of its own. Its label is
//!   `fig:wait`; caption and alternative text stand in `figures/fig-4-wait.yaml`.
//! - A table: `::: table table-2-performance`, then `:::`. Its label is `tab:performance`; it
//!   stands in `paper/tables/table-2-performance.yaml`.
//! - A picture that the author brings: `![caption](figures/photo.jpg)` in a paragraph of its own, with
//!   `{#fig:photo width=60% alt="what is seen" wide page=2}` behind it as needed; in a line of text it is as
//!   high as the line.
//! - A table in the text: rows with bars as in GFM, and below, after an empty line, `: caption [#tab:name]`.
//! - A statement: `::: theorem [#thm:bound] Title`, its blocks, `:::`; [`StatementKind`] has the others. A
//!   listing with a number: `{#lst:loop caption="..."}` behind the language of its fence, where `numbers` counts
//!   lines, `highlight="3,5-7"` marks some, and `file="figures/walk.rs"` with `lines="10-24"`, or with
//!   `anchor="walk"` for those between `ANCHOR: walk` and `ANCHOR_END: walk`, shows lines of a file.
//! - A notice beside the text: `::: note Title`, its blocks, `:::`; also `tip`, `important`, `warning` and
//!   `caution`, or `> [!NOTE] Title` as on GitHub.
//! - A term and its meaning: the term, an empty line, `: the meaning`.
//! - A cross-reference: `@sec:architecture`, `@fig:wait`, `@tab:performance`,
//!   `@eq:throughput`, `@thm:bound`; `@Fig:wait` where a sentence begins, `[@fig:wait; @fig:gain]` for several of
//!   a kind; `@fig:wait(a)` and `@lst:loop(3-5)` name a panel and lines. A citation: `[@key]`, `[@key, p. 3]` or
//!   `[@one; @two]`.
//! - Blocks of one edition: `::: edition extended`, the blocks, `:::`.
//! - A footnote: `[^note]` in the text and `[^note]: Its text.` anywhere in the file, or `^[its text]`.
//!   One that is called twice is set once; it holds paragraphs, lists, quotations, formulas and listings, and
//!   `@fn:note` names it by its number.
//! - Emphasis, lists, quotations, code, rules and links as in CommonMark; struck text, tasks and bare
//!   addresses as in GFM. Straight quotes, `--` and `...` become typographic,
//!   in the marks of the paper's language.
//!   HTML comments are left out.
//! - Anything else that means something elsewhere, such as commands of LaTeX, is an error at its place.
//! - In a text that stands beside the paper: a title as its first heading, and links such as
//!   `[the post](site:blog-post.html)` to addresses below the site that the paper names.

mod alphabet;
mod attributes;
mod bib;
mod bibliography;
mod block;
mod builder;
mod call;
mod cross_reference;
mod definitions;
mod directive;
mod equation;
mod formula;
mod front;
mod inline;
mod label;
mod listing;
mod macros;
mod math;
mod next_draft;
mod picture;
mod pipe_table;
mod position;
mod quotes;
mod reader;
mod reference_cache;
mod source;
mod sources;
mod standalone;
mod statement;
mod text_cache;
mod tree;
mod walk;

pub use alphabet::{Alphabet, Letter, letters};
#[cfg(test)]
pub use bib::all_references;
pub use bib::{Addition, EntryText, ReferenceStyle, WrittenEntry, addition, whole_entries};
pub use formula::{closing_brace, unescaped};
pub use front::{Affiliation, Author, BackKind, Front, with_apostrophes};
pub use reader::read;
pub use reference_cache::ReferenceCache;
pub use sources::{FigureText, Sources, TableText};
pub use standalone::read_standalone;
pub use text_cache::TextCache;
pub use tree::{
    BackMatter, Block, BlockKind, Citation, CodeLines, Document, EquationNumber, EquationRow, Inline,
    InlineKind, LabelKind, Naming, Picture, Reference, StatementKind, TableContent,
};
pub use walk::{blocks, inlines, shows_nothing};
