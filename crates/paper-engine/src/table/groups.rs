//! Rows of a table from rows of an author's results: one for each group of them, with statistics in its cells.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::data::{is_number, literal};
use super::{Alignment, Cell, Column, Table};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::results::{
    Frames, Group, IntervalEntry, IntervalSpec, Measure, Measured, Statistic, Take, with_rows,
};
use crate::source;
use crate::units::Unit;

with_rows! {
    /// A row of the table for each group of rows of results.
    pub(super) struct GroupedRows {
        /// The columns whose values tell groups apart; they stand at the left.
        #[schemars(with = "Vec<String>")]
        #[serde(default)]
        by: Vec<Spanned<String>>,
        /// Headers of these columns, in Markdown; their names where nothing is said.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// What is taken of each group, by the header that stands above it, in Markdown.
        columns: Measures,
        /// The column by which rows are put in order, one of `by` or a header; that in which groups first appear where
        /// nothing is said.
        #[schemars(with = "Option<String>")]
        sort: Option<Spanned<String>>,
        /// Whether that order goes from the greatest down.
        #[serde(default)]
        descending: bool,
    }
}

/// What is taken of a group.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TableMeasure")]
struct MeasureSpec {
    /// A statistic and a column, such as `median latency_ms`; `count` counts rows.
    #[schemars(with = "String")]
    take: Spanned<String>,
    /// The unit in which the file has it; it stands behind the header.
    unit: Option<Unit>,
    /// Decimals; those that the unit has without it.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
    /// How the interval is found that stands behind each number.
    #[schemars(with = "Option<IntervalEntry>")]
    interval: Option<Spanned<IntervalEntry>>,
    /// Which of the numbers is printed in bold.
    best: Option<Best>,
}

/// Which number of a column is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Best {
    /// The least.
    Lowest,
    /// The greatest.
    Highest,
}

/// What is taken, in the order in which it is written.
#[derive(Clone, Debug)]
struct Measures(Vec<(String, MeasureSpec)>);

impl JsonSchema for Measures {
    fn schema_name() -> Cow<'static, str> {
        "TableMeasures".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, MeasureSpec>::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Measures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Measures;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers, each with what is taken, such as `Median: {take: median latency_ms}`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Measures, A::Error> {
                let mut measures = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    measures.push(entry);
                }
                Ok(Measures(measures))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// What messages call the table.
const TABLE: &str = "the table";

/// A column of numbers, read.
struct Taking<'s> {
    header: &'s str,
    spec: &'s MeasureSpec,
    take: Take,
    at: Location,
    interval: Option<(IntervalSpec, Location)>,
}

impl<'s> Taking<'s> {
    fn read(described: &Path, (header, spec): &'s (String, MeasureSpec)) -> Result<Self, Diagnostics> {
        let at = source::place(described, &spec.take);
        let take = Take::at(&spec.take.value, at.clone())?;
        let interval = spec.interval.as_ref().map(|entry| {
            let place = source::place(described, entry);
            entry.value.at(place.clone()).map(|interval| (interval, place))
        });
        Ok(Self { header, spec, take, at, interval: interval.transpose()? })
    }

    fn measure(&self) -> Measure<'_> {
        let interval = self.interval.as_ref().map(|(interval, at)| (*interval, at));
        Measure { take: &self.take, interval }
    }

    fn unit(&self) -> Unit {
        let is_whole = matches!(self.take.statistic, Statistic::Count | Statistic::Distinct);
        self.spec.unit.unwrap_or(if is_whole { Unit::COUNT } else { Unit::ONE })
    }

    fn column(&self) -> Column {
        let header = match self.unit().symbol() {
            "" => self.header.to_owned(),
            symbol => format!("{} ({symbol})", self.header),
        };
        Column { header, alignment: Alignment::Decimal }
    }

    fn text(&self, found: &Measured, language: Language) -> String {
        let digits =
            |number| language.number(&self.unit().digits(number, self.spec.digits)).replace('-', "−");
        let interval = found.interval.map(|(low, high)| format!(" ({}–{})", digits(low), digits(high)));
        digits(found.value) + &interval.unwrap_or_default()
    }

    /// Returns the best of the numbers of a column.
    fn best<'m>(&self, mut all: impl Iterator<Item = &'m Measured>) -> Option<f64> {
        let best = self.spec.best?;
        let first = all.next()?.value;
        let better = match best {
            Best::Lowest => f64::min,
            Best::Highest => f64::max,
        };
        Some(all.fold(first, |one, other| better(one, other.value)))
    }
}

impl GroupedRows {
    /// Makes the table that `described` describes.
    ///
    /// # Errors
    /// Those of the source, columns that are not there, statistics that are none or have no value, located.
    pub fn table(&self, described: &Path, frames: &Frames, language: Language) -> Result<Table, Diagnostics> {
        let spec = self.rows(described);
        let mut errors = Diagnostics::default();
        let taken: Vec<Taking<'_>> =
            self.columns.0.iter().filter_map(|one| errors.take(Taking::read(described, one))).collect();
        let by = self.by.iter().map(|column| (column.value.as_str(), spec.place(column)));
        let columns = taken
            .iter()
            .flat_map(|one| one.take.columns.iter().map(|column| (column.as_str(), one.at.clone())));
        let asked: Vec<(&str, Location)> = by.chain(columns).collect();
        let rows = errors.take(frames.rows(spec, &asked));
        let (rows, found) = errors.require(rows)?;
        let refuse = |message: String, remedy: &str| {
            Err(Diagnostics::from(Diagnostic::new(spec.place(&self.from), message).remedy(remedy)))
        };
        if taken.is_empty() {
            return refuse(format!("{TABLE} takes nothing of its rows"), "add a header below `columns:`");
        }
        let groups = rows.groups(&found[..self.by.len()], &rows.chosen)?;
        if groups.is_empty() {
            let message = format!("no row of `{}` enters {TABLE}", self.from.value);
            return refuse(message, "ask for less under `where`");
        }
        let mut errors = Diagnostics::default();
        let mut lines: Vec<(Group, Vec<Measured>)> = Vec::with_capacity(groups.len());
        for group in groups {
            let measured = taken
                .iter()
                .filter_map(|one| errors.take(rows.measure(one.measure(), &group.rows, (TABLE, &one.at))));
            let measured = measured.collect();
            lines.push((group, measured));
        }
        let order = errors.take(self.order(described, &taken));
        let order = errors.require(order)?;
        if let Some(order) = order {
            lines.sort_by(|one, other| order.compare(one, other, self.descending));
        }
        let best: Vec<Option<f64>> = taken
            .iter()
            .enumerate()
            .map(|(at, one)| one.best(lines.iter().filter_map(|(_, measured)| measured.get(at))))
            .collect();
        let cells = lines.iter().map(|(group, measured)| {
            let values = group.values.iter().map(|value| {
                Cell::of(if is_number(value) {
                    language.number(&value.replace('-', "−"))
                } else {
                    literal(value)
                })
            });
            let numbers = taken.iter().zip(measured).zip(&best).map(|((one, found), best)| Cell {
                best: *best == Some(found.value),
                ..Cell::of(one.text(found, language))
            });
            values.chain(numbers).collect()
        });
        let by = self.by.iter().enumerate().map(|(at, column)| {
            let header = self.headers.get(&column.value).cloned();
            let is_numeric =
                lines.iter().all(|(group, _)| group.values.get(at).is_some_and(|one| is_number(one)));
            let alignment = if is_numeric { Alignment::Decimal } else { Alignment::Left };
            Column { header: header.unwrap_or_else(|| literal(&column.value)), alignment }
        });
        let about = rows.about.map_or(String::new(), |about| format!("; {}", about.trim()));
        let takes: Vec<String> = taken.iter().map(|one| format!("`{}`", one.take)).collect();
        let note =
            format!("{}: `{}` ({}){about}", language.words().data_source, rows.files(), takes.join(", "));
        Ok(Table {
            columns: by.chain(taken.iter().map(Taking::column)).collect(),
            rows: cells.collect(),
            notes: vec![note],
            from_file: true,
        })
    }

    /// Returns by what rows are put in order.
    fn order(&self, described: &Path, taken: &[Taking<'_>]) -> Result<Option<Order>, Diagnostics> {
        let Some(sort) = &self.sort else { return Ok(None) };
        let by = self.by.iter().position(|column| column.value == sort.value).map(Order::Value);
        let taken_by = || taken.iter().position(|one| one.header == sort.value).map(Order::Number);
        by.or_else(taken_by).map(Some).ok_or_else(|| {
            let message = format!("the table has no column `{}` to be in order of", sort.value);
            let known = self.by.iter().map(|column| column.value.as_str());
            let known = known.chain(taken.iter().map(|one| one.header));
            let error = Diagnostic::new(source::place(described, sort), message);
            error.remedy("name one of `by`, or a header").suggest(&sort.value, known).into()
        })
    }
}

/// By what rows are put in order.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// By the values of one of the columns that tell groups apart.
    Value(usize),
    /// By one of the numbers that are taken.
    Number(usize),
}

impl Order {
    fn compare(
        self,
        (one, of_one): &(Group, Vec<Measured>),
        (other, of_other): &(Group, Vec<Measured>),
        descending: bool,
    ) -> Ordering {
        let number = |measured: &[Measured], at: usize| measured.get(at).map_or(f64::NAN, |one| one.value);
        let order = match self {
            Self::Number(at) => number(of_one, at).total_cmp(&number(of_other, at)),
            Self::Value(at) => {
                let [one, other] = [one, other].map(|group| group.values.get(at).map_or("", String::as_str));
                match (one.parse::<f64>(), other.parse::<f64>()) {
                    (Ok(one), Ok(other)) => one.total_cmp(&other),
                    _ => one.cmp(other),
                }
            }
        };
        if descending { order.reverse() } else { order }
    }
}
