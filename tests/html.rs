//! Pages: those under `fixtures/html/` come out as the text beside them, and nasty ones come out at all.

use std::fs;
use std::path::{Path, PathBuf};

use dechaff::formats::pages::{ArticleForm, Extraction, PageCleaner};
use dechaff::formats::records::Detail;
use dechaff::html::{Favor, Markup, Options, decode, extract, read};
use dechaff::report::Summary;
use dechaff::{Allowed, Cleaner, Document, Pack, formats};
use proptest::prelude::*;

fn text(page: &str) -> Option<String> {
    extract(page, Favor::Balance, Markup::Text).map(|article| article.text)
}

fn golden() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/html");
    let entries = fs::read_dir(folder).expect("the fixtures are part of the repository");
    let mut pages: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a folder can be listed").path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    assert!(pages.len() >= 10, "only {} pages", pages.len());
    pages
}

/// What the command makes of a page; nothing when it has no article.
fn cleaned(cleaner: &Cleaner, page: &str, form: ArticleForm) -> String {
    let extraction = Extraction { favor: Favor::Balance, form };
    let pages = PageCleaner { cleaner, extraction, detail: Detail::Sum };
    let Some(article) = pages.clean(page, &formats::About::default()).article else { return String::new() };
    if form == ArticleForm::Text {
        let known = Document::new(&article.text)
            .with_url(article.about.url.as_deref())
            .with_title(article.about.title.as_deref())
            .with_lang(article.about.lang.as_deref());
        let again = cleaner.clean(&known);
        assert_eq!(again.text(), article.text, "cleaning again changes the text");
    }
    article.text
}

/// Each page comes out as the text beside it, and as the Markdown, if there is some.
#[test]
fn golden_pages_come_out_as_expected() {
    let cleaner = Cleaner::builtin();
    let mut wrong = Vec::new();
    for page in golden() {
        let bytes = fs::read(&page).expect("the page is there");
        let html = decode(&bytes, None);
        for form in [ArticleForm::Text, ArticleForm::Markdown] {
            let golden = page.with_extension(form.extension());
            if form == ArticleForm::Markdown && !golden.exists() {
                continue;
            }
            let got = cleaned(&cleaner, &html, form);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                let got = if got.is_empty() { String::new() } else { format!("{got}\n") };
                fs::write(&golden, got).expect("the fixtures can be written");
            }
            let expected = fs::read_to_string(&golden).unwrap_or_default();
            if got != expected.trim_end() {
                wrong.push(format!("{}\n--- expected\n{expected}\n--- got\n{got}\n", golden.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const STORY: &str =
    "The council met on Monday to talk about the old bridge, which has been closed since the flood in March.";

#[test]
fn pages_without_text_have_no_article() {
    for page in [
        "",
        "   ",
        "<html></html>",
        "<script>let story = 'The council met on Monday, and it voted.';</script>",
        "<style>p { color: red }</style><template><p>The council met.</p></template>",
        "<!-- The council met on Monday. -->",
        "<svg><title>Logo</title></svg>",
    ] {
        assert_eq!(text(page), None, "{page}");
    }
}

#[test]
fn a_fragment_is_a_page() {
    assert_eq!(text(&format!("<p>{STORY}")).as_deref(), Some(STORY));
    assert_eq!(text(STORY).as_deref(), Some(STORY));
}

#[test]
fn deep_and_broken_pages_are_read() {
    let story = format!("<p>{STORY}</p>");
    let deep = |open: &str, close: &str, n: usize| format!("{}{story}{}", open.repeat(n), close.repeat(n));
    for page in [
        deep("<div>", "</div>", 100_000),
        deep("<span>", "</span>", 100_000),
        deep("<b>", "", 100_000),
        deep("<table><tr><td>", "</td></tr></table>", 100_000),
        deep("<ul><li>", "", 50_000),
        deep("</div>", "<p", 50_000),
        deep("<a href=x>", "", 50_000),
        deep("<b><p>", "", 50_000),
        deep("<font color=red><i>", "</b>", 50_000),
        deep("<svg>", "", 1000) + "</svg>" + &story,
        deep("<button>", "", 50_000),
        deep("<form><select><option>", "</form>", 20_000),
    ] {
        // Some of them hide the story; all of them end.
        let _ = text(&page);
    }
    assert!(text(&deep("<div>", "</div>", 100_000)).is_some_and(|text| text.contains(STORY)));
    assert!(
        text(&deep("<table><tr><td>", "</td></tr></table>", 10_000)).is_some_and(|text| text.contains(STORY))
    );
}

#[test]
fn the_encoding_is_that_of_the_header_or_of_the_page() {
    let latin = b"<meta charset=iso-8859-1><p>Caf\xe9 am See: der Stadtrat hat am Montag \xfcber die Br\xfccke gesprochen.</p>";
    assert!(decode(latin, None).contains("Café am See"));
    let plain = b"<p>\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0</p>";
    assert!(decode(plain, Some("windows-1251")).contains("Привет, мир"));
}

#[test]
fn a_card_of_links_behind_a_name_goes_before_it_can_glue() {
    let links = "<a href=/3>Shaw opens talks</a><a href=/4>Senate asks for an audit</a><a href=/p>MORE</a>";
    for card in [
        format!("<span class=rollover-block><a href=/p>Anna Maria Shaw</a>{links}</span>"),
        format!("<span class=popover>Anna Maria Shaw{links}</span>"),
        format!("<span><span class=inner>{links}</span></span>"),
    ] {
        let page = format!("<p>{STORY} Secretary <a href=/p>Anna Shaw</a>{card} and others met.</p>");
        assert_eq!(text(&page).unwrap(), format!("{STORY} Secretary Anna Shaw and others met."), "{card}");
    }
    for (inside, stays) in [
        (
            "<span><a href=/1>The council</a>, <a href=/2>the mayor</a> and <a href=/3>the port</a></span>",
            "The council, the mayor and the port",
        ),
        ("<span class=tooltip><a href=/1>GDP</a></span>", "GDP"),
    ] {
        let page = format!("<p>{STORY} Among them are {inside} to the north.</p>");
        assert_eq!(text(&page).unwrap(), format!("{STORY} Among them are {stays} to the north."));
    }
}

/// What is left of a page by one rule on elements, `css`, which takes no text with “Rent” in it.
fn ruled(page: &str, css: &str) -> String {
    let cleaner = cleaner_by(css);
    read(page, &Options { rules: Some(cleaner.page_rules()), ..Options::default() }).ruled()
}

fn cleaner_by(css: &str) -> Cleaner {
    let pack = format!(
        "[pack]\nid = 'spans'\ndescription = 'Rules on spans'\n[[rule]]\nid = 'spans-with-classes'\nkind = 'ad'\n\
         about = 'Spans of some classes'\nmatch.css = {css}\nstrip = ['<p class=x>Buy</p>']\nkeep = ['<p>One.</p>']\n"
    );
    let pack = Pack::parse("spans.toml", &pack).expect("the pack is right");
    let rent = Allowed::text("Rent", "a test").expect("it is short");
    Cleaner::builder().packs([pack]).allow([rent]).build().expect("there is one pack")
}

#[test]
fn what_rules_take_is_counted_when_nothing_else_is_on_a_page() {
    let cleaner = cleaner_by("['.x']");
    let pages = PageCleaner { cleaner: &cleaner, extraction: Extraction::default(), detail: Detail::Entries };
    let done = pages.clean("<p class=x>Buy</p><p class=x>Sell now</p>", &formats::About::default());
    assert_eq!(done.article, None);
    let mut told = Summary::default();
    told.count_entry(&done.entry.expect("entries are asked for"));
    for summary in [done.summary, told] {
        assert_eq!((summary.documents, summary.without_article), (0, 1));
        assert_eq!((summary.text_bytes, summary.removed_bytes), (11, 11));
        assert_eq!(summary.rules.get("spans-with-classes").map(|count| count.removals), Some(2));
    }
}

#[test]
fn what_goes_out_of_a_line_leaves_the_space_around_it() {
    for (page, left) in [
        ("<p>The <span class=x>Buy</span>council met.", "The council met."),
        ("<p>The <span class=x></span>council met.", "The council met."),
        ("<p>The<span class=x>Buy </span>council met.", "The council met."),
        ("<p>The <span class=x> Buy </span> council met.", "The council met."),
        ("<p>The council<span class=x> Buy</span>, it met.", "The council, it met."),
        ("<p>The coun<span class=x>Buy</span>cil met.", "The council met."),
        ("<p>The <a href=/1>council</a><a class=x href=/2>Buy</a>, it met.", "The council, it met."),
        ("<p>The council <span class=x>Buy<br>Sell</span>met.", "The council\nmet."),
    ] {
        assert_eq!(ruled(page, "['.x']"), left, "{page}");
    }
}

#[test]
fn a_span_that_is_the_article_is_it_in_each_of_its_lines() {
    for (page, left) in [
        ("<div>Menu</div><span class=k><p>One</p><p>Two</p> tail</span>", "One\n\nTwo\n\ntail"),
        ("<div>Menu</div><span class=k>One<br>Two<br><br>Three.</span>", "One\nTwo\n\nThree."),
        ("<div>Menu</div>By <span class=k>Ann<br>Two</span> tail<br>End", "By Ann\nTwo tail"),
        ("<div>Menu</div>By <span class=k><p>One</p></span>", "One"),
        ("<div>Menu</div><span class=k>One<div class=x>Buy</div>Two</span>", "One\n\nTwo"),
        ("<div>Menu</div><span class=k>One <span class=x>Buy<br>Sell</span> Two</span>", "One\nTwo"),
        ("<div>Menu</div><span class=k>One<span hidden>Two<br></span><hr>Three</span>", "One\n\nThree"),
    ] {
        assert_eq!(ruled(page, "{ drop = '.x', keep = '.k' }"), left, "{page}");
    }
}

#[test]
fn a_span_that_goes_does_not_take_the_article_in_it() {
    for (page, left) in [
        ("<span class=x>Buy <b class=k>One</b> Sell</span>", "Buy One Sell"),
        ("<span class=x>Buy<br><b class=k>One</b><br>Sell</span>", "One"),
        ("<span class=x>Buy<div class=k>One</div>Sell</span>", "One"),
        ("<span class=x><b class=k>One<br>Two</b><br>Sell</span>", "One\nTwo"),
        ("<b class=k>One</b> <span class=x>Buy<br>Sell</span>", "One"),
        ("<span class=k>One <b class=x>Buy <i class=k>Two</i></b> <b class=x>Sell</b></span>", "One Buy Two"),
        ("<div class=k><span class=x><p>Buy</p></span>One</div>", "One"),
    ] {
        assert_eq!(ruled(page, "{ drop = '.x', keep = '.k' }"), left, "{page}");
    }
    let links = "<a href=/1>One</a><a href=/2>Two</a><a href=/3>Three</a>";
    let page = format!("<p class=k>See <span class=k>{links}</span>.</p>");
    assert_eq!(ruled(&page, "{ keep = 'span.k' }"), "See One Two Three.");
}

#[test]
fn allowed_text_stays_where_it_is() {
    for (page, left) in [
        ("<p>See <span class=x>Rent</span> and <span class=x>Buy</span> it.", "See Rent and it."),
        ("<p>See <span class=x>Rent<br>Buy</span> it.", "See Rent\nit."),
        ("<div class=x>Rent</div><div class=x>Buy</div><p class=k>One", "Rent\n\nOne"),
        ("<div>Rent</div><div>Menu</div><p class=k>One", "Rent\n\nOne"),
    ] {
        assert_eq!(ruled(page, "{ drop = '.x', keep = '.k' }"), left, "{page}");
    }
}

const PACK: &str = r#"
[pack]
id = "elements"
description = "Rules on all kinds of elements"
[[rule]]
id = "elements-of-all-kinds"
kind = "chrome"
about = "Elements in lines and around them, in each other"
match.css = { drop = ["span", "div.related", "b > i", "li", "td"], keep = ["article", "span b", "p a"] }
strip = ["<span>Menu</span>"]
keep = ["<p>A story.</p>"]
"#;

proptest! {
    #[test]
    fn any_page_is_read_by_rules_on_elements(parts in prop::collection::vec(part(), 0..60)) {
        let pack = Pack::parse("elements.toml", PACK).expect("the pack is right");
        let cleaner = Cleaner::builder().packs([pack]).build().expect("there is one pack");
        // What is hidden and yet seen depends on how much text stands beside it, and so on rules, too.
        let page = parts.concat().replace("display:none", "display:block").replace(" hidden>", ">");
        let page = page.replace("noscript", "div");
        let reading = read(&page, &Options { rules: Some(cleaner.page_rules()), ..Options::default() });
        let seen: String = reading.seen().into_iter().map(|seen| seen.text).collect();
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        // Whatever goes is told: no text is lost on the way.
        let all = read(&page, &Options::default());
        let expected: String = all.seen().into_iter().map(|seen| seen.text).collect();
        let sorted = |text: String| { let mut chars: Vec<char> = bare(&text).chars().collect(); chars.sort_unstable(); chars };
        prop_assert_eq!(sorted(seen), sorted(expected));
    }

    #[test]
    fn any_page_is_read_and_clean_text_stays(parts in prop::collection::vec(part(), 0..60)) {
        let page = parts.concat();
        let cleaner = Cleaner::builtin();
        for form in [ArticleForm::Text, ArticleForm::Markdown, ArticleForm::Jsonl] {
            let _ = cleaned(&cleaner, &page, form);
        }
        for favor in [Favor::Precision, Favor::Recall] {
            let _ = extract(&page, favor, Markup::Markdown);
        }
    }
}

fn part() -> impl Strategy<Value = String> {
    let tags = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div class=\"related share\">",
        "</div>",
        "<ul>",
        "<li>",
        "</li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<br>",
        "<br/>",
        "<a href=\"/x\">",
        "</a>",
        "<b>",
        "</b>",
        "<i>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<",
        ">",
        "</",
        "<svg>",
        "</svg>",
        "<pre>",
        "</pre>",
        "<h1>",
        "</h1>",
        "<span hidden>",
        "</span>",
        "<textarea>",
        "<title>",
        "<p style=\"display:none\">",
        "&amp;",
        "&nbsp;",
        "&#x",
        "<p class='",
        "\"",
        "\u{ad}",
        "<article>",
        "</article>",
        "<select>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "<math><mi>",
        "<blockquote>",
        "<figure><figcaption>",
        "<!doctype html>",
    ]);
    let words = prop::sample::select(vec![
        "The council met on Monday, and it voted on the bridge. ",
        "Read more",
        "ADVERTISEMENT",
        "Über Köln",
        "市長は語った。",
        " ",
        "\n",
        "x",
    ]);
    prop_oneof![tags.prop_map(str::to_owned), words.prop_map(str::to_owned), ".{0,8}"]
}
