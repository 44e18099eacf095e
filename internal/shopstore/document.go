package shopstore

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/keyring"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
)

// document is a shop in the collection. Its _id is the shop's key.
type document struct {
	ID        string `bson:"_id"`
	Platform  string `bson:"platform"`
	ChannelID string `bson:"channel_id"`
	ShopID    string `bson:"shop_id"`
	Region    string `bson:"region"`
	Name      string `bson:"name"`
	Enabled   bool   `bson:"enabled"`
	BaseURL   string `bson:"base_url"`
	AuthURL   string `bson:"auth_url"`
	AppID     string `bson:"app_id"`

	// Secrets are encrypted, by the names below; each can only be opened as what it is, of this shop.
	Secrets map[string][]byte `bson:"secrets"`

	// Generation is raised with each change of the tokens, and guards it.
	Generation   int64     `bson:"token_generation"`
	RenewedAt    time.Time `bson:"renewed_at,omitempty"`
	AccessUntil  time.Time `bson:"access_until,omitempty"`
	RefreshUntil time.Time `bson:"refresh_until,omitempty"`
	State        *state    `bson:"state,omitempty"`

	// Revision is raised with each change that readers are to see, and guards those that rest on what was read.
	Revision  int64     `bson:"revision"`
	ChangedAt time.Time `bson:"changed_at"`
}

type state struct {
	Name    string    `bson:"name"`
	Reason  string    `bson:"reason"`
	Since   time.Time `bson:"since"`
	RetryAt time.Time `bson:"retry_at"`
}

// The secrets of a document.
const (
	appSecret    = "app_secret"
	accessToken  = "access_token"
	refreshToken = "refresh_token"
	shopCipher   = "shop_cipher"
	replaced     = "replaced_token" // a digest
	// What the shops file said when it was imported last, as digests: encrypted, so that nobody can try tokens against them.
	fileSettings = "file_settings"
	fileTokens   = "file_tokens"
)

// place is what a secret is bound to.
func place(id, name string) string { return id + "/" + name }

// seal returns the fields that set the secrets of a shop.
func seal(ring *keyring.Ring, id string, values map[string]secret.Text) (bson.D, error) {
	var fields bson.D
	for name, value := range values {
		sealed, err := ring.Seal(value, place(id, name))
		if err != nil {
			return nil, err
		}
		fields = append(fields, bson.E{Key: "secrets." + name, Value: sealed})
	}
	return fields, nil
}

// open decrypts one secret of the document, "" where there is none.
func (d *document) open(ring *keyring.Ring, name string) (secret.Text, error) {
	sealed := d.Secrets[name]
	if len(sealed) == 0 {
		return "", nil
	}
	return ring.Open(sealed, place(d.ID, name))
}

// settings returns what the document says of the shop but its secrets.
func (d *document) settings() shop.Shop {
	s := shop.Shop{
		Platform: d.Platform, ShopID: d.ShopID, ChannelID: d.ChannelID, Region: d.Region, Name: d.Name, Enabled: d.Enabled,
		BaseURL: d.BaseURL, AuthURL: d.AuthURL, AppID: d.AppID, Generation: d.Generation,
		RenewedAt: d.RenewedAt, AccessUntil: d.AccessUntil, RefreshUntil: d.RefreshUntil,
	}
	if st := d.State; st != nil {
		s.State = shop.State{Name: st.Name, Reason: st.Reason, Since: st.Since, RetryAt: st.RetryAt}
	} else if len(d.Secrets[accessToken]) == 0 {
		s.State = shop.State{Name: shop.Unauthorised, Reason: "it has no tokens yet"}
	}
	return s
}

// shop returns the shop with its credentials.
func (d *document) shop(ring *keyring.Ring) (shop.Shop, error) {
	s := d.settings()
	var cipher secret.Text
	for name, target := range map[string]*secret.Text{
		appSecret: &s.AppSecret, accessToken: &s.AccessToken, refreshToken: &s.RefreshToken, shopCipher: &cipher,
		replaced: &s.Replaced,
	} {
		value, err := d.open(ring, name)
		if err != nil {
			return d.settings(), err
		}
		*target = value
	}
	s.ShopCipher = cipher.Reveal()
	return s, nil
}
