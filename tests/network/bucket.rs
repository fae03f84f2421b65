//! A store that speaks S3, as far as a program that keeps media needs it: what is put there, read, and taken away.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::wire::{self, Answer, Request};

/// What there is, by its path: the bucket, and the name in it.
type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A store at an address of its own, for as long as it is held.
pub(crate) struct Bucket {
    url: String,
    objects: Objects,
    _serving: JoinSet<()>,
}

impl Bucket {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (objects, mut serving) = (Objects::default(), JoinSet::new());
        let kept = Arc::clone(&objects);
        serving.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { url, objects, _serving: serving }
    }

    /// What a program is told in its environment to keep its media here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TERTULIA_MEDIA", "s3://shelf/media".to_owned()),
            ("AWS_ENDPOINT_URL", self.url.clone()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "eu-south-2".to_owned()),
            ("AWS_ACCESS_KEY_ID", "reader".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ]
    }

    /// The names of all that there is.
    pub(crate) fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

async fn serve(stream: TcpStream, objects: Objects) {
    let mut stream = BufReader::new(stream);
    while let Ok(Some(request)) = wire::read_request(&mut stream).await {
        let answer = answer(&request, &objects);
        if answer.write(&mut stream, request.method == "HEAD").await.is_err() {
            return;
        }
    }
}

/// Answers as S3 does. Whoever does not sign gets nothing; whether the signature is right is not looked at.
fn answer(request: &Request, objects: &Objects) -> Answer {
    let mut objects = objects.lock().unwrap();
    let path = request.path().trim_start_matches('/').to_owned();
    if !request.header("authorization").is_some_and(|proof| proof.starts_with("AWS4-HMAC-SHA256 Credential=reader/")) {
        return Answer::status(403);
    }
    match request.method.as_str() {
        "PUT" => {
            objects.insert(path, request.body.clone());
            Answer { headers: vec![("etag".to_owned(), "\"1\"".to_owned())], ..Answer::status(200) }
        }
        "GET" | "HEAD" => objects.get(&path).map_or_else(|| Answer::status(404), |bytes| shown(request, bytes)),
        "DELETE" => {
            objects.remove(&path);
            Answer::status(204)
        }
        // Several are taken away at once, named in XML.
        "POST" if request.target.contains("?delete") => {
            let asked = String::from_utf8_lossy(&request.body).into_owned();
            let keys = asked.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
            let mut body = "<DeleteResult>".to_owned();
            for key in keys {
                objects.remove(&format!("{}/{key}", path.trim_end_matches('/')));
                body.extend(["<Deleted><Key>", key, "</Key></Deleted>"]);
            }
            body.push_str("</DeleteResult>");
            let body = body.into_bytes();
            Answer { body, ..Answer::status(200) }
        }
        _ => Answer::status(501),
    }
}

/// An object, or the part of it that is asked for.
fn shown(request: &Request, bytes: &[u8]) -> Answer {
    let header = |name: &str, value: String| (name.to_owned(), value);
    let mut headers =
        vec![header("etag", "\"1\"".to_owned()), header("last-modified", "Sat, 28 Nov 2026 12:00:00 GMT".to_owned())];
    let part = request.header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = part else { return Answer { status: 200, headers, body: bytes.to_vec() } };
    let first: usize = first.parse().expect("where a part begins");
    let last = last.parse().unwrap_or(bytes.len() - 1).min(bytes.len() - 1);
    headers.push(header("content-range", format!("bytes {first}-{last}/{}", bytes.len())));
    Answer { status: 206, headers, body: bytes[first..=last].to_vec() }
}
