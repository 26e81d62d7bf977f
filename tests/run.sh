#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is needed, builds, runs all tests, and closes with `N passed, N failed, N skipped`.
#   tests/run.sh            a gcc build and every test of it, benchmarks apart
#   CI=true tests/run.sh    with warnings as errors; also clang, the address and undefined-behaviour sanitizers, valgrind
set -eu
cd "$(dirname "$0")/.."
exec </dev/null

strict=false
[ "${CI-}" = true ] && strict=true

sh packaging/install-build-deps.sh --tests

# What tests leave behind goes with this folder.
TMPDIR=$(mktemp -d)
export TMPDIR
postgresql=
leave () {
  [ -z "$postgresql" ] || sh tests/support/postgresql.sh stop "$postgresql"
  rm -rf "$TMPDIR"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

started=$(date +%s)
say () {
  echo "== $1 ($(($(date +%s) - started)) s)"
}

# Many tests wait for a window or a timer: one more than there are processors keeps these busy.
MESON_TESTTHREADS=${MESON_TESTTHREADS:-$(($(nproc) + 1))}
export MESON_TESTTHREADS

runs=
# prepare LABEL BUILD OPTION...: configures and builds; a build that breaks counts as one failure
prepare () {
  label=$1 folder=$2
  shift 2
  say "$label: build"
  again=
  [ -f "$folder/build.ninja" ] && again=--reconfigure
  if meson setup $again "$folder" -Dwerror=$strict "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; false; }; then
    rm -f "$folder.log"
    ninja --quiet -C "$folder" && return
  fi
  runs="$runs $label="
  return 1
}

# check LABEL BUILD ARGUMENT...: runs tests; what failed is counted at the end
check () {
  label=$1 folder=$2
  shift 2
  say "$label: tests"
  rm -f "$folder/meson-logs/$label".* "$folder/meson-logs/$label"-valgrind.*
  meson test -C "$folder" --no-rebuild --logbase "$label" --print-errorlogs "$@" || true
  # With a wrapper meson adds its name to that of the log.
  log=$folder/meson-logs/$label
  [ -f "$log.json" ] || log=$log-valgrind
  runs="$runs $label=$log"
}

# Where none can be had, the tests that need it say that they were skipped.
if postgresql=$(sh tests/support/postgresql.sh start); then
  SOBAN_TEST_POSTGRESQL="postgresql:///postgres?host=$postgresql&user=postgres"
  export SOBAN_TEST_POSTGRESQL
else
  say 'no PostgreSQL: tests of it are skipped'
fi

if prepare gcc build; then
  check gcc build
fi

if $strict; then
  # clang does not count a cleanup (g_autoptr) as a use; gcc has looked for variables that are unused.
  CC=clang prepare clang build-clang -Dc_args=-Wno-unused-variable || true

  if prepare sanitizers build-sanitize -Db_sanitize=address,undefined -Db_lundef=false; then
    ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
      check sanitizers build-sanitize --suite unit --timeout-multiplier 4
  fi

  if pure=$(/usr/bin/python3 tests/support/pure_tests.py build build/meson-logs/gcc.json); then
    # shellcheck disable=SC2086 # a list of names
    G_SLICE=always-malloc G_DEBUG=gc-friendly SOBAN_TEST_TIME_FACTOR=100 check valgrind build --timeout-multiplier 20 \
      --wrap "valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite --suppressions=$PWD/tests/support/valgrind.supp" $pure
  fi
fi

say 'the sum'
# shellcheck disable=SC2086 # a list of LABEL=PATH
/usr/bin/python3 tests/support/summary.py $runs
