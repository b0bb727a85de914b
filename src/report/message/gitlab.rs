//! The Code Quality report of GitLab, which compares two branches by fingerprints.

use std::collections::HashMap;

use serde_json::json;

use super::json::{element, end};
use super::{Message, Printer, portable};
use crate::report::sha256;

#[derive(Default)]
pub(super) struct Gitlab {
    started: bool,
    /// How often each finding was there before: fingerprints differ.
    seen: HashMap<String, usize>,
}

impl Printer for Gitlab {
    fn message(&mut self, message: &Message, out: &mut String) {
        let path = portable(&message.path);
        let id = message.record.as_ref().and_then(|record| record.id.as_deref()).unwrap_or_default();
        let finding = format!("{path}\0{id}\0{}", message.digest());
        let before = self.seen.entry(finding.clone()).or_default();
        let fingerprint = sha256(format!("{finding}\0{before}").as_bytes());
        *before += 1;
        let issue = json!({
            "description": message.sentence(),
            "check_name": message.rule,
            "fingerprint": fingerprint,
            "severity": "minor",
            "location": {
                "path": path,
                "positions": {
                    "begin": { "line": message.place.line, "column": message.place.column },
                    "end": { "line": message.place.end_line, "column": message.place.end_column },
                },
            },
        });
        element(&mut self.started, &issue.to_string(), out);
    }

    fn end(&mut self, out: &mut String) {
        end(self.started, out);
    }
}
