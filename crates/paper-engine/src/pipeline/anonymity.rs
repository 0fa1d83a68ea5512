//! What an edition that is anonymous must not say: who its authors are, how to reach them, where they work, and
//! where their files stand. The reference list is not searched: authors cite their own work like that of others.

use std::path::Path;

use super::figures::Drawings;
use super::inputs::Inputs;
use super::paper::{Edition, PAPER_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::lint::ANONYMITY;
use crate::manuscript::{Block, BlockKind, Document, Front, Inline, InlineKind, with_apostrophes};
use crate::output::{Latex, Line, plain};

const REMEDY: &str =
    "keep it out of this edition by `::: edition`, or speak of your own work as of that of others";

/// Letters and digits from which on a name is told from an ordinary word, whatever its case.
const LONG: usize = 5;

/// Folders that hold the homes of users.
const HOMES: [&str; 3] = ["/home/", "/Users/", "\\Users\\"];

/// A text that tells who the authors are.
struct Needle {
    /// What it is, for messages.
    what: String,
    pattern: Pattern,
}

enum Pattern {
    /// Letters and digits in lower case, whatever stands between them.
    Folded(Vec<char>),
    /// These characters.
    Exact(String),
}

impl Needle {
    /// Returns how a text is found; nothing for one without letters and digits.
    fn new(what: &str, text: &str) -> Option<Self> {
        let letters: Vec<char> = folded(text).into_iter().map(|(_, c)| c).collect();
        let pattern = match letters.len() {
            0 => return None,
            length if length < LONG => Pattern::Exact(text.to_owned()),
            _ => Pattern::Folded(letters),
        };
        Some(Self { what: format!("{what} `{text}`"), pattern })
    }

    /// Returns how a text is found that stands exactly as it is.
    fn exact(what: &str, text: String) -> Self {
        Self { what: format!("{what} `{text}`"), pattern: Pattern::Exact(text) }
    }

    /// Returns how a text is found that is printed with other apostrophes than it is written with.
    fn printed(&self) -> Option<Self> {
        let Pattern::Exact(text) = &self.pattern else { return None };
        let printed = with_apostrophes(text);
        (printed != *text).then(|| Self { what: self.what.clone(), pattern: Pattern::Exact(printed) })
    }

    /// Returns the byte of a text at which it stands first, as words of its own.
    fn find(&self, text: &str) -> Option<usize> {
        let is_alone = |start: usize, end: usize| {
            let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
            ![before, after].into_iter().flatten().any(char::is_alphanumeric)
        };
        match &self.pattern {
            Pattern::Exact(exact) => text
                .match_indices(exact)
                .map(|(start, found)| (start, start + found.len()))
                .find(|(start, end)| is_alone(*start, *end))
                .map(|(start, _)| start),
            Pattern::Folded(letters) => {
                let text_letters = folded(text);
                let end_of = |byte: usize| byte + text[byte..].chars().next().map_or(0, char::len_utf8);
                let runs = text_letters.windows(letters.len());
                let mut found = runs.filter(|run| run.iter().map(|(_, c)| c).eq(letters));
                found.find(|run| is_alone(run[0].0, end_of(run[run.len() - 1].0))).map(|run| run[0].0)
            }
        }
    }
}

/// Returns the letters and digits of a text in lower case, each with its byte.
fn folded(text: &str) -> Vec<(usize, char)> {
    let letters = text.char_indices().filter(|(_, c)| c.is_alphanumeric());
    letters.flat_map(|(byte, c)| c.to_lowercase().map(move |c| (byte, c))).collect()
}

/// Returns everything that tells who wrote a paper.
fn needles(front: &Front) -> Vec<Needle> {
    let mut all = Vec::new();
    for author in &front.authors {
        // Behind an article, a family name is that of anybody.
        all.extend(match folded(&author.given).len() {
            1 => Some(Needle::exact("the author", author.name.clone())),
            _ => Needle::new("the author", &author.name),
        });
        if !author.family.is_empty() {
            all.extend(Needle::new("the author", &format!("{} {}", author.family, author.given)));
            let initial = author.given.chars().next().map(|first| format!("{first}. {}", author.family));
            all.extend(initial.map(|name| Needle::exact("the author", name)));
        }
        let page =
            author.url.as_ref().map(|url| url.trim_start_matches("https://").trim_start_matches("http://"));
        all.extend(author.email.iter().filter_map(|email| Needle::new("the address", email)));
        all.extend(author.orcid.iter().filter_map(|orcid| Needle::new("the ORCID", orcid)));
        all.extend(page.and_then(|page| Needle::new("the page", page)));
    }
    let affiliations = &front.affiliations;
    all.extend(affiliations.iter().filter_map(|one| Needle::new("the affiliation", &one.name)));
    let printed: Vec<Needle> = all.iter().filter_map(Needle::printed).collect();
    all.extend(printed);
    all
}

/// Returns the byte at which a text names the home of a user.
fn home(text: &str) -> Option<usize> {
    let named = |(at, home): (usize, &str)| {
        // Behind a name of a host, it is a page.
        let is_root = !text[..at].ends_with(char::is_alphanumeric);
        (is_root && text[at + home.len()..].starts_with(char::is_alphanumeric)).then_some(at)
    };
    HOMES.iter().filter_map(|home| text.match_indices(home).find_map(named)).min()
}

/// Searches what anonymous editions are made of.
pub struct Search<'a> {
    inputs: &'a Inputs,
    needles: Vec<Needle>,
    errors: Diagnostics,
}

impl<'a> Search<'a> {
    /// Prepares the search for the authors of a paper.
    pub fn new(inputs: &'a Inputs) -> Self {
        Self { inputs, needles: needles(&inputs.paper.front), errors: Diagnostics::default() }
    }

    /// Returns every place at which anonymous editions tell who wrote them: in their text, in drawings, and in
    /// the templates of the paper.
    pub fn editions(
        mut self,
        root: &Path,
        resolved: &[(&Edition, &Document)],
        drawn: Option<&Drawings>,
    ) -> Diagnostics {
        for (edition, document) in resolved.iter().filter(|(edition, _)| edition.is_anonymous()) {
            let name = &edition.name;
            self.description(name, document);
            let language = document.language;
            document.every_block().for_each(|block| self.block(name, language, block, drawn));
            for file in self.inputs.templates.files() {
                // A paper without templates of its own has none of these.
                let text = std::fs::read_to_string(root.join(&file)).unwrap_or_default();
                self.text(name, &text, |byte| Location::of_byte(&file, &text, byte));
            }
        }
        self.errors.0.dedup();
        self.errors
    }

    /// Returns every line of the LaTeX of an anonymous edition that tells who wrote it.
    pub fn latex(mut self, edition: &Edition, latex: &Latex) -> Diagnostics {
        for (line, from) in latex.text.lines().zip(&latex.lines) {
            let place = match from {
                Line::Text(place) | Line::Template(place) => place.clone(),
                Line::Made => Location::file(PAPER_FILE),
            };
            self.text(&edition.name, line, |_| place.clone());
        }
        self.errors
    }

    /// What `paper/paper.yaml` says of the paper beside its authors.
    fn description(&mut self, edition: &str, document: &Document) {
        let paper = &self.inputs.paper;
        let words = document.keywords.iter().chain(&document.front.ccs).chain(paper.macros.values());
        let title = plain(&document.heading, document.language);
        for text in words.chain([&title, &paper.short, &edition.to_owned()]) {
            self.text(edition, text, |_| Location::file(PAPER_FILE));
        }
    }

    fn block(&mut self, edition: &str, language: Language, block: &Block, drawn: Option<&Drawings>) {
        let file = block.content_file();
        let place = match file == block.location.file {
            true => block.location.clone(),
            false => Location::file(&file),
        };
        let before = self.errors.0.len();
        for inline in block.every_inline() {
            for text in texts(inline) {
                self.text(edition, text, |byte| {
                    let position = inline.source.position(text, byte);
                    position.map_or_else(|| place.clone(), |position| position.within(&file))
                });
            }
        }
        // A name may be set in two pieces.
        let in_pieces = self.errors.0.len();
        self.text(edition, &plain(block.content(), language), |_| place.clone());
        let whole = self.errors.0.split_off(in_pieces);
        let is_new =
            |error: &Diagnostic| self.errors.0[before..].iter().all(|one| one.message != error.message);
        let new: Vec<Diagnostic> = whole.into_iter().filter(is_new).collect();
        self.errors.0.extend(new);
        match &block.kind {
            BlockKind::Code { text, .. } => {
                let of_line = |byte: usize| block.location.line + 1 + text[..byte].matches('\n').count();
                self.text(edition, text, |byte| Location::new(&file, of_line(byte), 1));
            }
            BlockKind::Equation { tex, .. } => self.text(edition, tex, |_| place.clone()),
            BlockKind::Figure { id, alt, .. } => {
                let svg = drawn.and_then(|drawn| drawn.svg.get(id));
                for text in svg.into_iter().chain([alt]) {
                    self.text(edition, text, |_| place.clone());
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, edition: &str, text: &str, place: impl Fn(usize) -> Location) {
        let found = self.needles.iter().filter_map(|needle| Some((needle.find(text)?, needle.what.as_str())));
        let home = home(text).map(|byte| (byte, "the home of a user"));
        let errors = found.chain(home).map(|(byte, what)| {
            let message = format!("the anonymous edition `{edition}` names {what}");
            Diagnostic::new(place(byte), message).remedy(REMEDY).breaks(&ANONYMITY)
        });
        self.errors.0.extend(errors);
    }
}

/// Returns the texts of one piece, without those inside it.
fn texts(inline: &Inline) -> Vec<&str> {
    match &inline.kind {
        InlineKind::Text(text)
        | InlineKind::Code(text)
        | InlineKind::Math(text)
        | InlineKind::Number { text, .. }
        | InlineKind::Verdict { text, .. } => vec![text],
        InlineKind::Link { url, .. } => vec![url],
        InlineKind::Picture { alt, .. } => vec![alt],
        InlineKind::Cite(works) => works.iter().filter_map(|work| work.locator.as_deref()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manuscript::{Affiliation, Author};

    fn front() -> Front {
        let author = Author {
            name: "Ada Lovelace".into(),
            given: "Ada".into(),
            family: "Lovelace".into(),
            email: Some("ada_l@engine.example".into()),
            orcid: Some("0000-0002-1825-0097".into()),
            url: Some("https://engine.example/~ada".into()),
            ..Author::default()
        };
        let place = |name: &str| Affiliation { name: name.into(), ..Affiliation::default() };
        let other = Author { given: "Conan".into(), family: "O'Neil".into(), ..Author::default() };
        Front {
            authors: vec![author, Author { name: "Conan O'Neil".into(), ..other }],
            affiliations: vec![place("ETA"), place("Engine Works")],
            ..Front::default()
        }
    }

    fn hits(text: &str) -> usize {
        needles(&front()).iter().filter(|needle| needle.find(text).is_some()).count()
            + usize::from(home(text).is_some())
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for text in [
            "by Ada Lovelace.",
            "Lovelace, Ada",
            "A. Lovelace wrote",
            "https://code.example/ada-lovelace/x",
            "ADALOVELACE",
            "write to ada\\_l@engine.example",
            "https://orcid.org/0000-0002-1825-0097",
            "see engine.example/~ada/",
            "at ETA, we",
            "the engine-works",
            "C. O'Neil",
            "C. O’Neil",
            "/home/ada/paper",
            "C:\\Users\\ada",
        ] {
            assert!(hits(text) > 0, "{text}");
        }
    }

    #[test]
    fn what_others_may_say_is_no_hit() {
        for text in [
            "As Lovelace showed",
            "the eta of a function",
            "METADATA",
            "an armada Lovelaces liked",
            "Engine workshop",
            "/home/",
            "`/homepage/x`",
            "https://example.org/home/index.html",
        ] {
            assert_eq!(hits(text), 0, "{text}");
        }
    }
}
