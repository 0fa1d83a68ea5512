//! The index of the installed TeX trees, read from their `ls-R` databases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

/// The trees of Debian's TeX Live, used where `kpsewhich` is missing.
const FALLBACK: [&str; 3] = ["/var/lib/texmf", "/usr/share/texmf", "/usr/share/texlive/texmf-dist"];

/// The directories that are searched, best first; where two files share a name the earlier wins.
const RANKED: [&str; 8] =
    ["tex/xelatex/", "tex/latex/", "tex/xetex/", "tex/generic/", "tex/plain/", "tex/", "fonts/", "dvipdfmx/"];

/// Beta versions of LaTeX, which must not shadow the released ones.
const SKIPPED: &str = "tex/latex-dev/";

/// The names of all files in the installed TeX trees.
#[derive(Debug, Clone, Default)]
pub struct TexTrees {
    names: BTreeMap<String, IndexedFile>,
    roots: Vec<PathBuf>,
    stamp: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct IndexedFile {
    rank: usize,
    root: usize,
    path: String,
}

impl TexTrees {
    /// Finds the installed trees and indexes them; `None` where there are none.
    pub fn installed() -> Option<TexTrees> {
        let output = Command::new("kpsewhich").args(["-expand-path", "$TEXMF"]).output();
        let found = match output {
            Ok(output) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                text.trim().split(':').map(PathBuf::from).filter(|root| root.is_absolute()).collect()
            }
            _ => Vec::new(),
        };
        [found, FALLBACK.iter().map(PathBuf::from).collect()].iter().find_map(|roots| TexTrees::index(roots))
    }

    /// Indexes the trees that have an `ls-R` database, the first tree winning; `None` where
    /// none of them holds a file.
    pub fn index(roots: &[PathBuf]) -> Option<TexTrees> {
        let mut trees = TexTrees::default();
        for root in roots {
            let database = root.join("ls-R");
            let Ok(bytes) = std::fs::read(&database) else { continue };
            let changed = std::fs::metadata(&database).and_then(|data| data.modified()).ok();
            let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
            trees.stamp.extend(changed.as_nanos().to_le_bytes());
            trees.add(root, &String::from_utf8_lossy(&bytes));
        }
        (!trees.names.is_empty()).then_some(trees)
    }

    fn add(&mut self, root: &Path, database: &str) {
        let headers = database.lines().filter_map(header).collect::<std::collections::BTreeSet<_>>();
        let index = self.roots.len();
        self.roots.push(root.to_path_buf());
        let mut folder = None;
        for line in database.lines() {
            if let Some(name) = header(line) {
                let path = format!("{name}/");
                let rank = RANKED.iter().position(|prefix| path.starts_with(prefix));
                folder = rank.filter(|_| !path.starts_with(SKIPPED)).map(|rank| (path, rank));
                continue;
            }
            let Some((folder, rank)) = &folder else { continue };
            if line.is_empty() || line.starts_with('%') {
                continue;
            }
            let path = format!("{folder}{line}");
            if headers.contains(path.as_str()) {
                continue;
            }
            let entry = IndexedFile { rank: *rank, root: index, path };
            match self.names.get_mut(line) {
                Some(known) if *known <= entry => {}
                Some(known) => *known = entry,
                None => {
                    self.names.insert(line.to_owned(), entry);
                }
            }
        }
    }

    /// Finds the file with this name, which may end in more of its path (`pgf/utilities/x.tex`).
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let base = name.rsplit('/').next()?;
        let entry = self.names.get(base)?;
        let matches = base == name || entry.path.ends_with(&format!("/{name}"));
        let root = self.roots.get(entry.root)?;
        matches.then(|| root.join(&entry.path))
    }

    /// Computes a digest that changes with the trees, their files and their databases.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.stamp);
        for root in &self.roots {
            hash.update(root.as_os_str().as_encoded_bytes());
            hash.update([0]);
        }
        for (name, entry) in &self.names {
            hash.update(format!("{name}\0{}\0{}\0", entry.root, entry.path));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix("./").and_then(|line| line.strip_suffix(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATABASE: &str = "% ls-R\n\n./:\ntex\n\n./tex/latex-dev/base:\na.sty\nb.sty\n\n./tex/latex/base:\na.sty\n\n\
        ./tex/generic/x:\na.sty\nsub\n\n./tex/generic/x/sub:\nc.tex\n\n./doc/x:\nd.tex\n";

    #[test]
    fn ranks_and_skips() {
        let mut trees = TexTrees::default();
        trees.add(Path::new("/t"), DATABASE);
        assert_eq!(trees.find("a.sty"), Some(PathBuf::from("/t/tex/latex/base/a.sty")));
        assert_eq!(trees.find("x/sub/c.tex"), Some(PathBuf::from("/t/tex/generic/x/sub/c.tex")));
        for absent in ["b.sty", "sub", "d.tex", "y/c.tex"] {
            assert_eq!(trees.find(absent), None, "{absent}");
        }
    }

    #[test]
    fn no_databases_no_trees() {
        assert!(TexTrees::index(&[PathBuf::from("/nonexistent")]).is_none());
    }
}
