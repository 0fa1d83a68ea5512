//! Whole papers, built and broken: copies of the smallest one.

mod archive;
mod author_errors;
#[path = "../browser/mod.rs"]
mod browser;
mod build;
mod html;
mod paper;
mod preview;
mod rally;
mod review;
mod safety;
