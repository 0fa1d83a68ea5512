//! The texts beside a paper keep their limits and its rules, or the build stops at their place.

use crate::outreach::{BLOG, HN, SUMMARY, THREAD, small};
use crate::paper::Paper;

/// Sentences of eleven words each, all different.
fn sentences(count: usize) -> String {
    let sentence = |index| {
        let mark = char::from(b'a' + u8::try_from(index % 26).unwrap());
        format!("Word {mark}a {mark}b {mark}c {mark}d {mark}e {mark}f {mark}g {mark}h {mark}i {mark}j.\n")
    };
    (0..count).map(sentence).collect()
}

/// Builds and checks a broken paper: both stop with `expected`, and nothing is written.
fn check_stops(paper: &Paper, expected: &[&str]) {
    for command in ["build", "check"] {
        let output = paper.command(command).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}: {said}");
        for part in expected {
            assert!(said.contains(part), "{command}: no `{part}` in:\n{said}");
        }
    }
    assert!(!paper.path("build/outreach").exists());
}

/// A small paper with one part of one text replaced.
fn with(file: &str, from: &str, to: &str) -> Paper {
    let paper = small();
    let text = paper.read(file);
    assert!(text.contains(from), "no `{from}` in {file}");
    paper.write(file, text.replacen(from, to, 1));
    paper
}

#[test]
fn a_text_with_too_many_words_is_told_how_many_to_cut() {
    let paper = small();
    paper.append(BLOG, &sentences(10));
    check_stops(
        &paper,
        &[
            "paper/outreach/blog-post.md:1:1",
            "`blog-post` has 140 words, 80 too many: the limit is 10–60",
            "cut 80",
        ],
    );
}

#[test]
fn a_limit_is_a_rule_that_can_be_ignored_before_and_after_typesetting() {
    let ignored = "  ignore: [{rule: outreach-limit, reason: a draft}]\n  also: [";
    let paper = with("paper/paper.yaml", "  also: [", ignored);
    paper.append(BLOG, &sentences(10));
    let text = paper.read("paper/paper.yaml");
    paper.write("paper/paper.yaml", text.replace("pages: {equal: 1}", "pages: {at_least: 7}"));
    paper.command("build").assert().success();
    let report = paper.read("build/review/technical-review.md");
    for limit in ["80 too many: the limit is 10–60", "too few: the limit is at least 7"] {
        assert_eq!(report.matches(&format!("{limit}. Reason: a draft")).count(), 1, "{limit}: {report}");
    }
    paper.write(
        "paper/paper.yaml",
        paper.read("paper/paper.yaml").replace("rule: outreach-limit", "rule: placeholder"),
    );
    let said = paper.errors();
    assert!(said.contains("error[outreach-limit]: `blog-post` has 140 words"), "{said}");
}

#[test]
fn a_text_with_too_few_words_is_told_how_many_to_add() {
    let paper = with(
        "paper/paper.yaml",
        "words: {at_least: 20, at_most: 90}",
        "words: {at_least: 900, at_most: 1000}",
    );
    check_stops(&paper, &["paper/outreach/exec-summary.md:1:1", "too few: the limit is 900–1000", "add 8"]);
}

#[test]
fn a_comment_with_too_many_words_is_an_error_at_its_file() {
    let paper = small();
    paper.append(HN, &sentences(5));
    check_stops(
        &paper,
        &["paper/outreach/hn-post.md:1:1", "`hn-post` has 7", "too many: the limit is 10–40", "cut 3"],
    );
}

#[test]
fn a_post_over_its_limit_is_named_with_its_overshoot_at_its_line() {
    // The text takes 26 characters of the 40, its address 23 however long it is.
    let paper = with(THREAD, "Short enough.", "Short? <https://arxiv.org/abs/2304.01433> 座標");
    check_stops(
        &paper,
        &[
            "paper/outreach/tweet-thread.md:3:1",
            "post 1 has 39 weighted characters, 1 too many: the limit is at most 38",
            "cut 1",
        ],
    );
}

#[test]
fn a_thread_of_another_length_is_an_error() {
    let paper = small();
    paper.append(THREAD, "## One more\n\nA post more.");
    check_stops(
        &paper,
        &[
            "paper/outreach/tweet-thread.md:1:1",
            "`tweet-thread` has 3 posts, 1 too many: the limit is 2",
            "cut 1",
        ],
    );
}

#[test]
fn an_alternative_text_over_its_limit_is_an_error_at_its_figure() {
    let paper = with("paper/paper.yaml", "alt_characters: {at_most: 1000}", "alt_characters: {at_most: 100}");
    check_stops(
        &paper,
        &[
            "figures/fig-1-gain.yaml:1:1",
            "the alternative text of post 2 has 150 characters, 50 too many: the limit is at most 100",
            "cut 50",
        ],
    );
}

#[test]
fn a_title_that_is_too_long_or_begins_otherwise_is_an_error() {
    let paper =
        with(HN, "Show HN: A small paper", "A small paper with a title that goes on for longer than it may");
    check_stops(
        &paper,
        &[
            "paper/outreach/hn-post.md:1:1",
            "the title has 62 characters, 22 too many: the limit is at most 40",
            "cut 22",
            "the title does not begin with `Show HN:`",
        ],
    );
}

#[test]
fn a_summary_with_another_number_of_figures_or_tables_is_an_error() {
    let paper = small();
    paper.append(SUMMARY, "@tab:published says more.\n\n::: table table-2-published\n:::");
    check_stops(
        &paper,
        &[
            "paper/outreach/exec-summary.md:1:1",
            "`exec-summary` has 2 tables, 1 too many: the limit is 1",
            "cut 1",
        ],
    );
}

#[test]
fn a_summary_of_too_many_pages_is_an_error() {
    let paper = with(
        "paper/paper.yaml",
        "words: {at_least: 20, at_most: 90}",
        "words: {at_least: 20, at_most: 9000}",
    );
    let long: String = (0..60).map(|index| format!("{}\n", paragraph(index))).collect();
    paper.append(SUMMARY, &long);
    check_stops(
        &paper,
        &["paper/outreach/exec-summary.md:1:1", "pages, ", "too many: the limit is 1", "cut "],
    );
}

/// A paragraph of words that stand in no other.
fn paragraph(index: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    let word = |at: usize| format!("{}{}{}", letter(index), letter(index / 26), letter(at));
    (0..26).map(word).collect::<Vec<_>>().join(" ") + ".\n"
}

#[test]
fn a_changed_verdict_stops_the_build_at_its_sentence() {
    let paper = small();
    paper.command("build").assert().success();
    let before = paper.read("build/outreach/hn-post.md");
    assert!(before.contains("The promise of a gain holds."));
    let claims = paper.read("paper/claims.yaml");
    paper.write("paper/claims.yaml", claims.replace("at_least: 1.5", "at_least: 2.5"));
    let said = paper.errors();
    for part in [
        "paper/outreach/hn-post.md:6:57",
        "this sentence says that `gain` is `holds`; its verdict is `fails`",
        "make the sentence true, then write is=\"fails\"",
    ] {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
    assert_eq!(paper.read("build/outreach/hn-post.md"), before, "the last good text stays");
}

#[test]
fn typed_numbers_placeholders_repeats_and_unmentioned_figures_are_errors() {
    let paper = small();
    let typed = paper.append(BLOG, "It is 37 hops long.");
    let placeholder = paper.append(HN, "TODO.");
    let repeat = "They say that this very sentence stands in here once more.";
    let repeated = paper.append(SUMMARY, &format!("{repeat}\n\n{repeat}")) + 2;
    paper.append(BLOG, "::: figure chart-distance\n:::");
    let expected = [
        format!("{BLOG}:{typed}:7"),
        format!("{HN}:{placeholder}:1"),
        format!("{SUMMARY}:{repeated}:1"),
        "`fig:chart-distance` is shown in the edition `blog-post` and never referred to".to_owned(),
    ];
    let said = paper.errors();
    for part in expected {
        assert!(said.contains(&part), "no `{part}` in:\n{said}");
    }
}

#[test]
fn what_the_description_of_a_paper_cannot_say_is_located() {
    let file = "paper/paper.yaml";
    for (from, to, expected) in [
        ("posts: {equal: 2}", "post: {equal: 2}", "there is no key `post` here"),
        ("posts: {equal: 2}", "posts: {at_least: 3, at_most: 2}", "no count is at least 3 and at most 2"),
        ("site: https://example.org/blog", "site: example.org", "`example.org` is not the address of a site"),
        ("card: fig-1-gain", "card: fig-1-gian", "figures/fig-1-gian.yaml does not exist"),
        (
            "source: paper/outreach/hn-post.md",
            "source: paper/outreach/hn.md",
            "paper/outreach/hn.md does not exist",
        ),
        (
            "source: paper/outreach/hn-post.md",
            "source: paper/sections/blog-post.md",
            "two texts of outreach are called `blog-post`",
        ),
        (
            "source: paper/outreach/hn-post.md",
            "source: paper/outreach/hn%post.md",
            "`hn%post` cannot name a text and its outputs",
        ),
    ] {
        let paper = with(file, from, to);
        let said = paper.errors();
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
        let line = paper.read(file).lines().position(|line| line.contains(to)).unwrap() + 1;
        let placed = said.contains(&format!("{file}:{line}:")) || said.contains("--> paper/outreach/hn.md");
        assert!(placed, "no place in:\n{said}");
    }
}

#[test]
fn what_a_text_cannot_hold_is_named_at_its_place() {
    let paper = with("paper/paper.yaml", "  site: https://example.org/blog\n", "");
    let link = paper.append(BLOG, "See [more](site:more.html).");
    let part = paper.append(BLOG, "As @sec:why says.");
    let title = paper.append(HN, "# A second title");
    let expected = [
        format!("{BLOG}:{link}:5"),
        "`site:more.html` needs the address of a site".to_owned(),
        format!("{BLOG}:{part}:4"),
        "`sec:why` is a part of this text, and its parts have no numbers".to_owned(),
        format!("{HN}:{title}:1"),
        "this text has a title already".to_owned(),
    ];
    let said = paper.errors();
    for part in expected {
        assert!(said.contains(&part), "no `{part}` in:\n{said}");
    }
}

#[test]
fn a_caption_that_refers_to_what_only_the_paper_has_is_told_where_it_is() {
    let paper = small();
    paper.append(BLOG, "@fig:gain shows it.\n\n::: figure fig-1-gain\n:::");
    let said = paper.errors();
    let place = "`eq:throughput` is not in the edition `outreach`: it stands at paper/sections/02-results.md";
    assert!(said.contains("figures/fig-1-gain.yaml:3:89") && said.contains(place), "{said}");
}

#[test]
fn a_comment_with_a_table_is_an_error_at_its_place() {
    let paper = small();
    let line = paper.append(HN, "::: table table-1-gain\n:::");
    paper.append(HN, "@tab:gain.");
    let said = paper.errors();
    let place = format!("{HN}:{line}:11");
    assert!(said.contains(&place) && said.contains("the comment cannot hold a table"), "{said}");
}

#[test]
fn a_text_without_a_title_is_an_error() {
    let paper = with(BLOG, "# A twist, told\n", "");
    let said = paper.errors();
    assert!(said.contains(&format!("{BLOG}:1:1")) && said.contains("this text has no title"), "{said}");
}
