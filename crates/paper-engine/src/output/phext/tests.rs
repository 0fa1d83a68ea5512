//! The scheme, on a small document.

use super::super::sample;
use super::*;

fn written(document: &Document) -> (phext::Document, Index) {
    let text = phext("extended", document, &sample::figures(), &sample::facts()).unwrap();
    let read = phext::Document::read(text.as_bytes()).unwrap();
    let index = Index::parse(read.get(Coordinate::ORIGIN).unwrap()).unwrap().unwrap();
    (read, index)
}

fn at(coordinate: &str) -> Coordinate {
    Coordinate::parse(coordinate).unwrap()
}

#[test]
fn every_kind_of_block_has_its_coordinate_and_every_reference_leads_to_one() {
    let (read, index) = written(&sample::document());
    for (coordinate, kind, part) in [
        ("1.1.1/2.1.1/2.1.1", "paragraph", "We compute."),
        ("2.1.1/1.1.1/1.1.1", "heading", "## 1 One\\_a"),
        ("2.1.1/1.1.1/2.1.1", "paragraph", "\\[[1](7.1.1/1.1.1/1.1.1)\\], \\[[2](7.1.1/2.1.1/1.1.1)\\]"),
        ("2.1.1/1.1.1/2.1.1", "paragraph", "[Section\u{a0}1](2.1.1/1.1.1/1.1.1)"),
        ("2.1.1/1.1.1/2.1.1", "paragraph", "[Eq.\u{a0}(1)](2.1.1/1.2.1/5.1.1)"),
        ("2.1.1/1.1.1/2.1.1", "paragraph", "[^1]\n\n[^1]: A foot \\& note."),
        ("2.1.1/1.1.1/2.1.2", "numbers", "2.0×\ta.ratio\t6.1.1/1.1.1/1.1.1"),
        ("2.1.1/1.2.1/2.1.1", "list", "3. first\n\n   - inner\n4. second"),
        ("2.1.1/1.2.1/3.1.1", "quote", "> quoted"),
        ("2.1.1/1.2.1/4.1.1", "code", "```rust\nfor"),
        ("2.1.1/1.2.1/5.1.1", "equation", "$$\n\\begin{aligned}"),
        ("2.1.1/1.2.1/7.1.1", "figure", "[Fig.\u{a0}1](4.1.1/1.1.1/1.1.1)"),
        ("2.1.1/1.2.1/9.1.1", "table", "[Table\u{a0}1](5.1.1/1.1.1/1.1.1)"),
        ("4.1.1/2.1.1/1.1.1", "caption", "Caption\\_1.[^3]\n\n[^3]: In a caption."),
        ("4.1.1/1.1.1/1.1.2", "alt", "Alt \"text\" <b>"),
        ("4.1.1/1.1.1/1.1.3", "svg", "<svg "),
        ("5.1.1/1.1.1/1.1.2", "markdown", "| 4×4×8\\|a | 2 |"),
        ("5.1.1/1.1.1/1.1.3", "csv", "4×4×8|a,2\r\n"),
        ("5.1.1/1.1.1/1.1.4", "numbers", "2\ta.ratio\t6.1.1/1.1.1/1.1.1"),
        (
            "6.1.1/1.1.1/1.1.1",
            "fact",
            "name\ta.ratio\nvalue\t2\nunit\tx\nshown\t2.00×\ngrade\tcomputed\ninterval\t1.5\t2.5",
        ),
        (
            "6.1.1/1.1.1/1.1.1",
            "fact",
            "\npublished\t2.1\t2.1\tkey, fig. 6\nformula\ta \"over\" <b>\nsource\tsim",
        ),
        ("7.1.1/1.1.1/1.1.1", "reference", "key\tkey\nnumber\t1\ntext\tA. Author"),
    ] {
        let (text, entry) = (read.get(at(coordinate)).unwrap_or_default(), &index.entries[&at(coordinate)]);
        assert!(text.contains(part) && entry.kind == kind, "{coordinate}, {entry:?}: no {part} in {text}");
    }
    assert!(index.head.contains(&"title\tHops & <slices>: 100% of C_1".to_owned()), "{:?}", index.head);
}

#[test]
fn headings_count_three_levels_and_what_stands_before_them_is_front_matter() {
    let heading = |level| BlockKind::Heading {
        level,
        number: String::new(),
        label: String::new(),
        content: vec![sample::text("H")],
    };
    let block = |kind| Block { location: Location::default(), kind };
    let text = || block(BlockKind::Paragraph(vec![sample::text("T")]));
    let blocks = |levels: &[u8]| levels.iter().map(|&level| block(heading(level))).collect::<Vec<_>>();
    let document = Document {
        abstract_blocks: Vec::new(),
        blocks: [vec![text()], blocks(&[1, 2, 3, 4]), vec![text()], blocks(&[3, 2, 1])].concat(),
        appendices: [vec![text()], blocks(&[1, 1])].concat(),
        references: Vec::new(),
        ..sample::document()
    };
    let (_, index) = written(&document);
    let texts = index.entries.keys().map(Coordinate::to_string).filter(|at| !at.starts_with('6'));
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [
            "1.1.1/2.1.1/1.1.1",
            "1.1.1/3.1.1/2.1.1",
            "1.1.1/4.1.1/2.1.1",
            "2.1.1/1.1.1/1.1.1",
            "2.1.1/1.2.1/1.1.1",
            "2.1.1/1.2.2/1.1.1",
            "2.1.1/1.2.2/2.1.1",
            "2.1.1/1.2.2/3.1.1",
            "2.1.1/1.2.3/1.1.1",
            "2.1.1/1.3.1/1.1.1",
            "2.1.1/2.1.1/1.1.1",
            "3.1.1/1.1.1/1.1.1",
            "3.1.1/2.1.1/1.1.1",
        ]
    );
}

#[test]
fn facts_are_ranked_by_the_parts_of_their_names_and_too_many_are_an_error() {
    let one = sample::facts().0.remove("a.ratio").unwrap();
    let named = |names: &[&str]| {
        Facts::from(names.iter().map(|name| ((*name).to_owned(), one.clone())).collect::<BTreeMap<_, _>>())
    };
    let facts = named(&["a", "a-b.c", "a.b", "a.b.c", "a.b.c.d", "a.c", "b.a"]);
    let document = sample::document();
    let places = Places::of(&document, &facts).unwrap();
    let ranks = places.facts.iter().map(|(name, at)| (*name, at.y()));
    assert_eq!(
        ranks.collect::<Vec<_>>(),
        [
            ("a", [1, 1, 1]),
            ("a-b.c", [2, 1, 1]),
            ("a.b", [1, 2, 1]),
            ("a.b.c", [1, 2, 2]),
            ("a.b.c.d", [1, 2, 3]),
            ("a.c", [1, 3, 1]),
            ("b.a", [3, 1, 1]),
        ]
    );
    let many: Vec<String> = (0..1000).map(|number| format!("a.b.{number}")).collect();
    let many = named(&many.iter().map(String::as_str).collect::<Vec<_>>());
    let error = phext("extended", &document, &sample::figures(), &many).unwrap_err().to_string();
    assert!(error.contains("the facts need book 1000 of the phext document"), "{error}");
}

#[test]
fn delimiters_in_texts_titles_and_facts_are_all_told() {
    let mut document = sample::document();
    document.title.push('\u{1}');
    document.blocks.push(Block {
        location: Location::new("paper/body.md", 40, 1),
        kind: BlockKind::Paragraph(vec![sample::text("a\u{17}")]),
    });
    let mut facts = sample::facts();
    facts.0.values_mut().for_each(|fact| fact.source.push('\u{1f}'));
    let error = phext("extended", &document, &BTreeMap::new(), &facts).unwrap_err().to_string();
    for part in [
        "paper/body.md:40:1: the paragraph cannot be written as phext: line 1, column 2: the byte 0x17",
        "paper/model.yaml: the fact cannot be written as phext: line 9, column 11: the byte 0x1F is the shelf",
        "paper/paper.yaml: the index cannot be written as phext: line 2, column 35: the byte 0x01",
        "no drawing of `hops`",
    ] {
        assert!(error.contains(part), "no {part} in {error}");
    }
}
