//! Rules on the elements of pages: which go, and which are the article.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ego_tree::NodeId;
use scraper::Html;
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

    /// True when the text of a block stays whatever rules there are for it.
    pub(super) fn protect(&self, text: &str) -> bool {
        is_allowed(&self.allowed, text)
    }

    /// True for an attribute that a selector asks for.
    pub(super) fn ask_for(&self, attribute: &str) -> bool {
        !self.attributes.is_empty() && self.attributes.contains(&attribute.to_ascii_lowercase())
    }

    /// The rulings on a page of which this is known.
    pub(super) fn rulings(&self, page: &Html, about: &Document<'_>) -> Rulings {
        let mut rulings = Rulings::new();
        let fitting = || self.rules.iter().filter(|rule| rule.when.fit_page(about));
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

    /// True when a rule asks where a page is from.
    pub(super) fn ask_for_hosts(&self) -> bool {
        self.rules.iter().any(|rule| !rule.when.hosts.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

fn selected(page: &Html, selector: &Selector) -> impl Iterator<Item = NodeId> {
    selector.compiled().into_iter().flat_map(|selector| page.select(selector)).map(|element| element.id())
}
