//! Runs BibTeX: citation keys, a bibliography and a style to the reference list that TeX reads.

use std::collections::BTreeMap;

use tectonic_engine_bibtex::{BibtexEngine, BibtexOutcome};

use super::document;
use super::engine::{Errors, launch};
use super::exchange::Outcome;
use super::files::{Files, Primary};
use super::trees::TexTrees;
use super::{Job, TexMessage, log};

/// Runs BibTeX on the job's `.aux` file and returns the `.bbl` file and the outcome.
pub fn run(trees: &TexTrees, job: Job) -> Result<(Vec<u8>, Outcome), Outcome> {
    let stem = job.main.strip_suffix(".aux").unwrap_or(&job.main).to_owned();
    let mut files = Files::new(trees, document::own(job.files), Primary::Whole(Vec::new()), Vec::new());
    let mut errors = Errors::default();
    let result = launch(&mut files, &mut errors, job.source_date, |mut launcher| {
        BibtexEngine::default().process(&mut launcher, &job.main)
    });
    if let Some(name) = files.refused.first() {
        return Err(Outcome::Refused(name.clone()));
    }
    let said =
        String::from_utf8_lossy(&files.output(&format!("{stem}.blg")).unwrap_or_default()).into_owned();
    let (errors, warnings) = messages(&said);
    match result {
        Ok(BibtexOutcome::Spotless | BibtexOutcome::Warnings) => {
            let bytes = files.output(&format!("{stem}.bbl")).unwrap_or_default();
            Ok((bytes, Outcome::Bibtex(warnings)))
        }
        Ok(BibtexOutcome::Errors) if !errors.is_empty() => Err(Outcome::Tex(errors)),
        Ok(BibtexOutcome::Errors) => Err(Outcome::Tex(vec![log::message(said.trim(), &job.main)])),
        Err(error) => Err(Outcome::Tex(vec![log::message(&format!("{error} {}", said.trim()), &job.main)])),
    }
}

/// Finds the errors and the warnings in what BibTeX said; an error names a line, a warning mostly a key.
fn messages(said: &str) -> (Vec<TexMessage>, Vec<TexMessage>) {
    let (mut errors, mut warnings) = (Vec::new(), Vec::<TexMessage>::new());
    let mut before = "";
    for line in said.lines() {
        let place = line.rsplit_once("--line ").and_then(|(text, rest)| {
            let (number, file) = rest.split_once(" of file ")?;
            Some((text.trim_end_matches('-').trim(), number.parse::<usize>().ok()?, file.trim().to_owned()))
        });
        if let Some(text) = line.strip_prefix("Warning--") {
            warnings.push(TexMessage { file: String::new(), line: 0, text: text.trim().to_owned() });
        } else if let Some((text, number, file)) = place {
            let warning = warnings.last_mut().filter(|_| text.is_empty() && before.starts_with("Warning--"));
            match warning {
                Some(warning) => (warning.line, warning.file) = (number, file),
                None => {
                    let text = if text.is_empty() { before.trim() } else { text };
                    errors.push(TexMessage { file, line: number, text: text.to_owned() });
                }
            }
        }
        before = line;
    }
    (errors, warnings)
}

/// Puts the files of a BibTeX run together.
pub fn job(aux: String, bibliography: String) -> Job {
    let files = BTreeMap::from([
        ("references.aux".to_owned(), aux.into_bytes()),
        ("references.bib".to_owned(), bibliography.into_bytes()),
    ]);
    Job { files, main: "references.aux".to_owned(), source_date: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_line() {
        let said = "Database file #1: references.bib\n\
            I was expecting a `,' or a `}'---line 5 of file references.bib\n : \n\
            Warning--string name \"may\" is undefined\n--line 9 of file references.bib\n\
            Warning--empty year in key\n";
        let (errors, warnings) = messages(said);
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].line, errors[0].text.as_str()), (5, "I was expecting a `,' or a `}'"));
        assert_eq!(warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), [9, 0]);
        assert_eq!(warnings[1].text, "empty year in key");
    }
}
