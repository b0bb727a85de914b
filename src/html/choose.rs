//! Which blocks are the article.

use super::context::context;
use super::feature_names::FEATURES;
use super::features::{Features, features};
use super::model::{MODELS, Model};
use super::page::Page;
use super::settle::{settle, ties};

/// What to do in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Favor {
    /// Leave a block out.
    Precision,
    /// What serves both best.
    #[default]
    Balance,
    /// Keep a block.
    Recall,
}

/// What is thought of the blocks of a page.
#[derive(Debug)]
pub(super) struct Verdict {
    /// How likely each is part of the article.
    pub likely: Vec<f32>,
    /// From here on a block is.
    pub limit: f32,
    /// What is known of each.
    rows: Vec<[f32; FEATURES]>,
    /// How likely the page is an article.
    article: f32,
}

impl Verdict {
    /// True when the page is more likely an article than not.
    pub fn is_of_article(&self) -> bool {
        self.article > 0.5
    }

    /// The name of what speaks most against a block.
    pub fn against(&self, at: usize) -> Option<&'static str> {
        let [article, other] = &MODELS.first;
        let model = if self.is_of_article() { article } else { other };
        let number = model.against(self.rows.get(at)?)?;
        model.names.get(number).copied()
    }
}

/// Judges the blocks of a page: first by what is known of each, then by what that makes of those around it. What a
/// page is decides by how much each is judged as on an article, and as on a page of another type.
pub(super) fn judge(page: &Page, favor: Favor) -> Verdict {
    let Features { rows, words, topics } = features(page);
    let article = certain(MODELS.page.likelihood(&whole(&rows, &words)));
    let first: Vec<f32> = rows.iter().map(|row| mixed(&MODELS.first, article, row)).collect();
    let contexts = context(page, &first, &words, &topics);
    let both = first.iter().zip(&contexts).map(|(&first, row)| match first < UNLIKELY {
        true => first,
        false => f32::midpoint(first, mixed(&MODELS.second, article, row)),
    });
    let both: Vec<f32> = both.collect();
    let likely = settle(&ties(page, &words), &words, &both);
    let limit = limit(&likely, &words, favor, article);
    Verdict { likely, limit, rows, article }
}

/// What is known of a page as a whole: the mean of its blocks, each by its words.
pub(super) fn whole(rows: &[[f32; FEATURES]], words: &[f32]) -> [f32; FEATURES] {
    let mut whole = [0.0; FEATURES];
    let mut all = 0.0;
    for (row, words) in rows.iter().zip(words) {
        // Blocks without a word count a little, too.
        let weight = words + 0.1;
        all += weight;
        whole.iter_mut().zip(row).for_each(|(sum, number)| *sum += number * weight);
    }
    whole.iter_mut().for_each(|sum| *sum /= f32::max(all, 0.1));
    whole
}

/// Less likely blocks are not judged again, and neighbours make no article of them.
const UNLIKELY: f32 = 0.02;

/// On an article, the limit is no lower.
const LEAST: f32 = 0.28;

/// A page that is almost surely one or the other is judged as that alone, in half the time.
const CERTAIN: f32 = 0.05;

/// How many times as likely an article is among the pages that are cleaned as among those of the training.
const ARTICLE: f32 = 3.0;

/// How likely a page is an article, where what is almost certain is taken for certain.
fn certain(likely: f32) -> f32 {
    let odds = ARTICLE * likely / (1.0 - likely).max(1e-6);
    let likely = odds / (1.0 + odds);
    ((likely - CERTAIN) / (1.0 - 2.0 * CERTAIN)).clamp(0.0, 1.0)
}

/// What the models for articles and for other pages say of a block, on a page that is likely an article by so much.
fn mixed([as_article, as_other]: &[Model; 2], article: f32, row: &[f32]) -> f32 {
    let mut likely = 0.0;
    if article > 0.0 {
        likely += article * as_article.likelihood(row);
    }
    if article < 1.0 {
        likely += (1.0 - article) * as_other.likelihood(row);
    }
    likely
}

/// The limit that makes the expected F-measure greatest, counted in words.
///
/// Where all is clear, that is near one half; on a page where no block is sure, it is lower, so that something is
/// found: but not on an article, as in doubt about a menu one word of it is as likely as the next. The measure weighs
/// recall `weight` times as much as precision.
fn limit(likely: &[f32], words: &[f32], favor: Favor, article: f32) -> f32 {
    let weight = match favor {
        Favor::Precision => 0.25,
        Favor::Balance => 1.0,
        Favor::Recall => 4.0,
    };
    let expected: f32 = likely.iter().zip(words).map(|(likely, words)| likely * words).sum();
    let mut order: Vec<usize> = (0..likely.len()).collect();
    order.sort_by(|&a, &b| likely[b].total_cmp(&likely[a]));
    let (mut right, mut taken, mut best) = (0.0, 0.0, 0.0_f32);
    for at in order {
        right += likely[at] * words[at];
        taken += words[at];
        best = best.max((1.0 + weight) * right / (taken + weight * expected).max(1.0));
    }
    best.max(2.0 * LEAST * article) / (1.0 + weight)
}
