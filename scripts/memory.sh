#!/bin/sh
# Runs the demo with 200,000 and with 1,000,000 orders and compares the peaks of its memory: what one process with the
# simulator, the broker and all services takes must not grow with the size of a plan. Takes a quarter of an hour on two cores.
# Fails when a demo does, or when a promise is broken.
set -eu
cd "$(dirname "$0")/.."

ratio=1.15 # of the large demo's peak to the small one's, at most
target=400 # MiB, of either

out="$(mktemp)"
trap 'rm -f "$out"' EXIT

# peak <orders a day of each shop>: runs the demo, two shops on each of three platforms, and prints its peak in MiB.
peak() {
	bin/shopstream demo --shops 2 --days 14 --orders "$1" >"$out" 2>&1 || {
		cat "$out" >&2
		echo "memory: the demo with $1 orders a day of each shop failed" >&2
		return 1
	}
	grep -E '^(documents|peak memory|demo:)' "$out" >&2
	sed -n 's/^peak memory *\([0-9][0-9]*\) MiB.*/\1/p' "$out"
}

echo "memory: 200,000 orders"
small="$(peak 2381)"
echo "memory: 1,000,000 orders"
large="$(peak 11905)"
awk -v small="$small" -v large="$large" -v ratio="$ratio" -v target="$target" 'BEGIN {
	if (small <= 0 || large <= 0) { print "memory: this system does not tell how much a process takes"; exit 1 }
	grown = large / small > ratio
	printf "memory: peak %d MiB with 200,000 orders, %d MiB with 1,000,000\n", small, large
	printf "memory: ratio %.2f, promised at most %.2f: %s\n", large / small, ratio, grown ? "FAILED" : "ok"
	printf "memory: target %d MiB: %s\n", target, (small > target || large > target) ? "missed" : "ok"
	exit grown
}'
