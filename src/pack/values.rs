//! Values that a file of ours may have, or not.

use std::ops::Range;

use regex_syntax::hir::Hir;
use toml::Spanned;

use super::mistakes::Mistake;

/// Parses a regular expression that stands at `span` of a file.
pub(crate) fn regex(span: Range<usize>, source: &str) -> Result<Hir, Mistake> {
    let message = match regex_syntax::parse(source) {
        Ok(hir) => return Ok(hir),
        Err(regex_syntax::Error::Parse(error)) => error.kind().to_string(),
        Err(regex_syntax::Error::Translate(error)) => error.kind().to_string(),
        Err(error) => error.to_string(),
    };
    Err(Mistake {
        span,
        message: format!("not a regular expression: {message}"),
        help: "put a backslash before `( ) [ ] { } . * + ? | ^ $ \\` where the text itself has them"
            .to_owned(),
    })
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
