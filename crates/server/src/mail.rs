//! Letters on their way: put into words by the web face, handed to the mail server.
use app::{Error, Mailer, mail::Letter};
use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::response::Category,
};

use crate::settings::{Settings, Smtp};

/// The way to the mail server.
pub(crate) type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How to reach the mail server.
pub(crate) fn transport(smtp: &Smtp) -> Result<Transport, lettre::transport::smtp::Error> {
    Ok(Transport::from_url(smtp.url().as_str())?.build())
}

/// Hands letters to the mail server of the settings.
pub(crate) struct Courier {
    transport: Transport,
    from: Address,
}

impl Courier {
    /// The courier of the settings; none, if there is no mail server.
    pub(crate) fn new(settings: &Settings) -> Result<Option<Self>, String> {
        let Some(smtp) = &settings.smtp else { return Ok(None) };
        let transport = transport(smtp).map_err(|e| format!("smtp: {e}"))?;
        let host = settings.url.host_str().unwrap_or("localhost");
        let sender = settings.mail_from.clone().unwrap_or_else(|| format!("no-reply@{host}"));
        let from = sender.parse().map_err(|e| format!("mail_from: {e}"))?;
        Ok(Some(Self { transport, from }))
    }
}

/// Says that nobody wrote this, so that no machine answers (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A header that stands as it is: it holds nothing but ASCII.
fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

#[async_trait]
impl Mailer for Courier {
    async fn send(&self, letter: &Letter) -> app::Result<()> {
        let Ok(to) = letter.to.parse::<Address>() else {
            tracing::info!("a letter is not sent: no mail server would take its address");
            return Ok(());
        };
        let written = web::letters::write(letter).map_err(Error::internal)?;
        let mut message = Message::builder()
            .from(Mailbox::new(Some(letter.site.clone()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(written.subject)
            .header(AutoSubmitted);
        if let Some(stop) = letter.stop() {
            message = message.raw_header(plain("List-Unsubscribe", format!("<{stop}>")));
            message = message.raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let message = message
            .multipart(MultiPart::alternative_plain_html(written.text, written.html))
            .map_err(Error::internal)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // The mailbox is none, or takes nothing: trying again would change nothing, and it is not for us to mend.
            Err(error) if error.is_permanent() && is_about_the_mailbox(&error) => {
                tracing::info!(%error, "a letter cannot be delivered");
                Ok(())
            }
            Err(error) => Err(Error::Unreachable { what: format!("the mail server: {error}"), retry: true }),
        }
    }
}

/// Whether a mail server speaks of the mailbox, and not of us: 550 and its like, but not 530 and 535.
fn is_about_the_mailbox(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| code.category == Category::MailSystem)
}
