#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Takes the texts of the sources into po/soban.pot and po/vi.po and lists the files they came from in po/POTFILES.in.
#   po/update.sh             refreshes the three files
#   po/update.sh --into DIR  writes them to DIR instead (the lint compares)
set -eu
cd "$(dirname "$0")/.."

case ${1-} in
  '') out=po ;;
  --into) out=$2 ;;
  *) echo "usage: $0 [--into DIR]" >&2; exit 2 ;;
esac

export LC_ALL=C.UTF-8 GETTEXTDATADIRS="$PWD/po"

CALL='\b(_|N_|C_|NC_|ngettext) ?\("|\b(g_dngettext|soban_catalogue_(text|plural)) ?\([^)]*"'
list_sources () {
  {
    find schema sync app -name '*.[ch]' -exec grep -lE "$CALL" {} +
    find app -name '*.ui' -exec grep -l 'translatable="yes"' {} +
    find app/install -name '*.desktop.in' -o -name '*.metainfo.xml.in' -o -name '*.gschema.xml'
    find schema/forms -name '*.xml'
  } | sort -u
}

{
  echo '# SPDX-License-Identifier: GPL-3.0-or-later'
  list_sources
} >"$out/POTFILES.in.new"
mv "$out/POTFILES.in.new" "$out/POTFILES.in"

xgettext --files-from="$out/POTFILES.in" --output="$out/soban.pot" --from-code=UTF-8 --add-comments=Translators: \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=ngettext:1,2 --keyword=g_dngettext:2,3 \
  --keyword=soban_catalogue_text:2 --keyword=soban_catalogue_plural:2,3 \
  --add-location=file --package-name=soban --msgid-bugs-address='The Sổ Bản authors' --force-po --copyright-holder='The Sổ Bản authors'
# The day of the extraction would make every run a difference.
sed -i '/^"POT-Creation-Date:/d' "$out/soban.pot"

[ "$out" = po ] || cp po/vi.po "$out/vi.po"
msgmerge --quiet --update --backup=none --no-fuzzy-matching --add-location=file "$out/vi.po" "$out/soban.pot"
