//! A text that stands beside the paper, such as a blog post: one file, its first heading the title.

use std::path::Path;

use super::reader::read;
use super::sources::Sources;
use super::tree::{Block, BlockKind, Document, InlineKind, LabelKind};
use super::walk::{change_inlines, plain_text};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::read_text;

/// Begins an address below the site at which the texts are published.
const SITE: &str = "site:";

/// Reads one file by the rules of a paper's sections; its headings carry no numbers, and links that begin
/// with `site:` lead to addresses below `site`.
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
        back: Vec::new(),
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
            document.heading.clone_from(content);
            document.blocks.remove(0);
        }
        Some(block) => errors.push(no_title(block.location.clone())),
        None => errors.push(no_title(Location::new(file, 1, 1))),
    }
    let site = site.map(|site| site.trim_end_matches('/'));
    change_inlines(&mut document.blocks, &mut |inline, file| {
        let position = inline.position();
        let place = || position.map_or_else(|| Location::file(file), |position| position.within(file));
        match &mut inline.kind {
            InlineKind::Link { url, content } => {
                let Some(path) = url.strip_prefix(SITE) else { return };
                let Some(site) = site else {
                    let error = Diagnostic::new(place(), format!("`{url}` needs the address of a site"));
                    errors.push(error.remedy("set `site` in the block `outreach` of paper/paper.yaml"));
                    return;
                };
                let whole = format!("{site}/{path}");
                // An address in angle brackets is its own text.
                if plain_text(content) == *url {
                    *content = vec![InlineKind::Text(whole.clone()).into()];
                }
                *url = whole;
            }
            InlineKind::Reference { kind: LabelKind::Section, label, .. } => {
                let message = format!("`{label}` is a part of this text, and its parts have no numbers");
                errors.push(Diagnostic::new(place(), message).remedy("name the part in words"));
            }
            _ => {}
        }
    });
    for block in &mut document.blocks {
        let BlockKind::Heading { level, number, .. } = &mut block.kind else { continue };
        number.clear();
        if *level == 1 {
            let error = Diagnostic::new(block.location.clone(), "this text has a title already");
            errors.push(error.remedy("write `##` for a part of the text"));
        }
        *level = level.saturating_sub(1).max(1);
    }
    errors.into_result(document)
}

fn no_title(place: Location) -> Diagnostic {
    Diagnostic::new(place, "this text has no title").remedy("begin it with a line such as `# Title`")
}
