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

started=$(date +%s)
say () {
  echo "== $1 ($(($(date +%s) - started)) s)"
}

# prepare BUILD OPTION...: configures and builds
prepare () {
  folder=$1
  shift
  again=
  [ -f "$folder/build.ninja" ] && again=--reconfigure
  meson setup $again "$folder" -Dwerror=$strict "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
  rm -f "$folder.log"
  ninja --quiet -C "$folder"
}

# check LABEL BUILD ARGUMENT...: runs tests; what failed is counted at the end
runs=
check () {
  label=$1 folder=$2
  shift 2
  rm -f "$folder/meson-logs/$label".* "$folder/meson-logs/$label"-valgrind.*
  meson test -C "$folder" --no-rebuild --logbase "$label" --print-errorlogs "$@" || true
  # With a wrapper meson adds its name to that of the log.
  [ -f "$folder/meson-logs/$label.json" ] || label=$label-valgrind
  runs="$runs ${label%-valgrind}=$folder/meson-logs/$label"
}

say 'gcc: build'
prepare build
say 'gcc: tests'
check gcc build

if $strict; then
  say 'clang: build'
  CC=clang prepare build-clang

  say 'sanitizers: build'
  prepare build-sanitize -Db_sanitize=address,undefined -Db_lundef=false
  say 'sanitizers: unit tests'
  ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    check sanitize build-sanitize --suite unit --timeout-multiplier 4

  say 'valgrind: the pure parts'
  G_SLICE=always-malloc G_DEBUG=gc-friendly check memory build --timeout-multiplier 20 \
    --wrap "valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite --suppressions=$PWD/tests/support/valgrind.supp" \
    $(/usr/bin/python3 tests/support/pure_tests.py build build/meson-logs/gcc.json)
fi

say 'done'
# shellcheck disable=SC2086 # a list of LABEL=PATH
/usr/bin/python3 tests/support/summary.py $runs
