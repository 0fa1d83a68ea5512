//! Typesets small documents with the engines and the installed TeX trees.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use typesetter::{Job, Limit, Standby, TexMessage, Typeset, TypesetError, typeset};

const PLENTY: Duration = Duration::from_secs(120);

const IEEE: &str = r"\documentclass[conference]{IEEEtran}
\usepackage{fontspec,graphicx,amsmath}
\setmainfont{texgyretermes}[Extension=.otf,UprightFont=*-regular,BoldFont=*-bold,ItalicFont=*-italic,BoldItalicFont=*-bolditalic]
\begin{document}
\title{A Title}\author{\IEEEauthorblockN{Nobody}}\maketitle
\section{One}\label{s}
See Section~\ref{s}, \textbf{bold}, \emph{slanted}, Table~\ref{absent} and~\cite{k,absent}.
\begin{equation}a^2+b^2=c^2\end{equation}
\includegraphics[width=3cm]{figures/box.pdf}
\input{part}
\begin{thebibliography}{1}\bibitem{k} K.\end{thebibliography}
\end{document}
";

const OBJECTS: &str = "%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 60]/Contents 4 0 R/Resources<<>>>>endobj
4 0 obj<</Length 16>>stream
10 10 50 30 re f
endstream endobj
";

fn figure() -> Vec<u8> {
    let mut pdf = OBJECTS.to_owned();
    pdf.push_str("xref\n0 5\n0000000000 65535 f \n");
    for number in 1..5 {
        let at = OBJECTS.find(&format!("\n{number} 0 obj")).map_or(0, |at| at + 1);
        pdf.push_str(&format!("{at:010} 00000 n \n"));
    }
    pdf.push_str(&format!("trailer<</Size 5/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", OBJECTS.len()));
    pdf.into_bytes()
}

fn call(files: &[(&str, &[u8])], limit: Duration) -> Result<Typeset, TypesetError> {
    let files: BTreeMap<_, _> =
        files.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec())).collect();
    let job = Job { files, main: "paper.tex".into(), source_date: 1_700_000_000 };
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typeset-cache");
    typeset(&job, Path::new(env!("CARGO_BIN_EXE_typesetter-worker")), &cache, &Limit::of(limit))
}

/// Typesets an article with this text, which starts on line 3, with the format ready.
fn body(text: &str, limit: Duration) -> Result<Typeset, TypesetError> {
    static WARM: OnceLock<()> = OnceLock::new();
    let article =
        |text: &str| format!("\\documentclass{{article}}\n\\begin{{document}}\n{text}\n\\end{{document}}\n");
    WARM.get_or_init(|| {
        call(&[("paper.tex", article("x").as_bytes())], PLENTY).expect("a small article typesets");
    });
    call(&[("paper.tex", article(text).as_bytes())], limit)
}

fn tex_errors(result: Result<Typeset, TypesetError>) -> Vec<TexMessage> {
    match result {
        Err(TypesetError::Tex(messages)) => messages,
        other => panic!("expected TeX errors, got {other:?}"),
    }
}

fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn ieee_document_is_a_pdf_and_the_same_twice() {
    let wide = "\n\n\\noindent\\hbox to 12cm{wide}\n\n";
    let figure = figure();
    let files: [(&str, &[u8]); 3] =
        [("paper.tex", IEEE.as_bytes()), ("figures/box.pdf", &figure), ("part.tex", wide.as_bytes())];
    let first = call(&files, PLENTY).expect("the document typesets");
    assert!(first.pdf.starts_with(b"%PDF"));
    assert!((2..=3).contains(&first.passes), "{} passes", first.passes);
    assert!(first.overfull.iter().any(|m| m.file == "part.tex" && m.line == 3), "{:?}", first.overfull);
    let missing: Vec<String> = first.missing.iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        ["paper.tex:7: Reference `absent' is undefined", "paper.tex:7: Citation `absent' is undefined"]
    );
    assert_eq!(first, call(&files, PLENTY).expect("the document typesets again"));

    let document = lopdf::Document::load_mem(&first.pdf).expect("the PDF is readable");
    assert_eq!(document.get_pages().len(), 1);
    let fonts: Vec<String> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"BaseFont").ok()?.as_name().ok())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    assert!(fonts.iter().any(|name| name.contains("TeXGyreTermes-Bold")), "{fonts:?}");
}

#[test]
fn unicode_math_finds_its_font() {
    let source = "\\documentclass{article}\\usepackage{unicode-math}\n\\setmathfont{texgyretermes-math.otf}\n\
        \\begin{document}$\\sum_i x_i ≤ ∞$\\end{document}\n";
    let done = call(&[("paper.tex", source.as_bytes())], PLENTY).expect("the document typesets");
    assert!(done.pdf.starts_with(b"%PDF"));
}

#[test]
fn all_missing_characters_are_told_with_their_lines() {
    let text = "\\tracinglostchars=3 a 漢 b\n\nfine \\emph{字}\n\n漢 again, 漢\n\\section{Ⴀ}\n";
    let found = tex_errors(body(text, PLENTY));
    let told: Vec<(usize, Option<char>)> = found
        .iter()
        .map(|one| (one.line, one.text.split("There is no ").nth(1).and_then(|text| text.chars().next())))
        .collect();
    let expected = [(3, '漢'), (5, '字'), (7, '漢'), (8, 'Ⴀ')].map(|(line, sign)| (line, Some(sign)));
    assert_eq!(told, expected, "{found:?}");
    assert!(found.iter().all(|one| one.file == "paper.tex"), "{found:?}");
    // Another error that comes first is told alone: behind it TeX tells much that is none.
    let found = tex_errors(body("\\unknowncommand\n\n\\tracinglostchars=3 漢\n", PLENTY));
    assert!(found.len() == 1 && found[0].text.contains("Undefined"), "{found:?}");
}

#[test]
fn a_worker_that_stands_by_tells_all_missing_characters_and_goes_on() {
    let job = |text: &str| {
        let text = format!(
            "\\documentclass{{article}}\n\\tracinglostchars=3\n\\begin{{document}}\n{text}\n\\end{{document}}\n"
        );
        Job {
            files: BTreeMap::from([("paper.tex".into(), text.into_bytes())]),
            main: "paper.tex".into(),
            source_date: 0,
        }
    };
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typeset-cache");
    let mut standby = Standby::new(Path::new(env!("CARGO_BIN_EXE_typesetter-worker")), &cache);
    for text in ["fine", "a 漢 b\n\n字", "better"] {
        match standby.typeset(&job(text), &Limit::of(PLENTY)) {
            Ok(done) => assert!(done.pdf.starts_with(b"%PDF") && text.is_ascii()),
            Err(TypesetError::Tex(found)) => {
                let lines: Vec<usize> = found.iter().map(|one| one.line).collect();
                assert_eq!(lines, [4, 6], "{found:?}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn undefined_control_sequence_gives_its_line() {
    let messages = tex_errors(body("fine\n\\unknowncommand\n", PLENTY));
    assert_eq!((messages[0].file.as_str(), messages[0].line), ("paper.tex", 4), "{messages:?}");
    assert!(messages[0].text.contains("Undefined control sequence"), "{messages:?}");
}

#[test]
fn missing_files_are_named() {
    let messages = tex_errors(body("fine\n\\input{chapters/two}", PLENTY));
    assert_eq!(messages[0].line, 4, "{messages:?}");
    assert!(messages[0].text.contains("`chapters/two.tex' not found"), "{messages:?}");
    let source = "\\documentclass{article}\n\\usepackage{nosuchpackage}\n\\begin{document}x\\end{document}";
    let messages = tex_errors(call(&[("paper.tex", source.as_bytes())], PLENTY));
    assert!(messages[0].text.contains("`nosuchpackage.sty' not found"), "{messages:?}");
    assert!((2..=3).contains(&messages[0].line), "{messages:?}");
}

#[test]
fn reading_outside_is_refused() {
    for (input, name) in [
        (r"\input{/etc/passwd}", "/etc/passwd"),
        (r"\input{../../etc/passwd}", "../../etc/passwd"),
        (r"\newread\r\openin\r=/etc/passwd \ifeof\r gone\fi", "/etc/passwd"),
        (r#"\input{|"ls"}"#, "|ls"),
        (r#"\font\x="[/etc/passwd]" \x x"#, "/etc/passwd"),
        (r#"\XeTeXpicfile "/etc/passwd" x"#, "/etc/passwd"),
        (r"\special{pdf:image (/etc/passwd)}x", "/etc/passwd"),
        (r"\input{/usr/share/fonts/../../../etc/passwd}", "/etc/passwd"),
    ] {
        match body(input, PLENTY) {
            Err(TypesetError::Refused(refused)) => assert_eq!(refused, name, "{input}"),
            other => panic!("{input}: {other:?}"),
        }
    }
}

#[test]
fn writing_outside_is_refused_and_inside_stays_in_memory() {
    let path = scratch("typeset-openout.txt");
    for name in [path.display().to_string(), "../typeset-openout.txt".into()] {
        let text = format!("\\newwrite\\w\\immediate\\openout\\w={name} \\immediate\\write\\w{{x}}");
        match body(&text, PLENTY) {
            Err(TypesetError::Refused(refused)) => assert_eq!(refused, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(!path.exists());
    let text = r"\newwrite\w\immediate\openout\w=own.txt \immediate\write\w{inside}\immediate\closeout\w\input{own.txt}";
    let done = body(text, PLENTY);
    assert!(done.is_ok(), "{done:?}");
    assert!(!Path::new("own.txt").exists());
}

#[test]
fn shell_commands_are_refused() {
    let path = scratch("typeset-write18.txt");
    let text = format!("fine\n\\immediate\\write18{{touch {}}}x", path.display());
    let messages = tex_errors(body(&text, PLENTY));
    assert!(!path.exists());
    assert_eq!((messages[0].file.as_str(), messages[0].line), ("paper.tex", 4), "{messages:?}");
    assert!(messages[0].text.contains("refused") && messages[0].text.contains("touch"), "{messages:?}");
}

#[test]
fn endless_loop_is_stopped() {
    assert!(body("x", PLENTY).is_ok());
    let limit = Duration::from_secs(5);
    let start = Instant::now();
    let result = body(r"\loop\iftrue\repeat", limit);
    assert!(matches!(result, Err(TypesetError::Timeout { limit: given }) if given == limit), "{result:?}");
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn words_of_letters_beyond_the_patterns_are_set() {
    let words = "\u{1ec5}\u{1ecb}\u{1b0}\u{1a1}\u{219}\u{429}\u{3c9}\u{fb01}\u{ff41}\u{10428} ".repeat(400);
    let text = format!("\\tracinglostchars=0 \\hsize=3cm \\pretolerance=-1 {words}\\par abc{words}");
    body(&text, PLENTY).expect("the words are set");
}

#[test]
fn german_words_are_divided_at_their_syllables() {
    let text = "\\makeatletter\\language\\l@ngerman\\makeatother \\lefthyphenmin=2 \\righthyphenmin=2 x\\par\n\
                \\setbox0=\\vbox{\\hsize=1pt \\noindent\\hskip 0pt Forschungsförderungsgesellschaft\\par\n\
                \\ifnum\\prevgraf=8 \\else\\errmessage{\\the\\prevgraf\\space parts}\\fi}";
    body(text, PLENTY).unwrap();
}
