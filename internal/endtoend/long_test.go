//go:build chaos

package endtoend

import (
	"testing"
	"time"
)

// MongoDB is away for five minutes, and then for almost one.
func TestLongMongoAway(t *testing.T) { mongoAway(t, 5*time.Minute, 60) }

// The broker is away for five minutes.
func TestLongBrokerAway(t *testing.T) { brokerAway(t, 5*time.Minute) }
