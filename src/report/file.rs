//! What a report says of a whole dump.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{BytesEntry, InputForm, Summary, hexadecimal};

/// What became of a dump. It stands behind the entries of its documents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file, `-` for standard input.
    pub path: String,
    /// The file it was written to; none for standard output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What its documents are parts of.
    pub input: InputForm,
    /// The output, decompressed.
    pub after: BytesEntry,
    /// True when the output is the input, byte for byte.
    pub untouched: bool,
    /// What it came to.
    pub summary: Summary,
}

/// Makes a [`BytesEntry`] of bytes that come in pieces.
#[derive(Clone, Debug, Default)]
pub struct Digester {
    bytes: usize,
    sha256: Sha256,
}

impl Digester {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.bytes += piece.len();
        self.sha256.update(piece);
    }

    /// What all pieces came to.
    pub fn finish(self) -> BytesEntry {
        BytesEntry { bytes: self.bytes, sha256: hexadecimal(&self.sha256.finalize()) }
    }
}
