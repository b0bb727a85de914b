//! Byte ranges of the text -> byte ranges of the file, for files that are not valid UTF-8.
//!
//! Text and bytes are walked side by side, one unit at a time: a unit is the smallest piece of the
//! file that decodes by itself.

use std::iter::Peekable;
use std::ops::Range;
use std::slice;

use encoding_rs::{DecoderResult, Encoding, ISO_2022_JP, UTF_8};

/// See [`Decoded::raw_ranges`](super::Decoded::raw_ranges); the text starts at `bom_len` in `bytes`.
pub(super) fn raw_ranges(
    encoding: &'static Encoding,
    bytes: &[u8],
    bom_len: usize,
    spans: &[Range<usize>],
) -> Vec<Range<usize>> {
    let mut walk = Walk::new(encoding, bytes, bom_len);
    if encoding == ISO_2022_JP {
        let gaps = joined(spans).into_iter().map(|span| walk.range(&span));
        return shift::spare_needed(bytes, gaps);
    }
    spans.iter().map(|span| walk.range(span)).collect()
}

/// The spans that hold text, with those that touch joined into one.
fn joined(spans: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans.iter().filter(|span| !span.is_empty()) {
        match joined.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => joined.push(span.clone()),
        }
    }
    joined
}

/// One pass over text and bytes side by side. Both positions only move forward, so all spans cost
/// one walk.
struct Walk<'a> {
    units: Peekable<Units<'a>>,
    text: usize,
    raw: usize,
}

impl<'a> Walk<'a> {
    fn new(encoding: &'static Encoding, bytes: &'a [u8], bom_len: usize) -> Self {
        Walk { units: Units::new(encoding, &bytes[bom_len..]).peekable(), text: 0, raw: bom_len }
    }

    fn range(&mut self, span: &Range<usize>) -> Range<usize> {
        let start = self.start(span.start);
        let end = self.end(span.end);
        // A span within a pair of characters that share a code has its ends the wrong way round.
        start..end.max(start)
    }

    /// Where a cut from `offset` on starts: directly after the character before it.
    fn start(&mut self, offset: usize) -> usize {
        while self.text < offset {
            match self.units.peek() {
                Some(unit) if self.text + unit.text > offset => {
                    return self.raw + unit.at(offset - self.text).unwrap_or(unit.raw);
                }
                Some(_) => self.advance(),
                None => break,
            }
        }
        self.raw
    }

    /// Where a cut up to `offset` ends: directly before the character after it, escape sequences
    /// included.
    fn end(&mut self, offset: usize) -> usize {
        while let Some(unit) = self.units.peek() {
            if self.text + unit.text > offset {
                return self.raw + unit.at(offset - self.text).unwrap_or(0);
            }
            self.advance();
        }
        self.raw
    }

    fn advance(&mut self) {
        if let Some(unit) = self.units.next() {
            self.text += unit.text;
            self.raw += unit.raw;
        }
    }
}

/// The smallest piece of a file that decodes by itself, or a run of bytes that are the same in the
/// text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// Its length in the text, in bytes; 0 for an escape sequence.
    pub(super) text: usize,
    /// Its length in the file, in bytes.
    pub(super) raw: usize,
}

impl Unit {
    fn same(len: usize) -> Self {
        Unit { text: len, raw: len }
    }

    fn malformed(raw: usize) -> Self {
        Unit { text: char::REPLACEMENT_CHARACTER.len_utf8(), raw }
    }

    /// Where the character boundary `text` bytes into the unit lies in the file, if there is such a
    /// place. Only runs and pairs have a boundary within, and pairs are never as long in the file
    /// as in the text.
    fn at(self, text: usize) -> Option<usize> {
        match text {
            0 => Some(0),
            _ => (self.text == self.raw).then_some(text),
        }
    }
}

/// Splits a file, without its byte order mark, into units.
pub(super) struct Units<'a> {
    encoding: &'static Encoding,
    rest: &'a [u8],
    /// The escape sequence in force, empty before the first one.
    shift: &'a [u8],
}

impl<'a> Units<'a> {
    pub(super) fn new(encoding: &'static Encoding, bytes: &'a [u8]) -> Self {
        Units { encoding, rest: bytes, shift: &[] }
    }

    fn unit(&mut self) -> Unit {
        if self.encoding == UTF_8 {
            return utf8_unit(self.rest);
        }
        if self.encoding.is_ascii_compatible() {
            let ascii = Encoding::ascii_valid_up_to(self.rest);
            if ascii > 0 {
                return Unit::same(ascii);
            }
        }
        if self.encoding == ISO_2022_JP && shift::opens(self.rest) {
            return self.escape();
        }
        legacy_unit(self.encoding, self.shift, self.rest)
    }

    /// An escape sequence is malformed when another one follows directly.
    fn escape(&mut self) -> Unit {
        let (escape, rest) = self.rest.split_at(shift::LEN);
        self.shift = escape;
        if shift::opens(rest) { Unit::malformed(shift::LEN) } else { Unit { text: 0, raw: shift::LEN } }
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        if self.rest.is_empty() {
            return None;
        }
        let unit = self.unit();
        self.rest = &self.rest[unit.raw..];
        Some(unit)
    }
}

fn utf8_unit(bytes: &[u8]) -> Unit {
    match bytes.utf8_chunks().next() {
        Some(chunk) if !chunk.valid().is_empty() => Unit::same(chunk.valid().len()),
        Some(chunk) => Unit::malformed(chunk.invalid().len()),
        None => Unit::same(0),
    }
}

/// Decodes from a fresh decoder byte by byte up to the first character or error, which is what
/// tells how many bytes belong to it. In these encodings no state but `shift` outlives a character.
fn legacy_unit(encoding: &'static Encoding, shift: &[u8], bytes: &[u8]) -> Unit {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut scratch = [0; 16];
    // A whole escape sequence sets the state and has no other result.
    let _ = decoder.decode_to_utf8_without_replacement(shift, &mut scratch, false);
    for (index, byte) in bytes.iter().enumerate() {
        let raw = index + 1;
        let (result, _, text) = decoder.decode_to_utf8_without_replacement(
            slice::from_ref(byte),
            &mut scratch,
            raw == bytes.len(),
        );
        match result {
            DecoderResult::Malformed(len, _) => return Unit::malformed(usize::from(len)),
            _ if text > 0 => return Unit { text, raw },
            _ => {}
        }
    }
    // Not reached: told that a byte is the last, a decoder gives a character or an error.
    Unit { text: 0, raw: bytes.len() }
}

/// The escape sequences of ISO-2022-JP, which select the character set of the bytes after them.
mod shift {
    use std::ops::Range;

    /// The length of every escape sequence, in bytes.
    pub(super) const LEN: usize = 3;
    const ASCII: &[u8] = b"\x1b(B";
    const ALL: [&[u8]; 5] = [ASCII, b"\x1b(J", b"\x1b(I", b"\x1b$@", b"\x1b$B"];

    pub(super) fn opens(bytes: &[u8]) -> bool {
        ALL.iter().any(|escape| bytes.starts_with(escape))
    }

    /// The sorted `gaps` without the escape sequences that the bytes after them depend on: the last
    /// one of a gap, unless it selects what was in force before the gap.
    pub(super) fn spare_needed(bytes: &[u8], gaps: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
        let mut cuts = Vec::new();
        let mut in_force = ASCII;
        let mut done = 0;
        for gap in gaps {
            if let Some(at) = last(bytes, done..gap.start) {
                in_force = &bytes[at..at + LEN];
            }
            done = gap.end;
            match last(bytes, gap.clone()) {
                Some(at) if bytes[at..at + LEN] != *in_force => {
                    in_force = &bytes[at..at + LEN];
                    let around = [gap.start..at, at + LEN..gap.end];
                    cuts.extend(around.into_iter().filter(|cut| !cut.is_empty()));
                }
                _ => cuts.push(gap),
            }
        }
        cuts
    }

    /// Where the last escape sequence within `range` starts.
    fn last(bytes: &[u8], range: Range<usize>) -> Option<usize> {
        let mut windows = bytes[range.clone()].windows(LEN);
        Some(range.start + windows.rposition(|window| ALL.contains(&window))?)
    }
}
