package fetcher

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/delay"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// longHold is the wait for a limit of a shop's own that is spent on a delay topic, out of the way of other shops.
const longHold = 10 * time.Second

type partition struct {
	topic string
	n     int32
}

// result turns fates into records, rejections and postponements.
func (f *Fetcher) result(jobs []*job) (stream.Result, error) {
	var res stream.Result
	perPartition := map[partition][]*job{}
	var order []partition
	for _, j := range jobs {
		p := partition{j.record.Topic, j.record.Partition}
		if _, seen := perPartition[p]; !seen {
			order = append(order, p)
		}
		perPartition[p] = append(perPartition[p], j)
	}
	// What a limit of its shop's own holds back goes behind the others, unless there is nothing else to do: then it waits.
	idle := !slices.ContainsFunc(jobs, func(j *job) bool { return !j.limited })
	for _, p := range order {
		handled := f.leaveTail(&res, perPartition[p], idle)
		for _, j := range handled {
			if err := f.settle(&res, j); err != nil {
				return stream.Result{}, err
			}
		}
	}
	f.metrics.parkedShops(f.parking.count())
	return res, nil
}

// leaveTail postpones the unhandled jobs at the end of a partition, which costs nothing, and returns the ones before.
// Unhandled ones among those cannot stay: the offset passes them. idle: all are held back by limits of their own, so the
// first of these that ends is worth waking up for.
func (f *Fetcher) leaveTail(res *stream.Result, jobs []*job, idle bool) []*job {
	from := len(jobs)
	until := f.Now()
	if idle {
		until = slices.MinFunc(jobs, func(a, b *job) int { return a.until.Compare(b.until) }).until
	}
	for from > 0 && jobs[from-1].fate == unhandled && (idle && jobs[from-1].until.Sub(f.Now()) < longHold || !jobs[from-1].limited) {
		from--
		if !idle && jobs[from].until.After(until) {
			until = jobs[from].until
		}
		f.metrics.task("postponed")
	}
	if from < len(jobs) {
		res.Postponed = append(res.Postponed, stream.Postponement{From: jobs[from].record, Until: until})
	}
	return jobs[:from]
}

// settle adds what becomes of one job to the result.
func (f *Fetcher) settle(res *stream.Result, j *job) error {
	outcome := ""
	switch j.fate {
	case done:
		outcome = "done"
		res.Publish = append(res.Publish, j.publish...)
	case rejected:
		outcome = "rejected"
		res.Rejected = append(res.Rejected, stream.Rejection{
			Record: j.record, Class: j.class, Err: j.err, Attempts: j.task.Attempt + 1,
		})
	case parked:
		outcome = "parked"
		res.Publish = append(res.Publish, f.delayed(j.record, schemas.Delay1h, f.Now().Add(time.Hour)))
	case unsettled:
		outcome = "unsettled"
		topic, due := f.settleDelay(j.until)
		res.Publish = append(res.Publish, f.delayed(j.record, topic, due))
	case unhandled:
		outcome = "given_back"
		switch {
		case j.limited && j.until.Sub(f.Now()) >= longHold:
			topic, due := f.settleDelay(j.until)
			res.Publish = append(res.Publish, f.delayed(j.record, topic, due))
		case j.outage:
			topic, due := f.settleDelay(latest(f.Now().Add(time.Minute), j.until))
			res.Publish = append(res.Publish, f.delayed(j.record, topic, due))
		default:
			res.Publish = append(res.Publish, delay.Returned(j.record, j.record.Topic))
		}
	case failed:
		outcome = "delayed"
		if j.task.Attempt >= len(delay.Lengths) {
			outcome = "rejected"
			res.Rejected = append(res.Rejected, stream.Rejection{
				Record: j.record, Class: stream.ClassTransient, Err: j.err, Attempts: j.task.Attempt + 1,
			})
			break
		}
		record, err := f.nextAttempt(j)
		if err != nil {
			return err
		}
		res.Publish = append(res.Publish, record)
	}
	f.metrics.task(outcome)
	return nil
}

// nextAttempt returns the task with one more attempt spent, for the delay that follows it: each attempt waits longer than
// the one before, and no less than the platform asks for; after the last the task is given up.
func (f *Fetcher) nextAttempt(j *job) (*kgo.Record, error) {
	next := delay.Lengths[max(j.task.Attempt, 0)]
	topic, due := f.settleDelay(f.Now().Add(max(next.Wait, asError(j.err).RetryAfter)))
	record := f.delayed(j.record, topic, due)
	task := j.task
	task.Attempt = max(task.Attempt, 0) + 1
	value, err := json.Marshal(&task)
	if err != nil {
		return nil, fmt.Errorf("encode task %s: %w", task.TaskID, err)
	}
	record.Value = value
	f.Logger.Info("task failed although its platform serves: it is tried again later", "platform", task.Platform, "op", task.Op,
		"chunk_id", task.ChunkID, "task_id", task.TaskID, "attempt", task.Attempt, "calls", j.calls, "due", due, "error", j.err)
	return record, nil
}

// settleDelay picks the shortest delay topic whose records wait at least as long, so that the task does not hold up others;
// a task that is due later than the longest one comes back in between.
func (f *Fetcher) settleDelay(due time.Time) (string, time.Time) {
	wait := due.Sub(f.Now())
	for _, d := range delay.Lengths {
		if wait <= d.Wait {
			return d.Name, due
		}
	}
	longest := delay.Lengths[len(delay.Lengths)-1]
	return longest.Name, f.Now().Add(longest.Wait)
}

// delayed returns the record, unchanged, for a delay topic: it returns to where it was consumed when it is due.
func (f *Fetcher) delayed(r *kgo.Record, name string, due time.Time) *kgo.Record {
	return delay.Record(f.Topics, name, r, r.Topic, due)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
