//! Which encoding are these bytes in, when nobody says?

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::{DecodeError, EncodingSource, Signature};

/// Opens the escape sequences of ISO-2022-JP, and those of terminals.
const ESCAPE: u8 = 0x1b;
/// UTF-16 has at least this many zero bytes on the side of the ASCII characters for each one on the
/// other side, where U+4E00 has it.
const ONE_SIDED: usize = 19;
/// How far to look for control characters, in bytes.
const CONTROL_WINDOW: usize = 8 * 1024;
/// A text has fewer control characters than one in this many.
const CONTROL_RATIO: usize = 32;
/// A short text may still hold this many.
const STRAY_CONTROLS: usize = 3;
/// How far to look for a declaration, in bytes: as far as browsers do.
const DECLARATION_WINDOW: usize = 1024;
/// How much the detector reads, in bytes: its verdict is firm long before, and it is slow.
const DETECTION_WINDOW: usize = 1024 * 1024;
/// The ASCII before the first telling byte that helps the detector, in bytes.
const DETECTION_CONTEXT: usize = 16;
/// Nearly valid UTF-8 has at least this many valid multi-byte sequences for each malformed one. In texts of other
/// encodings there is less than one for two.
const UTF8_RATIO: usize = 2;

pub(super) fn sniff(bytes: &[u8]) -> Result<(&'static Encoding, EncodingSource), DecodeError> {
    if let Some(known) = Signature::of(bytes) {
        return Err(DecodeError::Known(known));
    }
    if let Some(encoding) = utf16(bytes) {
        return Ok((encoding, EncodingSource::Detected));
    }
    refuse_binary(bytes)?;
    if bytes.is_ascii() && bytes.contains(&ESCAPE) && detect(bytes) == ISO_2022_JP {
        return Ok((ISO_2022_JP, EncodingSource::Detected));
    }
    // Before the declaration: single-byte encodings accept any bytes, and many a UTF-8 page
    // declares one of them.
    if is_nearly_utf8(bytes) {
        return Ok((UTF_8, EncodingSource::Utf8));
    }
    if let Some(encoding) = declared(bytes) {
        return Ok((encoding, EncodingSource::Declared));
    }
    Ok((detect(bytes), EncodingSource::Detected))
}

/// ASCII characters have a zero byte each in UTF-16, all of them on the same side. Most binary data
/// with such zeros, arrays of small numbers, is full of control characters when read as text.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |side: usize| {
        let side = bytes.iter().skip(side).step_by(2);
        side.filter(|&&byte| byte == 0).count()
    };
    let (first, second) = (zeros(0), zeros(1));
    let encoding = match (first, second) {
        (0, 0) => return None,
        _ if second >= ONE_SIDED * first => UTF_16LE,
        _ if first >= ONE_SIDED * second => UTF_16BE,
        _ => return None,
    };
    if is_utf8_with_zeros(bytes, first + second) {
        return None;
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let odd = text.chars().filter(|&ch| is_odd_in_text(ch)).count();
    (odd * CONTROL_RATIO <= text.chars().count()).then_some(encoding)
}

/// True for text in UTF-8 that holds so few zero bytes that they are no halves of characters.
fn is_utf8_with_zeros(bytes: &[u8], zeros: usize) -> bool {
    let controls = || bytes.iter().filter(|&&byte| byte != 0 && is_binary_control(byte)).count();
    // In UTF-16, letters of other scripts have a control character each instead.
    zeros * 4 < bytes.len() && str::from_utf8(bytes).is_ok() && controls() * CONTROL_RATIO <= bytes.len()
}

fn is_odd_in_text(ch: char) -> bool {
    let is_control = ch.is_control() && !ch.is_whitespace();
    is_control || matches!(ch, char::REPLACEMENT_CHARACTER | '\u{e000}'..='\u{f8ff}')
}

fn refuse_binary(bytes: &[u8]) -> Result<(), DecodeError> {
    let binary = |offset: usize| match Signature::of_binary(bytes) {
        Some(known) => DecodeError::Known(known),
        None => DecodeError::Binary { byte: bytes[offset], offset },
    };
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        return Err(binary(offset));
    }
    let window = &bytes[..bytes.len().min(CONTROL_WINDOW)];
    let limit = STRAY_CONTROLS.max(window.len() / CONTROL_RATIO);
    let mut controls = (0..window.len()).filter(|&offset| is_binary_control(window[offset]));
    match controls.next() {
        Some(first) if controls.count() >= limit => Err(binary(first)),
        _ => Ok(()),
    }
}

/// Texts hold white space, backspaces (overstruck manual pages) and escapes (terminal colours,
/// ISO-2022-JP).
fn is_binary_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, 0x08..=0x0d | ESCAPE)
}

/// A character cut off at the end counts for nothing: it only shows that the file was truncated.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut malformed) = (0, 0);
    let mut tail: &[u8] = &[];
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|ch| !ch.is_ascii()).count();
        malformed += usize::from(!chunk.invalid().is_empty());
        tail = chunk.invalid();
    }
    if malformed == 0 {
        return true;
    }
    let is_cut_off = str::from_utf8(tail).is_err_and(|error| error.error_len().is_none());
    // One byte alone may be a letter of another encoding.
    let has_some = valid > 0 || is_cut_off && tail.len() > 1;
    has_some && (malformed - usize::from(is_cut_off)) * UTF8_RATIO <= valid
}

/// The encoding that the bytes declare and are valid in.
///
/// Only encodings in which a declaration reads as ASCII are believed: one that names UTF-16 and can
/// be read without knowing that is wrong.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let labels =
        [("<?xml", "?>", "encoding"), ("<meta", ">", "charset"), ("content-type:", "\n\n", "charset")]
            .into_iter()
            .flat_map(|(open, close, name)| {
                let tails = head.split(open).skip(1);
                tails.filter_map(move |tail| label(tail.split(close).next()?, name))
            });
    labels
        .filter_map(|label| Encoding::for_label_no_replacement(label.as_bytes()))
        .filter(|encoding| encoding.is_ascii_compatible())
        .find(|encoding| !encoding.decode_without_bom_handling(bytes).1)
}

/// The value of `name=value`, `name='value'` or `name = "value"` in `text`.
fn label<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, after) = text.split_once(name)?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    value
        .trim_start_matches(['"', '\''])
        .split(|ch: char| ch.is_whitespace() || "\"';,/?".contains(ch))
        .next()
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|&byte| is_telling(byte)).unwrap_or(0);
    let start = first.saturating_sub(DETECTION_CONTEXT);
    let end = bytes.len().min(start + DETECTION_WINDOW);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[start..end], end == bytes.len());
    match detector.guess(None, Utf8Detection::Allow) {
        // Both are decoded alike, but only GB18030 can encode all that was decoded.
        encoding if encoding == GBK => GB18030,
        encoding => encoding,
    }
}

fn is_telling(byte: u8) -> bool {
    !byte.is_ascii() || byte == ESCAPE
}
