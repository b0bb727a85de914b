//! Rules on the elements of pages: which go, and which are the article.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ego_tree::NodeId;
use scraper::Html;
use scraper::node::Element;
use serde::{Deserialize, Serialize};

use super::selector::Selector;
use crate::allow::{Allowed, is_allowed};
use crate::document::Document;
use crate::rule::{Conditions, RuleInfo};

/// The elements that a rule is about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Css {
    /// What goes.
    pub drop: Vec<Selector>,
    /// What is the article: when there is some of it on a page, all around it goes.
    pub keep: Vec<Selector>,
}

/// The rules on the elements of pages that are used together.
#[derive(Debug, Default)]
pub struct PageRules {
    rules: Vec<PageRule>,
    attributes: BTreeSet<String>,
    allowed: Vec<Allowed>,
}

#[derive(Debug)]
struct PageRule {
    info: Arc<RuleInfo>,
    when: Conditions,
    css: Css,
}

/// What becomes of the text in an element, whatever is thought of it.
#[derive(Clone, Debug)]
pub(super) enum Ruling {
    /// It goes.
    Drop(Arc<RuleInfo>),
    /// It is part of the article.
    Keep(Arc<RuleInfo>),
    /// It goes by how it is built: a card of links in the middle of a line.
    Widget,
}

/// The rulings on the elements of a page. Those inside go before those around them.
pub(super) type Rulings = HashMap<NodeId, Ruling>;

impl PageRules {
    /// Adds a rule.
    pub(crate) fn add(&mut self, info: &Arc<RuleInfo>, when: &Conditions, css: &Css) {
        let selectors = css.drop.iter().chain(&css.keep);
        self.attributes.extend(selectors.flat_map(Selector::attributes));
        self.rules.push(PageRule { info: Arc::clone(info), when: when.clone(), css: css.clone() });
    }

    /// No rule takes a block with such text.
    pub(crate) fn allow(&mut self, allowed: &[Allowed]) {
        self.allowed.extend_from_slice(allowed);
    }

    /// What no rule takes.
    pub(super) fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// True when the text of a block stays whatever rules there are for it.
    pub(super) fn protect(&self, text: &str) -> bool {
        is_allowed(&self.allowed, text)
    }

    /// True for an attribute that a selector asks for.
    pub(super) fn ask_for(&self, attribute: &str) -> bool {
        !self.attributes.is_empty() && self.attributes.contains(&attribute.to_ascii_lowercase())
    }

    /// The rulings on a page; what is `known` of it comes before what it says itself, such as its `canonical` address.
    pub(super) fn rulings(&self, page: &Html, known: Document<'_>, canonical: Option<&str>) -> Rulings {
        let mut rulings = Rulings::new();
        if self.rules.is_empty() {
            return rulings;
        }
        let about = self.with_own(known, page, canonical);
        let fitting = || self.rules.iter().filter(|rule| rule.when.fit_page(&about));
        for rule in fitting() {
            for element in rule.css.drop.iter().flat_map(|selector| selected(page, selector)) {
                rulings.insert(element, Ruling::Drop(Arc::clone(&rule.info)));
            }
        }
        // In doubt, text stays.
        for rule in fitting() {
            for element in rule.css.keep.iter().flat_map(|selector| selected(page, selector)) {
                rulings.insert(element, Ruling::Keep(Arc::clone(&rule.info)));
            }
        }
        rulings
    }

    /// What is known of a page that rules ask for, by its own word where nobody else says it.
    fn with_own<'k>(&self, known: Document<'k>, page: &Html, canonical: Option<&str>) -> Document<'k> {
        let known = match known.host() {
            None if self.rules.iter().any(|rule| !rule.when.hosts.is_empty()) => {
                known.with_url(canonical.or_else(|| own_url(page)))
            }
            _ => known,
        };
        match known.lang() {
            Some(_) => known,
            None => known.with_lang(page.root_element().attr("lang")),
        }
    }
}

fn own_url(page: &Html) -> Option<&str> {
    let mut elements = page.tree.nodes().filter_map(|node| node.value().as_element());
    let says_url =
        |element: &&Element| element.name() == "meta" && element.attr("property") == Some("og:url");
    elements.find(says_url)?.attr("content")
}

fn selected(page: &Html, selector: &Selector) -> impl Iterator<Item = NodeId> {
    selector.compiled().into_iter().flat_map(|selector| page.select(selector)).map(|element| element.id())
}
