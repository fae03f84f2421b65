### Las frases de las páginas en español. `en.ftl` tiene las mismas claves; `build.rs` las convierte en funciones de `Language`.

skip = Saltar al contenido
tagline = Comunidades abiertas para conversar sobre lo que nos une.
made-with = Hecho con Tertulia, software libre
source-code = Código fuente

language = Idioma
optional = opcional

communities = Comunidades
no-communities = Todavía no hay comunidades públicas aquí.
how-to-join = Cómo participar
how-to-join-text = No hace falta otra cuenta: busca la dirección de una comunidad en tu aplicación (Mastodon u otra que se entienda con ella), síguela y menciónala al escribir.

glossary = Qué significa cada cosa
glossary-lead = Las palabras que usamos aquí, una por una y sin rodeos.
what-means = Qué significa:
term-community = comunidad
term-community-means = Gente que conversa sobre algo, con unas normas y un equipo que las cuida. Tiene una dirección, y se la puede leer, seguir o ser miembro de ella.
term-community-forms = comunidad|comunidades
term-conversation = conversación
term-conversation-means = Una publicación que abre un tema, con todas sus respuestas. En otros sitios se llama hilo.
term-conversation-forms = conversación|conversaciones|hilo|hilos
term-reply = respuesta
term-reply-means = Lo que se contesta a una publicación o a otra respuesta. Cada una tiene su propia dirección.
term-reply-forms = respuesta|respuestas
term-following = seguir
term-following-means = Recibir en tu inicio lo que se publica. Seguir una comunidad no te hace miembro de ella, y se deja cuando se quiere.
term-following-forms = seguir|sigue|siguen|síguela|seguirás|sigues|siguiendo
term-membership = ser miembro
term-membership-means = Formar parte de una comunidad: aceptas sus normas, y lees y escribes también donde solo lo hacen sus miembros. A veces hay que pedirlo.
term-membership-forms = ser miembro|miembro|miembros
term-rules = normas
term-rules-means = Lo que una comunidad pide a quien participa. Están numeradas, y cuando se retira algo se dice por cuál.
term-rules-forms = norma|normas
term-moderation = moderación
term-moderation-means = Quienes cuidan de que se cumplan las normas: admiten, retiran, cierran, avisan y expulsan. Lo que deciden queda anotado con su motivo, y se puede recurrir.
term-moderation-forms = moderación|equipo de moderación
term-leader = coordinación
term-leader-means = Quienes, además de moderar, escriben las normas y los textos de la comunidad y nombran a quien modera. En otros sitios se llaman líderes.
term-leader-forms = coordinación|líder|líderes
term-owner = responsable
term-owner-means = De quien depende la comunidad: nombra a la coordinación, decide hasta dónde llega lo que se escribe y puede pasársela a otra persona.
term-owner-forms = responsable|responsables
term-server = servidor
term-server-means = Un sitio en el que viven cuentas y comunidades, como este. Los servidores se entienden entre sí: desde uno se lee lo de otro, y se contesta.
term-server-forms = servidor|servidores
term-account-elsewhere = cuenta de otro servidor
term-account-elsewhere-means = Una cuenta que vive en otro sitio que se entiende con este, como Mastodon; también se llama cuenta federada. Con ella se sigue y se escribe aquí sin abrir otra.
term-account-elsewhere-forms = cuenta de otro servidor|cuentas de otros servidores|cuenta federada|cuenta en otro servidor
open-to-all = Pública: cualquiera puede leer y escribir
members-write = Cualquiera puede leer; escriben quienes son miembros
members-only = Privada: solo leen y escriben quienes son miembros
hidden-to-others = Oculta: solo sus miembros leen, escriben y saben que existe
for-members = Solo miembros
for-followers = Solo seguidores
for-named = Mención privada
team-of = el equipo de { $group }
readers-all = Lo podrá leer cualquiera.
readers-unlisted = Lo podrá leer cualquiera que tenga el enlace; no sale en listas públicas.
readers-followers = Lo leerán quienes te siguen y las personas a quienes nombra o contesta.
readers-members = Solo lo leerán los miembros de la comunidad.
readers-named = Privado: solo lo leerán { $names } y tú.
readers-self = Solo lo leerás tú.
readers-community = Lo podrá leer quien lee la comunidad.
ask-to-join = Para entrar, sigue a { $handle } desde tu cuenta: el equipo de moderación recibirá tu solicitud.
follow-to-join = Para entrar, sigue a { $handle } desde tu cuenta.
invite-only = Se entra por invitación del equipo de moderación.
address = Dirección
address-hint = Copia la dirección, búscala en tu aplicación y pulsa «Seguir».
more-about-it = Más sobre la comunidad
what-leaves = Qué sale de aquí
read-on = Leer más
leaves-nothing = Lo que se escribe aquí lo leen solo sus miembros y no sale de este servidor. Quien es miembro desde otro recibe un aviso sin texto. Lo que se borra, se borra.
leaves-to-members = Lo que se escribe aquí lo leen solo sus miembros, pero se copia a sus servidores, y quien los administra puede leerlo. Al borrar algo pedimos que borren su copia; no podemos obligarlos.
leaves-to-all = Lo que se escribe aquí puede leerlo cualquiera y se copia a los servidores de quienes siguen la comunidad. Al borrar algo pedimos que borren su copia; casi todos lo hacen, pero no podemos obligarlos.
followers =
    { $count ->
        [one] 1 persona la sigue
        [many] { $count } de personas la siguen
       *[other] { $count } personas la siguen
    }
members-homes = { $here } de aquí, { $there } de otros servidores
members =
    { $count ->
        [one] 1 miembro
        [many] { $count } de miembros
       *[other] { $count } miembros
    }
follows-person =
    { $count ->
        [one] 1 persona sigue esta cuenta
        [many] { $count } de personas siguen esta cuenta
       *[other] { $count } personas siguen esta cuenta
    }
threads = Conversaciones
posts = Publicaciones
no-threads = Aún no hay conversaciones. Menciona a { $handle } en una publicación para abrir la primera.
no-threads-here = Aún no hay conversaciones. Escribe la primera: basta una pregunta o una bienvenida.
no-posts = Aún no hay publicaciones.
older = Ver anteriores
older-invitations = Ver invitaciones anteriores
pinned = Fijada
locked = Cerrada
edited = editada
post-by = Publicación de { $name }
within = en
reply-in = Respuesta en
replies =
    { $count ->
        [0] Sin respuestas
        [one] 1 respuesta
        [many] { $count } de respuestas
       *[other] { $count } respuestas
    }
likes =
    { $count ->
        [one] 1 voto a favor
        [many] { $count } de votos a favor
       *[other] { $count } votos a favor
    }
replies-heading = Respuestas
more-replies = Ver más respuestas
how-to-reply = Para responder, busca la dirección de esta página en tu aplicación y contesta desde allí.
guest-cannot-reply = Lo que se escribe en esta comunidad no sale de este sitio, así que desde tu servidor no se puede responder. Con tu cuenta de allí puedes leer y votar aquí; para escribir hace falta una cuenta de este sitio, y pedir entrar con ella.
warning = Aviso
filtered = Oculto por tu filtro «{ $filter }»
quote-filtered = Cita algo que ocultan tus filtros.
show-anyway = Mostrar
attachments = Adjuntos
attachment = Archivo adjunto
sensitive = Puede herir la sensibilidad
covered = Está tapado al principio
no-description = Imagen sin descripción
quote = Citar
quote-unseen = Lo citado ya no está o no puedes verlo.
quote-pending = La cita espera el permiso de quien lo escribió.
quote-refused = Quien lo escribió no permite que se cite.
poll = Encuesta
poll-one = Elige una opción
poll-several = Elige una o varias opciones
poll-choose = Votar en la encuesta
sign-in-to-choose = Entrar para votar en la encuesta
poll-results = Ver los resultados sin votar
poll-hide-totals = Mostrar los resultados solo cuando termine
poll-hidden = Los resultados se podrán ver cuando termine la encuesta.
poll-mine = tu voto
poll-chosen = ya has votado
poll-closes = abierta hasta el { $when }
poll-closed = cerrada el { $when }
poll-voters =
    { $count ->
        [one] 1 persona ha votado
        [many] { $count } de personas han votado
       *[other] { $count } personas han votado
    }
original = Ver en su sitio de origen
own-page-proven = Su página enlaza aquí: comprobado el { $day }
anything = Da igual
their-profile = Ver su perfil
moved-to = Se ha mudado. Ahora: { $name }
level = Respuesta de nivel { $level }
elsewhere = Esta cuenta es de { $host }. Allí está su perfil completo.
community-elsewhere = Esta comunidad vive en { $host }.
see-community-there = Verla allí
threads-known-here = Conversaciones que han llegado aquí
no-threads-known = Todavía no ha llegado ninguna. Síguela y aquí aparecerá lo que se escriba en ella.

not-found = No encontramos esta página
not-found-text = Puede que la dirección tenga un error o que ya no se pueda ver.
gone = Esto ya no está aquí
gone-text = Quien lo publicó lo ha borrado.
suspended = Esta cuenta está suspendida
suspended-community = Esta comunidad está suspendida
suspended-text = Mientras lo esté, aquí no se muestra nada suyo.
failed = Algo ha fallado
failed-text = El fallo es nuestro y ha quedado anotado. Prueba otra vez dentro de un rato.
busy = Ahora mismo hay mucho movimiento
busy-text = Prueba otra vez dentro de unos segundos.
refused = No se ha podido hacer
refused-origin = El formulario llegó desde otro sitio, así que no lo hemos aceptado. Ábrelo aquí y envíalo de nuevo.
refused-form = No hemos podido leer el formulario.
refused-size = El formulario es demasiado grande. Acórtalo y envíalo de nuevo.
refused-method = Esta página solo se puede leer.
refused-unsent = En esta dirección no hay nada que leer: recibe lo que se envía desde una página.
go-home = Ir al inicio

setup-title = Pon en marcha tu comunidad
setup-intro = Este sitio está recién instalado. En un solo paso creas tu cuenta, con la que lo administras, y la primera comunidad.
your-account = Tu cuenta
name = Nombre de usuario
name-hint = Letras sin acentos, números y guion bajo. Tu dirección será @nombre@{ $host }.
email = Correo electrónico
email-hint-of = Para entrar y para avisos importantes. Solo se admiten direcciones de { $domains }. No se muestra a nadie.
email-hint = Para entrar y para avisos importantes. No se muestra a nadie.
password = Contraseña
show-password = Ver la contraseña
password-hint = Entre 8 y 128 caracteres; mejor una frase larga.
first-community = La primera comunidad
group-title = Título
group-title-hint = Como quieres que se lea, por ejemplo «Huerto urbano».
group-name = Nombre en la dirección
group-name-hint = Letras sin acentos, números y guion bajo; si lo dejas vacío, sale del nombre de la comunidad. Su dirección será @nombre@{ $host }, y no cambia nunca.
summary = Para qué es
summary-hint = Una o dos frases. Se puede cambiar después.
who-reads = Quién lee y quién escribe
choice-public = Pública
choice-public-hint = Cualquiera lee, cualquiera escribe.
choice-restricted = Abierta a la lectura
choice-restricted-hint = Cualquiera lee; escriben quienes son miembros.
choice-private = Privada
choice-private-hint = Solo leen y escriben quienes son miembros. Nada sale de este sitio.
choice-hidden = Oculta
choice-hidden-hint = Como la anterior, y nadie más sabe que existe: no sale en listas ni en búsquedas, su dirección no lleva a nada y solo se entra por invitación.
who-joins = Cómo se entra
choice-open = Libremente
choice-open-hint = Quien lo pide, entra.
choice-approval = Con aprobación
choice-approval-hint = El equipo de moderación responde a cada solicitud.
choice-invite = Por invitación
choice-invite-hint = Solo entra a quien se invita.
setup-code = Código de instalación
setup-code-hint = El servidor lo escribe en su registro cada vez que arranca; si lo instaló otra persona, pídeselo. Así nadie se te adelanta.
create = Crear cuenta y comunidad
fix =
    { $count ->
        [one] Falta corregir un dato
       *[other] Falta corregir { $count } datos
    }
already-set-up = Este sitio ya está en marcha.

flaw-name = Usa de 1 a 30 letras sin acentos, números o guiones bajos.
flaw-reserved = Ese nombre está reservado. Elige otro.
flaw-email = Esto no parece una dirección de correo.
flaw-password = La contraseña debe tener entre 8 y 128 caracteres.
password-again = Escríbela otra vez: una contraseña no se guarda hasta que todo está bien.
flaw-same = La comunidad no puede llamarse igual que tu cuenta: las dos tendrían la misma dirección.
flaw-title = Ponle un título a la comunidad.
flaw-code = Este no es el código que el servidor escribió en su registro.
flaw-choice = Elige una opción.
refused-open-door = En una comunidad privada se entra por solicitud o por invitación: si entrara quien quisiera, la leería cualquiera.

welcome = «{ $title }» ya está en marcha
welcome-text = Cualquier persona con una cuenta en Mastodon, Lemmy, NodeBB u otro servicio compatible puede llegar a ella con esta dirección:
next-steps = Siguientes pasos
step-invite = Invita a tu gente
step-invite-text = Con un enlace, o con la dirección de arriba a quien ya tiene cuenta en Mastodon u otro servicio.
step-write = Escribe la primera conversación
step-write-text = Cuenta qué es esto y qué te gustaría leer aquí. Nadie empieza en una sala vacía.
step-rules = Pon unas normas
step-rules-text = Tres o cuatro bastan. Las lee quien entra, y con ellas se modera.
step-look = Dale una imagen y un color
step-look-text = Dos imágenes, y más abajo el color; también quién lee, quién escribe y cómo se entra.
step-purpose = Di para qué es
step-purpose-text = Una o dos frases: qué se cuenta aquí y a quién le sirve.
step-welcome = Escribe una bienvenida
step-welcome-text = La recibe, una sola vez, quien empieza a seguir la comunidad o se une.
step-pin = Fija una conversación
step-pin-text = Por ejemplo, una para presentarse: ábrela y pulsa «Más» y «Fijarla arriba». Es lo primero que se lee.
step-done = Hecho
steps-done = { NUMBER($done) } de { NUMBER($all) }
steps-put-away = No mostrar más
arrivals = Quién llegó en las últimas cuatro semanas
arrivals-here = Con cuenta en este sitio: { NUMBER($came) }, de los que escribieron { NUMBER($wrote) }.
arrivals-elsewhere = Con cuenta en otros servidores: { NUMBER($came) }, de los que escribieron { NUMBER($wrote) }.
arrivals-hint = Cuenta a quienes son miembros todavía. Quien solo sigue la comunidad no está aquí.
first-post = Aún no has escrito en { $group }. No hace falta nada especial: di quién eres o qué te trae, en una frase. Una pregunta concreta en el título recibe antes una respuesta.
step-site = Di quién responde de este sitio
step-site-text = Qué es, a quién se escribe y cómo trata los datos.
step-app = Entra con tu cuenta nueva desde cualquier aplicación para Mastodon: el servidor es { $host }.
see-community = Ver la comunidad
first-steps = Primeros pasos

main-places = Secciones
headline = Conversaciones con sitio propio
latest = Lo último
nothing-yet = Todavía no hay conversaciones. Las primeras aparecerán aquí.
nothing-yet-mine = Todavía no hay conversaciones en tus comunidades.
why-this = ¿Por qué veo esto?
why-this-text = Son las conversaciones de las comunidades que sigues, en el orden que eliges arriba. Quien sigue las mismas ve lo mismo: nada se ordena por lo que lees, votas o escribes.
home-new = Aquí verás lo que se cuenta en tus comunidades. Únete a alguna para empezar.
all-communities = Ver todas
directory-lead = Ordenadas por lo que pasa en ellas, no por su tamaño.
everything = Todo
people = Personas
search-what = ¿Qué buscas?
search-within = Buscar en { $group }
search-hint = Palabras, un nombre, o la dirección de una publicación o de alguien (@nombre@servidor).
search-operators = Afinar la búsqueda
search-example-state = estado:sin-respuesta
search-example-language = idioma:es
search-example-origin = origen:local
search-example-from = de:@nombre
search-about-state = también resuelto, con-respuesta, abierto y cerrado
search-about-language = lo escrito en un idioma
search-about-origin = lo escrito aquí; o en otros servidores, con origen:remoto
search-about-from = lo que escribió alguien
search-about-phrase = palabras seguidas; con un guion delante, lo que no debe aparecer
search-unknown = No entendemos «{ $operator }», así que no lo hemos tenido en cuenta.
search-lost = Ahí no hay nada que podamos mostrar: puede que la dirección tenga un error, que no sea pública o que su servidor no responda.
search-lost-outside = Aquí no conocemos esa dirección. Si entras con tu cuenta, la pediremos a su servidor.
search-found =
    { $count ->
        [0] Sin resultados
        [one] 1 resultado
        [many] { $count } de resultados
       *[other] { $count } resultados
    }
search-nothing = No hemos encontrado nada. Prueba con menos palabras o con otras: buscamos también sus variantes, con acentos o sin ellos.
search-ask = Preguntarlo en una comunidad
search-more = Ver más
search-newest = Lo más reciente primero
search-solved = Lo resuelto primero
search-meant = ¿Querías decir…?
search-related = Comunidades en las que podrías preguntar
tag-empty = Todavía no hay publicaciones con esta etiqueta.
tag-description = Publicaciones con la etiqueta #{ $tag }.
further = Más
history = Versiones anteriores
version-now = actual
version-first = la primera
find-community = Busca por nombre o por tema
narrow-down = Filtrar
search = Buscar
every = Todas
alive = Viva
quiet = Tranquila
still = Parada
fresh = Nueva
abandoned = Abandonada
alive-hint = Varias personas han escrito esta semana y quien pregunta recibe respuesta pronto
quiet-hint = Alguien ha escrito este mes
abandoned-hint = Nadie ha escrito en el último mes y su equipo lleva dos sin aparecer
more-communities = Más comunidades
still-hint = Nadie ha escrito en el último mes
fresh-hint = Se creó hace menos de un mes
pulse-rule = Viva: al menos tres personas han escrito en los últimos 7 días y la mayoría de las conversaciones ha tenido respuesta en un día. Tranquila: alguien ha escrito en los últimos 30 días. Parada: nadie lo ha hecho. Abandonada: nadie lo ha hecho y su equipo lleva 60 días sin aparecer. Nueva: se creó hace menos de 30 días y aún no está viva. Se calcula cada hora, no se elige.
pulse-counted = Cómo se calcula
on-another-server = En otro servidor
no-communities-found = Ninguna comunidad encaja con lo que buscas.
sort-members = Miembros
sort-name = Nombre
sort-active = Actividad
sort-new = Nuevas
sort-top = Más votadas
sort-unanswered = Sin respuesta
rule-active = Primero, las conversaciones con la respuesta más reciente. El orden es el mismo para todo el mundo.
rule-new = Primero, las conversaciones que empezaron más tarde. El orden es el mismo para todo el mundo.
rule-top = Primero, las que más votos tienen: los votos a favor menos los votos en contra. El orden es el mismo para todo el mundo.
rule-unanswered = Las conversaciones que nadie ha respondido aún, primero las más nuevas. El orden es el mismo para todo el mundo.
about = Acerca de
team = Quién la cuida
feed = Suscribirse
feed-lead = Para leer lo nuevo en un lector de noticias (RSS), sin cuenta y sin correo: copia una dirección y pégala en él.
feed-secret-lead = Solo leen aquí quienes son miembros. Tu dirección secreta es tuya: quien la tenga lee lo mismo que tú, así que no la compartas. Deja de valer cuando la retiras, renuevas una contraseña olvidada o dejas de ser miembro.
feed-all = Todas las conversaciones
feed-unanswered = Las que nadie ha respondido
feed-in = Solo en { $language }
feed-open = Abrir
feed-make = Crear mi dirección secreta
feed-renew = Cambiarla por otra
closed-list = Las conversaciones de esta comunidad solo las ven sus miembros.
role-member = Miembro
role-expert = Anfitriona o experta
role-moderator = Moderación
role-leader = Coordinación
role-owner = Responsable
last-reply = última respuesta { $when }
context-missing = Falta lo que vino antes
context-missing-text = Responde a algo que no ha llegado aquí: puede que su servidor no contestara, o que se haya borrado.
context-fetch = Traerlo
in-reply-to = En respuesta a
closed-thread = Esta conversación está cerrada: ya no admite respuestas.
closed-by = { $name } cerró esta conversación: ya no admite respuestas.
because = Motivo: { $reason }
view-tree = Ver por ramas
view-linear = Ver por orden de llegada
pass-on = Compartir con quienes me siguen
unpass = Dejar de compartir
permalink = Enlace
reply-removed = El equipo de moderación retiró esta respuesta.
reply-deleted = Quien escribió esta respuesta la borró.
just-now = ahora mismo
minutes-ago = hace { NUMBER($count) } min
hours-ago = hace { NUMBER($count) } h
days-ago =
    { $count ->
        [one] hace 1 día
        [many] hace { $count } de días
       *[other] hace { $count } días
    }

lists = Listas
lists-lead = Con una lista lees a unas cuantas personas aparte. Solo la ves tú, y nadie sabe que está en ella.
lists-put = Poner en mis listas
lists-with = Mis listas con { $name }
list-make = Crear una lista
list-new = Una lista nueva
list-title = Nombre de la lista
list-titleless = Escribe un nombre.
list-change = Cambiar
list-manage = Cambiar la lista «{ $title }»
list-back = Volver a la lista
list-replies = Qué respuestas enseña
list-replies-members = Las que se dirigen a alguien de la lista
list-replies-followed = Las que se dirigen a alguien a quien sigo
list-replies-nobody = Ninguna
list-apart = Leer a estas personas solo aquí
list-apart-hint = Lo que escriben no sale en tu inicio.
list-people =
    { $count ->
        [one] 1 persona
        [many] { $count } de personas
       *[other] { $count } personas
    }
list-people-hint = Añades a quien sigues desde su perfil: «Más», «Poner en mis listas».
list-remove = Borrar la lista
list-remove-hint = Sigues a quienes están en ella como hasta ahora.
list-nobody = No hay nadie en esta lista todavía. Abre el perfil de alguien a quien sigues y elige «Poner en mis listas».
list-quiet = Nadie de la lista ha escrito todavía.
passed-by = Lo comparte { $name }
home = Inicio
my-communities = Mis comunidades
my-communities-lead = Las que has elegido: a las que te uniste y las que sigues, aquí y en otros servidores.
my-communities-none = Todavía no formas parte de ninguna comunidad.
all-my-communities = Todas mis comunidades
discover-communities = Descubrir comunidades
my-places = Lo mío
my-page = Mi página
sign-in = Entrar
sign-in-to-reply = Entrar para responder
write = Escribir
notices = Avisos
notices-hint = En cada comunidad y en cada conversación eliges, en «Avisos», de qué te avisamos. Para recibirlos en el teléfono, entra desde una aplicación para Mastodon.
no-notices = Todavía no hay avisos. Aquí verás quién te responde, te menciona o vota lo que escribes.
queue = Por atender
queue-waiting = { $count ->
    [one] espera { $count } cosa
    [many] esperan { $count } de cosas
   *[other] esperan { $count } cosas
    }
server-of-whom = Servidor de quien se trata
waits-for = Espera desde hace
older-than-a-day = más de un día
older-than-three-days = más de tres días
older-than-a-week = más de una semana
past = Qué se sabe de quien se trata
past-member = es miembro desde el { $day }
past-no-member = no es miembro; su cuenta es del { $day }
past-nothing = sin medidas anteriores
past-about = denuncias contra lo suyo: { $upheld } con medidas y { $dismissed } sin ellas
past-by = denuncias que puso: { $upheld } con medidas y { $dismissed } sin ellas
past-remove = publicaciones retiradas
past-refuse = publicaciones no admitidas
past-lock = conversaciones cerradas
past-ban = expulsiones
past-hush = veces sin la palabra
past-warn = advertencias
past-other = otras medidas
queue-lead = Lo que espera una decisión en las comunidades que cuidas.
queue-rests = Lo que espera en { $groups } no se muestra: allí el equipo necesita un segundo paso para entrar, y tú no lo tienes.
queue-rests-way = Configurarlo
queue-calm = No hay nada por atender.
accounts-wait =
    { $count ->
        [one] 1 persona espera a que la admitas en este sitio
        [many] { $count } de personas esperan a que las admitas en este sitio
       *[other] { $count } personas esperan a que las admitas en este sitio
    }
requests = Solicitudes para entrar
wants-to-join = Quiere entrar en { $group }
admit = Admitir
refuse = Rechazar
reports = Denuncias
report-about = Sobre { $name }
report-by = denuncia de { $name }
resolve = Dar por atendida
join = Unirme
leave = Dejar la comunidad
leave-hint = Dejas de seguirla y de ser miembro. Puedes volver cuando quieras desde esta página, como la primera vez.
leave-sure = Sí, dejarla
withdraw-request = Retirarla
waiting-for-answer = Solicitud enviada
you-are-invited = Una invitación para ti
asked-to-join = Pediste entrar { $when }; espera la respuesta del equipo.
joining-takes = Aquí suelen responder en { $span }.
answered-within = Las conversaciones suelen tener respuesta en { $span }
others-alike = Otras comunidades
others-alike-hint = Aquí ya no se escribe. Se habla de lo mismo, o en el mismo idioma, en:
you-are-out = Estás fuera de esta comunidad
you-are-hushed = Puedes leer esta comunidad, pero no escribir en ella
why-and-appeal = Por qué, y cómo recurrir
no-thanks = No, gracias
follow = Seguir
unfollow = Dejar de seguir
follow-from-elsewhere = Seguir desde mi cuenta
reply-from-elsewhere = Responder desde mi cuenta
vote-from-elsewhere = Votar desde mi cuenta
share-from-elsewhere = Compartir desde mi cuenta
take-part = Participa
elsewhere-follow = Seguir desde tu cuenta
elsewhere-reply = Responder desde tu cuenta
elsewhere-like = Votar desde tu cuenta
elsewhere-share = Compartir desde tu cuenta
elsewhere-lead = Si ya tienes cuenta en Mastodon, Lemmy u otro servidor que se entienda con este, no te hace falta otra.
your-handle = Tu cuenta
your-handle-hint = Por ejemplo, @ana@mastodon.social
flaw-account = Escribe tu cuenta entera, con el nombre de tu servidor: @nombre@servidor.
flaw-account-unknown = No hemos podido preguntar a ese servidor por esa cuenta. Comprueba que está bien escrita.
go-on = Continuar
way-found = Sigue en { $host }
way-explained = Tu servidor te pedirá que lo confirmes.
way-go = Ir a { $host }
copy-instead = Hazlo desde tu aplicación
copy-step-1 = Copia esta dirección.
copy-step-2 = Pégala en el buscador de tu aplicación o de tu servidor.
copy-step-3 = Ábrela allí y sigue, responde, vota o comparte como siempre.
have-account-here = Tengo cuenta en { $site }
choose-one = Elige…
vote-for = A favor
vote = Votar
reply = Responder
edit = Editar
delete = Borrar
report = Denunciar
moderate = Moderar
cancel = Cancelar
new-thread = Nueva conversación
reply-to = Responder
edit-post = Editar lo que escribiste
title = Título
title-hint = Si lo dejas vacío, se toma la primera línea del texto.
group-hint = Las comunidades que sigues.
group-hint-none = Todavía no sigues ninguna comunidad: únete primero a una.
text = Texto
text-hint = Con estos signos se da forma al texto (Markdown): **negrita**, *cursiva* y un guion delante para las listas. Los enlaces se pegan tal cual.
warning-field = Aviso de contenido
warning-hint = Si lo pones, el texto queda plegado debajo hasta que alguien lo abra.
publish = Publicar
send-reply = Responder
save = Guardar
preview = Ver antes
preview-here = Así se verá aquí
preview-mastodon = Así se verá en Mastodon
preview-mastodon-hint = Llega completo a quienes siguen la comunidad; el título va en negrita al principio.
emoji-heading = Emojis de este sitio
emoji-pick-hint = Se escriben así, entre dos puntos.
attach-heading = Imágenes, vídeo o audio
link-film = Vídeo
choose-files = Archivos
files-hint = Hasta cuatro. Después podrás describirlos para quien no los ve.
attach = Subir
alt-label = Descripción del archivo { $number }
alt-hint = Describe lo que se ve o se oye: lo leen quienes no ven la imagen, y los buscadores.
take-away = Quitar el archivo { $number }
sensitive-label = Cubrir las imágenes hasta que alguien quiera verlas
flaw-alt =
    { $count ->
        [one] Una imagen no tiene descripción: quien no ve no sabrá qué muestra
        [many] { $count } de imágenes no tienen descripción: quien no ve no sabrá qué muestran
       *[other] { $count } imágenes no tienen descripción: quien no ve no sabrá qué muestran
    }
flaw-file = Ese archivo no se puede usar: es demasiado grande, o no es una imagen, un vídeo o un audio.
send-anyway = Publicar sin descripción
add-poll = Encuesta
poll-option = Opción { $number }
poll-allow-several = Se pueden elegir varias
poll-lasts = Abierta durante
one-hour = Una hora
six-hours = Seis horas
one-day = Un día
three-days = Tres días
seven-days = Una semana
quoting = Citas
discard = Descartar
draft-recovered = Aquí está lo que dejaste a medias.
draft-kept = Borrador guardado
resumed = Ya estás de vuelta
resumed-lead = Tu sesión se había cerrado, así que esto no se envió. Léelo otra vez.
resumed-send = Enviar ahora
draft-shut = Sin guardar: tu sesión ha terminado. Envíalo: entras otra vez por el camino y no se pierde nada.
draft-unkept = Sin guardar: no se llega al servidor. Lo intentaremos de nuevo según sigas.
lost-aim = Esto ya no está
lost-aim-text = Aquello para lo que escribías ya no está, o no lo puedes leer. No se pierde nada de lo que escribiste: se queda aquí treinta días, para que lo copies.
session-ended = Tu sesión había terminado. Entra de nuevo: lo que escribiste sigue aquí.
your-reply = Tu respuesta
saved = Guardado
saved-empty = Aquí aparece lo que guardas para leerlo más tarde. Nadie más lo ve.
keep = Guardar para más tarde
unsave = Dejar de guardar
portion-is = Recibes: { $portion }
portion-all = Todo
portion-all-hint = Conversaciones y respuestas. Lo que envía la comunidad lo ven todos sus seguidores de tu servidor: las respuestas llegan si la mayoría de quienes eligen allí quiere todo.
portion-threads = Conversaciones
portion-threads-hint = Cada conversación nueva, sin sus respuestas
portion-highlights = Solo destacados
portion-highlights-hint = Las conversaciones que fija el equipo: llegan cuando las fija. Aquí te avisamos; en otro servidor, las demás dejan de llegar si nadie más las quiere allí
portion-digest = Resumen semanal
portion-digest-hint = Los lunes, un mensaje con lo más comentado, y las conversaciones dejan de salir en tu inicio. En otro servidor, si nadie más las quiere allí
level-is = Avisos: { $level }
level-all = Todo
level-all-threads = Cada conversación nueva
level-all-replies = Cada respuesta
level-mine = Lo mío
level-mine-hint = Menciones y respuestas a mis mensajes
level-none = Nada
level-none-hint = Ningún aviso
same-here = Me pasa lo mismo
same-here-hint = Quien pregunta no recibe un aviso por cada persona. Si hay una respuesta aceptada, te lo contamos. Se queda en este sitio: otros servidores no lo saben.
echoes =
    { $count ->
        [one] A 1 persona le pasa lo mismo
        [many] A { $count } de personas les pasa lo mismo
       *[other] A { $count } personas les pasa lo mismo
    }
solution = Respuesta aceptada
solution-in-place = Verla en la conversación
solved = Resuelta
solve = Aceptar como respuesta
unsolve = Ya no es la respuesta
similar-written = ¿Se ha hablado ya de esto?
rules-of = Las normas de { $group }
similar = Conversaciones parecidas
news-here = Novedades
unread =
    { $count ->
        [one] 1 sin leer
        [many] { $count } de avisos sin leer
       *[other] { $count } sin leer
    }
new-replies =
    { $count ->
        [one] 1 respuesta nueva
        [many] { $count } de respuestas nuevas
       *[other] { $count } respuestas nuevas
    }
jump-to-new =
    { $count ->
        [one] Ir a la respuesta nueva
        [many] Ir a { $count } de respuestas nuevas
       *[other] Ir a { $count } respuestas nuevas
    }
new-reply = nueva
more-ways = Imágenes y más
flaw-text = Escribe algo.
flaw-group = Elige en qué comunidad.
delete-post = Borrar lo que escribiste
delete-explained = Desaparece de aquí y pedimos a los demás servidores que borren su copia; casi todos lo hacen, pero no podemos obligarlos. No hay vuelta atrás.
report-post = Denunciar
report-person = Denunciar a esta persona
report-community = Denunciar esta comunidad
report-explained-somebody = Lo verán quienes llevan { $site }. Nadie de quien se trate sabrá quién lo denunció.
report-explained = Lo verán el equipo que cuida { $group } y quienes llevan { $site }. Quien lo escribió no sabrá quién lo denunció.
report-explained-elsewhere = La recibirá el equipo que cuida { $group }, en { $host }, y la verán también quienes llevan { $site }. Se envía sin tu nombre: ni ese equipo ni quien lo escribió sabrán quién denuncia.
report-explained-site = Lo verán quienes llevan { $site }. Quien lo escribió no sabrá quién lo denunció.
report-copy = Enviar también una copia, sin mi nombre, a { $host }
report-copy-hint = Es el servidor de quien lo escribió: quienes lo llevan también pueden actuar.
report-what = Qué ocurre
report-comment = Qué debe saber el equipo
report-comment-hint = Con pocas palabras basta.
category-spam = Es publicidad o un engaño
category-legal = Es ilegal
category-violation = Incumple las normas
category-other = Otra cosa
send-report = Enviar denuncia
report-sent = Denuncia enviada
back-to-conversation = Volver a la conversación
go-back = Volver
report-sent-text = Gracias. El equipo que cuida { $group } la verá cuanto antes, y también quienes llevan { $site }.
report-sent-elsewhere = Gracias. Va de camino, sin tu nombre, al equipo que cuida { $group }, en { $host }. También la ven quienes llevan { $site }.
report-sent-site = Gracias. Quienes llevan { $site } la verán cuanto antes.
decide-about = Decidir sobre { $name }
moderate-post = Moderar
moderate-explained = Queda anotado en el registro de moderación, y los demás servidores también se enteran.
measure = Qué quieres hacer
about-its-author = Advertir o expulsar a quien escribió esto
write-the-rules = Aún no hay normas: escríbelas
why = Motivo
why-hint = Lo leerá cualquiera en el registro. Basta una norma o un motivo.
remove = Retirarla de la comunidad
restore = Devolverla a la comunidad
lock = Cerrarla a más respuestas
unlock = Abrirla de nuevo
pin = Fijarla arriba
unpin = Dejar de fijarla
warn-author = Advertir a quien escribió esto
move-thread = Moverla a otra comunidad
move-to = A qué comunidad
move-to-hint = Solo para moverlo. La conversación va allí con todas sus respuestas.
apply = Aplicar
told-mention = { $name } te ha respondido o mencionado
told-private = { $name } te ha escrito en privado
told-follow = { $name } te sigue
told-request = { $name } espera respuesta a su solicitud
told-asks = { $name } quiere seguirte
told-began = { $name } ha abierto una conversación
told-replied = { $name } ha respondido en una conversación que sigues
told-wrote = { $name } ha escrito algo de lo que quieres enterarte
told-poll = Ha terminado la encuesta de { $name }
told-quote = { $name } ha citado lo que escribiste
told-vote = { $name } ha votado a favor de lo que escribiste
told-reaction = { $name } responde { $sign } a lo que escribiste
told-share = { $name } ha compartido lo que escribiste
told-votes =
    { $others ->
        [one] { $name } y una persona más han votado a favor de lo que escribiste
        [many] { $name } y { $others } de personas más han votado a favor de lo que escribiste
       *[other] { $name } y { $others } personas más han votado a favor de lo que escribiste
    }
told-follows =
    { $others ->
        [one] { $name } y una persona más te siguen
        [many] { $name } y { $others } de personas más te siguen
       *[other] { $name } y { $others } personas más te siguen
    }
told-meanwhile =
    { $count ->
        [one] Un aviso en tus horas de silencio
        [many] { $count } de avisos en tus horas de silencio
       *[other] { $count } avisos en tus horas de silencio
    }
told-shares =
    { $others ->
        [one] { $name } y una persona más han compartido lo que escribiste
        [many] { $name } y { $others } de personas más han compartido lo que escribiste
       *[other] { $name } y { $others } personas más han compartido lo que escribiste
    }
told-update = { $name } ha cambiado lo que compartiste
told-quoted-update = { $name } ha cambiado lo que citaste
told-sign-up = { $name } ha creado una cuenta aquí
told-waits = { $name } pide una cuenta aquí y espera respuesta
told-report = { $name } ha denunciado algo
told-severed = En { $name } se han cortado seguimientos tuyos, porque se ha bloqueado una cuenta o un sitio entero
told-severed-from = Se ha bloqueado { $target }. Seguidores que pierdes: { $followers }. Personas a las que ya no sigues: { $following }.
told-report-post = { $name } ha denunciado algo que escribió { $about }
told-report-person = { $name } ha denunciado a { $about }
told-heard = El equipo de { $name } ha atendido una denuncia tuya
told-heeded = El equipo de { $name } ha atendido tu denuncia sobre { $about }
told-heeded-taken = El equipo de { $name } ha atendido tu denuncia: lo que escribió { $about } ya no está
told-other = Hay novedades de { $name }
invalid-text = Falta algo, o algo de lo que has escrito no encaja. Revísalo y prueba otra vez: no se ha cambiado nada.
conflict-text = Ya estaba hecho, o alguien se te adelantó.
unreachable-text = El otro servidor no responde ahora. Prueba otra vez dentro de un rato.
too-often-text = Demasiados intentos seguidos. Espera un momento.
refused-banned = El equipo de esta comunidad te ha cerrado la entrada.
refused-hushed = El equipo de esta comunidad te ha quitado la palabra: puedes leer, y volverás a escribir a partir del { $when }.
hushed-way = Ver por qué
removed-why = Por qué se retiró y cómo recurrir
refused-not-member = Solo pueden hacerlo quienes son miembros de la comunidad.
refused-not-joined = Todavía no está en la comunidad. Envíale antes una invitación o acepta su petición.
refused-invite-only = En esta comunidad solo se entra por invitación.
refused-not-staff = Solo puede hacerlo el equipo de moderación.
refused-not-expert = Solo puede hacerlo el equipo, o quien hace de anfitriona o experta.
refused-unsecured = Quien tiene ese poder configura antes un segundo paso para entrar, o una llave de acceso.
refused-not-leader = Solo pueden hacerlo su responsable y su coordinación.
refused-not-owner = Solo puede hacerlo su responsable.
refused-not-admin = Solo pueden hacerlo quienes administran este sitio.
refused-not-author = Solo puede hacerlo quien lo escribió.
refused-rank = Tu papel en la comunidad no alcanza para eso. Quien es responsable no puede salir sin dejar a otra persona en su lugar.
refused-not-let = Quien lo escribió no te deja hacerlo.
refused-locked = La conversación está cerrada.
refused-gone = Ya no está ahí.
refused-too-soon = Es demasiado pronto para hacerlo otra vez.
refused-other = Las reglas de este sitio no lo permiten.
community = Comunidad

log = Registro de moderación
log-tab = Registro
log-lead-team = Qué decidió el equipo y por qué. Sobre quién, aquí solo lo lee el equipo.
log-lead = Qué decidió el equipo y por qué. No dice sobre quién: sirve para juzgar las decisiones.
log-empty = Todavía no ha hecho falta decidir nada.
did-remove = retiró una publicación
did-restore = devolvió una publicación
did-lock = cerró una conversación
did-unlock = abrió de nuevo una conversación
did-pin = fijó una conversación
did-unpin = dejó de fijar una conversación
did-transfer = movió una conversación a otra comunidad
did-receive = acogió una conversación de otra comunidad
did-ban = expulsó a alguien
did-unban = levantó una expulsión
did-hush = quitó la palabra a alguien por un tiempo
did-unhush = devolvió la palabra a alguien
did-dismiss = dio de baja a alguien
did-admit = admitió a alguien
did-promote = dio más responsabilidad a alguien
did-demote = dio menos responsabilidad a alguien
did-resolve = atendió una denuncia
did-other = tomó una decisión

### Dirigir una comunidad.

run-it = Gestionar
settings = Ajustes
found-title = Crear una comunidad
found-lead = Un lugar para conversar sobre algo en común. Podrás cambiarlo todo después, menos el nombre de su dirección.
found-it = Crear la comunidad
found-link = Crear una comunidad
purpose = Qué une a su gente
purpose-theme = Un tema
purpose-theme-hint = Una afición, un asunto, algo que interesa: huertos, cine, ciclismo.
purpose-profession = Una profesión
purpose-profession-hint = Gente del mismo oficio que se ayuda y comparte lo que sabe.
purpose-company = Una empresa
purpose-company-hint = Una empresa o marca y quienes tratan con ella: dudas, ideas, novedades.
purpose-society = Una causa social
purpose-society-hint = Una causa, un barrio, una asociación. Aquí conviene cuidar más la privacidad.
theme = Tema
themes = De qué se habla
themes-list = Temas
themes-hint = Elige hasta { $most }. Con ellos se encuentra la comunidad en el directorio.
flaw-themes = Elige { $most } como mucho.
topics = Etiquetas propias
topics-hint = Hasta { $most }, para lo que no está en la lista. Por ejemplo: #compost #semillas
theme-animals = Animales
theme-arts = Arte y cultura
theme-books = Libros y escritura
theme-business = Trabajo y economía
theme-education = Educación
theme-environment = Naturaleza y medio ambiente
theme-family = Familia y cuidados
theme-food = Cocina y alimentación
theme-games = Juegos
theme-health = Salud y bienestar
theme-history = Historia
theme-home = Casa, huerto y manualidades
theme-languages = Idiomas
theme-local = Barrios y pueblos
theme-mobility = Transporte y movilidad
theme-music = Música
theme-politics = Política y actualidad
theme-rights = Derechos y solidaridad
theme-science = Ciencia
theme-screen = Cine y series
theme-sport = Deporte
theme-technology = Tecnología
theme-travel = Viajes
spoken = Idiomas
spoken-hint = En cuáles se conversa. Si no eliges ninguno, vale cualquiera.
what-and-who = Qué es y quién participa
fold-doors = Quién lee y quién entra
fold-talk = Cómo se conversa
fold-team = Lo que se pide al equipo
community-data = Los datos son de la comunidad
community-data-text = Sus ajustes y normas, su gente, lo publicado y el registro de moderación, en tablas y en archivos para programas (JSON). Guarda una copia cuando quieras; trátala con cuidado, porque habla de personas.
pictures = Imágenes
pictures-hint = PNG, JPEG, WebP, GIF o AVIF, hasta 8 MB. Se recortan solas a su medida.
picture = Imagen
banner = Cabecera
remove-picture = Quitar la imagen
colour = Color
colour-hint = Para la cabecera y las iniciales, con letras blancas encima: tiene que ser bastante oscuro.
flaw-colour = Escribe un color con seis cifras, por ejemplo #2f6a5b.
flaw-contrast = Las letras blancas no se leerían bien sobre ese color. Hemos puesto el más parecido que sirve ({ $colour }): guárdalo, o elige otro.
flaw-taken = Ese nombre ya lo usa otra cuenta o comunidad de este servidor.
nudges = Avisar al equipo de lo que nadie responde
nudges-hint = Una vez, cuando una conversación que empezó otra persona lleva un día sin respuesta.
team-second-step = El equipo necesita un segundo paso o una llave de acceso
team-second-step-hint = Quien modera aquí y entra en este sitio. Hasta que lo tenga se le lleva a configurarlo y no puede usar sus poderes.
who-starts = Quién abre conversaciones
threads-by-all = Cualquiera que pueda escribir
threads-by-all-hint = Lo habitual en una comunidad.
threads-by-team = Solo el equipo
threads-by-team-hint = Para anuncios: los demás responden.
reach = Hasta dónde llega lo privado
reach-hint = Solo cuenta si la comunidad es privada.
reach-home = No sale de aquí
reach-home-hint = Quien es miembro desde otro servidor recibe un aviso sin texto y entra aquí a leer.
reach-trusted = También a los servidores de sus miembros
reach-trusted-hint = Si su programa sabe guardar lo privado. Quien administra esos servidores podrá leerlo.
questions = Preguntas a quien quiere entrar
questions-hint = Una por línea, cinco como mucho. Se hacen si entrar necesita aprobación.
welcome-word = Bienvenida
welcome-word-hint = La recibe una sola vez, por mensaje privado, quien empieza a seguir la comunidad o entra en ella. Se añade cómo escribir y cómo dejarla. Si está vacía, no se manda nada.
visibility-change = Un cambio vale para lo que se escriba desde ahora. Lo escrito solo para miembros lo seguirán leyendo solo ellos; lo que fue público sigue siéndolo, y ya ha salido hacia otros servidores.
strangers-lost =
    { $count ->
        [one] 1 persona que la sigue sin ser miembro dejará de recibirla, y se le explicará por qué.
        [many] { $count } de personas que la siguen sin ser miembros dejarán de recibirla, y se les explicará por qué.
       *[other] { $count } personas que la siguen sin ser miembros dejarán de recibirla, y se les explicará por qué.
    }
all-members = Miembros
all-followers = Solo la siguen
role-follower = La sigue
all-banned = Expulsadas y sin la palabra
find-member = Busca por nombre
find-anybody = Buscar a alguien que no es miembro
find-anybody-hint = Su dirección, por ejemplo @ana@otro.servidor. Así se invita a alguien o se expulsa a quien no entró.
nobody-by-that = No encontramos a nadie con esa dirección.
nobody-here = No hay nadie en esta lista.
look-up = Buscar su ficha
more-people = Ver más personas
role-banned = Expulsada
role-hushed = Sin la palabra
role-none = No es miembro
for-good = para siempre
until = hasta el { $when }
within-an-hour = menos de una hora
hours =
    { $count ->
        [one] 1 hora
       *[other] { NUMBER($count) } horas
    }
days =
    { $count ->
        [one] 1 día
        [many] { $count } de días
       *[other] { $count } días
    }
rights = Qué puede hacer
rights-hint = Según su papel, las normas de la comunidad y lo que se haya decidido sobre esta persona.
may-do = Puede
may-not-do = No puede
may-read = Leer
may-start = Abrir conversaciones
may-reply = Responder
may-attend = Ver lo que nadie responde y marcar la respuesta que resuelve
may-moderate = Moderar: retirar, cerrar, fijar y admitir
may-ban = Expulsar a miembros
may-appoint = Dar responsabilidades
may-manage = Cambiar los ajustes
may-hand-over = Ceder la comunidad
give-role = Darle un papel
not-joined = Todavía no está en la comunidad
not-joined-invite = Recibirá una invitación y entrará si la acepta. Entonces podrás darle un papel.
not-joined-invited = Tiene una invitación y aún no ha respondido.
not-joined-asks = Ha pedido entrar y espera respuesta.
invite-person = Invitar a la comunidad
does-none = Deja de serlo, sin aviso, y puede volver.
hand-over-together = Sigo siendo responsable yo también
hand-over-together-hint = Habrá varias personas responsables, y ninguna podrá quitárselo a otra.
does-member = Participa.
does-expert = Recibe a quien pregunta: ve lo que nadie responde, marca la respuesta que resuelve y lleva un distintivo. No modera.
does-moderator = Modera: retira, cierra, expulsa y admite.
does-leader = Dirige: reparte papeles y cambia los ajustes.
does-owner = Lo puede todo, y nadie le puede quitar la comunidad.
hand-over = Cederle la comunidad
hand-over-hint = Será responsable de ella, y quien lo es ahora pasará a la coordinación. No se puede deshacer sin su acuerdo.
hand-over-name = Para confirmarlo, escribe el nombre de la comunidad: { $name }
flaw-hand-over = Escribe { $name } para confirmar que cedes la comunidad.
hand-over-sure = Sí, ceder la comunidad
warn-or-ban = Advertir, quitar la palabra o expulsar
warn = Advertir
ban = Expulsar
unban = Levantar la expulsión
ban-for = Durante cuánto tiempo
flaw-ban-for = Elige durante cuánto tiempo, o «para siempre».
ban-explained = Sale de la comunidad, deja de recibir lo que se publica y no puede volver a escribir en ella. Sabrá por qué y cómo recurrir, y queda anotado en el registro.
ban-sure = Sí, expulsar
ban-clean = Retirar también todo lo que escribió aquí
hush = Quitarle la palabra un tiempo
hush-author = Quitar la palabra un tiempo a quien escribió esto
hush-explained = Sigue leyendo y votando, pero no puede publicar aquí hasta que acabe el plazo. Sabrá por qué y cómo recurrir, y queda anotado en el registro.
hush-sure = Sí, quitarle la palabra
unhush = Devolverle la palabra
invitations = Invitaciones
invitations-lead = Con un enlace se entra sin esperar respuesta del equipo. Compártelo solo con quien quieras invitar.
invitations-at-once = Quien no tenga cuenta aquí la crea desde el enlace y entra al momento.
invitations-later = Quien no tenga cuenta aquí la pide desde el enlace, y entra en cuanto la administración del sitio la admite.
invitations-never = Aquí no se crean cuentas nuevas: un enlace sirve a quien ya tiene una, aquí o en otro servidor.
no-invitations = Todavía no hay enlaces.
new-link = Un enlace nuevo
link-for = Vale durante
link-most = Para cuántas personas
link-most-hint = En blanco, para todas las que quieran.
link-only = Solo para cuentas de { $domain }
link-domain = Solo para cuentas de
link-domain-hint = Por ejemplo ayuntamiento.example: entra quien tiene ahí su correo o su cuenta. En blanco, cualquiera.
link-good = Vale
link-over = Ya no vale
make-link = Crear el enlace
invite-elsewhere = A quien ya tiene cuenta en otro sitio
invite-elsewhere-text = No necesita otra cuenta ni otra contraseña: sigue a la comunidad desde Mastodon o el servicio que use, y participa desde allí.
invite-letter-label = Un mensaje para enviarle
invite-letter = Te invito a «{ $title }». Puedes leerla y seguirla aquí: { $page } – o busca { $handle } en tu aplicación y pulsa «Seguir». Para escribir, menciónala.
revoke = Anular
no-end = sin fecha de fin
came =
    { $count ->
        [one] entró 1 persona
        [many] entraron { $count } de personas
       *[other] entraron { $count } personas
    }
came-of = entraron { $came } de { $most }
join-it = Únete a { $name }
invited-lead = Te han invitado. Al entrar seguirás la comunidad y podrás participar.
join-lead = Al entrar seguirás la comunidad y podrás participar.
ask-lead = El equipo de la comunidad responde a quien pide entrar.
ask-in = Pedir entrar
by-invitation = Solo con invitación
new-accounts-at-once = ¿No tienes cuenta aquí? Créala y entrarás al momento.
new-accounts-wait = ¿No tienes cuenta aquí? Pídela: quienes llevan este sitio miran antes las cuentas nuevas, y en cuanto te admitan seguirás aquí sin buscar el enlace otra vez.
accounts-of-provider = Se entra con la cuenta de la organización, o con una de otro servidor.
no-new-accounts = Aquí no se crean cuentas nuevas. Se entra con la que ya tengas, aquí o en otro servidor.
apply-lead = Antes de entrar, el equipo quiere saber algo de ti. Solo el equipo leerá tus respuestas.
send-request = Enviar la solicitud
flaw-answer = Responde a esta pregunta.
refuse-reason = Motivo, si no la admites
did-change = cambió los ajustes
did-warn = advirtió a alguien
did-invite = invitó a alguien

### Modo lento.

pace = Modo lento
pace-lead = Para un día acalorado: todo el mundo menos el equipo escribe aquí de vez en cuando, venga de donde venga. Se dice en la página; a quien va demasiado deprisa se le dice cuánto esperar, y no pierde lo escrito.
pace-hint = Cuánto tiempo pasa entre dos publicaciones de la misma persona.
pace-hint-thread = Solo para cambiar el modo lento. Cuánto tiempo pasa entre dos publicaciones de la misma persona en esta conversación.
pace-none = Apagado
pace-minutes =
    { $count ->
        [one] Una publicación por minuto y persona
       *[other] Una publicación cada { $count } minutos por persona
    }
pace-hours =
    { $count ->
        [one] Una publicación por hora y persona
       *[other] Una publicación cada { $count } horas por persona
    }
pace-on = Modo lento: { $every }.
pace-wait =
    { $count ->
        [one] Podrás escribir de nuevo dentro de un minuto.
       *[other] Podrás escribir de nuevo dentro de { $count } minutos.
    }
refused-slow =
    { $count ->
        [one] Aquí está puesto el modo lento: podrás escribir de nuevo dentro de un minuto. Lo que escribiste se guarda.
       *[other] Aquí está puesto el modo lento: podrás escribir de nuevo dentro de { $count } minutos. Lo que escribiste se guarda.
    }
did-slow = puso el modo lento
did-unslow = quitó el modo lento

### Separar conversaciones, y juntarlas.

split-off = Convertirla en una conversación aparte
split-title = Cómo se llama la nueva conversación
split-title-hint = Solo para separarla. Todo lo que le responde va con ella.
merge = Ponerla dentro de otra conversación
merge-into = Dirección de la otra conversación
merge-under = La otra conversación
merge-under-hint = De las que se han movido hace menos. Esta será allí una respuesta, con todo lo que le responde.
merge-into-hint = Si no está en la lista: la dirección de su página. También tiene que ser de esta comunidad.
flaw-into = En esa dirección no hay otra conversación de esta comunidad.
began-in = Esta conversación empezó en
went-on-in = De aquí siguió en
did-split = hizo de una respuesta una conversación aparte
did-merge = puso una conversación dentro de otra

### Abrir lo privado.

open-private = Abrir una conversación privada
open-lead = Lo que hay en una comunidad privada es de sus miembros, y quien administra no lo es. Si una denuncia lo requiere, puedes leer una conversación durante una hora. El registro de la comunidad dice que lo hiciste y por qué, y su responsable recibe un aviso.
open-address = Dirección de la conversación
open-address-hint = De cualquiera de sus publicaciones.
open-reason = Por qué
open-reason-hint = Lo lee su responsable y quien lea el registro de la comunidad.
open-it = Abrirla durante una hora
open-now = Lees esto como administración, durante una hora desde que lo abriste. La persona responsable de la comunidad lo sabe.
flaw-open = En esa dirección no hay ninguna conversación privada.
did-open = abrió una conversación privada como administración
told-opened = { $name }, de la administración, ha abierto una conversación privada de tu comunidad

### Publicaciones en espera.

screen = Revisar antes
screen-lead = Lo que elijas aquí no lo ve nadie hasta que el equipo lo admite en «Por atender». Quien lo escribió lo ve, y sabe que espera y por qué. Lo del equipo nunca espera.
screen-first = Las primeras publicaciones de cada persona
screen-first-hint = Cuántas hay que admitirle a cada persona antes de que lo demás se publique sin revisión.
screen-none = Ninguna espera
screen-first-of =
    { $count ->
        [one] La primera
       *[other] Las { $count } primeras
    }
screen-what = Y además
screen-strangers = Todo lo de quien no es miembro
screen-strangers-hint = También de quien sigue desde fuera sin haber entrado.
screen-links = Enlaces de quien acaba de llegar
screen-links-hint = De quien tiene en la comunidad menos de { NUMBER($count) } publicaciones. Menciones y etiquetas no son enlaces.
screen-words = Lo que diga alguna de estas palabras
screen-words-hint = Una por línea; varias palabras juntas cuentan tal como están. Las mayúsculas no importan.
screen-domains = Servidores que se miran antes
screen-domains-hint = Uno por línea, por ejemplo tienda.example. Espera lo que lleva un enlace a ellos y lo que llega de sus cuentas.
screen-again = Lo que alguien repite
screen-again-hint = Si ha publicado lo mismo, palabra por palabra, en los últimos siete días.
screen-limits = Lo que pase de lo que suele escribir quien acaba de llegar
screen-limits-hint = Según los números de abajo, de quien tiene en la comunidad menos de { NUMBER($count) } publicaciones o lleva aquí menos de un día. Lo que pase de ahí espera; nada se pierde.
limit-links = Enlaces por publicación, recién llegados
limit-media = Imágenes y vídeos por publicación, recién llegados
limit-mentions = Personas que menciona cada publicación, recién llegados
limit-threads = Conversaciones el primer día
limit-replies = Respuestas el primer día
held-posts = Publicaciones en espera
held-first = De las primeras suyas
held-stranger = No es miembro
held-link = De alguien nuevo, con un enlace
held-links = De alguien nuevo, con muchos enlaces
held-media = De alguien nuevo, con varias imágenes
held-mentions = De alguien nuevo, nombra a mucha gente
held-many = Mucho para un primer día
held-word = Dice una palabra de la lista
held-parent = Responde a algo que espera
assent-awaited = En espera de que acepte la persona a quien respondes
assent-refused = La persona a quien respondes no acepta: nadie más lo ve
held-edited = La cambió después de entrar
held-domain = Lleva a un servidor de la lista, o viene de él
held-again = Ya había dicho lo mismo
held-waits = En espera del equipo
held-refused = No admitida
taken-out = Retirada
held-whole = Qué dice
let-in = Admitirla
turn-down = No admitirla
did-let-in = admitió una publicación en espera
did-turn-down = no admitió una publicación en espera
did-screen = cambió lo que espera al equipo
told-unpublished = No ha salido algo que habías dejado para más tarde
told-unpublished-because = No ha salido algo que habías dejado para más tarde. { $reason }
told-unheard = Nadie ha respondido a { $name } en un día
told-accepted = { $name } aceptó lo que respondiste
told-thanked = ¡Gracias! Es tu primera respuesta aceptada en { $name }
told-answered = { $name } aceptó una respuesta a lo que también te pasa a ti o preguntaste
told-held = Algo de { $name } espera al equipo
stated-refuse = No admitir una publicación en la comunidad

### Normas, decisiones y recursos.

stated-suspend = Suspender una cuenta en todo este servidor
stated-silence = Limitar una cuenta: solo quienes la siguen ven lo que publica
stated-veil = Cubrir las imágenes de una cuenta hasta que se quieran ver
decided-by-admins = Quienes llevan { $site }
scope-of-it-here = En todo este servidor. Lo que hagan otros servidores lo deciden ellos.
mail-stated-here = Una decisión que afecta a tu cuenta en { $site }
mail-stated-here-text = Quienes llevan { $site } han decidido algo que afecta a tu cuenta { $name }. En esta página están qué es, los motivos y cómo recurrir. No hace falta iniciar sesión para leerla.
mail-decided = Tu recurso en { $site }
mail-granted = Tu recurso ha prosperado: la decisión queda anulada.
mail-upheld = Tu recurso no ha prosperado: la decisión se mantiene.
poll-elsewhere = Esta encuesta está en otro servidor: vota en ella desde el tuyo.

did-grant = dio la razón a un recurso y deshizo lo decidido
did-uphold = mantuvo lo decidido después de un recurso
note-to-them = Unas palabras para esa persona
note-to-them-hint = Solo las leerá ella, junto con la norma y el motivo.
flaw-warning = Di de qué es la advertencia.
flaw-grounds = Di qué norma incumple o, si no es ninguna, cuál es el motivo.
told-stated = El equipo de { $name } ha decidido algo que te afecta
told-appeal = { $name } recurre una decisión
statement = Decisión y motivos
statement-lead = Para { $name }. Solo lee esto quien tiene esta dirección: no la compartas.
statement-lifted = Esta decisión quedó anulada el { $when }.
statement-how = Cómo se decidió
stated-what = Qué se decidió
stated-when = Cuándo
stated-lasts = Cuánto dura
stated-about = Sobre qué
stated-rule = Norma que se incumple
stated-note = Del equipo para ti
stated-remove = Retirar una publicación de la comunidad
stated-lock = Cerrar una conversación a más respuestas
stated-ban = Expulsar de la comunidad
stated-ban-clean = Expulsar de la comunidad y retirar lo publicado en ella
stated-hush = Quitar la palabra en la comunidad: se puede leer, no escribir
stated-warn = Una advertencia
lasts-nothing = No tiene más consecuencias.
decided-by = Quién lo decidió
decided-by-team = El equipo de moderación de { $name }
automated = Medios automáticos
automated-no = Ninguno: lo decidió una persona.
scope-of-it = Dónde vale
scope-of-it-text = En esta comunidad. Los servidores que la siguen reciben la decisión y suelen aplicarla.
appeal = Recurrir
appeal-lead = Si crees que es un error, dilo una vez, hasta el { $until }. Lo mirará otra persona del equipo, si la hay.
appeal-text = Por qué habría que cambiarlo
appeal-hint = Qué pasó, y qué no se tuvo en cuenta.
send-appeal = Enviar el recurso
flaw-appeal = Explica por qué habría que cambiarlo.
appeal-over = El plazo para recurrir terminó el { $since }.
appeal-waits = En espera
appeal-waits-text = El equipo tiene tu recurso. La respuesta aparecerá en esta página y te avisaremos.
appeal-granted = Te dieron la razón: la decisión queda anulada
appeal-refused = La decisión se mantiene
appeal-needless = La decisión ya no está en vigor: no hay nada que recurrir.
redress = Además puedes acudir a un órgano de resolución extrajudicial de litigios o a los tribunales.
appeals = Recursos
unheard = Sin respuesta
appeal-by = Recurso de { $name }
appeal-answer = Respuesta, con el motivo
appeal-grant = Dar la razón y deshacer la decisión
appeal-uphold = Mantener la decisión
appeal-verdict = Qué decides
appeal-decide = Decidir y responder
appeal-not-mine = Lo decidiste tú: lo tiene que mirar otra persona del equipo.
appeal-reported = Esto lo denunciaste tú. Si puedes, deja que lo decida otra persona del equipo.
refused-too-late = El plazo ya ha terminado.
refused-once = Ya se hizo, y solo se puede hacer una vez.
refused-own-decision = Lo decidiste tú: lo tiene que mirar otra persona del equipo.
mail-stated = Una decisión de { $group } que te afecta, en { $site }
mail-stated-text = El equipo de la comunidad { $group } ha decidido algo que afecta a tu cuenta { $name }. En esta página están qué es, los motivos y cómo recurrir.
phrase = Motivo preparado
phrase-hint = Lo que escribas debajo se añade a él.
phrases = Motivos preparados
phrases-lead = Lo que el equipo dice a menudo, para elegirlo al decidir.
phrases-each = Uno por línea
undo = Deshacer
queue-all = Todo
queue-requests = Solicitudes
queue-held = En espera
queue-kinds = Por tipo
queue-holders = Quién lo lleva
queue-anybodys = De cualquiera
queue-free = Libre
queue-mine = Lo mío
queue-filter = Ver
queue-by-keys = Recorrerla con teclas
queue-keys = Si lo activas, con j y k pasas de una cosa a otra y con c te encargas de ella o la dejas. Este navegador lo recuerda.
claim = Me encargo
unclaim = Dejarlo
claimed-by-me = Lo llevas tú
claimed-by = Lo lleva { $name }
did-rules = cambió las normas
rules = Normas
rules-lead = Numeradas y a la vista de todos. Cada cambio guarda la versión anterior: lo ya decidido se juzga por la que valía entonces.
rules-version = Versión { NUMBER($version) }, { $when }
rules-versions = Todas las versiones
rules-compared = De la versión { NUMBER($since) } a la { NUMBER($version) }
rules-changes = Ver qué cambió
rules-changed = Cambiaron { $when }.
rules-accepted = Al entrar las aceptas.
no-laws = Esta comunidad todavía no ha escrito normas.
law-added = Nueva
law-changed = Cambiada
law-removed = Quitada
law-before = Cómo decía antes
law-new = Norma nueva
law-number = Norma { NUMBER($number) }
law-title = Qué dice, en una frase
law-text = Explicación
law-others = En otros idiomas
law-others-hint = Quien lea en ese idioma verá esto; los demás, lo de arriba. Deja vacío lo que no traduzcas.
law-place = Puesto en la lista
law-drop = Quitar esta norma
law-cited = Norma { NUMBER($number) }: { $title }
which-rule = Qué norma incumple
which-rule-hint = Si no sabes cuál, déjalo en blanco.
which-house-rules = Qué normas del sitio incumple
flaw-rule = Cada norma necesita una frase que la diga.
flaw-rules-changed = Alguien ha cambiado las normas mientras escribías. Copia lo tuyo, vuelve a abrir esta página y guárdalo allí.

### Administración

admin = Administrar
admin-places = Administración
admin-health = Estado
admin-facts = Este servidor
health-well = Todo va bien: nada está roto.
health-fair =
    { $count ->
        [one] Nada está roto, pero hay una cosa que mirar.
       *[other] Nada está roto, pero hay { $count } cosas que mirar.
    }
health-bad =
    { $count ->
        [one] Una cosa necesita que alguien la atienda.
       *[other] { $count } cosas necesitan que alguien las atienda.
    }
state-good = Bien
state-fair = A tener en cuenta
state-bad = Hay que actuar
sign-received = Lo que llega
sign-jobs = Tareas de fondo
sign-deliveries = Lo que se envía
sign-mail = Correo
sign-disk = Disco
sign-clock = Reloj
sign-newcomers = Solicitudes de cuenta
queue-state = En espera: { NUMBER($waiting) }. Abandonadas: { NUMBER($parked) }.
servers-silent =
    { $count ->
        [0] Todos los servidores contestan.
        [one] 1 servidor no contesta.
       *[other] { $count } servidores no contestan.
    }
newcomers-wait =
    { $count ->
        [one] 1 persona espera respuesta.
       *[other] { $count } personas esperan respuesta.
    }
mail-none = No hay servidor de correo.
mail-well = Hay servidor de correo y no se ha perdido ningún correo.
mail-lost =
    { $count ->
        [one] No se pudo enviar 1 correo.
       *[other] No se pudieron enviar { $count } correos.
    }
disk-free = Quedan { $free } GB libres de { $all } GB ({ $share } %).
advice-slow = Hay trabajo atrasado desde hace más de diez minutos. Mira el registro del servidor: puede que el disco o la base de datos vayan lentos.
advice-parked = Lo abandonado falló muchas veces y ya no se intenta. Mira por qué, y vuelve a intentarlo o descártalo.
advice-deliveries = Algunos servidores no aceptaron lo que se les envió. No es urgente: se puede reintentar cuando vuelvan.
advice-mail-none = Nadie puede recuperar su contraseña y las direcciones no se comprueban. Añade al archivo de configuración smtp = "smtps://USUARIO:CONTRASEÑA@correo.example:465" (o TERTULIA_SMTP al entorno), y mail_from con la dirección de la que sale; después, vuelve a arrancar el servidor.
advice-mail-lost = Comprueba que el servidor puede enviar correo (con la orden «tertulia check») y vuelve a intentar esas tareas.
advice-disk = Cuando el disco se llena, nadie puede publicar. Amplíalo, o guarda menos copias de las imágenes de otros servidores: en Ajustes está cómo.
advice-clock = El reloj del servidor va atrasado: otros servidores rechazarán lo que firma. Sincronízalo (NTP).
admin-servers = Servidores
servers-lead = Los que se conocen aquí y cómo va lo que se les envía.
find-server = Busca un servidor, o lo que espera de una publicación por su dirección
every-server = Todos
floods = Envían más de lo que pueden
floods-lead = En la última hora se les dijo que volvieran más tarde; lo que envían los demás no se retrasa. Cuánto pueden enviar está en Ajustes; a quien no se calme se le limita o bloquea en Bloqueos.
flood-refused = { $count ->
    [one] Rechazado una vez desde el { $since }
   *[other] Rechazado { $count } veces desde el { $since }
}
failing-servers = Con problemas
no-servers = Ningún servidor encaja con lo que buscas.
more-servers = Ver más servidores
peer-well = Contesta
peer-silent = No contesta
peer-dead = Desaparecido
peer-never = nunca
peer-taken = último envío aceptado: { $when }
peer-last-taken = Último envío aceptado
peer-last-seen = Última vez que envió algo
peer-retry = Se vuelve a intentar
last-error = Último error
unknown-software = programa desconocido
retry-server = Reintentar ahora
retry-server-hint = Vuelve a intentar todo lo que espera, también lo abandonado.
parcels = Lo que espera
parcels-of-post = Lo que espera de esta publicación
no-parcels = No hay nada en espera: todo ha llegado.
more-parcels = Ver más
parked-word = Abandonado
parcel-waits = Espera su turno
parcel-later = Intentos: { NUMBER($tries) }. Se vuelve a intentar el { $when }
parcel-parked = Intentos: { NUMBER($tries) }. Abandonado el { $when }
replay = Volver a enviar
admin-jobs = Tareas
jobs-lead = Lo que falló muchas veces y ya no se intenta. Cuando no hay nada aquí, todo va bien.
no-jobs = No hay nada abandonado.
tried =
    { $count ->
        [one] Se intentó 1 vez
       *[other] Se intentó { $count } veces
    }
try-again = Volver a intentarlo
drop-job = Descartar
drop-job-hint = No se hará nunca. No se puede deshacer.
admin-emoji = Emojis
emoji-lead = Pequeñas imágenes que todo el mundo aquí puede usar en lo que escribe, con su nombre entre dos puntos. También las ven los otros servidores.
no-emoji = Todavía no hay ninguno.
emoji-add = Traer uno nuevo
emoji-bring = Añadir
emoji-change = Cambiar
emoji-name = Nombre
emoji-name-hint = De 2 a 64 letras de la a a la z, cifras o guiones bajos. Se escribe entre dos puntos.
emoji-category = Apartado
emoji-picture = Imagen
emoji-picture-hint = PNG, GIF, WebP o JPEG, de 256 kB como mucho. Las cuadradas quedan mejor.
emoji-shown = La gente lo puede usar y lo ve
emoji-hidden = oculto
emoji-delete-hint = Donde alguien escribió su nombre, a partir de entonces solo se verá el nombre. No se puede deshacer.
emoji-refused = No se ha aceptado. El nombre necesita de 2 a 64 letras de la a a la z, cifras o guiones bajos y tiene que estar libre; la imagen tiene que ser PNG, GIF, WebP o JPEG, de 256 kB como mucho.
admin-settings = Ajustes del servidor
admin-settings-lead = Qué está decidido y qué significa. Aquí solo se lee: se cambia en la máquina, en un archivo o en las variables del entorno del programa, y vale cuando vuelve a arrancar.
settings-file = El archivo que leyó es { $file }.
settings-no-file = No leyó ningún archivo: se llamaría tertulia.toml, en la carpeta en la que arranca.
settings-about-network = Dirección y red
settings-about-entry = Quién puede entrar
settings-about-mail = Correo
settings-about-servers = Otros servidores y límites
settings-about-files = Archivos y base de datos
settings-about-logs = Registro de lo que pasa
setting-usual = lo normal
setting-from-file = del archivo
setting-from-environment = del entorno
setting-change-usual = Nadie ha dicho otra cosa. Se cambia con { $key } en el archivo o con { $env } en el entorno.
setting-change-file = Se cambia en el archivo: { $key }.
setting-change-environment = Se cambia en el entorno: { $env }. Manda sobre lo que diga el archivo.
setting-secret = Está puesto; no se muestra, porque puede llevar una contraseña.
# Cómo se llama cada ajuste y, tras la raya con espacios, qué decide.
setting-url = Dirección pública — La de todas las páginas, y el final de los nombres de todas las cuentas. No la cambies nunca desde que otros servidores la conocen: dejarían de encontrar este sitio.
setting-listen = Dónde atiende el programa — La dirección y el puerto de esta máquina en los que espera al proxy o a la red.
setting-trusted-proxies = Proxies de confianza — Las direcciones de los programas que están delante de este y le dicen desde dónde viene cada visita. A nadie más se le cree.
setting-allow-private-networks = Redes internas permitidas — Las redes que no son públicas a las que este servidor puede llamar: para pruebas, o dentro de una organización. Sin valor, a ninguna.
setting-languages = Idiomas — En cuáles están las páginas y los correos. El primero es para quien no pide ninguno de ellos.
setting-source-url = Código fuente — Dónde está el del programa, tal como funciona aquí. Las páginas, las aplicaciones y otros servidores llevan ahí. Quien cambia el programa se lo debe a quienes lo usan (AGPL-3.0, sección 13).
setting-registration = Quién puede abrir una cuenta — open: cualquiera. approval: cualquiera, cuando alguien de administración la aprueba. invite: quien tiene una invitación. closed: nadie. Lo que se elige en «Personas» vale más que esto.
setting-registration-domains = Correos que se admiten — Solo abre una cuenta quien tiene un correo de estos dominios. Sin valor, valen todos.
setting-oidc-issuer = Servicio que conoce a tu gente — La dirección del servicio con el que entra la gente de tu organización (OpenID Connect), escrita como la escribe él. Sin valor, se entra con una cuenta de aquí.
setting-oidc-client-id = Quién es este sitio para ese servicio — El nombre que le dio al apuntarlo.
setting-oidc-client-secret = Secreto con ese servicio — El que le dio a este sitio, por el que lo reconoce.
setting-oidc-name = Nombre de ese servicio — El que lleva el botón para entrar. Sin valor, el de su servidor.
setting-oidc-sign-up = Cuentas nuevas por ese servicio — true: quien viene de él abre su cuenta sin pedir permiso. false: entra quien ya la tenía.
setting-oidc-only = Entrar solo por ese servicio — true: las contraseñas y las llaves de acceso dejan de valer; las visitas de otros servidores siguen entrando. false: se entra de las dos maneras.
setting-ldap-url = Directorio de tu gente — El directorio (LDAP) con los nombres y las contraseñas de la gente de tu organización. Sin valor, se entra con una cuenta de aquí.
setting-ldap-base = Dónde se busca en el directorio — La entrada debajo de la cual están las personas.
setting-ldap-bind-dn = Con qué entrada se busca — Como quién pregunta este sitio al directorio. Sin valor, sin decir quién es.
setting-ldap-bind-password = Contraseña para buscar — La de esa entrada.
setting-ldap-filter = Cómo se encuentra a alguien — El filtro que encuentra la entrada de quien entra: login, entre llaves, es lo que escribió.
setting-ldap-subject = Por qué se conoce a alguien — El atributo que nunca cambia, ni pasa a otra persona.
setting-ldap-handle = Nombre de usuario que se propone — El atributo del que sale.
setting-ldap-name = Nombre del directorio — El que lleva el botón para entrar. Sin valor, el de su servidor.
setting-ldap-sign-up = Cuentas nuevas por el directorio — true: quien está en él abre su cuenta sin pedir permiso. false: entra quien ya la tenía.
setting-ldap-only = Entrar solo por el directorio — true: las contraseñas de aquí y las llaves de acceso dejan de valer; las visitas de otros servidores siguen entrando. false: se entra de las dos maneras.
setting-saml-entity = Servicio SAML que conoce a tu gente — El nombre del servicio con el que entra la gente de tu organización (SAML 2.0), escrito como lo escribe él. Sin valor, se entra con una cuenta de aquí.
setting-saml-metadata = Qué dice de sí ese servicio — La dirección o el archivo con sus metadatos: dónde se entra y por qué certificado se le cree.
setting-saml-name = Nombre de ese servicio SAML — El que lleva el botón para entrar. Sin valor, el de su servidor.
setting-saml-subject = Por qué conoce SAML a alguien — El atributo que nunca cambia. Sin valor, el nombre que el servicio le da.
setting-saml-mail = Correo según SAML — El atributo con el correo, que se da por confirmado. Sin valor, los nombres de costumbre.
setting-saml-sign-up = Cuentas nuevas por SAML — true: quien viene de ese servicio abre su cuenta sin pedir permiso. false: entra quien ya la tenía.
setting-saml-only = Entrar solo por SAML — true: las contraseñas y las llaves de acceso dejan de valer; las visitas de otros servidores siguen entrando. false: se entra de las dos maneras.
setting-smtp = Servidor de correo — El que reparte los correos. Sin valor no sale ninguno, y cualquier dirección de correo se da por buena.
setting-mail-from = Remitente de los correos — La dirección de la que salen. Sin valor, no-reply en la dirección de este sitio.
setting-federation = Con qué servidores se trata — open: con todos menos los bloqueados. allowlist: solo con los permitidos.
setting-secure-mode = Leer solo con firma — true: los demás servidores tienen que decir quiénes son para leer algo, y los bloqueados no leen nada. false: lo que es público lo lee cualquiera.
setting-inbox-limit = Lo que puede enviar otro servidor — Cuántas cosas por segundo, de media; lo que pasa de ahí llega más tarde. 0: sin límite.
setting-read-limit = Lo que puede leer otro servidor — Cuántos documentos por segundo, de media; lo que pasa de ahí espera. 0: sin límite.
setting-client-limit = Lo que puede pedir una aplicación — Cuántas veces en cinco minutos para la misma persona. 0: sin límite, tampoco para publicar, seguir o subir archivos.
setting-data = Carpeta de datos — Donde están los archivos, las claves y la base de datos, si no es otra. Es lo que hay que guardar en las copias de seguridad.
setting-database = Base de datos — Un archivo de esta máquina (SQLite) o un servidor PostgreSQL.
setting-media = Dónde se guardan imágenes y vídeos — En una carpeta de esta máquina o en un almacén S3.
setting-media-url = Dirección de imágenes y vídeos — Si tienen una propia; tiene que llevar a este servidor. Sin valor, están en la misma que las páginas.
setting-media-limit = Tamaño de un vídeo o un sonido — Cuántos megas como mucho. Una imagen puede tener 16, o esto si es menos.
setting-media-cache = Sitio para lo de otros servidores — Cuántos megas ocupan como mucho las copias de sus imágenes y vídeos. Lo que hace más que nadie mira se borra primero.
setting-log = Cuánto se anota — off: nada. error y warn: lo que va mal. info: lo normal. debug y trace: todo, para buscar un fallo.
setting-log-format = Cómo se anota — text: para que lo lea una persona. json: para que lo lea otro programa.
setting-empty = sin valor
fact-version = Versión
fact-database = Base de datos
fact-people = Personas con cuenta
fact-servers = Servidores conocidos
## Lo que el sitio dice de sí mismo
about-site = Acerca de { $site }
privacy = Privacidad
terms = Condiciones
changed-on = Última modificación: { $day }.
holds-since = En vigor desde el { $day }.
holds-until = Desde el { $day } vale un texto nuevo.
no-terms = Aquí no hay más condiciones que las normas del sitio.
no-terms-no-rules = Aquí nadie ha escrito condiciones ni normas del sitio. Trata bien a los demás, y lee las normas de cada comunidad.
house-rules = Normas
no-house-rules = Nadie ha escrito normas para todo el sitio. Cada comunidad tiene las suyas.
contact = Quién responde de este sitio
no-contact = Todavía no consta nadie.
admin-texts = Textos
admin-texts-lead = Lo que el sitio dice de sí mismo, en español y en inglés. Quien lee en un idioma en el que un texto no está escrito recibe el otro.
site-name = Nombre del sitio
site-name-hint = Si lo dejas vacío, se llama { $host }.
nameplate = Nombre e imágenes
nameplate-hint = Aparecen arriba en todas las páginas, en los correos y donde se comparte un enlace; las aplicaciones los muestran a quien elige un sitio.
text-summary = En una línea
text-summary-hint = Qué es este sitio. Las aplicaciones se lo muestran a quien elige dónde darse de alta.
text-description = Con detalle
text-description-hint = Para quién es este sitio, quién lo lleva y quién lo paga.
text-privacy-hint = Mientras no escribas ninguno, el sitio muestra un texto que describe lo que hace el programa.
text-sign-up = Para quien se da de alta
text-sign-up-hint = Aparece sobre el formulario: para quién es este lugar y qué conviene saber al llegar.
text-letter = Al final de los correos
text-letter-hint = Una línea al pie de cada correo que escribe el sitio, por ejemplo quién lo lleva y cómo encontrarle.
text-terms-hint = Lo que la gente acepta. Cada texto vale desde un día; los anteriores se pueden seguir leyendo.
text-change = cambiar
text-write = escribir
text-says = Qué dice
text-says-hint = Con Markdown: # para títulos, ** para negrita, - para listas. Si lo dejas vacío, el texto se retira.
text-since = Vale desde
text-since-hint = Un día futuro lo anuncia a quienes leen las condiciones.
text-days = Textos por día:
flaw-day = Esto no es una fecha. Se escribe así: 2026-11-28.
contact-hint = Se ve en la página sobre el sitio y lo muestran las aplicaciones.
contact-email = Correo electrónico
contact-person = Cuenta
contact-person-hint = El nombre de alguien que tiene cuenta aquí.
flaw-nobody = Aquí nadie se llama así.
house-rules-hint = Valen en todo el sitio, además de las de cada comunidad. Se ven antes de darse de alta y se pueden nombrar al denunciar algo.
rule-up = Subir
rule-down = Bajar
rule-end = Quitar
rule-end-hint = La norma deja de valer. Las denuncias que la nombran la siguen mostrando.
house-rule-new = Norma nueva
house-rule-add = Añadir la norma
house-rule-text = Norma ({ $language })
house-rule-meaning = Qué se quiere decir ({ $language })
sentences = Frases
sentences-lead = Cualquier frase de las páginas y de los correos se puede decir con otras palabras, en cada idioma por separado: «Vecinas y vecinos» en lugar de «Miembros», por ejemplo.
find-sentence = Busca una frase
find-sentence-hint = Por palabras suyas, como se leen en una página o en un correo.
sentences-own = Dichas con otras palabras
no-sentences-own = Todas las frases son todavía las del programa.
no-sentences = Ninguna frase dice eso.
sentence = Frase { $name }
sentence-own = con otras palabras
sentence-void = no se usa
sentence-void-text = Esto ya no encaja: en una versión nueva del programa ha cambiado la frase, o lo que se rellena en ella. No se dice en ninguna página.
sentence-original = Lo que dice el programa
sentence-variables = Se rellena con lo que toque:
sentence-text = Qué se dice en su lugar ({ $language })
sentence-hint = Texto sin formato. Deja como está lo que va entre llaves: ahí se pone cada vez el número o el nombre. Las frases con plural tienen una línea para cada forma; la del asterisco vale para todas las demás.
sentence-restore = Volver a lo que dice el programa
flaw-sentence-long = Usa { $most } caracteres como mucho.
flaw-sentence-markup = No se entiende lo que va entre llaves. Compáralo con la frase del programa.
flaw-sentence-angle = Los signos de menor y mayor no se admiten.
flaw-sentence-unknown = En esta frase no se puede rellenar { $name }.
flaw-sentence-missing = Falta { $name }.
flaw-sentence-count = Ningún plural se llama { $word }: se llaman como en la frase del programa.

## Los anuncios, y las comunidades como las ven quienes llevan el sitio
admin-announcements = Anuncios
admin-announcements-lead = Lo que se dice a todas las personas con cuenta aquí. Lo ven en su inicio y en sus aplicaciones hasta que lo apartan.
announcement = Anuncio
announcement-put-away = Entendido
announcement-new = Anuncio nuevo
announcement-text = Qué dice
announcement-starts = Se muestra desde
announcement-ends = Se muestra hasta
announcement-all-day = Días enteros
announcement-all-day-hint = Las horas no cuentan: se muestra desde que empieza el primer día hasta que acaba el último, y las aplicaciones dicen solo los días.
in-utc = En la hora universal (UTC), que es la de Londres en invierno. Si queda vacío: enseguida, o para siempre.
announcement-tell = Anunciar
announcement-publish = Anunciar ya
announcement-withdraw = Retirar
announcement-withdraw-hint = Nadie lo verá más. No se puede deshacer.
announcement-waits = por venir
announcement-shown = se muestra
announcement-over = pasado
announcement-from = Desde { $start }
announcement-between = Desde { $start } hasta { $end }
no-announcements = Todavía no se ha anunciado nada.
flaw-minute = Esto no es una fecha con hora. Se escribe así: 2026-11-28T18:00.
flaw-nothing-said = Tiene que decir algo.
flaw-over = Tiene que acabar después de empezar, y no en el pasado.
admin-communities-lead = Todas las comunidades que viven aquí, también las privadas.
community-orphan = nadie se ocupa de ella
community-owners = Responsable
community-hand-over = Cederla a otra persona
community-hand-over-hint = Quien es responsable ahora pasará a la coordinación. Hazlo si falta quien lo era, o si lo pide.
community-heir = El nombre de alguien que sea miembro
founders-heading = Comunidades nuevas
founders = Quién puede crear comunidades
staff-second-step = Quien tiene poder necesita un segundo paso o una llave de acceso
staff-second-step-hint = Quienes administran y los equipos de todas las comunidades, si entran aquí. A quien no tiene ninguno se le lleva a configurarlo al entrar; hasta entonces sus poderes descansan.
founders-everybody = Cualquiera que tenga cuenta aquí
founders-admins = Solo quienes administran
disk-days =
    { $days ->
        [one] Si se sigue llenando como últimamente, queda espacio para 1 día.
        [many] Si se sigue llenando como últimamente, queda espacio para { $days } de días.
       *[other] Si se sigue llenando como últimamente, queda espacio para { $days } días.
    }

admin-people = Personas
find-person = Busca a alguien
find-person-hint = Por su nombre o su correo. A quien vive en otro servidor, por su dirección completa: @nombre@servidor.
every-person = Todas
people-waiting = Esperan respuesta
people-admins = Administran
people-closed = Cerradas
admin-nobody-found = Nadie encaja con lo que buscas.
admin-nobody-waits = Ahora mismo nadie espera respuesta.
admin-nobody-closed = No hay ninguna cuenta cerrada.
person-suspended = Suspendida
person-silenced = Limitada
person-veiled = Imágenes cubiertas
person-closed = Cerrada
person-admin = Administra
person-waits = Espera respuesta
person-unconfirmed = Correo sin confirmar
admin-since = desde el { $day }
door-open = Cualquiera puede crear una cuenta.
door-approval = Cualquiera puede pedir una cuenta, y aquí se responde.
door-invite = Solo crean una cuenta quienes tienen una invitación.
door-closed = Nadie puede crear una cuenta, tampoco con invitación.
registration-heading = Cuentas nuevas
registration = Quién puede crear una cuenta
take-in = Admitir
turn-away = No admitir
turn-away-reason = Motivo, que recibirá por correo
admin-invitations = Invitaciones
admin-invitations-hint = Quien abre el enlace crea su cuenta sin esperar respuesta.
invitation-days = Días que vale
invitation-most = Para cuántas personas
admin-invite = Crear invitación
admin-revoke = Retirar
invitation-used = { NUMBER($used) } han entrado
invitation-used-of = { NUMBER($used) } de { NUMBER($most) } han entrado
invitation-for-ever = no caduca
invitation-over = ha caducado
invitation-until = vale hasta el { $day }
admin-see-profile = Ver su página
admin-devices = Dónde tiene la sesión abierta
admin-no-devices = En ningún navegador.
admin-unknown-browser = Navegador desconocido
admin-sign-out-everywhere = Cerrar todas sus sesiones
admin-sign-out-hint = También en sus aplicaciones.
admin-second-step = Segundo paso
admin-second-step-on = Entra con un código además de la contraseña.
admin-second-step-off = Entra solo con la contraseña.
forget-second-step = Quitar el segundo paso
forget-second-step-hint = Solo si perdió su aplicación y sus códigos de recuperación. Asegúrate de que es quien dice ser.
admin-passkeys = { $count ->
    [one] Una llave de acceso le deja entrar sin la contraseña.
   *[other] { $count } llaves de acceso le dejan entrar sin la contraseña.
}
admin-forget-passkeys = Quitar todas las llaves de acceso
admin-forget-passkeys-hint = Si las perdió, o si otra persona pudo añadir una. Se le avisa por correo.
decide-not-me = Eres tú. Sobre tu cuenta decide otra persona que administre, así siempre queda alguien.
admin-suspension = Suspensión
admin-suspension-hint = Sus publicaciones dejan de verse, deja de seguir y de pertenecer a comunidades, y no puede entrar. Se puede levantar, pero lo que seguía no vuelve.
community-restore = Restablecer la comunidad
community-suspend-hint = Aquí no se muestra nada de ella, nadie puede hacer nada allí, y se avisa a los servidores que la siguen. Miembros, seguidores y publicaciones se conservan: al restablecerla, está como estaba. Se avisa a sus responsables.
admin-restraints = Límites
admin-warn = Advertir
admin-warn-hint = Se le dice el motivo en privado, en nombre del servidor, y puede recurrir. No cambia nada más.
admin-silence = Limitar
admin-silence-hint = Solo quienes siguen a esta persona ven lo que escribe: no sale en listas públicas, ni en la búsqueda ni en el directorio, no avisa a desconocidos, y a quien quiera seguir se le pregunta antes. En una comunidad queda donde lo escribió.
admin-veil = Cubrir las imágenes
admin-veil-hint = Todas sus imágenes, vídeos y sonidos quedan cubiertos hasta que se quieran ver.
admin-let-go = Levantar
admin-suspend = Suspender
admin-reason = Motivo
admin-suspended-text = Está suspendida o su cuenta está cerrada.
admin-lift-suspension = Levantar la suspensión
relieve = Quitarle la administración
relieve-hint = Dejará de ver estas páginas. Su cuenta sigue como está.
entrust = Darle la administración
entrust-hint = Podrá hacer todo lo que haces tú aquí, también suspender cuentas y bloquear servidores.
admin-rules = Bloqueos
openness-open = Este servidor trata con todos menos con los que se bloquean aquí. Lo decide un ajuste del servidor.
openness-allowlist = Este servidor solo trata con los que se permiten aquí. Lo decide un ajuste del servidor.
no-rules = Todavía no se ha decidido nada sobre ningún servidor.
rule-blocked = Bloqueado
rule-blocked-hint = Nada llega de allí ni va hacia allí. Se acaba lo que une a su gente con la de aquí.
rule-silenced = Silenciado
rule-silenced-hint = Solo lo ven quienes siguen a alguien de allí.
rule-allowed = Permitido
rule-allowed-hint = Se trata con él aunque su dominio esté bloqueado, o aunque solo se trate con los permitidos.
rule-host = Servidor
rule-host-hint = Por ejemplo «malo.example». Vale también para todo lo que hay debajo.
rule-what = Qué se hace
rule-comment = Motivo público
rule-comment-hint = Lo ve todo el mundo.
rule-note = Nota interna
rule-note-hint = Solo la ven quienes administran.
rule-add = Decidir sobre un servidor
rule-look = Ver a quién afecta
rule-lift = Quitar
rule-lift-hint = Se volverá a tratar con él. Lo que se cortó no vuelve solo.
rule-lists = Listas
rule-lists-hint = En el mismo formato que Mastodon.
rule-export = Descargar bloqueos
rule-export-allowed = Descargar permitidos
rule-import = Importar una lista
rule-import-hint = Pega aquí el contenido del archivo. Antes de que valga verás lo que cambia.
rule-usual = Si la lista no lo dice
flaw-host = Eso no es el nombre de un servidor.
rule-trial = Antes de decidir
rule-trial-lead = Todavía no ha cambiado nada. Esto es lo que cambiaría:
rule-would =
    { $count ->
        [one] 1 servidor
       *[other] { $count } servidores
    }
rule-do = Sí, hacerlo
list-nothing = En la lista no hay nada nuevo.
list-left-out =
    { $count ->
        [one] 1 línea se queda fuera
       *[other] { $count } líneas se quedan fuera
    }
list-strange = No se entiende: { $line }
list-ours = Es este servidor: { $host }
list-known = Ya está así: { $host }
reach-servers =
    { $count ->
        [0] No se conoce aquí ningún servidor así.
        [one] Se conoce 1 servidor así.
       *[other] Se conocen { $count } servidores así.
    }
reach-people =
    { $count ->
        [one] 1 cuenta de allí
       *[other] { $count } cuentas de allí
    }
reach-posts =
    { $count ->
        [one] 1 publicación de allí
       *[other] { $count } publicaciones de allí
    }
reach-followers =
    { $count ->
        [one] Se pierde 1 seguimiento de alguien de allí a alguien o a una comunidad de aquí
       *[other] Se pierden { $count } seguimientos de gente de allí a gente y comunidades de aquí
    }
reach-following =
    { $count ->
        [one] Se pierde 1 seguimiento de alguien de aquí a alguien de allí
       *[other] Se pierden { $count } seguimientos de gente de aquí a gente de allí
    }
reach-members =
    { $count ->
        [one] 1 miembro de allí sale de las comunidades de aquí
       *[other] { $count } miembros de allí salen de las comunidades de aquí
    }

### Entrar, crear una cuenta y aplicaciones.

# Entrar con el proveedor de una organización
provider = Cuenta de tu organización
provider-sign-in = Entrar con { $provider }
provider-silent = El servicio con el que entras no responde como debería. Prueba otra vez dentro de un rato; si sigue así, avisa a quienes llevan este sitio.
provider-refused = El servicio con el que entras no dijo quién eres, o esta página se abrió demasiado tarde. Nada ha cambiado; prueba otra vez.
provider-stranger = Todavía no tienes cuenta aquí, y las crean quienes llevan este sitio. Pídeles una con el correo de tu organización.
provider-taken = Esa cuenta de tu organización está conectada con otra cuenta de aquí. Entra con ella y desconéctala antes.
provider-join = Conectar mi cuenta
provider-join-lead = Aquí hay una cuenta con tu dirección, { $email }. ¿Es tuya? Escribe su contraseña una vez y desde entonces entrarás en ella como { $name }.
provider-new-lead = Te damos la bienvenida, { $name }. Elige el nombre con el que te conocerán aquí.
provider-unlinked = Conecta tu cuenta de aquí con la que tienes en { $provider }: entrarás con esa.
provider-linked = Entras como { $name }. Último uso: { $ago }.
provider-link = Conectar
provider-unlink = Desconectar
provider-last = No podrías volver a entrar. Antes pon una contraseña o añade una llave de acceso.
provider-ask = Escribe el nombre y la contraseña que tienes en { $provider }. Este sitio comprueba allí la contraseña y no la guarda.
provider-way = Allí dices quién eres y vuelves. Este sitio recibe tu nombre y tu correo.
provider-otherwise = Entrar de otra forma
provider-stays = Si entraste con { $provider }, allí puedes seguir dentro: quien use después este navegador entraría aquí como tú, sin contraseña. Si no es solo tuyo, sal también allí.
sign-in-again = Entraste hace un rato. Sal, vuelve a entrar y haz esto en los diez minutos siguientes.
# Entrar con una cuenta de otro servidor
guest-sign-in = Entrar con una cuenta de otro servidor
guest-sign-in-lead = ¿Tienes una cuenta en Mastodon o en otro servidor parecido? Tu servidor dice quién eres; no hay contraseña nueva y no sabremos nada más.
guest-way = Continuar en { $host }
guest-way-text = { $host } te preguntará si este sitio puede saber quién eres. Recibirá tu nombre y tu imagen, y no podrá escribir ni leer nada por ti.
guest-refused = No has entrado
guest-refused-text = Tu servidor no dijo quién eres, o esta página se abrió demasiado tarde. Nada ha cambiado; prueba otra vez.
guest-unknown = No hay ninguna cuenta con esta dirección.
guest-unfit = Este servidor no responde, o no ofrece decir quién es su gente.
guest-only-here = Esto es para quienes tienen cuenta aquí
guest-only-here-text = Has entrado con una cuenta de otro servidor: escribe, sigue y guarda cosas allí. Aquí votas, te unes a comunidades, lees lo que leen sus miembros, denuncias y, donde eres del equipo, moderas.
guest-home-new = Aquí verás lo que se cuenta en tus comunidades de este sitio: las que sigues desde tu servidor y aquellas a las que te unes aquí. Así llegan:
guest-home-step-1 = Abre una comunidad y pulsa «Seguir desde mi cuenta»: te lleva a tu servidor, y allí la sigues. También puedes unirte a ella aquí.
guest-home-step-2 = O busca su dirección en la aplicación que usas siempre, por ejemplo { $handle }, y síguela como se sigue a una persona.
guest-home-step-3 = Lo que sigues aparece aquí solo. Para escribir en ella, hazlo desde tu servidor, como siempre.
guest-communities = Las que sigues desde tu servidor y aquellas a las que te uniste aquí.
guest-write = Para abrir aquí una conversación, menciona a { $handle } en lo que publiques desde tu servidor.
guest-follows = La sigues desde tu servidor
why-this-guest = Son las conversaciones de las comunidades de este sitio que sigues desde tu servidor y de aquellas a las que te uniste aquí, en el orden que eliges arriba. Nada se ordena por lo que lees, votas o escribes.
guest = Visita
guest-of = Has entrado como { $handle }
guest-explained = Eres { $handle }: tu cuenta está en ese servidor, que nos lo dijo. Aquí no tienes contraseña.

sign-in-lead = Hola de nuevo en { $site }.
login-name = Nombre o correo electrónico
too-often-login = Se ha intentado demasiadas veces, aquí o en otro sitio. Espera un poco y vuelve a intentarlo. Con una llave de acceso entras ya, y también con una contraseña nueva por un enlace a tu correo.
wrong-login = Ese nombre y esa contraseña no corresponden.
wrong-code = Ese código no es correcto, ya se usó o pasó demasiado tiempo.
too-often = Se ha intentado demasiadas veces. Espera un momento y vuelve a intentarlo.
second-step = Un paso más
second-step-lead = Abre tu aplicación de códigos y copia el que muestra para este sitio.
code = Código
code-hint = Seis cifras. Si has perdido la aplicación, usa uno de tus códigos de recuperación.
start-over = Empezar de nuevo
passkey-sign-up = Crear la cuenta con llave de acceso, sin contraseña
passkey-sign-up-again = Esta página llevaba demasiado tiempo abierta, o no se rellenó como lo hace una persona. Pulsa otra vez el botón de la llave de acceso: no se perdió nada.
passkey-sign-in = Entrar con una llave de acceso
passkey-instead = Usar una llave de acceso
passkey-needs-script = Las llaves de acceso necesitan JavaScript, que en este navegador está apagado.
passkey-unable = Este navegador no puede usar llaves de acceso.
passkey-cancelled = No se dio ninguna llave de acceso. Inténtalo de nuevo cuando la tengas a mano.
passkey-failed = No ha funcionado. Vuelve a cargar la página e inténtalo de nuevo.
passkey-stale = Ha pasado demasiado tiempo, o ya se había respondido. Inténtalo de nuevo.
passkey-unknown = Aquí no se conoce esta llave de acceso, o se quitó. Entra de otra manera.
passkey-unverified = Tu dispositivo no comprobó que eres tú. Prepara en él un PIN, una huella o tu cara, e inténtalo de nuevo.
passkey-copied = Parece que alguien ha copiado esta llave de acceso, y no se acepta. Entra de otra manera y quítala en tus ajustes.
passkey-known = Esta llave de acceso, u otra del mismo dispositivo, ya se había añadido.
passkey-many = Tienes tantas llaves de acceso como se pueden tener. Quita antes una.
passkey-wrong = Eso no es lo que responde una llave de acceso de este sitio. Inténtalo de nuevo.
forgotten = He olvidado mi contraseña
recover = Pedir una contraseña nueva
recover-lead = Escribe el correo de tu cuenta. Te mandaremos un enlace para poner una contraseña nueva.
recover-button = Mandar el enlace
recover-sent = Mira tu correo
recover-sent-text = Si esa dirección tiene cuenta aquí, le hemos escrito. El enlace vale una hora. Mira también en el correo no deseado.
recover-by-hand = Este sitio no manda correo, así que no puede enviarte un enlace. Pide una contraseña nueva a quien lo administra: { $contact }.
renew = Poner una contraseña nueva
renew-lead = Después se cierra tu sesión en todas partes y entras con la contraseña nueva.
forget-passkeys = Quitar todas mis llaves de acceso
forget-passkeys-hint = Márcalo si puede haber entrado otra persona: pudo añadir una llave de acceso suya.
renew-done = Tu contraseña es nueva
renew-done-text = Ya puedes entrar con ella. Se ha cerrado tu sesión en los demás navegadores y aplicaciones.
link-old = Este enlace ya no vale
link-old-text = Ya se usó, o pasó demasiado tiempo. Pide otro.
confirm-address = Confirma tu dirección
confirm-address-lead = Un paso más y sabremos que el correo te llega.
confirm-button = Confirmar
confirmed = Tu dirección está confirmada
confirmed-text = Gracias. Ya puedes entrar.
confirmed-waiting = Gracias. Falta que quienes llevan este sitio te den paso; te escribiremos.
check-mail = Mira tu correo
check-mail-lead = Hemos escrito a { $address }. Abre el enlace de ese correo para confirmar que te llega.
check-mail-hint = ¿Está mal? Corrígela aquí y te escribimos allí.
send-again = Mandarlo otra vez
waiting = Ya casi está
waiting-text = Tu cuenta está creada. Falta que quienes llevan este sitio te den paso; vuelve más tarde.
sign-up = Crear cuenta
sign-up-lead = Únete a { $site } con un nombre, un correo y una contraseña. No hace falta más.
sign-up-lead-asked = Únete a { $site } con un nombre, un correo, una contraseña y una frase sobre ti. Quienes llevan este sitio la leen y te dan paso.
sign-up-lead-into = Con un nombre, un correo y una contraseña tienes cuenta en { $site } y entras en { $community }.
sign-up-lead-into-asked = Pide una cuenta en { $site } con un nombre, un correo, una contraseña y una frase sobre ti. En cuanto te admitan irás a { $community }, sin buscarla otra vez.
have-login = Ya tengo cuenta: entrar
sign-up-closed = Este sitio solo admite a gente nueva por invitación, o a nadie por ahora.
reason = ¿Por qué quieres unirte?
reason-hint = Basta una frase. Solo la leen quienes llevan este sitio.
agree = Acepto las normas de este sitio
agree-terms = Acepto las condiciones de este sitio
agree-hint = Trata bien a los demás, no te salgas del tema y respeta lo que aquí se te pide.
flaw-name-taken = Ese nombre ya está en uso. Elige otro.
flaw-email-foreign = Aquí solo se admiten direcciones de los dominios indicados.
leave-empty = Deja esto vacío
sign-up-again = Esta página llevaba demasiado tiempo abierta, o no se rellenó como lo hace una persona. Escribe otra vez tu contraseña y pulsa el botón: no se perdió nada más.
flaw-email-barred = No se entra con un correo de este proveedor. Usa otro.
flaw-email-taken = Esta dirección ya tiene cuenta. Entra con ella.
flaw-agreement = Para unirte tienes que aceptar las normas.
flaw-reason = Cuenta a quienes llevan este sitio por qué quieres unirte.
flaw-invitation = Esta invitación está agotada o es demasiado antigua. Pide una nueva.
consent = ¿Dejas que { $name } use tu cuenta?
consent-lead = La aplicación { $name } pide usar tu cuenta en { $site }.
consent-wishes = Podrá
consent-undo = Puedes retirar el permiso cuando quieras.
signed-in-as = Has entrado con { $login }.
allow = Permitir
deny = No permitir
unknown-app = Aquí no se conoce esa aplicación. Empieza de nuevo desde ella.
unknown-address = La aplicación quiere la respuesta en una dirección que no indicó al presentarse.
broken-app = La aplicación pide algo que no existe. Empieza de nuevo desde ella.
copy-code = Copia este código
copy-code-text = Vuelve a la aplicación y escribe este código. Vale diez minutos y una sola vez.
scope-profile = ver quién eres
scope-follow = ver y cambiar a quién sigues, silencias y bloqueas
scope-push = enviarte avisos
scope-read = leer todo lo que tú puedes leer
scope-read-part = leer una parte de lo que tú puedes leer
scope-write = hacer todo lo que tú puedes hacer: escribir, votar, seguir
scope-write-part = hacer una parte de lo que tú puedes hacer
scope-admin-read = leer lo que solo ven quienes llevan el sitio
scope-admin-write = decidir lo que solo deciden quienes llevan el sitio

### Ajustes.

my-settings = Ajustes
settings-general = Lo básico
settings-writing = Escritura
settings-writing-hint = Cómo escribes mientras no digas otra cosa, aquí y desde tu aplicación.
usual-language = El idioma en que escribes
usual-language-hint = Si no eliges ninguno, será el de la comunidad o el de la página, y tu aplicación lo averigua.
usual-audience = Fuera de las comunidades, escribes para
usual-audience-hint = Lo que escribes en una comunidad es para quien la lee. Una respuesta nunca va a un círculo más amplio que lo que contesta; si eso es para seguidores, va a los tuyos.
usually-all = Todo el mundo
usually-unlisted = Todo el mundo, fuera de las listas públicas
usually-unlisted-hint = Lo lee quien tenga el enlace.
usually-followers = Quienes te siguen
usually-named = Solo quienes nombres
usual-quoting = Quién puede citarte
quoted-by-all = Todo el mundo
quoted-by-followers = Quienes te siguen
quoted-by-nobody = Nadie
usually-sensitive = Tapar al principio mis imágenes
usually-sensitive-hint = Quien quiera verlas las destapa.
settings-reading = Lectura
settings-reading-hint = Cómo lees las conversaciones aquí y en tus aplicaciones.
covered-media = Qué imágenes, vídeos y sonidos están tapados al principio
covered-sensitive = Los que pueden herir la sensibilidad
covered-none = Ninguno
covered-all = Todos
warnings-open = Abrir lo que lleva una advertencia
pictures-move = Las imágenes animadas se mueven solas
pictures-move-hint = Vale en las aplicaciones que lo preguntan. Aquí ningún vídeo empieza solo.
settings-profile = Perfil
profile-hint = Esto lo puede leer cualquiera.
display-name = Cómo te llamas
about-me = Sobre ti
about-me-hint = Unas palabras. También aquí valen **negrita**, *cursiva* y enlaces.
line-name = Dato { $number }: nombre
line-value = Dato { $number }: contenido
more-lines = Más datos
who-finds-me = Quién me encuentra
found-in-lists = En los directorios y en las sugerencias
found-in-lists-hint = Sin esto, solo te encuentra quien conoce tu dirección.
found-by-engines = En los buscadores
found-by-engines-hint = Pueden guardar lo que escribes para cualquiera. Sin esto les pedimos que no lo hagan.
approves-followers = Decido quién me sigue
approves-followers-hint = Quien quiera seguirte espera hasta que le dejes. Lo verás en tus avisos.
hides-circle = Nadie ve a quién sigo ni quién me sigue
hides-circle-hint = No se dice aquí ni a otros servidores.
my-sites = Sitios donde escribes
my-sites-hint = Uno por línea, como blog.ejemplo.org. Las aplicaciones y otros sitios te muestran como autor de los enlaces de allí cuyas páginas te nombran.
settings-entry = Cómo entrar
settings-devices = Navegadores y aplicaciones
settings-shuns = Bloqueos y silencios
settings-data = Mis datos
settings-language-hint = En este idioma te hablan el sitio y sus correos, en cualquier navegador. Es el mismo que eliges al pie de las páginas.
silence = Horas de silencio
silence-hint = En esas horas no te llegan avisos al teléfono ni correos: esperan y llegan juntos después. En «Avisos» aparece todo como siempre. Lo que pides tú, como una contraseña nueva, sale enseguida.
silence-on = Guardar silencio
silence-from = Desde
silence-until = Hasta
silence-zone = Donde vives
silence-wrong-time = Escribe dos horas distintas, como 22:00 y 08:00.
silence-wrong-zone = Elige una zona de la lista.
put-away = Quitar
is-set = Guardado.
is-done = Hecho.
is-decided = Decidido: a quien recurrió le llega tu respuesta.
is-deleted = Lo que escribiste está borrado.
email-changed = Tu dirección de correo ha cambiado.
password-changed = Tu contraseña ha cambiado. En los demás navegadores hay que volver a entrar.
sign-out = Cerrar sesión
sign-out-hint = Solo de este navegador.
signed-out = Has cerrado la sesión
current-password = Tu contraseña actual
flaw-wrong-password = Esa no es tu contraseña actual.
email-is = El correo llega a { $email }.
email-waits = El correo llega a { $email } hasta que confirmes { $wanted } con el enlace que mandamos allí.
new-email = Correo electrónico nuevo
change-email = Cambiar la dirección
email-asked = Hemos escrito a la dirección nueva. Contará en cuanto abras el enlace de ese correo.
new-password = Contraseña nueva
change-password = Cambiar la contraseña
password-ends = Al cambiarla se cierra tu sesión en los demás navegadores.
password-none = Todavía no tienes: entras de otra manera. Si pones una, también podrás entrar con ella.
password-idle = No tienes, y aquí no abriría nada: se entra con la cuenta de la organización.
set-password = Poner una contraseña
passkey = Llave de acceso
passkeys = Llaves de acceso
passkeys-lead = Con una llave de acceso entras con la huella, la cara o el PIN de tu dispositivo, sin contraseña y sin código. Ninguna página falsa puede quitártela.
passkeys-unfit-address = Aquí no puede haber llaves de acceso: los navegadores las guardan para nombres, y a este sitio se llega por un número.
passkeys-unfit-insecure = Aquí no puede haber llaves de acceso: los navegadores solo las dan por conexiones cifradas, y a este sitio se llega sin cifrar.
passkeys-unfit-elsewhere = Las llaves de acceso se crean y se usan en { $site }: los navegadores las guardan para ese nombre.
passkey-used = Añadida el { $added }, usada por última vez { $used }
passkey-unused = Añadida el { $added }, todavía sin usar
passkey-add = Añadir una llave de acceso
passkey-name = Cómo se llama
passkey-name-hint = Para que sepas después cuál es.
passkey-make = Crear la llave de acceso
passkey-make-lead = Tu navegador pregunta dónde guardarla: en este dispositivo, en un gestor de contraseñas, en tu teléfono o en una llave de seguridad.
passkey-confirm = Confirmar con una llave de acceso
passkey-rename = Cambiar el nombre de una llave de acceso
passkey-remove = Quitar una llave de acceso
passkey-remove-lead = Con «{ $name }» ya no se podrá entrar. Bórrala también de tu dispositivo o de tu gestor de contraseñas.
second-step-name = Segundo paso
second-is-on = Al entrar se pide también un código de tu aplicación de autenticación.
others-end = Con ello se cierra la sesión en los demás navegadores en los que has entrado; las aplicaciones siguen.
second-is-due = Moderas o administras aquí, y para eso hace falta un segundo paso. Configura aquí una aplicación de códigos o añade una llave de acceso: hasta entonces esos poderes descansan, y todo lo demás funciona.
second-is-off = Además de la contraseña se puede pedir un código de una aplicación de tu teléfono. Así, quien descubra tu contraseña todavía no entra.
second-set-up = Prepararlo
second-scan = Escanea este código QR con una aplicación de autenticación, o escribe las letras de debajo. Después pon el código que muestra la aplicación.
second-open = Abrir en mi aplicación de códigos
second-turn-on = Activarlo
second-off = Desactivarlo
qr-code = Código QR para tu aplicación de autenticación
qr-of-link = Código QR del enlace
copy = Copiar
copied = Copiado
share = Compartir
recovery-codes = Códigos de recuperación
recovery-codes-hint = Guarda estos códigos donde los vayas a encontrar. Cada uno te deja entrar una vez si pierdes el teléfono. Solo se muestran ahora.
recovery-file = Guardarlos en un archivo
recovery-file-name = tertulia-codigos-de-recuperacion.txt
recovery-file-lead = Códigos de recuperación de { $who } en { $site } ({ $when })
recovery-file-use = Cada uno te deja entrar una vez si pierdes el teléfono.
finished = Los he guardado
browsers = Navegadores
unknown-browser = Navegador desconocido
this-browser = Este navegador
last-seen = { $address }, visto { $when }
end-session = Cerrar la sesión
end-others = Cerrar la sesión en todos los demás
apps = Aplicaciones
no-apps = No has dejado que ninguna aplicación use tu cuenta.
app-since = Desde el { $day }: { $scopes }
withdraw = Retirar el permiso
settings-filters = Palabras silenciadas
filters-lead = Lo que diga estas palabras se pliega o no aparece, solo para ti y también en tus aplicaciones. Nadie se entera. Lo que escribes tú no se filtra.
filter-add = Silenciar palabras
filter-change = Cambiar un filtro
filter-words = Palabras o frases
filter-words-hint = Una por línea.
filter-whole = Solo como palabras enteras
filter-whole-hint = Así «sal» no alcanza a «salsa».
filter-where = Dónde
filter-home = Inicio y listas
filter-public = Comunidades, etiquetas y búsquedas
filter-threads = Respuestas
filter-profiles = Perfiles
filter-deed = Qué pasa con lo que las dice
filter-warn = Se pliega, y se abre si quieres
filter-hide = No aparece
filter-blur = Se tapan sus imágenes
filter-title = Nombre del filtro
filter-title-hint = Es lo que lees en lugar de lo que se pliega. Si lo dejas vacío, son sus palabras.
filter-wordless = Escribe al menos una palabra.
filter-nowhere = Elige al menos un sitio.
filter-over = ya no vale
filter-picked =
    { $count ->
        [one] 1 publicación
        [many] { $count } de publicaciones
       *[other] { $count } publicaciones
    }
settings-tags = Etiquetas
tags-lead = De las etiquetas que sigues llegan a tu inicio las publicaciones que puede leer todo el mundo.
hashtag = Etiqueta
tags-hint = Por ejemplo, #riego.
scheduled = Para más tarde
scheduled-lead = Lo que has escrito para que salga más tarde. Nadie más lo ve hasta entonces.
scheduled-none = No has dejado nada para más tarde. Al escribir, abre «Publicar más tarde».
scheduled-for = Sale el { $when }.
scheduled-unpublished = No ha salido
scheduled-refused = No salió el { $when }. { $reason } Puedes elegir otra hora o borrarla.
scheduled-move = Cambiar la hora
scheduled-cancel = No publicarla
scheduled-cancel-hint = Se borra sin haber salido. Si quieres guardar el texto, cópialo antes.
later = Publicar más tarde
later-due = Día y hora
later-due-hint = Dentro de cinco minutos como pronto.
later-send = Dejarla para entonces
later-anyway = Dejarla así para entonces
later-no-time = Escribe un día y una hora.
later-too-soon = Eso ya ha pasado, o faltan menos de cinco minutos.
pin-mine = Fijar en mi página
unpin-mine = No fijar más en mi página
pins-full = En tu página no caben más publicaciones fijadas. Quita antes otra.
blocked-people = Bloqueos
blocked-people-hint = No ven nada tuyo, ni tú nada suyo.
muted-people = Silencios
muted-people-hint = No ves nada suyo; no se enteran.
blocked-servers = Sitios bloqueados
blocked-servers-hint = No ves nada de estos sitios, y nadie de allí te sigue.
server-name = Nombre del sitio
server-name-hint = Por ejemplo: example.org
block-server = Bloquear este sitio
unblock = Desbloquear
unmute = Dejar de silenciar
mute-whom = Silenciar a { $name }
mute-explained = No verás nada suyo en tus listas ni en las conversaciones. No se entera, y puede seguir leyéndote.
mute-for = Durante cuánto tiempo
mute-quiet = Tampoco avisos de lo que haga
mute-quiet-hint = Si lo quitas, seguirás sabiendo cuándo te responde o te menciona.
mute = Silenciar
block-whom = Bloquear a { $name }
block-explained = No verá nada tuyo, ni tú nada suyo. Si una cuenta sigue a la otra, deja de hacerlo. Puede que se dé cuenta.
block = Bloquear
you-block = Has bloqueado a { $name }: no lees nada suyo, ni puede leer lo tuyo.
you-mute = Silencias a { $name } para siempre.
you-mute-until = Silencias a { $name } hasta el { $until }.
folded-blocked = Has bloqueado a { $name }.
folded-muted = Silencias a { $name }.
folded-server = No lees nada de { $host }.
export = Llévate tus datos
export-all = Todo en un archivo ZIP
export-media = Tus imágenes, vídeos y sonidos
archive-community = Los ajustes: para qué es, sus normas, las preguntas a quien quiere entrar, la bienvenida, el color y las imágenes
archive-members = Quién pertenece a ella, con qué papel y desde cuándo
archive-followers = Quién la sigue
archive-bans = A quién se ha expulsado, por qué y hasta cuándo
archive-log = Qué decidió el equipo, con la norma y el motivo
archive-posts = Todo lo publicado
archive-posts-table = Todo lo publicado, como tabla
archive-media = Las imágenes de la comunidad y lo que se ha traído a sus conversaciones desde aquí: imágenes, vídeos y sonidos
readme-name = LEEME.txt
readme = Los datos de { $of }. Esto es lo que hay en cada archivo:
readme-formats = Los archivos .csv se abren en cualquier hoja de cálculo (texto UTF-8, separado por comas); los .json son para programas. Las horas son UTC. En posts.json, «file» dice en qué archivo de media/ está cada imagen; lo que se publicó desde otros sitios sigue allí, en «url».
export-profile = Tu perfil
export-posts = Lo que has escrito
export-posts-table = Lo que has escrito, como tabla
export-follows = A quién sigues
export-followers = Quién te sigue
export-blocks = A quién bloqueas
export-mutes = A quién silencias
export-domain-blocks = Sitios que bloqueas
export-hint = Todo lo que has escrito y ajustado aquí, y lo que las comunidades guardan de ti. Las tablas se abren en una hoja de cálculo; otros sitios saben leer las listas.
known = Lo que las comunidades guardan de ti
known-lead = Es lo mismo que ven sus equipos: tu papel y lo que se decidió sobre ti. Nadie lleva aquí fichas ni estadísticas de personas.
known-role = { $role } desde el { $since }
known-measure = Una decisión sobre ti, del { $when }
aliases = Otras cuentas tuyas
aliases-hint = Si quieres mudarte aquí desde otra cuenta, nómbrala antes aquí.
other-account = La otra cuenta
other-account-hint = Por ejemplo: @ana@example.org
add-alias = Añadir
moving = Mudarme a otro sitio
moving-hint = Quienes te siguen van contigo; lo que has escrito se queda aquí. Nombra antes allí esta cuenta. Después no podrás escribir aquí.
move-away = Mudarme
leaving = Borrar mi cuenta
leaving-hint = Se borra todo lo que has escrito y todo lo que se guarda de ti, aquí y, si los demás sitios cumplen, también allí. No se puede deshacer, y nadie volverá a tener tu nombre.
type-name = Escribe tu nombre para confirmarlo
type-name-hint = El nombre con el que entras.
leave-for-good = Borrar mi cuenta para siempre
flaw-typed = Ese no es tu nombre.
flaw-owns = Antes cede a otra persona estas comunidades: { $groups }.
left = Tu cuenta está borrada
left-text = Lo que escribiste desaparecerá en los próximos minutos. ¡Que te vaya bien!

### Correos.

mail-greeting = Hola, { $name }:
mail-signature = Este mensaje lo manda { $site }. Nadie lee las respuestas.
mail-not-me = Si no has sido tú, no hagas nada: sin el enlace no pasa nada.
mail-alarm = Si no has sido tú, pon ya una contraseña nueva.
mail-confirm = Confirma tu dirección para { $site }
mail-confirm-text = Alguien, esperamos que tú, ha creado la cuenta { $name } en { $site } con esta dirección. Confirma que el correo te llega:
mail-confirm-way = Confirmar mi dirección
mail-new-address = Confirma tu dirección nueva para { $site }
mail-new-address-text = El correo de la cuenta { $name } de { $site } va a llegar aquí de ahora en adelante. Confirma que te llega:
mail-taken = Ya tienes una cuenta en { $site }
mail-taken-text = Alguien ha querido usar esta dirección para una cuenta en { $site }, pero ya tienes una con ella. Si has sido tú, entra con ella o pide allí una contraseña nueva.
mail-address-changed = Tu cuenta de { $site } tiene otra dirección
mail-address-changed-text = El correo de la cuenta { $name } de { $site } llega desde ahora a otra dirección, no a esta.
mail-renew = Una contraseña nueva para { $site }
mail-renew-text = Alguien ha pedido una contraseña nueva para la cuenta { $name } de { $site }. Con este enlace se pone; vale una hora y una sola vez.
mail-password-changed = Ha cambiado tu contraseña de { $site }
mail-password-changed-text = La cuenta { $name } de { $site } tiene una contraseña nueva.
mail-passkey-added = Tu cuenta de { $site } tiene una llave de acceso más
mail-passkey-added-text = Desde ahora se puede entrar en la cuenta { $name } de { $site } con la llave de acceso «{ $passkey }», sin la contraseña.
mail-passkey-removed = Tu cuenta de { $site } tiene una llave de acceso menos
mail-passkey-removed-text = En la cuenta { $name } de { $site } ya no se puede entrar con la llave de acceso «{ $passkey }».
mail-identity-linked = Tu cuenta en { $site } se conectó con una de tu organización
mail-identity-linked-text = Desde ahora se puede entrar en la cuenta { $name } de { $site } como «{ $called }» de tu organización.
mail-identity-unlinked = Tu cuenta en { $site } se desconectó de la de tu organización
mail-identity-unlinked-text = Ya no se puede entrar en la cuenta { $name } de { $site } como «{ $called }» de tu organización.
mail-second-step-on = { $site } pedirá un segundo paso para entrar
mail-second-step-off = { $site } ya no pide un segundo paso para entrar
mail-second-step-on-text = Desde ahora, para entrar como { $name } en { $site } hace falta también un código de tu aplicación de códigos.
mail-second-step-off-text = Desde ahora, para entrar como { $name } en { $site } basta con la contraseña.
mail-passkey-alarm = Si no has sido tú, pon ya una contraseña nueva y, al hacerlo, pide que se quiten todas las llaves de acceso.
mail-waiting = { $newcomer } quiere unirse a { $site }
mail-waiting-text = { $newcomer } ha creado una cuenta en { $site } y espera que le des paso. Por esto quiere unirse:
mail-taken-in = Te damos la bienvenida a { $site }
mail-taken-in-text = Quienes llevan { $site } te han dado paso. Tu nombre allí es { $name }.
mail-turned-away = Sobre tu cuenta de { $site }
mail-turned-away-text = Quienes llevan { $site } no te han admitido esta vez. Tu cuenta allí queda cerrada.

mailings = Correos por avisos
mailings-lead = Un correo cuando pasa, en vez de esperar a que entres: uno cada diez minutos como mucho, y ninguno en tus horas de silencio. Se cancela con un clic.
mailings-about = Escribirme cuando
mailings-replies = me mencionan o me responden
mailings-requests = alguien pide seguirme, o entrar en una comunidad de cuyo equipo soy
mailings-reports = hay denuncias, recursos o publicaciones en espera para mi equipo
mailings-stop-text = Pulsa el botón y no llegará ningún correo más por avisos. Puedes volver a pedirlos en tus ajustes.
mailings-stopped = Ya no recibirás correos por avisos
mail-notices = { $count ->
        [one] 1 aviso en { $site }
        [many] { $count } de avisos en { $site }
       *[other] { $count } avisos en { $site }
    }
mail-notices-text = Esto ha pasado en { $site }:
mail-notices-further = { $count ->
        [one] Y 1 aviso más.
        [many] Y { $count } de avisos más.
       *[other] Y { $count } avisos más.
    }
# El correo de cada semana
digest = Correo semanal
digest-is-off = Un correo los lunes con lo más hablado en tus comunidades, solo si esa semana no has venido. Se cancela con un clic.
digest-is-on = Recibes un correo los lunes con lo más hablado en tus comunidades, solo si esa semana no has venido.
digest-turn-on = Recibir el correo semanal
digest-turn-off = Dejar de recibir el correo semanal
digest-stop = Dejar de recibir estos correos
digest-stop-text = Pulsa el botón y no llegará ningún correo semanal más. Puedes volver a pedirlo en tus ajustes.
digest-stopped = Ya no recibirás el correo semanal
digest-stopped-text = Puedes volver a pedirlo en tus ajustes.
digest-stop-wrong = Este enlace no está completo. Cópialo entero del correo, o cancela el correo en tus ajustes.
mail-digest = De qué se habló en { $site }
mail-digest-text = Esta semana no has venido a { $site }. Lo más hablado en tus comunidades:
mail-digest-thread = { $posts ->
  [one] { $group } · un mensaje nuevo
 *[other] { $group } · { $posts } mensajes nuevos
}
mail-digest-further = { $count ->
  [one] Hay algo nuevo en una conversación más.
 *[other] Hay algo nuevo en { $count } conversaciones más.
}
mail-digest-closed = { $count ->
  [one] Entre miembros hay un mensaje nuevo.
 *[other] Entre miembros hay { $count } mensajes nuevos.
}
mail-digest-way = Seguir leyendo

### Lo que se decide para todo el servidor.

admin-log-lead = Lo que se ha decidido para todo el servidor: sobre personas, sobre otros servidores y sobre el propio sitio. Cada comunidad tiene su registro.
did-suspend = suspendió a { $name }
did-unsuspend = levantó la suspensión de { $name }
did-caution = advirtió a { $name }
did-silence = limitó a { $name }
did-unsilence = levantó el límite a { $name }
did-veil = cubrió las imágenes de { $name }
did-unveil = descubrió las imágenes de { $name }
did-entrust = dio la administración a { $name }
did-relieve = quitó la administración a { $name }
did-forget-second-step = quitó el segundo paso de { $name }
did-forget-passkeys = quitó las llaves de acceso de { $name }
did-allow = permitió { $name }
did-lift = retiró la regla sobre { $name }
did-resolve-about = atendió una denuncia sobre { $name }
did-sort = clasificó una denuncia sobre { $name }
did-reopen = volvió a abrir una denuncia sobre { $name }
did-grant-to = dio la razón a un recurso de { $name }
did-uphold-about = mantuvo lo decidido sobre { $name }
did-text = cambió un texto del servidor
did-sentence = cambió una frase de las páginas
did-house-rules = cambió las normas del sitio
did-nameplate = cambió el nombre o las imágenes del sitio
did-contact = cambió quién responde de este sitio
did-second-steps = cambió si quien tiene poder necesita un segundo paso
did-founders = cambió quién puede crear comunidades
did-registration = cambió quién puede crear una cuenta
did-emoji = cambió un emoji
did-bars = cambió los vetos
admin-bars = Vetos
bars-lead = Quién no puede crear cuenta aquí, o espera tu respuesta. A quien ya tiene cuenta no le afecta.
no-bars = No hay ningún veto.
bar-network = Red
bar-mail-host = Dominio de correo
bar-mailbox = Una dirección de correo
bar-block = No puede crear cuenta
bar-approval = Espera respuesta
bar-new = Un veto nuevo
bar-kind = Qué se veta
bar-subject = Cuál
bar-subject-hint = Una red (203.0.113.0/24), un dominio de correo, es decir, lo que va tras la @ (vale también para sus subdominios), o una dirección de correo entera.
bar-severity = Qué pasa con quien llegue de ahí
bar-severity-hint = Con un correo vetado nunca se crea cuenta, elijas lo que elijas.
bar-comment = Nota
bar-comment-hint = Solo la lee la administración.
bar-days = Durante cuántos días
bar-days-hint = En blanco: para siempre.
bar-add = Vetar
flaw-bar = Eso no es una red ni un correo: revisa cómo está escrito.
flaw-bar-twice = Ya está vetado.
