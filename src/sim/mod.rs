//! Pure functions from inputs to results. No files, clock or printing.

pub mod fabric;
pub mod routing;
pub mod topology;
