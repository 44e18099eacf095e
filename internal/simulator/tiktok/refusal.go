package tiktok

import "net/http"

// refusal is an error the platform answers a call with.
type refusal struct {
	status  int // HTTP
	code    int64
	message string
}

// The codes that more than one refusal has.
const (
	codeBad     = 36009004
	codeConsent = 36004004
)

var (
	errMethod     = &refusal{http.StatusMethodNotAllowed, 36009010, "Method not allowed."}
	errPath       = &refusal{http.StatusNotFound, 36009009, "Invalid path."}
	errRate       = &refusal{http.StatusTooManyRequests, 36009002, "Too many requests. Please slow down."}
	errBusy       = &refusal{http.StatusOK, 36009003, "Internal error. Please try again later."}
	errNoAppKey   = bad("app_key is missing.")
	errAppKey     = bad("Invalid app_key.")
	errNoStamp    = bad("timestamp is missing.")
	errStamp      = bad("Invalid timestamp: it must lie from 5 minutes before to 30 seconds after the server's time.")
	errNoSign     = bad("sign is missing.")
	errSign       = &refusal{http.StatusUnauthorized, 106001, "The sign is invalid."}
	errNoToken    = bad("Invalid x-tts-access-token header.")
	errNoCipher   = &refusal{http.StatusBadRequest, 106013, "shop_cipher is missing."}
	errCipher     = bad("Invalid shop_cipher.")
	errTokenOver  = &refusal{http.StatusUnauthorized, 105002, "Access token is expired."}
	errTokenShop  = &refusal{http.StatusUnauthorized, 101000, "The token does not belong to this shop."}
	errType       = &refusal{http.StatusBadRequest, 36009021, "Content-Type must be application/json."}
	errBody       = &refusal{http.StatusBadRequest, 36009022, "The request body is not valid JSON."}
	errAppSecret  = bad("Invalid app_secret.")
	errGrant      = bad("Invalid grant_type.")
	errCode       = &refusal{http.StatusBadRequest, codeConsent, "Invalid auth code."}
	errRefresh    = &refusal{http.StatusBadRequest, codeConsent, "Invalid refresh token."}
	errNoProduct  = bad("The product does not exist.")
	errNoOrder    = bad("The order does not exist.")
	errNoSettling = bad("The statement does not exist.")
)

func bad(message string) *refusal { return &refusal{http.StatusBadRequest, codeBad, message} }

// badParam is the refusal of a parameter of the query or the body.
func badParam(name string) *refusal { return bad("Invalid parameter: " + name + ".") }

// badReturn is badParam of the module of returns, which has codes of its own.
func badReturn(name string) *refusal {
	return &refusal{http.StatusBadRequest, 25001001, "Invalid parameter: " + name + "."}
}
