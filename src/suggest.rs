//! Names in messages: what a misspelt one was most likely meant to be, and which there are to choose from.

use std::borrow::Cow;

/// How many names a message lists.
const LISTED: usize = 12;

/// The name among `names` that `wanted` was most likely meant to be.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&wanted, &name.to_lowercase());
    let near = names.into_iter().map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > 0.75);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

/// Asks whether the nearest name was meant.
pub fn did_you_mean(nearest: &str) -> String {
    format!("did you mean `{}`?", on_one_line(nearest))
}

/// A name from a file as a message shows it: on one line.
fn on_one_line(name: &str) -> Cow<'_, str> {
    match name.contains(char::is_control) {
        false => Cow::Borrowed(name),
        true => name
            .chars()
            .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.into() })
            .collect(),
    }
}

/// The first names, for a message.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().take(LISTED).map(on_one_line).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_told_when_it_is_near() {
        assert_eq!(nearest("txet", ["id", "text", "title"]), Some("text"));
        assert_eq!(nearest("zzz", ["id", "text"]), None);
        assert_eq!(nearest("Text", ["id", "text"]), Some("text"));
    }

    #[test]
    fn names_stay_on_the_line_of_their_message() {
        assert_eq!(listed(["id", "a\nb", "größe\u{1b}"]), r"id, a\nb, größe\u{1b}");
        assert_eq!(listed(std::iter::repeat_n("x", 99)).matches('x').count(), LISTED);
    }
}
