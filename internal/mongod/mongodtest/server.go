// Package mongodtest gives tests a MongoDB: the one that SHOPSTREAM_TEST_MONGO names, else a mongod of their own, one for
// each test process.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { mongodtest.Main(m) }
//
// Without it the server still ends with the process, but its data stays in the folder for temporary files.
package mongodtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/mongod"
)

// Variable names a server that is already running; tests then start none.
const Variable = "SHOPSTREAM_TEST_MONGO"

// server is the one that this process's tests share.
var server struct {
	sync.Mutex
	uri     string
	err     error // of the one try to start it
	process *mongod.Process
	dir     string
}

// URI returns the address of the server; the first call starts it. A test without a server fails, and says what to do.
func URI(t testing.TB) string {
	t.Helper()
	if uri := os.Getenv(Variable); uri != "" {
		return uri
	}
	server.Lock()
	defer server.Unlock()
	if server.uri == "" && server.err == nil {
		server.err = start() // bounded by itself: the server outlives this test
	}
	if server.err != nil {
		t.Fatalf("this test needs a MongoDB: %v", server.err)
	}
	return server.uri
}

func start() error {
	dir, err := os.MkdirTemp("", "shopstream-mongod-")
	if err != nil {
		return err
	}
	server.dir = dir
	server.process, err = mongod.Start(context.Background(), mongod.Options{Dir: dir})
	if err != nil {
		return err
	}
	server.uri = server.process.URI()
	return nil
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// Database returns an empty database of the test's own; it is dropped, and its client closed, when the test ends.
func Database(t testing.TB) *mongo.Database {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(URI(t)))
	if err != nil {
		t.Fatal(err)
	}
	name := notInName.ReplaceAllString(t.Name(), "_")
	db := client.Database(fmt.Sprintf("t_%.40s_%.8s", name, strings.ToLower(rand.Text())))
	t.Cleanup(func() {
		// The test's own context is done by now.
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := errors.Join(db.Drop(ctx), client.Disconnect(ctx)); err != nil {
			t.Errorf("drop database %s: %v", db.Name(), err)
		}
	})
	return db
}

// Stop ends the server, if one was started, and removes its data. [Run] and [Main] do so.
func Stop() error {
	server.Lock()
	defer server.Unlock()
	var err error
	if server.process != nil {
		err = server.process.Stop()
	}
	if server.dir != "" {
		err = errors.Join(err, os.RemoveAll(server.dir))
	}
	server.process, server.dir, server.uri = nil, "", ""
	return err
}

// Run runs the tests, stops the server and returns the exit code; for a TestMain with more to do.
func Run(m *testing.M) int {
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Main is a whole TestMain: it runs the tests, stops the server, fails when a goroutine is left over, and exits.
func Main(m *testing.M) {
	code := Run(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
