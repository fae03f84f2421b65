//! Questions that are about no document of the network: a form or a look, and a short answer, whatever its status.
use app::{Credential, Question, Reply};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderValue, Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use tokio::time::timeout;
use url::form_urlencoded;

use super::{Client, FetchError, answer, target};

/// A proof as HTTP has it; name and secret as forms spell them (RFC 6749, section 2.3.1).
fn spelt(proof: Credential<'_>) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    match proof {
        Credential::Bearer(token) => format!("Bearer {token}"),
        Credential::Basic(name, secret) => {
            format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(name), encoded(secret))))
        }
    }
}

/// The longest answer.
const LONGEST: usize = 128 * 1024;

impl Client {
    /// Asks, and reads the answer. Redirects are not followed: what is sent is for one server alone.
    pub async fn ask(&self, question: Question<'_>) -> Result<Reply, FetchError> {
        let url = target::parse_url(question.url)?;
        let mut headers = vec![(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"))];
        if let Some(proof) = question.proof {
            let proof = HeaderValue::try_from(spelt(proof));
            let mut proof = proof.ok().ok_or(FetchError::Malformed("a token"))?;
            proof.set_sensitive(true);
            headers.push((AUTHORIZATION, proof));
        }
        let (method, body) = match question.form {
            None => (Method::GET, Bytes::new()),
            Some(pairs) => {
                headers.push((CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")));
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                (Method::POST, Bytes::from(form))
            }
        };
        let asking = self.hosts.ask(url.as_str()).await?;
        let exchange = async {
            let (head, body) = self.exchange(&method, &url, &headers, &body).await?;
            let body = answer::decode(&head.headers, self.read(body, LONGEST).await?, LONGEST)?;
            Ok(Reply { status: head.status.as_u16(), body: body.into() })
        };
        let elapsed = |_| Err(FetchError::timed_out("the exchange"));
        asking.came(timeout(self.patience.total, exchange).await.unwrap_or_else(elapsed))
    }
}
