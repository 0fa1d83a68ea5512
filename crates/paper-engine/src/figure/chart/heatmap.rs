//! A map of a statistic of rows over two columns.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::axis::AxisSpec;
use super::heat::HeatPlot;
use super::rows::{Chosen, Taking};
use super::{Plot, Spec};
use crate::diagnostic::{Diagnostics, Location};
use crate::results::{RowsSpec, with_rows};

/// A cell for each value of one column and each of another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heatmap {
    /// What the cells measure.
    value: AxisSpec,
    /// What stands along it from left to right.
    x: AxisSpec,
    /// What stands along it from top to bottom.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    rows: CellRows,
    /// Decimals of the values in the cells.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
}

with_rows! {
    /// A statistic of the rows that have the same values in two columns.
    struct CellRows {
        /// The column of which each value stands along the map from left to right.
        #[schemars(with = "String")]
        x: Spanned<String>,
        /// The column of which each value stands along it from top to bottom.
        #[schemars(with = "String")]
        y: Spanned<String>,
        /// What is taken of the rows of a cell: a statistic and a column, such as `median latency_ms`.
        #[schemars(with = "String")]
        take: Spanned<String>,
    }
}

impl Spec for Heatmap {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let [mut value, x, y] = [&self.value, &self.x, &self.y].map(|axis| axis.axis(lookup));
        let sides = [&self.rows.x, &self.rows.y];
        let taking = Taking::read(lookup, &self.rows.take, None, sides)?;
        let named = sides.map(|side| (side.value.as_str(), lookup.place(side)));
        let columns: Vec<(&str, Location)> = named.into_iter().chain(taking.columns()).collect();
        let chosen = Chosen::of(lookup, self.rows.rows(&lookup.file), None, &columns)?;
        let sides = [chosen.columns[0], chosen.columns[1]];
        let names = sides.map(|side| {
            let groups = chosen.rows.groups(&[side], &chosen.all)?;
            Ok(groups.into_iter().map(|group| group.values.concat()).collect())
        });
        let [across, down]: [Result<Vec<String>, Diagnostics>; 2] = names;
        let (across, down) = (across?, down?);
        let mut cells = vec![vec![None; across.len()]; down.len()];
        let mut errors = Diagnostics::default();
        for (_, rows) in &chosen.series {
            for group in chosen.rows.groups(&sides, rows)? {
                let places = [&across, &down].into_iter().zip(&group.values);
                let places: Option<Vec<usize>> =
                    places.map(|(names, value)| names.iter().position(|name| name == value)).collect();
                let found = errors.take(chosen.measured(&taking, &group.rows, &mut value, self.digits));
                if let Some([column, row]) = places.as_deref() {
                    cells[*row][*column] = found;
                }
            }
        }
        let told = Some(chosen.told(&taking.told()));
        errors.into_result(Box::new(HeatPlot { value, columns: (x, across), rows: (y, down), cells, told }))
    }

    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }
}
