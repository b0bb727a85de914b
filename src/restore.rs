//! Clean text and report to the original bytes.

use encoding_rs::{Encoding, UTF_8};

use crate::encode::{apply_patches, encode, encode_lossy};
use crate::formats::json_field::{EscapeStyle, escape};
use crate::report::{BytesEntry, DocumentEntry, PatchEntry, Removal, unpack};

/// Why an original cannot be given back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The clean bytes are not those that the report was written for.
    #[error(
        "its SHA-256 is {actual}, but the report was written for {expected}: \
         it was changed after it was cleaned, or this is another run's report"
    )]
    Changed {
        /// What the report says.
        expected: String,
        /// What was given.
        actual: String,
    },
    /// The report does not lead back to the original bytes.
    #[error("the report's entry is damaged: {what}; use the report as it was written")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
}

/// The original bytes of a file, from its clean bytes and its entry.
///
/// # Errors
/// When the clean bytes or what is restored do not have the SHA-256 of the report.
pub fn file(clean: &[u8], entry: &DocumentEntry) -> Result<Vec<u8>, RestoreError> {
    let encoding = match &entry.encoding {
        Some(encoding) => Encoding::for_label(encoding.name.as_bytes())
            .ok_or(RestoreError::Damaged { what: "its encoding is unknown" })?,
        None => UTF_8,
    };
    let converted = entry.encoding.as_ref().is_some_and(|encoding| encoding.converted);
    check_clean(clean, entry)?;
    let original = if converted {
        let text = put_back(clean, entry, |removal| {
            let put_in = removal.replacement.clone().unwrap_or_default().into_bytes();
            Some((removal.place.bytes, removal.text.clone().into_bytes(), put_in))
        })?;
        let text = String::from_utf8(text)
            .map_err(|_| RestoreError::Damaged { what: "a removal splits a character" })?;
        let patches: Option<Vec<_>> = entry.patches.iter().map(PatchEntry::patch).collect();
        patches
            .and_then(|patches| apply_patches(encode_lossy(&text, encoding), &patches))
            .ok_or(RestoreError::Damaged { what: "a patch does not fit" })?
    } else {
        put_back(clean, entry, |removal| by_bytes(removal, |text| encode(text, encoding).ok()))?
    };
    check_original(original, entry)
}

/// The original bytes of a JSON record, without its line end.
///
/// # Errors
/// When the clean record or what is restored does not have the SHA-256 of the report.
pub fn record(clean: &[u8], entry: &DocumentEntry) -> Result<Vec<u8>, RestoreError> {
    check_clean(clean, entry)?;
    let original = put_back(clean, entry, |removal| {
        by_bytes(removal, |text| Some(escape(text, EscapeStyle::Utf8).into_bytes()))
    })?;
    check_original(original, entry)
}

/// Range in the original, what stood there, and what stands there now.
type Piece = ([usize; 2], Vec<u8>, Vec<u8>);

fn by_bytes(removal: &Removal, encode_again: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Piece> {
    let removed = match &removal.raw {
        Some(raw) => unpack(raw)?,
        None => encode_again(&removal.text)?,
    };
    let put_in = match (&removal.raw_replacement, &removal.replacement) {
        (Some(raw), _) => unpack(raw)?,
        (None, Some(text)) => encode_again(text)?,
        (None, None) => Vec::new(),
    };
    Some((removal.raw_bytes.unwrap_or(removal.place.bytes), removed, put_in))
}

fn put_back(
    clean: &[u8],
    entry: &DocumentEntry,
    piece: impl Fn(&Removal) -> Option<Piece>,
) -> Result<Vec<u8>, RestoreError> {
    let damaged = || RestoreError::Damaged { what: "a removal does not fit the text around it" };
    let mut original = Vec::with_capacity(clean.len());
    let mut rest = clean;
    for removal in &entry.removals {
        let ([start, _], removed, put_in) = piece(removal).ok_or_else(damaged)?;
        let kept = start.checked_sub(original.len()).ok_or_else(damaged)?;
        let (before, after) = rest.split_at_checked(kept).ok_or_else(damaged)?;
        original.extend_from_slice(before);
        original.extend_from_slice(&removed);
        rest = after.strip_prefix(put_in.as_slice()).ok_or_else(damaged)?;
    }
    original.extend_from_slice(rest);
    Ok(original)
}

fn check_clean(clean: &[u8], entry: &DocumentEntry) -> Result<(), RestoreError> {
    let actual = BytesEntry::of(clean);
    if actual == entry.after {
        return Ok(());
    }
    Err(RestoreError::Changed { expected: entry.after.sha256.clone(), actual: actual.sha256 })
}

fn check_original(original: Vec<u8>, entry: &DocumentEntry) -> Result<Vec<u8>, RestoreError> {
    if BytesEntry::of(&original) == entry.before {
        return Ok(original);
    }
    Err(RestoreError::Damaged { what: "what it restores is not the original" })
}
