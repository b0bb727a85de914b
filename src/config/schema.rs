//! The form of a configuration. The JSON Schema for editors is made from these types and their comments, so
//! the comments speak to whoever writes one.

use serde::de::{Deserialize, Deserializer};
use toml::Spanned;

use crate::html::Favor;
#[cfg(test)]
use crate::pack::text_or::OneOrMany;
use crate::pack::text_or::{TextOr, Texts};

/// The configuration of dechaff: how files are cleaned, and which.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Table {
    /// Use only these rules: rule ids, kinds or pack ids; without it, every rule of a core kind.
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub select: Option<Vec<Spanned<String>>>,
    /// Use these rules besides, such as the kind `caption`.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub extend_select: Vec<Spanned<String>>,
    /// Do not use these rules.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub ignore: Vec<Spanned<String>>,
    /// Packs of rules besides the built-in ones: files and folders, relative to this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub packs: Vec<Spanned<String>>,
    /// Whether the built-in packs are used. Default true.
    pub default_packs: Option<bool>,
    /// The share of a text that may be removed, from 0 to 1; past it, the text stays as it is. Default 0.8. Above that it
    /// holds for each rule and pack, too.
    #[cfg_attr(test, schemars(with = "Option<f64>", range(min = 0, max = 1)))]
    pub budget: Option<Spanned<f64>>,
    /// Text that stays: regular expressions, or `{ text = "…" }` for a text as it is. Nothing is removed that overlaps
    /// it.
    #[cfg_attr(test, schemars(with = "Vec<AllowDef>"))]
    pub allow: Vec<Spanned<AllowDef>>,
    /// The form of the files, as `--format` takes it, such as `jsonl`; without it, told by their names, else by their
    /// first bytes.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub format: Option<Spanned<String>>,
    /// The field of a record that holds the text, such as `article.body`, or several. Default `text`.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub field: Option<Spanned<Texts>>,
    /// The field of a record that holds a page, whose article is the text; in the place of `field`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub html_field: Option<Spanned<String>>,
    /// The field that the clean text is written to, so that the text stays as it is; that of a page needs one.
    pub output_field: Option<String>,
    /// What to do in doubt whether something of a page is its article. Default `balance`.
    pub favor: Option<Favor>,
    /// The field of the URL.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub url_field: Option<Spanned<String>>,
    /// The field of the headline.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub title_field: Option<Spanned<String>>,
    /// The field of the id.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub id_field: Option<Spanned<String>>,
    /// The field of the language tag.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub lang_field: Option<Spanned<String>>,
    /// What parts the fields of a table: a character, or `tab`; without it, found out from the first row.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub delimiter: Option<Spanned<String>>,
    /// Whether the first row of a table names its columns. Default true.
    pub header: Option<bool>,
    /// Where texts are from that do not say it; rules for one site need it.
    pub url: Option<String>,
    /// The language of texts that do not say it, such as `en` or `pt-BR`.
    pub lang: Option<String>,
    /// The encoding of the files, such as `windows-1252`, instead of finding it out.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub encoding: Option<Spanned<String>>,
    /// Files and folders that are left alone: patterns as in `.gitignore`. Not in `[[overrides]]`.
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub exclude: Option<Spanned<Vec<Spanned<String>>>>,
    /// Leave alone what is excluded also when it is named on the command line. Not in `[[overrides]]`.
    #[cfg_attr(test, schemars(with = "Option<bool>"))]
    pub force_exclude: Option<Spanned<bool>>,
    /// What is otherwise for some files. Where several apply, the last one decides.
    #[cfg_attr(test, schemars(with = "Vec<Table>"))]
    pub overrides: Vec<Spanned<Table>>,
    /// In `[[overrides]]`: the files, by patterns as in `.gitignore`.
    #[cfg_attr(test, schemars(with = "Option<OneOrMany>"))]
    pub files: Option<Spanned<Texts>>,
}

/// Text that stays.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(super) enum AllowDef {
    /// What a regular expression matches.
    Pattern(String),
    /// A text as it is.
    Text(AllowedText),
}

/// A text as it is.
#[derive(Debug, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct AllowedText {
    pub text: String,
}

impl<'de> Deserialize<'de> for AllowDef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOr::new(
            "a regular expression, or a table with `text`",
            AllowDef::Pattern,
            AllowDef::Text,
        ))
    }
}

/// What dechaff reads of a `pyproject.toml`.
#[derive(Debug, serde::Deserialize)]
pub(super) struct PyProject {
    pub tool: Option<Tools>,
}

/// Its settings for tools.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Tools {
    pub dechaff: Option<Table>,
}
