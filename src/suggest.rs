//! What a misspelt name was most likely meant to be: the same in every message that asks "did you mean".

/// The name among `names` that `wanted` was most likely meant to be.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&wanted, &name.to_lowercase());
    let near = names.into_iter().map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > 0.75);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_told_when_it_is_near() {
        assert_eq!(nearest("txet", ["id", "text", "title"]), Some("text"));
        assert_eq!(nearest("zzz", ["id", "text"]), None);
        assert_eq!(nearest("Text", ["id", "text"]), Some("text"));
    }
}
