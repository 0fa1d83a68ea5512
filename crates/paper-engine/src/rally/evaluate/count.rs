//! Checks of counts and measures.

use std::collections::BTreeSet;

use usvg::roxmltree;

use super::{Finding, files, listed, pdf, programs};
use crate::facts::Fact;
use crate::lint::{self, PlainText, passages, plain, whole_words};
use crate::manuscript::{Block, BlockKind, Inline, InlineKind, LabelKind, inlines};
use crate::rally::check::CountCheck;
use crate::rally::evidence::Evidence;
use crate::rally::measure::{Function, InEdition, Labels, Measure, Rows, SourceParts, Under, Work};
use crate::rally::plan::SourceWork;
use crate::review::{Class, SectionClarity};

/// What was counted: a number, and what it counts.
type Counted = (f64, String);

/// Returns whether a measure lies in its range.
pub(super) fn count(check: &CountCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let (number, of) = measure(&check.of, evidence)?;
    let digits = usize::from(number.fract() != 0.0);
    let found = format!("{number:.digits$} {of}");
    Ok(match check.range.contains(number) {
        true => Finding::of(true, found),
        false => Finding::open(format!("{found}; {}", check.range.limit())),
    })
}

fn measure(measure: &Measure, evidence: &Evidence<'_>) -> Result<Counted, String> {
    let whole = |count: usize, of: &str| Ok((count as f64, of.to_owned()));
    match measure {
        Measure::Words(text) => whole(words(text, evidence)?, "words"),
        Measure::Sections(text) => {
            let document = evidence.edition(text.edition.as_deref())?;
            let is_section = |block: &&Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
            whole(document.blocks.iter().filter(is_section).count(), "sections")
        }
        Measure::Figures(text) => {
            whole(blocks_of(text, evidence, |kind| matches!(kind, BlockKind::Figure { .. }))?, "figures")
        }
        Measure::Tables(text) => {
            whole(blocks_of(text, evidence, |kind| matches!(kind, BlockKind::Table { .. }))?, "tables")
        }
        Measure::Programs(text) => {
            let place = text.place.as_deref().ok_or("no text is named")?;
            whole(programs(place, evidence)?, "programs")
        }
        Measure::Lines(function) => {
            whole(lines(function, evidence)?, &format!("lines of `{}`", function.function))
        }
        Measure::Citations(work) => whole(citations(work, evidence)?, &format!("citations of {}", work.work)),
        Measure::CitedWorks(text) => whole(cited_works(text, evidence)?, "works with an address"),
        Measure::Marked(under) => whole(marked(under, evidence)?, "marked paragraphs"),
        Measure::References(text) => {
            whole(evidence.edition(text.edition.as_deref())?.references.len(), "references")
        }
        Measure::Unresolved(text) => unresolved(text, evidence),
        Measure::Pages(text) => whole(pdf::pages(pdf_of(text, evidence)?)?, "pages"),
        Measure::PixelImages(text) => whole(pdf::pixel_images(pdf_of(text, evidence)?)?, "images of pixels"),
        Measure::ForeignFonts(text) => {
            let (foreign, all) = pdf::foreign_fonts(pdf_of(text, evidence)?)?;
            if all == 0 {
                return Err("the PDF names no font".to_owned());
            }
            whole(foreign, &format!("of {all} fonts are not embedded"))
        }
        Measure::OverfullBoxes => whole(evidence.broken(lint::OVERFULL_BOX.name).count(), "boxes stick out"),
        Measure::Rows(rows) => whole(rows_of(rows, evidence)?, "rows"),
        Measure::Labels(labels) => whole(labels_of(labels, evidence)?, "labels"),
        Measure::Shapes(shapes) => {
            let path = format!("build/figures/{}.svg", shapes.figure);
            let text = evidence.output_text(&path)?;
            let tree = roxmltree::Document::parse(&text).map_err(|error| format!("{path}: {error}"))?;
            let is_shape = |node: &roxmltree::Node<'_, '_>| {
                node.is_element() && node.tag_name().name() == shapes.element
            };
            let found = tree.descendants().filter(is_shape);
            whole(found.count(), &format!("elements `{}`", shapes.element))
        }
        Measure::Waves => whole(evidence.plan.waves.len(), "waves"),
        Measure::Dependencies => {
            whole(evidence.plan.waves.iter().map(|wave| wave.after.len()).sum(), "dependencies")
        }
        Measure::Concepts => whole(evidence.plan.concepts.iter().collect::<BTreeSet<_>>().len(), "concepts"),
        Measure::UnusedConcepts => unused_concepts(evidence),
        Measure::SourceParts(parts) => {
            let source = &evidence.plan.source;
            match parts {
                SourceParts::Sections => whole(source.sections.len(), "sections"),
                SourceParts::Figures => whole(source.figures.len(), "figures"),
                SourceParts::Tables => whole(source.tables.len(), "tables"),
            }
        }
        Measure::UnlistedPlaces => unlisted_places(evidence),
        Measure::Checks => whole(evidence.checks.len(), "checks"),
        Measure::Classes => {
            let classes: BTreeSet<Class> = evidence.checks.iter().map(|check| check.class).collect();
            whole(classes.len(), "classes of checks")
        }
        Measure::SectionsWithoutRoadmap => {
            without(evidence, "sections open without a roadmap", |section| section.roadmap.is_none())
        }
        Measure::UnexplainedAcronyms => {
            let clarity = evidence.clarity.ok_or("nothing was measured")?;
            let bad = clarity.acronyms.iter().filter(|acronym| !acronym.is_explained);
            let names: Vec<String> = bad.map(|acronym| acronym.name.clone()).collect();
            let of = format!("of {} acronyms are not written out", clarity.acronyms.len());
            Ok((names.len() as f64, suffixed(&of, &names)))
        }
        Measure::MeanSentence => {
            let sections = &evidence.clarity.ok_or("nothing was measured")?.sections;
            let longest = sections.iter().max_by(|a, b| a.mean_sentence().total_cmp(&b.mean_sentence()));
            let longest = longest.ok_or("there are no sections")?;
            Ok((longest.mean_sentence(), format!("words in the mean sentence of {}", longest.title)))
        }
        Measure::SectionsWithoutEarlierGrade => {
            let baseline = evidence.baseline.ok_or("there is no earlier release")?;
            without(evidence, "sections have no earlier grade", |section| {
                section.title.starts_with(|c: char| c.is_ascii_digit())
                    && baseline.section(&section.name).is_none()
            })
        }
        Measure::FileWords(text) => {
            let found = evidence.output_text(&text.place)?;
            whole(files::words(&found, text.after_first_line), "words")
        }
        Measure::FirstLine(place) => {
            whole(files::first_line(&evidence.output_text(place)?), "characters in the first line")
        }
        Measure::Pictures(place) => whole(files::pictures(&evidence.output_text(place)?), "pictures"),
        Measure::FileTables(place) => whole(files::tables(&evidence.output_text(place)?), "tables"),
        Measure::Posts(place) => whole(files::posts(evidence.output(place)?)?.len(), "posts"),
        Measure::LongestPost(place) => {
            let longest = files::posts(evidence.output(place)?)?.into_iter().max();
            whole(longest.ok_or("there is no post")?, "in the longest post")
        }
    }
}

fn words(text: &InEdition, evidence: &Evidence<'_>) -> Result<usize, String> {
    let document = evidence.edition(text.edition.as_deref())?;
    let counts = lint::count(document);
    let Some(place) = &text.place else { return Ok(counts.iter().map(|count| count.words).sum()) };
    let own = counts.iter().filter(|count| count.location.file == std::path::Path::new(place));
    own.map(|count| count.words)
        .reduce(|sum, words| sum + words)
        .ok_or_else(|| format!("no text of {place} in the edition"))
}

fn blocks_of(
    text: &InEdition,
    evidence: &Evidence<'_>,
    is_counted: impl Fn(&BlockKind) -> bool,
) -> Result<usize, String> {
    let blocks = evidence.blocks(text.place.as_deref(), text.edition.as_deref())?;
    Ok(blocks.iter().filter(|block| is_counted(&block.kind)).count())
}

/// Returns lines between the signature of a function and its last brace; of one without braces, the lines set
/// in below it.
fn lines(wanted: &Function, evidence: &Evidence<'_>) -> Result<usize, String> {
    let begins = [format!("fn {}(", wanted.function), format!("def {}(", wanted.function)];
    let is_counted = |line: &&str| {
        let line = line.trim();
        let is_comment = line.starts_with("//") || (line.starts_with('#') && !line.starts_with("#["));
        !line.is_empty() && !is_comment
    };
    for block in evidence.blocks(Some(&wanted.place), None)? {
        let BlockKind::Code { text, .. } = &block.kind else { continue };
        let mut rest = text.lines().skip_while(|line| !begins.iter().any(|begin| line.starts_with(begin)));
        let Some(first) = rest.next() else { continue };
        if first.starts_with("def ") {
            return Ok(rest.take_while(|line| line.starts_with(' ')).filter(is_counted).count());
        }
        let body = if first.ends_with('{') {
            rest
        } else {
            // The signature goes on to the line that ends in the brace of the body.
            let _ = rest.by_ref().find(|line| line.ends_with('{') && !line.starts_with(' '));
            rest
        };
        return Ok(body.take_while(|line| *line != "}").filter(is_counted).count());
    }
    Err(format!("{} has no function `{}`", wanted.place, wanted.function))
}

fn citations(work: &Work, evidence: &Evidence<'_>) -> Result<usize, String> {
    let cited = cited(evidence, Some(&work.place), work.edition.as_deref())?;
    Ok(cited.into_iter().filter(|key| *key == work.work).count())
}

fn cited_works(text: &InEdition, evidence: &Evidence<'_>) -> Result<usize, String> {
    let document = evidence.edition(text.edition.as_deref())?;
    let cited = cited(evidence, text.place.as_deref(), text.edition.as_deref())?;
    let has_address = document.references.iter().filter(|work| work.url.is_some());
    Ok(has_address.filter(|work| cited.contains(&work.key.as_str())).count())
}

/// Returns the works that a text cites, each as often as it does.
fn cited<'a>(
    evidence: &Evidence<'a>,
    place: Option<&str>,
    edition: Option<&str>,
) -> Result<Vec<&'a str>, String> {
    let mut found = Vec::new();
    for inline in evidence.inlines(place, edition)? {
        if let InlineKind::Cite(cited) = &inline.kind {
            found.extend(cited.iter().map(|cited| cited.key.as_str()));
        }
    }
    Ok(found)
}

/// Paragraphs under a heading, up to the next, that begin with emphasis.
fn marked(under: &Under, evidence: &Evidence<'_>) -> Result<usize, String> {
    let blocks = evidence.blocks(None, None)?;
    let is_heading =
        |block: &&Block| matches!(&block.kind, BlockKind::Heading { label, .. } if *label == under.heading);
    let start = blocks.iter().position(is_heading);
    let start = start.ok_or_else(|| format!("no heading is labelled {}", under.heading))?;
    let end = |block: &&&Block| !matches!(block.kind, BlockKind::Heading { .. });
    let leads = |content: &[Inline]| {
        let leads =
            |inline: &Inline| matches!(inline.kind, InlineKind::Reference { kind: LabelKind::Section, .. });
        inlines(content).any(leads)
    };
    let is_marked = |block: &&&Block| match &block.kind {
        BlockKind::Paragraph(content) => {
            matches!(content.first(), Some(Inline { kind: InlineKind::Emphasis(_), .. }))
                && (!under.leads_to_section || leads(content))
        }
        _ => false,
    };
    Ok(blocks[start + 1..].iter().take_while(end).filter(is_marked).count())
}

fn unresolved(text: &InEdition, evidence: &Evidence<'_>) -> Result<Counted, String> {
    let (mut all, mut lost) = (0, 0);
    for inline in evidence.edition(text.edition.as_deref())?.every_inline() {
        if let InlineKind::Reference { number, .. } = &inline.kind {
            all += 1;
            lost += usize::from(number.is_empty());
        }
    }
    if all == 0 {
        return Err("there are no references".to_owned());
    }
    Ok((f64::from(u32::try_from(lost).unwrap_or(u32::MAX)), format!("of {all} references lead nowhere")))
}

fn pdf_of<'a>(text: &InEdition, evidence: &Evidence<'a>) -> Result<&'a [u8], String> {
    let name = text.edition.as_deref();
    let found = match name {
        Some(name) => evidence.pdfs.iter().find(|(known, _)| known == name),
        None => evidence.pdfs.last(),
    };
    let (_, path) = found.ok_or_else(|| format!("no PDF of the edition `{}`", name.unwrap_or_default()))?;
    evidence.output(path)
}

fn rows_of(rows: &Rows, evidence: &Evidence<'_>) -> Result<usize, String> {
    let table = evidence.table(&rows.table)?;
    let Some(wanted) = &rows.column else { return Ok(table.rows.len()) };
    let column = table.columns.iter().position(|column| column.header == *wanted);
    let column = column.ok_or_else(|| format!("{} has no column `{wanted}`", rows.table))?;
    let cells = table.rows.iter().filter_map(|row| row.get(column));
    Ok(cells.filter(|cell| rows.holds.contains(&cell.text)).count())
}

fn labels_of(labels: &Labels, evidence: &Evidence<'_>) -> Result<usize, String> {
    let all = evidence.labels(&labels.figure)?;
    let place = |wanted: &str| {
        let found = all.iter().position(|label| label == wanted);
        found.ok_or_else(|| format!("{} has no label `{wanted}`", labels.figure))
    };
    let start = labels.from.as_deref().map_or(Ok(0), |from| Ok::<_, String>(place(from)? + 1))?;
    let end = labels.until.as_deref().map_or(Ok(all.len()), place)?;
    let is_coordinate = |label: &str| label.parse::<phext::Coordinate>().is_ok();
    let is_like = |label: &&String| match &labels.like {
        Some(like) => label.starts_with(like.as_str()),
        None => is_coordinate(label),
    };
    Ok(all.get(start..end).unwrap_or_default().iter().filter(is_like).count())
}

fn unused_concepts(evidence: &Evidence<'_>) -> Result<Counted, String> {
    let document = evidence.edition(None)?;
    let text: Vec<PlainText> = passages(document).iter().map(|passage| plain(passage.content)).collect();
    let is_unused = |concept: &&String| text.iter().all(|piece| whole_words(piece, concept).is_empty());
    let unused: Vec<String> = evidence.plan.concepts.iter().filter(is_unused).cloned().collect();
    let of = format!("of {} concepts stand nowhere in the text", evidence.plan.concepts.len());
    Ok((unused.len() as f64, suffixed(&of, &unused)))
}

/// Places such as `section 2.8, figure 6` behind the key of the source work, in facts and published results.
fn unlisted_places(evidence: &Evidence<'_>) -> Result<Counted, String> {
    let source = &evidence.plan.source;
    let places = |fact: &Fact| {
        let published = fact.published.as_ref().map(|published| published.place.clone());
        [Some(fact.source.clone()), published]
    };
    let all: BTreeSet<String> = evidence.facts.0.values().flat_map(places).flatten().collect();
    let own = all.iter().filter_map(|place| place.strip_prefix(source.work.as_str())?.strip_prefix(','));
    let named: BTreeSet<&str> = own.flat_map(|place| place.split([',', ';', ':'])).map(str::trim).collect();
    if named.is_empty() || source.work.is_empty() {
        return Err("no number names a place of the source work".to_owned());
    }
    let unlisted: Vec<String> =
        named.iter().filter(|place| !lists(source, place)).map(|place| (*place).to_owned()).collect();
    let of = format!("of {} places that numbers name are not listed", named.len());
    Ok((unlisted.len() as f64, suffixed(&of, &unlisted)))
}

/// Returns whether the plan lists a place; what is neither section, figure nor table needs no entry.
fn lists(source: &SourceWork, place: &str) -> bool {
    let mut words = place.split_whitespace();
    let (Some(kind), Some(number)) = (words.next(), words.next()) else { return true };
    match kind {
        "section" => source.sections.contains_key(number),
        "figure" => number.parse().is_ok_and(|number: u32| source.figures.contains_key(&number)),
        "table" => number.parse().is_ok_and(|number: u32| source.tables.contains_key(&number)),
        _ => true,
    }
}

/// Counts the sections and appendices of which something is said.
fn without(
    evidence: &Evidence<'_>,
    of: &str,
    is_without: impl Fn(&SectionClarity) -> bool,
) -> Result<Counted, String> {
    let sections = &evidence.clarity.ok_or("nothing was measured")?.sections;
    let sections: Vec<&SectionClarity> = sections.iter().filter(|section| section.is_section).collect();
    let bad: Vec<String> =
        sections.iter().filter(|section| is_without(section)).map(|section| section.title.clone()).collect();
    if sections.is_empty() {
        return Err("there are no sections".to_owned());
    }
    Ok((bad.len() as f64, suffixed(&format!("of {} {of}", sections.len()), &bad)))
}

fn suffixed(text: &str, names: &[String]) -> String {
    if names.is_empty() { text.to_owned() } else { format!("{text}: {}", listed(names)) }
}
