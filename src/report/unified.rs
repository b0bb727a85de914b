//! The report as a unified diff.

use similar::TextDiff;

/// A unified diff from `before` to `after`, both called `name`; empty when they are equal.
///
/// Control characters come through as they are: what shows the diff to a person makes them harmless.
pub fn diff(name: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn a_removed_line_is_shown_in_its_context() {
        assert_eq!(
            diff("x.txt", "One.\n\nADVERTISEMENT\n\nTwo.\n", "One.\n\nTwo.\n"),
            "--- a/x.txt\n+++ b/x.txt\n@@ -1,5 +1,3 @@\n One.\n \n-ADVERTISEMENT\n-\n Two.\n"
        );
    }

    #[test]
    fn no_change_is_no_diff() {
        assert_eq!(diff("x.txt", "One.", "One."), "");
    }
}
