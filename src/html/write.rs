//! Blocks as text.

use std::ops::Range;

use super::page::{Break, Page, Tag};

/// How the article is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Markup {
    /// As plain text.
    #[default]
    Text,
    /// With Markdown's marks for headings, lists, quotes and code.
    Markdown,
}

/// Where the text of a block stands among that of the others.
pub(super) struct Placed {
    pub block: usize,
    pub bytes: Range<usize>,
}

/// The kept blocks of a page: paragraphs parted by blank lines, items and rows by line ends.
pub(super) fn write(page: &Page, is_kept: &[bool], markup: Markup) -> String {
    write_placed(page, is_kept, markup).0
}

/// The same, with the place of each block.
pub(super) fn write_placed(page: &Page, is_kept: &[bool], markup: Markup) -> (String, Vec<Placed>) {
    let mut text = String::new();
    let mut placed = Vec::new();
    let mut last: Option<usize> = None;
    let mut row = Row::default();
    let is_written = |at: &usize| is_kept.get(*at) == Some(&true) && !page.blocks[*at].text.is_empty();
    let mut blocks = (0..page.blocks.len()).filter(is_written).peekable();
    while let Some(at) = blocks.next() {
        match last {
            Some(last) if markup == Markup::Markdown && is_same_cell(page, last, at) => text.push_str("<br>"),
            Some(last) => text.push_str(gap(page, last, at)),
            None => {}
        }
        if markup == Markup::Markdown {
            row.start(page, last, at, &mut text);
        }
        placed.push(Placed { block: at, bytes: put(page, at, last, markup, &mut text) });
        if markup == Markup::Markdown {
            row.end(page, at, blocks.peek().copied(), &mut text);
        }
        last = Some(at);
    }
    (text, placed)
}

/// A row of a table as Markdown has it.
#[derive(Default)]
struct Row {
    cells: usize,
    /// It is the first of its table, which Markdown sets off.
    is_first: bool,
}

impl Row {
    /// Writes what comes before a block.
    fn start(&mut self, page: &Page, last: Option<usize>, at: usize, text: &mut String) {
        let Some(row) = row_of(page, at) else { return };
        let table = |row: usize| around(page, row, Tag::Table);
        let before = last.and_then(|last| row_of(page, last));
        if before != Some(row) {
            *self = Self { cells: 0, is_first: before.and_then(table) != table(row) || before.is_none() };
            text.push_str("| ");
        }
        self.cells += usize::from(!last.is_some_and(|last| is_same_cell(page, last, at)));
    }

    /// Writes what comes behind it.
    fn end(&self, page: &Page, at: usize, next: Option<usize>, text: &mut String) {
        let row = row_of(page, at);
        if row.is_none() || row == next.and_then(|next| row_of(page, next)) {
            return;
        }
        text.push_str(" |");
        if self.is_first {
            text.push_str("\n|");
            text.extend(std::iter::repeat_n(" --- |", self.cells));
        }
    }
}

/// The row of a block that is all of a cell, or a line of it.
fn row_of(page: &Page, at: usize) -> Option<usize> {
    let element = page.blocks[at].element;
    if is_cell(page, element) { around(page, element, Tag::Row) } else { None }
}

fn is_same_cell(page: &Page, one: usize, other: usize) -> bool {
    let element = page.blocks[one].element;
    element == page.blocks[other].element && is_cell(page, element)
}

/// What parts two blocks.
fn gap(page: &Page, before: usize, at: usize) -> &'static str {
    let (first, second) = (&page.blocks[before], &page.blocks[at]);
    if first.element == second.element && second.before == Break::Line && at == before + 1 {
        return "\n";
    }
    let rows = (around(page, first.element, Tag::Row), around(page, second.element, Tag::Row));
    if let (Some(one), Some(other)) = rows {
        let tables = (around(page, one, Tag::Table), around(page, other, Tag::Table));
        if one == other && is_cell(page, first.element) && is_cell(page, second.element) {
            return " | ";
        }
        if tables.0 == tables.1 && is_cell(page, second.element) && is_cell(page, first.element) {
            return "\n";
        }
    }
    let lists = (list(page, first.element), list(page, second.element));
    if lists.0.is_some() && lists.1.is_some() && is_item(page, first.element) && is_item(page, second.element)
    {
        return "\n";
    }
    "\n\n"
}

/// Writes a block with its marks, and says where its own text is.
fn put(page: &Page, at: usize, last: Option<usize>, markup: Markup, text: &mut String) -> Range<usize> {
    let block = &page.blocks[at];
    let element = block.element;
    // Only the first block of an item has its mark.
    let item = around(page, element, Tag::Item).filter(|&item| {
        last.is_none_or(|last| around(page, page.blocks[last].element, Tag::Item) != Some(item))
    });
    let item_of = item.and_then(|item| list(page, item)).map(|list| page.elements[list].tag);
    match (markup, page.elements[element].tag) {
        (Markup::Markdown, Tag::Heading(level)) => {
            text.extend(std::iter::repeat_n('#', usize::from(level)));
            text.push(' ');
        }
        (Markup::Markdown, Tag::Pre) => {
            text.push_str("```\n");
            let start = text.len();
            text.push_str(&block.text);
            text.push_str("\n```");
            return start..start + block.text.len();
        }
        (Markup::Markdown, _) if around(page, element, Tag::Quote).is_some() => text.push_str("> "),
        _ => {}
    }
    match (markup, item_of) {
        _ if matches!(page.elements[element].tag, Tag::Heading(_)) => {}
        // Whoever shows Markdown counts.
        (Markup::Markdown, Some(Tag::OrderedList)) => text.push_str("1. "),
        (_, Some(_)) => text.push_str("- "),
        (_, None) => {}
    }
    let start = text.len();
    text.push_str(&block.text);
    start..text.len()
}

fn is_cell(page: &Page, element: usize) -> bool {
    matches!(page.elements[element].tag, Tag::Cell | Tag::HeadCell)
}

fn is_item(page: &Page, element: usize) -> bool {
    page.elements[element].tag == Tag::Item
}

/// The innermost element of this kind around one, or that one.
pub(super) fn around(page: &Page, mut element: usize, tag: Tag) -> Option<usize> {
    loop {
        if page.elements[element].tag == tag {
            return Some(element);
        }
        if element == 0 {
            return None;
        }
        element = page.elements[element].parent;
    }
}

fn list(page: &Page, mut element: usize) -> Option<usize> {
    loop {
        if matches!(page.elements[element].tag, Tag::List | Tag::OrderedList) {
            return Some(element);
        }
        if element == 0 {
            return None;
        }
        element = page.elements[element].parent;
    }
}
