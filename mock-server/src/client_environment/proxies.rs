//! Proxy settings that would lead clients past a mock on this machine.
//!
//! A proxy is asked for every host that `NO_PROXY` does not name, `127.0.0.1` included, and cannot
//! reach the mock there. Where no proxy is set nothing is changed.

/// The value that `NO_PROXY` needs, or none if it is right as it is.
pub fn no_proxy_for(host: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    if !PROXIES.iter().any(|name| value(name).is_some()) {
        return None;
    }
    let now = value("no_proxy").or_else(|| value("NO_PROXY"));
    let now = now.unwrap_or_default();
    let named = |host: &str| {
        now.split(',')
            .any(|h| matches!(h.trim(), "*") || h.trim() == host)
    };
    if named(host) {
        return None;
    }
    Some(match now.as_str() {
        "" => host.to_owned(),
        now => format!("{now},{host}"),
    })
}

const PROXIES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Option<String> {
        no_proxy_for("127.0.0.1", |name| {
            let found = set.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_where_a_proxy_would_be_asked() {
        let proxy = ("HTTPS_PROXY", "http://proxy:3128");
        for (set, expected) in [
            (&[][..], None),
            (&[("NO_PROXY", "a")], None),
            (&[proxy], Some("127.0.0.1")),
            (&[proxy, ("NO_PROXY", "a,b")], Some("a,b,127.0.0.1")),
            (
                &[proxy, ("no_proxy", "a"), ("NO_PROXY", "b")],
                Some("a,127.0.0.1"),
            ),
            (&[proxy, ("NO_PROXY", "a, 127.0.0.1")], None),
            (&[proxy, ("NO_PROXY", "*")], None),
        ] {
            assert_eq!(with(set).as_deref(), expected, "{set:?}");
        }
    }
}
