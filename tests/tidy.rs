//! Holds the house rules that the compiler cannot: each test says which file and line, and what to do instead.

mod crates;
mod documents;
mod files;
mod habits;
mod layers;
mod manual;
mod schema;
mod source;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use source::Source;

/// A line and what is wrong there.
type Finding = (usize, String);

/// Every Rust file of the project.
static TREE: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let mut paths = Vec::new();
    for top in ["crates", "tests", "xtask"] {
        collect(&root().join(top), &mut paths);
    }
    paths.retain(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"));
    paths.into_iter().map(|path| Source::new(&path, &read(&path))).collect()
});

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder, as paths from the root.
fn collect(folder: &Path, paths: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            let inside = path.strip_prefix(root()).expect("we started at the root");
            paths.push(inside.to_string_lossy().replace('\\', "/"));
        }
    }
    paths.sort();
}

/// Holds a rule about Rust files: it catches each made-up offender, and nothing in the tree.
fn hold(rule: impl Fn(&Source) -> Vec<Finding>, offenders: &[(&str, &str)], advice: &str) {
    for (path, text) in offenders {
        assert!(!rule(&Source::new(path, text)).is_empty(), "the rule is blind: it does not see `{text}` in {path}");
    }
    let found = TREE.iter().flat_map(|source| {
        rule(source).into_iter().map(|(line, what)| format!("{}:{line}: {what}", source.path)).collect::<Vec<_>>()
    });
    report(found, advice);
}

/// Fails with every problem on a line of its own, and what to do about them.
fn report(problems: impl IntoIterator<Item = String>, advice: &str) {
    let mut text = String::new();
    for problem in problems {
        writeln!(text, "{problem}").expect("writing to a string");
    }
    assert!(text.is_empty(), "\n{text}→ {advice}");
}
