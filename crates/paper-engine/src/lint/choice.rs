//! The block `rules` of `paper/paper.yaml`: rules that a paper asks for beside those of every paper, and
//! those that it ignores with a reason.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics, Location, Rule};
use crate::source::place;

/// Which rules a paper is held against.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    /// Rules that only papers which ask for them are held against.
    #[schemars(with = "Vec<String>")]
    also: Vec<Spanned<String>>,
    /// Rules that are broken here and there for a reason.
    ignore: Vec<Ignored>,
}

/// A rule that is ignored.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ignored {
    /// The rule, by name.
    #[schemars(with = "String")]
    rule: Spanned<String>,
    /// The file where it is ignored, below the root; everywhere when none is named.
    #[serde(default, rename = "in")]
    file: Option<PathBuf>,
    /// Why.
    #[schemars(with = "String")]
    reason: Spanned<String>,
}

impl Choice {
    /// Reports names that no rule has, rules that nobody has to ask for, and reasons that say nothing, in the
    /// file that holds this block.
    pub fn check<'r>(&self, file: &Path, rules: impl Iterator<Item = &'r Rule> + Clone) -> Diagnostics {
        let mut errors = Diagnostics::default();
        let names = self.also.iter().chain(self.ignore.iter().map(|ignored| &ignored.rule));
        for name in names.filter(|name| !rules.clone().any(|rule| rule.name == name.value)) {
            let error = Diagnostic::new(place(file, name), format!("there is no rule `{}`", name.value));
            errors.push(error.suggest(&name.value, rules.clone().map(|rule| rule.name)));
        }
        let is_for_all =
            |name: &&Spanned<String>| rules.clone().any(|rule| rule.name == name.value && !rule.is_asked_for);
        for name in self.also.iter().filter(is_for_all) {
            let message = format!("every paper is held against the rule `{}`", name.value);
            errors.push(Diagnostic::new(place(file, name), message).remedy("take it out of `also`"));
        }
        for ignored in self.ignore.iter().filter(|ignored| ignored.reason.value.trim().is_empty()) {
            let message = format!("the rule `{}` is ignored without a reason", ignored.rule.value);
            let error = Diagnostic::new(place(file, &ignored.reason), message);
            errors.push(error.remedy("say why it may be broken here"));
        }
        errors
    }

    /// Returns whether the paper is held against a rule.
    pub fn has(&self, rule: &Rule) -> bool {
        !rule.is_asked_for || self.also.iter().any(|name| name.value == rule.name)
    }

    /// Returns the lines that ignore a rule at a place.
    fn entry(&self, rule: &str, at: &Location) -> Option<&Ignored> {
        self.ignore.iter().find(|ignored| {
            ignored.rule.value == rule && ignored.file.as_ref().is_none_or(|file| *file == at.file)
        })
    }

    /// Takes out of a list what is ignored, and returns it with the reasons; `of` tells the rule that one
    /// breaks, and where.
    pub fn take_ignored<T>(
        &self,
        list: &mut Vec<T>,
        of: impl Fn(&T) -> Option<(&'static str, &Location)>,
    ) -> Vec<(T, String)> {
        let mut ignored = Vec::new();
        for one in std::mem::take(list) {
            match of(&one).and_then(|(rule, at)| self.entry(rule, at)) {
                Some(entry) => ignored.push((one, entry.reason.value.trim().to_owned())),
                None => list.push(one),
            }
        }
        ignored
    }

    /// Warnings for the lines by which none of all that was ignored was.
    pub fn unused<'i>(
        &self,
        file: &Path,
        ignored: impl Iterator<Item = (&'static str, &'i Location)>,
    ) -> Vec<Diagnostic> {
        let used: Vec<&Ignored> = ignored.filter_map(|(rule, at)| self.entry(rule, at)).collect();
        let unused = self.ignore.iter().filter(|entry| !used.iter().any(|used| std::ptr::eq(*used, *entry)));
        let warn = |entry: &Ignored| {
            let message = format!("nothing breaks the rule `{}` that is ignored here", entry.rule.value);
            Diagnostic::new(place(file, &entry.rule), message).remedy("take these lines out")
        };
        unused.map(warn).collect()
    }
}
