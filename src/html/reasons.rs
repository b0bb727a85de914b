//! What speaks against a block, for a person: the names of numbers in words.

/// What the number of this name is about.
pub(super) fn in_words(name: &str) -> String {
    if let Some(hint) = name.strip_prefix("in_") {
        return format!("the elements around it, by their names or kind: `{hint}`");
    }
    if let Some(phrase) = name.strip_prefix("says_") {
        return format!("its words: `{phrase}`");
    }
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let words = if starts(&["likely_own"]) {
        "its own text and looks"
    } else if starts(&["likely_look", "likely_kin", "look_", "cards", "sibling"]) {
        "blocks that look like it"
    } else if starts(&["likely_shared", "shared_words"]) {
        "what it is about: it shares few words with the main text"
    } else if starts(&["likely_up", "likely_main", "up1", "up2", "up3", "up4", "list_"]) {
        "what else is in the elements around it"
    } else if starts(&["likely_page", "likely_rank", "likely_mass", "page_", "articles"]) {
        "the rest of the page"
    } else if starts(&[
        "likely_",
        "prev",
        "next",
        "near",
        "prose_",
        "since_",
        "after_title",
        "blocks_",
        "section_",
        "opened_",
    ]) {
        "its neighbours"
    } else if starts(&["seen_"]) {
        "the same text elsewhere on the page"
    } else if starts(&[
        "best_",
        "shared_depth",
        "article_in",
        "part_",
        "index",
        "score",
        "own_weight",
        "title_distance",
        "before_headline",
    ]) {
        "how far it is from the main text"
    } else if starts(&["linked", "links", "starts_linked", "heading_linked"]) {
        "its links"
    } else if starts(&["words", "word_length", "sentences", "end", "commas", "trails_off", "median"]) {
        "how long it is, and that it is no sentence"
    } else if starts(&["tag", "heading", "depth", "line_break"]) {
        "the element that it is"
    } else {
        return format!("`{name}`");
    };
    words.to_owned()
}
