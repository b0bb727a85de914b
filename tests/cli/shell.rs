//! `dechaff completions` and `dechaff man`.

use crate::support::Desk;

#[test]
fn shells_complete_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        Desk::new().run(&format!("completions {shell}")).succeeds().shows(&["check", "output-format"]);
    }
    Desk::new().run("completions tcsh").fails().says(&["possible values"]);
}

#[test]
fn there_is_a_page_for_each_command() {
    let desk = Desk::new();
    desk.run("man").succeeds().shows(&[".TH dechaff 1", "dechaff\\-check(1)"]);
    desk.run("man -o man").succeeds().prints("");
    assert!(desk.text("man/dechaff-check.1").contains("output\\-format"));
    assert!(desk.exists("man/dechaff-rules-test.1"));
}
