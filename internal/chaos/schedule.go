package chaos

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// Faults that a schedule has.
const (
	Kill   = "kill"   // SIGKILL of a service
	Term   = "term"   // SIGTERM of a service
	Pause  = "pause"  // SIGSTOP of a service, later SIGCONT
	Store  = "store"  // SIGKILL of mongod
	Broker = "broker" // SIGSTOP of the embedded broker, or the command "stop" for another one, and back again
	API    = "api"    // the platforms misbehave
)

// Event is one fault.
type Event struct {
	At     time.Duration // since chaos began
	Fault  string
	Member int           // of the crew, for Kill, Term and Pause
	For    time.Duration // until it starts again, goes on, or behaves
	Way    Way           // for API
}

// Way is how the platforms misbehave: a fault of the simulator.
type Way struct {
	Fault       string  `json:"fault"`
	Probability float64 `json:"probability"`
	Seconds     float64 `json:"seconds"`
	Count       int     `json:"count,omitempty"`
	RetryAfter  int     `json:"retry_after,omitempty"`
}

// pace is how often a fault comes on average, and for how long. Each comes at least once.
type pace struct {
	fault         string
	every         time.Duration
	least, longer time.Duration // For is the first at least, and less than both together
}

// paces are chosen so that ten minutes have a hundred kills and some left over, that the group's session time-out of 6 s lies
// within the pauses, and that work is possible most of the time.
var paces = []pace{
	{Kill, 5 * time.Second, 0, 1500 * time.Millisecond},
	{Term, 45 * time.Second, 0, 2 * time.Second},
	{Pause, 40 * time.Second, time.Second, 15 * time.Second},
	{Store, 100 * time.Second, 2 * time.Second, 12 * time.Second},
	{Broker, 120 * time.Second, time.Second, 8 * time.Second},
	{API, 12 * time.Second, 2 * time.Second, 6 * time.Second},
}

// Schedule draws the faults of a run of the given length on a crew of so many, in the order in which they come. The same seed
// gives the same ones, and one kind of fault does not depend on the others.
func Schedule(seed uint64, length time.Duration, crew int) []Event {
	var all []Event
	for stream, p := range paces {
		random := rand.New(rand.NewPCG(seed, uint64(stream)))
		n := max(1, int(length/p.every))
		slot := length / time.Duration(n)
		for i := range n { // one at a random moment of each slot, so that they neither bunch up nor stay away
			e := Event{Fault: p.fault, At: time.Duration(i)*slot + within(random, slot), For: p.least + within(random, p.longer)}
			if p.fault == API {
				e.Way = way(random, e.For)
			}
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	choose(rand.New(rand.NewPCG(seed, uint64(len(paces)))), all, crew)
	return all
}

func within(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(d)))
}

// choose gives each fault of a service its victim: one that is up then. All get their turn before one gets another.
func choose(random *rand.Rand, all []Event, crew int) {
	up := make([]time.Duration, crew)
	turns := map[string][]int{}
	for i := range all {
		e := &all[i]
		if e.Fault != Kill && e.Fault != Term && e.Fault != Pause {
			continue
		}
		if len(turns[e.Fault]) == 0 {
			turns[e.Fault] = random.Perm(crew)
		}
		turn := turns[e.Fault]
		at := max(0, slices.IndexFunc(turn, func(m int) bool { return up[m] <= e.At }))
		e.Member = turn[at]
		up[e.Member] = max(up[e.Member], e.At+e.For)
		turns[e.Fault] = slices.Delete(turn, at, at+1)
	}
}

// ways are how platforms misbehave. Those that are about one answer keep to so many of them; the others live for a time.
var ways = []string{"429", "500", "503", "timeout", "cut", "truncated", "html", "slow_body", "error_body"}

func way(random *rand.Rand, length time.Duration) Way {
	w := Way{Fault: ways[random.IntN(len(ways))], Probability: 0.1 + 0.3*random.Float64(), Seconds: length.Seconds()}
	switch w.Fault {
	case "timeout", "slow_body": // Seconds is how long one takes
		w.Count = 2 + random.IntN(6)
	case "429":
		w.RetryAfter = random.IntN(3)
	case "503":
		if random.IntN(2) == 0 {
			w.Probability = 1 // nobody is served
		}
	}
	return w
}
