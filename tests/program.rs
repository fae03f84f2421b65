//! The program as an operator meets it: its commands, its exit codes, its signals; and two of it that federate.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::network::{Line, Network, Program, Request, Software, eventually, on_both};

const HERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

async fn commands_say_what_they_did() {
    let mut program = Program::install(HERE);
    let help = program.run(&["--help"], "").await;
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "person", "group", "token", "peer", "delivery", "migrate", "check", "bench"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is not in\n{help}");
        let own = program.run(&[command, "--help"], "").await;
        assert_eq!(own.status.code(), Some(0), "{command}");
        assert!(String::from_utf8(own.stdout).unwrap().contains("TERTULIA_URL"), "{command}");
    }
    assert!(program.run(&["migrate"], "").await.status.success());
    assert!(program.run(&["migrate"], "").await.status.success(), "again");

    // Whoever reads the log may set the server up from anywhere, until somebody has a login.
    program.start().await;
    let log = program.log();
    let (_, code) = log.split_once("/?code=").expect("an invitation");
    let code: String = code.chars().take_while(char::is_ascii_alphanumeric).collect();
    let invited = Request::new("GET", &program.url(&format!("/?code={code}"))).with("x-forwarded-for", "8.8.8.8");
    let form = invited.exchange(program.address()).await.unwrap().text();
    assert!(code.len() == 10 && form.contains(&format!("value=\"{code}\"")), "{code}: {form}");
    assert_eq!(program.stop().await, Some(0));

    // The same before `serve`, and while it runs.
    for (name, group) in [("ana", "club"), ("ben", "band")] {
        let email = format!("{name}@example.org");
        let create = ["person", "create", name, "--email", &email, "--password-stdin", "--json"];
        let person = program.json(&create, "correct horse\n").await;
        assert_eq!(person["name"], name);
        assert_eq!(person["handle"], format!("@{name}@{}", program.host()), "{person}");
        assert_eq!(person["url"], program.url(&format!("/@{name}")));
        assert!(person["id"].as_str().unwrap().parse::<i64>().is_ok(), "{person}");
        let again = program.run(&create, "correct horse\n").await;
        assert_eq!(again.status.code(), Some(1), "the name is taken: {again:?}");
        let created =
            program.json(&["group", "create", group, "--title", "A title", "--owner", name, "--json"], "").await;
        assert_eq!(created["url"], program.url(&format!("/@{group}")));
        let token = program.json(&["token", "create", name, "--scopes", "read write", "--json"], "").await;
        assert_eq!(token["scope"], "read write");
        let plain = program.run(&["token", "create", name, "--scopes", "read"], "").await;
        assert_eq!(
            String::from_utf8(plain.stdout).unwrap().trim().len(),
            token["access_token"].as_str().unwrap().len()
        );
        if name == "ana" {
            program.start().await;
        }
        let bearer = token["access_token"].as_str().unwrap();
        let own = program.api(bearer, "GET", "/api/v1/accounts/verify_credentials", &Value::Null).await;
        assert_eq!(own["username"], name);
    }
    assert_eq!(program.log().matches("?code=").count(), 1, "{}", program.log());
    let check = program.json(&["check", "--json"], "").await;
    assert!(check.to_string().contains("database"), "{check}");
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = Request::new("GET", &program.url(path)).exchange(program.address()).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
    }
    let metrics = Request::new("GET", &program.url("/metrics")).exchange(program.address()).await.unwrap().text();
    let named = |prefix: &str| -> Vec<String> {
        let lines = metrics.lines().filter_map(|line| line.strip_prefix(prefix)?.split(' ').next());
        lines.map(str::to_owned).collect()
    };
    assert!(!named("# TYPE ").is_empty() && named("# HELP ") == named("# TYPE "), "each says what it tells: {metrics}");
    let alive = program.call("", "GET", "/health", &Value::Null).await.expect("an answer");
    assert_eq!((alive.status, alive.text().as_str()), (200, "OK"), "as clients ask");
    let proxied = Request::new("GET", &program.url("/metrics")).with("x-forwarded-for", "8.8.8.8");
    assert!(proxied.exchange(program.address()).await.unwrap().status >= 400, "metrics are for insiders");
    assert_eq!(program.stop().await, Some(0));
}

async fn newcomers_wait_until_they_are_taken_in() {
    let mut program = Program::install(HERE);
    program.person("ana").await;
    program.registration = "approval";
    program.start().await;
    let post = async |token: &str, path: &str, body: &Value| program.call(token, "POST", path, body).await.unwrap();
    let app = json!({ "client_name": "Probe", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write" });
    let app = post("", "/api/v1/apps", &app).await.value();
    let own = json!({
        "grant_type": "client_credentials", "scope": "read write",
        "client_id": app["client_id"], "client_secret": app["client_secret"],
    });
    let own = post("", "/oauth/token", &own).await.value();
    let own = own["access_token"].as_str().unwrap();
    let me = async |token: &str| program.call(token, "GET", "/api/v1/accounts/verify_credentials", &Value::Null).await;
    let mut tokens = Vec::new();
    for name in ["nora", "otto"] {
        let mut wish = json!({
            "username": name, "email": format!("{name}@example.org"), "password": "correct horse", "agreement": true,
        });
        let refused = post(own, "/api/v1/accounts", &wish).await;
        assert_eq!((refused.status, &refused.value()["details"]["reason"][0]["error"]), (422, &json!("ERR_BLANK")));
        wish["reason"] = json!("I grow tomatoes");
        let token = post(own, "/api/v1/accounts", &wish).await.value()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(me(&token).await.unwrap().status, 403, "not yet");
        tokens.push(token);
    }
    let waiting = program.run(&["person", "waiting"], "").await;
    let waiting = String::from_utf8(waiting.stdout).unwrap();
    let first: Value = serde_json::from_str(waiting.lines().next().unwrap()).unwrap();
    assert_eq!((&first["name"], &first["reason"]), (&json!("nora"), &json!("I grow tomatoes")));
    assert!(program.run(&["person", "approve", "nora"], "").await.status.success());
    assert!(program.run(&["person", "reject", "otto"], "").await.status.success());
    assert_eq!(program.run(&["person", "approve", "ana"], "").await.status.code(), Some(2), "ana does not wait");
    assert_eq!(me(&tokens[0]).await.unwrap().status, 200);
    assert_eq!(me(&tokens[1]).await.unwrap().status, 401, "all that he had ended");
    assert!(program.run(&["person", "waiting"], "").await.stdout.is_empty());
    assert_eq!(program.run(&["person", "invite", "--by", "nora"], "").await.status.code(), Some(1), "she is no admin");
    assert_eq!(program.stop().await, Some(0));
}

async fn rules_about_servers_are_made_and_ended() {
    let program = Program::install(HERE);
    let dry = program.json(&["peer", "block", "evil.test", "--dry-run", "--json"], "").await;
    assert_eq!(dry, json!({ "servers": 0, "people": 0, "followers": 0, "following": 0, "members": 0, "posts": 0 }));
    let unsure = program.run(&["peer", "block", "evil.test"], "no\n").await;
    assert_eq!(unsure.status.code(), Some(1), "{unsure:?}");
    assert_eq!(program.json(&["peer", "rules", "--json"], "").await, json!([]));

    assert!(program.run(&["peer", "block", "Evil.test.", "--comment", "spam"], "yes\n").await.status.success());
    assert!(program.run(&["peer", "block", "loud.test", "--silence", "--yes"], "").await.status.success());
    assert!(program.run(&["peer", "allow", "good.evil.test"], "").await.status.success());
    let rules = program.json(&["peer", "rules", "--json"], "").await;
    let said: Vec<_> =
        rules.as_array().unwrap().iter().map(|rule| (&rule["host"], &rule["rule"], &rule["comment"])).collect();
    let expected = [("evil.test", "suspend", "spam"), ("good.evil.test", "allow", ""), ("loud.test", "silence", "")];
    let expected = expected.map(|(host, rule, comment)| (json!(host), json!(rule), json!(comment)));
    assert_eq!(said, expected.iter().map(|(host, rule, comment)| (host, rule, comment)).collect::<Vec<_>>());

    assert!(program.run(&["peer", "unblock", "evil.test"], "").await.status.success());
    for mistake in [["peer", "unblock", "evil.test"], ["peer", "allow", "no host"]] {
        assert_eq!(program.run(&mistake, "").await.status.code(), Some(2), "{mistake:?}");
    }
    let own = program.host();
    assert_eq!(program.run(&["peer", "block", &own, "--yes"], "").await.status.code(), Some(2), "not ourselves");
}

async fn mistakes_are_told_in_one_line() {
    let program = Program::install(HERE);
    program.person("ana").await;
    std::fs::write(program.folder().join("odd.toml"), "regstration = \"open\"\n").unwrap();
    let cases: [(&[&str], i32, &str); 12] = [
        (&[], 2, "--help"),
        (&["sever"], 2, "sever"),
        (&["person", "create", "ben"], 2, "--email"),
        (&["person", "create", "no spaces", "--email", "a@b.org", "--password-stdin"], 2, "name"),
        (&["group", "create", "club", "--title", "T", "--owner", "nobody"], 2, "nobody"),
        (&["token", "create", "ana", "--scopes", "everything"], 2, "scopes"),
        (&["token", "create", "nobody", "--scopes", "read"], 2, "nobody"),
        (&["peer", "retry", "nowhere.example"], 2, "nowhere.example"),
        (&["delivery", "list", "--post", "https://nowhere.example/1"], 2, "https://nowhere.example/1"),
        (&["--config", "missing.toml", "serve"], 2, "missing.toml"),
        (&["--config", "odd.toml", "serve"], 2, "registration"),
        (&["person", "create", "ana", "--email", "x@example.org", "--password-stdin"], 1, "taken"),
    ];
    for (arguments, code, word) in cases {
        let output = program.run(arguments, "correct horse\n").await;
        let said = String::from_utf8(output.stderr).unwrap();
        let line = said.lines().last().unwrap_or_default();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(line.contains(word), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}: data only on stdout");
    }
    for (name, value, word) in [
        ("TERTULIA_PORT", "1", "TERTULIA_PORT"),
        ("TERTULIA_URL", "ftp://x", "TERTULIA_URL"),
        ("TERTULIA_LISTEN", "nowhere", "TERTULIA_LISTEN"),
        ("TERTULIA_DATABASE", "mysql://x", "TERTULIA_DATABASE"),
    ] {
        let output = program.command(&["migrate"]).env(name, value).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}={value}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}={value}: {said}");
        assert!(said.contains(word), "{name}={value}: {said}");
    }
}

async fn a_database_has_one_home() {
    let mut program = Program::install(HERE);
    program.person("ana").await;
    program.start().await;
    let other_name = program.command(&["migrate"]).env("TERTULIA_URL", "http://other.example").output().await.unwrap();
    // To migrate asks for no name; to serve does.
    assert_eq!(other_name.status.code(), Some(0));
    let elsewhere = [("TERTULIA_URL", "http://other.example"), ("TERTULIA_LISTEN", "127.0.0.4:0")];
    let output = program.command(&["serve"]).envs(elsewhere).output().await.unwrap();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
    assert_eq!(program.stop().await, Some(0));
    let output = program.command(&["serve"]).envs(elsewhere).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("url"), "{output:?}");
}

/// What a person sees of the thread that starts with a post.
async fn thread(program: &Program, token: &str, uri: &str) -> Option<Vec<String>> {
    let query: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
    let found = program.api(token, "GET", &format!("/api/v2/search?resolve=true&q={query}"), &Value::Null).await;
    let root = found["statuses"].get(0)?.clone();
    let path = format!("/api/v1/statuses/{}/context", root["id"].as_str()?);
    let context = program.api(token, "GET", &path, &Value::Null).await;
    let all = [&root].into_iter().chain(context["descendants"].as_array()?).map(crate::network::text);
    Some(all.collect())
}

async fn two_programs_hold_one_conversation() {
    let (mut here, mut there) = (Program::install(HERE), Program::install(THERE));
    let (ana, bob) = (here.person("ana").await, there.person("bob").await);
    here.json(&["group", "create", "club", "--title", "The club", "--owner", "ana", "--json"], "").await;
    here.start().await;
    there.start().await;

    let handle = format!("@club@{}", here.host());
    let query: String = url::form_urlencoded::byte_serialize(handle.as_bytes()).collect();
    let found = there.api(&bob, "GET", &format!("/api/v2/search?resolve=true&q={query}"), &Value::Null).await;
    let club = found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}\n{}", there.log())).to_owned();
    there.api(&bob, "POST", &format!("/api/v1/accounts/{club}/follow"), &json!({})).await;
    eventually("the follow is accepted", || async {
        let path = format!("/api/v1/accounts/relationships?id[]={club}");
        let relationship = there.api(&bob, "GET", &path, &Value::Null).await;
        relationship[0]["following"].as_bool().filter(|following| *following)
    })
    .await;

    let write = json!({ "status": format!("Tomatoes {handle}"), "visibility": "public" });
    let post = there.api(&bob, "POST", "/api/v1/statuses", &write).await;
    let uri = post["uri"].as_str().unwrap();
    let at_ana = eventually("the thread arrives", || async {
        let home = here.api(&ana, "GET", "/api/v1/timelines/home", &Value::Null).await;
        home.as_array().unwrap().iter().map(|status| status["reblog"].clone()).find(|status| status["uri"] == uri)
    })
    .await;
    let answer = json!({ "status": "Red ones", "visibility": "public", "in_reply_to_id": at_ana["id"] });
    let reply = here.api(&ana, "POST", "/api/v1/statuses", &answer).await;
    let sees = async |what: &str, expected: &[&str]| {
        for (program, token) in [(&here, &ana), (&there, &bob)] {
            let what = format!("{what} is seen at {}", program.host());
            eventually(&what, || async {
                let texts = thread(program, token, uri).await.unwrap_or_default();
                let starts = |(text, start): (&String, &&str)| text.starts_with(*start);
                (texts.len() == expected.len() && texts.iter().zip(expected).all(starts)).then_some(())
            })
            .await;
        }
    };
    sees("the reply", &["Tomatoes", "Red ones"]).await;
    let reply_path = format!("/api/v1/statuses/{}", reply["id"].as_str().unwrap());
    here.api(&ana, "PUT", &reply_path, &json!({ "status": "Yellow ones" })).await;
    sees("the edit", &["Tomatoes", "Yellow ones"]).await;
    here.api(&ana, "DELETE", &reply_path, &Value::Null).await;
    sees("the deletion", &["Tomatoes"]).await;

    // A command beside the running server federates too: the new group can be followed at once.
    here.json(&["group", "create", "band", "--title", "The band", "--owner", "ana", "--json"], "").await;
    let query: String = url::form_urlencoded::byte_serialize(format!("@band@{}", here.host()).as_bytes()).collect();
    let found = there.api(&bob, "GET", &format!("/api/v2/search?resolve=true&q={query}"), &Value::Null).await;
    assert_eq!(found["accounts"][0]["username"], "band", "{found}");
    assert_eq!(here.stop().await, Some(0));
    assert_eq!(there.stop().await, Some(0));
}

async fn what_was_refused_is_seen_and_tried_again() {
    let net = Network::of([]).await;
    let mut program = Program::install(HERE);
    let token = program.person("ana").await;
    program.json(&["group", "create", "club", "--title", "The club", "--owner", "ana", "--json"], "").await;
    net.reach(&program);
    program.start().await;
    let peer = net.peer_at(Ipv4Addr::new(127, 0, 1, 1), Software::Mastodon).await;
    let bea = peer.person("bea");
    bea.tell(&program, &bea.activity("Follow", &json!(program.url("/@club")))).await;
    eventually("the follow is accepted", || async { (peer.kinds() == ["Accept{Follow}"]).then_some(()) }).await;
    peer.take();

    let mut posts = Vec::new();
    net.spoil("programs", peer.host(), Line::Answers(422));
    for text in ["One", "Two"] {
        let write = json!({ "status": format!("{text} @club@{}", program.host()), "visibility": "public" });
        let post = program.api(&token, "POST", "/api/v1/statuses", &write).await;
        posts.push(post["uri"].as_str().unwrap().to_owned());
    }
    let show = ["peer", "show", peer.host(), "--json"];
    let shown = eventually("both are given up", || async {
        Some(program.json(&show, "").await).filter(|shown| shown["parked"] == 2)
    })
    .await;
    assert_eq!((&shown["software"], &shown["waiting"]), (&json!("mastodon"), &json!(0)), "{shown}");
    let listed = program.json(&["peer", "list", "--json"], "").await;
    assert_eq!(listed, json!([shown]));
    let list = ["delivery", "list", "--post", &posts[0], "--json"];
    let listed = program.json(&list, "").await;
    let parcel = &listed[0];
    assert_eq!((&parcel["host"], &parcel["kind"]), (&json!(peer.host()), &json!("Announce")), "{listed}");
    assert_eq!(parcel["error"], "answered 422");
    assert!(parcel["parked"].is_string(), "{listed}");

    assert_eq!(shown["breaker"], "closed", "it does answer: {shown}");
    let all = program.json(&["delivery", "list", "--to", peer.host(), "--json"], "").await;
    assert_eq!(all.as_array().map(Vec::len), Some(2), "{all}");
    let activity = parcel["activity"].as_str().unwrap();
    for (activity, to) in [(activity, "nowhere.example"), (posts[0].as_str(), peer.host())] {
        let nothing = program.run(&["delivery", "replay", "--activity", activity, "--to", to], "").await;
        assert_eq!(nothing.status.code(), Some(2), "{activity} to {to}");
    }

    net.mend("programs", peer.host());
    let one = ["delivery", "replay", "--activity", all[1]["activity"].as_str().unwrap(), "--to", peer.host(), "--json"];
    assert_eq!(program.json(&one, "").await, json!({ "revived": 1 }));
    eventually("the second arrives alone", || async { (peer.received().len() == 1).then_some(()) }).await;
    let told = peer.take();
    assert_eq!(told[0].activity["object"], json!(posts[1]));
    let replayed = program.json(&["delivery", "replay", "--post", &posts[0], "--json"], "").await;
    assert_eq!(replayed, json!({ "revived": 1 }));
    eventually("the first arrives", || async { (peer.kinds() == ["Announce"]).then_some(()) }).await;
    assert_eq!(program.json(&list, "").await, json!([]), "what has arrived is not listed");
    let again = program.run(&["delivery", "replay", "--post", &posts[0]], "").await;
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success() && said.starts_with("nothing waits"), "{said}");
    let told: Vec<_> = peer.take().iter().map(|told| told.activity["object"].clone()).collect();
    assert_eq!(told, posts[..1]);

    net.spoil("programs", peer.host(), Line::Answers(422));
    let write = json!({ "status": format!("Three @club@{}", program.host()), "visibility": "public" });
    program.api(&token, "POST", "/api/v1/statuses", &write).await;
    eventually("it is given up", || async { Some(program.json(&show, "").await).filter(|shown| shown["parked"] == 1) })
        .await;
    net.mend("programs", peer.host());
    let retried = program.json(&["peer", "retry", peer.host(), "--json"], "").await;
    assert_eq!(retried, json!({ "revived": 1 }));
    eventually("the third arrives", || async { (peer.received().len() == 1).then_some(()) }).await;
    assert_eq!(program.stop().await, Some(0));
}

on_both![
    what_was_refused_is_seen_and_tried_again,
    commands_say_what_they_did,
    newcomers_wait_until_they_are_taken_in,
    rules_about_servers_are_made_and_ended,
    mistakes_are_told_in_one_line,
    a_database_has_one_home,
    two_programs_hold_one_conversation,
];
