#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh clone to a running app: installs what the build needs, builds, starts a collector in a temporary folder,
# enrols this machine with it, loads the sample activities, and opens the app. Takes everything away again at the end.
#   packaging/try.sh             with a window
#   packaging/try.sh --headless  without: sends the records with soban-sync, prints the report, takes a picture of the app
set -eu
cd "$(dirname "$0")/.."

headless=false
[ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] || headless=true
case ${1-} in
  '') ;;
  --headless) headless=true ;;
  *) echo "usage: $0 [--headless]" >&2; exit 2 ;;
esac

say () {
  printf '\n== %s\n' "$1"
}

started=
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/soban-try.XXXXXX")
clean_up () {
  for process in $started; do
    kill "$process" 2>/dev/null || true
  done
  for process in $started; do
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

say 'Installing what the build needs'
sh packaging/install-build-deps.sh

say 'Building'
[ -f build/build.ninja ] || meson setup build >"$folder/setup.log" 2>&1 || { cat "$folder/setup.log"; exit 1; }
ninja --quiet -C build

export SOBAN_DATA_DIR="$PWD/schema" SOBAN_LOCALE_DIR="$PWD/build/po" PYTHONDONTWRITEBYTECODE=1
soban=$PWD/build/app/soban
soban_sync=$PWD/build/sync/tools/soban-sync
soban_collector=$PWD/build/sync/collector/soban-collector
python=/usr/bin/python3
store=$folder/soban.db
collector=$folder/collector

# await SECONDS COMMAND...: until the command succeeds
await () {
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.1
  done
}

say 'A collector in a temporary folder'
port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
password=try-$($python -c 'import secrets; print(secrets.token_hex(4))')
echo "$password" >"$folder/password"
"$soban_collector" init --dir "$collector" --url "https://localhost:$port" --admin-password-file "$folder/password" >"$folder/init.log" 2>&1 \
  || { cat "$folder/init.log"; exit 1; }
"$soban_collector" serve --dir "$collector" --listen 127.0.0.1 --port "$port" >"$folder/serve.log" 2>&1 &
server=$!
started="$started $server"
listens () {
  kill -0 "$server" 2>/dev/null || { cat "$folder/serve.log"; exit 1; }
  grep -q '^listening on ' "$folder/serve.log"
}
await 20 listens || { cat "$folder/serve.log"; exit 1; }
echo "https://localhost:$port"

say 'Enrolling this machine, loading the sample activities'
$python packaging/sample/convert.py >"$folder/activities.jsonl"
scopes=$($python - "$folder/activities.jsonl" <<'END'
import json, sys
found = [json.loads(line).get("scope") for line in open(sys.argv[1], encoding="utf-8")]
print(" ".join(f"--scope {scope}" for scope in dict.fromkeys(filter(None, found))))
END
)
# shellcheck disable=SC2086 # a list of options
"$soban_collector" enrol --dir "$collector" --name 'This machine' $scopes --output "$folder/enrolment" >/dev/null
"$soban_sync" enrol --store "$store" "$folder/enrolment"
"$soban_sync" add --store "$store" --batch - --as-is <"$folder/activities.jsonl" >"$folder/ids"
echo "$(wc -l <"$folder/ids") activities of 2022-2026 are on it; what their pages do not say stays empty"

# The app on a display of its own, until its first screen is drawn
take_picture () {
  mkdir "$folder/screen"
  Xvfb -displayfd 3 -screen 0 900x640x24 -fbdir "$folder/screen" -nolisten tcp -noreset 3>"$folder/display" >/dev/null 2>&1 &
  started="$started $!"
  await 20 test -s "$folder/display" || return 1
  DISPLAY=:$(cat "$folder/display") DBUS_SESSION_BUS_ADDRESS=disabled: HOME="$folder" XDG_RUNTIME_DIR="$folder" GDK_BACKEND=x11 \
    GSETTINGS_BACKEND=memory GTK_A11Y=none "$soban" --store "$store" >"$folder/app.log" 2>&1 &
  app=$!
  drawn=true
  $python tests/support/screen.py "$folder/screen" "$1" 30 || drawn=false
  kill "$app" 2>/dev/null || true
  wait "$app" || true
  $drawn || { cat "$folder/app.log"; return 1; }
}

if $headless; then
  say 'Sending the records'
  "$soban_sync" sync --store "$store"
  "$soban_sync" check --store "$store"
  "$soban_collector" check --dir "$collector"

  say 'The report of the collector'
  "$soban_collector" report --dir "$collector"

  say 'A picture of the first screen'
  take_picture "$PWD/build/home.png"
  echo "it lies in $PWD/build/home.png"
  exit 0
fi

say 'The app'
cat <<END
The records wait on this machine: send them in the app, then read the sums in a browser at

  https://localhost:$port      user: admin      password: $password

The browser does not know the collector's own key and will ask; the app does. Close the app to end everything.
END
"$soban" --store "$store"
