//! Queues in units of the mean service time.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The seed of all customers.
pub const SEED: u64 = 1;
/// Customers that are counted, and those before them that are not.
const CUSTOMERS: usize = 2_000_000;
const WARM_UP: usize = 50_000;

/// Returns the probability that a customer waits before `servers` of some load (Erlang's C formula, by the
/// recursion of his B formula: Cooper, "Introduction to Queueing Theory", 1981, section 3.4).
pub fn erlang_c(servers: usize, load: f64) -> f64 {
    let offered = load * servers as f64;
    let lost = (1..=servers).fold(1.0, |lost, server| offered * lost / (server as f64 + offered * lost));
    lost / (1.0 - load * (1.0 - lost))
}

/// Returns the mean wait of customers that are served in the order of their arrival (Kiefer and Wolfowitz,
/// "On the Theory of Queues with Many Servers", 1955: the work of each server that an arrival finds).
pub fn simulate(servers: usize, load: f64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut exponential =
        |mean: f64| -mean * ((random.next_u64() >> 11) as f64 + 0.5).mul_add(-f64::EPSILON / 2.0, 1.0).ln();
    let mut work = vec![0.0; servers];
    let mut waited = 0.0;
    for customer in 0..WARM_UP + CUSTOMERS {
        let pause = exponential(1.0 / (load * servers as f64));
        work.iter_mut().for_each(|left: &mut f64| *left = (*left - pause).max(0.0));
        let first = (0..servers).fold(0, |best, at| if work[at] < work[best] { at } else { best });
        if customer >= WARM_UP {
            waited += work[first];
        }
        work[first] += exponential(1.0);
    }
    waited / CUSTOMERS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_has_its_known_values() {
        let close =
            |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found}, not {wanted}");
        close(erlang_c(1, 0.7), 0.7);
        close(erlang_c(2, 0.5), 1.0 / 3.0);
    }

    #[test]
    fn simulated_waits_are_those_of_the_closed_form() {
        for servers in [1, 2, 8] {
            for load in [0.5, 0.8] {
                let exact = erlang_c(servers, load) / (servers as f64 * (1.0 - load));
                let found = simulate(servers, load);
                assert!((found / exact - 1.0).abs() < 0.03, "{servers} at {load}: {found}, not {exact}");
            }
        }
    }
}
