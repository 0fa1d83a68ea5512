//! What stands in a bundle, told to a reader: every file in a group, with what it is.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::citation::{CITATION_FILE, ZENODO_FILE};
use super::sums::SUMS_FILE;
use crate::pipeline::{Description, Illustration, MANIFEST_FILE, MENTIONS_FILE, VERDICTS_FILE};

/// Where the page that leads to every file stands in a bundle.
pub const SITE_FILE: &str = "index.html";
/// Licences of a paper's folder that go into its bundle, where it has them.
pub const LICENCE_FILES: [&str; 3] = ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

/// Some files of one purpose.
#[derive(Debug, Serialize)]
pub struct Group {
    /// Heading.
    pub title: &'static str,
    /// Anchor of the heading.
    pub id: &'static str,
    /// Its things, in order.
    pub rows: Vec<Row>,
}

/// One thing with the files that hold it.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// What it is; may be empty.
    pub note: String,
    /// Its files.
    pub files: Vec<Link>,
}

/// A link to a file.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Its path below the bundle.
    pub path: String,
    /// Its format, such as `PDF`.
    pub format: String,
    /// Its size, such as `12.3 kB`.
    pub size: String,
}

/// Headings, in order; the last takes what no other one does.
const GROUPS: [(&str, &str); 7] = [
    ("paper", "The paper"),
    ("numbers", "Its numbers"),
    ("figures", "Its figures"),
    ("tables", "Its tables"),
    ("review", "Its review"),
    ("outreach", "Shorter texts"),
    ("release", "This release"),
];

/// Returns every file of a bundle but the page itself; `sizes` are in bytes, by path.
pub fn groups(paper: &Description, sizes: &BTreeMap<String, usize>) -> Vec<Group> {
    let mut rows: BTreeMap<(usize, usize, String), Row> = BTreeMap::new();
    for (path, &bytes) in sizes.iter().filter(|(path, _)| *path != SITE_FILE) {
        let ListPlace { group, order, name, note } = place(paper, path);
        let link = Link { path: path.clone(), format: format(path), size: size(bytes) };
        let key =
            (GROUPS.iter().position(|(id, _)| *id == group).unwrap_or(GROUPS.len() - 1), order, name.clone());
        let row = rows.entry(key).or_insert_with(|| Row { name, note, files: Vec::new() });
        row.files.push(link);
    }
    let mut groups: Vec<Group> =
        GROUPS.iter().map(|&(id, title)| Group { title, id, rows: Vec::new() }).collect();
    for ((group, ..), mut row) in rows {
        // What most readers want comes first: the PDF before its sources.
        row.files.sort_by_key(|link| {
            FIRST.iter().position(|format| *format == link.format).unwrap_or(FIRST.len())
        });
        groups[group].rows.push(row);
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

const FIRST: [&str; 8] = ["HTML", "PDF", "DOCX", "JATS", "SVG", "Markdown", "LaTeX", "reference list"];

/// Where a file stands on the page, and what it is.
struct ListPlace {
    group: &'static str,
    order: usize,
    name: String,
    note: String,
}

fn place(paper: &Description, path: &str) -> ListPlace {
    let (folder, file) = path.split_once('/').unwrap_or(("", path));
    let stem = Path::new(file).file_stem().map_or(file.into(), |stem| stem.to_string_lossy());
    let at = |group, order, name: &str, note: &str| ListPlace {
        group,
        order,
        name: name.into(),
        note: note.into(),
    };
    if let Some((index, (name, pages))) =
        paper.editions.iter().enumerate().find(|(_, (name, _))| name.as_str() == folder)
    {
        let note = format!("{pages} pages, with the sources that TeX read");
        return at("paper", index + 1, &format!("The {name} edition"), &note);
    }
    match (folder, file) {
        ("html", _) => at("paper", 0, "The paper as a page", "the fullest edition; it needs no network"),
        ("arxiv", _) => at("paper", 50, "Archive for preprint servers", "as stock pdflatex compiles it"),
        ("", file) if file == format!("{}.md", paper.short) => {
            at("paper", 51, "The paper as Markdown", "the fullest edition")
        }
        ("", file) if file.ends_with(".phext") => {
            at("paper", 52, "The paper as a phext document", "a scroll at a coordinate for each of its parts")
        }
        ("", "facts.json") => {
            at("numbers", 0, "Facts", "every number with its formula, inputs, interval and source")
        }
        ("", VERDICTS_FILE) => at("numbers", 1, "Verdicts", "what the simulation says of each claim"),
        ("", MENTIONS_FILE) => at("numbers", 2, "Sentences", "where each number stands in the text"),
        ("figures", _) => part("figures", "Figure", &stem, paper.figures.get(stem.as_ref())),
        ("tables", _) => part("tables", "Table", &stem, paper.tables.get(stem.as_ref())),
        ("review", _) => at("review", 0, &sentence(&stem), ""),
        ("outreach", _) => at("outreach", 0, &sentence(&stem), ""),
        ("", CITATION_FILE) => {
            at("release", 0, "How to cite it", "for programs that read the Citation File Format")
        }
        ("", ZENODO_FILE) => at("release", 1, "Deposit", "what Zenodo stores with it"),
        ("", file) if LICENCE_FILES.contains(&file) => {
            at("release", 2, &licence(file), "the text of the licence")
        }
        ("", MANIFEST_FILE) => {
            at("release", 3, "Manifest", "hash and size of every input and output, versions, seeds")
        }
        ("", SUMS_FILE) => at("release", 4, "Sums", "for sha256sum --check"),
        ("", _) => at("release", 5, &sentence(&stem), ""),
        _ => at("release", 6, &sentence(&format!("{folder}: {stem}")), ""),
    }
}

/// Returns the place of a figure or a table, in order of the numbers that readers see.
fn part(group: &'static str, kind: &str, stem: &str, part: Option<&Illustration>) -> ListPlace {
    let (name, note, order) = match part {
        Some(Illustration { number: Some(number), title }) => {
            (format!("{kind} {number}"), title.clone(), *number)
        }
        Some(Illustration { number: None, title }) => {
            (title.clone(), "not shown in the fullest edition".into(), usize::MAX)
        }
        None => (sentence(stem), String::new(), usize::MAX),
    };
    ListPlace { group, order, name, note }
}

/// Returns a file's name as words.
fn sentence(stem: &str) -> String {
    let words = stem.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn licence(file: &str) -> String {
    file.strip_prefix("LICENSE-").map_or("Licence".to_owned(), |name| match name {
        "APACHE" => "Licence Apache-2.0".to_owned(),
        other => format!("Licence {other}"),
    })
}

/// Returns what a format is called, by the ending of a file.
fn format(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = [
        (".tar.gz", "tar.gz"),
        (".md", "Markdown"),
        (".tex", "LaTeX"),
        (".bbl", "reference list"),
        (".xml", "JATS"),
        (".phext", "phext"),
        (".cff", "CFF"),
    ];
    match known.iter().find(|(ending, _)| name.ends_with(ending)) {
        Some((_, format)) => (*format).to_owned(),
        None => name.rsplit_once('.').map_or("text".to_owned(), |(_, ending)| ending.to_uppercase()),
    }
}

/// Returns a size in decimal units.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_950 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_one_row_whatever_it_is() {
        let paper = Description {
            short: "p".into(),
            editions: vec![("short".into(), 12), ("long".into(), 60)],
            figures: BTreeMap::from([(
                "fig-2-b".into(),
                Illustration { number: Some(2), title: "B".into() },
            )]),
            ..Description::default()
        };
        let paths = [
            "index.html",
            "html/index.html",
            "short/p.pdf",
            "short/p.tex",
            "short/p.xml",
            "short/p.docx",
            "long/p.pdf",
            "p.md",
            "p.phext",
            "facts.json",
            "figures/fig-10-a.svg",
            "figures/fig-2-b.svg",
            "figures/fig-2-b.pdf",
            "outreach/blog-post.html",
            "outreach/blog-post.md",
            "other/thing.xyz",
            "strange",
            "SHA256SUMS",
        ];
        let sizes = paths.iter().map(|path| ((*path).to_owned(), 12_345)).collect();
        let groups = groups(&paper, &sizes);
        let files = groups.iter().flat_map(|group| &group.rows).flat_map(|row| &row.files);
        let mut listed: Vec<&str> = files.map(|file| file.path.as_str()).collect();
        listed.sort_unstable();
        let mut expected: Vec<&str> = paths[1..].to_vec();
        expected.sort_unstable();
        assert_eq!(listed, expected);
        let figures = groups.iter().find(|group| group.id == "figures").unwrap();
        assert_eq!((figures.rows[0].name.as_str(), figures.rows[0].note.as_str()), ("Figure 2", "B"));
        assert_eq!(
            (figures.rows[0].files[0].format.as_str(), figures.rows[0].files[1].format.as_str()),
            ("PDF", "SVG")
        );
        assert_eq!(groups[0].rows[1].name, "The short edition");
        let formats: Vec<&str> = groups[0].rows[1].files.iter().map(|file| file.format.as_str()).collect();
        assert_eq!(formats, ["PDF", "DOCX", "JATS", "LaTeX"]);
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!([999, 1_000, 999_949, 999_950].map(size), ["999 B", "1.0 kB", "999.9 kB", "1.0 MB"]);
    }
}
