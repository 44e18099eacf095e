package mongod_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/mongod"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect returns the collection the tests write to.
func connect(t *testing.T, p *mongod.Process) *mongo.Collection {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(p.URI()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(t.Context()) })
	return client.Database("test").Collection("c")
}

func TestRestartOnAnotherPortKeepsData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := mongod.Start(t.Context(), mongod.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, first).InsertOne(t.Context(), bson.D{{Key: "_id", Value: 1}}); err != nil {
		t.Error("the first server takes no writes:", err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Error("stopping again:", err)
	}
	second, err := mongod.Start(t.Context(), mongod.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Stop() //nolint:errcheck // said by the next start
	if n, err := connect(t, second).CountDocuments(t.Context(), bson.D{}); err != nil || n != 1 {
		t.Errorf("%d documents, want the one from before; %v", n, err)
	}
	if err := syscall.Kill(second.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-second.Done()
}

func TestStartSaysWhy(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // a test's own
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	addr, _ := taken.Addr().(*net.TCPAddr)

	broken := filepath.Join(t.TempDir(), "mongod")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\necho no such library >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		o    mongod.Options
		want []string
	}{
		{"port taken", mongod.Options{Dir: t.TempDir(), Port: addr.Port}, []string{"already in use", "mongod.log", port}},
		{"broken", mongod.Options{Dir: t.TempDir(), Binary: broken}, []string{"exit status 3", "no such library"}},
		{"no binary", mongod.Options{Dir: t.TempDir(), Binary: "/nowhere/mongod"}, []string{"/nowhere/mongod"}},
		{"no folder", mongod.Options{}, []string{"no folder"}},
		{"folder is a file", mongod.Options{Dir: broken, Binary: broken}, []string{"start mongod", "not a directory"}},
	}
	for _, tt := range tests {
		_, err := mongod.Start(t.Context(), tt.o)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: not said: %s\nin: %v", tt.name, want, err)
			}
		}
	}
}
