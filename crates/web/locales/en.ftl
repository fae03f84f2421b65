### The sentences of the pages in English. `es.ftl` has the same keys; `build.rs` makes them functions of `Language`.

skip = Skip to content
tagline = Open communities to talk about what we share.
made-with = Made with Tertulia, free software
source-code = Source code

language = Language
optional = optional

communities = Communities
no-communities = There are no public communities here yet.
how-to-join = How to take part
how-to-join-text = You need no other account: search for a community’s address in your app (Mastodon, or one that works with it), follow it, and mention it when you write.

glossary = What words mean
glossary-lead = The words that we use here, one by one and plainly.
what-means = What is this:
term-community = community
term-community-means = People who talk about something, with rules and a team that minds them. It has an address, and one can read it, follow it or be a member.
term-community-forms = community|communities
term-conversation = conversation
term-conversation-means = A post that opens a topic, with all replies to it. Elsewhere this is called a thread.
term-conversation-forms = conversation|conversations|thread|threads
term-reply = reply
term-reply-means = What is answered to a post or to another reply. Each has an address of its own.
term-reply-forms = reply|replies
term-following = to follow
term-following-means = To get what is posted in your home. Following a community does not make you a member, and you stop whenever you want.
term-following-forms = to follow|follow|follows|following|follower|followers
term-membership = to be a member
term-membership-means = To be part of a community: you accept its rules, and you read and write also where only members do. Sometimes one has to ask.
term-membership-forms = to be a member|member|members
term-rules = rules
term-rules-means = What a community asks of those who take part. They are numbered, and when something is removed it is said by which.
term-rules-forms = rule|rules
term-moderation = moderation
term-moderation-means = Those who see to it that the rules are kept: they let in, remove, close, warn and ban. What they decide is written down with its reason, and one can appeal.
term-moderation-forms = moderation|moderation team|moderators|moderator
term-leader = leader
term-leader-means = Somebody who moderates and also writes the rules and texts of the community and names its moderators.
term-leader-forms = leader|leaders
term-owner = owner
term-owner-means = Somebody to whom the community belongs: they name its leaders, decide how far what is written there may go, and can hand the community over to somebody else.
term-owner-forms = owner|owners
term-server = server
term-server-means = A site where accounts and communities live, like this one. Servers understand one another: from one you read what is on another, and answer.
term-server-forms = server|servers
term-account-elsewhere = account on another server
term-account-elsewhere-means = An account that lives on another site which understands this one, like Mastodon; it is also called a federated account. With it one follows and writes here without making another.
term-account-elsewhere-forms = account on another server|accounts on other servers|federated account
open-to-all = Public: anyone can read and write
members-write = Anyone can read; members write
members-only = Private: only members read and write
hidden-to-others = Hidden: only its members read, write and know that it is there
for-members = Members only
for-followers = Followers only
for-named = Private mention
team-of = the team of { $group }
readers-all = Anybody can read it.
readers-unlisted = Anybody with the link can read it; it stands in no public list.
readers-followers = Those who follow you will read it, and whom it names or answers.
readers-members = Only the members of the community will read it.
readers-named = Private: only you and { $names } will read it.
readers-self = Only you will read it.
readers-community = Whoever reads the community can read it.
ask-to-join = To join, follow { $handle } from your account: the moderators will get your request.
follow-to-join = To join, follow { $handle } from your account.
invite-only = Moderators invite people to join.
address = Address
address-hint = Copy the address, search for it in your app, and press “Follow”.
more-about-it = More about the community
what-leaves = What leaves this place
read-on = Read on
leaves-nothing = What is written here is read by its members alone and does not leave this server. Members from elsewhere get a hint without words. What is deleted is deleted.
leaves-to-members = What is written here is read by its members alone, but copied to their servers, and those who run them can read it. When something is deleted we ask them to delete their copy; we cannot make them.
leaves-to-all = What is written here can be read by anybody and is copied to the servers of those who follow the community. When something is deleted we ask them to delete their copy; nearly all do, but we cannot make them.
followers =
    { $count ->
        [one] 1 follower
       *[other] { $count } followers
    }
members-homes = { $here } from here, { $there } from other servers
members =
    { $count ->
        [one] 1 member
       *[other] { $count } members
    }
follows-person =
    { $count ->
        [one] 1 follower
       *[other] { $count } followers
    }
threads = Conversations
posts = Posts
no-threads = No conversations yet. Mention { $handle } in a post to start the first one.
no-threads-here = No conversations yet. Write the first: a question or a welcome will do.
no-posts = No posts yet.
older = Show older
older-invitations = Show older invitations
pinned = Pinned
locked = Closed
edited = edited
post-by = Post by { $name }
within = in
reply-in = Reply in
replies =
    { $count ->
        [0] No replies
        [one] 1 reply
       *[other] { $count } replies
    }
likes =
    { $count ->
        [one] 1 upvote
       *[other] { $count } upvotes
    }
replies-heading = Replies
more-replies = Show more replies
how-to-reply = To reply, search for this page’s address in your app and answer from there.
guest-cannot-reply = What is written in this community does not leave this site, so that nobody can reply from your server. With your account there you may read and vote here; to write you need an account of this site, and to ask to join with it.
warning = Warning
filtered = Hidden by your filter “{ $filter }”
quote-filtered = It quotes something that your filters hide.
show-anyway = Show
attachments = Attachments
attachment = Attachment
sensitive = This may be upsetting
covered = This is covered at first
no-description = Picture without a description
quote = Quote
quote-unseen = What is quoted is gone, or not for you to see.
quote-pending = The quote waits for the author to agree.
quote-refused = The author does not agree to be quoted.
poll = Poll
poll-one = Choose one option
poll-several = Choose one or more options
poll-choose = Vote in the poll
sign-in-to-choose = Sign in to vote in the poll
poll-results = See the results without voting
poll-hide-totals = Show the results only when it has ended
poll-hidden = The results can be seen once the poll has ended.
poll-mine = your vote
poll-chosen = you have voted
poll-closes = open until { $when }
poll-closed = closed on { $when }
poll-voters =
    { $count ->
        [one] 1 person voted
       *[other] { $count } people voted
    }
original = See it where it was published
own-page-proven = That page leads back here: seen on { $day }
anything = Any
their-profile = See their profile
moved-to = Moved. Now: { $name }
level = Reply at level { $level }
elsewhere = This account belongs to { $host }. Its full profile is there.
community-elsewhere = This community lives at { $host }.
see-community-there = See it there
threads-known-here = Conversations that came here
no-threads-known = None came so far. Follow it, and what is written in it will appear here.

not-found = We cannot find this page
not-found-text = The address may be wrong, or it can no longer be seen.
gone = This is no longer here
gone-text = It was deleted by its author.
suspended = This account is suspended
suspended-community = This community is suspended
suspended-text = Nothing of it is shown while it is suspended.
failed = Something went wrong
failed-text = It is our fault, and it has been noted. Please try again in a while.
busy = It is very busy right now
busy-text = Please try again in a few seconds.
refused = This could not be done
refused-origin = The form came from another site, so we did not take it. Open it here and send it again.
refused-form = We could not read the form.
refused-size = The form is too large. Make it shorter and send it again.
refused-method = This page can only be read.
refused-unsent = There is nothing to read at this address: it takes what is sent from a page.
go-home = Go to the front page

setup-title = Set up your community
setup-intro = This site is brand new. In one step you make your account, which runs it, and the first community.
your-account = Your account
name = User name
name-hint = Letters a–z, digits and underscores. Your address will be @name@{ $host }.
email = E-mail
email-hint-of = For signing in and important notices. Only addresses of { $domains } may sign up. Nobody sees it.
email-hint = To sign in and for important notices. Nobody else sees it.
password = Password
show-password = Show the password
password-hint = 8 to 128 characters; a long phrase is best.
first-community = The first community
group-title = Title
group-title-hint = As people will read it, for example “Urban garden”.
group-name = Name in its address
group-name-hint = Letters a–z, digits and underscores; if you leave it empty, it is made of the community’s name. Its address will be @name@{ $host }, and it never changes.
summary = What it is for
summary-hint = One or two sentences. You can change this later.
who-reads = Who reads and who writes
choice-public = Public
choice-public-hint = Anyone reads, anyone writes.
choice-restricted = Open to read
choice-restricted-hint = Anyone reads; members write.
choice-private = Private
choice-private-hint = Only members read and write. Nothing leaves this site.
choice-hidden = Hidden
choice-hidden-hint = Like the one before, and nobody else knows that it is there: it is in no list and no search, its address leads nowhere, and one comes in by invitation alone.
who-joins = How people join
choice-open = Freely
choice-open-hint = Whoever asks is in.
choice-approval = With approval
choice-approval-hint = Moderators answer each request.
choice-invite = By invitation
choice-invite-hint = Only people who are invited.
setup-code = Setup code
setup-code-hint = The server writes it to its log each time it starts; if somebody else installed it, ask them. So nobody gets in before you.
create = Create account and community
fix =
    { $count ->
        [one] One thing needs fixing
       *[other] { $count } things need fixing
    }
already-set-up = This site has been set up already.

flaw-name = Use 1 to 30 letters a–z, digits or underscores.
flaw-reserved = That name is reserved. Choose another one.
flaw-email = This does not look like an e-mail address.
flaw-password = The password must have 8 to 128 characters.
password-again = Enter it again: a password is not kept until everything is right.
flaw-same = The community cannot have the same name as your account: both would have the same address.
flaw-title = Give the community a title.
flaw-code = This is not the code that the server wrote to its log.
flaw-choice = Choose an option.
refused-open-door = A private community is entered by request or by invitation: if whoever wants to came in, anybody would read it.

welcome = “{ $title }” is up and running
welcome-text = Anyone with an account on Mastodon, Lemmy, NodeBB or another compatible service can reach it at this address:
next-steps = Next steps
step-invite = Invite your people
step-invite-text = By a link, or with the address above those who have an account on Mastodon or another service.
step-write = Write the first conversation
step-write-text = Say what this is and what you would like to read here. Nobody begins in an empty room.
step-rules = Set some rules
step-rules-text = Three or four are enough. Whoever joins reads them, and one moderates by them.
step-look = Give it a picture and a colour
step-look-text = Two pictures, and below them the colour; also who reads, who writes, and how one joins.
step-purpose = Say what it is for
step-purpose-text = One or two sentences: what is told here, and to whom it is of use.
step-welcome = Write a welcome
step-welcome-text = Whoever begins to follow the community or joins gets it, once.
step-pin = Pin a conversation
step-pin-text = For example one in which people introduce themselves: open it, then press “More” and “Pin it to the top”. It is the first thing that is read.
step-done = Done
steps-done = { NUMBER($done) } of { NUMBER($all) }
steps-put-away = Show this no more
arrivals = Who came in the last four weeks
arrivals-here = With an account on this site: { NUMBER($came) }, of whom { NUMBER($wrote) } wrote.
arrivals-elsewhere = With an account on other servers: { NUMBER($came) }, of whom { NUMBER($wrote) } wrote.
arrivals-hint = It counts those who still are members. Who only follows the community is not here.
first-post = You have not written in { $group } yet. It takes nothing special: say who you are or what brings you, in a sentence. A concrete question in the title gets an answer sooner.
step-site = Say who answers for this site
step-site-text = What it is, whom one writes to and how it treats data.
step-app = Sign in with your new account from any Mastodon app: the server is { $host }.
see-community = See the community
first-steps = First steps

main-places = Places
headline = Conversations with a home of their own
latest = Latest
nothing-yet = No conversations yet. The first ones will appear here.
nothing-yet-mine = There are no conversations in your communities yet.
why-this = Why do I see this?
why-this-text = These are the conversations of the communities that you follow, in the order that you choose above. Whoever follows the same ones sees the same: nothing is ordered by what you read, vote for or write.
home-new = What goes on in your communities appears here. Join one to begin.
all-communities = See all
directory-lead = Sorted by what happens in them, not by their size.
everything = Everything
people = People
search-what = What are you looking for?
search-within = Search { $group }
search-hint = Words, a name, or the address of a post or of somebody (@name@server).
search-operators = Refine the search
search-example-state = status:unanswered
search-example-language = lang:en
search-example-origin = origin:here
search-example-from = from:@name
search-about-state = also solved, answered, open and closed
search-about-language = written in one language
search-about-origin = written here; or on other servers, with origin:remote
search-about-from = written by somebody
search-about-phrase = words in a row; with a hyphen in front, what must not appear
search-unknown = We do not understand “{ $operator }” and have ignored it.
search-lost = There is nothing there that we could show: the address may be wrong, it may not be public, or its server does not answer.
search-lost-outside = That address is not known here. If you sign in, we will ask its server for it.
search-found =
    { $count ->
        [0] No results
        [one] 1 result
       *[other] { $count } results
    }
search-nothing = We found nothing. Try fewer words, or others: their variants are searched for, too, with and without accents.
search-ask = Ask a community
search-more = Show more
search-newest = Newest first
search-solved = Solved first
search-meant = Did you mean:
search-related = Communities where you could ask
tag-empty = There are no posts with this hashtag yet.
tag-description = Posts with the hashtag #{ $tag }.
further = More
history = Earlier versions
version-now = current
version-first = the first
find-community = Search by name or topic
narrow-down = Narrow down
search = Search
every = All
alive = Alive
quiet = Quiet
still = Still
fresh = New
abandoned = Abandoned
alive-hint = Several people wrote this week, and whoever asks is soon answered
quiet-hint = Somebody wrote this month
abandoned-hint = Nobody wrote in the last month, and its team has not been here for two
more-communities = More communities
still-hint = Nobody wrote in the last month
pulse-rule = Alive: at least three people wrote in the last 7 days, and most conversations were answered within a day. Quiet: somebody wrote in the last 30 days. Still: nobody did. Abandoned: nobody did, and its team has not been here for 60 days. New: it was made less than 30 days ago and is not alive yet. It is calculated every hour, not chosen.
pulse-counted = How it is calculated
fresh-hint = It was made less than a month ago
on-another-server = On another server
no-communities-found = No community matches what you are looking for.
sort-members = Members
sort-name = Name
sort-active = Activity
sort-new = New
sort-top = Top
sort-unanswered = Unanswered
rule-active = First come the conversations with the newest reply. The order is the same for everybody.
rule-new = First come the conversations that began last. The order is the same for everybody.
rule-top = First come those with the most votes: upvotes minus downvotes. The order is the same for everybody.
rule-unanswered = The conversations that nobody has answered yet, the newest first. The order is the same for everybody.
about = About
team = Who looks after it
feed = Subscribe
feed-lead = To read what is new in a feed reader (RSS), without an account or mail: copy an address and paste it there.
feed-secret-lead = Only members read here. Your secret address is yours: whoever has it reads what you read, so do not share it. It is worth nothing once you take it back, renew a forgotten password or are no member any more.
feed-all = All conversations
feed-unanswered = Those that nobody replied to
feed-in = Only in { $language }
feed-open = Open
feed-make = Make my secret address
feed-renew = Change it for another one
closed-list = Only its members see the conversations of this community.
role-member = Member
role-expert = Host or expert
role-moderator = Moderator
role-leader = Leader
role-owner = Owner
last-reply = last reply { $when }
context-missing = What came before is missing
context-missing-text = It replies to something that did not come here: its server may not have answered, or it was deleted.
context-fetch = Fetch it
in-reply-to = In reply to
closed-thread = This conversation is closed: it takes no more replies.
closed-by = { $name } closed this conversation: it takes no more replies.
because = Reason: { $reason }
view-tree = View as branches
view-linear = View in order of arrival
pass-on = Share with those who follow me
unpass = Share no more
permalink = Link
reply-removed = The moderators removed this reply.
reply-deleted = The author of this reply deleted it.
just-now = just now
minutes-ago = { NUMBER($count) } min ago
hours-ago = { NUMBER($count) } h ago
days-ago =
    { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }

lists = Lists
lists-lead = With a list you read some people apart from all others. Only you see it, and nobody knows that they are in it.
lists-put = Put into my lists
lists-with = My lists with { $name }
list-make = Make a list
list-new = A new list
list-title = Name of the list
list-titleless = Write a name.
list-change = Change
list-manage = Change the list “{ $title }”
list-back = Back to the list
list-replies = Which replies it shows
list-replies-members = Those to somebody in the list
list-replies-followed = Those to somebody whom I follow
list-replies-nobody = None
list-apart = Read these people only here
list-apart-hint = What they write does not show in your home.
list-people =
    { $count ->
        [one] 1 person
       *[other] { $count } people
    }
list-people-hint = You add whom you follow from their profile: “More”, “Put into my lists”.
list-remove = Delete the list
list-remove-hint = You go on following those in it.
list-nobody = There is nobody in this list yet. Open the profile of somebody whom you follow and choose “Put into my lists”.
list-quiet = Nobody in the list has written yet.
passed-by = Passed on by { $name }
home = Home
my-communities = My communities
my-communities-lead = Those that you joined or follow, here and on other servers.
my-communities-none = You belong to no community yet.
all-my-communities = All my communities
discover-communities = Discover communities
my-places = My places
my-page = My page
sign-in = Sign in
sign-in-to-reply = Sign in to reply
write = Write
notices = Notices
notices-hint = In each community and each conversation you choose under “Notices” how much you are told of it. For notices on your phone, sign in with an app for Mastodon.
no-notices = No notices yet. Here you will see who replies to you, mentions you, or votes for what you write.
queue = To attend to
queue-waiting = { $count ->
    [one] { $count } thing waits
   *[other] { $count } things wait
    }
server-of-whom = Server of the person concerned
waits-for = Waits for
older-than-a-day = more than a day
older-than-three-days = more than three days
older-than-a-week = more than a week
past = What is known of those concerned
past-member = a member since { $day }
past-no-member = no member; the account is from { $day }
past-nothing = no measures before
past-about = reports about them: { $upheld } with measures, { $dismissed } without
past-by = reports they filed: { $upheld } with measures, { $dismissed } without
past-remove = posts removed
past-refuse = posts not let in
past-lock = conversations closed
past-ban = bans
past-hush = times kept from writing
past-warn = warnings
past-other = other measures
queue-lead = What waits for a decision in the communities that you look after.
queue-rests = What waits in { $groups } is not shown: its team needs a second step of signing in, and you have none.
queue-rests-way = Set it up
queue-calm = Nothing is waiting for you.
accounts-wait =
    { $count ->
        [one] 1 person waits to be let into this site
       *[other] { $count } people wait to be let into this site
    }
requests = Requests to join
wants-to-join = Wants to join { $group }
admit = Admit
refuse = Refuse
reports = Reports
report-about = About { $name }
report-by = reported by { $name }
resolve = Mark as attended to
join = Join
leave = Leave
leave-hint = You stop following it and being a member. You can come back whenever you want from this page, as the first time.
leave-sure = Yes, leave
withdraw-request = Take it back
waiting-for-answer = Request sent
you-are-invited = An invitation for you
asked-to-join = You asked to come in { $when }; the team has not answered yet.
joining-takes = They usually answer within { $span }.
answered-within = Conversations are usually answered within { $span }
others-alike = Other communities
others-alike-hint = Nobody writes here any more. People talk about the same, or in the same language, in:
you-are-out = You have been put out of this community
you-are-hushed = You may read this community, but not write in it
why-and-appeal = Why, and how to appeal
no-thanks = No, thanks
follow = Follow
unfollow = Unfollow
follow-from-elsewhere = Follow from my account
reply-from-elsewhere = Reply from my account
vote-from-elsewhere = Vote from my account
share-from-elsewhere = Share from my account
take-part = Take part
elsewhere-follow = Follow from your account
elsewhere-reply = Reply from your account
elsewhere-like = Vote from your account
elsewhere-share = Share from your account
elsewhere-lead = If you have an account on Mastodon, Lemmy or another server that understands this one, you need no other.
your-handle = Your account
your-handle-hint = For example @ana@mastodon.social
flaw-account = Enter your whole account, with the name of your server: @name@server.
flaw-account-unknown = We could not ask that server about that account. See whether it is spelled right.
go-on = Continue
way-found = Go on at { $host }
way-explained = Your server will ask you to confirm.
way-go = Go to { $host }
copy-instead = Do it from your app
copy-step-1 = Copy this address.
copy-step-2 = Paste it into the search box of your app or of your server.
copy-step-3 = Open it there, and follow, reply, vote or share as always.
have-account-here = I have an account on { $site }
choose-one = Choose…
vote-for = Upvote
vote = Vote
reply = Reply
edit = Edit
delete = Delete
report = Report
moderate = Moderate
cancel = Cancel
new-thread = New conversation
reply-to = Reply to this
edit-post = Edit what you wrote
title = Title
title-hint = If you leave it empty, the first line of the text is taken.
group-hint = The communities that you follow.
group-hint-none = You follow no community yet: join one first.
text = Text
text-hint = These signs shape the text (Markdown): **bold**, *italics*, and a dash in front for lists. Links are pasted as they are.
warning-field = Content warning
warning-hint = If you give one, the text stays folded below it until somebody opens it.
publish = Publish
send-reply = Send reply
save = Save
preview = Preview
preview-here = How it will look here
preview-mastodon = How it will look in Mastodon
preview-mastodon-hint = All who follow the community get it whole, with its title in bold at the beginning.
emoji-heading = Emoji of this site
emoji-pick-hint = They are written like this, between colons.
attach-heading = Pictures, video or sound
link-film = Video
choose-files = Files
files-hint = Four at most. You can describe them afterwards for those who cannot see them.
attach = Upload
alt-label = Description of file { $number }
alt-hint = Describe what can be seen or heard: those who cannot see the picture read it, and so do search engines.
take-away = Take file { $number } away
sensitive-label = Cover the pictures until somebody wants to see them
flaw-alt =
    { $count ->
        [one] One picture has no description: people who cannot see will not know what it shows
       *[other] { $count } pictures have no description: people who cannot see will not know what they show
    }
flaw-file = That file cannot be used: it is too large, or it is not a picture, a video or a sound.
send-anyway = Publish without a description
add-poll = Poll
poll-option = Option { $number }
poll-allow-several = Several may be chosen
poll-lasts = Open for
one-hour = One hour
six-hours = Six hours
one-day = One day
three-days = Three days
seven-days = One week
quoting = You are quoting
discard = Discard
draft-recovered = Here is what you left unfinished.
draft-kept = Draft saved
resumed = You are back
resumed-lead = Your session had ended, so that this was not sent. Read it once more.
resumed-send = Send it now
draft-shut = Not saved: you are signed out. Send it: you sign in again on the way, and nothing gets lost.
draft-unkept = Not saved: the server cannot be reached. We try again as you go on.
lost-aim = This is not there any more
lost-aim-text = What you were writing for is gone, or you cannot read it any more. Nothing of what you wrote is lost: it stays here for thirty days, to be copied.
session-ended = Your session had ended. Sign in again: what you wrote is still here.
your-reply = Your reply
saved = Saved
saved-empty = Here is what you keep to read it later. Nobody else sees it.
keep = Save for later
unsave = Remove from saved
portion-is = You get: { $portion }
portion-all = Everything
portion-all-hint = Conversations and replies. What the community sends is seen by all who follow it on your server: replies come if most of those who choose there want everything.
portion-threads = Conversations
portion-threads-hint = Each new conversation, without the replies
portion-highlights = Highlights only
portion-highlights-hint = The conversations that the team pins, once it does. Here you are told of them; on another server, others stop coming if nobody else wants them there
portion-digest = Weekly summary
portion-digest-hint = On Mondays, a message with what was most talked about, and conversations leave your home. On another server, if nobody else wants them there
level-is = Notices: { $level }
level-all = Everything
level-all-threads = Each new conversation
level-all-replies = Each reply
level-mine = Replies to me
level-mine-hint = Mentions and replies to what I wrote
level-none = Nothing
level-none-hint = No notices at all
same-here = Same here
same-here-hint = Whoever asks gets no notice for each person. If there is an accepted answer, we tell you. It stays on this site: other servers do not know.
echoes =
    { $count ->
        [one] The same happens to 1 person
       *[other] The same happens to { $count } people
    }
solution = Accepted answer
solution-in-place = See it in the conversation
solved = Solved
solve = Accept as the answer
unsolve = It is not the answer any more
similar-written = Has it been talked about already?
rules-of = The rules of { $group }
similar = Similar conversations
news-here = New replies
unread = { NUMBER($count) } unread
new-replies =
    { $count ->
        [one] 1 new reply
       *[other] { $count } new replies
    }
jump-to-new =
    { $count ->
        [one] Go to the new reply
       *[other] Go to { $count } new replies
    }
new-reply = new
more-ways = Pictures and more
flaw-text = Write something.
flaw-group = Choose a community.
delete-post = Delete what you wrote
delete-explained = It disappears from here, and we ask the other servers to delete their copy; nearly all do, but we cannot make them. This cannot be undone.
report-post = Report this
report-person = Report this person
report-community = Report this community
report-explained-somebody = Those who run { $site } will see it. Nobody whom it is about will know who reported them.
report-explained = The team that looks after { $group } will see it, and those who run { $site }. Whoever wrote it will not know who reported it.
report-explained-elsewhere = It goes to the team that looks after { $group }, at { $host }, and those who run { $site } see it, too. It is sent without your name: neither that team nor whoever wrote it will know who reports.
report-explained-site = Those who run { $site } will see it. Whoever wrote it will not know who reported it.
report-copy = Send a copy, without my name, to { $host }, too
report-copy-hint = It is the server of whoever wrote it: those who run it can act as well.
report-what = What is wrong
report-comment = What the team should know
report-comment-hint = A few words are enough.
category-spam = It is advertising or a fraud
category-legal = It is illegal
category-violation = It breaks the rules
category-other = Something else
send-report = Send report
report-sent = Report sent
back-to-conversation = Back to the conversation
go-back = Back
report-sent-text = Thank you. The team that looks after { $group } will see it as soon as possible, and so will those who run { $site }.
report-sent-elsewhere = Thank you. It is on its way, without your name, to the team that looks after { $group }, at { $host }. Those who run { $site } see it, too.
report-sent-site = Thank you. Those who run { $site } will see it as soon as possible.
decide-about = Decide about { $name }
moderate-post = Moderate
moderate-explained = It is noted in the moderation log, and the other servers hear of it, too.
about-its-author = Warn or ban whoever wrote it
write-the-rules = There are no rules yet: write them
measure = What to do
why = Reason
why-hint = Anybody can read it in the log. A rule or a reason is enough.
remove = Remove it from the community
restore = Put it back into the community
lock = Close it to more replies
unlock = Open it again
pin = Pin it to the top
unpin = Unpin it
warn-author = Warn whoever wrote it
move-thread = Move it to another community
move-to = To which community
move-to-hint = Only if you move it. The conversation goes there with all its replies.
apply = Apply
told-mention = { $name } replied to you or mentioned you
told-private = { $name } wrote to you in private
told-follow = { $name } follows you
told-request = { $name } waits for an answer to a request
told-asks = { $name } asks to follow you
told-began = { $name } began a conversation
told-replied = { $name } replied in a conversation that you follow
told-wrote = { $name } wrote something that you want to hear of
told-poll = The poll of { $name } is over
told-quote = { $name } quoted what you wrote
told-vote = { $name } voted for what you wrote
told-reaction = { $name } answers { $sign } to what you wrote
told-share = { $name } shared what you wrote
told-votes =
    { $others ->
        [one] { $name } and one other person voted for what you wrote
       *[other] { $name } and { $others } other people voted for what you wrote
    }
told-follows =
    { $others ->
        [one] { $name } and one other person follow you
       *[other] { $name } and { $others } other people follow you
    }
told-meanwhile =
    { $count ->
        [one] One notice in your quiet hours
       *[other] { $count } notices in your quiet hours
    }
told-shares =
    { $others ->
        [one] { $name } and one other person shared what you wrote
       *[other] { $name } and { $others } other people shared what you wrote
    }
told-update = { $name } changed what you shared
told-quoted-update = { $name } changed what you quoted
told-sign-up = { $name } made an account here
told-waits = { $name } asks for an account here and waits for an answer
told-report = { $name } reported something
told-severed = On { $name } follows of yours ended, because an account or a whole site was blocked
told-severed-from = { $target } was blocked. Followers that you lose: { $followers }. People you do not follow any more: { $following }.
told-report-post = { $name } reported something that { $about } wrote
told-report-person = { $name } reported { $about }
told-heard = The team of { $name } dealt with a report of yours
told-heeded = The team of { $name } dealt with your report about { $about }
told-heeded-taken = The team of { $name } dealt with your report: what { $about } wrote is gone
told-other = There is news from { $name }
invalid-text = Something is missing, or something you entered does not fit. Look at it and try again: nothing was changed.
conflict-text = It was done already, or somebody was faster.
unreachable-text = The other server does not answer now. Please try again in a while.
too-often-text = Too many tries in a row. Wait a moment.
refused-banned = The team of this community has shut you out.
refused-hushed = The team of this community keeps you from writing here: you may read, and write again from { $when } on.
hushed-way = See why
removed-why = Why it was taken out, and how to appeal
refused-not-member = Only members of the community can do this.
refused-not-joined = They are not in the community yet. Invite them first, or grant their request.
refused-invite-only = People join this community by invitation only.
refused-not-staff = Only the moderators can do this.
refused-not-expert = Only the team, and hosts and experts, can do this.
refused-unsecured = Whoever has this power first sets up a second step of signing in, or a passkey.
refused-not-leader = Only its owner and those who lead the community can do this.
refused-not-owner = Only its owner can do this.
refused-not-admin = Only those who run this site can do this.
refused-not-author = Only whoever wrote it can do this.
refused-rank = Your role in the community does not allow it. An owner cannot leave without somebody else in their place.
refused-not-let = Whoever wrote it does not let you do that.
refused-locked = The conversation is closed.
refused-gone = It is no longer there.
refused-too-soon = It is too soon to do it again.
refused-other = The rules of this site do not allow it.
community = Community

log = Moderation log
log-tab = Log
log-lead-team = What the team decided, and why. Only the team reads here about whom.
log-lead = What the team decided, and why. It does not say about whom: it is there to judge the decisions.
log-empty = Nothing has had to be decided yet.
did-remove = removed a post
did-restore = put a post back
did-lock = closed a conversation
did-unlock = opened a conversation again
did-pin = pinned a conversation
did-unpin = unpinned a conversation
did-transfer = moved a conversation to another community
did-receive = took in a conversation from another community
did-ban = banned somebody
did-unban = lifted a ban
did-hush = kept somebody from writing for a time
did-unhush = let somebody write again
did-dismiss = put somebody out
did-admit = admitted somebody
did-promote = gave somebody more to look after
did-demote = gave somebody less to look after
did-resolve = attended to a report
did-other = took a decision

### Running a community.

run-it = Manage
settings = Settings
found-title = Create a community
found-lead = A place to talk about something you share. You can change everything later, except the name in its address.
found-it = Create the community
found-link = Create a community
purpose = What brings its people together
purpose-theme = A subject
purpose-theme-hint = A pastime, a question, something of interest: gardens, films, cycling.
purpose-profession = A profession
purpose-profession-hint = People of one trade who help each other and share what they know.
purpose-company = A company
purpose-company-hint = A company or brand and those who deal with it: questions, ideas, news.
purpose-society = A social cause
purpose-society-hint = A cause, a neighbourhood, an association. Privacy deserves more care here.
theme = Topic
themes = What it is about
themes-list = Topics
themes-hint = Choose up to { $most }. People find the community in the directory by them.
flaw-themes = Choose { $most } at most.
topics = Hashtags of its own
topics-hint = Up to { $most }, for what is not in the list. For example: #compost #seeds
theme-animals = Animals
theme-arts = Art and culture
theme-books = Books and writing
theme-business = Work and money
theme-education = Education
theme-environment = Nature and environment
theme-family = Family and care
theme-food = Food and cooking
theme-games = Games
theme-health = Health and wellbeing
theme-history = History
theme-home = Home, garden and crafts
theme-languages = Languages
theme-local = Neighbourhoods and towns
theme-mobility = Transport and mobility
theme-music = Music
theme-politics = Politics and current affairs
theme-rights = Rights and solidarity
theme-science = Science
theme-screen = Films and series
theme-sport = Sport
theme-technology = Technology
theme-travel = Travel
spoken = Languages
spoken-hint = Those that people speak there. If you choose none, any will do.
what-and-who = What it is and who takes part
fold-doors = Who reads and who joins
fold-talk = How people talk
fold-team = What the team has to have
community-data = The data belong to the community
community-data-text = Its settings and rules, its people, what was published and the moderation log, as tables and as files for programs (JSON). Keep a copy whenever you like; handle it with care, since it is about people.
pictures = Pictures
pictures-hint = PNG, JPEG, WebP, GIF or AVIF, up to 8 MB. They are cropped to fit.
picture = Picture
banner = Banner
remove-picture = Remove the picture
colour = Colour
colour-hint = For the banner and the initials, which have white letters on them: it has to be fairly dark.
flaw-colour = Enter a colour with six digits, such as #2f6a5b.
flaw-contrast = White letters could not be read well on that colour. We put the nearest one that serves ({ $colour }): save it, or choose another.
flaw-taken = Another account or community of this server has that name.
nudges = Tell the team of what nobody answers
nudges-hint = Once, when a conversation that somebody else began had no answer for a day.
team-second-step = The team needs a second step or a passkey
team-second-step-hint = Whoever keeps order here and signs in on this site. Until they have one, they are led to set it up and cannot use their powers.
who-starts = Who starts conversations
threads-by-all = Anyone who may write
threads-by-all-hint = As in most communities.
threads-by-team = The team only
threads-by-team-hint = For announcements: the others reply.
reach = How far private things go
reach-hint = It matters only if the community is private.
reach-home = They stay here
reach-home-hint = Members from other servers get a notice without the text, and come here to read.
reach-trusted = To the servers of its members, too
reach-trusted-hint = If their software keeps private things private. Those who run these servers can read them.
questions = Questions to those who want to join
questions-hint = One per line, five at most. They are asked if joining needs approval.
welcome-word = Welcome
welcome-word-hint = Whoever begins to follow the community, or joins, gets it once, by a private message. How to write and how to leave is added. If it is empty, nothing is sent.
visibility-change = A change is for what is written from now on. What was written for members only stays with them; what was public stays so, and has gone out to other servers already.
strangers-lost =
    { $count ->
        [one] 1 person who follows it without being a member will not get it any more, and is told why.
       *[other] { $count } people who follow it without being members will not get it any more, and are told why.
    }
all-members = Members
all-followers = Only follow it
role-follower = Follows it
all-banned = Banned, or kept from writing
find-member = Search by name
find-anybody = Find somebody who is not a member
find-anybody-hint = Their address, such as @ana@other.server. That is how somebody is invited, or banned before they come.
nobody-by-that = We found nobody with that address.
nobody-here = There is nobody in this list.
look-up = Find their card
more-people = More people
role-banned = Banned
role-hushed = Kept from writing
role-none = Not a member
for-good = for good
until = until { $when }
within-an-hour = an hour
hours =
    { $count ->
        [one] 1 hour
       *[other] { NUMBER($count) } hours
    }
days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
rights = What they may do
rights-hint = Given their role, the rules of the community, and what was decided about them.
may-do = May
may-not-do = May not
may-read = Read
may-start = Start conversations
may-reply = Reply
may-attend = See what nobody answers, and mark the reply that does
may-moderate = Moderate: remove, lock, pin and admit
may-ban = Ban members
may-appoint = Give roles
may-manage = Change the settings
may-hand-over = Hand the community over
give-role = Give a role
not-joined = Not in the community yet
not-joined-invite = They read an invitation, and come in if they accept it. Then you can give them a role.
not-joined-invited = They have an invitation and have not answered it yet.
not-joined-asks = They asked to join and wait for an answer.
invite-person = Invite to the community
does-none = Is put out, without a word, and may come back.
hand-over-together = I go on owning it, too
hand-over-together-hint = There are several owners then, and none of them can take it from another.
does-member = Takes part.
does-expert = Welcomes those who ask: sees what nobody answers, marks the reply that does, and bears a badge. Does not moderate.
does-moderator = Moderates: removes, locks, bans and admits.
does-leader = Leads: gives roles and changes the settings.
does-owner = May do everything, and nobody can take the community away from them.
hand-over = Hand the community over
hand-over-hint = They will own it, and whoever owns it now will lead it. It cannot be undone unless they agree.
hand-over-name = To confirm, type the name of the community: { $name }
flaw-hand-over = Type { $name } to confirm that you hand the community over.
hand-over-sure = Yes, hand the community over
warn-or-ban = Warn, keep from writing or ban
warn = Warn
ban = Ban
unban = Lift the ban
ban-for = For how long
flaw-ban-for = Choose for how long, or “for good”.
ban-explained = They leave the community, get nothing more of what is posted, and cannot write there any more. They hear why and how to appeal, and it is noted in the log.
ban-sure = Yes, ban them
ban-clean = Remove all they wrote here, too
hush = Keep from writing for a time
hush-author = Keep whoever wrote it from writing for a time
hush-explained = They go on reading and voting, and cannot post here until the time is over. They hear why and how to appeal, and it is noted in the log.
hush-sure = Yes, keep them from writing
unhush = Let them write again
invitations = Invitations
invitations-lead = By a link people come in without waiting for the team. Share it only with those whom you want to invite.
invitations-at-once = Whoever has no account here makes one from the link and is in at once.
invitations-later = Whoever has no account here asks for one from the link, and is in once the admins of the site let them in.
invitations-never = No new accounts are made here: a link is for those who have one, here or on another server.
no-invitations = There are no links yet.
new-link = A new link
link-for = Good for
link-most = For how many people
link-most-hint = Leave it empty for any number.
link-only = Only for accounts of { $domain }
link-domain = Only for accounts of
link-domain-hint = Such as council.example: those come in who have their mailbox or their account there. If empty, anybody.
link-good = Good
link-over = Over
make-link = Make the link
invite-elsewhere = Those who have an account elsewhere
invite-elsewhere-text = They need no other account or password: they follow the community from Mastodon or whatever service they use, and take part from there.
invite-letter-label = A message to send them
invite-letter = You are invited to “{ $title }”. Read and follow it here: { $page } – or look for { $handle } in your app and press “Follow”. To write, mention it.
revoke = Revoke
no-end = without an end
came =
    { $count ->
        [one] 1 person came
       *[other] { $count } people came
    }
came-of = { $came } of { $most } came
join-it = Join { $name }
invited-lead = You are invited. Once in, you follow the community and may take part.
join-lead = Once in, you follow the community and may take part.
ask-lead = The team of the community answers those who ask to come in.
ask-in = Ask to join
by-invitation = By invitation only
new-accounts-at-once = No account here yet? Make one and you are in at once.
new-accounts-wait = No account here yet? Ask for one: the people who run this site look at new accounts first, and once they let you in you go on here without looking for the link again.
accounts-of-provider = People come in with their account of the organization, or with one on another server.
no-new-accounts = No new accounts are made here. Come in with one you have, here or on another server.
apply-lead = Before you come in, the team would like to know something. Only the team reads your answers.
send-request = Send the request
flaw-answer = Answer this question.
refuse-reason = Reason, if you do not admit
did-change = changed the settings
did-warn = warned somebody
did-invite = invited somebody

### Slow mode.

pace = Slow mode
pace-lead = For a heated day: everybody but the team writes here once in a while, wherever they come from. It is said on the page; whoever is too fast is told how long to wait, and keeps what they wrote.
pace-hint = How much time passes between two posts of the same person.
pace-hint-thread = Only if you change slow mode. How much time passes between two posts of the same person in this conversation.
pace-none = Off
pace-minutes =
    { $count ->
        [one] One post a minute each
       *[other] One post every { $count } minutes each
    }
pace-hours =
    { $count ->
        [one] One post an hour each
       *[other] One post every { $count } hours each
    }
pace-on = Slow mode: { $every }.
pace-wait =
    { $count ->
        [one] You can write again in a minute.
       *[other] You can write again in { $count } minutes.
    }
refused-slow =
    { $count ->
        [one] Slow mode is on here: you can write again in a minute. What you wrote is kept.
       *[other] Slow mode is on here: you can write again in { $count } minutes. What you wrote is kept.
    }
did-slow = turned slow mode on
did-unslow = turned slow mode off

### Splitting conversations, and putting them together.

split-off = Make it a conversation of its own
split-title = What the new conversation is called
split-title-hint = Only if you split it off. All that replies to it goes along.
merge = Put it under another conversation
merge-into = Address of the other conversation
merge-under = The other conversation
merge-under-hint = Of those in which something was said last. This one becomes a reply there, with all that replies to it.
merge-into-hint = If it is not in the list: the address of its page. It must be of this community, too.
flaw-into = There is no other conversation of this community at that address.
began-in = This conversation began in
went-on-in = From here it went on in
did-split = made a conversation of its own of a reply
did-merge = put a conversation under another one

### Opening what is private.

open-private = Open a private conversation
open-lead = What stands in a private community is for its members, and admins are none. If a report needs it, you can read one conversation for an hour. The log of the community says that you did and why, and its owner gets a notice.
open-address = Address of the conversation
open-address-hint = Of any post in it.
open-reason = Why
open-reason-hint = Its owner and everybody who reads the log of the community reads this.
open-it = Open it for an hour
open-now = You read this as an admin, for an hour since you opened it. The owner of the community knows.
flaw-open = There is no private conversation at that address.
did-open = opened a private conversation as an admin
told-opened = { $name }, an admin, opened a private conversation of yours

### Posts that wait.

screen = Look at first
screen-lead = What you choose here is not seen by anybody until the team lets it in under “To attend to”. Its author sees it, and is told that it waits and why. Nothing of the team ever waits.
screen-first = Everybody’s first posts
screen-first-hint = How many have to be let in before the rest of somebody’s posts go out unseen.
screen-none = None of them
screen-first-of =
    { $count ->
        [one] The first one
       *[other] The first { $count }
    }
screen-what = And besides
screen-strangers = Everything of those who are not members
screen-strangers-hint = Also of those who follow from elsewhere without having joined.
screen-links = Links of newcomers
screen-links-hint = Whoever has fewer than { NUMBER($count) } posts in the community is new. Mentions and hashtags are no links.
screen-words = What says one of these words
screen-words-hint = One per line; several words together count as they stand. Capitals do not matter.
screen-domains = Servers to look at first
screen-domains-hint = One a line, such as shop.example. What has a link to them waits, and what comes from their accounts.
screen-again = What somebody repeats
screen-again-hint = If they posted the same, word for word, within the last seven days.
screen-limits = More than a newcomer usually writes
screen-limits-hint = With the numbers below, for whoever has fewer than { NUMBER($count) } posts in the community or is known here for less than a day. What is more waits; nothing is lost.
limit-links = Links in a newcomer’s post
limit-media = Pictures and films in a newcomer’s post
limit-mentions = People a newcomer’s post mentions
limit-threads = Conversations on the first day
limit-replies = Replies on the first day
held-posts = Posts that wait
held-first = One of their first
held-stranger = Not a member
held-link = From somebody new, with a link
held-links = From somebody new, with many links
held-media = From somebody new, with several pictures
held-mentions = From somebody new, names many people
held-many = A lot for a first day
held-word = Says a word of the list
held-parent = Replies to something that waits
assent-awaited = Waiting until whoever you reply to agrees
assent-refused = Whoever you reply to does not agree: nobody else sees it
held-edited = It was changed after it was let in
held-domain = Leads to a server of the list, or comes from there
held-again = Said the same before
held-waits = Waiting for the team
held-refused = Not let in
taken-out = Taken out
held-whole = What it says
let-in = Let it in
turn-down = Do not let it in
did-let-in = let in a post that was waiting
did-turn-down = did not let in a post that was waiting
did-screen = changed what waits for the team
told-unpublished = Something that you left for later was not published
told-unpublished-because = Something that you left for later was not published. { $reason }
told-unheard = Nobody has answered { $name } for a day
told-accepted = { $name } accepted what you replied
told-thanked = Thank you! It is your first accepted answer in { $name }
told-answered = { $name } accepted an answer to what you asked, or what happens to you, too
told-held = Something of { $name } waits for the team
stated-refuse = Not to let a post into the community

### Rules, decisions and appeals.

stated-suspend = To suspend an account from this whole server
stated-silence = To limit an account: only those who follow it see what it posts
stated-veil = To cover the pictures of an account until one wants to see them
decided-by-admins = Those who run { $site }
scope-of-it-here = On this whole server. What other servers do is theirs to decide.
mail-stated-here = A decision that concerns your account on { $site }
mail-stated-here-text = Those who run { $site } decided something that concerns your account { $name }. This page says what it is, the reasons, and how to appeal. You need not sign in to read it.
mail-decided = Your appeal on { $site }
mail-granted = Your appeal was successful: what was decided is undone.
mail-upheld = Your appeal was not successful: what was decided stands.
poll-elsewhere = This poll is on another server: vote in it from your own.

did-grant = granted an appeal and undid what was decided
did-uphold = stood by what was decided after an appeal
note-to-them = A few words to that person
note-to-them-hint = Only they will read them, with the rule and the reason.
flaw-warning = Say what they are warned of.
flaw-grounds = Say which rule it breaks or, if it is none, what the reason is.
told-stated = The team of { $name } decided something that concerns you
told-appeal = { $name } appeals against a decision
statement = Decision and reasons
statement-lead = For { $name }. Only whoever has this address reads this: do not share it.
statement-lifted = This decision was undone on { $when }.
statement-how = How it was decided
stated-what = What was decided
stated-when = When
stated-lasts = How long it lasts
stated-about = About what
stated-rule = Rule that was broken
stated-note = From the team to you
stated-remove = To take a post out of the community
stated-lock = To close a conversation to replies
stated-ban = To put somebody out of the community
stated-ban-clean = To put somebody out of the community and take out what they posted there
stated-hush = To keep somebody from writing in the community: they may read
stated-warn = A warning
lasts-nothing = It has no further consequences.
decided-by = Who decided it
decided-by-team = The moderators of { $name }
automated = Automated means
automated-no = None: a person decided it.
scope-of-it = Where it holds
scope-of-it-text = In this community. Servers that follow it are told and usually do the same.
appeal = Appeal
appeal-lead = If you think it is a mistake, say so once, until { $until }. Somebody else of the team will look at it, if there is somebody.
appeal-text = Why it should be changed
appeal-hint = What happened, and what was not considered.
send-appeal = Send the appeal
flaw-appeal = Explain why it should be changed.
appeal-over = The time to appeal ended on { $since }.
appeal-waits = Waiting
appeal-waits-text = The team has your appeal. The answer will appear on this page, and we will tell you.
appeal-granted = Your appeal was granted: the decision is undone
appeal-refused = The decision stands
appeal-needless = The decision does not hold any more: there is nothing to appeal against.
redress = You can also turn to an out-of-court dispute settlement body or to a court.
appeals = Appeals
appeal-by = An appeal by { $name }
unheard = Unanswered
appeal-answer = The answer, with its reason
appeal-grant = Grant it and undo the decision
appeal-uphold = Stand by the decision
appeal-verdict = What you decide
appeal-decide = Decide and answer
appeal-not-mine = You decided it: somebody else of the team has to look at it.
appeal-reported = You reported this. If you can, let somebody else of the team decide.
refused-too-late = The time for it is over.
refused-once = It was done already, and it is done only once.
refused-own-decision = You decided it: somebody else of the team has to look at it.
mail-stated = A decision of { $group } that concerns you, on { $site }
mail-stated-text = The team of the community { $group } decided something that concerns your account { $name }. This page says what it is, the reasons, and how to appeal.
phrase = A reason at hand
phrase-hint = What you write below is added to it.
phrases = Reasons at hand
phrases-lead = What the team says often, to be chosen when something is decided.
phrases-each = One per line
undo = Undo
queue-all = Everything
queue-requests = Requests
queue-held = Waiting posts
queue-kinds = By kind
queue-holders = Who has it
queue-anybodys = Anybody’s
queue-free = Nobody’s
queue-mine = Mine
queue-filter = Show
queue-by-keys = Go through it by keys
queue-keys = With that on, j and k go from one to the next, and c takes it or gives it back. This browser remembers it.
claim = I’ll take it
unclaim = Give it back
claimed-by-me = You have it
claimed-by = { $name } has it
did-rules = changed the rules
rules = Rules
rules-lead = Numbered, and for everybody to read. Each change keeps the version before it: what was decided is judged by the one that held then.
rules-version = Version { NUMBER($version) }, { $when }
rules-versions = All versions
rules-compared = From version { NUMBER($since) } to { NUMBER($version) }
rules-changes = See what changed
rules-changed = Changed { $when }.
rules-accepted = By joining you accept them.
no-laws = This community has not written any rules yet.
law-added = New
law-changed = Changed
law-removed = Removed
law-before = What it said before
law-new = A new rule
law-number = Rule { NUMBER($number) }
law-title = What it says, in one sentence
law-text = Explanation
law-others = In other languages
law-others-hint = Those who read in that language see this, all others what stands above. Leave empty what you do not translate.
law-place = Place in the list
law-drop = Remove this rule
law-cited = Rule { NUMBER($number) }: { $title }
which-rule = Which rule it breaks
which-rule-hint = Leave it empty if you do not know.
which-house-rules = Which rules of this site it breaks
flaw-rule = Each rule needs a sentence that says it.
flaw-rules-changed = Somebody changed the rules while you were writing. Copy what is yours, open this page again and save it there.

### Administration

admin = Administer
admin-places = Administration
admin-health = Health
admin-facts = This server
health-well = All is well: nothing is broken.
health-fair =
    { $count ->
        [one] Nothing is broken, but one thing wants a look.
       *[other] Nothing is broken, but { $count } things want a look.
    }
health-bad =
    { $count ->
        [one] One thing needs somebody to see to it.
       *[other] { $count } things need somebody to see to them.
    }
state-good = Fine
state-fair = Worth knowing
state-bad = Needs action
sign-received = What comes in
sign-jobs = Background tasks
sign-deliveries = What goes out
sign-mail = Mail
sign-disk = Disk
sign-clock = Clock
sign-newcomers = Requests for an account
queue-state = Waiting: { NUMBER($waiting) }. Given up: { NUMBER($parked) }.
servers-silent =
    { $count ->
        [0] All servers answer.
        [one] 1 server does not answer.
       *[other] { $count } servers do not answer.
    }
newcomers-wait =
    { $count ->
        [one] 1 person waits for an answer.
       *[other] { $count } people wait for an answer.
    }
mail-none = There is no mail server.
mail-well = There is a mail server, and no mail was lost.
mail-lost =
    { $count ->
        [one] 1 mail could not be sent.
       *[other] { $count } mails could not be sent.
    }
disk-free = { $free } GB of { $all } GB are free ({ $share } %).
advice-slow = Work has been due for more than ten minutes. Look at the server’s log: the disk or the database may be slow.
advice-parked = What was given up failed many times and is tried no more. See why, and try it again or drop it.
advice-deliveries = Some servers did not take what was sent to them. Nothing urgent: it can be tried again when they are back.
advice-mail-none = Nobody can recover their password, and addresses are not checked. Add smtp = "smtps://USER:PASSWORD@mail.example:465" to the configuration file (or TERTULIA_SMTP to the environment), and mail_from with the address that it comes from; then start the server again.
advice-mail-lost = Check that the server can send mail (with the command “tertulia check”), and try those tasks again.
advice-disk = When the disk is full nobody can post. Get a larger one, or keep fewer copies of the pictures of other servers: the settings say how.
advice-clock = The server’s clock is behind: other servers will refuse what it signs. Synchronise it (NTP).
admin-servers = Servers
servers-lead = Those that are known here, and how sending to them goes.
find-server = Find a server, or what waits of a post by its address
every-server = All of them
floods = They send more than they may
floods-lead = Within the last hour they were told to come back later; what others send is not held up. What they may send is under Settings; whoever does not calm down is limited or blocked under Blocks.
flood-refused = { $count ->
    [one] Refused once since { $since }
   *[other] Refused { $count } times since { $since }
}
failing-servers = With problems
no-servers = No server matches what you are looking for.
more-servers = More servers
peer-well = Answers
peer-silent = Does not answer
peer-dead = Gone
peer-never = never
peer-taken = last taken: { $when }
peer-last-taken = Last took something
peer-last-seen = Last sent something
peer-retry = Tried again
last-error = Last error
unknown-software = unknown software
retry-server = Try again now
retry-server-hint = Tries everything again that waits, and what was given up, too.
parcels = What waits
parcels-of-post = What waits of this post
no-parcels = Nothing waits: all has arrived.
more-parcels = See more
parked-word = Given up
parcel-waits = Waits for its turn
parcel-later = Tries: { NUMBER($tries) }. Tried again on { $when }
parcel-parked = Tries: { NUMBER($tries) }. Given up on { $when }
replay = Send again
admin-jobs = Tasks
jobs-lead = What failed many times and is tried no more. When nothing is here, all is well.
no-jobs = Nothing was given up.
tried =
    { $count ->
        [one] Tried once
       *[other] Tried { $count } times
    }
try-again = Try again
drop-job = Drop
drop-job-hint = It will never be done. This cannot be undone.
admin-emoji = Emoji
emoji-lead = Small pictures that everybody here can use in what they write, by their name between colons. Other servers see them, too.
no-emoji = There are none yet.
emoji-add = Add an emoji
emoji-bring = Add it
emoji-change = Change
emoji-name = Name
emoji-name-hint = 2 to 64 letters a–z, digits or underscores. It is written between colons.
emoji-category = Heading
emoji-picture = Picture
emoji-picture-hint = PNG, GIF, WebP or JPEG, at most 256 kB. Square ones look best.
emoji-shown = People can use it, and see it
emoji-hidden = hidden
emoji-delete-hint = Where somebody wrote its name, only the name is shown from then on. This cannot be undone.
emoji-refused = It was not accepted. The name needs 2 to 64 letters a–z, digits or underscores and must be free; the picture must be PNG, GIF, WebP or JPEG of at most 256 kB.
admin-settings = Server settings
admin-settings-lead = What is decided, and what it means. Here it can only be read: it is changed on the machine, in a file or in the variables of the environment of the program, and takes effect when it starts again.
settings-file = The file that it read is { $file }.
settings-no-file = It read no file: one would be called tertulia.toml, in the folder in which it starts.
settings-about-network = Address and network
settings-about-entry = Who may come in
settings-about-mail = Mail
settings-about-servers = Other servers and limits
settings-about-files = Files and database
settings-about-logs = Logs
setting-usual = as usual
setting-from-file = from the file
setting-from-environment = from the environment
setting-change-usual = Nobody said otherwise. It is changed by { $key } in the file or { $env } in the environment.
setting-change-file = It is changed in the file: { $key }.
setting-change-environment = It is changed in the environment: { $env }. That wins over what the file says.
setting-secret = It is set; it is not shown, since it may hold a password.
# What each setting is called and, behind the dash with spaces, what it decides.
setting-url = Public address — That of all pages, and the end of the names of all accounts. Never change it once other servers know it: they would not find this site any more.
setting-listen = Where the program answers — The address and port of this machine where it waits for the proxy or the network.
setting-trusted-proxies = Trusted proxies — The addresses of the programs in front of this one that tell it from where each visit comes. Nobody else is believed.
setting-allow-private-networks = Internal networks allowed — Those that are not public and that this server may call: for tests, or within an organization. With no value, none.
setting-languages = Languages — In which pages and mails are written. The first is for those who ask for none of them.
setting-source-url = Source code — Where that of the program is, as it runs here. Pages, applications and other servers lead there. Whoever changes the program owes it to all who use it (AGPL-3.0, section 13).
setting-registration = Who may sign up — open: anyone. approval: anyone, once an admin approves. invite: those with an invitation. closed: nobody. What is chosen under “People” counts for more.
setting-registration-domains = Mail addresses let in — Only those with a mail address of these domains may sign up. With no value, all are good.
setting-oidc-issuer = Service that knows your people — The address of the service by which the people of your organization sign in (OpenID Connect), written as it writes it. With no value, one signs in with an account of this site.
setting-oidc-client-id = What this site is to that service — The name that it gave when the site was registered there.
setting-oidc-client-secret = Secret with that service — What it gave to this site, to know it by.
setting-oidc-name = Name of that service — What stands on the button to sign in. With no value, the name of its server.
setting-oidc-sign-up = New accounts by that service — true: those who come from it make an account without asking. false: those come in who had one already.
setting-oidc-only = Only by that service — true: passwords and passkeys count no more; guests of other servers still come in. false: one signs in either way.
setting-ldap-url = Directory of your people — The directory (LDAP) with the names and passwords of the people of your organization. With no value, one signs in with an account of this site.
setting-ldap-base = Where one looks in the directory — The entry below which people are.
setting-ldap-bind-dn = As which entry one looks — As whom this site asks the directory. With no value, without saying who it is.
setting-ldap-bind-password = Password for looking — That of this entry.
setting-ldap-filter = How somebody is found — The filter that finds the entry of whoever signs in: login, in braces, is what they typed.
setting-ldap-subject = By what somebody is known — The attribute that never changes and is never given to another.
setting-ldap-handle = User name that is offered — The attribute that it is made of.
setting-ldap-name = Name of the directory — What stands on the button to sign in. With no value, the name of its server.
setting-ldap-sign-up = New accounts by the directory — true: those who are in it make an account without asking. false: those come in who had one already.
setting-ldap-only = Only by the directory — true: passwords of this site and passkeys count no more; guests of other servers still come in. false: one signs in either way.
setting-saml-entity = SAML service that knows your people — The name of the service by which the people of your organization sign in (SAML 2.0), written as it writes it. With no value, one signs in with an account of this site.
setting-saml-metadata = What that service says of itself — The address or the file with its metadata: where one signs in, and by which certificate it is believed.
setting-saml-name = Name of that SAML service — What stands on the button to sign in. With no value, the name of its server.
setting-saml-subject = By what SAML knows somebody — The attribute that never changes. With no value, the name that the service gives them.
setting-saml-mail = Mail address by SAML — The attribute with the mail address, which counts as confirmed. With no value, the usual names.
setting-saml-sign-up = New accounts by SAML — true: those who come from that service make an account without asking. false: those come in who had one already.
setting-saml-only = Only by SAML — true: passwords and passkeys count no more; guests of other servers still come in. false: one signs in either way.
setting-smtp = Mail server — The one that delivers mail. With no value none leaves, and any mail address is taken for a good one.
setting-mail-from = Sender of mail — The address that it comes from. With no value, no-reply at the address of this site.
setting-federation = Which servers we deal with — open: all but those that are blocked. allowlist: only those that are allowed.
setting-secure-mode = Reading by signature alone — true: other servers have to say who they are to read anything, and those that are blocked read nothing. false: what is public is read by anyone.
setting-inbox-limit = What another server may send — How many things per second, on average; what is more comes later. 0: no limit.
setting-read-limit = What another server may read — How many documents per second, on average; what is more waits. 0: no limit.
setting-client-limit = What an app may ask — How often in five minutes for the same person. 0: no limit, and none on posting, following and uploads either.
setting-data = Data folder — Where the files, the keys and the database are, unless that is another one. This is what backups have to hold.
setting-database = Database — A file of this machine (SQLite) or a PostgreSQL server.
setting-media = Where pictures and films are kept — In a folder of this machine or in an S3 bucket.
setting-media-url = Address of pictures and films — If they have one of their own; it has to lead to this server. With no value, they are at that of the pages.
setting-media-limit = Size of a film or a sound — How many megabytes at most. A picture may have 16, or this if it is less.
setting-media-cache = Room for what is of other servers — How many megabytes the copies of their pictures and films take at most. What nobody looked at for longest goes first.
setting-log = How much is written down — off: nothing. error and warn: what goes wrong. info: as usual. debug and trace: everything, to look for a fault.
setting-log-format = How it is written down — text: for people to read. json: for other programs to read.
setting-empty = no value
fact-version = Version
fact-database = Database
fact-people = People with an account
fact-servers = Known servers
## What the site says of itself
about-site = About { $site }
privacy = Privacy
terms = Terms
changed-on = Last changed on { $day }.
holds-since = In force since { $day }.
holds-until = A new text holds from { $day } on.
no-terms = There are no terms here beyond the rules of the site.
no-terms-no-rules = Nobody wrote terms or rules of the site here. Be good to others, and read the rules of each community.
house-rules = Rules
no-house-rules = Nobody has written rules for the whole site. Each community has its own.
contact = Who answers for this site
no-contact = Nobody is named yet.
admin-texts = Texts
admin-texts-lead = What the site says of itself, in Spanish and in English. Whoever reads in a language that a text is not written in gets the other.
site-name = Name of the site
site-name-hint = If you leave it empty, it is called { $host }.
nameplate = Name and pictures
nameplate-hint = They stand at the top of every page, in mails and where a link is shared; applications show them to those who choose a site.
text-summary = In a line
text-summary-hint = What this site is. Applications show it to those who choose where to sign up.
text-description = At length
text-description-hint = Who this site is for, who runs it, and who pays for it.
text-privacy-hint = As long as you write none, the site shows a text that describes what the software does.
text-sign-up = For those who sign up
text-sign-up-hint = Stands above the form: whom this place is for, and what newcomers should know.
text-letter = At the end of letters
text-letter-hint = One line below every mail that the site writes, such as who you are and how to reach you.
text-terms-hint = What people agree to. Each text holds from a day on; those of the past stay to be read.
text-change = change
text-write = write
text-says = What it says
text-says-hint = With Markdown: # for headings, ** for bold, - for lists. If you leave it empty, the text is taken back.
text-since = It holds from
text-since-hint = A day in the future is announced to those who read the terms.
text-days = Texts by day:
flaw-day = This is not a date. Write it like 2026-11-28.
contact-hint = People see it on the page about the site, and applications show it.
contact-email = E-mail address
contact-person = Account
contact-person-hint = The name of somebody who has an account here.
flaw-nobody = Nobody has this name here.
house-rules-hint = They hold on the whole site, beside those of each community. People see them before they sign up, and can name them in a report.
rule-up = Up
rule-down = Down
rule-end = Remove
rule-end-hint = The rule holds no more. Reports that name it still show it.
house-rule-new = New rule
house-rule-add = Add the rule
house-rule-text = Rule ({ $language })
house-rule-meaning = What is meant by it ({ $language })
sentences = Sentences
sentences-lead = Every sentence of the pages and the e-mails can be said in other words, in each language by itself: “Neighbours” in place of “Members”, for example.
find-sentence = Find a sentence
find-sentence-hint = By words of it, as they are read on a page or in an e-mail.
sentences-own = Said in other words
no-sentences-own = All sentences are still those of the software.
no-sentences = No sentence says that.
sentence = Sentence { $name }
sentence-own = in other words
sentence-void = not in use
sentence-void-text = This fits no more: in a new version of the software the sentence is another one, or what is filled in there. No page says it.
sentence-original = What the software says
sentence-variables = Filled in each time:
sentence-text = What is said in its place ({ $language })
sentence-hint = Plain text. Leave what stands in curly brackets as it is: the number or the name is put there each time. Sentences with plurals have a line for each form; the one with the asterisk holds for all others.
sentence-restore = Say what the software says
flaw-sentence-long = Use at most { $most } characters.
flaw-sentence-markup = What stands in curly brackets is not understood. Compare it with the sentence of the software.
flaw-sentence-angle = The signs for less and more than are not taken.
flaw-sentence-unknown = In this sentence, { $name } cannot be filled in.
flaw-sentence-missing = { $name } is missing.
flaw-sentence-count = No plural is called { $word }: they are called as in the sentence of the software.

## Announcements, and communities as those see them who run the site
admin-announcements = Announcements
admin-announcements-lead = What everybody with an account here is told. They see it at home and in their applications until they put it away.
announcement = Announcement
announcement-put-away = Got it
announcement-new = New announcement
announcement-text = What it says
announcement-starts = Shown from
announcement-ends = Shown until
announcement-all-day = Whole days
announcement-all-day-hint = Hours do not count: it is shown from the beginning of the first day to the end of the last one, and applications tell only the days.
in-utc = In universal time (UTC), which is that of London in winter. If it is empty: at once, or for good.
announcement-tell = Announce
announcement-publish = Announce now
announcement-withdraw = Withdraw
announcement-withdraw-hint = Nobody sees it any more. This cannot be undone.
announcement-waits = to come
announcement-shown = shown
announcement-over = over
announcement-from = From { $start }
announcement-between = From { $start } until { $end }
no-announcements = Nothing has been announced yet.
flaw-minute = This is not a date and time. Write it like 2026-11-28T18:00.
flaw-nothing-said = It has to say something.
flaw-over = It has to end after it begins, and not in the past.
admin-communities-lead = All communities that live here, private ones too.
community-orphan = nobody looks after it
community-owners = Owned by
community-hand-over = Give to somebody else
community-hand-over-hint = Whoever owns it now will lead it. Do it when an owner is gone, or on their wish.
community-heir = The name of one of its members
founders-heading = New communities
founders = Who may create communities
staff-second-step = Everybody with power needs a second step or a passkey
staff-second-step-hint = Admins and the teams of all communities, as far as they sign in here. Whoever has neither is led to set one up when they sign in; until then their powers rest.
founders-everybody = Everybody with an account here
founders-admins = Admins only
disk-days =
    { $days ->
        [one] If it goes on filling as of late, there is room for 1 day.
       *[other] If it goes on filling as of late, there is room for { $days } days.
    }

admin-people = People
find-person = Find somebody
find-person-hint = By name or e-mail address. Somebody on another server by the whole address: @name@server.
every-person = Everybody
people-waiting = Waiting
people-admins = Admins
people-closed = Closed
admin-nobody-found = Nobody matches what you are looking for.
admin-nobody-waits = Nobody is waiting for an answer right now.
admin-nobody-closed = No account is closed.
person-suspended = Suspended
person-silenced = Limited
person-veiled = Pictures covered
person-closed = Closed
person-admin = Admin
person-waits = Waits for an answer
person-unconfirmed = Address not confirmed
admin-since = since { $day }
door-open = Anybody can make an account.
door-approval = Anybody can ask for an account, and the answer is given here.
door-invite = Only those who are invited make an account.
door-closed = Nobody can make an account, not even by invitation.
registration-heading = New accounts
registration = Who may make an account
take-in = Let in
turn-away = Turn away
turn-away-reason = Reason, which they get by mail
admin-invitations = Invitations
admin-invitations-hint = Whoever opens the link makes an account without waiting for an answer.
invitation-days = Days it is good for
invitation-most = For how many people
admin-invite = Make an invitation
admin-revoke = Take back
invitation-used = { NUMBER($used) } came
invitation-used-of = { NUMBER($used) } of { NUMBER($most) } came
invitation-for-ever = never expires
invitation-over = has expired
invitation-until = good until { $day }
admin-see-profile = See their page
admin-devices = Where they are signed in
admin-no-devices = In no browser.
admin-unknown-browser = Unknown browser
admin-sign-out-everywhere = End all their sessions
admin-sign-out-hint = In their applications, too.
admin-second-step = Second step
admin-second-step-on = Signs in with a code as well as the password.
admin-second-step-off = Signs in with only the password.
forget-second-step = Remove the second step
forget-second-step-hint = Only if they lost their application and their recovery codes. Make sure that it is them.
admin-passkeys = { $count ->
    [one] One passkey lets them in without the password.
   *[other] { $count } passkeys let them in without the password.
}
admin-forget-passkeys = Remove all passkeys
admin-forget-passkeys-hint = If they lost them, or somebody else may have added one. They are told by mail.
decide-not-me = This is you. Another admin decides about your account, so that one is always left.
admin-suspension = Suspension
admin-suspension-hint = What they wrote is shown no more, they follow nobody and belong to no community, and cannot sign in. It can be lifted, but what they followed does not come back.
community-restore = Restore the community
community-suspend-hint = Nothing of it is shown here, nobody does anything there, and the servers that follow it are told. Members, followers and posts stay: restored, it is as it was. Its owners are told.
admin-restraints = Limits
admin-warn = Warn
admin-warn-hint = They are told the reason in private, in the name of the server, and may appeal. Nothing else changes.
admin-silence = Limit
admin-silence-hint = Only those who follow them see what they write: it is in no public list, search or directory, strangers are not told of it, and whoever they want to follow is asked first. In a community it stands where they wrote it.
admin-veil = Cover the pictures
admin-veil-hint = All their pictures, films and sounds are covered until one wants to see them.
admin-let-go = Lift it
admin-suspend = Suspend
admin-reason = Reason
admin-suspended-text = They are suspended, or their account is closed.
admin-lift-suspension = Lift the suspension
relieve = Take administration away
relieve-hint = They will not see these pages any more. Their account stays as it is.
entrust = Make an admin
entrust-hint = They can do all that you can do here, also suspend people and block servers.
admin-rules = Blocks
openness-open = This server deals with all others but those that are blocked here. A setting of the server decides that.
openness-allowlist = This server deals only with those that are allowed here. A setting of the server decides that.
no-rules = Nothing has been decided about any server yet.
rule-blocked = Blocked
rule-blocked-hint = Nothing comes from there or goes there. What ties its people to those here ends.
rule-silenced = Silenced
rule-silenced-hint = Only those see it who follow somebody there.
rule-allowed = Allowed
rule-allowed-hint = It is dealt with even if the domain above it is blocked, or if only allowed ones are dealt with.
rule-host = Server
rule-host-hint = Such as “bad.example”. It holds for everything below it, too.
rule-what = What is done
rule-comment = Public reason
rule-comment-hint = Everybody sees it.
rule-note = Internal note
rule-note-hint = Only admins see it.
rule-add = Decide about a server
rule-look = See whom it concerns
rule-lift = Remove
rule-lift-hint = It will be dealt with again. What was cut does not come back by itself.
rule-lists = Lists
rule-lists-hint = In the same format as Mastodon’s.
rule-export = Download blocks
rule-export-allowed = Download allowed
rule-import = Import a list
rule-import-hint = Paste what is in the file. You will see what changes before it holds.
rule-usual = If the list does not say
flaw-host = This is not the name of a server.
rule-trial = Before you decide
rule-trial-lead = Nothing has changed yet. This is what would change:
rule-would =
    { $count ->
        [one] 1 server
       *[other] { $count } servers
    }
rule-do = Yes, do it
list-nothing = There is nothing new in the list.
list-left-out =
    { $count ->
        [one] 1 line is left out
       *[other] { $count } lines are left out
    }
list-strange = Not understood: { $line }
list-ours = This very server: { $host }
list-known = Already so: { $host }
reach-servers =
    { $count ->
        [0] No such server is known here.
        [one] 1 such server is known here.
       *[other] { $count } such servers are known here.
    }
reach-people =
    { $count ->
        [one] 1 account there
       *[other] { $count } accounts there
    }
reach-posts =
    { $count ->
        [one] 1 post from there
       *[other] { $count } posts from there
    }
reach-followers =
    { $count ->
        [one] 1 follow of somebody there to somebody or a community here is lost
       *[other] { $count } follows of people there to people and communities here are lost
    }
reach-following =
    { $count ->
        [one] 1 follow of somebody here to somebody there is lost
       *[other] { $count } follows of people here to people there are lost
    }
reach-members =
    { $count ->
        [one] 1 member there leaves communities here
       *[other] { $count } members there leave communities here
    }

### Signing in and up, and applications.

# Signing in by the provider of an organization
provider = Account of your organization
provider-sign-in = Sign in with { $provider }
provider-silent = The service that signs you in does not answer as it should. Try again in a while; if it stays like this, tell those who run this site.
provider-refused = The service that signs you in did not say who you are, or this page was opened too late. Nothing has changed; try again.
provider-stranger = You have no account here yet, and those who run this site make them. Ask them for one with the e-mail address of your organization.
provider-taken = That account of your organization is connected with another account here. Sign in with it, and disconnect it there first.
provider-join = Connect my account
provider-join-lead = There is an account here with your address, { $email }. Is it yours? Enter its password once, and from then on you sign in to it as { $name }.
provider-new-lead = Welcome, { $name }. Choose the name by which everybody here will know you.
provider-unlinked = Connect your account here with the one that you have at { $provider }: you sign in with that one then.
provider-linked = You sign in as { $name }. Last used { $ago }.
provider-link = Connect
provider-unlink = Disconnect
provider-last = You would not get in any more. Set a password first, or add a passkey.
provider-ask = Enter the name and the password that you have at { $provider }. This site checks the password there and does not keep it.
provider-way = There you say who you are, and come back. This site gets your name and your e-mail address.
provider-otherwise = Sign in another way
provider-stays = If you signed in with { $provider }, you may still be signed in there: whoever uses this browser next would come in here as you, without a password. If it is not yours alone, sign out there, too.
sign-in-again = You signed in some time ago. Sign out, sign in again, and do this within ten minutes.
# Signing in with an account elsewhere
guest-sign-in = Sign in with an account on another server
guest-sign-in-lead = Do you have an account on Mastodon or on another server like it? Your server says who you are; there is no new password, and we learn nothing else.
guest-way = Continue at { $host }
guest-way-text = { $host } will ask whether this site may know who you are. It gets your name and picture, and cannot write or read anything in your name.
guest-refused = You are not signed in
guest-refused-text = Your server did not say who you are, or this page was opened too late. Nothing has changed; try again.
guest-unknown = No account was found under this address.
guest-unfit = This server does not answer, or does not offer to say who its people are.
guest-only-here = This is for those who have an account here
guest-only-here-text = You are signed in with an account of another server: write, follow and keep things there. Here you vote, join communities, read what their members read, report, and keep order where you are a moderator.
guest-home-new = What goes on in your communities of this site appears here: those that you follow from your server, and those that you join here. This is how they get here:
guest-home-step-1 = Open a community and press “Follow from my account”: it leads to your server, where you follow it. You may also join it here.
guest-home-step-2 = Or look up its address in the app that you always use, such as { $handle }, and follow it as one follows a person.
guest-home-step-3 = What you follow appears here by itself. To write in it, do so from your server, as always.
guest-communities = Those that you follow from your server, and those that you joined here.
guest-write = To begin a conversation here, mention { $handle } in what you publish from your server.
guest-follows = You follow it from your server
why-this-guest = These are the conversations of the communities of this site that you follow from your server, and of those that you joined here, in the order that you choose above. Nothing is ordered by what you read, vote for or write.
guest = Guest
guest-of = Signed in as { $handle }
guest-explained = You are { $handle }: your account is on that server, which told us so. You have no password here.

sign-in-lead = Welcome back to { $site }.
login-name = Name or e-mail address
too-often-login = That was tried too often, here or elsewhere. Wait a moment, then try again. A passkey lets you in at once, and so does a new password by a link to your address.
wrong-login = That name and password do not go together.
wrong-code = That code is wrong, was used before, or too much time went by.
too-often = That was tried too often. Wait a moment, then try again.
second-step = One more step
second-step-lead = Open your authenticator app and copy the code it shows for this site.
code = Code
code-hint = Six digits. If you have lost the app, use one of your recovery codes.
start-over = Start over
passkey-sign-up = Create the account with a passkey, without a password
passkey-sign-up-again = This page had been open for too long, or was not filled in as people do. Press the button for the passkey once more: nothing was lost.
passkey-sign-in = Sign in with a passkey
passkey-instead = Use a passkey instead
passkey-needs-script = Passkeys need JavaScript, which is off in this browser.
passkey-unable = This browser cannot use passkeys.
passkey-cancelled = No passkey was given. Try again when you have it at hand.
passkey-failed = That did not work. Reload the page, then try again.
passkey-stale = Too much time went by, or that was answered before. Try again.
passkey-unknown = This passkey is not known here, or was removed. Sign in another way.
passkey-unverified = Your device did not make sure that it is you. Set up a PIN, a fingerprint or your face on it, then try again.
passkey-copied = This passkey seems to have been copied, and is not accepted. Sign in another way, and remove it in your settings.
passkey-known = This passkey, or one beside it on the same device, was added before.
passkey-many = You have as many passkeys as you can have. Remove one first.
passkey-wrong = That is not what a passkey of this site answers. Try again.
forgotten = I forgot my password
recover = Get a new password
recover-lead = Enter the e-mail address of your account. We will send you a link to set a new password.
recover-button = Send the link
recover-sent = Check your e-mail
recover-sent-text = If that address has an account here, we have written to it. The link is good for an hour. Look in the spam folder, too.
recover-by-hand = This site sends no mail, so it cannot send you a link. Ask those who run it for a new password: { $contact }.
renew = Set a new password
renew-lead = Then you are signed out everywhere, and sign in with the new password.
forget-passkeys = Remove all my passkeys
forget-passkeys-hint = Tick this if somebody else may have got in: they could have added a passkey of their own.
renew-done = Your password is new
renew-done-text = You can sign in with it now. All other browsers and apps were signed out.
link-old = This link is no longer good
link-old-text = It was used before, or too much time went by. Ask for a new one.
confirm-address = Confirm your address
confirm-address-lead = One click more, and we know that mail reaches you.
confirm-button = Confirm
confirmed = Your address is confirmed
confirmed-text = Thank you. You can sign in now.
confirmed-waiting = Thank you. The people who run this site still have to let you in; we will write to you.
check-mail = Check your e-mail
check-mail-lead = We wrote to { $address }. Open the link in that mail to confirm that it reaches you.
check-mail-hint = Is it wrong? Correct it here, and we write to you there.
send-again = Send it again
waiting = You are almost in
waiting-text = Your account is made. The people who run this site still have to let you in; come back later.
sign-up = Create account
sign-up-lead = Join { $site } with a name, an e-mail address and a password. That is all.
sign-up-lead-asked = Join { $site } with a name, an e-mail address, a password and a sentence about yourself. The people who run this site read it and let you in.
sign-up-lead-into = With a name, an e-mail address and a password you have an account on { $site } and come into { $community }.
sign-up-lead-into-asked = Ask for an account on { $site } with a name, an e-mail address, a password and a sentence about yourself. Once you are let in you get to { $community } without looking for it again.
have-login = I have an account: sign in
sign-up-closed = This site takes new people by invitation only, or not at all at the moment.
reason = Why would you like to join?
reason-hint = A sentence is enough. Only the people who run this site read it.
agree = I agree to the rules of this site
agree-terms = I agree to the terms of this site
agree-hint = Be kind, stay on topic, and respect what others ask of you here.
flaw-name-taken = Somebody has that name already. Choose another one.
flaw-email-foreign = Only addresses of the domains named above may sign up here.
leave-empty = Leave this empty
sign-up-again = This page had been open for too long, or was not filled in as people do. Type your password once more and press the button: nothing else was lost.
flaw-email-barred = Nobody joins with an address of this provider. Use another one.
flaw-email-taken = This address has an account already. Sign in instead.
flaw-agreement = You need to agree to the rules to join.
flaw-reason = Tell the people who run this site why you would like to join.
flaw-invitation = This invitation is used up or too old. Ask for a new one.
consent = Let { $name } use your account?
consent-lead = The app { $name } asks to use your account at { $site }.
consent-wishes = It will be able to
consent-undo = You can take this back at any time.
signed-in-as = You are signed in with { $login }.
allow = Allow
deny = Do not allow
unknown-app = This app is not known here. Start again in the app.
unknown-address = The app wants the answer at an address that it did not name when it introduced itself.
broken-app = The app asks for something that does not exist. Start again in the app.
copy-code = Copy this code
copy-code-text = Go back to the app and enter this code. It is good for ten minutes, once.
scope-profile = see who you are
scope-follow = see and change whom you follow, mute and block
scope-push = send you notifications
scope-read = read everything you can read
scope-read-part = read a part of what you can read
scope-write = do everything you can do: write, vote, follow
scope-write-part = do a part of what you can do
scope-admin-read = read what only those who run the site see
scope-admin-write = decide what only those who run the site decide

### Settings.

my-settings = Settings
settings-general = Basics
settings-writing = Writing
settings-writing-hint = How you write wherever you do not say otherwise, here and from your app.
usual-language = The language you write in
usual-language-hint = If you choose none, it is that of the community or of the page, and your app finds it out.
usual-audience = Outside communities, you write for
usual-audience-hint = What you write in a community is for all who read it. An answer is never for a wider circle than what it answers; to what is for followers, it is for your own.
usually-all = Everybody
usually-unlisted = Everybody, outside public lists
usually-unlisted-hint = Whoever has the link reads it.
usually-followers = Those who follow you
usually-named = Those alone whom you name
usual-quoting = Who may quote you
quoted-by-all = Everybody
quoted-by-followers = Those who follow you
quoted-by-nobody = Nobody
usually-sensitive = Cover my pictures at first
usually-sensitive-hint = Whoever wants to see them uncovers them.
settings-reading = Reading
settings-reading-hint = How you read conversations here and in your apps.
covered-media = Which pictures, films and sounds are covered at first
covered-sensitive = Those that may be upsetting
covered-none = None
covered-all = All
warnings-open = Open what comes with a warning
pictures-move = Animated pictures move by themselves
pictures-move-hint = This holds in apps that ask for it. Here, no film starts by itself.
settings-profile = Profile
profile-hint = Everybody may read this.
display-name = What you are called
about-me = About you
about-me-hint = A few words. **Bold**, *italics* and links work here, too.
line-name = Detail { $number }: name
line-value = Detail { $number }: content
more-lines = More lines
who-finds-me = Who finds me
found-in-lists = In directories and in what is proposed
found-in-lists-hint = Without this, only those find you who know your address.
found-by-engines = In search engines
found-by-engines-hint = They may keep what you write for everybody. Without this we ask them not to.
approves-followers = I say who follows me
approves-followers-hint = Whoever wants to follow you waits until you let them. You see it in your notices.
hides-circle = Nobody sees whom I follow, or who follows me
hides-circle-hint = It is told neither here nor to other servers.
my-sites = Sites where you write
my-sites-hint = One in each line, such as blog.example.org. Applications and other sites show you as the author of links from there whose pages name you.
settings-entry = Signing in
settings-devices = Browsers and apps
settings-shuns = Blocked and muted
settings-data = My data
settings-language-hint = In this language the site and its mail speak to you, in any browser. It is the one that you choose at the foot of pages, too.
silence = Quiet hours
silence-hint = In these hours neither your phone nor your mail tells you anything: it waits, and comes together afterwards. Under “Notices” everything appears as always. What you ask for yourself, like a new password, comes at once.
silence-on = Keep quiet
silence-from = From
silence-until = Until
silence-zone = Where you live
silence-wrong-time = Enter two different times, like 22:00 and 08:00.
silence-wrong-zone = Choose a zone from the list.
put-away = Remove
is-set = Saved.
is-done = Done.
is-decided = Decided: whoever appealed gets your answer.
is-deleted = What you wrote is deleted.
email-changed = Your e-mail address has changed.
password-changed = Your password has changed. Other browsers have to sign in again.
sign-out = Sign out
sign-out-hint = On this browser only.
signed-out = You are signed out
current-password = Your current password
flaw-wrong-password = That is not your current password.
email-is = Mail goes to { $email }.
email-waits = Mail goes to { $email }, until you confirm { $wanted } by the link we sent there.
new-email = New e-mail address
change-email = Change the address
email-asked = We have written to the new address. It counts once you open the link in that mail.
new-password = New password
change-password = Change the password
password-ends = Your other browsers are signed out when you change it.
password-none = You have none yet: you sign in another way. If you set one, you can sign in with it, too.
password-idle = You have none, and here it would open nothing: one signs in with the account of the organization.
set-password = Set a password
passkey = Passkey
passkeys = Passkeys
passkeys-lead = With a passkey you sign in by fingerprint, face or PIN of your device, without your password and without a code. No false page can get it out of you.
passkeys-unfit-address = There can be no passkeys here: browsers keep them for names, and this site is reached by a number.
passkeys-unfit-insecure = There can be no passkeys here: browsers give them only over encrypted connections, and this site is reached without.
passkeys-unfit-elsewhere = Passkeys are made and used on { $site }: browsers keep them for that name.
passkey-used = Added { $added }, last used { $used }
passkey-unused = Added { $added }, not used yet
passkey-add = Add a passkey
passkey-name = What it is called
passkey-name-hint = So that you know later which one it is.
passkey-make = Make the passkey
passkey-make-lead = Your browser asks where to keep it: in this device, in a password manager, on your phone or on a security key.
passkey-confirm = Confirm with a passkey instead
passkey-rename = Rename a passkey
passkey-remove = Remove a passkey
passkey-remove-lead = With “{ $name }” you will not get in any more. Delete it from your device or password manager, too.
second-step-name = Second step
second-is-on = When you sign in, a code from your authenticator app is asked for, too.
others-end = The other browsers in which you are signed in are signed out by that; apps are not.
second-is-due = You keep order or administer here, and that asks for a second step. Set up an authenticator here, or add a passkey: until then your powers rest, and all else works.
second-is-off = Besides your password, a code from an app on your phone can be asked for. Whoever learns your password then still does not get in.
second-set-up = Set it up
second-scan = Scan this QR code with an authenticator app, or type the letters below it. Then enter the code that the app shows.
second-open = Open in my authenticator app
second-turn-on = Turn it on
second-off = Turn it off
qr-code = QR code for your authenticator app
qr-of-link = QR code of the link
copy = Copy
copied = Copied
share = Share
recovery-codes = Recovery codes
recovery-codes-hint = Keep these codes where you will find them. Each lets you in once if you lose your phone. They are shown only now.
recovery-file = Save them as a file
recovery-file-name = tertulia-recovery-codes.txt
recovery-file-lead = Recovery codes of { $who } at { $site } ({ $when })
recovery-file-use = Each lets you in once if you lose your phone.
finished = I have saved them
browsers = Browsers
unknown-browser = Unknown browser
this-browser = This browser
last-seen = { $address }, last seen { $when }
end-session = Sign out
end-others = Sign out everywhere else
apps = Apps
no-apps = You have let no app use your account.
app-since = Since { $day }: { $scopes }
withdraw = Revoke access
settings-filters = Muted words
filters-lead = What says these words folds or is left out, for you alone and in your apps, too. Nobody notices. What you write yourself is not filtered.
filter-add = Mute words
filter-change = Change a filter
filter-words = Words or phrases
filter-words-hint = One on each line.
filter-whole = Only as whole words
filter-whole-hint = So “car” does not reach “carpet”.
filter-where = Where
filter-home = Home and lists
filter-public = Communities, hashtags and search
filter-threads = Replies
filter-profiles = Profiles
filter-deed = What becomes of what says them
filter-warn = It folds, and opens if you want
filter-hide = It is left out
filter-blur = Its pictures are covered
filter-title = Name of the filter
filter-title-hint = This is what you read in place of what folds. If you leave it empty, it is the words.
filter-wordless = Write at least one word.
filter-nowhere = Choose at least one place.
filter-over = holds no more
filter-picked =
    { $count ->
        [one] 1 post
       *[other] { $count } posts
    }
settings-tags = Hashtags
tags-lead = Of the hashtags that you follow, posts that everybody may read come to your home.
hashtag = Hashtag
tags-hint = For example, #watering.
scheduled = For later
scheduled-lead = What you wrote to be published later. Nobody else sees it until then.
scheduled-none = You left nothing for later. When you write, open “Publish later”.
scheduled-for = To be published on { $when }.
scheduled-unpublished = Not published
scheduled-refused = It was not published on { $when }. { $reason } You can choose another time, or delete it.
scheduled-move = Change the time
scheduled-cancel = Do not publish it
scheduled-cancel-hint = It is deleted before anybody saw it. If you want to keep the text, copy it first.
later = Publish later
later-due = Day and time
later-due-hint = In five minutes at the soonest.
later-send = Leave it for then
later-anyway = Leave it for then as it is
later-no-time = Write a day and a time.
later-too-soon = That is past, or less than five minutes away.
pin-mine = Pin to my page
unpin-mine = Pin no more to my page
pins-full = Your page has no room for more pinned posts. Take another one off first.
blocked-people = Blocked
blocked-people-hint = They see nothing of yours, and you see nothing of theirs.
muted-people = Muted
muted-people-hint = You see nothing of theirs; they do not notice.
blocked-servers = Blocked sites
blocked-servers-hint = You see nothing from these sites, and nobody there follows you.
server-name = Name of the site
server-name-hint = For example: example.org
block-server = Block this site
unblock = Unblock
unmute = Unmute
mute-whom = Mute { $name }
mute-explained = You see nothing of theirs in your lists and in conversations. They do not notice, and go on reading you.
mute-for = For how long
mute-quiet = No notices of what they do, either
mute-quiet-hint = Without this you still hear when they reply to you or mention you.
mute = Mute
block-whom = Block { $name }
block-explained = They see nothing of yours, and you see nothing of theirs. Whoever follows the other does not any more. They may notice.
block = Block
you-block = You block { $name }: you do not read one another.
you-mute = You mute { $name }, for good.
you-mute-until = You mute { $name } until { $until }.
folded-blocked = You block { $name }.
folded-muted = You mute { $name }.
folded-server = You read nothing from { $host }.
export = Take your data along
export-all = Everything in one ZIP file
export-media = Your pictures, videos and sounds
archive-community = Its settings: what it is for, its rules, what it asks of those who want to join, the welcome, its colour and pictures
archive-members = Who belongs to it, with which role, and since when
archive-followers = Who follows it
archive-bans = Who was banned, why, and until when
archive-log = What the team decided, with the rule and the reason
archive-posts = All that was published
archive-posts-table = All that was published, as a table
archive-media = The pictures of the community, and what was brought to its conversations from here: pictures, videos and sounds
readme-name = README.txt
readme = The data of { $of }. This is what each file holds:
readme-formats = Files that end in .csv open in any spreadsheet (UTF-8 text, separated by commas); those in .json are for programs. Times are UTC. In posts.json, “file” says which file in media/ holds a picture; what was published from other sites still is there, at “url”.
export-profile = Your profile
export-posts = What you have written
export-posts-table = What you have written, as a table
export-follows = Whom you follow
export-followers = Who follows you
export-blocks = Whom you block
export-mutes = Whom you mute
export-domain-blocks = Sites you block
export-hint = All that you wrote and set here, and what communities keep about you. Tables open in a spreadsheet; other sites can read the lists.
known = What communities keep about you
known-lead = It is what their teams see: your role, and what was decided about you. Nobody keeps files or statistics about people here.
known-role = { $role } since { $since }
known-measure = A decision about you, of { $when }
aliases = Other accounts of yours
aliases-hint = If you want to move here from another account, name it here first.
other-account = The other account
other-account-hint = For example: @ana@example.org
add-alias = Add
moving = Move to another site
moving-hint = Your followers go along; what you wrote stays here. Name this account there first. You cannot write here afterwards.
move-away = Move
leaving = Delete my account
leaving-hint = All that you wrote and all that is kept about you is deleted, here and, as far as other sites follow, there. This cannot be undone, and nobody gets your name again.
type-name = Type your name to confirm
type-name-hint = The name that you sign in with.
leave-for-good = Delete my account for good
flaw-typed = That is not your name.
flaw-owns = First give these communities another owner: { $groups }.
left = Your account is deleted
left-text = What you wrote will disappear in the next few minutes. Take care!

### Mails.

mail-greeting = Hello, { $name }:
mail-signature = This message was sent by { $site }. Nobody reads answers to it.
mail-not-me = If that was not you, do nothing: without the link nothing happens.
mail-alarm = If that was not you, set a new password now.
mail-confirm = Confirm your address for { $site }
mail-confirm-text = Somebody – you, we hope – made the account { $name } on { $site } with this address. Confirm that it reaches you:
mail-confirm-way = Confirm my address
mail-new-address = Confirm your new address for { $site }
mail-new-address-text = The account { $name } on { $site } is to get its mail here from now on. Confirm that it reaches you:
mail-taken = You already have an account on { $site }
mail-taken-text = Somebody tried to use this address for an account on { $site }, but you have one with it already. If it was you, sign in, or ask for a new password there.
mail-address-changed = Your account on { $site } has a new address
mail-address-changed-text = Mail for the account { $name } on { $site } goes to another address from now on, not to this one.
mail-renew = A new password for { $site }
mail-renew-text = Somebody asked for a new password for the account { $name } on { $site }. This link sets it; it is good for an hour, once.
mail-password-changed = Your password on { $site } was changed
mail-password-changed-text = The account { $name } on { $site } has a new password.
mail-passkey-added = A passkey was added to your account on { $site }
mail-passkey-added-text = The account { $name } on { $site } can be signed in to with the passkey “{ $passkey }” from now on, without the password.
mail-passkey-removed = A passkey was removed from your account on { $site }
mail-passkey-removed-text = The account { $name } on { $site } can no longer be signed in to with the passkey “{ $passkey }”.
mail-identity-linked = Your account on { $site } was connected with one of your organization
mail-identity-linked-text = The account { $name } on { $site } can be signed in to as “{ $called }” of your organization from now on.
mail-identity-unlinked = Your account on { $site } was disconnected from the one of your organization
mail-identity-unlinked-text = The account { $name } on { $site } can no longer be signed in to as “{ $called }” of your organization.
mail-second-step-on = { $site } will ask for a second step to sign in
mail-second-step-off = { $site } asks for no second step any more
mail-second-step-on-text = From now on, signing in to { $site } as { $name } takes a code of your authenticator, too.
mail-second-step-off-text = From now on, the password is enough to sign in to { $site } as { $name }.
mail-passkey-alarm = If that was not you, set a new password now, and have all passkeys removed when you do.
mail-waiting = { $newcomer } would like to join { $site }
mail-waiting-text = { $newcomer } signed up on { $site } and waits for you to let them in. This is why they would like to join:
mail-taken-in = Welcome to { $site }
mail-taken-in-text = The people who run { $site } have let you in. Your name there is { $name }.
mail-turned-away = About your account on { $site }
mail-turned-away-text = The people who run { $site } did not take you in this time. Your account there is closed.

# The letters of each week
mailings = Mail about notices
mailings-lead = A mail when it happens, instead of when you look: one every ten minutes at most, and none in your quiet hours. One click stops them.
mailings-about = Write to me when
mailings-replies = somebody mentions me or replies to me
mailings-requests = somebody asks to follow me, or to join a community of whose team I am a part
mailings-reports = there are reports, appeals or posts that wait for my team
mailings-stop-text = Press the button and no mail about notices comes any more. You can turn it on again in your settings.
mailings-stopped = Mail about notices is stopped
mail-notices = { $count ->
        [one] 1 notice on { $site }
       *[other] { $count } notices on { $site }
    }
mail-notices-text = This happened on { $site }:
mail-notices-further = { $count ->
        [one] And 1 more notice.
       *[other] And { $count } more notices.
    }
digest = Weekly letter
digest-is-off = A mail on Mondays with what was most talked about in your communities, only in weeks when you were not here. One click stops it.
digest-is-on = You get a mail on Mondays with what was most talked about in your communities, only in weeks when you were not here.
digest-turn-on = Send me the weekly letter
digest-turn-off = Stop the weekly letter
digest-stop = Stop these letters
digest-stop-text = Press the button and no weekly letter comes any more. You can turn it on again in your settings.
digest-stopped = The weekly letter is stopped
digest-stopped-text = No more letters will come. You can turn them on again in your settings.
digest-stop-wrong = This link is not complete. Copy all of it from the letter, or turn the letter off in your settings.
mail-digest = What was talked about on { $site }
mail-digest-text = You were not on { $site } this week. Most talked about in your communities:
mail-digest-thread = { $posts ->
  [one] { $group } · one new post
 *[other] { $group } · { $posts } new posts
}
mail-digest-further = { $count ->
  [one] There is something new in one more conversation.
 *[other] There is something new in { $count } more conversations.
}
mail-digest-closed = { $count ->
  [one] Among members alone there is one new post.
 *[other] Among members alone there are { $count } new posts.
}
mail-digest-way = Read on

### What is decided for the whole server.

admin-log-lead = What was decided for the whole server: about people, about other servers, and about the site itself. Each community has a log of its own.
did-suspend = suspended { $name }
did-unsuspend = lifted the suspension of { $name }
did-caution = warned { $name }
did-silence = limited { $name }
did-unsilence = lifted the limit on { $name }
did-veil = covered the pictures of { $name }
did-unveil = uncovered the pictures of { $name }
did-entrust = made { $name } an admin
did-relieve = removed { $name } as an admin
did-forget-second-step = removed the second step of { $name }
did-forget-passkeys = removed the passkeys of { $name }
did-allow = allowed { $name }
did-lift = lifted the rule about { $name }
did-resolve-about = attended to a report about { $name }
did-sort = sorted a report about { $name }
did-reopen = opened a report about { $name } again
did-grant-to = granted an appeal of { $name }
did-uphold-about = stood by what was decided about { $name }
did-text = changed a text of the server
did-sentence = changed a sentence of the pages
did-house-rules = changed the rules of the site
did-nameplate = changed the name or the pictures of the site
did-contact = changed who answers for this site
did-second-steps = changed whether everybody with power needs a second step
did-founders = changed who may create communities
did-registration = changed who may make an account
did-emoji = changed an emoji
did-bars = changed who is kept from signing up
admin-bars = Kept out
bars-lead = Who cannot sign up, or waits for your answer. Those who already have an account are not affected.
no-bars = Nobody is kept out.
bar-network = Network
bar-mail-host = Mail domain
bar-mailbox = A mail address
bar-block = Cannot sign up
bar-approval = Waits for an answer
bar-new = Keep somebody out
bar-kind = What to keep out
bar-subject = Which one
bar-subject-hint = A network (203.0.113.0/24), a mail domain, which is what comes after the @ (its subdomains count, too), or one whole mail address.
bar-severity = What happens to those who come from there
bar-severity-hint = Nobody signs up with a mail address that is kept out, whatever you choose.
bar-comment = Note
bar-comment-hint = Only admins read it.
bar-days = For how many days
bar-days-hint = Empty: for good.
bar-add = Keep out
flaw-bar = Nobody is known by that: look at how it is written.
flaw-bar-twice = They are kept out already.
