//! Keys of actors here: made off the request threads, kept sealed.
use domain::{actor::Actor, id::ActorId, urls};
use openssl::{pkey::PKey, rsa::Rsa};
use store::actors::KeyRow;

use crate::{App, Error, Result, Tx};

/// How long an RSA key is, in bits: what all servers accept.
const RSA_BITS: u32 = 2048;

/// The private keys of an actor, as PEM (PKCS #8).
#[derive(Clone)]
pub struct Pems {
    /// For signatures that every server understands.
    pub rsa: String,
    /// For those that the newer ones do.
    pub ed25519: String,
}

impl std::fmt::Debug for Pems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pems(…)")
    }
}

/// Two new keys, with their public halves.
#[derive(Clone)]
pub(crate) struct Pair {
    private: Pems,
    rsa: String,
    ed25519: String,
}

/// Makes keys; this takes about a tenth of a second.
pub(crate) async fn generate(app: &App) -> Result<Pair> {
    app.tasks().blocking(make).await.map_err(Error::internal)?.map_err(Error::internal)
}

fn make() -> Result<Pair, Box<dyn std::error::Error + Send + Sync>> {
    let rsa = PKey::from_rsa(Rsa::generate(RSA_BITS)?)?;
    let ed25519 = PKey::generate_ed25519()?;
    Ok(Pair {
        private: Pems {
            rsa: String::from_utf8(rsa.private_key_to_pem_pkcs8()?)?,
            ed25519: String::from_utf8(ed25519.private_key_to_pem_pkcs8()?)?,
        },
        rsa: String::from_utf8(rsa.public_key_to_pem()?)?,
        ed25519: String::from_utf8(ed25519.public_key_to_pem()?)?,
    })
}

/// Stores the keys of a new actor.
pub(crate) fn keep(tx: &mut Tx<'_, '_>, actor: &Actor, pair: &Pair) -> Result<()> {
    let row = |uri: String, kind: &str, public: &str, private: &str| -> Result<KeyRow> {
        let sealed = tx.seal().close(&uri, private.as_bytes())?;
        Ok(KeyRow { uri, actor_id: actor.id.0, kind: kind.into(), public: public.into(), private: Some(sealed) })
    };
    let rows = [
        row(urls::rsa_key(&actor.uri), "rsa", &pair.rsa, &pair.private.rsa)?,
        row(urls::ed25519_key(&actor.uri), "ed25519", &pair.ed25519, &pair.private.ed25519)?,
    ];
    Ok(store::actors::set_keys(tx, actor.id, &rows)?)
}

/// The private keys of an actor here.
pub async fn private(app: &App, actor: ActorId) -> Result<Pems> {
    let rows = app.read(move |c| store::actors::keys(c, actor)).await?;
    let open = |kind: &str| -> Result<String> {
        let row = rows.iter().find(|row| row.kind == kind).ok_or(Error::NotFound)?;
        let sealed = row.private.as_deref().ok_or(Error::NotFound)?;
        String::from_utf8(app.seal().open(&row.uri, sealed)?).map_err(Error::internal)
    };
    Ok(Pems { rsa: open("rsa")?, ed25519: open("ed25519")? })
}
