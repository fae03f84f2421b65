//! What the documents list is what the code has: settings, and activities.

use std::collections::BTreeSet;

use server::settings::{SETTINGS, Setting};

use super::source::{Source, closing};
use super::{TREE, read, report};

/// What one list has and the other lacks, both ways.
fn differences(here: (&str, &BTreeSet<String>), there: (&str, &BTreeSet<String>)) -> Vec<String> {
    let only = |one: (&str, &BTreeSet<String>), other: (&str, &BTreeSet<String>)| {
        one.1.difference(other.1).map(|name| format!("{}: `{name}` is not in {}", one.0, other.0)).collect::<Vec<_>>()
    };
    [only(here, there), only(there, here)].concat()
}

/// The names that a TOML file assigns or shows as a comment.
fn keys(text: &str) -> BTreeSet<String> {
    let key = |line: &str| {
        let (key, _) = line.trim_start_matches('#').trim_start().split_once('=')?;
        let key = key.trim_end();
        let named = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        named.then(|| key.to_owned())
    };
    text.lines().filter_map(key).collect()
}

#[test]
fn the_example_shows_every_setting() {
    assert_eq!(keys("# Words = words.\n#url = \"x\"\n# log= 1\n"), BTreeSet::from(["log".into(), "url".into()]));

    let shown = keys(&read("tertulia.example.toml"));
    let known = SETTINGS.iter().map(|setting| setting.key.to_owned()).collect();
    let found = differences(("tertulia.example.toml", &shown), ("server::settings::SETTINGS", &known));
    report(found, "show each setting in tertulia.example.toml with its default and what it means");
}

/// The line of the admin's table for a setting.
fn row(setting: &Setting) -> String {
    let default = if setting.default.is_empty() { "none".to_owned() } else { format!("`{}`", setting.default) };
    let meaning = setting.meaning.replace('|', "\\|");
    format!("| `{}` | `{}` | {default} | {meaning} | {} |", setting.env, setting.key, setting.expected)
}

#[test]
fn the_manual_explains_every_setting() {
    let manual = read("docs/admin/settings.md");
    let rows: BTreeSet<String> = manual.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    let known = SETTINGS.iter().map(row).collect();
    let found = differences(("docs/admin/settings.md", &rows), ("server::settings::SETTINGS", &known));
    report(found, "the table of docs/admin/settings.md has one row per setting, worded as in the code");
}

/// The activities that the code names: the `name` of every entry of `ACTIVITIES`.
fn in_code(source: &Source) -> BTreeSet<String> {
    let (at, _) = *source.words("ACTIVITIES").first().expect("a const `ACTIVITIES` in federation::activities");
    let open = at + source.code.get(at..).and_then(|rest| rest.find("= &[")).expect("a list") + "= &".len();
    let end = closing(&source.code, open).expect("balanced brackets");
    let entries = source.words("name").into_iter().filter(|(at, _)| (open..end).contains(at));
    let name = |(at, _)| Some(source.text.get(at..end)?.split('"').nth(1)?.to_owned());
    entries.filter_map(name).collect()
}

/// The activities of the table in the section "Activities": the code at the start of each row.
fn in_table(text: &str) -> BTreeSet<String> {
    let section = text.lines().skip_while(|line| *line != "## Activities").skip(1);
    let rows = section.take_while(|line| !line.starts_with("## "));
    let name = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    rows.filter_map(name).collect()
}

#[test]
fn federation_md_lists_every_activity() {
    let sample = "const ACTIVITIES: &[A] = &[A { name: \"Follow\", about: \"x\" }, A { name: \"Like\" }]; const NAME: &str = \"x\";";
    let sample = Source::new("a.rs", sample);
    assert_eq!(in_code(&sample), BTreeSet::from(["Follow".into(), "Like".into()]));
    let sample = "| `Not` | here |\n## Activities\n| activity | way |\n|---|---|\n| `Follow` | both |\n## After\n| `Like` | in |";
    assert_eq!(in_table(sample), BTreeSet::from(["Follow".into()]));

    let path = "crates/federation/src/activities.rs";
    let code = in_code(&Source::new(path, &read(path)));
    let table = in_table(&read("FEDERATION.md"));
    let found = differences(("FEDERATION.md", &table), (path, &code));
    report(found, "the table below \"## Activities\" in FEDERATION.md has one row per entry of `ACTIVITIES`");
}

#[test]
fn the_tests_of_proposals_exist() {
    let text = read("FEDERATION.md");
    let section = text.lines().skip_while(|line| *line != "## Proposals").skip(1);
    let rows = section.take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| ["));
    let named: Vec<&str> = rows.filter_map(|row| row.trim_end_matches(" |").rsplit('`').nth(1)).collect();
    assert!(named.len() > 15, "the table is there: {named:?}");
    let is_test = |name: &str| TREE.iter().any(|source| source.text.contains(&format!("fn {name}()")));
    let lost = named.iter().filter(|name| !is_test(name)).map(|name| format!("FEDERATION.md: no test `{name}`"));
    report(lost, "the table of proposals names tests");
}
