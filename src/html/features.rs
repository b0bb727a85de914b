//! What is known of each block: the numbers that the model judges by.

use std::collections::HashMap;

use super::cards::cards;
use super::feature_names::{FEATURES, FIRST_HINT, NAMES};
use super::hints::Hint;
use super::likeness::{headline, sameness, share};
use super::page::{Page, Tag};
use super::phrases::Phrase;
use super::score::scores;
use super::sums::Sums;
use super::topic::Topics;
use super::words::{Words, fold, words_of};

/// How far up names are looked at for hints.
const HINT_LEVELS: usize = 12;
/// Of how many elements around a block the content is described.
const LEVELS: usize = 4;

/// The features of all blocks of a page.
#[derive(Default)]
pub(super) struct Features {
    /// A row each.
    pub rows: Vec<[f32; FEATURES]>,
    /// How many words each has.
    pub words: Vec<f32>,
    /// What they are about.
    pub topics: Topics,
}

/// The features of all blocks of a page.
pub(super) fn features(page: &Page) -> Features {
    let blocks = &page.blocks;
    let count = blocks.len();
    if count == 0 {
        return Features::default();
    }
    let words: Vec<Words> = blocks.iter().map(|block| words_of(&block.text)).collect();
    let shares_linked: Vec<f32> =
        blocks.iter().map(|block| block.linked as f32 / block.chars.max(1) as f32).collect();
    let linked = |at: usize| shares_linked[at];
    let prose: Vec<f32> = (0..count).map(|at| words[at].prose(linked(at))).collect();

    let Sums { elements: sums, mut looks, kins, peers } = Sums::of(page, &words, &prose, &shares_linked);
    let total = sums[0];
    let best = (0..sums.len())
        .max_by(|&a, &b| sums[a].weight.total_cmp(&sums[b].weight).then(b.cmp(&a)))
        .unwrap_or(0);
    let ancestors = |mut element: usize| {
        std::iter::from_fn(move || {
            let current = element;
            if current == usize::MAX {
                return None;
            }
            element = if current == 0 { usize::MAX } else { page.elements[current].parent };
            Some(current)
        })
    };
    let mut is_best_line = vec![false; page.elements.len()];
    for element in ancestors(best) {
        is_best_line[element] = true;
    }
    let mut in_best = vec![false; page.elements.len()];
    for element in 0..page.elements.len() {
        in_best[element] = element == best || element != 0 && in_best[page.elements[element].parent];
    }
    let articles: Vec<usize> =
        (0..page.elements.len()).filter(|&element| page.elements[element].hints.has(Hint::Article)).collect();
    let main_article = articles.iter().copied().max_by(|&a, &b| sums[a].prose.total_cmp(&sums[b].prose));

    let title = fold(page.about.title.as_deref().or(page.about.page_title.as_deref()).unwrap_or_default());
    let description = fold(page.about.description.as_deref().unwrap_or_default());
    let data = page.about.body.as_deref().map(super::words::shingles);
    let mut seen: HashMap<&str, (u32, u32)> = HashMap::new();
    for block in blocks {
        seen.entry(block.text.as_str()).or_default().0 += 1;
    }

    let counts: Vec<f32> = words.iter().map(|words| words.count).collect();
    let cards = cards(page, &counts, &prose, &shares_linked);
    let scores = scores(page, &words, &shares_linked);
    let topics = Topics::of(blocks.iter().map(|block| block.text.as_str()));
    let is_main: Vec<bool> = (0..count).map(|at| in_best[blocks[at].element] && prose[at] > 0.0).collect();
    let topical = topics.shared(&is_main);
    let mut scored = vec![false; page.elements.len()];
    for element in 0..page.elements.len() {
        scored[element] = element == scores.best || element != 0 && scored[page.elements[element].parent];
    }
    // How long half of the paragraphs of the main text are.
    let mut lengths: Vec<f32> = (0..count).filter(|&at| is_main[at]).map(|at| counts[at]).collect();
    lengths.sort_by(f32::total_cmp);
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(30.0);
    let headline = headline(page, &title);
    let is_related = |at: Option<usize>| {
        f32::from(u8::from(
            at.and_then(|at| words.get(at)).is_some_and(|words| words.phrase == Phrase::Related),
        ))
    };
    // For each element, the outermost one around it that opens with a phrase of related links, or stands behind one;
    // 0 when none does.
    let mut opened = vec![0_usize; page.elements.len()];
    for element in 1..page.elements.len() {
        let sum = sums[element];
        let around = opened[page.elements[element].parent];
        opened[element] = if around != 0 || sum.blocks < 2.0 {
            around
        } else {
            let first = sum.first as usize;
            let is_opened = is_related(Some(first)) + is_related(first.checked_sub(1)) > 0.0;
            if is_opened && sum.blocks < 60.0 { element } else { 0 }
        };
    }
    let mut since_related = 2000.0_f32;
    // How much prose comes before each block, and before the end.
    let mut prose_to = Vec::with_capacity(count + 1);
    let mut sum = 0.0;
    for prose in &prose {
        prose_to.push(sum);
        sum += prose;
    }
    prose_to.push(sum);

    // From each block to the prose around it.
    let is_prose: Vec<bool> = prose.iter().map(|prose| *prose > 0.0).collect();
    let mut from_prose = vec![40.0_f32; count];
    let mut to_prose = vec![40.0_f32; count];
    for at in 1..count {
        from_prose[at] = if is_prose[at - 1] { 0.0 } else { (from_prose[at - 1] + 1.0).min(40.0) };
    }
    for at in (0..count - 1).rev() {
        to_prose[at] = if is_prose[at + 1] { 0.0 } else { (to_prose[at + 1] + 1.0).min(40.0) };
    }
    let title_at = (0..count).find(|&at| matches!(page.elements[blocks[at].element].tag, Tag::Heading(1)));
    let sentences: f32 = words.iter().map(|words| words.sentences).sum();

    let mut rows = Vec::with_capacity(count);
    let (mut words_before, mut prose_before, mut since_heading) = (0.0, 0.0, 40.0_f32);
    let (mut section, mut section_since, mut heading_linked) = (0.0, 40.0_f32, -1.0);
    for at in 0..count {
        let block = &blocks[at];
        let element = &page.elements[block.element];
        let own = &words[at];
        let mut row = [0.0_f32; FEATURES];
        let mut next = 0;
        let mut put = |value: f32| {
            row[next] = value;
            next += 1;
        };
        put((1.0 + own.count).ln());
        put(own.length);
        put(linked(at));
        put(block.links as f32);
        put(block.stressed as f32 / block.chars.max(1) as f32);
        put(own.end);
        put(own.commas / own.count.max(1.0));
        put(own.small);
        put(own.capitalised);
        put(own.digits);
        put(own.upper);
        put(own.starts_small);
        put(own.sentences);
        put(tag_number(element.tag));
        put(if let Tag::Heading(level) = element.tag { f32::from(level) } else { 0.0 });
        put(f32::from(u8::from(block.before == super::page::Break::Line)));
        put(f32::from(element.depth));
        put(own.time);

        put((at as f32).min(60.0));
        put(words_before / total.words.max(1.0));
        put(prose_before / total.prose.max(1.0));
        put((total.prose - prose_before - prose[at]) / total.prose.max(1.0));
        put(to_prose[at]);
        put(from_prose[at]);
        put(since_heading);
        put(title_at.map_or(-100.0, |title| (at as f32 - title as f32).clamp(-40.0, 40.0)));

        let folded = fold(&block.text);
        put(share(&folded, &title));
        put(share(&title, &folded));
        put(if own.count >= 4.0 && !description.is_empty() { share(&folded, &description) } else { 0.0 });
        put(data.as_ref().map_or(-1.0, |data| data.share(&block.text)));
        let entry = seen.entry(block.text.as_str()).or_default();
        put((entry.1 as f32).min(5.0));
        entry.1 += 1;
        put(((entry.0 - entry.1) as f32).min(5.0));

        let look = looks.entry(element.look).or_default();
        put(look.count.min(100.0));
        put(look.words / look.count.max(1.0));
        put(look.linked / look.words.max(1.0));
        put(look.prose / total.prose.max(1.0));
        put(look.seen / look.count.max(1.0));
        look.seen += 1.0;
        let look = *look;

        for other in [at.checked_sub(1), Some(at + 1).filter(|&other| other < count)] {
            match other {
                Some(other) => {
                    let other_element = &page.elements[blocks[other].element];
                    put((1.0 + words[other].count).ln());
                    put(linked(other));
                    put(words[other].end);
                    put(prose[other]);
                    put(sameness(page, at, other));
                    put(tag_number(other_element.tag));
                    put(f32::from(u8::from(matches!(other_element.tag, Tag::Heading(_)))));
                }
                None => (0..7).for_each(|_| put(-1.0)),
            }
        }
        for other in [at.checked_sub(2), Some(at + 2).filter(|&other| other < count)] {
            match other {
                Some(other) => {
                    put((1.0 + words[other].count).ln());
                    put(linked(other));
                    put(prose[other]);
                }
                None => (0..3).for_each(|_| put(-1.0)),
            }
        }

        let mut up = block.element;
        for _ in 0..LEVELS {
            let sum = sums[up];
            put((1.0 + sum.words).ln());
            put(sum.linked / sum.words.max(1.0));
            put(sum.prose / total.prose.max(1.0));
            put(sum.blocks.min(200.0));
            put(sum.words / sum.blocks.max(1.0));
            // Elements that hold nothing more say nothing more.
            let own = sum.blocks;
            up = page.elements[up].parent;
            while up != 0 && sums[up].blocks <= own {
                up = page.elements[up].parent;
            }
        }

        put(f32::from(u8::from(in_best[block.element])));
        let distance = ancestors(block.element).position(|element| is_best_line[element]).unwrap_or(30);
        put(distance as f32);
        put(sums[best].prose / total.prose.max(1.0));
        put((sums[best].first as f32 - at as f32).clamp(-1.0, 30.0));
        put((at as f32 - sums[best].last as f32).clamp(-1.0, 30.0));
        let shared = ancestors(block.element).find(|&element| is_best_line[element]).unwrap_or(0);
        put(f32::from(page.elements[best].depth) - f32::from(page.elements[shared].depth));

        let article = ancestors(block.element)
            .filter(|&element| page.elements[element].hints.has(Hint::Article))
            .last();
        put(match (article, main_article) {
            (_, None) => 0.0,
            (Some(article), Some(main)) if sums[article].prose >= sums[main].prose => 1.0,
            (Some(_), Some(_)) => -1.0,
            (None, Some(_)) => -2.0,
        });
        put((articles.len() as f32).min(20.0));
        put((1.0 + total.words).ln());
        put(total.prose / total.words.max(1.0));
        put(total.linked / total.words.max(1.0));
        put((count as f32).ln());
        put(f32::from(u8::from(page.about.is_article)));
        put((1.0 + sentences).ln());

        let near = at.saturating_sub(3)..(at + 4).min(count);
        put(near.map(|other| prose[other]).sum::<f32>());
        let list =
            ancestors(block.element).take(6).find(|&element| page.elements[element].hints.has(Hint::List));
        put(list.map_or(-1.0, |list| sums[list].linked / sums[list].words.max(1.0)));
        put(list.map_or(-1.0, |list| sums[list].blocks.min(100.0)));
        let parent = page.elements[block.element].parent;
        put((sums[parent].prose - prose[at]).min(1000.0));

        put(own.trails_off);
        put(section);
        put(section_since);
        put(heading_linked);
        put(topical[at]);
        let cards = cards[block.element];
        put(cards.count.min(50.0));
        put(cards.words);
        put(cards.blocks);
        put(cards.linked);
        put(cards.headed);
        put(cards.prose);
        put(cards.even);
        put(scores.shares[block.element]);
        put(f32::from(u8::from(scored[block.element])));
        let own_weight =
            ancestors(block.element).take(3).map(|element| sums[element].weight).fold(0.0, f32::max);
        put(own_weight / sums[best].weight.max(1.0));
        put(headline.map_or(-100.0, |title| (at as f32 - title as f32).clamp(-40.0, 60.0)));
        put(f32::from(page.kind as u8));
        put((total.words - words_before - own.count) / total.words.max(1.0));
        put(is_related(at.checked_sub(1)));
        put(is_related(Some(at + 1)));
        put(if block.links == 0 { 0.0 } else { own.count / block.links as f32 });
        put((own.count / median.max(1.0)).min(10.0));
        let opened = opened[block.element];
        put(if opened == 0 { 0.0 } else { 1.0 });
        put(if opened == 0 { -1.0 } else { sums[opened].prose / total.prose.max(1.0) });
        put(f32::from(u8::from(block.starts_linked)));
        put(look.trails / look.count.max(1.0));
        put(look.starts_linked / look.count.max(1.0));
        put(f32::from(u8::from(headline.is_some_and(|headline| at < headline))));
        put(since_related);
        since_related =
            if own.phrase == Phrase::Related { 0.0 } else { since_related + prose[at] }.min(2000.0);
        // How far into the main element it is.
        for main in [best, scores.best] {
            let start = sums[main].first as usize;
            let length = (sums[main].last as f32 - start as f32).max(1.0);
            put(((at as f32 - start as f32) / length).clamp(-1.0, 2.0));
            let end = prose_to[(sums[main].last as usize + 1).min(count)];
            let rest = (end - prose_to[at + 1]) / (end - prose_to[start.min(count)]).max(1.0);
            put(rest.clamp(-1.0, 2.0));
        }
        let below = f32::from(element.depth) - f32::from(page.elements[best].depth);
        put(if in_best[block.element] { below } else { -1.0 });
        let kin = kins.get(&element.kin).copied().unwrap_or_default();
        put(kin.count.min(100.0));
        put(kin.prose / total.prose.max(1.0));
        let peers = peers.get(&(element.parent, element.kin)).copied().unwrap_or_default();
        put(peers.count.min(100.0));
        put(peers.prose / total.prose.max(1.0));
        debug_assert_eq!(next, NAMES.len());

        if own.phrase != Phrase::None {
            row[NAMES.len() + own.phrase as usize - 1] = 1.0;
        }
        for (level, element) in ancestors(block.element).take(HINT_LEVELS).enumerate() {
            for hint in page.elements[element].hints.numbers() {
                let near = 1.0 / (level + 1) as f32;
                let place = &mut row[FIRST_HINT + hint];
                *place = place.max(near);
            }
        }
        for hint in block.inline.numbers() {
            row[FIRST_HINT + hint] = 1.5;
        }
        rows.push(row);
        words_before += own.count;
        prose_before += prose[at];
        since_heading =
            if matches!(element.tag, Tag::Heading(_)) { 0.0 } else { (since_heading + 1.0).min(40.0) };
        section_since = (section_since + 1.0).min(40.0);
        if matches!(element.tag, Tag::Heading(_)) {
            heading_linked = linked(at);
        }
        if matches!(element.tag, Tag::Heading(_))
            || own.count <= 6.0 && own.phrase != Phrase::None && linked(at) < 0.5
        {
            section = f32::from(u8::from(own.phrase == Phrase::Related));
            section_since = 0.0;
        }
    }
    Features { rows, words: counts, topics }
}

fn tag_number(tag: Tag) -> f32 {
    match tag {
        Tag::Other => 0.0,
        Tag::Paragraph => 1.0,
        Tag::Heading(_) => 2.0,
        Tag::Item => 3.0,
        Tag::Cell | Tag::HeadCell => 4.0,
        Tag::Pre => 5.0,
        Tag::Quote => 6.0,
        Tag::Caption => 7.0,
        Tag::Term | Tag::Description => 8.0,
        Tag::Button => 9.0,
        Tag::Row | Tag::Table | Tag::List | Tag::OrderedList => 10.0,
    }
}
