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

# peak <days>: runs the demo, two shops on each of three platforms with 2,381 orders a day each, and prints its peak in MiB. Days
# make the large world, not orders a day: a day of Lazada's account has a bound.
peak() {
	bin/shopstream demo --shops 2 --days "$1" --orders 2381 >"$out" 2>&1 || {
		cat "$out" >&2
		echo "memory: the demo of $1 days failed" >&2
		return 1
	}
	grep -E '^(documents|peak memory|demo:)' "$out" >&2
	sed -n 's/^peak memory *\([0-9][0-9]*\) MiB.*/\1/p' "$out"
}

echo "memory: 200,000 orders"
small="$(peak 14)"
echo "memory: 1,000,000 orders"
large="$(peak 70)"
awk -v small="$small" -v large="$large" -v ratio="$ratio" -v target="$target" 'BEGIN {
	if (small <= 0 || large <= 0) { print "memory: this system does not tell how much a process takes"; exit 1 }
	grown = large / small > ratio
	printf "memory: peak %d MiB with 200,000 orders, %d MiB with 1,000,000\n", small, large
	printf "memory: ratio %.2f, promised at most %.2f: %s\n", large / small, ratio, grown ? "FAILED" : "ok"
	printf "memory: target %d MiB: %s\n", target, (small > target || large > target) ? "missed" : "ok"
	exit grown
}'
