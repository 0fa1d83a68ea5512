//! Partitions of the chips of a slice, and how they lie on the axes of its torus.

use std::fmt;

use crate::sim::shape::{CUBE_SIDE, Shape};

/// Holds how many parts each way of dividing the work has; their product is the number of chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The stages of the pipeline.
    pub pipeline: usize,
    /// The replicas that divide the sequences.
    pub data: usize,
    /// The parts along the first model axis.
    pub model1: usize,
    /// The parts along the second model axis.
    pub model2: usize,
}

/// Names how activations and weights are sharded over the model axes: activations first, then weights.
///
/// The two-dimensional forms follow GSPMD (Xu et al., "GSPMD: General and Scalable Parallelization for ML
/// Computation Graphs", 2021, on dense transformers), where weights are divided along both axes.
/// That the published labels mean these four schemes is an assumption of this model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharding {
    /// 1D/1D: both model axes are one group of tensor parallelism (Shoeybi et al., "Megatron-LM", 2019,
    /// section 3).
    OneOne,
    /// 1D/2D: weights along both axes; each activation along one of them in turn (GSPMD, first attempt).
    OneTwo,
    /// 2D/1D: sequences along the first axis and width along the second; weights along the second only.
    TwoOne,
    /// 2D/2D: sequences along the first axis and width along the second; weights along both, gathered
    /// along the first before use (GSPMD, finalized).
    TwoTwo,
}

/// Holds the rings or lines of one group of chips: its links' worth of bandwidth and its hops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The chips of the group.
    pub size: usize,
    /// The links' worth that a chip receives at once in a collective over the group.
    pub links: f64,
    /// The hops from a chip to the farthest of the group.
    pub hops: f64,
    /// The links' worth between neighbours of the group, for sends along it.
    pub neighbour_links: f64,
    /// The hops between neighbours of the group.
    pub neighbour_hops: f64,
}

/// Holds how the four groups of a partition lie on the axes of a torus.
///
/// `parts[axis]` divides an axis among model2, model1, data and pipeline, innermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// The shape whose axes are divided.
    shape: Shape,
    /// The factors of each axis: pipeline, data, model1, model2.
    parts: [[usize; 4]; 3],
}

impl Partition {
    /// Returns the partition of `[pipeline, data, model1, model2]`.
    #[must_use]
    pub const fn new([pipeline, data, model1, model2]: [usize; 4]) -> Self {
        Self { pipeline, data, model1, model2 }
    }

    /// Returns `[pipeline, data, model1, model2]`.
    #[must_use]
    pub const fn parts(&self) -> [usize; 4] {
        [self.pipeline, self.data, self.model1, self.model2]
    }

    /// Returns the product of the parts, or `None` if it is too large.
    #[must_use]
    pub fn chips(&self) -> Option<usize> {
        self.parts().into_iter().try_fold(1_usize, usize::checked_mul)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [pipeline, data, model1, model2] = self.parts();
        formatter.pad(&format!("[{pipeline}, {data}, {model1}, {model2}]"))
    }
}

impl Sharding {
    /// All shardings.
    pub const ALL: [Self; 4] = [Self::OneOne, Self::OneTwo, Self::TwoOne, Self::TwoTwo];

    /// Returns whether the sequences of a microbatch are divided along the first model axis.
    #[must_use]
    pub const fn divides_sequences(self) -> bool {
        matches!(self, Self::TwoOne | Self::TwoTwo)
    }

    /// Returns the parts that the weights of a stage are cut into.
    #[must_use]
    pub const fn weight_parts(self, partition: &Partition) -> usize {
        match self {
            Self::TwoOne => partition.model2,
            _ => partition.model1 * partition.model2,
        }
    }

    /// Returns the parts that the attention heads and the inner width are cut into.
    #[must_use]
    pub const fn head_parts(self, partition: &Partition) -> usize {
        match self {
            Self::OneOne => partition.model1 * partition.model2,
            _ => partition.model2,
        }
    }
}

impl fmt::Display for Sharding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::OneOne => "1D/1D",
            Self::OneTwo => "1D/2D",
            Self::TwoOne => "2D/1D",
            Self::TwoTwo => "2D/2D",
        })
    }
}

impl Mapping {
    /// Returns the shape whose axes are divided.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the partition that lies on the axes.
    #[must_use]
    pub fn partition(&self) -> Partition {
        let product = |group: usize| self.parts.iter().map(|axis| axis[group]).product();
        Partition::new([0, 1, 2, 3].map(product))
    }

    /// Returns the factors of each axis: pipeline, data, model1, model2.
    #[must_use]
    pub const fn parts(&self) -> [[usize; 4]; 3] {
        self.parts
    }

    /// Returns the group of chips of some of the four ways (0 pipeline, 1 data, 2 model1, 3 model2).
    ///
    /// On an axis of n chips, a group takes every s-th of f s chips, s being the product of the factors
    /// inside it. If f s = n the group is a ring of both directions, else a line, which carries half as
    /// much; s groups share every cable. So an axis gives 2 / s or 1 / s links' worth. Neighbouring ways on
    /// one axis count as one factor. All axes work at once on separate shares of the data, so their
    /// bandwidths add (Chan et al., "Collective communication: theory, practice, and experience", 2007, on
    /// multidimensional meshes).
    #[must_use]
    pub fn group(&self, ways: &[usize]) -> Group {
        let mut group = Group { size: 1, links: 0.0, hops: 0.0, neighbour_links: 0.0, neighbour_hops: 0.0 };
        for (&size, parts) in self.shape.axes().iter().zip(&self.parts) {
            let mut inner = 1;
            let mut way = 4;
            while way > 0 {
                way -= 1;
                let mut factor = parts[way];
                if factor == 1 || !ways.contains(&way) {
                    inner *= factor;
                    continue;
                }
                // join the factors of the group that lie next to each other on this axis
                while way > 0 && (parts[way - 1] == 1 || ways.contains(&(way - 1))) {
                    way -= 1;
                    factor *= parts[way];
                }
                let stride = inner as f64;
                let wraps = factor * inner == size;
                let share = 1.0 / stride;
                group.size *= factor;
                group.links += if wraps { 2.0 * share } else { share };
                group.hops += stride * if wraps { (factor / 2) as f64 } else { (factor - 1) as f64 };
                group.neighbour_links =
                    if group.neighbour_links > 0.0 { group.neighbour_links.min(share) } else { share };
                group.neighbour_hops = f64::max(group.neighbour_hops, stride);
                inner *= factor;
            }
        }
        group
    }
}

/// Returns every shape of a number of chips, axes ascending; none if the number is not a product of three
/// multiples of 4.
#[must_use]
pub fn shapes_of(chips: usize) -> Vec<Shape> {
    let cube = CUBE_SIDE.pow(3);
    if chips == 0 || !chips.is_multiple_of(cube) {
        return Vec::new();
    }
    let cubes = chips / cube;
    let mut shapes = Vec::new();
    for a in divisors(cubes) {
        for b in divisors(cubes / a) {
            let c = cubes / a / b;
            if a <= b && b <= c {
                shapes.extend(Shape::new([a, b, c].map(|axis| axis * CUBE_SIDE)));
            }
        }
    }
    shapes
}

/// Returns every partition of a number of chips, in ascending order of its parts.
#[must_use]
pub fn partitions(chips: usize) -> Vec<Partition> {
    if chips == 0 { Vec::new() } else { factorisations(chips).into_iter().map(Partition::new).collect() }
}

/// Returns every way to lay four groups on the axes of a torus, whole axes or factors of them.
///
/// Where several groups share an axis, model2 lies innermost, then model1, data and pipeline: the group that
/// sends most has the closest neighbours (Narayanan et al., "Efficient Large-Scale Language Model Training on
/// GPU Clusters Using Megatron-LM", SC 2021, section 3.2, takeaway 1).
#[must_use]
pub fn mappings(shape: Shape) -> Vec<Mapping> {
    let [first, second, third] = shape.axes().map(factorisations);
    let mut found = Vec::with_capacity(first.len() * second.len() * third.len());
    for &a in &first {
        for &b in &second {
            found.extend(third.iter().map(|&c| Mapping { shape, parts: [a, b, c] }));
        }
    }
    found
}

/// Returns every ordered product of four factors.
fn factorisations(number: usize) -> Vec<[usize; 4]> {
    let mut found = Vec::new();
    for a in divisors(number) {
        for b in divisors(number / a) {
            for c in divisors(number / a / b) {
                found.push([a, b, c, number / a / b / c]);
            }
        }
    }
    found
}

/// Returns the divisors of a number above zero in ascending order.
fn divisors(number: usize) -> impl Iterator<Item = usize> {
    (1..=number).filter(move |divisor| number.is_multiple_of(*divisor))
}
