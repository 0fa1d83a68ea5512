//! Facts and references as tab-separated lines: a word, then its fields.
//!
//! A fact: `name`; `value`, unrounded; `unit`, as in `facts.json`; `shown`, rounded and with its unit;
//! `grade`; `median` and `interval`, the 5 and 95 % ends, over the ranges of assumed inputs, where `value` is
//! that at their stated values; `sampling_error`, how far low end, median and high end may be off;
//! `moved_by`, an input and its rank correlation, one line each; `published`, low end, high end and place,
//! both ends the same for a single value; `formula`; `source`; `input`, one line each; `rests_on`, the kind
//! `published`, `data` or `stored` and a name, one line each.
//!
//! A reference: `key`, `number`, `text`, `url`.
//!
//! A line without fields is left out.

use phext::index::record;

use crate::facts::{Fact, Value};
use crate::language::Language;
use crate::manuscript::Reference;

use super::super::{plain, reference_url};

/// Writes a fact, which the paper shows as `shown`.
pub fn fact(name: &str, fact: &Fact, shown: &str) -> String {
    let value = match &fact.value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    };
    let mut lines = vec![
        record(&["name", name]),
        record(&["value", &value]),
        record(&["unit", fact.unit.key()]),
        record(&["shown", shown]),
        record(&["grade", fact.grade.word()]),
    ];
    if let Some(median) = fact.median {
        lines.push(record(&["median", &median.to_string()]));
    }
    if let Some((low, high)) = fact.interval {
        lines.push(record(&["interval", &low.to_string(), &high.to_string()]));
    }
    if let Some(holds) = &fact.interval_holds {
        lines.push(record(&["interval_holds", holds]));
    }
    if let Some([low, median, high]) = fact.sampling_error {
        lines.push(record(&["sampling_error", &low.to_string(), &median.to_string(), &high.to_string()]));
    }
    for (input, correlation) in &fact.moved_by {
        lines.push(record(&["moved_by", input, &correlation.to_string()]));
    }
    if let Some(published) = &fact.published {
        let high = published.high.unwrap_or(published.value);
        lines.push(record(&["published", &published.value.to_string(), &high.to_string(), &published.place]));
    }
    lines.push(record(&["formula", &fact.formula]));
    if let Some(origin) = &fact.origin {
        lines.push(record(&["code", &origin.file, &origin.item]));
    }
    lines.push(record(&["source", &fact.source]));
    lines.extend(fact.inputs.iter().map(|input| record(&["input", input])));
    lines.extend(fact.rests_on.iter().map(|read| record(&["rests_on", read.kind(), read.name()])));
    lines.join("\n")
}

/// Writes a cited work.
pub fn reference(work: &Reference, language: Language) -> String {
    let mut lines = vec![
        record(&["key", &work.key]),
        record(&["number", &work.number.to_string()]),
        record(&["text", &plain(&work.content, language)]),
    ];
    lines.extend(reference_url(work).map(|url| record(&["url", &url])));
    lines.join("\n")
}
