//! Venues as data: what each class of documents asks of a paper, and the files that it brings.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::ReferenceStyle;
use crate::source;

/// Folder of the venues, below that of the templates.
pub(super) const FOLDER: &str = "venues";
/// The description of a venue, in its folder.
pub(super) const DESCRIPTION: &str = "venue.yaml";
/// The template of a venue, in its folder.
pub(super) const TEMPLATE: &str = "paper.tex";
/// The venue of editions that name none.
pub const DEFAULT: &str = "ieee";

/// Returns the name of a built-in venue with its two files.
macro_rules! built_in {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../templates/venues/", $name, "/paper.tex")),
            include_str!(concat!("../../../../templates/venues/", $name, "/venue.yaml")),
        )
    };
}

/// Name, template and description of the venues that are built in.
pub(super) const BUILT_IN: [(&str, &str, &str); 6] = [
    built_in!("acm"),
    built_in!("article"),
    built_in!("ieee"),
    built_in!("lncs"),
    built_in!("neurips"),
    built_in!("usenix"),
];

/// Returns the names of the built-in venues.
pub fn built_in() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _, _)| *name)
}

/// What a venue asks of a paper: `templates/venues/NAME/venue.yaml`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Venue {
    /// The class file, such as `IEEEtran.cls`.
    pub class: String,
    /// The package of Debian that has the class.
    pub package: String,
    /// How wide TeX shows figures.
    pub figures: Extent<String>,
    /// Characters of a table's type that fit on a line.
    pub cells: Extent<usize>,
    /// Characters of a listing that fit on a line.
    pub listing: usize,
    /// Lines of a table that fit on a page beside its caption.
    pub rows: usize,
    /// Style of the reference list.
    #[serde(default)]
    pub references: ReferenceStyle,
    /// Whether its reviewers do not know the authors, so that editions have to say whether they are `anonymous`.
    #[serde(default)]
    pub anonymity: bool,
    /// Most pages of a paper, where the venue has one limit for all.
    #[serde(default)]
    pub pages: Option<usize>,
    /// Class and style files that stand beside its template, by name.
    #[serde(skip)]
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Room in a column and on the whole width of a page; the same in a class of one column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extent<T> {
    /// In a column.
    pub column: T,
    /// On the whole width.
    pub page: T,
}

/// The template of an edition and what its venue asks.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'t> {
    /// Name of the template.
    pub(super) template: &'t str,
    /// What the venue asks.
    pub venue: &'t Venue,
}

/// A venue with its template.
pub(super) struct Found {
    /// The template.
    pub template: String,
    /// Whether the paper brings the template itself.
    pub is_own: bool,
    /// What the venue asks.
    pub venue: Venue,
}

/// Reads the venues of a paper: the built-in ones, those of its own folders, and what it brings for a built-in
/// one.
///
/// # Errors
/// A file that cannot be read, a description that is none, a folder that lacks one; at their places.
pub(super) fn load(templates: &Path) -> Result<BTreeMap<String, Found>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut found = BTreeMap::new();
    for (name, template, description) in BUILT_IN {
        let venue = source::parse_yaml(&Path::new(FOLDER).join(name).join(DESCRIPTION), description);
        if let Some(venue) = errors.take(venue) {
            found.insert(name.to_owned(), Found { template: template.to_owned(), is_own: false, venue });
        }
    }
    let root = templates.parent().unwrap_or(templates);
    let below = Path::new(templates.file_name().unwrap_or_default()).join(FOLDER);
    for folder in folders(&root.join(&below)) {
        let own = errors.take(read_own(root, &below.join(&folder), found.remove(&folder)));
        found.extend(own.map(|own| (folder, own)));
    }
    errors.into_result(found)
}

/// Returns the names of the folders in a folder.
fn folders(folder: &Path) -> Vec<String> {
    let entries = WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
    let folders = entries.into_iter().flatten().filter(|entry| entry.file_type().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Reads the folder of a venue; what it lacks is taken from the built-in venue of its name.
fn read_own(root: &Path, folder: &Path, built_in: Option<Found>) -> Result<Found, Diagnostics> {
    let mut errors = Diagnostics::default();
    let (template, description) = (folder.join(TEMPLATE), folder.join(DESCRIPTION));
    let has = |file: &Path| root.join(file).is_file();
    let mut lacks = |file: &Path, what: &str| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let message = format!("the venue `{name}` has no {what}");
        let remedy = "copy that of a built-in venue, and change what is different";
        errors.push(Diagnostic::new(Location::file(file), message).remedy(remedy));
    };
    if built_in.is_none() {
        if !has(&template) {
            lacks(&template, "template");
        }
        if !has(&description) {
            lacks(&description, "description");
        }
    }
    let (old_template, old_venue) = built_in.map(|found| (found.template, found.venue)).unzip();
    let is_own = has(&template);
    let text = match is_own {
        true => errors.take(source::read_text(root, &template).map_err(Diagnostics::from)),
        false => old_template,
    };
    let venue: Option<Venue> = match has(&description) {
        true => errors.take(source::read_yaml(root, &description)),
        false => old_venue,
    };
    let mut files = BTreeMap::new();
    for entry in
        WalkDir::new(root.join(folder)).min_depth(1).max_depth(1).sort_by_file_name().into_iter().flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_tex = name.ends_with(".cls") || name.ends_with(".sty") || name.ends_with(".clo");
        if entry.file_type().is_file() && is_tex {
            let read = std::fs::read(entry.path()).map_err(|error| {
                Diagnostic::new(Location::file(folder.join(&name)), format!("cannot read the file: {error}"))
                    .into()
            });
            files.extend(errors.take(read).map(|bytes| (name, bytes)));
        }
    }
    let found =
        text.zip(venue).map(|(template, venue)| Found { template, is_own, venue: Venue { files, ..venue } });
    errors.require(found)
}

impl<T> Extent<T> {
    /// Returns the room of what spans all columns or one.
    pub const fn of(&self, wide: bool) -> &T {
        if wide { &self.page } else { &self.column }
    }
}
