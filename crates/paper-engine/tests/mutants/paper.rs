//! A small paper whose text, references and descriptions come from a test, read and rendered but not typeset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::{Fact, Facts, Grade, Published, Unit, Value};
use paper_engine::figure;
use paper_engine::language::Language;
use paper_engine::lint::Structural;
use paper_engine::manuscript::{
    BlockKind, Document, FigureText, Front, InlineKind, ReferenceCache, ReferenceStyle, Sources, TableText,
    TextCache, read,
};
use paper_engine::model::Model;
use paper_engine::output::{
    Engines, Latex, Ledger, Positions, SectionCache, Templates, html, latex, markdown, phext, reference_list,
};
use paper_engine::pipeline::Paper as Description;
use paper_engine::results::Frames;
use paper_engine::study::Study;
use paper_engine::table;

/// The text that each test replaces.
pub const TEXT: &str = "paper/sections/text.md";
/// The references that a test may replace.
pub const REFERENCES: &str = "paper/references.bib";
/// What a mutant may refer to: the labels of the seeds, each once.
const BASE: &str = "\
# Text [#sec:text]

What the mutants refer to: @eq:throughput.

$$
T = L
$$ [#eq:throughput]

# Blocks [#sec:blocks]

::: theorem [#thm:bound]
It holds.
:::

::: definition [#def:ring]
It is.
:::

::: lemma [#lem:walk]
It goes.
:::

::: algorithm [#alg:walk]
Go on.
:::

```rust {#lst:twice caption=\"A program\"}
fn main() {}
```

# Figures [#sec:figures]

| a | b |
|---|---|
| c | d |

: Some words [#tab:words]

# The mutant
";

/// A page of the rendered parts alone, which is read fast.
const PAGE: &str = "<h1>{{ heading | safe }}</h1><main>{{ summary | safe }}{{ body | safe }}\
                    <ol>{{ references | safe }}</ol><ol>{{ footnotes | safe }}</ol></main>";

/// What is made of a paper.
pub struct Outputs {
    pub html: String,
    pub markdown: String,
    pub latex: Latex,
    pub list: Latex,
}

/// A paper in a folder of its own.
pub struct Paper {
    folder: tempfile::TempDir,
    templates: Templates,
    facts: Arc<Facts>,
    figures: BTreeMap<String, FigureText>,
    kept: ReferenceCache,
    texts: TextCache,
    sections: SectionCache,
}

/// The folder of the papers that tests begin with.
pub fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite")
}

impl Paper {
    /// Returns the paper with a text that says nothing.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let everything = suite().join("everything");
        for part in ["paper/sections", "paper/tables", "figures", "templates"] {
            std::fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        for entry in std::fs::read_dir(everything.join("figures")).unwrap().flatten() {
            std::fs::copy(entry.path(), folder.path().join("figures").join(entry.file_name())).unwrap();
        }
        for file in [REFERENCES, "paper/paper.yaml"] {
            std::fs::copy(everything.join(file), folder.path().join(file)).unwrap();
        }
        let paper = Self {
            templates: templates(folder.path()),
            folder,
            facts: Arc::new(facts()),
            figures: BTreeMap::from([("fig-1-gain".to_owned(), FigureText::default())]),
            kept: ReferenceCache::default(),
            texts: TextCache::default(),
            sections: SectionCache::default(),
        };
        paper.write("paper/sections/base.md", BASE.as_bytes());
        paper.write("paper/sections/abstract.md", b"A short abstract.\n");
        paper.write(TEXT, b"");
        paper
    }

    /// Replaces a file.
    pub fn write(&self, file: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(file), bytes).unwrap();
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Reads the paper and renders it in every format that needs no typesetting.
    pub fn outputs(&self) -> Result<Outputs, Diagnostics> {
        let document = self.document()?;
        let drawings = drawings(&document);
        let ledger = Ledger::default();
        let mut errors = Diagnostics::default();
        let page = html(&document, &self.templates, &drawings, &self.facts, &ledger, Positions::Shown, None);
        let page = errors.take(page.map_err(Diagnostics::from));
        let layout = self.templates.layout(None).expect("the default venue");
        let list = reference_list(&document, layout.venue, Engines::WithPdfTex);
        let list = errors.take(list.map_err(Diagnostics::from)).unwrap_or_default();
        let tex = latex(&document, &self.templates, layout, &ledger, &list, Engines::WithPdfTex);
        let tex = errors.take(tex.map_err(Diagnostics::from));
        let phext = phext("extended", &document, &drawings, &self.facts);
        errors.take(phext.map_err(Diagnostics::from));
        let made = (|| Some(Outputs { html: page?, markdown: markdown(&document), latex: tex?, list }))();
        errors.require(made)
    }

    /// Reads the paper, the text that changes behind the other, with nothing of what was read before.
    pub fn document(&self) -> Result<Document, Diagnostics> {
        self.read(["paper/sections/base.md", TEXT], &TextCache::default())
    }

    /// Returns document and page of the paper, the text that changes before the other: as an author's next draft is
    /// read after all that came before, or with nothing of that.
    pub fn draft(&self, is_next: bool) -> Result<(Document, Option<String>), Diagnostics> {
        let nothing = (TextCache::default(), SectionCache::default());
        let (texts, sections) =
            if is_next { (&self.texts, &self.sections) } else { (&nothing.0, &nothing.1) };
        let document = self.read([TEXT, "paper/sections/base.md"], texts)?;
        let (drawings, ledger) = (drawings(&document), Ledger::default());
        let positions = Positions::Shown;
        let page =
            html(&document, &self.templates, &drawings, &self.facts, &ledger, positions, Some(sections));
        Ok((document, page.ok()))
    }

    fn read(&self, sections: [&str; 2], texts: &TextCache) -> Result<Document, Diagnostics> {
        let sections = sections.map(PathBuf::from);
        read(&Sources {
            language: Language::English,
            root: self.root(),
            title: "A title".into(),
            front: Front::default(),
            back: Vec::new(),
            keywords: Vec::new(),
            abstract_file: Some("paper/sections/abstract.md".into()),
            sections: sections.into(),
            appendices: Vec::new(),
            left_out: Vec::new(),
            bibliography: REFERENCES.into(),
            references: ReferenceStyle::Ieee,
            edition: "extended",
            editions: &["extended", "conference", "outreach"],
            macros: &BTreeMap::from([("norm".to_owned(), "\\lVert #1 \\rVert".to_owned())]),
            facts: &self.facts,
            verdicts: &BTreeMap::new(),
            figures: &self.figures,
            tables: &BTreeMap::<String, TableText>::new(),
            kept: &self.kept,
            texts,
        })
    }

    /// Reads every description that an author writes in YAML, and draws the figures.
    pub fn descriptions(&self) -> Result<(), Diagnostics> {
        let root = self.root();
        let mut errors = Diagnostics::default();
        errors.take(Description::read(root, &Study::EMPTY));
        errors.take(Model::read(root, &Study::EMPTY));
        errors.take(Structural::read(root));
        let font = figure::Font::installed().unwrap();
        let frames = Frames::default();
        let figures = errors.take(figure::load_all::<figure::NoDrawing>(root)).unwrap_or_default();
        for (id, one) in &figures {
            errors.take(figure::draw(id, one, &self.facts, &frames, Language::English, &font));
        }
        for (id, spec) in &errors.take(table::load_all(root)).unwrap_or_default() {
            errors.take(table::rows(id, spec, &self.facts, &frames, Language::English));
        }
        errors.into_result(())
    }
}

fn templates(root: &Path) -> Templates {
    let folder = root.join("templates");
    std::fs::write(folder.join("paper.html"), PAGE).unwrap();
    Templates::load(&folder).unwrap()
}

/// A drawing for each figure and picture that a document shows.
fn drawings(document: &Document) -> BTreeMap<String, String> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>".to_owned();
    let blocks = document.every_block().filter_map(|block| match &block.kind {
        BlockKind::Figure { id, .. } => Some(id.clone()),
        _ => None,
    });
    let inlines = document.every_inline().filter_map(|inline| match &inline.kind {
        InlineKind::Picture { id, .. } => Some(id.clone()),
        _ => None,
    });
    blocks.chain(inlines).map(|id| (id, svg.clone())).collect()
}

/// The facts that the seeds name.
fn facts() -> Facts {
    let fact = Fact {
        formula: "counted".into(),
        source: "the graph".into(),
        published: Some(Published { value: 1.63, high: None, bound: None, place: "dally1990kary".into() }),
        ..Fact::new(Value::Number(1.75), Unit::TIMES, Grade::Computed)
    };
    // Whatever in their files looks like the name of one.
    let mut names = BTreeSet::new();
    for entry in walkdir::WalkDir::new(suite()).into_iter().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c)));
        let words = words.map(|word| word.trim_matches('.'));
        names.extend(words.filter(|word| word.contains('.')).map(str::to_owned));
    }
    Facts::from(names.into_iter().map(|name| (name, fact.clone())).collect::<BTreeMap<_, _>>())
}
