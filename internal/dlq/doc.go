// Package dlq lets an operator work with dead letters: find them, see their causes, look at one, and send them back to where
// they failed or drop them.
//
// A dead letter is open until it is requeued or dropped. That is said by a record on the topic dlq.handled, which names the
// letter's place and is written in the same Kafka transaction as the record that goes back. Letters are handled in any order, so
// offsets of a consumer group could not say it; the letters' own topics could, but then whoever wants to know which are open
// would read all of them twice. Requeuing and dropping have one transactional id for the whole installation: a second one that
// begins takes over from the first, whose transaction can no longer commit, and it reads what is handled only after that. So a
// letter goes back exactly once, whoever tries how often, and whatever dies.
//
// Letters are read as a stream: in memory are those in flight, the places of the handled ones, and what is shown. Letters at
// the beginning of a partition that are all handled are deleted.
//
// What a requeued record means for a chunk is the ledger's business; it follows from the facts that the record sets off.
package dlq
