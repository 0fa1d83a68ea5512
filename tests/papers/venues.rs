//! One text for every venue: its class, its columns, its archive; and venues that a paper brings itself.

use crate::archive::check_archive_of;
use crate::constructs::{text_of_page, text_of_pdf, words};
use crate::paper::{APPENDICES, Paper};

/// Built-in venues, each with what the LaTeX of its editions says.
const VENUES: [(&str, &str); 6] = [
    ("acm", "{acmart}"),
    ("article", "[11pt]{article}"),
    ("ieee", "{IEEEtran}"),
    ("lncs", "{llncs}"),
    ("neurips", "textwidth=5.5in"),
    ("usenix", "columnsep=0.33in"),
];

/// Venues whose papers print no keywords.
const WITHOUT_KEYWORDS: [&str; 2] = ["neurips", "usenix"];

/// Venues whose reference list has words of its own.
const OWN_LIST: [&str; 2] = ["acm", "lncs"];

/// Gives a paper other editions.
pub fn set_editions(paper: &Paper, editions: &str) {
    let description = paper.read("paper/paper.yaml");
    let (before, after) = description.split_once("editions:").unwrap();
    let after = after.lines().skip(1).skip_while(|line| line.starts_with([' ', '-']));
    let after: String = after.map(|line| format!("{line}\n")).collect();
    paper.write("paper/paper.yaml", format!("{before}editions:\n{editions}{after}"));
}

#[test]
fn every_construct_is_set_in_the_class_and_columns_of_every_venue() {
    let paper = Paper::everything();
    let editions = VENUES.map(|(venue, _)| {
        let text = format!("text: extended, {APPENDICES}");
        format!("  - {{name: {venue}, venue: {venue}, {text}, archive: true, anonymous: false}}\n")
    });
    set_editions(&paper, &editions.concat());
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // Whatever sticks out of a column would be a warning.
    assert!(output.status.success() && said.is_empty(), "{said}");
    let page = paper.read("build/html/index.html");
    let keywords = page.lines().find(|line| line.contains("<b>Index terms:</b>")).unwrap();
    // Each venue has its own word for them.
    let of_venue = keywords.replace("Index terms:", "");
    let page_words = |venue: &str| {
        let keywords_line = if WITHOUT_KEYWORDS.contains(&venue) { "" } else { &of_venue };
        let page = page.replace(keywords, keywords_line);
        let is_shared = |line: &&str| !(OWN_LIST.contains(&venue) && line.starts_with("<li id=\"ref-"));
        let page: String = page.lines().filter(is_shared).map(|line| format!("{line}\n")).collect();
        words(&text_of_page(&page).replace('\u{a0}', " "))
    };
    for (venue, class) in VENUES {
        let tex = paper.read(&format!("build/{venue}/everything.tex"));
        assert!(tex.contains(class), "{venue}: {tex}");
        let printed = text_of_pdf(&paper.path(&format!("build/{venue}/everything.pdf")));
        let known = words(&printed);
        let wanted = page_words(venue);
        let lost: Vec<_> = wanted.iter().filter(|word| !known.contains(word)).collect();
        assert!(lost.is_empty(), "{venue}: {lost:?} on the page and not in the PDF:\n{printed}");
        check_archive_of(&paper, "everything", venue, &format!("everything-{venue}"));
    }
}

#[test]
fn a_venue_of_the_paper_brings_its_class_and_its_limit() {
    let paper = Paper::minimal();
    std::fs::create_dir_all(paper.path("templates/venues/letters")).unwrap();
    let at = |file: &str| format!("templates/venues/letters/{file}");
    paper.write(
        &at("paper.tex"),
        "<% extends \"paper.tex\" %>\n<% block class %>\\documentclass[12pt]{letters}\n<% endblock %>\n",
    );
    paper.write(
        &at("letters.cls"),
        "\\ProvidesClass{letters}\\LoadClass[12pt]{article}\\newcommand{\\letterword}{}\n",
    );
    let description = "class: letters.cls\npackage: none\nfigures: {column: 252pt, page: \\textwidth}\n\
                       cells: {column: 80, page: 80}\nlisting: 60\nrows: 50\n";
    paper.write(&at("venue.yaml"), description);
    set_editions(&paper, "  - {name: letter, venue: letters, text: extended, archive: true}\n");
    let output = paper.command("build").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check_archive_of(&paper, "minimal", "letter", "minimal");
    paper.write(&at("venue.yaml"), format!("{description}pages: 1\n"));
    let said = paper.errors();
    assert!(said.contains("the edition `letter` has") && said.contains("the limit is 1"), "{said}");
    std::fs::remove_file(paper.path(&at("letters.cls"))).unwrap();
    let said = paper.errors();
    assert!(said.contains("letters.cls, the class of the venue, is not installed"), "{said}");
    std::fs::remove_file(paper.path(&at("venue.yaml"))).unwrap();
    let said = paper.errors();
    assert!(said.contains("the venue `letters` has no description"), "{said}");
}

#[test]
fn a_venue_that_is_none_and_one_that_has_to_know_are_told_at_their_places() {
    let paper = Paper::minimal();
    set_editions(
        &paper,
        "  - {name: a, venue: iee}\n  - {name: b, venue: neurips}\n  - {name: c, venue: nature}\n",
    );
    let said = paper.errors();
    assert!(said.contains("there is no venue `iee`") && said.contains("`ieee`"), "{said}");
    assert!(
        said.contains("paper/paper.yaml:") && said.contains("acm, article, ieee, lncs, neurips, usenix"),
        "{said}"
    );
    assert!(said.contains("the reviewers of `neurips` do not know the authors"), "{said}");
}

#[test]
fn a_whole_template_of_the_paper_is_that_of_editions_without_a_venue() {
    let paper = Paper::minimal();
    std::fs::create_dir(paper.path("templates")).unwrap();
    let whole = "\\documentclass{article}\n\\usepackage{amsmath,graphicx,booktabs,tabularx,xurl,hyperref}\n\
                 \\newenvironment{papertabular}[1]{\\begin{tabular}{#1}}{\\end{tabular}}\n\
                 \\newcommand{\\papernote}[1]{\\par #1}\n\
                 \\begin{document}Written by << authors | join(sep=\" and \") >>.\n<< summary >>\n<< body >>\n\
                 \\bibliography{references}\\end{document}\n";
    paper.write("templates/paper.tex", whole);
    set_editions(&paper, "  - {name: mine, text: extended}\n  - {name: ieee, venue: ieee}\n");
    let output = paper.command("build").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tex = |edition: &str| paper.read(&format!("build/{edition}/minimal.tex"));
    assert!(tex("mine").contains("Written by ") && !tex("mine").contains("IEEEtran"));
    assert!(tex("ieee").contains("IEEEtran") && !tex("ieee").contains("Written by "));
}
