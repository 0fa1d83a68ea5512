//! Units as authors write them: SI prefixes before units, products, quotients and powers, after the Unified Code for
//! Units of Measure (UCUM), such as `req/s`, `GB/s`, `kW*h`, `m/s2` and `s-1`.

use std::collections::BTreeMap;

use super::{BYTES, ENERGY, Unit};

/// Prefixes of the SI, with their powers of ten.
const PREFIXES: [(&str, i32); 13] = [
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("µ", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// Prefixes of bytes and bits, with their powers of 1024.
const BINARY: [(&str, i32); 4] = [("Ki", 1), ("Mi", 2), ("Gi", 3), ("Ti", 4)];

/// Units that take prefixes: what each measures, and how many of the smallest of its kind it holds.
const BASES: [(&str, &str, f64); 13] = [
    ("s", "time", 1e9),
    ("B", BYTES, 1.0),
    ("bit", BYTES, 0.125),
    ("Hz", "1/time", 1e-9),
    ("W", "energy/time", 1.0),
    ("Wh", ENERGY, 3600e9),
    ("J", ENERGY, 1e9),
    ("g", "mass", 1e-3),
    ("m", "length", 1.0),
    ("V", "voltage", 1.0),
    ("A", "current", 1.0),
    ("flop", "operations", 1.0),
    ("op", "operations", 1.0),
];

/// Units that take none.
const OTHERS: [(&str, &str, f64); 4] =
    [("d", "time", 86_400e9), ("K", "temperature", 1.0), ("%", "share", 0.01), ("1", "", 1.0)];

/// The powers of what a quantity measures; none of a plain number.
pub type Dimensions = BTreeMap<String, i32>;

/// What a unit measures, and how many of the smallest unit of that it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// What it measures.
    pub dimensions: Dimensions,
    /// How much of that.
    pub size: f64,
}

/// Kinds that are plain numbers.
const PLAIN: [&str; 5] = ["", "number", "plain number", "ratio", "share"];

impl Size {
    /// Returns the size of a plain number.
    pub fn one() -> Self {
        Self { dimensions: Dimensions::new(), size: 1.0 }
    }

    /// Returns the size of so many of what a kind of unit measures, such as `bytes/time`.
    pub fn of(measures: &str, size: f64) -> Self {
        let mut dimensions = Dimensions::new();
        for (at, side) in measures.split('/').enumerate() {
            let power = if at == 0 { 1 } else { -1 };
            for part in side.split('·') {
                let (name, exponent) = part.split_once('^').unwrap_or((part, "1"));
                if !PLAIN.contains(&name) && name != "1" {
                    *dimensions.entry(name.to_owned()).or_insert(0) += power * exponent.parse().unwrap_or(1);
                }
            }
        }
        dimensions.retain(|_, power| *power != 0);
        Self { dimensions, size }
    }

    /// Returns the product with a power of another.
    pub fn times(mut self, other: &Self, power: i32) -> Self {
        for (name, exponent) in &other.dimensions {
            *self.dimensions.entry(name.clone()).or_insert(0) += exponent * power;
        }
        self.dimensions.retain(|_, power| *power != 0);
        self.size *= other.size.powi(power);
        self
    }

    /// Returns what it measures in one word, the same for the same.
    pub fn measures(&self) -> String {
        let side = |sign: i32| {
            let parts = self.dimensions.iter().filter(|(_, power)| **power * sign > 0);
            let parts = parts.map(|(name, power)| match power.abs() {
                1 => name.clone(),
                power => format!("{name}^{power}"),
            });
            parts.collect::<Vec<_>>().join("·")
        };
        match (side(1), side(-1)) {
            (above, below) if below.is_empty() => above,
            (above, below) if above.is_empty() => format!("1/{below}"),
            (above, below) => format!("{above}/{below}"),
        }
    }
}

/// Returns whether prefixes stand before this unit, or it stands beside those.
pub fn is_base(key: &str) -> bool {
    BASES.iter().chain(&OTHERS).any(|(name, ..)| *name == key)
}

/// Reads a unit of several parts, or one with a prefix; nothing where a part is no unit.
pub fn read(key: &str, known: &dyn Fn(&str) -> Option<Unit>) -> Option<(Size, String)> {
    let mut found = Size::one();
    let mut symbol = String::new();
    let mut sign = 1;
    let mut rest = key;
    loop {
        let end = rest.find(['/', '*', '·', '.']).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let (atom, power) = powered(part)?;
        let (size, written) = atom_of(atom, known)?;
        found = found.times(&size, power * sign);
        symbol.push_str(&written);
        if power != 1 {
            symbol.push_str(&raised(power));
        }
        let mut next = after.chars();
        match next.next() {
            None => return Some((found, symbol)),
            Some('/') => {
                sign = -1;
                symbol.push('/');
            }
            Some(_) => symbol.push('·'),
        }
        rest = next.as_str();
    }
}

/// Splits a power from a unit: `m2`, `s-1`, `s^-1`, `s²`.
fn powered(part: &str) -> Option<(&str, i32)> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let is_power = |c: char| c.is_ascii_digit() || "^-+⁻".contains(c) || RAISED.contains(&c);
    let atom = part.trim_end_matches(is_power);
    if atom.is_empty() {
        return (part == "1").then_some((part, 1));
    }
    let digits = part[atom.len()..].chars().filter(|c| *c != '^').map(|c| match c {
        '⁻' => '-',
        c => RAISED
            .iter()
            .position(|raised| *raised == c)
            .and_then(|at| char::from_digit(at as u32, 10))
            .unwrap_or(c),
    });
    let digits: String = digits.collect();
    let power = if atom.len() == part.len() {
        1
    } else {
        digits.parse().ok().filter(|power: &i32| *power != 0 && power.abs() < 10)?
    };
    Some((atom, power))
}

fn raised(power: i32) -> String {
    let raise = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        other => other.to_digit(10).and_then(|digit| char::from_u32(0x2070 + digit)).unwrap_or(other),
    };
    power.to_string().chars().map(raise).collect()
}

/// Returns the size and the symbol of a unit without powers.
fn atom_of(atom: &str, known: &dyn Fn(&str) -> Option<Unit>) -> Option<(Size, String)> {
    if let Some(unit) = known(atom) {
        let symbol = if atom == "1" { "1" } else { unit.symbol() };
        return Some((unit.sized(), symbol.to_owned()));
    }
    let of = |(_, measures, size): &(&str, &str, f64), factor: f64| Size::of(measures, size * factor);
    if let Some(found) = BASES.iter().chain(&OTHERS).find(|(name, ..)| *name == atom) {
        return Some((of(found, 1.0), atom.to_owned()));
    }
    let with = |prefix: &str| {
        let base = atom.strip_prefix(prefix)?;
        BASES.iter().find(|(name, ..)| *name == base)
    };
    if let Some((base, power)) = BINARY.iter().find_map(|(prefix, power)| Some((with(prefix)?, power))) {
        return (base.1 == BYTES).then(|| (of(base, 1024_f64.powi(*power)), atom.to_owned()));
    }
    let (base, power) = PREFIXES.iter().find_map(|(prefix, power)| Some((with(prefix)?, power)))?;
    Some((of(base, 10_f64.powi(*power)), atom.replacen('u', "µ", usize::from(atom.starts_with('u')))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(key: &str) -> Option<(String, f64, String)> {
        let known = |key: &str| Unit::OWN.iter().find(|unit| unit.key() == key).copied();
        read(key, &known).map(|(size, symbol)| (size.measures(), size.size, symbol))
    }

    #[test]
    fn prefixes_products_and_powers_are_read() {
        let check = |key: &str, measures: &str, value: f64, symbol: &str| {
            assert_eq!(size(key), Some((measures.to_owned(), value, symbol.to_owned())), "{key}");
        };
        check("GB/s", "bytes/time", 1.0, "GB/s");
        check("MB/ms", "bytes/time", 1.0, "MB/ms");
        check("kW*h", "energy", 3.6e15, "kW·h");
        check("kWh", "energy", 3.6e15, "kWh");
        check("kJ", "energy", 1e12, "kJ");
        check("Gbit/s", "bytes/time", 0.125, "Gbit/s");
        check("m/s2", "length/time^2", 1e-18, "m/s²");
        check("s-1", "1/time", 1e-9, "s⁻¹");
        check("s^-1", "1/time", 1e-9, "s⁻¹");
        check("us", "time", 1e3, "µs");
        check("KiB", "bytes", 1024.0, "KiB");
        check("1/s", "1/time", 1e-9, "1/s");
        check("B/s/W", "bytes/energy", 1e0 * 1e-9 / 1.0 * 1e9 / 1e9, "B/s/W");
    }

    #[test]
    fn what_is_no_unit_is_none() {
        for key in ["", "furlong", "m/", "/s", "Kis", "s^", "s^0", "2", "ks2x", "mmin"] {
            assert_eq!(size(key), None, "{key}");
        }
    }
}
