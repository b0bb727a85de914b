//! Is a text prose, or code and what is written about code? News never has two lines such as `let x = 1;`,
//! and manuals repeat their sentences, head their sections and list what to read next by right.

use memchr::memchr_iter;
use wide::u8x16;

use super::windows::with_zeros_behind;

/// So many lines with a mark of code make a text technical. One may be in any text.
const TECHNICAL_LINES: usize = 2;

/// True when `text` has no lines of code, commands, markup or tables of documentation, or but one.
pub(super) fn is_prose(text: &str) -> bool {
    let mut start = 0;
    let lines = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]).map(|end| {
        let line = &text[start..end];
        start = end + 1;
        line
    });
    lines.filter(|line| is_technical(line.trim())).nth(TECHNICAL_LINES - 1).is_none()
}

/// True for a line that code, markup, a table or an option of a command gives away.
fn is_technical(line: &str) -> bool {
    if !has_mark_of_code(line) {
        return false;
    }
    starts_as_code(line)
        || ends_as_code(line)
        || is_assignment(line)
        || line.contains('`') && has_code_span(line)
        || marked_words(line).any(is_code_word)
}

/// The words of a line that start it or have a mark of code: no other word is one of code.
fn marked_words(line: &str) -> impl Iterator<Item = &str> {
    let mut end = 0;
    std::iter::once(0).chain(marks(line.as_bytes())).filter_map(move |at| {
        if at < end {
            return None;
        }
        let before = line[..at].rsplit(char::is_whitespace).next().map_or(0, str::len);
        let behind = line[at..].find(char::is_whitespace).unwrap_or(line.len() - at);
        end = at + behind;
        Some(&line[at - before..end])
    })
}

/// The bytes of a line that are a mark of code with the byte before them.
fn marks(line: &[u8]) -> impl Iterator<Item = usize> {
    (0..line.len()).step_by(16).flat_map(|start| {
        let rest = &line[start..];
        // A zero is no part of a mark.
        let block: [u8; 17] = rest.first_chunk().copied().unwrap_or_else(|| with_zeros_behind(rest));
        let ([first @ .., _], [_, second @ ..]) = (block, block);
        let mut marks = are_marks(first.into(), second.into()).to_bitmask();
        std::iter::from_fn(move || {
            let next = (marks != 0).then(|| start + 1 + marks.trailing_zeros() as usize);
            marks &= marks.wrapping_sub(1);
            next
        })
    })
}

/// Which of 16 bytes are a mark of code with what is behind them.
#[inline(always)]
fn are_marks(first: u8x16, second: u8x16) -> u8x16 {
    let is = |bytes: u8x16, byte: u8| bytes.simd_eq(u8x16::splat(byte));
    // In a range that starts at zero, a number is the smaller one of itself and the last.
    let is_among = |bytes: u8x16, from: u8, to: u8| {
        let from_zero = bytes - u8x16::splat(from);
        from_zero.min(u8x16::splat(to - from)).simd_eq(from_zero)
    };
    let is_word = is_among(first | u8x16::splat(0x20), b'a', b'z') | is_among(first, b'0', b'9');
    let is_dash = is(first, b'-');
    let is_doubled = is(first, b':') | is_dash | is(first, b'&') | is(first, b'|');
    // `()`, `(8`
    let in_brackets = is(second, b')') | is_among(second, b'1', b'8');
    is_doubled & first.simd_eq(second)
        | is(first, b'(') & in_brackets
        | is(first, b']') & is(second, b'(')
        | is_dash & is(second, b'>')
        // `a_`; a path, not one word or the other; the point of `main.c`; and a byte that is a mark by itself.
        | is_word & is(second, b'_')
        | !is_word & is(second, b'/')
        | is(first, b'.') & is_among(second, b'a', b'z')
        | is(second, b'`')
        | is(second, b'=')
        | is(second, b'<')
}

/// False when a line has none of the marks of which every technical line has one, as most lines of prose.
fn has_mark_of_code(line: &str) -> bool {
    let bytes = line.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    matches!(first, b'/' | b'#' | b'`' | b'~' | b'$' | b'>' | b'|' | b'[' | b'%' | b'*' | b'.' | b'=' | b'<')
        || matches!(last, b';' | b'{' | b'}' | b'\\')
        || marks(bytes).next().is_some()
}

fn starts_as_code(line: &str) -> bool {
    const STARTS: [&str; 16] = [
        "// ", "///", "//!", "/* ", "/**", "*/", "#!", "#include", "```", "~~~", "$ ", ">>> ", ".. ", "## ",
        "### ", "#### ",
    ];
    let is_table = line.len() > 2 && line.starts_with('|') && line.ends_with('|');
    // A macro of a manual page, such as `.SH NAME`.
    let is_macro = line.strip_prefix('.').is_some_and(|rest| {
        let name = rest.split_whitespace().next().unwrap_or_default();
        matches!(name.len(), 1..=2) && name.starts_with(|c: char| c.is_ascii_uppercase())
    });
    let is_link = line.starts_with('[') && line.split(' ').next().is_some_and(|word| word.ends_with("]:"));
    // `%` alone parts the sayings of a fortune file.
    line == "%" || is_table || is_macro || is_link || STARTS.iter().any(|start| line.starts_with(start))
}

/// A brace or a backslash, or a semicolon behind what no word ends in: items of a list in prose end in one too.
fn ends_as_code(line: &str) -> bool {
    let Some(before) = line.strip_suffix(';') else { return line.ends_with(['{', '}', '\\']) };
    let calls = || line.as_bytes().windows(2).any(|w| w[0].is_ascii_alphanumeric() && w[1] == b'(');
    before.ends_with([']', '}', '"', '\'', '>']) || before.ends_with(')') && calls()
}

/// `name = value`
fn is_assignment(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_name =
        words.next().is_some_and(|word| word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.'));
    is_name && matches!(words.next(), Some("=" | ":=" | "+="))
}

/// Text between two backquotes.
fn has_code_span(line: &str) -> bool {
    line.split_whitespace().enumerate().any(|(index, word)| {
        let opens = word.trim_start_matches(['(', '[', '*']).strip_prefix('`');
        opens.is_some_and(|rest| {
            !rest.starts_with('`')
                && (rest.contains('`')
                    || line.split_whitespace().skip(index + 1).any(|later| later.contains('`')))
        })
    })
}

/// A word that only code, a command or a path has.
fn is_code_word(word: &str) -> bool {
    // An address, a handle or a hashtag is no code; nor is the mark of a caption that blogs leave behind.
    if word.starts_with("id=\"attachment")
        || word.contains("://")
        || word.contains('@')
        || word.starts_with('#')
        || word.starts_with("www.")
    {
        return false;
    }
    const WITHIN: [&str; 5] = ["::", "()", "](", "->", "=>"];
    const TAGS: [&str; 20] = [
        "a", "b", "body", "br", "code", "div", "em", "h1", "h2", "head", "html", "img", "li", "p", "pre",
        "script", "span", "table", "td", "ul",
    ];
    const PATHS: [&str; 8] = ["/usr/", "/etc/", "/dev/", "/var/", "/lib/", "/bin/", "/proc/", "/opt/"];
    let bare = word.trim_start_matches(['(', '[', '"', '\'', '“', '‘']);
    let bytes = word.as_bytes();
    let is_snake = bytes
        .windows(3)
        .any(|w| w[1] == b'_' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphanumeric());
    let is_tag = bare.starts_with("</")
        || bare
            .strip_prefix('<')
            .is_some_and(|rest| TAGS.contains(&rest.split(['>', '/']).next().unwrap_or_default()));
    let is_option = bare.strip_prefix("--").is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.contains(['-', '=', ','])
    });
    matches!(word, "==" | "!=" | "&&" | "||" | "::")
        || is_snake
        || is_tag
        || is_option
        || is_manual_page(word)
        || is_source_file(word)
        || PATHS.iter().any(|path| bare.starts_with(path))
        || (word.len() > 2 && WITHIN.iter().any(|mark| word.contains(mark)))
}

/// `main.c` and the like, alone, not as part of an address.
fn is_source_file(word: &str) -> bool {
    const EXTENSIONS: [&str; 13] =
        ["c", "h", "cc", "cpp", "py", "rs", "sh", "conf", "toml", "xml", "cfg", "yml", "yaml"];
    let name = word.trim_end_matches(['.', ',', ';', ':', ')']);
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        stem.len() > 1
            && stem.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/'))
            && EXTENSIONS.contains(&extension)
    })
}

/// `mount(8)`
fn is_manual_page(word: &str) -> bool {
    let Some((name, section)) = word.trim_end_matches(['.', ',', ';', ':']).split_once('(') else {
        return false;
    };
    let Some(section) = section.strip_suffix(')') else { return false };
    name.len() > 1
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && section.len() <= 4
        && section.starts_with(|c: char| matches!(c, '1'..='8'))
        && section[1..].chars().all(|c| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_code_and_manuals_are_technical() {
        for line in [
            "let x = f(y);",
            "/// Gives the first one.",
            "```sh",
            "| key | meaning |",
            "use std::io;",
            "cargo run --no-default-features",
            "See mount(8), fstab(5).",
            "Call `clean` once.",
            "Set (`all of it`) first.",
            "name = \"dechaff\"",
            "the file /etc/fstab",
            "## Usage",
            ".SH NAME",
            "a snake_case name",
            "* src/main.c: New file.",
            "if a && b {",
            "<div class=\"a\">",
        ] {
            assert!(is_technical(line), "{line}");
        }
    }

    #[test]
    fn lines_of_news_are_not() {
        for line in [
            "___",
            "“We were never asked,” she said; nobody was.",
            "who value high group solidarity;",
            "The bridge opens in May. — Mayor (@city_hall) https://example.com/a_b?c=d",
            "``We were never asked,'' she said.",
            "H.R.(1) passed, 51-49.",
            "It cost $5 -- or more -- a year.",
            "MORE: The bridge in pictures",
            "#bridge_day was everywhere",
            "2 + 2 = 4",
            "[Updated 2:21 a.m. ET]: The school is closed.",
            "the p.c. police",
            "I had to <sigh> admit it.",
            "the workers (and nobody was found);",
            "[caption id=\"attachment_142\" width=\"620\"] The old bridge",
        ] {
            assert!(!is_technical(line), "{line}");
        }
    }

    #[test]
    fn one_line_does_not_make_a_text_technical() {
        assert!(is_prose("The note read:\n\nrm --one-file-system\n\nNobody knew why."));
        assert!(!is_prose("Call f().\n\nThen call g()."));
    }
}
