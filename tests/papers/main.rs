//! Whole papers, built and broken: copies of the smallest one.

mod archive;
mod author_errors;
mod build;
mod paper;
mod review;
mod safety;
