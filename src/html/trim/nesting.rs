//! Which elements are open, as the parser will see it.
//!
//! The parser ignores some end tags and closes some elements by itself, so to count tags is not to know how deep the
//! tree is. What is open here is at least what is open there: where the two could part, a tag is left out.

/// Elements deeper than this are not nested further.
const MAX_DEPTH: usize = 400;
/// Paragraphs, items and cells may go that much deeper, as they keep lines apart.
const MAX_LINES: usize = 40;
/// The parser opens the formatting elements that are open again in each paragraph, so they are few.
const MAX_FORMATTING: usize = 12;
/// Of more than these with one name the parser forgets some, and with them what their end tags are for.
const MAX_ALIKE: usize = 3;
/// An end tag of a formatting element is heeded by the parser through fewer elements than this.
const MAX_CROSSED: usize = 8;
/// Formatting elements beyond the bound are remembered, up to this many, so that their end tags go too.
const MAX_REMEMBERED: usize = 64;

/// Which end tags do not reach beyond an open element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    /// All do.
    Nothing,
    /// Those of elements without a meaning to the parser, such as `span`.
    Plain,
    /// All but those of the parts of a table.
    Most,
    /// All.
    All,
}

impl Bar {
    fn of(name: &str) -> Self {
        match name {
            "table" | "template" | "select" => Bar::All,
            "applet" | "caption" | "td" | "th" | "marquee" | "object" => Bar::Most,
            "address" | "article" | "aside" | "blockquote" | "button" | "center" | "dd" | "details"
            | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer"
            | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "li" | "listing"
            | "main" | "menu" | "nav" | "ol" | "p" | "pre" | "search" | "section" | "summary" | "tbody"
            | "tfoot" | "thead" | "tr" | "ul" => Bar::Plain,
            _ => Bar::Nothing,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Open<'a> {
    name: &'a str,
    bar: Bar,
}

impl Open<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// When it is closed, so are the formatting elements in it.
    fn ends_formatting(&self) -> bool {
        self.bar == Bar::Most || self.is("template")
    }
}

/// A formatting element, which stays open when those around it are closed.
#[derive(Debug, Clone, Copy)]
struct Formatting<'a> {
    name: &'a str,
    /// How many elements are around it.
    depth: usize,
    /// It was not beyond the bound.
    is_kept: bool,
}

/// The elements that are open.
#[derive(Debug, Default)]
pub(super) struct Nesting<'a> {
    open: Vec<Open<'a>>,
    formatting: Vec<Formatting<'a>>,
    /// How many elements were left out and have not ended.
    beyond: usize,
}

const ROWS: [&str; 7] = ["tbody", "thead", "tfoot", "tr", "td", "th", "caption"];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// True for elements that end where the next one starts.
fn is_line(lower: &str) -> bool {
    matches!(lower, "p" | "li" | "dd" | "dt" | "option") || ROWS[..6].contains(&lower)
}

impl<'a> Nesting<'a> {
    /// Opens an element, `name` as it is written and `lower` in lower case; false when its tag is to be left out.
    /// End tags that must stand before it go to `markup`.
    pub fn start(&mut self, name: &'a str, lower: &str, markup: &mut String) -> bool {
        let mut end_first = |own: &mut Self, name: &str, at: usize| {
            own.close_to(at);
            markup.push_str("</");
            markup.push_str(name);
            markup.push('>');
        };
        if self.is_in_select() {
            if lower == "select" {
                // It is taken for an end tag.
                return self.end_select();
            }
            if !ROWS.contains(&lower) {
                return false;
            }
            end_first(self, "select", self.open.len() - 1);
        }
        let last = self.open.len().wrapping_sub(1);
        let is_last = |own: &Self, names: &[&str]| own.open.last().is_some_and(|open| open.is_any(names));
        match lower {
            "p" | "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dir" | "div"
            | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "header" | "main" | "nav" | "ol"
            | "section" | "summary" | "ul" | "pre" => self.end_paragraph(),
            // Whether these end a paragraph hangs on the parser and on the page.
            "dialog" | "menu" | "search" | "hgroup" | "listing" | "form" | "table" => {
                if let Some(at) = self.paragraph() {
                    end_first(self, "p", at);
                }
                if lower == "table" {
                    let mut open = self.open.iter();
                    let around =
                        open.rposition(|open| open.is_any(&["table", "td", "th", "caption", "template"]));
                    if let Some(at) = around.filter(|&at| self.open[at].is("table")) {
                        end_first(self, "table", at);
                    }
                }
            }
            "li" => self.end_item(&["li"]),
            "dd" | "dt" => self.end_item(&["dd", "dt"]),
            "option" | "optgroup" if is_last(self, &["option"]) => end_first(self, "option", last),
            "rt" | "rp" | "rb" | "rtc" => {
                if is_last(self, &["p", "li", "dd", "dt", "option", "optgroup"]) {
                    return false;
                }
                if is_last(self, &["rt", "rp", "rb", "rtc"]) {
                    let before = self.open[last].name;
                    end_first(self, before, last);
                }
            }
            "button" => {
                if let Some(at) = self.find(&["button"], |open| matches!(open.bar, Bar::Most | Bar::All)) {
                    self.close_to(at);
                }
            }
            _ if HEADINGS.contains(&lower) => {
                self.end_paragraph();
                if is_last(self, &HEADINGS) {
                    let last = self.open.len() - 1;
                    let before = self.open[last].name;
                    end_first(self, before, last);
                }
            }
            _ if ROWS.contains(&lower) && !self.start_row(lower) => return false,
            _ => {}
        }
        let is_line = is_line(lower);
        if self.open.len() >= MAX_DEPTH + if is_line { MAX_LINES } else { 0 } {
            self.beyond += usize::from(!is_line);
            return false;
        }
        self.open.push(Open { name, bar: Bar::of(lower) });
        true
    }

    /// Closes an element; false when its end tag is to be left out.
    pub fn end(&mut self, lower: &str) -> bool {
        let is_line = is_line(lower);
        if self.beyond > 0 && !is_line {
            self.beyond -= 1;
            return false;
        }
        if self.is_in_select() {
            return lower == "select" && self.end_select();
        }
        let found = match lower {
            "p" => {
                // Without a start it is an empty paragraph, which parts lines.
                self.end_paragraph();
                return true;
            }
            "form" => {
                let found = self.find(&["form"], |open| matches!(open.bar, Bar::Most | Bar::All));
                if let Some(at) = found {
                    // What is in it stays open.
                    self.open.remove(at);
                    for formatting in self.formatting.iter_mut().filter(|formatting| formatting.depth > at) {
                        formatting.depth -= 1;
                    }
                }
                return found.is_some();
            }
            "table" => self.find(&["table"], |open| open.bar == Bar::All),
            _ if ROWS.contains(&lower) => self.find(&[lower], |open| open.bar == Bar::All),
            _ if HEADINGS.contains(&lower) => {
                self.find(&HEADINGS, |open| matches!(open.bar, Bar::Most | Bar::All))
            }
            "li" => self
                .find(&["li"], |open| matches!(open.bar, Bar::Most | Bar::All) || open.is_any(&["ol", "ul"])),
            // Ones that older parsers do not know end as plain ones do.
            "dialog" | "search" | "hgroup" | "menu" => self.find(&[lower], |open| open.bar != Bar::Nothing),
            _ if Bar::of(lower) == Bar::Nothing => self.find(&[lower], |open| open.bar != Bar::Nothing),
            _ => self.find(&[lower], |open| matches!(open.bar, Bar::Most | Bar::All)),
        };
        if let Some(at) = found {
            self.close_to(at);
        }
        found.is_some()
    }

    /// Opens a formatting element; false when its tag is to be left out.
    pub fn start_formatting(&mut self, name: &'a str) -> bool {
        if self.is_in_select() {
            return false;
        }
        if name.eq_ignore_ascii_case("a") {
            // Links do not nest.
            self.close_formatting(name);
        }
        let kept = self.formatting.iter().filter(|formatting| formatting.is_kept);
        let alike = kept.clone().filter(|formatting| formatting.name.eq_ignore_ascii_case(name)).count();
        let is_kept = alike < MAX_ALIKE && kept.count() < MAX_FORMATTING;
        if is_kept || self.formatting.len() < MAX_REMEMBERED {
            self.formatting.push(Formatting { name, depth: self.open.len(), is_kept });
        }
        is_kept
    }

    /// Closes a formatting element; false when its end tag is to be left out.
    pub fn close_formatting(&mut self, name: &str) -> bool {
        if self.is_in_select() {
            return false;
        }
        let mut all = self.formatting.iter();
        let Some(at) = all.rposition(|formatting| formatting.name.eq_ignore_ascii_case(name)) else {
            return false;
        };
        let Formatting { depth, is_kept, .. } = self.formatting[at];
        let crossed = &self.open[depth.min(self.open.len())..];
        if is_kept
            && (crossed.len() >= MAX_CROSSED
                || crossed.iter().any(|open| matches!(open.bar, Bar::Most | Bar::All)))
        {
            return false;
        }
        self.formatting.remove(at);
        is_kept
    }

    /// Closes a list of choices, as a field of a form does; false when none is open.
    pub fn end_select(&mut self) -> bool {
        let found = self.find(&["select"], |open| open.bar == Bar::All);
        if let Some(at) = found {
            self.close_to(at);
        }
        found.is_some()
    }

    fn is_in_select(&self) -> bool {
        self.open.last().is_some_and(|open| open.is("select"))
    }

    /// Closes what a part of a table closes; false when it is in none.
    fn start_row(&mut self, lower: &str) -> bool {
        let parts: &[&str] = match lower {
            "td" | "th" => &["td", "th", "caption"],
            "tr" => &["tr", "td", "th", "caption"],
            _ => &ROWS,
        };
        let Some(table) = self.open.iter().rposition(|open| open.bar == Bar::All) else { return false };
        if !self.open[table].is("table") {
            return false;
        }
        let inside = &self.open[table..];
        let at = inside.iter().position(|open| open.is_any(parts)).unwrap_or_else(|| {
            // What is in a table and in no cell is closed.
            1 + inside.iter().rposition(|open| open.is_any(&ROWS)).unwrap_or_default()
        });
        self.close_to(table + at);
        true
    }

    /// Closes the paragraph that is open, as a line across the page does.
    pub fn end_paragraph(&mut self) {
        if let Some(at) = self.paragraph() {
            self.close_to(at);
        }
    }

    fn paragraph(&self) -> Option<usize> {
        self.find(&["p"], |open| matches!(open.bar, Bar::Most | Bar::All) || open.is("button"))
    }

    fn end_item(&mut self, names: &[&str]) {
        let found =
            self.find(names, |open| open.bar != Bar::Nothing && !open.is_any(&["address", "div", "p"]));
        if let Some(at) = found {
            self.close_to(at);
        }
        self.end_paragraph();
    }

    /// The innermost open element of these names, unless one that bars the way is further in.
    fn find(&self, names: &[&str], bars: impl Fn(&Open) -> bool) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.is_any(names) {
                return Some(at);
            }
            if bars(open) {
                return None;
            }
        }
        None
    }

    /// Closes the element at `at` and all in it.
    fn close_to(&mut self, at: usize) {
        if let Some(cell) = self.open[at..].iter().position(Open::ends_formatting) {
            self.formatting.retain(|formatting| formatting.depth <= at + cell);
        }
        self.open.truncate(at);
        for formatting in &mut self.formatting {
            formatting.depth = formatting.depth.min(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trim;
    use super::*;
    use crate::html::rules::PageRules;

    /// How deep the tree of a page is, and how many elements are in it.
    fn size(page: &str) -> (usize, usize) {
        let trimmed = trim(page, &PageRules::default());
        let tree = scraper::Html::parse_document(&trimmed.markup);
        let elements = tree.root_element().descendants().filter(|node| node.value().is_element());
        elements.fold((0, 0), |(depth, count), node| (depth.max(node.ancestors().count()), count + 1))
    }

    #[test]
    fn no_sequence_of_tags_makes_a_deep_tree() {
        for unit in [
            "<div></x>",
            "<div></b>",
            "<span><div></span>",
            "<span><div></span></div>",
            "<li><dd>",
            "<ruby><rt>",
            "<rt>",
            "<optgroup>",
            "<math><td>",
            "<math><mtext><p>",
            "<mi/>",
            "<table><td>",
            "<form><div></form>",
            "<div><div><select></div></div><select>",
            "<h1><b><h2></b>",
            "<b><b><b><b><div></b></b></b></b></div>",
            "<template><td><div></td></template>",
            "<object></div><div></object>",
            "<button><p>",
            "<h1><dd><h1></h1></h1>",
            "<p><table></table><span></p>",
            "<select><marquee></select><select><marquee></select></marquee>",
            "<ruby></button></ruby><ruby><button><button><ruby>",
        ] {
            let (depth, _) = size(&format!("<body>{}", unit.repeat(3_000)));
            assert!(depth < 2 * MAX_DEPTH + 100, "{unit}: {depth} deep");
        }
    }

    #[test]
    fn no_sequence_of_tags_opens_formatting_without_end() {
        let nine = "<div>".repeat(9);
        let nine_ended = "</div>".repeat(9);
        for (before, unit) in [
            ("<div>", "<b class=c#></i>".to_owned()),
            ("", "<i id=c#><table><tr><td></i></table>".to_owned()),
            ("", format!("<b class=c#>{nine}</b>{nine_ended}")),
            ("", format!("<a class=c#>{nine}")),
            ("<table>", "<td><b class=c#></tr>".to_owned()),
            ("<table><template><div>", "<td><b class=c#></td>".to_owned()),
        ] {
            let units: String = (0..300).map(|number| unit.replace('#', &number.to_string())).collect();
            let (_, count) = size(&format!("{before}{units}</div>{}", "<p>ab c".repeat(300)));
            assert!(count < 12_000, "{unit}: {count} elements");
        }
    }

    #[test]
    fn tags_that_close_what_is_open_stay() {
        for page in [
            "<div><p>a<p>b<ul><li>c<li>d</ul></div><p>e</p>",
            "<table><tr><td><b>a<td>b</td></tr><tr><td>c</table><b>d</b>",
            "<h2>a</h3><span>b</span><form><div>c</form></div>",
            "<p><b>a</p><p>b</b></p>",
        ] {
            assert_eq!(trim(page, &PageRules::default()).markup, page);
        }
        let stray = trim("a</div>b</span></i>c<td>d", &PageRules::default());
        assert_eq!(stray.markup, "abcd");
    }
}
