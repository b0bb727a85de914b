//! Values that a file of ours may have, or not.

use std::ops::Range;

use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::Hir;
use toml::Spanned;

use super::mistakes::Mistake;

/// Parses a regular expression that stands at `span` of a file.
pub(crate) fn regex(span: Range<usize>, source: &str) -> Result<Hir, Mistake> {
    let (message, help) = match regex_syntax::parse(source) {
        Ok(hir) => return Ok(hir),
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), help_for(error.kind())),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), ESCAPE),
        Err(error) => (error.to_string(), ESCAPE),
    };
    Err(Mistake { span, message: format!("not a regular expression: {message}"), help: help.to_owned() })
}

const ESCAPE: &str = "put a backslash before `( ) [ ] { } . * + ? | ^ $ \\` where the text itself has them";

/// What other tools have, and takes more than linear time, has something else in its place here.
fn help_for(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnsupportedLookAround => {
            "write what stands around it into the pattern; in `match.span`, the group `(?P<noise>…)` says what of it goes, \
             and `when.previous`, `when.next` and `allow` ask for the rest"
        }
        ErrorKind::UnsupportedBackreference => {
            "write out what comes twice; `match.repeat` is for text that is said again, `match.echo` for a name in full"
        }
        _ => ESCAPE,
    }
}

/// A share of a text, from 0 to 1.
pub(crate) fn share(share: &Spanned<f64>) -> Result<f64, Mistake> {
    if (0.0..=1.0).contains(share.get_ref()) {
        return Ok(*share.get_ref());
    }
    Err(Mistake {
        span: share.span(),
        message: "a budget is a share of the text".to_owned(),
        help: "write a number from 0 to 1, such as 0.3 for 30 %".to_owned(),
    })
}

/// True for the primary subtag of a language: two or three small letters.
pub(crate) fn is_language(tag: &str) -> bool {
    (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase())
}
