package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/demo"
	"github.com/shopstream/shopstream/internal/telemetry"
)

// errVerdict ends the program after a verdict that is not ok was printed.
var errVerdict = errors.New("")

// newDemo shows the pipeline on a simulated world. Its verdict is the last line of all output, whatever happens.
func newDemo(a *app) *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Copy a simulated world into MongoDB and compare: simulator, Kafka and all services in this process",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			limitMemory()
			log, err := telemetry.NewLogger(a.stderr, "warn", s.config.Log.Format)
			if err != nil {
				return err
			}
			o.Config, o.Out, o.Log = s.config, s.stdout, log
			if s.config.Mongo.URI != config.Default(nil).Mongo.URI {
				o.MongoURI = s.config.Mongo.URI
			}
			report, err := demo.Run(ctx, o)
			if err != nil {
				_, err = fmt.Fprintf(s.stdout, "demo: FAILED %s\n", oneLine(err))
				return errors.Join(errVerdict, err)
			}
			if err := report.Write(s.stdout); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(s.stdout, "\n%s\n", report.Verdict()); err != nil {
				return err
			}
			if !report.OK() {
				return errVerdict
			}
			return nil
		}),
	}
	f := cmd.Flags()
	f.IntVar(&o.Shops, "shops", 2, "shops of each platform")
	f.IntVar(&o.Days, "days", 14, "full days before today")
	f.IntVar(&o.Orders, "orders", 200, "orders a day of each shop")
	f.StringVar(&o.Profile, "profile", "", "a folder for CPU and heap profiles of this process")
	_ = f.MarkHidden("profile") // it exists
	return cmd
}
