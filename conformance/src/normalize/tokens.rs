//! Texts with ids, times and places in them → the same with tokens.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Numbers that ids were given so far: the same id gets the same number in all of a case.
#[derive(Debug, Clone, Default)]
pub struct Tokens(HashMap<(&'static str, String), usize>);

/// What is a token, the longest forms first. Kinds with a number keep apart what differs.
static FORMS: LazyLock<Vec<(&'static str, bool, Regex)>> = LazyLock::new(|| {
    let form = |kind, numbered, pattern| {
        Regex::new(pattern)
            .ok()
            .map(|regex| (kind, numbered, regex))
    };
    [
        form("key", true, r"\b(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=_-]{16,}"),
        form("tool-use-id", true, r"\b(?:tooluse_[A-Za-z0-9_-]{22}|toolu_[A-Za-z0-9_]{20,}|chatcmpl-tool-[0-9a-f]{16,})"),
        form("message-id", true, r"\b(?:msg|chatcmpl|cmpl|resp)[-_][A-Za-z0-9_-]{16,}"),
        form("request-id", true, r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
        form("date", false, r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?"),
        form("date", false, r"\b\d{8}T\d{6}Z"),
        form("id", true, r"\b(?:AKIA|ASIA|AIDA|AROA|ACCA)[A-Z0-9]{12,}(?::[\w+=,.@-]+)?"),
        form("name", true, r"u[0-9a-f]{11}"),
        form("hash", false, r"\b[0-9a-f]{64}\b"),
        form("hash", false, r"[A-Za-z0-9+/]{43}="),
        form("host", false, r"\b127\.0\.0\.1[:‹]\d+"),
        form("profile", true, r"application-inference-profile[/›»][a-z0-9]{12}\b"),
        form("id", true, r"\b[a-z0-9]{12}\b"),
        form("account", false, r"\b\d{12}\b"),
        form("region", false, r"\b(?:us|eu|ap|ca|sa|me|af|il|mx)-(?:gov-)?(?:north|south|central)?(?:east|west|north|south|central)-\d\b"),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// The day in a signature's scope stands between slashes: plain, escaped, or as [`ESCAPES`] marks them.
static SCOPE_DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?P<before>\b|%2[Ff])\d{8}(?P<after>[/›»]|%2[Ff])").ok());

/// Escapes that stand between the parts of an ARN, and what stands for them while parts are looked for.
const ESCAPES: [(&str, &str); 4] = [("%3A", "‹"), ("%2F", "›"), ("%3a", "«"), ("%2f", "»")];

/// The model in a path: another one plays the same role for another target.
static MODEL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(\w+ /model/)[^/?]+").ok());

impl Tokens {
    /// A request's line. Its escapes stay as they are: how an ARN is encoded matters.
    pub fn request(&mut self, line: &str) -> String {
        let line = match &*MODEL {
            Some(model) => model.replace(line, "$1<model>").into_owned(),
            None => line.to_owned(),
        };
        let plain = ESCAPES
            .iter()
            .fold(line, |line, (escape, mark)| line.replace(escape, mark));
        // An id of letters alone is told from a word by its place.
        let parts = plain
            .split('/')
            .map(|part| match part.len() == 12 && is_plain(part) {
                true => self.profile(part),
                false => part.to_owned(),
            });
        let plain = parts.collect::<Vec<_>>().join("/");
        let line = self.text(&plain);
        ESCAPES
            .iter()
            .fold(line, |line, (escape, mark)| line.replace(mark, escape))
    }

    /// The id of a profile, which may look like a word.
    pub fn profile(&mut self, id: &str) -> String {
        match id.len() == 12 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            true => self.numbered("id", id),
            false => self.text(id),
        }
    }

    /// A text of any other place.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = match &*SCOPE_DAY {
            Some(day) => day.replace_all(text, "$before<date>$after").into_owned(),
            None => text.to_owned(),
        };
        for (kind, numbered, regex) in FORMS.iter() {
            let replaced = regex.replace_all(&out, |found: &Captures<'_>| {
                let id = &found[0];
                if *kind == "id" && is_plain(id) {
                    return id.to_owned();
                }
                if *kind == "profile" {
                    let (before, id) = id.split_at(id.len() - 12);
                    return format!("{before}{}", self.numbered("id", id));
                }
                match numbered {
                    true => self.numbered(kind, id),
                    false => format!("<{kind}>"),
                }
            });
            out = replaced.into_owned();
        }
        out
    }

    fn numbered(&mut self, kind: &'static str, id: &str) -> String {
        let next = 1 + self.0.keys().filter(|(known, _)| *known == kind).count();
        let number = *self.0.entry((kind, id.to_owned())).or_insert(next);
        format!("<{kind}:{number}>")
    }
}

/// Twelve letters may be a word, and twelve digits an account: ids of profiles have both.
fn is_plain(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit()) || id.bytes().all(|b| b.is_ascii_lowercase())
}
