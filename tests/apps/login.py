"""Logs toot in: does in its place what it asks people to do in a browser; run by tests/apps.rs.

Usage: login.py TOOT URL EMAIL PASSWORD
"""
import subprocess
import sys

from pages import allow

toot, url, email, password = sys.argv[1:]
pipe = subprocess.PIPE
asking = subprocess.Popen([toot, "login", "--instance", url], stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
page = next(line.strip() for line in asking.stdout if line.startswith(f"{url}/oauth/authorize"))
said, _ = asking.communicate(f"n\n{allow(page, email, password)}\n", timeout=60)
print(said)
sys.exit(asking.returncode)
