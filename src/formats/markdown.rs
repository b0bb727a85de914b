//! Markdown: a text whose front matter and fenced code no rule may touch.

use serde_json::{Deserializer, Map, Value};

use super::About;
use super::fields::{LANG, TITLE, URL};
use crate::document::{Cleaned, Document, Edit, Finding, NearMiss, Span};

/// More names of the URL's field.
const CANONICAL: [&str; 2] = ["canonical", "canonical_url"];

/// Cleans a Markdown text by `clean`, which sees it without its front matter. What that does not say of the text,
/// `otherwise` says. All offsets are those of the whole text.
pub fn clean<'a>(
    text: &'a str,
    otherwise: &About,
    clean: impl for<'d> FnOnce(&Document<'d>) -> Cleaned<'d>,
) -> Cleaned<'a> {
    let (front_matter, about) = front_matter(text);
    let (before, body) = text.split_at(front_matter);
    let Cleaned { text: clean_body, edits, near_misses } =
        clean(&about.document(body, otherwise).keeping(fenced_code).read_as(as_read));
    let in_text = |span: Span| Span::new(span.start() + before.len(), span.end() + before.len());
    let near_miss = |near: NearMiss| {
        let finding = Finding { span: in_text(near.finding.span), ..near.finding };
        NearMiss { finding, ..near }
    };
    Cleaned {
        text: if edits.is_empty() { text.into() } else { [before, &clean_body].concat().into() },
        edits: edits.into_iter().map(|edit| Edit { span: in_text(edit.span), ..edit }).collect(),
        near_misses: near_misses.into_iter().map(near_miss).collect(),
    }
}

/// The length of a text's front matter, 0 if it has none, and what that says of the text.
///
/// It is in YAML between `---`, in TOML between `+++`, or a JSON object. Of YAML and TOML only lines of one key and
/// one value are read.
fn front_matter(text: &str) -> (usize, About) {
    let none = (0, About::default());
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    let (ends, assigns): (&[&str], char) = match first.trim_end() {
        "---" => (&["---", "..."], ':'),
        "+++" => (&["+++"], '='),
        _ => return json(text).unwrap_or(none),
    };
    let mut members = Map::new();
    let mut at = first.len();
    // A line that is drawn above a text looks like front matter up to what follows it.
    let mut is_read = false;
    let mut is_nested = false;
    for line in text[first.len()..].split_inclusive('\n') {
        at += line.len();
        if ends.contains(&line.trim_end()) {
            return (at, about(&members));
        }
        let is_blank = line.trim_start().is_empty() || line.starts_with('#');
        match line.split_once(assigns) {
            _ if is_blank => {}
            Some((key, value)) if is_key(key) => {
                is_read = true;
                if let Some(value) = scalar(value).filter(|_| !is_nested) {
                    members.insert(key.trim().trim_matches('"').to_owned(), Value::String(value));
                }
            }
            _ if !is_read => return none,
            // In TOML, a table takes all that follows.
            _ => is_nested |= assigns == '=' && line.starts_with('['),
        }
    }
    none
}

fn is_key(key: &str) -> bool {
    let key = key.trim_end();
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'))
}

/// The string that a value spells, where that can be told from its line alone.
fn scalar(value: &str) -> Option<String> {
    let value = value.trim();
    let text = match value.chars().next()? {
        '"' => Deserializer::from_str(value).into_iter().next()?.ok()?,
        '\'' => {
            let inner = value[1..].replace("''", "\0");
            inner.split_once('\'')?.0.replace('\0', "'")
        }
        '|' | '>' | '[' | '{' | '&' | '*' | '!' | '#' => return None,
        _ => value.split(" #").next()?.trim_end().to_owned(),
    };
    Some(text).filter(|text| !matches!(text.as_str(), "" | "~" | "null"))
}

/// An object that a text starts with, and that its line ends with.
fn json(text: &str) -> Option<(usize, About)> {
    if !text.starts_with('{') {
        return None;
    }
    let mut values = Deserializer::from_str(text).into_iter::<Map<String, Value>>();
    let members = values.next()?.ok()?;
    let end = values.byte_offset();
    let line = text[end..].split_inclusive('\n').next().unwrap_or_default();
    line.trim().is_empty().then(|| (end + line.len(), about(&members)))
}

fn about(members: &Map<String, Value>) -> About {
    let known =
        |names: &[&str]| names.iter().find_map(|name| members.get(*name)?.as_str().map(str::to_owned));
    // Sites write the path alone, which tells nothing of where the text is from.
    let whole = |url: &String| url.contains("//");
    let url = known(&URL).filter(whole).or_else(|| known(&CANONICAL).filter(whole));
    About { id: None, url, title: known(&TITLE), lang: known(&LANG) }
}

/// Code between fences of backticks or tildes, the fences included; one that is not closed goes on to the end.
fn fenced_code(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let inner = line.trim();
        match open {
            None => open = opening(inner).map(|fence| (at, fence)),
            Some((start, fence)) => {
                if inner.starts_with(fence) && inner.trim_start_matches(&fence[..1]).is_empty() {
                    spans.push(Span::new(start, at + line.trim_end().len()));
                    open = None;
                }
            }
        }
        at += line.len();
    }
    spans.extend(open.map(|(start, _)| Span::new(start, text.len())));
    spans
}

/// The text as a reader sees it: without fenced code, the marks of headings, and where links lead.
fn as_read(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut at = 0;
    for code in fenced_code(text).into_iter().chain([Span::new(text.len(), text.len())]) {
        for line in text[at..code.start()].split_inclusive('\n') {
            without_marks(line, &mut read);
        }
        at = code.end();
    }
    read
}

fn without_marks(line: &str, read: &mut String) {
    let heading = line.trim_start().trim_start_matches('#');
    let mut rest = if heading.starts_with(' ') { heading } else { line };
    // Where a reference leads stands in a line of its own, `[1]: https://example.com`.
    if rest.starts_with('[') && rest.split(' ').next().is_some_and(|word| word.ends_with("]:")) {
        return;
    }
    while let Some((before, after)) = rest.split_once("](") {
        let Some((_, behind)) = after.split_once(')') else { break };
        read.push_str(before);
        read.push(']');
        rest = behind;
    }
    read.push_str(rest);
}

/// The fence that a line opens code with.
fn opening(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let rest = line.trim_start_matches(mark);
    let fence = &line[..line.len() - rest.len()];
    (fence.len() >= 3 && !(mark == '`' && rest.contains('`'))).then_some(fence)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reader_sees_neither_code_nor_addresses() {
        let text = "## A [bridge](https://example.com/a_b)\n\n```sh\nrm -r\n```\n\nSee [one][1] (two).\n\n[1]: https://example.com\n";
        assert_eq!(super::as_read(text), " A [bridge]\n\n\n\nSee [one][1] (two).\n\n");
    }

    use super::*;
    use crate::cleaner::Cleaner;
    use crate::guard::Budgets;
    use crate::pack::Pack;

    fn read(text: &str) -> (&str, About) {
        let (end, about) = front_matter(text);
        (&text[end..], about)
    }

    fn known(url: &str, title: &str, lang: &str) -> About {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        About { id: None, url: some(url), title: some(title), lang: some(lang) }
    }

    #[test]
    fn front_matter_tells_of_the_text() {
        let yaml = "---\r\n# About\r\ntitle: \"Rain \\\"again\\\"\" # so\r\ntags: [a, b]\r\nmeta:\r\n  lang: fr\r\n\
                    link: https://example.com/a#b\r\nlang: 'de'\r\n---\r\n\r\nText.";
        assert_eq!(read(yaml), ("\r\nText.", known("https://example.com/a#b", "Rain \"again\"", "de")));
        let toml = "+++\ntitle = 'Rain'\nurl = \"/a\"\ncanonical = \"https://example.com\"\n[more]\nlang = \"fr\"\n+++\nText.";
        assert_eq!(read(toml), ("Text.", known("https://example.com", "Rain", "")));
        let json =
            "{\n  \"title\": \"Rain\",\n  \"meta\": {\"lang\": \"fr\"}, \"language\": \"de\"\n}\nText.";
        assert_eq!(read(json), ("Text.", known("", "Rain", "de")));
        assert_eq!(read("---\ntitle: It's | 'so'\nlang: ~\n...\n"), ("", known("", "It's | 'so'", "")));
        assert_eq!(read("---\n---\nText."), ("Text.", About::default()));
    }

    #[test]
    fn what_only_looks_like_front_matter_is_text() {
        for text in [
            "",
            "---",
            "---\ntitle: x\n",
            "---\nADVERTISEMENT\n---\nText.",
            "---\nThe mayor said: no\n---\nText.",
            " ---\ntitle: x\n---\n",
            "{curly} text\n",
            "{\"title\": \"x\"} and more\n",
            "Text.\n---\ntitle: x\n---\n",
        ] {
            assert_eq!(read(text), (text, About::default()));
        }
    }

    #[test]
    fn code_between_fences_is_found() {
        let code = |text: &str| {
            fenced_code(text).into_iter().map(|span| text[span.range()].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            code("a\n```rust\nx\n\n```\nb\n  ~~~~\n~~~\n```\n~~~~~ \n"),
            ["```rust\nx\n\n```", "  ~~~~\n~~~\n```\n~~~~~"]
        );
        assert_eq!(code("a\n```\r\nx\r\n``` x\r\n"), ["```\r\nx\r\n``` x\r\n"]);
        assert!(code("``` a `b` ```\n``\nx\n``\n").is_empty());
    }

    #[test]
    fn rules_see_neither_front_matter_nor_code() {
        let pack = "[pack]\nid = \"p\"\ndescription = \"A pack\"\n[[rule]]\nid = \"r\"\nkind = \"ad\"\nabout = \"A line\"\n\
                    match.line = 'NOISE'\nstrip = [{ from = \"A.\\n\\nNOISE\", to = \"A.\" }]\nkeep = [\"A.\"]";
        let packs = [Pack::parse("p.toml", pack).unwrap()];
        let cleaner = Cleaner::builder().packs(packs).budgets(Budgets::UNLIMITED).build().unwrap();
        let markdown = |noise: &str| {
            format!(
                "---\ntitle: x\n\nNOISE\n\n---\n\nOne.\n\n{noise}   ```\nNOISE\n\n   ```\n\n{noise}Two.\n\n\
                 ~~~\n\nNOISE\n"
            )
        };
        let text = markdown("NOISE\n\n");
        let cleaned = clean(&text, &About::default(), |document| cleaner.explain(document));
        assert_eq!(cleaned.text(), markdown(""));
        let places: Vec<&str> = cleaned.edits().iter().map(|edit| &text[edit.span.range()]).collect();
        assert_eq!(places, ["NOISE\n\n", "NOISE\n\n"]);
        let again = clean(cleaned.text(), &About::default(), |document| cleaner.clean(document));
        assert!(again.is_unchanged() && again.text() == cleaned.text());
    }
}
