//! Base URLs: scheme, host, port, and nothing else.

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Url {
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Host name or address, IPv6 without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path before every request's path, without a slash at its end; mostly empty.
    pub prefix: String,
}

/// What is wrong with a base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} {problem}")]
pub struct UrlError {
    /// The text that was to be a URL.
    pub text: String,
    /// What is wrong with it, as in `has no host`.
    pub problem: &'static str,
}

impl Url {
    /// Reads `http://host:port` or `https://host`, with a path if a gateway has one.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let wrong = |problem: &'static str| UrlError {
            text: text.to_owned(),
            problem,
        };
        let (tls, rest) = if let Some(rest) = text.strip_prefix("https://") {
            (true, rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            (false, rest)
        } else {
            return Err(wrong("begins neither with http:// nor with https://"));
        };
        let (authority, prefix) = match rest.find('/') {
            None => (rest, ""),
            Some(at) => rest.split_at(at),
        };
        if authority.contains('@') || prefix.contains(['?', '#']) {
            return Err(wrong("is more than scheme, host, port and path"));
        }
        let default = if tls { 443 } else { 80 };
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest
                    .split_once(']')
                    .ok_or_else(|| wrong("has a [ without its ]"))?;
                (host, port.strip_prefix(':'))
            }
            None => match authority.split_once(':') {
                None => (authority, None),
                Some((host, port)) => (host, Some(port)),
            },
        };
        let port = match port {
            None => default,
            Some(port) => port
                .parse()
                .map_err(|_| wrong("has no port between 0 and 65535"))?,
        };
        if host.is_empty() {
            return Err(wrong("has no host"));
        }
        Ok(Self {
            tls,
            host: host.to_owned(),
            port,
            prefix: prefix.trim_end_matches('/').to_owned(),
        })
    }

    /// As the `Host` header has it.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let default = if self.tls { 443 } else { 80 };
        if self.port == default {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(out, "{scheme}://{}{}", self.authority(), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_read_and_write() {
        for text in [
            "http://127.0.0.1:4580",
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "http://[::1]:80/bedrock",
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(Url::parse(&url.to_string()).unwrap(), url);
        }
        assert_eq!(Url::parse("http://h/").unwrap().prefix, "");
        for text in [
            "h:1",
            "ftp://h",
            "http://",
            "http://h:x",
            "http://u@h",
            "http://[::1",
            "http://h/?a",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }
}
