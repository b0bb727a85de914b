//! Findings that are accepted, so that a check can be adopted where there is noise already. They are known by
//! file, record, rule and text, with a count, and not by lines: edits elsewhere in the file leave them accepted.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use dechaff::report::human::{counted, shortened};
use dechaff::report::message::Message;
use serde::{Deserialize, Serialize};

use super::console;
use super::files::in_full;
use super::output::OutputFile;

/// The version of the file's form.
const FORMAT: u32 = 1;

/// Accepted findings, as they are read or collected.
pub(super) struct Baseline {
    file: PathBuf,
    /// Its folder: paths in it are relative to that, wherever the command runs.
    folder: PathBuf,
    findings: BTreeMap<Key, Accepted>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: String,
    id: Option<String>,
    rule: String,
    sha256: String,
}

struct Accepted {
    text: String,
    count: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    rule: String,
    /// For whoever reads the file.
    text: String,
    sha256: String,
    count: u64,
}

/// True for a baseline of any form.
fn is_baseline(bytes: &[u8]) -> bool {
    let keys = |json: &serde_json::Value| json.get("format").is_some() && json.get("findings").is_some();
    serde_json::from_slice(bytes).is_ok_and(|json| keys(&json))
}

#[derive(Deserialize)]
struct Content {
    format: u32,
    findings: Vec<Entry>,
}

impl Baseline {
    /// One without findings, to be written to `file`: a new one, or in the place of another baseline.
    pub fn start(file: &Path) -> Result<Self> {
        let is_other = || fs::read(file).is_ok_and(|bytes| !bytes.is_empty() && !is_baseline(&bytes));
        if file.is_file() && is_other() {
            bail!("{} is there and is no baseline; give the baseline another name", file.display());
        }
        Ok(Self::new(file))
    }

    fn new(file: &Path) -> Self {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = in_full(parent.unwrap_or(Path::new(".")));
        Self { file: file.to_owned(), folder, findings: BTreeMap::new() }
    }

    /// The one in `file`.
    pub fn read(file: &Path) -> Result<Self> {
        let mut baseline = Self::new(file);
        let name = file.display();
        let json = fs::read_to_string(file)
            .with_context(|| format!("cannot read the baseline {name}; --write-baseline makes one"))?;
        let Content { format, findings } = serde_json::from_str(&json)
            .with_context(|| format!("{name} is no baseline; --write-baseline makes one"))?;
        if format != FORMAT {
            bail!(
                "{name} is a baseline of form {format}, and this dechaff reads form {FORMAT}; write it again"
            );
        }
        for Entry { path, id, rule, text, sha256, count } in findings {
            let accepted = baseline.findings.entry(Key { path, id, rule, sha256 });
            accepted.or_insert(Accepted { text, count: 0 }).count += count;
        }
        Ok(baseline)
    }

    /// True when the finding is accepted; it is used up by that.
    pub fn accepts(&mut self, message: &Message) -> bool {
        match self.findings.get_mut(&self.key(message)) {
            Some(accepted) if accepted.count > 0 => {
                accepted.count -= 1;
                true
            }
            _ => false,
        }
    }

    /// Accepts a finding.
    pub fn add(&mut self, message: &Message) {
        let accepted = self.findings.entry(self.key(message));
        accepted.or_insert_with(|| Accepted { text: shortened(&message.text), count: 0 }).count += 1;
    }

    /// Tells which findings are accepted and were not there any more in the files `checked`, or in files that
    /// are gone.
    pub fn tell_stale<'p>(&self, checked: impl Iterator<Item = &'p str>) {
        let checked: HashSet<String> = checked.map(|path| self.relative(path)).collect();
        let stale = self.findings.iter().filter(|(key, accepted)| {
            accepted.count > 0 && (checked.contains(&key.path) || !self.folder.join(&key.path).exists())
        });
        let mut all = 0;
        for (Key { path, id, rule, .. }, Accepted { text, count }) in stale {
            let record = id.as_ref().map(|id| format!(" (id {id})")).unwrap_or_default();
            let times = if *count > 1 { format!(", {count} times") } else { String::new() };
            console::note(&format!("{path}{record}: no more {rule}  {text}{times}"));
            all += count;
        }
        if all > 0 {
            let stale = counted(all, "accepted finding");
            console::note(&format!(
                "{stale} of {} not there any more; --write-baseline {0} leaves them out",
                self.file.display()
            ));
        }
    }

    /// Writes the file, a line for each finding.
    pub fn write(self) -> Result<()> {
        let mut lines = Vec::new();
        for (Key { path, id, rule, sha256 }, Accepted { text, count }) in self.findings {
            lines.push(serde_json::to_string(&Entry { path, id, rule, text, sha256, count })?);
        }
        let findings = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        let mut file = OutputFile::create(&self.file)?;
        writeln!(file, "{{\"format\": {FORMAT}, \"findings\": [{findings}]}}")
            .with_context(|| format!("cannot write {}", self.file.display()))?;
        file.finish()
    }

    fn key(&self, message: &Message) -> Key {
        Key {
            path: self.relative(&message.path),
            id: message.record.as_ref().and_then(|record| record.id.clone()),
            rule: message.rule.clone(),
            sha256: message.digest(),
        }
    }

    /// A path from the folder of the baseline, with slashes.
    fn relative(&self, path: &str) -> String {
        let absolute = in_full(Path::new(path));
        let relative = absolute.strip_prefix(&self.folder).unwrap_or(&absolute);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/").replace("//", "/")
    }
}
