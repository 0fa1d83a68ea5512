//! The `phext-paper` command.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if let [_, command, dir, cache] = args.as_slice()
        && command == "typeset-worker"
    {
        return phext_paper::typeset::worker_main(Path::new(dir), Path::new(cache));
    }
    ExitCode::SUCCESS
}
