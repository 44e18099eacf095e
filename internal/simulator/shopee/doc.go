// Package shopee simulates Shopee's Open Platform API v2: the sellers' world and the calls that read it.
//
// # The world
//
// Nothing is stored. An order is a function of (seed, shop, calendar day, index within the day), what it looks like is a
// function of that and of the moment, and every answer is written from the same functions as the truth, so memory does
// not grow with the number of orders. Within a day the creation times ascend with the index and can be computed and
// searched without generating the orders before them; an order's number hides shop and index, and is resolved without an
// index. Selecting by update_time looks at the orders of the longest life (20 days) before the window's end.
//
// Days are calendar days in UTC+7 and depend on the date alone: the world of tomorrow has the same orders with another
// first day. Every day begins with an order at 00:00:00 and ends with one at 23:59:59. In worlds of eleven days or more each
// shop sells nothing on every eleventh day; and every eleventh day (in shorter worlds: on one of the days) three quarters of
// the day's orders come between 20:00 and 21:00, at least 105 of them if the shop has 100 orders a day.
//
// # Where the platform's documentation is silent
//
//   - Result order of get_order_list: newest creation first, for both time fields. By update_time it is therefore no
//     order of time, and rows that change while a client pages vanish from the pages to come.
//   - A cursor is bound to shop, time field, window and status filter; page_size may change. Any other one is error_param.
//   - PENDING orders appear, and are found, as READY_TO_SHIP unless request_order_status_pending is true. The truth always
//     says PENDING.
//   - order_status also takes the statuses that the documented filter leaves out; others are error_param.
//   - Unknown numbers among those asked of get_order_detail are left out; error_not_found if no one is known. Numbers asked
//     twice are answered once. Unknown optional fields are ignored.
//   - total_amount has a value before payment, too. Amounts are written without trailing zeros.
//   - A window whose ends are swapped is error_param.
//   - HTTP status: 403 for error_auth, error_sign and invalid_acceess_token, 429 for error_rate_limit, 405 (error_param) for
//     a wrong method, else 200.
//   - A token nobody ever got or another shop's is error_auth, one that is over is invalid_acceess_token, a shop_id that is
//     not of this app is partner_shop_no_link.
//   - Codes: never given is error_auth, used or older than ten minutes is invalid_code. Refresh tokens: never given or used
//     is error_auth, another shop's is error_shop_refresh_token, older than thirty days is refresh_token_expired.
//
// # Tokens
//
// A token is its generation, sealed with the seed. Generation 0 is in the shops' credentials and begins when the server does.
// A server that was restarted has forgotten what it gave out, and takes a later generation than it knows as the current one.
package shopee
