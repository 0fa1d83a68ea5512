//! `authors` and `affiliations` of `paper/paper.yaml`: what an author may write there, and what is made of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::PAPER_FILE;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::{Affiliation, Author, Front};
use crate::source::{Places, Step, place};

/// An author as written: a name, or a mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WrittenAuthor(Fields);

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fields {
    /// The name of a group or an organisation.
    name: Option<String>,
    /// Given names of a person.
    given: Option<String>,
    /// Family names of a person.
    family: Option<String>,
    /// The only affiliation: a key of `affiliations`, or a name.
    #[schemars(with = "Option<String>")]
    affiliation: Option<Spanned<String>>,
    /// Where the author works: keys of `affiliations`, or names.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    affiliations: Vec<Spanned<String>>,
    /// E-mail address.
    #[schemars(with = "Option<String>")]
    email: Option<Spanned<String>>,
    /// The ORCID, or the address of its record.
    #[schemars(with = "Option<String>")]
    orcid: Option<Spanned<String>>,
    /// Address of a page about the author.
    #[schemars(with = "Option<String>")]
    url: Option<Spanned<String>>,
    /// Whether the author contributed as much as the others that are marked so.
    #[serde(default)]
    equal: bool,
    /// Whether readers write to this author, whose `email` has to be given.
    #[serde(default)]
    corresponding: bool,
}

/// An affiliation as written: its name, or a mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WrittenAffiliation(Parts);

#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parts {
    /// The organisation.
    name: String,
    /// The part of it.
    #[serde(default)]
    department: String,
    /// The city.
    #[serde(default)]
    city: String,
    /// The country.
    #[serde(default)]
    country: String,
}

/// The schema of a name, or of a mapping of these keys.
fn name_or<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [{ "type": "string" }, T::json_schema(generator)] })
}

impl JsonSchema for WrittenAuthor {
    fn schema_name() -> Cow<'static, str> {
        "Author".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        name_or::<Fields>(generator)
    }
}

impl JsonSchema for WrittenAffiliation {
    fn schema_name() -> Cow<'static, str> {
        "Affiliation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        name_or::<Parts>(generator)
    }
}

/// Reads a name, or a mapping with the places of its values.
struct NameOr<T> {
    expecting: &'static str,
    named: fn(String) -> T,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for NameOr<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        Ok((self.named)(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for WrittenAuthor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expecting = "a name such as `Jane Doe`, or `{given: Jane, family: Doe}` with `affiliations`, `email` and `orcid`";
        let named = |name| Fields { name: Some(name), ..Fields::default() };
        deserializer.deserialize_any(NameOr { expecting, named }).map(Self)
    }
}

impl<'de> Deserialize<'de> for WrittenAffiliation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expecting = "a name, or `{name: ..., department: ..., city: ..., country: ...}`";
        let named = |name| Parts { name, ..Parts::default() };
        deserializer.deserialize_any(NameOr { expecting, named }).map(Self)
    }
}

/// The authors of a paper and the affiliations that they name by key.
pub type WrittenAffiliations = BTreeMap<String, Spanned<WrittenAffiliation>>;

/// Returns who wrote the paper.
///
/// # Errors
/// Everything that is wrong with authors and affiliations, each at its place.
pub fn front(
    authors: &[Spanned<WrittenAuthor>],
    affiliations: &WrittenAffiliations,
    places: &Places<'_>,
) -> Result<Front, Diagnostics> {
    let mut reading = Reading { keys: Vec::new(), declared: affiliations, errors: Diagnostics::default() };
    let mut front = Front::default();
    for (index, written) in authors.iter().enumerate() {
        let author = reading.author(&written.value.0, &at(written), &mut front.affiliations);
        if authors[..index].iter().any(|other| other.value.0.named() == written.value.0.named()) {
            reading.error(at(written), "this author stands here twice", "delete one of the two");
        }
        front.authors.push(author);
    }
    reading.check_marks(&front, authors);
    reading.check_declared();
    if authors.is_empty() {
        let remedy = "write names under `authors`; an edition with `anonymous: true` prints none";
        reading.error(places.value(&[Step::Key("authors")]), "the paper has no authors", remedy);
    }
    reading.errors.into_result(front)
}

impl Fields {
    /// Returns the name as it is printed.
    fn named(&self) -> String {
        let parts = [&self.name, &self.given, &self.family].into_iter().flatten();
        parts.map(|part| part.trim()).collect::<Vec<_>>().join(" ")
    }
}

struct Reading<'a> {
    declared: &'a WrittenAffiliations,
    /// What stands for each affiliation so far: its key or its name.
    keys: Vec<String>,
    errors: Diagnostics,
}

impl Reading<'_> {
    fn error(&mut self, place: Location, message: impl Into<String>, remedy: &str) {
        self.errors.push(Diagnostic::new(place, message).remedy(remedy));
    }

    fn author(&mut self, written: &Fields, place: &Location, known: &mut Vec<Affiliation>) -> Author {
        let filled = |part: &Option<String>| part.as_ref().is_some_and(|part| !part.trim().is_empty());
        let (name, given, family) = (filled(&written.name), filled(&written.given), filled(&written.family));
        if !matches!((name, given, family), (true, false, false) | (false, true, true)) {
            let remedy = "write `given` and `family` of a person, or `name` of a group or an organisation";
            self.error(place.clone(), "this author has no name, or two", remedy);
        }
        let mut author = Author {
            name: written.named(),
            given: written.given.as_deref().unwrap_or_default().trim().to_owned(),
            family: written.family.as_deref().unwrap_or_default().trim().to_owned(),
            equal: written.equal,
            corresponding: written.corresponding,
            ..Author::default()
        };
        for affiliation in written.affiliation.iter().chain(&written.affiliations) {
            let number = self.affiliation(affiliation, known);
            author.affiliations.extend(number.filter(|number| !author.affiliations.contains(number)));
        }
        author.email = written.email.as_ref().map(|email| {
            if !is_email(&email.value) {
                let message = format!("`{}` is no e-mail address", email.value);
                self.error(at(email), message, "write it as `name@example.org`");
            }
            email.value.clone()
        });
        author.url = written.url.as_ref().map(|url| {
            if !["https://", "http://"].iter().any(|start| url.value.starts_with(start)) {
                let message = format!("`{}` is no address of a page", url.value);
                self.error(at(url), message, "begin it with `https://`");
            }
            url.value.clone()
        });
        author.orcid = written.orcid.as_ref().map(|orcid| {
            let id = orcid_of(&orcid.value);
            if let Err((message, remedy)) = &id {
                self.error(at(orcid), format!("`{}` {message}", orcid.value), remedy);
            }
            id.unwrap_or_default().to_owned()
        });
        author
    }

    /// Returns the number of an affiliation, which a key or its name stands for.
    fn affiliation(&mut self, written: &Spanned<String>, known: &mut Vec<Affiliation>) -> Option<usize> {
        let name = written.value.trim();
        if let Some(index) = self.keys.iter().position(|key| key == name) {
            return Some(index + 1);
        }
        let affiliation = match self.declared.get(name) {
            Some(declared) => {
                let Parts { name, department, city, country } = declared.value.0.clone();
                Affiliation { name, department, city, country }
            }
            None if name.is_empty() || (!self.declared.is_empty() && is_key(name)) => {
                let message = format!("`affiliations` has no `{name}`");
                let remedy = "declare it there, or write the name of the affiliation in several words";
                let error = Diagnostic::new(at(written), message).remedy(remedy);
                self.errors.push(error.suggest(name, self.declared.keys().map(String::as_str)));
                return None;
            }
            None => Affiliation { name: name.to_owned(), ..Affiliation::default() },
        };
        self.keys.push(name.to_owned());
        known.push(affiliation);
        Some(known.len())
    }

    /// Reports marks that say nothing to a reader.
    fn check_marks(&mut self, front: &Front, written: &[Spanned<WrittenAuthor>]) {
        let authors = || front.authors.iter().zip(written);
        for (author, written) in authors().filter(|(one, _)| one.corresponding && one.email.is_none()) {
            let message = format!("readers are to write to {}, who has no `email`", author.name);
            self.error(at(written), message, "add the address, or delete `corresponding`");
        }
        let mut equal = authors().filter(|(author, _)| author.equal);
        if let (Some((author, written)), None) = (equal.next(), equal.next()) {
            let message = format!("{} alone contributed as much as the others", author.name);
            self.error(at(written), message, "write `equal: true` for each of those who did");
        }
    }

    /// Reports affiliations that have no name, and those that no author has.
    fn check_declared(&mut self) {
        for (key, affiliation) in self.declared {
            if affiliation.value.0.name.trim().is_empty() {
                self.error(
                    at(affiliation),
                    format!("the affiliation `{key}` has no name"),
                    "write its `name`",
                );
            }
            if !self.keys.contains(key) {
                let message = format!("no author has the affiliation `{key}`");
                self.error(
                    at(affiliation),
                    message,
                    "name it under `affiliations` of an author, or delete it",
                );
            }
        }
    }
}

fn at<T>(value: &Spanned<T>) -> Location {
    place(Path::new(PAPER_FILE), value)
}

/// Returns whether a text is one word, as keys are.
fn is_key(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// Returns whether a text can be an address for e-mail, by what catalogues ask of one.
fn is_email(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"@".contains(c);
    let Some((name, host)) = text.split_once('@') else { return false };
    let Some((domain, last)) = host.rsplit_once('.') else { return false };
    !name.is_empty()
        && !domain.is_empty()
        && last.len() > 1
        && [name, host].iter().all(|s| s.chars().all(plain))
}

/// Returns the sixteen characters of an ORCID, in groups of four, of the same or of their address.
///
/// The last is a check character by ISO 7064, MOD 11-2:
/// <https://support.orcid.org/hc/en-us/articles/360006897674>
fn orcid_of(text: &str) -> Result<&str, (String, &'static str)> {
    let text = text.trim();
    let starts = ["https://orcid.org/", "http://orcid.org/"];
    let id = starts.iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    let signs: Vec<char> = id.chars().collect();
    let is_grouped = signs.len() == 19 && [4, 9, 14].iter().all(|&at| signs[at] == '-');
    let signs: Vec<char> = signs.into_iter().filter(|c| *c != '-').collect();
    let digits: Option<Vec<u32>> = signs.iter().take(15).map(|c| c.to_digit(10)).collect();
    let (true, 16, Some(digits)) = (is_grouped, signs.len(), digits) else {
        return Err(("is no ORCID".into(), "write it as `0000-0002-1825-0097`, or as its address"));
    };
    let sum = digits.iter().fold(0, |sum, digit| (sum + digit) * 2);
    let check = match (12 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('X'),
    };
    match signs[15] == check {
        true => Ok(id),
        false => {
            let message = format!("is no ORCID: its last character would be {check}");
            Err((message, "compare it with the record; one of its characters is mistyped"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Described {
        authors: Vec<Spanned<WrittenAuthor>>,
        #[serde(default)]
        affiliations: WrittenAffiliations,
    }

    fn read(yaml: &str) -> Result<Front, Vec<(String, usize)>> {
        let described: Described = serde_saphyr::from_str(yaml).expect("YAML");
        let told = |error: Diagnostic| (error.message.clone(), error.location.line);
        let places = Places::of(Path::new("."), Path::new("none.yaml"));
        front(&described.authors, &described.affiliations, &places)
            .map_err(|errors| errors.0.into_iter().map(told).collect())
    }

    #[test]
    fn names_and_mappings_make_one_list() {
        let front = read(
            "affiliations:\n  a: {name: A University, department: Physics, city: Town}\n  b: The B Laboratory\n\
             authors:\n- A Group\n- {given: Jane, family: Doe, affiliations: [b, a], orcid: 0000-0002-1825-0097}\n\
             - {given: John, family: Roe, affiliation: a, email: j.roe@b.example, corresponding: true}\n\
             - {name: Others, affiliations: [Somewhere Else]}\n",
        )
        .expect("a front");
        assert_eq!(front.names(), ["A Group", "Jane Doe", "John Roe", "Others"]);
        let texts: Vec<String> = front.affiliations.iter().map(Affiliation::text).collect();
        assert_eq!(texts, ["The B Laboratory", "Physics, A University, Town", "Somewhere Else"]);
        assert_eq!(front.authors[1].affiliations, [1, 2]);
        assert_eq!(front.authors[2].affiliations, [2]);
        let address = "https://orcid.org/0000-0002-1825-0097";
        assert_eq!(front.authors[1].orcid_address().as_deref(), Some(address));
        assert!(front.is_numbered());
    }

    #[test]
    fn everything_wrong_is_told_at_its_line() {
        let errors = read(
            "authors:\n\
             - given: Jane\n  family: Doe\n  orcid: 0000-0002-1825-0098\n\
             - name: A\n  family: B\n  email: nobody\n\
             - {name: C, corresponding: true}\n\
             - {name: D, equal: true, url: example.org}\n\
             - name: E\n  affiliations:\n  - frist\n\
             - E\n\
             affiliations:\n  first: {name: First}\n",
        )
        .expect_err("errors");
        let expected = [
            ("`0000-0002-1825-0098` is no ORCID: its last character would be 7", 4),
            ("this author has no name, or two", 5),
            ("`nobody` is no e-mail address", 7),
            ("readers are to write to C, who has no `email`", 8),
            ("D alone contributed as much as the others", 9),
            ("`example.org` is no address of a page", 9),
            ("`affiliations` has no `frist`", 12),
            ("this author stands here twice", 13),
            ("no author has the affiliation `first`", 15),
        ];
        let expected: Vec<_> = expected.map(|(message, line)| (message.to_owned(), line)).into();
        assert_eq!(errors, expected);
    }

    #[test]
    fn an_orcid_has_its_check_character() {
        for right in ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1694-233X", "0000-0001-5109-3700"] {
            assert!(orcid_of(right).is_ok(), "{right}");
        }
        for wrong in
            ["0000-0002-1825-0079", "0000000218250097", "0000-0002-1825-009", "0000-0002-1694-233x", ""]
        {
            assert!(orcid_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_host() {
        assert!(is_email("a.b+c@d.example"));
        for wrong in ["a", "a@b", "@b.example", "a@b.", "a b@c.example", "a@b@c.example", "<a@b.example>"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
