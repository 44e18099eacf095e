package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

// newShops looks after the shops and their credentials.
func newShops(a *app) *cobra.Command {
	return group("shops", "Look after the shops and their credentials",
		newShopsAdd(a), newShopsAuthorize(a), newShopsList(a), newShopsImport(a),
		newShopsSwitch(a, "enable", "Let plans take a shop in", true),
		newShopsSwitch(a, "disable", "Leave a shop out of plans; its tasks wait", false),
		newShopsKey(a))
}

// withShops adapts a verb that works on the store's shops.
func (a *app) withShops(verb func(ctx context.Context, s *session, store *shopstore.Store, args []string) error) func(*cobra.Command, []string) error {
	return a.withConfig(func(ctx context.Context, s *session, args []string) (err error) {
		client, err := service.ConnectMongo(ctx, s.config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
		return verb(ctx, s, service.ShopStore(s.config, client), args)
	})
}

// shopArg says how a shop is named on the command line: as it stands in the list.
const shopArg = "PLATFORM:CHANNEL:SHOP"

func newShopsList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the shops, what keeps them from being called, and what to do about it", Args: cobra.NoArgs,
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, _ []string) error {
			list, err := store.List(ctx)
			if err != nil {
				return err
			}
			return writeShops(s.stdout, list)
		}),
	}
}

func writeShops(w io.Writer, list []shop.Shop) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "no shops: add one with `shopstream shops add`, or list them in a file for `shopstream shops import`")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SHOP\tREGION\tNAME\tENABLED\tSTATE\tSINCE\tTOKEN UNTIL\tCONSENT UNTIL")
	for i := range list {
		s := &list[i]
		state, since := "ok", ""
		if s.State.Name != "" {
			state, since = s.State.Name, date(s.State.Since)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%t\t%s\t%s\t%s\t%s\n", s.Key(), s.Region, s.Name, s.Enabled, state, since, date(s.AccessUntil), date(s.RefreshUntil))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range list {
		if s := &list[i]; s.State.Name != "" {
			again := ""
			if at := date(s.State.RetryAt); at != "" {
				again = "; tried again at " + at
			}
			if _, err := fmt.Fprintf(w, "\n%s is %s: %s\n  %s%s\n", s.Key(), s.State.Name, s.State.Reason, s.Advice(), again); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeParked says how many shops wait for somebody: their tasks do, too.
func writeParked(ctx context.Context, s *session, store *shopstore.Store) error {
	list, err := store.List(ctx)
	if err != nil {
		return err
	}
	parked := 0
	for i := range list {
		if list[i].Enabled && list[i].State.Name != "" {
			parked++
		}
	}
	if parked == 0 {
		return nil
	}
	_, err = fmt.Fprintf(s.stdout, "\n%d of %d shops cannot be called, and their tasks wait: `shopstream shops list` says why and what to do\n", parked, len(list))
	return err
}

// date writes a time for people, empty where there is none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func newShopsImport(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "import [FILE]", Short: "Take a shops file over (default shops.file), as services do when they start", Args: cobra.MaximumNArgs(1),
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, args []string) error {
			path := s.config.Shops.File
			if len(args) > 0 {
				path = args[0]
			}
			book, err := shop.Load(path, catalog.Platforms.Names())
			if err != nil {
				return err
			}
			if err := store.Claim(ctx, s.log); err != nil {
				return err
			}
			report, err := store.Import(ctx, book.All())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.stdout, "added %d, changed %d, disabled %d of %d shops\n",
				len(report.Added), len(report.Changed), len(report.Left), len(book.All()))
			return err
		}),
	}
}

func newShopsAdd(a *app) *cobra.Command {
	sh := shop.Shop{Enabled: true}
	cmd := &cobra.Command{
		Use:   "add --platform P --channel C --shop S --base-url URL --app-id ID",
		Short: "Add a shop without a file: its app's secret is read from standard input, its tokens come from `shops authorize`",
		Args:  cobra.NoArgs,
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, _ []string) error {
			if err := sh.Check(catalog.Platforms.Names()); err != nil {
				return err
			}
			if sh.AppID == "" {
				return errors.New("--app-id is missing")
			}
			line, err := bufio.NewReader(a.input()).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("read the app's secret from standard input: %w", err)
			}
			if sh.AppSecret = secret.Text(strings.TrimSpace(line)); sh.AppSecret == "" {
				return errors.New("the app's secret is missing: want it as a line on standard input")
			}
			if err := store.Claim(ctx, s.log); err != nil {
				return err
			}
			if err := store.Add(ctx, &sh); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.stdout, "added %s: authorise it with `shopstream shops authorize %s`\n", sh.Key(), sh.Key())
			return err
		}),
	}
	f := cmd.Flags()
	f.StringVar(&sh.Platform, "platform", "", strings.Join(catalog.Platforms.Names(), ", "))
	f.StringVar(&sh.ChannelID, "channel", "", "id of the sales channel in your own systems")
	f.StringVar(&sh.ShopID, "shop", "", "the platform's id of the shop")
	f.StringVar(&sh.Region, "region", "", "country code")
	f.StringVar(&sh.Name, "name", "", "for people")
	f.StringVar(&sh.BaseURL, "base-url", "", "what stands before the paths of the platform's API")
	f.StringVar(&sh.AuthURL, "auth-url", "", "the same of the calls that give out tokens (default the platform's own)")
	f.StringVar(&sh.AppID, "app-id", "", "partner id or key of your app")
	f.StringVar(&sh.ShopCipher, "shop-cipher", "", "TikTok's handle of the shop")
	return cmd
}

func newShopsSwitch(a *app, use, short string, enabled bool) *cobra.Command {
	return &cobra.Command{
		Use: use + " " + shopArg + "...", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, args []string) error {
			for _, key := range slices.Compact(slices.Sorted(slices.Values(args))) {
				if err := store.SetEnabled(ctx, key, enabled); err != nil {
					return err
				}
				if _, err := fmt.Fprintf(s.stdout, "%sd %s\n", use, key); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

func newShopsKey(a *app) *cobra.Command {
	var prepare bool
	rotate := &cobra.Command{
		Use: "rotate", Short: "Encrypt all credentials anew with a new key", Args: cobra.NoArgs,
		RunE: a.withShops(func(ctx context.Context, s *session, store *shopstore.Store, _ []string) error {
			if prepare {
				if err := store.Prepare(ctx); err != nil {
					return err
				}
				_, err := fmt.Fprintf(s.stdout, "%s has a new key that is not used yet: copy the file to every machine, then rotate\n", s.config.Shops.KeyFile)
				return err
			}
			n, err := store.Rotate(ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.stdout, "encrypted %d shops with the new key in %s\n", n, s.config.Shops.KeyFile)
			return err
		}),
	}
	rotate.Flags().BoolVar(&prepare, "prepare", false, "only add the new key to the key file, to be copied to other machines first")
	return group("key", "Look after the key that encrypts credentials", &cobra.Command{
		Use: "create", Short: "Make a key and write it to shops.key_file", Args: cobra.NoArgs,
		RunE: a.withConfig(func(_ context.Context, s *session, _ []string) error {
			if err := service.CreateKey(s.config); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.stdout, "wrote a new key to %s: keep a copy, without it credentials cannot be read; it does not read what is encrypted already\n", s.config.Shops.KeyFile)
			return err
		}),
	}, rotate)
}
