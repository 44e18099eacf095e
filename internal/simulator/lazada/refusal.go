package lazada

// refusal is an error the platform answers a call with.
type refusal struct{ code, kind, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

// Who is to blame for an error, in the platform's words: the caller or the platform.
const (
	caller = "ISV"
	system = "ISP"
)

var (
	errApp         = &refusal{"IncompleteSignature", caller, "The specified app_key is not known"}
	errTimestamp   = &refusal{"IncompleteSignature", caller, "The specified timestamp is not within 7200 seconds of now"}
	errSign        = &refusal{"IncompleteSignature", caller, "The request signature does not conform to platform standards"}
	errToken       = &refusal{"IllegalAccessToken", caller, "The specified access token is invalid or expired"}
	errRefresh     = &refusal{"IllegalRefreshToken", caller, "The specified refresh token is invalid or expired"}
	errCode        = &refusal{"InvalidCode", caller, "Invalid authorization code"}
	errRate        = &refusal{"ApiCallLimit", caller, "Api access frequency exceeds the limit. this ban will last 1 seconds"}
	errInternal    = &refusal{"1000", system, "Internal Application Error"}
	errUnknownPath = &refusal{"InvalidApiPath", caller, "The specified API path is invalid"}
	errMethod      = &refusal{"InvalidHttpMethod", caller, "The HTTP method is neither GET nor POST"}
	errOffset      = &refusal{"14", caller, "E014: Invalid Offset"}
	errOrderID     = &refusal{"16", caller, "E016: Invalid Order ID"}
	errDate        = &refusal{"17", caller, "E017: Invalid Date Format"}
	errLimit       = &refusal{"19", caller, "E019: Invalid Limit"}
	errStatus      = &refusal{"36", caller, "E036: Invalid status filter"}
	errSomeOrders  = &refusal{"37", caller, "E037: One or more order ids in the list are incorrect"}
	errManyOrders  = &refusal{"38", caller, "E038: Too many orders were requested"}
	errNoOrders    = &refusal{"39", caller, "E039: No orders were found"}
	errOrderList   = &refusal{"56", caller, "E056: Invalid OrdersIdList format. Must use array format [1,2]"}
	errDirection   = &refusal{"74", caller, "E074: Invalid sort direction"}
	errSortField   = &refusal{"75", caller, "E075: Invalid sort filter"}
	errNoSKU       = &refusal{"207", caller, "E207: SKU does not exist"}
	errNoItem      = &refusal{"208", caller, "E208: Item does not exist"}
	errSpan        = &refusal{"1000012", caller, "Date range must be less than 180 days"}
	errTransType   = &refusal{"1000014", caller, "Invalid trans_type"}
	errReverse     = &refusal{"105", caller, "Invalid parameter of a reverse order query"}
	errNoReverse   = &refusal{"106", caller, "Reverse order does not exist"}
)

// missing is the refusal of a call that lacks a parameter.
func missing(name string) *refusal {
	return &refusal{"MissingParameter", caller, "The input parameter '" + name + "' is missing"}
}
