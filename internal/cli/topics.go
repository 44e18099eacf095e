package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
)

// newTopics looks after the installation's topics.
func newTopics(a *app) *cobra.Command {
	var dry bool
	apply := &cobra.Command{
		Use:   "apply",
		Short: "Create the topics that do not exist and correct those that are not as configured",
		Args:  cobra.NoArgs,
		RunE: a.withConfig(func(ctx context.Context, s *session, _ []string) error {
			changes, err := service.CorrectTopics(ctx, s.config, catalog.Platforms, dry)
			return errors.Join(printTopics(s.stdout, changes, dry, err == nil), err)
		}),
	}
	apply.Flags().BoolVar(&dry, "dry-run", false, "say what would change and change nothing")
	return group("topics", "Look after the topics", apply)
}

// printTopics prints a line for each change; whole says that they are all there was to do.
func printTopics(w io.Writer, changes service.TopicChanges, dry, whole bool) error {
	created, changed := "created", "changed"
	if dry {
		created, changed = "would create", "would change"
	}
	var out strings.Builder
	for _, name := range changes.Created {
		fmt.Fprintln(&out, created, name)
	}
	for _, d := range changes.Changed {
		fmt.Fprintln(&out, changed, d)
	}
	for _, d := range changes.Stay {
		fmt.Fprintln(&out, "kept", d)
	}
	if whole && out.Len() == 0 {
		fmt.Fprintln(&out, "all topics are as they should be")
	}
	_, err := io.WriteString(w, out.String())
	return err
}
