//! Files have a name that says something, an opening sentence, and a size one can read.

use super::source::Source;
use super::{Finding, hold};

const LONGEST: usize = 500;
const SAY_NOTHING: [&str; 8] = ["common", "helper", "helpers", "manager", "misc", "service", "util", "utils"];

#[test]
fn names_say_something() {
    let rule = |source: &Source| -> Vec<Finding> {
        let parts = source.path.trim_end_matches(".rs").split('/');
        let empty = parts.filter(|part| SAY_NOTHING.contains(part));
        let mut found: Vec<Finding> = empty.map(|part| (1, format!("`{part}` says nothing"))).collect();
        if source.path.ends_with("/mod.rs") {
            found.push((1, "`mod.rs` hides the name of its module".to_owned()));
        }
        found
    };
    let offenders = [("crates/app/src/utils.rs", ""), ("tests/common/x.rs", ""), ("crates/app/src/posts/mod.rs", "")];
    hold(rule, &offenders, "name the file after the one thing in it; a module with children is `foo.rs` beside `foo/`");
}

#[test]
fn every_file_opens_with_a_sentence() {
    let rule = |source: &Source| -> Vec<Finding> {
        let opening: Vec<&str> = source.text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
        let sentence = opening.join(" ");
        if sentence.ends_with('.') { Vec::new() } else { vec![(1, format!("opens with `{sentence}`"))] }
    };
    let offenders =
        [("a.rs", "use std::fs;\n"), ("b.rs", "//! A heading\n"), ("c.rs", "/// Doc.\n"), ("d.rs", "//!\n//! No.")];
    hold(
        rule,
        &offenders,
        "begin the file with one `//!` sentence that says what it is for, and end it with a full stop",
    );
}

#[test]
fn no_file_is_too_long_to_read() {
    let rule = |source: &Source| -> Vec<Finding> {
        let lines = source.text.lines().count();
        if lines > LONGEST { vec![(LONGEST + 1, format!("{lines} lines"))] } else { Vec::new() }
    };
    let long = "\n".repeat(LONGEST + 1);
    hold(rule, &[("a.rs", &long)], "give the second idea in this file a file of its own (the aim is 400 lines)");
}
