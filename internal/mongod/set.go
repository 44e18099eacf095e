package mongod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	electionTimeout   = 4 * time.Second // a third of the server's own default: tests wait for elections
	heartbeatInterval = 500 * time.Millisecond
	answerTimeout     = 2 * time.Second // of a member that may be frozen
)

// Set is a replica set of several servers on this machine, whose members can be killed, frozen and started again.
type Set struct {
	members []*Process
	options []Options // of each member, with its port
}

// StartSet runs a replica set of n members with their data below dir, and returns when one of them takes writes.
func StartSet(ctx context.Context, dir string, n int) (*Set, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	s := &Set{}
	for i := range n {
		o := Options{Dir: filepath.Join(dir, "member"+strconv.Itoa(i))}
		err := o.prepare()
		var p *Process
		if err == nil {
			p, err = launch(ctx, o)
		}
		if err != nil {
			s.Kill()
			return nil, err
		}
		_, port, _ := net.SplitHostPort(p.host) // which launch has joined
		o.Port, _ = strconv.Atoi(port)
		s.members, s.options = append(s.members, p), append(s.options, o)
	}
	err := s.initiate(ctx)
	if err == nil {
		_, err = s.Primary(ctx)
	}
	if err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

func (s *Set) initiate(ctx context.Context) error {
	members := bson.A{}
	for i, p := range s.members {
		members = append(members, bson.D{{Key: "_id", Value: i}, {Key: "host", Value: p.host}})
	}
	config := bson.D{
		{Key: "_id", Value: replicaSet}, {Key: "members", Value: members},
		{Key: "settings", Value: bson.D{
			{Key: "electionTimeoutMillis", Value: electionTimeout.Milliseconds()},
			{Key: "heartbeatIntervalMillis", Value: heartbeatInterval.Milliseconds()},
		}},
	}
	return s.until(ctx, "replica set initiated", func() error {
		for i := range s.members { // the others must listen, too
			if err := s.ask(ctx, i, bson.D{{Key: "ping", Value: 1}}, nil); err != nil {
				return err
			}
		}
		err := s.ask(ctx, 0, bson.D{{Key: "replSetInitiate", Value: config}}, nil)
		var refused mongo.CommandError
		if errors.As(err, &refused) && refused.Name == "AlreadyInitialized" {
			return nil
		}
		return err
	})
}

// ask sends a command to one member alone.
func (s *Set) ask(ctx context.Context, i int, command, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(s.members[i].uri).SetServerSelectionTimeout(answerTimeout))
	if err != nil {
		return fmt.Errorf("connect to member %d: %w", i, err)
	}
	defer client.Disconnect(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is in flight
	result := client.Database("admin").RunCommand(ctx, command)
	if answer == nil {
		return result.Err()
	}
	return result.Decode(answer)
}

// until tries until it works, ctx ends or a server is gone that should not be.
func (s *Set) until(ctx context.Context, what string, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for: %s: %w", what, err)
		case <-time.After(pollEvery):
		}
	}
}

type hello struct {
	Primary   bool   `bson:"isWritablePrimary"`
	Secondary bool   `bson:"secondary"`
	Is        string `bson:"me"`
	Names     string `bson:"primary"` // whom it takes for the primary
}

// Primary waits for a member that takes writes, and that most of the others take for the primary, and returns its number.
func (s *Set) Primary(ctx context.Context) (int, error) {
	primary := -1
	err := s.until(ctx, "a primary", func() error {
		votes := map[string]int{}
		at := map[string]int{}
		for i := range s.members {
			var h hello
			if err := s.ask(ctx, i, bson.D{{Key: "hello", Value: 1}}, &h); err != nil {
				continue // dead or frozen
			}
			votes[h.Names]++
			if h.Primary {
				at[h.Is] = i
			}
		}
		for name, i := range at {
			if votes[name] > len(s.members)/2 {
				primary = i
				return nil
			}
		}
		return errNotYet
	})
	return primary, err
}

// Member returns the present process of member i.
func (s *Set) Member(i int) *Process { return s.members[i] }

// Restart starts member i, which must be gone, with its data and on its port, and returns when it is a member again:
// after it has rolled back what the others do not have.
func (s *Set) Restart(ctx context.Context, i int) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	p, err := launch(ctx, s.options[i])
	if err != nil {
		return err
	}
	s.members[i] = p
	return s.until(ctx, fmt.Sprintf("member %d back", i), func() error {
		var h hello
		if err := s.ask(ctx, i, bson.D{{Key: "hello", Value: 1}}, &h); err != nil {
			return err
		}
		if !h.Primary && !h.Secondary {
			return errNotYet
		}
		return nil
	})
}

// RolledBack returns how many files of writes member i has kept that it had to take back.
func (s *Set) RolledBack(i int) (int, error) {
	files := 0
	err := filepath.WalkDir(filepath.Join(s.options[i].Dir, "data", "rollback"), func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files++
		}
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	return files, err
}

// URI connects to the set, whoever is its primary.
func (s *Set) URI() string {
	hosts := make([]string, len(s.members))
	for i, p := range s.members {
		hosts[i] = p.host
	}
	return "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=" + replicaSet
}

// Kill ends all members at once: in order, each of them would first wait for the others.
func (s *Set) Kill() {
	for _, p := range s.members {
		p.Kill()
	}
}
