//! Maps drawn at random, the baseline that says what a search adds.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::fabric::{DIMENSIONS, SWITCHES, SwitchMaps};
use super::super::network::{Network, place_of};
use super::super::shape::{MOST_CHIPS, Shape};
use super::LearnedError;
use super::translations::Translations;

/// The streams of random numbers, so that one seed gives translations and permutations that have no draw in
/// common.
const TRANSLATIONS: u64 = 1;
const PERMUTATIONS: u64 = 2;
const REGULAR: u64 = 3;
/// The fewest chips for which a draw soon ends without double links.
const FEWEST_CHIPS: usize = 16;

/// Draws one translation per switch, each element of the group of cubes with the same chance.
///
/// # Errors
/// Refuses nothing that is a shape; the error is that of [`Translations::new`].
pub fn random_translations(shape: Shape, seed: u64) -> Result<Translations, LearnedError> {
    let grid = shape.cubes();
    let cubes = grid.iter().product();
    let mut random = generator(seed, TRANSLATIONS);
    let shifts = (0..SWITCHES).map(|_| place_of(grid, below(&mut random, cubes))).collect();
    Translations::new(grid, shifts)
}

/// Draws one permutation of the cubes per switch, each with the same chance: a random graph under the same
/// cabling.
///
/// # Errors
/// Refuses nothing that is a shape; the error is that of [`SwitchMaps::new`].
pub fn random_permutations(shape: Shape, seed: u64) -> Result<SwitchMaps, LearnedError> {
    let cubes = shape.cubes().iter().product();
    let mut random = generator(seed, PERMUTATIONS);
    let maps = (0..SWITCHES).map(|_| {
        let targets = shuffled(&mut random, cubes);
        targets.into_iter().map(|target| u16::try_from(target).ok()).collect()
    });
    Ok(SwitchMaps::new(shape.cubes(), maps.collect())?)
}

/// Draws a graph of six links a chip without cubes or switches: three permutations of the chips, in which no
/// link leads back to its chip and no two join the same chips.
///
/// Unions of random permutations have the properties of random regular graphs (Friedman, "A proof of Alon's
/// second eigenvalue conjecture and related problems", Mem. AMS 195, 2008). A target that is not allowed
/// changes places with a random other one.
///
/// # Errors
/// Refuses fewer than 16 chips, and more than a slice may have.
pub fn random_regular(chips: usize, seed: u64) -> Result<Network, LearnedError> {
    if !(FEWEST_CHIPS..=MOST_CHIPS).contains(&chips) {
        return Err(LearnedError::Range { name: "the number of chips", value: chips, most: MOST_CHIPS });
    }
    let mut random = generator(seed, REGULAR);
    let mut joined = BTreeSet::new();
    let mut plus: Vec<Vec<usize>> = Vec::new();
    for _ in 0..DIMENSIONS {
        let mut targets = shuffled(&mut random, chips);
        loop {
            let mut own = BTreeSet::new();
            let pair = |chip: usize, target: usize| (chip.min(target), chip.max(target));
            let refused: Vec<usize> = (0..chips)
                .filter(|&chip| {
                    let pair = pair(chip, targets[chip]);
                    chip == targets[chip] || joined.contains(&pair) || !own.insert(pair)
                })
                .collect();
            if refused.is_empty() {
                joined.extend(own);
                break;
            }
            for chip in refused {
                targets.swap(chip, below(&mut random, chips));
            }
        }
        plus.push(targets);
    }
    Ok(Network::from_plus([chips, 1, 1], DIMENSIONS, |place, axis| Some([plus[axis][place[0]], 0, 0])))
}

/// Shuffles the numbers below a limit (Durstenfeld, "Algorithm 235: Random permutation", CACM 7, 1964).
fn shuffled(random: &mut ChaCha8Rng, count: usize) -> Vec<usize> {
    let mut targets: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        targets.swap(last, below(random, last + 1));
    }
    targets
}

fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    random
}

/// Returns a number below a limit.
fn below(random: &mut ChaCha8Rng, limit: usize) -> usize {
    ((u128::from(random.next_u64()) * limit as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_permutations_repeat_and_differ_by_seed() {
        let shape = Shape::new([8, 8, 16]).unwrap();
        let maps = random_permutations(shape, 1).unwrap();
        assert!(maps.are_permutations());
        assert_eq!(maps, random_permutations(shape, 1).unwrap());
        assert_ne!(maps, random_permutations(shape, 2).unwrap());
        let shifts = random_translations(shape, 1).unwrap();
        assert!(shifts.maps().unwrap().are_permutations());
        assert_ne!(shifts, random_translations(shape, 2).unwrap());
        assert!(Translations::of_maps(&maps).is_none());
    }

    #[test]
    fn regular_graphs_have_six_links_to_six_chips() {
        for chips in [16, 128] {
            let network = random_regular(chips, 7).unwrap();
            assert_eq!(network.cables(), 3 * chips);
            for chip in 0..chips {
                let near: BTreeSet<usize> = (0..6)
                    .filter_map(|port| network.neighbor(chip, port))
                    .filter(|&next| next != chip)
                    .collect();
                assert_eq!(near.len(), 6);
            }
            assert_ne!(network, random_regular(chips, 8).unwrap());
        }
        assert!(random_regular(8, 1).is_err());
    }

    #[test]
    fn every_cube_is_hit_about_as_often() {
        let shape = Shape::new([8, 8, 8]).unwrap();
        let mut hits = [0_usize; 8];
        for seed in 0..200 {
            let maps = random_permutations(shape, seed).unwrap();
            (0..SWITCHES).for_each(|switch| hits[usize::from(maps.map(switch).unwrap()[0].unwrap())] += 1);
        }
        // 9600 draws of 8: the standard deviation of each count is 32
        assert!(hits.iter().all(|&hits| hits.abs_diff(1200) < 160), "{hits:?}");
    }
}
