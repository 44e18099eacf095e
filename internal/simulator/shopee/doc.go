// Package shopee simulates Shopee's Open Platform API v2 on top of package market.
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
package shopee
