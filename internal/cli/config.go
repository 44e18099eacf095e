package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// newConfig shows the settings in effect, from all sources.
func newConfig(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Check the settings and print those in effect, without secrets",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(_ context.Context, s *session, _ []string) error {
			_, err := fmt.Fprint(s.stdout, s.config)
			return err
		}),
	}
}
