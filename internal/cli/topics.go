package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/schemas"
)

// newTopics looks after the installation's topics.
func newTopics(a *app) *cobra.Command {
	return group("topics", "Look after the topics", &cobra.Command{
		Use:   "apply",
		Short: "Create the topics that do not exist",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			created, err := applyTopics(ctx, s.config)
			for _, name := range created {
				if _, err := fmt.Fprintln(s.stdout, "created", name); err != nil {
					return err
				}
			}
			if err == nil && len(created) == 0 {
				_, err = fmt.Fprintln(s.stdout, "all topics exist")
			}
			return err
		}),
	})
}

func topicNames(c config.Config) schemas.Topics { return schemas.Topics{Prefix: c.Kafka.TopicPrefix} }

// allTopics lists the topics of the installation.
func allTopics(c config.Config) []kafka.Topic {
	return kafka.Topics(topicNames(c), platforms, kinds, int32(c.Topics.Partitions)) //nolint:gosec // config bounds it
}

// applyTopics creates the topics that do not exist and returns their names.
func applyTopics(ctx context.Context, c config.Config) ([]string, error) {
	cl, err := connectKafka(ctx, c)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	return kafka.Apply(ctx, kadm.NewClient(cl), allTopics(c), int16(c.Kafka.Replication)) //nolint:gosec // config bounds it
}

// connectKafka returns a client once a broker answers, so that a wrong address is one clear error and not a wait.
func connectKafka(ctx context.Context, c config.Config) (*kgo.Client, error) {
	cl, err := kgo.NewClient(kafka.ClientOptions(c.Kafka.Brokers)...)
	if err != nil {
		return nil, fmt.Errorf("kafka.brokers: %w", err)
	}
	if err := kafka.Ping(ctx, cl, c.Kafka.Brokers); err != nil {
		cl.Close()
		return nil, err
	}
	return cl, nil
}
