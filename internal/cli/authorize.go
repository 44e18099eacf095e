package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/renewal"
)

// newShopsAuthorize gets tokens for a shop by its seller's consent, in two steps: the page to open, then the code that it led to.
func newShopsAuthorize(a *app) *cobra.Command {
	var code, redirect string
	cmd := &cobra.Command{
		Use:   "authorize " + shopArg,
		Short: "Print the page where a seller consents; with --code, exchange the code it led to for tokens and store them",
		Args:  cobra.ExactArgs(1),
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, args []string) error {
			if _, err := store.Verify(ctx); err != nil {
				return err
			}
			adapter, err := adapterOf(s, args[0])
			if err != nil {
				return err
			}
			if code == "" {
				return showConsent(ctx, s, store, adapter, args[0], redirect)
			}
			client := call.NewClient()
			defer client.CloseIdleConnections()
			caller := call.Caller{HTTP: client, Timeout: s.config.Fetch.Timeout, Now: time.Now}
			keys, err := renewal.Authorise(ctx, store, caller, adapter, args[0], code)
			if err != nil {
				return fmt.Errorf("authorise %s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(s.stdout, "authorised %s: running services notice within seconds; tasks that wait come back within an hour\n", strings.Join(keys, ", "))
			return err
		}),
	}
	cmd.Flags().StringVar(&code, "code", "", "the code that the platform sent the seller's browser back with")
	cmd.Flags().StringVar(&redirect, "redirect", "https://localhost/", "where the platform sends the browser; must be registered with the app")
	return cmd
}

// adapterOf returns the adapter of the platform that a shop's key begins with.
func adapterOf(s *session, key string) (platform.Adapter, error) {
	name, _, _ := strings.Cut(key, ":")
	for _, adapter := range service.Adapters(s.config, catalog.Platforms) {
		if adapter.Platform() == name {
			return adapter, nil
		}
	}
	return nil, fmt.Errorf("%q is no shop: want %s, as `shopstream shops list` names it", key, shopArg)
}

func showConsent(ctx context.Context, s *session, store *shopstore.Store, adapter platform.Adapter, key, redirect string) error {
	authorizer, ok := adapter.(platform.Authorizer)
	if !ok {
		return renewal.ErrUnsupported
	}
	sh, err := store.Get(ctx, key)
	if err != nil {
		return err
	}
	now, err := store.Now(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.stdout, "%s\n\nOpen this page as the seller of shop %s within five minutes and consent. The browser is sent to an address with\ncode=... in it; within ten minutes then:\n\n    shopstream shops authorize %s --code CODE\n",
		authorizer.Consent(sh, redirect, key, now), sh.ShopID, key)
	return err
}
