//! What was said on the network, in the order in which it was answered.

use std::fmt::{self, Write as _};

use serde_json::Value;

/// One request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) method: String,
    pub(crate) target: String,
    /// The JSON that was sent, if it was some.
    pub(crate) sent: Value,
    /// The answer; `None` when the line broke.
    pub(crate) status: Option<u16>,
}

impl Exchange {
    /// The type of what was sent, with the types inside: `Announce{Create{Note}}`; `Announce` alone embeds nothing.
    pub(crate) fn kind(&self) -> String {
        kind(&self.sent)
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == "POST"
    }
}

/// The type of a document, with the types of what it embeds.
pub(crate) fn kind(document: &Value) -> String {
    let own = document["type"].as_str().unwrap_or_default();
    let inner = match &document["object"] {
        inner @ Value::Object(_) => kind(inner),
        Value::Array(items) => items.first().map(kind).unwrap_or_default(),
        _ => String::new(),
    };
    if inner.is_empty() { own.to_owned() } else { format!("{own}{{{inner}}}") }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {} {} {}", self.from, self.to, self.method, self.target)?;
        if !self.kind().is_empty() {
            write!(f, " {}", self.kind())?;
        }
        match self.status {
            Some(status) => write!(f, " {status}"),
            None => f.write_str(" broken"),
        }
    }
}

/// A part of what was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transcript(pub(crate) Vec<Exchange>);

impl Transcript {
    /// What was said after so many exchanges.
    pub(crate) fn after(mut self, count: usize) -> Self {
        self.0.drain(..count);
        self
    }

    /// What `from` said to `to`.
    pub(crate) fn between(&self, from: &str, to: &str) -> Self {
        self.only(|exchange| exchange.from == from && exchange.to == to)
    }

    /// What was delivered, not what was asked for.
    pub(crate) fn posts(&self) -> Self {
        self.only(Exchange::is_post)
    }

    pub(crate) fn only(&self, wanted: impl Fn(&Exchange) -> bool) -> Self {
        Self(self.0.iter().filter(|exchange| wanted(exchange)).cloned().collect())
    }

    /// What was delivered between whom, each line in its order: the same on every run.
    pub(crate) fn summary(&self) -> String {
        let said = |exchange: &Exchange| format!("{} → {} {}", exchange.from, exchange.to, exchange.kind());
        let mut lines: Vec<String> = self.posts().0.iter().map(said).collect();
        lines.sort_by_key(|line| line.split(' ').take(3).map(str::to_owned).collect::<Vec<_>>());
        lines.join("\n")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for exchange in &self.0 {
            writeln!(text, "{exchange}")?;
        }
        f.write_str(&text)
    }
}
