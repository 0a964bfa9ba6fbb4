#!/bin/sh
# Installs the real servers that the tests of this folder talk to, each once, into the folder given;
# says plainly which could not be. They are no part of the program and never listen to the outside.
set -u
folder=$1
python=${2:-python3}
mkdir -p "$folder"

said() { echo "test-servers: $*" >&2; }

pypi() { # mastodon_mock and nostr-relay, in an environment of their own
  [ -x "$folder/venv/bin/mastodon_mock" ] && [ -x "$folder/venv/bin/nostr-relay" ] && return 0
  said "installing mastodon_mock and nostr-relay (once)"
  "$python" -m venv "$folder/venv" &&
    "$folder/venv/bin/python" -m pip install --quiet mastodon-mock==0.6.1 nostr-relay==1.14 \
      > "$folder/pypi.log" 2>&1
}

pds() { # the Bluesky server with its directory
  [ -f "$folder/pds/.ready" ] && return 0
  command -v npm > /dev/null || { said "npm is not there"; return 1; }
  said "installing the Bluesky server (once; some minutes)"
  mkdir -p "$folder/pds" && cd "$folder/pds" && {
    [ -f package.json ] || echo '{"name":"servers","private":true}' > package.json
    # Its database is native code, which npm does not build unasked.
    npm install --no-audit --no-fund @atproto/dev-env@0.3.215 > install.log 2>&1 &&
      { npm install-scripts approve better-sqlite3 >> install.log 2>&1 || true; } &&
      npm rebuild better-sqlite3 >> install.log 2>&1 &&
      node -e "new (require('better-sqlite3'))(':memory:')" >> install.log 2>&1 &&
      touch .ready
  }
}

for server in pypi pds; do
  if ("$server"); then :; else said "NOT RUN: $server could not be installed (see $folder)"; fi
done
