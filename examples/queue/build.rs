//! Digests of the code behind each experiment, so that kept facts are those of today's code.

use std::path::Path;

fn main() -> Result<(), code_digest::Error> {
    code_digest::Study {
        crates: &[("queue", Path::new("src/main.rs"))],
        sources: &["src".into(), "../../Cargo.lock".into()],
        manifests: &["Cargo.toml".into()],
        lock: Path::new("../../Cargo.lock"),
    }
    .write()
}
