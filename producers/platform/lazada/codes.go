package lazada

import (
	"regexp"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

// Codes of a call for orders of which the platform does not know one or all. A call for items reads them as "gone", so they are
// permanent errors of other calls only.
const (
	codeBadOrder  = "16"
	codeSomeWrong = "37"
	codeNoneFound = "39"
)

// codeResult is ours: the call was served, and its result says that it failed.
const codeResult = "result_failed"

// codes gives the documented error codes a class. Answers that are errors come with HTTP 200, so the code decides. Codes that
// somebody has to act upon (consent, app setup) are of class auth: the work waits for that person instead of being given up.
// The codes of return queries (105 to 121) are documented without saying which of them pass, so they are not here.
var codes = map[string]platform.Class{
	"IllegalAccessToken":  platform.Auth,
	"IllegalRefreshToken": platform.Auth,
	"IncompleteSignature": platform.Auth,
	"InvalidCode":         platform.Auth,
	"SellerNotVerified":   platform.Auth,
	"ApiCallLimit":        platform.Rate,
	"SellerCallLimit":     platform.Rate,
	"AppCallLimit":        platform.Rate,
	"901":                 platform.Rate,
	"ServiceTimeout":      platform.Transient,
	"6":                   platform.Transient, // unexpected internal error
	"E006":                platform.Transient,
	"15":                  platform.Transient, // remote service error
	"506":                 platform.Transient, // products could not be read
	"1000":                platform.Transient, // internal application error
	"MissingParameter":    platform.Permanent,
	"14":                  platform.Permanent, // offset
	codeBadOrder:          platform.Permanent,
	"17":                  platform.Permanent, // date
	"19":                  platform.Permanent, // limit
	"36":                  platform.Permanent, // status filter
	codeSomeWrong:         platform.Permanent,
	"38":                  platform.Permanent, // too many ids
	codeNoneFound:         platform.Permanent,
	"56":                  platform.Permanent, // form of the list of ids
	"74":                  platform.Permanent, // sort direction
	"75":                  platform.Permanent, // sort field
	"207":                 platform.Permanent,
	"208":                 platform.Permanent,
	"1000012":             platform.Permanent, // window of 180 days or more
	"1000014":             platform.Permanent, // transaction type
}

// classify turns an error code of the platform into an error. A code in no table is transient unless the HTTP status says
// more: taken for transient, a permanent one costs a few calls and ends on the dead-letter topic under its own name; taken
// for permanent, a new word for "busy" would fail every chunk of a night.
func (a *Adapter) classify(code, message string, r platform.Response) *platform.Error {
	class, known := a.classes[code]
	if !known {
		class = platform.StatusClass(r.Status)
	}
	err := platform.NewError(class, code, message)
	err.RetryAfter, err.Shop = platform.RetryAfter(class, r), code == "SellerCallLimit"
	if class == platform.Rate || class == platform.Quota {
		err.RetryAfter = max(err.RetryAfter, ban(message))
	}
	return err
}

var banPattern = regexp.MustCompile(`(?i)\bban will last (\d{1,9}) second`)

// ban reads how long the platform refuses calls, which it only says in the text of its message; 0 when it does not.
func ban(message string) time.Duration {
	found := banPattern.FindStringSubmatch(message)
	if found == nil {
		return 0
	}
	seconds, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, platform.MaxWait)
}
