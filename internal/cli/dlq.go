package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/dlq"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/ledger"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/schemas"
)

// newDLQ works with dead letters.
func newDLQ(a *app) *cobra.Command {
	return group("dlq", "Work with dead letters: records that a stage has given up",
		newDLQList(a), newDLQGroup(a), newDLQShow(a), newDLQRequeue(a), newDLQDrop(a))
}

// letterFlags are the words by which letters are chosen.
type letterFlags struct {
	filter    dlq.Filter
	olderThan time.Duration
	newerThan time.Duration
}

func (f *letterFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.filter.Stages, "stage", nil, "only of these stages: "+strings.Join(stages, ", ")+"; repeats")
	fs.StringArrayVar(&f.filter.Reasons, "reason", nil, "only with this error class, or this text in the error; repeats")
	fs.StringSliceVar(&f.filter.Platforms, "platform", nil, "only of these platforms; repeats")
	fs.StringSliceVar(&f.filter.Shops, "shop", nil, "only of these shop ids; repeats")
	fs.StringSliceVar(&f.filter.Kinds, "kind", nil, "only of these kinds of data; repeats")
	fs.StringSliceVar(&f.filter.Plans, "plan", nil, "only of these plan ids; repeats")
	fs.DurationVar(&f.olderThan, "older-than", 0, "only those that failed longer ago than this, such as 24h")
	fs.DurationVar(&f.newerThan, "newer-than", 0, "only those that failed within this time, such as 1h")
}

// check is for what is wrong with the words alone.
func (f *letterFlags) check() error {
	if f.olderThan < 0 || f.newerThan < 0 {
		return errors.New("--older-than and --newer-than take a time such as 24h, not a negative one")
	}
	return errors.Join(known("stage", f.filter.Stages, stages), known("kind", f.filter.Kinds, schemas.Kinds))
}

// stages are those whose records may be dead letters.
var stages = []string{
	schemas.StagePlanner, schemas.StageFetcher, schemas.StageDelay, schemas.StageTransformer, schemas.StageSink, schemas.StageTracker,
}

// known checks words of a flag that takes few.
func known(flag string, words, all []string) error {
	for _, w := range words {
		if !slices.Contains(all, w) {
			return fmt.Errorf("--%s %s: want one of %s", flag, w, strings.Join(all, ", "))
		}
	}
	return nil
}

// chooseAll reports whether the flags leave no letter out.
func (f *letterFlags) chooseAll() bool {
	return f.filter.Empty() && f.olderThan == 0 && f.newerThan == 0
}

// chosen returns the filter of the flags and of the ids that are the verb's arguments.
func (f *letterFlags) chosen(s *session, ids []string) (dlq.Filter, error) {
	filter := f.filter
	now := time.Now()
	if f.olderThan > 0 {
		filter.Before = now.Add(-f.olderThan)
	}
	if f.newerThan > 0 {
		filter.After = now.Add(-f.newerThan)
	}
	var errs []error
	for _, text := range ids {
		id, err := dlq.ParseID(text, service.Topics(s.config))
		errs = append(errs, err)
		filter.IDs = append(filter.IDs, id)
	}
	return filter, errors.Join(errs...)
}

// withQueue adapts a verb that works with dead letters: it connects first.
func (a *app) withQueue(verb func(ctx context.Context, s *session, q *dlq.Queue, args []string) error) func(*cobra.Command, []string) error {
	return a.withConfig(func(ctx context.Context, s *session, args []string) error {
		cl, err := service.ConnectKafka(ctx, s.config)
		if err != nil {
			return err
		}
		cl.Close()
		q, err := dlq.New(dlq.Options{Client: kafka.ClientOptions(s.config.Kafka.Brokers), Topics: service.Topics(s.config)})
		if err != nil {
			return err
		}
		defer q.Close()
		return verb(ctx, s, q, args)
	})
}

// limitFlag adds --limit, and the check of it and of the flags.
func limitFlag(cmd *cobra.Command, flags *letterFlags, limit *int, what string) {
	cmd.Flags().IntVar(limit, "limit", 50, what)
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *limit < 1 {
			return fmt.Errorf("--limit is %d: want 1 or more", *limit)
		}
		return flags.check()
	}
}

func newDLQList(a *app) *cobra.Command {
	var flags letterFlags
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [id...]",
		Short: "List the open dead letters, the newest first",
		RunE: a.withQueue(func(ctx context.Context, s *session, q *dlq.Queue, args []string) error {
			filter, err := flags.chosen(s, args)
			if err != nil {
				return err
			}
			list, err := q.List(ctx, filter, limit)
			if err != nil {
				return err
			}
			if asJSON {
				return dlq.WriteJSON(s.stdout, list)
			}
			return list.Write(s.stdout)
		}),
	}
	flags.add(cmd)
	limitFlag(cmd, &flags, &limit, "how many to list")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object: letters, and total")
	return cmd
}

func newDLQGroup(a *app) *cobra.Command {
	var flags letterFlags
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "group",
		Short: "Count the open dead letters by cause, the most frequent first",
		Args:  cobra.NoArgs,
		RunE: a.withQueue(func(ctx context.Context, s *session, q *dlq.Queue, _ []string) error {
			filter, err := flags.chosen(s, nil)
			if err != nil {
				return err
			}
			groups, err := q.Group(ctx, filter)
			if err != nil {
				return err
			}
			if asJSON {
				return dlq.WriteJSON(s.stdout, groups)
			}
			return groups.Write(s.stdout, limit)
		}),
	}
	flags.add(cmd)
	limitFlag(cmd, &flags, &limit, "how many causes to print; JSON has all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object: groups, and total")
	return cmd
}

func newDLQShow(a *app) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "show id",
		Short: "Show one dead letter: its error, its lineage and the record, which may hold buyers' data",
		Args:  cobra.ExactArgs(1),
		RunE: a.withQueue(func(ctx context.Context, s *session, q *dlq.Queue, args []string) error {
			id, err := dlq.ParseID(args[0], service.Topics(s.config))
			if err != nil {
				return err
			}
			d, err := q.Show(ctx, id)
			if err != nil {
				return err
			}
			addChunk(ctx, s, d)
			if asJSON {
				return dlq.WriteJSON(s.stdout, d)
			}
			return d.Write(s.stdout, all)
		}),
	}
	cmd.Flags().BoolVar(&all, "full", false, "print the whole record, however large it is")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func newDLQRequeue(a *app) *cobra.Command {
	order := dlq.Order{By: dlq.Requeued}
	cmd := newDLQHandle(a, &order, &cobra.Command{
		Use:   "requeue [id...]",
		Short: "Send dead letters back to the topics where they failed, each once",
		Long: "Sends dead letters back to the topics where they failed, each once. Whoever else reads the clean topics gets a requeued " +
			"document too; like any observation, it counts by its version.",
	})
	cmd.Flags().BoolVar(&order.Again, "again", false, "also those that were requeued before and died of the same cause again")
	return cmd
}

func newDLQDrop(a *app) *cobra.Command {
	return newDLQHandle(a, &dlq.Order{By: dlq.Dropped}, &cobra.Command{
		Use:   "drop [id...]",
		Short: "Delete dead letters for good; the gaps that they left in the ledger stay",
	})
}

// newDLQHandle makes a verb that handles the letters that its words choose.
func newDLQHandle(a *app, order *dlq.Order, cmd *cobra.Command) *cobra.Command {
	var flags letterFlags
	var all bool
	cmd.PreRunE = func(_ *cobra.Command, args []string) error {
		if (len(args) == 0 && flags.chooseAll()) != all {
			return errors.New("say which dead letters: either ids, or flags that choose some, or --all alone")
		}
		return flags.check()
	}
	cmd.RunE = a.withQueue(func(ctx context.Context, s *session, q *dlq.Queue, args []string) (err error) {
		if order.Filter, err = flags.chosen(s, args); err != nil {
			return err
		}
		out, err := q.Handle(ctx, *order)
		return errors.Join(err, out.Write(s.stdout))
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "all open dead letters")
	cmd.Flags().BoolVar(&order.DryRun, "dry-run", false, "only say what would be done")
	return cmd
}

// addChunk asks the ledger about a letter's chunk. The letter can be shown without it, which then says why.
func addChunk(ctx context.Context, s *session, d *dlq.Detail) {
	if d.ChunkID == "" {
		return
	}
	client, err := service.ConnectMongo(ctx, s.config)
	if err != nil {
		d.Ledger = oneLine(err)
		return
	}
	defer func() { _ = client.Close(context.WithoutCancel(ctx)) }() // it was only read
	l, err := ledger.New(client, time.Now)
	if err != nil {
		d.Ledger = oneLine(err)
		return
	}
	d.AddChunk(ctx, l)
}
