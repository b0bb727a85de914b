//! What the names and attributes of elements say of how their text is seen.

use super::page::Tag;

/// Soft hyphens, byte order marks and the like only say how text may be broken.
pub(super) fn is_written(ch: char) -> bool {
    !matches!(ch, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "span"
            | "b"
            | "strong"
            | "em"
            | "i"
            | "u"
            | "code"
            | "small"
            | "sup"
            | "sub"
            | "abbr"
            | "acronym"
            | "big"
            | "cite"
            | "del"
            | "dfn"
            | "font"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "strike"
            | "time"
            | "tt"
            | "var"
            | "bdi"
            | "bdo"
            | "data"
            | "wbr"
            | "nobr"
            | "ruby"
            | "rb"
            | "rt"
            | "rp"
            | "br"
            | "title"
            | "math"
            | "mi"
            | "mo"
            | "mn"
            | "mrow"
            | "msup"
            | "msub"
            | "mfrac"
            | "mstyle"
            | "semantics"
            | "mtext"
            | "msqrt"
            | "mover"
            | "munder"
            | "meta"
            | "link"
    )
}

pub(super) fn is_never_seen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "iframe"
            | "object"
            | "canvas"
            | "select"
            | "datalist"
            | "input"
            | "textarea"
            | "audio"
            | "video"
            | "map"
            | "annotation"
            | "option"
            | "progress"
            | "meter"
            | "rp"
    )
}

pub(super) fn is_hidden(name: &str, element: &scraper::node::Element) -> bool {
    element.attrs().any(|(attribute, value)| match attribute {
        "hidden" => !value.eq_ignore_ascii_case("until-found"),
        "aria-hidden" => value == "true" && is_inline(name),
        "style" => hides(value),
        _ => false,
    })
}

fn hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        declaration.split_once(':').is_some_and(|(property, value)| {
            let (property, value) = (property.trim(), value.trim());
            property.eq_ignore_ascii_case("display") && starts_with(value, "none")
                || property.eq_ignore_ascii_case("visibility") && starts_with(value, "hidden")
        })
    })
}

fn starts_with(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

pub(super) fn tag(name: &str) -> Tag {
    match name {
        "p" => Tag::Paragraph,
        "h1" => Tag::Heading(1),
        "h2" => Tag::Heading(2),
        "h3" => Tag::Heading(3),
        "h4" => Tag::Heading(4),
        "h5" => Tag::Heading(5),
        "h6" => Tag::Heading(6),
        "li" => Tag::Item,
        "td" => Tag::Cell,
        "th" => Tag::HeadCell,
        "tr" => Tag::Row,
        "table" => Tag::Table,
        "ul" | "menu" => Tag::List,
        "ol" => Tag::OrderedList,
        "pre" => Tag::Pre,
        "blockquote" => Tag::Quote,
        "figcaption" | "caption" => Tag::Caption,
        "dt" => Tag::Term,
        "dd" => Tag::Description,
        "button" => Tag::Button,
        _ => Tag::Other,
    }
}

/// A hash of the names on the way to an element. Numbers in them say which of its kind it is.
pub(super) fn look(around: u32, name: &str, class: &str) -> u32 {
    add_name(add_name(around ^ START, name), class)
}

/// A hash of an element's name and its first class.
pub(super) fn kin(name: &str, class: &str) -> u32 {
    add_name(add_name(START, name), class.split_ascii_whitespace().next().unwrap_or_default())
}

const START: u32 = 0x811c_9dc5;

fn add_name(hash: u32, name: &str) -> u32 {
    name.bytes()
        .filter(|byte| !byte.is_ascii_digit())
        .chain([0])
        .fold(hash, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
