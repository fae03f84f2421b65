//! What the operator's contract says of settings.
use app::{
    Origin,
    identities::{Speaks, saml::Source},
};

use super::*;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Error> {
    // Who said it makes no difference to what holds.
    Ok(Settings { given: Given::default(), ..said(file, environment)? })
}

fn said(file: &str, environment: &[(&str, &str)]) -> Result<Settings, Error> {
    let file = File::parse(Path::new("tertulia.toml"), file)?;
    Settings::read(Some(file), environment.iter().map(|(name, value)| (name.into(), value.into())))
}

fn message(file: &str, environment: &[(&str, &str)]) -> String {
    let message = read(file, environment).expect_err("a mistake").to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// What is shown of a setting; nothing of a secret.
fn value(shown: &app::Decisions, key: &str) -> Option<String> {
    shown.settings.iter().find(|decided| decided.key == key).and_then(|decided| decided.value.clone())
}

#[test]
fn nothing_given_means_the_defaults_of_the_contract() {
    let settings = Settings::read(None, [].into_iter()).unwrap();
    let expected = Settings {
        url: "http://localhost:8080".parse().unwrap(),
        listen: "127.0.0.1:8080".parse().unwrap(),
        data: "./data".into(),
        database: DatabaseUrl::Sqlite("./data/tertulia.db".into()),
        media: MediaUrl::File("./data/media".into()),
        media_url: None,
        media_limit: 99,
        media_cache: 10_240,
        languages: vec!["en", "es"],
        registration: Registration::Approval,
        registration_domains: vec![],
        provider: None,
        federation: Openness::Open,
        secure_mode: false,
        inbox_limit: 500,
        read_limit: 1_000,
        client_limit: 300,
        smtp: None,
        mail_from: None,
        allow_private_networks: vec![],
        trusted_proxies: networks(&["127.0.0.0/8", "::1/128"]),
        source_url: None,
        log: "info".to_owned(),
        log_format: LogFormat::Text,
        given: Given::default(),
    };
    assert_eq!(settings, expected);
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "registration = 'open'\nlog = 'debug'";
    let settings = read(file, &[("TERTULIA_LOG", " warn\n"), ("PATH", "/bin")]).unwrap();
    assert_eq!((settings.registration, settings.log.as_str()), (Registration::Open, "warn"));
    assert_eq!(settings.log_format, LogFormat::Text);
}

#[test]
fn a_flag_is_a_boolean_or_says_the_same() {
    for (file, environment, secure) in [
        ("secure_mode = true", None, true),
        ("secure_mode = 'true'", None, true),
        ("secure_mode = true", Some("false"), false),
    ] {
        let environment: Vec<_> = environment.map(|value| ("TERTULIA_SECURE_MODE", value)).into_iter().collect();
        assert_eq!(read(file, &environment).unwrap().secure_mode, secure, "{file} {environment:?}");
    }
    assert!(message("secure_mode = 1", &[]).contains("`true` or `false`"));
    assert!(message("", &[("TERTULIA_SECURE_MODE", "yes")]).contains("TERTULIA_SECURE_MODE"));
}

#[test]
fn the_source_is_a_page_anywhere() {
    let page = "https://code.example/plaza/tertulia?branch=ours";
    let settings = read(&format!("source_url = '{page}'"), &[]).unwrap();
    assert_eq!(settings.source_url.as_deref(), Some(page));
    assert_eq!(value(&settings.shown(), "source_url").as_deref(), Some(page));
    for odd in ["code.example", "javascript:alert(1)", "https://u:p@code.example"] {
        assert!(message(&format!("source_url = '{odd}'"), &[]).contains("source_url"), "{odd}");
    }
}

#[test]
fn a_wrong_value_in_the_file_does_not_matter_when_the_environment_has_one() {
    assert!(read("listen = 'nowhere'", &[("TERTULIA_LISTEN", "[::]:0")]).is_ok());
}

#[test]
fn database_and_media_are_in_the_data_folder_unless_said_otherwise() {
    let settings = read("data = '/srv/a b'", &[]).unwrap();
    assert_eq!(settings.database, DatabaseUrl::Sqlite("/srv/a b/tertulia.db".into()));
    assert_eq!(settings.media, MediaUrl::File("/srv/a b/media".into()));
    let settings = read("data = '/srv'\ndatabase = 'sqlite:///x.db'", &[]).unwrap();
    assert_eq!(settings.database, DatabaseUrl::Sqlite("/x.db".into()));
}

#[test]
fn lists_are_arrays_or_separated_by_commas() {
    let expected = networks(&["10.0.0.0/8", "fd00::1/128"]);
    for list in ["'10.1.2.3/8, fd00::1'", "['10.0.0.0/8', 'fd00::1/128']"] {
        assert_eq!(read(&format!("trusted_proxies = {list}"), &[]).unwrap().trusted_proxies, expected);
    }
    assert_eq!(read("", &[("TERTULIA_TRUSTED_PROXIES", "")]).unwrap().trusted_proxies, []);
}

#[test]
fn a_provider_is_what_it_calls_itself_and_knows_us() {
    let sso = "oidc_issuer = 'https://sso.example.org/realms/a'";
    let wrong = message(sso, &[]);
    assert!(wrong.contains("oidc_client_id") && wrong.contains("if there is an `oidc_issuer`"), "{wrong}");
    let oidc = read(&format!("{sso}\noidc_client_id = 'plaza'\noidc_only = true"), &[]).unwrap().provider.unwrap();
    let Speaks::OpenId(client) = &oidc.speaks else { panic!("OpenID Connect") };
    assert_eq!((oidc.issuer.as_str(), oidc.name.as_str()), ("https://sso.example.org/realms/a", "sso.example.org"));
    assert!(oidc.only && oidc.admits && client.secret.is_empty());
    for odd in ["sso.example.org", "ldap://sso", "https://sso.example.org?x", "https://a@sso.example.org"] {
        assert!(read("", &[("TERTULIA_OIDC_ISSUER", odd)]).is_err(), "{odd}");
    }
    let settings = read("registration_domains = ['Example.org', 'mail.example']", &[]).unwrap();
    assert_eq!(settings.registration_domains, ["example.org", "mail.example"].map(|host| Host::parse(host).unwrap()));
}

#[test]
fn a_directory_has_a_place_and_people_below_it() {
    let ldap = "ldap_url = 'ldaps://Ldap.example.org/'\nldap_base = 'ou=people,dc=a'";
    let provider = read(ldap, &[]).unwrap().provider.unwrap();
    let Speaks::Ldap(directory) = &provider.speaks else { panic!("LDAP") };
    assert_eq!(
        (provider.issuer.as_str(), provider.admits, provider.only),
        ("ldaps://Ldap.example.org/ou=people,dc=a", true, false)
    );
    assert_eq!((directory.port, directory.tls, directory.subject.as_str()), (636, true, "entryUUID"));
    for (url, place) in
        [("ldap://a", ("a", 389)), ("ldap://[::1]:3389", ("::1", 3389)), ("ldap://127.0.0.1", ("127.0.0.1", 389))]
    {
        let environment = [("TERTULIA_LDAP_URL", url), ("TERTULIA_LDAP_BASE", "dc=a")];
        let Speaks::Ldap(directory) = read("", &environment).unwrap().provider.unwrap().speaks else { panic!("LDAP") };
        assert_eq!(((directory.host.as_str(), directory.port), directory.tls), (place, false));
    }
    for odd in
        ["ldap.example.org", "https://a", "ldap://", "ldap:///dc=a", "ldap://a/dc=a", "ldap://a?x", "ldap://u:p@a"]
    {
        assert!(read("ldap_base = 'dc=a'", &[("TERTULIA_LDAP_URL", odd)]).is_err(), "{odd}");
    }
    // A name without a password would be nobody's.
    for (odd, named) in [
        ("ldap_bind_dn = 'cn=plaza'", "ldap_bind_password"),
        ("ldap_filter = '(uid=ana)'", "ldap_filter"),
        ("ldap_filter = 'uid={login}'", "ldap_filter"),
        ("ldap_subject = ''", "ldap_subject"),
        ("ldap_handle = 'a=b'", "ldap_handle"),
    ] {
        assert!(message(&format!("{ldap}\n{odd}"), &[]).contains(named), "{odd}");
    }
    assert!(message("ldap_url = 'ldap://a'", &[]).contains("ldap_base"));
    let both = message(&format!("{ldap}\noidc_issuer = 'https://sso.example'\noidc_client_id = 'a'"), &[]);
    assert!(both.contains("`oidc_issuer`") && both.contains("`ldap_url`"), "{both}");

    let secret = format!("{ldap}\nldap_bind_dn = 'cn=plaza'\nldap_bind_password = 's3cret'");
    let settings = read(&secret, &[]).unwrap();
    let shown = settings.shown();
    let said = |key| value(&shown, key);
    assert_eq!(said("ldap_url").as_deref(), Some("ldaps://Ldap.example.org"));
    assert_eq!((said("ldap_base").as_deref(), said("oidc_issuer").as_deref()), (Some("ou=people,dc=a"), Some("")));
    assert_eq!(said("ldap_bind_password"), None, "it is a secret");
    assert!(!format!("{shown:?} {settings:?}").contains("s3cret"));
}

#[test]
fn a_provider_that_signs_says_what_it_is_somewhere() {
    let entity = "saml_entity = 'urn:example:idp'";
    let wrong = message(entity, &[]);
    assert!(wrong.contains("saml_metadata") && wrong.contains("if there is a `saml_entity`"), "{wrong}");
    let read = |metadata: &str| read(&format!("{entity}\nsaml_metadata = '{metadata}'\nsaml_mail = 'correo'"), &[]);
    let provider = read("https://idp.example/metadata?a=b").unwrap().provider.unwrap();
    let Speaks::Saml(client) = &provider.speaks else { panic!("SAML") };
    assert_eq!(client.metadata, Source::Url("https://idp.example/metadata?a=b".into()));
    assert_eq!(
        (provider.name.as_str(), client.mail.as_str(), client.subject.as_str()),
        ("urn:example:idp", "correo", "")
    );
    assert!(provider.admits && !provider.only);
    let settings = read("/etc/tertulia/idp.xml").unwrap();
    let Some(Speaks::Saml(client)) = settings.provider.as_ref().map(|provider| &provider.speaks) else {
        panic!("SAML")
    };
    assert_eq!(client.metadata, Source::File("/etc/tertulia/idp.xml".into()));
    assert_eq!(value(&settings.shown(), "saml_metadata").as_deref(), Some("/etc/tertulia/idp.xml"));
    for (key, said) in [("saml_mail", "correo"), ("saml_subject", ""), ("saml_only", "false"), ("ldap_name", "")] {
        assert_eq!(value(&settings.shown(), key).as_deref(), Some(said), "{key}");
    }
    // What anybody on the way may change says nothing of whom to believe.
    for odd in ["http://idp.example/metadata", "idp.xml", "https://", "https://a@idp.example/"] {
        assert!(read(odd).is_err(), "{odd}");
    }
    let both = format!("{entity}\nsaml_metadata = '/a'\noidc_issuer = 'https://sso.example'\noidc_client_id = 'a'");
    let both = message(&both, &[]);
    assert!(both.contains("`oidc_issuer`") && both.contains("`saml_entity`"), "{both}");
}

#[test]
fn languages_are_some_that_there_are_each_once() {
    let read = |text: &str| read("", &[("TERTULIA_LANGUAGES", text)]).map(|settings| settings.languages);
    assert_eq!((read("es").unwrap(), read("es,en").unwrap()), (vec!["es"], vec!["es", "en"]));
    for odd in ["", "fr", "es, fr", "es, es", "ES"] {
        assert!(read(odd).is_err(), "{odd}");
    }
}

#[test]
fn urls_lose_what_says_nothing() {
    for (written, meant) in [("https://Example.ORG:443/", "https://example.org/"), ("http://a:81", "http://a:81/")] {
        assert_eq!(read("", &[("TERTULIA_URL", written)]).unwrap().url.as_str(), meant);
    }
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one() {
    assert_eq!(
        message("regisration = 'open'", &[]),
        "tertulia.toml: unknown setting `regisration`; did you mean `registration`?"
    );
    assert_eq!(
        message("", &[("TERTULIA_LOGFORMAT", "json")]),
        "environment: unknown setting `TERTULIA_LOGFORMAT`; did you mean `TERTULIA_LOG_FORMAT`?"
    );
    assert!(message("Trusted-Proxies = ''", &[]).contains("`trusted_proxies`"));
}

#[test]
fn wrong_values_are_named_with_what_is_expected() {
    assert_eq!(
        message("log_format = 'xml'", &[]),
        "tertulia.toml: setting `log_format` must be `text` or `json`, not `xml`"
    );
    assert_eq!(
        message("", &[("TERTULIA_LOG_FORMAT", "a\nb")]),
        r"environment: TERTULIA_LOG_FORMAT (setting `log_format`) must be `text` or `json`, not `a\nb`"
    );
    let wrong = [
        (
            "url",
            "example.org localhost:8080 ftp://a https:// https://a/b https://a?b https://a#b https://u@a https://u:p@a",
        ),
        ("listen", "8080 localhost 127.0.0.1 127.0.0.1:99999"),
        ("database", "tertulia.db sqlite: sqlite::memory: postgres:// mysql://a/b"),
        ("media", "media file: s3:// s3:///a s3://key:secret@bucket http://a"),
        ("registration", "yes Open"),
        ("smtp", "mail.example.org http://a smtp:// smtp://user@a smtp://a:99999 smtp://a/b smtp://a?tls=no"),
        ("allow_private_networks", "10.0.0.0/33 intranet 10.0.0.1-9"),
        ("trusted_proxies", "10.0.0.0/33 localhost"),
        ("log", "verbose info,federation info,a=loud"),
        ("log_format", "pretty"),
    ];
    for (key, values) in wrong {
        let setting = SETTINGS.iter().find(|setting| setting.key == key).unwrap();
        for value in values.split(' ') {
            let message = message("", &[(setting.env, value)]);
            let start = format!("environment: {} (setting `{key}`) must be {}", setting.env, setting.expected);
            let end = message.strip_prefix(&start).unwrap_or_else(|| panic!("{message}"));
            let hidden = setting.kind == Kind::Secret || value.contains('@');
            assert_eq!(end == format!(", not `{value}`"), !hidden, "{message}");
        }
    }
    assert!(message("data = ''", &[]).contains("must be a folder"));
}

#[test]
fn other_types_than_text_are_wrong_values() {
    assert!(message("listen = 8080", &[]).ends_with(", not `8080` (integer)"));
    assert!(message("url = ['http://a']", &[]).ends_with("not something of type array"));
    assert!(!message("smtp = 8080", &[]).contains("8080"));
    assert!(message("trusted_proxies = [10]", &[]).ends_with("not something of type array"));
    assert!(message("[smtp]\npassword = 'hunter2'", &[]).ends_with("not something of type table"));
}

#[test]
fn broken_toml_is_told_by_line_and_without_its_text() {
    let message = message("log = 'info'\nsmtp = hunter2\n", &[]);
    assert!(message.starts_with("tertulia.toml:2: ") && !message.contains("hunter2"), "{message}");
}

#[test]
fn a_named_file_must_exist() {
    let message = Settings::load(Some(Path::new("/nowhere/t.toml"))).unwrap_err().to_string();
    assert!(message.starts_with("/nowhere/t.toml: cannot read the configuration: "), "{message}");
}

#[test]
fn admins_see_every_setting_who_said_it_and_no_secret() {
    let file = "registration = 'open'\nlog = 'debug'\noidc_issuer = 'https://sso.test'\noidc_client_id = 'plaza'\n\
                oidc_client_secret = 'hunter2'\nmedia = 's3://bucket/a/'";
    let environment = [("TERTULIA_LOG", "warn"), ("TERTULIA_DATABASE", "postgres://user:hunter2@db/x")];
    let shown = said(file, &environment).unwrap().shown();
    let keys: Vec<&str> = shown.settings.iter().map(|decided| decided.key).collect();
    assert_eq!(keys, SETTINGS.iter().map(|setting| setting.key).collect::<Vec<_>>());
    assert!(!format!("{shown:?}").contains("hunter2"), "{shown:?}");
    assert_eq!(shown.file.as_deref(), Some("tertulia.toml"));
    let of = |key: &str| shown.settings.iter().find(|decided| decided.key == key).unwrap();
    for (key, value, origin) in [
        ("registration", Some("open"), Origin::File),
        ("log", Some("warn"), Origin::Environment),
        ("log_format", Some("text"), Origin::Default),
        ("database", None, Origin::Environment),
        ("media", Some("s3://bucket/a"), Origin::File),
        ("oidc_client_id", Some("plaza"), Origin::File),
        ("oidc_client_secret", None, Origin::File),
        ("smtp", Some(""), Origin::Default),
        ("media_limit", Some("99"), Origin::Default),
    ] {
        assert_eq!((of(key).value.as_deref(), of(key).origin), (value, origin), "{key}");
    }
    // What is no secret is shown as it may be written: whoever writes it again says the same.
    let usual = Settings::read(None, [].into_iter()).unwrap();
    let shown = usual.shown();
    assert_eq!(shown.file, None);
    for (setting, decided) in SETTINGS.iter().zip(&shown.settings) {
        assert!(decided.value.is_some(), "nothing is secret in what everybody has: {}", setting.key);
        if !setting.default.is_empty() && !setting.key.starts_with("oidc_") {
            let value = decided.value.clone().unwrap();
            let written = format!("{} = {:?}", setting.key, value);
            assert_eq!(read(&written, &[]), read("", &[]), "{written}");
        }
    }
}

#[test]
fn secrets_are_in_no_message_and_in_no_debug_text() {
    let settings = read(
        "",
        &[
            ("TERTULIA_SMTP", "smtps://user:hunter2@mail.example.org:465"),
            ("TERTULIA_DATABASE", "postgres://user@db/tertulia?password=hunter2"),
            ("TERTULIA_MEDIA", "s3://bucket/some/prefix/"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ],
    )
    .unwrap();
    let shown = format!("{settings:#?}");
    assert!(!shown.contains("hunter2") && shown.contains("aws_secret_access_key"), "{shown}");
    assert_eq!(settings.smtp.unwrap().url().password(), Some("hunter2"));
    assert_eq!(settings.database, DatabaseUrl::Postgres("postgres://user@db/tertulia?password=hunter2".to_owned()));
    let MediaUrl::S3 { bucket, prefix, aws } = settings.media else { panic!("a bucket") };
    assert_eq!((bucket.as_str(), prefix.as_str()), ("bucket", "some/prefix"));
    assert_eq!(aws.iter().collect::<Vec<_>>(), [("aws_secret_access_key", "hunter2")]);

    for (name, value) in [
        ("TERTULIA_SMTP", "smtp://user:hunter2:mail"),
        ("TERTULIA_SMTP", "user:hunter2@mail"),
        ("TERTULIA_DATABASE", "mysql://user:hunter2@db"),
        ("TERTULIA_URL", "https://user:hunter2@example.org"),
        ("TERTULIA_MEDIA", "s3://key:hunter2@bucket"),
    ] {
        assert!(!message("", &[(name, value)]).contains("hunter2"), "{value}");
    }
}

#[test]
fn the_example_file_documents_exactly_the_settings_with_their_defaults() {
    let example = include_str!("../../../../tertulia.example.toml");
    let commented = example.lines().filter_map(|line| line.strip_prefix('#'));
    let values: Vec<&str> = commented.filter(|line| line.starts_with(char::is_alphabetic)).collect();
    let names: Vec<&str> = values.iter().map(|line| line.split_once(" = ").unwrap().0).collect();
    assert_eq!(names, SETTINGS.iter().map(|setting| setting.key).collect::<Vec<_>>());

    assert_eq!(read(&values.join("\n"), &[]), read("", &[]));

    for (setting, paragraph) in SETTINGS.iter().zip(example.split("\n\n").skip(1)) {
        assert!(paragraph.ends_with(setting.env) || paragraph.contains(&format!("{}\n", setting.env)), "{paragraph}");
        assert!(paragraph.contains(&format!("#{} = ", setting.key)), "{paragraph}");
    }
    assert_eq!(read(example, &[]), read("", &[]));
}

#[test]
fn names_in_the_environment_follow_names_in_the_file() {
    for setting in SETTINGS {
        assert_eq!(setting.env, format!("TERTULIA_{}", setting.key.to_uppercase()));
    }
}
