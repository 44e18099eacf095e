// Package lazada simulates Lazada's Open Platform API on top of package market, at its paths below /rest, which is no part of
// what is signed. Each shop sells on one site, Vietnam's or Singapore's, and has a token of its own.
//
// # Where the platform's documentation is silent
//
//   - Every refusal has HTTP status 200, but the wrong method, which has 405. An app_key that is not known and a timestamp
//     that is too far from now are IncompleteSignature. An access token that is another app's, over or none is
//     IllegalAccessToken; a code that is used, over or none is InvalidCode.
//   - A refresh gives out a new refresh token and takes the old one away; the access token before goes on for five minutes.
//     Its list of countries is country_user_info_list, that of a grant country_user_info.
//   - The ends of all spans of time belong to them, or both do not, by the server's option for the ends of windows. That
//     goes for created_after of statements, too.
//   - orders/get sorts by created_at, ascending, unless it is told otherwise; rows of one second go by creation. An order
//     passes a status filter if one of its units has the status. It wants created_after or update_after; all of the bounds may
//     be there.
//   - orders/items/get: ids asked twice are answered once. If some are unknown the whole call is 37, if all are it is 39.
//   - products/get wants filter, though it is said to be optional, and has no order of time. total_products counts what the
//     filters let through. options=1 adds where the stock lies. Its errors are those of orders/get.
//   - Finance: end_time belongs to the span, which is too long if its ends are 180 days apart; what is not yet over today is
//     there so far. Rows are in the order of their time, which they do not tell. trans_type is a fee_type, or -1.
//   - Reverse orders: the newest order's come first; page_size is at most 100; a bad parameter is 105, an unknown id 106.
//     Times are milliseconds. refund_amount counts the currency's smallest unit: cents, or dong.
//   - The trace of an order that is unknown is 16.
//   - Lists go by offset or page number: the faults of cursors do not meet them. A rate fault is HTTP 200, as the limit is.
//
// # How the market shows
//
// An order and its units are written as they were when the order last changed, so that nothing changes behind updated_at: a
// unit is returned as soon as the buyer sends it back, unless that comes to nothing, and stays so. An order that was not
// delivered is one of failed_delivery, shipped_back, lost_by_3pl and the like. A quarter of the sellers' discounts are
// vouchers, the others are in the price. Units are in packages from packed on; there is a trace from ready_to_ship on.
// A shipping fee that cannot be shared evenly makes the first unit unlike the others.
//
// The account has a row for each fee of each unit, all of one day under one number, rows in reverse for what came back, and
// shipping with an order's first unit. Some payment fees are in two rows with the same key and mostly the same content. What
// the seller takes out of the account is not in it. A week's statement is made on the Monday after it, five past midnight, and
// paid 33 hours later; a week that cost the seller more than it brought is paid out as 0 and carried nowhere.
//
// # The truth
//
// Lines of orders are the units that differ in more than their ids. Tracking has the orders with packages, with the status of
// the package that is furthest behind. Returns are reverse orders: returns, refunds, and cancellations by buyer or seller; each
// unit is a line. Transactions are the account's rows, with the id <statement>:<transaction_number>:<order_no>:<orderItem_no>:
// <fee_type>:<reference>:<ordinal among equal keys> and the site's first moment of transaction_date as create_time, and the
// statements, with the id payout:<statement_number> and the second they were made.
package lazada
