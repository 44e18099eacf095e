"""Prints what the failed tests of a `go test -json` log said, and how the packages without tests that failed ended. What each
test said for itself, without the logs of what it ran, comes again at the end, for those who see only that."""
import collections
import json
import re
import sys

SAID_BY_TEST = re.compile(r"\s+\w+_test\.go:\d+: ")

said, failed = collections.defaultdict(list), []
for line in open(sys.argv[1]):
    try:
        event = json.loads(line)
    except ValueError:
        print(line, end="")
        continue
    key = (event.get("Package") or event.get("ImportPath"), event.get("Test"))
    if event.get("Output"):
        said[key].append(event["Output"])
    if event.get("Action") in ("fail", "build-fail"):
        failed.append(key)
for key in failed:
    print("---", *[k for k in key if k])
    print("".join(said[key][-200:]), end="")
for key in failed:
    print("\n--- in short:", *[k for k in key if k])
    print("".join([line[:400].rstrip() + "\n" for line in said[key] if SAID_BY_TEST.match(line)][:12]), end="")
print(f"\n0 passed, {max(len(failed), 1)} failed")  # 1: what failed came before any test
