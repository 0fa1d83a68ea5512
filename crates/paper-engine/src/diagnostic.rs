//! Located messages for authors: what is wrong, where, and what to do about it.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use encoding_rs::UTF_8;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a source file: 1-based line and column, counted in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, relative to the root of the paper.
    pub file: PathBuf,
    /// Line number, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// Column number, from 1.
    pub column: usize,
}

impl Location {
    /// Names a place inside a file.
    pub fn new(file: impl Into<PathBuf>, line: usize, column: usize) -> Self {
        Self { file: file.into(), line, column }
    }

    /// Names the place of a byte of a file's text; a byte that begins no character is taken as the end.
    pub fn of_byte(file: impl Into<PathBuf>, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].chars().count() + 1;
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        Self::new(file, lines + 1, column)
    }

    /// Names a file as a whole.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self::new(file, 0, 0)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column.max(1))?;
        }
        Ok(())
    }
}

/// One error or warning of a paper, in the author's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where the author has to look.
    pub location: Location,
    /// What is wrong.
    pub message: String,
    /// What to do about it: the nearest name, or the remedy.
    pub remedy: Option<String>,
    /// The rule that it breaks, where it is one that a paper can ignore.
    pub rule: Option<&'static str>,
    /// What it comes from, where others can come from the same: [`Diagnostics::into_result`] makes one of them.
    pub cause: Option<Box<Cause>>,
}

/// What several errors come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// A name that no other cause has.
    pub name: String,
    /// Where else it shows.
    pub also: Vec<Location>,
}

/// How much it matters that a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The paper says something false or untraceable; a build fails.
    Critical,
    /// A reader is misled or left alone.
    Major,
    /// A reader stumbles.
    Minor,
}

impl Severity {
    /// All severities, the worst first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Major, Self::Minor];

    /// Returns the word that stands in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::Minor => "minor",
        }
    }
}

/// A rule that papers are held against, by lint or by the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, by which a paper ignores it or asks for it.
    pub name: &'static str,
    /// How much it matters that it is broken.
    pub severity: Severity,
    /// What has to hold, as a sentence without its full stop.
    pub property: &'static str,
    /// Why, in one sentence.
    pub why: &'static str,
    /// Whether only papers that ask for it are held against it.
    pub is_asked_for: bool,
}

impl Rule {
    /// Returns a rule for every paper.
    pub const fn new(
        name: &'static str,
        severity: Severity,
        property: &'static str,
        why: &'static str,
    ) -> Self {
        Self { name, severity, property, why, is_asked_for: false }
    }

    /// Returns the same rule for papers that ask for it.
    #[must_use]
    pub const fn asked_for(self) -> Self {
        Self { is_asked_for: true, ..self }
    }
}

impl Diagnostic {
    /// Describes what is wrong at a place.
    pub fn new(location: Location, message: impl Into<String>) -> Self {
        Self { location, message: message.into(), remedy: None, rule: None, cause: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Returns the rule that it breaks and where, where it breaks one.
    pub fn broken(&self) -> Option<(&'static str, &Location)> {
        Some((self.rule?, &self.location))
    }

    /// Adds what it comes from; errors of one cause are told once.
    #[must_use]
    pub fn because_of(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(Box::new(Cause { name: cause.into(), also: Vec::new() }));
        self
    }

    /// Returns what is wrong, with the other places of the same cause.
    pub fn told(&self) -> String {
        let also = self.cause.iter().flat_map(|cause| &cause.also);
        let others: Vec<String> = also.map(ToString::to_string).collect();
        match others.as_slice() {
            [] => self.message.clone(),
            others => format!("{}, and so on at {}", self.message, listed(others)),
        }
    }

    /// Adds the rule that it breaks.
    #[must_use]
    pub fn breaks(mut self, rule: &Rule) -> Self {
        self.rule = Some(rule.name);
        self
    }

    /// Adds `did you mean ...?` with the name nearest to `wanted`, where one is near.
    #[must_use]
    pub fn suggest<'a>(self, wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wanted, names) {
            Some(name) => self.remedy(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Renders the message with an excerpt of the source, read below `root`.
    pub fn render(&self, root: &Path, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        // A file as a whole has no excerpt; it may be of any size, or no file at all.
        let excerpt = self.location.line > 0;
        let bytes = excerpt.then(|| std::fs::read(root.join(&self.location.file)).ok()).flatten();
        let bytes = bytes.unwrap_or_default();
        // Whatever its bytes are; a byte order mark tells the encoding.
        let source = UTF_8.decode(&bytes).0.replace('\t', " ");
        let path = self.location.file.display().to_string();
        let told = self.told();
        let title = Level::ERROR.primary_title(told.as_str());
        let mut group = Group::with_title(match self.rule {
            Some(rule) => title.id(rule),
            None => title,
        });
        if let Some(range) = self.byte_range(&source) {
            let snippet = Snippet::source(source.as_str()).path(path.as_str());
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(range)));
        } else {
            let origin = annotate_snippets::Origin::path(path.as_str());
            // What is no file, such as standard input, has places without an excerpt.
            let Location { line, column, .. } = self.location;
            group = group.element(if line > 0 { origin.line(line).char_column(column) } else { origin });
        }
        if let Some(remedy) = &self.remedy {
            group = group.element(Level::HELP.message(remedy.as_str()));
        }
        renderer.render(&[group])
    }

    fn byte_range(&self, source: &str) -> Option<std::ops::Range<usize>> {
        let line_index = self.location.line.checked_sub(1)?;
        let start = source.split_inclusive('\n').take(line_index).map(str::len).sum::<usize>();
        let line = source.get(start..)?.lines().next()?;
        let offset = line.char_indices().nth(self.location.column.saturating_sub(1));
        let column = offset.map_or(line.len(), |(byte, _)| byte);
        let rest = &line[column..];
        let is_word = |c: char| c.is_alphanumeric() || "._:-".contains(c);
        let skip = rest.find(is_word).filter(|&skip| skip <= 2).unwrap_or(0);
        let word = rest[skip..].find(|c| !is_word(c)).unwrap_or(rest.len() - skip);
        let first = rest.chars().next().map_or(0, char::len_utf8);
        Some(start + column..start + column + (skip + word).max(first))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.told())?;
        self.remedy.as_ref().map_or(Ok(()), |remedy| write!(f, " ({remedy})"))
    }
}

/// Returns what helps against an error of the file system, where something is known to.
pub fn machine_remedy(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("free space there, or work in another folder")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some("make it writable, or work on a copy elsewhere")
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
            Some("something of another kind stands in its place: move that away")
        }
        _ => None,
    }
}

/// All errors of one run, shown together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one error.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Takes the value of a result, or keeps its errors.
    pub fn take<T>(&mut self, result: Result<T, Diagnostics>) -> Option<T> {
        result.map_err(|errors| self.0.extend(errors.0)).ok()
    }

    /// Passes the value on when there is no error.
    ///
    /// # Errors
    /// All errors collected so far, in order of file and line, each once, and those of one cause as one.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Diagnostics> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by(|a, b| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
        self.0.dedup();
        self.fold();
        Err(self)
    }

    /// Makes one of the errors of each cause: the first, with the places of the others.
    fn fold(&mut self) {
        let mut kept: Vec<Diagnostic> = Vec::with_capacity(self.0.len());
        for error in self.0.drain(..) {
            let of_same =
                |cause: &&mut Box<Cause>| error.cause.as_ref().is_some_and(|own| own.name == cause.name);
            match kept.iter_mut().filter_map(|one| one.cause.as_mut()).find(of_same) {
                Some(cause) => {
                    cause.also.push(error.location);
                    cause.also.extend(error.cause.into_iter().flat_map(|cause| cause.also));
                }
                None => kept.push(error),
            }
        }
        for error in &mut kept {
            if let Some(cause) = &mut error.cause {
                cause.also.sort();
                cause.also.dedup();
                cause.also.retain(|place| *place != error.location);
            }
        }
        self.0 = kept;
    }
}

impl Diagnostics {
    /// Passes on what all stages made, where each made something and there is no error.
    ///
    /// # Errors
    /// Those of [`Self::into_result`], and a stage that made nothing without an error.
    pub fn require<T>(self, made: Option<T>) -> Result<T, Diagnostics> {
        self.into_result(())?;
        made.ok_or_else(|| {
            let message = "a stage made nothing and says nothing of it; this is a bug of the program";
            Diagnostic::new(Location::default(), message).into()
        })
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

/// Returns the known name nearest to `wanted`, if it is near enough to be meant.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.into_iter().map(|name| (strsim::damerau_levenshtein(wanted, name), name));
    near.min().filter(|(distance, name)| *distance <= 2.max(name.len() / 3)).map(|(_, name)| name)
}

/// Lists places in one sentence; many by the first of them.
pub fn listed(places: &[String]) -> String {
    const MOST: usize = 8;
    match places {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if places.len() <= MOST => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} others", many[..MOST].join(", "), many.len() - MOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_one_cause_are_one_with_all_places() {
        let error = |line, message: &str| Diagnostic::new(Location::new("a.md", line, 1), message);
        let of = |line, cause: &str| error(line, &format!("{line} is missing")).because_of(cause);
        let of_part = Diagnostics(vec![of(5, "one"), of(3, "one"), error(4, "alone")]);
        let mut whole = Diagnostics::default();
        assert!(whole.take(of_part.into_result(())).is_none());
        whole.0.extend([of(2, "two"), of(1, "one"), of(3, "one"), error(7, "alone")]);
        let told: Vec<String> =
            whole.into_result(()).unwrap_err().0.iter().map(ToString::to_string).collect();
        let expected = [
            "a.md:1:1: 1 is missing, and so on at a.md:3:1 and a.md:5:1",
            "a.md:2:1: 2 is missing",
            "a.md:4:1: alone",
            "a.md:7:1: alone",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn many_places_are_counted() {
        let error = |line| Diagnostic::new(Location::new("a.md", line, 1), "x").because_of("one");
        let errors = Diagnostics((1..=12).map(error).collect()).into_result(()).unwrap_err();
        let told = errors.0[0].told();
        assert!(errors.0.len() == 1 && told.ends_with("a.md:9:1 and 3 others"), "{told}");
    }
}
