//! What clients send: a query, a form, a form in parts, or JSON; all of it one tree, spelled as Rails spells it.
use std::{
    future::{Ready, ready},
    pin::Pin,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::error::{Error, Result};

mod multipart;

/// More pairs than any request has.
const PAIRS: usize = 1_000;

/// How deep `a[b][c]` may go.
const DEPTH: usize = 8;

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    pub(crate) fn add(&mut self, key: &str, value: String) {
        let (name, rest) = key.split_once('[').unwrap_or((key, ""));
        let mut path = vec![name];
        path.extend(rest.split('[').map(|part| part.trim_end_matches(']')).take(DEPTH));
        if !key.contains('[') {
            path.truncate(1);
        }
        let mut root = Value::Object(std::mem::take(&mut self.0));
        put(&mut root, &path, value);
        if let Value::Object(map) = root {
            self.0 = map;
        }
    }

    fn add_form(&mut self, form: &[u8]) {
        for (key, value) in form_urlencoded::parse(form).take(PAIRS) {
            self.add(&key, value.into_owned());
        }
    }

    /// The parameters of a query.
    pub(crate) fn of_query(query: &str) -> Self {
        let mut params = Self::default();
        params.add_form(query.as_bytes());
        params
    }

    /// The parameters of a JSON object.
    pub(crate) fn of_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// A text; numbers and booleans count as what they are written as.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(word)
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// Whether something is wanted; an empty text says nothing.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        let word = self.text(name)?.to_lowercase();
        (!word.is_empty()).then_some(!matches!(word.as_str(), "false" | "0" | "off" | "f"))
    }

    /// Numbers; what is none is left out.
    pub(crate) fn numbers(&self, name: &str) -> Vec<i64> {
        self.list(name).unwrap_or_default().iter().filter_map(|text| text.trim().parse().ok()).collect()
    }

    /// Trees: the items of a list, or the values under numbers, as forms write lists of trees.
    pub(crate) fn trees(&self, name: &str) -> Vec<Self> {
        let tree = |value: &Value| value.as_object().cloned().map(Self);
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(tree).collect(),
            Some(Value::Object(map)) => {
                let mut numbered: Vec<(i64, Self)> =
                    map.iter().filter_map(|(key, value)| Some((key.parse().ok()?, tree(value)?))).collect();
                numbered.sort_by_key(|(number, _)| *number);
                numbered.into_iter().map(|(_, tree)| tree).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A list; a single value is a list of one.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(items.iter().filter_map(word).collect()),
            // Some number what they list.
            Value::Object(map) => {
                let item = |(key, value): (&String, &Value)| Some((key.parse::<usize>().ok()?, word(value)?));
                let mut numbered: Vec<(usize, String)> = map.iter().filter_map(item).collect();
                numbered.sort_by_key(|(number, _)| *number);
                Some(numbered.into_iter().map(|(_, word)| word).collect())
            }
            one => word(one).map(|one| vec![one]),
        }
    }

    /// What stands inside something: `name[…]`.
    pub(crate) fn within(&self, name: &str) -> Option<Self> {
        self.0.get(name)?.as_object().cloned().map(Self)
    }

    /// Whether the name was given at all, be it with nothing.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A list of rows, in whatever way they are numbered.
    pub(crate) fn rows(&self, name: &str) -> Vec<Self> {
        let row = |value: &Value| value.as_object().map(|map| Self(map.clone()));
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(row).collect(),
            Some(Value::Object(map)) => map.values().filter_map(row).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether something was given that is not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self.0.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        }
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

fn put(value: &mut Value, path: &[&str], leaf: String) {
    match path {
        [] => *value = Value::String(leaf),
        ["", rest @ ..] => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(items) = value {
                // A key that the last tree does not have yet belongs to it: so Rails reads `a[][b]=1&a[][c]=2`.
                let key = rest.first().filter(|key| !key.is_empty());
                let opens = |last: &Value| {
                    let Some((key, last)) = key.zip(last.as_object()) else { return true };
                    last.contains_key(*key) && rest.get(1) != Some(&"")
                };
                if items.last().is_none_or(opens) {
                    items.push(Value::Null);
                }
                if let Some(item) = items.last_mut() {
                    put(item, rest, leaf);
                }
            }
        }
        [name, rest @ ..] => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            if let Value::Object(map) = value {
                put(map.entry(*name).or_insert(Value::Null), rest, leaf);
            }
        }
    }
}

/// The parameters of a request without a body.
pub(crate) struct Asked(pub(crate) Params);

impl FromRequest for Asked {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Params::of_query(request.query_string()))))
    }
}

/// A request with a body, not read yet: whoever may not send it hears that first.
pub(crate) struct Sent {
    query: String,
    media_type: String,
    body: Bytes,
}

impl FromRequest for Sent {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let (query, media_type) = (request.query_string().to_owned(), media_type.unwrap_or_default().to_owned());
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|_error| Error::TooLarge)?;
            Ok(Self { query, media_type, body })
        })
    }
}

impl Sent {
    /// A file among the parts of a form; an empty one is none.
    pub(crate) fn file(&self, name: &str) -> Option<Bytes> {
        let range = multipart::file(&self.media_type, &self.body, name)?;
        Some(self.body.slice(range)).filter(|bytes| !bytes.is_empty())
    }

    /// The parameters: those of the body, and those of the query that are not in it.
    pub(crate) fn read(&self) -> Result<Params> {
        let mut params = Params::of_query(&self.query);
        let kind = self.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if self.body.is_empty() {
            return Ok(params);
        }
        if kind == "application/json" || kind.ends_with("+json") {
            let body: Value =
                serde_json::from_slice(&self.body).map_err(|e| Error::invalid(format!("the body is no JSON: {e}")))?;
            let Value::Object(map) = body else { return Err(Error::invalid("the body is no JSON object")) };
            params.0.extend(map);
        } else if kind == "multipart/form-data" {
            let fields = multipart::fields(&self.media_type, &self.body)
                .ok_or_else(|| Error::invalid("the parts of the body cannot be told apart"))?;
            for (key, value) in fields.into_iter().take(PAIRS) {
                params.add(&key, value);
            }
        } else {
            params.add_form(&self.body);
        }
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(media_type: &str, body: &str) -> Params {
        let body = Bytes::copy_from_slice(body.as_bytes());
        Sent { query: "q=1&status=query".into(), media_type: media_type.into(), body }.read().unwrap()
    }

    #[test]
    fn every_spelling_is_one_tree() {
        let form =
            "status=hola+%C3%B1&media_ids[]=1&media_ids%5B%5D=2&poll[options][]=a&poll[options][]=b&poll[multiple]=1";
        let parts = "--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nhola ñ\r\n\
            --x\r\nContent-Disposition: form-data; name=\"media_ids[]\"\r\n\r\n1\r\n\
            --x\r\nContent-Disposition: form-data; name=\"media_ids[]\"\r\n\r\n2\r\n--x--\r\n";
        let json = r#"{"status":"hola ñ","media_ids":["1",2],"sensitive":false}"#;
        for params in [
            sent("application/x-www-form-urlencoded", form),
            sent("multipart/form-data; boundary=\"x\"", parts),
            sent("application/json; charset=utf-8", json),
        ] {
            assert_eq!(params.text("status").as_deref(), Some("hola ñ"), "the body wins");
            assert_eq!(params.list("media_ids"), Some(vec!["1".into(), "2".into()]));
            assert_eq!(params.number("q"), Some(1), "the query counts too");
        }
        let rows = Params::of_query("m[][id]=1&m[][description]=a&m[][id]=2").rows("m");
        let rows: Vec<_> = rows.iter().map(|row| (row.number("id"), row.text("description"))).collect();
        assert_eq!(rows, [(Some(1), Some("a".into())), (Some(2), None)]);
        assert_eq!(Params::of_query("m[0][id]=1&m[1][id]=2").rows("m").len(), 2);
        assert_eq!(Params::of_query("m[10]=c&m[2]=b&m[0]=a").list("m").unwrap(), ["a", "b", "c"]);
        assert_eq!(sent("", form).0["poll"], json!({"options": ["a", "b"], "multiple": "1"}));
    }

    #[test]
    fn lists_of_trees_in_both_spellings() {
        let rails = "k[][word]=a&k[][whole]=1&k[][word]=b&k[][whole]=0";
        let numbered = "k[1][word]=b&k[0][word]=a&k[0][whole]=1&k[1][whole]=0";
        for query in [rails, numbered] {
            let trees = Params::of_query(query).trees("k");
            let read: Vec<_> = trees.iter().map(|tree| (tree.text("word").unwrap(), tree.flag("whole"))).collect();
            assert_eq!(read, [("a".to_owned(), Some(true)), ("b".to_owned(), Some(false))], "{query}");
        }
        assert_eq!(Params::of_query("home[last_read_id]=7").within("home").unwrap().number("last_read_id"), Some(7));
    }

    #[test]
    fn booleans_as_clients_write_them() {
        let params = Params::of_query("a=true&b=1&c=on&d=false&e=0&f=&g=off");
        let flags: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| params.flag(name)).into();
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(flags, [yes, yes, yes, no, no, None, no, None]);
        assert!(!params.has("f") && params.has("e"));
    }

    #[test]
    fn hostile_keys_do_no_harm() {
        let deep = format!("a{}=1", "[b]".repeat(10_000));
        for query in ["[]=1", "[=1", "a]=1", "a[=1", "a[[=1", "a[]&a[b]=2&a=3", "=", &deep] {
            let params = Params::of_query(query);
            assert!(params.text("zzz").is_none(), "{query}");
        }
        let broken = Sent { query: String::new(), media_type: "application/json".into(), body: "[1".into() };
        assert!(broken.read().is_err());
        let broken = Sent { query: String::new(), media_type: "multipart/form-data".into(), body: "x".into() };
        assert!(broken.read().is_err());
    }
}
