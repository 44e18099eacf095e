package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
)

// newRun runs services until a signal.
func newRun(a *app) *cobra.Command {
	var verbs []*cobra.Command
	for _, sv := range service.All {
		verbs = append(verbs, runVerb(a, sv.Name, sv.Short, []service.Service{sv}))
	}
	verbs = append(verbs, runVerb(a, "all", "Run every service in this process, and create missing topics first", service.All))
	return group("run", "Run a service until it is told to stop", verbs...)
}

func runVerb(a *app, name, short string, which []service.Service) *cobra.Command {
	var offset time.Duration
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			limitMemory()
			err := service.Run(ctx, service.Env{
				Config: s.config, Log: s.log, Platforms: catalog.Platforms, CreateTopics: name == "all",
				Now: func() time.Time { return time.Now().Add(offset) },
			}, which)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil // told to stop while it was still starting: nothing had begun
			}
			return err
		}),
	}
	cmd.Flags().DurationVar(&offset, "clock-offset", 0, "shift the clock of this process, such as 1h or -1h: to see that nothing rests on it")
	return cmd
}
