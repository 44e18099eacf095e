// Package endtoend tests the whole pipeline: the built program beside a simulated platform, a MongoDB and a broker, with
// processes killed, stores taken away and primaries changed on the way.
//
// After each test the store must equal the simulator's truth row by row, which is read past every part of the pipeline;
// each page must be there once; the ledger must be closed; and nothing may be dead-lettered. The same tests run on the
// fake broker and on the one that SHOPSTREAM_TEST_KAFKA names.
package endtoend
