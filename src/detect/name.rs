use std::ops::Range;
pub struct Echo {
    pub start: usize,
    pub end: usize,
    pub display: Range<usize>,
    pub full: Range<usize>,
}
pub fn run_before(_text: &str, _marker: Range<usize>, _floor: usize, _max_chars: usize) -> Option<Echo> {
    None
}
pub fn is_closing(_text: &str, _marker: Range<usize>) -> bool {
    false
}
pub fn unclosed(_text: &str, _range: Range<usize>) -> Vec<Echo> {
    Vec::new()
}
