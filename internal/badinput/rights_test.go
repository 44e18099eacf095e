package badinput

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

// everybody is whom a broker without passwords sees.
const everybody = "ANONYMOUS"

// setupRights is setup on a broker that knows rights. Only the fake one is sure to be such a broker. All topics are there, and a
// page that no transformer can read.
func setupRights(t *testing.T) *installation {
	t.Helper()
	allow := func(kind kmsg.ACLResourceType, name string) kfake.ACL {
		return kfake.ACL{Resource: kind, Name: name, Pattern: kmsg.ACLResourcePatternTypeLiteral, Operation: kmsg.ACLOperationAll, Allow: true}
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableACLs(), kfake.User("PLAIN", everybody, password,
		allow(kmsg.ACLResourceTypeTopic, "*"), allow(kmsg.ACLResourceTypeGroup, "*"),
		allow(kmsg.ACLResourceTypeTransactionalId, "*"), allow(kmsg.ACLResourceTypeCluster, "kafka-cluster")))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	in := setupOn(t, kafkatest.On(cluster.ListenAddrs()))
	got := finish(t, in.command(t.Context(), "topics", "apply"))
	require.Zero(t, got.code, got.stderr)
	in.unreadable()
	return in
}

// unreadable produces a page that no transformer can read.
func (in *installation) unreadable() {
	in.t.Helper()
	in.broker.Produce(in.t, &kgo.Record{Topic: in.topics.Raw(schemas.Shopee, schemas.Orders), Key: []byte("k"), Value: []byte("no page")})
}

// deny takes a right away, until giveBack is called.
func (in *installation) deny(right *kadm.ACLBuilder) (giveBack func()) {
	in.t.Helper()
	right.Deny("User:" + everybody).DenyHosts("*")
	res, err := in.broker.Admin(in.t).CreateACLs(in.t.Context(), right)
	require.NoError(in.t, err)
	for _, r := range res {
		require.NoError(in.t, r.Err)
	}
	return func() {
		in.t.Helper()
		_, err := in.broker.Admin(in.t).DeleteACLs(in.t.Context(), right)
		require.NoError(in.t, err)
	}
}

// A right that is missing is one line with its name and what it is a right on, since the brokers' answer has neither.
func TestMissingRights(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		deny func(schemas.Topics) *kadm.ACLBuilder
		want func(schemas.Topics) string
	}{
		"to see a topic": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return onTopic(n.Raw(schemas.Shopee, schemas.Orders), kadm.OpDescribe)
			},
			func(n schemas.Topics) string {
				return "topic " + n.Raw(schemas.Shopee, schemas.Orders) + ": the right Describe on this topic is missing"
			},
		},
		"to read a topic": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return onTopic(n.Raw(schemas.Shopee, schemas.Orders), kadm.OpRead)
			},
			func(n schemas.Topics) string {
				return "a right is missing: Read on topic " + n.Raw(schemas.Shopee, schemas.Orders)
			},
		},
		"to write to a topic": {
			func(n schemas.Topics) *kadm.ACLBuilder { return onTopic(n.DLQ("raw"), kadm.OpWrite) },
			func(n schemas.Topics) string { return "a right is missing: Write on topic " + n.DLQ("raw") },
		},
		"to be in a group": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return kadm.NewACLs().Groups(n.Group("transformer")).Operations(kadm.OpRead).ResourcePatternType(kadm.ACLPatternLiteral)
			},
			func(n schemas.Topics) string { return "a right is missing: Read on group " + n.Group("transformer") },
		},
		"to make transactions": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return kadm.NewACLs().TransactionalIDs(n.Group("transformer")).Operations(kadm.OpWrite).ResourcePatternType(kadm.ACLPatternPrefixed)
			},
			func(n schemas.Topics) string {
				return "a right is missing: Write on the transactional ids that begin with " + n.Group("transformer") + "."
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := setupRights(t)
			in.deny(c.deny(in.topics))
			ctx, cancel := context.WithTimeout(t.Context(), kafkatest.Patience)
			defer cancel()
			got := finish(t, in.command(ctx, "run", "transformer"))
			lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
			last := lines[len(lines)-1]
			t.Log(last)
			assert.Equal(t, 1, got.code)
			assert.True(t, strings.HasPrefix(last, "shopstream: "))
			assert.Contains(t, last, c.want(in.topics))
			assert.NotContains(t, got.stderr, password)
		})
	}
}

func onTopic(name string, op kadm.ACLOperation) *kadm.ACLBuilder {
	return kadm.NewACLs().Topics(name).Operations(op).ResourcePatternType(kadm.ACLPatternLiteral)
}

// A right that is taken away from a service at work is waited for: then it goes on where it was.
func TestRightTakenAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	in := setupRights(t)
	dead := func(n int) {
		t.Helper()
		in.broker.Read(t, func(all []*kgo.Record) bool { return len(all) == n }, in.topics.DLQ("raw"))
	}
	log := filepath.Join(t.TempDir(), "log")
	said, err := os.Create(log)
	require.NoError(t, err)
	t.Cleanup(func() { _ = said.Close() })
	cmd := in.command(t.Context(), "run", "transformer")
	cmd.Stdout, cmd.Stderr = said, said
	require.NoError(t, cmd.Start())
	dead(1)

	giveBack := in.deny(onTopic(in.topics.DLQ("raw"), kadm.OpWrite))
	in.unreadable()
	kafkatest.Eventually(t, "the missing right to be named", func() bool {
		text, err := os.ReadFile(log)
		return err == nil && strings.Contains(string(text), "a right is missing: Write on topic "+in.topics.DLQ("raw"))
	})
	giveBack()
	dead(2)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait())
}
