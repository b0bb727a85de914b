//! Clean text and report to the original bytes.

use encoding_rs::{Encoding, UTF_8};

use crate::encode::{apply_patches, encode, encode_lossy};
use crate::formats::text::Spelling;
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
    let pieces = |piece: &dyn Fn(&Removal) -> Option<Piece>| -> Result<Vec<Piece>, RestoreError> {
        entry.removals.iter().map(|removal| piece(removal).ok_or_else(misfit)).collect()
    };
    let original = if converted {
        let of_text = pieces(&|removal| {
            let put_in = removal.replacement.clone().unwrap_or_default().into_bytes();
            let removed = removal.text.clone().into_bytes();
            Some(Piece { range: removal.place.bytes, removed, put_in: PutIn::These(put_in) })
        })?;
        let text = String::from_utf8(put_back(clean, of_text)?)
            .map_err(|_| RestoreError::Damaged { what: "a removal splits a character" })?;
        let patches: Option<Vec<_>> = entry.patches.iter().map(PatchEntry::patch).collect();
        patches
            .and_then(|patches| apply_patches(encode_lossy(&text, encoding), &patches))
            .ok_or(RestoreError::Damaged { what: "a patch does not fit" })?
    } else {
        put_back(clean, pieces(&|removal| by_bytes(removal, |text| encode(text, encoding).ok()))?)?
    };
    check_original(original, entry)
}

/// The original bytes of a record, without its line end, from the entries of its texts; `spelling` is that of
/// its format.
///
/// # Errors
/// When the clean record or what is restored does not have the SHA-256 of the report.
pub fn record(clean: &[u8], entries: &[DocumentEntry], spelling: Spelling) -> Result<Vec<u8>, RestoreError> {
    let first = entries.first().ok_or(RestoreError::Damaged { what: "a record has no entry" })?;
    check_clean(clean, first)?;
    let mut pieces = Vec::new();
    for entry in entries {
        for removal in entry.removals.iter().filter(|_| !entry.text_kept) {
            pieces.push(by_bytes(removal, |text| Some(spelling.spell(text))).ok_or_else(misfit)?);
        }
        for change in &entry.changes {
            let removed = unpack(&change.raw).ok_or_else(misfit)?;
            pieces.push(Piece { range: change.bytes, removed, put_in: PutIn::Any(change.put_in) });
        }
    }
    pieces.sort_by_key(|piece| piece.range);
    check_original(put_back(clean, pieces)?, first)
}

/// The bytes of a record that was left out of the clean dump, with its line end.
///
/// # Errors
/// When the report does not have them.
pub fn dropped(entry: &DocumentEntry) -> Result<Option<Vec<u8>>, RestoreError> {
    let unpacked = entry.dropped.as_deref().map(unpack);
    match unpacked {
        None => Ok(None),
        Some(Some(bytes)) => Ok(Some(bytes)),
        Some(None) => Err(RestoreError::Damaged { what: "a record that was left out is not whole" }),
    }
}

/// A place in the original, what stood there, and what stands there now.
struct Piece {
    range: [usize; 2],
    removed: Vec<u8>,
    put_in: PutIn,
}

enum PutIn {
    /// These bytes.
    These(Vec<u8>),
    /// So many; the digest vouches for them.
    Any(usize),
}

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
    let range = removal.raw_bytes.unwrap_or(removal.place.bytes);
    Some(Piece { range, removed, put_in: PutIn::These(put_in) })
}

fn misfit() -> RestoreError {
    RestoreError::Damaged { what: "a removal does not fit the text around it" }
}

/// `pieces` are sorted by their place.
fn put_back(clean: &[u8], pieces: Vec<Piece>) -> Result<Vec<u8>, RestoreError> {
    let mut original = Vec::with_capacity(clean.len());
    let mut rest = clean;
    for Piece { range: [start, _], removed, put_in } in pieces {
        let kept = start.checked_sub(original.len()).ok_or_else(misfit)?;
        let (before, after) = rest.split_at_checked(kept).ok_or_else(misfit)?;
        original.extend_from_slice(before);
        original.extend_from_slice(&removed);
        rest = match put_in {
            PutIn::These(bytes) => after.strip_prefix(bytes.as_slice()),
            PutIn::Any(len) => after.get(len..),
        }
        .ok_or_else(misfit)?;
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
