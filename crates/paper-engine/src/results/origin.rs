//! The command behind a source, and whether its files are those that it would make today.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::lock::{Entry, Lock, Made, digest};
use super::read::{SourceSpec, is_match, matching};
use super::spec::place;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::{file_inside, sha256};

/// A source with the command that makes it.
#[derive(Clone, Debug)]
pub struct Origin<'s> {
    /// The name of the source.
    pub name: &'s str,
    /// What its author says of it.
    pub spec: &'s SourceSpec,
    /// The command.
    pub command: &'s str,
    /// Where the command is written.
    pub at: Location,
    /// The path or the pattern of what it makes, where that is in the folder of the paper.
    makes: Option<String>,
    /// The paths and patterns of what enters it.
    enters: Vec<String>,
}

/// Why the files of a source are not those that its command would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Nothing tells that it ever made them.
    NeverMade,
    /// The command is another.
    Command,
    /// An input is another.
    Input(PathBuf),
    /// An input has come.
    NewInput(PathBuf),
    /// An input is gone.
    NoInput(PathBuf),
    /// A variable of the environment is another.
    Variable(String),
    /// A file that was made is another.
    Output(PathBuf),
    /// A file that was made is gone.
    NoOutput(PathBuf),
    /// A source that makes an input is stale.
    Source(String),
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverMade => f.write_str("nothing tells that its command made it"),
            Self::Command => f.write_str("its command was another"),
            Self::Input(file) => write!(f, "{} has changed since", file.display()),
            Self::NewInput(file) => write!(f, "{} was not there", file.display()),
            Self::NoInput(file) => write!(f, "{} is gone", file.display()),
            Self::Variable(name) => write!(f, "the variable {name} has changed since"),
            Self::Output(file) => write!(f, "{} is not what its command made", file.display()),
            Self::NoOutput(file) => write!(f, "{} is not there", file.display()),
            Self::Source(name) => write!(f, "`{name}`, which makes an input of it, is stale"),
        }
    }
}

impl<'s> Origin<'s> {
    /// Returns the command of a source, where it has one.
    pub fn of(name: &'s str, spec: &'s SourceSpec) -> Option<Self> {
        let command = spec.command.as_ref()?;
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let inputs = spec.inputs.iter().filter_map(|input| file_inside(Path::new(&input.value)));
        let (makes, enters) = (spec.path().map(text), inputs.map(text).collect());
        Some(Self { name, spec, command: &command.value, at: place(command), makes, enters })
    }

    /// Returns the files that enter the command, in order of their names.
    ///
    /// # Errors
    /// Inputs outside of the paper's folder, and names that no file has.
    pub fn inputs(&self, root: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut found = Vec::new();
        for input in &self.spec.inputs {
            let written = Path::new(&input.value);
            let Some(inside) = file_inside(written) else {
                let message = format!("`{}` is outside of the folder of the paper", input.value);
                errors.push(
                    Diagnostic::new(place(input), message).remedy("put it into the folder of the paper"),
                );
                continue;
            };
            let files = matching(root, &inside);
            if files.is_empty() {
                let message = format!("no file is called `{}`", input.value);
                let remedy =
                    "write it as seen from the folder of the paper; `*` stands for any part of a name";
                errors.push(Diagnostic::new(place(input), message).remedy(remedy));
            }
            found.extend(files);
        }
        found.sort();
        found.dedup();
        errors.into_result(found)
    }

    /// Returns whether the command of another source makes an input of this one.
    pub fn needs(&self, other: &Origin<'_>) -> bool {
        let Some(made) = &other.makes else { return false };
        self.enters.iter().any(|input| input == made || is_match(input, made) || is_match(made, input))
    }

    /// Returns from what the source would be made now, and what is there.
    ///
    /// # Errors
    /// Those of [`Self::inputs`].
    pub fn now(&self, root: &Path, outputs: &[PathBuf], made: Made) -> Result<Entry, Diagnostics> {
        let digests = |files: &[PathBuf]| -> BTreeMap<PathBuf, String> {
            files.iter().filter_map(|file| Some((file.clone(), digest(root, file)?))).collect()
        };
        let variable = |name: &String| {
            let value = std::env::var_os(name).unwrap_or_default();
            (name.clone(), sha256(value.as_encoded_bytes()))
        };
        Ok(Entry {
            command: self.command.to_owned(),
            inputs: digests(&self.inputs(root)?),
            environment: self.spec.environment.iter().map(variable).collect(),
            outputs: digests(outputs),
            made,
        })
    }

    /// Returns why the source is stale; nothing where its files are those that its command would make.
    ///
    /// # Errors
    /// Those of [`Self::inputs`].
    pub fn stale(&self, root: &Path, outputs: &[PathBuf], lock: &Lock) -> Result<Option<Stale>, Diagnostics> {
        let now = self.now(root, outputs, Made::Adopted)?;
        let Some(before) = lock.sources.get(self.name) else { return Ok(Some(Stale::NeverMade)) };
        if before.command != now.command {
            return Ok(Some(Stale::Command));
        }
        for (file, digest) in &now.inputs {
            match before.inputs.get(file) {
                None => return Ok(Some(Stale::NewInput(file.clone()))),
                Some(known) if known != digest => return Ok(Some(Stale::Input(file.clone()))),
                Some(_) => {}
            }
        }
        if let Some(file) = before.inputs.keys().find(|file| !now.inputs.contains_key(*file)) {
            return Ok(Some(Stale::NoInput(file.clone())));
        }
        let changed = |(name, digest): (&String, &String)| before.environment.get(name) != Some(digest);
        if let Some((name, _)) = now.environment.iter().find(|entry| changed(*entry)) {
            return Ok(Some(Stale::Variable(name.clone())));
        }
        if let Some(file) = before.outputs.keys().find(|file| !now.outputs.contains_key(*file)) {
            return Ok(Some(Stale::NoOutput(file.clone())));
        }
        let other = now.outputs.iter().find(|(file, digest)| before.outputs.get(*file) != Some(*digest));
        Ok(other.map(|(file, _)| Stale::Output(file.clone())))
    }
}
