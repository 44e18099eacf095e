package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/planner"
	"github.com/shopstream/shopstream/schemas"
)

// newPlan produces a plan. It checks the plan as the planner will, so that what it accepts is not rejected later.
func newPlan(a *app) *cobra.Command {
	var p schemas.Plan
	cmd := &cobra.Command{
		Use:   "plan --from 2024-01-01 --to 2024-01-31",
		Short: "Start a sync: produce a plan, and print its plan_id",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			if p.PlanID == "" {
				p.PlanID = ulid.Make().String()
			}
			if err := startPlan(ctx, s, p); err != nil {
				return err
			}
			_, err := fmt.Fprintln(s.stdout, p.PlanID)
			return err
		}),
	}
	f := cmd.Flags()
	f.StringVar(&p.PlanID, "id", "", "plan_id (default a new ULID)")
	f.StringVar(&p.From, "from", "", "first calendar day, in time.zone")
	f.StringVar(&p.To, "to", "", "last calendar day, included")
	f.StringSliceVar(&p.Platforms, "platform", nil, "only these platforms; repeats")
	f.StringSliceVar(&p.Channels, "channel", nil, "only these channel ids; repeats")
	f.StringSliceVar(&p.Shops, "shop", nil, "only these shop ids; repeats")
	f.StringSliceVar(&p.Kinds, "kind", nil, "only these kinds of data; repeats")
	f.IntVar(&p.ChunkDays, "chunk-days", 0, "days in a chunk (default chunk.days)")
	f.StringVar(&p.TimeField, "time-field", "", "create_time (default) or update_time")
	f.StringVar(&p.Lane, "lane", "", "backfill (default) or live")
	f.BoolVar(&p.OnlyMissing, "only-missing", false, "ask for details only where no document is stored")
	f.StringToStringVar(&p.Labels, "label", nil, "name=value, kept with the run; repeats")
	return cmd
}

// startPlan takes the shops file over before it produces the plan, so that the planner knows the shops that the plan is about.
func startPlan(ctx context.Context, s *session, p schemas.Plan) (err error) {
	cl, err := service.ConnectKafka(ctx, s.config)
	if err != nil {
		return err
	}
	defer cl.Close()
	client, err := service.ConnectMongo(ctx, s.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
	topic := service.Topics(s.config).Plans()
	err = service.TakeShops(ctx, s.config, catalog.Platforms, client, s.log, func(book *shop.Book) error {
		if err := checkPlan(s, book, p); err != nil {
			return err
		}
		if err := checkID(ctx, s, client, p.PlanID); err != nil {
			return err
		}
		missing, err := kafka.Missing(ctx, kadm.NewClient(cl), []kafka.Topic{{Name: topic}})
		if err == nil && len(missing) > 0 {
			err = fmt.Errorf("topic %s does not exist: create topics with `shopstream topics apply`", topic)
		}
		return err
	})
	if err != nil {
		return err
	}
	return producePlan(ctx, cl, topic, p)
}

func checkPlan(s *session, book *shop.Book, p schemas.Plan) error {
	var errs []error
	rules := planner.ClaimerOptions{
		Book: book, Adapters: service.Adapters(s.config, catalog.Platforms), Zone: s.config.Time.Zone.Location(), ChunkDays: s.config.Chunk.Days,
	}
	for _, reason := range rules.Check(p, time.Now()) {
		errs = append(errs, errors.New(reason))
	}
	return errors.Join(errs...)
}

// checkID refuses an id that the ledger knows: the planner would ignore the plan.
func checkID(ctx context.Context, s *session, client *mongodb.Client, id string) error {
	l, err := ledger.New(client, time.Now)
	if err != nil {
		return err
	}
	switch d, err := l.Show(ctx, id, s.config.Chunk.Timeout); {
	case errors.Is(err, ledger.ErrNoRun):
		return nil
	case err != nil:
		return err
	default:
		return fmt.Errorf("plan_id %q is taken, by a run that is %s: a plan runs once, a new one needs another --id", id, d.Status)
	}
}

// produceTimeout is how long Kafka may take to store a plan: somebody is waiting at a terminal.
const produceTimeout = 10 * time.Second

func producePlan(ctx context.Context, cl *kgo.Client, topic string, p schemas.Plan) error {
	record, err := p.Record(topic)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, produceTimeout)
	defer cancel()
	err = cl.ProduceSync(ctx, record).FirstErr()
	if errors.Is(err, context.DeadlineExceeded) { // it may have arrived all the same
		return fmt.Errorf("produce plan to %s: no answer from Kafka in %v: try again with --id %s, a plan runs once: %w", topic, produceTimeout, p.PlanID, err)
	}
	if err != nil {
		return fmt.Errorf("produce plan to %s: %w", topic, err)
	}
	return nil
}
