//! Somebody who uses pages without a browser of their own: forms, links, and one cookie.

use std::time::Duration;

use super::server::Server;
use super::wire::{Answer, Request};

/// A browser that keeps one cookie, and what it has to show for what was written when its session had ended.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) server: Server,
    pub(crate) cookie: Option<String>,
    unsent: Option<String>,
}

/// Fields as a browser sends them.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The value of a hidden field.
pub(crate) fn field(page: &str, name: &str) -> String {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    after.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
}

impl Visitor {
    pub(crate) fn new(server: &Server) -> Self {
        Self { server: server.clone(), cookie: None, unsent: None }
    }

    async fn send(&mut self, request: Request) -> Answer {
        let cookies: Vec<&str> = self.cookie.iter().chain(&self.unsent).map(String::as_str).collect();
        let request = if cookies.is_empty() { request } else { request.with("cookie", &cookies.join("; ")) };
        let answer = self.server.ask(&request).await;
        if let Some(cookie) = answer.header("set-cookie") {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let kept = if cookie.starts_with("tertulia-unsent=") { &mut self.unsent } else { &mut self.cookie };
            *kept = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let url = if path.starts_with("http") { path.to_owned() } else { self.server.url(path) };
        self.send(Request::new("GET", &url).with("accept", "text/html").with("accept-language", "en")).await
    }

    pub(crate) async fn submit(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = Request::new("POST", &self.server.url(path))
            .with("content-type", "application/x-www-form-urlencoded")
            .with("origin", self.server.url("").as_str());
        self.send(request.body(form(pairs))).await
    }

    pub(crate) async fn sign_in(&mut self, name: &str, password: &str, back: &str) -> Answer {
        self.submit("/login", &[("name", name), ("password", password), ("back", back)]).await
    }

    /// Opens the page at `path` and sends its form with these fields besides what it hides.
    pub(crate) async fn fill(&mut self, path: &str, action: &str, pairs: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let text = page.text();
        if text.contains("name=\"website\"") {
            // What scripts fill in at once takes a person a moment.
            self.server.app().clock().advance(Duration::from_secs(5));
        }
        let hidden: Vec<(String, String)> = ["form_token", "token", "sealed"]
            .into_iter()
            .filter(|name| text.contains(&format!("name=\"{name}\" value=\"")))
            .map(|name| (name.to_owned(), field(&text, name)))
            .collect();
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(pairs);
        self.submit(action, &all).await
    }

    /// Opens the page at `path` and sends its form with these fields and a file.
    pub(crate) async fn bring(&mut self, path: &str, action: &str, pairs: &[(&str, &str)], file: &[u8]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let token = field(&page.text(), "form_token");
        let part = |(name, text): (&str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let texts: String =
            [("form_token", token.as_str())].into_iter().chain(pairs.iter().copied()).map(part).collect();
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
        let body = [texts.as_bytes(), head.as_bytes(), file, b"\r\n--x--\r\n"].concat();
        let request = Request::new("POST", &self.server.url(action))
            .with("content-type", "multipart/form-data; boundary=x")
            .with("origin", self.server.url("").as_str());
        self.send(request.body(body)).await
    }
}
