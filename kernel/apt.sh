# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# apt without root: package lists of our own in the cache.  Source it after
# lib.sh.  apt_open names a suite; apt then runs apt-get and apt-cache on the
# lists of that suite, or of the machine's own suites if none was named.

LISTS_MINUTES=60

# apt_open SUITE [TYPE]: read the lists, which takes a download if they are old.
# TYPE is deb, or deb-src for the suite's sources.
apt_open() {
	suite=$1 type=${2:-deb}
	apt=$CACHE/apt${suite:+-$suite}
	[ "$type" = deb ] || apt+=-$type
	apt_conf
	apt_update
}

# Lists of our own: the machine's may be old or absent, and only root can
# refresh those.
apt_conf() {
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	cat >"$apt/apt.conf" <<-END
	// Hooks are for the machine's own lists.
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	Dir::State::Lists "$apt/lists";
	Dir::Cache "$apt/cache";
	Dir::Cache::pkgcache "pkgcache.bin";
	// Nothing here is apt's own; without this it warns as root.
	APT::Sandbox::User "root";
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "2";
	Acquire::http::Timeout "20";
	Acquire::https::Timeout "20";
	END
	[ -z "$suite" ] || apt_conf_suite
}

# Only that suite, from where the machine gets its own packages.
apt_conf_suite() {
	local keys=/usr/share/keyrings/debian-archive-keyring.gpg

	[ -e "$keys" ] || die "cannot check packages of $suite" \
		"there is no $keys" "install debian-archive-keyring"
	cat >>"$apt/apt.conf" <<-END
	Dir::Etc::SourceList "$apt/sources.list";
	Dir::Etc::SourceParts "-";
	END
	echo "$type [signed-by=$keys] $(mirror) $suite main" >"$apt/sources.list"
}

# The machine's mirror of Debian.  apt knows it once it has lists: those of
# the machine's own suites, which the first base is taken from.
mirror() {
	local apt=$CACHE/apt suite='' uri

	apt_conf
	apt_update
	# shellcheck disable=SC2016 # for apt, not for the shell
	uri=$(apt get indextargets --format '$(LABEL) $(REPO_URI)' \
			'Created-By: Packages' |
		awk '$1 == "Debian" && !seen++ { print $2 }')
	[ -n "$uri" ] || die "cannot tell where Debian's archive is" \
		"apt's sources do not name it, or it cannot be read" \
		"add the main section of its release to them; see apt's messages above"
	echo "$uri"
}

apt() {
	"apt-$1" -c "$apt/apt.conf" "${@:2}"
}

# Refresh the lists if they are old.  Not fatal: the cache may suffice, or
# only a source that is of no interest here failed.
apt_update() {
	if [ -e "$apt/stamp" ] &&
	   [ -n "$(find "$apt/stamp" -mmin "-$LISTS_MINUTES")" ]; then
		return
	fi
	if step "reading the archive's package lists" apt get update -q; then
		touch "$apt/stamp"
	else
		say "some package lists could not be read: going on with" \
		    "what is known"
	fi
}
