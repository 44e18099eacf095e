package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
)

// newTopics looks after the installation's topics.
func newTopics(a *app) *cobra.Command {
	return group("topics", "Look after the topics", &cobra.Command{
		Use:   "apply",
		Short: "Create the topics that do not exist",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			created, err := service.ApplyTopics(ctx, s.config, catalog.Platforms)
			for _, name := range created {
				if _, err := fmt.Fprintln(s.stdout, "created", name); err != nil {
					return err
				}
			}
			if err == nil && len(created) == 0 {
				_, err = fmt.Fprintln(s.stdout, "all topics exist")
			}
			return err
		}),
	})
}
