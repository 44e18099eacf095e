// Package shop knows the sellers' shops: who they are, where their platform is reached and with which credentials.
//
// It reads them from a YAML file ([Load]) and answers who a shop is ([Book.Find]) and which ones a plan means
// ([Book.Select]). It calls nobody; whether a token still works is found out by those who use it.
package shop

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/secret"
)

// Shop is one seller's shop on one platform.
type Shop struct {
	Platform  string // its name, such as shopee
	ShopID    string // the platform's id of the shop, decimal text as a rule
	ChannelID string // the id of the sales channel in the operator's own systems
	Region    string // country code, upper case; may be empty
	Name      string // for people
	Enabled   bool   // plans leave disabled shops out; true where the file does not say

	BaseURL      string // what stands before /api/v2/…, /order/202309/… or /orders/get, without a slash at the end
	AuthURL      string // the same of the calls that give out tokens; empty means the platform's own
	AppID        string // the app that calls for the shop: partner id, app key
	AppSecret    secret.Text
	AccessToken  secret.Text
	RefreshToken secret.Text
	ShopCipher   string // TikTok's handle of the shop; may be empty

	// What is known of the tokens where they are kept in a store.
	Generation   int64     // raised with each change of the tokens
	RenewedAt    time.Time // when the platform gave them out; zero when that is not known
	AccessUntil  time.Time // zero when that is not known
	RefreshUntil time.Time // zero when that is not known
	// Replaced is the digest of the refresh token that was exchanged for these tokens; empty when they came another way. Shops
	// of one account may have the same tokens, and find by it what became of them.
	Replaced secret.Text
	State    State
}

// State says why a shop cannot be called. The zero state is that it can.
type State struct {
	Name    string    // one of those below
	Reason  string    // one line, without anything secret
	Since   time.Time // when it began
	RetryAt time.Time // when it is worth another try without anybody's help
}

// The states.
const (
	// Unauthorised: the platform refuses to renew the tokens. The seller has to consent again.
	Unauthorised = "unauthorised"
	// Refused: the platform refuses calls although the tokens are new.
	Refused = "refused"
	// Unreadable: no key opens the stored credentials.
	Unreadable = "unreadable"
)

// Parked reports whether the shop is not to be called now.
func (s Shop) Parked(now time.Time) bool { return s.State.Name != "" && now.Before(s.State.RetryAt) }

// Advice says what to do about the shop's state.
func (s Shop) Advice() string {
	switch s.State.Name {
	case Unauthorised:
		return "authorise it again, once the app's id and secret are right: shopstream shops authorize " + s.Key()
	case Refused:
		return "mend the app's id, secret or permissions, or open the shop; if that does not help, authorise it again: shopstream shops authorize " + s.Key()
	case Unreadable:
		return "put the key that its credentials are encrypted with at shops.key_file, or set shops.key"
	}
	return ""
}

// maxMargin is how long before their end tokens are renewed at the latest: platforms live with a call that is on its way, and
// an hour's trouble with renewing is the exception.
const maxMargin = 10 * time.Minute

// Due reports whether the access token is to be renewed: within ten minutes of its end, or in the last quarter of a life
// shorter than forty.
func (s Shop) Due(now time.Time) bool {
	if s.AccessUntil.IsZero() {
		return false
	}
	margin := maxMargin
	if !s.RenewedAt.IsZero() {
		margin = min(margin, s.AccessUntil.Sub(s.RenewedAt)/4)
	}
	return !now.Before(s.AccessUntil.Add(-margin))
}

// Over reports whether the access token is known to have ended.
func (s Shop) Over(now time.Time) bool { return !s.AccessUntil.IsZero() && !now.Before(s.AccessUntil) }

// Key names the shop among all: platform:channel:shop, as documents' keys begin.
func (s Shop) Key() string { return s.Platform + ":" + s.ChannelID + ":" + s.ShopID }

// Book holds the shops of one installation. It does not change, so that any number of goroutines may read it.
type Book struct {
	byKey map[string]Shop
	all   []Shop // sorted by key
}

// New makes a book of shops that are already checked; of two with the same key it keeps the last.
func New(shops ...Shop) *Book {
	b := &Book{byKey: make(map[string]Shop, len(shops))}
	for _, s := range shops {
		b.byKey[s.Key()] = s
	}
	for _, s := range b.byKey {
		b.all = append(b.all, s)
	}
	slices.SortFunc(b.all, func(x, y Shop) int { return cmp.Compare(x.Key(), y.Key()) })
	return b
}

// Find returns the shop with these ids, enabled or not.
func (b *Book) Find(platform, channelID, shopID string) (Shop, bool) {
	s, ok := b.byKey[Shop{Platform: platform, ChannelID: channelID, ShopID: shopID}.Key()]
	return s, ok
}

// Select returns the enabled shops that pass all three filters, sorted by key. An empty filter passes every shop.
func (b *Book) Select(platforms, channels, shops []string) []Shop {
	pass := func(filter []string, v string) bool { return len(filter) == 0 || slices.Contains(filter, v) }
	var selected []Shop
	for _, s := range b.all {
		if s.Enabled && pass(platforms, s.Platform) && pass(channels, s.ChannelID) && pass(shops, s.ShopID) {
			selected = append(selected, s)
		}
	}
	return selected
}

// All returns every shop, sorted by key.
func (b *Book) All() []Shop { return slices.Clone(b.all) }

// Platforms returns the platforms that have a shop, sorted.
func (b *Book) Platforms() []string {
	var names []string
	for _, s := range b.all {
		names = append(names, s.Platform)
	}
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}

// Format prints how many shops there are, whatever the verb: package fmt reads unexported fields behind the back of
// [secret.Text], and would show what they hold.
func (b *Book) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%d shops", len(b.all)) }
