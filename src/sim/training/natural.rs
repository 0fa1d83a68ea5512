//! Placements that an engineer would choose on a torus: every way of dividing its axes.

use super::layout::{Layout, narrow};
use super::split::Split;
use super::workload::Volumes;
use crate::sim::network::number_of;
use crate::sim::search::{Mapping, mappings};
use crate::sim::shape::Shape;

/// Returns every placement that divides the axes of a slice among tensor, data and pipeline parallelism.
///
/// On an axis tensor groups lie innermost, then replicas, then stages, as in the partition search. Stages and
/// rings follow a cycle through their block of positions in which neighbours are neighbours on the grid; ring
/// r starts the cycle on axis r.
#[must_use]
pub fn natural_layouts(shape: Shape, split: Split, volumes: &Volumes) -> Vec<Layout> {
    let of_split = |mapping: &Mapping| {
        let found = mapping.partition();
        found.parts() == [split.pipeline, split.data, 1, split.tensor]
    };
    mappings(shape)
        .iter()
        .filter(|mapping| of_split(mapping))
        .map(|one| natural(one, split, volumes))
        .collect()
}

fn natural(mapping: &Mapping, split: Split, volumes: &Volumes) -> Layout {
    let sizes = mapping.shape().axes();
    let parts = mapping.parts();
    let blocks = |way: usize| [0, 1, 2].map(|axis| parts[axis][way]);
    let [stages, replicas, shards] = [blocks(0), blocks(1), blocks(3)];
    let [stage_at, replica_at] = [cycle(stages, 0), cycle(replicas, 0)];
    let mut seats = vec![0; split.chips()];
    for (stage, at) in stage_at.iter().enumerate() {
        for (replica, inner) in replica_at.iter().enumerate() {
            for shard in 0..split.tensor {
                let place = places(shards, shard);
                let chip = [0, 1, 2]
                    .map(|axis| (at[axis] * replicas[axis] + inner[axis]) * shards[axis] + place[axis]);
                seats[split.rank(stage, replica, shard)] = narrow(number_of(sizes, chip));
            }
        }
    }
    let order =
        |ring| cycle(shards, ring).into_iter().map(|place| narrow(number_of(shards, place))).collect();
    let orders: Vec<Vec<u32>> = (0..split.rings).map(order).collect();
    Layout::new(split, volumes, seats, &orders)
}

/// Returns the place of a shard in its block.
fn places(block: [usize; 3], shard: usize) -> [usize; 3] {
    crate::sim::network::place_of(block, shard)
}

/// Returns the positions of a block along a cycle of steps to neighbours, if it has one, beginning with an
/// axis.
///
/// A block of R x C positions, R even, is walked through all columns but the first, row after row in
/// alternating directions, and back through the first column. Three axes are two: the cycle over the first
/// two gives the rows.
pub(super) fn cycle(block: [usize; 3], first: usize) -> Vec<[usize; 3]> {
    let axes = [first % 3, (first + 1) % 3, (first + 2) % 3];
    let plane = around(block[axes[0]], block[axes[1]]);
    around(plane.len(), block[axes[2]])
        .into_iter()
        .map(|(row, column)| {
            let mut place = [0; 3];
            place[axes[0]] = plane[row].0;
            place[axes[1]] = plane[row].1;
            place[axes[2]] = column;
            place
        })
        .collect()
}

/// Returns a cycle over rows and columns; a path where there is one row or column, or an odd number of rows.
fn around(rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let returns = usize::from(rows > 1 && columns > 1);
    let mut found = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        let inner = returns..columns;
        if row.is_multiple_of(2) {
            found.extend(inner.map(|column| (row, column)));
        } else {
            found.extend(inner.rev().map(|column| (row, column)));
        }
    }
    found.extend((0..rows * returns).rev().map(|row| (row, 0)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_visits_every_position_once_by_steps_to_neighbours() {
        for block in [[2, 2, 2], [4, 4, 1], [2, 4, 4], [8, 1, 1], [1, 2, 4], [4, 1, 2]] {
            for first in 0..3 {
                let found = cycle(block, first);
                let mut sorted = found.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), block.iter().product::<usize>(), "{block:?}");
                let steps = |a: [usize; 3], b: [usize; 3]| {
                    (0..3).map(|axis| a[axis].abs_diff(b[axis])).sum::<usize>()
                };
                assert!(found.windows(2).all(|pair| steps(pair[0], pair[1]) == 1), "{block:?} {found:?}");
                let thick = block.iter().filter(|&&side| side > 1).count() > 1;
                if thick {
                    assert_eq!(steps(found[0], found[found.len() - 1]), 1, "{block:?} {found:?}");
                }
            }
        }
    }
}
