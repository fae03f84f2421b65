//! Passkeys: made, used in place of the password and after it, refused, and taken away.
use std::net::IpAddr;

use domain::{
    id::{ActorId, PasskeyId, SessionId},
    time::{Timestamp, span},
};
use serde_json::{Value, json};
use store::tickets::Ticket;

use self::authenticator::Authenticator;
use super::{World, shown, world};
use crate::{
    Error, Me, Whence, leaving,
    passkeys::{self, Answer, Challenge, Proof, Trouble, Verdict},
    random,
    recovery::{self, Renewal},
    retention, roll,
    second_step::{self, Secret, Turned},
    sessions::{self, Entry},
    sign_up, totp,
};

mod authenticator;

const PASSWORD: &str = "correct horse";

fn password() -> Proof {
    Proof::Password(shown(PASSWORD))
}

fn nowhere() -> Whence {
    Whence::default()
}

/// The answer of a browser that was asked `challenge`.
fn answered(challenge: &Challenge, said: String) -> Answer {
    Answer { kept: challenge.kept.clone(), said }
}

impl World {
    /// Lets somebody make a passkey.
    async fn passkey(&self, me: Me, device: &mut Authenticator, name: &str) -> Verdict<()> {
        let challenge = passkeys::offer(&self.app, me, password(), "").await.unwrap().unwrap();
        let made = device.make(&challenge.options);
        let session = self.session(me).await;
        passkeys::add(&self.app, me, session, answered(&challenge, made), name).await.unwrap().map(drop)
    }

    /// A browser in which somebody is signed in.
    async fn session(&self, me: Me) -> SessionId {
        let secret = sessions::begin(&self.app, me, &nowhere()).await.unwrap();
        sessions::find(&self.app, &secret).await.unwrap().unwrap().id
    }

    async fn asked(&self) -> Challenge {
        passkeys::ask(&self.app, "", &nowhere()).await.unwrap()
    }

    async fn enter_with(&self, answer: Answer) -> Verdict<Me> {
        match passkeys::enter(&self.app, answer, &nowhere()).await.unwrap() {
            Ok(secret) => Ok(sessions::find(&self.app, &secret).await.unwrap().unwrap().me),
            Err(trouble) => Err(trouble),
        }
    }

    /// Signs in with a passkey of a device.
    async fn enter_by(&self, device: &mut Authenticator) -> Verdict<Me> {
        let challenge = self.asked().await;
        self.enter_with(answered(&challenge, device.answer(&challenge.options))).await
    }

    /// What letters are to be written, since one last asked.
    async fn letters(&self) -> Vec<String> {
        let claimed = self.app.write(|tx| {
            let (now, lease) = (tx.now(), tx.lease(span::hours(1)));
            Ok(store::jobs::claim(tx, now, lease, &[], 50)?)
        });
        claimed.await.unwrap().into_iter().filter(|job| job.kind == "mail").map(|job| job.subject).collect()
    }

    async fn names(&self, me: Me) -> Vec<String> {
        passkeys::list(&self.app, me).await.unwrap().into_iter().map(|passkey| passkey.name).collect()
    }
}

async fn a_passkey_lets_in_without_a_name_or_a_password(w: World) {
    let (mut phone, mut laptop) = (Authenticator::new(), Authenticator::new());
    let wrong = passkeys::offer(&w.app, w.ana, Proof::Password(shown("wrong horse")), "").await.unwrap();
    assert_eq!(wrong.unwrap_err(), Trouble::Password);
    assert_eq!(w.passkey(w.ana, &mut phone, " Móvil ").await, Ok(()));
    assert_eq!(w.letters().await, [json!({ "Passkey": [w.ana.0, "Móvil", true] }).to_string()]);
    assert_eq!(w.passkey(w.bea, &mut laptop, "Portátil").await, Ok(()));

    let before = passkeys::list(&w.app, w.ana).await.unwrap();
    assert!(before[0].used.is_none());
    w.clock.advance(span::hours(1));
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    assert_eq!(w.enter_by(&mut laptop).await, Ok(w.bea));
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    let after = passkeys::list(&w.app, w.ana).await.unwrap();
    assert!(after[0].used.is_some_and(|used| used >= (Timestamp(before[0].created) + span::hours(1)).0));

    // What authenticators keep says nothing of whose it is, and is the same for all passkeys of one person.
    let user = async |me| {
        let challenge = passkeys::offer(&w.app, me, password(), "").await.unwrap().unwrap();
        let asked: Value = serde_json::from_str(&challenge.options).unwrap();
        (asked["user"]["id"].as_str().unwrap().to_owned(), asked["excludeCredentials"].as_array().unwrap().len())
    };
    let (first, excluded) = user(w.ana).await;
    assert_eq!((&user(w.ana).await.0, excluded), (&first, 1), "and a device that has one is not asked for another");
    assert_ne!(first, user(w.bea).await.0);
}

async fn an_answer_is_good_once_in_time_and_in_the_browser_that_was_asked(w: World) {
    let mut phone = Authenticator::new();
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    let challenge = w.asked().await;
    let said = answered(&challenge, phone.answer(&challenge.options));
    let elsewhere = Answer { kept: random::secret().unwrap(), ..said.clone() };
    assert_eq!(w.enter_with(elsewhere).await, Err(Trouble::Stale), "another browser");
    assert_eq!(w.enter_with(Answer { kept: String::new(), ..said.clone() }).await, Err(Trouble::Stale));
    assert_eq!(w.enter_with(said.clone()).await, Ok(w.ana));
    assert_eq!(w.enter_with(said).await, Err(Trouble::Stale), "again");

    // A browser may be asked several times at once, and keeps one thing for all.
    let first = w.asked().await;
    let second = passkeys::ask(&w.app, &first.kept, &nowhere()).await.unwrap();
    assert_eq!(first.kept, second.kept);
    assert_eq!(w.enter_with(answered(&second, phone.answer(&first.options))).await, Ok(w.ana));
    assert_eq!(w.enter_with(answered(&second, phone.answer(&second.options))).await, Ok(w.ana));

    let late = w.asked().await;
    w.clock.advance(span::minutes(11));
    assert_eq!(w.enter_with(answered(&late, phone.answer(&late.options))).await, Err(Trouble::Stale), "too late");
    let forgotten = w.asked().await;
    w.clock.advance(span::days(2));
    retention::sweep(&w.app).await.unwrap();
    assert_eq!(w.enter_with(answered(&forgotten, phone.answer(&forgotten.options))).await, Err(Trouble::Stale));
}

async fn what_is_not_honest_is_refused(w: World) {
    let mut phone = Authenticator::new();
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();

    let mut fooled = phone.copy();
    fooled.origin = "https://plaza.example.evil.example".into();
    assert_eq!(w.enter_by(&mut fooled).await, Err(Trouble::Wrong), "a false page");
    fooled.origin = "http://plaza.example".into();
    assert_eq!(w.enter_by(&mut fooled).await, Err(Trouble::Wrong), "a page that is not encrypted");

    let mut careless = phone.copy();
    careless.verifies = false;
    assert_eq!(w.enter_by(&mut careless).await, Err(Trouble::Unverified), "whoever holds it is let in");
    let challenge = passkeys::offer(&w.app, w.bea, password(), "").await.unwrap().unwrap();
    let made = answered(&challenge, careless.make(&challenge.options));
    assert_eq!(passkeys::add(&w.app, w.bea, SessionId(0), made, "x").await.unwrap(), Err(Trouble::Unverified));

    let mut copy = phone.copy();
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    assert_eq!(w.enter_by(&mut copy).await, Err(Trouble::Copied), "it counts less than was counted");
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana), "and the right one is still taken");

    // What is said is signed.
    let bent = async |field: &str, with: &dyn Fn(Value) -> Value| {
        let challenge = w.asked().await;
        let mut said: Value = serde_json::from_str(&phone.copy().answer(&challenge.options)).unwrap();
        said["response"][field] = with(said["response"][field].clone());
        w.enter_with(answered(&challenge, said.to_string())).await
    };
    assert_eq!(bent("userHandle", &|_| json!("YmVh")).await, Err(Trouble::Wrong), "somebody else's");
    assert_eq!(bent("userHandle", &|_| Value::Null).await, Err(Trouble::Wrong), "nobody's");
    assert_eq!(bent("signature", &|_| json!("MAYCAQECAQE")).await, Err(Trouble::Wrong));
    assert_eq!(bent("authenticatorData", &|_| json!("")).await, Err(Trouble::Wrong));
    for said in ["", "{}", "[]", "null", "\u{0}"] {
        let challenge = w.asked().await;
        assert_eq!(w.enter_with(answered(&challenge, said.into())).await, Err(Trouble::Wrong), "{said}");
    }

    let mut stranger = Authenticator::new();
    let challenge = passkeys::offer(&w.app, w.bea, password(), "").await.unwrap().unwrap();
    stranger.make(&challenge.options);
    assert_eq!(w.enter_by(&mut stranger).await, Err(Trouble::Unknown), "it was made and never added");
}

async fn nobody_answers_for_somebody_else_or_for_something_else(w: World) {
    let (mut of_ana, mut of_bea) = (Authenticator::new(), Authenticator::new());
    w.passkey(w.ana, &mut of_ana, "Móvil").await.unwrap();
    w.passkey(w.bea, &mut of_bea, "Portátil").await.unwrap();
    let offer = async |me, answer| passkeys::offer(&w.app, me, Proof::Passkey(answer), "").await.unwrap().map(drop);

    let again = passkeys::ask_again(&w.app, w.ana, "").await.unwrap();
    assert_eq!(
        offer(w.bea, answered(&again, of_bea.answer(&again.options))).await,
        Err(Trouble::Stale),
        "ana was asked"
    );
    let again = passkeys::ask_again(&w.app, w.ana, "").await.unwrap();
    assert_eq!(
        offer(w.ana, answered(&again, of_bea.answer(&again.options))).await,
        Err(Trouble::Unknown),
        "bea answers"
    );
    let enter = w.asked().await;
    let said = answered(&enter, of_ana.answer(&enter.options));
    assert_eq!(offer(w.ana, said.clone()).await, Err(Trouble::Stale), "she was asked to sign in");
    assert_eq!(w.enter_with(said).await, Err(Trouble::Stale), "which she did not");
    let again = passkeys::ask_again(&w.app, w.ana, "").await.unwrap();
    assert_eq!(w.enter_with(answered(&again, of_ana.answer(&again.options))).await, Err(Trouble::Stale));
    let again = passkeys::ask_again(&w.app, w.ana, "").await.unwrap();
    assert_eq!(offer(w.ana, answered(&again, of_ana.answer(&again.options))).await, Ok(()));

    // What was made for ana is not added for bea, and nothing is added twice.
    let challenge = passkeys::offer(&w.app, w.ana, password(), "").await.unwrap().unwrap();
    let made = answered(&challenge, of_ana.make(&challenge.options));
    let add = async |me| passkeys::add(&w.app, me, SessionId(0), made.clone(), "Otra").await.unwrap();
    assert_eq!(add(w.bea).await, Err(Trouble::Stale));
    assert_eq!(add(w.ana).await, Err(Trouble::Stale), "it was tried before");
    assert_eq!((w.names(w.ana).await, w.names(w.bea).await), (vec!["Móvil".into()], vec!["Portátil".into()]));
}

async fn a_new_passkey_leaves_open_the_browser_that_made_it_alone(w: World) {
    let begin = async || sessions::begin(&w.app, w.ana, &nowhere()).await.unwrap();
    let (one, other) = (begin().await, begin().await);
    let open = async |secret: &str| sessions::find(&w.app, secret).await.unwrap().map(|session| session.id);
    let mine = open(&one).await.unwrap();
    let challenge = passkeys::offer(&w.app, w.ana, password(), "").await.unwrap().unwrap();
    let made = answered(&challenge, Authenticator::new().make(&challenge.options));
    let renewed = passkeys::add(&w.app, w.ana, mine, made, "Móvil").await.unwrap().unwrap();
    assert_eq!(open(&renewed).await, Some(mine));
    assert_eq!((open(&one).await, open(&other).await), (None, None));
}

async fn a_passkey_is_a_second_step(w: World) {
    let (mut phone, mut of_bea) = (Authenticator::new(), Authenticator::new());
    w.passkey(w.bea, &mut of_bea, "Portátil").await.unwrap();
    let offer = second_step::offer(&w.app, w.ana, "ana").unwrap();
    let code = totp::current(&offer.secret, w.app.now()).unwrap();
    w.letters().await;
    let session = w.session(w.ana).await;
    let turned = second_step::turn_on(&w.app, w.ana, Secret { session, ..shown(PASSWORD) }, &offer.sealed, &code).await;
    assert!(matches!(turned, Ok(Turned::On(..))), "{turned:?}");
    assert_eq!(w.letters().await, [json!({ "SecondStep": [w.ana.0, true] }).to_string()]);
    let first = async || match sessions::enter(&w.app, "ana", PASSWORD.into(), &nowhere()).await.unwrap() {
        Entry::Second(proof) => proof,
        other => panic!("{other:?}"),
    };
    let proof = first().await;
    assert!(passkeys::ask_second(&w.app, &proof, "").await.unwrap().is_none(), "she has none yet");
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    assert!(passkeys::ask_second(&w.app, "00ff", "").await.unwrap().is_none(), "nobody is told who has one");

    let second = async |proof: &str, challenge: &Challenge, device: &mut Authenticator| {
        let answer = answered(challenge, device.answer(&challenge.options));
        passkeys::enter_second(&w.app, proof, answer, &nowhere()).await.unwrap()
    };
    let challenge = passkeys::ask_second(&w.app, &proof, "").await.unwrap().unwrap();
    assert_eq!(second(&proof, &challenge, &mut of_bea).await, Err(Trouble::Unknown), "the passkey of somebody else");
    let challenge = passkeys::ask_second(&w.app, &proof, "").await.unwrap().unwrap();
    assert_eq!(second("00ff", &challenge, &mut phone).await, Err(Trouble::Stale), "not without the first step");
    let secret = second(&proof, &challenge, &mut phone).await.unwrap();
    assert_eq!(sessions::find(&w.app, &secret).await.unwrap().unwrap().me, w.ana);
    assert_eq!(second(&proof, &challenge, &mut phone).await, Err(Trouble::Stale));
    let challenge = passkeys::ask_second(&w.app, &proof, "").await.unwrap().unwrap();
    let said = answered(&challenge, phone.answer(&challenge.options));
    assert_eq!(w.enter_with(said).await, Err(Trouble::Stale), "half a sign-in is no whole one");

    // So it is for whom the provider of an organization brings: that stands for the password alone.
    let ana = w.ana.0;
    let account = w.app.read(move |c| store::accounts::by_id(c, ana)).await.unwrap().unwrap();
    let Entry::Second(brought) = sessions::admit(&w.app, &account, &nowhere()).await.unwrap() else {
        panic!("half way")
    };
    let challenge = passkeys::ask_second(&w.app, &brought, "").await.unwrap().unwrap();
    assert_eq!(second(&brought, &challenge, &mut of_bea).await, Err(Trouble::Unknown));
    let challenge = passkeys::ask_second(&w.app, &brought, "").await.unwrap().unwrap();
    let secret = second(&brought, &challenge, &mut phone).await.unwrap();
    assert_eq!(sessions::find(&w.app, &secret).await.unwrap().unwrap().me, w.ana);

    // In place of the password it is both steps; and the codes stay good.
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    w.clock.advance(span::minutes(1));
    let code = totp::current(&offer.secret, w.app.now()).unwrap();
    assert!(sessions::enter_second(&w.app, &first().await, &code, &nowhere()).await.unwrap().is_some());
}

async fn a_passkey_that_was_removed_lets_nobody_in(w: World) {
    let (mut phone, mut laptop) = (Authenticator::new(), Authenticator::new());
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    w.passkey(w.ana, &mut laptop, "Portátil").await.unwrap();
    let own = passkeys::list(&w.app, w.ana).await.unwrap();
    let (first, second) = (PasskeyId(own[0].id), PasskeyId(own[1].id));
    let remove = async |me, id, proof| passkeys::remove(&w.app, me, id, proof).await;
    let wrong = remove(w.ana, first, Proof::Password(shown("wrong horse"))).await.unwrap();
    assert_eq!(wrong, Err(Trouble::Password));
    assert!(matches!(remove(w.bea, first, password()).await, Err(Error::NotFound)), "it is not hers");
    w.letters().await;

    let asked_before = w.asked().await;
    assert_eq!(remove(w.ana, first, password()).await.unwrap(), Ok(()));
    assert_eq!(w.letters().await, [json!({ "Passkey": [w.ana.0, "Móvil", false] }).to_string()]);
    let said = answered(&asked_before, phone.answer(&asked_before.options));
    assert_eq!(w.enter_with(said).await, Err(Trouble::Unknown));
    let again = passkeys::ask_again(&w.app, w.ana, "").await.unwrap();
    let proof = Proof::Passkey(answered(&again, laptop.answer(&again.options)));
    assert_eq!(remove(w.ana, second, proof).await.unwrap(), Ok(()), "without the password");
    assert_eq!(w.enter_by(&mut laptop).await, Err(Trouble::Unknown));
    assert!(w.names(w.ana).await.is_empty());
}

async fn a_passkey_is_called_something_else(w: World) {
    let mut phone = Authenticator::new();
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    let id = PasskeyId(passkeys::list(&w.app, w.ana).await.unwrap()[0].id);
    assert!(matches!(passkeys::rename(&w.app, w.bea, id, "Mío").await, Err(Error::NotFound)), "it is not hers");
    assert!(matches!(passkeys::rename(&w.app, w.ana, id, " ").await, Err(Error::Invalid(_))));
    passkeys::rename(&w.app, w.ana, id, " Móvil viejo ").await.unwrap();
    assert_eq!(w.names(w.ana).await, ["Móvil viejo"]);
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
}

async fn an_admin_takes_passkeys_away_and_it_is_noted(w: World) {
    let (mut phone, mut laptop) = (Authenticator::new(), Authenticator::new());
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    w.passkey(w.ana, &mut laptop, "Portátil").await.unwrap();
    w.letters().await;
    assert!(matches!(roll::forget_passkeys(&w.app, w.bea, w.ana.0).await, Err(Error::Denied(_))));
    w.app
        .write({
            let bea = w.bea.0;
            move |tx| Ok(store::accounts::set_admin(tx, bea, true)?)
        })
        .await
        .unwrap();
    assert!(matches!(roll::forget_passkeys(&w.app, w.bea, w.bea.0).await, Err(Error::Denied(_))), "not her own");
    let (_, entrance) = roll::show(&w.app, w.bea, w.ana.0).await.unwrap();
    assert_eq!(entrance.passkeys.len(), 2);
    roll::forget_passkeys(&w.app, w.bea, w.ana.0).await.unwrap();
    assert_eq!(w.letters().await.len(), 2, "she hears of each");
    assert!(w.names(w.ana).await.is_empty());
    assert_eq!(w.enter_by(&mut phone).await, Err(Trouble::Unknown));
    roll::forget_passkeys(&w.app, w.bea, w.ana.0).await.unwrap();
    let decided = crate::log::of_server(&w.app, w.bea, None, 10).await.unwrap();
    let decided: Vec<_> = decided.iter().map(|entry| (entry.action.as_str(), entry.person_id)).collect();
    assert_eq!(decided, [("passkeys", Some(w.ana.0.0))], "what changed nothing is no decision");
}

async fn a_new_password_keeps_passkeys_unless_they_are_to_go(w: World) {
    let mut phone = Authenticator::new();
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    let link = async |me: Me| {
        let secret = random::secret().unwrap();
        let ticket = Ticket {
            hash: random::fingerprint(&secret),
            account_id: me.0.0,
            kind: "renew".into(),
            email: "ana@plaza.example".into(),
            expires: (w.app.now() + span::hours(1)).0,
        };
        w.app.write(move |tx| Ok(store::tickets::insert(tx, &ticket)?)).await.unwrap();
        secret
    };
    let renew =
        async |secret: &str, forgets| recovery::renew(&w.app, secret, "another horse".into(), forgets).await.unwrap();
    assert_eq!(recovery::has_passkeys(&w.app, &link(w.bea).await).await.unwrap(), Some(false));
    assert_eq!(recovery::has_passkeys(&w.app, "a guess").await.unwrap(), None);
    let secret = link(w.ana).await;
    assert_eq!(recovery::has_passkeys(&w.app, &secret).await.unwrap(), Some(true));
    assert_eq!(renew(&secret, false).await, Renewal::Done);
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    assert_eq!(renew(&link(w.ana).await, true).await, Renewal::Done);
    assert_eq!(w.enter_by(&mut phone).await, Err(Trouble::Unknown), "whoever added it is out");
}

async fn passkeys_go_with_their_login(w: World) {
    let (mut phone, mut laptop) = (Authenticator::new(), Authenticator::new());
    w.passkey(w.ana, &mut phone, "Móvil").await.unwrap();
    w.passkey(w.bea, &mut laptop, "Portátil").await.unwrap();
    let close = |id: ActorId, on: bool| {
        w.app.write(move |tx| {
            let now = tx.now();
            Ok(store::accounts::set_disabled(tx, id, on.then_some(now))?)
        })
    };
    close(w.ana.0, true).await.unwrap();
    assert_eq!(w.enter_by(&mut phone).await, Err(Trouble::Unknown), "her login is closed");
    close(w.ana.0, false).await.unwrap();
    assert_eq!(w.enter_by(&mut phone).await, Ok(w.ana));
    leaving::leave(&w.app, w.ana, "ana", shown(PASSWORD)).await.unwrap();
    assert!(w.names(w.ana).await.is_empty());
    assert_eq!(w.enter_by(&mut phone).await, Err(Trouble::Unknown));
    assert_eq!(w.enter_by(&mut laptop).await, Ok(w.bea));
}

async fn there_are_only_so_many_passkeys_and_tries(w: World) {
    let mut device = Authenticator::new();
    for n in 0..20 {
        assert_eq!(w.passkey(w.ana, &mut device, &format!("Llave {n}")).await, Ok(()), "{n}");
        w.clock.advance(span::hours(1));
    }
    let more = passkeys::offer(&w.app, w.ana, password(), "").await.unwrap();
    assert_eq!(more.unwrap_err(), Trouble::Many);
    assert!(
        matches!(passkeys::add(&w.app, w.ana, SessionId(0), Answer::default(), " ").await, Err(Error::Invalid(_))),
        "a name"
    );

    let from = Whence { address: Some(IpAddr::from([192, 0, 2, 1])), ..Whence::default() };
    for _ in 0..25 {
        let tried = passkeys::enter(&w.app, Answer::default(), &from).await.unwrap();
        assert_eq!(tried, Err(Trouble::Wrong));
    }
    assert!(matches!(passkeys::enter(&w.app, Answer::default(), &from).await, Err(Error::TooOften { .. })));
    let guess = sessions::enter(&w.app, "ana", PASSWORD.into(), &from).await;
    assert!(matches!(guess, Err(Error::TooOften { .. })), "both are counted together");
    for _ in 0..100 {
        passkeys::ask(&w.app, "", &from).await.unwrap();
    }
    assert!(matches!(passkeys::ask(&w.app, "", &from).await, Err(Error::TooOften { .. })));
}

async fn a_login_is_made_with_a_passkey_and_no_password(w: World) {
    let mut phone = Authenticator::new();
    let wish = |name: &str| sign_up::Wish {
        name: name.into(),
        email: format!("{name}@plaza.test"),
        agreement: true,
        language: "es".into(),
        ..sign_up::Wish::default()
    };
    let join = async |name: &str, answer: &Answer| {
        let key = (answer.clone(), "Móvil".to_owned());
        sign_up::sign_up_with_passkey(&w.app, wish(name), key, &nowhere()).await.unwrap()
    };
    let challenge = passkeys::ask_newcomer(&w.app, "nora", "", &nowhere()).await.unwrap();
    let answer = answered(&challenge, phone.make(&challenge.options));
    let elsewhere = Answer { kept: "x".repeat(64), ..answer.clone() };
    assert_eq!(join("nora", &elsewhere).await.unwrap_err(), Trouble::Stale, "another browser was asked");
    assert_eq!(join("nora", &Answer::default()).await.unwrap_err(), Trouble::Wrong);
    let nora = join("nora", &answer).await.unwrap().unwrap().me;
    assert_eq!((w.enter_by(&mut phone).await, w.names(nora).await), (Ok(nora), vec!["Móvil".to_owned()]));
    assert_eq!(join("otra", &answer).await.unwrap_err(), Trouble::Stale, "it is good once");
    for guess in ["", "correct horse"] {
        let entry = sessions::enter(&w.app, "nora", guess.into(), &nowhere()).await.unwrap();
        assert!(!matches!(entry, Entry::In(_)), "she has no password: {guess}");
    }

    // What was asked of somebody who is here makes no login, and the other way round.
    let challenge = passkeys::offer(&w.app, w.ana, password(), "").await.unwrap().unwrap();
    let answer = answered(&challenge, Authenticator::new().make(&challenge.options));
    assert_eq!(join("otra", &answer).await.unwrap_err(), Trouble::Stale);
    let challenge = passkeys::ask_newcomer(&w.app, "otra", "", &nowhere()).await.unwrap();
    let answer = answered(&challenge, Authenticator::new().make(&challenge.options));
    let session = w.session(w.ana).await;
    assert_eq!(passkeys::add(&w.app, w.ana, session, answer, "x").await.unwrap().unwrap_err(), Trouble::Stale);

    // Without a passkey a login needs a password as before.
    let bare = sign_up::sign_up(&w.app, wish("otra"), &nowhere()).await.unwrap();
    assert_eq!(bare.unwrap_err(), [sign_up::Flaw::PasswordShort]);
    let challenge = passkeys::ask_newcomer(&w.app, "nora", "", &nowhere()).await.unwrap();
    let answer = answered(&challenge, Authenticator::new().make(&challenge.options));
    assert_eq!(
        join("nora", &answer).await.unwrap().unwrap_err(),
        [sign_up::Flaw::NameTaken, sign_up::Flaw::EmailTaken]
    );
}

on_both! {
    a_login_is_made_with_a_passkey_and_no_password
    a_passkey_is_called_something_else an_admin_takes_passkeys_away_and_it_is_noted
    a_passkey_lets_in_without_a_name_or_a_password
    an_answer_is_good_once_in_time_and_in_the_browser_that_was_asked
    what_is_not_honest_is_refused
    nobody_answers_for_somebody_else_or_for_something_else
    a_new_passkey_leaves_open_the_browser_that_made_it_alone
    a_passkey_is_a_second_step
    a_passkey_that_was_removed_lets_nobody_in
    a_new_password_keeps_passkeys_unless_they_are_to_go
    passkeys_go_with_their_login
    there_are_only_so_many_passkeys_and_tries
}
