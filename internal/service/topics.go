package service

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
)

// Topics returns the names of the installation's topics.
func Topics(c config.Config) schemas.Topics { return schemas.Topics{Prefix: c.Kafka.TopicPrefix} }

// allTopics lists the topics of the installation.
func allTopics(c config.Config, platforms catalog.List) []kafka.Topic {
	return kafka.Topics(Topics(c), platforms.Kinds(), int32(c.Topics.Partitions)) //nolint:gosec // config bounds it
}

// ApplyTopics creates the topics that do not exist and returns their names. It changes none that exists.
func ApplyTopics(ctx context.Context, c config.Config, platforms catalog.List) ([]string, error) {
	cl, err := ConnectKafka(ctx, c)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	return applyTopics(ctx, cl, c, platforms)
}

// TopicChanges is what was done to the topics, or would be.
type TopicChanges struct {
	Created []string
	Changed []kafka.Difference
	Stay    []kafka.Difference // differences that cannot be corrected
}

// CorrectTopics creates the topics that do not exist and corrects those that are not as configured; dry only finds out what
// there is to do. With an error, the changes are those that were made before it.
func CorrectTopics(ctx context.Context, c config.Config, platforms catalog.List, dry bool) (TopicChanges, error) {
	var changes TopicChanges
	cl, err := ConnectKafka(ctx, c)
	if err != nil {
		return changes, err
	}
	defer cl.Close()
	adm, topics := kadm.NewClient(cl), allTopics(c, platforms)
	differences, err := kafka.Differences(ctx, adm, topics)
	if err != nil {
		return changes, err
	}
	var correctable []kafka.Difference
	for _, d := range differences {
		if d.Stays {
			changes.Stay = append(changes.Stay, d)
		} else {
			correctable = append(correctable, d)
		}
	}
	if dry {
		changes.Changed = correctable
		changes.Created, err = kafka.Missing(ctx, adm, topics)
		return changes, err
	}
	if changes.Created, err = applyTopics(ctx, cl, c, platforms); err != nil {
		return changes, err
	}
	changes.Changed, err = kafka.Correct(ctx, adm, correctable)
	return changes, err
}

func applyTopics(ctx context.Context, cl *kgo.Client, c config.Config, platforms catalog.List) ([]string, error) {
	return kafka.Apply(ctx, kadm.NewClient(cl), allTopics(c, platforms), int16(c.Kafka.Replication)) //nolint:gosec // config bounds it
}

// ConnectKafka returns a client once a broker answers, so that a wrong address is one clear error and not a wait.
func ConnectKafka(ctx context.Context, c config.Config) (*kgo.Client, error) {
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
