use std::sync::Arc;

use super::*;

fn config(source: &str) -> Arc<Config> {
    Arc::new(Config::parse("dechaff.toml", source).unwrap_or_else(|error| panic!("{error}")))
}

fn error(source: &str) -> String {
    Config::parse("dechaff.toml", source).unwrap_err().to_string()
}

fn settings(source: &str, path: &str) -> Settings {
    Settings::of(&config(source), Path::new(path))
}

const OVERRIDES: &str = "field = 'body'\nlang = 'en'\nignore = ['ads']\n\n\
    [[overrides]]\nfiles = 'de/'\nlang = 'de'\npacks = ['de.toml']\n\n\
    [[overrides]]\nfiles = ['*.log', '!keep.log']\nformat = 'text'\nfield = ['a', 'b.c']\n";

#[test]
fn the_last_override_that_is_for_a_file_decides() {
    let lang = |path: &str| settings(OVERRIDES, path).about().lang;
    assert_eq!(lang("a.jsonl").as_deref(), Some("en"));
    assert_eq!(lang("de/x/a.jsonl").as_deref(), Some("de"));
    let fields = |path: &str| -> Vec<String> {
        settings(OVERRIDES, path).fields().texts.iter().map(ToString::to_string).collect()
    };
    assert_eq!(fields("de/a.jsonl"), ["body"]);
    assert_eq!(fields("de/a.log"), ["a", "b.c"]);
    assert_eq!(settings(OVERRIDES, "de/a.log").own_format(), Some(Form::Text));
    assert_eq!(settings(OVERRIDES, "de/keep.log").format(), None);
}

#[test]
fn a_pack_says_where_it_is_named() {
    let settings = settings(OVERRIDES, "de/a.txt");
    let packs: Vec<_> = settings.packs().collect();
    assert_eq!(packs, [&PackPath { path: "de.toml".to_owned(), origin: "dechaff.toml:8".to_owned() }]);
}

#[test]
fn settings_of_the_same_parts_are_equal() {
    let config = config(OVERRIDES);
    let of = |path: &str| Settings::of(&config, Path::new(path));
    assert_eq!(of("a.txt"), of("x/b.txt"));
    assert_ne!(of("a.txt"), of("de/b.txt"));
    assert_ne!(of("a.txt"), Settings::default());
}

#[test]
fn excluded_is_what_gitignore_would_take_it_for() {
    let config = config("exclude = ['raw/', '/a.txt', '*.csv', '!b.csv']\n");
    for (path, kind, excluded) in [
        ("raw", PathKind::Folder, true),
        ("x/raw", PathKind::Folder, true),
        ("raw", PathKind::File, false),
        ("raw/a.json", PathKind::File, false),
        ("a.txt", PathKind::File, true),
        ("x/a.txt", PathKind::File, false),
        ("x/a.csv", PathKind::File, true),
        ("x/b.csv", PathKind::File, false),
    ] {
        assert_eq!(config.excludes(Path::new(path), kind), excluded, "{path}");
    }
    assert!(config.excludes_around(Path::new("x/raw/y/a.json"), PathKind::File));
}

#[test]
fn all_that_counts_is_shown_with_its_line() {
    let shown = |path: &str| -> Vec<String> {
        let settings = settings(&format!("{OVERRIDES}extend-select = ['caption']\nselect = ['all']\n"), path);
        let line = |setting: ShownSetting| format!("{} {} {}", setting.line, setting.key, setting.value);
        settings.shown().into_iter().map(line).collect()
    };
    assert_eq!(shown("a.txt"), ["1 field \"body\"", "2 lang \"en\"", "3 ignore [\"ads\"]"]);
    assert_eq!(
        shown("de/a.log"),
        [
            "7 lang \"de\"",
            "8 packs [\"de.toml\"]",
            "12 format \"text\"",
            "13 field [\"a\", \"b.c\"]",
            "14 extend-select [\"caption\"]",
            "15 select [\"all\"]"
        ]
    );
}

#[test]
fn a_pyproject_may_have_a_configuration() {
    let source = "[project]\nname = 'a'\n\n[tool.ruff]\nselect = ['E']\n";
    assert!(Config::parse_pyproject("pyproject.toml", source).unwrap().is_none());
    let source = format!(
        "{source}\n[tool.dechaff]\nlang = 'de'\n\n[[tool.dechaff.overrides]]\nfiles = 'x'\nlang = 'fr'\n"
    );
    let config = Arc::new(Config::parse_pyproject("pyproject.toml", &source).unwrap().unwrap());
    let shown = Settings::of(&config, Path::new("x/a.txt")).shown();
    assert_eq!((shown.len(), shown[0].line, shown[0].files.as_deref()), (1, 12, Some("\"x\"")));
    let wrong = source.replace("lang = 'de'", "land = 'de'");
    let error = Config::parse_pyproject("pyproject.toml", &wrong).unwrap_err().to_string();
    assert!(error.contains("pyproject.toml:8:1") && error.contains("did you mean `lang`?"), "{error}");
}

#[test]
fn the_readme_shows_a_configuration_that_can_be_read() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("```toml\nextend-select").unwrap();
    let (source, _) = after.split_once("```").unwrap();
    let config = config(&format!("extend-select{source}"));
    let of = |path: &str| Settings::of(&config, Path::new(path));
    assert_eq!(of("dumps/a.jsonl").fields().texts[0].as_str(), "article.body");
    assert_eq!(of("dumps/old-a.jsonl").fields().texts[0].as_str(), "text");
    assert_eq!(of("a.txt").allowed().count(), 2);
}

#[test]
fn what_is_said_last_of_texts_and_pages_counts() {
    let source = "field = 'body'\n[[overrides]]\nfiles = 'p/'\nhtml-field = 'html'\nfavor = 'precision'\n\
                  [[overrides]]\nfiles = 'p/t/'\nfield = 'text'\n";
    let of = |path: &str| settings(source, path).fields();
    assert_eq!((of("a.jsonl").texts[0].as_str(), of("a.jsonl").holds), ("body", Holds::Texts));
    assert_eq!((of("p/a.jsonl").texts[0].as_str(), of("p/a.jsonl").holds), ("html", Holds::Pages));
    assert_eq!((of("p/t/a.jsonl").texts[0].as_str(), of("p/t/a.jsonl").holds), ("text", Holds::Texts));
    assert_eq!(settings(source, "p/t/a.jsonl").favor(), Some(Favor::Precision));
    let shown: Vec<String> =
        settings(source, "p/t/a.jsonl").shown().into_iter().map(|setting| setting.key).collect();
    assert_eq!(shown, ["favor", "field"]);
    assert!(error("field = 'a'\nhtml-field = 'b'\n").contains("`field` and `html-field` both say"));
    assert!(error("favor = 'speed'\n").contains("write one of `precision`, `balance`, `recall`"));
}

#[test]
fn an_unknown_key_is_shown_with_the_key_that_was_meant() {
    assert_eq!(
        error("lang = 'en'\nexlude = ['raw/']\n"),
        "error: unknown field `exlude`, expected one of `select`, `extend-select`, `ignore`, `packs`, \
         `default-packs`, `budget`, `allow`, `format`, `field`, `html-field`, `output-field`, `favor`, \
         `url-field`, `title-field`, `id-field`, `lang-field`, `delimiter`, `header`, `url`, `lang`, `encoding`, `exclude`, `force-exclude`, `overrides`, `files`
 --> dechaff.toml:2:1
  |
2 | exlude = ['raw/']
  | ^^^^^^
  |
  = help: did you mean `exclude`?"
    );
}

#[test]
fn a_key_like_no_other_is_shown_with_all_keys_once() {
    let error = error("[dechaff]\nlang = 'en'\n");
    assert!(error.starts_with("error: unknown field `dechaff`\n --> dechaff.toml:1:2\n"), "{error}");
    assert!(error.contains("= help: write one of `select`, "), "{error}");
    assert_eq!(error.matches("`extend-select`").count(), 1, "{error}");
}

#[test]
fn every_value_that_makes_no_sense_is_shown() {
    let source = "budget = 2\nformat = 'jsonlines'\nallow = ['(']\nfield = 'a..b'\nencoding = 'utf-99'\n\
        delimiter = 'xx'\nexclude = ['[z-a]']\nfiles = 'x'\n[[overrides]]\nforce-exclude = true\nexclude = []\n";
    let error = error(source);
    for (place, help) in [
        ("1:10", "from 0 to 1"),
        ("2:10", "did you mean `jsonl`?"),
        ("3:10", "backslash"),
        ("4:9", "write it like text"),
        ("5:12", "write it like utf-8"),
        ("6:13", ""),
        ("7:12", "as in `.gitignore`"),
        ("8:9", "[[overrides]]"),
        ("9:1", "add `files = "),
        ("10:17", "at the top"),
        ("11:11", "at the top"),
    ] {
        assert!(error.contains(&format!("dechaff.toml:{place}\n")), "{place}: {error}");
        assert!(error.contains(help), "{help}: {error}");
    }
}

#[test]
fn a_class_that_is_never_closed_is_no_pattern_of_names() {
    for (source, place) in [
        ("exclude = ['raw/', '[']\n", "1:20"),
        ("exclude = ['draft-[0-9']\n", "1:12"),
        ("[[overrides]]\nfiles = '*.[tx'\n", "2:9"),
    ] {
        let error = error(source);
        assert!(
            error.contains("not a pattern of names") && error.contains("unclosed character class"),
            "{error}"
        );
        assert!(error.contains(&format!("dechaff.toml:{place}\n")), "{error}");
    }
    assert!(config("exclude = ['\\[', '[ab].txt']\n").excludes(Path::new("["), PathKind::File));
}

#[test]
fn the_schema_file_is_made_from_the_types() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(schema::Table)).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write("src/config/config.schema.json", &schema).unwrap();
    }
    assert!(schema == SCHEMA, "run `UPDATE_SCHEMA=1 cargo test schema_file` and commit the result");
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let value: serde_json::Value = toml::from_str(OVERRIDES).unwrap();
    jsonschema::validate(&schema, &value).unwrap();
    assert!(jsonschema::validate(&schema, &serde_json::json!({ "exlude": [] })).is_err());
}
