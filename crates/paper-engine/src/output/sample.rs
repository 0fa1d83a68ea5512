//! A document with every kind of block and inline, for tests.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::facts::{Fact, Facts, Grade, Published, Unit, Value};
use crate::language::Language;
use crate::manuscript::{
    Affiliation, Author, Block, BlockKind, Citation, CodeLines, Document, EquationNumber, Front, Inline,
    InlineKind, LabelKind, Naming, Reference, TableContent,
};
use crate::table::{Alignment, Cell, Column, Table};

pub(super) fn text(text: &str) -> Inline {
    InlineKind::Text(text.to_owned()).into()
}

pub(super) fn citation(key: &str, number: usize) -> Citation {
    Citation { key: key.to_owned(), number, locator: None }
}

fn at(line: usize, kind: BlockKind) -> Block {
    Block { location: Location::new("paper/body.md", line, 1), kind }
}

pub(super) fn table() -> Table {
    let cell = |text: &str, fact: Option<&str>| Cell { fact: fact.map(Into::into), ..Cell::of(text) };
    Table {
        columns: vec![
            Column { header: "Slice & shape".into(), alignment: Alignment::Left },
            Column { header: "Ratio".into(), alignment: Alignment::Decimal },
        ],
        rows: vec![
            vec![cell("4×4×8|a", None), cell("2", Some("a.ratio"))],
            vec![cell("8×8×8_b", None), cell("1.25", None)],
        ],
        notes: vec!["A note at 100 %.".into()],
        from_file: false,
    }
}

pub(super) fn facts() -> Facts {
    let fact = Fact {
        interval: Some((1.5, 2.5)),
        formula: "a \"over\" <b>".into(),
        source: "sim".into(),
        published: Some(Published { value: 2.1, high: None, bound: None, place: "key, fig. 6".into() }),
        ..Fact::new(Value::Number(2.0), Unit::TIMES, Grade::Computed)
    };
    Facts::from(BTreeMap::from([("a.ratio".to_owned(), fact)]))
}

pub(super) fn figures() -> BTreeMap<String, String> {
    let svg = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\">\
               <defs><clipPath id=\"c\"><path d=\"M0 0\"/></clipPath></defs><g clip-path=\"url(#c)\"/></svg>";
    BTreeMap::from([("hops".to_owned(), svg.to_owned()), ("wide".to_owned(), svg.to_owned())])
}

pub(super) fn document() -> Document {
    let heading = |level, number: &str, label: &str, title: &str| BlockKind::Heading {
        level,
        number: number.into(),
        label: label.into(),
        content: vec![text(title)],
    };
    let refer = |kind, label: &str, number: &str| {
        Inline::from(InlineKind::Reference {
            kind,
            label: label.into(),
            number: number.into(),
            part: None,
            naming: Naming::Short,
        })
    };
    let paragraph = BlockKind::Paragraph(vec![
        text("<script>alert(1)</script> 50% & $x_1$ #1 {a} ~ ^ \\input{/etc/passwd} “q” – — … ≤ × µ *s* [b]"),
        InlineKind::Number { fact: "a.ratio".into(), text: "2.0×".into() }.into(),
        InlineKind::Emphasis(vec![text("em")]).into(),
        InlineKind::Strong(vec![text("st")]).into(),
        InlineKind::Code("1.2.3/1.1.1/1.1.1 `a_b` <c> -- \\x".into()).into(),
        InlineKind::LineBreak.into(),
        InlineKind::Math("a_1 < \\frac{b}{c}".into()).into(),
        InlineKind::Link { url: "https://example.org/a_b%20c?x=1&y=2".into(), content: vec![text("link")] }
            .into(),
        InlineKind::Link { url: "javascript:alert(1)".into(), content: vec![text("bad")] }.into(),
        InlineKind::Cite(vec![citation("key", 1), citation("k_2", 2)]).into(),
        refer(LabelKind::Section, "sec:one", "1"),
        refer(LabelKind::Figure, "fig:hops", "1"),
        refer(LabelKind::Table, "tab:ratio", "1"),
        refer(LabelKind::Equation, "eq:e", "1"),
        InlineKind::Footnote {
            number: 1,
            blocks: vec![at(7, BlockKind::Paragraph(vec![text("A foot & note.")]))],
        }
        .into(),
    ]);
    let figure = |id: &str, number, wide| BlockKind::Figure {
        id: id.into(),
        label: format!("fig:{id}"),
        number,
        caption: vec![
            text("Caption_1."),
            InlineKind::Footnote {
                number: number + 1,
                blocks: vec![at(27, BlockKind::Paragraph(vec![text("In a caption.")]))],
            }
            .into(),
        ],
        alt: "Alt \"text\" <b>".into(),
        wide,
        picture: None,
    };
    Document {
        language: Language::English,
        title: "Hops & <slices>: 100% of C_1".into(),
        heading: vec![InlineKind::Text("Hops & <slices>: 100% of C_1".into()).into()],
        front: front(),
        keywords: vec!["ring".into(), "optical router".into()],
        abstract_blocks: vec![at(1, BlockKind::Paragraph(vec![text("We compute.")]))],
        blocks: vec![
            at(3, heading(1, "1", "sec:one", "One_a")),
            at(5, paragraph),
            at(7, heading(2, "1.1", "sec:sub", "Sub")),
            at(
                9,
                BlockKind::List {
                    start: Some(3),
                    items: vec![
                        vec![
                            at(9, BlockKind::Paragraph(vec![text("first")])),
                            at(
                                10,
                                BlockKind::List {
                                    start: None,
                                    items: vec![vec![at(10, BlockKind::Paragraph(vec![text("inner")]))]],
                                },
                            ),
                        ],
                        vec![at(11, BlockKind::Paragraph(vec![text("second")]))],
                    ],
                },
            ),
            at(13, BlockKind::Quote(vec![at(13, BlockKind::Paragraph(vec![text("quoted")]))])),
            at(
                15,
                BlockKind::Code {
                    language: "rust".into(),
                    text: format!(
                        "for i in 0..3 {{\n    \\end{{Verbatim}} <b> {}\n}}\n\nx\n",
                        "word ".repeat(14)
                    ),
                    lines: CodeLines::default(),
                    file: None,
                },
            ),
            at(
                21,
                BlockKind::Equation {
                    tex: "\\begin{aligned}a &= b \\\\ &\\le c\\end{aligned}".into(),
                    number: Some(EquationNumber {
                        label: Some("eq:e".into()),
                        text: "1".into(),
                        is_tag: false,
                    }),
                    rows: Vec::new(),
                },
            ),
            at(25, BlockKind::Equation { tex: "a = b".into(), number: None, rows: Vec::new() }),
            at(27, figure("hops", 1, false)),
            at(29, figure("wide", 2, true)),
            at(
                31,
                BlockKind::Table {
                    id: "ratio".into(),
                    label: "tab:ratio".into(),
                    number: Some(1),
                    caption: vec![text("Ratios.")],
                    wide: false,
                    in_text: false,
                    table: table(),
                    content: content(&table()),
                },
            ),
            at(33, heading(1, "2", "sec:two", "Two")),
        ],
        appendices: Vec::new(),
        back: Vec::new(),
        references: vec![
            Reference {
                content: vec![
                    text("A. Author, “A & B,” "),
                    Inline::from(InlineKind::Emphasis(vec![text("J. of C_1")])),
                    text(", 2023, doi: "),
                    Inline::from(InlineKind::Link {
                        url: "https://doi.org/10.1145/a%23b_1".into(),
                        content: vec![text("10.1145/a#b_1")],
                    }),
                    text("."),
                ],
                ..work("key", 1, Some("https://doi.org/10.1145/a%23b_1"))
            },
            Reference { content: vec![text("B. Writer, 50% <more>.")], ..work("k_2", 2, None) },
        ],
    }
}

/// Returns two authors of whom nothing more is known.
pub(super) fn front() -> Front {
    let author = |name: &str| Author { name: name.into(), ..Author::default() };
    Front { authors: vec![author("Ann A."), author("Bo & Co")], ..Front::default() }
}

/// Returns authors of whom everything is known: two share one of two affiliations.
pub(super) fn whole_front() -> Front {
    let (name, city, country) = ("Univ. of <A>".to_owned(), "Town".to_owned(), "Land".to_owned());
    let first = Affiliation { name, department: "Dept. C & D".into(), city, country };
    let second = Affiliation { name: "Lab_E".into(), ..Affiliation::default() };
    let ann = Author {
        name: "Ann Abel".into(),
        given: "Ann".into(),
        family: "Abel".into(),
        affiliations: vec![1, 2],
        email: Some("ann_a@lab.example".into()),
        orcid: Some("0000-0002-1825-0097".into()),
        url: Some("https://lab.example/~ann".into()),
        equal: true,
        corresponding: true,
    };
    let bo = Author {
        name: "Bo Bell".into(),
        given: "Bo".into(),
        family: "Bell".into(),
        affiliations: vec![1],
        equal: true,
        ..Author::default()
    };
    Front {
        authors: vec![ann, bo],
        affiliations: vec![first, second],
        ccs: vec!["Networks~Topology".into()],
        ..Front::default()
    }
}

/// Returns a cited work whose entry says little.
pub fn work(key: &str, number: usize, url: Option<&str>) -> Reference {
    Reference {
        key: key.into(),
        number,
        location: Location::new("paper/references.bib", number * 10, 7),
        content: vec![text("A.")],
        url: url.map(str::to_owned),
    }
}

/// Returns the words of a table without markup.
pub(super) fn content(table: &Table) -> TableContent {
    let cell = |cell: &Cell| match &cell.fact {
        Some(fact) => vec![InlineKind::Number { fact: fact.clone(), text: cell.text.clone() }.into()],
        None => vec![text(&cell.text)],
    };
    TableContent {
        headers: table.columns.iter().map(|column| vec![text(&column.header)]).collect(),
        rows: table.rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
        notes: table.notes.iter().map(|note| vec![text(note)]).collect(),
    }
}
