//! Markup before it is parsed: what no reader sees goes, and what would make the parser slow.
//!
//! Most of a page is scripts, styles and attributes that say nothing of its text. Leaving them out makes parsing
//! several times faster. The parser is quadratic in the depth of the tree and in the formatting elements that are
//! open, so both are bounded here: a tag beyond the bound is left out, and its content stays. So are end tags of what
//! is not open.

mod nesting;

use memchr::{memchr, memmem};

use super::rules::PageRules;
use nesting::Nesting;

/// Text in more elements than this is no article; it runs on without them.
const MAX_TAGS: usize = 400_000;

/// A page without what no reader sees, and its structured data.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trimmed<'a> {
    /// The markup that is left.
    pub markup: String,
    /// The content of each `application/ld+json` script.
    pub data: Vec<&'a str>,
    /// The address that the page says is its own, as it is written.
    pub canonical: Option<&'a str>,
}

/// How a tag is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Left out with all that is in it, which is no markup.
    Raw,
    /// Left out, and what is in it stays.
    Bare,
    /// Text without markup that stays: the parser must read it as such.
    Text,
    /// It has no end tag.
    Void,
    /// There is one in a page, whatever its tags say.
    Once,
    /// The parser opens it again.
    Formatting,
    /// All others.
    Other,
}

impl Element {
    fn of(name: &str) -> Self {
        match name {
            "script" | "style" | "iframe" | "noembed" | "noframes" | "xmp" | "svg" => Element::Raw,
            "img" | "source" | "track" | "path" | "g" | "use" | "circle" | "rect" | "link" | "param"
            | "picture" | "amp-img" | "col" | "colgroup" | "font" | "nobr" | "wbr" | "base" | "embed"
            | "area" | "plaintext" | "frameset" | "frame" => Element::Bare,
            // Formulas: the parser has other rules for what is in them.
            "math" | "semantics" | "mi" | "mo" | "mn" | "ms" | "mtext" | "mrow" | "msup" | "msub"
            | "msubsup" | "mfrac" | "msqrt" | "mroot" | "mstyle" | "mspace" | "mpadded" | "mphantom"
            | "mover" | "munder" | "munderover" | "mmultiscripts" | "mprescripts" | "none" | "menclose" => {
                Element::Bare
            }
            "textarea" | "title" => Element::Text,
            "br" | "hr" | "input" | "meta" | "basefont" | "bgsound" | "keygen" => Element::Void,
            "html" | "head" | "body" => Element::Once,
            "a" | "b" | "big" | "code" | "em" | "i" | "s" | "small" | "strike" | "strong" | "tt" | "u" => {
                Element::Formatting
            }
            _ => Element::Other,
        }
    }
}

/// True for elements that selectors never meet: `name`, in lower case, goes before the page is parsed.
pub(super) fn is_left_out(name: &str) -> bool {
    name == "noscript" || matches!(Element::of(name), Element::Raw | Element::Bare)
}

/// The attributes that say something of the text.
fn is_kept(element: &str, name: &str, value: &str) -> bool {
    match name {
        "class" | "id" | "hidden" | "aria-hidden" | "role" | "itemprop" | "itemtype" => true,
        "style" => value.contains("none") || value.contains("hidden"),
        "href" => element == "a",
        "datetime" => element == "time",
        "rel" => element == "a",
        "lang" => element == "html",
        "name" | "property" | "content" => element == "meta",
        "data-nosnippet" => true,
        _ => false,
    }
}

/// Leaves out what no reader sees, and no rule asks for.
pub(super) fn trim<'a>(page: &'a str, rules: &PageRules) -> Trimmed<'a> {
    let mut trimmed = Trimmed { markup: String::with_capacity(page.len() / 3), ..Trimmed::default() };
    let bytes = page.as_bytes();
    let mut name = String::new();
    let mut nesting = Nesting::default();
    let mut tags = 0_usize;
    let mut at = 0;
    while let Some(open) = memchr(b'<', &bytes[at..]).map(|found| at + found) {
        trimmed.markup.push_str(&page[at..open]);
        let next = bytes.get(open + 1).copied().unwrap_or_default();
        if next == b'!' || next == b'?' {
            at = declaration_end(page, open);
            if page[open..].len() >= 9 && page.as_bytes()[open..open + 9].eq_ignore_ascii_case(b"<!doctype") {
                trimmed.markup.push_str("<!doctype html>");
            }
            continue;
        }
        let is_end = next == b'/';
        let name_start = open + 1 + usize::from(is_end);
        if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            // A `<` that opens nothing.
            if is_end {
                at = memchr(b'>', &bytes[open..]).map_or(bytes.len(), |found| open + found + 1);
            } else {
                trimmed.markup.push_str("&lt;");
                at = open + 1;
            }
            continue;
        }
        let name_end = bytes[name_start..]
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
            .map_or(bytes.len(), |found| name_start + found);
        name.clear();
        name.push_str(&page[name_start..name_end]);
        name.make_ascii_lowercase();
        // The parser would take its content for text without markup.
        let is_noscript = name == "noscript";
        if is_noscript {
            name.replace_range(.., "div");
        }
        let element = Element::of(&name);
        if is_end {
            at = memchr(b'>', &bytes[name_end..]).map_or(bytes.len(), |found| name_end + found + 1);
            let kept = match element {
                Element::Raw | Element::Bare | Element::Void | Element::Text => name == "br",
                Element::Formatting => nesting.close_formatting(&name),
                Element::Once => true,
                Element::Other => nesting.end(&name),
            };
            if kept && tags < MAX_TAGS {
                trimmed.markup.push_str("</");
                trimmed.markup.push_str(&name);
                trimmed.markup.push('>');
            }
            continue;
        }
        tags += 1;
        let is_kept_tag = tags < MAX_TAGS
            && match element {
                Element::Raw | Element::Bare => false,
                Element::Void | Element::Text => {
                    if matches!(name.as_str(), "input" | "keygen" | "textarea") {
                        nesting.end_select();
                    }
                    if name == "hr" {
                        nesting.end_paragraph();
                    }
                    true
                }
                Element::Once => true,
                Element::Formatting => nesting.start_formatting(&page[name_start..name_end]),
                Element::Other => {
                    let written = if is_noscript { "div" } else { &page[name_start..name_end] };
                    nesting.start(written, &name, &mut trimmed.markup)
                }
            };
        if is_kept_tag {
            trimmed.markup.push('<');
            trimmed.markup.push_str(&name);
            if is_noscript {
                trimmed.markup.push_str(" hidden");
            }
        }
        let mut tag = Attributes { page, at: name_end, is_closed: false };
        let (mut is_data, mut is_canonical, mut href) = (false, false, None);
        while let Some((attribute, value)) = tag.next() {
            if name == "script"
                && attribute.eq_ignore_ascii_case("type")
                && value.trim().eq_ignore_ascii_case("application/ld+json")
            {
                is_data = true;
            }
            if name == "link" {
                is_canonical |=
                    attribute.eq_ignore_ascii_case("rel") && value.eq_ignore_ascii_case("canonical");
                href = href.or(attribute.eq_ignore_ascii_case("href").then_some(value));
            }
            if is_kept_tag && (is_kept(&name, attribute, value) || rules.ask_for(attribute)) {
                push_attribute(&mut trimmed.markup, attribute, value);
            }
        }
        at = tag.at;
        if is_canonical {
            trimmed.canonical = trimmed.canonical.or(href);
        }
        if is_kept_tag {
            trimmed.markup.push('>');
        }
        match element {
            // Of these, only a drawing closes itself.
            Element::Raw if name == "svg" && tag.is_closed => {}
            Element::Raw => {
                let (content, after) = raw_content(page, at, &name);
                if is_data {
                    trimmed.data.push(content);
                }
                at = after;
            }
            Element::Text => {
                let (content, after) = raw_content(page, at, &name);
                trimmed.markup.push_str(content);
                trimmed.markup.push_str("</");
                trimmed.markup.push_str(&name);
                trimmed.markup.push('>');
                at = after;
            }
            _ => {}
        }
    }
    trimmed.markup.push_str(&page[at..]);
    trimmed
}

/// Where a comment or another declaration ends.
fn declaration_end(page: &str, open: usize) -> usize {
    let rest = &page[open..];
    let close = |found: Option<usize>, len: usize| found.map_or(page.len(), |found| open + found + len);
    if let Some(comment) = rest.strip_prefix("<!--") {
        // These are whole comments.
        if comment.starts_with('>') {
            return open + 5;
        }
        if comment.starts_with("->") {
            return open + 6;
        }
        return close(memmem::find(rest.as_bytes(), b"-->"), 3);
    }
    close(memchr(b'>', rest.as_bytes()), 1)
}

/// The content of an element that has no markup in it, and where its end tag ends.
fn raw_content<'a>(page: &'a str, from: usize, name: &str) -> (&'a str, usize) {
    let bytes = page.as_bytes();
    let mut at = from;
    while let Some(found) = memmem::find(&bytes[at..], b"</") {
        let start = at + found;
        let name_start = start + 2;
        let name_end = name_start + name.len();
        let is_name =
            bytes.get(name_start..name_end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if is_name && !bytes.get(name_end).is_some_and(u8::is_ascii_alphanumeric) {
            let after = memchr(b'>', &bytes[name_end..]).map_or(bytes.len(), |found| name_end + found + 1);
            return (&page[from..start], after);
        }
        at = name_start;
    }
    (&page[from..], page.len())
}

fn push_attribute(markup: &mut String, name: &str, value: &str) {
    markup.push(' ');
    markup.push_str(name);
    markup.push_str("=\"");
    if value.contains('"') {
        markup.push_str(&value.replace('"', "&quot;"));
    } else {
        markup.push_str(value);
    }
    markup.push('"');
}

/// The attributes of a tag.
struct Attributes<'a> {
    page: &'a str,
    at: usize,
    /// The tag ends in `/>`.
    is_closed: bool,
}

impl<'a> Attributes<'a> {
    /// The next one, with its value as it is written; after the last, the tag's end is passed.
    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.page.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b'>' => {
                    self.is_closed = bytes[self.at - 1] == b'/';
                    self.at += 1;
                    return None;
                }
                byte if byte.is_ascii_whitespace() || *byte == b'/' => self.at += 1,
                _ => break,
            }
        }
        let start = self.at;
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/' | b'>');
        // A `=` in the first place belongs to the name.
        self.at = self.position(start + 1, is_end);
        let name = &self.page[start..self.at.max(start)];
        let after_space = self.position(self.at, |byte| !byte.is_ascii_whitespace());
        if bytes.get(after_space) != Some(&b'=') {
            return Some((name, ""));
        }
        let value = self.position(after_space + 1, |byte| !byte.is_ascii_whitespace());
        let quote = bytes.get(value).copied();
        let (start, end) = match quote {
            Some(quote @ (b'"' | b'\'')) => {
                let end = memchr(quote, &bytes[value + 1..]).map_or(bytes.len(), |found| value + 1 + found);
                self.at = (end + 1).min(bytes.len());
                (value + 1, end)
            }
            _ => {
                let end = self.position(value, |byte| byte.is_ascii_whitespace() || *byte == b'>');
                self.at = end;
                (value, end)
            }
        };
        Some((name, &self.page[start..end]))
    }

    /// The first byte from `from` on that is so, or the end.
    fn position(&self, from: usize, is: impl Fn(&u8) -> bool) -> usize {
        let bytes = self.page.as_bytes();
        let from = from.min(bytes.len());
        let mut at = bytes[from..].iter().position(is).map_or(bytes.len(), |found| from + found);
        while !self.page.is_char_boundary(at) {
            at += 1;
        }
        at
    }
}
