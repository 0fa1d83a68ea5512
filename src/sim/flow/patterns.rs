//! Traffic patterns as demands, in logical positions: which chip sends what to which.
//!
//! In each, a chip sends 1 in all for one unit of the rate, what it keeps for itself included. So the
//! throughput of a balanced flow is a rate for each chip in units of one link's bandwidth.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::network::place_of;
use super::super::shape::{CUBE_SIDE, Shape};
use super::super::topology::Topology;
use super::FlowError;
use super::demand::Demand;

/// The streams of random numbers, so that patterns of one seed have no draw in common.
const PERMUTATION: u64 = 11;
const EXPERTS: u64 = 12;
const HOT_CHIP: u64 = 13;

/// Lets every chip send all to one chip: a permutation drawn from a seed, each with the same chance.
///
/// A chip that is drawn as its own target sends nothing over links.
///
/// # Errors
/// Refuses nothing; the error is that of [`Demand::sparse`].
pub fn random_permutation(chips: usize, seed: u64) -> Result<Demand, FlowError> {
    let mut order: Vec<usize> = (0..chips).collect();
    shuffle(&mut generator(seed, PERMUTATION), &mut order);
    Demand::sparse(order.into_iter().map(|target| vec![(target, 1.0)]).collect())
}

/// Lets every chip send all to the place of its number in a transposed matrix.
///
/// The 2^b chips in order of their numbers are the rows of a matrix of 2^floor(b/2) rows: the bits of the
/// number rotate by half their count (Dally and Towles, "Principles and Practices of Interconnection
/// Networks", 2004, section 3.2).
///
/// # Errors
/// Refuses a number of chips that is no power of two.
pub fn transpose(chips: usize) -> Result<Demand, FlowError> {
    if !chips.is_power_of_two() {
        return Err(FlowError::NotPowerOfTwo(chips));
    }
    let rows = 1 << (chips.ilog2() / 2);
    let columns = chips / rows;
    Demand::sparse((0..chips).map(|chip| vec![(chip % columns * rows + chip / columns, 1.0)]).collect())
}

/// Lets every chip send one sixth to each neighbour that it has on the regular torus of the shape.
///
/// # Errors
/// Refuses nothing; the error is that of [`Demand::sparse`].
pub fn torus_neighbors(shape: Shape) -> Result<Demand, FlowError> {
    let torus = &Topology::torus(shape).network();
    let ports = torus.ports();
    let row =
        |chip| (0..ports).filter_map(move |port| Some((torus.neighbor(chip, port)?, 1.0 / ports as f64)));
    Demand::sparse((0..torus.chips()).map(|chip| row(chip).collect()).collect())
}

/// Lets every chip send a part of its traffic to one hot chip, drawn from a seed, and the rest evenly to all
/// others.
///
/// Pfister and Norton, "Hot spot contention and combining in multistage interconnection networks", IEEE
/// Trans. Computers 34, 1985. The six links of the hot chip bound the rate by 6 / ((chips - 1) part + 1 -
/// part): no network is better than its receiver.
///
/// # Errors
/// Refuses a part outside 0 to 1 and fewer than two chips.
pub fn hot_spot(chips: usize, part: f64, seed: u64) -> Result<Demand, FlowError> {
    if !(0.0..=1.0).contains(&part) {
        return Err(FlowError::Amount(part));
    }
    if chips < 2 {
        return Err(FlowError::Empty);
    }
    let mut share = vec![(1.0 - part) / (chips as f64 - 1.0); chips];
    share[below(&mut generator(seed, HOT_CHIP), chips)] += part;
    Demand::grouped(&vec![0; chips], share)
}

/// Names which chips share their experts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// As many chips as a cube has, by consecutive numbers.
    Runs,
    /// The chips of each cube.
    Cubes,
    /// All chips.
    All,
}

impl Groups {
    /// Returns the group of each chip of a slice.
    #[must_use]
    pub fn of(self, shape: Shape) -> Vec<usize> {
        let sizes = shape.axes();
        let cubes = shape.cubes();
        let group = |chip| match self {
            Self::Runs => chip / CUBE_SIDE.pow(3),
            Self::Cubes => {
                super::super::network::number_of(cubes, place_of(sizes, chip).map(|at| at / CUBE_SIDE))
            }
            Self::All => 0,
        };
        (0..shape.chips()).map(group).collect()
    }
}

/// Lets every chip send its tokens to the experts of its group, one on each chip, of which some are liked
/// more.
///
/// The expert of rank r gets a part of all tokens in proportion to 1 / r^exponent (Zipf's law); an exponent
/// of 0 makes all equal. Ranks are laid on the chips of each group in an order drawn from a seed. Tokens for
/// the expert on the same chip are counted as sent and take no link.
///
/// # Errors
/// Refuses an exponent that is negative or not finite.
pub fn experts(shape: Shape, groups: Groups, exponent: f64, seed: u64) -> Result<Demand, FlowError> {
    if !(exponent.is_finite() && exponent >= 0.0) {
        return Err(FlowError::Amount(exponent));
    }
    let group = groups.of(shape);
    let count = group.iter().max().map_or(0, |last| last + 1);
    let size = shape.chips() / count;
    let likes: Vec<f64> = (1..=size).map(|rank| (rank as f64).powf(-exponent)).collect();
    let all: f64 = likes.iter().sum();
    let mut random = generator(seed, EXPERTS);
    let mut orders: Vec<Vec<usize>> = (0..count)
        .map(|_| {
            let mut ranks: Vec<usize> = (0..size).collect();
            shuffle(&mut random, &mut ranks);
            ranks
        })
        .collect();
    let share = group.iter().map(|&group| likes[orders[group].pop().unwrap_or(0)] / all).collect();
    Demand::grouped(&group, share)
}

fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    random
}

/// Shuffles as Durstenfeld, "Algorithm 235: Random permutation", CACM 7, 1964.
fn shuffle(random: &mut ChaCha8Rng, list: &mut [usize]) {
    for last in (1..list.len()).rev() {
        list.swap(last, below(random, last + 1));
    }
}

/// Returns a number below a limit.
fn below(random: &mut ChaCha8Rng, limit: usize) -> usize {
    ((u128::from(random.next_u64()) * limit as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        text.parse().unwrap()
    }

    fn dense(demand: &Demand) -> Vec<Vec<f64>> {
        let mut rows = vec![vec![0.0; demand.chips()]; demand.chips()];
        for (source, row) in rows.iter_mut().enumerate() {
            demand.targets(source).into_iter().for_each(|(target, amount)| row[target] += amount);
        }
        rows
    }

    fn sums(rows: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
        let columns = (0..rows.len()).map(|at| rows.iter().map(|row| row[at]).sum()).collect();
        (rows.iter().map(|row| row.iter().sum()).collect(), columns)
    }

    #[test]
    fn permutations_and_transposes_send_one_and_receive_one() {
        let drawn = dense(&random_permutation(128, 4).unwrap());
        let (sent, received) = sums(&drawn);
        assert_eq!(sent.iter().sum::<f64>(), received.iter().sum::<f64>());
        assert!(sent.iter().chain(&received).all(|&sum| sum == 0.0 || sum == 1.0));
        assert!(sent.iter().sum::<f64>() > 120.0, "few chips are their own targets");
        assert_ne!(drawn, dense(&random_permutation(128, 5).unwrap()));
        let turned = dense(&transpose(64).unwrap());
        (0..64).for_each(|a| (0..64).for_each(|b| assert_eq!(turned[a][b], turned[b][a])));
        assert_eq!(transpose(512).unwrap().targets(1), [(16, 1.0)]);
        assert_eq!(transpose(512).unwrap().targets(32), [(1, 1.0)]);
        assert_eq!(transpose(192).unwrap_err(), FlowError::NotPowerOfTwo(192));
    }

    #[test]
    fn neighbours_are_symmetric_and_a_hot_chip_receives_its_part() {
        let near = dense(&torus_neighbors(shape("4x8x8")).unwrap());
        (0..256).for_each(|a| (0..256).for_each(|b| assert_eq!(near[a][b], near[b][a])));
        assert!(sums(&near).0.iter().all(|sum| (sum - 1.0).abs() < 1e-12));
        let (sent, received) = sums(&dense(&hot_spot(128, 0.25, 1).unwrap()));
        assert!(sent.iter().filter(|&&sum| (sum - 1.0).abs() < 1e-12).count() == 127);
        let most = received.iter().copied().fold(0.0, f64::max);
        assert!((most - (0.25 * 127.0 + 0.75)).abs() < 1e-12, "{most}");
        assert!(hot_spot(128, 1.5, 1).is_err() && hot_spot(1, 0.5, 1).is_err());
    }

    #[test]
    fn experts_stay_in_their_groups_and_follow_zipf() {
        let slice = shape("4x8x8");
        for groups in [Groups::Runs, Groups::Cubes, Groups::All] {
            let group = groups.of(slice);
            let rows = dense(&experts(slice, groups, 1.0, 7).unwrap());
            let size = if groups == Groups::All { 256 } else { 64 };
            let harmonic: f64 = (1..=size).map(|rank| 1.0 / f64::from(rank)).sum();
            for (source, row) in rows.iter().enumerate() {
                assert!(row.iter().zip(&group).all(|(&sent, &other)| sent == 0.0 || other == group[source]));
                let mut sorted: Vec<f64> = row.iter().copied().filter(|&sent| sent > 0.0).collect();
                assert_eq!(sorted.len(), size as usize - 1);
                sorted.sort_by(f64::total_cmp);
                assert!((sorted[0] * harmonic * f64::from(size) - 1.0).abs() < 0.02, "{}", sorted[0]);
                // Its own expert gets the rest.
                assert!(sorted.iter().sum::<f64>() < 1.0);
            }
        }
        // Cubes are blocks of positions, runs are slabs.
        assert_eq!(Groups::Cubes.of(slice)[..8], [0, 0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(Groups::Runs.of(slice)[..8], [0; 8]);
        let even = dense(&experts(slice, Groups::All, 0.0, 7).unwrap());
        assert!((even[3][9] - 1.0 / 256.0).abs() < 1e-15);
        assert!(experts(slice, Groups::All, -1.0, 7).is_err());
    }
}
