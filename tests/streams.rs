//! Streams over real connections: a WebSocket, and server-sent events.
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::network::{Program, Request, eventually, note_asked, on_both};

const PATIENCE: Duration = Duration::from_secs(10);
/// What asks for a WebSocket, with the key of RFC 6455.
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Sends the head of a request and reads that of the answer.
async fn open(program: &Program, path: &str, headers: &str) -> (TcpStream, String) {
    let address = program.url("").trim_start_matches("http://").to_owned();
    // A client with little room: what it does not read soon stays with the server.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut socket = socket.connect(program.address()).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, socket.read_u8()).await.expect("an answer").unwrap();
        answer.push(byte);
    }
    let answer = String::from_utf8(answer).unwrap().to_lowercase();
    let (path, status) = (path.split('?').next().unwrap_or_default(), answer.split(' ').nth(1).unwrap_or_default());
    note_asked(&format!("GET {path} {status}\n"));
    (socket, answer)
}

/// The next text of a WebSocket (RFC 6455, section 5.2); what the server sends is not masked.
async fn frame(socket: &mut TcpStream) -> Value {
    let read = async {
        loop {
            let (kind, length) = (socket.read_u8().await.unwrap(), socket.read_u8().await.unwrap());
            let length = match length {
                126 => u64::from(socket.read_u16().await.unwrap()),
                127 => socket.read_u64().await.unwrap(),
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            socket.read_exact(&mut payload).await.unwrap();
            if kind & 0x0f == 1 {
                return serde_json::from_slice(&payload).unwrap();
            }
        }
    };
    timeout(PATIENCE, read).await.expect("a frame")
}

/// A text as clients send it, under a mask of zeros.
async fn say(socket: &mut TcpStream, text: &str) {
    let length = u8::try_from(text.len()).expect("a short text");
    assert!(length < 126);
    let mut bytes = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    bytes.extend_from_slice(text.as_bytes());
    socket.write_all(&bytes).await.unwrap();
}

async fn post(program: &Program, token: &str, text: &str) {
    let body = format!("status={text}");
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    let address = program.url("").trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let head = format!("POST /api/v1/statuses HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n{body}");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn clients_hear_over_both_kinds_of_connections() {
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 43));
    town.person("ana").await;
    let token = town.json(&["token", "create", "ana", "--scopes", "read write", "--json"], "").await;
    let token = token["access_token"].as_str().unwrap().to_owned();
    town.start().await;

    let upgrade = UPGRADE;
    let headers = format!("{upgrade}Sec-WebSocket-Protocol: {token}\r\n");
    let (mut socket, answer) = open(&town, "/api/v1/streaming/?stream=user", &headers).await;
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    assert!(answer.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "the answer to the key: {answer}");
    assert!(answer.contains(&format!("sec-websocket-protocol: {}", token.to_lowercase())), "{answer}");
    let (mut events, head) =
        open(&town, "/api/v1/streaming/public/local", &format!("Authorization: Bearer {token}\r\n")).await;
    assert!(head.starts_with("http/1.1 200") && head.contains("text/event-stream"), "{head}");

    post(&town, &token, "hola").await;
    let update = frame(&mut socket).await;
    assert_eq!((&update["stream"][0], &update["event"]), (&Value::from("user"), &Value::from("update")));
    let status: Value = serde_json::from_str(update["payload"].as_str().unwrap()).unwrap();
    assert_eq!(status["content"], "<p>hola</p>");
    let mut lines = String::new();
    let read = async {
        while !lines.contains("data: {") {
            let mut piece = [0; 4096];
            let length = events.read(&mut piece).await.unwrap();
            lines.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
    };
    timeout(PATIENCE, read).await.expect("an event");
    assert!(lines.contains("event: update\n"), "{lines}");

    say(&mut socket, r#"{"type":"subscribe","stream":"public:local"}"#).await;
    say(&mut socket, r#"{"type":"unsubscribe","stream":"user"}"#).await;
    say(&mut socket, r#"{"type":"subscribe","stream":"nothing"}"#).await;
    assert!(frame(&mut socket).await["error"].is_string());
    post(&town, &token, "otra").await;
    assert_eq!(frame(&mut socket).await["stream"][0], "public:local");

    let (_, head) = open(&town, "/api/v1/streaming?stream=user", upgrade).await;
    assert!(head.starts_with("http/1.1 401"), "{head}");
    // Open streams do not keep the program from ending.
    assert_eq!(timeout(PATIENCE, town.stop()).await.expect("it stops soon"), Some(0));
}

/// Reads until a stream tells of a post with this text; all that was read is forgotten.
async fn hear(events: &mut TcpStream, heard: &mut Vec<u8>, text: &str) {
    let read = async {
        while !heard.windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
            assert!(events.read_buf(heard).await.unwrap() > 0, "the stream goes on");
        }
    };
    timeout(PATIENCE, read).await.expect("an event");
    heard.clear();
}

/// Every stream that has a path of its own, over server-sent events; each tells what belongs to it, and nothing else.
async fn every_stream_has_a_path() {
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 49));
    let (ana, bea) = (town.person("ana").await, town.person("bea").await);
    town.start().await;
    let me = town.api(&bea, "GET", "/api/v1/accounts/verify_credentials", &Value::Null).await;
    let bea_id = me["id"].as_str().unwrap().to_owned();
    town.api(&ana, "POST", &format!("/api/v1/accounts/{bea_id}/follow"), &json!({})).await;
    let list = town.api(&ana, "POST", "/api/v1/lists", &json!({ "title": "Vecinas" })).await;
    let list = list["id"].as_str().unwrap().to_owned();
    town.api(&ana, "POST", &format!("/api/v1/lists/{list}/accounts"), &json!({ "account_ids": [bea_id] })).await;

    let bearer = format!("Authorization: Bearer {ana}\r\n");
    let mut streams = Vec::new();
    for (path, event) in [
        ("user", "event: update\n"),
        ("user/notification", "event: notification\n"),
        ("public", "event: update\n"),
        ("public/local", "event: update\n"),
        ("hashtag?tag=riego", "event: update\n"),
        ("hashtag/local?tag=riego", "event: update\n"),
        (&format!("list?list={list}"), "event: update\n"),
        ("direct", "event: conversation\n"),
    ] {
        let (stream, head) = open(&town, &format!("/api/v1/streaming/{path}"), &bearer).await;
        assert!(head.starts_with("http/1.1 200") && head.contains("text/event-stream"), "{path}: {head}");
        streams.push((path.to_owned(), event, stream));
    }
    let say = async |text: &str, visibility: &str| {
        let body = json!({ "status": text, "visibility": visibility });
        town.api(&bea, "POST", "/api/v1/statuses", &body).await;
    };
    say("@ana en privado", "direct").await;
    say("@ana para todo el mundo #riego", "public").await;
    for (path, event, stream) in &mut streams {
        let (mut heard, wanted) = (Vec::new(), if path == "direct" { "en privado" } else { "para todo el mundo" });
        let told = async {
            while ![wanted, event].iter().all(|part| String::from_utf8_lossy(&heard).contains(part)) {
                assert!(stream.read_buf(&mut heard).await.unwrap() > 0, "{path} goes on");
            }
        };
        timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("{path} does not tell"));
        let heard = String::from_utf8_lossy(&heard);
        let is_open = path.starts_with("public") || path.starts_with("hashtag");
        assert!(!is_open || !heard.contains("en privado"), "{path}: {heard}");
    }
}

/// How much still comes of a stream until it ends: a WebSocket with the connection, events with the last piece.
async fn rest(socket: &mut TcpStream) -> usize {
    let (mut length, mut last) = (0, Vec::new());
    let read = async {
        loop {
            let mut piece = vec![0; 64 * 1024];
            let read = socket.read(&mut piece).await.unwrap_or(0);
            length += read;
            last.extend_from_slice(&piece[..read]);
            if read == 0 || last.ends_with(b"\r\n0\r\n\r\n") {
                return;
            }
            last.drain(..last.len().saturating_sub(16));
        }
    };
    timeout(PATIENCE * 6, read).await.expect("an end");
    length
}

/// What a metric says at the moment.
async fn metric(program: &Program, name: &str) -> usize {
    let asked = Request::new("GET", &program.url("/metrics"));
    let answer = asked.exchange(program.address()).await.unwrap();
    let text = answer.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name}: {text}")).parse().unwrap()
}

async fn whoever_never_reads_loses_the_stream_and_costs_the_others_nothing() {
    const POSTS: usize = 320;
    const LENGTH: usize = 40_000;
    // What may be in somebody's hands at the moment: nothing waits.
    const IN_HAND: usize = 4;
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 44));
    std::fs::write(town.folder().join("tertulia.toml"), "client_limit = \"0\"\n").unwrap();
    let token = town.person("ana").await;
    town.start().await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let (mut socket, _) = open(&town, "/api/v1/streaming?stream=public", &format!("{UPGRADE}{bearer}")).await;
    let (mut events, _) = open(&town, "/api/v1/streaming/public", &bearer).await;
    let (mut reading, _) = open(&town, "/api/v1/streaming/public", &bearer).await;
    assert_eq!(metric(&town, "tertulia_streams").await, 3);
    let mut heard = Vec::new();
    for number in 0..POSTS {
        let text = format!("post {number} {}", "x".repeat(LENGTH));
        town.api(&token, "POST", "/api/v1/statuses", &json!({ "status": text })).await;
        hear(&mut reading, &mut heard, &format!("post {number} x")).await;
    }
    let kept = metric(&town, "tertulia_stream_messages").await;
    assert!(kept <= IN_HAND, "{kept} of {POSTS} messages are kept for two clients that do not read");
    for stuck in [&mut socket, &mut events] {
        let told = rest(stuck).await;
        assert!(told > 0 && told < POSTS * LENGTH, "not all of it, but the end: {told}");
    }
    drop((socket, events));
    eventually("an end of both", || async { (metric(&town, "tertulia_streams").await == 1).then_some(()) }).await;
    town.api(&token, "POST", "/api/v1/statuses", &json!({ "status": "la última" })).await;
    hear(&mut reading, &mut heard, "la última").await;
    assert_eq!(timeout(PATIENCE, town.stop()).await.expect("it stops soon"), Some(0));
}

async fn what_a_command_does_is_told_while_the_server_runs() {
    let mut town = Program::install(Ipv4Addr::new(127, 0, 0, 45));
    let token = town.person("ana").await;
    town.start().await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let (mut events, _) = open(&town, "/api/v1/streaming/user", &bearer).await;
    let said = town.json(&["announcement", "create", "Mañana, mantenimiento"], "").await;
    let mut heard = Vec::new();
    hear(&mut events, &mut heard, "Mañana, mantenimiento").await;
    let id = said["id"].as_str().map_or_else(|| said["id"].to_string(), str::to_owned);
    assert!(town.run(&["announcement", "delete", &id], "").await.status.success());
    hear(&mut events, &mut heard, &format!("event: announcement.delete\ndata: {id}")).await;
}

on_both![
    every_stream_has_a_path,
    clients_hear_over_both_kinds_of_connections,
    whoever_never_reads_loses_the_stream_and_costs_the_others_nothing,
    what_a_command_does_is_told_while_the_server_runs,
];
