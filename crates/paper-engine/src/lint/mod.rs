//! Rules of honest prose that a machine can check: no typed numbers, no placeholders, nothing said twice.

mod bibliography;
mod budget;
mod choice;
mod numbers;
mod placeholders;
mod quantity;
mod repeats;
mod rules;
mod structural;
mod uncited;
mod words;

pub use bibliography::{Entries, entries, is_unaddressed, lacking};
pub use budget::{Budgets, Count, check_budgets, count};
pub use choice::Choice;
pub use numbers::numbers;
pub use placeholders::placeholders;
pub use quantity::quantities;
pub use repeats::repeats;
pub use rules::{ANONYMITY, CHANGED_QUOTATION, OUTREACH_LIMIT, OVERFULL_BOX, PAGE_BUDGET, RULES};
pub use structural::{STRUCTURAL_FILE, Structural};
pub use uncited::uncited;
pub use words::{Passage, PlainText, passages, passages_of, plain, whole_words, words_of};
