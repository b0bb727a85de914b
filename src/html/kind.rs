//! What a page says that it is in its structured data.

/// What a page says that it is, other than an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(super) enum Kind {
    /// Nothing, or an article.
    #[default]
    None,
    Product,
    Forum,
    List,
    Questions,
}

impl Kind {
    /// What the contents of its `application/ld+json` scripts say.
    pub fn of_data(data: &[&str]) -> Self {
        let says = |name: &str| data.iter().any(|data| data.contains(name));
        if says("DiscussionForumPosting\"") || says("\"QAPage\"") {
            Kind::Forum
        } else if says("\"Product\"") {
            Kind::Product
        } else if says("\"ItemList\"") || says("\"CollectionPage\"") {
            Kind::List
        } else if says("\"FAQPage\"") {
            Kind::Questions
        } else {
            Kind::None
        }
    }
}
