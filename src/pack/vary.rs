//! Examples in the layouts in which pages and extractors leave noise: what must be found there, and what must stay.

use super::Example;

/// The sentences between which noise is put: ordinary ones of a language, with a stop.
const SENTENCES: &[(&str, [&str; 2])] = &[
    (
        "en",
        ["The council met on Monday to talk about the bridge.", "It will vote before the end of the month."],
    ),
    ("de", ["Der Rat traf sich am Montag wegen der Brücke.", "Er stimmt noch in diesem Monat ab."]),
    ("fr", ["Le conseil s'est réuni lundi au sujet du pont.", "Il votera avant la fin du mois."]),
    ("es", ["El consejo se reunió el lunes por el puente.", "El voto se espera antes de fin de mes."]),
    ("it", ["Il consiglio si è riunito lunedì per il ponte.", "Il voto è atteso entro la fine del mese."]),
    (
        "pt",
        [
            "O conselho reuniu-se na segunda-feira por causa da ponte.",
            "A votação está prevista até ao fim do mês.",
        ],
    ),
    ("nl", ["De raad kwam maandag bijeen over de brug.", "De stemming is nog deze maand."]),
    ("sv", ["Rådet möttes i måndags om bron.", "Det röstar före månadens slut."]),
    ("da", ["Rådet mødtes mandag om broen.", "Det stemmer inden månedens udgang."]),
    ("no", ["Rådet møttes mandag om broen.", "Det stemmer før månedens slutt."]),
    ("fi", ["Neuvosto kokoontui maanantaina sillan vuoksi.", "Se äänestää ennen kuun loppua."]),
    ("pl", ["Rada zebrała się w poniedziałek w sprawie mostu.", "W tym miesiącu zagłosuje."]),
    ("cs", ["Rada se sešla v pondělí kvůli mostu.", "Do konce měsíce bude hlasovat."]),
    ("hu", ["A tanács hétfőn ülésezett a hídról.", "A szavazás a hónap végéig várható."]),
    ("ro", ["Consiliul s-a întrunit luni pentru pod.", "În această lună va vota."]),
    ("tr", ["Meclis pazartesi günü köprü için toplandı.", "Bu ay sonuna kadar oylama yapılacak."]),
    ("id", ["Dewan bertemu pada hari Senin soal jembatan.", "Pemungutan suara akan digelar bulan ini."]),
    ("vi", ["Hội đồng họp hôm thứ hai về cây cầu.", "Trong tháng này hội đồng sẽ bỏ phiếu."]),
    ("ru", ["Совет собрался в понедельник из-за моста.", "Он проголосует до конца месяца."]),
    ("uk", ["Рада зібралася в понеділок через міст.", "Вона проголосує до кінця місяця."]),
    (
        "el",
        ["Το συμβούλιο συνεδρίασε τη Δευτέρα για τη γέφυρα.", "Η ψηφοφορία αναμένεται ως το τέλος του μήνα."],
    ),
    ("zh", ["市议会周一开会讨论了大桥的问题。", "这个月底以前将进行表决。"]),
    ("ja", ["市議会は月曜日に橋について話し合った。", "月末までに採決が行われる。"]),
    ("ko", ["의회는 월요일에 다리 문제를 논의했다.", "이달 말까지 표결할 예정이다."]),
    ("ar", ["اجتمع المجلس يوم الاثنين لبحث الجسر.", "سيجري التصويت قبل نهاية الشهر."]),
    ("fa", ["شورا روز دوشنبه درباره پل جلسه داشت.", "رای‌گیری تا پایان ماه انجام می‌شود."]),
    ("hi", ["परिषद की बैठक सोमवार को पुल पर हुई।", "मतदान महीने के अंत से पहले होगा।"]),
];

/// A layout: noise among the sentences around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    /// A line of its own between paragraphs.
    Alone,
    /// A line of its own, with single line breaks around it.
    SingleBreaks,
    /// Behind a sentence, at the end of its line.
    Behind,
    /// Before a sentence, at the start of its line.
    Before,
    /// Between two sentences of one line.
    Between,
    /// In a text that lost its line breaks.
    Flat,
    /// Behind a bullet.
    Bullet,
    /// Behind an emoji.
    Emoji,
    /// Before an arrow.
    Arrow,
    /// Strong, in Markdown.
    Strong,
    /// A link, in Markdown.
    Link,
    /// With no-break spaces.
    NoBreak,
    /// With zero-width characters around it.
    ZeroWidth,
    /// With entities for spaces and marks.
    Entities,
    /// In capitals.
    Capitals,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Layout; 15] = [
        Layout::Alone,
        Layout::SingleBreaks,
        Layout::Behind,
        Layout::Before,
        Layout::Between,
        Layout::Flat,
        Layout::Bullet,
        Layout::Emoji,
        Layout::Arrow,
        Layout::Strong,
        Layout::Link,
        Layout::NoBreak,
        Layout::ZeroWidth,
        Layout::Entities,
        Layout::Capitals,
    ];

    /// The name that the command prints.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Alone => "alone",
            Layout::SingleBreaks => "single breaks",
            Layout::Behind => "behind",
            Layout::Before => "before",
            Layout::Between => "between",
            Layout::Flat => "flat",
            Layout::Bullet => "bullet",
            Layout::Emoji => "emoji",
            Layout::Arrow => "arrow",
            Layout::Strong => "strong",
            Layout::Link => "link",
            Layout::NoBreak => "no-break",
            Layout::ZeroWidth => "zero width",
            Layout::Entities => "entities",
            Layout::Capitals => "capitals",
        }
    }

    /// True when the noise shares its line with sentences.
    pub fn is_inside(self) -> bool {
        matches!(self, Layout::Behind | Layout::Before | Layout::Between | Layout::Flat)
    }

    /// The text with the noise in it, and the text that must be left; none where the noise does not have the layout, as
    /// scripts without capitals.
    fn of(self, noise: &str, [first, second]: [&str; 2]) -> Option<(String, String)> {
        let rest = format!("{first}\n\n{second}\n");
        let alone = |dressed: String| (format!("{first}\n\n{dressed}\n\n{second}\n"), rest.clone());
        let one = format!("{first} {second}");
        let inside = |text: String, left: String| {
            (format!("{second}\n\n{text}\n\n{first}\n"), format!("{second}\n\n{left}\n\n{first}\n"))
        };
        Some(match self {
            Layout::Alone => alone(noise.to_owned()),
            Layout::SingleBreaks => (format!("{first}\n{noise}\n{second}\n"), format!("{first}\n{second}\n")),
            Layout::Behind => inside(format!("{first} {noise}"), first.to_owned()),
            Layout::Before => inside(format!("{noise} {second}"), second.to_owned()),
            Layout::Between => inside(format!("{first} {noise} {second}"), one),
            Layout::Flat => {
                let filler = [first, second].join(" ");
                let times = 1100 / filler.len() + 1;
                let long = vec![filler.as_str(); times].join(" ");
                (format!("{long} {noise} {second}"), format!("{long} {second}"))
            }
            Layout::Bullet => alone(format!("• {noise}")),
            Layout::Emoji => alone(format!("👉 {noise}")),
            Layout::Arrow => alone(format!("{noise} →")),
            Layout::Strong => alone(format!("**{noise}**")),
            Layout::Link if !noise.contains(['[', ']', '(', ')']) => {
                alone(format!("[{noise}](https://example.com/a)"))
            }
            Layout::NoBreak if noise.contains(' ') => alone(noise.replace(' ', "\u{a0}")),
            Layout::ZeroWidth => alone(format!("\u{200b}{noise}\u{feff}")),
            Layout::Entities => {
                alone(format!("&nbsp;{}&nbsp;", noise.replace('’', "&rsquo;").replace('»', "&raquo;")))
            }
            Layout::Capitals if noise.to_uppercase() != noise => alone(noise.to_uppercase()),
            Layout::Link | Layout::NoBreak | Layout::Capitals => return None,
        })
    }
}

/// What came of an example in a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varied {
    /// The noise went, and nothing else.
    Found,
    /// Some or all of the noise stayed.
    Missed,
    /// A part of a sentence beside it went.
    Noisy,
}

impl Example {
    /// The noise of a `strip` example of one line.
    pub fn noise(&self) -> Option<&str> {
        let noise = self.only_noise()?;
        (!noise.contains('\n')).then_some(noise)
    }

    /// The example in a layout: the text, and what must be left of it. None for an example of more lines than one, and where its noise
    /// does not have the layout.
    pub fn in_layout(&self, layout: Layout) -> Option<(String, String)> {
        let lang = self.lang().unwrap_or("en");
        let sentences = SENTENCES.iter().find(|(tag, _)| *tag == lang).unwrap_or(&SENTENCES[0]).1;
        layout.of(self.noise()?, sentences)
    }

    /// Cleans the example in a layout, and judges what comes out.
    pub fn vary(&self, cleaner: &crate::Cleaner, layout: Layout) -> Option<Varied> {
        let (text, wanted) = self.in_layout(layout)?;
        let actual = self.cleaned(cleaner, &text);
        // A comma of noise that stayed may be glued to the word before.
        let word = |word: &str| word.trim_end_matches(',').to_owned();
        let words = |text: &str| text.split_whitespace().map(word).collect::<Vec<String>>();
        let (wanted, actual) = (words(&wanted), words(&actual));
        Some(if wanted == actual {
            Varied::Found
        } else if holds_in_order(&actual, &wanted) {
            Varied::Missed
        } else {
            Varied::Noisy
        })
    }
    /// The rules that take something from the example in a layout.
    pub fn takers_in(&self, cleaner: &crate::Cleaner, layout: Layout) -> Vec<String> {
        self.in_layout(layout).map(|(text, _)| self.takers(cleaner, &text)).unwrap_or_default()
    }
}

/// True when all of `words` stand in `text`, in their order.
fn holds_in_order(text: &[String], words: &[String]) -> bool {
    let mut rest = text.iter();
    words.iter().all(|word| rest.any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_holds_the_noise_and_what_is_left() {
        let (text, left) = Layout::Between.of("Share this", ["A b.", "C d."]).unwrap();
        assert_eq!(text, "C d.\n\nA b. Share this C d.\n\nA b.\n");
        assert_eq!(left, "C d.\n\nA b. C d.\n\nA b.\n");
        assert_eq!(Layout::Capitals.of("分享", ["甲。", "乙。"]), None);
        assert!(Layout::Flat.of("Share this", ["A b.", "C d."]).unwrap().0.len() > 1000);
    }

    #[test]
    fn a_lost_word_is_noisy_and_a_left_one_is_missed() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
        assert!(holds_in_order(&words("a share b"), &words("a b")));
        assert!(!holds_in_order(&words("a share"), &words("a b")));
    }
}
