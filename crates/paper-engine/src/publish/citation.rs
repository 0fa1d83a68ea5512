//! What a catalogue reads: `CITATION.cff` and `.zenodo.json`, from the description of the paper.

use serde::Serialize;

use super::date::Date;
use crate::language::Language;
use crate::manuscript::{Affiliation, Author, Front};
use crate::pipeline::Description;

/// How to cite the paper, in the Citation File Format.
///
/// <https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md>
pub const CITATION_FILE: &str = "CITATION.cff";
/// What Zenodo stores with a release.
///
/// <https://developers.zenodo.org/#representation>
pub const ZENODO_FILE: &str = ".zenodo.json";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Citation<'a> {
    cff_version: &'static str,
    message: &'static str,
    title: &'a str,
    authors: Vec<CitedAuthor<'a>>,
    #[serde(rename = "abstract", skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    license: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_released: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CitedAuthor<'a> {
    Entity {
        name: String,
        #[serde(flatten)]
        known: Known<'a>,
    },
    #[serde(rename_all = "kebab-case")]
    Person {
        family_names: &'a str,
        given_names: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        affiliation: Option<String>,
        #[serde(flatten)]
        known: Known<'a>,
    },
}

/// What the format says of persons and entities alike.
#[derive(Default, Serialize)]
struct Known<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orcid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<&'a str>,
}

/// Returns the text of `CITATION.cff`.
///
/// # Errors
/// A text that YAML cannot hold.
pub fn cff(paper: &Description, date: Option<&Date>) -> Result<Vec<u8>, String> {
    let citation = Citation {
        cff_version: "1.2.0",
        message: "To cite this paper, use these metadata.",
        title: &paper.title,
        authors: cited(&paper.front, paper.language),
        summary: &paper.summary,
        keywords: &paper.keywords,
        license: &paper.licenses,
        version: paper.version.as_deref(),
        date_released: date.map(ToString::to_string),
    };
    serde_saphyr::to_string(&citation).map(String::into_bytes).map_err(|error| error.to_string())
}

fn cited(front: &Front, language: Language) -> Vec<CitedAuthor<'_>> {
    if front.anonymous {
        let unnamed = front.printed_names(language).into_iter();
        return unnamed.map(|name| CitedAuthor::Entity { name, known: Known::default() }).collect();
    }
    let cited = front.authors.iter().map(|author| {
        let known = Known {
            email: author.email.as_deref(),
            orcid: author.orcid_address(),
            website: author.url.as_deref(),
        };
        match author.family.is_empty() {
            true => CitedAuthor::Entity { name: author.name.clone(), known },
            false => CitedAuthor::Person {
                family_names: &author.family,
                given_names: &author.given,
                affiliation: affiliation(front, author),
                known,
            },
        }
    });
    cited.collect()
}

/// Returns all affiliations of an author as the one text that catalogues store.
fn affiliation(front: &Front, author: &Author) -> Option<String> {
    let all: Vec<String> = front.affiliations_of(author).map(Affiliation::text).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

#[derive(Serialize)]
struct Deposit<'a> {
    title: &'a str,
    upload_type: &'static str,
    publication_type: &'static str,
    description: String,
    creators: Vec<Creator>,
    /// English is what a catalogue takes it for where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_date: Option<String>,
}

#[derive(Serialize)]
struct Creator {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    affiliation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orcid: Option<String>,
}

/// Returns the text of `.zenodo.json`; of several licences Zenodo stores the first.
///
/// # Errors
/// None that a description can cause.
pub fn zenodo(paper: &Description, date: Option<&Date>) -> serde_json::Result<Vec<u8>> {
    let paragraphs = paper.summary.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    let deposit = Deposit {
        title: &paper.title,
        upload_type: "publication",
        publication_type: "preprint",
        description: paragraphs.map(|text| format!("<p>{}</p>", crate::output::escape_html(text))).collect(),
        creators: creators(&paper.front, paper.language),
        language: (paper.language != Language::English).then(|| paper.language.long_code()),
        keywords: &paper.keywords,
        license: paper.licenses.first().map(String::as_str),
        version: paper.version.as_deref(),
        publication_date: date.map(ToString::to_string),
    };
    let mut text = serde_json::to_vec_pretty(&deposit)?;
    text.push(b'\n');
    Ok(text)
}

fn creators(front: &Front, language: Language) -> Vec<Creator> {
    if front.anonymous {
        let unnamed = front.printed_names(language).into_iter();
        return unnamed.map(|name| Creator { name, affiliation: None, orcid: None }).collect();
    }
    let creators = front.authors.iter().map(|author| Creator {
        name: match author.family.is_empty() {
            true => author.name.clone(),
            false => format!("{}, {}", author.family, author.given),
        },
        affiliation: affiliation(front, author),
        // Zenodo stores the sixteen characters, and the other file the whole address.
        orcid: author.orcid.clone(),
    });
    creators.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper() -> Description {
        let person = Author {
            name: "Ada Lovelace".into(),
            given: "Ada".into(),
            family: "Lovelace".into(),
            affiliations: vec![1, 2],
            email: Some("ada@engine.example".into()),
            orcid: Some("0000-0002-1825-0097".into()),
            url: Some("https://engine.example/ada".into()),
            ..Author::default()
        };
        let group = Author { name: "A # Group".into(), affiliations: vec![2], ..Author::default() };
        let place = |name: &str| Affiliation { name: name.into(), ..Affiliation::default() };
        let front = Front {
            authors: vec![person, group],
            affiliations: vec![place("One"), place("Two")],
            ..Front::default()
        };
        Description {
            title: "Links: a study".into(),
            front,
            keywords: vec!["links".into()],
            licenses: vec!["MIT".into(), "Apache-2.0".into()],
            version: Some("1.0".into()),
            summary: "One < two.\n\nThree.".into(),
            ..Description::default()
        }
    }

    #[test]
    fn a_catalogue_reads_back_what_the_paper_says() {
        let text = cff(&paper(), Some(&Date::named("2026-01-01"))).unwrap();
        let read: serde_json::Value = serde_saphyr::from_slice(&text).unwrap();
        assert_eq!(read["cff-version"], "1.2.0");
        assert_eq!(read["title"], "Links: a study");
        assert_eq!(read["authors"][0]["family-names"], "Lovelace");
        assert_eq!(read["authors"][1]["name"], "A # Group");
        assert_eq!(read["version"], "1.0");
        assert_eq!(read["abstract"], "One < two.\n\nThree.");
        assert_eq!(read["license"][1], "Apache-2.0");
        assert_eq!(read["date-released"], "2026-01-01");
        let text = zenodo(&paper(), None).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(read["creators"][0]["name"], "Lovelace, Ada");
        assert_eq!(read["creators"][0]["orcid"], "0000-0002-1825-0097");
        assert_eq!(read["description"], "<p>One &lt; two.</p><p>Three.</p>");
        assert!(read.get("publication_date").is_none());
    }
}
