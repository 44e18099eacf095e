package tiktok

import (
	"slices"
	"strings"
	"unicode"

	"github.com/shopstream/shopstream/producers/platform"
)

// codeBadRequest stands for anything that is wrong with a call; only its message says what.
const codeBadRequest = "36009004"

// codes gives the documented error codes a class. Which HTTP status comes with a code is mostly not documented, so the code
// decides. Codes that somebody has to act upon (app setup, consent, the shop's settings) are of class auth: the work waits for that
// person instead of being given up.
var codes = map[string]platform.Class{
	codeBadRequest: platform.Permanent,
	"36009009":     platform.Permanent, // no such path
	"36009010":     platform.Permanent, // no such method
	"36009014":     platform.Permanent, // no such version
	"36009021":     platform.Permanent, // malformed request, as the next two
	"36009022":     platform.Permanent,
	"36009023":     platform.Permanent,
	"25001001":     platform.Permanent, // bad parameter of a search for returns
	"36009002":     platform.Rate,
	"36009003":     platform.Transient, // internal error
	"36009007":     platform.Transient, // upstream time-out
	"25020008":     platform.Transient, // internal error of returns
	"101000":       platform.Auth,      // the token is another shop's
	"105002":       platform.Auth,      // the token has expired
	"105005":       platform.Auth,      // a scope is missing
	"106001":       platform.Auth,      // wrong signature: the app's secret is another
	"106013":       platform.Auth,      // no shop_cipher
	"25020005":     platform.Auth,      // no permission for returns
	"36004004":     platform.Auth,      // the consent is not valid
	"36009033":     platform.Auth,      // our address is not allowed
}

// credentials are the words by which a generic bad request names what somebody has to mend.
var credentials = []string{"app_key", "shop_cipher", "access_token", "x-tts-access-token", "sign", "signature"}

// classify turns an error code of the platform into an error. A code in no table is transient unless the HTTP status says
// more: taken for transient, a permanent one costs a few calls and ends on the dead-letter topic under its own name; taken
// for permanent, a new word for "busy" would fail every chunk of a night.
func (a *Adapter) classify(code, message string, r platform.Response) *platform.Error {
	class, known := a.classes[code]
	if !known {
		class = platform.StatusClass(r.Status)
	}
	if code == codeBadRequest && class == platform.Permanent {
		switch {
		case strings.Contains(strings.ToLower(message), "timestamp"):
			// Our clock is off. Each answer teaches the fetcher the platform's, so the next try is signed with that.
			return platform.NewError(platform.Transient, "timestamp_expired", message)
		case namesCredentials(message):
			class = platform.Auth
		}
	}
	err := platform.NewError(class, code, message)
	err.Shop = code == "36009002" // documented as a limit of each shop's calls
	err.RetryAfter = platform.RetryAfter(class, r)
	return err
}

func namesCredentials(message string) bool {
	words := strings.FieldsFunc(strings.ToLower(message), func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsLetter(r)
	})
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(credentials, word) })
}
