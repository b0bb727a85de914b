//! `match.label`: a line that announces others, and the lines under it.

use super::{Match, Scene};
use crate::document::Span;
use crate::dress::bare;
use crate::form::BoundForms;
use crate::rule::Label;
use crate::segment::is_ideograph;
use crate::words::Languages;

/// A headline is not longer than this, in characters.
const HEADLINE_CHARS: usize = 150;

/// A headline in a script without spaces between words has at least so many characters of it.
const HEADLINE_IDEOGRAPHS: usize = 5;

/// The label at `segment` with the segments under it, when enough of them look as they should.
pub(super) fn matches(
    scene: Scene<'_>,
    segment: usize,
    rule: &Label,
    forms: Option<&BoundForms>,
    pattern: usize,
    languages: Languages,
) -> Option<Match> {
    let label = scene.segments.text(segment);
    // The item of a list announces none of the others.
    if forms.is_some() && label.starts_with(['-', '–', '*', '•', '·']) {
        return None;
    }
    let announces = |text: &str| match forms {
        Some(forms) => forms.of(scene.words(), languages, text).map(|found| found.languages),
        None => rule.label[pattern].is_match(text).then_some(Languages::ALL),
    };
    let languages = announces(label).or_else(|| announces(bare(label)))?;
    if is_entry(scene, rule, languages, bare(label)) {
        return None;
    }
    let under = |index: &usize| {
        let text = scene.segments.text(*index);
        rule.each.as_ref().map_or_else(|| looks_like_headline(text), |each| each.is_match(text))
    };
    let mut lines = (segment + 1..scene.segments.len()).take(rule.max_lines).take_while(under).count();
    // A question before a paragraph may be the heading of that.
    let may_be_heading = |lines: usize| {
        let has_more = segment + lines + 1 < scene.segments.len();
        rule.form.is_some() && has_more && scene.segments.text(segment + lines).ends_with('?')
    };
    while lines > 0 && may_be_heading(lines) {
        lines -= 1;
    }
    if lines < rule.min_lines {
        return None;
    }
    let last = segment + lines;
    Some(Match {
        span: Span::new(scene.segments.span(segment).start(), scene.segments.span(last).end()),
        segments: (segment, last),
        evidence: format!("the label “{label}” with {lines} of the lines under it"),
        doubles: Vec::new(),
        is_piece: false,
        languages: None,
    })
}

/// True for a line that stands as a headline does: short, starting with a capital, a digit or a quotation
/// mark, several words, and no stop at the end. Prose ends in a stop.
fn looks_like_headline(line: &str) -> bool {
    let line = bare(line);
    let is_wide = line.chars().filter(|&c| is_ideograph(c)).count() >= HEADLINE_IDEOGRAPHS;
    let starts =
        line.chars().find(|c| !is_quote(*c)).is_some_and(|c| !c.is_lowercase() && c.is_alphanumeric());
    let last = line.chars().rev().find(|c| !is_quote(*c));
    starts
        && line.chars().count() <= HEADLINE_CHARS
        && !holds_sentences(line)
        && (is_wide || line.split_whitespace().nth(2).is_some())
        && !last
            .is_some_and(|c| matches!(c, '.' | ',' | ';' | ':' | '…' | '。' | '।' | '۔' | '؛' | '-' | '—'))
}

/// True for a line that is nothing but an entry of the list that the rule excludes.
fn is_entry(scene: Scene<'_>, rule: &Label, languages: Languages, line: &str) -> bool {
    let Some(list) = rule.unless.as_ref().and_then(|name| scene.words().list(name)) else { return false };
    let mut is_one = false;
    scene.words().of_list_at(list, languages, line, 0, |_, end, _| is_one |= end == line.len());
    is_one
}

/// True where a sentence ends within a text and another begins.
fn holds_sentences(text: &str) -> bool {
    text.match_indices(". ").any(|(stop, _)| {
        let before = text[..stop].chars().rev().take_while(|c| c.is_lowercase()).count();
        before >= 3 && text[stop + 2..].starts_with(char::is_uppercase)
    })
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '«' | '»' | '„' | '¿' | '¡')
}

#[cfg(test)]
mod tests {
    use super::looks_like_headline;

    #[test]
    fn headlines_end_without_a_stop() {
        assert!(looks_like_headline("Senate votes to open the bridge to traffic"));
        assert!(looks_like_headline("‘We were lucky’: what the mayor said"));
        assert!(!looks_like_headline("The Senate voted on Monday to open the bridge."));
        assert!(!looks_like_headline("“We were lucky.”"));
        assert!(!looks_like_headline("and to traffic from the north"));
        assert!(!looks_like_headline("Mayor Smith"));
    }
}
