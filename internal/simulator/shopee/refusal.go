package shopee

import "net/http"

// refusal is an error the platform answers a call with.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

var (
	errSign         = &refusal{"error_sign", "Wrong sign."}
	errNoSign       = &refusal{"error_param", "There is no sign in query."}
	errNoTimestamp  = &refusal{"error_param", "no timestamp"}
	errExpired      = &refusal{"error_param", "Timestamp is expired."}
	errPartner      = &refusal{"invalid_partner_id", "The partner_id is invalid."}
	errMethod       = &refusal{"error_param", "The request method is not supported."}
	errNoToken      = &refusal{"error_param", "There is no access_token in query."}
	errShopID       = &refusal{"error_param", "There is no valid shop_id in query."}
	errNoLink       = &refusal{"partner_shop_no_link", "Partner and shop have no linked."}
	errToken        = &refusal{"error_auth", "Invalid access_token."}
	errTokenOver    = &refusal{"invalid_acceess_token", "Invalid access_token."}
	errCode         = &refusal{"error_auth", "Invalid code"}
	errCodeOver     = &refusal{"invalid_code", "The code is used or expired."}
	errRefresh      = &refusal{"error_auth", "Invalid refresh_token."}
	errRefreshOver  = &refusal{"refresh_token_expired", "Your refresh_token expired."}
	errRefreshShop  = &refusal{"error_shop_refresh_token", "The refresh_token is not of this shop."}
	errRate         = &refusal{"error_rate_limit", "Too many requests, please try later."}
	errQuota        = &refusal{"error_limit", "The calls of this day are used up."}
	errBusy         = &refusal{"error_system_busy", "System is busy, please try later."}
	errWindow       = &refusal{"order.order_list_invalid_time", "Order list time range is over 15 days."}
	errNotFound     = &refusal{"error_not_found", "Wrong parameters, detail: the order is not found."}
	errNoItem       = &refusal{"error_not_found", "Wrong parameters, detail: the item is not found."}
	errSpanLong     = &refusal{"time_period_too_large", "The time range is over 15 days."}
	errSpanInvalid  = &refusal{"time_invalid", "The time range ends before it begins."}
	errNoReturnSN   = &refusal{"returns.missing_return_sn", "return_sn is missing."}
	errNoReturn     = &refusal{"returns.return_not_found", "Return not found."}
	errNoOrder      = &refusal{"logistics.invalid_error", "The order is not exist."}
	errNoPackage    = &refusal{"logistics.package_not_exist", "The package is not exist."}
	errWhichPackage = &refusal{"logistics.package_number_not_exist", "The order is split, package_number is required."}
	errNotShipped   = &refusal{"logistics.error_status_limit", "The order has no package yet."}
	errLogistics    = &refusal{"logistics.error_param", "Wrong parameters."}
	errUnknownPath  = &refusal{"error_not_found", "The path does not exist."}
	errBody         = &refusal{"error_param", "The body is no valid JSON."}
	errBodyPartner  = &refusal{"error_param", "partner_id of query and body differ."}
	errNoBodyShopID = &refusal{"error_param", "shop_id is missing or invalid."}
)

// badParam is the refusal of a business parameter.
func badParam(what string) *refusal {
	return &refusal{"error_param", "Wrong parameters, detail: " + what + "."}
}

// status is the HTTP status a refusal comes with.
func (r *refusal) status() int {
	switch r {
	case errMethod:
		return http.StatusMethodNotAllowed
	case errUnknownPath:
		return http.StatusNotFound
	}
	switch r.code {
	case "error_auth", "error_sign", "invalid_acceess_token":
		return http.StatusForbidden
	case "error_rate_limit":
		return http.StatusTooManyRequests
	}
	return http.StatusOK
}
