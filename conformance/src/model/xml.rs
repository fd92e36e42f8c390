//! A query service's XML as JSON, so that the same patterns judge it.
//!
//! `<A><B>x</B></A>` is `{"A": {"B": "x"}}`; `member` elements are always a list, an empty element
//! is an empty string. Attributes are left out.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

/// Elements may be nested this deep.
const DEPTH: usize = 64;

/// Why a text cannot be read as the XML of a query service.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    /// It is not well-formed.
    #[error("not XML: {0}")]
    Malformed(#[from] roxmltree::Error),
    /// Elements are nested too deep.
    #[error("elements are nested more than {DEPTH} deep")]
    TooDeep,
    /// An element holds both text and elements.
    #[error("<{element}> mixes text and elements")]
    Mixed {
        /// Its name.
        element: String,
    },
    /// An element that is not a list holds two elements of one name.
    #[error("<{element}> has <{child}> twice")]
    Twice {
        /// Its name.
        element: String,
        /// The name that is there twice.
        child: String,
    },
}

/// Reads one XML document.
///
/// # Errors
/// When it is not well-formed, or has no form as JSON.
pub fn read(text: &str) -> Result<Value, XmlError> {
    if is_too_deep(text) {
        return Err(XmlError::TooDeep);
    }
    let document = Document::parse(text.trim_start())?;
    let root = document.root_element();
    let (name, value) = element(root, 0)?;
    Ok(Value::Object(Map::from_iter([(name, value)])))
}

/// Counts open tags before the parser sees them: it descends by recursion, and a target's answer must
/// not exhaust the stack.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0usize;
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with(['!', '?']) && !tag.ends_with('/') {
            depth += 1;
        }
        // The root has depth 0.
        if depth > DEPTH + 1 {
            return true;
        }
    }
    false
}

fn element(node: Node<'_, '_>, depth: usize) -> Result<(String, Value), XmlError> {
    if depth > DEPTH {
        return Err(XmlError::TooDeep);
    }
    let name = node.tag_name().name().to_owned();
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text())
        .collect();
    let mut children = Map::new();
    for child in node.children().filter(Node::is_element) {
        if !text.trim().is_empty() {
            return Err(XmlError::Mixed { element: name });
        }
        let (child, value) = element(child, depth + 1)?;
        if child == "member" {
            if let Value::Array(items) = children
                .entry(child)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(value);
            }
        } else if children.contains_key(&child) {
            return Err(XmlError::Twice {
                element: name,
                child,
            });
        } else {
            children.insert(child, value);
        }
    }
    let value = match children.is_empty() {
        true => Value::String(text),
        false => Value::Object(children),
    };
    Ok((name, value))
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
            ("x", "not XML"),
            ("<a", "not XML"),
            ("<a><b></a>", "not XML"),
            ("<a>&x;</a>", "not XML"),
            ("<a></a>x", "not XML"),
            ("<a>x<b/></a>", "<a> mixes text and elements"),
            ("<a><b/><b/></a>", "<a> has <b> twice"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert!(read(&"<a>".repeat(10_000)).is_err());
    }
}
