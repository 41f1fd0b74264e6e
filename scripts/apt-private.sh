# shellcheck shell=bash
# A private apt root: packages of any Debian suite and architecture, without
# root rights and without touching the machine's own packages.  To be sourced
# after lib.sh.
#
# It has its own lists, cache and (empty) status, and takes from the machine
# only how to reach the network and where its Debian mirror is.  Packages are
# downloaded and unpacked, never installed.  apt checks the signature of the
# suite with Debian's archive keyring, and each package against the suite.

UV_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# debian_mirror: the address of the machine's own Debian mirror.
debian_mirror() {
	local mirror=${ULTRAVIOLET_MIRROR:-}

	if [ -z "$mirror" ]; then
		mirror=$(mirror_from_lists)
	fi
	if [ -z "$mirror" ]; then
		mirror=$(mirror_from_sources)
	fi
	case $mirror in
	*[[:space:]]* | '['*)
		die "'$mirror' is not the address of a Debian mirror" \
			"Set ULTRAVIOLET_MIRROR to one address of the form SCHEME://HOST/debian." ;;
	*:/*)
		printf '%s\n' "${mirror%/}/" ;;
	'')
		die "apt's configuration names no Debian mirror" \
			"Set ULTRAVIOLET_MIRROR to the address of one (SCHEME://HOST/debian)." ;;
	*)
		die "'$mirror' is not the address of a Debian mirror" \
			"Set ULTRAVIOLET_MIRROR to one of the form SCHEME://HOST/debian." ;;
	esac
}

# mirror_from_lists: ask apt what it has downloaded, since only the release
# file tells Debian from third parties (Origin), and the main archive from the
# security one (Label), which does not carry the suites needed here.
mirror_from_lists() {
	# shellcheck disable=SC2016 # for apt to expand
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' 2>/dev/null |
		grep -v '^cdrom:' | head -n 1 || true
}

# mirror_from_sources: on a machine that never ran `apt-get update`, what it
# would ask for, for the release that it runs.  A third party that uses the
# same release name cannot do harm: its signature is not Debian's.
mirror_from_sources() {
	local release

	# shellcheck source=/dev/null
	release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	[ -n "$release" ] || return 0
	apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\\(.*\\)/dists/$release/InRelease'.*|\\1|p" |
		grep -v '^cdrom:' | head -n 1 || true
}

# apt_private_open FOLDER SUITE ARCHITECTURE: make the root and fetch its lists.
apt_private_open() {
	local folder=$1 suite=$2 architecture=$3 mirror

	need_command apt-get apt
	need_command dpkg-deb dpkg
	[ -r "$UV_KEYRING" ] ||
		die "Debian's archive keyring $UV_KEYRING is missing" \
			"Install the package debian-archive-keyring: without it nothing that is downloaded could be verified."
	mirror=$(debian_mirror)
	mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
	: >"$folder/status"
	printf 'deb [arch=%s signed-by=%s target=Packages] %s %s main\n' \
		"$architecture" "$UV_KEYRING" "$mirror" "$suite" >"$folder/sources.list"
	apt_private_configuration "$folder" "$architecture" >"$folder/apt.conf"
	apt_private "$folder" update ||
		apt_private_failed "$folder" "cannot fetch the package list of Debian $suite ($architecture) from $mirror"
}

# apt_private_configuration FOLDER ARCHITECTURE: read after the machine's own
# configuration, so proxies stay in force, while hooks, pins and anything that
# would weaken verification do not.
apt_private_configuration() {
	cat <<-END
		Dir::State "$1";
		Dir::State::lists "$1/lists";
		Dir::State::status "$1/status";
		Dir::State::extended_states "$1/extended_states";
		Dir::Cache "$1/cache";
		Dir::Cache::archives "$1/cache/archives";
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		#clear APT::Architectures;
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Default-Release;
		APT::Update::Error-Mode "any";
		APT::Install-Recommends "false";
		APT::Install-Suggests "false";
		APT::Sandbox::User "root";
		APT::Get::AllowUnauthenticated "false";
		Acquire::AllowInsecureRepositories "false";
		Acquire::AllowWeakRepositories "false";
		Acquire::AllowDowngradeToInsecureRepositories "false";
		Acquire::Languages "none";
	END
}

# apt_private FOLDER ARGUMENTS...: apt-get on that root; what it says is kept.
apt_private() {
	local folder=$1
	shift

	LC_ALL=C apt-get -q -y -c "$folder/apt.conf" "$@" \
		</dev/null >"$folder/output" 2>"$folder/errors"
}

# apt_private_failed FOLDER WHAT: say WHAT, apt's own reasons, and what to do.
apt_private_failed() {
	local todo='Check the network; or set ULTRAVIOLET_MIRROR to another Debian mirror.'

	if grep -q 'NO_PUBKEY\|EXPKEYSIG' "$1/errors"; then
		todo='The keyring is too old for that suite: apt-get install --only-upgrade debian-archive-keyring'
	elif grep -q 'is expired\|is not valid yet' "$1/errors"; then
		todo='The clock of this machine is wrong, or that mirror is out of date: set ULTRAVIOLET_MIRROR to another one. If it is a snapshot on purpose, let apt know: Acquire::Check-Valid-Until "false"; in a file in /etc/apt/apt.conf.d.'
	elif grep -q 'is not signed\|BADSIG\|NOSPLIT\|NODATA' "$1/errors"; then
		todo="What that address serves is not signed by Debian and was not used. Set ULTRAVIOLET_MIRROR to a Debian mirror (a proxy's login page looks like this, too)."
	elif grep -qi 'no space left\|enough free space' "$1/errors"; then
		todo="The disk is full: make room, or set ULTRAVIOLET_CACHE to a folder on another one (now $UV_CACHE)."
	fi
	grep -E '^[EW]: ' "$1/errors" | sort -u | head -n 6 | cut -c 1-300 >&2 || true
	die "$2" "$todo"
}

# apt_private_plan FOLDER PACKAGE...: print "PACKAGE BYTES" per package that an
# installation would take.
apt_private_plan() {
	local folder=$1
	shift

	apt_private "$folder" -qq --print-uris install "$@" ||
		apt_private_failed "$folder" "Debian offers no installable package: $*"
	sed -n "s|^'[^']*' \\([^_ ]*\\)_[^ ]* \\([0-9]*\\) .*|\\1 \\2|p" "$folder/output"
}

# apt_private_fetch FOLDER TARGET PACKAGE...: download and verify just these
# packages into the folder TARGET.
apt_private_fetch() {
	local folder=$1 target=$2 total
	shift 2

	total=$(apt_private_size "$folder" "$@")
	mkdir -p "$target"
	# `download` writes to the current folder.
	watch_growth "$target" "$total" apt_private_download "$folder" "$target" "$@" ||
		apt_private_failed "$folder" "cannot download: $*"
}

apt_private_download() {
	local folder=$1 target=$2
	shift 2

	(cd "$target" && apt_private "$folder" download "$@")
}

# apt_private_size FOLDER PACKAGE...: the bytes of these packages together.
apt_private_size() {
	local folder=$1
	shift

	apt_private "$folder" -qq --print-uris download "$@" ||
		apt_private_failed "$folder" "Debian offers no package: $*"
	awk '{ sum += $3 } END { print sum + 0 }' "$folder/output"
}

# unpack_packages FOLDER TARGET: every package in FOLDER into the one TARGET.
# Each package file goes as soon as it is unpacked, which halves the disk used.
unpack_packages() {
	local package

	mkdir -p "$2"
	for package in "$1"/*.deb; do
		dpkg-deb -x "$package" "$2" ||
			die "cannot unpack ${package##*/} into $2" "Is the disk full?"
		rm "$package"
	done
}
