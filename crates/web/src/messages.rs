//! Every sentence of the pages, in both languages side by side: one without the other does not compile.
use crate::language::Language;

macro_rules! messages {
    ($($name:ident $(($($arg:ident : $type:ty),+))? { $es:literal, $en:literal })+) => {
        impl Language {
            $(messages!(@one $name $(($($arg: $type),+))? $es, $en);)+
        }

        #[cfg(test)]
        pub(crate) const TABLE: &[(&str, &str, &str)] = &[$((stringify!($name), $es, $en)),+];
    };
    (@one $name:ident $es:literal, $en:literal) => {
        pub(crate) fn $name(self) -> &'static str {
            match self {
                Self::Es => $es,
                Self::En => $en,
            }
        }
    };
    (@one $name:ident ($($arg:ident : $type:ty),+) $es:literal, $en:literal) => {
        pub(crate) fn $name(self, $($arg: $type),+) -> String {
            match self {
                Self::Es => format!($es),
                Self::En => format!($en),
            }
        }
    };
}

messages! {
    skip { "Saltar al contenido", "Skip to content" }
    home { "Inicio", "Home" }
    tagline {
        "Comunidades abiertas para conversar sobre lo que nos une.",
        "Open communities to talk about what we share."
    }
    made_with { "Hecho con Tertulia, software libre", "Made with Tertulia, free software" }

    communities { "Comunidades", "Communities" }
    no_communities { "Todavía no hay comunidades públicas aquí.", "There are no public communities here yet." }
    how_to_join { "Cómo participar", "How to take part" }
    how_to_join_text {
        "No hace falta otra cuenta: busca la dirección de una comunidad en tu aplicación (Mastodon u otra que se entienda con ella), síguela y menciónala al escribir.",
        "You need no other account: search for a community’s address in your app (Mastodon, or one that works with it), follow it, and mention it when you write."
    }

    community { "Comunidad", "Community" }
    person { "Persona", "Person" }
    open_to_all { "Pública: cualquiera puede leer y escribir", "Public: anyone can read and write" }
    members_write { "Cualquiera puede leer; escriben quienes son miembros", "Anyone can read; members write" }
    members_only { "Privada: solo leen y escriben quienes son miembros", "Private: only members read and write" }
    ask_to_join(handle: &str) {
        "Para entrar, sigue a {handle} desde tu cuenta: el equipo de moderación recibirá tu solicitud.",
        "To join, follow {handle} from your account: the moderators will get your request."
    }
    follow_to_join(handle: &str) {
        "Para entrar, sigue a {handle} desde tu cuenta.",
        "To join, follow {handle} from your account."
    }
    invite_only { "Se entra por invitación del equipo de moderación.", "Moderators invite people to join." }
    address { "Dirección", "Address" }
    address_hint {
        "Copia la dirección, búscala en tu aplicación y pulsa «Seguir».",
        "Copy the address, search for it in your app, and press “Follow”."
    }
    followers_one { "1 persona la sigue", "1 follower" }
    followers_other(count: String) { "{count} personas la siguen", "{count} followers" }
    members_one { "1 miembro", "1 member" }
    members_other(count: String) { "{count} miembros", "{count} members" }
    follows_person_one { "1 persona sigue esta cuenta", "1 follower" }
    follows_person_other(count: String) { "{count} personas siguen esta cuenta", "{count} followers" }
    threads { "Conversaciones", "Conversations" }
    posts { "Publicaciones", "Posts" }
    no_threads(handle: &str) {
        "Aún no hay conversaciones. Menciona a {handle} en una publicación para abrir la primera.",
        "No conversations yet. Mention {handle} in a post to start the first one."
    }
    no_posts { "Aún no hay publicaciones.", "No posts yet." }
    older { "Ver anteriores", "Show older" }
    pinned { "Fijada", "Pinned" }
    locked { "Cerrada", "Closed" }
    edited { "editada", "edited" }
    within { "en", "in" }
    replies_none { "Sin respuestas", "No replies" }
    replies_one { "1 respuesta", "1 reply" }
    replies_other(count: String) { "{count} respuestas", "{count} replies" }
    likes_one { "1 voto a favor", "1 upvote" }
    likes_other(count: String) { "{count} votos a favor", "{count} upvotes" }
    whole_thread { "Ver toda la conversación", "See the whole conversation" }
    replies_heading { "Respuestas", "Replies" }
    more_replies { "Ver más respuestas", "Show more replies" }
    how_to_reply {
        "Para responder, busca la dirección de esta página en tu aplicación y contesta desde allí.",
        "To reply, search for this page’s address in your app and answer from there."
    }
    warning { "Aviso", "Warning" }
    show_anyway { "Mostrar", "Show" }
    attachments { "Adjuntos", "Attachments" }
    attachment { "Archivo adjunto", "Attachment" }
    original { "Ver en su sitio de origen", "See it where it was published" }
    their_profile { "Ver su perfil", "See their profile" }
    level(level: usize) { "Respuesta de nivel {level}", "Reply at level {level}" }
    elsewhere(host: &str) {
        "Esta cuenta es de {host}. Allí está su perfil completo.",
        "This account belongs to {host}. Its full profile is there."
    }

    not_found { "No encontramos esta página", "We cannot find this page" }
    not_found_text {
        "Puede que la dirección tenga un error o que ya no se pueda ver.",
        "The address may be wrong, or it can no longer be seen."
    }
    gone { "Esto ya no está aquí", "This is no longer here" }
    gone_text { "Quien lo publicó lo ha borrado.", "It was deleted by its author." }
    failed { "Algo ha fallado", "Something went wrong" }
    failed_text {
        "El fallo es nuestro y ha quedado anotado. Prueba otra vez dentro de un rato.",
        "It is our fault, and it has been noted. Please try again in a while."
    }
    busy { "Ahora mismo hay mucho movimiento", "It is very busy right now" }
    busy_text { "Prueba otra vez dentro de unos segundos.", "Please try again in a few seconds." }
    refused { "No se ha podido hacer", "This could not be done" }
    refused_origin {
        "El formulario llegó desde otro sitio, así que no lo hemos aceptado. Ábrelo aquí y envíalo de nuevo.",
        "The form came from another site, so we did not take it. Open it here and send it again."
    }
    refused_form { "No hemos podido leer el formulario.", "We could not read the form." }
    refused_method { "Esta página solo se puede leer.", "This page can only be read." }
    go_home { "Ir al inicio", "Go to the front page" }

    setup_title { "Pon en marcha tu comunidad", "Set up your community" }
    setup_intro {
        "Este sitio está recién instalado. En un solo paso creas tu cuenta, con la que lo administras, y la primera comunidad.",
        "This site is brand new. In one step you make your account, which runs it, and the first community."
    }
    your_account { "Tu cuenta", "Your account" }
    name { "Nombre de usuario", "User name" }
    name_hint(host: &str) {
        "Letras sin acentos, números y guion bajo. Tu dirección será @nombre@{host}.",
        "Letters a–z, digits and underscores. Your address will be @name@{host}."
    }
    email { "Correo electrónico", "E-mail" }
    email_hint { "Para entrar y para avisos importantes. No se muestra a nadie.", "To sign in and for important notices. Nobody else sees it." }
    password { "Contraseña", "Password" }
    password_hint { "Entre 8 y 128 caracteres; mejor una frase larga.", "8 to 128 characters; a long phrase is best." }
    first_community { "La primera comunidad", "The first community" }
    group_title { "Título", "Title" }
    group_title_hint { "Como quieres que se lea, por ejemplo «Huerto urbano».", "As people will read it, for example “Urban garden”." }
    group_name { "Nombre en la dirección", "Name in its address" }
    group_name_hint(host: &str) {
        "Corto y fácil de dictar. Su dirección será @nombre@{host}, y no cambia nunca.",
        "Short and easy to spell. Its address will be @name@{host}, and it never changes."
    }
    summary { "Para qué es", "What it is for" }
    summary_hint { "Una o dos frases. Es opcional y se puede cambiar después.", "One or two sentences. Optional, and you can change it later." }
    who_reads { "Quién lee y quién escribe", "Who reads and who writes" }
    choice_public { "Pública", "Public" }
    choice_public_hint { "Cualquiera lee, cualquiera escribe.", "Anyone reads, anyone writes." }
    choice_restricted { "Abierta a la lectura", "Open to read" }
    choice_restricted_hint { "Cualquiera lee; escriben quienes son miembros.", "Anyone reads; members write." }
    choice_private { "Privada", "Private" }
    choice_private_hint {
        "Solo leen y escriben quienes son miembros. Nada sale de este sitio.",
        "Only members read and write. Nothing leaves this site."
    }
    who_joins { "Cómo se entra", "How people join" }
    choice_open { "Libremente", "Freely" }
    choice_open_hint { "Quien lo pide, entra.", "Whoever asks is in." }
    choice_approval { "Con aprobación", "With approval" }
    choice_approval_hint { "El equipo de moderación responde a cada solicitud.", "Moderators answer each request." }
    choice_invite { "Por invitación", "By invitation" }
    choice_invite_hint { "Solo entra a quien se invita.", "Only people who are invited." }
    setup_code { "Código de instalación", "Setup code" }
    setup_code_hint {
        "Lo muestra el registro del servidor al arrancar. Así solo quien lo instaló puede ponerlo en marcha.",
        "The server’s log shows it at its start. So only whoever installed the site can set it up."
    }
    create { "Crear cuenta y comunidad", "Create account and community" }
    fix_one { "Falta corregir un dato", "One thing needs fixing" }
    fix_other(count: String) { "Falta corregir {count} datos", "{count} things need fixing" }
    already_set_up { "Este sitio ya está en marcha.", "This site has been set up already." }

    flaw_name {
        "Usa de 1 a 30 letras sin acentos, números o guiones bajos.",
        "Use 1 to 30 letters a–z, digits or underscores."
    }
    flaw_reserved { "Ese nombre está reservado. Elige otro.", "That name is reserved. Choose another one." }
    flaw_email { "Esto no parece una dirección de correo.", "This does not look like an e-mail address." }
    flaw_password { "La contraseña debe tener entre 8 y 128 caracteres.", "The password must have 8 to 128 characters." }
    flaw_same {
        "La comunidad no puede llamarse igual que tu cuenta: comparten el espacio de direcciones.",
        "The community cannot have the same name as your account: they share one address book."
    }
    flaw_title { "Ponle un título a la comunidad.", "Give the community a title." }
    flaw_code { "Este no es el código del registro del servidor.", "This is not the code in the server’s log." }
    flaw_choice { "Elige una opción.", "Choose an option." }

    welcome(title: &str) { "«{title}» ya está en marcha", "“{title}” is up and running" }
    welcome_text {
        "Cualquier persona con una cuenta en Mastodon, Lemmy, NodeBB u otro servicio compatible puede llegar a ella con esta dirección:",
        "Anyone with an account on Mastodon, Lemmy, NodeBB or another compatible service can reach it at this address:"
    }
    next_steps { "Siguientes pasos", "Next steps" }
    step_follow(handle: &str) {
        "Busca {handle} en tu aplicación y pulsa «Seguir».",
        "Search for {handle} in your app and press “Follow”."
    }
    step_post(handle: &str) {
        "Escribe una publicación que mencione a {handle}: será la primera conversación y llegará a todas las personas que la siguen.",
        "Write a post that mentions {handle}: it becomes the first conversation and reaches everyone who follows it."
    }
    step_app(host: &str) {
        "Entra con tu cuenta nueva desde cualquier aplicación para Mastodon: el servidor es {host}.",
        "Sign in with your new account from any Mastodon app: the server is {host}."
    }
    step_share { "Comparte la dirección con tu gente.", "Share the address with your people." }
    see_community { "Ver la comunidad", "See the community" }
}

impl Language {
    /// How many follow a community.
    pub(crate) fn followers(self, count: i64) -> String {
        if count == 1 { self.followers_one().to_owned() } else { self.followers_other(self.number(count)) }
    }

    /// How many follow a person.
    pub(crate) fn follows_person(self, count: i64) -> String {
        if count == 1 { self.follows_person_one().to_owned() } else { self.follows_person_other(self.number(count)) }
    }

    /// How many members there are.
    pub(crate) fn members(self, count: i64) -> String {
        if count == 1 { self.members_one().to_owned() } else { self.members_other(self.number(count)) }
    }

    /// How many replies there are.
    pub(crate) fn replies(self, count: i64) -> String {
        match count {
            0 => self.replies_none().to_owned(),
            1 => self.replies_one().to_owned(),
            _ => self.replies_other(self.number(count)),
        }
    }

    /// How many votes there are for it; nothing when there are none.
    pub(crate) fn likes(self, count: i64) -> Option<String> {
        match count {
            ..=0 => None,
            1 => Some(self.likes_one().to_owned()),
            _ => Some(self.likes_other(self.number(count))),
        }
    }

    /// How many fields need another look.
    pub(crate) fn fix(self, count: usize) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if count == 1 { self.fix_one().to_owned() } else { self.fix_other(self.number(count)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_something_and_not_the_same() {
        for (name, es, en) in TABLE {
            assert!(!es.trim().is_empty() && !en.trim().is_empty(), "{name}");
            assert_ne!(es, en, "{name} was not translated");
        }
    }

    #[test]
    fn people_are_spared_the_jargon() {
        for (name, es, en) in TABLE {
            let words = format!("{es} {en}").to_lowercase();
            for jargon in ["instanc", "actor", "activitypub", "federa", "fediver", "webfinger"] {
                assert!(!words.contains(jargon), "{name} says `{jargon}`");
            }
        }
    }

    #[test]
    fn counts_are_words_in_both_languages() {
        assert_eq!(Language::Es.replies(1), "1 respuesta");
        assert_eq!(Language::En.replies(1_200), "1,200 replies");
        assert_eq!(Language::Es.members(12_000), "12.000 miembros");
        assert_eq!(Language::En.likes(0), None);
        assert_eq!(Language::Es.welcome("Huerto"), "«Huerto» ya está en marcha");
    }
}
