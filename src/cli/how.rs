//! How each input is cleaned: by what its configuration says, and by what the command line says instead.

use std::sync::Arc;

use anyhow::Result;
use dechaff::Cleaner;
use dechaff::config::Settings;
use dechaff::formats::About;
use dechaff::formats::fields::Fields;
use dechaff::formats::form::Form;
use dechaff::html::Favor;
use dechaff::report::{Header, InputForm};
use dechaff::trace::Watch;
use encoding_rs::Encoding;

use super::args::{AboutArgs, EncodingArgs};
use super::discovery::Configs;
use super::files::Input;
use super::packs::{PackArgs, PackStore};

/// How an input is cleaned.
pub(super) struct How {
    pub cleaner: Cleaner,
    /// Its form, when that was said.
    pub form: Option<InputForm>,
    pub fields: Fields,
    /// What is known of what does not say it.
    pub about: About,
    pub encoding: Option<&'static Encoding>,
    /// What a configuration says of doubt about pages.
    pub favor: Option<Favor>,
}

/// What the command line says, which comes before configurations.
pub(super) struct Given<'a> {
    packs: &'a PackArgs,
    form: Option<Form>,
    fields: &'a dyn Fn(Fields) -> Result<Fields>,
    about: &'a AboutArgs,
    encodings: &'a EncodingArgs,
}

/// How the inputs of a run are cleaned. Those with the same settings have one cleaner.
#[derive(Default)]
pub(super) struct Hows {
    all: Vec<How>,
    /// Which of them each input has.
    of: Vec<usize>,
}

impl Hows {
    /// Builds each cleaner that `inputs` need. The header is that of a report of the run, which names `options`.
    ///
    /// # Errors
    /// When a configuration or a pack cannot be used.
    pub fn new(
        given: &Given<'_>,
        inputs: &[Input],
        configs: &Configs,
        options: Vec<String>,
    ) -> Result<(Self, Header)> {
        let mut distinct: Vec<Settings> = Vec::new();
        let mut hows = Self::default();
        let mut header = Header::new(options);
        let mut store = PackStore::default();
        for input in inputs {
            let settings = match input.called() {
                Some(path) => configs.settings(path)?,
                None => configs.settings_here()?,
            };
            let known = distinct.iter().rposition(|known| *known == settings);
            let index = match known {
                Some(index) => index,
                None => {
                    let how = given.how(&settings, &mut store, &mut header)?;
                    hows.all.push(how);
                    distinct.push(settings);
                    distinct.len() - 1
                }
            };
            hows.of.push(index);
        }
        Ok((hows, header))
    }

    /// How this input is cleaned.
    pub fn of(&self, index: usize) -> &How {
        &self.all[self.of[index]]
    }

    /// All that there are, each once.
    pub fn all(&self) -> &[How] {
        &self.all
    }

    /// Those of the inputs that `keep` keeps of a list with one for each input.
    pub fn left(self, keep: impl FnOnce(Vec<usize>) -> Vec<usize>) -> Self {
        Self { of: keep(self.of), ..self }
    }

    /// Shows to `watch` all that is cleaned.
    pub fn watched_by(self, watch: &Arc<dyn Watch>) -> Self {
        let watched = |how: How| How { cleaner: how.cleaner.watched_by(Arc::clone(watch)), ..how };
        Self { all: self.all.into_iter().map(watched).collect(), ..self }
    }

    /// Says of which form all of them are.
    pub fn set_form(&mut self, form: InputForm) {
        self.all.iter_mut().for_each(|how| how.form = Some(form.clone()));
    }
}

impl<'a> Given<'a> {
    /// `fields` makes the fields that are named of those of a configuration.
    pub fn new(
        packs: &'a PackArgs,
        form: Option<Form>,
        fields: &'a dyn Fn(Fields) -> Result<Fields>,
        about: &'a AboutArgs,
        encodings: &'a EncodingArgs,
    ) -> Self {
        Self { packs, form, fields, about, encodings }
    }

    fn how(&self, settings: &Settings, store: &mut PackStore, header: &mut Header) -> Result<How> {
        let (cleaner, packs) = self.packs.cleaner(settings, store)?;
        header.add(&cleaner, &packs, settings.config().map(|config| &**config));
        let fields = (self.fields)(settings.fields())?;
        let form = self.form.or_else(|| settings.format());
        Ok(How {
            cleaner,
            form: form.map(|form| form.described(&fields)),
            fields,
            about: self.about.about().or(&settings.about()),
            encoding: self.encodings.input().or_else(|| settings.encoding()),
            favor: settings.favor(),
        })
    }
}
