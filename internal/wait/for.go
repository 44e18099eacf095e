// Package wait waits, for as long as a context lets it.
package wait

import (
	"context"
	"time"
)

// For returns nil once d has passed, at once if d is not above 0, and the context's error as soon as that ends before.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
