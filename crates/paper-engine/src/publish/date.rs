//! The day of a release: given from outside, never read from a clock.

use std::fmt;

/// The variable that gives the time of a release, in seconds since 1970.
///
/// <https://reproducible-builds.org/specs/source-date-epoch/>
pub const SOURCE_DATE: &str = "SOURCE_DATE_EPOCH";

const SECONDS_OF_A_DAY: u64 = 86_400;
/// The first second of the year 10000, which has no date of four digits.
const END: u64 = 253_402_300_800;

/// A day, as `2026-11-26`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date(String);

impl Date {
    /// Returns the day of a time in seconds since 1970, as a variable of the environment gives it.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn of_seconds(text: &str) -> Result<Self, String> {
        let seconds: u64 = text.trim().parse().ok().filter(|&seconds| seconds < END).ok_or_else(|| {
            format!("{SOURCE_DATE} is `{text}`, and not seconds since 1970; give for example 1767225600")
        })?;
        let mut days = seconds / SECONDS_OF_A_DAY;
        let mut year = 1970;
        while days >= days_of(year) {
            days -= days_of(year);
            year += 1;
        }
        let mut month = 1;
        while days >= days_of_month(year, month) {
            days -= days_of_month(year, month);
            month += 1;
        }
        Ok(Self(format!("{year:04}-{month:02}-{:02}", days + 1)))
    }

    /// Returns the day that a manifest names.
    pub(super) fn named(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64) -> u64 {
    365 + u64::from(is_leap(year))
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_days_of_the_calendar() {
        // From `date --utc --date=@N +%F`.
        for (seconds, day) in [
            ("0", "1970-01-01"),
            ("86399", "1970-01-01"),
            ("951782400", "2000-02-29"),
            ("951868800", "2000-03-01"),
            ("1767225600", "2026-01-01"),
            ("1767225599", "2025-12-31"),
            ("4107542400", "2100-03-01"),
            ("253402300799", "9999-12-31"),
        ] {
            assert_eq!(Date::of_seconds(seconds).unwrap().to_string(), day);
        }
        for wrong in ["", "-1", "today", "253402300800", "99999999999999999999"] {
            assert!(Date::of_seconds(wrong).unwrap_err().contains("SOURCE_DATE_EPOCH"));
        }
    }
}
