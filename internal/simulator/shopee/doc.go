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
//   - get_item_list has no order of time: the shop's oldest products come first, those added later at the end. total_count
//     counts what the filters let through; next_offset is 0 at the end. The window may be of any length, and open at no end.
//   - Deleted items are listed when asked for, and have details. An item without variations has an empty get_model_list.
//     Unknown items are left out of a batch; error_not_found if no one is known. All models of an item cost the same.
//   - get_escrow_list and get_wallet_transaction_list: oldest first. Windows over 15 days are time_period_too_large, ends that
//     are swapped time_invalid; page_no and page_size may be missing. A wallet without times is that of the last 15 days.
//   - An order has escrow details once it is released; before that it is error_not_found.
//   - transaction_type is the name, never the number. A withdrawal is PENDING for 12 hours.
//   - get_return_list: page_no counts pages from 0; the returns of the newest orders come first, for both time fields. Without
//     times it lists all. A window over 15 days is error_param.
//   - CLOSED is a return that was refunded or rejected: it is the status that does not tell them apart. Some CANCELLED ones
//     have no items and no amount left.
//   - get_tracking_info: events newest first for most packages, oldest first for others; logistics.error_status_limit before
//     there is a package; an empty package_number is logistics.error_param. get_package_detail leaves unknown numbers out;
//     logistics.package_not_exist if no one is known.
//   - Lists of numbered pages have no cursor, so that the faults of cursors do not meet them.
//
// # The truth
//
// Transactions are get_escrow_list's rows, with the id <order_sn>:<release time>, and the wallet's, with the id
// wallet:<create_time>:<transaction_type>:<amount>:<current_balance>:<order_sn, else withdrawal_id, else refund_sn>. An
// income is in both. Products have all statuses, the deleted ones too; Lines is 1 for an item without variations. Tracking
// has the orders that have a package.
package shopee
