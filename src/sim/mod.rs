//! Pure functions from inputs to results. No files, clock or printing.

mod automorphism;
pub mod chip_map;
pub mod collective;
pub mod fabric;
pub mod fault;
pub mod flow;
pub mod hypercube;
pub mod learned;
pub mod network;
pub mod packet;
pub mod routing;
pub mod search;
pub mod shape;
pub mod sparse;
pub mod topology;
pub mod training;
pub mod workload;

pub use fabric::{SwitchMaps, entries_changed};
pub use hypercube::hypercube;
pub use network::Network;
pub use routing::{Analysis, analyze, analyze_network};
pub use shape::{Shape, ShapeError};
pub use topology::{Kind, Topology};
