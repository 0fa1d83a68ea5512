//! The one drawing or picture of a figure or of a panel, as its author describes it.

use std::path::{Path, PathBuf};

use serde_saphyr::Spanned;

use super::Shown;
use super::drawing::{AnyDrawing, StudyDrawing};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{self, Width};

/// Declares a part of a figure's file: its own fields, and behind them those of [`Content`] with the words in
/// its place. A field of fields would not know the places of its values.
macro_rules! with_content {
    ($(#[$attribute:meta])* $visible:vis struct $name:ident { $($own:tt)* }) => {
        #[derive(Deserialize, JsonSchema)]
        $(#[$attribute])*
        #[serde(deny_unknown_fields, bound = "D: StudyDrawing")]
        $visible struct $name<D> {
            $($own)*
            /// What a reader who cannot see it needs.
            alt: String,
            /// A chart, or a drawing of the study; it stands in place of `file`.
            drawing: Option<AnyDrawing<D>>,
            /// A picture in `figures/` or `paper/`, as seen from the folder of the paper.
            #[schemars(with = "Option<PathBuf>")]
            file: Option<Spanned<PathBuf>>,
            /// The page of a picture that is a PDF, from 1.
            page: Option<usize>,
            /// How wide a picture is, such as `60%`, `8cm` or `3in`.
            #[schemars(with = "Option<String>")]
            width: Option<Spanned<String>>,
        }
    };
}
pub(super) use with_content;

/// What a figure or a panel shows, as far as it is written: a drawing, or a picture with its page and width.
pub(super) struct Content<D> {
    pub drawing: Option<AnyDrawing<D>>,
    pub file: Option<Spanned<PathBuf>>,
    pub page: Option<usize>,
    pub width: Option<Spanned<String>>,
}

impl<D: StudyDrawing> Content<D> {
    /// Returns whether nothing is written.
    pub const fn is_empty(&self) -> bool {
        self.drawing.is_none() && self.file.is_none() && self.page.is_none() && self.width.is_none()
    }

    /// Reads what is shown; nothing where that is not one drawing or one picture. `described` is the file of
    /// the figure.
    pub fn shown(self, root: &Path, described: &Path) -> Option<Result<Shown, Diagnostics>> {
        let Self { drawing, file, page, width } = self;
        match (drawing, file) {
            (Some(drawing), None) if page.is_none() && width.is_none() => {
                Some(Ok(Shown::Drawing(drawing.shared())))
            }
            (None, Some(file)) => Some(of_file(root, described, &file, page, width.as_ref())),
            _ => None,
        }
    }
}

/// Reads what is said of a picture in the file of a figure.
fn of_file(
    root: &Path,
    described: &Path,
    file: &Spanned<PathBuf>,
    page: Option<usize>,
    width: Option<&Spanned<String>>,
) -> Result<Shown, Diagnostics> {
    let mut errors = Diagnostics::default();
    let wrong = |place, message: String, remedy| Diagnostic::new(place, message).remedy(remedy);
    let below = source::picture_file(&file.value).filter(|path| root.join(path).is_file());
    let below = below.ok_or_else(|| {
        let message = format!("there is no picture `{}` in figures/ or paper/", file.value.display());
        wrong(source::place(described, file), message, "write its file as seen from the folder of the paper")
            .into()
    });
    let width = width.map(|width| {
        Width::read(&width.value).ok_or_else(|| {
            let message = format!("`{}` is no width", width.value);
            wrong(source::place(described, width), message, "write one such as 60%, 8cm or 3in").into()
        })
    });
    let (below, width) = (errors.take(below), errors.take(width.transpose()));
    let (file, width) = errors.require(below.zip(width))?;
    let path = root.join(&file);
    Ok(Shown::Picture { file, path, page, width })
}
