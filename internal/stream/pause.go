package stream

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type partition struct {
	topic string
	n     int32
}

// pauses keeps partitions from being fetched until their time has come. A partition that moves to another member in between
// stays paused here, and would be resumed in time should it come back.
type pauses struct {
	client *kgo.Client
	now    func() time.Time
	until  map[partition]time.Time
}

func newPauses(client *kgo.Client, now func() time.Time) *pauses {
	return &pauses{client: client, now: now, until: map[partition]time.Time{}}
}

// pause rewinds to the records from which the postponements start, and pauses their partitions. Call it only after the
// transaction ended and before rebalances are allowed: earlier the end would undo the rewind, later it could rewind a
// partition that somebody else owns.
func (p *pauses) pause(postponed map[partition]Postponement) {
	if len(postponed) == 0 {
		return
	}
	offsets := map[string]map[int32]kgo.EpochOffset{}
	fetches := map[string][]int32{}
	for at, post := range postponed {
		if offsets[at.topic] == nil {
			offsets[at.topic] = map[int32]kgo.EpochOffset{}
		}
		offsets[at.topic][at.n] = kgo.EpochOffset{Epoch: post.From.LeaderEpoch, Offset: post.From.Offset}
		fetches[at.topic] = append(fetches[at.topic], at.n)
		p.until[at] = post.Until
	}
	p.client.PauseFetchPartitions(fetches)
	p.client.SetOffsets(offsets)
}

// resumeDue lets partitions be fetched again whose time has come.
func (p *pauses) resumeDue() {
	now := p.now()
	for at, until := range p.until {
		if until.After(now) {
			continue
		}
		delete(p.until, at)
		p.client.ResumeFetchPartitions(map[string][]int32{at.topic: {at.n}})
	}
}
