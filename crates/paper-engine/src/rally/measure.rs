//! What a criterion can count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written::written_name;

/// Something that can be counted or measured.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Words of a text in an edition, headings, captions and mathematics left out; of the whole edition
    /// without a place.
    Words(InEdition),
    /// Headings of the first level in an edition, appendices left out.
    Sections(InEdition),
    /// Figures that a text shows.
    Figures(InEdition),
    /// Tables that a text shows.
    Tables(InEdition),
    /// Programs in a text.
    Programs(InEdition),
    /// Lines of the body of a function in a program of a text, without blank lines, comments and its last
    /// brace.
    Lines(Function),
    /// Citations of one work in a text.
    Citations(Work),
    /// Different works with an address that a text cites.
    CitedWorks(InEdition),
    /// Paragraphs under a heading that begin with emphasis, and refer to a section where asked.
    Marked(Under),
    /// Works in the reference list of an edition.
    References(InEdition),
    /// References of an edition whose target has no number.
    Unresolved(InEdition),
    /// Pages of the PDF of an edition.
    Pages(InEdition),
    /// Images of pixels in the PDF of an edition.
    PixelImages(InEdition),
    /// Fonts that the PDF of an edition does not carry.
    ForeignFonts(InEdition),
    /// Boxes that stick out by more than ten points, in all editions.
    OverfullBoxes,
    /// Rows of a table, or only those whose column holds a value.
    Rows(Rows),
    /// Labels of a drawing.
    Labels(Labels),
    /// Elements of one kind in a drawing, such as `path`.
    Shapes(Shapes),
    /// Waves of the plan.
    Waves,
    /// Dependencies of waves.
    Dependencies,
    /// Key concepts of the plan.
    Concepts,
    /// Key concepts that no sentence of the fullest edition has.
    UnusedConcepts,
    /// Sections, figures and tables of the source work that the plan lists.
    SourceParts(SourceParts),
    /// Places of the source work that a number of the paper names and the plan does not list.
    UnlistedPlaces,
    /// Checks of the review.
    Checks,
    /// Classes of checks of the review.
    Classes,
    /// Sections and appendices that do not tell at their beginning what the reader will know.
    SectionsWithoutRoadmap,
    /// Acronyms that are not written out at their first use.
    UnexplainedAcronyms,
    /// The most words of the mean sentence among the sections.
    MeanSentence,
    /// Sections without the grade of readability of an earlier release.
    SectionsWithoutEarlierGrade,
    /// Words of a file in `build/`: prose alone, without headings, tables, code and images.
    FileWords(FileText),
    /// Characters of the first line of a file in `build/`.
    FirstLine(String),
    /// Pictures of a Markdown file in `build/`.
    Pictures(String),
    /// Tables of a Markdown file in `build/`.
    FileTables(String),
    /// Posts of a thread in `build/`.
    Posts(String),
    /// The longest post of a thread, weighted as the platform does: wide characters count two, links 23.
    LongestPost(String),
}

/// A text of an edition.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct InEdition {
    /// The file of the text; the whole edition without one.
    #[serde(rename = "in")]
    pub place: Option<String>,
    /// The edition; the fullest without one.
    pub edition: Option<String>,
}

/// A function of a program.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The file of the text.
    #[serde(rename = "in")]
    pub place: String,
    /// Its name.
    pub function: String,
}

/// A work that a text cites.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The file of the text.
    #[serde(rename = "in")]
    pub place: String,
    /// The edition; the fullest without one.
    #[serde(default)]
    pub edition: Option<String>,
    /// Its key.
    pub work: String,
}

/// The text under a heading.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Under {
    /// The label of the heading.
    pub heading: String,
    /// Whether only paragraphs that refer to a section count.
    #[serde(default)]
    pub leads_to_section: bool,
}

/// Rows of a table.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// The id of the table.
    pub table: String,
    /// The header of a column.
    #[serde(default)]
    pub column: Option<String>,
    /// What has to stand in that column.
    #[serde(default)]
    pub holds: Vec<String>,
}

/// Labels of a drawing.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// The id of the figure.
    pub figure: String,
    /// What each begins with; coordinates of nine numbers without it.
    #[serde(default)]
    pub like: Option<String>,
    /// The label behind which they stand, such as the title of a panel.
    #[serde(default)]
    pub from: Option<String>,
    /// The label before which they stand.
    #[serde(default)]
    pub until: Option<String>,
}

/// Elements of a drawing.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shapes {
    /// The id of the figure.
    pub figure: String,
    /// The name of the element.
    pub element: String,
}

/// A kind of part of the source work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceParts {
    /// Sections.
    Sections,
    /// Figures.
    Figures,
    /// Tables.
    Tables,
}

/// The words of a file.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileText {
    /// The file in `build/`.
    #[serde(rename = "in")]
    pub place: String,
    /// Whether the first line does not count.
    #[serde(default)]
    pub after_first_line: bool,
}

impl Measure {
    /// Its name, as an author writes it.
    pub(super) fn name(&self) -> String {
        written_name(self)
    }
}
