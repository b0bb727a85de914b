//! The tree of a page, read from its start to its end.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::{Html, Node as TreeNode};

use super::about::Metadata;
use super::hints::{self, Hint, Hints};
use super::names::{is_hidden, is_inline, is_never_seen, is_written, kin, look, tag};
use super::page::{Block, Break, Element, Tag};
use super::rules::{Ruling, Rulings};
use crate::allow::{Allowed, is_allowed};

/// What became of an open element.
#[derive(Debug, Clone)]
enum Open {
    /// Within the line: how many characters the block had, and what it says.
    Inline {
        from: Mark,
        hints: Hints,
        is_link: bool,
        is_author: bool,
        is_stress: bool,
        ruling: Option<Ruling>,
    },
    /// It breaks the line.
    Block {
        before: usize,
        is_link: bool,
        is_pre: bool,
        is_hidden: bool,
        /// It has a ruling of its own.
        is_ruled: bool,
        ruling_before: Option<Ruling>,
    },
    /// Nothing in it is seen.
    Unseen,
}

/// How far a block was read when an element in its line began.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    bytes: usize,
    chars: u32,
    linked: u32,
    links: u32,
    stressed: u32,
    /// A space was due.
    space: bool,
}

/// So many characters before a time may say what it is of.
const LEAD: usize = 24;

/// Fewer links in a line are no list of them.
const WIDGET_LINKS: u32 = 3;

/// The elements of a page, while they are read.
#[derive(Default)]
pub(super) struct Reader<'r> {
    pub blocks: Vec<Block>,
    pub elements: Vec<Element>,
    pub metadata: Metadata,
    open: Vec<Open>,
    /// The innermost element.
    element: usize,
    block: Block,
    inline: Vec<(Hints, u32)>,
    /// A space is due before the next character.
    space: bool,
    links: u32,
    stress: u32,
    pre: u32,
    unseen: u32,
    breaks: u32,
    /// The outermost hidden element that is open.
    hidden: usize,
    in_title: bool,
    after_link: bool,
    /// What becomes of the text in the innermost element.
    ruling: Option<Ruling>,
    /// How many bytes of the line there are up to the end of what is the article by a rule: these are not cut.
    kept_to: usize,
    /// How many elements are open in the line that go by a rule.
    dropped_in_line: u32,
    /// What went out of the line.
    out_of_line: Vec<Block>,
    names: HashMap<String, Hints>,
    allowed: &'r [Allowed],
}

impl<'r> Reader<'r> {
    /// Reads all elements and texts of a page; no rule takes `allowed` text out of a line.
    pub fn read(page: &Html, rulings: &Rulings, allowed: &'r [Allowed]) -> Self {
        let mut reader = Reader { allowed, ..Reader::default() };
        reader.elements.push(Element {
            parent: 0,
            depth: 0,
            tag: Tag::Other,
            hints: Hints::NONE,
            look: 0,
            kin: 0,
        });
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    TreeNode::Element(element) => reader.open(element, rulings.get(&node.id())),
                    TreeNode::Text(text) => reader.text(&text.text),
                    _ => {}
                },
                Edge::Close(node) => {
                    if let TreeNode::Element(element) = node.value() {
                        reader.close(element.name());
                    }
                }
            }
        }
        reader.end_block();
        reader.show_what_scripts_show();
        reader
    }

    fn open(&mut self, element: &scraper::node::Element, ruling: Option<&Ruling>) {
        let name = element.name();
        if self.unseen > 0 {
            self.unseen += 1;
            return;
        }
        match name {
            "meta" => self.metadata.add_meta(
                ["name", "property", "itemprop"].map(|name| element.attr(name)),
                element.attr("content"),
            ),
            "h1" => self.metadata.headlines.add(self.blocks.len()),
            "time" => self.time(element),
            "html" => self.metadata.set_lang(element.attr("lang")),
            "title" => self.in_title = true,
            "br" => self.line_break(),
            "hr" => self.end_block(),
            _ => {}
        }
        let is_hidden = is_hidden(name, element);
        if is_never_seen(name) || is_hidden && is_inline(name) {
            self.unseen = 1;
            self.open.push(Open::Unseen);
            return;
        }
        let is_link = name == "a";
        if is_inline(name) {
            let space = self.space;
            if is_link && self.after_link && !self.block.text.is_empty() {
                // Two links that touch are two things, with some room between them.
                self.space = true;
            }
            let says_author =
                |rel: &str| rel.split_whitespace().any(|rel| rel.eq_ignore_ascii_case("author"));
            let is_author = is_link && element.attr("rel").is_some_and(says_author);
            let is_stress = matches!(name, "b" | "strong" | "em" | "i");
            let Block { chars, linked, links, stressed, .. } = self.block;
            let from = Mark { bytes: self.block.text.len(), chars, linked, links, stressed, space };
            self.links += u32::from(is_link);
            self.block.links += u32::from(is_link);
            self.stress += u32::from(is_stress);
            let hints = self.hints_of(name, element);
            let ruling = ruling.cloned();
            self.dropped_in_line += u32::from(matches!(ruling, Some(Ruling::Drop(_))));
            self.open.push(Open::Inline { from, hints, is_link, is_author, is_stress, ruling });
            return;
        }
        self.end_block();
        let tag = tag(name);
        let is_page = matches!(name, "html" | "body" | "head");
        let hints = if is_page { Hints::NONE } else { self.hints_of(name, element) };
        let is_pre = tag == Tag::Pre;
        let is_hidden = is_hidden && self.hidden == 0;
        let (before, is_ruled, ruling_before) = (self.element, ruling.is_some(), self.ruling.clone());
        self.ruling = ruling.cloned().or_else(|| ruling_before.clone());
        self.open.push(Open::Block { before, is_link, is_pre, is_hidden, is_ruled, ruling_before });
        self.pre += u32::from(is_pre);
        self.links += u32::from(is_link);
        let class = element.attr("class").unwrap_or_default();
        let look = look(self.elements[self.element].look, name, class);
        let kin = kin(name, class);
        let depth = self.elements[self.element].depth.saturating_add(1);
        self.elements.push(Element { parent: self.element, depth, tag, hints, look, kin });
        self.element = self.elements.len() - 1;
        if is_hidden {
            self.hidden = self.element;
        }
    }

    fn time(&mut self, element: &scraper::node::Element) {
        let Some(value) = element.attr("datetime") else { return };
        let before = match self.block.text.is_empty() {
            true => self.blocks.last().map(|block| block.text.as_str()).unwrap_or_default(),
            false => self.block.text.as_str(),
        };
        let from = before.char_indices().rev().nth(LEAD).map_or(0, |(at, _)| at);
        let names = ["class", "itemprop", "id"].map(|name| element.attr(name).unwrap_or_default()).join(" ");
        self.metadata.dates.time(self.blocks.len(), &before[from..], &names, value);
    }

    fn close(&mut self, name: &str) {
        if self.unseen > 1 {
            self.unseen -= 1;
            return;
        }
        if name == "title" {
            self.in_title = false;
        }
        if let Some(Open::Block { .. }) = self.open.last() {
            self.end_block();
        }
        match self.open.pop() {
            Some(Open::Unseen) => self.unseen = 0,
            Some(Open::Inline { from, hints, is_link, is_author, is_stress, ruling }) => {
                if is_author {
                    let name = self.block.text.get(from.bytes..).unwrap_or_default();
                    self.metadata.add_author(self.blocks.len(), name);
                }
                self.links -= u32::from(is_link);
                self.stress -= u32::from(is_stress);
                self.after_link = is_link;
                let chars = self.block.chars.saturating_sub(from.chars);
                if let Some(ruling @ Ruling::Drop(_)) = ruling {
                    self.dropped_in_line -= 1;
                    // In doubt, text stays.
                    if self.may_cut(from) {
                        self.cut_from(from, ruling);
                    }
                } else if let Some(ruling) = ruling.filter(|_| chars > 0) {
                    // A line of which a part is the article stays whole.
                    self.block.ruling = Some(ruling);
                    self.kept_to = self.block.text.len();
                } else if !is_link && self.may_cut(from) && self.is_widget(from, hints) {
                    self.cut_from(from, Ruling::Widget);
                } else if !hints.is_empty() && chars > 0 {
                    self.inline.push((hints, chars));
                }
            }
            Some(Open::Block { before, is_link, is_pre, is_hidden, ruling_before, .. }) => {
                self.ruling = ruling_before;
                if is_hidden {
                    self.hidden = 0;
                }
                self.pre -= u32::from(is_pre);
                self.links -= u32::from(is_link);
                self.element = before;
            }
            None => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.unseen > 0 {
            return;
        }
        if self.in_title {
            self.metadata.add_title(text);
            return;
        }
        let block = &mut self.block;
        let before = block.chars;
        if self.pre > 0 {
            for ch in text.chars().filter(|&ch| is_written(ch) && ch != '\r') {
                block.text.push(if ch.is_whitespace() && ch != '\n' && ch != '\t' { ' ' } else { ch });
                block.chars += u32::from(!ch.is_whitespace());
            }
        } else {
            let mut rest = text;
            while let Some(ch) = rest.chars().next() {
                // Most text is words of ASCII, which need no look at each character.
                let plain = rest.bytes().position(|byte| !byte.is_ascii_graphic()).unwrap_or(rest.len());
                let (piece, behind) = rest.split_at(if plain > 0 { plain } else { ch.len_utf8() });
                rest = behind;
                if ch.is_whitespace() {
                    self.space = true;
                    self.after_link = false;
                    continue;
                }
                if !is_written(ch) {
                    continue;
                }
                if block.text.is_empty() {
                    self.space = false;
                } else if self.space {
                    block.text.push(' ');
                    self.space = false;
                }
                self.after_link = false;
                block.text.push_str(piece);
                block.chars += plain.max(1) as u32;
            }
        }
        let chars = block.chars - before;
        if self.links > 0 {
            block.linked += chars;
            block.starts_linked |= before == 0 && chars > 0;
        }
        if self.stress > 0 {
            block.stressed += chars;
        }
    }

    fn line_break(&mut self) {
        if self.pre > 0 {
            self.block.text.push('\n');
            return;
        }
        let had_text = self.end_line();
        self.breaks = if had_text { 1 } else { self.breaks + 1 };
        self.block.before =
            if self.breaks == 1 && self.block_before_is_here() { Break::Line } else { Break::Paragraph };
    }

    fn block_before_is_here(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.element == self.element)
    }

    /// Ends the block at the border of an element.
    fn end_block(&mut self) {
        self.end_line();
        self.breaks = 0;
        self.block.before = Break::Paragraph;
    }

    /// Ends the line; true when there was text in it.
    fn end_line(&mut self) -> bool {
        if self.dropped_in_line > 0 {
            self.cut_open_end();
        }
        if self.block.ruling.is_none() {
            self.block.ruling = self.open_keep();
        }
        self.space = false;
        self.after_link = false;
        self.kept_to = 0;
        let mut block = std::mem::take(&mut self.block);
        let inline = std::mem::take(&mut self.inline);
        // The elements that stay open go on in the next line.
        for open in &mut self.open {
            if let Open::Inline { from, hints, .. } = open {
                let chars = block.chars.saturating_sub(from.chars);
                if 2 * chars > block.chars {
                    block.inline = block.inline.and(*hints);
                }
                *from = Mark::default();
            }
        }
        if block.chars == 0 {
            self.block.before = block.before;
            self.blocks.append(&mut self.out_of_line);
            return false;
        }
        for (hints, chars) in inline {
            if 2 * chars > block.chars {
                block.inline = block.inline.and(hints);
            }
        }
        if self.pre > 0 {
            block.text.truncate(block.text.trim_end().len());
            let lead = block.text.len() - block.text.trim_start_matches('\n').len();
            block.text.drain(..lead);
        }
        block.element = self.element;
        block.hidden = self.hidden;
        if block.ruling.is_none() {
            block.ruling.clone_from(&self.ruling);
        }
        self.blocks.push(block);
        self.blocks.append(&mut self.out_of_line);
        true
    }

    /// Drops hidden blocks, but for those in an element with most of the page's text: a script shows it.
    fn show_what_scripts_show(&mut self) {
        let mut hidden: HashMap<usize, u32> = HashMap::new();
        let mut all = 0;
        for block in &self.blocks {
            // Menus have many short blocks.
            let weight = block.chars.saturating_sub(40);
            *hidden.entry(block.hidden).or_default() += weight;
            all += weight;
        }
        self.blocks.retain(|block| block.hidden == 0 || 2 * hidden[&block.hidden] > all);
    }

    /// True for a card with links in the middle of a line, as behind a name: it is seen only when pointed at.
    fn is_widget(&self, from: Mark, hints: Hints) -> bool {
        let block = &self.block;
        let (chars, links) =
            (block.chars.saturating_sub(from.chars), block.links - from.links.min(block.links));
        let linked = block.linked.saturating_sub(from.linked);
        // One that says what it is may have a name in it that leads nowhere.
        let is_card = links > 1 && hints.has(Hint::Overlay) && 2 * linked >= chars;
        from.chars > 0 && chars > 0 && (is_card || links >= WIDGET_LINKS && linked == chars)
    }

    /// What says that a line is the article that ends in an element within it.
    fn open_keep(&self) -> Option<Ruling> {
        let mut within =
            self.open.iter().rev().take_while(|open| !matches!(open, Open::Block { is_ruled: true, .. }));
        within.find_map(|open| match open {
            Open::Inline { from, ruling: Some(keep @ Ruling::Keep(_)), .. } => {
                (self.block.chars > from.chars).then(|| keep.clone())
            }
            _ => None,
        })
    }

    /// Cuts what an element that goes has in a line that ends in it, but for one with some of the article in it.
    fn cut_open_end(&mut self) {
        let mut going = None;
        for open in self.open.iter().rev() {
            match open {
                Open::Block { is_ruled: true, .. } => break,
                Open::Inline { from, ruling: Some(Ruling::Keep(_)), .. } if self.block.chars > from.chars => {
                    break;
                }
                Open::Inline { from, ruling: Some(ruling @ Ruling::Drop(_)), .. } if self.may_cut(*from) => {
                    going = Some((*from, ruling.clone()));
                }
                _ => {}
            }
        }
        if let Some((from, ruling)) = going {
            self.cut_from(from, ruling);
        }
    }

    /// True when nothing from here on is the article by a rule.
    fn may_cut(&self, from: Mark) -> bool {
        self.kept_to <= from.bytes
    }

    /// Cuts the end of the line from here on, but for what a rule is not to take.
    fn cut_from(&mut self, from: Mark, ruling: Ruling) {
        let block = &mut self.block;
        let start = from.bytes.min(block.text.len());
        if matches!(ruling, Ruling::Drop(_)) && is_allowed(self.allowed, &block.text[start..]) {
            return;
        }
        let text = block.text.split_off(start).trim().to_owned();
        let chars = block.chars.saturating_sub(from.chars);
        if !text.is_empty() {
            let (element, hidden, ruling) = (self.element, self.hidden, Some(ruling));
            self.out_of_line.push(Block { text, chars, element, hidden, ruling, ..Block::default() });
        }
        (block.chars, block.linked, block.links, block.stressed) =
            (from.chars, from.linked, from.links, from.stressed);
        // What was written before it and what comes after it are as far apart as they were.
        self.space |= from.space;
    }

    fn hints_of(&mut self, name: &str, element: &scraper::node::Element) -> Hints {
        let mut hints = hints::of_element(name);
        for (attribute, value) in element.attrs() {
            if !matches!(attribute, "class" | "id" | "role" | "itemprop") {
                continue;
            }
            hints = hints.and(match self.names.get(value) {
                Some(known) => *known,
                None => {
                    let found = hints::of_names(value);
                    self.names.insert(value.to_owned(), found);
                    found
                }
            });
        }
        hints
    }
}
