//! Which pages are looked at, by whom, and what they do there first; and that none is left out.

use std::collections::BTreeSet;

use super::demo::Demo;
use crate::leaks::routes;
use crate::network::id;

/// Who looks.
const VISITOR: Option<&str> = None;
const MEMBER: Option<&str> = Some("bea");
const MODERATOR: Option<&str> = Some("carla");
const ADMIN: Option<&str> = Some("ana");
const NEWCOMER: Option<&str> = Some("nora");
/// About whom something was decided.
const JUDGED: Option<&str> = Some("diego");
/// Whose address is not confirmed yet.
const WAITING: Option<&str> = Some("olga");
/// Who has an account elsewhere, and none here.
pub(super) const GUEST: Option<&str> = Some("lucas");

/// A page by the name of its picture: who looks, and where.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) who: Option<&'static str>,
    pub(super) path: String,
    /// What a script enters there, and what is pressed, if anything is: the page is what comes then.
    pub(super) deed: Option<(&'static str, &'static str)>,
}

impl Page {
    /// Whether it is answered with an error.
    pub(super) fn is_amiss(&self) -> bool {
        AMISS.contains(&self.name)
    }

    /// With everything open that opens.
    fn unfolded(self) -> Self {
        Self { deed: Some((UNFOLD, "")), ..self }
    }

    /// After a script did something on it.
    fn told(self, script: &'static str) -> Self {
        Self { deed: Some((script, "")), ..self }
    }

    fn behind(self, script: &'static str, button: &'static str) -> Self {
        Self { deed: Some((script, button)), ..self }
    }
}

/// Opens what explains a word.
const EXPLAIN: &str = "document.querySelector('.term').click()";

/// Opens every menu.
const UNFOLD: &str = "for (const it of document.querySelectorAll('details')) it.open = true";

const AMISS: [&str; 12] = [
    "not-found",
    "gone",
    "forbidden",
    "guest-write",
    "digest-stop",
    "notices-stop",
    "link-old",
    "suspended",
    "community-suspended",
    "too-large",
    "foreign",
    "too-often",
];

fn page(name: &'static str, who: Option<&'static str>, path: impl Into<String>) -> Page {
    Page { name, who, path: path.into(), deed: None }
}

/// What makes a browser send a form that is not filled in.
const CARELESS: &str = "document.querySelector('main form.form').noValidate = true";
const PRIMARY: &str = "main form.form button.primary";

/// A site that nobody has set up.
pub(super) fn at_first() -> [Page; 2] {
    [page("first-run", VISITOR, "/"), page("first-run-flawed", VISITOR, "/").behind(CARELESS, PRIMARY)]
}

/// What asks for a passkey; the button shows only where there are some.
pub(super) fn with_passkeys(own: &str) -> Vec<Page> {
    vec![
        page("passkey-log-in", VISITOR, "/login"),
        page("passkey-log-in-wrong", VISITOR, "/login").behind(NONE, PRIMARY),
        page("passkey-second-step", VISITOR, "/login").behind(RIGHT, PRIMARY),
        page("passkey-settings", MEMBER, "/settings/entry"),
        page("passkey-offered", MEMBER, "/settings/entry").behind(PROOF, OFFER),
        page("passkey-own", MEMBER, own),
    ]
}

/// What is no answer of a passkey, a password that is right, and one that shows that it is oneself.
const NONE: &str = "document.querySelector('main form.form').noValidate = true; \
    document.querySelector('main form.form').action = '/login/passkey'";
const RIGHT: &str = "document.getElementById('name').value = 'carla'; \
    document.getElementById('password').value = 'correct horse'";
const PROOF: &str = "document.querySelector('[name=proof]').value = 'correct horse'";
/// What offers to make a passkey, for a password.
pub(super) const OFFER: &str = "form[action$='/passkeys/offer'] button[type=submit]:not([data-passkey])";

/// Everything that can be looked at later.
pub(super) fn all(demo: &Demo) -> Vec<Page> {
    let some = [of_visitors(demo), of_entering(demo), of_members(demo), of_staff(demo), of_admins(demo)];
    some.into_iter().flatten().collect()
}

fn of_visitors(demo: &Demo) -> Vec<Page> {
    let (leaves, reply, house) = (id(&demo.leaves), id(&demo.reply), &demo.house);
    let leaves_uri = demo.leaves["uri"].as_str().expect("an id");
    vec![
        page("home", VISITOR, "/"),
        page("directory", VISITOR, "/communities"),
        page("directory-nothing", VISITOR, "/communities?language=ca&purpose=profession"),
        page("community", VISITOR, "/@huerto"),
        page("community-empty", VISITOR, "/@rust"),
        page("community-private", VISITOR, "/@junta"),
        page("community-log", VISITOR, "/@huerto/log"),
        page("subscribe", VISITOR, format!("/subscribe?group={}", demo.huerto.actor.id)),
        page("community-suspended", VISITOR, "/@ofertas"),
        page("thread", VISITOR, format!("/@bea/{leaves}")),
        page("thread-linear", VISITOR, format!("/@bea/{leaves}?view=linear")),
        page("thread-reply", VISITOR, format!("/@bea/{reply}")),
        page("thread-500", VISITOR, format!("/@iris/{}", house.crowded)),
        page("thread-500-linear", VISITOR, format!("/@iris/{}?view=linear", house.crowded)),
        page("thread-long-words", VISITOR, format!("/@carla/{}", house.changed)),
        page("history", VISITOR, format!("/history?post={}", house.changed)),
        page("profile", VISITOR, "/@bea"),
        page("profile-elsewhere", VISITOR, format!("/{}", demo.lucas)),
        page("suspended", VISITOR, "/@pedro"),
        page("tag", VISITOR, "/tags/riego"),
        page("search", VISITOR, "/search"),
        page("search-found", VISITOR, "/search?q=riego"),
        page("search-nothing", VISITOR, "/search?q=zanahoria"),
        page("elsewhere", VISITOR, format!("/elsewhere?deed=reply&uri={leaves_uri}")),
        page("about", VISITOR, "/about"),
        page("glossary", VISITOR, "/glossary"),
        page("term-explained", VISITOR, "/communities").told(EXPLAIN),
        page("privacy", VISITOR, "/privacy"),
        page("terms", VISITOR, "/terms"),
        page("rules", VISITOR, "/@huerto/rules"),
        page("rules-changed", VISITOR, "/@huerto/rules?version=2&since=1"),
        page("statement", VISITOR, &*house.statement),
        page("statement-appealed", VISITOR, &*house.appealed),
        page("statement-flawed", VISITOR, &*house.statement).behind(CARELESS, PRIMARY),
        page("digest-stop", VISITOR, "/digest/stop"),
        page("notices-stop", VISITOR, "/notices/stop"),
        page("not-found", VISITOR, "/@nadie"),
        page("gone", VISITOR, &*house.gone),
    ]
}

fn of_entering(demo: &Demo) -> Vec<Page> {
    let house = &demo.house;
    vec![
        page("log-in", VISITOR, "/login"),
        page("log-in-wrong", VISITOR, "/login").behind(WRONG, PRIMARY),
        page("too-often", VISITOR, "/login").behind(OFTEN, PRIMARY),
        page("log-in-elsewhere", VISITOR, "/login/elsewhere"),
        page("log-in-recover", VISITOR, "/login/recover"),
        page("log-in-recovered", VISITOR, "/login/recover").behind(ADDRESS, PRIMARY),
        page("log-in-renew", VISITOR, &*house.renewal),
        page("log-in-confirm", VISITOR, &*house.confirmation),
        page("link-old", VISITOR, "/login/confirm?token=old"),
        page("sign-up", VISITOR, "/signup"),
        page("sign-up-flawed", VISITOR, "/signup").behind(CARELESS, PRIMARY),
        page("waiting", WAITING, "/waiting"),
        page("guest-home", GUEST, "/"),
        page("guest-community", GUEST, "/@huerto"),
        page("guest-thread", GUEST, format!("/@bea/{}", id(&demo.leaves))),
        page("guest-write", GUEST, "/write"),
        page("enter", NEWCOMER, &*house.link),
        page("apply", NEWCOMER, format!("/apply?group={}", demo.vecinos.actor.id)),
        page("newcomer-home", NEWCOMER, "/"),
        page("newcomer-notices", NEWCOMER, "/notices"),
        page("newcomer-saved", NEWCOMER, "/saved"),
        page("newcomer-profile", NEWCOMER, "/@nora"),
        page("newcomer-compose", NEWCOMER, "/write"),
        page("newcomer-held", NEWCOMER, format!("/@nora/{}", house.held)),
        page("newcomer-devices", NEWCOMER, "/settings/devices"),
    ]
}

/// An address that nobody here has.
const ADDRESS: &str = "document.getElementById('email').value = 'x@y.test'";
/// A password that is none.
const WRONG: &str = "document.getElementById('name').value = 'bea'; \
    document.getElementById('password').value = 'abracadabra'";

/// A name that was tried too often.
const OFTEN: &str = "document.getElementById('name').value = 'nadie'; \
    document.getElementById('password').value = 'abracadabra'";

/// A form of a session that is not the one it is sent with.
const FOREIGN: &str = "for (const it of document.querySelectorAll('[name=form_token]')) it.value = 'x'";

fn of_members(demo: &Demo) -> Vec<Page> {
    let (leaves, swap, huerto) = (id(&demo.leaves), id(&demo.swap), demo.huerto.actor.id);
    let (write, ana) = (format!("/write?group={huerto}"), &demo.swap["account"]["id"]);
    let ana = ana.as_str().expect("an author");
    vec![
        page("member-home", MEMBER, "/"),
        page("report-community", MEMBER, format!("/report?who={huerto}")),
        page("member-community", MEMBER, "/@huerto"),
        page("member-thread", MEMBER, format!("/@bea/{leaves}")),
        page("member-poll", MEMBER, format!("/@ana/{swap}")),
        page("member-notices", MEMBER, "/notices"),
        page("member-saved", MEMBER, "/saved"),
        page("member-communities", MEMBER, "/communities/mine"),
        page("member-profile", MEMBER, "/@bea"),
        page("member-other", MEMBER, "/@diego"),
        page("block", MEMBER, format!("/block?who={ana}")),
        page("mute", MEMBER, format!("/mute?who={ana}")),
        page("compose", MEMBER, &*write),
        page("compose-preview", MEMBER, &*write).behind(DRAFT, "button[name=preview]"),
        page("compose-flawed", MEMBER, &*write).behind(CARELESS, PRIMARY),
        page("compose-reply", MEMBER, format!("/write?to={leaves}")),
        page("compose-quote", MEMBER, format!("/write?quote={leaves}")),
        page("compose-edit", MEMBER, format!("/write?edit={leaves}")),
        page("report", MEMBER, format!("/report?post={swap}")),
        page("delete", MEMBER, format!("/delete?post={leaves}")),
        page("too-large", MEMBER, format!("/report?post={swap}")).behind(LONG, PRIMARY),
        page("foreign", MEMBER, "/settings").behind(FOREIGN, "main form.form button"),
        page("compose-unfolded", MEMBER, &*write).unfolded(),
        page("forbidden", MEMBER, "/admin"),
        page("authorise", MEMBER, &*demo.house.authorise),
        page("authorise-code", MEMBER, "/oauth/authorize/native?code=Zk3xV0-8dQp1sJt7uYw2"),
        page("settings", MEMBER, "/settings"),
        page("settings-profile", MEMBER, "/settings/profile"),
        page("settings-entry", MEMBER, "/settings/entry"),
        page("settings-second-step", MEMBER, "/settings/entry")
            .behind("", "form[action='/settings/entry/second'] button"),
        page("settings-devices", MEMBER, "/settings/devices"),
        page("settings-quiet", MEMBER, "/settings/quiet"),
        page("settings-writing", MEMBER, "/settings/writing"),
        page("settings-reading", MEMBER, "/settings/reading"),
        page("settings-blocks", MODERATOR, "/settings/blocks"),
        page("settings-blocks-none", MEMBER, "/settings/blocks"),
        page("lists", MEMBER, "/lists"),
        page("list", MEMBER, &*demo.house.list),
        page("list-manage", MEMBER, format!("{}/manage", demo.house.list)),
        page("list-who", MEMBER, format!("/lists/who?who={ana}")),
        page("settings-tags", MEMBER, "/settings/tags"),
        page("settings-scheduled", MEMBER, "/settings/scheduled"),
        page("settings-scheduled-one", MEMBER, &*demo.house.scheduled),
        page("settings-filters", MEMBER, "/settings/filters"),
        page("settings-filters-flawed", MEMBER, "/settings/filters").behind(CARELESS, "main form.form button"),
        page("settings-filter", MEMBER, &*demo.house.filter),
        page("settings-data", MEMBER, "/settings/data"),
        page("found", MEMBER, "/found"),
        page("found-flawed", MEMBER, "/found").behind(CARELESS, PRIMARY),
        page("judged-notices", JUDGED, "/notices"),
        page("judged-thread", JUDGED, format!("/@bea/{leaves}")),
    ]
}

/// Somebody who writes, and somebody who writes too much.
const DRAFT: &str = "document.getElementById('title').value = '¿Quién tiene semillas de borraja?'; \
    document.getElementById('text').value = 'La de mi abuela tenía la **flor blanca**.\\n\\n- Cambio por cilantro\\n- O por rúcula'";
const LONG: &str = "document.getElementById('reason').value = 'Ña '.repeat(150000)";

fn of_staff(demo: &Demo) -> Vec<Page> {
    let (leaves, huerto, bea) = (id(&demo.leaves), demo.huerto.actor.id, demo.bea.actor.id);
    vec![
        page("queue", MODERATOR, "/queue"),
        page("queue-unfolded", MODERATOR, "/queue").unfolded(),
        page("queue-nothing", MODERATOR, "/queue?kind=request"),
        page("moderate", MODERATOR, format!("/moderate?post={leaves}")),
        page("moderate-flawed", MODERATOR, format!("/moderate?post={leaves}")).behind(REMOVE, PRIMARY),
        page("moderate-move", ADMIN, format!("/moderate?post={leaves}")),
        page("staff-log", MODERATOR, "/@huerto/log"),
        page("manage", ADMIN, format!("/manage?group={huerto}")),
        page("members", ADMIN, format!("/members?group={huerto}")),
        page("members-banned", ADMIN, format!("/members?group={huerto}&banned=yes")),
        page("members-following", ADMIN, format!("/members?group={huerto}&following=yes")),
        page("member", ADMIN, format!("/member?group={huerto}&person={bea}")),
        page("rules-form", ADMIN, format!("/manage/rules?group={huerto}")),
        page("screen", ADMIN, format!("/manage/screen?group={huerto}")),
        page("slow-mode", MODERATOR, format!("/manage/pace?group={huerto}")),
        page("invitations", ADMIN, format!("/invitations?group={huerto}")),
        page("welcome", ADMIN, "/welcome?group=huerto"),
    ]
}

/// A measure without a reason.
const REMOVE: &str = "document.querySelector('input[value=remove]').checked = true";

fn of_admins(demo: &Demo) -> Vec<Page> {
    let lists = "main form[action='/admin/rules/import'] button";
    vec![
        page("admin", ADMIN, "/admin"),
        page("admin-people", ADMIN, "/admin/people"),
        page("admin-people-waiting", ADMIN, "/admin/people?state=waiting"),
        page("admin-person", ADMIN, format!("/admin/people/{}", demo.bea.actor.id)),
        page("admin-servers", ADMIN, "/admin/servers"),
        page("admin-server", ADMIN, "/admin/servers/mastodon.test"),
        page("admin-rules", ADMIN, "/admin/rules"),
        page("admin-rules-trial", ADMIN, "/admin/rules").behind(LIST, lists),
        page("admin-bars", ADMIN, "/admin/bars"),
        page("admin-log", ADMIN, "/admin/log"),
        page("admin-jobs", ADMIN, "/admin/jobs"),
        page("admin-communities", ADMIN, "/admin/communities"),
        page("admin-announcements", ADMIN, "/admin/announcements"),
        page("admin-open", ADMIN, "/admin/open"),
        page("admin-emoji", ADMIN, "/admin/emoji"),
        page("admin-texts", ADMIN, "/admin/texts"),
        page("admin-text", ADMIN, "/admin/texts/one?kind=privacy&language=es"),
        page("admin-sentences", ADMIN, "/admin/sentences?q=miembros&language=es"),
        page("admin-sentence", ADMIN, "/admin/sentences/one?name=members&language=es"),
        page("admin-settings", ADMIN, "/admin/settings"),
    ]
}

/// What others keep away, as it is passed on.
const LIST: &str = "document.getElementById('list').value = \
    '#domain,#severity\\nmastodon.test,silence\\nspam.test,suspend\\nuna dirección que no lo es,suspend'";

/// What is read in a browser and is no page to look at.
const NOT_LOOKED_AT: &[(&str, &str)] = &[
    ("/assets/", "what pages are made of"),
    ("/live", "a stream"),
    ("feed.", "a feed"),
    ("/sitemap", "for search engines"),
    ("/robots.txt", "for search engines"),
    (".csv", "a file"),
    ("/settings/data/{file}", "a file"),
    ("/manage/archive", "a file"),
    ("/authorize_interaction", "leads on"),
    ("/login/elsewhere/back", "leads on"),
    ("/login/organization", "leads on, or asks as signing in does"),
    ("/settings/entry/passkeys/{id}", "looked at where browsers have passkeys"),
];

/// The pages of the house that nobody looks at.
pub(super) fn left_out<'a>(looked_at: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut left = routes::pages();
    assert!(left.len() > 60, "{left:?}");
    let routes: BTreeSet<String> = left.clone();
    for path in looked_at {
        let path = path.split('?').next().unwrap_or_default();
        // Of several routes that fit, the one that leaves least open is meant.
        let fits = routes.iter().filter(|route| fits(route, path));
        if let Some(route) = fits.min_by_key(|route| route.matches('{').count()) {
            left.remove(route);
        }
    }
    left.retain(|route| !NOT_LOOKED_AT.iter().any(|(part, _)| route.contains(part)));
    left.into_iter().collect()
}

/// Whether a path is one of a route's.
fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    let fits = |(part, word): (&&str, &&str)| match part.split_once('{') {
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            word.len() > before.len() + after.len() && word.starts_with(before) && word.ends_with(after)
        }
        None => part == word,
    };
    route.len() == path.len() && route.iter().zip(&path).all(fits)
}
