//! What the operator decided.
use std::path::PathBuf;

use domain::{host::Host, registration::Registration, rule::Openness, text::language, urls::Site};

use crate::identities::Provider;

/// What the operator decided that actions need to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server as it is known outside.
    pub site: Site,
    /// Who may make a login, until an admin chooses something else.
    pub registration: Registration,
    /// Whom we deal with when nothing is said about them.
    pub federation: Openness,
    /// Whether other servers must sign their requests for documents.
    pub secure: bool,
    /// The languages of pages and mails, out of [`domain::imprint::LANGUAGES`]; the first is for whoever reads none of them.
    pub languages: Vec<&'static str>,
    /// Where mail is read by those who may sign up: hosts, with all below them; anywhere, if there are none.
    pub mail_hosts: Vec<Host>,
    /// Who says who the people of an organization are.
    pub provider: Option<Provider>,
    /// Where the server stands.
    pub premises: Premises,
}

impl Config {
    /// The language in which the server speaks to somebody who reads `wanted`: a tag, or what a browser says of itself.
    pub fn spoken(&self, wanted: &str) -> &'static str {
        let usual = self.languages.first().copied().unwrap_or("en");
        language::preferred(wanted, &self.languages).unwrap_or(usual)
    }
}

/// The settings as the server read them at its start, for those who look after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// The path of the file that it read, if there was one.
    pub file: Option<String>,
    /// All settings, in the order in which the manual has them.
    pub settings: Vec<Decided>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What it is called in the file.
    pub key: &'static str,
    /// What it is called in the environment.
    pub env: &'static str,
    /// What holds, empty for none; nothing if that is a secret.
    pub value: Option<String>,
    /// Who said so.
    pub origin: Origin,
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything: it is what it usually is.
    #[default]
    Default,
    /// The file.
    File,
    /// A variable of the environment, which wins over the file.
    Environment,
}

/// Where the server stands, for those who look after it, and where it comes from.
#[derive(Debug, Clone, Default)]
pub struct Premises {
    /// The folder whose disk fills.
    pub data: Option<PathBuf>,
    /// The settings as they were read; no secret among them.
    pub settings: Decisions,
    /// Whether people post and follow as often as they want.
    pub boundless: bool,
    /// Where the source of the program is, as it runs here; for everybody.
    pub source: Option<String>,
}
