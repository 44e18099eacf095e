// Package tiktok simulates TikTok Shop's Open API, 202309 and newer, on top of package market. Shops sell in Vietnam, without
// decimals, or in Singapore, with two. Each has a shop_cipher and tokens of its own, given out by one app.
//
// # Where the platform's documentation is silent
//
//   - HTTP status: 401 for a wrong signature, an expired token and one of another shop, 429 for the rate limit, 405 for a
//     wrong method, else 400. Some refusals have data, which is null, others none.
//   - A token nobody ever got is the generic bad request, as a missing one. A refresh gives out a new refresh token and takes
//     the old one away; the access token before goes on for five minutes. A refresh token that is used or over is 36004004, as
//     a code is.
//   - A page_token is bound to shop, path, filters and sorting; page_size may change. Members of a body that no search has are
//     ignored. Ends of a window that are swapped are a bad parameter.
//   - Rows of one second go by creation. Products go by id, withdrawals newest first, and neither can be sorted otherwise.
//   - A list without rows leaves them out. Statements have no total_count.
//   - Orders: ids that are unknown, or another shop's, are left out; without any there is no member orders. Ids asked twice are
//     answered once. More than 50 ids are a bad parameter.
//   - Products: without a status all are listed, the deleted ones too, which have details.
//   - returns/search and cancellations/search say 25001001 where the others say 36009004.
//   - orders/unsettled selects by the order's creation, from search_time_ge on and before search_time_lt. It has the orders
//     of the last 32 days that arrived and are in no statement yet, whatever comes back of them.
//   - types of withdrawals is joined by commas.
//
// # How the market shows
//
// A unit is a row of its own in orders, returns and cancellations. An order whose buyer asks for a cancellation stays
// AWAITING_SHIPMENT, one whose buyer asks for a return DELIVERED. Orders have their packages, TO_FULFILL, from the moment the
// seller may ship; cancelled packages go on naming their order. All packages of an order are in one status, so that no
// order is PARTIALLY_SHIPPING. Buyers in Singapore pay a tax on top of each unit's price.
//
// Some returns without a refund are replacements, which have no amounts; some of the sellers' cancellations have neither lines
// nor amounts.
//
// A statement is made at 00:00 UTC and has what moved on the day before, a refund after the settlement as a negative ORDER. A
// day later its money comes in (SETTLE), and it is PAID; one more day later the seller takes it out (WITHDRAW), or fills up what
// is missing (TRANSFER).
//
// # The truth
//
//   - Lines of orders are the basket's: their units differ in nothing but ids. Lines of returns and cancellations are units.
//   - Transactions are statements ("statement:<id>"), their rows ("<id>"), withdrawals ("withdrawal:<id>") and estimates
//     ("unsettled:<order id>"). The rows of a statement are as old as it is; estimates are as old as their orders.
//   - Estimates are selected as their list selects them: all of orders made before the window's end, however long before its
//     beginning.
//   - Tracking has the orders with a package, with the status of those and the times of the order. It is selected as
//     packages/search selects: by when the order's packages were created, or by when one of them last changed.
package tiktok
