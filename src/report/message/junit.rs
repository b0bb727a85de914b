//! JUnit, as most systems read test results: a suite for each file, a failed case for each finding.

use std::fmt::Write as _;

use super::{Message, Printer};
use crate::report::human::printable;

/// The counts stand before the cases, so all is kept until the end.
#[derive(Default)]
pub(super) struct Junit {
    suites: Vec<Suite>,
}

struct Suite {
    path: String,
    cases: String,
    count: usize,
}

impl Printer for Junit {
    fn message(&mut self, message: &Message, _: &mut String) {
        if self.suites.last().is_none_or(|suite| suite.path != message.path) {
            self.suites.push(Suite { path: message.path.clone(), cases: String::new(), count: 0 });
        }
        let Some(suite) = self.suites.last_mut() else { return };
        let Message { place, rule, path, kind, .. } = message;
        let name = escaped(&format!("dechaff.{rule}"));
        let sentence = message.sentence();
        suite.count += 1;
        let _ = writeln!(
            suite.cases,
            "    <testcase name=\"{name}\" classname=\"{path}\" line=\"{line}\" column=\"{column}\">\n      \
             <failure type=\"{kind}\" message=\"{short}\">{path}:{line}:{column}: {short}</failure>\n    \
             </testcase>",
            path = escaped(path),
            line = place.line,
            column = place.column,
            kind = escaped(kind),
            short = escaped(&sentence),
        );
    }

    fn end(&mut self, out: &mut String) {
        let all: usize = self.suites.iter().map(|suite| suite.count).sum();
        let _ = writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        let _ =
            writeln!(out, "<testsuites name=\"dechaff\" tests=\"{all}\" failures=\"{all}\" errors=\"0\">");
        for Suite { path, cases, count } in &self.suites {
            let path = escaped(path);
            let _ = writeln!(
                out,
                "  <testsuite name=\"{path}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\">"
            );
            out.push_str(cases);
            let _ = writeln!(out, "  </testsuite>");
        }
        let _ = writeln!(out, "</testsuites>");
    }
}

/// Text for XML, which has no way to write control characters.
fn escaped(text: &str) -> String {
    let printable = printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let text = printable.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}
