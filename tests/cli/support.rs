//! A folder for each test, and the command run in it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use encoding_rs::Encoding;
use serde_json::Value;
use tempfile::TempDir;

/// An article with one piece of noise, which the built-in pack `ads` knows.
pub const ARTICLE: &str = "The council met on Monday to talk about the bridge.\n\n\
     ADVERTISEMENT\n\n\
     The vote is expected in May, and it may be close.\n";

/// [`ARTICLE`] without it.
pub const CLEAN: &str = "The council met on Monday to talk about the bridge.\n\n\
     The vote is expected in May, and it may be close.\n";

/// A sentence with a word, or nothing, in its middle; long enough that the word is well within all budgets.
pub fn sentence(word: &str) -> String {
    let gap = if word.is_empty() { "" } else { " " };
    format!("Something{gap}{word} stands here in the middle of a sentence of the article.\n")
}

/// A record of JSON Lines with this text.
pub fn record(text: &str) -> String {
    format!("{{\"text\":\"{}\"}}\n", text.replace('\n', "\\n"))
}

pub fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// All members.
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

/// A folder that goes away with the test.
pub struct Desk {
    folder: TempDir,
}

/// What came of running the command.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A folder with this file in it.
    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        Self::new().and(name, content)
    }

    pub fn and(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(name, content);
        self
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The names in a folder, hidden ones too, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The lines of a report of one type.
    pub fn report_lines(&self, name: &str, line_type: &str) -> Vec<Value> {
        let lines = self.text(name);
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["type"] == line_type).collect()
    }

    /// A pipe with a name. Whoever opens one end waits for the other.
    #[cfg(unix)]
    pub fn pipe(&self, name: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    /// The command, to be run in the folder.
    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("dechaff"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs the command with words as a shell would cut them.
    pub fn run(&self, line: &str) -> Outcome {
        self.run_with(line, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, line: &str, stdin: impl AsRef<[u8]>) -> Outcome {
        self.run_args(line.split_whitespace(), stdin)
    }

    /// The same with arguments that may hold white space.
    pub fn run_args<'a>(&self, args: impl IntoIterator<Item = &'a str>, stdin: impl AsRef<[u8]>) -> Outcome {
        let mut command = assert_cmd::Command::from_std(self.command(args));
        let output = command.write_stdin(stdin.as_ref()).output().unwrap();
        Outcome {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }
}

impl Outcome {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.ends_with_code(0)
    }

    #[track_caller]
    pub fn fails(self) -> Self {
        self.ends_with_code(2)
    }

    #[track_caller]
    pub fn ends_with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        self
    }

    /// Standard output is this, byte for byte.
    #[track_caller]
    pub fn prints(self, expected: impl AsRef<[u8]>) -> Self {
        let expected = expected.as_ref();
        let (shown, wanted) = (String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(expected));
        assert!(self.stdout == expected, "printed {shown:?}\nand not {wanted:?}\n{}", self.stderr);
        self
    }

    /// Standard output holds each of these.
    #[track_caller]
    pub fn shows(self, parts: &[&str]) -> Self {
        let stdout = String::from_utf8_lossy(&self.stdout).into_owned();
        assert_holds(&stdout, parts);
        self
    }

    /// Standard error holds each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        assert_holds(&self.stderr, parts);
        self
    }

    #[track_caller]
    pub fn says_nothing(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }
}

#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

/// Text in an encoding, without a byte order mark.
pub fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    dechaff::encode::encode(text, encoding).unwrap()
}

/// A pack with one rule that matches `pattern` in a line; `more` is put into the rule.
pub fn span_pack(id: &str, pattern: &str, more: &str) -> String {
    format!(
        "[pack]\nid = \"{id}\"\ndescription = \"A pack of one's own\"\n\n\
         [[rule]]\nid = \"{id}-rule\"\nkind = \"chrome\"\nabout = \"A word\"\n\
         match.span = '{pattern}'\n{more}\n\
         strip = [{{ from = \"A {pattern} B\", to = \"A B\" }}]\nkeep = [\"A B\"]\n"
    )
}
