//! The process in which TeX runs, for programs that have no such command themselves, and for the tests.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [command, dir, cache] if command == "typeset-worker" => {
            typesetter::worker_main(Path::new(dir), Path::new(cache))
        }
        _ => ExitCode::from(2),
    }
}
