//! Maps drawn at random, the baseline that says what a search adds.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::fabric::{SWITCHES, SwitchMaps};
use super::super::network::place_of;
use super::super::shape::Shape;
use super::LearnedError;
use super::translations::Translations;

/// The streams of random numbers, so that one seed gives translations and permutations that have no draw in common.
const TRANSLATIONS: u64 = 1;
const PERMUTATIONS: u64 = 2;

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

/// Draws one permutation of the cubes per switch, each with the same chance: a random graph under the same cabling.
///
/// Shuffles as Durstenfeld, "Algorithm 235: Random permutation", CACM 7, 1964.
///
/// # Errors
/// Refuses nothing that is a shape; the error is that of [`SwitchMaps::new`].
pub fn random_permutations(shape: Shape, seed: u64) -> Result<SwitchMaps, LearnedError> {
    let cubes = shape.cubes().iter().product();
    let mut random = generator(seed, PERMUTATIONS);
    let maps = (0..SWITCHES).map(|_| {
        let mut targets: Vec<usize> = (0..cubes).collect();
        for last in (1..cubes).rev() {
            targets.swap(last, below(&mut random, last + 1));
        }
        targets.into_iter().map(|target| u16::try_from(target).ok()).collect()
    });
    Ok(SwitchMaps::new(shape.cubes(), maps.collect())?)
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
