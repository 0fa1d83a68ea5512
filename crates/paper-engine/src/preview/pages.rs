//! The frame around the page, and the pages beside it: PDF, figures, tables, errors, verdicts.

use std::fmt::Write;
use std::path::PathBuf;

use super::pending;
use super::state::Newest;
use crate::output::escape_html as escape;
use crate::pipeline::StoredVerdict;
use crate::review::Severity;

/// The script that follows events.
pub const SCRIPT: &str = include_str!("assets/preview.js");
/// The style of what the preview adds.
pub const STYLE: &str = include_str!("assets/preview.css");

/// The pages beside the paper: path and name.
const BESIDE: [(&str, &str); 7] = [
    ("/", "Paper"),
    ("/pdf-view", "PDF"),
    ("/figures", "Figures"),
    ("/tables", "Tables"),
    ("/check", "Check"),
    ("/verdicts", "Verdicts"),
    ("/waves", "Waves"),
];

/// Width of the PDF on its page, in CSS pixels, as in the style.
const PDF_WIDTH: f64 = 860.0;
/// What the viewer leaves free around each page, in CSS pixels.
const PDF_GAP: f64 = 12.0;

/// Returns the height of all pages of a PDF below each other, in CSS pixels.
fn pages_height(pdf: &[u8]) -> u32 {
    let ratio = |document: &lopdf::Document, page| {
        let bounds = document.get_dictionary(page).and_then(|page| page.get(b"MediaBox")?.as_array()).ok()?;
        let side = |index: usize| bounds.get(index)?.as_float().ok().map(f64::from);
        Some((side(3)? - side(1)?) / (side(2)? - side(0)?))
    };
    let Ok(document) = lopdf::Document::load_mem(pdf) else { return 0 };
    let heights = document.get_pages().into_values().map(|page| {
        // A page that inherits its size is taken for one of letter paper.
        let ratio = ratio(&document, page).filter(|ratio| ratio.is_finite()).unwrap_or(11.0 / 8.5);
        PDF_WIDTH * ratio + PDF_GAP
    });
    heights.sum::<f64>().ceil() as u32
}

/// What the bar needs to know of the setting.
pub struct Frame {
    /// Folder of the paper.
    pub root: PathBuf,
    /// The start of links that open an editor.
    pub editor: Option<String>,
}

impl Frame {
    fn bar(&self, generation: u64) -> String {
        let editor = self
            .editor
            .as_ref()
            .map_or(String::new(), |editor| format!(" data-editor=\"{}\"", escape(editor)));
        let root = std::path::absolute(&self.root).unwrap_or_default();
        let links: String =
            BESIDE.iter().map(|(path, name)| format!("<a href=\"{path}\">{name}</a> ")).collect();
        format!(
            "<aside id=\"preview-bar\" aria-label=\"Preview\" data-generation=\"{generation}\" data-root=\"{}\"{editor}>\
             <nav aria-label=\"Preview pages\">{links}</nav>\
             <span id=\"preview-status\" role=\"status\"></span><span id=\"preview-place\"></span>\
             <ul id=\"preview-moved\"></ul></aside>",
            escape(&root.to_string_lossy())
        )
    }

    /// Returns the page of the paper with the bar, or a page that waits for the first good one.
    pub fn paper(&self, newest: &Newest) -> String {
        let html = &newest.page.html;
        if html.is_empty() {
            return self.beside(newest, "Preview", "<p>The first page is being made.</p>");
        }
        let added = "<link rel=\"stylesheet\" href=\"/preview.css\">\n<script src=\"/preview.js\" defer></script>\n</head>";
        html.replacen("</head>", added, 1).replacen(
            "</body>",
            &format!("{}\n</body>", self.bar(newest.page_generation)),
            1,
        )
    }

    /// Returns a page beside the paper, in the same style.
    fn beside(&self, newest: &Newest, title: &str, body: &str) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"/paper.css\">\n<link rel=\"stylesheet\" href=\"/preview.css\">\n\
             <script src=\"/preview.js\" defer></script>\n</head>\n<body class=\"beside\">\n\
             <header><h1>{title}</h1></header>\n<div class=\"page\"><main>{}{body}</main></div>\n{}\n</body>\n</html>\n",
            pending::note(&newest.page.pending),
            self.bar(newest.page_generation)
        )
    }

    /// Returns the PDF in the browser's own viewer, as tall as all of its pages: the viewer forgets its place
    /// when it loads anew, the page around it does not.
    pub fn pdf(&self, newest: &Newest) -> String {
        let body = match newest.pdf.is_empty() {
            true => "<p>The PDF is being typeset.</p>".to_owned(),
            false => format!(
                "<iframe class=\"pages\" style=\"height: {}px\" src=\"/pdf#toolbar=0&amp;navpanes=0&amp;view=FitH\" \
                 title=\"PDF\"></iframe>",
                pages_height(&newest.pdf)
            ),
        };
        self.beside(newest, "PDF", &body)
    }

    /// Returns every drawing.
    pub fn figures(&self, newest: &Newest) -> String {
        let mut body = String::new();
        for id in newest.page.figures.keys() {
            let id = escape(id);
            let _ = write!(
                body,
                "<h2>{id}</h2><p><img src=\"/figure/{id}\" alt=\"{id}\" style=\"max-width:100%\"></p>"
            );
        }
        self.beside(newest, "Figures", &body)
    }

    /// Returns every table as Markdown.
    pub fn tables(&self, newest: &Newest) -> String {
        let mut body = String::new();
        for (id, text) in &newest.page.tables {
            let _ = write!(
                body,
                "<h2>{}</h2><pre class=\"scroll\" tabindex=\"0\">{}</pre>",
                escape(id),
                escape(text)
            );
        }
        self.beside(newest, "Tables", &body)
    }

    /// Errors and the findings of the review.
    pub fn check(&self, newest: &Newest) -> String {
        let mut body = String::new();
        let errors = newest.all_errors();
        for error in &errors {
            let _ = write!(body, "<pre class=\"scroll\" tabindex=\"0\">{}</pre>", escape(&error.excerpt));
        }
        if errors.is_empty() {
            let _ = write!(body, "<p>No errors; {} checks of the review.</p>", newest.review.checks.len());
        }
        body.push_str("<ul>");
        for severity in Severity::ALL {
            for check in newest.review.checks.iter().filter(|check| check.severity == severity) {
                for finding in &check.findings {
                    let (word, place) = (severity.word(), escape(&finding.place.to_string()));
                    let _ =
                        write!(body, "<li>{word}: <code>{place}</code>: {}</li>", escape(&finding.message));
                }
            }
        }
        body.push_str("</ul>");
        self.beside(newest, "Check", &body)
    }

    /// Returns the ledger of the plan.
    pub fn waves(&self, newest: &Newest) -> String {
        let (note, body) = match &newest.waves {
            None => ("The ledger is being decided.", String::new()),
            Some(waves) => {
                let is_old = waves.generation != newest.page_generation;
                let note =
                    if is_old { "The ledger is being decided anew; this is the last one." } else { "" };
                let body = match &waves.page {
                    Ok(_) => {
                        let source = format!("/board?{}", waves.generation);
                        format!(
                            "<iframe class=\"pane\" src=\"{source}\" title=\"Ledger of the plan\"></iframe>"
                        )
                    }
                    Err(said) => format!("<pre class=\"scroll\" tabindex=\"0\">{}</pre>", escape(said)),
                };
                (note, body)
            }
        };
        self.beside(newest, "Waves", &format!("<p>{note}</p>{body}"))
    }

    /// Returns every claim with its verdict.
    pub fn verdicts(&self, newest: &Newest) -> String {
        let mut body = String::from(
            "<table><thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Verdict</th>\
             <th scope=\"col\">Number</th></tr></thead><tbody>",
        );
        for StoredVerdict { claim, verdict, number, .. } in &newest.page.verdicts {
            let _ = write!(
                body,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                escape(claim),
                escape(verdict),
                escape(number)
            );
        }
        body.push_str("</tbody></table>");
        self.beside(newest, "Verdicts", &body)
    }
}
