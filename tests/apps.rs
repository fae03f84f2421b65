//! Clients that others wrote, each with its own idea of what a server says: they log in, join and talk.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use megalodon::megalodon::{
    AppInputOptions, PostStatusInputOptions, PostStatusOutput, SearchInputOptions, SearchType, UploadMediaInputOptions,
};
use megalodon::{Megalodon, SNS, entities, streaming::Message};
use serde_json::json;
use tokio::process::Command;
use tokio::time::timeout;

use crate::media::PIXEL;
use crate::network::{Program, eventually, on_both, variable};

/// A program of the clients that the test command installs.
fn client(name: &str) -> PathBuf {
    let usual = || concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients/bin").to_owned();
    let program = Path::new(&variable("TEST_CLIENTS").unwrap_or_else(usual)).join(name);
    assert!(program.exists(), "{} is missing: cargo xtask test installs it", program.display());
    program
}

/// A server with a person who administers it and a community.
async fn town(address: Ipv4Addr) -> Program {
    let mut program = Program::install(address);
    program.person("ana").await;
    let boss = ["person", "create", "boss", "--email", "boss@example.org", "--password-stdin", "--admin", "--json"];
    program.json(&boss, "correct horse\n").await;
    let group = ["group", "create", "huerto", "--title", "Huerto urbano", "--owner", "ana", "--json"];
    program.json(&group, "").await;
    program.start().await;
    program
}

/// A script in a town of its own, which it is told the address of, and what else it needs.
async fn walked(script: &str, address: Ipv4Addr, more: &[&str]) {
    let mut town = town(address).await;
    let mut walk = Command::new(client("python"));
    walk.arg(script).arg(town.url("")).args(more);
    let walked = walk.stdin(Stdio::null()).kill_on_drop(true).output().await.expect("Python");
    let said = String::from_utf8_lossy(&walked.stdout);
    let trouble = String::from_utf8_lossy(&walked.stderr);
    assert!(walked.status.success(), "{said}\n{trouble}\n{}", town.log());
    assert_eq!(town.stop().await, Some(0));
}

/// `walk.py`: registers, logs in by the pages, joins, posts with a picture, streams, searches, edits, votes, leaves.
async fn mastodon_py_lives_here() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/walk.py");
    walked(script, Ipv4Addr::new(127, 0, 0, 41), &["huerto"]).await;
}

/// `proof.py`: reads where to go, proves that the code was sent to it, and takes it at an address of its own.
async fn who_logs_in_by_the_book_is_let_in() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/proof.py");
    walked(script, Ipv4Addr::new(127, 0, 0, 59), &["ana@example.org", "correct horse"]).await;
}

/// Allows an app, on the pages of the server, what it sends its person there for: the code that it is given.
async fn allow(page: &str, email: &str) -> String {
    let mut pages = Command::new(client("python"));
    pages.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/pages.py")).args([page, email, "correct horse"]);
    let said = pages.stdin(Stdio::null()).kill_on_drop(true).output().await.expect("Python");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

/// A client of megalodon, whose types take nothing that Mastodon would not say.
fn typed(town: &Program, token: &str) -> Box<dyn Megalodon + Send + Sync> {
    megalodon::generator(SNS::Mastodon, town.url(""), Some(token.to_owned()), None).expect("a client")
}

/// Logs in as the client does it: registers an app, sends its person to the page for it, and takes the code.
async fn logged_in(town: &Program, email: &str) -> Box<dyn Megalodon + Send + Sync> {
    let stranger = megalodon::generator(SNS::Mastodon, town.url(""), None, None).expect("a client");
    let app =
        AppInputOptions { scopes: Some(vec!["read".into(), "write".into(), "follow".into()]), ..Default::default() };
    let app = stranger.register_app("typed".into(), &app).await.expect("an app");
    let code = allow(&app.url.expect("a page"), email).await;
    let token =
        stranger.fetch_access_token(app.client_id, app.client_secret, code, "urn:ietf:wg:oauth:2.0:oob".into()).await;
    typed(town, &token.expect("a token").access_token)
}

/// Brings a picture, and waits until it is ready.
async fn brought(client: &(dyn Megalodon + Send + Sync), path: &Path) -> String {
    let about = UploadMediaInputOptions { description: Some("Un punto".into()), focus: Some("0.2,-0.3".into()) };
    let media = client.upload_media(path.to_string_lossy().into_owned(), Some(&about)).await.expect("a picture");
    let id = match media.json() {
        entities::UploadMedia::Attachment(media) => media.id,
        entities::UploadMedia::AsyncAttachment(media) => media.id,
    };
    let ready = || async { client.get_media(id.clone()).await.ok().filter(|media| media.status == 200) };
    assert_eq!(eventually("a processed picture", ready).await.json().description.as_deref(), Some("Un punto"));
    id
}

async fn posted(client: &dyn Megalodon, text: &str, parent: Option<&str>) -> entities::Status {
    let options = PostStatusInputOptions { in_reply_to_id: parent.map(str::to_owned), ..Default::default() };
    posted_with(client, text, options).await
}

async fn posted_with(client: &dyn Megalodon, text: &str, options: PostStatusInputOptions) -> entities::Status {
    match client.post_status(text.to_owned(), Some(&options)).await.expect("a post").json() {
        PostStatusOutput::Status(status) => status,
        PostStatusOutput::ScheduledStatus(scheduled) => panic!("not asked for: {scheduled:?}"),
    }
}

async fn a_strictly_typed_client_understands_all_it_reads() {
    let mut town = town(Ipv4Addr::new(127, 0, 0, 57)).await;
    let (ana, ben) = (town.person("anabel").await, town.person("ben").await);
    let read = json!({ "home": { "last_read_id": "1" }, "notifications": { "last_read_id": "1" } });
    town.api(&ana, "POST", "/api/v1/markers", &read).await;
    let (ana, ben) = (logged_in(&town, "anabel@example.org").await, typed(&town, &ben));
    ana.get_instance().await.expect("an instance");
    ana.get_instance_custom_emojis().await.expect("emojis");
    ana.get_filters().await.expect("filters");
    ana.get_markers(vec!["home".into(), "notifications".into()]).await.expect("markers");
    assert_eq!(ana.verify_account_credentials().await.expect("an account").json().username, "anabel");

    let find = SearchInputOptions { resolve: Some(true), ..Default::default() };
    let found = ana.search("@huerto".into(), Some(&find)).await.expect("a search").json();
    let club = found.accounts.iter().find(|account| account.username == "huerto").expect("the community").id.clone();
    for client in [&ana, &ben] {
        assert!(client.follow_account(club.clone(), None).await.expect("a relationship").json().following);
    }

    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let stream = ana.user_streaming().await;
    let listening = stream.listen(ear(&heard));
    let picture = town.folder().join("punto.png");
    std::fs::write(&picture, PIXEL).expect("a file");
    let talking = talk(&*ana, &*ben, &heard, &picture);
    tokio::select! {
        () = listening => panic!("the stream ended"),
        () = talking => {}
    }
    assert_eq!(town.stop().await, Some(0));
}

type Hearing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Keeps what a stream says, a line each.
fn ear(heard: &Arc<Mutex<Vec<String>>>) -> Box<dyn Fn(Message) -> Hearing + Send + Sync> {
    let heard = Arc::clone(heard);
    Box::new(move |message| {
        let said = match message {
            Message::Update(status) => format!("update {}", status.reblog.map_or(status.id, |inner| inner.id)),
            Message::Notification(told) => {
                format!("told {}", told.status.map(|status| status.id).unwrap_or_default())
            }
            other => format!("{other:?}"),
        };
        heard.lock().expect("a list").push(said);
        Box::pin(async {})
    })
}

/// Ben asks in the community and Ana answers, while her client listens.
async fn talk(ana: &(dyn Megalodon + Send + Sync), ben: &dyn Megalodon, heard: &Mutex<Vec<String>>, picture: &Path) {
    let hears = async |line: String| {
        let look = || async { heard.lock().expect("a list").contains(&line).then_some(()) };
        eventually(&line, look).await;
    };
    // What is said before the stream is open is not heard: so it is said again until it is.
    let topic = loop {
        let topic = posted(ben, "Riego por goteo @huerto\n\n¿Cuánta agua?", None).await;
        if timeout(Duration::from_secs(1), hears(format!("update {}", topic.id))).await.is_ok() {
            break topic;
        }
    };
    let shown = Some(vec![brought(ana, picture).await]);
    let shown =
        PostStatusInputOptions { in_reply_to_id: Some(topic.id.clone()), media_ids: shown, ..Default::default() };
    let answer = posted_with(ana, "Poca, cada noche.", shown).await;
    assert_eq!(answer.media_attachments[0].description.as_deref(), Some("Un punto"));
    let find = SearchInputOptions { r#type: Some(SearchType::Statuses), ..Default::default() };
    let found = ben.search("cada noche".into(), Some(&find)).await.expect("a search").json();
    assert_eq!(found.statuses.iter().map(|status| &status.id).collect::<Vec<_>>(), [&answer.id]);
    let more = posted(ben, "¿En verano también?", Some(&answer.id)).await;
    hears(format!("told {}", more.id)).await;

    let thread = ben.get_status_context(topic.id.clone(), None).await.expect("a thread").json();
    assert_eq!(thread.descendants.iter().map(|status| &status.id).collect::<Vec<_>>(), [&answer.id, &more.id]);
    assert!(ana.favourite_status(topic.id.clone()).await.expect("a status").json().favourited.unwrap_or_default());
    let home = ana.get_home_timeline(None).await.expect("a home").json();
    assert!(home.iter().any(|status| status.reblog.as_ref().is_some_and(|inner| inner.id == topic.id)));
    let told = ben.get_notifications(None).await.expect("notifications").json();
    assert!(told.iter().any(|told| told.status.as_ref().is_some_and(|status| status.id == answer.id)), "{told:?}");
    let columns = ben.get_lists().await.expect("lists").json();
    assert_eq!(columns.len(), 1, "whoever follows a community from an application finds it as a column");
    let column = ben.get_list_timeline(columns[0].id.clone(), None).await.expect("a column").json();
    assert!(column.iter().any(|status| status.reblog.as_ref().is_some_and(|inner| inner.id == topic.id)));
}

/// toot, as one types it in a terminal: its login in the browser is walked by `login.py`.
async fn toot_talks_from_a_terminal() {
    let mut town = town(Ipv4Addr::new(127, 0, 0, 58)).await;
    let home = town.folder().to_owned();
    let toot = |arguments: &[&str]| {
        let mut command = Command::new(client("toot"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", &home)
            .env("PATH", "/usr/bin:/bin");
        command.env("PYTHONIOENCODING", "utf-8").stdin(Stdio::null()).kill_on_drop(true);
        command
    };
    let mut login = Command::new(client("python"));
    login.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/login.py")).arg(client("toot"));
    login.args([&town.url(""), "ana@example.org", "correct horse"]).env("XDG_CONFIG_HOME", &home);
    let login = login.output().await.expect("Python");
    assert!(
        login.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&login.stdout),
        String::from_utf8_lossy(&login.stderr)
    );
    let said = async |arguments: &[&str]| {
        let output = toot(arguments).output().await.expect("toot");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let trouble = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}\n{trouble}\n{}", town.log());
        text
    };
    assert!(said(&["whoami"]).await.contains("@ana"));
    said(&["follow", "huerto"]).await;
    std::fs::write(home.join("punto.png"), PIXEL).expect("a file");
    let picture = home.join("punto.png").to_string_lossy().into_owned();
    let post = ["post", "--json", "Podar en enero @huerto", "--media", &picture, "--description", "Un punto"];
    let post: serde_json::Value = serde_json::from_str(&said(&post).await).expect("JSON");
    assert_eq!(post["mentions"][0]["username"], "huerto");
    assert_eq!(post["media_attachments"][0]["description"], "Un punto");
    let id = post["id"].as_str().expect("an id");
    let ben = town.person("ben").await;
    let answer = json!({ "status": "@ana ¿Y en febrero?", "in_reply_to_id": id });
    town.api(&ben, "POST", "/api/v1/statuses", &answer).await;
    said(&["post", "--reply-to", id, "Con tijeras limpias."]).await;
    assert!(said(&["thread", id]).await.contains("Con tijeras limpias."));
    said(&["favourite", id]).await;
    said(&["bookmark", id]).await;
    assert!(said(&["bookmarks", "--once"]).await.contains("Podar en enero"));
    assert!(said(&["timelines", "home", "--json"]).await.contains(id));
    assert!(said(&["search", "enero", "--type", "statuses"]).await.contains(id));
    assert!(said(&["notifications"]).await.contains("¿Y en febrero?"));
    said(&["delete", id]).await;
    assert!(!said(&["timelines", "home", "--json"]).await.contains(id));
    assert_eq!(town.stop().await, Some(0));
}

on_both! {
    mastodon_py_lives_here,
    who_logs_in_by_the_book_is_let_in,
    a_strictly_typed_client_understands_all_it_reads,
    toot_talks_from_a_terminal,
}
