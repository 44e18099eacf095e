package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/service"
)

// newStatus shows what the ledger says.
func newStatus(a *app) *cobra.Command {
	var run string
	var last int
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the last runs, or one run in detail: what is done, what remains, what is missing and why",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) (err error) {
			client, err := service.ConnectMongo(ctx, s.config)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
			l, err := ledger.New(client, time.Now)
			if err != nil {
				return err
			}
			if run == "" {
				runs, err := l.Recent(ctx, last, s.config.Chunk.Timeout)
				if err != nil {
					return err
				}
				if err := ledger.WriteRuns(s.stdout, runs); err != nil {
					return err
				}
				return writeWaits(ctx, s, client)
			}
			detail, err := l.Show(ctx, run, s.config.Chunk.Timeout)
			if errors.Is(err, ledger.ErrNoRun) {
				return fmt.Errorf("%w in database %s (mongo.database): `shopstream status` lists the last ones", err, s.config.Mongo.Database)
			}
			if err != nil {
				return err
			}
			if err := ledger.WriteRun(s.stdout, &detail, time.Now()); err != nil {
				return err
			}
			return writeWaits(ctx, s, client)
		}),
	}
	cmd.Flags().StringVar(&run, "run", "", "plan_id of the run to show in detail")
	cmd.Flags().IntVar(&last, "last", 20, "how many runs to list, the newest first")
	return cmd
}

// writeWaits says what else holds work back: shops that cannot be called, and platforms that refuse calls for their number.
func writeWaits(ctx context.Context, s *session, client *mongodb.Client) error {
	if err := writeParked(ctx, s, service.ShopStore(s.config, client)); err != nil {
		return err
	}
	now, err := client.Now(ctx)
	if err != nil {
		return err
	}
	lowered, err := ratelimit.ListLowered(ctx, client.Collection(mongodb.RateLimits), now)
	if err != nil {
		return err
	}
	for _, l := range lowered {
		until := ""
		if !l.Closed.IsZero() {
			until = ", none before " + date(l.Closed)
		}
		if _, err := fmt.Fprintf(s.stdout, "\n%s: %d of %d calls a minute, by what the platform refused%s\n", l.Scope, l.Rate, l.Limit, until); err != nil {
			return err
		}
	}
	return nil
}
