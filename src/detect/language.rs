//! The language of a document: as it is said, else as it reads.

use std::cell::OnceCell;

use whatlang::Lang;

use crate::document::Document;

/// How much of a text is read to tell its language, in bytes.
const SAMPLE: usize = 1024;

/// Tells a document's language when a rule first asks for it.
#[derive(Default)]
pub(super) struct Language {
    guess: OnceCell<Option<&'static str>>,
}

impl Language {
    /// The document's language.
    pub fn of<'d>(&self, document: &'d Document<'_>) -> Option<&'d str> {
        document.lang().or_else(|| *self.guess.get_or_init(|| guess(document.text())))
    }

    /// True when the document is in the language of this primary subtag.
    pub fn is(&self, wanted: &str, document: &Document<'_>) -> bool {
        self.of(document) == Some(wanted)
    }
}

fn guess(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    let info = whatlang::detect(sample).filter(whatlang::Info::is_reliable)?;
    subtag(info.lang())
}

/// The subtags of the languages that built-in packs are for.
fn subtag(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Ara => "ar",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Tur => "tr",
        Lang::Hin => "hi",
        Lang::Ind => "id",
        Lang::Vie => "vi",
        Lang::Ell => "el",
        Lang::Pes => "fa",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_counts_before_what_is_read() {
        let german = "Der Bürgermeister sagte am Montag, die Brücke werde noch in diesem Jahr wieder geöffnet, \
                      wenn der Rat der Stadt zustimmt.";
        assert!(Language::default().is("de", &Document::new(german)));
        assert!(!Language::default().is("en", &Document::new(german)));
        assert!(Language::default().is("en", &Document::new(german).with_lang("en-GB")));
    }
}
