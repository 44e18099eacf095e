// Package simulator serves the sellers' platforms' APIs on one address, for tests, demonstrations and development.
//
// It promises answers that depend on the options and the moment alone, at any size of the world and in constant memory; a
// truth (GET /_sim/truth) made by the functions that also make the answers; an exact count of the calls it got; and
// faults on demand. Each platform is a package of its own and documents where it had to choose what the platform's
// documentation leaves open; this package owns what they share: listening, the limit, faults, counting and the control API.
// What happens to sellers is in package market, credentials are in package token, JSON in package wire. A platform joins
// with a line in [Simulated].
//
// # Control
//
//	GET    /_sim/truth    platform (none: all), shop_id (none: all), kind (orders | products | transactions | returns |
//	                      tracking; orders), from, to (unix seconds, half-open), by (create_time | update_time):
//	                      {"count","money"}. Products always go by their update time, transactions by the time their list
//	                      selects by. Money is the exact sum of total_amount over the rows, whatever their currencies. With
//	                      rows=1 one JSON object a line: id, create_time, update_time, status, total_amount, lines, quantity,
//	                      shop_id; amounts are text, digit for digit the number the API writes. [world.Row] says what they are.
//	GET    /_sim/least    platform, shop_id, kind, from, to, by as above, last=1 (what has no day is part of it), history=1 (so is
//	                      what happened to packages): {"calls"}, how many the chunk takes at the least, its ends included.
//	GET    /_sim/calls    {"<path>": {"calls","refused","most_in_1s"}}. calls are all of them, refused those above the limit
//	                      (never injected ones), most_in_1s the most calls within any second. A path with parameters in it
//	                      counts as its pattern: /order/{order_id}.
//	GET    /_sim/limits   {"<platform>": {"calls","refused","most"}}: since there is a limit. most is by how many the calls of the
//	                      fullest interval, refused ones too, were above the rate.
//	POST   /_sim/limits   {"platform" (none: all), "rate"}: calls a minute from now on, 0 for no limit.
//	GET    /_sim/code     platform, shop_id: {"code"}, what a seller's consent would hand over.
//	POST   /_sim/faults   a [Fault]: {"id"}. The oldest fault that fits a call and has its turn is committed, alone.
//	GET    /_sim/faults   the faults with how often each was committed.
//	DELETE /_sim/faults   ends all faults.
//
// Every call of a known path is counted, then has to pass the limit, then may meet a fault.
package simulator
