//! Entries as their authors write them, and what a reader sees.

use std::path::Path;

use super::*;

/// Reads all entries of a bibliography as references.
fn read(text: &str) -> Result<Vec<Reference>, Vec<String>> {
    read_set(Set { language: Language::English, style: ReferenceStyle::Ieee }, text)
}

/// The same in a language and a style.
fn read_set(set: Set, text: &str) -> Result<Vec<Reference>, Vec<String>> {
    let written = written_entries(text);
    assert_eq!(written.problems, []);
    let cited: Vec<String> = written.entries.iter().map(|entry| entry.key.clone()).collect();
    references(set, Path::new("r.bib"), text, &written, &cited)
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

fn plain(inlines: &[Inline]) -> String {
    let text = |inline: &Inline| match &inline.kind {
        InlineKind::Text(text) => text.clone(),
        InlineKind::Math(tex) => format!("${tex}$"),
        InlineKind::Emphasis(content) => format!("*{}*", plain(content)),
        InlineKind::Strong(content) => format!("**{}**", plain(content)),
        InlineKind::Link { content, .. } => format!("<{}>", plain(content)),
        other => format!("{other:?}"),
    };
    inlines.iter().map(text).collect()
}

/// Returns the text of the last entry, with emphasis, formulas and links marked.
fn last(text: &str) -> String {
    let list = read(text).expect("a bibliography");
    plain(&list.last().expect("an entry").content)
}

/// Returns the text of an article whose fields beyond the common ones are these.
fn article(fields: &str) -> String {
    last(&format!("@article{{k, {fields}, journal = {{J}}, volume = 1}}"))
}

#[test]
fn names_are_those_of_persons_and_bodies() {
    for (names, printed) in [
        ("Doe, Jane and Roe, Richard", "J. Doe and R. Roe"),
        ("Mc, C. and others", "C. Mc *et al.*"),
        ("Me, E. AND Mf, F.", "E. Me and F. Mf"),
        ("A, A. and B, B. and C, C. and D, D. and E, E. and F, F. and G, G.", "A. A *et al.*"),
        ("A, A. and B, B. and C, C. and others", "A. A, B. B, C. C *et al.*"),
        ("{The One and Other Collaborations} and Doe, Jane", "The One and Other Collaborations and J. Doe"),
        ("von Neumann, John and de la Cruz, Maria", "J. von Neumann and M. de la Cruz"),
        ("{\\v{S}}koda, P. and {\\L}ukasz, \\'Elan", "P. Škoda and É. Łukasz"),
        ("{\\relax Ch}ristos Papa and {\\relax Yu}. Ivanov", "Ch. Papa and Yu. Ivanov"),
        ("{\\relax Ch}arlet, Ph.", "P. Charlet"),
        ("Иванов, Пётр and 王, 冰洁", "П. Иванов and 王冰洁"),
        ("Ștefan Șerban", "Ș. Șerban"),
        ("Smith, Jean‐Pierre", "J.-P. Smith"),
    ] {
        let text = article(&format!("author = {{{names}}}, title = {{T}}, year = 2020"));
        assert!(text.starts_with(&format!("{printed}, “T,” *J*")), "{names}: {text}");
    }
    let many = vec!["Doe, Jane"; 3000].join(" and ");
    assert!(
        article(&format!("author = {{{many}}}, title = {{T}}, year = 2020")).starts_with("J. Doe *et al.*, ")
    );
}

#[test]
fn dates_are_read_or_printed_as_they_stand() {
    for (fields, printed) in [
        ("year = 2020", "2020"),
        ("year = {2020}, month = sept", "Sep. 2020"),
        ("year = {2020}, month = {03}", "Mar. 2020"),
        ("year = {2020}, month = \"1~\" # jan", "Jan. 2020"),
        ("year = {2020}, month = {March--April}", "March–April 2020"),
        ("year = {in press}", "in press"),
        ("year = {2020/2021}", "2020/2021"),
        ("date = {2021-05-06}", "May 2021"),
        ("date = {2021-05}", "May 2021"),
    ] {
        let text = article(&format!("author = {{A. B.}}, title = {{T}}, {fields}"));
        assert!(text.ends_with(&format!(", {printed}.")), "{fields}: {text}");
    }
}

#[test]
fn titles_are_set() {
    for (title, printed) in [
        ("The {\\LaTeX} of ``this'' --- \\& \\emph{that}", "The LaTeX of ‘this’ — & *that*"),
        ("H$_2$O at $10$~K", "H${}_2$O at $10$\u{a0}K"),
        ("A &amp; B in <i>E. coli</i>", "A & B in *E. coli*"),
        ("R&D at 50% of a_b", "R&D at 50% of a_b"),
        ("E\u{301}lan", "Élan"),
    ] {
        let text = article(&format!("author = {{A. B.}}, title = {{{title}}}, year = 2020"));
        assert!(text.contains(&format!("“{printed},”")), "{title}: {text}");
    }
    // What the title itself quotes keeps its own marks, wherever it stands.
    let ends = article("author = {A. B.}, title = {A study of ``that''}, year = 2020");
    assert!(ends.contains("“A study of ‘that’,” *J*"), "{ends}");
    let begins = article("author = {A. B.}, title = {\\enquote{That}: a study}, year = 2020");
    assert!(begins.contains("“‘That’: a study,” *J*"), "{begins}");
    let stop = article("author = {A. B.}, title = {All of it.}, year = 2020");
    assert!(stop.contains("“All of it.” *J*"), "{stop}");
    let question = article("author = {A. B.}, title = {What is it?}, year = 2020");
    assert!(question.contains("“What is it?” *J*"), "{question}");
}

#[test]
fn translators_are_named_and_a_work_without_a_date_says_so_once() {
    for (kind, fields) in
        [("book", "publisher = {P}"), ("incollection", "booktitle = {B}"), ("article", "journal = {J}")]
    {
        for (names, printed) in [
            ("Doe, Jane", "Translated by J. Doe."),
            ("Doe, Jane and Roe, Richard", "Translated by J. Doe and R. Roe."),
            ("Doe, Jane and Roe, Richard and others", "Translated by J. Doe, R. Roe *et al.*"),
        ] {
            let text = last(&format!(
                "@{kind}{{k, author = {{A. B.}}, title = {{T}}, {fields}, translator = {{{names}}}, year = 2020}}"
            ));
            assert!(text.contains(printed) && text.matches("Doe").count() == 1, "{kind}: {text}");
        }
        for (more, end) in [("", "n.d."), (", doi = {10.1/a}", "doi: <10.1/a>.")] {
            let fields = format!("{fields}, year = {{n.d.}}{more}");
            let text = last(&format!("@{kind}{{k, author = {{A. B.}}, title = {{T}}, {fields}}}"));
            assert!(text.ends_with(end) && !text.contains(".."), "{kind}: {text}");
        }
    }
}

#[test]
fn addresses_are_links() {
    for (fields, url, text) in [
        ("doi = {10.1/a\\_b}", "https://doi.org/10.1/a_b", "10.1/a_b"),
        ("doi = {https://dx.doi.org/10.1/a}", "https://doi.org/10.1/a", "10.1/a"),
        ("doi = {10.1/a#b&c~d_e}", "https://doi.org/10.1/a%23b&c~d_e", "10.1/a#b&c~d_e"),
        ("doi = {10.1/a<1::B>3}", "https://doi.org/10.1/a%3C1::B%3E3", "10.1/a<1::B>3"),
        ("doi = {10.1007%2FBF1}", "https://doi.org/10.1007/BF1", "10.1007/BF1"),
        ("url = {https://a.org/a\\_b\\%20c}", "https://a.org/a_b%20c", "https://a.org/a_b%20c"),
        ("url = {https://example.org}", "https://example.org", "https://example.org"),
        ("eprint = {2201.1}, archivePrefix = {arXiv}", "https://arxiv.org/abs/2201.1", "arXiv:2201.1"),
    ] {
        let source = format!("@article{{k, author = {{A. B.}}, title = {{T}}, year = 2020, {fields}}}");
        let list = read(&source).expect("a bibliography");
        assert_eq!(list[0].url.as_deref(), Some(url));
        let links: Vec<&Inline> =
            list[0].content.iter().filter(|inline| matches!(inline.kind, InlineKind::Link { .. })).collect();
        let content = vec![InlineKind::Text(text.to_owned()).into()];
        assert_eq!(links.len(), 1, "{fields}");
        assert_eq!(links[0].kind, InlineKind::Link { url: url.to_owned(), content }, "{fields}");
    }
}

#[test]
fn every_kind_says_what_it_has() {
    for (entry, parts) in [
        (
            "@phdthesis{k, author = {A. B.}, title = {T}, school = {A School}, year = 2019}",
            vec!["A School", "2019"],
        ),
        (
            "@techreport{k, author = {A. B.}, title = {T}, institution = {An Institute}, number = {TR-7}, year = 1968}",
            vec!["An Institute", "TR-7", "1968"],
        ),
        (
            "@misc{k, author = {A. B.}, title = {Letter}, note = {Of 3 May}, year = 2020}",
            vec!["Of 3 May.", "2020"],
        ),
        (
            "@misc{k, author = {A. B.}, title = {T}, howpublished = {\\url{https://a.org/a_b}}, year = 2020}",
            vec!["<https://a.org/a_b>", "2020"],
        ),
        (
            "@online{k, author = {{A Body}}, title = {T}, url = {https://a.org}, urldate = {2021-05-06}, year = 2020}",
            vec!["A Body", "2020", "Accessed: May 06, 2021", "<https://a.org>"],
        ),
        (
            "@misc{k, title = {T}, url = {https://a.org}, note = {Accessed: 2020}, year = 2020}",
            vec!["2020", "Accessed"],
        ),
        (
            "@book{k, editor = {A. B.}, title = {T}, subtitle = {S}, edition = {2}, location = {Ulm}, publisher = {P}, \
             date = {1990}}",
            vec!["*T: S*", "2nd ed.", "Ulm: P", "1990"],
        ),
        (
            "@string(p = \"A \" # {Press})@report(k, author = {A. B.}, title = {T}, institution = p, date = {2001-02})",
            vec!["A Press", "Feb. 2001"],
        ),
    ] {
        let text = last(entry);
        for part in parts {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }
}

#[test]
fn an_entry_has_what_it_refers_to() {
    let proceedings = "@proceedings{p, title = {Proc. X}, year = 2001, publisher = {P}, doi = {10.1/p}}\n\
                       @xdata{x, publisher = {Y}, location = {Z}}\n";
    let paper = "@inproceedings{k, author = {A. B.}, title = {T}, pages = {1--2}, crossref = {p}}";
    let text = last(&format!("{proceedings}{paper}"));
    assert!(text.contains("in *Proc. X*") && text.contains("2001") && !text.contains("10.1/p"), "{text}");
    let text =
        last(&format!("{proceedings}@book{{k, author = {{A. B.}}, title = {{T}}, year = 1, xdata = {{x}}}}"));
    assert!(text.contains("Z: Y"), "{text}");
    let circle = "@misc{a, title = {A}, year = 1, crossref = {b}}\n@misc{b, title = {B}, crossref = {a}}";
    assert_eq!(read(circle).expect("a bibliography").len(), 2);
}

#[test]
fn what_would_come_out_wrong_is_told_at_its_field() {
    let text = "@misc{k,\n  title = {A \\nosuch{b}},\n  journal = other, note = {x}}";
    let errors = read(text).expect_err("errors");
    assert!(errors[0].starts_with("r.bib:2:3: the command `\\nosuch`"), "{errors:?}");
    assert!(errors[1].starts_with("r.bib:3:3: nothing explains the abbreviation `other`"), "{errors:?}");
    let unprinted = "@misc{k, title = {A}, abstract = {\\nosuch $}, keywords = nosuch, year = 1}";
    assert!(last(unprinted).contains('A'));
}

#[test]
fn no_entry_stops_the_program() {
    for text in [
        "@misc{k}",
        "@misc{k, title = {}}",
        "@article{k, author = {,}, title = {\\}, year = {-}, pages = {--}, volume = {{}}}",
        "@article{k, author = { and and }, title = {$}, date = {2020-99-99}, month = {99}}",
        "@nosuch{k, author = {a=b}, title = {\\'}, number = {\\^}, url = {::}, doi = {x}}",
        "@inbook{k, author = {{}}, title = {<i>}, chapter = {&#0;}, edition = {&nosuch;}, year = {99999999999}}",
    ] {
        // Whether it is an error or a reference does not matter here.
        let _read = read(text);
    }
}

#[test]
fn no_printed_field_is_lost_or_another_number() {
    let entry = |fields: &str| last(&format!("@{fields}}}"));
    for (edition, printed) in [
        ("Third", "3rd ed."),
        ("second edition", "2nd ed."),
        ("2", "2nd ed."),
        ("2nd", "2nd ed."),
        ("Revised", "Revised ed."),
        ("Revised edition", "Revised edition."),
    ] {
        let text = entry(&format!(
            "book{{k, author = {{A. B.}}, title = {{T}}, publisher = {{P}}, year = 2020, edition = {{{edition}}}"
        ));
        assert!(text.contains(printed), "{edition}: {text}");
    }
    for (fields, printed) in [
        ("manual{k, title = {T}, organization = {O}, year = 2007, edition = {Fourth}", "4th ed."),
        (
            "incollection{k, author = {A. B.}, title = {T}, booktitle = {B}, booksubtitle = {Below}, publisher = {P}, year = 2004",
            "*B: Below*",
        ),
        (
            "inproceedings{k, author = {A. B.}, title = {T}, booktitle = {B}, series = {Ser}, number = 3, year = 2004",
            "Ser",
        ),
        (
            "inproceedings{k, author = {A. B.}, title = {T}, booktitle = {B}, eventtitle = {Event}, venue = {Town}, year = 2004",
            "Event. Town.",
        ),
        (
            "thesis{k, author = {A. B.}, title = {T}, type = {mathesis}, institution = {U}, year = 2006",
            "Master’s thesis",
        ),
    ] {
        let text = entry(fields);
        assert_eq!(text.matches(printed).count(), 1, "{printed}: {text}");
    }
    let patent = entry("patent{k, author = {A. B.}, title = {T}, number = {US 1,234}, year = 1955");
    assert_eq!(patent.matches("US 1,234").count(), 1, "{patent}");
    let program = entry("software{k, author = {A. B.}, title = {T}, version = {1.2.3}, year = 2020");
    assert_eq!(program.matches("1.2.3").count(), 1, "{program}");
    let told = read("@misc{k, author = {A. B.}, title = {T\u{e001}}, year = 2020}").expect_err("a character");
    assert!(told[0].contains("U+E001 in the field `title` of `k`"), "{told:?}");
}

#[test]
fn a_list_has_the_order_and_the_words_of_its_style() {
    let text = "@article{zuse, author = {Zuse, Konrad}, title = {Second}, journal = {J}, volume = 1, \
                year = 1950, doi = {10.1000/182}}\n\
                @inproceedings{boole, author = {Boole, George and Ada, One and Two, B. and Three, C. and Four, D. \
                and Five, E. and Six, F.}, title = {First}, booktitle = {Proc. of It}, year = 1854, pages = {1--9}}\n\
                @misc{page, author = {Curie, Marie}, title = {A page}, url = {https://example.org/a}, \
                urldate = {2020-02-01}, year = 2019, note = {Kept by hand}}\n";
    let list = |style| {
        let list = read_set(Set { language: Language::English, style }, text).expect("a bibliography");
        let line = |work: &Reference| format!("{} {}", work.number, plain(&work.content));
        list.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        list(ReferenceStyle::Ieee),
        [
            "1 K. Zuse, “Second,” *J*, vol. 1, 1950, doi: <10.1000/182>.",
            "2 G. Boole *et al.*, “First,” in *Proc. of It*, 1854, pp. 1–9.",
            "3 M. Curie, “A page.” 2019. Kept by hand. Accessed: Feb. 01, 2020. [Online]. Available: \
             <https://example.org/a>",
        ]
    );
    assert_eq!(
        list(ReferenceStyle::Acm),
        [
            "1 George Boole, One Ada, B. Two, C. Three, D. Four, E. Five, and F. Six. 1854. First. In *Proc. of It*, \
             1854. 1–9.",
            "2 Marie Curie. 2019. A page. Kept by hand. Retrieved February 1, 2020 from <https://example.org/a>",
            "3 Konrad Zuse. 1950. Second. *J* 1, (1950). <https://doi.org/10.1000/182>",
        ]
    );
    assert_eq!(
        list(ReferenceStyle::Lncs),
        [
            "1 Zuse, K.: Second. J. 1, (1950). <https://doi.org/10.1000/182>.",
            "2 Boole, G., Ada, O., Two, B., Three, C., Four, D., Five, E., Six, F.: First. In: Proc. of It. pp. 1–9 \
             (1854).",
            "3 Curie, M.: A page. 2019. Kept by hand. <https://example.org/a>, last accessed 2020/02/01.",
        ]
    );
}

#[test]
fn german_references_have_german_words() {
    let text = "@book{a, author = {Müller, Jo and others}, editor = {Roe, Al}, title = {Die ``Welt''}, edition = {2},
          publisher = {Verlag}, address = {Ulm}, year = 2001, month = mar, version = {1.2}}
        @inproceedings{b, author = {A, A. and B, B. and C, C. and D, D. and E, E. and F, F. and G, G.}, title = {„Halb“ voll},
          booktitle = {Tagung}, pages = {1--9}, volume = 3, series = {Reihe}, number = {4}, editor = {Doe, Jane and Roe, Al},
          year = {2001}, url = {https://example.org/a}, urldate = {2021-05-06}}
        @phdthesis{c, author = {Doe, Jane}, title = {Titel}, school = {Universität}, year = 1999}
        @techreport{d, author = {Doe, Jane}, title = {Titel}, institution = {Amt}, number = {7}, year = 1999}
        @mastersthesis{e, author = {Doe, Jane and Roe, Al}, title = {Titel}, school = {Universität}, year = 1999}
        @article{f, author = {Doe, Jane}, title = {Titel}, journal = {Blatt}, volume = 3, number = {4}, pages = {12}, year = 1999,
          month = may}
        @book{g, author = {Doe, Jane}, title = {Titel}, edition = {Dritte Auflage}, publisher = {Verlag}, year = 1999,
          translator = {Doe, Jane and Roe, Al and others}}
        @manual{h, author = {Doe, Jane}, title = {Titel}, edition = {3rd}, year = 1999,
          translator = {Doe, Jane and Roe, Al and Poe, Bo}}";
    let found = read_set(Set { language: Language::German, style: ReferenceStyle::Ieee }, text)
        .expect("a bibliography");
    let printed: Vec<String> = found.iter().map(|one| plain(&one.content).replace('\u{a0}', " ")).collect();
    let whole = printed.join("\n");
    println!("{whole}");
    for part in [
        "u. a.",
        "„Titel“",
        "Aufl.",
        "Version 1.2",
        "Zugegriffen: 6. Mai 2021",
        "Übersetzt von J. Doe, A. Roe *u. a.*",
        "Übersetzt von J. Doe, A. Roe und B. Poe.",
        "3rd Aufl.",
        "[Online]. Verfügbar unter: ",
    ] {
        assert!(whole.contains(part), "no {part} in {whole}");
    }
    let english = [
        "et al",
        " and ",
        " ed.",
        "Eds",
        "Accessed",
        "Available",
        "vol.",
        "no.",
        "pp.",
        "thesis",
        "report",
        "“T",
        "”",
    ];
    for word in english {
        assert!(!whole.contains(word), "{word} in {whole}");
    }
}
