//! The text without its dress: what a page, a converter or an editor put around and between words, and which says nothing.
//!
//! There are two kinds. What stands *inside* lines (no-break and doubled spaces, zero-width characters, HTML entities, Markdown marks and
//! links) is taken out of a whole text at once; see [`Undressed`]. It knows where each byte was, so that what is found
//! there is cut from the original, dress and all. What stands *around* a line or a piece of one (bullets, arrows, emoji, brackets
//! around all of it) is left aside when it is matched; see [`bare`].

use std::borrow::Cow;

use crate::document::Span;
use crate::segment::is_line_end;

/// No entity that texts have is longer, in bytes.
const MAX_ENTITY: usize = 10;

/// A text without the dress inside its lines.
#[derive(Debug)]
pub(crate) struct Undressed<'t> {
    original: &'t str,
    text: Cow<'t, str>,
    /// What was changed, in order.
    changes: Vec<Change>,
}

/// A part of the original that reads otherwise, or not at all.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// Where it was.
    from: Span,
    /// Where it is; empty when nothing is left of it.
    to: Span,
    /// The change of the mark that it belongs together with, such as the `**` at the other end.
    pair: Option<usize>,
}

impl<'t> Undressed<'t> {
    /// Takes the dress out of a text. A text without any is borrowed, and costs no more than a look at its bytes.
    pub fn of(original: &'t str) -> Self {
        if is_plain(original.as_bytes()) {
            return Self { original, text: Cow::Borrowed(original), changes: Vec::new() };
        }
        let mut taking =
            Taking { original, text: String::with_capacity(original.len()), changes: Vec::new(), copied: 0 };
        taking.run();
        let Taking { text, changes, .. } = taking;
        if changes.is_empty() {
            return Self { original, text: Cow::Borrowed(original), changes };
        }
        Self { original, text: Cow::Owned(text), changes }
    }

    /// The text that is left.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when the text had no such dress.
    pub fn is_original(&self) -> bool {
        self.changes.is_empty()
    }

    /// Where a span of the undressed text is in the original. Marks that belong together go along when the span is all that they
    /// enclose, and stay when it is not; invisible characters at its edges go along.
    pub fn in_original(&self, span: Span) -> Span {
        if self.is_original() {
            return span;
        }
        let (mut start, mut end) = (self.start_of(span.start()), self.end_of(span.end()));
        if start > end {
            // Nothing but a part of what one change put in.
            (start, end) = (start.min(end), start.max(end));
        }
        loop {
            let before = self.changes.partition_point(|change| change.from.end() < start);
            let before = self.changes.get(before).filter(|change| change.from.end() == start);
            let before = before.filter(|change| change.to.is_empty() || self.is_blank_from(change.from));
            let after = self.changes.partition_point(|change| change.from.start() < end);
            let after = self.changes.get(after).filter(|change| change.from.start() == end);
            let after = after.filter(|change| change.to.is_empty() || self.is_blank_up_to(change.from));
            match (before, after) {
                (Some(before), _) if before.pair.is_none() && self.is_invisible(before.from) => {
                    start = before.from.start();
                }
                (_, Some(after)) if after.pair.is_none() && self.is_invisible(after.from) => {
                    end = after.from.end()
                }
                (Some(before), Some(after))
                    if before.pair.is_some_and(|pair| self.changes[pair].from == after.from) =>
                {
                    (start, end) = (before.from.start(), after.from.end());
                }
                _ => break,
            }
        }
        Span::new(start, end)
    }

    /// True when nothing but white space is left of a part of the original that starts a line, …
    fn is_blank_from(&self, span: Span) -> bool {
        let before = self.text_before(span.start());
        self.is_invisible(span) && before.is_none_or(is_line_end)
    }

    /// … or that ends one.
    fn is_blank_up_to(&self, span: Span) -> bool {
        self.is_invisible(span) && self.original[span.end()..].chars().next().is_none_or(is_line_end)
    }

    fn text_before(&self, at: usize) -> Option<char> {
        self.original[..at].chars().next_back()
    }

    /// True for white space, as it is or as an entity, and for what is not seen.
    fn is_invisible(&self, span: Span) -> bool {
        let put = htmlize::unescape(&self.original[span.range()]);
        put.chars().all(|c| is_zero_width(c) || is_space(c))
    }

    /// The place in the original of what starts here, behind what was left out before it.
    fn start_of(&self, at: usize) -> usize {
        let behind = self.changes.partition_point(|change| change.to.start() < at || change.to.end() <= at);
        match behind.checked_sub(1).map(|last| self.changes[last]) {
            Some(last) if at < last.to.end() => last.from.start(),
            Some(last) => last.from.end() + (at - last.to.end()),
            None => at,
        }
    }

    /// The place in the original of what ends here, before what was left out behind it.
    fn end_of(&self, at: usize) -> usize {
        let behind = self.changes.partition_point(|change| change.to.start() < at);
        match behind.checked_sub(1).map(|last| self.changes[last]) {
            Some(last) => last.from.end() + at.saturating_sub(last.to.end()),
            None => at,
        }
    }
}

/// Reads a text and leaves out its dress.
struct Taking<'t> {
    original: &'t str,
    text: String,
    changes: Vec<Change>,
    /// How far the original was copied, or left out.
    copied: usize,
}

impl Taking<'_> {
    fn run(&mut self) {
        let bytes = self.original.as_bytes();
        let mut at = 0;
        // Marks of Markdown that may be closed on this line, as numbers of changes.
        let mut strong: Option<usize> = None;
        // The link that is being read: the change that opens it, where what it shows ends, and where all of it does.
        let mut shown: Option<(usize, usize, usize)> = None;
        while at < bytes.len() {
            if let Some((open, _, end)) = shown.take_if(|&mut (_, text_end, _)| text_end <= at) {
                let close = self.changes.len();
                self.change(at, end, "");
                self.changes[open].pair = Some(close);
                self.changes[close].pair = Some(open);
                at = end;
                continue;
            }
            match bytes[at] {
                b'\n' | b'\r' => {
                    self.reopen(strong.take());
                    at += 1;
                }
                b'&' => match entity(&self.original[at..]) {
                    Some((_, put)) if put.is_empty() || put == " " => at = self.blank(at),
                    Some((len, put)) => {
                        self.change(at, at + len, &put);
                        at += len;
                    }
                    None => at += 1,
                },
                b'*' if self.is_strong(at, strong.is_some()) => {
                    let number = self.changes.len();
                    self.change(at, at + 2, "");
                    if let Some(open) = strong.take() {
                        self.changes[open].pair = Some(number);
                        self.changes[number].pair = Some(open);
                    } else {
                        strong = Some(number);
                    }
                    at += 2;
                }
                b'[' if shown.is_none() => match link(&self.original[at..]) {
                    Some((text, len)) => {
                        shown = Some((self.changes.len(), at + 1 + text, at + len));
                        self.change(at, at + 1, "");
                        at += 1;
                    }
                    None => at += 1,
                },
                _ if may_be_blank(&bytes[at..]) => at = self.blank(at),
                _ => at += 1,
            }
        }
        self.reopen(strong);
        self.copy_to(self.original.len());
    }

    /// True for two asterisks that make what follows, or what is before them, strong.
    fn is_strong(&self, at: usize, closes: bool) -> bool {
        let is_text = |c: char| !c.is_whitespace() && c != '*';
        let before = self.original[..at].chars().next_back();
        let is_pair = self.original[at..].starts_with("**") && before != Some('*');
        let after = self.original[at..].chars().nth(2);
        is_pair && if closes { before.is_some_and(is_text) } else { after.is_some_and(is_text) }
    }

    /// White space of any kind and zero-width characters from `at` on, and where they end.
    fn blank(&mut self, at: usize) -> usize {
        let (mut end, mut has_space) = (at, false);
        loop {
            let rest = &self.original[end..];
            let Some(c) = rest.chars().next() else { break };
            let (len, is_blank) = match entity(rest) {
                Some((len, put)) if c == '&' => {
                    (len, if put == " " { Some(true) } else { put.is_empty().then_some(false) })
                }
                _ => (c.len_utf8(), if is_space(c) { Some(true) } else { is_zero_width(c).then_some(false) }),
            };
            let Some(is_space) = is_blank else { break };
            has_space |= is_space;
            end += len;
        }
        let run = &self.original[at..end];
        if run.is_empty() {
            return at + self.original[at..].chars().next().map_or(1, char::len_utf8);
        }
        if run == " " {
            return end;
        }
        let starts_line = self.original[..at].chars().next_back().is_none_or(is_line_end);
        // Indentation says something.
        if !(starts_line && run.bytes().all(|byte| byte == b' ')) {
            self.change(at, end, if has_space { " " } else { "" });
        }
        end
    }

    /// Takes back the last change when it is the opening of marks that are never closed.
    fn reopen(&mut self, open: Option<usize>) {
        let Some(open) = open else { return };
        let mark = self.changes.remove(open);
        let len = mark.from.len();
        self.text.insert_str(mark.to.start(), &self.original[mark.from.range()]);
        for change in &mut self.changes[open..] {
            change.to = Span::new(change.to.start() + len, change.to.end() + len);
            change.pair = change.pair.map(|pair| pair - 1);
        }
    }

    fn copy_to(&mut self, at: usize) {
        self.text.push_str(&self.original[self.copied..at]);
        self.copied = at;
    }

    fn change(&mut self, start: usize, end: usize, put: &str) {
        self.copy_to(start);
        let to = self.text.len();
        self.text.push_str(put);
        self.copied = end;
        self.changes.push(Change {
            from: Span::new(start, end),
            to: Span::new(to, self.text.len()),
            pair: None,
        });
    }
}

/// False where nothing is that [`Taking::blank`] takes.
fn may_be_blank(bytes: &[u8]) -> bool {
    match *bytes {
        [b' ', b' ' | b'&' | 0xc2 | 0xe2 | 0xe3 | 0xef, ..] => true,
        [0xc2, 0xa0 | 0xad, ..] | [0xe3, 0x80, 0x80, ..] | [0xef, 0xbb, ..] => true,
        [0xe2, 0x80, last, ..] => last <= 0x8f || last == 0xaf,
        [0xe2, 0x81, 0x9f | 0xa0, ..] => true,
        _ => false,
    }
}

/// False when a text may have dress inside its lines.
fn is_plain(bytes: &[u8]) -> bool {
    // Without a way out of the inner loop, the compiler looks at many bytes at once.
    let is_odd = |three: (&u8, (&u8, &u8))| {
        let (&a, (&b, &c)) = three;
        (a == b' ') & (b == b' ')
            | (a == b'*') & (b == b'*')
            | (a == b']') & (b == b'(')
            | (a == b'&') & (b != b' ')
            | (a == 0xc2) & ((b == 0xa0) | (b == 0xad))
            | (a == 0xe2)
                & (((b == 0x80) & ((c <= 0x8f) | (c == 0xaf))) | (b == 0x81) & ((c == 0x9f) | (c == 0xa0)))
            | (a == 0xe3) & (b == 0x80) & (c == 0x80)
            | (a == 0xef) & (b == 0xbb)
    };
    let mut start = 0;
    while start + 2 < bytes.len() {
        let end = bytes.len().min(start + 1024 + 2);
        let (a, b, c) = (&bytes[start..end - 2], &bytes[start + 1..end - 1], &bytes[start + 2..end]);
        if a.iter().zip(b.iter().zip(c)).fold(false, |any, three| any | is_odd(three)) {
            return false;
        }
        start += 1024;
    }
    let last = &bytes[bytes.len().saturating_sub(2)..];
    !(last.starts_with(b"\xc2") || last == b"  " || last == b"**")
}

/// The character that an entity at the start of `text` stands for, and its length in bytes.
fn entity(text: &str) -> Option<(usize, String)> {
    if !text.starts_with('&') {
        return None;
    }
    let end = text.as_bytes().iter().take(MAX_ENTITY).position(|&byte| byte == b';')? + 1;
    let name = &text[1..end - 1];
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') {
        return None;
    }
    let put = htmlize::unescape(&text[..end]);
    let mut chars = put.chars();
    let c = chars.next().filter(|_| chars.next().is_none())?;
    let put = if is_space(c) {
        " ".to_owned()
    } else if is_zero_width(c) {
        String::new()
    } else {
        c.to_string()
    };
    (!is_line_end(c) && !put.starts_with('&') || c == '&').then_some((end, put))
}

/// The lengths of the text and of all of a Markdown link at the start of `text`.
fn link(text: &str) -> Option<(usize, usize)> {
    let line = &text[..text.find(is_line_end).unwrap_or(text.len())];
    let close = line.find("](")?;
    let shown = &line[1..close];
    let address = &line[close + 2..];
    let end = address.find(')')?;
    let is_address = !address[..end].is_empty() && !address[..end].contains(char::is_whitespace);
    (is_address && !shown.trim().is_empty() && !shown.contains(['[', ']', '*', '&']) && !shown.contains("  "))
        .then_some((shown.len(), close + 2 + end + 1))
}

/// Spaces within lines, tabs aside.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A line, or a piece of one, without what stands around it: bullets, arrows, emoji and the like, dots that trail off, and brackets that
/// enclose all of it.
pub(crate) fn bare(line: &str) -> &str {
    // What somebody says starts with a dash in many languages, and ends as a sentence does.
    if line.starts_with(['–', '—']) && line.ends_with(['.', '!', '?', '…']) {
        return line;
    }
    // A row of a table.
    if line.len() > 1 && line.starts_with('|') && line.ends_with('|') && line[1..line.len() - 1].contains('|')
    {
        return line;
    }
    let mut text = line;
    loop {
        let start = bare_start(text);
        let mut end =
            start.trim_end_matches(|c: char| c.is_whitespace() || is_ornament(c) && !is_of_pair(c, start));
        let dots = end.trim_end_matches(['.', '…', ' ']);
        if end[dots.len()..].contains('…') || end[dots.len()..].matches('.').count() > 1 {
            end = dots;
        }
        let inner = within_brackets(end).unwrap_or(end);
        if inner.is_empty() || inner.len() == text.len() {
            return if inner.is_empty() { line } else { inner };
        }
        text = inner;
    }
}

/// A text without the marks before its first word.
pub(crate) fn bare_start(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(first) if first.is_ascii_alphanumeric() => text,
        _ => text.trim_start_matches(|c: char| c.is_whitespace() || is_ornament(c) && !is_of_pair(c, text)),
    }
}

/// True for a quotation mark whose other half is in the text.
fn is_of_pair(c: char, text: &str) -> bool {
    match c {
        '»' => text.contains('«'),
        '›' => text.contains('‹'),
        _ => false,
    }
}

/// What is within brackets that enclose all of a text.
fn within_brackets(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let (first, last) = (chars.next()?, chars.next_back()?);
    let closes = closing_bracket(first)?;
    let inner = chars.as_str();
    (closes == last && !inner.contains([first, last])).then(|| inner.trim())
}

fn closing_bracket(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '【' => '】',
        '（' => '）',
        '［' => '］',
        _ => return None,
    })
}

/// Bullets, arrows, emoji and other marks that decorate a line.
pub(crate) fn is_ornament(c: char) -> bool {
    matches!(
        c,
        '*' | '|' | '~' | '=' | '_' | '-' | '–' | '—' | '•' | '·' | '>' | '»' | '›' | '‣' | '⁃' | '∙' | '+' | '｜' | '・' | '※' | '＞' | '》' | '〉' | '¿' | '¡' | '■'
            | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}'
            | '\u{25a0}'..='\u{27bf}'
            | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{fe0f}'
            | '\u{20e3}'
            | '\u{200d}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undressed(text: &str) -> String {
        Undressed::of(text).text().to_owned()
    }

    #[test]
    fn what_is_inside_of_lines_is_taken_out() {
        assert_eq!(undressed("READ\u{a0}MORE:\u{202f}\u{200b}Five  towns"), "READ MORE: Five towns");
        assert_eq!(undressed("Wenlow&rsquo;s &pound;5m &amp; more&nbsp;&raquo;"), "Wenlow’s £5m & more »");
        assert_eq!(
            undressed("**Sign up** for [our newsletter](https://example.com/a)."),
            "Sign up for our newsletter."
        );
        assert_eq!(undressed("2 ** 3 is 8\nA & B; AT&T;"), "2 ** 3 is 8\nA & B; AT&T;");
        assert_eq!(undressed("    code\n\ttab  s"), "    code\n\ttab s");
        assert_eq!(undressed("a\u{a0}"), "a ");
    }

    #[test]
    fn text_without_dress_is_borrowed() {
        for text in ["", "a", "He said “no” — twice… at 5 & 6. Été", "* item\n- item [1] (2)"] {
            assert!(Undressed::of(text).is_original(), "{text}");
        }
    }

    /// What goes from the original when `noise` goes from the undressed text.
    fn cut(text: &str, noise: &str) -> String {
        let undressed = Undressed::of(text);
        let start = undressed.text().find(noise).unwrap_or_else(|| panic!("{}", undressed.text()));
        let span = undressed.in_original(Span::new(start, start + noise.len()));
        text[span.range()].to_owned()
    }

    #[test]
    fn what_is_found_is_cut_with_its_dress() {
        assert_eq!(cut("A **Sign up.** B", "Sign up."), "**Sign up.**");
        assert_eq!(cut("A **Sign up. B** C", "Sign up."), "Sign up.");
        assert_eq!(cut("A [Sign\u{a0}up](http://a.b) C", "Sign up"), "[Sign\u{a0}up](http://a.b)");
        assert_eq!(cut("A **[Sign up](http://a.b)** C", "Sign up"), "**[Sign up](http://a.b)**");
        assert_eq!(cut("A\u{200b}Ad\u{200b}B", "Ad"), "\u{200b}Ad\u{200b}");
        assert_eq!(cut("A &nbsp; &nbsp;Ad &raquo; B", "Ad »"), "Ad &raquo;");
        assert_eq!(cut("&lt;Ad&gt;", "<Ad>"), "&lt;Ad&gt;");
    }

    #[test]
    fn a_bare_line_has_no_marks_around_it() {
        for line in [
            "• Ad",
            "- Ad -",
            "👉 Ad",
            "**Ad**",
            "[Ad]",
            "( Ad )",
            "Ad »",
            "➡️ Ad…",
            "* [Ad] →",
            "Ad ...",
            "| Ad |",
        ] {
            assert_eq!(bare(line), "Ad", "{line}");
        }
        for line in ["“Ad”", "Ad.", "(Ad) or (not)", "«Ad»", "---", "Ad:", "— Read on."] {
            assert_eq!(bare(line), line);
        }
    }
}
