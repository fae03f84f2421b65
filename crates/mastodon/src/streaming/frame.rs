//! What streams tell: made once, and shared by all that tell it.
use std::sync::{Arc, OnceLock};

use actix_web::web::Bytes;
use bytestring::ByteString;
use serde_json::json;

use super::counted::Counted;

/// Something that happened, as a stream tells it.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Where.
    pub(crate) stream: Vec<String>,
    /// What.
    pub(crate) event: &'static str,
    /// With what: JSON, or a number.
    pub(crate) payload: Option<Arc<str>>,
    text: OnceLock<ByteString>,
    lines: OnceLock<Bytes>,
    _counted: Counted,
}

impl Frame {
    pub(crate) fn new(stream: Vec<String>, event: &'static str, payload: Option<Arc<str>>) -> Arc<Self> {
        let (text, lines) = (OnceLock::new(), OnceLock::new());
        Arc::new(Self { stream, event, payload, text, lines, _counted: Counted::one("tertulia_stream_messages") })
    }

    /// As a WebSocket carries it.
    pub(crate) fn text(&self) -> ByteString {
        let text = || match &self.payload {
            None => json!({ "stream": self.stream, "event": self.event }),
            Some(payload) => json!({ "stream": self.stream, "event": self.event, "payload": **payload }),
        };
        self.text.get_or_init(|| text().to_string().into()).clone()
    }

    /// As a server-sent event. JSON and numbers have no line breaks.
    pub(crate) fn lines(&self) -> Bytes {
        let payload = self.payload.as_deref().unwrap_or("undefined");
        self.lines.get_or_init(|| format!("event: {}\ndata: {payload}\n\n", self.event).into()).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_streams_tell_the_same() {
        let frame = Frame::new(vec!["hashtag".into(), "año".into()], "delete", Some("7".into()));
        assert_eq!(&*frame.text(), r#"{"stream":["hashtag","año"],"event":"delete","payload":"7"}"#);
        assert_eq!(&*frame.lines(), b"event: delete\ndata: 7\n\n");
        let bare = Frame::new(vec!["user".into()], "filters_changed", None);
        assert_eq!(&*bare.text(), r#"{"stream":["user"],"event":"filters_changed"}"#);
        assert_eq!(bare.lines(), "event: filters_changed\ndata: undefined\n\n");
    }
}
