//! The rules of the review, by name.

use super::Severity;
use crate::diagnostic::Rule;

pub(super) const NUMBER_WITHOUT_FACT: Rule = Rule::new(
    "number-without-fact",
    Severity::Critical,
    "every number in text and tables is that of a computed or cited fact",
    "What has no fact can be neither traced nor computed anew.",
);
pub(super) const UNEXPLAINED_FACT: Rule = Rule::new(
    "unexplained-fact",
    Severity::Critical,
    "every fact shown says by which formula and source it came about",
    "A reader who doubts a number needs the way to it.",
);
pub(super) const ASSUMPTION_WITHOUT_INTERVAL: Rule = Rule::new(
    "assumption-without-interval",
    Severity::Major,
    "every number that rests on an assumption has an interval",
    "Without one, a guess looks as certain as a count.",
);
pub(super) const TYPED_CELL: Rule = Rule::new(
    "typed-cell",
    Severity::Critical,
    "every cell of a column of numbers is a fact, a dash where there is none, or of a file whose source is told",
    "A typed cell stays when the result behind it moves.",
);
pub(super) const UNLISTED_SOURCE: Rule = Rule::new(
    "unlisted-source",
    Severity::Major,
    "every work that a shown fact names as its source is in the list of references",
    "The source of a number has to be found by its reader.",
);
pub(super) const REVERSED_INTERVAL: Rule = Rule::new(
    "reversed-interval",
    Severity::Critical,
    "every interval goes from its lower to its upper end",
    "An interval the other way round holds nothing.",
);
pub(super) const VALUE_OUTSIDE_INTERVAL: Rule = Rule::new(
    "value-outside-interval",
    Severity::Major,
    "every assumed value lies in its own interval",
    "A stated value outside what its assumptions give is not what they say.",
);
pub(super) const UNKNOWN_INPUT: Rule = Rule::new(
    "unknown-input",
    Severity::Critical,
    "every input that a fact depends on is in the model",
    "Provenance that leads nowhere is none.",
);
pub(super) const ASSUMPTION_AT_END: Rule = Rule::new(
    "assumption-at-end",
    Severity::Major,
    "every assumed input lies between the ends of its range, not at one of them",
    "A value at an end claims that nothing lies beyond it, so every interval lies on one side.",
);
pub(super) const DISAGREEING_RESULT: Rule = Rule::new(
    "disagreeing-result",
    Severity::Critical,
    "every published result agrees with ours, or the file says why it need not",
    "A difference that nobody explains is a defect of one of the two.",
);
pub(super) const RESULT_WITHOUT_SOURCE: Rule = Rule::new(
    "result-without-source",
    Severity::Critical,
    "every published result names work and place",
    "A value without its place cannot be looked up.",
);
pub(super) const UNDECIDED_CLAIM: Rule = Rule::new(
    "undecided-claim",
    Severity::Critical,
    "every claim has a verdict that a fact decides",
    "A claim that nothing decides was not tested.",
);
pub(super) const UNJUDGED_CLAIM: Rule = Rule::new(
    "unjudged-claim",
    Severity::Major,
    "every claim is judged in the text",
    "A verdict that readers never see is no verdict.",
);
pub(super) const CLAIM_WITHOUT_COUNTER_READING: Rule = Rule::new(
    "claim-without-counter-reading",
    Severity::Major,
    "every claim has a definition and the strongest counter-reading",
    "A claim is fair only beside what speaks against it.",
);
pub(super) const CLAIM_THAT_CANNOT_FAIL: Rule = Rule::new(
    "claim-that-cannot-fail",
    Severity::Major,
    "every claim says what would have made it fail, and when that was fixed",
    "What no result could have refuted says nothing.",
);
pub(super) const NUMBER_ONLY_IN_ABSTRACT: Rule = Rule::new(
    "number-only-in-abstract",
    Severity::Major,
    "every number of the abstract stands in a section or table too",
    "An abstract promises nothing that the paper does not show.",
);
pub(super) const PROGRAM_WITHOUT_ASSERTION: Rule = Rule::new(
    "program-without-assertion",
    Severity::Critical,
    "every program asserts what it shows",
    "A listing that checks nothing can be wrong and run.",
)
.asked_for();
pub(super) const LONG_CODE_LINE: Rule = Rule::new(
    "long-code-line",
    Severity::Minor,
    "every line of code fits on a line of each venue that prints it",
    "A broken line of code is hard to read.",
);
pub(super) const UNINTRODUCED_CODE: Rule = Rule::new(
    "unintroduced-code",
    Severity::Minor,
    "every program follows a paragraph that introduces it",
    "A reader is to know what to look for in it.",
);
pub(super) const UNKNOWN_FUNCTION: Rule = Rule::new(
    "unknown-function",
    Severity::Major,
    "every function or value that the text names stands in a program of the paper",
    "A name that no program has leads a reader nowhere.",
)
.asked_for();
pub(super) const UNUSED_EQUATION: Rule = Rule::new(
    "unused-equation",
    Severity::Minor,
    "every numbered equation is referred to",
    "A number that nobody uses is noise.",
);
pub(super) const SHORT_CAPTION: Rule = Rule::new(
    "short-caption",
    Severity::Major,
    "every caption is a sentence that can stand alone",
    "Many readers look at figures and captions first.",
);
pub(super) const MISSING_ALTERNATIVE_TEXT: Rule = Rule::new(
    "missing-alternative-text",
    Severity::Major,
    "every figure says in words what it shows",
    "Some readers hear the page.",
);
pub(super) const DISCUSSED_ELSEWHERE: Rule = Rule::new(
    "discussed-elsewhere",
    Severity::Minor,
    "each figure and table is discussed in the part where it stands",
    "A reader should not have to leaf through the paper.",
);
pub(super) const PIXELS_IN_DRAWING: Rule = Rule::new(
    "pixels-in-drawing",
    Severity::Critical,
    "every drawing is made of vectors and text alone",
    "Pixels blur in print and hide their numbers.",
);
pub(super) const LOADING_DRAWING: Rule = Rule::new(
    "loading-drawing",
    Severity::Critical,
    "no drawing loads anything from elsewhere",
    "What is loaded can change or be gone.",
);
pub(super) const EMPTY_CELL: Rule = Rule::new(
    "empty-cell",
    Severity::Major,
    "no cell of a table is empty but in rows that continue the one above",
    "An empty cell may be a zero, unknown or forgotten.",
);
pub(super) const UNCLEAR_HEADER: Rule = Rule::new(
    "unclear-header",
    Severity::Major,
    "the columns of a table have headers that differ",
    "Two columns of one name cannot be told apart.",
);
pub(super) const UNALIGNED_NUMBERS: Rule = Rule::new(
    "unaligned-numbers",
    Severity::Minor,
    "columns of numbers are set on the decimal point",
    "Sizes are compared at a glance then.",
);
pub(super) const UNEXPLAINED_MARK: Rule = Rule::new(
    "unexplained-mark",
    Severity::Major,
    "every mark in a cell is explained under its table",
    "A mark without a note leaves the reader guessing.",
);
pub(super) const SECTION_WITHOUT_ROADMAP: Rule = Rule::new(
    "section-without-roadmap",
    Severity::Major,
    "every section opens by telling its reader what it brings",
    "Who skims decides there.",
)
.asked_for();
pub(super) const LONG_SENTENCE: Rule = Rule::new(
    "long-sentence",
    Severity::Minor,
    "no sentence has more than 40 words",
    "A reader loses its beginning.",
)
.asked_for();
pub(super) const LONG_MEAN_SENTENCE: Rule = Rule::new(
    "long-mean-sentence",
    Severity::Major,
    "the mean sentence of every section has at most 20 words",
    "Long sentences in a row tire.",
)
.asked_for();
pub(super) const UNEXPLAINED_ACRONYM: Rule = Rule::new(
    "unexplained-acronym",
    Severity::Major,
    "every acronym is written out where it is first used",
    "Not every reader is of the field.",
);
pub(super) const REPEATED_TITLE: Rule = Rule::new(
    "repeated-title",
    Severity::Major,
    "no two sections have one title",
    "A reference to it would be ambiguous.",
);
pub(super) const DOUBLED_WORD: Rule =
    Rule::new("doubled-word", Severity::Major, "no word stands twice in a row", "It is a slip.");
pub(super) const RELATION: Rule = Rule::new(
    "relation",
    Severity::Critical,
    "the relations of paper/review.yaml hold between facts",
    "Numbers that contradict each other cannot all be right.",
);
pub(super) const TERM: Rule = Rule::new(
    "term",
    Severity::Minor,
    "the text has one word for each concept of paper/review.yaml",
    "Two words make a reader look for two things.",
);

/// All rules of the review.
pub const RULES: &[Rule] = &[
    NUMBER_WITHOUT_FACT,
    UNEXPLAINED_FACT,
    ASSUMPTION_WITHOUT_INTERVAL,
    TYPED_CELL,
    UNLISTED_SOURCE,
    REVERSED_INTERVAL,
    VALUE_OUTSIDE_INTERVAL,
    UNKNOWN_INPUT,
    ASSUMPTION_AT_END,
    DISAGREEING_RESULT,
    RESULT_WITHOUT_SOURCE,
    UNDECIDED_CLAIM,
    UNJUDGED_CLAIM,
    CLAIM_WITHOUT_COUNTER_READING,
    CLAIM_THAT_CANNOT_FAIL,
    NUMBER_ONLY_IN_ABSTRACT,
    PROGRAM_WITHOUT_ASSERTION,
    LONG_CODE_LINE,
    UNINTRODUCED_CODE,
    UNKNOWN_FUNCTION,
    UNUSED_EQUATION,
    SHORT_CAPTION,
    MISSING_ALTERNATIVE_TEXT,
    DISCUSSED_ELSEWHERE,
    PIXELS_IN_DRAWING,
    LOADING_DRAWING,
    EMPTY_CELL,
    UNCLEAR_HEADER,
    UNALIGNED_NUMBERS,
    UNEXPLAINED_MARK,
    SECTION_WITHOUT_ROADMAP,
    LONG_SENTENCE,
    LONG_MEAN_SENTENCE,
    UNEXPLAINED_ACRONYM,
    REPEATED_TITLE,
    DOUBLED_WORD,
    RELATION,
    TERM,
];
