// Command killworker is one process of a stage for the kill tests: it takes tasks that count up ("<chain>/<n>"), works a
// while on each batch, and publishes the page of each task and the task that comes after it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

type worker struct {
	topics schemas.Topics
	work   time.Duration
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	brokers := flag.String("brokers", "", "addresses, separated by commas")
	prefix := flag.String("prefix", "", "topic prefix")
	instance := flag.String("instance", "", "instance name, empty for a dynamic member")
	lanes := flag.Int("lanes", 2, "members of this process")
	work := flag.Duration("work", 100*time.Millisecond, "time a batch takes")
	rebalance := flag.Duration("rebalance-timeout", 0, "how long a rebalance waits for a member, 0 for the loop's own")
	flag.Parse()
	client := kafka.ClientOptions(strings.Split(*brokers, ","))
	if *rebalance > 0 {
		client = append(client, kgo.RebalanceTimeout(*rebalance))
	}
	w := worker{topics: schemas.Topics{Prefix: *prefix}, work: *work}
	stage, err := stream.New(stream.Options{
		Stage: schemas.StageFetcher, Group: w.topics.Group("fetcher", schemas.Backfill, schemas.Shopee),
		Consume: []string{w.topics.Tasks(schemas.Backfill, schemas.Shopee)}, Topics: w.topics,
		Client: client, Instance: *instance, Lanes: *lanes, MaxRecords: 32,
		UntilDone: true, Registerer: prometheus.NewRegistry(),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, w)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	return stage.Run(ctx)
}

// Process publishes, for each task, its page with the partition it came from, and the next task.
func (w worker) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	select {
	case <-ctx.Done():
		return stream.Result{}, ctx.Err()
	case <-time.After(w.work):
	}
	var res stream.Result
	for _, r := range batch {
		chain, count, _ := strings.Cut(string(r.Value), "/")
		n, err := strconv.Atoi(count)
		if err != nil {
			return stream.Result{}, errors.New("task is not <chain>/<n>")
		}
		res.Publish = append(res.Publish,
			&kgo.Record{
				Topic: w.topics.Raw(schemas.Shopee, schemas.Orders), Key: r.Key, Value: r.Value,
				Headers: []kgo.RecordHeader{schemas.NewHeader("from", strconv.Itoa(int(r.Partition)))},
			},
			&kgo.Record{Topic: r.Topic, Key: r.Key, Value: fmt.Appendf(nil, "%s/%d", chain, n+1)})
	}
	return res, nil
}
