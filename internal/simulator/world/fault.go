package world

// The faults a server can be told to commit.
//
//	name            what the client sees                                                          committed on
//	429             the platform's throttling answer, most often 429; Retry-After if given          any call
//	quota           the platform's answer when the calls of a day are used up                      any call, where there is one
//	500             500 and a line of plain text                                                  any call
//	503             503 and a line of plain text                                                  any call
//	timeout         no answer for seconds (0: until the client leaves), then the connection ends   any call
//	cut             the connection ends in the middle of the true answer's body                   any call
//	truncated       the first half of the true answer as a complete HTTP response                 any call
//	html            502 and a web page                                                            any call
//	slow_body       the true answer in ten pieces spread over seconds (0: five)                   any call
//	error_body      200 and an envelope that says the system is busy                              any call
//	auth            the platform's answer for a token that is not valid, most often 403           calls with a token
//	empty_more      an empty page that says more; its cursor stands where this page began         list calls
//	same_cursor     the true page, but more is true and the next cursor is the one that was sent  list calls with a cursor
//	duplicate_rows  the last row of the page before comes first; no row is left out for it        list calls with a cursor
//	missing_ids     the answer leaves out the last id asked for                                   detail calls
const (
	FaultRate      = "429"
	FaultQuota     = "quota"
	FaultServer    = "500"
	FaultAway      = "503"
	FaultTimeout   = "timeout"
	FaultCut       = "cut"
	FaultTruncated = "truncated"
	FaultHTML      = "html"
	FaultSlowBody  = "slow_body"
	FaultErrorBody = "error_body"
	FaultAuth      = "auth"
	FaultEmptyMore = "empty_more"
	FaultSame      = "same_cursor"
	FaultDuplicate = "duplicate_rows"
	FaultMissing   = "missing_ids"
)

// FaultKnown says whether a fault of this name exists.
func FaultKnown(name string) bool {
	switch name {
	case FaultRate, FaultQuota, FaultServer, FaultAway, FaultTimeout, FaultCut, FaultTruncated, FaultHTML, FaultSlowBody,
		FaultErrorBody, FaultAuth, FaultEmptyMore, FaultSame, FaultDuplicate, FaultMissing:
		return true
	}
	return false
}
