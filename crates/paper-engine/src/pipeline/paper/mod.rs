//! `paper/paper.yaml`: what the paper is called and which files it consists of.

mod authors;
mod outreach;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use self::authors::{WrittenAffiliations, WrittenAuthor};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::lint::{Budgets, Choice};
use crate::manuscript::{BackKind, Front};
use crate::source::{self, Places, Step};
use crate::study::Study;

pub use crate::source::PAPER_FILE;
pub use outreach::{Blog, HnPost, Outreach, Summary, Thread, stem};

/// Folders below `build/` that no edition can take.
const RESERVED: [&str; 8] = ["arxiv", "figures", "html", "outreach", "rally", "release", "review", "tables"];

/// Title, authors and files of a paper.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Title.
    pub title: String,
    /// Stem of the names of generated files.
    pub short: String,
    /// Language of the text: of hyphenation, quotation marks, and the words that outputs print themselves.
    #[serde(default)]
    pub lang: Language,
    /// Authors, in order, as written.
    #[schemars(with = "Vec<WrittenAuthor>")]
    authors: Vec<Spanned<WrittenAuthor>>,
    /// Affiliations that authors name by key.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, authors::WrittenAffiliation>")]
    affiliations: WrittenAffiliations,
    /// Who wrote the paper, of an edition that names its authors.
    #[serde(skip)]
    pub front: Front,
    /// Where data and programs are found, in Markdown.
    #[serde(default)]
    pub availability: Option<String>,
    /// Who paid, in Markdown.
    #[serde(default)]
    pub funding: Option<String>,
    /// Whom the authors thank, in Markdown.
    #[serde(default)]
    pub acknowledgements: Option<String>,
    /// Key terms.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Concepts of the ACM Computing Classification System.
    #[serde(default)]
    pub ccs: Vec<String>,
    /// Commands of formulas, by name without backslash; `#1` to `#9` stand for their arguments.
    #[serde(default)]
    pub macros: BTreeMap<String, String>,
    /// Licences by their SPDX names; a reader chooses one of them.
    #[serde(default)]
    pub license: Vec<String>,
    /// Version of the paper.
    #[serde(default)]
    pub version: Option<String>,
    /// File of the abstract, below the root.
    #[serde(rename = "abstract")]
    pub abstract_file: PathBuf,
    /// Files of the sections, in order, below the root.
    pub sections: Vec<PathBuf>,
    /// Bibliography, below the root.
    pub bibliography: PathBuf,
    /// Editions, from the shortest to the fullest; Markdown and HTML are made from the last.
    #[serde(default = "Edition::only")]
    pub editions: Vec<Edition>,
    /// The texts that stand beside the paper.
    #[serde(default)]
    pub outreach: Outreach,
    /// The rules that it asks for and those that it ignores.
    #[serde(default)]
    pub rules: Choice,
}

/// One edition: which parts of the text it keeps, and whether it names the authors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Name of the edition and of its folder below `build/`.
    pub name: String,
    /// Edition whose `::: edition` blocks it keeps; its own when none is named.
    #[serde(default)]
    pub text: Option<String>,
    /// Venue whose class and layout it has; the default one when none is named.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub venue: Option<Spanned<String>>,
    /// Whether the authors stay unnamed, for double-blind review.
    #[serde(default)]
    pub anonymous: Option<bool>,
    /// Whether every number links to a ledger of all numbers behind the references.
    #[serde(default)]
    pub ledger: bool,
    /// Whether its LaTeX is packed for preprint servers.
    #[serde(default)]
    pub archive: bool,
    /// Whether it is made as DOCX too, for co-authors who write in a word processor.
    #[serde(default)]
    pub docx: bool,
    /// Whether it is made as JATS XML too, for journals and archives.
    #[serde(default)]
    pub jats: bool,
    /// How many words and pages it may hold.
    #[serde(default)]
    pub budgets: Budgets,
    /// Files of its appendices, in order, below the root.
    #[serde(default)]
    pub appendices: Vec<PathBuf>,
}

impl Edition {
    /// Returns the one edition of a paper that declares none.
    fn only() -> Vec<Self> {
        vec![Self { name: "conference".to_owned(), ..Self::default() }]
    }

    /// Path below `build/` of this edition's file with an ending such as `pdf`.
    pub fn file(&self, short: &str, ending: &str) -> String {
        format!("{}/{short}.{ending}", self.name)
    }

    /// Returns whether the authors stay unnamed.
    pub fn is_anonymous(&self) -> bool {
        self.anonymous.unwrap_or(false)
    }

    /// Returns the name by which blocks of the text are kept.
    pub fn blocks(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.name)
    }
}

impl Paper {
    /// Reads the description of the paper at `root`.
    ///
    /// # Errors
    /// A missing file or broken YAML, located.
    pub fn read(root: &Path, study: &Study) -> Result<Self, Diagnostics> {
        let mut paper: Self = source::read_yaml(root, Path::new(PAPER_FILE))?;
        let places = Places::of(root, Path::new(PAPER_FILE));
        let mut errors = paper.outreach.check(Path::new(PAPER_FILE));
        errors.0.extend(paper.rules.check(Path::new(PAPER_FILE), study.rules()).0);
        errors.take(paper.check_editions(&places));
        errors.take(paper.check_names(&places));
        let front = errors.take(authors::front(&paper.authors, &paper.affiliations, &places));
        paper.front = Front { ccs: paper.ccs.clone(), ..front.unwrap_or_default() };
        errors.into_result(paper)
    }

    /// Returns who wrote the paper, as an edition tells it.
    pub fn front(&self, edition: &Edition) -> Front {
        match edition.is_anonymous() {
            true => Front { anonymous: true, ccs: self.ccs.clone(), ..Front::default() },
            false => self.front.clone(),
        }
    }

    /// Returns the texts behind the body of an edition; one that is anonymous leaves out what tells its authors.
    pub fn back(&self, edition: &Edition) -> Vec<(BackKind, String)> {
        let told = BackKind::ALL.into_iter().filter(|kind| !(edition.is_anonymous() && kind.tells_authors()));
        let text = |kind| match kind {
            BackKind::Availability => &self.availability,
            BackKind::Funding => &self.funding,
            BackKind::Acknowledgements => &self.acknowledgements,
        };
        told.filter_map(|kind| Some((kind, text(kind).clone()?))).collect()
    }

    /// Returns the appendices of all editions.
    pub fn appendices(&self) -> impl Iterator<Item = &PathBuf> {
        self.editions.iter().flat_map(|edition| &edition.appendices)
    }

    /// Returns the files of the text of all editions: abstract, sections and appendices.
    pub fn text(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.abstract_file).chain(&self.sections).chain(self.appendices())
    }

    /// Returns the editions to build: the one named, or all.
    ///
    /// # Errors
    /// A name that the paper does not declare.
    pub fn editions(&self, named: Option<&str>) -> Result<Vec<&Edition>, Diagnostics> {
        let Some(named) = named else { return Ok(self.editions.iter().collect()) };
        let found: Vec<&Edition> = self.editions.iter().filter(|edition| edition.name == named).collect();
        if found.is_empty() {
            let message = format!("there is no edition `{named}`");
            let names = self.editions.iter().map(|edition| edition.name.as_str());
            let listed = names.clone().collect::<Vec<_>>().join(", ");
            let error = Diagnostic::new(Location::file(PAPER_FILE), message);
            return Err(error.remedy(format!("name one of: {listed}")).suggest(named, names).into());
        }
        Ok(found)
    }

    /// Checks what becomes a name: of files, and of commands of formulas.
    fn check_names(&self, places: &Places<'_>) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
        // A preprint server takes these and no others: arXiv, "Considerations for TeX submissions".
        if self.short.is_empty() || !self.short.chars().all(is_plain) || self.short.starts_with(['.', '-']) {
            let message = format!("`short: {}` cannot name the files of the paper", self.short);
            let remedy = "write letters, digits, `-`, `_`, `+` and `.`, the first a letter or a digit";
            errors.push(Diagnostic::new(places.value(&[Step::Key("short")]), message).remedy(remedy));
        }
        for name in self.macros.keys().filter(|name| !name.chars().all(|c| c.is_ascii_alphabetic())) {
            let message = format!("`{name}` cannot name a command under `macros`");
            let remedy = "write letters from a to z only, without the backslash";
            let place = places.key(&[Step::Key("macros"), Step::Key(name)]);
            errors.push(Diagnostic::new(place, message).remedy(remedy));
        }
        // Catalogues refuse a list that says something twice.
        for (list, texts) in [("keywords", &self.keywords), ("ccs", &self.ccs), ("license", &self.license)] {
            for (index, text) in texts.iter().enumerate() {
                let message = match text.trim() {
                    "" => format!("an entry of `{list}` is empty"),
                    _ if texts[..index].contains(text) => format!("`{list}` says `{text}` twice"),
                    _ => continue,
                };
                let place = places.value(&[Step::Key(list), Step::Entry(index)]);
                errors.push(Diagnostic::new(place, message).remedy("delete one of its entries"));
            }
        }
        errors.into_result(())
    }

    /// Returns the name of the archive of an edition: that of the paper alone where only one has an archive.
    pub fn archive_name(&self, edition: &Edition) -> String {
        let archives = self.editions.iter().filter(|edition| edition.archive).count();
        match archives {
            0 | 1 => format!("arxiv/{}.tar.gz", self.short),
            _ => format!("arxiv/{}-{}.tar.gz", self.short, edition.name),
        }
    }

    fn check_editions(&self, places: &Places<'_>) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        if self.editions.is_empty() {
            let place = places.value(&[Step::Key("editions")]);
            let error = Diagnostic::new(place, "the list `editions` is empty");
            errors.push(error.remedy("leave it out for the one edition `conference`"));
        }
        for (index, edition) in self.editions.iter().enumerate() {
            let mut error = |message: String, remedy: &str| {
                let place = places.value(&[Step::Key("editions"), Step::Entry(index), Step::Key("name")]);
                errors.push(Diagnostic::new(place, message).remedy(remedy));
            };
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if edition.name.is_empty() || !edition.name.chars().all(plain) {
                let message = format!("`{}` cannot name an edition and its folder", edition.name);
                error(message, "write small letters, digits and hyphens");
            }
            if RESERVED.contains(&edition.name.as_str()) {
                let message = format!("`{}` is a folder of other outputs", edition.name);
                error(message, "give the edition another name");
            }
            if self.editions[..index].iter().any(|other| other.name == edition.name) {
                error(format!("the edition `{}` is declared twice", edition.name), "delete one of the two");
            }
        }
        errors.into_result(())
    }
}
