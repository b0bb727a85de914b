//! When a page was published, as it says in one place or another. None is better than a wrong one.

use super::headlines::Headlines;

/// How sure a place is to say when the page as a whole was published, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Its head.
    Head,
    /// Structured data of an article, or of the first post of a thread.
    Article,
    /// An element that says so, near the headline.
    Marked,
    /// When an article was made, by its structured data.
    Made,
    /// Structured data of the page, which may be older than what is on it.
    Page,
}

/// The dates of a page, while it is read.
#[derive(Debug, Default)]
pub(super) struct Dates {
    best: Option<(Place, String)>,
    /// The times that it shows, in order, each with the number of blocks before it.
    times: Vec<(usize, Time)>,
}

/// A time that a page shows.
#[derive(Debug, PartialEq)]
struct Time {
    value: String,
    /// It says that it is when something was published.
    is_marked: bool,
}

impl Dates {
    /// Takes a date from a place, if none is known from a surer one.
    pub fn add(&mut self, place: Place, value: &str) {
        let value = value.trim();
        let is_surer = self.best.as_ref().is_none_or(|(best, _)| place < *best);
        if is_surer && is_date(value) {
            self.best = Some((place, value.to_owned()));
        }
    }

    /// An element with a time starts behind so many blocks, of which the last ends in `before`; `names` are its classes
    /// and the like.
    pub fn time(&mut self, blocks: usize, before: &str, names: &str, value: &str) {
        let (names, before) = (names.to_ascii_lowercase(), before.to_lowercase());
        let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        let is_marked = says(&names, &["publish", "pubdate", "entry-date", "post-date", "datecreated"]);
        let is_later =
            says(&names, &["updated", "modified"]) || says(&before, &["updat", "modifi", "edited"]);
        let is_of_update = before.trim_end_matches([' ', ':']).ends_with("updated");
        if is_date(value) && (is_marked || !is_later) && !is_of_update {
            self.times.push((blocks, Time { value: value.trim().to_owned(), is_marked }));
        }
    }

    /// What is thought to be the date, without what an element shows that does not say what it is; and that, if it stands
    /// near the headline.
    pub fn found(mut self, headlines: &Headlines) -> (Option<String>, Option<String>) {
        let near = headlines.near(&self.times);
        let marked = near.iter().find(|(_, time)| time.is_marked).map(|(_, time)| time.value.clone());
        let shown = near.first().map(|(_, time)| time.value.clone());
        if let Some(marked) = marked {
            self.add(Place::Marked, &marked);
        }
        (self.best.map(|(_, date)| date), shown)
    }
}

/// True for what names a year that someone can have published in, alone or at the head of a day or a second.
fn is_date(value: &str) -> bool {
    let mut numbers = value.split(|c: char| !c.is_ascii_digit());
    value.len() <= MAX_DATE && numbers.any(|number| matches!(number.len(), 4 | 8 | 14) && is_year(number))
}

/// A longer text is no date, in bytes.
const MAX_DATE: usize = 60;

fn is_year(year: &str) -> bool {
    year.starts_with("19") || year.starts_with("20")
}

/// The day in the path of an address, as in `/2024/05/01/`, `/2024/may/01/` and `/2024-05-01-`, written `2024-05-01`.
pub(super) fn of_address(url: &str) -> Option<String> {
    let path = url.split_once("://")?.1.split(['?', '#']).next()?.split_once('/')?.1;
    let parts: Vec<&str> = path.split(['/', '-', '_', '.']).collect();
    let days = parts.windows(3).filter_map(|parts| {
        let [year, month, day] = parts else { return None };
        let number = |text: &str, len: &[usize]| {
            let is_number = len.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse::<u32>().ok()).flatten()
        };
        let month =
            number(month, &[1, 2]).or_else(|| month_of(month)).filter(|month| (1..=12).contains(month))?;
        let day = number(day, &[1, 2]).filter(|day| (1..=31).contains(day))?;
        number(year, &[4]).filter(|_| is_year(year))?;
        Some(format!("{year}-{month:02}-{day:02}"))
    });
    let mut days: Vec<String> = days.collect();
    days.dedup();
    // Two days are an event, or something else.
    if days.len() == 1 { days.pop() } else { None }
}

/// The number of a month by the start of its English name.
fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    (1..).zip(MONTHS).find(|(_, month)| name.eq_ignore_ascii_case(month)).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{Markup, Options, read};

    fn date(page: &str) -> Option<String> {
        let article = "<p>The council met on Monday to talk about the bridge, which has been shut since March.</p>\
            <p>The vote is expected in May, and it may be close, as it was the last time in the old hall.</p>";
        let page = "<meta property=og:type content=article>".to_owned() + &page.replace("ARTICLE", article);
        read(&page, &Options::default()).article(Markup::Text).unwrap().about.date
    }

    #[test]
    fn a_date_is_found_where_pages_say_it() {
        for page in [
            "<meta name=parsely-pub-date content=2024-05-01>ARTICLE",
            "<meta name=x property=article:published itemprop='datePublished dateCreated' content=2024-05-01>ARTICLE",
            "<script type=application/ld+json>{\"@type\": [\"WebPage\", \"FAQPage\"], \"datePublished\": \"2024-05-01\"}</script>ARTICLE",
            "<script type=application/ld+json>{\"@type\": \"NewsArticle\", \"dateCreated\": \"2024-05-01\"}</script>ARTICLE",
            "<script type=application/ld+json>{\"@type\": \"WebPage\", \"mainEntity\": {\"@type\": \"DiscussionForumPosting\", \
             \"datePublished\": \"2024-05-01\"}}</script>ARTICLE",
            "<h1>Council meets</h1><p>By Anna Shaw</p><time datetime=2024-05-01>1 May</time>ARTICLE",
            "<h1>Council meets</h1><p>Updated <time datetime=2024-06-09>9 June</time></p>\
             <p><time class=entry-date datetime=2024-05-01>1 May</time></p>ARTICLE",
            "<link rel=canonical href=https://post.example/news/2024/05/01/council-meets>ARTICLE",
        ] {
            assert_eq!(date(page).as_deref(), Some("2024-05-01"), "{page}");
        }
    }

    #[test]
    fn what_may_be_another_date_is_none() {
        for page in [
            "<meta name=date content=''><meta name=pubdate content='{{ date }}'>ARTICLE",
            "<script type=application/ld+json>{\"@type\": \"Product\", \"review\": {\"@type\": \"Review\", \"datePublished\": \"2024-05-01\"}}</script>ARTICLE",
            "<script type=application/ld+json>{\"@type\": \"NewsArticle\", \"dateModified\": \"2024-05-01\", \"datePublished\": \"0001-01-01\"}</script>ARTICLE",
            "<h1>Council meets</h1><time datetime=2024-05-01>1 May</time>ARTICLE<h1>Ferry stops</h1><time datetime=2024-05-02>2 May</time>",
            "<h1>Council meets</h1><p>Last updated <time datetime=2024-06-09>9 June</time></p>ARTICLE",
            "<h1>Council meets</h1>ARTICLEARTICLEARTICLEARTICLEARTICLE<aside>More <time datetime=2024-06-09>9 June</time></aside>",
        ] {
            assert_eq!(date(page), None, "{page}");
        }
    }

    #[test]
    fn the_day_of_an_address_is_told_when_it_is_one() {
        for (path, day) in [
            ("2024/05/01/council-meets", Some("2024-05-01")),
            ("politics/2024/may/1/council", Some("2024-05-01")),
            ("news/council-2024-05-01.html", Some("2024-05-01")),
            ("2024/05/council", None),
            ("2024/13/01/council", None),
            ("p/20240501/x", None),
            ("from-2024-05-01-to-2024-06-01", None),
            ("1824/05/01/council", None),
            ("?d=2024-05-01", None),
        ] {
            assert_eq!(of_address(&format!("https://post.example/{path}")).as_deref(), day, "{path}");
        }
    }
}
