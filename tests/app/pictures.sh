#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws the screens for people to look at:
#   pictures.sh BUILD FOLDER [SCREEN…]  every language, look and size, into a folder each
#   pictures.sh BUILD --pages           those that app/README.md shows, into app/pictures
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
folder=$2
shift 2

export SOBAN_DATA_DIR="$source/schema" SOBAN_LOCALE_DIR="${SOBAN_LOCALE_DIR:-$build/po}"
export GSK_RENDERER=cairo GDK_DEBUG=gl-disable GSETTINGS_BACKEND=memory GTK_A11Y=test ADW_DISABLE_PORTAL=1

# A display of the size of the tablet: a dialog is never larger than that.
draw() {
  language=$1 look=$2 size=$3
  shift 3
  xvfb-run -a -s "-screen 0 ${size}x24" "$build/tests/app/pictures" --language "$language" --look "$look" --size "$size" "$@"
}

if [ "$folder" = --pages ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  draw vi normal 360x640 "$scratch"
  for picture in "$source"/app/pictures/*.png; do
    new=$scratch/vi-normal-360x640/$(basename "$picture")
    # 64 colours: a third of the size, and nothing to see of it.
    if command -v pngquant >/dev/null; then
      pngquant --force --strip --output "$picture" 64 "$new"
    else
      cp "$new" "$picture"
    fi
  done
  exit
fi

for language in vi en; do
  for look in normal text200 contrast dark; do
    for size in 360x640 800x1280 1280x800; do
      draw "$language" "$look" "$size" "$folder" "$@"
    done
  done
  # What an on-screen keyboard leaves.
  draw "$language" normal 360x320 "$folder" "$@"
done
