//! Percent encoding with SigV4's alphabet: RFC 3986 unreserved characters stay, hex is upper case.

/// Encodes every byte but the unreserved ones and those in `keep`.
pub(in crate::auth) fn encode(bytes: &[u8], keep: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 4);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Decodes `%XX`. A broken escape stays as it is, and `+` is a plus sign: SDKs write a space as
/// `%20`, and a form's reading of `+` is not part of SigV4.
pub(in crate::auth) fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        match escaped.and_then(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_escapes_survive_a_round_trip() {
        for text in ["%", "%4", "%zz", "100%", "%E1%88%B4", "a%2Fb"] {
            let once = decode(text);
            assert_eq!(decode(&encode(&once, b"")), once, "{text}");
        }
        assert_eq!(decode("%zz"), b"%zz");
        assert_eq!(decode("%2f"), b"/");
    }
}
