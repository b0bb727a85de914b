//! Which blocks are the article.

use super::context::{CONTEXT, context};
use super::features::{FEATURES, Features, features};
use super::model::MODELS;
use super::page::Page;

/// What to do in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    rows: Vec<[f32; ALL]>,
}

impl Verdict {
    /// The name of what speaks most against a block.
    pub fn against(&self, at: usize) -> Option<&'static str> {
        let model = &MODELS[1];
        let number = model.against(self.rows.get(at)?)?;
        model.names.get(number).copied()
    }
}

/// All that is known of a block: what the second judgement goes by.
pub(super) const ALL: usize = FEATURES + CONTEXT;

/// Judges the blocks of a page.
pub(super) fn judge(page: &Page, favor: Favor) -> Verdict {
    let Features { rows, words } = features(page);
    let [first, second] = &*MODELS;
    let likely: Vec<f32> = rows.iter().map(|row| first.likelihood(row)).collect();
    let contexts = context(page, &likely, &words);
    let rows: Vec<[f32; ALL]> =
        rows.iter().zip(&contexts).map(|(row, context)| joined(row, context)).collect();
    let likely: Vec<f32> = rows.iter().map(|row| second.likelihood(row)).collect();
    let limit = limit(&likely, &words, favor);
    Verdict { likely, limit, rows }
}

pub(super) fn joined(row: &[f32; FEATURES], context: &[f32; CONTEXT]) -> [f32; ALL] {
    let mut all = [0.0; ALL];
    all[..FEATURES].copy_from_slice(row);
    all[FEATURES..].copy_from_slice(context);
    all
}

/// The limit that makes the expected F-measure greatest, counted in words.
///
/// Where all is clear, that is near one half; on a page where no block is sure, it is lower, so that something is
/// found. The measure weighs recall `weight` times as much as precision.
fn limit(likely: &[f32], words: &[f32], favor: Favor) -> f32 {
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
    best / (1.0 + weight)
}
