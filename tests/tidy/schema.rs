//! Both databases get the same tables, columns and indexes, except for search.

use std::collections::{BTreeMap, BTreeSet};

use super::{collect, read, report, root};

/// Search is where the databases may differ: whatever it owns has this word in its name.
const SEARCH: &str = "search";

/// What the migrations of one database leave behind.
#[derive(Default)]
struct Schema {
    /// Columns in order, in words that both databases share.
    tables: BTreeMap<String, Vec<String>>,
    /// What stands behind the index's name: the table, its columns, its condition.
    indexes: BTreeMap<String, String>,
    /// Constraints of a table, in any order.
    constraints: BTreeMap<String, BTreeSet<String>>,
}

impl Schema {
    fn of(database: &str) -> Self {
        let mut paths = Vec::new();
        collect(&root().join("migrations").join(database), &mut paths);
        paths.retain(|path| path.ends_with("/up.sql"));
        let mut schema = Self::default();
        for path in &paths {
            schema.apply(&read(path));
        }
        schema
    }

    fn apply(&mut self, script: &str) {
        for statement in statements(script) {
            let words: Vec<&str> = statement.split_whitespace().collect();
            match words.as_slice() {
                ["create", "table", name, ..] => self.create(name, &statement),
                ["create", "unique", "index", name, "on", ..] | ["create", "index", name, "on", ..] => {
                    let kind = if statement.starts_with("create unique") { "unique " } else { "" };
                    let target = statement.split_once(" on ").map_or("", |(_, target)| target);
                    self.indexes.insert((*name).to_owned(), format!("{kind}{target}"));
                }
                ["alter", "table", name, "add", "column", column @ ..] => {
                    self.tables.entry((*name).to_owned()).or_default().push(portable(&column.join(" ")));
                }
                ["drop", "table", name] => drop(self.tables.remove(*name)),
                ["drop", "index", name] => drop(self.indexes.remove(*name)),
                _ => {}
            }
        }
    }

    fn create(&mut self, name: &str, statement: &str) {
        let statement = statement.trim_end_matches(" without rowid");
        let body = statement.split_once('(').map_or("", |(_, body)| body.trim_end().trim_end_matches(')'));
        for part in split_outside_brackets(body, ',') {
            let constraint = ["primary", "unique", "foreign", "check", "constraint"];
            if constraint.iter().any(|word| part.starts_with(word)) {
                self.constraints.entry(name.to_owned()).or_default().insert(part);
            } else {
                self.tables.entry(name.to_owned()).or_default().push(portable(&part));
            }
        }
    }
}

/// The statements of a script in lower case, every blank one space, none around brackets and commas.
fn statements(script: &str) -> Vec<String> {
    let code: String =
        script.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let mut spaced = code.to_lowercase().replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    spaced = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    for (loose, tight) in [("( ", "("), (" )", ")"), (" ,", ","), ("if not exists ", "")] {
        spaced = spaced.replace(loose, tight);
    }
    split_outside_brackets(&spaced, ';')
}

fn split_outside_brackets(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted) = (0, false);
    for letter in text.chars() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if letter == separator && depth == 0 && !quoted {
            parts.push(String::new());
        } else {
            parts.last_mut().expect("there is always one").push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// A column in words that both databases share.
fn portable(column: &str) -> String {
    let same =
        [("double precision", "double"), ("bytea", "blob"), ("jsonb", "text"), ("json", "text"), (" strict", "")];
    let mut column = format!("{column} ");
    for (theirs, ours) in same {
        column = column.replace(&format!(" {theirs} "), &format!(" {ours} "));
    }
    // SQLite's row number must be spelled INTEGER; it has 64 bits all the same.
    if column.contains("primary key") {
        column = column.replace(" integer ", " bigint ");
    }
    column.trim_end().to_owned()
}

/// What the two schemas do not have in common.
fn problems(sqlite: &Schema, postgres: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, one: String, other: String| {
        if one != other {
            found.push(format!("{what}: sqlite has `{one}`, postgres has `{other}`"));
        }
    };
    let names: BTreeSet<&String> = sqlite.tables.keys().chain(postgres.tables.keys()).collect();
    for name in names.into_iter().filter(|name| !name.contains(SEARCH)) {
        let columns = |schema: &Schema| {
            let all = schema.tables.get(name).into_iter().flatten();
            all.filter(|column| !column.starts_with(SEARCH)).cloned().collect::<Vec<_>>()
        };
        let (ours, theirs) = (columns(sqlite), columns(postgres));
        compare(&format!("columns of {name}"), ours.len().to_string(), theirs.len().to_string());
        for (one, other) in ours.into_iter().zip(theirs) {
            compare(&format!("table {name}"), one, other);
        }
        let constraints =
            |schema: &Schema| format!("{:?}", schema.constraints.get(name).into_iter().flatten().collect::<Vec<_>>());
        compare(&format!("constraints of {name}"), constraints(sqlite), constraints(postgres));
    }
    let names: BTreeSet<&String> = sqlite.indexes.keys().chain(postgres.indexes.keys()).collect();
    for name in names.into_iter().filter(|name| !name.contains(SEARCH)) {
        let index = |schema: &Schema| schema.indexes.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
        compare(&format!("index {name}"), index(sqlite), index(postgres));
    }
    found
}

#[test]
fn both_databases_have_the_same_tables() {
    let schema = |script: &str| {
        let mut schema = Schema::default();
        schema.apply(script);
        schema
    };
    let differ = |one: &str, other: &str| !problems(&schema(one), &schema(other)).is_empty();
    let table = "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, b TEXT, -- words, (more\n UNIQUE (b, id));";
    let same = "create table a (\n  id INTEGER NOT NULL PRIMARY KEY,\n  b text,\n  unique(b,id)\n);\nCREATE TABLE posts_search (x TEXT);";
    assert!(!differ(table, same), "{:?}", problems(&schema(table), &schema(same)));
    assert!(differ(table, &table.replace("b TEXT", "b TEXT NOT NULL")), "another column");
    assert!(differ(table, &table.replace("UNIQUE (b, id)", "UNIQUE (b)")), "another constraint");
    assert!(differ(table, &format!("{table} CREATE TABLE c (d TEXT);")), "another table");
    assert!(differ(table, &format!("{table} CREATE INDEX i ON a (b);")), "another index");
    assert!(differ(table, &format!("{table} ALTER TABLE a ADD COLUMN c TEXT;")), "a column added later");
    assert!(differ("CREATE INDEX i ON a (b);", "CREATE UNIQUE INDEX i ON a (b);"), "another kind of index");

    let (sqlite, postgres) = (Schema::of("sqlite"), Schema::of("postgres"));
    assert!(!sqlite.tables.is_empty() && !postgres.tables.is_empty(), "no tables below migrations/");
    let advice = "write the same tables in migrations/sqlite and migrations/postgres, columns in the same order; \
                  only what has `search` in its name may differ";
    report(problems(&sqlite, &postgres), advice);
}
