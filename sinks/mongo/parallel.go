package mongo

import (
	"errors"
	"fmt"
	"sync"
)

// parallel calls f(0) to f(n-1) at the same time and returns their errors joined, when all have ended. A panic of one
// becomes a panic of the caller, so that whoever guards the caller guards all of them.
func parallel(n int, f func(int) error) error {
	failures := make([]error, n)
	panics := make([]any, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			defer func() { panics[i] = recover() }()
			failures[i] = f(i)
		})
	}
	wait.Wait()
	for i, p := range panics {
		if p != nil {
			panic(fmt.Sprintf("part %d of %d: %v", i, n, p))
		}
	}
	return errors.Join(failures...)
}
