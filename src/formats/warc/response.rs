//! Pages as a crawler saw them: the answers of servers, and the records that are made of their articles.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use brotli_decompressor::Decompressor as BrotliDecoder;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use sha1::{Digest as _, Sha1};

use super::digest;
use super::header::{self, Header};
use crate::compress::decoder;
use crate::formats::Cut;
use crate::html;

/// How large a page may be when it is unpacked, in bytes: more is none that anybody reads.
const MAX_PAGE: u64 = 64 << 20;

/// The bytes before the name of something with an URL, for an id that is made of that name (RFC 9562).
const URL_NAMES: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// The page in the block of a record; none when it holds something else, or a page that says that there is none.
pub(super) fn page<'a>(header: &Header<'_>, block: &'a [u8]) -> Option<Cow<'a, str>> {
    let media = header.value("Content-Type").unwrap_or_default();
    if header.value("WARC-Segment-Number").is_some() {
        return None;
    }
    if header.is_type("resource") && is_html(media) {
        return Some(html::decode(block, charset(media)));
    }
    if !header.is_type("response") || !is_media(media, "application/http") {
        return None;
    }
    let answer = Answer::parse(block)?;
    let media = answer.value("Content-Type").unwrap_or_default();
    let has_page = is_html(media) || media.is_empty() && starts_with_tag(answer.body);
    if !answer.is_success || !has_page {
        return None;
    }
    match answer.content()? {
        Cow::Borrowed(body) => Some(html::decode(body, charset(media))),
        Cow::Owned(body) => Some(Cow::Owned(html::decode(&body, charset(media)).into_owned())),
    }
}

/// What makes the record of a page that of its article: a conversion that refers to it. What is only to be said of
/// what a server sent goes.
pub(super) fn conversion(record: &[u8], header: &Header<'_>, article: &str) -> Vec<Cut> {
    let block = format!("{article}\n").into_bytes();
    let value = |field: &header::Field<'_>, new: Vec<u8>| Cut { raw: field.value.clone(), put_in: new };
    let mut cuts = Vec::new();
    for field in &header.fields {
        let left_out = Cut { raw: field.line.clone(), put_in: Vec::new() };
        let old = &record[field.value.clone()];
        if field.is("WARC-Type") {
            cuts.push(value(field, b"conversion".to_vec()));
        } else if field.is("WARC-Record-ID") {
            let line_end = line_end(&record[field.line.clone()]);
            let ids = [&*id_of_conversion(old), line_end, b"WARC-Refers-To: ", old].concat();
            cuts.push(value(field, ids));
        } else if field.is("Content-Type") {
            cuts.push(value(field, b"text/plain".to_vec()));
        } else if field.is("Content-Length") {
            cuts.push(value(field, block.len().to_string().into_bytes()));
        } else if field.is("WARC-Block-Digest") || field.is("WARC-Payload-Digest") {
            cuts.push(digest::again(old, &block).map_or(left_out, |new| value(field, new)));
        } else if OF_ANSWERS.iter().any(|name| field.is(name)) {
            cuts.push(left_out);
        }
    }
    cuts.push(Cut { raw: header.block..record.len(), put_in: block });
    cuts
}

/// What a conversion does not say of itself, by the standard.
const OF_ANSWERS: [&str; 5] = [
    "WARC-Concurrent-To",
    "WARC-Identified-Payload-Type",
    "WARC-IP-Address",
    "WARC-Refers-To",
    "WARC-Protocol",
];

/// The same id whenever the record of this id is converted.
fn id_of_conversion(id: &[u8]) -> Vec<u8> {
    let name = id.trim_ascii().strip_prefix(b"<").unwrap_or(id).strip_suffix(b">").unwrap_or(id);
    let digest = Sha1::new().chain_update(URL_NAMES).chain_update(name).chain_update(b"#article").finalize();
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&digest[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&uuid);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("<urn:uuid:{}>", parts.join("-")).into_bytes()
}

fn line_end(line: &[u8]) -> &[u8] {
    if line.ends_with(b"\r\n") { b"\r\n" } else { b"\n" }
}

/// What a server said.
struct Answer<'a> {
    is_success: bool,
    head: &'a str,
    body: &'a [u8],
}

impl<'a> Answer<'a> {
    fn parse(block: &'a [u8]) -> Option<Self> {
        let body = header::end(block)?;
        let head = match str::from_utf8(&block[..body]) {
            Ok(head) => head,
            // Some header that nobody asks for is in another encoding.
            Err(error) => str::from_utf8(&block[..error.valid_up_to()]).unwrap_or_default(),
        };
        let mut status = head.lines().next()?.split_ascii_whitespace();
        let is_http = status.next()?.starts_with("HTTP/");
        let is_success = status.next()?.starts_with('2');
        is_http.then_some(Self { is_success, head, body: &block[body..] })
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The body without what it was sent in. Crawlers keep the header when they unpack the body, so that the bytes
    /// decide. None when it unpacks to more than a page, or cannot be unpacked here.
    fn content(&self) -> Option<Cow<'a, [u8]>> {
        let is_chunked = self
            .value("Transfer-Encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        let body = match is_chunked.then(|| unchunked(self.body)).flatten() {
            Some(body) => Cow::Owned(body),
            None => Cow::Borrowed(self.body),
        };
        let encodings = self.value("Content-Encoding").unwrap_or_default().to_ascii_lowercase();
        // The last was put on last.
        encodings.rsplit(',').map(str::trim).try_fold(body, |body, encoding| {
            let unpacked = match encoding {
                "gzip" | "x-gzip" | "zstd" => {
                    let (compression, input) = decoder(&*body).ok()?;
                    compression.and_then(|_| unpacked(input))
                }
                "deflate" => {
                    unpacked(ZlibDecoder::new(&*body)).or_else(|| unpacked(DeflateDecoder::new(&*body)))
                }
                "br" => unpacked(BrotliDecoder::new(&*body, 1 << 16)),
                "" | "identity" => None,
                // What is packed in a way that is not known here is no page, unless it was unpacked.
                _ if !starts_with_tag(&body) => return None,
                _ => None,
            };
            match unpacked {
                Some(content) if content.len() as u64 > MAX_PAGE => None,
                Some(content) => Some(Cow::Owned(content)),
                None => Some(body),
            }
        })
    }
}

fn starts_with_tag(body: &[u8]) -> bool {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

/// All that can be unpacked, since what a crawler has of a page may be cut off; none when it is not packed so.
fn unpacked(input: impl Read) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let result = input.take(MAX_PAGE + 1).read_to_end(&mut content);
    (result.is_ok() || !content.is_empty()).then_some(content)
}

/// What chunks hold; none when these are none. The last may be cut off.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let Some(line) = memchr::memchr(b'\n', rest) else { return (!content.is_empty()).then_some(content) };
        let size = str::from_utf8(&rest[..line]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        let chunk: Range<usize> = line + 1..(line + 1).saturating_add(size).min(rest.len());
        if size == 0 {
            return Some(content);
        }
        content.extend_from_slice(&rest[chunk.clone()]);
        rest = &rest[chunk.end..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

fn is_html(media: &str) -> bool {
    is_media(media, "text/html") || is_media(media, "application/xhtml+xml")
}

fn is_media(media: &str, name: &str) -> bool {
    media.split(';').next().is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
}

fn charset(media: &str) -> Option<&str> {
    let parameters = media.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    named.next().map(|(_, value)| value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use data_encoding::HEXLOWER;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const PAGE: &[u8] = b"<p>The council met on Monday.</p>";

    fn answer(head: &str, body: &[u8]) -> Vec<u8> {
        let status =
            if head.starts_with("HTTP/") { "" } else { "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" };
        [status.as_bytes(), head.as_bytes(), b"\r\n", body].concat()
    }

    fn page_of(block: &[u8]) -> Option<String> {
        let record =
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n\r\n";
        page(&Header::parse(record).unwrap(), block).map(Cow::into_owned)
    }

    #[test]
    fn a_body_is_unpacked_however_it_was_sent() {
        let packed = |mut encoder: GzEncoder<Vec<u8>>| {
            encoder.write_all(PAGE).unwrap();
            encoder.finish().unwrap()
        };
        let gzip = packed(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(PAGE).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(PAGE).unwrap();
        let brotli =
            HEXLOWER.decode(b"0b10803c703e54686520636f756e63696c206d6574206f6e204d6f6e6461792e3c2f703e03");
        let chunked = |body: &[u8]| {
            let (one, two) = body.split_at(10);
            [b"A;x=y\r\n", one, b"\r\n", format!("{:x}\r\n", two.len()).as_bytes(), two, b"\r\n0\r\n\r\n"]
                .concat()
        };
        for (head, body) in [
            ("", PAGE.to_vec()),
            ("Content-Encoding: gzip\r\n", gzip.clone()),
            ("content-encoding: deflate\r\n", zlib.finish().unwrap()),
            ("Content-Encoding: deflate\r\n", raw.finish().unwrap()),
            ("Content-Encoding: br\r\n", brotli.unwrap()),
            ("Transfer-Encoding: chunked\r\n", chunked(PAGE)),
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", chunked(&gzip)),
            // As crawlers have it that keep the header when they unpack the body.
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", PAGE.to_vec()),
            ("Content-Encoding: br\r\n", PAGE.to_vec()),
            ("Content-Encoding: dcb\r\n", PAGE.to_vec()),
            ("Content-Encoding: identity\r\n", PAGE.to_vec()),
            ("Content-Encoding: deflate\r\n", PAGE.to_vec()),
        ] {
            assert_eq!(page_of(&answer(head, &body)).unwrap().as_bytes(), PAGE, "{head}");
        }
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_is_there() {
        let chunk = [b"ff\r\n", PAGE].concat();
        assert_eq!(page_of(&answer("Transfer-Encoding: chunked\r\n", &chunk)).unwrap().as_bytes(), PAGE);
    }

    #[test]
    fn the_encoding_is_that_of_the_header_unless_it_is_utf8() {
        for (body, text) in [(&b"<p>Caf\xe9"[..], "<p>Café"), ("<p>Café".as_bytes(), "<p>Café")] {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; Charset=\"ISO-8859-1\"\r\n";
            assert_eq!(page_of(&answer(head, body)).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_page_is_none() {
        for block in [
            answer("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n", PAGE),
            answer("HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\n", PAGE),
            answer("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", PAGE),
            answer("HTTP/1.1 200 OK\r\n", b"PNG"),
            answer("Content-Encoding: dcb\r\n", b"\xffDCB of a page"),
            PAGE.to_vec(),
            Vec::new(),
        ] {
            assert_eq!(page_of(&block), None, "{}", String::from_utf8_lossy(&block));
        }
    }

    #[test]
    fn a_conversion_has_an_id_of_its_own_that_is_always_the_same() {
        let id = id_of_conversion(b"<urn:uuid:00000000-0000-4000-8000-000000000001>");
        assert_eq!(id, id_of_conversion(b"<urn:uuid:00000000-0000-4000-8000-000000000001>"));
        assert_ne!(id, id_of_conversion(b"<urn:uuid:00000000-0000-4000-8000-000000000002>"));
        assert_eq!(id.len(), b"<urn:uuid:00000000-0000-4000-8000-000000000001>".len());
    }
}
