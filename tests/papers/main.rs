//! Whole papers, built and broken: copies of the smallest one.

mod archive;
mod author_errors;
#[cfg(feature = "sql")]
mod benchmark;
#[path = "../browser/mod.rs"]
mod browser;
mod build;
mod constructs;
#[path = "../browser/driven.rs"]
mod driven;
mod exchange;
mod experiments;
mod front;
mod guide;
mod html;
mod inputs;
mod lang;
mod machine;
mod neighbours;
#[path = "../outputs/mod.rs"]
mod outputs;
mod outreach;
mod outreach_limits;
mod paper;
mod phext;
mod preview;
mod preview_page;
mod publish;
mod rally;
mod results;
mod review;
mod rules;
#[path = "../preview/mod.rs"]
mod running;
mod safety;
mod scripts;
mod venues;
mod watch;
