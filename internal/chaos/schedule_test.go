package chaos

import (
	"reflect"
	"testing"
	"time"
)

const tenMinutes = 10 * time.Minute

// What is promised of ten minutes: a hundred kills, and every service meets every signal.
func TestScheduleHasAllFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		met := map[string]map[string]int{}
		for _, e := range Schedule(seed, tenMinutes, len(crewOf)) {
			if e.At < 0 || e.At >= tenMinutes || e.For < 0 {
				t.Fatalf("seed %d: %+v lies outside of the run", seed, e)
			}
			if met[e.Fault] == nil {
				met[e.Fault] = map[string]int{}
			}
			met[e.Fault][crewOf[e.Member]]++
		}
		kills := 0
		for _, n := range met[Kill] {
			kills += n
		}
		if kills < 100 {
			t.Errorf("seed %d has %d kills, want 100 or more", seed, kills)
		}
		for _, fault := range []string{Kill, Term, Pause} {
			if len(met[fault]) != len(services()) {
				t.Errorf("seed %d: %s meets %v only", seed, fault, met[fault])
			}
		}
		for _, fault := range []string{Store, Broker, API} {
			if len(met[fault]) == 0 {
				t.Errorf("seed %d has no %s", seed, fault)
			}
		}
	}
}

// A short run has some of everything, too.
func TestScheduleOfHalfAMinute(t *testing.T) {
	t.Parallel()
	faults := map[string]bool{}
	for _, e := range Schedule(1, 30*time.Second, len(crewOf)) {
		faults[e.Fault] = true
	}
	if len(faults) != len(paces) {
		t.Errorf("half a minute has %v", faults)
	}
}

func TestScheduleFollowsFromTheSeed(t *testing.T) {
	t.Parallel()
	one, again, other := Schedule(1, tenMinutes, 9), Schedule(1, tenMinutes, 9), Schedule(2, tenMinutes, 9)
	if !reflect.DeepEqual(one, again) {
		t.Error("the same seed gives other faults")
	}
	if reflect.DeepEqual(one, other) {
		t.Error("another seed gives the same faults")
	}
}

// A service is hit while it is up, or the fault would meet nobody.
func TestScheduleHitsWhoIsUp(t *testing.T) {
	t.Parallel()
	up := map[int]time.Duration{}
	down := 0
	for _, e := range Schedule(3, tenMinutes, len(crewOf)) {
		if e.Fault != Kill && e.Fault != Term && e.Fault != Pause {
			continue
		}
		if e.At < up[e.Member] {
			down++
		}
		up[e.Member] = max(up[e.Member], e.At+e.For)
	}
	if down > 0 {
		t.Errorf("%d faults hit a service that is down or stopped", down)
	}
}
