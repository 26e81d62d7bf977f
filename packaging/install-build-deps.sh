#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what Sổ Bản is built with on Debian 12 or newer; with --tests also what its tests need.
# Asks the package servers only when something is missing, so a second run needs no network.
set -eu

BUILD='gcc libc6-dev pkg-config meson ninja-build gettext
  libglib2.0-dev libglib2.0-bin libxml2-dev libsqlite3-dev libcurl4-openssl-dev libsoup-3.0-dev
  libsodium-dev libxxhash-dev libpq-dev libxlsxwriter-dev zlib1g-dev libjson-glib-dev libgnutls28-dev libgtk-4-dev libgtk-4-bin libadwaita-1-dev
  glib-networking ca-certificates adwaita-icon-theme librsvg2-common fonts-noto-core shared-mime-info
  appstream desktop-file-utils python3 xvfb xauth dbus'
TESTS='clang libclang-rt-14-dev valgrind libxml2-utils xdotool at-spi2-core
  python3-gi gir1.2-atspi-2.0 gir1.2-gtk-4.0 gir1.2-adw-1 chromium chromium-driver procps poppler-utils locales
  postgresql-15 libxtst-dev ibus ibus-gtk4 ibus-unikey'

wanted=$BUILD
case ${1-} in
  '') ;;
  --tests) wanted="$BUILD $TESTS" ;;
  *) echo "usage: $0 [--tests]" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install these as root first:$missing" >&2; exit 1; }
  as_root=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run_quietly () {
  "$@" </dev/null >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
}
echo "installing packages:$missing"
run_quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get update
# shellcheck disable=SC2086 # a list of names
run_quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
