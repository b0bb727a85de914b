use super::*;
use crate::{Cleaner, Document, Pack, Selection};

/// Removes every run that ends in `MORE`, as a caller would.
fn clean(text: &str) -> String {
    let runs = Selection::only(["name-echo".to_owned()]);
    let cleaner = Cleaner::builder().packs(Pack::builtin()).selection(runs).build().unwrap();
    cleaner.clean(&Document::new(text)).into_text().into_owned()
}

#[track_caller]
fn assert_cleans(cases: &[(&str, &str)]) {
    for (scraped, expected) in cases {
        assert_eq!(clean(scraped), *expected, "from {scraped:?}");
    }
}

#[track_caller]
fn assert_keeps(texts: &[&str]) {
    for text in texts {
        assert_eq!(clean(text), *text);
    }
}

#[test]
fn the_run_starts_where_the_name_is_repeated() {
    assert_cleans(&[
        (
            "Secretary Ann WoodAnn Mary WoodRain is due Snow is not MORE and others",
            "Secretary Ann Wood and others",
        ),
        (
            "Secretary Ann Wood Ann Mary WoodRain is due Snow is not MORE and others",
            "Secretary Ann Wood and others",
        ),
        ("Secretary Ann Wood  Ann Mary WoodRain is due MORE and others", "Secretary Ann Wood and others"),
        ("Secretary Ann Wood\u{a0}Ann Mary WoodRain is due MORE and others", "Secretary Ann Wood and others"),
    ]);
}

#[test]
fn evidence_names_both_printings() {
    let text = "said Ann Wood Ann Mary WoodRain is due MORE.";
    let echo = run_before(text, 39..43, 0, 1200).expect("a run");
    assert_eq!(&text[echo.display], "Ann Wood");
    assert_eq!(&text[echo.full], "Ann Mary Wood");
    assert_eq!(&text[echo.start..echo.end], " Ann Mary WoodRain is due MORE");
}

#[test]
fn nicknames_and_initials() {
    assert_cleans(&[
        ("Sen. Bo Marsh Robert (Bo) Lee MarshRain is due MORE said", "Sen. Bo Marsh said"),
        ("Sen. Bo Marsh Robert \"Bo\" MarshRain is due MORE said", "Sen. Bo Marsh said"),
        ("Rep. Al Reed  Albert (Al) N. ReedRain is due MORE said", "Rep. Al Reed said"),
        ("Sen. J.D. Marsh James David (J.D.) MarshRain is due MORE said", "Sen. J.D. Marsh said"),
        ("Sen. J.D. MarshJ.D. MarshRain is due MORE said", "Sen. J.D. Marsh said"),
        ("Rep. Lee Marsh Robert Lee MarshRain is due MORE said", "Rep. Lee Marsh said"),
    ]);
}

#[test]
fn only_the_surname_was_printed() {
    assert_cleans(&[
        ("President Wood John James WoodWood sees rain MORE said", "President Wood said"),
        ("President WoodJohn James WoodWood sees rain MORE said", "President Wood said"),
        ("Speaker Wood Ann WoodRain is due MORE said", "Speaker Wood said"),
    ]);
}

#[test]
fn surnames_of_more_than_one_word() {
    assert_cleans(&[
        ("Rep. Jo Van Dorn Jo Van Dorn Wet roads ahead MORE said", "Rep. Jo Van Dorn said"),
        ("Mayor Al de Santos Albert de SantosRain is due MORE said", "Mayor Al de Santos said"),
        ("Mayor Ana de la Vega Ana Lucia de la VegaRain is due MORE said", "Mayor Ana de la Vega said"),
        (
            "Rep. Ana Ruiz-Lopez Ana Maria Ruiz-LopezRuiz-Lopez sees rain MORE said",
            "Rep. Ana Ruiz-Lopez said",
        ),
        ("Rep. Ana Ruiz-Lopez Ana Maria Ruiz LopezRain is due MORE said", "Rep. Ana Ruiz-Lopez said"),
        ("Del. Ann Moore Wood Ann Lily Moore WoodRain is due MORE said", "Del. Ann Moore Wood said"),
        ("leader Lim Tae-jun Lim Tae JunRain is due MORE said", "leader Lim Tae-jun said"),
    ]);
}

#[test]
fn capitals_apostrophes_and_accents_may_differ() {
    assert_cleans(&[
        ("Rep. Ana Nunez Ana Maria NúñezRain is due MORE said", "Rep. Ana Nunez said"),
        ("Rep. Ana Núñez Ana Maria NunezRain is due MORE said", "Rep. Ana Núñez said"),
        ("Rep. Ana Nu\u{301}n\u{303}ez Ana NúñezRain is due MORE said", "Rep. Ana Nu\u{301}n\u{303}ez said"),
        ("Rep. Ned O’Dell Edward (Ned) O'DellO'Dell sees rain MORE said", "Rep. Ned O’Dell said"),
        ("REP. ANN WOOD Ann Mary WoodRain is due MORE SAID", "REP. ANN WOOD SAID"),
        ("Sen. Tim McGraw Timothy McGrawMcGraw sees rain MORE said", "Sen. Tim McGraw said"),
        ("Sen. Tim McGrawTimothy McGrawMcGraw sees rain MORE said", "Sen. Tim McGraw said"),
        ("Sen. Tim McGrawBob (Tim) Timothy McGrawRain is due MORE said", "Sen. Tim McGraw said"),
        ("Sen. Ron DeWittRonald DeWittRain is due MORE said", "Sen. Ron DeWitt said"),
    ]);
}

#[test]
fn a_misspelt_surname_needs_an_agreeing_given_name() {
    assert_cleans(&[
        ("Rep. Ann Castello Ann Mary CastellloRain is due MORE said", "Rep. Ann Castello said"),
        ("Rep. Nell Velasco Nell VelazcoRain is due MORE said", "Rep. Nell Velasco said"),
    ]);
    assert_keeps(&[
        "Rep. Ann Castello Tom CastelloroRain is due MORE said",
        "Rep. Ann Wood Ann WoofRain is due MORE said",
    ]);
}

#[test]
fn suffixes_stay_with_the_printed_name() {
    assert_cleans(&[
        ("Rep. Bo Marsh III Robert (Bo) Lee Marsh IIIRain is due MORE said", "Rep. Bo Marsh III said"),
        ("Rep. Bo Marsh Robert (Bo) Marsh Jr.Rain is due MORE said", "Rep. Bo Marsh said"),
        ("Rep. Bo Marsh Robert (Bo) MarshRain is due MORE Jr. (D) said", "Rep. Bo Marsh Jr. (D) said"),
    ]);
}

#[test]
fn possessives_stay_with_the_printed_name() {
    assert_cleans(&[
        ("President Wood’s John James WoodRain is due MORE plan", "President Wood’s plan"),
        ("President Wood John James WoodRain is due MORE’s plan", "President Wood’s plan"),
        ("President Wood John James WoodRain is due MORE's plan", "President Wood's plan"),
    ]);
}

#[test]
fn the_run_can_stand_inside_the_printed_name() {
    assert_cleans(&[
        ("aide Ann Moore Ann Elizabeth WoodRain is due MORE Wood said", "aide Ann Moore Wood said"),
        ("aide Ann Ann Elizabeth WoodRain is due MORE Wood said", "aide Ann Wood said"),
    ]);
}

#[test]
fn headlines_can_be_missing_or_open_with_anything() {
    assert_cleans(&[
        ("aide Bo Marsh Robert (Bo) Lee MarshMORE said", "aide Bo Marsh said"),
        ("aide Bo Marsh Robert (Bo) Lee Marsh MORE said", "aide Bo Marsh said"),
        ("aide Ann Wood Ann Wood2024 was wet MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann Wood'Wet week' ahead MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann Wood“Wet week” ahead MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann Wood'wetter week' ahead MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann Wood.1 million for roofs MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann WoodAnn Wood sees rain MORE said", "aide Ann Wood said"),
        ("aide Ann Wood Ann Wood Roofs need work MORE said", "aide Ann Wood said"),
        ("aide Ann WoodAnn WoodAnn Wood Sees Rain MORE said", "aide Ann Wood said"),
    ]);
}

#[test]
fn several_runs_in_one_sentence() {
    assert_cleans(&[(
        "Ann Wood Ann Mary WoodRain is due MORE (D), Bo Marsh Robert (Bo) MarshSnow is not MORE (R) and Al Reed",
        "Ann Wood (D), Bo Marsh (R) and Al Reed",
    )]);
}

#[test]
fn a_run_without_closing_word_does_not_swallow_the_sentence() {
    assert_cleans(&[(
        "Ann Wood Ann Mary WoodRain is due and Bo Marsh Robert (Bo) MarshSnow is not MORE met",
        "Ann Wood Ann Mary WoodRain is due and Bo Marsh met",
    )]);
    assert_keeps(&[
        "Ann Wood Ann Mary WoodRain is due. She spoke today. He left early. They want MORE money.",
    ]);
}

#[test]
fn the_join_is_clean() {
    assert_cleans(&[
        ("by Ann Wood Ann Mary WoodRain is due MORE, who", "by Ann Wood, who"),
        ("by Ann Wood Ann Mary WoodRain is due MORE , who", "by Ann Wood, who"),
        ("by Ann Wood Ann Mary WoodRain is due MORE. Then", "by Ann Wood. Then"),
        ("[Ann Wood Ann Mary WoodRain is due MORE] and", "[Ann Wood] and"),
        ("by Ann Wood Ann Mary WoodRain is due MORE  and", "by Ann Wood and"),
        ("by Ann Wood Ann Mary WoodRain is due MOREand", "by Ann Wood and"),
        ("by Ann Wood  Ann Mary WoodRain is due MOREand", "by Ann Wood and"),
        ("by Ann Wood Ann Mary WoodRain is due MORE(D-Md.)", "by Ann Wood (D-Md.)"),
        ("by Ann Wood Ann Mary WoodRain is due MORE \nNext", "by Ann Wood\nNext"),
        ("by Ann Wood Ann Mary WoodRain is due MORE", "by Ann Wood"),
    ]);
}

#[test]
fn prose_stays() {
    assert_keeps(&[
        "The sign read NO MORE GAMES.",
        "MORE BEDS NEEDED, said Ann Wood Ann Wood.",
        "Ann Wood Ann Wood said it twice, and we want MORE of it.",
        "Wood Wood, they sang, and asked for MORE songs.",
        "Ann Wood met Tom Wood. Later Ann Wood asked for MORE time.",
        "So Ann Wood, Ann Mary Wood to her mother, wants MORE time.",
        "Carter Wood Defends WoodCare as MORE people enrol",
        "Obama Defends ObamaCare as MORE people enrol",
        "Obama Says House Republicans ObamaCare plan needs MORE work",
        "McCain Backs McCarthy as MORE members join",
        "John McCain Cindy McCain Tells MORE in a book",
        "They asked BlueCross BlueShield for MORE time.",
        "They watched YouTube at Ann Wood’s and asked for MORE of it.",
        "Ann Wood told Wood’s friends to bring MORE bread.",
    ]);
}

#[test]
fn a_run_keeps_to_its_line_its_floor_and_its_length() {
    let text = "Ann Wood Ann WoodRain is due MORE";
    let marker = 29..33;
    assert!(run_before(text, marker.clone(), 0, 25).is_some());
    assert_eq!(run_before(text, marker.clone(), 0, 20), None);
    assert_eq!(run_before(text, marker.clone(), 9, 1200), None);
    assert_eq!(run_before("Ann Wood\nAnn WoodRain is due MORE", marker, 0, 1200), None);
}

#[test]
fn closing_words_by_their_neighbours() {
    let closing = |text: &str| {
        let start = text.find("MORE").expect("the closing word");
        is_closing(text, start..start + 4)
    };
    for text in
        ["WoodMORE said", "rain MORE", "the EU MORE (D) said", "rain MOREand", "rain MOREWood", "MORE’s"]
    {
        assert!(closing(text), "{text}");
    }
    for text in [
        "MOREOVER",
        "BALTIMORE, Md.",
        "TWO SMORES",
        "NO MORE GAMES",
        "\nMORE BEDS NEEDED\n",
        "NO MORE TAX bills",
    ] {
        assert!(!closing(text), "{text}");
    }
}

#[test]
fn other_closing_words() {
    let text = "by Ann Wood Ann Mary WoodRain is due Read more, who";
    let echo = run_before(text, 37..46, 0, 1200).expect("a run");
    assert_eq!(&text[echo.start..echo.end], " Ann Mary WoodRain is due Read more");
    assert!(!is_closing("Moreover", 0..4));
}

#[test]
fn unclosed_runs_are_seen_by_their_glue() {
    let found = |text: &str| -> Vec<String> {
        unclosed(text, 0..text.len()).into_iter().map(|echo| text[echo.start..echo.end].to_owned()).collect()
    };
    assert_eq!(found("by Ann Wood Ann Mary WoodRain is due and more"), [" Ann Mary Wood"]);
    assert_eq!(found("by Ann WoodAnn Mary Wood Rain is due"), ["Ann Mary Wood"]);
    assert_eq!(
        found("by Wood Ann Mary Wood2024 was wet, Bo MarshBo MarshSnow"),
        [" Ann Mary Wood", "Bo Marsh"]
    );
    assert!(
        found(
            "John McCain and Cindy McCain left BlueCross BlueShield and YouTube. Ann Wood Ann Wood said so."
        )
        .is_empty()
    );
}

#[test]
fn any_range_is_safe() {
    let text = "é Ann Wood\u{301}Ann ́WoodÉ’’s (Ü“ MORE\u{a0}ß";
    for start in 0..text.len() + 3 {
        for end in 0..text.len() + 3 {
            is_closing(text, start..end);
            run_before(text, start..end, end / 2, start);
            run_before(text, start..end, end + 9, 1200);
            unclosed(text, start..end);
        }
    }
}
