//! What the table of words of a language holds.

use serde::Serialize;

/// A noun for one thing and for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Noun {
    /// For one.
    pub one: &'static str,
    /// For several.
    pub many: &'static str,
}

/// Every word that outputs print and no author wrote; templates see it as `words`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    // Parts of a paper and their headings.
    /// Heading of the abstract.
    pub abstract_heading: &'static str,
    /// Heading of the contents.
    pub contents: &'static str,
    /// Heading of the cited works.
    pub references: &'static str,
    /// Heading of the footnotes at the end of a page.
    pub notes: &'static str,
    /// What stands before the key terms on pages and in text documents.
    pub index_terms: &'static str,
    /// The same in print.
    pub index_terms_print: &'static str,
    /// The same in classes that call them so.
    pub keywords: &'static str,
    /// What stands before the concepts of the ACM.
    pub ccs_concepts: &'static str,
    /// The same in print.
    pub ccs_concepts_print: &'static str,
    /// Heading of where data and programs are found.
    pub availability: &'static str,
    /// Heading of who paid.
    pub funding: &'static str,
    /// Heading of whom the authors thank.
    pub acknowledgements: &'static str,
    // Authors.
    /// What stands for authors who stay unnamed.
    pub anonymous_authors: &'static str,
    /// What the mark of authors means who contributed as much as each other.
    pub contributed_equally: &'static str,
    /// To whom readers write.
    pub corresponding: Noun,
    // What has a number.
    /// An appendix.
    pub appendix: Noun,
    /// A section.
    pub section: Noun,
    /// A figure, where a sentence begins.
    pub figure: Noun,
    /// A figure, within a sentence and before its caption.
    pub figure_short: Noun,
    /// A table.
    pub table: Noun,
    /// An equation, where a sentence begins.
    pub equation: Noun,
    /// An equation, within a sentence.
    pub equation_short: Noun,
    /// A cited work.
    pub reference: Noun,
    /// A footnote.
    pub footnote: Noun,
    /// A footnote to which a sentence refers, at its beginning.
    pub note_reference: Noun,
    /// The same within it.
    pub note_reference_within: Noun,
    /// A line of a listing or an algorithm.
    pub line: Noun,
    /// A theorem.
    pub theorem: Noun,
    /// A lemma.
    pub lemma: Noun,
    /// A proposition.
    pub proposition: Noun,
    /// A corollary.
    pub corollary: Noun,
    /// A definition.
    pub definition: Noun,
    /// An example.
    pub example: Noun,
    /// A remark that has a number.
    pub remark: Noun,
    /// A proof.
    pub proof: &'static str,
    /// An algorithm.
    pub algorithm: Noun,
    /// A listing.
    pub listing: Noun,
    /// A remark beside the text.
    pub note: &'static str,
    /// A piece of advice.
    pub tip: &'static str,
    /// What a reader must not miss.
    pub important: &'static str,
    /// What goes wrong where it is not heeded.
    pub warning: &'static str,
    /// What does harm where it is not heeded.
    pub caution: &'static str,
    // Between words, and around them.
    /// Before the last of several things.
    pub and: &'static str,
    /// Between the ends of an interval.
    pub to: &'static str,
    /// Behind the name of a table that began on an earlier page.
    pub continued: &'static str,
    /// Behind the number of a line of a listing.
    pub is_marked: &'static str,
    /// Behind the numbers of several.
    pub are_marked: &'static str,
    /// Before where the rows of a table come from.
    pub data_source: &'static str,
    // What the page says to those who hear it or find their way with keys.
    /// The link over everything that stands before the text.
    pub skip: &'static str,
    /// The link that closes an entry.
    pub close: &'static str,
    /// Before the name of what is mentioned.
    pub mention_of: &'static str,
    /// Before the number of a note, at the link back to where it is called.
    pub back_to_note: &'static str,
    /// Behind the number of a footnote that is called again.
    pub as_before: &'static str,
    // Numbers and what is known of them.
    /// Heading of the ledger.
    pub ledger: &'static str,
    /// What the ledger tells.
    pub ledger_introduction: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its formula.
    pub formula: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What computed it.
    pub code: &'static str,
    /// Its value at the stated inputs.
    pub at_stated_inputs: &'static str,
    /// Its median.
    pub median: &'static str,
    /// The ends of its interval.
    pub percentiles: &'static str,
    /// What was published.
    pub published: &'static str,
    /// The inputs behind it.
    pub inputs: &'static str,
    /// What else is behind it.
    pub rests_on: &'static str,
    /// Results that others published.
    pub published_results: &'static str,
    /// Data of the study.
    pub data: &'static str,
    /// Results that were stored.
    pub stored_results: &'static str,
    /// What experiments sweep and how they sample.
    pub parameters: &'static str,
    /// Files of an author's own results.
    pub sources: &'static str,
    /// From the published structure alone.
    pub grade_computed: &'static str,
    /// Computed, but an input is assumed.
    pub grade_assumption: &'static str,
    /// Arithmetic on a published result.
    pub grade_derived: &'static str,
    /// Taken of an author's own results.
    pub grade_measured: &'static str,
    /// Only cited.
    pub grade_quoted: &'static str,
    /// The verdict on a claim that holds.
    pub holds: &'static str,
    /// On one that does not.
    pub fails: &'static str,
    /// On one that an assumption leaves open.
    pub undecidable: &'static str,
    /// On one that could not have been missed.
    pub not_testable: &'static str,
    // Drawings.
    /// The key of a whisker.
    pub chart_interval: &'static str,
    /// The key of a range that was published.
    pub chart_published_range: &'static str,
    /// The key of the tick at a median.
    pub chart_median: &'static str,
    /// The head of the column of values.
    pub chart_value: &'static str,
    /// The head of the column of what moves a value.
    pub chart_moved_by: &'static str,
    /// The key of a line of least squares.
    pub chart_fit: &'static str,
    /// What the colours of a density count.
    pub chart_rows: &'static str,
    // The list of cited works, beyond what its style has of each language.
    /// Before the day on which an address was read.
    pub cited_accessed: &'static str,
    /// Before the address of a work.
    pub cited_online: &'static str,
    /// The same, behind it.
    pub cited_available: &'static str,
    /// Behind the first of many authors.
    pub cited_others: &'static str,
    /// What stands for them in a bibliography.
    pub cited_and_others: &'static str,
    /// A number of a report or a series.
    pub cited_number: &'static str,
    /// A volume of a series.
    pub cited_volume: &'static str,
    /// An article that has a number in place of pages.
    pub cited_article: &'static str,
    /// An edition, behind its number.
    pub cited_edition: &'static str,
    /// Before the names of those who translated a work.
    pub cited_translated: &'static str,
    /// A version, before its number.
    pub cited_version: &'static str,
    /// A thesis.
    pub master_thesis: &'static str,
    /// A thesis.
    pub bachelor_thesis: &'static str,
    /// A thesis.
    pub doctoral_thesis: &'static str,
    /// A thesis.
    pub candidate_thesis: &'static str,
    /// A report.
    pub technical_report: &'static str,
    /// A report.
    pub research_report: &'static str,
}
