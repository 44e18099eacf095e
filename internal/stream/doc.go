// Package stream is the one loop that every service runs: consume a batch, let a [Processor] work on it, and publish what it
// yields together with the consumed offsets in one Kafka transaction.
//
//	consume batch → process (HTTP, CPU or Mongo) → begin → publish outputs + offsets → commit
//
// What it promises: whatever dies at whatever moment, either all outputs of a record exist exactly once for read_committed
// readers and the record is consumed, or none does and the record is still there. Failing infrastructure stops progress, and
// nothing else: records wait in Kafka. A record that can never be processed goes to a dead-letter topic, alone.
//
// It leaves to processors what a record means, and to package kafka how to reach the brokers.
package stream
