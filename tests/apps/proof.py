"""Two apps log somebody in by the book, with a library for any server: they read where to go, prove that the code was sent to
them (PKCE), and take it at an address of their own; run by tests/apps.rs.

Usage: proof.py URL EMAIL PASSWORD
"""
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from mastodon import Mastodon, MastodonUnauthorizedError
from oauthlib.oauth2 import InvalidGrantError
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth2Session

from pages import walk

URL, EMAIL, PASSWORD = sys.argv[1:]
SCOPES = ["read", "write:statuses"]
# The server that is tried speaks no TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


class Phone(BaseAdapter):
    """Where a browser on a telephone hands an address to the app that is known by its scheme."""

    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        return answer

    def close(self):
        pass


class Desk(BaseHTTPRequestHandler):
    """The page with which an app on a desk ends the visit to the browser."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def browser():
    """A browser on a device with both apps."""
    session = requests.Session()
    session.mount("myapp://", Phone())
    return session


def use(registered, redirect, **secretly):
    """Registers an app, logs in with it, reads and writes, and gives the token back."""
    server = requests.get(f"{URL}/.well-known/oauth-authorization-server").json()
    assert "S256" in server["code_challenge_methods_supported"]
    wish = {"client_name": "proof", "redirect_uris": [registered], "scopes": " ".join(SCOPES)}
    app = requests.post(server["app_registration_endpoint"], json=wish).json()
    session, thief = (OAuth2Session(app["client_id"], scope=SCOPES, redirect_uri=redirect, pkce="S256") for _ in range(2))
    page, _ = session.authorization_url(server["authorization_endpoint"])
    thief.authorization_url(server["authorization_endpoint"])
    back = walk(browser(), page, EMAIL, PASSWORD).url
    assert back.startswith(f"{redirect}?"), back
    try:
        code = session._client.parse_request_uri_response(back, state=session._state)["code"]
        thief.fetch_token(server["token_endpoint"], code=code, client_secret=app["client_secret"], **secretly)
        raise AssertionError("whoever only saw the code pass got a token")
    except InvalidGrantError:
        pass
    token = session.fetch_token(
        server["token_endpoint"], authorization_response=back, client_secret=app["client_secret"], **secretly
    )
    client = Mastodon(access_token=token["access_token"], api_base_url=URL)
    client.status_post(f"Desde {redirect}")
    assert client.account_verify_credentials().statuses_count > 0
    where, headers, body = session._client.prepare_token_revocation_request(
        server["revocation_endpoint"], token["access_token"]
    )
    requests.post(where, headers=headers, data=body, auth=(app["client_id"], app["client_secret"])).raise_for_status()
    try:
        client.account_verify_credentials()
        raise AssertionError("the token is good for ever")
    except MastodonUnauthorizedError:
        print(redirect)


if __name__ == "__main__":
    use("myapp://callback", "myapp://callback")
    desk = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=desk.serve_forever, daemon=True).start()
    # Which port it gets, an app learns when it is started (RFC 8252).
    use("http://127.0.0.1/callback", f"http://127.0.0.1:{desk.server_port}/callback", include_client_id=True)
