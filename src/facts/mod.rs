//! Named facts: value, unit, grade, interval, inputs, formula, source and published counterpart.

mod fact;

pub use fact::{Fact, Facts, Grade, Published, Unit, Value};
