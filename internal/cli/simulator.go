package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/simulator"
)

// newSimulator serves the platforms' APIs on localhost.
func newSimulator(a *app) *cobra.Command {
	var o simulator.Options
	cmd := &cobra.Command{
		Use:   "simulator",
		Short: "Serve the platforms' APIs with made-up shops, for trying things out and for tests",
		Args:  cobra.NoArgs,
		RunE: a.do(func(ctx context.Context, _ []string) error {
			sim, err := simulator.New(o)
			if err != nil {
				return err
			}
			if err := sim.Listen(ctx); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(a.stdout, "simulator at %s, truth at %s/_sim/truth\n", sim.URL(), sim.URL()); err != nil {
				return err
			}
			return sim.Run(ctx)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.Addr, "addr", "127.0.0.1:8900", "where to listen; port 0 takes a free one")
	f.Int64Var(&o.Seed, "seed", 7, "the world is the same for the same seed")
	f.StringSliceVar(&o.Platforms, "platforms", nil, "platforms to simulate (default all)")
	f.IntVar(&o.Shops, "shops", 3, "shops of each platform")
	f.IntVar(&o.Days, "days", 30, "full days of history before today")
	f.IntVar(&o.OrdersPerDay, "orders-per-day", 200, "orders a day of each shop")
	f.IntVar(&o.Rate, "rate", 0, "calls a minute for the whole app of a platform, burst 10; 0 is unlimited")
	f.DurationVar(&o.TokenTTL, "token-ttl", 0, "lifetime of access tokens (default 4h)")
	f.StringVar(&o.Clock, "clock", simulator.ClockFrozen, "frozen: orders stay as they are; real, x60: they go on")
	f.StringVar(&o.TimeTo, "time-to", simulator.Inclusive, "whether a window's end belongs to it: inclusive or exclusive")
	f.StringVar(&o.WriteShops, "write-shops", "", "write the shops and their tokens to this file (shops.yaml)")
	return cmd
}
