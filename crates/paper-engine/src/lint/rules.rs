//! The rules of prose and of the printed page, by name.

use crate::diagnostic::{Rule, Severity};

/// A number that an author typed.
pub const TYPED_NUMBER: Rule = Rule::new(
    "typed-number",
    Severity::Critical,
    "every number of the text comes from a fact",
    "A typed number stays when the result behind it moves.",
);
/// Text that is not written yet.
pub const PLACEHOLDER: Rule = Rule::new(
    "placeholder",
    Severity::Critical,
    "no word stands for text that is not written",
    "What was put off would be printed.",
);
/// Words that stand twice.
pub const REPEATED_WORDS: Rule = Rule::new(
    "repeated-words",
    Severity::Critical,
    "no eight words in a row stand twice",
    "A sentence that was copied says nothing new, and one of the two is forgotten when the other is changed.",
);
/// A figure or table that nothing mentions.
pub const UNCITED_FIGURE: Rule = Rule::new(
    "uncited-figure",
    Severity::Critical,
    "the text refers to every figure and table that it shows",
    "A reader is to know what there is to see.",
);
/// More or fewer words than were planned.
pub const BUDGET: Rule = Rule::new(
    "budget",
    Severity::Critical,
    "every part has as many words as its budget allows",
    "Venues and readers have limits.",
);
/// More or fewer pages than were planned.
pub const PAGE_BUDGET: Rule = Rule::new(
    "page-budget",
    Severity::Critical,
    "every edition has as many pages as its budget allows",
    "A venue returns a paper that is too long unread.",
);
/// A text beside the paper that is longer or shorter than was planned.
pub const OUTREACH_LIMIT: Rule = Rule::new(
    "outreach-limit",
    Severity::Critical,
    "every text beside the paper keeps the limits of the block `outreach`",
    "Platforms cut off what is too long, and readers leave it.",
);
/// A line or formula that is wider than its column.
pub const OVERFULL_BOX: Rule = Rule::new(
    "overfull-box",
    Severity::Minor,
    "nothing on a page sticks out of its column by more than ten points",
    "It is a warning: what runs into the margin is hard to read, and may be cut off.",
);
/// An entry of the bibliography that does not lead to the work.
pub const INCOMPLETE_REFERENCE: Rule = Rule::new(
    "incomplete-reference",
    Severity::Critical,
    "every cited entry of the bibliography says what a reader needs to find the work",
    "A work that cannot be found supports nothing. That an address is missing is a warning: some have none.",
);
/// An entry of the bibliography that nothing cites.
pub const UNUSED_REFERENCE: Rule = Rule::new(
    "unused-reference",
    Severity::Minor,
    "something cites every entry of the bibliography",
    "It is a warning: an entry may wait for its sentence.",
);

/// A quoted number that is not the one for which its source was given.
pub const CHANGED_QUOTATION: Rule = Rule::new(
    "changed-quotation",
    Severity::Minor,
    "no quoted number changes while its source stays",
    "It is a warning: what stands in a source does not change, so the new number stands elsewhere, or is no quotation.",
);

/// An anonymous edition that tells who wrote it.
pub const ANONYMITY: Rule = Rule::new(
    "anonymity",
    Severity::Critical,
    "an anonymous edition says nowhere who wrote it",
    "A venue returns a paper that names its authors unread.",
);

/// All rules of prose and of the printed page.
pub const RULES: &[Rule] = &[
    TYPED_NUMBER,
    PLACEHOLDER,
    REPEATED_WORDS,
    UNCITED_FIGURE,
    BUDGET,
    PAGE_BUDGET,
    OUTREACH_LIMIT,
    OVERFULL_BOX,
    INCOMPLETE_REFERENCE,
    UNUSED_REFERENCE,
    CHANGED_QUOTATION,
    ANONYMITY,
];
