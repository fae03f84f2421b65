//! This site as authenticators know it, and what they say, read and verified (`WebAuthn`).
use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{actor::Actor, time::span, urls::Site};
use serde::{Serialize, de::DeserializeOwned};
use store::passkeys::Passkey;
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AuthenticationState, CollectedClientData, Credential, ParsedAttestation, PublicKeyCredential,
        RegisterPublicKeyCredential, RegistrationState, UserVerificationPolicy,
    },
};

use super::{Trouble, Verdict, unfit};
use crate::{Error, Result};

/// How long a browser asks.
const ASKS: Duration = span::minutes(5);

/// A passkey stands for a password and for a second step, so that it has to make sure who uses it.
const VERIFIED: UserVerificationPolicy = UserVerificationPolicy::Required;

/// What is asked, and what the answer will be compared with.
pub(super) struct Question {
    /// For the browser, as JSON.
    pub(super) options: String,
    /// What no other question has, in base64url.
    pub(super) challenge: String,
    /// For ourselves, as JSON.
    pub(super) state: String,
}

/// The answer of whoever has a passkey.
pub(super) struct Assertion {
    /// What was asked.
    pub(super) challenge: String,
    /// By what authenticators name the passkey, in base64url.
    pub(super) handle: String,
    said: PublicKeyCredential,
}

/// The answer of whoever made a passkey.
pub(super) struct Creation {
    /// What was asked.
    pub(super) challenge: String,
    said: RegisterPublicKeyCredential,
}

impl Assertion {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let said: PublicKeyCredential = serde_json::from_str(text).ok()?;
        let challenge = asked(said.response.client_data_json.as_ref())?;
        Some(Self { challenge, handle: URL_SAFE_NO_PAD.encode(said.get_credential_id()), said })
    }

    /// Whose passkey it is, as the authenticator knows it.
    pub(super) fn user(&self) -> Option<&[u8]> {
        self.said.get_user_unique_id()
    }
}

impl Creation {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let said: RegisterPublicKeyCredential = serde_json::from_str(text).ok()?;
        Some(Self { challenge: asked(said.response.client_data_json.as_ref())?, said })
    }
}

/// What a browser says that it was asked; that it is so is verified later.
fn asked(client_data: &[u8]) -> Option<String> {
    let said: CollectedClientData = serde_json::from_slice(client_data).ok()?;
    Some(URL_SAFE_NO_PAD.encode(&said.challenge))
}

/// The site: known by the name of its host, and spoken with from its own pages alone.
fn party(site: &Site) -> Result<WebauthnCore> {
    if let Some(unfit) = unfit(site, site.host()) {
        return Err(Error::Invalid(format!("there are no passkeys on this site: {unfit:?}")));
    }
    let (name, host) = (site.host().display(), site.host().name());
    let origin = site.page("/").parse().map_err(Error::internal)?;
    Ok(WebauthnCore::new_unsafe_experts_only(&name, host, vec![origin], ASKS, None, None))
}

fn written(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

fn credentials(passkeys: &[Passkey]) -> Result<Vec<Credential>> {
    passkeys.iter().map(|passkey| read(&passkey.credential)).collect()
}

/// Asks for one of these passkeys; for anybody's, if there are none.
pub(super) fn assertion(site: &Site, own: &[Passkey]) -> Result<Question> {
    let party = party(site)?;
    let builder = party.new_challenge_authenticate_builder(credentials(own)?, Some(VERIFIED));
    // What was bound to one device may be kept in several later on.
    let builder = builder.map_err(Error::internal)?.allow_backup_eligible_upgrade(true);
    let (asked, mut state) = party.generate_challenge_authenticate(builder).map_err(Error::internal)?;
    // Which passkeys there are is looked up anew when one answers.
    state.set_allowed_credentials(Vec::new());
    Ok(Question {
        options: written(&asked.public_key)?,
        challenge: URL_SAFE_NO_PAD.encode(&asked.public_key.challenge),
        state: written(&state)?,
    })
}

/// Asks for a new passkey of somebody, whom authenticators know as `user`; not of one that keeps any of theirs already.
pub(super) fn creation(site: &Site, person: &Actor, user: &[u8], own: &[Passkey]) -> Result<Question> {
    let party = party(site)?;
    let shown = if person.title.is_empty() { &person.name } else { &person.title };
    let known = credentials(own)?.into_iter().map(|credential| credential.cred_id).collect();
    let builder = party.new_challenge_register_builder(user, &person.name, shown).map_err(Error::internal)?;
    // One that can be found without a name, since none is asked for.
    let builder =
        builder.require_resident_key(true).user_verification_policy(VERIFIED).exclude_credentials(Some(known));
    let (asked, state) = party.generate_challenge_register(builder).map_err(Error::internal)?;
    Ok(Question {
        options: written(&asked.public_key)?,
        challenge: URL_SAFE_NO_PAD.encode(&asked.public_key.challenge),
        state: written(&state)?,
    })
}

/// Takes the answer of whoever made a passkey: by what authenticators name it, and what is to be known of it.
pub(super) fn admit(site: &Site, said: &Creation, state: &str) -> Result<Verdict<(String, String)>> {
    let state: RegistrationState = read(state)?;
    match party(site)?.register_credential(&said.said, &state, None) {
        Ok(mut credential) => {
            // Who made the authenticator is nobody's business.
            credential.attestation = ParsedAttestation::default();
            Ok(Ok((URL_SAFE_NO_PAD.encode(&credential.cred_id), written(&credential)?)))
        }
        Err(error) => Ok(Err(trouble(&error))),
    }
}

/// Takes the answer of whoever has the passkey `known`: what is to be known of it from now on.
pub(super) fn verify(site: &Site, said: &Assertion, state: &str, known: &str) -> Result<Verdict<String>> {
    let (mut state, mut credential): (AuthenticationState, Credential) = (read(state)?, read(known)?);
    state.set_allowed_credentials(vec![credential.clone()]);
    match party(site)?.authenticate_credential(&said.said, &state) {
        Ok(found) => {
            credential.counter = found.counter();
            credential.backup_state = found.backup_state();
            credential.backup_eligible = found.backup_eligible();
            Ok(Ok(written(&credential)?))
        }
        Err(error) => Ok(Err(trouble(&error))),
    }
}

fn trouble(error: &WebauthnError) -> Trouble {
    tracing::info!(%error, "the answer of a passkey is refused");
    match error {
        WebauthnError::UserNotVerified => Trouble::Unverified,
        WebauthnError::CredentialPossibleCompromise => Trouble::Copied,
        _ => Trouble::Wrong,
    }
}
