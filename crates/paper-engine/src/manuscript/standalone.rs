//! A text that stands beside the paper, such as a blog post: one file, its first heading the title.

use std::path::Path;

use super::inline::plain_text;
use super::reader::{Sources, read};
use super::tree::{Block, BlockKind, Document, Inline, LabelKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::read_text;

/// Begins an address below the site at which the texts are published.
const SITE: &str = "site:";

/// Reads one file by the rules of a paper's sections; its headings carry no numbers, and links that begin with
/// `site:` lead to addresses below `site`.
///
/// # Errors
/// Those of [`read`]; a title that is missing or not alone; what needs a numbered section or a site.
pub fn read_standalone(
    sources: &Sources<'_>,
    file: &Path,
    site: Option<&str>,
) -> Result<Document, Diagnostics> {
    let Sources { abstract_file, sections, appendices, left_out, .. } = sources.clone();
    // A caption may refer to what only the paper has; its place is then told.
    let left_out = abstract_file.into_iter().chain(sections).chain(appendices).chain(left_out).collect();
    let alone = Sources {
        abstract_file: None,
        sections: vec![file.to_path_buf()],
        appendices: Vec::new(),
        left_out,
        ..sources.clone()
    };
    // Without a title every other heading would be an error too.
    let text = read_text(sources.root, file)?;
    if !text.lines().any(|line| line.starts_with("# ")) {
        return Err(no_title(Location::new(file, 1, 1)).into());
    }
    let mut document = read(&alone)?;
    let mut errors = Diagnostics::default();
    match document.blocks.first() {
        Some(Block { kind: BlockKind::Heading { level: 1, content, .. }, .. }) => {
            document.title = plain_text(content);
            document.blocks.remove(0);
        }
        Some(block) => errors.push(no_title(block.location.clone())),
        None => errors.push(no_title(Location::new(file, 1, 1))),
    }
    let mut links = Links { text: &text, site: site.map(|site| site.trim_end_matches('/')), errors };
    links.blocks(&mut document.blocks);
    for block in &mut document.blocks {
        let BlockKind::Heading { level, number, .. } = &mut block.kind else { continue };
        number.clear();
        if *level == 1 {
            let error = Diagnostic::new(block.location.clone(), "this text has a title already");
            links.errors.push(error.remedy("write `##` for a part of the text"));
        }
        *level = level.saturating_sub(1).max(1);
    }
    links.errors.into_result(document)
}

fn no_title(place: Location) -> Diagnostic {
    Diagnostic::new(place, "this text has no title").remedy("begin it with a line such as `# Title`")
}

/// Completes the addresses of links.
struct Links<'s> {
    text: &'s str,
    site: Option<&'s str>,
    errors: Diagnostics,
}

impl Links<'_> {
    /// The place of a word at or behind the beginning of its block.
    fn place(&self, word: &str, block: &Location) -> Location {
        let mut lines = self.text.lines().enumerate().skip(block.line.saturating_sub(1));
        let found = lines.find_map(|(index, line)| Some((index, line, line.find(word)?)));
        found.map_or_else(
            || block.clone(),
            |(index, line, byte)| Location::new(&block.file, index + 1, line[..byte].chars().count() + 1),
        )
    }

    fn blocks(&mut self, blocks: &mut [Block]) {
        for Block { location, kind } in blocks {
            match kind {
                BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => {
                    self.inlines(content, location);
                }
                BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => {
                    self.inlines(caption, location);
                }
                BlockKind::List { items, .. } => items.iter_mut().for_each(|item| self.blocks(item)),
                BlockKind::Quote(inner) => self.blocks(inner),
                BlockKind::Code { .. } | BlockKind::Equation { .. } => {}
            }
        }
    }

    fn inlines(&mut self, inlines: &mut [Inline], at: &Location) {
        for inline in inlines {
            match inline {
                Inline::Link { url, content } => {
                    if let Some(path) = url.strip_prefix(SITE) {
                        let whole = self.site.map(|site| format!("{site}/{path}"));
                        let whole = whole.unwrap_or_else(|| {
                            let message = format!("`{url}` needs the address of a site");
                            let error = Diagnostic::new(self.place(url, at), message);
                            let remedy = "set `site` in the block `outreach` of paper/paper.yaml";
                            self.errors.push(error.remedy(remedy));
                            String::new()
                        });
                        // An address in angle brackets is its own text.
                        if plain_text(content) == *url {
                            *content = vec![Inline::Text(whole.clone())];
                        }
                        *url = whole;
                    }
                    self.inlines(content, at);
                }
                Inline::Reference { kind: LabelKind::Section, label, .. } => {
                    let message = format!("`{label}` is a part of this text, and its parts have no numbers");
                    let error = Diagnostic::new(self.place(&format!("@{label}"), at), message);
                    self.errors.push(error.remedy("name the part in words"));
                }
                Inline::Emphasis(content) | Inline::Strong(content) | Inline::Footnote { content, .. } => {
                    self.inlines(content, at);
                }
                _ => {}
            }
        }
    }
}
