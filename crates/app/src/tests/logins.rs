//! Logging in: passwords, the second step, sessions and their ends.
use std::net::IpAddr;

use domain::{
    group::{Joining, Visibility},
    time::span,
};

use super::{World, shown, world};
use crate::{
    Error, Me, Whence,
    devices::{self, Door},
    feed_keys, oauth, people,
    second_step::{self, Secret, Turned},
    sessions::{self, Entry},
    sign_up, totp,
};

const PASSWORD: &str = "correct horse";

fn nowhere() -> Whence {
    Whence::default()
}

impl World {
    async fn enter(&self, name: &str, password: &str) -> Entry {
        sessions::enter(&self.app, name, password.into(), &nowhere()).await.unwrap()
    }

    async fn enter_as_ana(&self) -> String {
        let Entry::In(secret) = self.enter("ana", PASSWORD).await else { panic!("ana is let in") };
        secret
    }
}

async fn name_or_address_and_password_let_in(w: World) {
    for name in ["ana", "@ana", " Ana ", "ana@plaza.example", "ANA@plaza.example"] {
        let Entry::In(secret) = w.enter(name, PASSWORD).await else { panic!("{name}") };
        let session = sessions::find(&w.app, &secret).await.unwrap().unwrap();
        assert_eq!(session.me, w.ana, "{name}");
    }
    for (name, password) in
        [("ana", "wrong horse"), ("ana", ""), ("nobody", PASSWORD), ("nobody@plaza.example", PASSWORD), ("", PASSWORD)]
    {
        assert_eq!(w.enter(name, password).await, Entry::Wrong, "{name} {password}");
    }
    assert!(sessions::find(&w.app, "a guess").await.unwrap().is_none());
}

async fn a_session_lasts_for_being_used_and_ends_when_it_is_ended(w: World) {
    let (first, second) = (w.enter_as_ana().await, w.enter_as_ana().await);
    let alive = async |secret: &str| sessions::find(&w.app, secret).await.unwrap();
    w.clock.advance(span::days(20));
    assert!(alive(&first).await.is_some());
    w.clock.advance(span::days(20));
    let kept = alive(&first).await.unwrap();
    assert!(alive(&second).await.is_none(), "nobody used it for forty days");

    let third = w.enter_as_ana().await;
    let other = alive(&third).await.unwrap();
    assert_ne!(kept.form_token, other.form_token, "forms of one session are none of another's");
    assert_eq!(sessions::author(&w.app, &other.form_token).unwrap(), Some(w.ana.0));
    let forged = other.form_token.replace(&format!("{:016x}", w.ana.0.0), &format!("{:016x}", w.bea.0.0));
    for wrong in [forged, String::new(), "é".repeat(32), format!("{}00", other.form_token)] {
        assert_eq!(sessions::author(&w.app, &wrong).unwrap(), None, "{wrong}");
    }
    assert_eq!(sessions::list(&w.app, w.ana).await.unwrap().len(), 2);
    assert!(matches!(sessions::end(&w.app, w.bea, other.id).await, Err(Error::NotFound)), "it is not hers");
    sessions::end_others(&w.app, w.ana, kept.id).await.unwrap();
    assert!(alive(&third).await.is_none() && alive(&first).await.is_some());
    sessions::end(&w.app, w.ana, kept.id).await.unwrap();
    assert!(alive(&first).await.is_none());
}

async fn only_hashes_are_kept(w: World) {
    let secret = w.enter_as_ana().await;
    let row = sessions::list(&w.app, w.ana).await.unwrap().pop().unwrap();
    assert_ne!(row.hash, secret);
    assert!(sessions::find(&w.app, &row.hash).await.unwrap().is_none(), "the hash opens nothing");
}

async fn the_second_step_stands_before_a_session(w: World) {
    let offer = second_step::offer(&w.app, w.ana, "ana").unwrap();
    assert!(offer.link.starts_with("otpauth://totp/plaza.example%3Aana?secret="), "{}", offer.link);
    let code = || totp::current(&offer.secret, w.app.now()).unwrap();
    let (old, other) = (w.enter_as_ana().await, w.enter_as_ana().await);
    let session = async |secret: &str| sessions::find(&w.app, secret).await.unwrap().map(|session| session.id);
    let asking = session(&old).await.unwrap();
    let before = sessions::find(&w.app, &old).await.unwrap().unwrap().form_token;
    let turn_on = async |me, password: &str, code: &str| {
        let shown = Secret { session: asking, ..shown(password) };
        second_step::turn_on(&w.app, me, shown, &offer.sealed, code).await
    };
    assert_eq!(turn_on(w.ana, "wrong horse", &code()).await.unwrap(), Turned::Stranger);
    assert_eq!(turn_on(w.ana, PASSWORD, "000000x").await.unwrap(), Turned::Wrong);
    assert!(turn_on(w.bea, PASSWORD, &code()).await.is_err(), "it was offered to ana");
    assert!(session(&old).await.is_some() && session(&other).await.is_some(), "nothing has changed");
    let Turned::On(recovery, renewed) = turn_on(w.ana, PASSWORD, &code()).await.unwrap() else { panic!("it is on") };
    assert_eq!(recovery.len(), 10);
    assert_eq!(session(&renewed).await, Some(asking), "whoever asks stays, by another secret");
    assert_eq!((session(&old).await, session(&other).await), (None, None), "what came in without it ends");
    let token = sessions::find(&w.app, &renewed).await.unwrap().unwrap().form_token;
    assert_eq!(token, before, "forms that are open meanwhile are still taken");

    let Entry::Second(proof) = w.enter("ana", PASSWORD).await else { panic!("a second step") };
    let second = async |proof: &str, code: &str| sessions::enter_second(&w.app, proof, code, &nowhere()).await.unwrap();
    assert!(sessions::find(&w.app, &proof).await.unwrap().is_none(), "the proof is no session");
    assert_eq!(second(&proof, &code()).await, None, "the code was used for turning it on");
    w.clock.advance(span::seconds(60));
    let used = code();
    assert!(second(&proof, &used).await.is_some());
    assert_eq!(second(&proof, &used).await, None, "a code is good once");
    assert!(second(&proof, &recovery[3].to_uppercase()).await.is_some(), "a recovery code");
    assert_eq!(second(&proof, &recovery[3]).await, None, "which is good once too");
    assert_eq!(second("00ff", &recovery[4]).await, None, "not without the first step");
    w.clock.advance(span::minutes(11));
    assert_eq!(second(&proof, &recovery[4]).await, None, "the password was given too long ago");

    assert!(!second_step::turn_off(&w.app, w.ana, shown("wrong horse")).await.unwrap());
    assert!(second_step::turn_off(&w.app, w.ana, shown(PASSWORD)).await.unwrap());
    assert!(matches!(w.enter("ana", PASSWORD).await, Entry::In(_)));
}

async fn guessing_is_slow_for_a_place_and_for_a_name(w: World) {
    let from = |last: u8| Whence { address: Some(IpAddr::from([192, 0, 2, last])), ..Whence::default() };
    let guess =
        async |name: String, whence: Whence| sessions::enter(&w.app, &name, "wrong horse".into(), &whence).await;
    for n in 0..25 {
        assert_eq!(guess(format!("someone{n}"), from(1)).await.unwrap(), Entry::Wrong);
    }
    assert!(matches!(guess("ana".into(), from(1)).await, Err(Error::TooOften { .. })));
    // A name that there is, and one that there is not, are limited alike: one try a minute, once there were many.
    for name in ["bea", "nobody"] {
        for n in 0..26 {
            assert_eq!(guess(name.into(), from(10 + n)).await.unwrap(), Entry::Wrong, "{n}");
        }
        let refused = sessions::enter(&w.app, name, PASSWORD.into(), &from(100)).await;
        assert!(matches!(refused, Err(Error::TooOften { wait }) if wait <= span::minutes(1)), "{name}: {refused:?}");
    }
    w.clock.advance(span::minutes(1));
    assert!(matches!(w.enter("bea", PASSWORD).await, Entry::In(_)), "nobody is locked out by others");
}

async fn a_stranger_locks_nobody_out(w: World) {
    let from = |last: u8| Whence { address: Some(IpAddr::from([192, 0, 2, last])), ..nowhere() };
    let try_ = async |name: &str, password: &str, whence: &Whence| {
        sessions::enter(&w.app, name, password.into(), whence).await
    };
    let marks = |names: &[String], whence: &Whence| devices::remember(&w.app, Door::Here, names, whence).unwrap();
    let names = devices::names(&w.app, w.ana.0).await.unwrap();
    assert_eq!(names, ["ana", "ana@plaza.example"]);
    let known = Whence { marks: marks(&names, &from(1)), ..from(1) };
    // One place alone is stopped, and from all others all goes on.
    for _ in 0..25 {
        assert_eq!(try_("ana", "wrong horse", &from(9)).await.unwrap(), Entry::Wrong);
    }
    w.clock.advance(span::minutes(5));
    assert!(matches!(try_("ana", "wrong horse", &from(9)).await, Err(Error::TooOften { .. })));
    assert!(matches!(try_("ana", PASSWORD, &from(2)).await.unwrap(), Entry::In(_)), "a new browser elsewhere");
    // However many try: the browser in which she was let in goes on, by name and by address, wherever she takes it.
    for last in 10..40 {
        let _refused = try_("@ANA", "wrong horse", &from(last)).await;
    }
    assert!(matches!(try_("ana", PASSWORD, &from(3)).await, Err(Error::TooOften { .. })));
    for name in ["ana", "@Ana", "ana@plaza.example"] {
        let elsewhere = Whence { marks: known.marks.clone(), ..from(4) };
        assert!(matches!(try_(name, PASSWORD, &elsewhere).await.unwrap(), Entry::In(_)), "{name}");
    }
    // It lets nobody guess: it is counted, it is for these names alone, nobody makes one, and it ends.
    let forged = known.marks.replace(|c: char| c.is_ascii_digit(), "0");
    for marks in [forged, "x.y-z.1-2-3".to_owned(), marks(&["bea".to_owned()], &nowhere())] {
        assert!(matches!(try_("ana", PASSWORD, &Whence { marks, ..from(5) }).await, Err(Error::TooOften { .. })));
    }
    let tries = async || {
        let mut tries = 0;
        while tries < 100 && try_("ana", "wrong horse", &Whence { address: None, ..known.clone() }).await.is_ok() {
            tries += 1;
        }
        tries
    };
    assert_eq!(tries().await, 25 - 2);
    // Others who use the same browser keep their own marks, and it does not keep very many.
    let shared = marks(&["bea".to_owned()], &known);
    assert_eq!(shared.split('.').count(), 3);
    let again = marks(&names, &Whence { marks: shared, ..nowhere() });
    assert_eq!(again.split('.').count(), 3, "one for each name");
    let others: Vec<String> = (0..9).map(|n| format!("p{n}")).collect();
    assert_eq!(marks(&others, &known).split('.').count(), 6);
    w.clock.advance(devices::KNOWN);
    for _ in 0..26 {
        assert_eq!(try_("ana", "wrong horse", &nowhere()).await.unwrap(), Entry::Wrong);
    }
    let late = Whence { marks: again, ..from(6) };
    assert!(matches!(try_("ana", PASSWORD, &late).await, Err(Error::TooOften { .. })), "it is a stranger's by now");
}

async fn a_token_says_whose_it_is(w: World) {
    let token = people::create_token(&w.app, w.ana.0, "read write:statuses").await.unwrap();
    let bearer = people::bearer(&w.app, &token).await.unwrap().unwrap();
    assert_eq!(bearer.person.as_ref().map(|(me, _)| *me), Some(w.ana));
    assert!(bearer.may("read:accounts") && bearer.may("write:statuses") && !bearer.may("write:media"));
    assert!(bearer.app.is_none() && bearer.hash != token);
    assert!(people::bearer(&w.app, "other").await.unwrap().is_none());
    assert!(matches!(people::create_token(&w.app, w.ana.0, "root").await, Err(Error::Invalid(_))));
}

async fn an_invitation_is_good_for_as_many_as_it_is_for(w: World) {
    assert!(matches!(sign_up::invite(&w.app, w.bea, None, None).await, Err(Error::Denied(_))), "she is no admin");
    let admin = people::NewPerson {
        name: "olga".into(),
        email: "olga@plaza.example".into(),
        password: PASSWORD.into(),
        admin: true,
        language: "es".into(),
    };
    let olga = Me(people::create(&w.app, admin).await.unwrap().id);
    let expires = Some(w.app.now() + span::days(1));
    let code = sign_up::invite(&w.app, olga, expires, Some(1)).await.unwrap();
    let wish = |name: &str, code: &str| sign_up::Wish {
        name: name.into(),
        email: format!("{name}@mail.example"),
        password: PASSWORD.into(),
        agreement: true,
        invitation: Some(code.into()),
        ..sign_up::Wish::default()
    };
    let sign_up = async |name: &str, code: &str| {
        sign_up::sign_up(&w.app, wish(name, code), &nowhere()).await.unwrap().map(|newcomer| newcomer.ready)
    };
    let flaw = Err(vec![sign_up::Flaw::Invitation]);
    assert_eq!(sign_up("nora", "1-23456789ab").await, flaw);
    assert_eq!(sign_up("nora", &code).await, Ok(true));
    assert_eq!(sign_up("pia", &code).await, flaw, "it was for one");
    let late = sign_up::invite(&w.app, olga, expires, None).await.unwrap();
    w.clock.advance(span::days(2));
    assert_eq!(sign_up("pia", &late).await, flaw, "it is too old");
}

async fn whoever_is_signed_out_everywhere_has_no_secret_addresses(w: World) {
    let group = w.group("huerto", Visibility::Private, Joining::Invite).await;
    feed_keys::renew(&w.app, w.ana, group).await.unwrap();
    let secret = feed_keys::of(&w.app, w.ana, group).await.unwrap().unwrap();
    let ana = w.ana.0;
    assert_eq!(feed_keys::reader(&w.app, group, &secret).await.unwrap(), ana);
    w.app.write(move |tx| sessions::end_all(tx, ana)).await.unwrap();
    assert!(matches!(feed_keys::reader(&w.app, group, &secret).await, Err(Error::NotFound)));
}

async fn an_application_has_few_tokens_for_itself(w: World) {
    let new = oauth::NewApp {
        name: "Telephone".into(),
        redirect_uris: vec![oauth::BY_HAND.into()],
        ..oauth::NewApp::default()
    };
    let (client, _) = oauth::register(&w.app, new, &nowhere()).await.unwrap();
    let ask = async |whence: &Whence| oauth::issue_to_app(&w.app, &client, None, whence).await;
    let mut issued = Vec::new();
    for _ in 0..=oauth::OWN {
        w.clock.advance(span::seconds(1));
        issued.push(ask(&nowhere()).await.unwrap().unwrap().token);
    }
    let is_good = async |token: &str| people::bearer(&w.app, token).await.unwrap().is_some();
    assert!(!is_good(&issued[0]).await, "the oldest ends");
    assert!(is_good(&issued[1]).await && is_good(issued.last().unwrap()).await);
    let place = Whence { address: Some(IpAddr::from([192, 0, 2, 1])), ..nowhere() };
    for _ in 0..60 {
        ask(&place).await.unwrap();
    }
    assert!(matches!(ask(&place).await, Err(Error::TooOften { .. })));
}

on_both! {
    a_stranger_locks_nobody_out
    an_invitation_is_good_for_as_many_as_it_is_for
    name_or_address_and_password_let_in
    a_session_lasts_for_being_used_and_ends_when_it_is_ended
    only_hashes_are_kept
    the_second_step_stands_before_a_session
    guessing_is_slow_for_a_place_and_for_a_name
    a_token_says_whose_it_is
    an_application_has_few_tokens_for_itself
    whoever_is_signed_out_everywhere_has_no_secret_addresses
}
