//! A page as the blocks of text that a reader sees, and the elements that they stand in.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::{Html, Node as TreeNode};

use super::about::{About, Metadata};
use super::hints::{self, Hint, Hints};
use super::kind::Kind;
use super::rules::{PageRules, Ruling};
use super::trim::trim;
use crate::document::Document;

/// A page, read.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub blocks: Vec<Block>,
    pub elements: Vec<Element>,
    pub about: About,
    /// What goes before anything is judged.
    pub cuts: Vec<Cut>,
    /// What its structured data say that it is, other than an article.
    pub kind: Kind,
}

/// A block that goes by a rule, or by how it is built.
#[derive(Debug)]
pub(super) struct Cut {
    /// How many of the page's blocks come before it.
    pub at: usize,
    pub block: Block,
}

/// An element that breaks lines, or says something of the text in it.
#[derive(Debug, Clone)]
pub(super) struct Element {
    /// The one around it; the root is its own.
    pub parent: usize,
    pub depth: u16,
    pub tag: Tag,
    pub hints: Hints,
    /// Alike for elements of the same name and classes, in elements of which that is true as well.
    pub look: u32,
    /// Alike for elements of the same name and first class, wherever they stand.
    pub kin: u32,
}

/// What an element is to its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tag {
    #[default]
    Other,
    Paragraph,
    Heading(u8),
    Item,
    Cell,
    HeadCell,
    Row,
    Table,
    List,
    OrderedList,
    Pre,
    Quote,
    Caption,
    Term,
    Description,
    Button,
}

/// What comes before a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Break {
    /// A blank line.
    #[default]
    Paragraph,
    /// A line break within a paragraph.
    Line,
}

/// Some text that no line break parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub text: String,
    /// The innermost element that it stands in.
    pub element: usize,
    pub before: Break,
    /// What elements within the line say that hold most of it.
    pub inline: Hints,
    /// How many characters are linked.
    pub linked: u32,
    /// How many links there are.
    pub links: u32,
    /// How many characters are bold or in italics.
    pub stressed: u32,
    pub chars: u32,
    /// Its first character is linked.
    pub starts_linked: bool,
    /// The outermost element around it that is hidden; 0 when none is.
    pub hidden: usize,
    pub ruling: Option<Ruling>,
}

impl Page {
    /// Reads a page.
    pub fn read(page: &str) -> Self {
        Self::read_by(page, &PageRules::default(), Document::default())
    }

    /// Reads a page by rules on its elements; `known` is what is known of it besides what it says itself.
    pub fn read_by(page: &str, rules: &PageRules, known: Document<'_>) -> Self {
        let trimmed = trim(page, rules);
        let tree = Html::parse_document(&trimmed.markup);
        let rulings = rules.rulings(&tree, known, trimmed.canonical);
        let mut reader = Reader::default();
        reader.elements.push(Element {
            parent: 0,
            depth: 0,
            tag: Tag::Other,
            hints: Hints::NONE,
            look: 0,
            kin: 0,
        });
        for edge in tree.tree.root().traverse() {
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
        let about = reader.metadata.about(trimmed.canonical, &trimmed.data);
        let kind = Kind::of_data(&trimmed.data);
        let (mut blocks, mut cuts) = (Vec::with_capacity(reader.blocks.len()), Vec::new());
        for block in reader.blocks {
            match block.ruling {
                Some(Ruling::Drop(_)) if rules.protect(&block.text) => blocks.push(block),
                Some(Ruling::Drop(_) | Ruling::Widget) => cuts.push(Cut { at: blocks.len(), block }),
                Some(Ruling::Keep(_)) | None => blocks.push(block),
            }
        }
        Self { blocks, elements: reader.elements, about, cuts, kind }
    }

    /// The page with the blocks that go in their places.
    pub fn whole(&self) -> Self {
        let mut blocks = Vec::with_capacity(self.blocks.len() + self.cuts.len());
        let mut cuts = self.cuts.iter().peekable();
        for at in 0..=self.blocks.len() {
            while let Some(cut) = cuts.next_if(|cut| cut.at == at) {
                blocks.push(cut.block.clone());
            }
            blocks.extend(self.blocks.get(at).cloned());
        }
        Self { blocks, elements: self.elements.clone(), kind: self.kind, ..Self::default() }
    }
}

/// What became of an open element.
#[derive(Debug, Clone)]
enum Open {
    /// Within the line: how many characters the block had, and what it says.
    Inline { from: Mark, hints: Hints, is_link: bool, is_stress: bool, ruling: Option<Ruling> },
    /// It breaks the line.
    Block { before: usize, is_link: bool, is_pre: bool, is_hidden: bool, ruling_before: Option<Ruling> },
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
}

/// Fewer links in a line are no list of them.
const WIDGET_LINKS: u32 = 3;

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    elements: Vec<Element>,
    metadata: Metadata,
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
    /// How many elements are open in the line that go by a rule.
    dropped_in_line: u32,
    /// What went out of the line.
    out_of_line: Vec<Block>,
    names: HashMap<String, Hints>,
}

impl Reader {
    fn open(&mut self, element: &scraper::node::Element, ruling: Option<&Ruling>) {
        let name = element.name();
        if self.unseen > 0 {
            self.unseen += 1;
            return;
        }
        match name {
            "meta" => self.metadata.add_meta(
                element.attr("name").or(element.attr("property")).or(element.attr("itemprop")),
                element.attr("content"),
            ),
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
            if is_link && self.after_link && !self.block.text.is_empty() {
                // Two links that touch are two things, with some room between them.
                self.space = true;
            }
            let is_stress = matches!(name, "b" | "strong" | "em" | "i");
            let Block { chars, linked, links, stressed, .. } = self.block;
            let from = Mark { bytes: self.block.text.len(), chars, linked, links, stressed };
            self.links += u32::from(is_link);
            self.block.links += u32::from(is_link);
            self.stress += u32::from(is_stress);
            let hints = self.hints_of(name, element);
            let ruling = ruling.cloned();
            self.dropped_in_line += u32::from(matches!(ruling, Some(Ruling::Drop(_))));
            self.open.push(Open::Inline { from, hints, is_link, is_stress, ruling });
            return;
        }
        self.end_block();
        let tag = tag(name);
        let is_page = matches!(name, "html" | "body" | "head");
        let hints = if is_page { Hints::NONE } else { self.hints_of(name, element) };
        let is_pre = tag == Tag::Pre;
        let is_hidden = is_hidden && self.hidden == 0;
        let ruling_before = self.ruling.clone();
        self.ruling = ruling.cloned().or_else(|| ruling_before.clone());
        self.open.push(Open::Block { before: self.element, is_link, is_pre, is_hidden, ruling_before });
        self.pre += u32::from(is_pre);
        self.links += u32::from(is_link);
        let class = element.attr("class").unwrap_or_default();
        let look = look(self.elements[self.element].look, name, class);
        let kin = kin(name, class);
        let depth = self.elements[self.element].depth + 1;
        self.elements.push(Element { parent: self.element, depth, tag, hints, look, kin });
        self.element = self.elements.len() - 1;
        if is_hidden {
            self.hidden = self.element;
        }
    }

    fn close(&mut self, name: &str) {
        if self.unseen > 1 {
            self.unseen -= 1;
            return;
        }
        if name == "title" {
            self.in_title = false;
        }
        match self.open.pop() {
            Some(Open::Unseen) => self.unseen = 0,
            Some(Open::Inline { from, hints, is_link, is_stress, ruling }) => {
                self.links -= u32::from(is_link);
                self.stress -= u32::from(is_stress);
                self.after_link = is_link;
                let chars = self.block.chars.saturating_sub(from.chars);
                if let Some(ruling @ Ruling::Drop(_)) = ruling {
                    self.cut_from(from, ruling);
                    self.dropped_in_line -= 1;
                } else if !is_link && self.is_widget(from, hints) {
                    self.cut_from(from, Ruling::Widget);
                } else if let Some(ruling) = ruling.filter(|_| chars > 0) {
                    // A line of which a part is the article stays whole.
                    self.block.ruling = Some(ruling);
                } else if !hints.is_empty() && chars > 0 {
                    self.inline.push((hints, chars));
                }
            }
            Some(Open::Block { before, is_link, is_pre, is_hidden, ruling_before }) => {
                self.end_block();
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
            for ch in text.chars() {
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
                block.text.push(ch);
                block.chars += 1;
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
        self.space = false;
        self.after_link = false;
        if self.dropped_in_line > 0 {
            self.cut_open_end();
        }
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

    /// Cuts what an element that goes has in a line that ends in it.
    fn cut_open_end(&mut self) {
        let mut going = self.open.iter().filter_map(|open| match open {
            Open::Inline { from, ruling: Some(ruling @ Ruling::Drop(_)), .. } => {
                Some((*from, ruling.clone()))
            }
            _ => None,
        });
        if let Some((from, ruling)) = going.next() {
            self.cut_from(from, ruling);
        }
    }

    /// Cuts the end of the line from here on.
    fn cut_from(&mut self, from: Mark, ruling: Ruling) {
        let block = &mut self.block;
        let text = block.text.split_off(from.bytes.min(block.text.len())).trim().to_owned();
        let chars = block.chars.saturating_sub(from.chars);
        if !text.is_empty() {
            let (element, hidden, ruling) = (self.element, self.hidden, Some(ruling));
            self.out_of_line.push(Block { text, chars, element, hidden, ruling, ..Block::default() });
        }
        (block.chars, block.linked, block.links, block.stressed) =
            (from.chars, from.linked, from.links, from.stressed);
        self.space = false;
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

/// Soft hyphens, byte order marks and the like only say how text may be broken.
fn is_written(ch: char) -> bool {
    !matches!(ch, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "span"
            | "b"
            | "strong"
            | "em"
            | "i"
            | "u"
            | "code"
            | "small"
            | "sup"
            | "sub"
            | "abbr"
            | "acronym"
            | "big"
            | "cite"
            | "del"
            | "dfn"
            | "font"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "strike"
            | "time"
            | "tt"
            | "var"
            | "bdi"
            | "bdo"
            | "data"
            | "wbr"
            | "nobr"
            | "ruby"
            | "rb"
            | "rt"
            | "rp"
            | "br"
            | "title"
            | "math"
            | "mi"
            | "mo"
            | "mn"
            | "mrow"
            | "msup"
            | "msub"
            | "mfrac"
            | "mstyle"
            | "semantics"
            | "mtext"
            | "msqrt"
            | "mover"
            | "munder"
            | "meta"
            | "link"
    )
}

fn is_never_seen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "iframe"
            | "object"
            | "canvas"
            | "select"
            | "datalist"
            | "input"
            | "textarea"
            | "audio"
            | "video"
            | "map"
            | "annotation"
            | "option"
            | "progress"
            | "meter"
            | "rp"
    )
}

fn is_hidden(name: &str, element: &scraper::node::Element) -> bool {
    element.attrs().any(|(attribute, value)| match attribute {
        "hidden" => !value.eq_ignore_ascii_case("until-found"),
        "aria-hidden" => value == "true" && is_inline(name),
        "style" => hides(value),
        _ => false,
    })
}

fn hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        declaration.split_once(':').is_some_and(|(property, value)| {
            let (property, value) = (property.trim(), value.trim());
            property.eq_ignore_ascii_case("display") && starts_with(value, "none")
                || property.eq_ignore_ascii_case("visibility") && starts_with(value, "hidden")
        })
    })
}

fn starts_with(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn tag(name: &str) -> Tag {
    match name {
        "p" => Tag::Paragraph,
        "h1" => Tag::Heading(1),
        "h2" => Tag::Heading(2),
        "h3" => Tag::Heading(3),
        "h4" => Tag::Heading(4),
        "h5" => Tag::Heading(5),
        "h6" => Tag::Heading(6),
        "li" => Tag::Item,
        "td" => Tag::Cell,
        "th" => Tag::HeadCell,
        "tr" => Tag::Row,
        "table" => Tag::Table,
        "ul" | "menu" => Tag::List,
        "ol" => Tag::OrderedList,
        "pre" => Tag::Pre,
        "blockquote" => Tag::Quote,
        "figcaption" | "caption" => Tag::Caption,
        "dt" => Tag::Term,
        "dd" => Tag::Description,
        "button" => Tag::Button,
        _ => Tag::Other,
    }
}

/// A hash of the names on the way to an element. Numbers in them say which of its kind it is.
fn look(around: u32, name: &str, class: &str) -> u32 {
    add_name(add_name(around ^ START, name), class)
}

/// A hash of an element's name and its first class.
fn kin(name: &str, class: &str) -> u32 {
    add_name(add_name(START, name), class.split_ascii_whitespace().next().unwrap_or_default())
}

const START: u32 = 0x811c_9dc5;

fn add_name(hash: u32, name: &str) -> u32 {
    name.bytes()
        .filter(|byte| !byte.is_ascii_digit())
        .chain([0])
        .fold(hash, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
