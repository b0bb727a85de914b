//! Text to a configuration; everything that can be wrong with one is found here.

use std::fmt::Display;
use std::str::FromStr;

use encoding_rs::Encoding;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::Spanned;

use super::schema::{AllowDef, PyProject, Table};
use super::{Config, PackPath, Section, line_of};
use crate::allow::Allowed;
use crate::formats::csv::FirstRow;
use crate::formats::fields::{FieldPath, Holds};
use crate::formats::form::Form;
use crate::pack::mistakes::{Mistake, Mistakes};
use crate::pack::text_or::Texts;
use crate::pack::values;
use crate::selection::Selection;
use crate::suggest::{did_you_mean, nearest};

/// Reads and checks a `dechaff.toml`.
pub(super) fn config(file: &str, source: &str) -> Result<Config, Mistakes> {
    let table = toml::from_str(source).map_err(|error| Mistakes::from_toml(file, source, &error))?;
    Compiler { file, source, mistakes: Vec::new() }.config(&table, &[])
}

/// Reads and checks what a `pyproject.toml` has for us.
pub(super) fn pyproject(file: &str, source: &str) -> Result<Option<Config>, Mistakes> {
    // Most have nothing, and what else is in them is for others to judge.
    if !source.contains("dechaff") {
        return Ok(None);
    }
    let project: PyProject =
        toml::from_str(source).map_err(|error| Mistakes::from_toml(file, source, &error))?;
    let Some(table) = project.tool.and_then(|tools| tools.dechaff) else { return Ok(None) };
    Compiler { file, source, mistakes: Vec::new() }.config(&table, &["tool", "dechaff"]).map(Some)
}

/// Collects mistakes, so that all of them are seen at once.
struct Compiler<'s> {
    file: &'s str,
    source: &'s str,
    mistakes: Vec<Mistake>,
}

impl Compiler<'_> {
    fn config(mut self, table: &Table, at: &'static [&'static str]) -> Result<Config, Mistakes> {
        if let Some(files) = &table.files {
            self.mistake(
                files,
                "`files` is for `[[overrides]]`",
                "write it under `[[overrides]]`, with what is otherwise for these files",
            );
        }
        let mut sections = vec![self.section(table)];
        for overrides in &table.overrides {
            let table = overrides.get_ref();
            if table.files.is_none() {
                self.mistake(
                    overrides,
                    "no files are named",
                    "add `files = […]` with patterns of their names",
                );
            }
            if let Some(exclude) = &table.exclude {
                self.not_in_overrides(exclude, "exclude");
            }
            if let Some(force) = &table.force_exclude {
                self.not_in_overrides(force, "force-exclude");
            }
            if let Some(inner) = table.overrides.first() {
                self.not_in_overrides(inner, "overrides");
            }
            sections.push(self.section(table));
        }
        let exclude = table.exclude.as_ref().map_or(&[][..], |exclude| exclude.get_ref());
        let exclude = self.globs(exclude);
        if !self.mistakes.is_empty() {
            self.mistakes.sort_by_key(|mistake| mistake.span.start);
            return Err(Mistakes::new(self.file, self.source, self.mistakes));
        }
        Ok(Config {
            file: self.file.to_owned(),
            source: self.source.to_owned(),
            at,
            sections,
            exclude,
            force_exclude: table.force_exclude.as_ref().is_some_and(|force| *force.get_ref()),
        })
    }

    fn section(&mut self, table: &Table) -> Section {
        let plain = |names: &[Spanned<String>]| -> Vec<String> {
            names.iter().map(|name| name.get_ref().clone()).collect()
        };
        let base =
            table.select.as_deref().map_or_else(Selection::default, |names| Selection::only(plain(names)));
        let Table { extend_select, ignore, .. } = table;
        let selection = match (extend_select.is_empty(), ignore.is_empty()) {
            (true, true) => base,
            _ => base.extend(plain(extend_select)).ignore(plain(ignore)),
        };
        let names = table.select.iter().flatten().chain(extend_select).chain(ignore);
        let pack = |path: &Spanned<String>| PackPath {
            path: path.get_ref().clone(),
            origin: self.origin(path.span().start),
        };
        Section {
            selection,
            names: names.map(|name| (name.get_ref().clone(), name.span())).collect(),
            packs: table.packs.iter().map(pack).collect(),
            default_packs: table.default_packs,
            files: table.files.as_ref().map_or_else(Gitignore::empty, |files| {
                let spanned = files.get_ref().0.iter().map(|file| Spanned::new(files.span(), file.clone()));
                self.globs(&spanned.collect::<Vec<_>>())
            }),
            budget: table
                .budget
                .as_ref()
                .and_then(|budget| values::share(budget).map_err(|mistake| self.mistakes.push(mistake)).ok()),
            allowed: table.allow.iter().filter_map(|allow| self.allowed(allow)).collect(),
            format: table.format.as_ref().and_then(|format| self.form(format)),
            texts: self.texts(table),
            output_field: table.output_field.clone(),
            favor: table.favor,
            url_field: self.parsed(table.url_field.as_ref()),
            title_field: self.parsed(table.title_field.as_ref()),
            id_field: self.parsed(table.id_field.as_ref()),
            lang_field: self.parsed(table.lang_field.as_ref()),
            delimiter: self.parsed(table.delimiter.as_ref()),
            first_row: table.header.map(|header| if header { FirstRow::Names } else { FirstRow::Record }),
            url: table.url.clone(),
            lang: table.lang.clone(),
            encoding: table.encoding.as_ref().and_then(|name| self.encoding(name)),
        }
    }

    /// Which fields hold texts, or a page.
    fn texts(&mut self, table: &Table) -> Option<(Holds, Vec<FieldPath>)> {
        if let (Some(_), Some(page)) = (&table.field, &table.html_field) {
            self.mistake(
                page,
                "`field` and `html-field` both say where texts are",
                "keep one: `html-field` for pages, whose articles are the texts",
            );
        }
        match &table.html_field {
            Some(page) => Some((Holds::Pages, vec![self.parsed(Some(page))?])),
            None => table.field.as_ref().map(|fields| (Holds::Texts, self.all_parsed(fields))),
        }
    }

    fn mistake<T>(&mut self, place: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Mistake { span: place.span(), message: message.into(), help: help.into() });
    }

    fn not_in_overrides<T>(&mut self, place: &Spanned<T>, key: &str) {
        self.mistake(
            place,
            format!("`{key}` is for the whole configuration, not for some files"),
            "write it at the top, above all `[[overrides]]`",
        );
    }

    fn origin(&self, at: usize) -> String {
        format!("{}:{}", self.file, line_of(self.source, at))
    }

    /// What patterns match, the last one that does deciding. Paths are relative.
    fn globs(&mut self, patterns: &[Spanned<String>]) -> Gitignore {
        let mut builder = GitignoreBuilder::new(".");
        // Git takes `[` for itself where it is never closed; who writes it here forgot the rest.
        builder.allow_unclosed_class(false);
        for pattern in patterns {
            if let Err(error) = builder.add_line(None, pattern.get_ref()) {
                self.mistake(
                    pattern,
                    format!("not a pattern of names: {error}"),
                    "write it as in `.gitignore`, such as `*.md`, `raw/` or `corpus/**/draft-*`",
                );
            }
        }
        builder.build().unwrap_or_else(|error| {
            if let Some(pattern) = patterns.first() {
                self.mistake(
                    pattern,
                    format!("these patterns cannot be used: {error}"),
                    "use fewer or shorter ones",
                );
            }
            Gitignore::empty()
        })
    }

    fn allowed(&mut self, allow: &Spanned<AllowDef>) -> Option<Allowed> {
        let origin = self.origin(allow.span().start);
        let allowed = match allow.get_ref() {
            AllowDef::Pattern(pattern) => {
                values::regex(allow.span(), pattern).map_err(|mistake| self.mistakes.push(mistake)).ok()?;
                Allowed::pattern(pattern, &origin)
            }
            AllowDef::Text(text) => Allowed::text(&text.text, &origin),
        };
        allowed.map_err(|error| self.mistake(allow, error.to_string(), "use smaller repetitions")).ok()
    }

    fn form(&mut self, name: &Spanned<String>) -> Option<Form> {
        let form = name.get_ref().parse();
        form.map_err(|error: <Form as FromStr>::Err| {
            let help = match nearest(name.get_ref(), Form::names()) {
                Some(near) => did_you_mean(near),
                None => format!("write one of {}", Form::names().collect::<Vec<_>>().join(", ")),
            };
            self.mistake(name, error.to_string(), help);
        })
        .ok()
    }

    fn encoding(&mut self, name: &Spanned<String>) -> Option<&'static Encoding> {
        let encoding = Encoding::for_label(name.get_ref().trim().as_bytes());
        if encoding.is_none() {
            self.mistake(
                name,
                format!("`{}` is no encoding of the web", name.get_ref()),
                "write it like utf-8, windows-1252, shift_jis",
            );
        }
        encoding
    }

    /// A value that says itself what is wrong with it.
    fn parsed<T: FromStr<Err: Display>>(&mut self, text: Option<&Spanned<String>>) -> Option<T> {
        let text = text?;
        text.get_ref().parse().map_err(|error: T::Err| self.mistake(text, error.to_string(), "")).ok()
    }

    fn all_parsed<T: FromStr<Err: Display>>(&mut self, texts: &Spanned<Texts>) -> Vec<T> {
        let spanned = texts.get_ref().0.iter().map(|text| Spanned::new(texts.span(), text.clone()));
        spanned.filter_map(|text| self.parsed(Some(&text))).collect()
    }
}
