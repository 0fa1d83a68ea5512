//! What charts over the rows of a source share: which rows enter, a series for each value of a column, and numbers
//! that an axis can show.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::super::Lookup;
use super::axis::Axis;
use super::datum::Datum;
use super::mark::MOST_SERIES;
use super::scale::{self, Spacing};
use super::time;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::results::{Column, Group, IntervalEntry, IntervalSpec, Measure, Rows, RowsSpec, Take, with_rows};
use crate::units::Unit;

with_rows! {
    /// A statistic of the rows that have the same value in a column.
    #[schemars(rename = "StatisticRows")]
    pub struct StatisticRows {
        /// The column of which each value has a place across.
        #[schemars(with = "String")]
        x: Spanned<String>,
        /// What is taken of the rows there: a statistic and a column, such as `median latency_ms`.
        #[schemars(with = "String")]
        pub take: Spanned<String>,
        /// The column of which each value has a series.
        #[schemars(with = "Option<String>")]
        by: Option<Spanned<String>>,
        /// How the interval around each number is found; none where nothing is said.
        #[schemars(with = "Option<IntervalEntry>")]
        interval: Option<Spanned<IntervalEntry>>,
    }
}

impl StatisticRows {
    /// Chooses the rows, of which the first column has the places across, and what is taken of them.
    ///
    /// # Errors
    /// Those of the rows and of the statistic, located.
    pub fn choose<'l>(&'l self, lookup: &'l Lookup<'_>) -> Result<(Chosen<'l>, Taking<'l>), Diagnostics> {
        let by = [&self.x].into_iter().chain(&self.by);
        let taking = Taking::read(lookup, &self.take, self.interval.as_ref(), by)?;
        let across = (self.x.value.as_str(), lookup.place(&self.x));
        let columns: Vec<(&str, Location)> = [across].into_iter().chain(taking.columns()).collect();
        let chosen = Chosen::of(lookup, self.rows(&lookup.file), self.by.as_ref(), &columns)?;
        Ok((chosen, taking))
    }
}

/// Reports a chart that shows facts and rows.
pub fn both(lookup: &Lookup<'_>, rows: &Spanned<StatisticRows>) -> Diagnostic {
    let error = Diagnostic::new(lookup.place(rows), "a chart shows facts or rows, and this one both");
    error.remedy("take `rows` out, or `series` and `categories`")
}

/// The value of a column that the rows of one panel have.
#[derive(Clone, Copy, Debug)]
pub struct PanelValue<'l> {
    /// The column.
    pub column: &'l Spanned<String>,
    /// The value.
    pub value: &'l str,
}

/// The rows of a chart.
pub struct Chosen<'l> {
    /// Those of the source.
    pub rows: Rows<'l>,
    /// The columns that were named, in their order.
    pub columns: Vec<&'l Column>,
    /// The rows of each series by what the key calls it; the same series in all panels.
    pub series: Vec<(String, Vec<usize>)>,
    /// The rows of all panels.
    pub all: Vec<usize>,
    /// What the rows of this panel have in common.
    besides: Vec<String>,
}

/// What messages call a chart.
pub const CHART: &str = "the chart";

impl<'l> Chosen<'l> {
    /// Chooses the rows of a chart, which has a series for each value of a column.
    ///
    /// # Errors
    /// Those of the source, columns that are not there, conditions that no row keeps, and too many series, located.
    pub fn of(
        lookup: &'l Lookup<'_>,
        spec: RowsSpec<'l>,
        by: Option<&'l Spanned<String>>,
        columns: &[(&str, Location)],
    ) -> Result<Self, Diagnostics> {
        let panel = lookup.panel.map(|panel| panel.column);
        let told_apart = by.into_iter().chain(panel).map(|name| (name.value.as_str(), spec.place(name)));
        let asked: Vec<(&str, Location)> = columns.iter().cloned().chain(told_apart).collect();
        let (rows, mut found) = lookup.frames.rows(spec, &asked)?;
        let all = rows.given(&found, &rows.chosen);
        let apart = found.split_off(columns.len());
        if all.is_empty() {
            return Err(nothing(&rows).into());
        }
        let mut apart = apart.into_iter();
        let mut series = match by.and_then(|by| Some((by, apart.next()?))) {
            None => vec![(String::new(), all.clone())],
            Some((by, column)) => {
                let groups = rows.groups(&[column], &all)?;
                if groups.len() > MOST_SERIES {
                    let message =
                        format!("a chart tells {MOST_SERIES} series apart, and here are {}", groups.len());
                    let error = Diagnostic::new(spec.place(by), message);
                    return Err(error.remedy("ask for fewer under `where`, or make `panels` by it").into());
                }
                groups.into_iter().map(|Group { values, rows }| (values.concat(), rows)).collect()
            }
        };
        let mut besides = Vec::new();
        if let (Some(panel), Some(column)) = (lookup.panel, apart.next()) {
            for (_, of_series) in &mut series {
                let groups = rows.groups(&[column], of_series)?;
                let own = groups.into_iter().find(|group| group.values.concat() == panel.value);
                *of_series = own.map(|group| group.rows).unwrap_or_default();
            }
            besides.push(format!("{} = {}", column.name, panel.value));
        }
        Ok(Self { rows, columns: found, series, all, besides })
    }

    /// Returns what stands in some rows of a column as numbers of an axis, which is widened to them.
    ///
    /// # Errors
    /// The first row in which no number stands that the axis can show.
    pub fn values(&self, column: &Column, rows: &[usize], axis: &mut Axis) -> Result<Vec<f64>, Diagnostics> {
        // A column has the unit that is written at the axis, and not that of a fact which comes later.
        axis.unit.settle(Unit::ONE);
        let numbers = match axis.spacing {
            Spacing::Time => self.times(column, rows)?,
            Spacing::Category => return self.categories(column, rows, axis),
            Spacing::Linear | Spacing::Log => self.rows.numbers(column, rows, CHART)?,
        };
        for (row, number) in rows.iter().zip(&numbers) {
            if let Err((message, remedy)) = axis.fits(*number) {
                let message = format!("`{}` is {number} here, and {message}", column.name);
                let error = Diagnostic::new(self.rows.frame.cell_place(*row, &column.name), message);
                return Err(error.remedy(format!("{remedy}, or leave the row out under `where`")).into());
            }
        }
        numbers.iter().for_each(|number| axis.extent.take(*number));
        Ok(numbers)
    }

    /// Returns the dates in some rows of a column as seconds.
    fn times(&self, column: &Column, rows: &[usize]) -> Result<Vec<f64>, Diagnostics> {
        let time = |row: &usize| {
            let text = column.cell(*row).to_string();
            time::read(&text).ok_or_else(|| {
                let message = format!("`{}` is `{text}` here, and the axis takes dates", column.name);
                let error = Diagnostic::new(self.rows.frame.cell_place(*row, &column.name), message);
                error.remedy("write one such as 2024-01-31 or 2024-01-31T12:30, or another `scale`").into()
            })
        };
        rows.iter().map(time).collect()
    }

    /// Returns for each of some rows which of the values of a column it has; an axis shows those of all panels.
    fn categories(&self, column: &Column, rows: &[usize], axis: &mut Axis) -> Result<Vec<f64>, Diagnostics> {
        if axis.names.is_empty() {
            let groups = self.rows.groups(&[column], &self.all)?;
            axis.names = groups.into_iter().map(|group| group.values.concat()).collect();
        }
        let mut places = BTreeMap::new();
        for group in self.rows.groups(&[column], rows)? {
            let name = group.values.concat();
            let place = axis.names.iter().position(|one| *one == name).unwrap_or_default();
            places.extend(group.rows.into_iter().map(|row| (row, place as f64)));
        }
        Ok(rows.iter().filter_map(|row| places.get(row).copied()).collect())
    }

    /// Takes a number of some rows, and widens an axis to it.
    ///
    /// # Errors
    /// Rows without a number, a statistic or an interval that they do not have, and what the axis cannot show.
    pub fn measured(
        &self,
        taken: &Taking<'_>,
        rows: &[usize],
        axis: &mut Axis,
        digits: Option<usize>,
    ) -> Result<Datum, Diagnostics> {
        axis.unit.settle(Unit::ONE);
        let interval = taken.interval.as_ref().map(|(interval, at)| (*interval, at));
        let found = self.rows.measure(Measure { take: &taken.take, interval }, rows, (CHART, &taken.at))?;
        let ends = found.interval.into_iter().flat_map(<[f64; 2]>::from);
        for number in ends.chain([found.value]) {
            if let Err((message, remedy)) = axis.fits(number) {
                let message = format!("the {} reaches {number}, and {message}", taken.take);
                return Err(Diagnostic::new(taken.at.clone(), message).remedy(remedy).into());
            }
            axis.extent.take(number);
        }
        let text = Unit::ONE.digits(found.value, digits);
        Ok(Datum {
            value: found.value,
            median: None,
            interval: found.interval.map(<[f64; 2]>::from),
            interval_holds: taken.interval.as_ref().map(|(interval, _)| first_words(interval)),
            published: None,
            text: scale::number(axis.language, &text),
        })
    }

    /// Says what is shown of which rows of which files.
    pub fn told(&self, what: &str) -> String {
        let count = self.series.iter().map(|(_, rows)| rows.len()).sum();
        let (rows, files) = (self.rows.told(count, &self.besides), self.rows.files());
        format!("Drawn from results: {what} over {rows} ({files}).")
    }

    /// Returns the names of the series.
    pub fn labels(&self) -> Vec<String> {
        self.series.iter().map(|(label, _)| label.clone()).collect()
    }
}

/// What is taken of rows, as an author writes it in a chart.
pub struct Taking<'l> {
    /// The statistic with its columns.
    pub take: Take,
    at: Location,
    interval: Option<(IntervalSpec, Location)>,
    by: Vec<&'l str>,
}

impl<'l> Taking<'l> {
    /// Reads the statistic and the way to its interval; `by` are the columns whose values each have one.
    ///
    /// # Errors
    /// Words that are no statistic, and intervals that are none.
    pub fn read(
        lookup: &Lookup<'_>,
        take: &Spanned<String>,
        interval: Option<&Spanned<IntervalEntry>>,
        by: impl IntoIterator<Item = &'l Spanned<String>>,
    ) -> Result<Self, Diagnostics> {
        let at = lookup.place(take);
        let interval = interval.map(|entry| {
            let place = lookup.place(entry);
            entry.value.at(place.clone()).map(|interval| (interval, place))
        });
        let mut errors = Diagnostics::default();
        let read = errors.take(Take::at(&take.value, at.clone()).map_err(Diagnostics::from));
        let interval = errors.take(interval.transpose().map_err(Diagnostics::from));
        let by = by.into_iter().map(|column| column.value.as_str()).collect();
        let taking = read.zip(interval).map(|(take, interval)| Self { take, at, interval, by });
        errors.require(taking)
    }

    /// Returns the columns of the statistic with the place where they are named.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Location)> {
        self.take.columns.iter().map(|column| (column.as_str(), self.at.clone()))
    }

    /// Says what is taken.
    pub fn told(&self) -> String {
        let interval = self.interval.as_ref().map(|(interval, _)| format!(" ({})", interval.words()));
        let each =
            if self.by.is_empty() { String::new() } else { format!(" for each {}", self.by.join(" and ")) };
        format!("{}{}{each}", self.take, interval.unwrap_or_default())
    }
}

/// Returns what an interval holds, without how it was found.
fn first_words(interval: &IntervalSpec) -> String {
    let words = interval.words();
    words.split(',').next().unwrap_or(&words).to_owned()
}

/// Reports rows of which none is left.
fn nothing(rows: &Rows<'_>) -> Diagnostic {
    let from = rows.spec.from;
    let message = format!("no row of `{}` enters {CHART}", from.value);
    Diagnostic::new(rows.spec.place(from), message).remedy("ask for less under `where`")
}

/// Refuses an axis of words for values that are counted or put in order.
///
/// # Errors
/// Such an axis.
pub fn refuse_words(lookup: &Lookup<'_>, axis: &Axis) -> Result<(), Diagnostics> {
    if axis.spacing != Spacing::Category {
        return Ok(());
    }
    let message = "this chart puts values in order, and an axis of categories has none";
    Err(lookup.whole(message, "write another `scale`, or a `bar` with `take: count`").into())
}
