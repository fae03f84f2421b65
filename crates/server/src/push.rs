//! The way to push services: what wakes a client is sealed for it alone, and sent by the guarded client.
use app::{
    Clock, Error, Pusher,
    push::{Fate, Identity, Wake},
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    text::plain,
    time::{Timestamp, span},
    urls::Site,
};
use federation::{
    client::{Answer, Client},
    signature::Headers,
};
use http::{
    HeaderName, HeaderValue,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE},
};
use url::Url;

mod vapid;

/// For how long a push service keeps what a client that is away cannot take.
const TTL: &str = "172800";
/// The longest line that says what happened: push services take 4 kB in all.
const TITLE: usize = 200;

/// Wakes clients.
pub(crate) struct Runner {
    client: Client,
    site: Site,
    clock: Clock,
}

impl Runner {
    /// Who wakes clients in the name of this server.
    pub(crate) fn new(client: Client, site: Site, clock: Clock) -> Self {
        Self { client, site, clock }
    }
}

#[async_trait]
impl Pusher for Runner {
    async fn push(&self, wake: &Wake) -> app::Result<Fate> {
        let what = (&*wake.kind, &wake.by, wake.is_private);
        let tongue = (&*wake.language, wake.words);
        let title = plain::line(&web::told((&self.site, &wake.house), tongue, what, wake.along), TITLE);
        let payload = mastodon::push::payload(&self.site, wake, &title);
        let endpoint = Url::parse(&wake.subscription.endpoint).map_err(Error::internal)?;
        let (headers, body) = request(wake, &endpoint, payload.as_bytes(), &self.site.page("/"), self.clock.now())
            .map_err(Error::internal)?;
        let retry = |what: String| Err(Error::Unreachable { what: format!("the push service: {what}"), retry: true });
        match self.client.post(&endpoint, &headers, body.into()).await {
            Ok(answer) if answer.is_success() => Ok(Fate::Done),
            Ok(answer) if matches!(answer.status, 404 | 410) => Ok(Fate::Gone),
            Ok(Answer { status: 408 | 425 | 429 | 500.., retry_after: Some(wait), .. }) => Ok(Fate::Later(wait)),
            Ok(answer) if matches!(answer.status, 408 | 425 | 429 | 500..) => retry(answer.status.to_string()),
            Err(error) if error.is_transient() => retry(error.to_string()),
            Ok(answer) => {
                tracing::warn!(status = answer.status, host = endpoint.host_str(), "a push service takes nothing");
                Ok(Fate::Done)
            }
            Err(error) => {
                tracing::warn!(%error, host = endpoint.host_str(), "a push service is out of bounds");
                Ok(Fate::Done)
            }
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The request that carries `payload`: as RFC 8291 says, or the draft before it for clients that read only that.
fn request(
    wake: &Wake,
    endpoint: &Url,
    payload: &[u8],
    contact: &str,
    now: Timestamp,
) -> Result<(Headers, Vec<u8>), Failure> {
    let Identity { public, private } = &wake.identity;
    let (p256dh, auth) = (&wake.subscription.p256dh, &wake.subscription.auth);
    let claim = vapid::claim(private, endpoint, contact, now + span::hours(12))?;
    let mut headers: Headers = vec![
        (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (HeaderName::from_static("ttl"), HeaderValue::from_static(TTL)),
        (HeaderName::from_static("urgency"), HeaderValue::from_static("normal")),
    ];
    if wake.subscription.standard {
        headers.push((CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")));
        headers.push((AUTHORIZATION, format!("vapid t={claim}, k={public}").parse()?));
        return Ok((headers, ece::encrypt(p256dh, auth, payload)?));
    }
    let sealed = ece::legacy::encrypt_aesgcm(p256dh, auth, payload)?;
    headers.push((CONTENT_ENCODING, HeaderValue::from_static("aesgcm")));
    headers.push((AUTHORIZATION, format!("WebPush {claim}").parse()?));
    for (name, value) in sealed.headers(None) {
        let value = if name.eq_ignore_ascii_case("crypto-key") { format!("{value};p256ecdsa={public}") } else { value };
        headers.push((name.parse()?, value.parse()?));
    }
    // The library gives the bytes as text; on the way they are bytes.
    Ok((headers, URL_SAFE_NO_PAD.decode(sealed.body())?))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use ece::EcKeyComponents;

    /// The example of RFC 8291, section 5 and appendix A.
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
        EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
    const PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const TEXT: &[u8] = b"When I grow up, I want to be a watermelon";

    #[test]
    fn what_is_sealed_is_what_the_standard_says() {
        let [body, private, public, auth] =
            [BODY, PRIVATE, PUBLIC, AUTH].map(|text| URL_SAFE_NO_PAD.decode(text).unwrap());
        let keys = EcKeyComponents::new(private, public.clone());
        assert_eq!(ece::decrypt(&keys, &auth, &body).unwrap(), TEXT);
        let sealed = ece::encrypt(&public, &auth, TEXT).unwrap();
        assert_eq!(ece::decrypt(&keys, &auth, &sealed).unwrap(), TEXT);
        // Salt, the length of a record, the length of the key; then the key, as a point in full.
        assert_eq!((&sealed[16..21], sealed[21]), (&body[16..21], body[21]));
        assert_ne!(sealed[..16], body[..16]);
    }
}
