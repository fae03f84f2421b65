//! The manual is in English and in Spanish, and a page is built alike in both.

use std::collections::BTreeSet;

use super::{collect, read, report, root};

/// The page that is only in English, since its table is printed from the code.
const ONLY_ENGLISH: &str = "settings.md";

/// How a page is built.
#[derive(Default)]
struct Shape {
    /// The level of each heading.
    headings: Vec<usize>,
    /// The lines of all fenced blocks, and the fences.
    fenced: Vec<String>,
}

impl Shape {
    fn of(text: &str) -> Self {
        let (mut shape, mut is_inside) = (Self::default(), false);
        for line in text.lines() {
            let is_fence = line.trim_start().starts_with("```");
            if is_fence || is_inside {
                shape.fenced.push(line.to_owned());
            } else if line.starts_with('#') {
                shape.headings.push(line.chars().take_while(|letter| *letter == '#').count());
            }
            is_inside ^= is_fence;
        }
        shape
    }
}

/// What is built otherwise in Spanish than in English.
fn differences(english: &str, spanish: &str) -> Vec<String> {
    let (english, spanish) = (Shape::of(english), Shape::of(spanish));
    let mut found = Vec::new();
    if english.headings != spanish.headings {
        found.push(format!("headings of levels {:?}, in English {:?}", spanish.headings, english.headings));
    }
    let alike = english.fenced.iter().zip(&spanish.fenced).take_while(|(one, other)| one == other).count();
    let (there, here) = (english.fenced.get(alike), spanish.fenced.get(alike));
    if there != here {
        found.push(format!("a fenced block says {here:?}, in English {there:?}"));
    }
    found
}

#[test]
fn the_manual_is_the_same_in_both_languages() {
    let sample = "# One\n\n```sh\n# no heading\nrun\n```\n\n## Two\n";
    assert!(differences(sample, &sample.replace("Two", "Dos")).is_empty());
    for (what, other) in
        [("## Two", ""), ("## Two", "# Two"), ("run\n", "corre\n"), ("run\n", ""), ("## Two", "```\n```")]
    {
        assert!(!differences(sample, &sample.replace(what, other)).is_empty(), "`{other}` is not `{what}`");
    }

    let mut paths = Vec::new();
    collect(&root().join("docs/admin"), &mut paths);
    let mut names: BTreeSet<&str> = paths.iter().filter_map(|path| path.rsplit('/').next()).collect();
    assert!(names.remove(ONLY_ENGLISH), "{ONLY_ENGLISH} is there");
    let pages = names.into_iter().map(|name| (format!("docs/admin/{name}"), format!("docs/admin/es/{name}")));
    let pages = pages.chain([("README.md".to_owned(), "README.es.md".to_owned())]);
    let found = pages.flat_map(|(english, spanish)| {
        let found = differences(&read(&english), &read(&spanish));
        found.into_iter().map(move |what| format!("{spanish}: {what}"))
    });
    report(found, "say in both languages what one of them says; only the prose is translated");
}
