//! One number over several seeds: its median, its lowest and its highest.

use super::{Basis, Writer};

/// The spread of a number over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seeds {
    /// The value in the middle.
    pub median: f64,
    /// The lowest value.
    pub lowest: f64,
    /// The highest value.
    pub highest: f64,
    /// How many there are.
    pub count: usize,
}

impl Seeds {
    /// Returns the spread of a list; nothing of an empty one.
    pub fn of(list: &[f64]) -> Option<Self> {
        let mut sorted = list.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            1 => sorted[middle],
            _ => sorted[middle - 1].midpoint(sorted[middle]),
        };
        Some(Self { median, lowest, highest, count: sorted.len() })
    }
}

/// Writes a number under a name, and where there are several seeds its ends under `_lowest` and `_highest`.
#[track_caller]
pub fn write_seeds(facts: &mut Writer<'_>, name: &str, list: &[f64], basis: Basis<'_>) {
    // Of what no paper has stored, nothing is written.
    let Some(seeds) = Seeds::of(list) else { return };
    if seeds.count == 1 {
        return facts.number(name.to_owned(), seeds.median, basis);
    }
    for (end, which, value) in [
        ("", "median", seeds.median),
        ("_lowest", "lowest", seeds.lowest),
        ("_highest", "highest", seeds.highest),
    ] {
        let formula = format!("{}; {which} of {} seeds", basis.formula, seeds.count);
        facts.number(format!("{name}{end}"), value, Basis { formula: &formula, ..basis });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_median_and_ends() {
        let seeds = Seeds::of(&[3.0, 1.0, 2.0, 8.0]).unwrap();
        assert_eq!((seeds.lowest, seeds.median, seeds.highest, seeds.count), (1.0, 2.5, 8.0, 4));
        assert_eq!(Seeds::of(&[4.0]).unwrap().median, 4.0);
        assert_eq!(Seeds::of(&[]), None);
    }
}
