//! Authors, affiliations and what is said of both, in the markup of each format.

use serde::Serialize;
use tera::Context;

use super::tex_text::{self, Setting};
use super::{html_text, scripts};
use crate::language::Language;
use crate::manuscript::{Affiliation, Author, Document, Front};

/// The sign behind the names of authors who contributed equally.
const EQUAL: char = '*';
/// The sign behind the names of authors to whom readers write.
const CORRESPONDING: char = '†';

/// How a format writes what names authors.
#[derive(Clone, Copy)]
pub(super) struct Markup {
    /// Plain text.
    pub text: fn(&str) -> String,
    /// Raised text, already in the markup.
    pub raised: fn(&str) -> String,
    /// A link: its address, and its text already in the markup.
    pub link: fn(&str, &str) -> String,
}

const TEX: Markup = Markup {
    text: |text| tex_text::escape(text, Setting::Text),
    raised: |text| format!("\\textsuperscript{{{text}}}"),
    link: |to, text| format!("\\href{{{}}}{{{text}}}", tex_text::url(to)),
};

pub(super) const HTML: Markup = Markup {
    text: html_text::escape,
    raised: |text| format!("<sup>{text}</sup>"),
    link: |to, text| format!("<a href=\"{}\">{text}</a>", html_text::escape(to)),
};

/// Who wrote a paper, piece by piece, in the markup of a format.
pub(super) struct Byline {
    /// Names with their marks.
    pub names: Vec<String>,
    /// Affiliations, with their numbers where there are some.
    pub affiliations: Vec<String>,
    /// What the marks mean.
    pub notes: Vec<String>,
    /// E-mail and ORCID of each author who has one that no note tells.
    pub contacts: Vec<String>,
}

/// Returns who wrote a document.
pub(super) fn byline(document: &Document, markup: Markup) -> Byline {
    let front = &document.front;
    if front.anonymous {
        let names = front.printed_names(document.language).iter().map(|name| (markup.text)(name)).collect();
        return Byline { names, affiliations: Vec::new(), notes: Vec::new(), contacts: Vec::new() };
    }
    let names = front.authors.iter().map(|author| named(author, markup) + &marks(front, author, markup));
    let affiliations = front.affiliations.iter().zip(1..).map(|(affiliation, number)| {
        let text = (markup.text)(&affiliation.text());
        match front.is_numbered() {
            true => format!("{} {text}", (markup.raised)(&format!("{number}"))),
            false => text,
        }
    });
    let contacts = front.authors.iter().filter_map(|author| contact(author, markup));
    Byline {
        names: names.collect(),
        affiliations: affiliations.collect(),
        notes: notes(front, document.language, markup),
        contacts: contacts.collect(),
    }
}

/// Returns the name of an author, a link to the page about the author where there is one.
fn named(author: &Author, markup: Markup) -> String {
    let name = (markup.text)(&author.name);
    author.url.as_ref().map_or_else(|| name.clone(), |url| (markup.link)(url, &name))
}

/// Returns what stands raised behind a name; nothing where nothing does.
fn marks(front: &Front, author: &Author, markup: Markup) -> String {
    let numbers = author.affiliations.iter().filter(|_| front.is_numbered()).map(ToString::to_string);
    let signs = [(author.equal, EQUAL), (author.corresponding, CORRESPONDING)];
    let signs = signs.iter().filter(|(has, _)| *has).map(|(_, sign)| (markup.text)(&sign.to_string()));
    let marks: Vec<String> = numbers.chain(signs).collect();
    if marks.is_empty() { String::new() } else { (markup.raised)(&marks.join(",")) }
}

fn notes(front: &Front, language: Language, markup: Markup) -> Vec<String> {
    let words = language.words();
    let raised = |sign: char| (markup.raised)(&(markup.text)(&sign.to_string()));
    let mut notes = Vec::new();
    if front.authors.iter().any(|author| author.equal) {
        notes.push(format!("{} {}", raised(EQUAL), (markup.text)(words.contributed_equally)));
    }
    let addresses: Vec<String> = front
        .authors
        .iter()
        .filter(|author| author.corresponding)
        .filter_map(|author| author.email.as_ref())
        .map(|email| mail(email, markup))
        .collect();
    if !addresses.is_empty() {
        let noun = if addresses.len() > 1 { words.corresponding.many } else { words.corresponding.one };
        let noun = (markup.text)(noun);
        notes.push(format!("{} {noun}: {}", raised(CORRESPONDING), addresses.join(", ")));
    }
    notes
}

fn contact(author: &Author, markup: Markup) -> Option<String> {
    let email = author.email.as_ref().filter(|_| !author.corresponding).map(|email| mail(email, markup));
    let parts: Vec<String> = email.into_iter().chain(orcid(author, markup)).collect();
    (!parts.is_empty()).then(|| format!("{}: {}", (markup.text)(&author.name), parts.join(", ")))
}

fn mail(email: &str, markup: Markup) -> String {
    (markup.link)(&format!("mailto:{email}"), &(markup.text)(email))
}

fn orcid(author: &Author, markup: Markup) -> Option<String> {
    let (id, address) = (author.orcid.as_ref()?, author.orcid_address()?);
    Some(format!("ORCID {}", (markup.link)(&address, &(markup.text)(id))))
}

/// An author as TeX templates see one; every text is TeX.
#[derive(Serialize)]
struct TexAuthor {
    name: String,
    given: String,
    family: String,
    affiliations: Vec<usize>,
    email: String,
    orcid: String,
    equal: bool,
    corresponding: bool,
}

/// An affiliation as TeX templates see one; every text is TeX.
#[derive(Serialize)]
struct TexAffiliation {
    number: usize,
    name: String,
    department: String,
    city: String,
    country: String,
    text: String,
}

/// What the built-in TeX template prints in one block: pieces of TeX.
#[derive(Serialize)]
struct TexByline {
    /// Whether one block names all authors; otherwise each has one.
    joint: bool,
    names: Vec<String>,
    /// The lines below the names of all.
    below: Vec<String>,
    /// What the marks behind names mean.
    notes: Vec<String>,
    /// The block of each author.
    blocks: Vec<TexBlock>,
}

/// An author and the lines below the name.
#[derive(Serialize)]
struct TexBlock {
    name: String,
    below: Vec<String>,
}

impl TexBlock {
    fn of(front: &Front, author: &Author) -> Self {
        let mut below = Vec::new();
        for Affiliation { name, department, city, country } in front.affiliations_of(author) {
            below.extend((!department.is_empty()).then(|| format!("\\textit{{{}}}", (TEX.text)(department))));
            below.push((TEX.text)(name));
            let place: Vec<&str> = [city, country].into_iter().map(String::as_str).collect();
            let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            below.extend((!place.is_empty()).then(|| (TEX.text)(&place)));
        }
        below.extend(author.email.as_ref().map(|email| mail(email, TEX)));
        below.extend(orcid(author, TEX));
        Self { name: named(author, TEX), below }
    }
}

/// Puts everything that names the authors of a document into the context of a TeX template.
pub(super) fn insert_tex(context: &mut Context, document: &Document) {
    let front = &document.front;
    let tex = |text: &str| (TEX.text)(text);
    let of_author = |author: &Author| TexAuthor {
        name: tex(&author.name),
        given: tex(&author.given),
        family: tex(&author.family),
        affiliations: author.affiliations.clone(),
        email: tex(author.email.as_deref().unwrap_or_default()),
        orcid: tex(author.orcid.as_deref().unwrap_or_default()),
        equal: author.equal,
        corresponding: author.corresponding,
    };
    let of_affiliation = |(affiliation, number): (&Affiliation, usize)| TexAffiliation {
        number,
        name: tex(&affiliation.name),
        department: tex(&affiliation.department),
        city: tex(&affiliation.city),
        country: tex(&affiliation.country),
        text: tex(&affiliation.text()),
    };
    let unnamed = Author { name: front.printed_names(document.language).concat(), ..Author::default() };
    let authors = if front.anonymous { std::slice::from_ref(&unnamed) } else { &front.authors };
    let affiliations = front.affiliations.iter().zip(1..).map(of_affiliation);
    let Byline { names, affiliations: lines, notes, contacts } = byline(document, TEX);
    let blocks = authors.iter().map(|author| TexBlock::of(front, author)).collect();
    let below = [lines, notes.clone(), contacts].concat();
    context.insert("people", &authors.iter().map(of_author).collect::<Vec<_>>());
    context.insert("authors", &authors.iter().map(|author| tex(&author.name)).collect::<Vec<_>>());
    context.insert("affiliations", &affiliations.collect::<Vec<_>>());
    context.insert("anonymous", &front.anonymous);
    context.insert("pdfauthor", &scripts::bare(&tex(&front.names().join(", "))));
    context.insert("ccs", &front.concepts().iter().map(|concept| tex(concept)).collect::<Vec<_>>());
    let byline = TexByline { joint: front.is_joint(), names, below, notes, blocks };
    context.insert("byline", &byline);
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn whole() -> Document {
        Document { front: sample::whole_front(), ..sample::document() }
    }

    #[test]
    fn every_detail_is_told_once() {
        let Byline { names, affiliations, notes, contacts } = byline(&whole(), HTML);
        assert_eq!(
            names,
            ["<a href=\"https://lab.example/~ann\">Ann Abel</a><sup>1,2,*,†</sup>", "Bo Bell<sup>1,*</sup>"]
        );
        assert_eq!(
            affiliations,
            ["<sup>1</sup> Dept. C &amp; D, Univ. of &lt;A&gt;, Town, Land", "<sup>2</sup> Lab_E"]
        );
        assert_eq!(
            notes,
            [
                "<sup>*</sup> These authors contributed equally.",
                "<sup>†</sup> Corresponding author: <a href=\"mailto:ann_a@lab.example\">ann_a@lab.example</a>"
            ]
        );
        let orcid = "0000-0002-1825-0097";
        assert_eq!(contacts, [format!("Ann Abel: ORCID <a href=\"https://orcid.org/{orcid}\">{orcid}</a>")]);
    }

    #[test]
    fn templates_see_escaped_text() {
        let mut context = Context::new();
        insert_tex(&mut context, &whole());
        let mut tera = tera::Tera::default();
        let text = "{{ people[0].email }} {{ people[0].affiliations }} {{ affiliations[0].text }} \
                    {{ affiliations[1].number }} {{ anonymous }} {{ pdfauthor }} {{ ccs[0] }}";
        tera.add_raw_template("t", text).expect("a template");
        assert_eq!(
            tera.render("t", &context).expect("text"),
            "ann\\_a@lab.example [1, 2] Dept. C \\& D, Univ. of <A>, Town, Land 2 false Ann Abel, Bo Bell \
             Networks \\ensuremath{\\to} Topology"
        );
    }

    #[test]
    fn nobody_is_named_in_an_anonymous_edition() {
        let front = Front { anonymous: true, ..Front::default() };
        let document = Document { front, ..sample::document() };
        assert_eq!(byline(&document, HTML).names, ["Anonymous Authors"]);
        let mut context = Context::new();
        insert_tex(&mut context, &document);
        assert_eq!(context.get("pdfauthor").and_then(|name| name.as_str()), Some(""));
    }
}
