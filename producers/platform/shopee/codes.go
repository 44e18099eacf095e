package shopee

import (
	"strings"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

const (
	codeNotFound = "error_not_found"
	codeParam    = "error_param"
)

// codes gives the documented error codes a class. Which HTTP status comes with a code is not documented, so the code
// decides. Codes that somebody has to act upon (app setup, consent) are of class auth: the work waits for that person
// instead of being given up.
var codes = map[string]platform.Class{
	codeParam:                       platform.Permanent,
	codeNotFound:                    platform.Permanent, // a details call reads it as "gone" before it comes to this
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

// classify turns an error code of the platform into an error. A code in no table is transient unless the HTTP status says
// more: taken for transient, a permanent one costs a few calls and ends on the dead-letter topic under its own name; taken
// for permanent, a new word for "busy" would fail every chunk of a night.
func (a *Adapter) classify(code, message string, r platform.Response) *platform.Error {
	if code == codeParam && strings.Contains(strings.ToLower(message), "timestamp is expired") {
		// Our clock is off. Each answer teaches the fetcher the platform's, so the next try is signed with that.
		return platform.NewError(platform.Transient, "timestamp_expired", message)
	}
	class, known := a.classes[code]
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
