//! Runs the console examples of the README. `TRYCMD=overwrite cargo test --test readme` writes what they print.

#[test]
fn the_readme_tells_what_the_command_does() {
    trycmd::TestCases::new().case("README.md");
}
