//! Text -> bytes in any encoding, and patches for the bytes that no encoder gives back.
//!
//! Decoding loses a little: malformed bytes become U+FFFD, and legacy encodings have several codes
//! for some characters. [`patches`] records what encoding the text again does not restore, and
//! [`apply_patches`] puts it back.

#[cfg(test)]
mod tests;

use std::convert::Infallible;

use encoding_rs::{EncoderResult, Encoding, UTF_16BE, UTF_16LE};

/// Encodes `text`, without a byte order mark.
///
/// # Errors
///
/// [`Unmappable`] for the first character that `encoding` has no code for.
pub fn encode(text: &str, encoding: &'static Encoding) -> Result<Vec<u8>, Unmappable> {
    encode_with(text, encoding, |offset, ch| Err(Unmappable { ch, offset, encoding: encoding.name() }))
}

/// Encodes `text`, without a byte order mark and with `?` for each character that `encoding` has no
/// code for.
pub fn encode_lossy(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let Ok(bytes) = encode_with(text, encoding, |_, _| Ok::<_, Infallible>(b'?'));
    bytes
}

/// A character that the encoding has no code for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{encoding} has no code for {ch:?} at byte {offset} of the text; write the text as UTF-8")]
pub struct Unmappable {
    /// The character.
    pub ch: char,
    /// Where it stands in the text, in bytes.
    pub offset: usize,
    /// The name of the encoding.
    pub encoding: &'static str,
}

/// A change to encoded bytes: `raw` takes the place of `len` bytes from `offset` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Where the change starts in the bytes that [`encode_lossy`] gives, in bytes.
    pub offset: usize,
    /// How many of them it replaces; 0 to insert only.
    pub len: usize,
    /// What stands there in the original.
    pub raw: Vec<u8>,
}

/// What to change in [`encode_lossy`] of `text` so that it equals `original`, a byte order mark
/// included.
///
/// The patches are sorted and disjoint, and there are none when both are equal. They are small when
/// the two differ in short stretches, as they do when `text` is what `original` decodes to. They
/// are right for any `text`, and the time is linear in the length of both.
pub fn patches(text: &str, encoding: &'static Encoding, original: &[u8]) -> Vec<Patch> {
    let encoded = encode_lossy(text, encoding);
    let mut patches = Vec::new();
    let (mut offset, mut wanted) = (0, 0);
    loop {
        let same = common_prefix(&encoded[offset..], &original[wanted..]);
        offset += same;
        wanted += same;
        let difference = difference(&encoded[offset..], &original[wanted..]);
        if difference == (Difference { ours: 0, theirs: 0 }) {
            return patches;
        }
        patches.push(Patch {
            offset,
            len: difference.ours,
            raw: original[wanted..wanted + difference.theirs].to_vec(),
        });
        offset += difference.ours;
        wanted += difference.theirs;
    }
}

/// Applies what [`patches`] recorded to the bytes that [`encode_lossy`] gives for the same text.
///
/// `None` when the patches are not for these bytes: not sorted and disjoint, or past the end.
pub fn apply_patches(encoded: Vec<u8>, patches: &[Patch]) -> Option<Vec<u8>> {
    if patches.is_empty() {
        return Some(encoded);
    }
    let mut patched = Vec::with_capacity(encoded.len());
    let mut done = 0;
    for patch in patches {
        patched.extend_from_slice(encoded.get(done..patch.offset)?);
        patched.extend_from_slice(&patch.raw);
        done = patch.offset.checked_add(patch.len)?;
    }
    patched.extend_from_slice(encoded.get(done..)?);
    Some(patched)
}

fn encode_with<E>(
    text: &str,
    encoding: &'static Encoding,
    substitute: impl Fn(usize, char) -> Result<u8, E>,
) -> Result<Vec<u8>, E> {
    // The Encoding Standard, which `encoding_rs` implements, encodes to UTF-8 where UTF-16 is asked
    // for.
    if encoding == UTF_16LE {
        return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    if encoding == UTF_16BE {
        return Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut done = 0;
    loop {
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(&text[done..], &mut bytes, true);
        done += read;
        match result {
            EncoderResult::InputEmpty => return Ok(bytes),
            EncoderResult::OutputFull => bytes.reserve(text.len() - done + OUTPUT_SLACK),
            EncoderResult::Unmappable(reported) => {
                // ISO-2022-JP reports U+FFFD where the text has a control character that it cannot
                // hold.
                let ch = text[..done].chars().next_back().unwrap_or(reported);
                bytes.push(substitute(done - ch.len_utf8(), ch)?);
            }
        }
    }
}

/// More than the longest code with an escape sequence on either side, in bytes.
const OUTPUT_SLACK: usize = 16;

/// Two stretches, in bytes, that take each other's place.
#[derive(PartialEq)]
struct Difference {
    ours: usize,
    theirs: usize,
}

/// The longest difference that is searched for its exact end, in bytes of both sides together.
const SEARCH: usize = 64;
/// How many equal bytes end a difference.
const ANCHOR: usize = 8;

/// The difference that two slices open with: the shortest one after which they agree, else one
/// through the end of the line on both sides.
fn difference(ours: &[u8], theirs: &[u8]) -> Difference {
    let pairs = (0..=SEARCH).flat_map(|sum| (0..=sum).map(move |part| (part, sum - part)));
    for (skipped, other) in pairs {
        if let (Some(ours), Some(theirs)) = (ours.get(skipped..), theirs.get(other..))
            && head(ours) == head(theirs)
        {
            return Difference { ours: skipped, theirs: other };
        }
    }
    match (line_len(ours), line_len(theirs)) {
        (Some(ours), Some(theirs)) => Difference { ours, theirs },
        _ => {
            let same = common_suffix(ours, theirs);
            Difference { ours: ours.len() - same, theirs: theirs.len() - same }
        }
    }
}

fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(ANCHOR)]
}

fn line_len(bytes: &[u8]) -> Option<usize> {
    Some(1 + bytes.iter().position(|&byte| byte == b'\n')?)
}

fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let pairs = left.iter().zip(right);
    pairs.take_while(|(left, right)| left == right).count()
}

fn common_suffix(left: &[u8], right: &[u8]) -> usize {
    let pairs = left.iter().rev().zip(right.iter().rev());
    pairs.take_while(|(left, right)| left == right).count()
}
