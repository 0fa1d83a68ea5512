//! The document as JATS, the XML that journals and archives of articles exchange: NISO Z39.96-2021, version
//! 1.3, the tag set for publishing.
//!
//! What the standard has no element for is said with one that it has: a hard line break is a newline in
//! `styled-content`, a line between two thoughts a paragraph of three stars. Both parts of a formula are there,
//! TeX and MathML. A number that a journal gives, and the day on which it publishes, are left to the journal.

mod text;

use std::fmt::Write;

use self::text::{TextWriter, escape, id_attribute};
use super::{OutputError, gutter, math, note_label, reference_text, statement_head};
use crate::diagnostic::{Diagnostics, Location};
use crate::manuscript::{
    Affiliation, BackKind, Block, BlockKind, Document, EquationNumber, Front, Inline, LabelKind, TableContent,
};
use crate::source::PAPER_FILE;
use crate::table::{Alignment, Table};

/// Renders the document as JATS; `figures` is the way from the file to the drawings.
///
/// # Errors
/// A formula that MathML cannot show.
pub fn jats(document: &Document, figures: &str) -> Result<String, OutputError> {
    let text = TextWriter {
        language: document.language,
        figures,
        footnotes: Vec::new(),
        errors: Diagnostics::default(),
    };
    let mut writer = Writer { text, figures, out: String::new() };
    writer.out.push_str(PROLOG);
    let _ = writeln!(writer.out, " xml:lang=\"{}\">", document.language.code());
    writer.front(document);
    writer.out.push_str("<body>\n");
    writer.sections(&document.blocks, "sec");
    writer.out.push_str("</body>\n");
    writer.back(document);
    writer.out.push_str("</article>\n");
    Ok(writer.text.errors.into_result(writer.out)?)
}

/// What every article begins with; its language follows.
const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE article PUBLIC \"-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.3 20210610//EN\" \
\"JATS-journalpublishing1-3.dtd\">
<article xmlns:mml=\"http://www.w3.org/1998/Math/MathML\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
article-type=\"research-article\" dtd-version=\"1.3\"";

struct Writer<'a> {
    text: TextWriter<'a>,
    figures: &'a str,
    out: String,
}

impl Writer<'_> {
    /// Title, authors, abstract and terms.
    fn front(&mut self, document: &Document) {
        let title = self.text.inlines(&document.heading, &Location::file(PAPER_FILE));
        let _ = write!(
            self.out,
            "<front>\n<article-meta>\n<title-group>\n<article-title>{title}</article-title>\n</title-group>\n"
        );
        self.out.push_str(&contributors(&document.front));
        let words = document.language.words();
        let title = escape(words.abstract_heading);
        let _ = write!(self.out, "<pub-date-not-available/>\n<abstract>\n<title>{title}</title>\n");
        self.blocks(&document.abstract_blocks);
        self.out.push_str("</abstract>\n");
        self.terms("author", words.index_terms, &document.keywords);
        self.terms("ccs", words.ccs_concepts, &document.front.concepts());
        self.out.push_str("</article-meta>\n</front>\n");
    }

    fn terms(&mut self, kind: &str, title: &str, terms: &[String]) {
        if terms.is_empty() {
            return;
        }
        let _ = writeln!(self.out, "<kwd-group kwd-group-type=\"{kind}\">\n<title>{title}</title>");
        for term in terms {
            let _ = writeln!(self.out, "<kwd>{}</kwd>", escape(term));
        }
        self.out.push_str("</kwd-group>\n");
    }

    /// Acknowledgements and their like, appendices, cited works and notes.
    fn back(&mut self, document: &Document) {
        let told = self.apart(|writer| {
            for part in &document.back {
                let element = if part.kind == BackKind::Acknowledgements { "ack" } else { "sec" };
                let _ = write!(
                    writer.out,
                    "<{element}>\n<title>{}</title>\n",
                    part.kind.heading(document.language.words())
                );
                writer.blocks(&part.blocks);
                let _ = writeln!(writer.out, "</{element}>");
            }
        });
        let appendices = self.apart(|writer| writer.sections(&document.appendices, "app"));
        let references = self.apart(|writer| writer.references(document));
        let notes = self.apart(Self::notes);
        if [&told, &appendices, &references, &notes].iter().all(|part| part.is_empty()) {
            return;
        }
        self.out.push_str("<back>\n");
        if !appendices.is_empty() {
            let _ = write!(self.out, "<app-group>\n{appendices}</app-group>\n");
        }
        self.out.push_str(&told);
        self.out.push_str(&references);
        self.out.push_str(&notes);
        self.out.push_str("</back>\n");
    }

    /// The footnotes in order of their numbers; one that is called in another is written with it.
    fn notes(&mut self) {
        let mut written = Vec::new();
        while !self.text.footnotes.is_empty() {
            for (number, blocks) in std::mem::take(&mut self.text.footnotes) {
                let id = id_attribute(&note_label(number));
                let text = self.apart(|writer| writer.paragraphs(&blocks));
                written.push((number, format!("<fn{id}><label>{number}</label>\n{text}</fn>\n")));
            }
        }
        if written.is_empty() {
            return;
        }
        written.sort();
        let notes: String = written.into_iter().map(|(_, note)| note).collect();
        let title = escape(self.text.language.words().notes);
        let _ = write!(self.out, "<fn-group>\n<title>{title}</title>\n{notes}</fn-group>\n");
    }

    fn references(&mut self, document: &Document) {
        if document.references.is_empty() {
            return;
        }
        let title = escape(document.language.words().references);
        let _ = write!(self.out, "<ref-list>\n<title>{title}</title>\n");
        for reference in &document.references {
            let id = id_attribute(&text::work(&reference.key));
            let content = self.text.inlines(&reference.content, &reference.location);
            let _ = writeln!(
                self.out,
                "<ref{id}><label>{}</label><mixed-citation>{content}</mixed-citation></ref>",
                reference.number
            );
        }
        self.out.push_str("</ref-list>\n");
    }

    /// Returns what is written meanwhile.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let before = std::mem::take(&mut self.out);
        write(self);
        std::mem::replace(&mut self.out, before)
    }

    /// Blocks under headings, each of which opens a section that lasts to the next of its level; those of the
    /// first level are `outer` elements, and so is what stands before the first of appendices.
    fn sections(&mut self, blocks: &[Block], outer: &str) {
        let mut open: Vec<(u8, &str)> = Vec::new();
        for block in blocks {
            if let BlockKind::Heading { level, number, label, content } = &block.kind {
                while let Some((_, element)) = open.pop_if(|(last, _)| *last >= *level) {
                    let _ = writeln!(self.out, "</{element}>");
                }
                let element = if open.is_empty() { outer } else { "sec" };
                open.push((*level, element));
                let content = self.text.inlines(content, &block.location);
                let _ = write!(self.out, "<{element}{}>\n{}", id_attribute(label), label_element(number));
                let _ = writeln!(self.out, "<title>{content}</title>");
                continue;
            }
            if open.is_empty() && outer == "app" {
                open.push((u8::MAX, outer));
                self.out.push_str("<app>\n<title/>\n");
            }
            self.block(block);
        }
        for (_, element) in open.into_iter().rev() {
            let _ = writeln!(self.out, "</{element}>");
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    /// Blocks where the standard has nothing but paragraphs: whatever else there is stands in one.
    fn paragraphs(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph(_) | BlockKind::Rule | BlockKind::Heading { .. } => self.block(block),
                _ => {
                    self.out.push_str("<p>\n");
                    self.block(block);
                    self.out.push_str("</p>\n");
                }
            }
        }
        if blocks.is_empty() {
            self.out.push_str("<p/>\n");
        }
    }

    fn block(&mut self, block: &Block) {
        let at = &block.location;
        match &block.kind {
            // One that opens no section, as in a quotation.
            BlockKind::Heading { number, label, content, .. } => {
                let number = if number.is_empty() { String::new() } else { format!("{} ", escape(number)) };
                let content = self.text.inlines(content, at);
                let id = id_attribute(label);
                let _ =
                    writeln!(self.out, "<p{id} content-type=\"heading\"><bold>{number}{content}</bold></p>");
            }
            BlockKind::Paragraph(content) => {
                let content = self.text.inlines(content, at);
                let _ = writeln!(self.out, "<p>{content}</p>");
            }
            BlockKind::List { start, items } => self.list(*start, items),
            BlockKind::Quote(blocks) => {
                self.out.push_str("<disp-quote>\n");
                self.paragraphs(blocks);
                self.out.push_str("</disp-quote>\n");
            }
            BlockKind::Statement { kind, number, label, title, blocks } => {
                let (id, word) = (id_attribute(label.as_deref().unwrap_or_default()), kind.name());
                let head = label_element(&statement_head(*kind, *number, self.text.language));
                let _ = write!(self.out, "<statement{id} content-type=\"{}\">\n{head}", word.to_lowercase());
                if !title.is_empty() {
                    let title = self.text.inlines(title, at);
                    let _ = writeln!(self.out, "<title>{title}</title>");
                }
                self.paragraphs(blocks);
                self.out.push_str("</statement>\n");
            }
            BlockKind::Definition { term, blocks } => {
                let term = self.text.inlines(term, at);
                let _ = writeln!(self.out, "<def-list>\n<def-item>\n<term>{term}</term>\n<def>");
                self.paragraphs(blocks);
                self.out.push_str("</def>\n</def-item>\n</def-list>\n");
            }
            BlockKind::Rule => self.out.push_str("<p content-type=\"separator\">* * *</p>\n"),
            BlockKind::Code { language, text, lines, .. } => {
                let language = match language.is_empty() {
                    true => String::new(),
                    false => format!(" language=\"{}\"", escape(language)),
                };
                let text = escape(&gutter(text, lines));
                let _ = writeln!(self.out, "<code{language} xml:space=\"preserve\">{text}</code>");
            }
            BlockKind::Equation { tex, number, rows } if rows.is_empty() => {
                self.equation(tex.trim(), number.as_ref(), at);
            }
            BlockKind::Equation { tex, rows, .. } => {
                self.out.push_str("<disp-formula-group>\n");
                for row in rows {
                    self.equation(&math::row_alone(tex, row), row.number.as_ref(), at);
                }
                self.out.push_str("</disp-formula-group>\n");
            }
            BlockKind::Figure { id, label, number, caption, alt, .. } => {
                let caption = self.caption(LabelKind::Figure, *number, caption, at);
                let _ = write!(
                    self.out,
                    "<fig{} position=\"float\">\n{caption}<alt-text>{}</alt-text>\n\
                     <graphic mimetype=\"image\" mime-subtype=\"svg+xml\" xlink:href=\"{}/{}.svg\"/>\n</fig>\n",
                    id_attribute(label),
                    escape(alt.trim()),
                    self.figures,
                    escape(id)
                );
            }
            BlockKind::Table { label, number, caption, table, content, .. } => {
                let position = if number.is_some() { "float" } else { "anchor" };
                let _ = writeln!(self.out, "<table-wrap{} position=\"{position}\">", id_attribute(label));
                if let Some(number) = number {
                    let caption = self.caption(LabelKind::Table, *number, caption, at);
                    self.out.push_str(&caption);
                }
                self.table(table, content, at);
                self.out.push_str("</table-wrap>\n");
            }
        }
    }

    fn equation(&mut self, tex: &str, number: Option<&EquationNumber>, at: &Location) {
        let formula = self.text.formula(tex, true, at);
        let id = number.map(|number| id_attribute(number.label())).unwrap_or_default();
        let label = number.map(|number| label_element(&format!("({})", number.text))).unwrap_or_default();
        let _ = write!(self.out, "<disp-formula{id}>\n{label}{formula}\n</disp-formula>\n");
    }

    /// Returns what names a figure or a table, and says what it shows.
    fn caption(&mut self, kind: LabelKind, number: usize, caption: &[Inline], at: &Location) -> String {
        let label =
            label_element(&format!("{}.", reference_text(kind, &number.to_string(), self.text.language)));
        format!("{label}<caption>\n<p>{}</p>\n</caption>\n", self.text.inlines(caption, at))
    }

    fn list(&mut self, start: Option<usize>, items: &[Vec<Block>]) {
        let kind = if start.is_some() { "order" } else { "bullet" };
        let _ = writeln!(self.out, "<list list-type=\"{kind}\">");
        for (index, item) in items.iter().enumerate() {
            self.out.push_str("<list-item>\n");
            // A list counts from one, unless its items say otherwise.
            if let Some(first) = start.filter(|first| *first != 1) {
                self.out.push_str(&label_element(&format!("{}.", first + index)));
            }
            self.paragraphs(item);
            self.out.push_str("</list-item>\n");
        }
        self.out.push_str("</list>\n");
    }

    fn table(&mut self, table: &Table, content: &TableContent, at: &Location) {
        let decimal_sign = self.text.language.decimal_sign();
        let align = |column: usize| match table.columns.get(column).map(|column| column.alignment) {
            Some(Alignment::Decimal) => format!(" align=\"char\" char=\"{decimal_sign}\""),
            Some(Alignment::Center) => " align=\"center\"".to_owned(),
            _ => " align=\"left\"".to_owned(),
        };
        self.out.push_str("<table>\n<thead>\n<tr>");
        for (column, header) in content.headers.iter().enumerate() {
            let header = self.text.inlines(header, at);
            let _ = write!(self.out, "<th scope=\"col\"{}>{header}</th>", align(column));
        }
        self.out.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in &content.rows {
            self.out.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let cell = self.text.inlines(cell, at);
                let _ = write!(self.out, "<td{}>{cell}</td>", align(column));
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n");
        if !content.notes.is_empty() {
            self.out.push_str("<table-wrap-foot>\n");
            for note in &content.notes {
                let note = self.text.inlines(note, at);
                let _ = writeln!(self.out, "<p>{note}</p>");
            }
            self.out.push_str("</table-wrap-foot>\n");
        }
    }
}

/// Returns the authors and where they work; nothing where they stay unnamed.
fn contributors(front: &Front) -> String {
    if front.anonymous || front.authors.is_empty() {
        return String::new();
    }
    let mut out = "<contrib-group content-type=\"authors\">\n".to_owned();
    for author in &front.authors {
        let yes =
            |is: bool, attribute: &str| if is { format!(" {attribute}=\"yes\"") } else { String::new() };
        let marks = yes(author.corresponding, "corresp") + &yes(author.equal, "equal-contrib");
        let _ = write!(out, "<contrib contrib-type=\"author\"{marks}>");
        if let Some(address) = author.orcid_address() {
            let _ = write!(out, "<contrib-id contrib-id-type=\"orcid\">{}</contrib-id>", escape(&address));
        }
        let _ = match author.family.is_empty() {
            true => write!(out, "<collab>{}</collab>", escape(&author.name)),
            false => {
                let (family, given) = (escape(&author.family), escape(&author.given));
                write!(out, "<name><surname>{family}</surname><given-names>{given}</given-names></name>")
            }
        };
        if let Some(email) = &author.email {
            let _ = write!(out, "<email>{}</email>", escape(email));
        }
        if let Some(url) = &author.url {
            let _ = write!(out, "<uri>{}</uri>", escape(url));
        }
        for number in &author.affiliations {
            let _ = write!(out, "<xref ref-type=\"aff\" rid=\"aff-{number}\">{number}</xref>");
        }
        out.push_str("</contrib>\n");
    }
    out.push_str("</contrib-group>\n");
    for (number, Affiliation { name, department, city, country }) in (1..).zip(&front.affiliations) {
        let _ = write!(out, "<aff id=\"aff-{number}\"><label>{number}</label>");
        let parts = [
            ("institution content-type=\"dept\"", "institution", department),
            ("institution", "institution", name),
            ("city", "city", city),
            ("country", "country", country),
        ];
        let parts = parts.into_iter().filter(|(.., text)| !text.is_empty());
        let parts = parts.map(|(open, close, text)| format!("<{open}>{}</{close}>", escape(text)));
        let _ = writeln!(out, "{}</aff>", parts.collect::<Vec<_>>().join(", "));
    }
    out
}

/// Returns the label of an element, such as its number; nothing where it has none.
fn label_element(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!("<label>{}</label>\n", escape(label)) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use usvg::roxmltree::{self, ParsingOptions};

    use super::super::sample;
    use super::*;
    use crate::manuscript::{CodeLines, InlineKind, StatementKind};

    fn block(kind: BlockKind) -> Block {
        Block { location: Location::new("paper/a.md", 1, 1), kind }
    }

    fn parse(text: &str) -> roxmltree::Document<'_> {
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        roxmltree::Document::parse_with_options(text, options).expect("well-formed XML")
    }

    #[test]
    fn the_article_is_well_formed_and_every_reference_has_its_target() {
        let text = jats(&sample::document(), "../figures").expect("an article");
        let article = parse(&text);
        let ids: Vec<&str> = article.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        let targets: Vec<&str> = article.descendants().filter_map(|node| node.attribute("rid")).collect();
        assert!(targets.len() > 7);
        for target in targets {
            assert!(unique.contains(target), "no {target} in {text}");
        }
        assert!(!text.contains("javascript") && text.contains("&lt;script&gt;"));
    }

    #[test]
    fn headings_open_sections_and_appendices() {
        let heading = |level, number: &str| {
            let (number, label) = (number.to_owned(), format!("sec:{number}"));
            block(BlockKind::Heading { level, number, label, content: vec![sample::text("H")] })
        };
        let paragraph = || block(BlockKind::Paragraph(vec![sample::text("P")]));
        let document = Document {
            blocks: vec![
                paragraph(),
                heading(1, "1"),
                heading(3, "1.0.1"),
                heading(2, "1.1"),
                heading(1, "2"),
            ],
            appendices: vec![paragraph(), heading(1, "A"), heading(2, "A.1"), paragraph()],
            ..sample::document()
        };
        let text = jats(&document, "figures").expect("an article");
        let article = parse(&text);
        let path = |id: &str| {
            let node =
                article.descendants().find(|node| node.attribute("id") == Some(id)).expect("a section");
            let names = node.ancestors().map(|node| node.tag_name().name());
            names.take_while(|name| !["body", "app-group"].contains(name)).collect::<Vec<_>>().join("/")
        };
        assert_eq!(
            ["sec.1", "sec.1_2e_0_2e_1", "sec.1_2e_1", "sec.2"].map(path),
            ["sec", "sec/sec", "sec/sec", "sec"]
        );
        assert_eq!(["sec.A", "sec.A_2e_1"].map(path), ["app", "sec/app"]);
    }

    #[test]
    fn a_note_has_its_blocks_and_is_called_by_its_number() {
        let paragraph = |content: Vec<Inline>| block(BlockKind::Paragraph(content));
        let list = BlockKind::List { start: None, items: vec![vec![paragraph(vec![sample::text("two")])]] };
        let inner = InlineKind::Footnote { number: 2, blocks: vec![paragraph(vec![sample::text("in")])] };
        let blocks = vec![paragraph(vec![sample::text("one"), inner.into()]), block(list)];
        let note = InlineKind::Footnote { number: 1, blocks }.into();
        let content = vec![note, InlineKind::FootnoteAgain(1).into()];
        let document =
            Document { blocks: vec![paragraph(content)], appendices: Vec::new(), ..sample::document() };
        let document = Document { abstract_blocks: Vec::new(), ..document };
        let text = jats(&document, "figures").expect("an article");
        assert_eq!(text.matches("<xref ref-type=\"fn\" rid=\"fn.1\">1</xref>").count(), 2);
        let (first, second) = text.split_once("</fn>\n").expect("two notes");
        assert!(first.contains("<fn id=\"fn.1\"><label>1</label>\n<p>one<sup>"), "{text}");
        assert!(first.contains("</p>\n<p>\n<list list-type=\"bullet\">"), "{text}");
        assert!(second.starts_with("<fn id=\"fn.2\"><label>2</label>\n<p>in</p>\n</fn>"), "{text}");
        parse(&text);
    }

    #[test]
    fn what_takes_paragraphs_alone_gets_no_other_block() {
        let code = || {
            block(BlockKind::Code {
                language: String::new(),
                text: "x".into(),
                lines: CodeLines::default(),
                file: None,
            })
        };
        let listing = block(BlockKind::Statement {
            kind: StatementKind::Listing,
            number: Some(1),
            label: Some("lst:a".into()),
            title: vec![sample::text("T")],
            blocks: vec![code(), block(BlockKind::Rule)],
        });
        let quote = block(BlockKind::Quote(vec![code()]));
        let list = block(BlockKind::List { start: Some(3), items: vec![Vec::new(), vec![code()]] });
        let document = Document { blocks: vec![listing, quote, list], ..sample::document() };
        let text = jats(&document, "figures").expect("an article");
        for part in [
            "<statement id=\"lst.a\" content-type=\"listing\">\n<label>Listing\u{a0}1</label>\n<title>T</title>\n<p>\n<code",
            "<p content-type=\"separator\">",
            "<disp-quote>\n<p>\n<code",
            "<list-item>\n<label>3.</label>\n<p/>\n</list-item>\n<list-item>\n<label>4.</label>\n<p>\n<code",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        parse(&text);
    }
}
