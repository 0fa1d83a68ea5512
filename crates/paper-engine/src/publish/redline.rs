//! The LaTeX of two builds with what was struck and what was added, through `latexdiff`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::Side;

/// The program that marks the changes; its own macros go into the preamble.
const LATEXDIFF: &str = "latexdiff";

/// Marks what changed in the LaTeX of one edition, or of the shortest that both sides have.
///
/// # Errors
/// What is missing: LaTeX on a side, the edition, the program, or its success.
pub fn redline(old: &Side, new: &Side, edition: Option<&str>) -> Result<Vec<u8>, String> {
    let named: Vec<&String> =
        new.editions.iter().filter(|name| edition.is_none_or(|wanted| wanted == name.as_str())).collect();
    let pair = named.into_iter().find_map(|edition| Some((source(old, edition)?, source(new, edition)?)));
    let Some((before, now)) = pair else {
        let listed = if new.editions.is_empty() { "none".to_owned() } else { new.editions.join(", ") };
        return Err(format!(
            "there is no LaTeX of the same edition on both sides; name two release bundles or folders build/ \
             (editions of {}: {listed})",
            new.name
        ));
    };
    let (before, now) = (std::path::absolute(before), std::path::absolute(now));
    let (Ok(before), Ok(now)) = (before, now) else { return Err("the current folder is gone".to_owned()) };
    let output = Command::new(LATEXDIFF)
        // Colours and fonts need no package that the class does not load anyway.
        .args(["--encoding=utf8", "--math-markup=whole", "--type=CFONT"])
        // What these commands print stands in their last argument.
        .arg("--append-textcmd=papernumber,paperfact")
        .args([&before, &now])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!(
                "the program {LATEXDIFF} is not installed; on Debian and Ubuntu: apt-get install {LATEXDIFF}"
            ),
            _ => format!("{LATEXDIFF} cannot be run: {error}"),
        })?;
    if !output.status.success() || output.stdout.is_empty() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{LATEXDIFF} failed: {}", said.trim()));
    }
    Ok(output.stdout)
}

/// Returns the LaTeX of an edition; its folder holds one such file.
fn source(side: &Side, edition: &str) -> Option<PathBuf> {
    let folder = side.folder.as_ref()?.join(edition);
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "tex") && path.is_file());
    found.sort();
    found.into_iter().next()
}
