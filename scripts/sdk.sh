#!/bin/sh
# Installs the clients that others wrote for the real platforms into .cache/sdk, for make test-sdk. Their versions are in
# internal/simulator/sdk. A Python without venv, as Debian splits it, gets the packages into a folder of their own; either
# way .cache/sdk/python runs with them.
set -eu
export PIP_ROOT_USER_ACTION=ignore # the packages go nowhere but into .cache/
cd "$(dirname "$0")/.."
from="$PWD/internal/simulator/sdk"

lacks() {
	echo "sdk: no $1: make test-sdk needs npm, python3 with venv or pip, and node of version 20 or newer" >&2
	exit 1
}
for program in node npm python3; do
	command -v "$program" >/dev/null || lacks "$program"
done

mkdir -p .cache/sdk
cd .cache/sdk
cp "$from"/*.js "$from"/*.py "$from"/package.json "$from"/requirements.txt .
npm install --silent --no-audit --no-fund --ignore-scripts

[ ! -d python ] || rm -rf python # an environment of an earlier version stood there
if [ -x venv/bin/pip ] || python3 -m venv venv >/dev/null 2>&1; then
	venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	packages="" interpreter="$PWD/venv/bin/python"
else
	rm -rf venv # what was begun of it
	python3 -m pip --version >/dev/null 2>&1 || lacks "venv and no pip"
	packages="$PWD/python-packages" interpreter=$(command -v python3)
	rm -rf python-packages # pip adds to a folder and removes nothing
	python3 -m pip install --quiet --disable-pip-version-check --target python-packages -r requirements.txt
fi
cat >python.part <<SH
#!/bin/sh
PYTHONPATH='$packages' exec '$interpreter' "\$@"
SH
chmod +x python.part
mv python.part python
