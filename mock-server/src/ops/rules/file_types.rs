//! The type of a file, by its first bytes.

/// A type of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileType {
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    /// Office documents since 2007.
    Zip,
    /// Office documents before that.
    Ole,
    /// Anything in UTF-8.
    Text,
    Unknown,
}

/// Returns the type of a file.
pub(super) fn file_type(bytes: &[u8]) -> FileType {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => FileType::Png,
        [0xff, 0xd8, 0xff, ..] => FileType::Jpeg,
        [b'G', b'I', b'F', b'8', ..] => FileType::Gif,
        [b'%', b'P', b'D', b'F', ..] => FileType::Pdf,
        [b'P', b'K', 3, 4, ..] => FileType::Zip,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => FileType::Ole,
        riff if riff.starts_with(b"RIFF") && riff.get(8..12) == Some(b"WEBP") => FileType::Webp,
        text if std::str::from_utf8(text).is_ok() => FileType::Text,
        _ => FileType::Unknown,
    }
}

impl FileType {
    /// Returns its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Ole => "application/x-tika-msoffice",
            Self::Text => "text/plain",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// Returns the service's name of a document type; `None` for other files.
    pub(super) fn document_name(self) -> Option<&'static str> {
        match self {
            Self::Pdf => Some("PDF"),
            Self::Text => Some("PLAIN_TEXT"),
            _ => None,
        }
    }

    /// Whether Converse knows it as an image.
    pub(super) fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }
}
