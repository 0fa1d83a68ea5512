//! The ramp of colours that stands for numbers: darker is more.

use super::super::canvas::{Canvas, Style};
use super::super::palette;

/// Red, green and blue at the two ends of the ramp.
const LIGHT: [f64; 3] = [240.0, 246.0, 251.0];
const DARK: [f64; 3] = [0.0, 66.0, 112.0];
/// Shares between which neither dark nor light text can be read, by the contrast of WCAG AA: they look as the nearer
/// end does.
const NEITHER: [f64; 2] = [0.615, 0.685];
/// The steps of a ramp as it is drawn.
const STEPS: usize = 24;
/// Height of a drawn ramp with the room above it.
pub const HEIGHT: f64 = 12.0;

/// Draws the ramp behind what it stands for, between its two ends in words.
pub fn draw(canvas: &mut Canvas<'_>, caption: &str, [low, high]: [&str; 2], [start, end]: [f64; 2], y: f64) {
    let (y, height) = (y + 3.0, 7.0);
    let left = start + canvas.measure(caption, Style::SOFT) + 8.0;
    canvas.text(caption, [start, y + 6.0], Style::SOFT);
    canvas.text(low, [left, y + 6.0], Style::SOFT);
    let left = left + canvas.measure(low, Style::SOFT) + 4.0;
    let width = (end - left - canvas.measure(high, Style::SOFT) - 4.0).clamp(24.0, 110.0);
    for step in 0..STEPS {
        let x = left + width * step as f64 / STEPS as f64;
        let fill = shade(share(step)).0;
        canvas.rectangle([x, y], [width / STEPS as f64 + 0.3, height], &fill, "none");
    }
    canvas.text(high, [left + width + 4.0, y + 6.0], Style::SOFT);
}

/// Draws cells by two opposite corners, darker the more each counts of so many; those of one step are one path.
pub fn cells(canvas: &mut Canvas<'_>, cells: &[([[f64; 2]; 2], usize)], most: usize) {
    let mut steps = vec![String::new(); STEPS];
    let mut bottom = 0.0_f64;
    for ([[left, low], [right, high]], count) in cells {
        let step =
            (count.saturating_sub(1) * (STEPS - 1)).checked_div(most.saturating_sub(1)).unwrap_or(STEPS - 1);
        steps[step].push_str(&format!("M{left:.2} {low:.2}H{right:.2}V{high:.2}H{left:.2}z"));
        bottom = bottom.max(*low);
    }
    for (step, data) in steps.iter().enumerate().filter(|(_, data)| !data.is_empty()) {
        canvas.path(data, bottom, &shade(share(step)).0, "none", 0.0);
    }
}

/// Returns the share of the scale for which a step stands.
fn share(step: usize) -> f64 {
    (step as f64 + 0.5) / STEPS as f64
}

/// Returns the fill of a share of the scale, and the text colour that reads better on it.
pub fn shade(share: f64) -> (String, &'static str) {
    let is_light = share < f64::midpoint(NEITHER[0], NEITHER[1]);
    let share = if is_light { share.clamp(0.0, NEITHER[0]) } else { share.clamp(NEITHER[1], 1.0) };
    let [red, green, blue] =
        [0, 1, 2].map(|channel| (LIGHT[channel] + (DARK[channel] - LIGHT[channel]) * share).round() as u8);
    let ink = if is_light { palette::INK } else { palette::PAPER };
    (format!("#{red:02x}{green:02x}{blue:02x}"), ink)
}

#[cfg(test)]
mod tests {
    use super::super::super::rules::contrast;
    use super::*;

    #[test]
    fn text_can_be_read_on_every_step() {
        let channels =
            |colour: &str| [1, 3, 5].map(|at| u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
        for step in 0..=1000 {
            let (fill, ink) = shade(f64::from(step) / 1000.0);
            let ratio = contrast(channels(&fill), channels(ink));
            assert!(ratio >= 4.5, "{fill} {ink}: {ratio}");
        }
    }
}
