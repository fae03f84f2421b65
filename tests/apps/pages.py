"""The pages on which people log in and allow an app what it asks for, walked as a browser without scripts does.

Usage: pages.py URL EMAIL PASSWORD. Prints the code for the app.
"""
import sys
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup


def submit(session, page, **answers):
    """Fills in the form of a page that asks for these answers, and sends it off as a browser does."""
    forms = BeautifulSoup(page.text, "html.parser").find_all("form")
    named = lambda form, name: form.find(["input", "button", "select"], attrs={"name": name})
    form = next(form for form in forms if all(named(form, name) for name in answers))
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    target = urljoin(page.url, form.get("action") or page.url)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(target))
    page = session.request(form["method"], target, data=fields | answers, headers={"origin": origin})
    page.raise_for_status()
    return page


def walk(session, url, email, password):
    """Logs in at the page that an app sends people to, and allows the app: the page to which that leads."""
    page = session.get(url)
    page.raise_for_status()
    page = submit(session, page, name=email, password=password)
    return submit(session, page, decision="allow")


def allow(url, email, password):
    """The same, for an app to which people bring the code by hand: that code."""
    page = walk(requests.Session(), url, email, password)
    return BeautifulSoup(page.text, "html.parser").select_one(".copy code").get_text().strip()


if __name__ == "__main__":
    print(allow(*sys.argv[1:]))
