//! What the operator's contract says of the command line.
use super::*;

fn read(line: &str) -> Result<Option<Cli>, Failure> {
    Cli::read(std::iter::once("tertulia").chain(line.split_whitespace()).map(Into::into))
}

fn command(line: &str) -> Command {
    read(line).unwrap().unwrap().command
}

#[test]
fn the_declaration_is_sound() {
    explained(Cli::command()).debug_assert();
}

#[test]
fn the_commands_of_the_contract_are_understood() {
    let Command::Person(Person::Create(person)) = command("person create ana --email a@b.c --password-stdin --admin")
    else {
        panic!("a person")
    };
    assert_eq!((person.name.as_str(), person.email.as_str()), ("ana", "a@b.c"));
    assert!(person.admin && !person.json);

    let Command::Group(Group::Create(group)) = command("group create libros --title Libros --owner ana --json") else {
        panic!("a group")
    };
    assert_eq!((group.visibility, group.joining()), (Visibility::Public, Joining::Open));
    assert!(group.summary.is_empty() && group.json);

    let line = "group create x --title X --owner ana --summary S --visibility private --join invite";
    let Command::Group(Group::Create(group)) = command(line) else { panic!("a group") };
    assert_eq!(
        (group.visibility, group.joining(), group.summary.as_str()),
        (Visibility::Private, Joining::Invite, "S")
    );

    let line = "group create x --title X --owner ana --visibility private";
    let Command::Group(Group::Create(group)) = command(line) else { panic!("a group") };
    assert_eq!(group.joining(), Joining::Approval);

    let Command::Token(Token::Create(token)) = command("token create ana --scopes read") else { panic!("a token") };
    assert_eq!((token.person.as_str(), token.scopes.as_str()), ("ana", "read"));

    let says = |command| matches!(command, Command::Announcement(Announcement::Create(it)) if it.text == "hola" && it.hours == Some(2));
    assert!(says(command("announcement create hola --hours 2")));
    assert!(matches!(command("announcement list"), Command::Announcement(Announcement::List)));
    assert!(matches!(command("report list --for ana"), Command::Report(Report::List(list)) if list.person == "ana"));
    let line = "person alias ana https://old.example/u/ana --remove";
    assert!(matches!(command(line), Command::Person(Person::Alias(alias)) if alias.name == "ana" && alias.remove));
    let resolves = |command| matches!(command, Command::Report(Report::Resolve(it)) if it.id.0 == 7 && it.by == "ana");
    assert!(resolves(command("report resolve 7 --by ana")));
    let Command::Peer(Peer::Retry(peer)) = command("peer retry a.test") else { panic!("a peer") };
    assert_eq!((peer.host.as_str(), peer.json), ("a.test", false));
    assert!(matches!(command("peer list --json"), Command::Peer(Peer::List(PeerList { json: true }))));
    let Command::Delivery(Delivery::List(about)) = command("delivery list --post https://a.test/1 --json") else {
        panic!("a post")
    };
    assert_eq!((about.post.as_deref(), about.json), (Some("https://a.test/1"), true));

    assert!(matches!(command("serve"), Command::Serve));
    assert!(matches!(command("migrate"), Command::Migrate));
    assert!(matches!(command("check --json"), Command::Check(Check { json: true })));
    assert!(matches!(command("bench fanout --peers 5"), Command::Bench(Bench::Fanout(BenchFanout { peers: 5, .. }))));
}

#[test]
fn the_file_may_be_named_before_and_after_the_command() {
    for line in ["--config a.toml serve", "serve --config a.toml"] {
        assert_eq!(read(line).unwrap().unwrap().config, Some("a.toml".into()));
    }
}

#[test]
fn mistakes_are_told_in_one_line_with_the_argument() {
    for (line, part) in [
        ("", "person"),
        ("person", "create"),
        ("serv", "'serve'"),
        ("serve --porp", "'--porp'"),
        ("person create ana --email a@b.c", "--password-stdin"),
        ("person create ana --password-stdin", "--email <EMAIL>"),
        ("token create ana", "--scopes <SCOPES>"),
        ("peer show", "<HOST>"),
        ("delivery replay", "--post <URL>"),
        ("group create x --title X --owner a --visibility hidden", "[possible values: public, restricted, private]"),
        ("bench read --posts 0", "--posts <N>"),
    ] {
        let failure = read(line).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.exit_code(), 2);
        assert!(text.contains(part) && !text.contains('\n') && !text.contains("Usage"), "{line}: {text}");
    }
}

#[test]
fn every_command_explains_itself_and_every_setting() {
    fn walk(command: &mut clap::Command) {
        assert!(command.get_about().is_some(), "{}", command.get_name());
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
        let help = command.render_long_help().to_string();
        for setting in SETTINGS {
            assert!(help.contains(setting.env) && help.contains(setting.meaning), "{}", command.get_name());
        }
        command.get_subcommands_mut().filter(|command| command.get_name() != "help").for_each(walk);
    }
    walk(&mut explained(Cli::command()));
}
