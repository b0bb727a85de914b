//! Lists the packs of the `rules/` folder for the program, and compiles their word lists: whoever adds a pack only adds a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[allow(dead_code, reason = "the build makes words, and does not look for them")]
#[path = "src/words.rs"]
mod words;

use words::{Lists, Words};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=src/words.rs");
    let mut files = Vec::new();
    find(Path::new("rules"), &mut files)?;
    files.sort();
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut list = String::from("[\n");
    let mut packs = Vec::new();
    for file in files {
        let name = file.to_string_lossy().replace('\\', "/");
        let path = Path::new(&root).join(&file);
        packs.extend(lists_of(&fs::read_to_string(&file)?));
        writeln!(list, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    packs.sort_by(|(a, _), (b, _)| a.cmp(b));
    let words = Words::new(packs.iter().map(|(id, lists)| (id.as_str(), lists)));
    let words = postcard::to_allocvec(&words).map_err(io::Error::other)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("packs.rs"), list)?;
    fs::write(out.join("words.bin"), words)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

/// The id and the word lists of a pack; none of a file that is no pack, of which the tests tell what is wrong with it.
fn lists_of(source: &str) -> Option<(String, Lists)> {
    let pack: toml::Table = source.parse().ok()?;
    let text = |key: &str| pack.get("pack")?.get(key)?.as_str();
    let mut lists = Lists::default();
    let own: BTreeMap<&str, &toml::Value> = pack
        .get("words")
        .and_then(|words| words.as_table())
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.as_str(), v))
        .collect();
    for (name, value) in own {
        match value {
            toml::Value::Array(words) => {
                lists.add(
                    text("language").unwrap_or_default(),
                    name,
                    words.iter().filter_map(|word| word.as_str()),
                );
            }
            toml::Value::Table(of_language) => {
                for (list, words) in of_language {
                    let words = words.as_array().into_iter().flatten();
                    lists.add(name, list, words.filter_map(|word| word.as_str()));
                }
            }
            _ => return None,
        }
    }
    Some((text("id")?.to_owned(), lists))
}
