//! `phext-paper verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, LimitArguments, Outcome, PaperArguments, print, program, progress};
use crate::publish::{self, Verified};
use crate::study::Study;

/// Options of `verify`.
#[derive(Args)]
#[command(
    after_help = "First the bundle is held against its own sums. Where it is whole, the paper is built again from its \
sources and every file is compared.

Examples:
  {program} verify build/release
  {program} verify downloaded --root . --json"
)]
pub struct Arguments {
    /// Folder of the bundle
    bundle: PathBuf,
    #[command(flatten)]
    paper: PaperArguments,
    #[command(flatten)]
    limit: LimitArguments,
    /// Print what was found as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// Verifies a bundle: exit 0 when it is whole and the sources make the same, 1 otherwise, 2 for no bundle.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let options = arguments.paper.options(study, &arguments.limit)?;
    let found = publish::verify(&arguments.bundle, &options, progress());
    let Some(found) = found.map_err(|errors| Failure::paper(&options.root, errors))? else {
        let bundle = arguments.bundle.display();
        return Err(Failure::Usage(format!(
            "{bundle} is no release bundle; {} publish makes one",
            program()
        )));
    };
    if arguments.json {
        print(&serde_json::to_string_pretty(&found)?);
    } else {
        tell(&found);
    }
    Ok(ExitCode::from(u8::from(!found.is_same())))
}

fn tell(found: &Verified) {
    for damage in &found.damaged {
        print(&format!("damaged: {}: {}", damage.file, damage.what));
    }
    for difference in &found.differences {
        print(&format!("differs: {}: {}", difference.file, difference.what));
    }
    for reason in &found.reasons {
        print(&format!("because: {reason}"));
    }
    print(&match (found.damaged.len(), found.differences.len()) {
        (0, 0) => format!("{} files, all as released and as the sources make them today", found.files),
        (0, differ) => format!("the bundle is whole; the sources make {differ} of its files otherwise today"),
        (damaged, _) => format!("{damaged} damaged; the paper was not built again"),
    });
}
