// Package cli is the command line: a file for each verb, which puts the parts together and hands them to the user's words.
//
// It promises one line on stderr for whatever goes wrong, exit code 1 for that, 2 for words it does not understand, and 0
// otherwise, also for a service that was told to stop. It decides nothing about data.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/telemetry"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Run runs the verb that args name and returns the exit code. The first SIGINT or SIGTERM ends ctx, so that services stop
// in order; the second ends the process at once.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, &app{stdout: stdout, stderr: stderr, environ: os.Environ()}, args, verbs)
}

// verbs lists all there are: add one here, and write it in a file of its own.
func verbs(a *app) []*cobra.Command {
	return []*cobra.Command{
		newChaos(a),
		newConfig(a),
		newDemo(a),
		newDLQ(a),
		newPlan(a),
		newRun(a),
		newShops(a),
		newSimulator(a),
		newStatus(a),
		newTopics(a),
		newVersion(a),
	}
}

func run(ctx context.Context, a *app, args []string, verbs func(*app) []*cobra.Command) int {
	ctx, release := untilSignal(ctx)
	defer release()

	root := &cobra.Command{
		Use:   "shopstream",
		Short: "Copies the data of e-commerce sellers from Shopee, TikTok Shop and Lazada into MongoDB, through Kafka",
		// Errors are printed here, once and in one line.
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.PersistentFlags().StringVar(&a.path, "config", "", "YAML file with settings (default "+config.DefaultFile+", if it exists)")
	root.PersistentFlags().StringArrayVar(&a.set, "set", nil, "a setting as key=value, over those from file and environment; repeats")
	root.AddCommand(verbs(a)...)

	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errVerdict): // it has said why, in its last line
		return exitFailed
	case !a.started:
		fmt.Fprintf(a.stderr, "shopstream: %s (shopstream --help lists what there is)\n", oneLine(err))
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, "shopstream: interrupted")
		return exitFailed
	default:
		fmt.Fprintf(a.stderr, "shopstream: %s\n", oneLine(err))
		return exitFailed
	}
}

// untilSignal returns a context that ends with the first SIGINT or SIGTERM. By then signals have their usual effect again, so
// that the second ends the process: were the context done first, a signal in between would be lost. release stops listening.
func untilSignal(parent context.Context) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		cancel()
	}()
	return ctx, func() {
		cancel()
		<-gone
	}
}

// app is what all verbs have in common.
type app struct {
	stdin          io.Reader // nil is that of the process
	stdout, stderr io.Writer
	environ        []string
	dir            string   // of .env and shopstream.yaml; empty is the working directory
	path           string   // --config
	set            []string // --set
	started        bool     // a verb has begun: what fails from now on is no matter of usage
}

// input is what the user types or pipes in.
func (a *app) input() io.Reader {
	if a.stdin == nil {
		return os.Stdin
	}
	return a.stdin
}

// session is what a verb works with.
type session struct {
	config config.Config
	log    *slog.Logger // to stderr: stdout is for what the user asked for
	stdout io.Writer
	stderr io.Writer
}

// do adapts a verb that needs no settings to cobra.
func (a *app) do(verb func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started = true
		return verb(cmd.Context(), args)
	}
}

// withConfig adapts a verb to cobra: it loads the settings and makes the logger first.
func (a *app) withConfig(verb func(ctx context.Context, s *session, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		overrides := make(map[string]any, len(a.set))
		for i, pair := range a.set {
			key, value, ok := strings.Cut(pair, "=")
			if !ok || key == "" { // the words are not repeated: they may be a password
				return fmt.Errorf("--set number %d is not of the form key=value", i+1)
			}
			overrides[key] = value
		}
		a.started = true
		c, err := config.Load(config.Source{Path: a.path, Dir: a.dir, Environ: a.environ, Overrides: overrides, Platforms: catalog.Platforms.Rates()})
		if err != nil {
			return err
		}
		log, err := telemetry.NewLogger(a.stderr, c.Log.Level, c.Log.Format)
		if err != nil {
			return err
		}
		return verb(cmd.Context(), &session{config: c, log: log, stdout: a.stdout, stderr: a.stderr}, args)
	}
}

// group is a verb that only has verbs below it. Without one of them it is an error, where cobra would show help and succeed.
func group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	names := make([]string, len(verbs))
	for i, v := range verbs {
		names[i] = v.Name()
	}
	g := &cobra.Command{
		Use: use, Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q for %q: want one of %s", args[0], cmd.CommandPath(), strings.Join(names, ", "))
			}
			return fmt.Errorf("%q is not complete: want one of %s", cmd.CommandPath(), strings.Join(names, ", "))
		},
	}
	g.AddCommand(verbs...)
	return g
}

// oneLine puts joined errors, which come in lines, behind each other.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}
