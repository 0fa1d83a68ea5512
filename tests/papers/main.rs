//! Whole papers, built and broken: copies of the smallest one.

mod archive;
mod author_errors;
#[path = "../browser/mod.rs"]
mod browser;
mod build;
mod html;
mod outreach;
mod outreach_limits;
mod paper;
mod preview;
mod review;
mod safety;
