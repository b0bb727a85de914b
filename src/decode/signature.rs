//! Files that are no text, by how they start: whoever names one is told what it is.

/// What a file is that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Such as `a PDF`.
    pub what: &'static str,
    /// What makes text of it, or what to do with it.
    pub remedy: &'static str,
}

/// Whether such a start is proof.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// No text starts so.
    Enough,
    /// It tells what binary data are.
    OfBinary,
}

const CONVERT: &str = "convert it to text first, or leave it out";
const UNPACK: &str = "unpack it first, or leave it out";
const LEAVE: &str = "leave it out";

const KNOWN: [(&[u8], Proof, &str, &str); 22] = [
    (b"%PDF-", Proof::Enough, "a PDF", CONVERT),
    (b"PK\x03\x04", Proof::Enough, "a zip archive, as documents of office programs and e-books are", UNPACK),
    (b"PK\x05\x06", Proof::Enough, "an empty zip archive", LEAVE),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Proof::Enough, "a document of an old office program", CONVERT),
    (b"7z\xBC\xAF\x27\x1C", Proof::Enough, "a 7-Zip archive", UNPACK),
    (b"Rar!\x1A\x07", Proof::Enough, "a RAR archive", UNPACK),
    (b"\x89PNG\r\n\x1A\n", Proof::Enough, "a PNG picture", LEAVE),
    (b"\xFF\xD8\xFF", Proof::Enough, "a JPEG picture", LEAVE),
    (b"GIF87a", Proof::OfBinary, "a GIF picture", LEAVE),
    (b"GIF89a", Proof::OfBinary, "a GIF picture", LEAVE),
    (b"RIFF", Proof::OfBinary, "a picture, sound or video", LEAVE),
    (b"\x7FELF", Proof::Enough, "a program", LEAVE),
    (b"MZ", Proof::OfBinary, "a program for Windows", LEAVE),
    (b"\xCF\xFA\xED\xFE", Proof::Enough, "a program for macOS", LEAVE),
    (b"\xCE\xFA\xED\xFE", Proof::Enough, "a program for macOS", LEAVE),
    (b"\xFE\xED\xFA\xCF", Proof::Enough, "a program for macOS", LEAVE),
    (b"\xFE\xED\xFA\xCE", Proof::Enough, "a program for macOS", LEAVE),
    (b"\xCA\xFE\xBA\xBE", Proof::Enough, "a program for macOS or Java", LEAVE),
    (
        b"SQLite format 3\0",
        Proof::Enough,
        "an SQLite database",
        "export it as JSON Lines or CSV, or leave it out",
    ),
    (b"\xFF\xFE\0\0", Proof::Enough, "UTF-32", "convert it to UTF-8"),
    (b"\0\0\xFE\xFF", Proof::Enough, "UTF-32", "convert it to UTF-8"),
    (b"ORC", Proof::OfBinary, "an ORC file", "convert it to Parquet, or leave it out"),
];

impl Signature {
    /// What bytes are that no text starts with.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Self::find(bytes, |proof| proof == Proof::Enough)
    }

    /// What binary data are, as far as their start tells.
    pub(super) fn of_binary(bytes: &[u8]) -> Option<Self> {
        Self::find(bytes, |_| true)
    }

    fn find(bytes: &[u8], counts: impl Fn(Proof) -> bool) -> Option<Self> {
        let mut known = KNOWN.iter().filter(|(magic, proof, ..)| counts(*proof) && bytes.starts_with(magic));
        known.next().map(|&(_, _, what, remedy)| Self { what, remedy })
    }
}
