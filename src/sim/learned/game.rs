//! The best mix of known flows: a matrix game between link classes and flows, solved by the simplex method.
//!
//! Of flows with loads L the mix of least largest load is y / sum(y) for the y that makes sum(y) largest with
//! L y <= 1 and y >= 0 (Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 8,
//! 1960; the game as a linear program: Dantzig, "Linear Programming and Extensions", 1963, chapter 13). The
//! inverse of the basis is kept, so that one more flow takes a few exchanges.

/// The relative excess below which a flow is not worth an exchange.
const TOLERANCE: f64 = 1e-9;
/// The smallest entry of a column on which the basis may turn.
const PIVOT: f64 = 1e-10;

/// Holds known flows and the best mix of them so far.
pub(super) struct Game {
    rows: usize,
    /// The loads of each flow, scaled by the first one's largest.
    columns: Vec<Vec<f64>>,
    scale: f64,
    /// The inverse of the basis, row by row.
    inverse: Vec<f64>,
    /// The flow at each row of the basis, or `None` for the slack of that row.
    basis: Vec<Option<usize>>,
    /// The values of the basis.
    values: Vec<f64>,
}

impl Game {
    /// Starts without flows on a number of link classes.
    pub(super) fn new(rows: usize) -> Self {
        let mut inverse = vec![0.0; rows * rows];
        (0..rows).for_each(|row| inverse[row * rows + row] = 1.0);
        Self {
            rows,
            columns: Vec::new(),
            scale: 1.0,
            inverse,
            basis: vec![None; rows],
            values: vec![1.0; rows],
        }
    }

    /// Adds a flow and finds the best mix; returns the price of each link class, of sum 1.
    pub(super) fn add(&mut self, loads: &[f64]) -> Vec<f64> {
        if self.columns.is_empty() {
            self.scale = loads.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        }
        self.columns.push(loads.iter().map(|load| load / self.scale).collect());
        let mut prices = self.prices();
        // Each exchange brings the mix closer; the limit only guards against rounding.
        for _ in 0..8 * self.rows {
            let flows =
                self.columns.iter().enumerate().map(|(flow, loads)| (1.0 - dot(&prices, loads), Some(flow)));
            let slacks = prices.iter().enumerate().map(|(row, price)| (-price, row));
            let flow = flows.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, None));
            let slack = slacks.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0));
            if flow.0.max(slack.0) <= TOLERANCE {
                break;
            }
            let column = match flow.1.filter(|_| flow.0 >= slack.0) {
                Some(flow) => self.in_basis(&self.columns[flow]),
                None => self.inverse.iter().skip(slack.1).step_by(self.rows).copied().collect(),
            };
            if !self.enter(flow.1.filter(|_| flow.0 >= slack.0), &column) {
                break;
            }
            prices = self.prices();
        }
        let sum: f64 = prices.iter().sum();
        if sum > 0.0 {
            prices.iter_mut().for_each(|price| *price = price.max(0.0) / sum);
        }
        prices
    }

    /// Returns the loads of the best mix, summed from the flows themselves.
    pub(super) fn mixed(&self) -> Vec<f64> {
        let mut loads = vec![0.0; self.rows];
        let mut total = 0.0;
        for (flow, &value) in self.basis.iter().zip(&self.values) {
            if let Some(flow) = flow {
                let part = value.max(0.0);
                total += part;
                loads.iter_mut().zip(&self.columns[*flow]).for_each(|(sum, load)| *sum += part * load);
            }
        }
        loads.iter_mut().for_each(|load| *load *= self.scale / total);
        loads
    }

    /// The price of each row: the sum of the inverse's rows whose basis is a flow.
    fn prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.rows];
        for (row, flow) in self.inverse.chunks_exact(self.rows).zip(&self.basis) {
            if flow.is_some() {
                prices.iter_mut().zip(row).for_each(|(price, entry)| *price += entry);
            }
        }
        prices
    }

    /// Returns a column as the basis sees it.
    fn in_basis(&self, column: &[f64]) -> Vec<f64> {
        self.inverse.chunks_exact(self.rows).map(|row| dot(row, column)).collect()
    }

    /// Brings a flow, or `None` for the slack of a row, into the basis; tells whether it could.
    fn enter(&mut self, flow: Option<usize>, column: &[f64]) -> bool {
        let mut leaving: Option<(f64, usize)> = None;
        for (row, &entry) in column.iter().enumerate().filter(|(_, entry)| **entry > PIVOT) {
            let ratio = self.values[row].max(0.0) / entry;
            // of equal ratios the largest entry, which rounds least
            if leaving.is_none_or(|(best, at)| ratio < best || (ratio <= best && entry > column[at])) {
                leaving = Some((ratio, row));
            }
        }
        let Some((ratio, leaving)) = leaving else { return false };
        let pivot: Vec<f64> = self.inverse[leaving * self.rows..(leaving + 1) * self.rows]
            .iter()
            .map(|entry| entry / column[leaving])
            .collect();
        for (row, &factor) in column.iter().enumerate() {
            let entries = &mut self.inverse[row * self.rows..(row + 1) * self.rows];
            if row == leaving {
                entries.copy_from_slice(&pivot);
                self.values[row] = ratio;
            } else if factor != 0.0 {
                entries.iter_mut().zip(&pivot).for_each(|(entry, with)| *entry -= factor * with);
                self.values[row] -= factor * ratio;
            }
        }
        self.basis[leaving] = flow;
        true
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_without_a_saddle_has_its_known_value_and_prices() {
        // loads (3, 1) and (1, 2): mixed 1 to 2 both classes carry 5/3
        let mut game = Game::new(2);
        game.add(&[3.0, 1.0]);
        let prices = game.add(&[1.0, 2.0]);
        let mixed = game.mixed();
        assert!(mixed.iter().all(|load| (load - 5.0 / 3.0).abs() < 1e-12), "{mixed:?}");
        assert!((prices[0] - 1.0 / 3.0).abs() < 1e-12, "{prices:?}");
    }

    #[test]
    fn a_flow_that_is_worse_everywhere_is_left_out() {
        let mut game = Game::new(3);
        game.add(&[1.0, 2.0, 1.0]);
        game.add(&[3.0, 3.0, 3.0]);
        assert_eq!(game.mixed(), [1.0, 2.0, 1.0]);
    }
}
