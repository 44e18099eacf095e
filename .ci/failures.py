"""Prints what the failed tests of a `go test -json` log said, and how the packages without tests that failed ended."""
import collections
import json
import sys

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
print(f"\n0 passed, {max(len(failed), 1)} failed")  # 1: what failed came before any test
