package shopstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/keyring"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
)

// Imported says what an import changed, as shops' keys.
type Imported struct {
	Added   []string
	Changed []string // settings, tokens or both
	Left    []string // disabled, because the file has them no more
}

// Empty reports whether nothing was changed.
func (i Imported) Empty() bool { return len(i.Added)+len(i.Changed)+len(i.Left) == 0 }

// Import takes the shops of a file over. What the file says counts when it says something else than at the last import: so the
// file's settings win when they were edited, and a shop disabled by command stays disabled while the file is as it was; and the
// file's tokens win when they are others than those imported last, not when they are only older than those that were renewed
// since. An entry without tokens leaves tokens as they are. A shop that came from the file and is not in it any more is
// disabled. Claim comes first. Any number of processes may import at once.
func (s *Store) Import(ctx context.Context, file []shop.Shop) (Imported, error) {
	var report Imported
	ring, err := s.ring()
	if err != nil {
		return report, err
	}
	documents, err := s.all(ctx, bson.D{})
	if err != nil {
		return report, err
	}
	stored := make(map[string]*document, len(documents))
	for i := range documents {
		stored[documents[i].ID] = &documents[i]
	}
	for i := range file {
		key := file[i].Key()
		d := stored[key]
		delete(stored, key)
		if d == nil {
			added, err := s.insert(ctx, ring, &file[i])
			if err != nil {
				return report, err
			}
			if added {
				report.Added = append(report.Added, key)
				continue
			}
		}
		changed, err := s.merge(ctx, key, d, &file[i])
		if err != nil {
			return report, err
		}
		if changed {
			report.Changed = append(report.Changed, key)
		}
	}
	for key, d := range stored {
		if len(d.Secrets[fileSettings]) == 0 {
			continue // it came another way
		}
		c := change{set: bson.D{{Key: "enabled", Value: false}}, unset: []string{"secrets." + fileSettings}}
		if ok, err := s.apply(ctx, key, bson.D{{Key: "revision", Value: d.Revision}}, c); err != nil {
			return report, err
		} else if ok && d.Enabled {
			report.Left = append(report.Left, key)
		}
	}
	return report, nil
}

// insert adds a shop that was not there. It reports false when somebody else added it meanwhile.
func (s *Store) insert(ctx context.Context, ring *keyring.Ring, sh *shop.Shop) (bool, error) {
	values := credentials(sh)
	values[fileSettings] = settingsDigest(sh)
	if hasTokens(sh) {
		values[fileTokens] = tokensDigest(sh)
	}
	err := s.create(ctx, ring, sh, values)
	if errors.Is(err, ErrShopExists) {
		return false, nil
	}
	return err == nil, err
}

// ErrShopExists means that the collection has the shop already.
var ErrShopExists = errors.New("the shop is there already")

// Add adds a shop that comes from no file. Claim comes first.
func (s *Store) Add(ctx context.Context, sh *shop.Shop) error {
	ring, err := s.ring()
	if err != nil {
		return err
	}
	return s.create(ctx, ring, sh, credentials(sh))
}

func (s *Store) create(ctx context.Context, ring *keyring.Ring, sh *shop.Shop, values map[string]secret.Text) error {
	key := sh.Key()
	now, err := s.client.Now(ctx)
	if err != nil {
		return err
	}
	d := document{
		ID: key, Platform: sh.Platform, ChannelID: sh.ChannelID, ShopID: sh.ShopID, Region: sh.Region, Name: sh.Name,
		Enabled: sh.Enabled, BaseURL: sh.BaseURL, AuthURL: sh.AuthURL, AppID: sh.AppID,
		Secrets: map[string][]byte{}, Generation: 1, Revision: 1, ChangedAt: now,
	}
	for name, value := range values {
		if d.Secrets[name], err = ring.Seal(value, place(key, name)); err != nil {
			return err
		}
	}
	_, err = s.shops.InsertOne(ctx, &d)
	if mongo.IsDuplicateKeyError(err) {
		return fmt.Errorf("add shop %s: %w", key, ErrShopExists)
	}
	if err != nil {
		return fmt.Errorf("add shop %s: %w", key, err)
	}
	return nil
}

// merge brings a stored shop up to what the file says. d is what was read already, or nil.
func (s *Store) merge(ctx context.Context, key string, d *document, sh *shop.Shop) (changed bool, err error) {
	decide := func(d *document) (change, error) {
		c, err := s.difference(d, sh)
		changed = len(c.set) > 0
		return c, err
	}
	if d != nil { // the usual case takes no call
		if c, err := decide(d); err != nil || len(c.set) == 0 {
			return false, err
		}
	}
	err = s.retry(ctx, key, decide)
	return changed, err
}

// difference is what the file changes about a stored shop.
func (s *Store) difference(d *document, sh *shop.Shop) (c change, err error) {
	ring, err := s.ring()
	if err != nil {
		return c, err
	}
	values := map[string]secret.Text{}
	settings, tokens := settingsDigest(sh), tokensDigest(sh)
	if newer, err := d.differs(ring, fileSettings, settings); err != nil {
		return c, err
	} else if newer {
		values[fileSettings] = settings
		for name, value := range credentials(sh) {
			if name == appSecret || name == shopCipher {
				values[name] = value
			}
		}
		c.set = bson.D{
			{Key: "region", Value: sh.Region},
			{Key: "name", Value: sh.Name},
			{Key: "enabled", Value: sh.Enabled},
			{Key: "base_url", Value: sh.BaseURL},
			{Key: "auth_url", Value: sh.AuthURL},
			{Key: "app_id", Value: sh.AppID},
		}
		c.unset = []string{"state"} // what was wrong may be mended
	}
	if hasTokens(sh) {
		newer, err := d.differs(ring, fileTokens, tokens)
		if err != nil {
			return c, err
		}
		if newer {
			values[fileTokens], values[accessToken], values[refreshToken] = tokens, sh.AccessToken, sh.RefreshToken
			c.inc = bson.D{{Key: "token_generation", Value: int64(1)}}
			c.unset = []string{"state", "lease", "renewed_at", "access_until", "refresh_until", "secrets." + replaced}
		}
	}
	fields, err := seal(ring, d.ID, values)
	c.set = append(c.set, fields...)
	return c, err
}

// differs reports whether the file says something else than when it was imported last.
func (d *document) differs(ring *keyring.Ring, name string, digest secret.Text) (bool, error) {
	last, err := d.open(ring, name)
	return last != digest, err
}

func hasTokens(sh *shop.Shop) bool { return sh.AccessToken != "" || sh.RefreshToken != "" }

// credentials returns the secrets that a shop has.
func credentials(sh *shop.Shop) map[string]secret.Text {
	values := map[string]secret.Text{}
	for name, value := range map[string]secret.Text{
		appSecret: sh.AppSecret, accessToken: sh.AccessToken, refreshToken: sh.RefreshToken, shopCipher: secret.Text(sh.ShopCipher),
	} {
		if value != "" {
			values[name] = value
		}
	}
	return values
}

func settingsDigest(sh *shop.Shop) secret.Text {
	return digest(sh.Region, sh.Name, fmt.Sprint(sh.Enabled), sh.BaseURL, sh.AuthURL, sh.AppID, sh.AppSecret.Reveal(), sh.ShopCipher)
}

func tokensDigest(sh *shop.Shop) secret.Text {
	return digest(sh.AccessToken.Reveal(), sh.RefreshToken.Reveal())
}

func digest(parts ...string) secret.Text {
	text, _ := json.Marshal(parts) // a list of strings always has a JSON form
	sum := sha256.Sum256(text)
	return secret.Text(hex.EncodeToString(sum[:]))
}
