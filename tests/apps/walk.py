"""Somebody registers, joins a community and talks there, with Mastodon.py alone; run by tests/apps.rs.

Usage: walk.py URL GROUP. Prints a line for each step; the first that fails ends it with a traceback.
"""
import struct
import sys
import time
import zlib

import requests
from mastodon import Mastodon, StreamListener

from pages import allow

URL, GROUP = sys.argv[1:]
OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]
PATIENCE = 30


def step(text):
    print(text, flush=True)


def app():
    """A client application that has just been registered."""
    return Mastodon.create_app("walk", api_base_url=URL, scopes=SCOPES, redirect_uris=OOB)


def log_in(email, password):
    """Logs in by the pages of the server, as an app sends people there, and allows the app."""
    client_id, client_secret = app()
    client = Mastodon(client_id, client_secret, api_base_url=URL)
    code = allow(client.auth_request_url(redirect_uris=OOB, scopes=SCOPES, allow_http=True), email, password)
    client.log_in(code=code, redirect_uri=OOB, scopes=SCOPES, allow_http=True)
    return client


def register(name):
    """Makes a login by the API alone."""
    client_id, client_secret = app()
    client = Mastodon(client_id, client_secret, api_base_url=URL)
    client.create_account(name, "correct horse battery", f"{name}@example.org", agreement=True, locale="es", scopes=SCOPES)
    return client


def picture():
    """A small picture in two colours."""
    rows = b"".join(b"\0" + (b"\xd0\x40\x20" * 8 + b"\x20\x80\xd0" * 8) for _ in range(16))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def until(what, look):
    """Looks until there is something."""
    for _ in range(PATIENCE * 10):
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"in vain: {what}")


class Ear(StreamListener):
    """Keeps what a stream says."""

    def __init__(self):
        self.posts, self.told, self.gone = [], [], []

    def on_update(self, status):
        self.posts.append((status.reblog or status).id)

    def on_notification(self, notification):
        self.told.append(notification.type)

    def on_delete(self, status_id):
        self.gone.append(str(status_id))


def listen(client):
    """Opens the stream of what concerns somebody."""
    ear = Ear()
    stream = client.stream_user(ear, run_async=True)
    until("an open stream", stream.is_receiving)
    return ear, stream


def main():
    ana = log_in("ana@example.org", "correct horse")
    me = ana.account_verify_credentials()
    assert me.username == "ana" and me.source is not None
    step("logged in by the pages of the server")

    eva = register("eva")
    assert eva.account_verify_credentials().username == "eva"
    step("registered with an app alone")

    assert ana.instance_v2().domain and ana.instance_v1().uri and ana.instance_health()
    assert ana.app_verify_credentials().name == "walk"
    for look in (ana.preferences, ana.filters_v2, ana.lists, ana.custom_emojis, ana.announcements, ana.markers_get):
        assert look() is not None
    step("what every client asks for at its start")

    found = eva.search_v2(f"@{GROUP}", resolve=True).accounts
    club = next(account for account in found if account.username == GROUP)
    assert club.group
    relation = eva.account_follow(club)
    assert relation.following
    ana.account_follow(club)
    step("joined a community")

    hears, stream = listen(ana)
    hears_too, other_stream = listen(eva)
    step("listens")

    media = eva.media_post(picture(), mime_type="image/png", description="Dos colores", focus=(0.2, -0.3))
    assert media.description == "Dos colores"
    until("a processed picture", lambda: eva.media(media).url)
    topic = eva.status_post(f"Tomates en mayo @{GROUP}\n\n¿Quién los ha **cultivado**?", media_ids=[media], language="es")
    assert topic.media_attachments[0].blurhash and topic.visibility == "public"
    assert requests.get(topic.media_attachments[0].url).headers["content-type"].startswith("image/")
    boost = until("the topic in a home", lambda: [s for s in ana.timeline_home() if s.reblog and s.reblog.id == topic.id])[0]
    assert boost.account.username == GROUP and boost.account.group
    assert boost.reblog.media_attachments[0].description == "Dos colores"
    until("the topic on a stream", lambda: topic.id in hears.posts)
    step("posted into the community, with a picture; it came home, and over the stream")

    reply = ana.status_reply(topic, "Yo, en el balcón.")
    assert reply.in_reply_to_id == topic.id
    assert [s.id for s in eva.status_context(topic).descendants] == [reply.id]
    ana.status_favourite(topic)
    ana.status_bookmark(topic)
    assert [s.id for s in ana.bookmarks()] == [topic.id]
    kinds = until("notifications", lambda: (k := {n.type for n in eva.notifications()}) >= {"mention", "favourite"} and k)
    assert kinds
    until("notifications on a stream", lambda: {"mention", "favourite"} <= set(hears_too.told))
    grouped = eva.grouped_notifications()
    assert {group.type for group in grouped.notification_groups} >= {"mention", "favourite"}
    step("replied, favoured, bookmarked; everybody was told")

    assert [s.id for s in eva.search_v2("cultivado", result_type="statuses").statuses] == [topic.id]
    edited = eva.status_update(topic, f"Tomates en mayo @{GROUP}\n\n¿Quién los ha cultivado en maceta?", media_ids=[media])
    assert edited.edited_at and len(eva.status_history(topic)) == 2
    assert "maceta" in eva.status_source(topic).text
    step("searched and edited")

    mine = [entry for entry in ana.lists() if club.display_name in entry.title]
    assert mine and topic.id in [(s.reblog or s).id for s in ana.timeline_list(mine[0])]
    step("opened the community as a list")

    poll = eva.make_poll(["Cherry", "Raf"], expires_in=3600)
    asked = eva.status_post(f"¿Cuál? @{GROUP}", poll=poll)
    assert ana.poll_vote(asked.poll, [1]).votes_count == 1
    filtered = ana.create_filter_v2("fruta", ["home"], "warn", keywords_attributes=[{"keyword": "cherry", "whole_word": True}])
    assert filtered.keywords[0].keyword == "cherry"
    ana.account_mute(eva.me(), notifications=False)
    assert [account.username for account in ana.mutes()] == ["eva"]
    ana.account_unmute(eva.me())
    step("voted, filtered, muted")

    eva.status_delete(topic)
    until("word on a stream that it is gone", lambda: str(topic.id) in hears.gone)
    for open_stream in (stream, other_stream):
        open_stream.close()
    until("a deleted topic that is gone", lambda: not [s for s in ana.timeline_home() if s.reblog and s.reblog.id == topic.id])
    eva.account_unfollow(club)
    ana.revoke_access_token(allow_http=True)
    step("deleted, left, and gave the token back")


if __name__ == "__main__":
    main()
