//! SARIF 2.1.0, which code scanning and editors read. The results come first, so that none has to wait for the
//! list of rules behind them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json::to_json;
use super::{Message, Printer, Region, portable};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) struct Sarif {
    started: bool,
    /// What each rule is for.
    about: BTreeMap<String, String>,
    /// Each rule that found something, with its kind and its pack.
    rules: BTreeMap<String, (String, String)>,
}

impl Sarif {
    pub fn new(about: BTreeMap<String, String>) -> Self {
        Self { started: false, about, rules: BTreeMap::new() }
    }

    fn start(&mut self, out: &mut String) {
        if !std::mem::replace(&mut self.started, true) {
            out.push_str(&format!(
                "{{\n  \"$schema\": \"{SCHEMA}\",\n  \"version\": \"2.1.0\",\n  \"runs\": [{{\n    \
                 \"columnKind\": \"unicodeCodePoints\",\n    \"results\": [\n"
            ));
        }
    }

    fn rule(&self, id: &str, kind: &str, pack: &str) -> Value {
        let about = self.about.get(id).map_or("", String::as_str);
        // Each tag stands there once.
        let tags = if kind == pack { vec![kind] } else { vec![kind, pack] };
        json!({
            "id": id,
            "shortDescription": { "text": about },
            "fullDescription": { "text": about },
            "help": { "text": format!(
                "{about}. `dechaff rules explain {id}` shows what the rule strips and what it keeps; \
                 `dechaff check --fix` removes what it finds, and `--ignore {id}` leaves the rule out."
            ) },
            "defaultConfiguration": { "level": "warning" },
            "properties": { "tags": tags },
        })
    }
}

impl Printer for Sarif {
    fn message(&mut self, message: &Message, out: &mut String) {
        let separator = if self.started { ",\n" } else { "" };
        self.start(out);
        out.push_str(separator);
        let Message { rule, kind, pack, .. } = message;
        if !self.rules.contains_key(rule) {
            self.rules.insert(rule.clone(), (kind.clone(), pack.clone()));
        }
        let artifact = json!({ "uri": uri(&portable(&message.path)) });
        let mut result = json!({
            "ruleId": rule,
            "level": "warning",
            "message": { "text": message.sentence() },
            "locations": [{ "physicalLocation": {
                "artifactLocation": artifact,
                "region": match message.record {
                    None => region(&message.place),
                    Some(_) => json!({ "startLine": message.place.line }),
                },
            } }],
            "partialFingerprints": { "dechaffFinding/v1": message.digest() },
        });
        if let Some(fix) = &message.fix {
            let mut replacement = json!({ "deletedRegion": region(&fix.place) });
            if !fix.replacement.is_empty() {
                replacement["insertedContent"] = json!({ "text": fix.replacement });
            }
            result["fixes"] = json!([{
                "description": { "text": format!("Remove what `{rule}` found") },
                "artifactChanges": [{ "artifactLocation": artifact, "replacements": [replacement] }],
            }]);
        }
        out.push_str(&format!("      {result}"));
    }

    fn end(&mut self, out: &mut String) {
        let separator = if self.started { "\n" } else { "" };
        self.start(out);
        out.push_str(separator);
        let rules = self.rules.iter().map(|(id, (kind, pack))| self.rule(id, kind, pack));
        let driver = json!({
            "name": "dechaff",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.collect::<Vec<Value>>(),
        });
        out.push_str(&format!("    ],\n    \"tool\": {{ \"driver\": {} }}\n  }}]\n}}\n", to_json(&driver)));
    }
}

fn region(region: &Region) -> Value {
    json!({
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    })
}

/// A path as an URI: a relative one is relative to where the command ran.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
