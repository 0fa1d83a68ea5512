//! Text that must not collide: labels moved apart, and lines broken to a width.

use super::super::canvas::{Canvas, LEADING, Style};

/// The largest share of the width that labels at the ends of lines may take.
const SHARE: f64 = 0.34;

/// Returns whether labels fit at the right ends of lines, in a drawing of this width and a plot of this
/// height.
pub fn fit_ends(canvas: &Canvas<'_>, labels: &[String], width: f64, height: f64) -> bool {
    !labels.is_empty() && widest(canvas, labels) <= SHARE * width && labels.len() as f64 * LEADING <= height
}

/// Width of the widest label.
pub fn widest(canvas: &Canvas<'_>, labels: &[String]) -> f64 {
    labels.iter().map(|label| canvas.measure(label, Style::PLAIN)).fold(0.0, f64::max)
}

/// Moves places apart to at least `gap`, none beyond `low` or `high`, as little as their order allows.
pub fn spread(places: &[f64], gap: f64, [low, high]: [f64; 2]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]).then(a.cmp(&b)));
    // Neighbours that collide form a block, centred on the mean of what its members want.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let place = |sum: f64, count: usize| {
        let half = gap * (count - 1) as f64 / 2.0;
        (sum / count as f64).min(high - half).max(low + half)
    };
    for &index in &order {
        let mut block = (places[index], 1);
        while let Some(&(sum, count)) = blocks.last() {
            let upper = place(sum, count) + gap * (count - 1) as f64 / 2.0;
            let lower = place(block.0, block.1) - gap * (block.1 - 1) as f64 / 2.0;
            if lower - upper >= gap {
                break;
            }
            block = (block.0 + sum, block.1 + count);
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut spread = vec![0.0; places.len()];
    let mut next = order.into_iter();
    for (sum, count) in blocks {
        let first = place(sum, count) - gap * (count - 1) as f64 / 2.0;
        for (position, index) in next.by_ref().take(count).enumerate() {
            spread[index] = first + gap * position as f64;
        }
    }
    spread
}

/// Breaks a text at spaces into lines no wider than `width`, where its words allow.
pub fn wrap(canvas: &Canvas<'_>, text: &str, width: f64, style: Style) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if canvas.measure(&format!("{line} {word}"), style) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_collide_are_moved_apart_and_stay_inside() {
        let spread = spread(&[10.0, 11.0, 50.0, 99.0, 99.0], 9.0, [0.0, 100.0]);
        let mut sorted = spread.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 9.0 - 1e-9), "{spread:?}");
        assert!(sorted[0] >= 0.0 && sorted[4] <= 100.0 && (spread[2] - 50.0).abs() < 1e-9, "{spread:?}");
    }
}
