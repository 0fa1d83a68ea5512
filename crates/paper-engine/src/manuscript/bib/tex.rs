//! The TeX and HTML of fields as marked text: what BibTeX users write in names, titles and addresses.

use entities::ENTITIES;
use unicode_normalization::UnicodeNormalization;

use super::mark::{EMPHASIS, Piece, Pieces, STRONG, is_private, literal};

/// A non-breaking space.
const TIE: char = '\u{a0}';

/// Reads the fields of one entry.
#[derive(Debug, Default)]
pub(super) struct FieldReader {
    /// What the marks of the texts stand for.
    pub pieces: Pieces,
    /// Commands that nothing explains.
    pub unknown: Vec<String>,
}

/// The characters of a field and how far they are read.
struct Input {
    characters: Vec<char>,
    at: usize,
}

impl Input {
    fn of(text: &str) -> Self {
        Self { characters: text.nfc().collect(), at: 0 }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += 1;
        Some(character)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Reads up to a pair of characters, or one, and goes behind it; nothing where it does not come.
    fn until(&mut self, end: &[char]) -> Option<String> {
        let rest = self.characters.get(self.at..)?;
        let is_end = |index: &usize| {
            rest[*index..].starts_with(end) && (*index == 0 || rest[*index - 1] != '\\' || end[0] == '\\')
        };
        let length = (0..rest.len()).find(is_end)?;
        let text = rest[..length].iter().collect();
        self.at += length + end.len();
        Some(text)
    }

    /// Reads the argument of a command as it stands.
    fn raw_argument(&mut self) -> String {
        self.skip_space();
        if !self.eat('{') {
            return self.next().map(String::from).unwrap_or_default();
        }
        let (mut depth, mut text) = (1_usize, String::new());
        while let Some(character) = self.next() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            text.push(character);
        }
        text
    }
}

impl FieldReader {
    /// Returns a field as marked text; braces that protect letters are kept.
    pub fn text(&mut self, written: &str) -> String {
        let text = self.run(&mut Input::of(written), false);
        let text = self.html(&text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Reads to the end, or to the brace that ends a group and behind it.
    fn run(&mut self, input: &mut Input, in_group: bool) -> String {
        let (mut out, mut closing) = (String::new(), String::new());
        while let Some(character) = input.next() {
            match character {
                '}' if in_group => break,
                '}' => {}
                '{' => {
                    let is_letter = input.peek() == Some('\\');
                    let content = self.run(input, true);
                    let is_plain = content.chars().all(|c| !is_private(c));
                    if content.is_empty() || is_letter && is_plain {
                        out.push_str(&content);
                    } else {
                        out.push_str(&format!("{{{content}}}"));
                    }
                }
                '\\' => self.command(input, &mut out, &mut closing),
                '$' => {
                    let end: &[char] = if input.eat('$') { &['$', '$'] } else { &['$'] };
                    match input.until(end) {
                        Some(tex) => out.push_str(&self.formula(&tex)),
                        None => out.push(literal('$')),
                    }
                }
                '~' | TIE => out.push(literal(TIE)),
                '`' => out.push(if input.eat('`') { '“' } else { '‘' }),
                '\'' => out.push(if input.eat('\'') { '”' } else { '’' }),
                '?' if input.eat('`') => out.push('¿'),
                '!' if input.eat('`') => out.push('¡'),
                '-' if input.eat('-') => out.push(if input.eat('-') { '—' } else { '–' }),
                '\u{2010}' | '\u{2011}' => out.push('-'),
                c if c.is_whitespace() => out.push(' '),
                c if is_private(c) => {}
                c => out.push(c),
            }
        }
        out.push_str(&closing);
        out
    }

    fn formula(&mut self, tex: &str) -> String {
        let tex = tex.trim();
        match tex {
            "" => return String::new(),
            "<" | "\\less" | "\\lt" => return "<".to_owned(),
            ">" | "\\greater" | "\\gt" => return ">".to_owned(),
            "\\sim" => return "~".to_owned(),
            "\\backslash" => return literal('\\').to_string(),
            _ => {}
        }
        let before = if tex.starts_with(['_', '^']) { "{}" } else { "" };
        self.pieces.add(Piece::Math(format!("{before}{tex}")))
    }

    fn argument(&mut self, input: &mut Input) -> String {
        input.skip_space();
        let (mut out, mut closing) = (String::new(), String::new());
        match input.next() {
            Some('{') => return self.run(input, true),
            Some('\\') => self.command(input, &mut out, &mut closing),
            Some(character) => out.push(character),
            None => {}
        }
        out + &closing
    }

    /// Reads a command behind its backslash.
    fn command(&mut self, input: &mut Input, out: &mut String, closing: &mut String) {
        let Some(first) = input.next() else { return };
        let mut name = String::from(first);
        if first.is_ascii_alphabetic() {
            while let Some(letter) = input.peek().filter(char::is_ascii_alphabetic) {
                name.push(letter);
                input.at += 1;
            }
        }
        if let Some(mark) = accent(&name) {
            let argument = self.argument(input).replace(['{', '}'], "");
            out.push_str(&accented(&argument, mark));
            return;
        }
        if first.is_ascii_alphabetic() {
            input.skip_space();
        }
        match name.as_str() {
            "&" | "%" | "#" | "_" => out.push(first),
            "$" | "{" | "}" => out.push(literal(first)),
            "\\" | "newline" | "linebreak" => out.push(' '),
            "," | ";" | ":" | "thinspace" | "nobreakspace" => out.push(literal(TIE)),
            "quad" | "qquad" | "space" => out.push(' '),
            // `{\relax Ch}ristos` says that the initial is `Ch`.
            "relax" => {
                let mut letters = String::new();
                while let Some(letter) = input.peek().filter(|c| c.is_alphabetic()) {
                    letters.push(letter);
                    input.at += 1;
                }
                let is_initial = (2..=3).contains(&letters.chars().count()) && input.peek() == Some('}');
                let kept = if is_initial { self.pieces.add(Piece::Text(letters)) } else { letters };
                out.push_str(&kept);
            }
            "!" | "/" | "@" | "-" | "protect" | "newblock" | "noindent" | "rm" | "sc" | "tt" | "sf"
            | "normalfont" | "upshape" | "scshape" | "ttfamily" | "sffamily" | "rmfamily" | "mdseries"
            | "allowbreak" | "nolinebreak" | "unskip" | "ignorespaces" | "small" | "footnotesize" => {}
            "(" | "[" => match input.until(&['\\', if first == '(' { ')' } else { ']' }]) {
                Some(tex) => out.push_str(&self.formula(&tex)),
                None => out.push(first),
            },
            "ensuremath" => {
                let tex = input.raw_argument();
                out.push_str(&self.formula(&tex));
            }
            "emph" | "textit" | "textsl" | "mkbibemph" | "mkbibitalic" => {
                out.extend([EMPHASIS.0.into(), self.argument(input), EMPHASIS.1.into()]);
            }
            "textbf" | "mkbibbold" => {
                out.extend([STRONG.0.into(), self.argument(input), STRONG.1.into()]);
            }
            "em" | "it" | "itshape" | "sl" | "slshape" => {
                out.push(EMPHASIS.0);
                closing.push(EMPHASIS.1);
            }
            "bf" | "bfseries" => {
                out.push(STRONG.0);
                closing.push(STRONG.1);
            }
            "textsc" | "texttt" | "textrm" | "textsf" | "textup" | "textnormal" | "textmd" | "text"
            | "mbox" | "hbox" | "bibstring" | "underline" | "natexlab" | "uppercase" | "MakeUppercase"
            | "lowercase" | "MakeLowercase" | "path" | "nolinkurl" => {
                let argument = self.argument(input);
                match name.to_lowercase().as_str() {
                    "uppercase" | "makeuppercase" => out.push_str(&argument.to_uppercase()),
                    "lowercase" | "makelowercase" => out.push_str(&argument.to_lowercase()),
                    _ => out.push_str(&argument),
                }
            }
            "enquote" | "mkbibquote" => out.extend(["“", &self.argument(input), "”"]),
            "textsuperscript" | "textsubscript" => {
                let argument = self.argument(input);
                let sign = if name == "textsuperscript" { '^' } else { '_' };
                out.push_str(&self.raised(sign, &argument));
            }
            "noopsort" | "NoopSort" | "SortNoop" | "switchargs" | "label" => {
                input.raw_argument();
            }
            "url" => {
                let url = address(&input.raw_argument());
                let text = url.chars().map(literal).collect();
                out.push_str(&self.pieces.add(Piece::Link { url, text }));
            }
            "href" => {
                let url = address(&input.raw_argument());
                let text = self.argument(input).replace(['{', '}'], "");
                out.push_str(&self.pieces.add(Piece::Link { url, text }));
            }
            name => match letter(name) {
                Some(text) => out.extend(text.chars().map(literal)),
                None if first.is_whitespace() => out.push(' '),
                None => self.unknown.push(format!("\\{name}")),
            },
        }
    }

    /// Returns raised or lowered text as a formula; what a formula could not hold stays on its line.
    fn raised(&mut self, sign: char, text: &str) -> String {
        let text = text.replace(['{', '}'], "");
        let holds = |c: char| c.is_ascii_alphanumeric() || "+-".contains(c);
        if text.is_empty() || !text.chars().all(holds) {
            return text;
        }
        let is_word = text.chars().any(|c| c.is_ascii_alphabetic());
        let tex = if is_word {
            format!("{{}}{sign}{{\\mathrm{{{text}}}}}")
        } else {
            format!("{{}}{sign}{{{text}}}")
        };
        self.pieces.add(Piece::Math(tex))
    }

    /// Reads entities and tags, which DOI services leave in titles.
    fn html(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        // Some services escape what is escaped already.
        for _ in 0..3 {
            let read = without_entities(&text);
            if read == text {
                break;
            }
            text = read;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find('<') {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let Some((name, ends, length)) = tag(rest) else {
                out.push('<');
                rest = &rest[1..];
                continue;
            };
            rest = &rest[length..];
            match name.as_str() {
                "i" | "em" | "italic" => out.push(if ends { EMPHASIS.1 } else { EMPHASIS.0 }),
                "b" | "strong" | "bold" => out.push(if ends { STRONG.1 } else { STRONG.0 }),
                "br" => out.push(' '),
                "sub" | "inf" | "sup" if !ends => {
                    let end = rest.find("</").unwrap_or(rest.len());
                    let sign = if name == "sup" { '^' } else { '_' };
                    out.push_str(&self.raised(sign, &rest[..end]));
                    rest = &rest[end..];
                }
                _ => {}
            }
        }
        out.push_str(rest);
        out
    }
}

/// Returns the name of the tag that a text begins with, whether it ends an element, and its length.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    let end = text.find('>')?;
    let inside = &text[1..end];
    let (inside, ends) = inside.strip_prefix('/').map_or((inside, false), |name| (name, true));
    let name = inside.split([' ', '/']).next()?.to_lowercase();
    let name = name.rsplit(':').next()?.to_owned();
    let known = [
        "i", "em", "italic", "b", "strong", "bold", "sub", "inf", "sup", "scp", "sc", "tt", "u", "span", "p",
        "font", "br", "div", "title", "ul", "ovl", "small", "math", "mi", "mo", "mn", "mrow", "msub", "msup",
        "mtext",
    ];
    known.contains(&name.as_str()).then(|| (name, ends, end + 1))
}

/// Returns a text with the characters that its entities name.
fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.char_indices().take(32).find(|(_, c)| *c == ';').map(|(end, _)| end + 1);
        match end.and_then(|end| Some((end, entity(&rest[..end])?))) {
            Some((end, characters)) => {
                out.extend(characters.chars().filter(|c| !is_private(*c)).map(literal));
                rest = &rest[end..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the characters of an entity such as `&amp;` or `&#x3b1;`.
fn entity(text: &str) -> Option<String> {
    if let Some(number) = text.strip_prefix("&#") {
        let number = number.strip_suffix(';')?;
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control()).map(String::from);
    }
    ENTITIES.iter().find(|entity| entity.entity == text).map(|entity| entity.characters.to_owned())
}

/// Returns an address without the TeX that BibTeX users write in it.
pub(super) fn address(written: &str) -> String {
    let mut text = written.trim().to_owned();
    if let Some(inner) = text.strip_prefix("\\url{").and_then(|rest| rest.strip_suffix('}')) {
        text = inner.to_owned();
    }
    for (command, sign) in [
        ("\\textasciitilde", "~"),
        ("\\string~", "~"),
        ("\\~{}", "~"),
        ("$\\sim$", "~"),
        ("\\sim", "~"),
        ("\\textless", "<"),
        ("\\textgreater", ">"),
        ("$<$", "<"),
        ("$>$", ">"),
        ("\\textunderscore", "_"),
        ("\\slash", "/"),
        ("\\-", ""),
        ("{", ""),
        ("}", ""),
        ("\\", ""),
    ] {
        text = text.replace(command, sign);
    }
    let text = without_entities(&text);
    text.split_whitespace().collect::<Vec<_>>().join("%20")
}

/// Returns the combining mark of an accent.
fn accent(name: &str) -> Option<char> {
    Some(match name {
        "`" => '\u{300}',
        "'" => '\u{301}',
        "^" => '\u{302}',
        "~" => '\u{303}',
        "=" => '\u{304}',
        "u" => '\u{306}',
        "." => '\u{307}',
        "\"" => '\u{308}',
        "h" => '\u{309}',
        "r" => '\u{30a}',
        "H" => '\u{30b}',
        "v" => '\u{30c}',
        "d" => '\u{323}',
        "c" => '\u{327}',
        "k" => '\u{328}',
        "b" => '\u{331}',
        "t" => '\u{361}',
        _ => return None,
    })
}

/// Returns a text with a mark on its first letter.
fn accented(text: &str, mark: char) -> String {
    let mut rest = text.chars();
    let Some(base) = rest.next() else {
        return match mark {
            '\u{302}' => "^".to_owned(),
            '\u{303}' => "~".to_owned(),
            '\u{300}' => "`".to_owned(),
            '\u{308}' => "¨".to_owned(),
            '\u{301}' => "´".to_owned(),
            _ => String::new(),
        };
    };
    let is_below = ('\u{323}'..='\u{331}').contains(&mark);
    let base = match base {
        'ı' if !is_below => 'i',
        'ȷ' if !is_below => 'j',
        other => other,
    };
    [base, mark].into_iter().nfc().chain(rest).collect()
}

/// Returns the text of a command that stands for letters or signs.
fn letter(name: &str) -> Option<&'static str> {
    Some(match name {
        "ss" => "ß",
        "SS" => "SS",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "o" => "ø",
        "O" => "Ø",
        "l" => "ł",
        "L" => "Ł",
        "aa" => "å",
        "AA" => "Å",
        "i" | "imath" => "ı",
        "j" | "jmath" => "ȷ",
        "dh" => "ð",
        "DH" => "Ð",
        "th" => "þ",
        "TH" => "Þ",
        "dj" => "đ",
        "DJ" => "Đ",
        "ng" => "ŋ",
        "NG" => "Ŋ",
        "ldots" | "dots" | "textellipsis" => "…",
        "textendash" | "bibrangedash" => "–",
        "textemdash" => "—",
        "textquoteleft" => "‘",
        "textquoteright" => "’",
        "textquotedblleft" => "“",
        "textquotedblright" => "”",
        "textquotesingle" => "'",
        "textquotedbl" => "\"",
        "quotedblbase" => "„",
        "quotesinglbase" => "‚",
        "guillemotleft" => "«",
        "guillemotright" => "»",
        "textless" => "<",
        "textgreater" => ">",
        "textbar" => "|",
        "textbackslash" => "\\",
        "textunderscore" => "_",
        "textasciitilde" => "~",
        "textasciicircum" => "^",
        "textbraceleft" | "lbrace" => "{",
        "textbraceright" | "rbrace" => "}",
        "textdollar" => "$",
        "textregistered" => "®",
        "textcopyright" | "copyright" => "©",
        "texttrademark" => "™",
        "textdegree" | "degree" => "°",
        "textmu" | "micro" => "µ",
        "textmultiply" | "texttimes" | "times" => "×",
        "textpm" | "pm" => "±",
        "textperiodcentered" | "cdot" => "·",
        "texteuro" | "euro" => "€",
        "pounds" | "textsterling" => "£",
        "S" | "textsection" => "§",
        "P" => "¶",
        "dag" | "textdagger" => "†",
        "ddag" => "‡",
        "slash" => "/",
        "LaTeX" => "LaTeX",
        "TeX" => "TeX",
        "BibTeX" => "BibTeX",
        "textalpha" | "alpha" => "α",
        "textbeta" | "beta" => "β",
        "textgamma" | "gamma" => "γ",
        "mu" => "μ",
        "sim" => "~",
        "guilsinglleft" => "‹",
        "guilsinglright" => "›",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(written: &str) -> String {
        let mut reader = FieldReader::default();
        let text = reader.text(written);
        assert_eq!(reader.unknown, Vec::<String>::new(), "{written}");
        let inlines = reader.pieces.inlines(&text.replace(['{', '}'], ""));
        format!("{:?}", inlines.into_iter().map(|inline| inline.kind).collect::<Vec<_>>())
    }

    #[test]
    fn accents_and_letters_are_unicode() {
        for (written, text) in [
            (
                "G{\\\"o}del, M\\\"{u}ller, Erd{\\H{o}}s, Ren\\'e, Sad{\\'\\i}k",
                "Gödel, Müller, Erdős, René, Sadík",
            ),
            (
                "\\v{C}ech, {\\L}ukasiewicz, \\c cedilla, {\\aa}, Stra{\\ss}e",
                "Čech, Łukasiewicz, çedilla, å, Straße",
            ),
            ("\\t{oo}, {\\j}, \\~n, \\^{\\i}, \\k{a}, \\d{h}", "o\u{361}o, ȷ, ñ, î, ą, ḥ"),
            ("``a'' -- b --- it's ~ \\& \\_ \\% 5\\$ {} \\{", "“a” – b — it’s \u{a0} & _ % 5$ {"),
            ("E\u{301} \u{2010} Jo\u{308}rg", "É - Jörg"),
            ("A $ sign alone", "A $ sign alone"),
        ] {
            assert_eq!(plain(written), format!("[Text({text:?})]"), "{written}");
        }
    }

    #[test]
    fn formulas_emphasis_and_tags_are_inlines() {
        for (written, text) in [
            ("H$_2$O", "[Text(\"H\"), Math(\"{}_2\"), Text(\"O\")]"),
            ("CO<sub>2</sub>", "[Text(\"CO\"), Math(\"{}_{2}\")]"),
            ("$\\less$sup$\\greater$th$\\less$/sup$\\greater$", "[Math(\"{}^{\\\\mathrm{th}}\")]"),
            ("a &amp;amp; b &lt; c &alpha; &#945; R&D", "[Text(\"a & b < c α α R&D\")]"),
            ("p < 0.5 and q > 1", "[Text(\"p < 0.5 and q > 1\")]"),
        ] {
            assert_eq!(plain(written), text, "{written}");
        }
        for written in ["\\emph{x}", "{\\em x}", "<i>x</i>", "&lt;i&gt;x&lt;/i&gt;", "\\textit{x}", "<em>x"] {
            assert!(plain(written).starts_with("[Emphasis(["), "{}", plain(written));
        }
    }

    #[test]
    fn an_unknown_command_is_named() {
        let mut reader = FieldReader::default();
        reader.text("A \\nosuch{b} and \\input{/etc/passwd}");
        assert_eq!(reader.unknown, ["\\nosuch", "\\input"]);
    }

    #[test]
    fn addresses_lose_their_tex() {
        assert_eq!(address("\\url{https://a.org/\\~{}b\\_c\\%20d}"), "https://a.org/~b_c%20d");
        assert_eq!(address("10.1/(x)1:2{\\_}3&lt;4\\#5"), "10.1/(x)1:2_3<4#5");
    }
}
