//! A query service's XML as JSON, so that the same patterns judge it.
//!
//! `<A><B>x</B></A>` is `{"A": {"B": "x"}}`; `member` elements are always a list, an empty element
//! is an empty string. Attributes are left out.

use serde_json::{Map, Value};

/// Elements may be nested this deep.
const DEPTH: usize = 64;

/// Reads one XML document.
///
/// # Errors
/// Says what is no XML in it.
pub fn read(text: &str) -> Result<Value, String> {
    let mut rest = text.trim_start();
    if rest.starts_with("<?") {
        let end = rest.find("?>").ok_or("the XML declaration has no end")?;
        rest = rest[end + 2..].trim_start();
    }
    let (name, value, rest) = element(rest, 0)?;
    if !rest.trim().is_empty() {
        return Err("there is text behind the root element".to_owned());
    }
    Ok(Value::Object(Map::from_iter([(name, value)])))
}

fn element(text: &str, depth: usize) -> Result<(String, Value, &str), String> {
    if depth > DEPTH {
        return Err(format!("elements are nested more than {DEPTH} deep"));
    }
    let open = text.strip_prefix('<').ok_or("an element was expected")?;
    let end = open.find('>').ok_or("a tag has no end")?;
    let tag = &open[..end];
    let mut rest = &open[end + 1..];
    let name = tag
        .split([' ', '\t', '\r', '\n', '/'])
        .next()
        .unwrap_or_default()
        .to_owned();
    if name.is_empty() {
        return Err("a tag has no name".to_owned());
    }
    if tag.ends_with('/') {
        return Ok((name, Value::String(String::new()), rest));
    }
    let close = format!("</{name}>");
    let mut children = Map::new();
    loop {
        let before = rest
            .find('<')
            .ok_or_else(|| format!("<{name}> has no end"))?;
        let (characters, tail) = rest.split_at(before);
        if let Some(tail) = tail.strip_prefix(&close) {
            if children.is_empty() {
                return Ok((name, Value::String(unescape(characters)?), tail));
            }
            return Ok((name, Value::Object(children), tail));
        }
        if tail.starts_with("</") {
            return Err(format!("<{name}> has no end"));
        }
        if !characters.trim().is_empty() {
            return Err(format!("<{name}> mixes text and elements"));
        }
        let (child, value, tail) = element(tail, depth + 1)?;
        rest = tail;
        if child == "member" {
            if let Value::Array(items) = children
                .entry(child)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(value);
            }
        } else if children.insert(child.clone(), value).is_some() {
            return Err(format!("<{name}> has <{child}> twice"));
        }
    }
}

fn unescape(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..]
            .find(';')
            .ok_or_else(|| format!("{text:?} has an escape without end"))?;
        let escape = &rest[at + 1..at + end];
        let character = match escape {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => escape
                .strip_prefix("#x")
                .map(|hex| u32::from_str_radix(hex, 16))
                .or_else(|| escape.strip_prefix('#').map(str::parse))
                .and_then(Result::ok)
                .and_then(char::from_u32),
        };
        out.push(character.ok_or_else(|| format!("&{escape}; is no escape of XML"))?);
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_become_json() {
        let text = "<?xml version=\"1.0\"?>\n<R xmlns=\"u\">\n <L>\n <member><A>1 &lt; &#x32;</A></member>\
                    </L><E/><F></F></R>\n";
        assert_eq!(
            read(text).unwrap(),
            json!({"R": {"L": {"member": [{"A": "1 < 2"}]}, "E": "", "F": ""}})
        );
    }

    #[test]
    fn what_is_no_xml_is_named() {
        for (text, expected) in [
            ("x", "an element was expected"),
            ("<a", "a tag has no end"),
            ("<a><b></a>", "<b> has no end"),
            ("<a>x<b/></a>", "<a> mixes text and elements"),
            ("<a><b/><b/></a>", "<a> has <b> twice"),
            ("<a>&x;</a>", "&x; is no escape of XML"),
            ("<a></a>x", "there is text behind the root element"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(read(&"<a>".repeat(10_000)).is_err());
    }
}
