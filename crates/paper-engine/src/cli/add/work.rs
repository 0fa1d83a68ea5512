//! Works by their DOI or arXiv number, and where their entries can be had.

/// A work by its number in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// A DOI, without the address before it.
    Doi(String),
    /// A number of arXiv, with its version where one was written.
    Arxiv(String),
}

impl Work {
    /// Reads a DOI or an arXiv number, alone, with its prefix, or as an address.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let bare = without_any(text, &["https://", "http://"]);
        let bare = without_any(bare, &["www.", "dx."]);
        if let Some(doi) = without(bare, "doi.org/").or_else(|| without(bare, "doi:")) {
            return is_doi(doi).then(|| Self::Doi(doi.to_owned()));
        }
        if let Some(page) = without(bare, "arxiv.org/") {
            let id = without_any(page, &["abs/", "pdf/", "bibtex/", "html/"]);
            let id = id.strip_suffix(".pdf").unwrap_or(id);
            return is_arxiv(id).then(|| Self::Arxiv(id.to_owned()));
        }
        if let Some(id) = without(bare, "arxiv:") {
            return is_arxiv(id).then(|| Self::Arxiv(id.to_owned()));
        }
        if is_doi(bare) {
            return Some(Self::Doi(bare.to_owned()));
        }
        is_arxiv(bare).then(|| Self::Arxiv(bare.to_owned()))
    }

    /// Returns the number as it is cited.
    pub fn name(&self) -> String {
        match self {
            Self::Doi(doi) => format!("doi:{doi}"),
            Self::Arxiv(id) => format!("arXiv:{id}"),
        }
    }

    /// Returns the server of the register.
    pub fn server(&self) -> &'static str {
        match self {
            Self::Doi(_) => "https://doi.org",
            Self::Arxiv(_) => "https://arxiv.org",
        }
    }

    /// Returns the address at which a server has the entry.
    pub fn address(&self, server: &str) -> String {
        let server = server.trim_end_matches('/');
        match self {
            Self::Doi(doi) => format!("{server}/{}", encoded(doi)),
            Self::Arxiv(id) => format!("{server}/bibtex/{id}"),
        }
    }

    /// Returns the command of a shell that prints the entry.
    pub fn command(&self) -> String {
        let address = self.address(self.server());
        match self {
            Self::Doi(_) => format!("curl -fsSL -H 'Accept: application/x-bibtex' '{address}'"),
            Self::Arxiv(_) => format!("curl -fsSL '{address}'"),
        }
    }
}

/// Returns what stands behind a prefix in any spelling.
fn without<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Returns what stands behind the first of some prefixes that is there, or the text.
fn without_any<'t>(text: &'t str, prefixes: &[&str]) -> &'t str {
    prefixes.iter().find_map(|prefix| without(text, prefix)).unwrap_or(text)
}

/// Returns whether a text is `10.`, a number of four digits or more, a slash and a name.
fn is_doi(text: &str) -> bool {
    let Some((prefix, name)) = text.strip_prefix("10.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let digits = prefix.split('.').next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.len() >= 4 && prefix.split('.').all(is_number) && !name.is_empty()
}

/// Returns whether a text is `2304.01433` or `hep-th/9901001`, with a version or not.
fn is_arxiv(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let id = match text.rsplit_once('v') {
        Some((id, version)) if is_number(version) => id,
        _ => text,
    };
    match (id.split_once('.'), id.split_once('/')) {
        (_, Some((archive, number))) => {
            let is_archive = |c: char| c.is_ascii_alphabetic() || ".-".contains(c);
            !archive.is_empty() && archive.chars().all(is_archive) && number.len() == 7 && is_number(number)
        }
        (Some((month, number)), None) => {
            month.len() == 4 && is_number(month) && (4..=5).contains(&number.len()) && is_number(number)
        }
        (None, None) => false,
    }
}

/// Returns a DOI as a part of an address, which a shell can take between single quotes.
fn encoded(doi: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:;()!$&*+,=@".contains(&byte);
    let each = doi
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_number_names_the_same_work() {
        let doi = Some(Work::Doi("10.1145/3360307".to_owned()));
        for text in [
            "10.1145/3360307",
            " 10.1145/3360307 ",
            "doi:10.1145/3360307",
            "DOI:10.1145/3360307",
            "https://doi.org/10.1145/3360307",
            "http://dx.doi.org/10.1145/3360307",
            "doi.org/10.1145/3360307/",
        ] {
            assert_eq!(Work::read(text), doi, "{text}");
        }
        for (text, id) in [
            ("2304.01433", "2304.01433"),
            ("arXiv:2304.01433v3", "2304.01433v3"),
            ("https://arxiv.org/abs/2304.01433", "2304.01433"),
            ("https://arxiv.org/pdf/2304.01433v2.pdf", "2304.01433v2"),
            ("hep-th/9901001", "hep-th/9901001"),
            ("https://www.arxiv.org/abs/math.GT/0309136", "math.GT/0309136"),
        ] {
            assert_eq!(Work::read(text), Some(Work::Arxiv(id.to_owned())), "{text}");
        }
        for text in [
            "",
            "10.1145",
            "10.1/x",
            "10.1145/",
            "23.01433",
            "knuth1984",
            "2304.01433 x",
            "doi:x",
            "é/1234567",
        ] {
            assert_eq!(Work::read(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_holds_no_sign_of_a_shell_or_of_addresses() {
        let work = Work::Doi("10.1000/a'b?c#d<e>".to_owned());
        assert_eq!(work.address("https://doi.org/"), "https://doi.org/10.1000/a%27b%3Fc%23d%3Ce%3E");
    }
}
