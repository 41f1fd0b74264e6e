#!/bin/sh
# SPDX-License-Identifier: MIT
# page.sh PROGRAM PROSE.scd VERSION
#
# Prints the man page of PROGRAM: name, synopsis and options come from its own
# tables (--uv-document), the rest from PROSE.scd, where a line "@options@" marks
# the place of the options.
set -eu
program=$1 prose=$2 version=$3
name=$(basename "$program")

source_text() {
	title=$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')
	printf '%s(1) "Ultraviolet %s" "Ultraviolet"\n\n' "$title" "$version"
	printf '# NAME\n\n%s - %s\n\n' "$name" "$("$program" --uv-document=summary)"
	printf '# SYNOPSIS\n\n'
	"$program" --uv-document=synopsis
	while IFS= read -r line; do
		if [ "$line" = "@options@" ]; then
			"$program" --uv-document=options
		else
			printf '%s\n' "$line"
		fi
	done <"$prose"
}

# scdoc puts paragraph marks around headings and indented parts where they mean
# nothing; mandoc's linter rightly complains. Hold each mark back until it is
# known what follows.
drop_empty_paragraphs() {
	awk '
		/^\.PP?$/ { held = after_text; next }
		/^\.(SH|SS|RS|RE|TP)/ { held = 0 }
		held { print ".PP"; held = 0 }
		{ print; after_text = !/^\.(SH|SS|RS)/ }
	'
}

# Not one pipe: a failure in its middle would be lost.
source=$(source_text)
roff=$(printf '%s\n' "$source" | scdoc)
printf '%s\n' "$roff" | drop_empty_paragraphs
