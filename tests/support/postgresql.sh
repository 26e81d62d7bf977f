#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A PostgreSQL of its own for tests, reached by a socket alone.
#   postgresql.sh start    makes and starts one in a new folder; prints that folder. Its address for the tests is then
#                          postgresql:///postgres?host=FOLDER&user=postgres (variable SOBAN_TEST_POSTGRESQL)
#   postgresql.sh halt FOLDER    ends it; resume FOLDER starts it again
#   postgresql.sh stop FOLDER    ends it and removes the folder
# SOBAN_TEST_DURABLE=1: each commit waits for the disk, as in real use.
set -eu

say () {
  echo "postgresql.sh: $1" >&2
  exit 1
}

# PostgreSQL refuses to run as root; Debian's package has made a user for it.
as_owner () {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

control () {
  folder=$1
  shift
  (cd "$folder" && as_owner "$(cat bin)/pg_ctl" -D "$folder/data" -t 60 -w "$@" >/dev/null 2>&1)
}

resume () {
  control "$1" -l "$1/server.log" -o "$(cat "$1/options")" start
}

start () {
  bin=
  for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && bin=$folder
  done
  [ -n "$bin" ] || say 'there is no PostgreSQL server here (package postgresql-15)'
  if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || say 'there is no user postgres'
  fi
  # Not in TMPDIR: the user postgres may have no way into it.
  folder=$(env -u TMPDIR mktemp -d -t soban-postgresql.XXXXXX)
  [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
  cd "$folder"
  options="-k $folder -c listen_addresses='' -c max_connections=60 -c shared_buffers=64MB"
  [ "${SOBAN_TEST_DURABLE-}" = 1 ] || options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  if as_owner "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 \
     && echo "$bin" >"$folder/bin" && echo "$options" >"$folder/options" && resume "$folder"; then
    echo "$folder"
    return
  fi
  cat "$folder"/*.log >&2
  rm -rf "$folder"
  exit 1
}

case ${1-} in
  start) start ;;
  halt) control "$2" -m fast stop ;;
  resume) resume "$2" ;;
  stop)
    control "$2" -m fast stop || true
    rm -rf "$2"
    ;;
  *) echo "usage: $0 start | halt FOLDER | resume FOLDER | stop FOLDER" >&2; exit 2 ;;
esac
