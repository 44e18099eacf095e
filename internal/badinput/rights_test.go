package badinput

import (
	"bufio"
	"context"
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

// setupRights is setup on a broker that knows rights, where the program may do all but what deny says. Only the fake one is
// sure to be such a broker. All topics are there, and a page that no transformer can read.
func setupRights(t *testing.T, deny func(schemas.Topics) *kadm.ACLBuilder) *installation {
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
	in.broker.Produce(t, &kgo.Record{Topic: in.topics.Raw(schemas.Shopee, schemas.Orders), Key: []byte("k"), Value: []byte("no page")})
	adm := in.broker.Admin(t)
	res, err := adm.CreateACLs(t.Context(), deny(in.topics).Deny("User:"+everybody).DenyHosts("*"))
	require.NoError(t, err)
	for _, r := range res {
		require.NoError(t, r.Err)
	}
	return in
}

// A right that lacks is one line with its name and what it is a right on, since the brokers' answer has neither.
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
				return "topic " + n.Raw(schemas.Shopee, schemas.Orders) + ": the right Describe on this topic lacks"
			},
		},
		"to read a topic": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return onTopic(n.Raw(schemas.Shopee, schemas.Orders), kadm.OpRead)
			},
			func(n schemas.Topics) string {
				return "the right Read on topic " + n.Raw(schemas.Shopee, schemas.Orders) + " lacks"
			},
		},
		"to write to a topic": {
			func(n schemas.Topics) *kadm.ACLBuilder { return onTopic(n.DLQ("raw"), kadm.OpWrite) },
			func(n schemas.Topics) string { return "the right Write on topic " + n.DLQ("raw") + " lacks" },
		},
		"to be in a group": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return kadm.NewACLs().Groups(n.Group("transformer")).Operations(kadm.OpRead).ResourcePatternType(kadm.ACLPatternLiteral)
			},
			func(n schemas.Topics) string { return "the right Read on group " + n.Group("transformer") + " lacks" },
		},
		"to make transactions": {
			func(n schemas.Topics) *kadm.ACLBuilder {
				return kadm.NewACLs().TransactionalIDs(n.Group("transformer")).Operations(kadm.OpWrite).ResourcePatternType(kadm.ACLPatternPrefixed)
			},
			func(n schemas.Topics) string {
				return "the right Write on the transactional ids that begin with " + n.Group("transformer") + ". lacks"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := setupRights(t, c.deny)
			line := in.complaint("run", "transformer")
			t.Log(line)
			assert.Contains(t, line, c.want(in.topics))
			assert.NotContains(t, line, password)
		})
	}
}

func onTopic(name string, op kadm.ACLOperation) *kadm.ACLBuilder {
	return kadm.NewACLs().Topics(name).Operations(op).ResourcePatternType(kadm.ACLPatternLiteral)
}

// complaint runs the program until it says what is wrong, and stops it if it did not end with that.
func (in *installation) complaint(args ...string) string {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(in.t.Context(), kafkatest.Patience)
	defer cancel()
	cmd := in.command(ctx, args...)
	stderr, err := cmd.StderrPipe()
	require.NoError(in.t, err)
	require.NoError(in.t, cmd.Start())
	found := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if line := lines.Text(); found == "" && (strings.HasPrefix(line, "shopstream: ") || strings.Contains(line, "no progress, will try again")) {
			found = line
			_ = cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended, which Wait tells
		}
	}
	_ = cmd.Wait() // whether it ended by itself or was told to is not the point
	return found
}
