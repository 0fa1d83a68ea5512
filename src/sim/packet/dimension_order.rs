//! Dimension-order paths on tori and twisted tori, with two virtual channels and a dateline on every ring.
//!
//! A path takes all its steps along the first dimension, then along the second, then along the third.
//! Dimensions are the stages of the link order, so a packet starts on channel 0 in each, and takes channel 1
//! behind the dateline of its ring, which no shortest path crosses twice (Dally and Seitz, "Deadlock-free
//! message routing in multiprocessor interconnection networks", IEEE Trans. Comput. C-36, 1987; Dally and
//! Towles, "Principles and Practices of Interconnection Networks", 2004, section 14.2.3). The rings of a
//! twisted torus are longer than its sides, but rings all the same. Where several step counts lead to a chip
//! on the fewest hops, the counts are chosen that even out the loads of the dimensions.

use super::paths::{LinkOrder, MOST_CHIPS, Path, PathError, PathTable, Symmetry};
use crate::sim::network::Network;
use crate::sim::topology::Topology;

/// The exponents of the price of a load, one pass each. Steer convergence only.
const EXPONENTS: [i32; 3] = [2, 8, 32];

/// Holds dimension-order paths between all chips.
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionOrder {
    /// The paths.
    pub paths: PathTable,
    /// The all-to-all rate of each chip that they carry, in units of one link's bandwidth.
    pub throughput: f64,
}

/// Returns dimension-order paths on a torus or twisted torus.
///
/// # Errors
/// Refuses meshes, which do not look the same from every chip, rings that would take paths of more than 24
/// hops, and no paths.
pub fn dimension_order(topology: &Topology, paths_per_pair: usize) -> Result<DimensionOrder, PathError> {
    let network = topology.network();
    if network.chips() > MOST_CHIPS {
        return Err(PathError::Size(network.chips()));
    }
    let rings = Rings::new(&network).ok_or(PathError::NotRegular)?;
    let records = rings.shortest_records();
    let (chosen, loads) = choose(&records, paths_per_pair);
    let ports = |record: &Record| {
        let steps = |(axis, &steps): (usize, &i32)| {
            std::iter::repeat_n(2 * axis + usize::from(steps < 0), steps.unsigned_abs() as usize)
        };
        record.iter().enumerate().flat_map(steps).collect::<Vec<_>>()
    };
    let packed = chosen.iter().map(|record| {
        let ports = ports(record);
        Path::new(&ports).ok_or(PathError::Long(ports.len()))
    });
    let packed = packed.collect::<Result<Vec<Path>, PathError>>()?;
    let symmetry = rings.symmetry(&records);
    let paths = PathTable::new(&network, symmetry, rings.order(), paths_per_pair, packed)?;
    let largest = loads.iter().copied().max().unwrap_or(1).max(1);
    let sent = (network.chips() - 1) * paths_per_pair;
    Ok(DimensionOrder { paths, throughput: sent as f64 / largest as f64 })
}

/// Steps along each dimension, negative ones out of minus ports.
type Record = [i32; 3];

/// Holds the rings of a network that looks the same from every chip.
pub(super) struct Rings {
    axes: usize,
    chips: usize,
    /// Per dimension: the chips of a ring.
    lengths: [usize; 3],
    /// Per dimension, at steps * chips + chip: the chip so many plus steps further.
    further: [Vec<u32>; 3],
}

impl Rings {
    /// Returns `None` unless steps along two dimensions lead to one chip in either order, and no link is
    /// missing.
    pub(super) fn new(network: &Network) -> Option<Self> {
        let (axes, chips) = (network.ports() / 2, network.chips());
        let past = |chip: usize, axis: usize| network.neighbor(chip, 2 * axis);
        let pairs = (0..axes).flat_map(|a| (0..axes).map(move |b| (a, b)));
        let commutes = |chip: usize, (a, b): (usize, usize)| {
            let both = past(chip, a).and_then(|chip| past(chip, b));
            both.is_some() && both == past(chip, b).and_then(|chip| past(chip, a))
        };
        if !(0..chips).all(|chip| pairs.clone().all(|pair| commutes(chip, pair))) {
            return None;
        }
        let (mut lengths, mut further) = ([1; 3], [const { Vec::new() }; 3]);
        for axis in 0..3 {
            let table: &mut Vec<u32> = &mut further[axis];
            table.extend(0..chips as u32);
            while axis < axes && lengths[axis] <= chips {
                let last = &table[table.len() - chips..];
                let past = |&chip: &u32| network.table()[chip as usize * network.ports() + 2 * axis];
                let next: Vec<u32> = last.iter().map(past).collect();
                if next[0] == 0 {
                    break;
                }
                table.extend(next);
                lengths[axis] += 1;
            }
        }
        Some(Self { axes, chips, lengths, further })
    }

    /// Returns, at chip * chips + target, the port of the next hop in the order of dimensions, and its
    /// channel times 8: 0 if the rest of the way along the ring crosses its dateline, else 1.
    ///
    /// Of several records the one with the fewest steps along the first dimension counts, then along the
    /// second; what is left of it after a step is again such a record.
    pub(super) fn escape_hops(&self) -> Vec<u8> {
        let first = |records: &Vec<Record>| {
            records.iter().copied().min_by_key(|record| record.map(|steps| (steps.unsigned_abs(), steps < 0)))
        };
        let records: Vec<Record> = self.shortest_records().iter().filter_map(first).collect();
        let places = self.places();
        let mut hops = vec![0; self.chips * self.chips];
        for (from, hops) in hops.chunks_mut(self.chips).enumerate() {
            for record in &records {
                let Some(axis) = record.iter().position(|&steps| steps != 0) else { continue };
                let (steps, place) = (record[axis], places[from][axis] as i32);
                let crosses = !(0..self.lengths[axis] as i32).contains(&(place + steps));
                let port = 2 * axis + usize::from(steps < 0);
                hops[self.walk(from, *record)] = port as u8 | u8::from(!crosses) << 3;
            }
        }
        hops
    }

    /// Returns the place of every chip on its ring of each dimension.
    fn places(&self) -> Vec<[u32; 3]> {
        let mut places = vec![[0_u32; 3]; self.chips];
        for (axis, (&length, further)) in self.lengths.iter().zip(&self.further).enumerate() {
            let mut known = vec![false; self.chips];
            for first in 0..self.chips {
                for steps in 0..length {
                    let chip = further[steps * self.chips + first] as usize;
                    if !std::mem::replace(&mut known[chip], true) {
                        places[chip][axis] = steps as u32;
                    }
                }
            }
        }
        places
    }

    /// Returns the chip where a record ends.
    #[inline]
    fn walk(&self, from: usize, record: Record) -> usize {
        (0..3).fold(from, |chip, axis| {
            let steps = record[axis].rem_euclid(self.lengths[axis] as i32) as usize;
            self.further[axis][steps * self.chips + chip] as usize
        })
    }

    /// Returns, for every chip, all records of fewest hops that lead there from chip 0.
    fn shortest_records(&self) -> Vec<Vec<Record>> {
        let mut found: Vec<Vec<Record>> = vec![Vec::new(); self.chips];
        let range = |axis: usize| {
            let half = (self.lengths[axis] / 2) as i32;
            -half..=half
        };
        let hops = |record: &Record| record.iter().map(|steps| steps.unsigned_abs()).sum::<u32>();
        for (x, y, z) in range(0).flat_map(|x| range(1).flat_map(move |y| range(2).map(move |z| (x, y, z)))) {
            let record = [x, y, z];
            let records = &mut found[self.walk(0, record)];
            match records.first().map(|first| hops(first).cmp(&hops(&record))) {
                Some(std::cmp::Ordering::Less) => continue,
                Some(std::cmp::Ordering::Greater) => records.clear(),
                _ => {}
            }
            records.push(record);
        }
        found
    }

    /// Returns the renamings that carry every chip to chip 0.
    fn symmetry(&self, records: &[Vec<Record>]) -> Symmetry {
        let chips = self.chips;
        let mut symmetry = Symmetry { renaming: (0..chips as u32).collect(), names: vec![0; chips * chips] };
        for (from, names) in symmetry.names.chunks_mut(chips).enumerate() {
            for (to, records) in records.iter().enumerate() {
                names[self.walk(from, records.first().copied().unwrap_or_default())] = to as u32;
            }
        }
        symmetry
    }

    /// Returns the order of links: by dimension, and along each ring in the direction of travel from its
    /// dateline.
    fn order(&self) -> LinkOrder {
        let places = self.places();
        let links = places.iter().flat_map(|places| {
            (0..2 * self.axes).map(|port| {
                let (axis, place) = (port / 2, places[port / 2]);
                let last = self.lengths[axis] as u32 - 1;
                (axis as u8, if port.is_multiple_of(2) { place } else { last - place })
            })
        });
        LinkOrder::of_stages(links)
    }
}

/// Chooses so many records for every chip that the loads of the six directions even out; returns these too,
/// in paths per link.
fn choose(records: &[Vec<Record>], per_chip: usize) -> (Vec<Record>, [u64; 6]) {
    let mut loads = [0_u64; 6];
    let port = |axis: usize, steps: i32| 2 * axis + usize::from(steps < 0);
    let add = |loads: &mut [u64; 6], record: Record| {
        (0..3).for_each(|axis| loads[port(axis, record[axis])] += u64::from(record[axis].unsigned_abs()));
    };
    let mut chosen = Vec::with_capacity(records.len() * per_chip);
    for records in records {
        chosen.extend(records.iter().copied().cycle().take(per_chip));
    }
    chosen.iter().for_each(|&record| add(&mut loads, record));
    for exponent in EXPONENTS {
        for (chip, records) in records.iter().enumerate().filter(|(_, records)| records.len() > 1) {
            for slot in &mut chosen[chip * per_chip..(chip + 1) * per_chip] {
                (0..3).for_each(|axis| loads[port(axis, slot[axis])] -= u64::from(slot[axis].unsigned_abs()));
                let mean = loads.iter().sum::<u64>() as f64 / loads.len() as f64;
                let cost = |record: &Record| {
                    let of = |axis: usize| {
                        let price = (loads[port(axis, record[axis])] as f64 / mean).powi(exponent);
                        f64::from(record[axis].unsigned_abs()) * price
                    };
                    (0..3).map(of).sum::<f64>()
                };
                if let Some(best) = records.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))) {
                    *slot = *best;
                }
                add(&mut loads, *slot);
            }
        }
    }
    (chosen, loads)
}
