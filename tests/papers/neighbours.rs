//! Ordinary inputs of authors, beside those for which each construct was made: what is written is printed, the
//! same in every output, or refused at its place.

use crate::constructs::{text_of_page, text_of_pdf, words};
use crate::paper::Paper;

/// What is printed whole.
const TEXT: &str = r#"# Neighbours

Braces of other tools stay text in code, `{{ x }}`, `{% raw %}`, `${{ key }}`, and in text, {% if %}. A formula has its
own, $x_{{i}}$. Code keeps its spaces, `a  b`. Entities are signs: &lt; &copy; &#169; and AT&T.

*one***two**, **three***four*, ***five** six*, snake_case_name, **seven**: eight, ~~nine **ten** `eleven`~~.

An address with signs, [of spaces](<https://a.org/some page>), https://a.org/half_(way)/$x$, www.example.org.
[A named one][Named  Address], and [named address] again.

[named address]: https://a.org/named

A note[^outer] calls another, in its line^[within, as before[^again]], and once more[^again].

[^outer]: The outer note, which has one of its own[^inner].
[^inner]: The inner note.
[^again]: The repeated note.

1. first of a list
2. second of it

7) seventh of another
8) eighth of it

- bullet
* other bullet

| *Kind* | `a\|b` | Note |
|:--|:-:|--:|
| left | ~~middle~~ | right[^cell] |
| | <!-- unseen too --> "quoted" | 10\% |

[^cell]: The note of a cell.

<!--
::: figure unseen
:::
```
-->

> quoted
> > deeper
> 1. item of the quotation
"#;

/// What is refused: a line of the text, and what is said of it.
const REFUSED: &[(&str, &str)] = &[
    ("H~2~O is water.", "`~2~` lowers nothing here"),
    ("x^2^ is a square.", "`^2^` raises nothing here"),
    ("See @fig-gain and @tbl-gain.", "`@tbl-gain` refers to nothing"),
    (
        "See [the site^[a note]](https://example.org).",
        "cannot stand in the caption of a picture or in a link",
    ),
    ("It costs $5 and 5$ more.", "reads like words between two dollar signs"),
    ("```text one more\ncode\n```", "`one more` behind the language of this listing"),
    ("[](#sec:results) is a link.", "this link has no text"),
    ("[the site](site:page.html) is elsewhere.", "nobody can follow a link to `site:page.html`"),
    ("[remark]: important", "nothing links to `remark`"),
    ("3. three\n5. five", "this item is written as 5 and would be numbered 4"),
    ("| a | b |\n|---|---|\n| c | d |\nText below.", "this line stands directly below a table"),
    ("A sign \u{f8ff} of one maker.", "the character U+F8FF means nothing outside one program"),
    ("A bell \u{7} rings.", "the character U+0007 means nothing outside one program"),
    ("A character \u{fffd} was lost.", "the character U+FFFD means nothing outside one program"),
    ("$a \\middle| b$ has no sides.", "\\middle stands outside of \\left and \\right"),
    ("> <!-- a comment", "this comment is not closed"),
    ("$$\na \\label{x}\n$$", "`x` cannot label an equation"),
];

/// A paper with a text behind its own.
fn with(text: &str) -> Paper {
    let paper = Paper::minimal();
    paper.write("paper/sections/03-neighbours.md", text);
    let description = paper.read("paper/paper.yaml").replace(
        "  - paper/sections/02-results.md\n",
        "  - paper/sections/02-results.md\n  - paper/sections/03-neighbours.md\n",
    );
    paper.write("paper/paper.yaml", description.split("rules:").next().unwrap());
    paper.append(
        "paper/structural-numbers.yaml",
        "- {numbers: [any], reason: an input under test states no result}",
    );
    paper
}

#[test]
fn what_is_written_is_printed_by_every_output() {
    let paper = with(TEXT);
    let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = text_of_pdf(&paper.path("build/extended/minimal.pdf"));
    let (known, html) = (words(&printed), paper.read("build/html/index.html"));
    let lost: Vec<String> = words(&text_of_page(&html).replace('\u{a0}', " "))
        .into_iter()
        // The page alone has a heading above its notes.
        .filter(|word| !known.contains(word) && word != "notes")
        .collect();
    assert_eq!(lost, Vec::<String>::new(), "on the page and not in the PDF:\n{printed}");
    // A note inside a note is no part of the page's text, but has to be printed all the same.
    for note in ["The outer note", "The inner note", "The repeated note", "The note of a cell"] {
        assert_eq!(printed.replace('\n', " ").matches(note).count(), 1, "{note}: {printed}");
    }
    let markdown = paper.read("build/minimal.md");
    for part in [
        "`a  b`",
        "1. first of a list",
        "7) seventh of another",
        "8) eighth of it",
        "- bullet",
        "* other bullet",
        "https://a.org/half\\_(way)/\\$x\\$",
        "{% if %}",
    ] {
        assert!(markdown.contains(part), "no {part} in {markdown}");
    }
    for part in ["unseen", "–\\>", "--&gt;"] {
        assert!(!markdown.contains(part) && !html.contains(part), "{part} in {markdown}");
    }
    assert!(html.contains("href=\"https://a.org/some%20page\""));
}

#[test]
fn what_would_be_lost_or_mean_something_else_is_refused_at_its_line() {
    let text: String = REFUSED.iter().map(|(line, _)| format!("{line}\n\n")).collect();
    let said = with(&format!("# Refused\n\n{text}")).errors();
    let mut line = 3;
    for (written, expected) in REFUSED {
        assert!(said.contains(expected), "{written}: {said}");
        let lines = line..line + written.lines().count();
        let is_told = lines.clone().any(|at| said.contains(&format!("03-neighbours.md:{at}:")));
        assert!(is_told, "{written} at {lines:?}: {said}");
        line += written.lines().count() + 1;
    }
}
