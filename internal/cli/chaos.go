package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/chaos"
	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/version"
)

// newChaos breaks an installation of its own while it works. Its verdict is the last line of stdout.
func newChaos(a *app) *cobra.Command {
	var (
		o    chaos.Options
		file string
	)
	cmd := &cobra.Command{
		Use:   "chaos",
		Short: "Kill, stop and cut off every part of an installation while it copies a simulated world, and compare",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			binary, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			o.Binary, o.Config, o.Out, o.Revision = binary, s.config, s.stdout, version.String()
			if !slices.Equal(s.config.Kafka.Brokers, config.Default(nil).Kafka.Brokers) {
				o.Brokers = s.config.Kafka.Brokers
			}
			report, err := chaos.Run(ctx, o)
			if err != nil {
				return err
			}
			if file != "" {
				err = writeReport(file, report)
			} else {
				err = report.Write(s.stdout)
			}
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(s.stdout, report.Verdict()); err != nil {
				return err
			}
			if !report.OK() {
				return errVerdict
			}
			return nil
		}),
	}
	f := cmd.Flags()
	f.Uint64Var(&o.Seed, "seed", 1, "the faults are scheduled the same for the same seed")
	f.DurationVar(&o.Duration, "duration", 10*time.Minute, "how long faults go on; the copy is made to last as long")
	f.StringVar(&file, "report", "", "write the report to this file, as Markdown (default: to stdout)")
	f.IntVar(&o.Shops, "shops", 2, "shops of each platform")
	f.IntVar(&o.Days, "days", 0, "days to copy; 0 for what suits the duration")
	f.IntVar(&o.Orders, "orders", 50, "orders a day of each shop")
	f.StringVar(&o.Control, "kafka-control", "", "a command that stops and starts the Kafka that kafka.brokers names, when stop or start is added")
	cmd.AddCommand(newChaosBroker(a))
	return cmd
}

func writeReport(file string, report *chaos.Report) error {
	out, err := os.Create(file) //nolint:gosec // the operator's own choice
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return errors.Join(report.Write(out), out.Close())
}

// newChaosBroker is the embedded broker as a process that can be killed.
func newChaosBroker(a *app) *cobra.Command {
	var (
		dir  string
		port int
	)
	cmd := &cobra.Command{
		Use: "broker", Short: "Run the embedded broker until it is told to stop", Args: cobra.NoArgs,
		Hidden: true, // chaos starts it
		RunE: a.do(func(ctx context.Context, _ []string) error {
			broker, err := kafka.StartEmbedded(dir, port)
			if err != nil {
				return err
			}
			<-ctx.Done()
			broker.Close()
			return nil
		}),
	}
	cmd.Flags().StringVar(&dir, "dir", "", "where its data is kept")
	cmd.Flags().IntVar(&port, "port", 0, "on the loopback interface")
	return cmd
}
