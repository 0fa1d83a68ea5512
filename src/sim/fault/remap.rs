//! Moving slices off failed cubes: the coordinates stay, the cubes behind them change.

use thiserror::Error;

use super::{CUBES, SPARE_CUBES};
use crate::sim::fabric::{FabricError, SWITCHES, SwitchMaps, entries_changed};

/// The cubes on the switches, spares included; number 64 and above are spares.
const ALL: usize = CUBES + SPARE_CUBES;

/// Tells why cubes cannot be assigned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RemapError {
    /// The slices together need more cubes than there are.
    #[error("the slices need {0} cubes; the machine has 64")]
    TooManyCubes(usize),
    /// A failed cube does not exist.
    #[error("there is no cube {0}: they are numbered 0 to 67, spares from 64 on")]
    NoSuchCube(usize),
    /// The assignment cannot be wired.
    #[error(transparent)]
    Fabric(#[from] FabricError),
}

/// Holds which cube stands behind each logical cube of each slice.
///
/// Programs and switches' topology see logical cubes; the Z arm of a coordinate names the logical cube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    slices: Vec<(SwitchMaps, Vec<usize>)>,
}

/// Holds what moving slices off failed cubes did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remap {
    /// The slices that still have all their cubes.
    pub after: Assignment,
    /// The logical cubes that stand on another cube now.
    pub moved: usize,
    /// The slices, by number, for which no cube was left.
    pub lost: Vec<usize>,
    /// The switch entries rewritten, over all 48 switches.
    pub entries_rewritten: usize,
}

impl Assignment {
    /// Places slices on the cubes of the machine in order, leaving the spare cubes free.
    ///
    /// # Errors
    /// Refuses slices that together need more than 64 cubes.
    pub fn new(slices: Vec<SwitchMaps>) -> Result<Self, RemapError> {
        let needed = slices.iter().map(SwitchMaps::cubes).sum();
        if needed > CUBES {
            return Err(RemapError::TooManyCubes(needed));
        }
        let mut next = 0;
        let placed = slices.into_iter().map(|maps| {
            let first = next;
            next += maps.cubes();
            (maps, (first..next).collect())
        });
        Ok(Self { slices: placed.collect() })
    }

    /// Returns the cube behind each logical cube of a slice.
    #[must_use]
    pub fn cubes(&self, slice: usize) -> Option<&[usize]> {
        self.slices.get(slice).map(|(_, cubes)| cubes.as_slice())
    }

    /// Returns what the 48 switches hold for all 68 cubes.
    ///
    /// # Errors
    /// Refuses an assignment that gives one cube to two slices.
    pub fn switch_maps(&self) -> Result<SwitchMaps, RemapError> {
        let mut maps = vec![vec![None; ALL]; SWITCHES];
        for (logical, cubes) in &self.slices {
            for (switch, map) in maps.iter_mut().enumerate() {
                for (from, to) in logical.map(switch).unwrap_or_default().iter().enumerate() {
                    map[cubes[from]] = to.and_then(|to| u16::try_from(cubes[usize::from(to)]).ok());
                }
            }
        }
        Ok(SwitchMaps::new([1, 1, ALL], maps)?)
    }

    /// Moves every slice off failed cubes onto free ones that are up, in order of slices and cubes.
    ///
    /// Free cubes are taken from the lowest number on, so spares come last. A slice that finds no cube is
    /// lost and frees the cubes it had.
    ///
    /// # Errors
    /// Refuses cubes that do not exist.
    pub fn without(&self, failed: &[usize]) -> Result<Remap, RemapError> {
        if let Some(&cube) = failed.iter().find(|&&cube| cube >= ALL) {
            return Err(RemapError::NoSuchCube(cube));
        }
        let mut free = [true; ALL];
        self.slices.iter().flat_map(|(_, cubes)| cubes).chain(failed).for_each(|&cube| free[cube] = false);
        let (mut after, mut moved, mut lost) = (Vec::new(), 0, Vec::new());
        for (number, (maps, cubes)) in self.slices.iter().enumerate() {
            let mut now = cubes.clone();
            let broken: Vec<usize> = (0..now.len()).filter(|&at| failed.contains(&now[at])).collect();
            let fresh: Vec<usize> = (0..ALL).filter(|&cube| free[cube]).take(broken.len()).collect();
            if fresh.len() < broken.len() {
                cubes.iter().filter(|cube| !failed.contains(cube)).for_each(|&cube| free[cube] = true);
                lost.push(number);
                continue;
            }
            for (at, cube) in broken.into_iter().zip(fresh) {
                free[cube] = false;
                now[at] = cube;
                moved += 1;
            }
            after.push((maps.clone(), now));
        }
        let after = Self { slices: after };
        let entries_rewritten = entries_changed(&self.switch_maps()?, &after.switch_maps()?);
        Ok(Remap { after, moved, lost, entries_rewritten })
    }
}
