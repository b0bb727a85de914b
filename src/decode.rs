//! The bytes of a plain text file -> text, the encoding it is in, and the way back from text to
//! bytes.
//!
//! Everything after this stage works on `str`. What is cut from the text has to be cut from the
//! file, so a [`Decoded`] keeps the bytes it came from and translates byte ranges of the text into
//! byte ranges of the file. The `encode` module turns a whole text back into bytes.

mod ranges;
mod signature;
mod sniff;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{DecoderResult, Encoding, REPLACEMENT};

pub use signature::Signature;

/// Decodes a plain text file.
///
/// The encoding is, in this order: `forced`; what a byte order mark says; UTF-16 without a mark,
/// when the zero bytes lie as they do in UTF-16; UTF-8, when the bytes are valid or nearly valid
/// UTF-8, and hold no escape sequences of ISO-2022-JP; the charset that the text declares near its
/// start, when all bytes are valid in it; the best guess from the bytes.
///
/// Bytes that are invalid in the encoding are no error: each malformed sequence is one U+FFFD in
/// the text.
///
/// # Errors
///
/// [`DecodeError::Known`] or [`DecodeError::Binary`] when the bytes are no text and no encoding is forced, and
/// [`DecodeError::NoDecoder`] when `forced` cannot be decoded.
pub fn decode<'a>(bytes: &'a [u8], forced: Option<&'static Encoding>) -> Result<Decoded<'a>, DecodeError> {
    // Half of the mark of UTF-32 is that of UTF-16.
    let bom = Encoding::for_bom(bytes).filter(|_| Signature::of(bytes).is_none());
    let (encoding, source) = match (forced, bom) {
        (Some(encoding), _) => (encoding, EncodingSource::Forced),
        (None, Some((encoding, _))) => (encoding, EncodingSource::Bom),
        (None, None) => sniff::sniff(bytes)?,
    };
    if encoding == REPLACEMENT {
        return Err(DecodeError::NoDecoder);
    }
    let bom_len = bom.map_or(0, |(marked, len)| if marked == encoding { len } else { 0 });
    let body = &bytes[bom_len..];
    let (text, has_malformed) = encoding.decode_without_bom_handling(body);
    let malformed = if has_malformed { count_malformed(encoding, body) } else { 0 };
    Ok(Decoded { bytes, text, encoding, source, bom_len, malformed })
}

/// A file as text, together with the bytes that the text came from.
#[derive(Debug, Clone)]
pub struct Decoded<'a> {
    bytes: &'a [u8],
    text: Cow<'a, str>,
    encoding: &'static Encoding,
    source: EncodingSource,
    bom_len: usize,
    malformed: usize,
}

impl<'a> Decoded<'a> {
    /// The same text, without the way back to its bytes.
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    /// The text, without a byte order mark. Borrowed from the bytes when these are valid UTF-8.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The encoding that the text was decoded from.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// How the encoding was found.
    pub fn source(&self) -> EncodingSource {
        self.source
    }

    /// The length of the byte order mark before the text, in bytes.
    pub fn bom_len(&self) -> usize {
        self.bom_len
    }

    /// The number of malformed sequences, each of them one U+FFFD in the text.
    pub fn malformed(&self) -> usize {
        self.malformed
    }

    /// The byte ranges of the file that hold `spans`, which are byte ranges in
    /// [`text`](Self::text): sorted, disjoint, on character boundaries.
    ///
    /// The ranges are sorted and disjoint, one for each span. Cutting them from the file and
    /// decoding the rest in the same encoding gives the text without the spans. Three things bound
    /// that promise:
    ///
    /// - A malformed sequence that stays next to a cut may form a character with the bytes after
    ///   the cut.
    /// - Big5 writes four pairs of characters as one code. A span that holds half of a pair leaves
    ///   the pair in place.
    /// - ISO-2022-JP switches character sets with escape sequences. The ranges cut those that the
    ///   rest no longer needs and keep those that it does. So touching spans share one range, a
    ///   span may have two ranges around an escape sequence, and an empty span has none.
    pub fn raw_ranges(&self, spans: &[Range<usize>]) -> Vec<Range<usize>> {
        match self.text {
            // Only bytes that are the same in UTF-8 can be borrowed.
            Cow::Borrowed(_) => {
                spans.iter().map(|span| self.bom_len + span.start..self.bom_len + span.end).collect()
            }
            Cow::Owned(_) => ranges::raw_ranges(self.encoding, self.bytes, self.bom_len, spans),
        }
    }
}

/// How the encoding of a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncodingSource {
    /// The caller named it.
    Forced,
    /// The file opens with a byte order mark.
    Bom,
    /// The bytes are UTF-8, but perhaps for a few malformed sequences.
    Utf8,
    /// The text declares it near its start.
    Declared,
    /// It fits the bytes best.
    Detected,
}

/// Why bytes could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes start as files do that are no text.
    #[error("this is {}, not text: {}", .0.what, .0.remedy)]
    Known(Signature),
    /// The bytes hold zero bytes or too many control characters for a text.
    #[error(
        "this is binary data, not text: byte {byte:#04x} at offset {offset}; \
         leave the file out, or name its encoding if it is text"
    )]
    Binary {
        /// The first byte that texts do not hold.
        byte: u8,
        /// Where it stands, in bytes.
        offset: usize,
    },
    /// The forced encoding stands for those that are recognised by name only.
    #[error("the encoding `replacement` cannot be decoded; name the encoding that the file is in")]
    NoDecoder,
}

fn count_malformed(encoding: &'static Encoding, mut bytes: &[u8]) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut scratch = [0; 4096];
    let mut count = 0;
    loop {
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(bytes, &mut scratch, true);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return count,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => count += 1,
        }
    }
}
