package shopstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/keyring"
	"github.com/shopstream/shopstream/internal/secret"
)

// check is the one document of its collection: a text that only the right key opens. It is there before the first secret is, so
// that two machines cannot encrypt with keys of their own.
type check struct {
	ID     string `bson:"_id"`
	Sealed []byte `bson:"sealed"`
}

const (
	checkID   = "check"
	checkText = secret.Text("shopstream")
)

// Verify checks that the key opens what is encrypted. It reports false when nothing is encrypted yet. It changes nothing.
func (s *Store) Verify(ctx context.Context) (claimed bool, err error) {
	var c check
	err = s.checks.FindOne(ctx, bson.D{{Key: "_id", Value: checkID}}).Decode(&c)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read which key encrypts credentials: %w", err)
	}
	ring, err := s.keys.Ring()
	if errors.Is(err, keyring.ErrNoKey) {
		return true, fmt.Errorf("the shops' credentials in database %s are encrypted, and there is no key at %s: copy the key there or set shops.key",
			s.shops.Database().Name(), s.keys)
	}
	if err != nil {
		return true, err
	}
	if _, err = ring.Open(c.Sealed, checkID); err == nil {
		return true, nil
	}
	if ring, err = s.keys.Reload(); err == nil {
		_, err = ring.Open(c.Sealed, checkID)
	}
	if errors.Is(err, keyring.ErrSealed) {
		err = fmt.Errorf("the key at %s is not the one that the shops' credentials in database %s are encrypted with: put that one there",
			s.keys, s.shops.Database().Name())
	}
	return true, err
}

// Claim makes the key the one of this installation. If nothing is encrypted yet and there is no key file, it makes one and says
// so. Afterwards the key is known to be right.
func (s *Store) Claim(ctx context.Context, log *slog.Logger) error {
	claimed, err := s.Verify(ctx)
	if claimed || err != nil {
		return err
	}
	ring, err := s.keys.Ring()
	made := false
	if errors.Is(err, keyring.ErrNoKey) {
		ring, err = s.keys.Create()
		if made = err == nil; errors.Is(err, fs.ErrExist) { // another process of this machine was faster
			ring, err = s.keys.Reload()
		}
	}
	if err != nil {
		return err
	}
	sealed, err := ring.Seal(checkText, checkID)
	if err != nil {
		return err
	}
	_, err = s.checks.InsertOne(ctx, check{ID: checkID, Sealed: sealed})
	if mongo.IsDuplicateKeyError(err) {
		if _, err = s.Verify(ctx); err != nil && made {
			s.keys.Withdraw() // it would only be in the way of the right one
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("say which key encrypts credentials: %w", err)
	}
	if made {
		log.Info("made a key that encrypts the shops' credentials: keep a copy, without it they cannot be read", "file", s.keys.File())
	}
	return nil
}

// ring returns the key to encrypt with. Claim or Verify come first.
func (s *Store) ring() (*keyring.Ring, error) { return s.keys.Ring() }

// Rotate encrypts everything anew: with the key that was prepared, else with a new one, which the key file then has too. Keys
// stay readable until the next rotation finds them unused, since a process that has not seen the new one yet may still write
// with them. It returns how many shops there were.
func (s *Store) Rotate(ctx context.Context) (int, error) {
	if claimed, err := s.Verify(ctx); err != nil || !claimed {
		return 0, errors.Join(err, unless(claimed || err != nil, "nothing is encrypted yet: there is nothing to rotate"))
	}
	ring, err := s.keys.Reload()
	if err != nil {
		return 0, err
	}
	if !ring.Prepared() {
		if ring, err = s.withoutUnused(ctx, ring); err != nil {
			return 0, err
		}
		if ring, err = ring.With(); err != nil {
			return 0, err
		}
	}
	if ring, err = ring.Promoted(); err != nil {
		return 0, err
	}
	if err := s.keys.Replace(ring); err != nil { // first: what is encrypted with a key that is lost is lost
		return 0, err
	}
	return s.reseal(ctx, ring)
}

// Prepare adds a key that does not encrypt yet to the key file, for installations whose machines have copies of it: each gets
// the new one before [Store.Rotate] uses it.
func (s *Store) Prepare(ctx context.Context) error {
	if claimed, err := s.Verify(ctx); err != nil || !claimed {
		return errors.Join(err, unless(claimed || err != nil, "nothing is encrypted yet: there is nothing to rotate"))
	}
	ring, err := s.keys.Reload()
	if err != nil || ring.Prepared() {
		return err
	}
	if ring, err = s.withoutUnused(ctx, ring); err != nil {
		return err
	}
	if ring, err = ring.With(); err != nil {
		return err
	}
	return s.keys.Replace(ring)
}

func unless(ok bool, text string) error {
	if ok {
		return nil
	}
	return errors.New(text)
}

// withoutUnused drops the keys that nothing stored needs.
func (s *Store) withoutUnused(ctx context.Context, ring *keyring.Ring) (*keyring.Ring, error) {
	documents, err := s.all(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	used := map[uint32]bool{}
	for i := range documents {
		for _, sealed := range documents[i].Secrets {
			used[keyring.KeyOf(sealed)] = true
		}
	}
	return ring.Only(func(id uint32) bool { return used[id] })
}

// reseal encrypts what is stored with the ring's primary.
func (s *Store) reseal(ctx context.Context, ring *keyring.Ring) (int, error) {
	sealed, err := ring.Seal(checkText, checkID)
	if err != nil {
		return 0, err
	}
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "sealed", Value: sealed}}}}
	if _, err := s.checks.UpdateOne(ctx, bson.D{{Key: "_id", Value: checkID}}, update); err != nil {
		return 0, fmt.Errorf("say which key encrypts credentials: %w", err)
	}
	list, err := s.List(ctx)
	if err != nil {
		return 0, err
	}
	for i := range list {
		if err := s.resealShop(ctx, ring, list[i].Key()); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

func (s *Store) resealShop(ctx context.Context, ring *keyring.Ring, key string) error {
	return s.retry(ctx, key, func(d *document) (change, error) {
		values := map[string]secret.Text{}
		for name, sealed := range d.Secrets {
			if keyring.KeyOf(sealed) == ring.Primary() {
				continue
			}
			value, err := d.open(ring, name)
			if err != nil {
				return change{}, err
			}
			values[name] = value
		}
		fields, err := seal(ring, key, values)
		return change{set: fields}, err
	})
}

// retry changes a shop by what decide makes of its document, again while others change it in between. A change that sets
// nothing is left out.
func (s *Store) retry(ctx context.Context, key string, decide func(*document) (change, error)) error {
	const tries = 20 // each loss means that somebody else got on
	for range tries {
		d, err := s.read(ctx, key)
		if err != nil {
			return err
		}
		c, err := decide(&d)
		if err != nil || len(c.set)+len(c.unset) == 0 {
			return err
		}
		ok, err := s.apply(ctx, key, bson.D{{Key: "revision", Value: d.Revision}}, c)
		if err != nil || ok {
			return err
		}
	}
	return fmt.Errorf("change shop %s: others change it all the time", key)
}
