package shopee

import (
	"strings"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

const codeParam = "error_param"

// codes gives the documented error codes a class. Which HTTP status comes with a code is not documented, so the code
// decides. Codes that somebody has to act upon (app setup, consent) are of class auth: the work waits for that person
// instead of being given up.
//
// The platform writes many codes with the endpoint's group before them, and not always the way it documents them
// (product.error_param): a code that is not here with its group counts as what it is without.
var codes = map[string]platform.Class{
	codeParam:                       platform.Permanent,
	"error_not_found":               platform.Permanent, // a details call reads these four as "gone" before it comes to this
	"error_item_not_found":          platform.Permanent,
	"order_not_found":               platform.Permanent,
	"return_not_found":              platform.Permanent,
	"missing_return_sn":             platform.Permanent,
	"logistics.invalid_error":       platform.Permanent, // the order does not exist
	"package_not_exist":             platform.Permanent,
	"package_number_not_exist":      platform.Permanent,
	"error_status_limit":            platform.Permanent,
	"error_param_item_status":       platform.Permanent,
	"error_update_time_range":       platform.Permanent,
	"time_period_too_large":         platform.Permanent,
	"time_invalid":                  platform.Permanent,
	"order.order_list_invalid_time": platform.Permanent,
	"error_permission":              platform.Permanent,
	"error_api_call_restricted":     platform.Permanent,
	"error_kyc_auth":                platform.Permanent,
	"error_auth":                    platform.Auth,
	"invalid_acceess_token":         platform.Auth, // spelled so by the platform
	"invalid_access_token":          platform.Auth,
	"error_sign":                    platform.Auth,
	"invalid_partner_id":            platform.Auth,
	"error_partner_key_expired":     platform.Auth,
	"source_ip_undeclared":          platform.Auth,
	"api_suspended":                 platform.Auth,
	"partner_shop_no_link":          platform.Auth,
	"shop_no_linked":                platform.Auth,
	"error_shop":                    platform.Auth,
	"invalid_shop":                  platform.Auth,
	"invalid_code":                  platform.Auth,
	"shop_access_expired":           platform.Auth,
	"shop_banned":                   platform.Auth,
	"error_shop_refresh_token":      platform.Auth,
	"refresh_token_expired":         platform.Auth,
	"error_rate_limit":              platform.Rate,
	"error_limit":                   platform.Quota,
	"error_server":                  platform.Transient,
	"error_inner":                   platform.Transient,
	"error_network":                 platform.Transient,
	"error_data":                    platform.Transient,
	"error_system_busy":             platform.Transient,
}

// bare returns a code without the group before it.
func bare(code string) string { return code[strings.LastIndexByte(code, '.')+1:] }

// missing reports whether a code says that what was asked for does not exist.
func missing(code string) bool {
	switch bare(code) {
	case "error_not_found", "error_item_not_found", "order_not_found", "return_not_found", "package_not_exist", "package_number_not_exist":
		return true
	}
	return false
}

// forbidden reports whether a code says that the app or the shop may not make such a call at all.
func forbidden(code string) bool {
	switch bare(code) {
	case "error_permission", "error_api_call_restricted", "error_kyc_auth":
		return true
	}
	return false
}

// untraceable reports whether a code says that the platform has no history for a parcel. Its order has a page without it
// then.
func untraceable(code string) bool {
	switch bare(code) {
	case "error_not_found", "error_status_limit", "invalid_error", "package_not_exist":
		return true
	}
	return false
}

// classify turns an error code of the platform into an error. A code in no table is transient unless the HTTP status says
// more: taken for transient, a permanent one costs a few calls and ends on the dead-letter topic under its own name; taken
// for permanent, a new word for "busy" would fail every chunk of a night.
func (a *Adapter) classify(code, message string, r platform.Response) *platform.Error {
	if bare(code) == codeParam && strings.Contains(strings.ToLower(message), "timestamp is expired") {
		// Our clock is off. Each answer teaches the fetcher the platform's, so the next try is signed with that.
		return platform.NewError(platform.Transient, "timestamp_expired", message)
	}
	class, known := a.classes[code]
	if !known {
		class, known = a.classes[bare(code)]
	}
	if !known {
		class = platform.StatusClass(r.Status)
	}
	err := platform.NewError(class, code, message)
	if err.RetryAfter = platform.RetryAfter(class, r); err.RetryAfter == 0 && class == platform.Quota {
		err.RetryAfter = midnight(r)
	}
	return err
}

// midnight is how long a used-up quota lasts: the platform counts anew at midnight in UTC+8.
func midnight(r platform.Response) time.Duration {
	now, dated := r.Date()
	if !dated {
		return platform.MaxWait
	}
	const day = 24 * 3600
	local := now.Unix() + 8*3600
	return min(time.Duration(day-local%day)*time.Second, platform.MaxWait)
}
