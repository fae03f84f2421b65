//! What the pages that matter most say, line by line as somebody without eyes hears them; `UPDATE=1` writes it anew.
use app::{Me, members, posts::Writing};

use super::{
    World,
    journeys::{Browser, login},
};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/outlines.txt");

/// What is said differently each time: numbers of things, secrets, and versions of files.
fn steady(text: &str) -> String {
    let is_random = |word: &str| word.len() > 12 && word.chars().any(|c| c.is_ascii_digit());
    let mut steady = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if !last.is_ascii_alphanumeric() => word.split_at(at),
            _ => (word, ""),
        };
        steady.push_str(if is_random(word) { "…" } else { word });
        steady.push_str(end);
    }
    // On a slow machine, that is now.
    steady.replace("hace 1 min", "ahora mismo")
}

/// One attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// What stands before what a tag holds; nothing for those that only shape it.
fn sign(name: &str, tag: &str) -> Option<String> {
    let of = |what: &str| attribute(tag, what).unwrap_or_default();
    Some(match name {
        "h1" => "# ".to_owned(),
        "h2" => "## ".to_owned(),
        "h3" => "### ".to_owned(),
        "a" => format!("→ {} ", of("href")),
        "button" => "[button] ".to_owned(),
        "summary" => "[more] ".to_owned(),
        "label" | "legend" => "[asks] ".to_owned(),
        "form" => format!("[form {}]", of("action")),
        "input" if of("type") == "hidden" => return None,
        "input" => format!("[{} {}={}]", of("type"), of("name"), of("value")),
        "select" | "textarea" => format!("[{name} {}]", of("name")),
        "img" if !of("alt").is_empty() => format!("[picture] {}", of("alt")),
        "option" => "- ".to_owned(),
        "li" | "p" | "dt" | "dd" | "section" | "nav" | "article" | "header" | "footer" | "aside" | "div" | "ul" => {
            String::new()
        }
        _ => return None,
    })
}

/// What a page says between `main` and its end.
fn outline(html: &str) -> String {
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    let mut lines = vec![String::new()];
    for piece in main.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        if let Some(sign) = sign(name, tag) {
            match lines.last_mut() {
                // A link in a heading is one line with it.
                Some(last) if last.ends_with(' ') => last.push_str(&sign),
                _ => lines.push(sign),
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_heard = !text.is_empty() && attribute(tag, "aria-hidden") != Some("true");
        if let Some(last) = lines.last_mut().filter(|_| is_heard) {
            let space =
                if last.is_empty() || last.ends_with(' ') || text.starts_with(['.', ',', ')']) { "" } else { " " };
            last.extend([space, &text]);
        }
    }
    let said = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    steady(&said.collect::<Vec<_>>().join("\n"))
}

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "whoever wants the pages written anew says so in the environment")]
async fn pages_say_what_they_said() {
    let world = World::new();
    let mut said = String::new();
    let mut add = |path: &str, page: &str| said.extend(["==== ", &steady(path), "\n", &outline(page), "\n\n"]);
    add("first run", &world.get("/", "es").await.body);
    let (ana, huerto) = world.first_run().await;
    let bea = login(&world, "bea").await;
    members::join(&world.app, bea, huerto.id).await.unwrap();
    let thread =
        Writing { text: "¿Quién riega?\n\nHace **calor**.".into(), title: Some("Agua".into()), ..Writing::default() };
    let thread = world.write(ana, Writing { group: Some(huerto.id), ..thread }).await;
    let reply = Writing { text: "Yo, los martes".into(), parent: Some(thread.id), ..Writing::default() };
    let reply = world.write(bea, reply).await;
    let below = Writing { text: "Gracias".into(), warning: Some("Bichos".into()), ..Writing::default() };
    world.write(ana, Writing { parent: Some(reply.id), ..below }).await;
    let visitor: Option<Me> = None;
    let (post, group) = (thread.id, huerto.id);
    for (who, path) in [
        (visitor, "/".to_owned()),
        (visitor, "/communities".into()),
        (visitor, "/@huerto".into()),
        (visitor, thread.uri.clone()),
        (visitor, "/@ana".into()),
        (visitor, "/search?q=agua".into()),
        (visitor, "/login".into()),
        (visitor, "/signup".into()),
        (Some(bea), "/".into()),
        (Some(bea), thread.uri.clone()),
        (Some(bea), format!("/write?group={group}")),
        (Some(bea), "/notices".into()),
        (Some(bea), "/settings".into()),
        (Some(ana), "/queue".into()),
        (Some(ana), format!("/moderate?post={post}")),
        (Some(ana), format!("/manage?group={group}")),
        (Some(ana), "/admin/rules".into()),
    ] {
        let page = match who {
            None => world.get(&path, "es").await,
            Some(me) => Browser::of(&world, me, "es").await.get(&path).await,
        };
        let name = match who {
            None => "visitor",
            Some(me) if me == bea => "member",
            Some(_) => "admin",
        };
        add(&format!("{name} {}", path.strip_prefix("https://plaza.test").unwrap_or(&path)), &page.body);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(KEPT, &said).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    let differs = kept.lines().zip(said.lines()).find(|(kept, said)| kept != said);
    assert!(kept == said, "UPDATE=1 writes it anew if it is meant: {differs:?}");
}
