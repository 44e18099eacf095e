package stream

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Every offset that a lane commits carries a mark with the id of its topic. What others commit for the group, such as Kafka's own
// tool that resets offsets, has none or other words; and a topic that was deleted and made again has another id, also when that
// happened while nobody was looking. So neither can skip records in silence.
const markPrefix = "shopstream/"

// origin is what a commit's metadata says about it.
type origin int

const (
	ours    origin = iota // by a lane, for this topic
	foreign               // by somebody else
	stale                 // by a lane, for a topic of that name that is no more
)

func mark(id kadm.TopicID) string { return markPrefix + id.String() }

// earlier is the metadata of commits of our own earlier releases: the library put the member's name there, which the brokers
// make of our client id, or of an instance's name and the lane, and of a UUID.
var earlier = regexp.MustCompile(`^(shopstream|[A-Za-z0-9._-]+\.[0-9]+)-[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$`)

// readMark says where a commit is from. Tools leave the metadata empty, or write there what they like.
func readMark(metadata string, id kadm.TopicID) origin {
	switch {
	case metadata == mark(id), earlier.MatchString(metadata):
		return ours
	case strings.HasPrefix(metadata, markPrefix):
		return stale
	default:
		return foreign
	}
}

// markOffsets puts the marks on a commit.
func (s *Stage) markOffsets(req *kmsg.TxnOffsetCommitRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range req.Topics {
		topic := &req.Topics[t]
		text := mark(s.topicIDs[topic.Topic])
		for i := range topic.Partitions {
			topic.Partitions[i].Metadata = &text
		}
	}
}

// origin returns where a commit of a consumed topic is from.
func (s *Stage) origin(o kadm.Offset) origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	return readMark(o.Metadata, s.topicIDs[o.Topic])
}

// mayBeReset reports whether operators may set the group's offsets: what can be made anew is replayed so. Work that is done once
// is not: to go forward would be to skip it.
func (s *Stage) mayBeReset() bool { return !s.opts.UntilDone && !s.opts.FromAnyone }

// adjust looks at the commits of partitions that were just assigned, before they are consumed.
func (l *lane) adjust(adm *kadm.Client) func(context.Context, map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	return func(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
		s := l.stage
		committed, err := s.committed(ctx, adm, s.opts.Consume...)
		if err != nil {
			return nil, err
		}
		uncommitted := map[string][]int32{}
		for topic, partitions := range offsets {
			for p := range partitions {
				c, ok := committed.Lookup(topic, p)
				if !ok || c.At < 0 && c.Err == nil {
					uncommitted[topic] = append(uncommitted[topic], p)
					continue // it begins at the start
				}
				if c.Err != nil {
					return nil, fmt.Errorf("committed offset of %s/%d: %w", topic, p, c.Err)
				}
				switch s.origin(c.Offset) {
				case ours:
				case stale:
					return nil, fmt.Errorf("%w: %s/%d: group %s has consumed up to %d of a topic of that name which is no more: %s",
						ErrRecreated, topic, p, s.opts.Group, c.At, s.afterRecreation(topic))
				case foreign:
					if s.mayBeReset() {
						l.log.Info("offset was set from outside: records are consumed from there", "topic", topic, "partition", p, "offset", c.At)
						continue
					}
					l.log.Warn("offset was set from outside, where that could skip work: all that is left is looked at, what is done already "+
						"changes nothing", "topic", topic, "partition", p, "offset", c.At)
					partitions[p] = kgo.NewOffset().AtStart()
				}
			}
		}
		return offsets, l.sayNeverRead(ctx, adm, uncommitted)
	}
}

// afterRecreation says what to do about a topic that was made again.
func (s *Stage) afterRecreation(topic string) string {
	return fmt.Sprintf("run the plans again whose records were in it, then restart to consume the new one, after "+
		"`kafka-consumer-groups --delete-offsets --group %s --topic %s`", s.opts.Group, topic)
}
