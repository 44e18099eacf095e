// Package mongo stores observations of documents: one document a key, and never an older observation over a newer one,
// whatever is repeated, delivered late or written by others at the same time.
//
// An observation of a key that is unknown is inserted. One that is newer than what is stored takes its place: the fields of
// its kind are set, those that it lacks are removed, and fields that others have added to the document stay. One that is
// older is stale. One with the same content only lifts the stored lineage to the newer observation, so that a page which
// arrives late cannot win over it; the final document therefore does not depend on the order of arrival.
//
// Two rules for the doubtful cases. An observation with the stored version and other content is taken, and counted: two
// answers within one unit of the platform's clock cannot be told apart, and the next look at the platform settles it. An
// observation that could not be parsed touches a document that could only by leaving a note, last_parse_error.
//
// Every decision rests on a majority read and every write is guarded by exactly what was read, so there are no locks and
// no transactions, and any number of sinks may work on the same keys.
package mongo
