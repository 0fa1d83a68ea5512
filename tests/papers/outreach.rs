//! The texts beside a paper: their forms, their pictures, and what other programs make of them.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{Html, Selector};
use serde_json::Value;

use crate::html::{check_axe, check_validator};
use crate::paper::Paper;

pub const SUMMARY: &str = "paper/outreach/exec-summary.md";
pub const BLOG: &str = "paper/outreach/blog-post.md";
pub const THREAD: &str = "paper/outreach/tweet-thread.md";
pub const HN: &str = "paper/outreach/hn-post.md";

/// The narrow and the wide page that people look at, in CSS pixels.
const WIDTHS: [u32; 2] = [400, 1400];
/// Width and height of a card.
const CARD: (u32, u32) = (1200, 630);

const DECLARED: &str = r#"outreach:
  site: https://example.org/blog
  summary: {source: paper/outreach/exec-summary.md, words: {at_least: 20, at_most: 90}, figures: {equal: 1}, tables: {equal: 1}, pages: {equal: 1}}
  blog:
    source: paper/outreach/blog-post.md
    words: {at_least: 10, at_most: 60}
    card: fig-1-gain
  thread:
    source: paper/outreach/tweet-thread.md
    posts: {equal: 2}
    weighted_characters: {at_most: 38}
    alt_characters: {at_most: 1000}
  hn:
    source: paper/outreach/hn-post.md
    title_begins: "Show HN:"
    title_characters: {at_most: 40}
    words: {at_least: 10, at_most: 40}
"#;

const CLAIMS: &str = r#"- id: gain
  claim: "a twist gains half as much again"
  definition: "ideal all-to-all on a 4x4x8 slice"
  test: {value: twist_gain.4x4x8, at_least: 1.5}
  fails_if: "the twist gained less than half of what it was built for"
  fixed: after
  counter_reading: "A measured gain is smaller."
"#;

const SUMMARY_TEXT: &str = r#"# A summary of twists

A torus closes every row to a ring [@dally1990kary]. The twist of a 4x4x8 slice gains
{{ fact(name="twist_gain.4x4x8", digits=2) }} in all-to-all; @fig:chart-distance and @tab:gain show it.

## Evidence

::: figure chart-distance
:::

::: table table-1-gain
:::

- The gain is computed,
- and a published one stands beside it.
"#;

const BLOG_TEXT: &str = r#"# A twist, told

Shifting a wrap gains {{ fact(name="twist_gain.4x4x8", digits=2) }}, & nobody touches a "cable". The
[summary](site:exec-summary.html) says why, and <site:more.html> says more.

## Why [#sec:why]

Short sides are the bottleneck, so the twist helps where they are short.
"#;

const THREAD_TEXT: &str = r#"# A thread

## Begin

Short enough.

## End

It gains {{ fact(name="twist_gain.4x4x8", digits=2) }}.

::: figure fig-1-gain
:::
"#;

const HN_TEXT: &str = r#"# Show HN: A small paper

It computes *one* gain, and says so [@jouppi2023tpuv4]:

- ideal all-to-all gains {{ fact(name="twist_gain.4x4x8", digits=2) }},
- and so: The promise of a gain {{ claim(id="gain", is="holds") }}.

```sh
make paper
```
"#;

/// The smallest paper with all texts beside it.
pub fn small() -> Paper {
    let paper = Paper::minimal();
    let described = paper.read("paper/paper.yaml");
    paper.write("paper/paper.yaml", described + DECLARED);
    std::fs::create_dir(paper.path("paper/outreach")).unwrap();
    paper.write("paper/claims.yaml", CLAIMS);
    for (file, text) in [(SUMMARY, SUMMARY_TEXT), (BLOG, BLOG_TEXT), (THREAD, THREAD_TEXT), (HN, HN_TEXT)] {
        paper.write(file, text);
    }
    paper
}

fn built() -> Paper {
    let paper = small();
    paper.command("build").assert().success();
    paper
}

fn select<'p>(page: &'p Html, selector: &str, attribute: &str) -> Vec<&'p str> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).filter_map(|element| element.value().attr(attribute)).collect()
}

/// The width and height of a PNG, decoded in full.
fn size(png: &[u8]) -> (u32, u32) {
    let pixels = tiny_skia::Pixmap::decode_png(png).unwrap();
    (pixels.width(), pixels.height())
}

fn bytes(paper: &Paper, file: &str) -> Vec<u8> {
    std::fs::read(paper.path(&format!("build/outreach/{file}"))).unwrap()
}

/// Everything below `build/outreach/`.
fn outputs(paper: &Paper) -> BTreeMap<String, Vec<u8>> {
    paper.files("build/outreach")
}

#[test]
fn every_text_has_its_outputs_and_a_paper_without_texts_has_none() {
    let paper = built();
    let names: Vec<String> = outputs(&paper).into_keys().collect();
    let expected = [
        "blog-post.html",
        "blog-post.md",
        "card.png",
        "exec-summary.html",
        "exec-summary.md",
        "exec-summary.pdf",
        "hn-post.md",
        "pictures/fig-1-gain.png",
        "tweet-thread.json",
        "tweet-thread.md",
    ];
    assert_eq!(names, expected);
    let manifest: Value = serde_json::from_str(&paper.read("build/manifest.json")).unwrap();
    for file in [SUMMARY, BLOG, THREAD, HN] {
        assert!(manifest["inputs"][file].is_object(), "{file} is no input of the manifest");
    }
    assert!(manifest["outputs"]["outreach/card.png"].is_object());
    let without = Paper::minimal();
    without.command("build").assert().success();
    assert!(!without.path("build/outreach").exists());
}

#[test]
fn two_folders_and_any_number_of_threads_give_the_same_texts() {
    let (one, two) = (small(), small());
    one.command("build").args(["--threads", "1"]).assert().success();
    two.command("build").args(["--threads", "2"]).assert().success();
    let (one, two) = (outputs(&one), outputs(&two));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs");
    }
}

#[test]
fn the_thread_says_text_image_and_alternative_text_of_each_post() {
    let paper = built();
    let thread: Value = serde_json::from_str(&paper.read("build/outreach/tweet-thread.json")).unwrap();
    let alt = "Two bars, one for each slice. The bar of 4x4x8 is higher than the bar of 4x8x8. A diamond a little \
               below the top of each bar marks the published gain.";
    let expected = serde_json::json!({"posts": [
        {"text": "1/2 Short enough.", "image": null, "alt": null},
        {"text": "2/2 It gains 1.75×.", "image": "pictures/fig-1-gain.png", "alt": alt},
    ]});
    assert_eq!(thread, expected);
    let (width, height) = size(&bytes(&paper, "pictures/fig-1-gain.png"));
    assert!(width == 1600 && height > 300, "{width}x{height}");
    let text = paper.read("build/outreach/tweet-thread.md");
    let expected = format!(
        "# A thread\n\n1/2 Short enough.\n\n---\n\n2/2 It gains 1.75×.\n\n![{alt}](pictures/fig-1-gain.png)\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn the_hacker_news_post_is_a_title_and_plain_paragraphs() {
    let expected = "Show HN: A small paper\n\nIt computes one gain, and says so [1]:\n\n- ideal all-to-all gains 1.75×,\n\n\
                    - and so: The promise of a gain holds.\n\n  make paper\n\n[1] https://doi.org/10.1145/3579371.3589350\n";
    assert_eq!(built().read("build/outreach/hn-post.md"), expected);
}

#[test]
fn a_shared_page_shows_its_title_its_summary_and_its_card() {
    let paper = built();
    assert_eq!(size(&bytes(&paper, "card.png")), CARD);
    let text = paper.read("build/outreach/blog-post.html");
    let page = Html::parse_document(&text);
    let description = "Shifting a wrap gains 1.75×, & nobody touches a “cable”. The summary says why, and \
                       https://example.org/blog/more.html says more.";
    for (name, content) in [
        ("property=\"og:type\"", "article"),
        ("property=\"og:title\"", "A twist, told"),
        ("property=\"og:description\"", description),
        ("property=\"og:url\"", "https://example.org/blog/blog-post.html"),
        ("property=\"og:image\"", "https://example.org/blog/card.png"),
        ("property=\"og:image:width\"", "1200"),
        ("property=\"og:image:height\"", "630"),
        ("name=\"twitter:card\"", "summary_large_image"),
        ("name=\"twitter:image\"", "https://example.org/blog/card.png"),
    ] {
        assert_eq!(select(&page, &format!("meta[{name}]"), "content"), [content], "{name}");
    }
    assert!(select(&page, "meta[name=\"twitter:image:alt\"]", "content")[0].starts_with("Two bars"));
    let links = ["https://example.org/blog/exec-summary.html", "https://example.org/blog/more.html"];
    assert_eq!(select(&page, "main a", "href"), links);
    // Nothing is run or loaded: the page can be copied to any place.
    assert_eq!(select(&page, "script, iframe, img, object, [src]", "class").len(), 0);
    assert_eq!(select(&page, "link", "rel"), ["canonical"]);
    let described = paper.read("paper/paper.yaml").replace("  site: https://example.org/blog\n", "");
    paper.write("paper/paper.yaml", described);
    let text = paper
        .read(BLOG)
        .replace("(site:exec-summary.html)", "(https://a.org)")
        .replace("<site:more.html>", "it");
    paper.write(BLOG, text);
    paper.command("build").assert().success();
    let page = Html::parse_document(&paper.read("build/outreach/blog-post.html"));
    assert_eq!(select(&page, "meta[property=\"og:image\"]", "content"), ["card.png"]);
    assert_eq!(select(&page, "link, meta[property=\"og:url\"]", "rel").len(), 0);
}

#[test]
fn a_check_prints_what_it_counted_beside_each_limit() {
    let output = small().command("check").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let lines: BTreeSet<String> = said.lines().map(words).collect();
    for line in [
        "exec-summary: figures 1 1",
        "exec-summary: pages 1 1",
        "tweet-thread: posts 2 2",
        "tweet-thread: weighted characters of the longest post 19 at most 38",
        "hn-post: characters of the title 22 at most 40",
    ] {
        assert!(lines.contains(line), "no `{line}` in {said}");
    }
}

/// The length of a post by the platform's published rules, counted apart from the library that the build
/// uses.
fn weight(text: &str) -> usize {
    let address = |word: &&str| word.starts_with("https://");
    let words = text.split_whitespace();
    let addresses: usize = words.clone().filter(address).map(|word| word.chars().count()).sum();
    let light = |c: char| matches!(u32::from(c), 0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247);
    let all: usize = text.chars().map(|c| if light(c) { 1 } else { 2 }).sum();
    all - addresses + 23 * words.filter(address).count()
}

#[test]
fn the_texts_of_the_project_keep_what_their_readers_expect() {
    let paper = Paper::own_built();
    let thread: Value = serde_json::from_str(&paper.read("build/outreach/tweet-thread.json")).unwrap();
    let posts = thread["posts"].as_array().unwrap();
    assert_eq!(posts.len(), 15);
    for (index, post) in posts.iter().enumerate() {
        let text = post["text"].as_str().unwrap();
        assert!(text.starts_with(&format!("{}/15 ", index + 1)) && weight(text) <= 280, "{text}");
        if let Some(image) = post["image"].as_str() {
            size(&bytes(paper, image));
            let alt = post["alt"].as_str().unwrap().chars().count();
            assert!((50..=1000).contains(&alt), "{alt}: {text}");
        }
    }
    let post = paper.read("build/outreach/hn-post.md");
    let (title, comment) = post.split_once("\n\n").unwrap();
    assert!(title.starts_with("Show HN: ") && title.chars().count() <= 80, "{title}");
    let words = comment.split_whitespace().count();
    assert!((200..=300).contains(&words), "{words}");
    for (name, least, most) in [("exec-summary", 800, 1000), ("blog-post", 900, 1100)] {
        let page = Html::parse_document(&paper.read(&format!("build/outreach/{name}.html")));
        let prose = Selector::parse("main p:not(.note), main > section > ul > li, main > ul > li").unwrap();
        let texts = page.select(&prose).map(|element| element.text().collect::<String>());
        let words: usize = texts.map(|text| text.split_whitespace().count()).sum();
        assert!((least..=most).contains(&words), "{name}: {words} words");
    }
    let pdf = lopdf::Document::load_mem(&bytes(paper, "exec-summary.pdf")).unwrap();
    assert_eq!(pdf.get_pages().len(), 2);
    assert_eq!(size(&bytes(paper, "card.png")), CARD);
}

#[test]
fn the_pages_of_the_project_are_valid_and_open_to_everyone() {
    for name in ["blog-post", "exec-summary"] {
        let page = Paper::own_built().read(&format!("build/outreach/{name}.html"));
        check_validator(name, &page);
        check_axe(name, &page, &WIDTHS);
    }
}

#[test]
fn the_texts_of_the_project_link_only_to_what_the_project_knows() {
    let paper = Paper::own();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let known = readme + &paper.read("paper/references.bib") + &paper.read("paper/paper.yaml");
    let mut count = 0;
    for file in [SUMMARY, BLOG, THREAD, HN] {
        let text = paper.read(file);
        for (at, _) in text.match_indices("https://") {
            let address = text[at..].split([')', '>', '"', ' ', '\n']).next().unwrap();
            let name = address.trim_start_matches("https://doi.org/");
            assert!(known.contains(name), "{file}: nothing here knows {address}");
            count += 1;
        }
    }
    assert!(count > 3);
}
