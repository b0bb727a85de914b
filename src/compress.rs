//! Compressed bytes, in and out: gzip, zstd, bzip2 and xz, in any number of members.

use std::io::{self, BufRead, Cursor, Read, Write};
use std::path::Path;
use std::str::FromStr;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
    /// `.bz2`
    Bzip2,
    /// `.xz`
    Xz,
}

/// Each with the ends of file names and the bytes that files start with.
const KNOWN: [(Compression, &[&str], &[u8]); 4] = [
    (Compression::Gzip, &["gz", "gzip"], b"\x1f\x8b\x08"),
    (Compression::Zstd, &["zst", "zstd"], b"\x28\xb5\x2f\xfd"),
    (Compression::Bzip2, &["bz2", "bzip2"], b"BZh"),
    (Compression::Xz, &["xz"], b"\xfd7zXZ\0"),
];

/// What a frame of zstd starts with that holds something else than data, behind a byte from 0x50 to 0x5f. Tools that
/// compress on many threads put one before each frame of data.
const ZSTD_SKIPPED: &[u8] = b"\x2a\x4d\x18";

/// What follows the first byte, if that may be the one of a frame to be skipped.
fn behind_skipped(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split_first().filter(|(first, _)| matches!(first, 0x50..=0x5f)).map(|(_, rest)| rest)
}

/// As good as what each format's own tool does by default.
const ZSTD_LEVEL: i32 = 3;
const XZ_LEVEL: u32 = 6;

impl Compression {
    /// By the end of a file's name.
    pub fn of_name(path: &Path) -> Option<Self> {
        path.extension()?.to_str()?.parse().ok()
    }

    /// By the first bytes.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let known = KNOWN.iter().find(|(_, _, magic)| bytes.starts_with(magic));
        let is_skipped = || behind_skipped(bytes)?.starts_with(ZSTD_SKIPPED).then_some(Compression::Zstd);
        known.map(|(compression, ..)| *compression).or_else(is_skipped)
    }

    /// True when bytes that start with these may be some that tell.
    fn may_be_told(head: &[u8]) -> bool {
        let is_start = |head: &[u8], magic: &[u8]| head.len() < magic.len() && magic.starts_with(head);
        behind_skipped(head).is_some_and(|head| is_start(head, ZSTD_SKIPPED))
            || KNOWN.iter().any(|(_, _, magic)| is_start(head, magic))
    }

    /// What messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }
}

/// A name that stands for no way to compress.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no way to compress: say gzip, zstd, bzip2 or xz")]
pub struct UnknownCompression(String);

impl FromStr for Compression {
    type Err = UnknownCompression;

    fn from_str(name: &str) -> Result<Self, UnknownCompression> {
        let is_name = |known: &str| name.eq_ignore_ascii_case(known);
        let found = KNOWN
            .iter()
            .find(|(compression, ends, _)| ends.iter().copied().any(is_name) || is_name(compression.name()));
        found.map(|(compression, ..)| *compression).ok_or_else(|| UnknownCompression(name.to_owned()))
    }
}

/// What compressed bytes hold, and how they were compressed; other bytes come as they are.
///
/// # Errors
/// When the first bytes cannot be read. Reading fails with [`io::ErrorKind::UnexpectedEof`] where a member is
/// cut off; what it held comes before that.
pub fn decoder<'r>(
    mut input: impl Read + Send + 'r,
) -> io::Result<(Option<Compression>, Box<dyn Read + Send + 'r>)> {
    let mut head = Vec::new();
    // Only as much as it takes to tell: more may never come.
    while Compression::may_be_told(&head) {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let compression = Compression::of_bytes(&head);
    let input = Cursor::new(head).chain(input);
    let Some(known) = compression else { return Ok((None, Box::new(input))) };
    let input = io::BufReader::with_capacity(1 << 16, input);
    Ok((compression, decoder_of(known, input)?))
}

fn decoder_of<'r>(
    compression: Compression,
    input: impl BufRead + Send + 'r,
) -> io::Result<Box<dyn Read + Send + 'r>> {
    Ok(match compression {
        Compression::Gzip => Box::new(GzipMembers(Some(flate2::bufread::GzDecoder::new(input)))),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Compression::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(input)),
    })
}

/// Members of gzip, one after another; tapes and disks may have padded the last one with zeros.
struct GzipMembers<R: BufRead>(Option<flate2::bufread::GzDecoder<R>>);

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(bytes)?;
            if read > 0 || bytes.is_empty() {
                return Ok(read);
            }
            let next = self.0.take().map(flate2::bufread::GzDecoder::into_inner).map(next_gzip_member);
            self.0 = next.transpose()?.flatten();
        }
        Ok(0)
    }
}

/// The member that follows, if one does.
fn next_gzip_member<R: BufRead>(mut input: R) -> io::Result<Option<flate2::bufread::GzDecoder<R>>> {
    loop {
        match input.fill_buf() {
            Ok([]) => return Ok(None),
            Ok([0x1f, ..]) => return Ok(Some(flate2::bufread::GzDecoder::new(input))),
            Ok(bytes @ [0, ..]) => {
                let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
                input.consume(zeros);
            }
            Ok(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "what follows the gzip data is none"));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Compresses what is written to it, or passes it on.
pub struct Encoder<W: Write> {
    inner: Inner<W>,
}

enum Inner<W: Write> {
    Plain(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::stream::write::Encoder<'static, W>),
    /// None after an error.
    Bzip2(Option<bzip2::write::BzEncoder<W>>),
    Xz(liblzma::write::XzEncoder<W>),
    Members(Members<W>),
}

/// Many members, one after another.
struct Members<W: Write> {
    compression: Compression,
    next_end: NextEnd,
    member: Member<W>,
}

/// Says where the next member ends in bytes that follow on those of the last call.
type NextEnd = Box<dyn FnMut(&[u8]) -> Option<usize> + Send>;

enum Member<W: Write> {
    Between(W),
    Within(Box<Encoder<W>>),
    /// An error took the output.
    Lost,
}

impl<W: Write> Encoder<W> {
    /// Compresses in this way, or not at all.
    ///
    /// # Errors
    /// When there is not enough memory for it.
    pub fn new(compression: Option<Compression>, output: W) -> io::Result<Self> {
        let inner = match compression {
            None => Inner::Plain(output),
            Some(Compression::Gzip) => {
                Inner::Gzip(flate2::write::GzEncoder::new(output, flate2::Compression::default()))
            }
            Some(Compression::Zstd) => Inner::Zstd(zstd::stream::write::Encoder::new(output, ZSTD_LEVEL)?),
            Some(Compression::Bzip2) => Inner::Bzip2(Some(bzip2_member(output))),
            Some(Compression::Xz) => Inner::Xz(liblzma::write::XzEncoder::new(output, XZ_LEVEL)),
        };
        Ok(Self { inner })
    }

    /// Compresses in this way, and starts a new member wherever `next_end` finds the end of one, in bytes that
    /// follow on those of its last call.
    pub fn by_members(
        compression: Compression,
        output: W,
        next_end: impl FnMut(&[u8]) -> Option<usize> + Send + 'static,
    ) -> Self {
        let (next_end, member) = (Box::new(next_end), Member::Between(output));
        Self { inner: Inner::Members(Members { compression, next_end, member }) }
    }

    /// Writes what is left, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(self) -> io::Result<W> {
        match self.inner {
            Inner::Plain(output) => Ok(output),
            Inner::Gzip(encoder) => encoder.finish(),
            Inner::Zstd(encoder) => encoder.finish(),
            Inner::Bzip2(encoder) => encoder.ok_or_else(failed_before)?.finish(),
            Inner::Xz(encoder) => encoder.finish(),
            Inner::Members(members) => match members.member {
                Member::Between(output) => Ok(output),
                Member::Within(member) => member.finish(),
                Member::Lost => Err(failed_before()),
            },
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(output) => output.write(bytes),
            Inner::Gzip(encoder) => encoder.write(bytes),
            Inner::Zstd(encoder) => encoder.write(bytes),
            Inner::Bzip2(encoder) => encoder.as_mut().ok_or_else(failed_before)?.write(bytes),
            Inner::Xz(encoder) => encoder.write(bytes),
            Inner::Members(members) => members.write(bytes).map(|()| bytes.len()),
        }
    }

    /// What was written so far can be read by whoever decompresses the output.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.inner {
            Inner::Plain(output) => output.flush(),
            Inner::Gzip(encoder) => encoder.flush(),
            Inner::Zstd(encoder) => encoder.flush(),
            // In this format nothing short of a member's end can be read.
            Inner::Bzip2(encoder) => {
                if encoder.as_ref().is_some_and(|encoder| encoder.total_in() == 0) {
                    return Ok(());
                }
                let mut output = encoder.take().ok_or_else(failed_before)?.finish()?;
                output.flush()?;
                *encoder = Some(bzip2_member(output));
                Ok(())
            }
            Inner::Xz(encoder) => {
                encoder.flush()?;
                // The encoder hands out what it flushed with the next write.
                let _ = encoder.write(&[])?;
                encoder.get_mut().flush()
            }
            Inner::Members(members) => match &mut members.member {
                Member::Between(output) => output.flush(),
                Member::Within(member) => member.flush(),
                Member::Lost => Err(failed_before()),
            },
        }
    }
}

impl<W: Write> Members<W> {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let end = (self.next_end)(bytes);
            let (own, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if !own.is_empty() {
                self.member()?.write_all(own)?;
            }
            if end.is_some() {
                self.member = match std::mem::replace(&mut self.member, Member::Lost) {
                    Member::Within(member) => Member::Between(member.finish()?),
                    other => other,
                };
            }
            bytes = rest;
        }
        Ok(())
    }

    fn member(&mut self) -> io::Result<&mut Encoder<W>> {
        self.member = match std::mem::replace(&mut self.member, Member::Lost) {
            Member::Between(output) => {
                Member::Within(Box::new(Encoder::new(Some(self.compression), output)?))
            }
            other => other,
        };
        match &mut self.member {
            Member::Within(member) => Ok(member),
            Member::Between(_) | Member::Lost => Err(failed_before()),
        }
    }
}

fn bzip2_member<W: Write>(output: W) -> bzip2::write::BzEncoder<W> {
    bzip2::write::BzEncoder::new(output, bzip2::Compression::best())
}

fn failed_before() -> io::Error {
    io::Error::other("an earlier write failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Option<Compression>; 5] = [
        None,
        Some(Compression::Gzip),
        Some(Compression::Zstd),
        Some(Compression::Bzip2),
        Some(Compression::Xz),
    ];

    fn compressed(compression: Option<Compression>, text: &[u8]) -> Vec<u8> {
        let mut encoder = Encoder::new(compression, Vec::new()).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_come_out_as_they_went_in() {
        let text = "One line of text, and another.\n".repeat(10_000);
        for compression in ALL {
            let bytes = [compressed(compression, text.as_bytes()), compressed(compression, b"end")].concat();
            let (found, mut decoder) = decoder(&*bytes).unwrap();
            assert_eq!(found, compression);
            let mut read = String::new();
            decoder.read_to_string(&mut read).unwrap();
            assert_eq!(read, text.clone() + "end");
        }
    }

    #[test]
    fn a_member_that_is_cut_off_gives_what_it_holds_and_then_an_error() {
        let text: String = (0..100_000).map(|i| format!("Line {i} of {}.\n", i * 7919 % 1000)).collect();
        for compression in ALL.into_iter().flatten() {
            let bytes = compressed(Some(compression), text.as_bytes());
            let (_, mut decoder) = decoder(&bytes[..bytes.len() - 20]).unwrap();
            let mut read = Vec::new();
            let mut piece = [0; 4096];
            let error = loop {
                match decoder.read(&mut piece) {
                    Ok(0) => panic!("{compression:?} ends without an error"),
                    Ok(n) => read.extend_from_slice(&piece[..n]),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{compression:?}: {error}");
            assert!(text.as_bytes().starts_with(&read) && read.len() > text.len() / 4, "{compression:?}");
        }
    }

    #[test]
    fn what_is_flushed_can_be_read() {
        for compression in ALL {
            let mut encoder = Encoder::new(compression, Vec::new()).unwrap();
            encoder.write_all(b"One.\n").unwrap();
            encoder.flush().unwrap();
            let so_far = match &encoder.inner {
                Inner::Plain(bytes) => bytes.clone(),
                Inner::Gzip(encoder) => encoder.get_ref().clone(),
                Inner::Zstd(encoder) => encoder.get_ref().clone(),
                Inner::Bzip2(encoder) => encoder.as_ref().unwrap().get_ref().clone(),
                Inner::Xz(encoder) => encoder.get_ref().clone(),
                Inner::Members(_) => unreachable!("it was not asked for"),
            };
            let mut read = [0; 5];
            decoder(&*so_far).unwrap().1.read_exact(&mut read).unwrap();
            assert_eq!(&read, b"One.\n", "{compression:?}");
        }
    }

    #[test]
    fn members_end_where_they_are_said_to() {
        for compression in ALL.into_iter().flatten() {
            for piece in [1, 2, 3, 100] {
                let line_end = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
                let mut encoder = Encoder::by_members(compression, Vec::new(), line_end);
                for piece in b"One.\nTwo.\nThree".chunks(piece) {
                    encoder.write_all(piece).unwrap();
                }
                let members = ["One.\n", "Two.\n", "Three"];
                let alone = members.map(|member| compressed(Some(compression), member.as_bytes()));
                assert_eq!(encoder.finish().unwrap(), alone.concat());
            }
        }
    }

    #[test]
    fn short_and_strange_input_passes() {
        for input in [&b""[..], b"B", b"BZ", b"\x1f", b"Bz", b"\x28\xb5\x2f", b"P*M", b"PAR1"] {
            let (compression, mut decoder) = decoder(input).unwrap();
            let mut read = Vec::new();
            decoder.read_to_end(&mut read).unwrap();
            assert_eq!((compression, &*read), (None, input));
        }
    }

    #[test]
    fn zeros_may_pad_gzip_and_nothing_else() {
        let one = compressed(Some(Compression::Gzip), b"One.");
        let read = |bytes: &[u8]| {
            let mut read = Vec::new();
            decoder(bytes).unwrap().1.read_to_end(&mut read).map(|_| read).map_err(|error| error.kind())
        };
        assert_eq!(read(&[&one[..], &[0; 512]].concat()).unwrap(), b"One.");
        assert_eq!(read(&[&one[..], &[0; 3], &one].concat()).unwrap(), b"One.One.");
        assert_eq!(read(&[&one[..], b"junk"].concat()), Err(io::ErrorKind::InvalidData));
        assert_eq!(read(&[&one[..], b"\x1f\x8b"].concat()), Err(io::ErrorKind::UnexpectedEof));
    }

    #[test]
    fn frames_of_zstd_may_be_skipped() {
        let one = compressed(Some(Compression::Zstd), b"One.");
        let skipped = b"\x50\x2a\x4d\x18\x04\0\0\0size";
        let bytes = [&skipped[..], &one, skipped, &one].concat();
        let (compression, mut decoder) = decoder(&*bytes).unwrap();
        let mut read = Vec::new();
        decoder.read_to_end(&mut read).unwrap();
        assert_eq!((compression, &*read), (Some(Compression::Zstd), &b"One.One."[..]));
    }

    #[test]
    fn names_tell() {
        assert_eq!(Compression::of_name(Path::new("a.jsonl.GZ")), Some(Compression::Gzip));
        assert_eq!(Compression::of_name(Path::new("a.jsonl")), None);
    }
}
