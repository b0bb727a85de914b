//! Where a page has its headlines, and what it shows near them: places count in blocks.

use std::ops::Range;

/// So far before or behind a headline stands what is said of its article.
const BEFORE: usize = 2;
const BEHIND: usize = 8;

/// The headlines of a page.
#[derive(Debug, Default)]
pub(super) struct Headlines(Vec<usize>);

impl Headlines {
    /// One starts behind so many blocks.
    pub fn add(&mut self, blocks: usize) {
        self.0.push(blocks);
    }

    /// What of `shown`, each with the number of blocks before it and in the order of these, stands near the headline;
    /// nothing where several headlines have their own, as in a list of articles.
    pub fn near<'s, T: PartialEq>(&self, shown: &'s [(usize, T)]) -> &'s [(usize, T)] {
        let first = |place: usize| shown.partition_point(|(at, _)| *at < place);
        let within = |places: Range<usize>| &shown[first(places.start)..first(places.end)];
        let near = |headline: &usize| {
            let behind = within(*headline..headline + BEHIND + 1);
            if behind.is_empty() { within(headline.saturating_sub(BEFORE)..*headline) } else { behind }
        };
        let mut all: Vec<&[(usize, T)]> = self.0.iter().map(near).filter(|shown| !shown.is_empty()).collect();
        all.dedup_by(|later, first| later[0].1 == first[0].1);
        if let [only] = all[..] { only } else { &[] }
    }
}
