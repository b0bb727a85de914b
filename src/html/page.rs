//! A page as the blocks of text that a reader sees, and the elements that they stand in.

use scraper::Html;

use super::about::{About, Shown};
use super::hints::Hints;
use super::kind::Kind;
use super::reader::Reader;
use super::rules::{PageRules, Ruling};
use super::trim::trim;
use crate::document::Document;

/// A page, read.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub blocks: Vec<Block>,
    pub elements: Vec<Element>,
    pub about: About,
    /// What it shows near its headline.
    pub shown: Shown,
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
        let reader = Reader::read(&tree, &rulings, rules.allowed());
        let (about, shown) = reader.metadata.about(trimmed.canonical, &trimmed.data);
        let kind = Kind::of_data(&trimmed.data);
        let (mut blocks, mut cuts) = (Vec::with_capacity(reader.blocks.len()), Vec::new());
        for block in reader.blocks {
            match block.ruling {
                Some(Ruling::Drop(_)) if rules.protect(&block.text) => blocks.push(block),
                Some(Ruling::Drop(_) | Ruling::Widget) => cuts.push(Cut { at: blocks.len(), block }),
                Some(Ruling::Keep(_)) | None => blocks.push(block),
            }
        }
        Self { blocks, elements: reader.elements, about, shown, cuts, kind }
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
