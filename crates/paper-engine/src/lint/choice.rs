//! The block `rules` of `paper/paper.yaml`: rules that a paper asks for beside those of every paper, and those that it
//! ignores with a reason.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics, Location, Rule};
use crate::source::place;

/// Which rules a paper is held against.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    /// Rules that only papers which ask for them are held against.
    also: Vec<Spanned<String>>,
    /// Rules that are broken here and there for a reason.
    ignore: Vec<Ignored>,
}

/// A rule that is ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignored {
    /// The rule, by name.
    rule: Spanned<String>,
    /// The file where it is ignored, below the root; everywhere when none is named.
    #[serde(default, rename = "in")]
    file: Option<PathBuf>,
    /// Why.
    reason: Spanned<String>,
    /// Whether something was ignored.
    #[serde(skip)]
    is_used: AtomicBool,
}

impl Choice {
    /// Reports names that no rule has and reasons that say nothing, in the file that holds this block.
    pub fn check<'r>(&self, file: &Path, rules: impl Iterator<Item = &'r Rule> + Clone) -> Diagnostics {
        let mut errors = Diagnostics::default();
        let names = self.also.iter().chain(self.ignore.iter().map(|ignored| &ignored.rule));
        for name in names.filter(|name| !rules.clone().any(|rule| rule.name == name.value)) {
            let error = Diagnostic::new(place(file, name), format!("there is no rule `{}`", name.value));
            errors.push(error.suggest(&name.value, rules.clone().map(|rule| rule.name)));
        }
        for ignored in self.ignore.iter().filter(|ignored| ignored.reason.value.trim().is_empty()) {
            let message = format!("the rule `{}` is ignored without a reason", ignored.rule.value);
            let error = Diagnostic::new(place(file, &ignored.reason), message);
            errors.push(error.remedy("say why it may be broken here"));
        }
        errors
    }

    /// Whether the paper is held against a rule.
    pub fn has(&self, rule: &Rule) -> bool {
        !rule.is_asked_for || self.also.iter().any(|name| name.value == rule.name)
    }

    /// The reason for which a rule is ignored at a place, where it is.
    pub fn ignores(&self, rule: &str, at: &Location) -> Option<&str> {
        let found = self.ignore.iter().find(|ignored| {
            ignored.rule.value == rule && ignored.file.as_ref().is_none_or(|file| *file == at.file)
        })?;
        found.is_used.store(true, Ordering::Relaxed);
        Some(found.reason.value.trim())
    }

    /// Takes out of a list what is ignored, and returns it with the reasons.
    pub fn take_ignored(&self, list: &mut Diagnostics) -> Vec<(Diagnostic, String)> {
        let mut ignored = Vec::new();
        for one in std::mem::take(&mut list.0) {
            match one.rule.and_then(|rule| self.ignores(rule, &one.location)) {
                Some(reason) => ignored.push((one, reason.to_owned())),
                None => list.push(one),
            }
        }
        ignored
    }

    /// Warnings for what is ignored and never broken, once everything was looked at.
    pub fn unused(&self, file: &Path) -> Vec<Diagnostic> {
        let unused = self.ignore.iter().filter(|ignored| !ignored.is_used.load(Ordering::Relaxed));
        let warn = |ignored: &Ignored| {
            let message = format!("nothing breaks the rule `{}` that is ignored here", ignored.rule.value);
            Diagnostic::new(place(file, &ignored.rule), message).remedy("take these lines out")
        };
        unused.map(warn).collect()
    }
}

impl Clone for Choice {
    fn clone(&self) -> Self {
        let clone = |ignored: &Ignored| Ignored {
            rule: ignored.rule.clone(),
            file: ignored.file.clone(),
            reason: ignored.reason.clone(),
            is_used: AtomicBool::new(ignored.is_used.load(Ordering::Relaxed)),
        };
        Self { also: self.also.clone(), ignore: self.ignore.iter().map(clone).collect() }
    }
}
