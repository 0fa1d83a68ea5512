//! The grammar of `.bib` files as BibTeX has it: entries, their fields as written, and the place of each.
//!
//! The crate `biblatex` refuses parentheses, a lone `$` and abbreviations that it does not know, so it is
//! given single fields ([`super::entry`]) and never a file.

use std::collections::BTreeMap;

/// An entry as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenEntry {
    /// Its kind in small letters, such as `article`.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// The byte at which its key begins.
    pub at: usize,
    /// Its fields in order.
    pub fields: Vec<WrittenField>,
}

impl WrittenEntry {
    /// Returns the text of the first field of these names that has one.
    pub fn text(&self, names: &[&str]) -> Option<&str> {
        let field = |name: &&str| self.fields.iter().find(|field| field.name == **name);
        names.iter().filter_map(field).map(|field| field.text.trim()).find(|text| !text.is_empty())
    }
}

/// A field of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenField {
    /// Its name in small letters.
    pub name: String,
    /// The byte at which its name begins.
    pub at: usize,
    /// What stands in it, with abbreviations replaced.
    pub text: String,
    /// Abbreviations that nothing explains.
    pub unknown: Vec<String>,
}

/// What stands in a `.bib` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenEntries {
    /// The entries that could be read, in order.
    pub entries: Vec<WrittenEntry>,
    /// What could not be read: where, and why.
    pub problems: Vec<(usize, String)>,
}

impl WrittenEntries {
    /// Returns the entries by their keys; of several with one key, the first.
    pub fn by_key(&self) -> BTreeMap<&str, &WrittenEntry> {
        self.entries.iter().rev().map(|entry| (entry.key.as_str(), entry)).collect()
    }
}

/// Abbreviations that every style of BibTeX explains, with those that DOI services write.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns the number of a month, from 1, by its name or the first three letters or more of it.
pub(super) fn month(word: &str) -> Option<usize> {
    let word = word.to_lowercase();
    let is_it = |name: &str| word.chars().count() >= 3 && name.to_lowercase().starts_with(&word);
    MONTHS.iter().position(|name| is_it(name)).map(|index| index + 1)
}

/// Reads the entries of a `.bib` file.
pub fn written_entries(text: &str) -> WrittenEntries {
    let mut scan = Scan { text, at: 0, strings: BTreeMap::new(), found: WrittenEntries::default() };
    while let Some(start) = scan.next_item() {
        if let Err((at, problem)) = scan.item(start) {
            scan.found.problems.push((at, problem));
            // An unclosed entry swallows those behind it; they are read all the same.
            scan.at = next_entry(text, start + 1).unwrap_or(text.len());
        }
    }
    scan.found
}

/// Returns the next line that begins like an entry.
fn next_entry(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("\n")? + 1;
        let line = text.get(at..)?.trim_start_matches([' ', '\t']);
        if begins_entry(line) {
            return Some(text.len() - line.len());
        }
    }
}

/// Returns whether a text begins with `@kind{`.
fn begins_entry(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('@') else { return false };
    let kind = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    kind.len() < rest.len() && kind.trim_start().starts_with(['{', '('])
}

/// Where something is wrong, and what.
type Problem = (usize, String);

struct Scan<'t> {
    text: &'t str,
    at: usize,
    strings: BTreeMap<String, String>,
    found: WrittenEntries,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let is_it = self.peek() == Some(wanted);
        if is_it {
            self.at += wanted.len_utf8();
        }
        is_it
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Goes over commas, spaces and lines of comment between two fields.
    fn skip_between(&mut self) {
        loop {
            self.skip_space();
            match self.peek() {
                Some(',') => self.at += 1,
                Some('%') => {
                    self.take(|c| c != '\n');
                }
                _ => return,
            }
        }
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Goes behind the next `@` outside of entries that no line of comment holds, and returns its place.
    fn next_item(&mut self) -> Option<usize> {
        loop {
            let start = self.at + self.rest().find('@')?;
            self.at = start + 1;
            let line = self.text[..start].rfind('\n').map_or(0, |end| end + 1);
            if !self.text[line..start].trim_start().starts_with('%') {
                return Some(start);
            }
        }
    }

    /// Reads what stands behind an `@` at `start`.
    fn item(&mut self, start: usize) -> Result<(), Problem> {
        self.skip_space();
        let kind = self.take(is_name).to_lowercase();
        self.skip_space();
        let close = match self.peek() {
            Some('{') => '}',
            Some('(') => ')',
            // An address in a comment, or the like.
            _ => return Ok(()),
        };
        if kind.is_empty() || kind == "comment" {
            return Ok(());
        }
        self.at += 1;
        self.skip_space();
        let unclosed = |what: &str| {
            (start, format!("{what} is not closed: a brace or a quotation mark is missing in it"))
        };
        match kind.as_str() {
            "preamble" => self.value(close).map(|_| ()).ok_or_else(|| unclosed("this preamble")),
            "string" => {
                let name = self.take(is_name).to_lowercase();
                self.skip_space();
                if !self.eat('=') {
                    return Err((start, "this `@string` has no `=` behind its name".to_owned()));
                }
                let (text, _) = self.value(close).ok_or_else(|| unclosed("this `@string`"))?;
                self.strings.insert(name, text);
                Ok(())
            }
            _ => self.entry(kind, close),
        }
    }

    fn entry(&mut self, kind: String, close: char) -> Result<(), Problem> {
        let at = self.at;
        let key = self.take(|c| !(c.is_whitespace() || ",{}=\"".contains(c) || close == ')' && c == ')'));
        let key = key.to_owned();
        self.skip_space();
        if key.is_empty() || self.peek() == Some('=') {
            return Err((at, format!("this `@{kind}` has no key before its fields")));
        }
        if self.eat(close) {
            self.found.entries.push(WrittenEntry { kind, key, at, fields: Vec::new() });
            return Ok(());
        }
        if !self.eat(',') {
            return Err((at, format!("no comma stands behind the key of the entry `{key}`")));
        }
        let mut fields = Vec::<WrittenField>::new();
        let unclosed =
            || (at, format!("the entry `{key}` is not closed: a brace or a quotation mark is missing in it"));
        loop {
            self.skip_between();
            if self.eat(close) {
                self.found.entries.push(WrittenEntry { kind, key, at, fields });
                return Ok(());
            }
            let name_at = self.at;
            let name = self.take(is_name).to_lowercase();
            self.skip_space();
            if name.is_empty() || !self.eat('=') {
                return match self.peek() {
                    None => Err(unclosed()),
                    Some(_) if begins_entry(self.text.get(name_at..).unwrap_or_default()) => Err(unclosed()),
                    Some(_) => Err((
                        name_at,
                        format!("the entry `{key}` needs a field such as `title = {{...}}` or its end here"),
                    )),
                };
            }
            let (text, unknown) = self.value(close).ok_or_else(unclosed)?;
            let hides_entry = text.match_indices('\n').any(|(end, _)| {
                let line = text[end + 1..].trim_start();
                begins_entry(line) && line.contains('=')
            });
            if hides_entry {
                return Err(unclosed());
            }
            if !fields.iter().any(|field| field.name == name) {
                fields.push(WrittenField { name, at: name_at, text, unknown });
            }
        }
    }

    /// Reads `{..} # ".." # name # 12`; `None` where the file ends before it does.
    fn value(&mut self, close: char) -> Option<(String, Vec<String>)> {
        let (mut value, mut unknown) = (String::new(), Vec::new());
        loop {
            self.skip_space();
            match self.peek()? {
                '{' => value.push_str(self.group('}')?),
                '"' => value.push_str(self.group('"')?),
                _ => {
                    let word = self.take(|c| is_name(c) && c != close);
                    if word.is_empty() {
                        return Some((value, unknown));
                    }
                    let name = word.to_lowercase();
                    match (self.strings.get(&name), month(&name)) {
                        (Some(text), _) => value.push_str(text),
                        (None, Some(month)) => value.push_str(MONTHS[month - 1]),
                        (None, None) if name.chars().all(|c| c.is_ascii_digit()) => value.push_str(word),
                        (None, None) => unknown.push(word.to_owned()),
                    }
                }
            }
            self.skip_space();
            if !self.eat('#') {
                return Some((value, unknown));
            }
        }
    }

    /// Reads a text between braces or quotation marks; braces inside are balanced.
    fn group(&mut self, end: char) -> Option<&'t str> {
        self.at += 1;
        let start = self.at;
        let mut depth = 0_usize;
        for (index, character) in self.text.get(start..)?.char_indices() {
            match character {
                c if c == end && depth == 0 => {
                    self.at = start + index + 1;
                    return self.text.get(start..start + index);
                }
                '{' => depth += 1,
                '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }
}

fn is_name(character: char) -> bool {
    !character.is_whitespace() && !"{}()\",=#%'@".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> WrittenEntry {
        let found = written_entries(text);
        assert_eq!(found.problems, []);
        found.entries.into_iter().next_back().expect("an entry")
    }

    #[test]
    fn parentheses_strings_and_months_are_as_in_bibtex() {
        let entry = only(
            "@string(pub = {A  Press})\n@STRING{other = \"The \" # Pub}\n% @misc{no, title = {x}}\nmail@here.org\n\
             @book(k1, title = {A {B}}, publisher = other # \" (New)\", month = sept, note = 5 # \" \" # jul,)",
        );
        assert_eq!((entry.kind.as_str(), entry.key.as_str()), ("book", "k1"));
        assert_eq!(entry.text(&["publisher"]), Some("The A  Press (New)"));
        assert_eq!(entry.text(&["month"]), Some("September"));
        assert_eq!(entry.text(&["note"]), Some("5 July"));
        assert_eq!(entry.text(&["title"]), Some("A {B}"));
    }

    #[test]
    fn a_lone_dollar_and_an_unknown_abbreviation_hide_nothing() {
        let entry = only("@misc{k, abstract = {A price of $ 5}, journal = nosuch, year = 2020}");
        assert_eq!(entry.fields.len(), 3);
        assert_eq!(entry.fields[1].unknown, ["nosuch"]);
    }

    #[test]
    fn what_is_not_closed_is_told_at_its_key_and_hides_no_other() {
        for broken in
            ["title = {A, journal = {J}", "title = {A}, journal = {J}", "title = \"A, journal = {J}}"]
        {
            let text =
                format!("@misc{{a, title = {{A}}}}\n@misc{{bad, {broken}\n\n@misc{{b, title = {{B}}}}\n");
            let found = written_entries(&text);
            let keys: Vec<&str> = found.entries.iter().map(|entry| entry.key.as_str()).collect();
            assert_eq!(keys, ["a", "b"], "{broken}");
            assert_eq!(found.problems.len(), 1, "{broken}");
            assert!(text[found.problems[0].0..].starts_with("bad"), "{found:?}");
        }
    }

    #[test]
    fn any_text_ends() {
        for text in
            ["@", "@x", "@x{", "@x{a", "@x{a,", "@x{a,b", "@x{a,b=", "@x{a,b=\"", "@string{", "@x{a,b=c#"]
        {
            assert!(written_entries(text).entries.is_empty(), "{text}");
        }
    }
}
