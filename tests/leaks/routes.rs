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
    ("Sheet::Atom.path()", &["/@{name}/feed.atom"]),
    ("Sheet::Log.path()", &["/@{name}/log"]),
    ("Sheet::Rules.path()", &["/@{name}/rules"]),
    ("Sheet::Rss.path()", &["/@{name}/feed.rss"]),
    ("Sheet::Map.path()", &["/@{name}/sitemap.xml"]),
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
            | "version" | "date" | "place" | "mark" | "emoji" => {
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project").join("crates");
    let mut sources = Vec::new();
    for door in DOORS.iter().copied().chain(["domain", "app"]) {
        read(&root.join(door).join("src"), &mut sources);
    }
    let mut found = BTreeSet::new();
    for (path, source) in &sources {
        let is_api = path.starts_with(root.join("mastodon"));
        for (start, prefix) in [
            ("page!(config, ", ""),
            ("read!(config, ", ""),
            ("web::resource(", ""),
            (".route(\"", ""),
            ("(at(", "/api"),
        ] {
            if start == "(at(" && !is_api {
                continue;
            }
            for (at, _) in source.match_indices(start) {
                let begins = at + start.trim_end_matches('"').len();
                let rest = source.get(begins..).expect("a call goes on");
                found.extend(stands_for(argument(rest), &sources).into_iter().map(|path| format!("{prefix}{path}")));
            }
        }
    }
    found
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
    let name = expression.rsplit("::").next().unwrap_or(expression);
    let start = format!("const {name}: &str = \"");
    let values = sources.iter().flat_map(|(_, source)| {
        source.match_indices(&start).map(|(at, _)| {
            let rest = source.get(at + start.len()..).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().to_owned()
        })
    });
    let found: Vec<String> = values.filter(|value| value.starts_with('/')).collect();
    assert!(!found.is_empty(), "say in tests/leaks/routes.rs which paths `{expression}` stands for");
    found
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
