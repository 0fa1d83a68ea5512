//! Dates on an axis: read as ISO 8601 writes them, with ticks where a calendar has round ones.

/// Seconds of a minute, an hour and a day.
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Steps between ticks that are shorter than a month, in seconds.
const SHORT: [i64; 17] = [
    1,
    5,
    15,
    30,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    7 * DAY,
    14 * DAY,
];
/// Longer ones, in months.
const LONG: [i64; 11] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400];
/// A month of average length, in seconds.
const MONTH: i64 = 2_629_746;

/// Returns the seconds since the beginning of 1970 of a date such as `2024`, `2024-01-31`, `2024-01-31T12:30` or
/// `2024-01-31 12:30:05.25+02:00`; nothing of what is no date.
pub fn read(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| number(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| number(day, 2))?;
    let is_date = parts.next().is_none() && (1..=12).contains(&month) && day >= 1;
    if !is_date || day > days_of(year, month) {
        return None;
    }
    let seconds = time.map_or(Some(0.0), seconds)?;
    Some((days(year, month, day) * DAY) as f64 + seconds)
}

/// Returns a whole number of so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let is_plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// Returns the seconds since midnight in Greenwich of `12:30`, `12:30:05.25`, with `Z` or an offset such as `+02:00`.
fn seconds(time: &str) -> Option<f64> {
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let hour_minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute) = (number(hour, 2)?, number(minute, 2)?);
        (hour < 24 && minute < 60).then_some(hour * HOUR + minute * MINUTE)
    };
    let offset = match offset.split_at_checked(1)? {
        ("Z", "") => 0,
        ("+", ahead) => hour_minute(ahead)?,
        ("-", behind) => -hour_minute(behind)?,
        _ => return None,
    };
    let (minutes, rest) = time.split_at_checked(5)?;
    let rest = match rest.strip_prefix(':') {
        None if rest.is_empty() => 0.0,
        Some(rest) if rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => rest.parse().ok()?,
        _ => return None,
    };
    (rest < 61.0).then_some((hour_minute(minutes)? - offset) as f64 + rest)
}

/// Returns the days of a month of the Gregorian calendar.
fn days_of(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days(next_year, next, 1) - days(year, month, 1)
}

/// Returns the days from the beginning of 1970 to a date (Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// 2013, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Returns year, month and day of so many days since the beginning of 1970 (the same, `civil_from_days`).
fn date(days: i64) -> [i64; 3] {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    [year + era * 400 + i64::from(month <= 2), month, day]
}

/// Returns about so many ticks between two times, each with its label.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<(f64, String)> {
    let rough = (high - low) / wanted.max(1) as f64;
    let (first, last) = (low.ceil() as i64, high.floor() as i64);
    if let Some(step) = SHORT.into_iter().find(|step| *step as f64 >= rough) {
        let first = first.div_euclid(step) * step;
        let times = (first..=last).step_by(step as usize).filter(|time| *time as f64 >= low);
        let label = |time: i64| {
            let [_, month, day] = date(time.div_euclid(DAY));
            let second = time.rem_euclid(DAY);
            let clock = format!("{:02}:{:02}", second / HOUR, second % HOUR / MINUTE);
            match step {
                DAY.. => format!("{month:02}-{day:02}"),
                MINUTE.. if second == 0 => format!("{month:02}-{day:02}"),
                MINUTE.. => clock,
                _ => format!("{clock}:{:02}", second % MINUTE),
            }
        };
        return times.map(|time| (time as f64, label(time))).collect();
    }
    let step = LONG.into_iter().find(|step| (*step * MONTH) as f64 >= rough).unwrap_or(LONG[LONG.len() - 1]);
    let month_of = |time: i64| {
        let [year, month, _] = date(time.div_euclid(DAY));
        year * 12 + month - 1
    };
    let from = month_of(first).div_euclid(step) * step;
    let months = (from..=month_of(last)).step_by(step as usize);
    let tick = |month: i64| {
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let label = if step < 12 { format!("{year}-{month:02}") } else { year.to_string() };
        ((days(year, month, 1) * DAY) as f64, label)
    };
    months.map(tick).filter(|(time, _)| *time >= low && *time <= high).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_their_standard_writes_them() {
        for (text, expected) in [
            ("1970-01-01", 0.0),
            ("1970-01-02T00:00:01.5", 86_401.5),
            ("2000-02-29", 951_782_400.0),
            ("2024-01-31T12:30:00Z", 1_706_704_200.0),
            ("2024-01-31 14:30+02:00", 1_706_704_200.0),
            ("1969", -31_536_000.0),
            ("2024-03", 1_709_251_200.0),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for text in
            ["", "24-01-01", "2023-02-29", "2024-13-01", "2024-1-1", "2024-01-31T25:00", "31.01.2024", "x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        for day in [-719_468, -1, 0, 59, 11_016, 19_999] {
            let [year, month, of_month] = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn ticks_stand_at_round_places_of_the_calendar() {
        let labels = |low: &str, high: &str| -> Vec<String> {
            let [low, high] = [low, high].map(|text| read(text).unwrap());
            ticks(low, high, 5).into_iter().map(|(_, label)| label).collect()
        };
        assert_eq!(labels("2023-11-20", "2024-12-01"), ["2024-01", "2024-04", "2024-07", "2024-10"]);
        assert_eq!(labels("1999-06-01", "2019-06-01"), ["2000", "2005", "2010", "2015"]);
        assert_eq!(labels("2024-01-31T22:10", "2024-02-01T05:00"), ["02-01", "03:00"]);
        assert_eq!(labels("2024-01-01", "2024-01-04").len(), 4);
        assert!(ticks(0.0, 0.4, 5).len() <= 1);
    }
}
