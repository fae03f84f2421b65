//! Every path that can be read, found in the sources of the doors, and filled with what is private.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates that have routes, and what stands before their paths.
const DOORS: [&str; 4] = ["federation", "mastodon", "web", "server"];

/// What stands in the sources where a path is made otherwise than by a text or a constant. An empty list is nothing to read.
const MADE: &[(&str, &[&str])] = &[
    ("$path", &[]),
    ("path", &[]),
    ("vec![path.to_owned(), format!(\"{path}/\")]", &[]),
    ("format!(\"{}.json\", path::HOST_META)", &["/.well-known/host-meta.json"]),
    ("[consent::PATH, \"/oauth/authorize/\"]", &["/oauth/authorize"]),
    ("own_shuns::PATH", &["/settings/blocks"]),
    ("Sheet::Atom.path()", &["/@{name}/feed.atom"]),
    ("Sheet::Log.path()", &["/@{name}/log"]),
    ("Sheet::Rules.path()", &["/@{name}/rules"]),
    ("Sheet::Rss.path()", &["/@{name}/feed.rss"]),
    ("Sheet::Atom.post_path()", &["/@{name}/{post}/feed.atom"]),
    ("Sheet::Rss.post_path()", &["/@{name}/{post}/feed.rss"]),
    ("Sheet::Atom.tag_path()", &["/tags/{tag}/feed.atom"]),
    ("Sheet::Rss.tag_path()", &["/tags/{tag}/feed.rss"]),
    ("urls::actor_part(path::INSTANCE, ActorPart::Outbox)", &["/actor/outbox"]),
];

/// What never ends, and has stories of its own.
pub(super) const STREAMS: &[&str] = &["/streaming"];

/// What may stand in the places of paths.
pub(super) struct Fillings {
    /// Numbers of posts, people and groups.
    pub(super) numbers: Vec<String>,
    /// Numbers of posts.
    pub(super) posts: Vec<String>,
    /// Names of people and groups.
    pub(super) names: Vec<String>,
    /// Words that a search or a hashtag finds.
    pub(super) words: Vec<String>,
}

impl Fillings {
    /// What may stand for `{place}`.
    fn of(&self, place: &str, path: &str) -> Vec<String> {
        let parts =
            ["inbox", "outbox", "followers", "following", "featured", "moderators", "followers_synchronization"];
        let of_posts = ["replies", "likes", "shares", "context"].map(str::to_owned).to_vec();
        match place.split(':').next().unwrap_or(place) {
            "id" | "actor" | "quoting" => self.numbers.clone(),
            "name" | "acct" | "user" | "group" => self.names.clone(),
            "post" => self.posts.clone(),
            "part" if path.contains("{post}") => of_posts,
            "part" => self.posts.iter().cloned().chain(parts.map(str::to_owned)).collect(),
            "tag" | "hashtag" | "word" | "query" => self.words.clone(),
            // Of everything else it is enough that nothing is found there.
            "hash" | "key" | "file" | "path" | "token" | "code" | "provider" | "size" | "tail" | "lang" | "host"
            | "version" | "date" | "place" | "mark" | "emoji" | "card" => {
                vec!["1".to_owned()]
            }
            _ => panic!("{path}: say in tests/leaks/routes.rs what may stand for {{{place}}}"),
        }
    }
}

/// Everything that can be asked for: each route with each filling, and each of `queries` at those without a place.
pub(super) fn targets(fillings: &Fillings, queries: &[String]) -> BTreeSet<String> {
    let mut targets = BTreeSet::new();
    for path in paths() {
        if STREAMS.iter().any(|stream| path.contains(stream)) {
            continue;
        }
        let filled = fill(&path, fillings);
        for target in &filled {
            targets.insert(target.clone());
            let some = if filled.len() == 1 { queries } else { queries.get(..2).unwrap_or(queries) };
            targets.extend(some.iter().filter(|query| !query.is_empty()).map(|query| format!("{target}?{query}")));
        }
    }
    targets
}

fn fill(path: &str, fillings: &Fillings) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let (place, after) = rest.split_once('}').expect("a place ends");
    let filled = fillings.of(place, path).into_iter();
    filled.flat_map(|filling| fill(&format!("{before}{filling}{after}"), fillings)).collect()
}

/// The paths of all routes.
fn paths() -> BTreeSet<String> {
    let sources = sources();
    let mut found = BTreeSet::new();
    for (path, source) in &sources {
        let is_api = path.starts_with(root().join("mastodon"));
        for (start, prefix) in
            [(PAGE, ""), ("read!(config, ", ""), ("web::resource(", ""), (".route(\"", ""), ("(at(", "/api")]
        {
            if start != "(at(" || is_api {
                found.extend(behind(start, source, &sources).map(|path| format!("{prefix}{path}")));
            }
        }
    }
    found
}

/// What stands before the path of a page.
const PAGE: &str = "page!(config, ";

/// The paths of the pages that people read in a browser.
pub(crate) fn pages() -> BTreeSet<String> {
    let sources = sources();
    let own = sources.iter().filter(|(path, _)| path.starts_with(root().join("web")));
    own.flat_map(|(_, source)| behind(PAGE, source, &sources)).collect()
}

/// The paths behind each `start` in a source.
fn behind<'a>(
    start: &'a str,
    source: &'a str,
    sources: &'a [(PathBuf, String)],
) -> impl Iterator<Item = String> + use<'a> {
    source.match_indices(start).flat_map(move |(at, _)| {
        let begins = at + start.trim_end_matches('"').len();
        stands_for(argument(source.get(begins..).expect("a call goes on")), sources)
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project").join("crates")
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    for door in DOORS.iter().copied().chain(["domain", "app"]) {
        read(&root().join(door).join("src"), &mut sources);
    }
    sources
}

/// The first argument of a call.
fn argument(text: &str) -> &str {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' | ',' if !quoted && depth == 0 => return text.get(..at).expect("a character").trim(),
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    panic!("a call that does not end: {text:.80}");
}

/// The paths that an expression stands for: a text, a constant, or what [`MADE`] says of it.
fn stands_for(expression: &str, sources: &[(PathBuf, String)]) -> Vec<String> {
    if let Some((_, paths)) = MADE.iter().find(|(made, _)| *made == expression) {
        return paths.iter().map(|path| (*path).to_owned()).collect();
    }
    if let Some(text) = expression.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return vec![text.to_owned()];
    }
    let (place, name) = expression.rsplit_once("::").unwrap_or(("", expression));
    let (file, start) = (format!("/{}.rs", place.replace("::", "/")), format!("const {name}: &str = "));
    let values = |(_, source): &(PathBuf, String)| {
        let values = source.split(&start).skip(1).filter_map(|rest| rest.split(';').next());
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let named = sources.iter().filter(|(path, _)| path.to_string_lossy().ends_with(&file));
    let mut found: Vec<String> = named.flat_map(values).collect();
    if found.is_empty() {
        found = sources.iter().flat_map(values).collect();
    }
    let is_constant = |value: &str| value.chars().all(|c| c.is_alphanumeric() || "_:".contains(c));
    let paths = found.iter().filter(|value| value.starts_with("\"/") || is_constant(value));
    let paths: Vec<String> = paths.flat_map(|value| stands_for(value, sources)).collect();
    assert!(!paths.is_empty(), "say in tests/leaks/routes.rs which paths `{expression}` stands for");
    paths
}

fn read(folder: &Path, sources: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "tests" && name != "bench") {
                read(&path, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_none_or(|stem| stem != "tests")
        {
            let source = fs::read_to_string(&path).expect("a source");
            // What is only for tests comes last.
            let shipped = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            sources.push((path, shipped));
        }
    }
}
