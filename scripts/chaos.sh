#!/bin/sh
# Breaks everything for a while with each of SEEDS, DURATION each, and says how each ended. With SHOPSTREAM_TEST_KAFKA that Kafka is
# used, which SHOPSTREAM_TEST_KAFKA_CONTROL stops and starts, else the embedded broker. Reports go to REPORTS, where it is set.
set -eu
cd "$(dirname "$0")/.."

duration="${DURATION:-10m}"
failed=""
for seed in ${SEEDS:-1 2 3}; do
	set -- chaos --seed "$seed" --duration "$duration"
	if [ -n "${SHOPSTREAM_TEST_KAFKA:-}" ]; then
		set -- "$@" --set "kafka.brokers=$SHOPSTREAM_TEST_KAFKA" --kafka-control "${SHOPSTREAM_TEST_KAFKA_CONTROL:-}"
	fi
	if [ -n "${REPORTS:-}" ]; then
		set -- "$@" --report "$REPORTS/chaos-seed-$seed.md"
	fi
	bin/shopstream "$@" || failed="$failed $seed"
done
if [ -n "$failed" ]; then
	echo "chaos: FAILED with seeds$failed" >&2
	exit 1
fi
