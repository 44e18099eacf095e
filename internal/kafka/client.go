package kafka

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// ClientOptions returns what every client of this installation starts from.
func ClientOptions(brokers []string) []kgo.Opt {
	return []kgo.Opt{
		kgo.SeedBrokers(brokers...),
		kgo.ClientID("shopstream"),
		// A broker that does not answer is given up sooner than kgo's default, so that trouble shows within seconds.
		kgo.RetryTimeout(10 * time.Second),
		kgo.RequestTimeoutOverhead(5 * time.Second),
		kgo.DialTimeout(5 * time.Second),
	}
}

// Ping returns an error that names the brokers when none of them answers.
func Ping(ctx context.Context, cl *kgo.Client, brokers []string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := cl.Ping(ctx); err != nil {
		return fmt.Errorf("no Kafka broker answers at %s (kafka.brokers): %w", strings.Join(brokers, ", "), err)
	}
	return nil
}
