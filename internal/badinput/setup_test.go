package badinput

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/schemas"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// Where any user may read: one test runs the program as a user without rights.
	dir, err := os.MkdirTemp("", "shopstream-badinput-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		binary = filepath.Join(dir, "shopstream")
		err = errors.Join(os.Chmod(dir, 0o755), build(binary)) // it holds nothing but the program
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	code := mongodtest.Run(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

func build(path string) error {
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", path, "github.com/shopstream/shopstream")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// installation is a broker, a store and a working directory that one test has for itself, and nothing in any of them.
type installation struct {
	t      testing.TB
	broker *kafkatest.Broker
	topics schemas.Topics
	db     *mongo.Database
	dir    string
	taken  string   // an address that is in use: see silent
	env    []string // settings by which the program finds all that, later ones over earlier ones
}

func setup(t testing.TB) *installation {
	t.Helper()
	return setupOn(t, kafkatest.Start(t))
}

func setupOn(t testing.TB, broker *kafkatest.Broker) *installation {
	t.Helper()
	in := &installation{t: t, broker: broker, topics: kafkatest.Topics(), db: mongodtest.Database(t), dir: t.TempDir()}
	in.env = []string{
		"SHOPSTREAM_KAFKA__BROKERS=" + strings.Join(in.broker.Addrs(), ","),
		"SHOPSTREAM_KAFKA__TOPIC_PREFIX=" + in.topics.Prefix,
		"SHOPSTREAM_KAFKA__REPLICATION=1",
		"SHOPSTREAM_MONGO__URI=" + mongodtest.URI(t),
		"SHOPSTREAM_MONGO__DATABASE=" + in.db.Name(),
		"SHOPSTREAM_HTTP__ADDR=127.0.0.1:0",
	}
	return in
}

// write puts a file into the working directory.
func (in *installation) write(name, content string) {
	in.t.Helper()
	require.NoError(in.t, os.WriteFile(filepath.Join(in.dir, name), []byte(content), 0o600))
}

// command returns the program with these words. It is killed when ctx ends.
func (in *installation) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...) // the program under test
	cmd.Dir = in.dir
	cmd.Env = append(withoutSettings(os.Environ()), in.env...)
	return cmd
}

// withoutSettings keeps the tester's own settings away from the program.
func withoutSettings(environ []string) []string {
	var kept []string
	for _, v := range environ {
		if !strings.HasPrefix(v, "SHOPSTREAM_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// outcome is what a program leaves behind when it ends.
type outcome struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

// finish runs the command to its end.
func finish(t testing.TB, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(started)}
}

// created lists what there is in the installation: topics, collections and files.
func (in *installation) created() (topics, collections, files []string) {
	in.t.Helper()
	all, err := in.broker.Admin(in.t).ListTopics(in.t.Context())
	require.NoError(in.t, err)
	for _, name := range all.Names() {
		if strings.HasPrefix(name, in.topics.Prefix) {
			topics = append(topics, name)
		}
	}
	collections, err = in.db.ListCollectionNames(in.t.Context(), struct{}{})
	require.NoError(in.t, err)
	err = filepath.WalkDir(in.dir, func(path string, _ os.DirEntry, err error) error {
		files = append(files, path)
		return err
	})
	require.NoError(in.t, err)
	return topics, collections, files
}

// asNobody makes the command run without rights where the test itself has all of them.
func asNobody(cmd *exec.Cmd) {
	const nobody = 65534
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}
