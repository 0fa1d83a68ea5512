//! Digests of what a program makes of a paper, so that no change of the code moves an output unseen.

use std::collections::BTreeMap;
use std::path::Path;

use paper_engine::source::sha256;

/// Where this is set, a test writes its list anew in place of comparing.
const ACCEPT: &str = "ACCEPT_OUTPUTS";

/// What follows from more than the paper and the code that renders it: the digest of the program's own
/// sources and the sizes that tell of it.
const OF_THE_PROGRAM: [&str; 3] = ["manifest.json", "SHA256SUMS", "index.html"];

/// Compares every file below `folder` with a list of digests, as `sha256sum` prints them.
///
/// What TeX typesets depends on the version that a machine has of it as well; its LaTeX is compared in its
/// place.
pub fn check(folder: &Path, list: &Path) {
    let is_typeset = |name: &str| name.ends_with(".pdf") && !name.starts_with("figures/");
    let mut now = BTreeMap::new();
    digests(folder, "", &mut now);
    now.retain(|name, _| !OF_THE_PROGRAM.contains(&name.as_str()) && !is_typeset(name));
    if std::env::var_os(ACCEPT).is_some() {
        let lines: String = now.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        std::fs::write(list, lines).unwrap();
        return;
    }
    let text = std::fs::read_to_string(list).unwrap_or_default();
    let before: BTreeMap<String, String> = text
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
        .collect();
    let mut differ: Vec<String> = Vec::new();
    for (name, digest) in &now {
        match before.get(name) {
            None => differ.push(format!("  new      {name}")),
            Some(old) if old != digest => differ.push(format!("  changed  {name}")),
            Some(_) => {}
        }
    }
    differ.extend(
        before.keys().filter(|name| !now.contains_key(*name)).map(|name| format!("  gone     {name}")),
    );
    assert!(
        differ.is_empty(),
        "outputs differ from {}:\n{}\nIf that is meant, run this test with {ACCEPT}=1, which writes the list anew, and \
         say in CHANGELOG.md what changed.",
        list.display(),
        differ.join("\n")
    );
}

/// Adds the digests of all files below a folder, but for what builds keep for themselves, by their paths
/// behind `above`.
fn digests(folder: &Path, above: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{above}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_file() {
            found.insert(name, sha256(&std::fs::read(path).unwrap()));
        } else if name != ".cache" {
            digests(&path, &format!("{name}/"), found);
        }
    }
}
