//! Why a command ends without what it was asked for, and which exit code says so.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{program, report, say, unprinted};
use crate::diagnostic::{Diagnostics, machine_remedy, nearest};

/// What a command gives: an exit code of its own, such as 1 for a difference that it found, or a failure.
pub type Outcome = Result<ExitCode, Failure>;

/// A reason why a command has no answer.
#[derive(Debug)]
pub enum Failure {
    /// It cannot be asked so: another call would do.
    Usage(String),
    /// What an argument names is not what it has to be; paths are below the root.
    Argument(PathBuf, Diagnostics),
    /// The paper below the root has errors.
    Paper(PathBuf, Diagnostics),
    /// The machine refused something that neither the call nor the paper can mend, such as writing to a full
    /// disk.
    Machine(String),
    /// Standard output did not take the answer.
    Unprinted(&'static io::Error),
}

impl Failure {
    /// Says that the paper at `root` has errors.
    pub fn paper(root: &Path, errors: impl Into<Diagnostics>) -> Self {
        Self::Paper(root.to_path_buf(), errors.into())
    }

    /// Says that a file cannot be written.
    pub fn write(file: &Path, error: &io::Error) -> Self {
        Self::machine(&format!("cannot write {}: {error}", file.display()), error)
    }

    /// Says what the machine refused, with what helps against its error.
    pub fn machine(message: &str, error: &io::Error) -> Self {
        let help = machine_remedy(error).map(|help| format!("\n = help: {help}")).unwrap_or_default();
        Self::Machine(format!("{message}{help}"))
    }

    /// Says that nothing of a kind has this name, with the nearest name or the command that lists all.
    pub fn unknown<'n>(kind: &str, name: &str, names: impl Iterator<Item = &'n str>, list: &str) -> Self {
        let near = match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("see `{} {list}`", program()),
        };
        Self::Usage(format!("there is no {kind} `{name}`; {near}"))
    }

    /// Returns the exit code: 2 where another call is needed, or another place for the answer, else 1.
    const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Argument(..) | Self::Unprinted(_) => 2,
            Self::Paper(..) | Self::Machine(_) => 1,
        }
    }

    /// Tells it on stderr.
    fn tell(&self) {
        match self {
            Self::Usage(message) => {
                say(&format!("error: {message}\n\nFor more information, try '--help'."));
            }
            Self::Argument(root, errors) | Self::Paper(root, errors) => report(root, errors),
            Self::Machine(message) => say(&format!("error: {message}")),
            Self::Unprinted(error) => say(&format!("error: cannot write to standard output: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

/// Ends a command: tells why it failed, if it did, and returns its exit code. What standard output did not
/// take is a failure as well.
pub fn end(outcome: Outcome) -> ExitCode {
    let printed = match unprinted() {
        Some(error) => Err(Failure::Unprinted(error)),
        None => Ok(()),
    };
    match outcome.and_then(|code| printed.map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.code())
        }
    }
}
