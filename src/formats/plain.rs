//! Plain text files: one file, one document.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{ISO_2022_JP, UTF_8};

use super::{Cut, cut};
use crate::decode::Decoded;
use crate::document::Cleaned;
use crate::encode::{Patch, Unmappable, encode, patches};

/// The encoding of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputEncoding {
    /// UTF-8. A file that is UTF-8 already keeps its byte order mark and its malformed bytes.
    Utf8,
    /// The encoding of the input: its bytes, without those that were removed.
    Keep,
}

/// A cleaned file.
#[derive(Clone, Debug)]
pub struct Output<'a> {
    /// The bytes to write.
    pub bytes: Cow<'a, [u8]>,
    /// How they came from the input.
    pub made: Made,
}

/// How the output came from the input, which is what a restore has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// Input bytes were left out: one cut for each edit.
    Cut(Vec<Cut>),
    /// The text was written in UTF-8. The patches give back what encoding the original text again would not.
    Converted(Vec<Patch>),
}

/// Why a file cannot be written in its own encoding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// A replacement holds a character that the encoding lacks.
    #[error("a replacement does not fit the file's encoding: {0}")]
    Replacement(#[from] Unmappable),
    /// The encoding has modes that a cut would break.
    #[error(
        "text in ISO-2022-JP cannot be cut without breaking its shift states; let it be written as UTF-8"
    )]
    Stateful,
}

/// The bytes of a cleaned file.
///
/// # Errors
/// Only for [`OutputEncoding::Keep`] in an encoding other than UTF-8.
pub fn output<'a>(
    input: &'a [u8],
    decoded: &Decoded<'_>,
    cleaned: &Cleaned<'_>,
    encoding: OutputEncoding,
) -> Result<Output<'a>, KeepError> {
    if decoded.encoding() != UTF_8 && encoding == OutputEncoding::Utf8 {
        let bytes = Cow::Owned(cleaned.text().as_bytes().to_vec());
        let made = Made::Converted(patches(decoded.text(), decoded.encoding(), input));
        return Ok(Output { bytes, made });
    }
    if decoded.encoding() == ISO_2022_JP && !cleaned.is_unchanged() {
        return Err(KeepError::Stateful);
    }
    let spans: Vec<Range<usize>> = cleaned.edits().iter().map(|edit| edit.span.range()).collect();
    let raw_ranges = decoded.raw_ranges(&spans);
    let mut cuts = Vec::with_capacity(raw_ranges.len());
    for (edit, raw) in cleaned.edits().iter().zip(raw_ranges) {
        let put_in = edit.replacement.as_deref().unwrap_or_default();
        cuts.push(Cut { raw, put_in: encode(put_in, decoded.encoding())? });
    }
    Ok(Output { bytes: cut(input, &cuts), made: Made::Cut(cuts) })
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, UTF_16LE};

    use super::*;
    use crate::cleaner::Cleaner;
    use crate::decode::decode;
    use crate::document::Document;

    const TEXT: &str = "市長は月曜日に語った。\n\nADVERTISEMENT\n\n投票は今月末までに行われる。\n";
    const CLEAN: &str = "市長は月曜日に語った。\n\n投票は今月末までに行われる。\n";

    fn clean(input: &[u8], encoding: OutputEncoding) -> Vec<u8> {
        let decoded = decode(input, None).unwrap();
        let cleaned = Cleaner::builtin().clean(&Document::new(decoded.text()));
        output(input, &decoded, &cleaned, encoding).unwrap().bytes.into_owned()
    }

    #[test]
    fn output_is_utf8_unless_the_encoding_is_kept() {
        for encoding in [SHIFT_JIS, UTF_16LE] {
            let input = encode(TEXT, encoding).unwrap();
            assert_eq!(clean(&input, OutputEncoding::Utf8), CLEAN.as_bytes());
            assert_eq!(clean(&input, OutputEncoding::Keep), encode(CLEAN, encoding).unwrap());
        }
    }

    #[test]
    fn malformed_bytes_and_a_byte_order_mark_stay() {
        let input = b"\xEF\xBB\xBFCaf\xC3 on Monday.\n\nADVERTISEMENT\n\nMore to come.\n";
        assert_eq!(clean(input, OutputEncoding::Utf8), b"\xEF\xBB\xBFCaf\xC3 on Monday.\n\nMore to come.\n");
    }
}
