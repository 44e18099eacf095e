package fetcher

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// delays are where a task goes after each attempt that failed. After the last one it is given up.
var delays = []struct {
	topic string
	wait  time.Duration
}{
	{schemas.Delay1m, time.Minute},
	{schemas.Delay10m, 10 * time.Minute},
	{schemas.Delay1h, time.Hour},
}

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
	for _, p := range order {
		handled := f.leaveTail(&res, perPartition[p])
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
// Unhandled ones among those cannot stay: the offset passes them.
func (f *Fetcher) leaveTail(res *stream.Result, jobs []*job) []*job {
	from := len(jobs)
	until := f.Now()
	for from > 0 && jobs[from-1].fate == unhandled {
		from--
		if jobs[from].until.After(until) {
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
		if j.outage {
			res.Publish = append(res.Publish, f.delayed(j.record, schemas.Delay1m, f.Now().Add(time.Minute)))
		} else {
			res.Publish = append(res.Publish, again(j.record, j.record.Topic))
		}
	case failed:
		outcome = "delayed"
		if j.task.Attempt >= len(delays) {
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

// nextAttempt returns the task with one more attempt spent, for the delay that follows it.
func (f *Fetcher) nextAttempt(j *job) (*kgo.Record, error) {
	delay := delays[max(j.task.Attempt, 0)]
	record := f.delayed(j.record, delay.topic, f.Now().Add(delay.wait))
	task := j.task
	task.Attempt = max(task.Attempt, 0) + 1
	value, err := json.Marshal(&task)
	if err != nil {
		return nil, fmt.Errorf("encode task %s: %w", task.TaskID, err)
	}
	record.Value = value
	return record, nil
}

// settleDelay picks the shortest delay topic whose records wait at least as long, so that the task does not hold up others;
// a task that is due later than the longest one comes back in between.
func (f *Fetcher) settleDelay(due time.Time) (string, time.Time) {
	wait := due.Sub(f.Now())
	for _, d := range delays {
		if wait <= d.wait {
			return d.topic, due
		}
	}
	longest := delays[len(delays)-1]
	return longest.topic, f.Now().Add(longest.wait)
}

// delayed returns the record, unchanged, for a delay topic: it returns to where it was consumed when it is due.
func (f *Fetcher) delayed(r *kgo.Record, delay string, due time.Time) *kgo.Record {
	out := again(r, f.Topics.Delay(delay))
	out.Headers = append(out.Headers,
		schemas.NewHeader(schemas.HeaderReturnTo, r.Topic),
		schemas.NewHeader(schemas.HeaderDueAt, strconv.FormatInt(due.UnixMilli(), 10)))
	return out
}

// again returns the record's content for topic, without the marks of an earlier delay.
func again(r *kgo.Record, topic string) *kgo.Record {
	headers := slices.DeleteFunc(slices.Clone(r.Headers), func(h kgo.RecordHeader) bool {
		return h.Key == schemas.HeaderReturnTo || h.Key == schemas.HeaderDueAt
	})
	return &kgo.Record{Topic: topic, Key: r.Key, Value: r.Value, Headers: headers}
}
