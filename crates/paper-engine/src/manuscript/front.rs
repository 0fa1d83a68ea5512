//! Who wrote a paper: authors and affiliations; the kinds of back matter.

use crate::language::{Language, Words};

/// What names a paper's authors, and what venues ask of it besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// Authors, in order; none where they stay unnamed.
    pub authors: Vec<Author>,
    /// Affiliations, in the order in which the authors have them first.
    pub affiliations: Vec<Affiliation>,
    /// Whether the authors stay unnamed.
    pub anonymous: bool,
    /// Concepts of the ACM Computing Classification System.
    pub ccs: Vec<String>,
}

/// A person, a group or an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The name as it is printed.
    pub name: String,
    /// Given names of a person; empty for a group.
    pub given: String,
    /// Family names of a person; empty for a group.
    pub family: String,
    /// Numbers of the affiliations, from 1.
    pub affiliations: Vec<usize>,
    /// E-mail address.
    pub email: Option<String>,
    /// The sixteen characters of the ORCID, in groups of four.
    pub orcid: Option<String>,
    /// Address of a page about the author.
    pub url: Option<String>,
    /// Whether the author contributed as much as the others that are marked so.
    pub equal: bool,
    /// Whether readers write to this author.
    pub corresponding: bool,
}

impl Author {
    /// Returns the address of the ORCID record.
    pub fn orcid_address(&self) -> Option<String> {
        self.orcid.as_ref().map(|orcid| format!("https://orcid.org/{orcid}"))
    }
}

/// Where authors work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affiliation {
    /// The organisation.
    pub name: String,
    /// The part of it.
    pub department: String,
    /// The city.
    pub city: String,
    /// The country.
    pub country: String,
}

impl Affiliation {
    /// Returns all its parts on one line.
    pub fn text(&self) -> String {
        let Self { name, department, city, country } = self;
        let parts = [department, name, city, country].into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl Front {
    /// Returns the names that are printed, in order: of the authors, or what stands for them.
    pub fn printed_names(&self, language: Language) -> Vec<String> {
        let unnamed = || vec![language.words().anonymous_authors.to_owned()];
        if self.anonymous { unnamed() } else { self.names() }
    }

    /// Returns the same as it is printed: with apostrophes, for which authors type the sign that keyboards have.
    #[must_use]
    pub fn typeset(&self) -> Self {
        let authors = self.authors.iter().map(|author| Author {
            name: with_apostrophes(&author.name),
            given: with_apostrophes(&author.given),
            family: with_apostrophes(&author.family),
            ..author.clone()
        });
        let affiliations = self.affiliations.iter().map(|affiliation| Affiliation {
            name: with_apostrophes(&affiliation.name),
            department: with_apostrophes(&affiliation.department),
            city: with_apostrophes(&affiliation.city),
            country: with_apostrophes(&affiliation.country),
        });
        Self { authors: authors.collect(), affiliations: affiliations.collect(), ..self.clone() }
    }

    /// Returns the names of the authors, in order.
    pub fn names(&self) -> Vec<String> {
        self.authors.iter().map(|author| author.name.clone()).collect()
    }

    /// Returns the concepts as they are printed: the tilde of the ACM leads from one to a narrower one.
    pub fn concepts(&self) -> Vec<String> {
        self.ccs.iter().map(|concept| concept.replace('~', " → ")).collect()
    }

    /// Returns the affiliations of an author.
    pub fn affiliations_of<'a>(&'a self, author: &'a Author) -> impl Iterator<Item = &'a Affiliation> {
        author.affiliations.iter().filter_map(|number| self.affiliations.get(number.checked_sub(1)?))
    }

    /// Returns whether numbers have to say which author has which affiliation, where names and affiliations
    /// stand in lists of their own: unless all have the only one.
    pub fn is_numbered(&self) -> bool {
        !self.affiliations.is_empty() && !self.has_one_for_all()
    }

    /// Returns whether one list of names and one of affiliations say more briefly what a block for each author
    /// would: where affiliations are shared, an author has several, or a mark has to be explained.
    pub fn is_joint(&self) -> bool {
        let mut numbers: Vec<usize> =
            self.authors.iter().flat_map(|author| author.affiliations.clone()).collect();
        numbers.sort_unstable();
        let is_shared = numbers.windows(2).any(|pair| pair[0] == pair[1]);
        let is_marked = |author: &Author| author.equal || author.corresponding;
        let has_several = |author: &Author| author.affiliations.len() > 1;
        is_shared || self.authors.iter().any(|author| is_marked(author) || has_several(author))
    }

    fn has_one_for_all(&self) -> bool {
        self.affiliations.len() == 1 && self.authors.iter().all(|author| author.affiliations == [1])
    }
}

/// Returns a text that is no Markdown with the apostrophes that Markdown would print.
pub fn with_apostrophes(text: &str) -> String {
    text.replace('\'', "’")
}

/// What a text behind the body is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BackKind {
    /// Where data and programs are found.
    Availability,
    /// Who paid.
    Funding,
    /// Whom the authors thank.
    Acknowledgements,
}

impl BackKind {
    /// All kinds, in the order in which they are printed.
    pub const ALL: [Self; 3] = [Self::Availability, Self::Funding, Self::Acknowledgements];

    /// Returns the key of `paper/paper.yaml` under which it is written.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Funding => "funding",
            Self::Acknowledgements => "acknowledgements",
        }
    }

    /// Returns its heading.
    pub const fn heading(self, words: &Words) -> &'static str {
        match self {
            Self::Availability => words.availability,
            Self::Funding => words.funding,
            Self::Acknowledgements => words.acknowledgements,
        }
    }

    /// Returns whether it tells who the authors are.
    pub const fn tells_authors(self) -> bool {
        matches!(self, Self::Funding | Self::Acknowledgements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(authors: &[&[usize]]) -> Front {
        let count = authors.iter().copied().flatten().max().copied().unwrap_or_default();
        let author = |numbers: &&[usize]| Author { affiliations: numbers.to_vec(), ..Author::default() };
        Front {
            authors: authors.iter().map(author).collect(),
            affiliations: vec![Affiliation::default(); count],
            ..Front::default()
        }
    }

    #[test]
    fn names_are_printed_with_apostrophes_and_addresses_are_not() {
        let author = Author {
            name: "Conan O'Neil".into(),
            given: "Conan".into(),
            family: "O'Neil".into(),
            email: Some("o'neil@example.org".into()),
            ..Author::default()
        };
        let college =
            Affiliation { name: "St. John's".into(), city: "L'Aquila".into(), ..Affiliation::default() };
        let front = Front { authors: vec![author], affiliations: vec![college], ..Front::default() };
        let printed = front.typeset();
        assert_eq!(printed.authors[0].family, "O’Neil");
        assert_eq!(printed.authors[0].email.as_deref(), Some("o'neil@example.org"));
        assert_eq!(printed.affiliations[0].text(), "St. John’s, L’Aquila");
        assert_eq!(printed.printed_names(Language::English), ["Conan O’Neil"]);
    }

    #[test]
    fn numbers_are_there_where_a_reader_needs_them() {
        for (authors, numbered, joint) in [
            (&[&[1][..], &[2]][..], true, false),
            (&[&[1], &[1]], false, true),
            (&[&[1], &[]], true, false),
            (&[&[], &[]], false, false),
            (&[&[1, 2]], true, true),
            (&[&[1], &[2], &[1]], true, true),
        ] {
            let front = front(authors);
            assert_eq!((front.is_numbered(), front.is_joint()), (numbered, joint), "{authors:?}");
        }
        let mut marked = front(&[&[1], &[2]]);
        marked.authors[0].corresponding = true;
        assert!(marked.is_joint());
    }

    #[test]
    fn an_affiliation_is_told_on_one_line() {
        let one = Affiliation {
            name: "A University".into(),
            city: "A City".into(),
            country: "A Country".into(),
            ..Affiliation::default()
        };
        assert_eq!(one.text(), "A University, A City, A Country");
    }
}
