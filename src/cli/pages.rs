//! Pages: which there are, how their articles are made, and what is done with one that is a file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use dechaff::compress::{Compression, decoder};
use dechaff::decode::{DecodeError, decode};
use dechaff::formats::fields::{FieldPath, Holds};
use dechaff::formats::form::Form;
use dechaff::formats::pages::{ArticleForm, Extraction, PageCleaner, PageDone};
use dechaff::formats::plain::OutputEncoding;
use dechaff::html::{self, Favor};
use dechaff::report::{BytesEntry, DocumentEntry, InputForm, unified};

use super::files::Input;
use super::how::{How, Hows};
use super::job::{Destination, Job, Opened, Put, TextDone, Touched, Whole};

/// Where pages are, and what to do with them in doubt.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Pages")]
pub(super) struct PageReadArgs {
    /// The field that holds a page, whose article is the text; what is written of it goes to --output-field.
    #[arg(long, value_name = "PATH", conflicts_with = "texts")]
    pub html_field: Option<FieldPath>,
    /// What to do in doubt [default: balance].
    #[arg(long, value_enum, value_name = "WHICH")]
    favor: Option<FavorChoice>,
}

/// How articles are taken out of pages.
#[derive(Args)]
#[command(next_help_heading = "Pages")]
pub(super) struct PageArgs {
    #[command(flatten)]
    pub read: PageReadArgs,
    /// How the article is written [default: text].
    #[arg(long, value_enum, value_name = "FORM")]
    to: Option<FormChoice>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FavorChoice {
    /// Rather leave text out.
    Precision,
    /// As well as can be on both sides.
    Balance,
    /// Rather keep text.
    Recall,
}

#[derive(Clone, Copy, ValueEnum)]
enum FormChoice {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// JSON Lines: the plain text with title, date, author, site, language and URL, as far as the page says them.
    Jsonl,
}

/// What the command line says of how articles are made.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked {
    pub favor: Option<Favor>,
    pub form: Option<ArticleForm>,
}

impl Asked {
    /// True when it says nothing.
    pub fn is_nothing(self) -> bool {
        self.favor.is_none() && self.form.is_none()
    }

    /// True when articles are to be records of their own.
    pub fn makes_lines(self) -> bool {
        self.form == Some(ArticleForm::Jsonl)
    }
}

impl PageReadArgs {
    /// What they say of how articles are made.
    pub fn asked(&self) -> Asked {
        let favor = self.favor.map(|favor| match favor {
            FavorChoice::Precision => Favor::Precision,
            FavorChoice::Balance => Favor::Balance,
            FavorChoice::Recall => Favor::Recall,
        });
        Asked { favor, form: None }
    }
}

/// Where the article of a page in a record goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArticlePlace {
    /// Into a field of its record.
    Field,
    /// Into a record of its own, which is all that is written.
    Line,
}

impl PageArgs {
    /// The field that holds a page.
    pub fn field(&self) -> Option<&FieldPath> {
        self.read.html_field.as_ref()
    }

    /// Where the article of a page in a record goes.
    pub fn place(&self) -> ArticlePlace {
        match self.to {
            Some(FormChoice::Jsonl) => ArticlePlace::Line,
            _ => ArticlePlace::Field,
        }
    }

    /// What they say of how articles are made.
    pub fn asked(&self) -> Asked {
        let form = self.to.map(|to| match to {
            FormChoice::Text => ArticleForm::Text,
            FormChoice::Markdown => ArticleForm::Markdown,
            FormChoice::Jsonl => ArticleForm::Jsonl,
        });
        Asked { form, ..self.read.asked() }
    }
}

/// Gives the article of each page among `inputs` its name: `news/page.html.gz` becomes `news/page.txt.gz`.
pub(super) fn name_articles(inputs: &mut [Input], hows: &Hows, asked: Asked) {
    for (index, input) in inputs.iter_mut().enumerate() {
        let how = hows.of(index);
        let by_name = || input.called().and_then(Form::of_name).map(|form| form.described(&how.fields));
        let form = how.form.clone().or_else(by_name).or_else(|| by_content(input, how));
        let is_page = form == Some(InputForm::Html);
        if is_page || form.is_some_and(|form| becomes_lines(&form, how, asked)) {
            input.relative = article_name(&input.relative, asked.form.unwrap_or_default());
        }
    }
}

/// The form of a file that can be read again, when its name does not tell. What keeps it from being read is told later.
fn by_content(input: &Input, how: &How) -> Option<InputForm> {
    input.path.as_deref().and(input.len())?;
    let (_, bytes) = decoder(input.open().ok()?).ok()?;
    let (form, _) = Form::of_input(bytes).ok()?;
    Some(form.described(&how.fields))
}

/// True for a dump of which the articles are all that is written, as JSON Lines.
pub(super) fn becomes_lines(form: &InputForm, how: &How, asked: Asked) -> bool {
    let has_fields = !matches!(
        form,
        InputForm::Html | InputForm::Text | InputForm::Markdown | InputForm::Records { .. } | InputForm::Warc
    );
    let has_pages = *form == InputForm::Warc || has_fields && how.fields.holds == Holds::Pages;
    asked.makes_lines() && has_pages
}

fn article_name(page: &Path, form: ArticleForm) -> PathBuf {
    match page.extension().filter(|_| Compression::of_name(page).is_some()) {
        None => page.with_extension(form.extension()),
        Some(compression) => {
            let mut name = page.with_extension("").with_extension(form.extension()).into_os_string();
            name.push(".");
            name.push(compression);
            PathBuf::from(name)
        }
    }
}

impl Job {
    /// What takes the articles out of pages; none in place, where pages stay as they are.
    pub fn pages(&self, index: usize) -> Option<PageCleaner<'_>> {
        let How { cleaner, favor, .. } = self.how(index);
        let extraction = Extraction {
            favor: self.asked.favor.or(*favor).unwrap_or_default(),
            form: self.asked.form.unwrap_or_default(),
        };
        let pages = PageCleaner { cleaner, extraction, detail: self.detail };
        (!matches!(self.destination, Destination::InPlace)).then_some(pages)
    }

    /// Takes the article out of an input that is a page.
    pub fn page(&self, index: usize, mut opened: Opened) -> Result<Whole> {
        let (input, how) = (&self.inputs[index], self.how(index));
        let name = input.shown();
        let Some(pages) = self.pages(index) else {
            let reason = "it is a page, whose article is new text and does not go in its place; \
                          `dechaff clean -o` writes it elsewhere";
            match self.found_by_walking {
                true => return Ok(Whole::LeftOut(reason.to_owned())),
                false => bail!("{name} stays as it is: {reason}"),
            }
        };
        let is_written = matches!(self.destination, Destination::Stdout(_) | Destination::Files(_));
        if is_written && self.output_encoding == OutputEncoding::Keep && !self.found_by_walking {
            bail!("the article of {name} is new text, in UTF-8; leave out --output-encoding");
        }
        let mut bytes = Vec::new();
        opened.bytes.read_to_end(&mut bytes).map_err(|error| self.unreadable(error, input))?;
        let page = match decode(&bytes, how.encoding) {
            Ok(decoded) => decoded.into_text(),
            // A page with a few bytes that no text has is read all the same.
            Err(DecodeError::Binary { .. }) if Form::of_head(&bytes) == Form::Html => {
                html::decode(&bytes, None)
            }
            Err(error) => return self.undecoded(error, input),
        };
        let PageDone { article, summary, entry, texts } = pages.clean(&page, &how.about);
        let written = article.map(|article| article.written(pages.extraction.form, None));
        let target = self.target(index, Touched::Yes).filter(|_| written.is_some());
        let mut entry = entry.map(|entry| DocumentEntry {
            path: Some(input.name()),
            output: target.map(|target| target.display().to_string()),
            before: BytesEntry::of(&bytes),
            after: BytesEntry::of(written.as_deref().unwrap_or_default().as_bytes()),
            ..entry
        });
        if let Some(entry) = &mut entry {
            entry.find_lines(&page);
        }
        let note = written.is_none().then(|| format!("no article found in {name}"));
        let put = match (&self.destination, written, texts) {
            (Destination::Diff, _, Some([before, after])) => {
                Put::Diff(unified::diff(&input.name(), &before, &after))
            }
            (Destination::Stdout(_), Some(written), _) => Put::Stdout(written.into_bytes()),
            (Destination::Files(_), Some(written), _) => self
                .file(index, written.as_bytes(), opened.compression, &opened.form, Touched::Yes)
                .with_context(|| format!("cannot write the article of {name}"))?
                .map_or(Put::Nothing, Put::File),
            _ => Put::Nothing,
        };
        Ok(Whole::Text(Box::new(TextDone { summary, entry, note, put, broken_off: None })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_has_the_name_of_its_page() {
        for (page, form, article) in [
            ("page.html", ArticleForm::Text, "page.txt"),
            ("news/2024.05/page.htm.gz", ArticleForm::Markdown, "news/2024.05/page.md.gz"),
            ("page", ArticleForm::Jsonl, "page.jsonl"),
        ] {
            assert_eq!(article_name(Path::new(page), form), Path::new(article));
        }
    }
}
