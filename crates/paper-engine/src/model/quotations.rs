//! `paper/quoted.lock`: the values for which sources were given, so that a number that was changed does not go on being
//! quoted from where another one stands.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::published::{PUBLISHED_FILE, PublishedResult, Span};
use super::{Input, MODEL_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::read_written;
use crate::units::{Grade, Unit};

/// Where the lock stands, below the root of a paper.
pub const QUOTED_LOCK_FILE: &str = "paper/quoted.lock";

/// A number that a paper quotes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Quotation {
    #[serde(flatten)]
    span: Span,
    unit: String,
    source: String,
}

/// Quotations by the file in which they stand, and their names.
type ByFile<T> = BTreeMap<String, BTreeMap<String, T>>;

/// What a paper quotes, and what it quoted when each source was given.
#[derive(Clone, Debug, Default)]
pub struct Quotations {
    now: ByFile<(Quotation, Location)>,
    before: ByFile<Quotation>,
}

impl Quotations {
    /// Reads what was quoted, and notes the published results.
    ///
    /// # Errors
    /// A lock that no build wrote.
    pub(super) fn read<'p>(
        root: &Path,
        published: impl Iterator<Item = (&'p String, &'p PublishedResult, &'p Location)>,
    ) -> Result<Self, Diagnostics> {
        let mut quotations = Self::default();
        for (name, result, at) in published {
            quotations.note(PUBLISHED_FILE, name, result.span, result.unit, &result.source, at.clone());
        }
        let file = Path::new(QUOTED_LOCK_FILE);
        if root.join(file).exists() {
            let remedy = "restore it, or remove it: the next build writes it from what is quoted then";
            let read = read_written(root, file);
            quotations.before = read.map_err(|errors: Diagnostics| {
                Diagnostics(errors.0.into_iter().map(|error| error.remedy(remedy)).collect())
            })?;
        }
        Ok(quotations)
    }

    /// Notes an input, where it is quoted.
    pub(super) fn note_input(&mut self, name: &str, input: &Input, at: Location) {
        if input.grade == Grade::Quoted {
            self.note(MODEL_FILE, name, Span::Value(input.value), input.unit, &input.source, at);
        }
    }

    fn note(&mut self, file: &str, name: &str, span: Span, unit: Unit, source: &str, at: Location) {
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
        let quotation = Quotation { span, unit: unit.key().to_owned(), source };
        self.now.entry(file.to_owned()).or_default().insert(name.to_owned(), (quotation, at));
    }

    /// Returns what was quoted before from the same source as something that is quoted now, where it was another number.
    fn replaced(&self, file: &str, name: &str, now: &Quotation) -> Option<&Quotation> {
        self.before.get(file)?.get(name).filter(|before| now.replaces(before))
    }

    /// Returns the quotations whose number is not the one for which their source was given.
    #[must_use]
    pub fn changed(&self) -> Diagnostics {
        let mut changed = Diagnostics::default();
        for (file, quotations) in &self.now {
            for (name, (now, at)) in quotations {
                let Some(before) = self.replaced(file, name, now) else { continue };
                let message = format!(
                    "`{name}` is {} and was {} when its source was given as `{}`",
                    now.told(),
                    before.told(),
                    before.source
                );
                let remedy = format!(
                    "restore it, or say where the new number stands; where it stands at the same place, \
                     take `{name}` out of {QUOTED_LOCK_FILE}"
                );
                changed.push(Diagnostic::new(at.clone(), message).remedy(remedy));
            }
        }
        changed
    }

    /// Returns the lock as a build leaves it, unless it is that already: what changed while its source stayed keeps the
    /// number of before.
    #[must_use]
    pub fn lock(&self) -> Option<String> {
        let kept = self.now.iter().map(|(file, quotations)| {
            let kept = quotations.iter().map(|(name, (now, _))| {
                (name.clone(), self.replaced(file, name, now).unwrap_or(now).clone())
            });
            (file.clone(), kept.collect())
        });
        let kept: ByFile<Quotation> = kept.collect();
        (kept != self.before).then(|| text(&kept))
    }
}

impl Quotation {
    /// Returns whether it is another number from the same source.
    fn replaces(&self, before: &Self) -> bool {
        let units = [self, before].map(|one| Unit::with_key(&one.unit));
        let factor = match units {
            [Some(now), Some(before)] => before.in_units_of(now),
            _ => None,
        };
        let is_same = factor.is_some_and(|factor| self.span.is_nearly(before.span.times(factor)));
        self.source == before.source && !is_same
    }

    /// Returns it as it is written, with all digits.
    fn told(&self) -> String {
        let unit = Unit::with_key(&self.unit).filter(|unit| unit.symbol().is_empty());
        let unit = unit.map_or_else(|| format!(" {}", self.unit), |_| String::new());
        match self.span {
            Span::Value(value) => format!("{value}{unit}"),
            Span::Range(low, high) => format!("{low} to {high}{unit}"),
            Span::AtLeast(value) => format!("at least {value}{unit}"),
            Span::AtMost(value) => format!("at most {value}{unit}"),
        }
    }
}

/// Writes one quotation on each line, as an author may have to take one out.
fn text(kept: &ByFile<Quotation>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let file = |(file, quotations): (&String, &BTreeMap<String, Quotation>)| {
        let lines: Vec<String> = quotations
            .iter()
            .map(|(name, one)| {
                let one = serde_json::to_value(one).unwrap_or_default();
                format!("    {}: {one}", quoted(name))
            })
            .collect();
        format!("  {}: {{\n{}\n  }}", quoted(file), lines.join(",\n"))
    };
    let files: Vec<String> = kept.iter().map(file).collect();
    format!("{{\n{}\n}}\n", files.join(",\n"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Model;
    use super::*;
    use crate::study::Study;

    const PUBLISHED: &str = "\
rate: {value: 50, unit: GB/s, source: \"a2020, table 4\", because: none}
size: {range: [1, 2], unit: GiB, source: \"a2020, table 5\", because: none}
";

    /// Reads the paper of a text, as a build does that writes the lock.
    fn read(root: &Path, published: &str) -> Vec<String> {
        fs::write(root.join(PUBLISHED_FILE), published).unwrap();
        let model = Model::read(root, &Study::EMPTY).unwrap();
        if let Some(lock) = model.quotations().lock() {
            fs::write(root.join(QUOTED_LOCK_FILE), lock).unwrap();
        }
        model
            .quotations()
            .changed()
            .0
            .iter()
            .map(|one| format!("{}: {}", one.location, one.message))
            .collect()
    }

    #[test]
    fn a_number_that_changes_while_its_source_stays_is_told_until_one_of_both_is_right() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("paper")).unwrap();
        let lock = || fs::read_to_string(root.path().join(QUOTED_LOCK_FILE)).unwrap();
        assert_eq!(read(root.path(), PUBLISHED), Vec::<String>::new());
        let first = lock();
        let told = "paper/published.yaml:1:7: `rate` is 100 GB/s and was 50 GB/s when its source was given as \
                    `a2020, table 4`";
        let doubled = PUBLISHED.replace("50", "100");
        for _ in 0..2 {
            assert_eq!(read(root.path(), &doubled), [told]);
            assert_eq!(lock(), first);
        }
        // The same in another unit, and another gap between the words, are no change.
        let same = PUBLISHED.replace("50, unit: GB/s", "50000, unit: MB/s").replace("e 4", "e  4");
        assert_eq!(read(root.path(), &same), Vec::<String>::new());
        let other = PUBLISHED.replace("[1, 2]", "[1, 3]");
        let told = "paper/published.yaml:2:7: `size` is 1 to 3 GiB and was 1 to 2 GiB when its source was given as \
                    `a2020, table 5`";
        assert_eq!(read(root.path(), &other), [told]);
        assert_eq!(
            read(root.path(), &PUBLISHED.replace("[1, 2]", "[1024, 2048]").replace("GiB", "MiB")),
            Vec::<String>::new()
        );
        // With the place of the new number nothing is wrong, and with the old one back neither.
        assert_eq!(read(root.path(), &doubled.replace("table 4", "table 6")), Vec::<String>::new());
        let back = "paper/published.yaml:1:7: `rate` is 50 GB/s and was 100 GB/s when its source was given as \
                    `a2020, table 6`";
        assert_eq!(read(root.path(), &PUBLISHED.replace("table 4", "table 6")), [back]);
        let lines: Vec<String> =
            lock().lines().filter(|line| !line.contains("\"rate\"")).map(str::to_owned).collect();
        fs::write(root.path().join(QUOTED_LOCK_FILE), lines.join("\n")).unwrap();
        assert_eq!(read(root.path(), &PUBLISHED.replace("table 4", "table 6")), Vec::<String>::new());
    }

    #[test]
    fn what_is_quoted_no_longer_leaves_the_lock_and_a_broken_one_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("paper")).unwrap();
        let lock = root.path().join(QUOTED_LOCK_FILE);
        assert_eq!(read(root.path(), ""), Vec::<String>::new());
        assert!(!lock.exists());
        read(root.path(), PUBLISHED);
        read(root.path(), PUBLISHED.lines().next().unwrap());
        let kept = fs::read_to_string(&lock).unwrap();
        let expected = "{\n  \"paper/published.yaml\": {\n    \
                        \"rate\": {\"source\":\"a2020, table 4\",\"unit\":\"GB/s\",\"value\":50.0}\n  }\n}\n";
        assert_eq!(kept, expected);
        // No lock could hold a number that nobody can write down, and none is published.
        for odd in [".inf", "-.inf", ".nan"] {
            fs::write(root.path().join(PUBLISHED_FILE), PUBLISHED.replacen("50", odd, 1)).unwrap();
            let errors = Model::read(root.path(), &Study::EMPTY).unwrap_err();
            assert_eq!(errors.0[0].message, "`rate` is not a finite number");
            assert_eq!(errors.0[0].location.to_string(), "paper/published.yaml:1:7");
        }
        fs::write(root.path().join(PUBLISHED_FILE), PUBLISHED).unwrap();
        fs::write(&lock, kept.replace("50.0", "<<<<<<< ours")).unwrap();
        let errors = Model::read(root.path(), &Study::EMPTY).unwrap_err();
        let place = errors.0[0].location.to_string();
        assert!(place.starts_with("paper/quoted.lock:"), "{errors:?}");
    }
}
