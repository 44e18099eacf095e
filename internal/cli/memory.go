package cli

import (
	"os"
	"runtime/debug"
)

// softLimit is how much memory the Go runtime aims to stay below. What the services hold is bounded by the sizes of batches
// and fetches, about 60 MiB and 140 MiB at times, however large a plan is; but between two collections garbage may grow to as much again, and
// more of it is seen the longer a process runs. The limit makes the collector come earlier instead, and only when memory
// grows towards it. It is soft: work that needs more gets more, and pays with CPU.
const softLimit = 200 << 20

// limitMemory sets the soft limit, unless GOMEMLIMIT says otherwise: whoever raises fetch.parallel or sink.batch far above
// their defaults raises it too ("off" for none).
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}
