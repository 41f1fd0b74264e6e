# shellcheck shell=bash
# Fetching programs of others, for tests to compare with; to be sourced after
# lib.sh and apt-private.sh. Each set of them is a folder of the cache.

# package_versions FOLDER: "PACKAGE VERSION" for each package file in it.
package_versions() {
	local package

	for package in "$1"/*.deb; do
		# shellcheck disable=SC2016 # for dpkg-deb to expand
		dpkg-deb -W --showformat '${Package} ${Version}\n' "$package"
	done
}

# fetch_packages SUITE ARCHITECTURE TREE PACKAGE...: unpacked into TREE, their
# versions behind what is in the new folder's 'version'.
fetch_packages() {
	local suite=$1 architecture=$2 tree=$3 apt=$UV_WORK/apt-$1
	shift 3

	step "reading the package list of Debian $suite ($architecture)"
	apt_private_open "$apt" "$suite" "$architecture"
	step "downloading $*"
	apt_private_fetch "$apt" "$UV_WORK/packages" "$@"
	package_versions "$UV_WORK/packages" >>"$UV_WORK/new/version"
	unpack_packages "$UV_WORK/packages" "$tree"
}

# take FILE TARGET: FILE of the packages; a link is followed.
take() {
	[ -e "$1" ] || die "Debian's packages have no ${1#"$UV_WORK"/*/}" \
		"They have changed; please report this."
	cp -L "$1" "$2"
}

# needed FILE...: the libraries that these ELF files name.
needed() {
	LC_ALL=C readelf -dW "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u
}

# take_libraries TREE TARGET PROGRAM: the dynamic loader of s390x, and all that
# PROGRAM needs, with what those need.
take_libraries() {
	local name file todo=ld64.so.1

	todo="$todo $(needed "$3")"
	while [ -n "$todo" ]; do
		for name in $todo; do
			[ ! -e "$2/$name" ] || continue
			file=$(find "$1" -name "$name" -path '*lib*' | head -n 1)
			take "${file:-$1/$name}" "$2/$name"
		done
		todo=$(needed "$2"/* | while read -r name; do
			[ -e "$2/$name" ] || printf '%s\n' "$name"
		done)
	done
}

# peer_tools NAME [ARGUMENT]: what the command line of NAME.sh asks for; calls
# fetch, which is to fill UV_WORK/new, when the folder NAME of the cache is not
# there.
peer_tools() {
	local name=$1

	case ${2:-} in
	--print)
		[ -e "$UV_CACHE/$name/version" ] || exit 1
		printf '%s\n' "$UV_CACHE/$name"
		return ;;
	'') ;;
	*)
		say "usage: $name.sh [--print]"
		exit 2 ;;
	esac
	lock "$name"
	[ ! -e "$UV_CACHE/$name/version" ] || return 0
	need_command readelf binutils
	work_folder "$name"
	mkdir "$UV_WORK/new"
	fetch
	publish "$UV_WORK/new" "$name"
	say "tools to compare with: $(tr '\n' ' ' <"$UV_CACHE/$name/version")"
}
