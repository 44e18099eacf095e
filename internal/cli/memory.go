package cli

import (
	"os"
	"runtime/debug"
)

// softLimit is how much memory the Go runtime aims to stay below. What all services in one process hold is bounded by the
// sizes of batches and fetches, about 60 MiB and at times 140, however large a plan is; but between two collections garbage
// may grow to as much again, and the longer a process runs the more often the largest batches of all stages meet. The limit
// makes the collector come earlier then. It is soft: work that needs more gets more, and pays with CPU.
const softLimit = 200 << 20

// limitMemory sets the soft limit, unless GOMEMLIMIT says otherwise: whoever raises fetch.parallel or sink.batch far above
// their defaults raises it too ("off" for none).
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}
