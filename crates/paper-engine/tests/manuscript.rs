//! Markdown section files become one resolved document, and every author error is located.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use paper_engine::diagnostic::{Diagnostics, Location};
use paper_engine::facts::{Fact, Facts, Grade, Outcome, Published, Unit, Value};
use paper_engine::language::Language;
use paper_engine::manuscript::{
    Block, BlockKind, Citation, Document, EquationNumber, FigureText, Front, Inline, InlineKind, LabelKind,
    Naming, ReferenceCache, ReferenceStyle, Sources, StatementKind, TableText, TextCache, blocks, inlines,
    read,
};
use paper_engine::output;
use paper_engine::table::{Alignment, Cell, Column, Table};

type TestResult = Result<(), Box<dyn Error>>;

const HOPS: Unit = Unit::of("hops", "hops", 1.0);
const BIB: &str = r#"@inproceedings{brin1998anatomy,
  author = {Brin, Sergey and Page, Lawrence},
  title = {The Anatomy of a Large-Scale Hypertextual Web Search Engine},
  booktitle = {Proceedings of the Seventh International World Wide Web Conference},
  year = {1998},
  doi = {10.1016/S0169-7552(98)00110-X}
}
@article{erdos1959probable,
  author = {Erd{\H o}s, P{\'a}l},
  title = {Graph Theory and Probability},
  journal = {Canadian Journal of Mathematics},
  year = {1959},
  url = {https://example.org/graph-theory}
}
"#;

fn facts() -> Facts {
    let fact = |value, unit, published| Fact {
        formula: "counted".into(),
        source: "the graph".into(),
        published,
        ..Fact::new(Value::Number(value), unit, Grade::Computed)
    };
    let published =
        Some(Published { value: 10.0, high: None, bound: None, place: "brin1998anatomy, fig. 6".into() });
    Facts::from(BTreeMap::from([
        ("topology.small.diameter".into(), fact(8.0, HOPS, published)),
        ("link.bandwidth".into(), fact(50.0, Unit::GIGABYTES_PER_SECOND, None)),
        ("sampled.gain".into(), Fact { interval: Some((1.5, 12.25)), ..fact(6.0, Unit::TIMES, None) }),
    ]))
}

fn plain(inlines: &[Inline]) -> String {
    output::plain(inlines, Language::English)
}

/// Reads a paper of these section files; the bibliography may be replaced by `refs.bib`.
fn paper(files: &[(&str, &[u8])], edition: &str) -> Result<Result<Document, Diagnostics>, Box<dyn Error>> {
    paper_in(Language::English, files, edition)
}

/// The same in a language.
fn paper_in(
    language: Language,
    files: &[(&str, &[u8])],
    edition: &str,
) -> Result<Result<Document, Diagnostics>, Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    std::fs::write(root.path().join("refs.bib"), BIB)?;
    std::fs::write(root.path().join("abstract.md"), "A short abstract.\n")?;
    std::fs::create_dir(root.path().join("figures"))?;
    let caption = "The slice, {{ fact(name=\"topology.small.diameter\") }} wide, see @sec:one";
    std::fs::write(root.path().join("figures/fig-4-topology.yaml"), format!("caption: >\n  {caption}\n"))?;
    for (name, bytes) in files {
        std::fs::write(root.path().join(name), bytes)?;
    }
    let figure =
        FigureText { caption: caption.into(), alt: "A ring".into(), wide: true, ..FigureText::default() };
    let figures = BTreeMap::from([("fig-4-topology".to_owned(), figure)]);
    let table = TableText {
        caption: "Performance".into(),
        wide: false,
        table: Table { columns: Vec::new(), rows: Vec::new(), notes: Vec::new(), from_file: false },
        location: Location::file("paper/tables/table-2-performance.yaml"),
    };
    let cell = |text: &str| Cell::of(text);
    let column = |header: &str| Column { header: header.to_owned(), alignment: Alignment::Left };
    let cells = TableText {
        table: Table {
            columns: vec![column("Load $x_1$"), column("What's seen")],
            rows: vec![
                vec![cell("$|x|$ and *b*"), cell("@sec:one, [@brin1998anatomy]")],
                vec![cell("-"), cell("1. one\nline")],
            ],
            notes: vec!["A `note`.".to_owned()],
            from_file: false,
        },
        location: Location::file("paper/tables/table-3-cells.yaml"),
        ..table.clone()
    };
    let tables =
        BTreeMap::from([("table-2-performance".to_owned(), table), ("table-3-cells".to_owned(), cells)]);
    let sections = files.iter().map(|(name, _)| PathBuf::from(name));
    Ok(read(&Sources {
        language,
        root: root.path(),
        title: "Title".into(),
        front: Front::default(),
        back: Vec::new(),
        keywords: Vec::new(),
        abstract_file: Some("abstract.md".into()),
        sections: sections.filter(|path| is_section(path)).collect(),
        appendices: files
            .iter()
            .filter(|(name, _)| name.starts_with("appendix"))
            .map(|(name, _)| name.into())
            .collect(),
        left_out: Vec::new(),
        bibliography: Path::new("refs.bib").into(),
        references: ReferenceStyle::Ieee,
        edition,
        editions: &["extended", "conference", "outreach"],
        macros: &BTreeMap::from([("norm".to_owned(), "\\lVert #1 \\rVert".to_owned())]),
        facts: &Arc::new(facts()),
        verdicts: &BTreeMap::from([("gain".to_owned(), Outcome::Fails)]),
        figures: &figures,
        tables: &tables,
        kept: &ReferenceCache::default(),
        texts: &TextCache::default(),
    }))
}

fn is_section(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "md") && !path.starts_with("appendix.md")
}

fn document(source: &str, edition: &str) -> Result<Document, Box<dyn Error>> {
    paper(&[("one.md", source.as_bytes())], edition)?.map_err(|errors| format!("{errors:?}").into())
}

fn errors(source: &str) -> Result<Vec<String>, Box<dyn Error>> {
    errors_of(&[("one.md", source.as_bytes())])
}

fn errors_of(files: &[(&str, &[u8])]) -> Result<Vec<String>, Box<dyn Error>> {
    match paper(files, "extended")? {
        Ok(_) => Ok(Vec::new()),
        Err(errors) => Ok(errors.0.iter().map(ToString::to_string).collect()),
    }
}

fn only(source: &str, expected: &str) -> TestResult {
    let found = errors(source)?;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains(expected), "{found:#?}");
    Ok(())
}

fn paragraphs(blocks: &[Block]) -> Vec<&Vec<Inline>> {
    let mut found = Vec::new();
    for block in blocks {
        if let BlockKind::Paragraph(content) = &block.kind {
            found.push(content);
        }
    }
    found
}

#[test]
fn resolves_a_whole_section() -> TestResult {
    let source = r#"# One [#sec:one]

The diameter is {{ fact(name="topology.small.diameter") }}, *published*
{{ published(name="topology.small.diameter", bare=true) }}; "see" @sec:sub, @fig:topology and
@tab:performance, @eq:rate. [@erdos1959probable;
@brin1998anatomy] Links[^n] run at **{{ fact(name="link.bandwidth", digits=1) }}**.

[^n]: Each has $x_1 = {{ fact(name="link.bandwidth") }}$.

## Sub [#sec:sub]

The rate is
$$
r = \frac{b}{h}
$$
[#eq:rate]
where $b$ is given.

::: figure fig-4-topology
:::
::: table table-2-performance
:::

- one
- two [@brin1998anatomy]
"#;
    let document = document(source, "extended")?;
    let first: Vec<InlineKind> =
        paragraphs(&document.blocks)[0].iter().map(|inline| inline.kind.clone()).collect();
    for text in ["8\u{a0}hops", "10"] {
        let number = InlineKind::Number { fact: "topology.small.diameter".into(), text: text.into() };
        assert!(first.contains(&number), "{number:?} in {first:#?}");
    }
    for (kind, label, number) in [
        (LabelKind::Section, "sec:sub", "1.1"),
        (LabelKind::Figure, "fig:topology", "1"),
        (LabelKind::Table, "tab:performance", "1"),
        (LabelKind::Equation, "eq:rate", "1"),
    ] {
        let reference = InlineKind::Reference {
            kind,
            label: label.into(),
            number: number.into(),
            part: None,
            naming: Naming::Short,
        };
        assert!(first.contains(&reference), "{reference:?} in {first:#?}");
    }
    let cited = [("erdos1959probable", 1), ("brin1998anatomy", 2)];
    let cited = cited.map(|(key, number)| Citation { key: key.to_owned(), number, locator: None }).to_vec();
    assert!(first.contains(&InlineKind::Cite(cited)), "{first:#?}");
    let text = format!("{first:?}");
    assert!(text.contains('\u{201c}'), "{text}");
    assert!(text.contains("x_1 = 50~\\\\text{GB/s}"), "{text}");
    let kinds: Vec<_> = document.blocks.iter().map(|block| (&block.kind, block.location.line)).collect();
    assert!(matches!(kinds[0], (BlockKind::Heading { level: 1, .. }, 1)), "{kinds:#?}");
    let (BlockKind::Equation { number: Some(number), .. }, 13) = kinds[4] else { panic!("{kinds:#?}") };
    assert_eq!((number.label(), number.text.as_str(), number.is_tag), ("eq:rate", "1", false));
    let BlockKind::Figure { caption, alt, wide: true, .. } = kinds[6].0 else { panic!("{kinds:#?}") };
    assert!(format!("{caption:?}").contains("number: \"1\""), "{caption:?}");
    assert_eq!(alt, "A ring");
    assert!(matches!(kinds[7].0, BlockKind::Table { number: Some(1), .. }));
    assert!(matches!(kinds[8].0, BlockKind::List { start: None, .. }));
    assert_eq!(document.references.len(), 2);
    let reference = &document.references[1];
    assert_eq!((reference.key.as_str(), reference.number), ("brin1998anatomy", 2));
    assert_eq!(reference.url.as_deref(), Some("https://doi.org/10.1016/S0169-7552(98)00110-X"));
    let text = plain(&reference.content);
    assert!(
        text.contains("Brin") && text.contains("1998") && text.ends_with("10.1016/S0169-7552(98)00110-X."),
        "{text}"
    );
    assert_eq!(document.references[0].url.as_deref(), Some("https://example.org/graph-theory"));
    Ok(())
}

#[test]
fn keeps_blocks_of_the_chosen_edition_only() -> TestResult {
    let source = "# One [#sec:one]\n\n::: edition extended\nMore.\n\n::: figure fig-4-topology\n:::\n\
                  :::\n\nEnd.\n";
    assert_eq!(document(source, "extended")?.blocks.len(), 4);
    let short = document(source, "conference")?;
    assert_eq!(short.blocks.len(), 2);
    assert_eq!(short.blocks[1].location, Location::new("one.md", 10, 1));
    Ok(())
}

#[test]
fn locates_unknown_facts_with_the_nearest_name_and_all_together() -> TestResult {
    let found = errors(
        "# A\n\nIt is {{ fact(name=\"topology.small.diametre\") }} and @sec:b\nand {{ fact(name=\"nonsense\") }}.\n",
    )?;
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("one.md:3:21: no fact is named"), "{found:#?}");
    assert!(found[0].contains("did you mean `topology.small.diameter`?"), "{found:#?}");
    assert!(found[1].starts_with("one.md:3:54: nothing is labelled `sec:b`"), "{found:#?}");
    assert!(found[2].starts_with("one.md:4:19: no fact is named `nonsense`"), "{found:#?}");
    Ok(())
}

#[test]
fn locates_broken_template() -> TestResult {
    only(
        "# A\n\nIt is {{ fact(name=\"link.bandwidth\" }} wide.\n",
        "one.md:3:37: this `{{ }}` cannot be read",
    )?;
    // Other errors of the file are still found.
    let found = errors("# A\n\nIt is {{ fact(name=\"x\" }} wide, @fig:x.\n")?;
    assert_eq!(found.len(), 3, "{found:#?}");
    Ok(())
}

#[test]
fn locates_wrong_arguments_and_missing_published_values() -> TestResult {
    only("# A\n\nx {{ fact(name=\"link.bandwidth\", digit=2) }}\n", "unknown argument `digit`")?;
    only(
        "{{ published(name=\"link.bandwidth\") }}\n",
        "one.md:1:20: the fact `link.bandwidth` has no published",
    )
}

#[test]
fn a_label_on_a_line_of_its_own_leaves_no_line_behind() -> TestResult {
    let document = document("$$\na = b\n$$  \n[#eq:own]\n\nBy @eq:own.\n", "extended")?;
    let kinds: Vec<_> = document.blocks.iter().map(|block| &block.kind).collect();
    let expected = matches!(kinds.as_slice(), [BlockKind::Equation { .. }, BlockKind::Paragraph(_)]);
    assert!(expected, "{kinds:#?}");
    only("[^a note]: Important.\n", "one.md:1:1: this line would be lost: nothing links to `^a note`")
}

#[test]
fn a_number_is_printed_in_the_unit_that_is_asked_for() -> TestResult {
    let text = "It is {{ fact(name=\"link.bandwidth\", unit=\"Gbit/s\") }} or \
                {{ fact(name=\"link.bandwidth\", unit=\"B/ns\", bare=true, digits=1) }}, and \
                {{ interval(name=\"sampled.gain\", unit=\"%\") }}.\n";
    let document = document(text, "extended")?;
    let shown = plain(paragraphs(&document.blocks)[0]);
    assert!(shown.contains("It is 400\u{a0}Gbit/s or 50.0, and 150–1225\u{a0}%."), "{shown}");
    let call = |unit: &str| format!("{{{{ fact(name=\"link.bandwidth\", unit=\"{unit}\") }}}}\n");
    only(&call("ms"), "one.md:1:38: a number in GB/s is none in ms")?;
    only(&call("furlongs"), "one.md:1:38: `furlongs` is no unit")?;
    only("{{ difference(name=\"topology.small.diameter\", unit=\"hops\") }}\n", "unknown argument `unit`")
}

#[test]
fn lines_stay_right_behind_a_tag_of_several_lines() -> TestResult {
    only("A {{ fact(\n  name=\"link.bandwidth\"\n) }} b\n\nSee @fig:x.\n", "one.md:5:5: nothing is labelled")
}

#[test]
fn lines_stay_right_behind_a_note_of_several_lines() -> TestResult {
    let missing = "no footnote is named `x`";
    only("A^[b\nc] d [^x].\n", &format!("one.md:2:6: {missing}"))?;
    only("A^[b\nc] d *e\nf* and [^x] more.\n", &format!("one.md:3:8: {missing}"))?;
    only("A^[b\nc] d ^[e\nf] g\nand [^x] more.\n", &format!("one.md:4:5: {missing}"))?;
    only("A^[b\nc [^x] d] e.\n", &format!("one.md:2:3: {missing}"))?;
    only("> A^[b\n> c] d [^x].\n", &format!("one.md:2:8: {missing}"))?;
    only("A^[b\nc] d.\n\nAnother [^x].\n", &format!("one.md:4:9: {missing}"))
}

#[test]
fn locates_unknown_citations_and_references() -> TestResult {
    only("# A\n\nAs in [@brin1998anatomi].\n", "one.md:3:8: no entry of the bibliography has the key")?;
    only("# A\n\nAs in [@brin1998anatomi].\n", "did you mean `brin1998anatomy`?")?;
    only(
        "# Arch [#sec:arch]\n\nSee {{ fact(name=\"link.bandwidth\") }} @sec:arhc\n",
        "one.md:3:39: nothing",
    )?;
    only("See @brin1998anatomy.\n", "one.md:1:5: the citation `@brin1998anatomy` has no brackets")?;
    only("Note[^x].\n", "one.md:1:5: no footnote is named `x`")
}

#[test]
fn locates_duplicate_labels_at_both_places() -> TestResult {
    only("# A [#sec:a]\n\n# B [#sec:a]\n", "one.md:3:5: the label `sec:a` is already at one.md:1:5")
}

#[test]
fn locates_missing_figures_and_tables() -> TestResult {
    only("::: figure fig-4-topologie\n:::\n", "one.md:1:12: figures/fig-4-topologie.yaml does not exist")?;
    only("::: table table-9-x\n:::\n", "one.md:1:11: paper/tables/table-9-x.yaml does not exist")?;
    only("# A\n\n::: edition extended\n", "one.md:3:1: this `:::` is not closed")
}

#[test]
fn locates_errors_of_a_caption_in_its_own_file() -> TestResult {
    only(
        "# A\n\nText directly above\n::: figure fig-4-topology\n:::\n",
        "figures/fig-4-topology.yaml:2:67: nothing",
    )
}

#[test]
fn refuses_what_cannot_be_typeset() -> TestResult {
    let html = errors("A <b>bold</b>.\n")?;
    assert!(html[0].starts_with("one.md:1:3: `<b>` is HTML"), "{html:#?}");
    only("# A\n\n### B\n", "one.md:3:1: this heading of level 3 has none of level 2 above it")?;
    only("Text [#sec:x] here.\n", "one.md:1:6: the label `sec:x` labels nothing")?;
    only("See @figure:x.\n", "one.md:1:5: `figure:` is no kind of label")
}

#[test]
fn leaves_code_and_escapes_alone() -> TestResult {
    let document =
        document("Mail \\@sec:x and `@fig:x` <!-- note -->\n\n```text\n::: figure no\n```\n", "extended")?;
    assert!(matches!(&document.blocks[1].kind, BlockKind::Code { text, .. } if text == "::: figure no\n"));
    Ok(())
}

#[test]
fn locates_broken_formulas() -> TestResult {
    only("# A\n\nWith $a$ and $\\foo{$ here.\n", "one.md:3:15: this formula cannot be typeset")?;
    only(
        "# A\n\nWith $b + \\foo x$ here.\n",
        "one.md:3:11: this formula cannot be typeset: unknown command \\foo",
    )?;
    only("# A\n\n> $$\n> a\n> + \\foo\n> $$\n", "one.md:5:5: this formula cannot be typeset: unknown")?;
    only("# A\n\n$$\na = \\frac{1}{\n$$\n", "one.md:3:1: this formula cannot be typeset")
}

/// Returns the words of a paragraph's plain text, each with the place that the tree says it was written at.
fn places(block: &Block) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for inline in inlines(block.content()) {
        let InlineKind::Text(text) = &inline.kind else { continue };
        let mut start = 0;
        for word in text.split_inclusive(' ') {
            let byte = start + word.len() - word.trim_start().len();
            start += word.len();
            let position = inline.source.position(text, byte);
            if let (Some(position), false) = (position, word.trim().is_empty()) {
                found.push((word.trim().to_owned(), position.line, position.column));
            }
        }
    }
    found
}

#[test]
fn every_word_knows_where_it_was_written() -> TestResult {
    let source = "# A title with *emphasis* and `code` in it\n\n\
        First \"quoted\" words -- and... {{ fact(name=\"link.bandwidth\") }} then *em\nover lines* end. \
        Ä &amp; b \\* c [link text](https://a.org) $x + y$ tail [@erdos1959probable] last\n\n\
        - one item\n  goes on\n- two **strong\n  words** here\n\n\
        > quoted text\n> goes on\n\n1. a\n\n   second paragraph\n\n      - deep one\n";
    let document = document(source, "extended")?;
    let lines: Vec<&str> = source.lines().collect();
    let mut count = 0;
    for block in blocks(&document.blocks) {
        for (word, line, column) in places(block) {
            let written: String = lines[line - 1].chars().skip(column - 1).collect();
            // Markdown changes quotes, dashes, dots and entities.
            let first = word.trim_start_matches(['“', '”', '–', '…', '&']);
            let rest = written.trim_start_matches(['"', '-', '.', '\\']).trim_start_matches("&amp;");
            let first = first.split(['”', '…']).next().unwrap_or_default();
            assert!(rest.starts_with(first), "`{word}` is said to stand at {line}:{column}: `{written}`");
            count += 1;
        }
    }
    assert!(count > 40, "{count} words");
    Ok(())
}

#[test]
fn a_number_and_a_verdict_know_where_they_were_written() -> TestResult {
    let source = "A *b {{ fact(\n  name=\"link.bandwidth\") }}* {{ claim(id=\"gain\", is=\"fails\") }}\n";
    let document = document(source, "extended")?;
    let place = |is: &dyn Fn(&InlineKind) -> bool| {
        let found = document.every_inline().find(|inline| is(&inline.kind))?.position()?;
        Some((found.line, found.column))
    };
    assert_eq!(place(&|kind| matches!(kind, InlineKind::Number { .. })), Some((1, 6)));
    assert_eq!(place(&|kind| matches!(kind, InlineKind::Verdict { .. })), Some((2, 30)));
    Ok(())
}

#[test]
fn braces_mean_nothing_in_code_and_formulas() -> TestResult {
    let source = "The key `${{ secrets.TOKEN }}`, $x_{{i}} = e^{{-1}}$ and \\{{ x }}, {#A} of {% raw %}.\n\n\
        ```yaml\nrun: ${{ github.ref }} {{ f(x) }} {# no comment #}\n```\n";
    let document = document(source, "extended")?;
    let has = |kind: InlineKind| document.every_inline().any(|inline| inline.kind == kind);
    assert!(has(InlineKind::Code("${{ secrets.TOKEN }}".into())));
    assert!(has(InlineKind::Math("x_{{i}} = e^{{-1}}".into())));
    let text: String = document.every_inline().map(|inline| format!("{:?}", inline.kind)).collect();
    assert!(text.contains("{ x }}, {#A} of {% raw %}."), "{text}");
    let expected = "run: ${{ github.ref }} {{ f(x) }} {# no comment #}\n";
    assert!(matches!(&document.blocks[1].kind, BlockKind::Code { text, .. } if text == expected));
    Ok(())
}

#[test]
fn braces_without_a_call_are_an_error_in_text() -> TestResult {
    only("A {{ link.bandwidth }} b\n", "one.md:1:3: these braces hold no call")?;
    only("A {{ fakt(name=\"link.bandwidth\") }} b\n", "one.md:1:3: `fakt` is no call")?;
    only("A {{ fakt(name=\"link.bandwidth\") }} b\n", "did you mean `fact`?")?;
    only("A {{ fact(digits=2) }}\n", "one.md:1:3: `fact` lacks the argument `name`")?;
    only("{{ fact(name=\"link.bandwidth\", digits=\"2\") }}\n", "`digits` is the number of decimals")?;
    only("{{ fact(name=\"link.bandwidth\", bare=1) }}\n", "the argument `bare` is `true` or `false`")?;
    only("{{ fact(name=\"link.bandwidth\", bare=true, bare=true) }}\n", "stands twice")?;
    only("# A {#sec:a}\n", "write [#sec:a]")?;
    only("A \u{F0000} b\n", "one.md:1:3: the character U+F0000 means nothing outside one program")
}

#[test]
fn a_footnote_that_is_called_twice_reports_its_mistakes_once() -> TestResult {
    only("A[^n] b[^n].\n\n[^n]: {{ fact(name=\"x\") }}\n", "one.md:3:21: no fact is named `x`")
}

#[test]
fn prints_differences_intervals_and_verdicts() -> TestResult {
    let source = r#"# A

Off by {{ difference(name="topology.small.diameter") }}, between {{ interval(name="sampled.gain") }},
the claim {{ claim(id="gain", is="fails") }} and {{ claim(id="gain", is="fails", say="does not hold") }}.
"#;
    let document = document(source, "extended")?;
    let text = paragraphs(&document.blocks)[0].iter().map(|inline| match &inline.kind {
        InlineKind::Text(text) | InlineKind::Number { text, .. } | InlineKind::Verdict { text, .. } => {
            text.as_str()
        }
        _ => "",
    });
    let text: String = text.collect();
    let expected = "Off by −20.0\u{a0}%, between 1.50–12.2×, the claim fails and does not hold.";
    assert_eq!(text.replace('\n', " "), expected);
    Ok(())
}

#[test]
fn a_sentence_whose_verdict_changed_is_located() -> TestResult {
    only(
        "# A\n\nIt {{ claim(id=\"gain\", is=\"holds\") }}.\n",
        "one.md:3:28: this sentence says that `gain` is `holds`; its verdict is `fails`",
    )?;
    only(
        "# A\n\n{{ claim(id=\"gian\", is=\"holds\") }}\n",
        "one.md:3:14: paper/claims.yaml has no claim `gian`",
    )?;
    only("# A\n\n{{ interval(name=\"link.bandwidth\") }}\n", "has no interval")
}

#[test]
fn locates_missing_and_unreadable_files() -> TestResult {
    let found = errors_of(&[("one.md", b"# A\n\nNa\xefve\n")])?;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("one.md:3:3: byte 0xEF is not UTF-8"), "{found:#?}");
    let broken = errors_of(&[("refs.bib", b"@article{a,\n  title = {x\n")])?;
    assert!(broken[0].starts_with("refs.bib:"), "{broken:#?}");
    let (facts, none, tables) = (facts(), BTreeMap::new(), BTreeMap::new());
    let missing = read(&Sources {
        language: Language::English,
        root: Path::new("/nonexistent"),
        title: String::new(),
        front: Front::default(),
        back: Vec::new(),
        keywords: Vec::new(),
        abstract_file: Some("a.md".into()),
        sections: vec!["b.md".into()],
        appendices: Vec::new(),
        left_out: Vec::new(),
        bibliography: "c.bib".into(),
        references: ReferenceStyle::Ieee,
        edition: "extended",
        editions: &["extended"],
        macros: &BTreeMap::new(),
        facts: &Arc::new(facts),
        verdicts: &BTreeMap::new(),
        figures: &none,
        tables: &tables,
        kept: &ReferenceCache::default(),
        texts: &TextCache::default(),
    });
    let missing = missing.err().ok_or("no error")?;
    assert_eq!(missing.0.len(), 3);
    assert!(missing.0[1].to_string().starts_with("b.md: b.md does not exist"));
    Ok(())
}

#[test]
fn appendices_are_lettered_and_their_sections_can_be_cited() -> TestResult {
    let files: [(&str, &[u8]); 3] = [
        ("one.md", b"# One\n\nSee @sec:more and @sec:part.\n"),
        ("appendix.md", b"# More [#sec:more]\n\n## Part [#sec:part]\n"),
        ("appendix-2.md", b"# Last\n"),
    ];
    let document = paper(&files, "extended")?.map_err(|errors| format!("{errors:?}"))?;
    let numbers = document.appendices.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading { number, .. } => Some(number.as_str()),
        _ => None,
    });
    assert_eq!(numbers.collect::<Vec<_>>(), ["A", "A.1", "B"]);
    let markdown = paper_engine::output::markdown(&document);
    assert!(markdown.contains("[Appendix\u{a0}A](#sec:more)"), "{markdown}");
    Ok(())
}

#[test]
fn a_reference_to_what_an_edition_leaves_out_names_both_places() -> TestResult {
    let text = "# One\n\nSee @eq:far and @fig:topology.\n\n::: edition extended\n$$ x $$ [#eq:far]\n\n\
                ::: figure fig-4-topology\n:::\n:::\n";
    document(text, "extended")?;
    let errors = match paper(&[("one.md", text.as_bytes())], "conference")? {
        Ok(_) => return Err("no error".into()),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors[0].starts_with("one.md:3:5: `eq:far` is not in the edition `conference`"), "{errors:#?}");
    assert!(errors[0].contains("one.md:6:") && errors[1].contains("one.md:8:"), "{errors:#?}");
    Ok(())
}

/// Returns the plain text of all paragraphs of a section.
fn said(source: &str) -> Result<String, Box<dyn Error>> {
    let document = document(source, "extended")?;
    let text = document.every_inline().filter_map(|inline| match &inline.kind {
        InlineKind::Text(text) => Some(text.clone()),
        _ => None,
    });
    Ok(text.collect())
}

#[test]
fn constructs_of_markdown_are_set() -> TestResult {
    let source = "Title\n=====\n\nPart\n----\n\nOld ~~text~~ at https://example.org/a_b?c=1 and me@example.org.\n\n***\n\n\
                  - [ ] open\n- [x] done\n\n> [!NOTE]\n> Mind this.\n";
    let document = document(source, "extended")?;
    let kinds: Vec<&BlockKind> = document.blocks.iter().map(|block| &block.kind).collect();
    assert!(matches!(kinds[0], BlockKind::Heading { level: 1, .. }), "{kinds:#?}");
    assert!(matches!(kinds[1], BlockKind::Heading { level: 2, .. }), "{kinds:#?}");
    assert!(matches!(kinds[3], BlockKind::Rule), "{kinds:#?}");
    let BlockKind::List { items, .. } = kinds[4] else { panic!("{kinds:#?}") };
    assert!(format!("{:?}", items[0]).contains("☐") && format!("{:?}", items[1]).contains("☒"), "{items:#?}");
    let BlockKind::Statement { kind: StatementKind::Note, number: None, blocks, .. } = kinds[5] else {
        panic!("{kinds:#?}")
    };
    assert!(matches!(blocks[0].kind, BlockKind::Paragraph(_)), "{blocks:#?}");
    let text = format!("{:?}", kinds[2]);
    assert!(text.contains("Strikeout") && text.contains("url: \"https://example.org/a_b?c=1\""), "{text}");
    assert!(text.contains("url: \"mailto:me@example.org\""), "{text}");
    Ok(())
}

#[test]
fn a_footnote_is_one_however_often_it_is_called_and_keeps_its_paragraphs() -> TestResult {
    let source = "# A\n\nOne.[^a] Two.[^b] Again.[^a] Here.^[In the line.]\n\n[^a]: First.\n\n    Second.\n\n[^b]: Other.\n";
    let document = document(source, "extended")?;
    let notes: Vec<&InlineKind> = paragraphs(&document.blocks)[0]
        .iter()
        .map(|inline| &inline.kind)
        .filter(|kind| matches!(kind, InlineKind::Footnote { .. } | InlineKind::FootnoteAgain(_)))
        .collect();
    assert_eq!(notes.len(), 4, "{notes:#?}");
    let InlineKind::Footnote { number: 1, blocks } = notes[0] else { panic!("{notes:#?}") };
    let said: Vec<String> = blocks.iter().map(|block| plain(block.content())).collect();
    assert_eq!(said, ["First.", "Second."]);
    assert!(matches!(notes[1], InlineKind::Footnote { number: 2, .. }), "{notes:#?}");
    assert!(matches!(notes[2], InlineKind::FootnoteAgain(1)), "{notes:#?}");
    assert!(matches!(notes[3], InlineKind::Footnote { number: 3, .. }), "{notes:#?}");
    only("# A\n\nB.\n\n[^a]: Unused.\n", "one.md:5:1: nothing calls the footnote `a`")?;
    only("# A\n\nB.[^a]\n\n[^a]: One.\n\n[^a]: Two.\n", "one.md:7:1: the footnote `a` is defined already")?;
    only("# A\n\nB.[^a]\n\n[^a]: One.\n\n    ## Two\n", "one.md:7:5: a footnote holds paragraphs, lists")?;
    // What looks like a call in a formula calls nothing.
    only("# A\n\nB.\n\n[^a]: One $x\n[^a]$ more.\n", "one.md:5:1: nothing calls the footnote `a`")?;
    // Another edition calls it.
    let source = "# A\n\nB.\n\n::: edition conference\nC.[^a]\n:::\n\n[^a]: One.\n";
    assert_eq!(errors(source)?, [""; 0]);
    Ok(())
}

#[test]
fn what_cannot_be_set_as_written_is_an_error_at_its_place() -> TestResult {
    for (source, expected) in [
        ("A \\textbf{b}.", "one.md:3:3: `\\textbf` is a command of LaTeX"),
        ("A \\(x+y\\) b.", "`\\(x+y\\)` is a formula of LaTeX"),
        ("A ``b'' c.", "one.md:3:3: these are quotation marks of LaTeX"),
        ("A ::: figure fig-4-topology :::", "one.md:3:3: a `:::` stands at the beginning of a line"),
        (":::figure fig-4-topology:::", "one.md:3:1: a `:::` line holds one thing"),
        ("::: edition extnded\nGone.\n:::", "one.md:3:13: no edition is named `extnded`"),
        ("A @fig: b.", "one.md:3:3: `@fig:` names nothing: nothing follows"),
        ("A [b](c.md).", "nobody can follow a link to `c.md`"),
        ("A [b]().", "this link has no address"),
        ("A [b](#sec:gone).", "nothing is labelled `sec:gone`"),
        ("A [b](javascript:alert).", "nobody can follow a link to `javascript:alert`"),
        ("A so\u{ad}ft b.", "one.md:3:5: an invisible character, U+00AD, stands here"),
        ("## \n", "one.md:3:1: this heading has no text"),
        ("## B\n\n### C\n\n#### D\n\n##### E\n", "one.md:9:1: headings may be 4 deep"),
        ("- a\n  - b\n    - c\n      - d\n        - e\n", "one.md:7:9: lists of one kind may be 4 deep"),
        ("<!-- a --> b", "one.md:3:1: HTML cannot be typeset"),
        ("<div>a</div>", "one.md:3:1: HTML cannot be typeset"),
        ("A $\\newcommand{\\R}{b}$.", "a formula cannot hold `\\newcommand`"),
        ("Costs $MORE each hour for **price$** b.", "reads like words between two dollar signs"),
    ] {
        let found = errors(&format!("# A\n\n{source}\n"))?;
        assert!(found.iter().any(|error| error.contains(expected)), "{source}: {found:#?}");
    }
    Ok(())
}

#[test]
fn what_only_looks_foreign_is_text() -> TestResult {
    for (source, expected) in [
        ("A \\[bar\\] and \\(aside\\) b.", "A [bar] and (aside) b."),
        ("As in @sec:b: the rest.", "As in : the rest."),
        ("A <!-- hidden --> b.", "A  b."),
        ("Costs $5 and $10, or \\$a.", "Costs $5 and $10, or $a."),
        ("A \\\\textbf b.", "A \\textbf b."),
        ("Cafe\u{301} b.", "Café b."),
    ] {
        let text = said(&format!("# [#sec:b] B\n\n{source}\n"))?;
        assert!(text.ends_with(expected), "{source}: {text:?}");
    }
    Ok(())
}

#[test]
fn a_paper_defines_commands_of_its_formulas() -> TestResult {
    let document = document("# A\n\nWith $\\norm{x}$ here.\n", "extended")?;
    let math =
        document.every_inline().any(|inline| inline.kind == InlineKind::Math("\\lVert x \\rVert".into()));
    assert!(math, "{document:#?}");
    only(
        "# A\n\nWith $\\norm$ here.\n",
        "one.md:3:6: this formula cannot be typeset: the command \\norm lacks",
    )
}

#[test]
fn cells_of_a_table_are_markdown() -> TestResult {
    let document = document("# One [#sec:one]\n\n::: table table-3-cells\n:::\n", "extended")?;
    let BlockKind::Table { table, content, .. } = &document.blocks[1].kind else { panic!("{document:#?}") };
    let texts: Vec<&str> = table.rows.iter().flatten().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["|x| and b", "1, ", "-", "1. one line"]);
    assert_eq!(table.columns[1].header, "What\u{2019}s seen");
    let kinds: Vec<&InlineKind> = content.every_inline().map(|inline| &inline.kind).collect();
    assert!(kinds.contains(&&InlineKind::Math("|x|".into())), "{kinds:#?}");
    assert!(kinds.contains(&&InlineKind::Code("note".into())), "{kinds:#?}");
    let section = InlineKind::Reference {
        kind: LabelKind::Section,
        label: "sec:one".into(),
        number: "1".into(),
        part: None,
        naming: Naming::Short,
    };
    assert!(kinds.contains(&&section), "{kinds:#?}");
    assert_eq!(document.references.len(), 1);
    Ok(())
}

#[test]
fn a_formula_behind_a_listing_that_ends_with_its_quotation_is_one() -> TestResult {
    let document = document("# A\n\n> ```\n> code\n\nWith $x$ here.\n", "extended")?;
    assert!(
        document.every_inline().any(|inline| inline.kind == InlineKind::Math("x".into())),
        "{document:#?}"
    );
    only("# A\n\n> ```\n> code\n\nWith $$ $$ here.\n", "one.md:6:6: this formula is empty")
}

#[test]
fn a_table_of_the_text_has_cells_with_markup_and_a_caption_below() -> Result<(), Box<dyn Error>> {
    let source = "# One [#sec:one]\n\nSee @tab:load.\n\n| Load of $|x|$ | `Code` | Gain |\n|:--|:-:|--:|\n\
                  | *a* \\| b | [@brin1998anatomy, p. 3] | {{ fact(name=\"sampled.gain\") }} |\n\
                  | @sec:one | | |\n\n: The *load*. [#tab:load]\n\n| Alone |\n|---|\n| x |\n";
    let document = document(source, "extended")?;
    let BlockKind::Table { id, label, number, caption, in_text, table, content, .. } =
        &document.blocks[2].kind
    else {
        panic!("{document:#?}")
    };
    assert_eq!((id.as_str(), label.as_str(), *number, *in_text), ("table-load", "tab:load", Some(1), true));
    assert_eq!(plain(caption), "The load.");
    let alignments: Vec<_> = table.columns.iter().map(|column| column.alignment).collect();
    assert_eq!(alignments, [Alignment::Left, Alignment::Center, Alignment::Decimal]);
    assert_eq!(table.rows[0][0].text, "a | b");
    assert_eq!(
        (table.rows[0][2].text.as_str(), table.rows[0][2].fact.as_deref()),
        ("6.00×", Some("sampled.gain"))
    );
    assert_eq!(table.rows[1][0].text, "1");
    let cited = Citation { key: "brin1998anatomy".into(), number: 1, locator: Some("p. 3".into()) };
    assert!(
        content.rows[0][1].iter().any(|inline| inline.kind == InlineKind::Cite(vec![cited.clone()])),
        "{content:#?}"
    );
    let BlockKind::Table { number: None, label, .. } = &document.blocks[3].kind else {
        panic!("{document:#?}")
    };
    assert_eq!(label, "");
    Ok(())
}

#[test]
fn a_row_that_would_lose_cells_and_a_label_that_labels_no_table_are_errors() -> Result<(), Box<dyn Error>> {
    let said = errors("# One\n\n| A | B |\n|---|---|\n| `a|b` | c |\n\n: Caption [#fig:x]\n")?;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("one.md:5:1: this row has 3 cells, and the table 2 columns"), "{said:?}");
    assert!(said[1].contains("the label `fig:x` labels nothing"), "{said:?}");
    Ok(())
}

#[test]
fn statements_are_numbered_by_kind_and_hold_any_blocks() -> Result<(), Box<dyn Error>> {
    let source = "# One\n\nBy @thm:a and @lem:b.\n::: theorem [#thm:a] The *bound* on $x$\nLet $x$ be.\n\n\
                  - one\n- two\n:::\n::: lemma [#lem:b]\nOne.\n:::\n\n::: proof\nBy @thm:a.\n:::\nAfter.\n";
    let document = document(source, "extended")?;
    let statements = document.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Statement { kind, number, label, title, blocks } => {
            Some((kind.name(), *number, label.as_deref(), plain(title), blocks.len(), block.location.line))
        }
        _ => None,
    });
    let statements: Vec<_> = statements.collect();
    assert_eq!(
        statements,
        [
            ("Theorem", Some(1), Some("thm:a"), "The bound on x".to_owned(), 2, 4),
            ("Lemma", Some(1), Some("lem:b"), String::new(), 1, 10),
            ("Proof", None, None, String::new(), 1, 14),
        ]
    );
    let text: Vec<String> =
        document.every_inline().map(|inline| plain(std::slice::from_ref(inline))).collect();
    assert!(
        text.contains(&"Theorem\u{a0}1".to_owned()) && text.contains(&"Lemma\u{a0}1".to_owned()),
        "{text:?}"
    );
    assert!(text.iter().any(|part| part.contains('□')), "{text:?}");
    Ok(())
}

#[test]
fn a_statement_that_is_wrong_is_told_at_its_place() -> Result<(), Box<dyn Error>> {
    for (source, expected) in [
        ("# One\n\n::: theorem [#lem:a]\nX.\n:::\n", "one.md:3:15: `lem:a` cannot label this theorem"),
        ("# One\n\n::: proof [#thm:a]\nX.\n:::\n", "one.md:3:13: `thm:a` cannot label this proof"),
        ("# One\n\n::: theorem\n:::\n", "one.md:3:1: this theorem says nothing"),
        ("# One\n\n::: theorem\nX.\n", "one.md:3:1: this `:::` is not closed"),
        ("# One\n\n::: theorem On @fig:none\nX.\n:::\n", "one.md:3:16: nothing is labelled `fig:none`"),
        ("# One\n\n::: theorems\nX.\n:::\n", "one.md:3:5: `::: theorems` is not known"),
    ] {
        let said = errors(source)?;
        assert!(said.len() == 1 && said[0].starts_with(expected), "{source}: {said:?}");
    }
    Ok(())
}

#[test]
fn places_in_cited_works_are_kept_and_what_is_no_citation_is_told() -> Result<(), Box<dyn Error>> {
    let source = "# One\n\nSee [@brin1998anatomy, pp. 3--5; -@erdos1959probable].\n";
    let cited = document(source, "extended")?;
    let found = cited.every_inline().find_map(|inline| match &inline.kind {
        InlineKind::Cite(works) => Some(works.clone()),
        _ => None,
    });
    let work = |key: &str, number, locator: Option<&str>| Citation {
        key: key.to_owned(),
        number,
        locator: locator.map(str::to_owned),
    };
    let expected = [work("brin1998anatomy", 1, Some("pp. 3–5")), work("erdos1959probable", 2, None)].to_vec();
    assert_eq!(found, Some(expected));
    for wrong in ["[@brin1998anatomy,]", "[@brin1998anatomy p. 3]", "[@brin1998anatomy; see]"] {
        let said = errors(&format!("# One\n\nSee {wrong}.\n"))?;
        assert!(said.len() == 1 && said[0].contains("is not a citation"), "{wrong}: {said:?}");
    }
    Ok(())
}

#[test]
fn a_picture_is_a_figure_of_its_own_paragraph_or_stands_in_its_line() -> Result<(), Box<dyn Error>> {
    let source = "# One\n\nSee @fig:x and @fig:plain.\n\n![The *red* box](figures/red%20box.png){#fig:x width=60% \
                  alt=\"A box, {{ fact(name=\"sampled.gain\") }} wide\"}\n\n![Plain](figures/plain.png)\n\n\
                  Inline ![icon](figures/plain.png) too.\n";
    let files: [(&str, &[u8]); 3] =
        [("one.md", source.as_bytes()), ("figures/red box.png", b""), ("figures/plain.png", b"")];
    let document = paper(&files, "extended")?.map_err(|errors| format!("{errors:?}"))?;
    let figures = document.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Figure { label, number, caption, alt, picture: Some(picture), .. } => {
            Some((label.as_str(), *number, plain(caption), alt.as_str(), picture.file.clone()))
        }
        _ => None,
    });
    let figures: Vec<_> = figures.collect();
    assert_eq!(
        figures,
        [
            ("fig:x", 1, "The red box".into(), "A box, 6.00× wide", PathBuf::from("figures/red box.png")),
            ("fig:plain", 2, "Plain".into(), "Plain", PathBuf::from("figures/plain.png")),
        ]
    );
    let in_line = document.every_inline().any(|inline| match &inline.kind {
        InlineKind::Picture { alt, picture, .. } => alt == "icon" && picture.in_line,
        _ => false,
    });
    assert!(in_line);
    Ok(())
}

#[test]
fn a_picture_that_cannot_be_shown_is_told_with_a_remedy() -> Result<(), Box<dyn Error>> {
    for (picture, expected) in [
        ("![A](figures/none.png)", "there is no picture `figures/none.png`"),
        ("![A](../one.png)", "is outside of figures/ and paper/"),
        ("![A](/etc/passwd)", "is outside of figures/ and paper/"),
        ("![A](https://example.org/a.png)", "stands on another computer"),
        ("![](figures/a.png)", "has no words for who cannot see it"),
        ("![A](figures/a.png){width=12}", "`12` is no width"),
        ("![A](figures/a.png){#tab:a}", "`tab:a` cannot label a figure"),
        ("![A](figures/a.png){.left}", "`.left` means nothing here"),
    ] {
        let source = format!("# One\n\n{picture}\n");
        let said = errors_of(&[("one.md", source.as_bytes()), ("figures/a.png", b"")])?;
        assert!(said.len() == 1 && said[0].starts_with("one.md:3:"), "{picture}: {said:?}");
        assert!(said[0].contains(expected), "{picture}: {said:?}");
    }
    Ok(())
}

#[test]
fn a_listing_shows_any_text_in_the_folder_of_the_paper() -> Result<(), Box<dyn Error>> {
    let section = |file: &str| format!("# One\n\nShown.\n\n```rust {{file=\"{file}\" lines=\"2\"}}\n```\n");
    let files = |text: &str, more: &[(&str, &[u8])]| {
        let mut files = vec![("one.md", text.as_bytes())];
        files.extend(more);
        paper(&files, "extended")
    };
    let walk: (&str, &[u8]) = ("walk.rs", b"// a\nfn walk() {}\n");
    let document = files(&section("./walk.rs"), &[walk])?.map_err(|errors| format!("{errors:?}"))?;
    let listed = document.every_block().find_map(|block| match &block.kind {
        BlockKind::Code { text, file, .. } => Some((text.clone(), file.clone())),
        _ => None,
    });
    assert_eq!(listed, Some(("fn walk() {}".to_owned(), Some("walk.rs".into()))));
    for (file, expected) in [
        (".env", "one.md:5:9: the file `.env` is hidden"),
        ("../walk.rs", "one.md:5:9: the file `../walk.rs` is outside of the folder of the paper"),
        ("build/a.rs", "one.md:5:9: the file `build/a.rs` is generated"),
        ("run.rs", "one.md:5:9: there is no file `run.rs`"),
        ("binary", "binary:2:1: byte 0xFF is not UTF-8 text"),
    ] {
        let errors =
            files(&section(file), &[walk, (".env", b"a\nb\n"), ("binary", b"a\n\xff\n")])?.unwrap_err();
        assert!(errors.0.len() == 1 && errors.0[0].to_string().contains(expected), "{file}: {errors:?}");
    }
    Ok(())
}

#[test]
fn both_ways_to_write_a_notice_make_the_same() -> Result<(), Box<dyn Error>> {
    let of_github = document("# One\n\n> [!TIP] A *title*\n> Mind this.\n", "extended")?;
    let own = document("# One\n\n::: tip A *title*\nMind this.\n:::\n", "extended")?;
    for document in [of_github, own] {
        let BlockKind::Statement { kind: StatementKind::Tip, number: None, title, blocks, .. } =
            &document.blocks[1].kind
        else {
            panic!("{document:#?}")
        };
        assert_eq!(plain(title), "A title");
        assert_eq!(plain(blocks[0].content()), "Mind this.");
    }
    Ok(())
}

#[test]
fn a_reference_names_lines_that_are_there() -> Result<(), Box<dyn Error>> {
    let listing = "# One\n\n```text {#lst:a numbers=10}\nx\ny\n```\n\nSee ";
    assert_eq!(errors(&format!("{listing}@lst:a(10-11) and @lst:a (which).\n"))?, Vec::<String>::new());
    only(&format!("{listing}@lst:a(12).\n"), "one.md:8:5: `lst:a` has no numbered line 12")?;
    let plain = "# One\n\n```text {#lst:a}\nx\n```\n\nSee @lst:a(1).\n";
    only(plain, "one.md:7:5: `lst:a` has no numbered line 1")?;
    Ok(())
}

#[test]
fn a_listing_with_a_caption_is_numbered() -> Result<(), Box<dyn Error>> {
    let source = "# One\n\nSee @lst:loop.\n\n```rust {#lst:loop caption=\"A *loop* of {{ fact(name=\"link.bandwidth\") }}\"}\nloop {}\n```\n\n```text\nplain\n```\n";
    let document = document(source, "extended")?;
    let BlockKind::Statement { kind, number, label, title, blocks } = &document.blocks[2].kind else {
        panic!("{document:#?}")
    };
    assert_eq!((kind.name(), *number, label.as_deref()), ("Listing", Some(1), Some("lst:loop")));
    assert_eq!(plain(title), "A loop of 50\u{a0}GB/s");
    assert!(matches!(&blocks[0].kind, BlockKind::Code { language, .. } if language == "rust"));
    assert!(matches!(&document.blocks[3].kind, BlockKind::Code { .. }));
    Ok(())
}

#[test]
fn what_other_tools_read_is_told_at_its_place() -> Result<(), Box<dyn Error>> {
    for (source, expected) in [
        (
            "---\ntitle: Mine\n---\n\n# One\n",
            "one.md:1:1: a description between `---` lines is not read here",
        ),
        ("# One\n\nWater is H^2^O.\n", "one.md:3:11: `^2^` raises nothing here"),
        ("# One {.unnumbered}\n", "one.md:1:7: `{.unnumbered}` means nothing here"),
        (
            "# One\n\nA [page](https://example.org){.external}.\n",
            "one.md:3:30: `{.external}` means nothing here",
        ),
        (
            "# One\n\nA [page](https://example.org \"Mine\").\n",
            "one.md:3:3: the title \"Mine\" would be printed nowhere",
        ),
        ("# One\n\n```rust {.numbers}\nx\n```\n", "one.md:3:9: `.numbers` means nothing here"),
        ("# One\n\n```rust {#fig:x}\nx\n```\n", "one.md:3:11: `fig:x` cannot label this listing"),
    ] {
        let said = errors(source)?;
        assert!(said.len() == 1 && said[0].starts_with(expected), "{source}: {said:?}");
    }
    for fine in ["---\n\n# One\n", "# One\n\nA 2^3 and 4^5, $a^{2}b^{3}$, \\^a^ and {x}.\n"] {
        assert_eq!(errors(fine)?, Vec::<String>::new(), "{fine}");
    }
    Ok(())
}

#[test]
fn a_term_is_told_from_what_it_means() -> Result<(), Box<dyn Error>> {
    let source =
        "# One [#sec:one]\n\nA *ring*\n\n: a path, see @sec:one\n\nOther\n\n: one meaning\n\n: another\n";
    let document = document(source, "extended")?;
    let terms = document.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Definition { term, blocks } => Some((plain(term), blocks.len(), block.location.line)),
        _ => None,
    });
    assert_eq!(terms.collect::<Vec<_>>(), [("A ring".to_owned(), 1, 3), ("Other".to_owned(), 2, 7)]);
    Ok(())
}

#[test]
fn references_are_named_for_their_place_in_a_sentence() -> TestResult {
    let source = "# One [#sec:one]\n\n@Sec:one and [@sec:two; @sec:one] say more. [@Sec:one; @sec:two; @sec:three] \
                  are all, [@sec:two] is one, and a work is one too [@brin1998anatomy].\n\n\
                  # Two [#sec:two]\n\n# Three [#sec:three]\n";
    let document = document(source, "extended")?;
    let shown = plain(paragraphs(&document.blocks)[0]).replace('\u{a0}', " ");
    let expected = "Section 1 and Sections 2 and 1 say more. Sections 1, 2, and 3 are all, Section 2 is one, and a \
                    work is one too .";
    assert_eq!(shown, expected);
    let wrong = "# One [#sec:one]\n\nSee [@sec:one; @fig:topology] and\n[@sec:one; @brin1998anatomy].\n";
    let found = errors_of(&[("one.md", wrong.as_bytes())])?;
    let expected = [
        "one.md:3:16: `@fig:topology` is not of the kind of the first",
        "one.md:4:12: `@brin1998anatomy` is no label of this paper",
    ];
    for expected in expected {
        assert!(found.iter().any(|error| error.starts_with(expected)), "no {expected} in {found:#?}");
    }
    Ok(())
}

/// Returns label, number and TeX of each equation and of each row with rows.
fn equations(document: &Document) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for block in document.every_block() {
        let BlockKind::Equation { tex, number, rows } = &block.kind else { continue };
        let rows = rows.iter().map(|row| (row.number.as_ref(), &row.tex));
        let whole = rows.len() == 0;
        for (number, tex) in rows.chain(whole.then_some((number.as_ref(), tex))) {
            let of = |part: fn(&EquationNumber) -> &str| number.map(part).unwrap_or_default().to_owned();
            found.push((of(EquationNumber::label), of(|number| &number.text), tex.clone()));
        }
    }
    found
}

#[test]
fn rows_of_formulas_have_labels_and_tags_and_are_counted_where_asked() -> TestResult {
    let source = "# One\n\nBy @eq:b, @eq:c, @Eq:d and [@eq:e; @eq:f].\n\n\
        $$\n\\begin{align}\na &= b \\\\\n\\label{eq:b}\nb &= c \\\\[2pt]\nc &= d \\tag{A$'$}\\label{eq:c}\n\\end{align}\n$$\n\n\
        $$ x = y \\tag{*} $$ [#eq:d]\n\n\
        $$\n\\begin{gather*} u \\\\ v \\notag \\\\ w \\label{eq:e} \\end{gather*}\n$$ [#numbers]\n\n\
        $$ \\begin{multline*} p \\\\ q \\label{eq:f} \\end{multline*} $$\n\n\
        $$ s &= t \\\\ &= u $$\n\n$$ z $$ [#numbers]\n";
    let document = document(source, "extended")?;
    let found = equations(&document);
    let found: Vec<(&str, &str, &str)> =
        found.iter().map(|(label, number, tex)| (label.as_str(), number.as_str(), tex.as_str())).collect();
    assert_eq!(
        found,
        [
            ("", "", "a &= b"),
            ("eq:b", "1", "b &= c"),
            ("eq:c", "A′", "c &= d"),
            ("eq:d", "∗", "x = y"),
            ("", "2", "u"),
            ("", "", "v"),
            ("eq:e", "3", "w"),
            ("eq:f", "4", "\\begin{multline} p \\\\ q  \\end{multline}"),
            ("", "", "\\begin{aligned}s &= t \\\\ &= u\\end{aligned}"),
            ("", "5", "z"),
        ]
    );
    let shown = plain(paragraphs(&document.blocks)[0]).replace('\u{a0}', " ");
    assert_eq!(shown, "By Eq. (1), Eq. (A′), Equation (∗) and Eqs. (3) and (4).");
    let markdown = paper_engine::output::markdown(&document);
    for part in [
        "<a id=\"eq:b\"></a><a id=\"eq:c\"></a>\n\n$$\n\\begin{align*}\na &= b \\\\\nb &= c \\tag{1} \\\\[2pt]\nc &= d \\tag{A′}\n\\end{align*}\n$$",
        "\\begin{gather*}\nu \\tag{2} \\\\\nv \\\\\nw \\tag{3}\n\\end{gather*}",
        "\\begin{multline*} p \\\\ q   \\tag{4}\\end{multline*}",
    ] {
        assert!(markdown.contains(part), "no {part} in {markdown}");
    }
    Ok(())
}

#[test]
fn numbers_of_formulas_that_cannot_be_are_told_at_their_place() -> TestResult {
    for (formula, expected) in [
        ("$$ a \\tag{A} $$\n\n$$ b \\tag{A} $$", "one.md:5:6: the tag `A` is already at one.md:3:6"),
        ("$$ a \\tag{A} \\tag{B} $$", "one.md:3:14: this is a second tag of the same number"),
        ("$$ a $$ [#eq:a]\n\n$$ b \\tag{1} $$", "one.md:5:6: the tag `1` is also the number of another"),
        ("$$ a \\tag*{A} $$", "one.md:3:6: this formula cannot be typeset: \\tag has no braces"),
        ("$$ a \\tag{\\ref{x}} $$", "one.md:3:6: a tag cannot hold `\\ref`"),
        ("$$ a \\tag{ } $$", "one.md:3:6: this tag is empty"),
        ("$$\na\n\\label{eq:a}\n$$ [#eq:b]", "one.md:5:1: `eq:a` is a second label of the same number"),
        ("$$ a \\label{fig:a} $$", "one.md:3:6: `fig:a` cannot label an equation"),
        ("$$ a \\label{eq:a} $$\n\n$$ b $$ [#eq:a]", "one.md:5:9: the label `eq:a` is already at one.md:3:6"),
        (
            "$$ a &= b \\tag{A} \\\\ c &= d $$ [#eq:a]",
            "one.md:3:32: `eq:a` cannot label a formula whose rows have numbers of their own",
        ),
        (
            "$$ \\begin{cases} a \\label{eq:a} \\\\ b \\end{cases} $$",
            "one.md:3:20: this formula cannot be typeset: \\label stands inside of braces",
        ),
        ("$$ a \\notag $$ [#eq:a]", "one.md:3:6: \\notag leaves out a number that is asked for"),
        (
            "With $a \\label{eq:a}$ here.",
            "one.md:3:9: this formula cannot be typeset: unknown command \\label",
        ),
        ("As [#numbers] says.", "one.md:3:4: the label `numbers` labels nothing"),
    ] {
        only(&format!("# A\n\n{formula}\n"), expected).map_err(|error| format!("{formula}: {error}"))?;
    }
    Ok(())
}

#[test]
fn a_label_of_a_row_that_an_edition_leaves_out_is_told_as_such() -> TestResult {
    let text = "# One\n\nSee @eq:far.\n\n::: edition extended\n$$\na \\label{eq:far}\n$$\n:::\n";
    let errors = match paper(&[("one.md", text.as_bytes())], "conference")? {
        Ok(_) => return Err("no error".into()),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(
        errors[0].contains("`eq:far` is not in the edition") && errors[0].contains("one.md:7:"),
        "{errors:#?}"
    );
    Ok(())
}

#[test]
fn a_footnote_holds_lists_listings_quotations_and_formulas() -> TestResult {
    let source = "# A\n\nOne.[^a] Two.^[In *line*, $x$.]\n\n[^a]: First.\n\n    - item with @eq:n\n    - two\n\n    \
        ```rust {numbers}\n    fn main() {}\n    ```\n\n    > quoted\n\n    $$ a = b $$ [#eq:n]\n";
    let document = document(source, "extended")?;
    let kinds = document.every_block().skip(1).map(|block| match &block.kind {
        BlockKind::Heading { .. } => "heading",
        BlockKind::Paragraph(_) => "paragraph",
        BlockKind::List { .. } => "list",
        BlockKind::Code { text, .. } if text == "fn main() {}\n" => "code",
        BlockKind::Quote(_) => "quote",
        BlockKind::Equation { number: Some(_), .. } => "equation",
        _ => "other",
    });
    let expected = [
        "heading",
        "paragraph",
        "paragraph",
        "list",
        "paragraph",
        "paragraph",
        "code",
        "quote",
        "paragraph",
        "equation",
        "paragraph",
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    let lines: Vec<usize> = document.every_block().skip(1).map(|block| block.location.line).collect();
    assert_eq!(lines, [1, 3, 5, 7, 7, 8, 10, 14, 14, 16, 3]);
    assert!(
        document
            .every_inline()
            .any(|inline| matches!(&inline.kind, InlineKind::Reference { number, .. } if number == "1"))
    );
    let markdown = paper_engine::output::markdown(&document);
    let expected = "[^1]: First.\n\n    - item with [Eq.\u{a0}(1)](#eq:n)\n    - two\n\n";
    assert!(markdown.contains(expected), "{markdown}");
    assert!(markdown.contains("\n    ```rust\n    1  fn main() {}\n    ```\n"), "{markdown}");
    for (note, expected) in [
        ("One.\n\n    ![A](figures/a.png)", "one.md:7:5: a footnote holds paragraphs, lists"),
        ("One.\n\n    | a |\n    |---|\n    | b |", "one.md:7:5: a footnote holds paragraphs, lists"),
        (
            "- One.\n\n      ```rust {#lst:a}\n      x\n      ```",
            "one.md:7:7: a footnote holds paragraphs, lists",
        ),
        ("> - @fig:none", "one.md:5:11: nothing is labelled `fig:none`"),
    ] {
        let source = format!("# A\n\nB.[^a]\n\n[^a]: {note}\n");
        let found = errors_of(&[("one.md", source.as_bytes()), ("figures/a.png", b"")])?;
        assert!(found.len() == 1 && found[0].starts_with(expected), "{note}: {found:#?}");
    }
    Ok(())
}

#[test]
fn a_reference_to_a_footnote_prints_its_number() -> TestResult {
    let source = "# A\n\nSee @fn:two.[^one] And[^two] [@fn:one; @fn:two]. @Fn:two is it.\n\n[^one]: One.\n[^two]: Two, as @fn:one.\n";
    let document = document(source, "extended")?;
    let shown = plain(paragraphs(&document.blocks)[0]).replace('\u{a0}', " ");
    assert_eq!(shown, "See note 2. And notes 1 and 2. Note 2 is it.");
    let markdown = paper_engine::output::markdown(&document);
    assert!(
        markdown.contains("[note\u{a0}2](#fn:2)") && markdown.contains("[^2]: <a id=\"fn:2\"></a>Two"),
        "{markdown}"
    );
    only("# A\n\nSee @fn:gone.\n", "one.md:3:5: nothing calls a footnote `gone`")?;
    only("# A\n\nSee @fn:nose.[^nost]\n\n[^nost]: X.\n", "did you mean `nost`?")?;
    only("# A\n\nSee [it](#fn:a).[^a]\n\n[^a]: X.\n", "one.md:3:5: a link cannot lead to a footnote")?;
    // Names are those of a file.
    let one: (&str, &[u8]) = ("one.md", b"# A\n\nX.[^a] See @fn:a.\n\n[^a]: One.\n");
    let two: (&str, &[u8]) = ("two.md", b"# B\n\nX.[^a] See @fn:a.\n\n[^a]: Two.\n");
    let both = paper(&[one, two], "extended")?.map_err(|errors| format!("{errors:?}"))?;
    let shown: Vec<String> = paragraphs(&both.blocks).into_iter().map(|content| plain(content)).collect();
    assert_eq!(shown, ["X. See note\u{a0}1.", "X. See note\u{a0}2."]);
    let found = errors_of(&[one, two, ("three.md", b"# C\n\nSee @fn:a.\n")])?;
    assert!(
        found.len() == 1 && found[0].starts_with("three.md:3:5: `a` names two footnotes, at one.md:5:1"),
        "{found:?}"
    );
    Ok(())
}

#[test]
fn a_german_paper_has_german_marks_signs_and_words() -> TestResult {
    let source = r#"# Eins [#sec:one]

Sie sagt: "Es ist 'so *gewiss*', wie's geht." Auch „dies“ und "**das**". Die Rate ist
{{ fact(name="link.bandwidth", digits=1) }}, das Intervall {{ interval(name="sampled.gain") }}, als Formel
$x = {{ fact(name="link.bandwidth", digits=1) }}$. Der Anspruch {{ claim(id="gain", is="fails") }}.
[@sec:one; @sec:two; @sec:three] und @Sec:two; [@erdos1959probable; @brin1998anatomy].

# Zwei [#sec:two]

# Drei [#sec:three]

| A | B |
|---|---|
| "x" | {{ fact(name="link.bandwidth", digits=2) }} |
"#;
    let document = paper_in(Language::German, &[("one.md", source.as_bytes())], "extended")?;
    let document = document.map_err(|errors| format!("{errors:?}"))?;
    let content = paragraphs(&document.blocks)[0];
    let text = output::plain(content, Language::German).replace('\u{a0}', " ");
    for part in [
        "„Es ist ‚so gewiss‘, wie’s geht.“ Auch „dies“ und „das“.",
        "50,0 GB/s, das Intervall 1,50–12,2×,",
        "x = 50{,}0~\\text{GB/s}",
        "Der Anspruch gilt nicht.",
        "Abschnitte 1, 2 und 3 und Abschnitt 2;",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let cells = document.every_block().find_map(|block| match &block.kind {
        BlockKind::Table { table, .. } => Some(&table.rows[0]),
        _ => None,
    });
    let cells: Vec<&str> = cells.ok_or("a table")?.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells, ["„x“", "50,00\u{a0}GB/s"]);
    // Every place stays that of the author.
    let number = content.iter().find(|inline| matches!(inline.kind, InlineKind::Number { .. }));
    let position = number.and_then(Inline::position).ok_or("a place")?;
    assert_eq!((position.line, position.column), (4, 1));
    let page = output::plain(&document.references[1].content, Language::German);
    assert!(page.contains("S. Brin und L. Page, „The Anatomy"), "{page}");
    Ok(())
}

#[test]
fn neighbours_of_what_other_tools_read_are_told_at_their_place() -> TestResult {
    for (source, expected) in [
        (
            "Let $\\Nu_1 \\coloneq 1$.",
            "one.md:3:12: this formula cannot be typeset: unknown command \\coloneq",
        ),
        ("Length $\\SI{3}{m}$.", "unknown command \\SI"),
        ("Water $\\ce{H2O}$.", "unknown command \\ce"),
        ("Slope $\\dv{y}{x}$.", "unknown command \\dv"),
        ("$$\n\\newcommand{\\Z}{z} \\Z\n$$", "a formula cannot hold `\\newcommand`"),
        ("$$ a $$ {#eq:a}", "write [#eq:a]"),
        ("## Part {#sec:part}", "write [#sec:part]"),
        ("Text ::: table table-2-performance :::", "one.md:3:6: a `:::` stands at the beginning of a line"),
        (":::table table-2-performance:::", "one.md:3:1: a `:::` line holds one thing"),
        ("::: edition extended outreach\nGone.\n:::", "one.md:3:"),
        ("```{tip}\nMind.\n```", "one.md:3:"),
        (
            "1. a\n   1. b\n      1. c\n         1. d\n            1. e\n",
            "one.md:7:13: lists of one kind may be 4 deep",
        ),
        ("> > > > > > > seven\n", "one.md:3:13: lists of one kind may be 4 deep, and 6 with quotations"),
        ("See @fig:\u{200b}topology.", "one.md:3:"),
        ("See @sec:\u{ad}one.", "one.md:3:"),
        ("A [b](./c.md#d).", "nobody can follow a link to `./c.md#d`"),
        ("A [b](<>).", "this link has no address"),
        ("A [b][c].\n\n[c]: c.md", "nobody can follow a link to `c.md`"),
        ("A \\emph{b} \\ref{c}.", "one.md:3:3: `\\emph` is a command of LaTeX"),
        ("\\begin{itemize}\n\\item a\n\\end{itemize}", "one.md:3:1: `\\begin` is a command of LaTeX"),
        ("A \\[x\\] b \\(y+z\\).", "`\\(y+z\\)` is a formula of LaTeX"),
        ("A[^a].\n\n[^a]: One.\n\n[^b]: Two.", "one.md:7:1: nothing calls the footnote `b`"),
    ] {
        let found = errors(&format!("# A\n\n{source}\n"))?;
        assert!(found.iter().any(|error| error.contains(expected)), "{source}: {found:#?}");
    }
    Ok(())
}

#[test]
fn formulas_that_look_like_something_else_are_formulas() -> TestResult {
    for (source, tex) in [
        ("As $e^{{-2}}$ and more.", "e^{{-2}}"),
        ("As $k_{{j}}$ and more.", "k_{{j}}"),
        ("As $\\{\\#S\\}$ and more.", "\\{\\#S\\}"),
        ("As $a \\text{ for $c$ alone}$ and more.", "a \\text{ for $c$ alone}"),
        ("As $a * b * c$ and more.", "a * b * c"),
        ("As $x_a$ and $y_b$ in one line.", "x_a"),
        ("As $|u|$ and more.", "|u|"),
        ("As $[0,2)$ and more.", "[0,2)"),
        ("| a |\n|---|\n| $\\lvert v \\rvert$ |", "\\lvert v \\rvert"),
        ("- $[0,3]$ first", "[0,3]"),
    ] {
        let document = document(&format!("# A\n\n{source}\n"), "extended")?;
        let found = document.every_inline().any(|inline| inline.kind == InlineKind::Math(tex.into()));
        assert!(found, "{source}: {document:#?}");
    }
    for sign in ["-", "+", ">", "=", "*", "1.", "|"] {
        let source = format!("# A\n\n$$\na\n{sign} b\n$$\n\nText.\n");
        let document = document(&source, "extended")?;
        let formula =
            |block: &Block| matches!(&block.kind, BlockKind::Equation { tex, .. } if tex.contains(sign));
        assert!(document.blocks.iter().any(formula) && document.blocks.len() == 3, "{sign}: {document:#?}");
    }
    Ok(())
}
