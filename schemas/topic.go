package schemas

import "strings"

// The delays a record can wait in: short for a busy platform, long for a shop that somebody has to authorise again.
const (
	Delay1m  = "1m"
	Delay10m = "10m"
	Delay1h  = "1h"
)

// Topics names the topics of one installation: Prefix ("shopstream." by default) goes before every name, so that several
// installations can share a cluster.
type Topics struct{ Prefix string }

// Plans takes plans from anyone. One partition: claims are cheap and order helps the reader.
func (t Topics) Plans() string { return t.Prefix + "plans" }

// PlansWork holds the continuations of a plan, a topic for each lane and platform.
func (t Topics) PlansWork(lane, platform string) string {
	return t.Prefix + "plans.work." + lane + "." + platform
}

// Tasks holds bounded pieces of fetching.
func (t Topics) Tasks(lane, platform string) string {
	return t.Prefix + "tasks." + lane + "." + platform
}

// Delay holds records that wait: see [HeaderReturnTo].
func (t Topics) Delay(d string) string { return t.Prefix + "delay." + d }

// Raw holds pages as the platform gave them.
func (t Topics) Raw(platform, kind string) string { return t.Prefix + "raw." + platform + "." + kind }

// Clean holds observations of documents.
func (t Topics) Clean(kind string) string { return t.Prefix + "clean." + kind }

// Progress holds facts.
func (t Topics) Progress() string { return t.Prefix + "progress" }

// DLQ holds the records that were given up, by the topic they were consumed from: plans, tasks, delay, raw, clean,
// progress, webhooks.
func (t Topics) DLQ(of string) string { return t.Prefix + "dlq." + of }

// Handled says which dead letters were requeued or dropped. It is a topic of its own, so that it can be read without the
// letters, which may be megabytes each.
func (t Topics) Handled() string { return t.DLQ("handled") }

// DLQFor returns the dead-letter topic for records of the topic name: "<prefix>plans.work.live.shopee" gives
// "<prefix>dlq.plans". It reports false when name is not one of ours.
func (t Topics) DLQFor(name string) (string, bool) {
	rest, ours := strings.CutPrefix(name, t.Prefix)
	if !ours {
		return "", false
	}
	first, _, _ := strings.Cut(rest, ".")
	switch first {
	case "plans", "tasks", "delay", "raw", "clean", "progress", "webhooks":
		return t.DLQ(first), true
	}
	return "", false
}

// Group returns a consumer group's full name. Operators type these: planner, planner.<lane>.<platform>,
// fetcher.<lane>.<platform>, transformer, sink, tracker, delay.
func (t Topics) Group(parts ...string) string { return t.Prefix + strings.Join(parts, ".") }

// MaxRecordBytes bounds a record on every topic but the dead-letter ones, which take twice as much: what was given up must
// fit there with its headers. A stage that makes larger records splits them.
const MaxRecordBytes = 8 << 20

// MaxMessageBytes returns the setting max.message.bytes of a topic, which is also the largest batch to produce to it.
func (t Topics) MaxMessageBytes(topic string) int32 {
	if strings.HasPrefix(topic, t.Prefix+"dlq.") {
		return 2 * MaxRecordBytes
	}
	return MaxRecordBytes
}
