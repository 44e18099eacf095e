// Package keyring encrypts what must not lie open in a store: with AES-256-GCM, by Google's Tink, under a set of keys of which
// one, the primary, encrypts and all decrypt, so that keys can be exchanged while programs run.
//
// A ciphertext is bound to the place that it was made for: it cannot be opened as that of another. Where keys are kept is the
// business of [Source].
package keyring

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/shopstream/shopstream/internal/secret"
)

// Ring is a set of keys. It does not change, so that any number of goroutines may use it.
type Ring struct {
	keys *keyset.Handle
	aead tink.AEAD
}

// New makes a ring with one new key.
func New() (*Ring, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return of(keys)
}

func of(keys *keyset.Handle) (*Ring, error) {
	primitive, err := aead.New(keys)
	if err != nil {
		return nil, fmt.Errorf("use the keys: %w", err)
	}
	return &Ring{keys: keys, aead: primitive}, nil
}

// ErrNoRing means that a text is no set of keys.
var ErrNoRing = errors.New("this is no key of shopstream: want the line that `shopstream shops key create` writes")

// Parse reads a ring from its text.
func Parse(text secret.Text) (*Ring, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text.Reveal()))
	if err != nil || len(raw) == 0 {
		return nil, ErrNoRing // the cause would quote the text
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, ErrNoRing
	}
	ring, err := of(keys)
	if err != nil {
		return nil, ErrNoRing
	}
	return ring, nil
}

// Text returns the ring as one line, keys included: whoever has it can read everything.
func (r *Ring) Text() (secret.Text, error) {
	var raw bytes.Buffer
	if err := insecurecleartextkeyset.Write(r.keys, keyset.NewBinaryWriter(&raw)); err != nil {
		return "", fmt.Errorf("write the keys: %w", err)
	}
	return secret.Text(base64.StdEncoding.EncodeToString(raw.Bytes())), nil
}

// Seal encrypts a value for a place.
func (r *Ring) Seal(value secret.Text, place string) ([]byte, error) {
	sealed, err := r.aead.Encrypt([]byte(value.Reveal()), []byte(place))
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", place, err)
	}
	return sealed, nil
}

// ErrSealed means that no key of the ring opens a ciphertext in that place.
var ErrSealed = errors.New("no key opens it")

// Open decrypts what was sealed for the place. Its error is [ErrSealed], whatever the reason.
func (r *Ring) Open(sealed []byte, place string) (secret.Text, error) {
	value, err := r.aead.Decrypt(sealed, []byte(place))
	if err != nil {
		return "", fmt.Errorf("decrypt %s: %w", place, ErrSealed)
	}
	return secret.Text(value), nil
}

// KeyOf returns the id of the key that a ciphertext names as its own, 0 when it is none.
func KeyOf(sealed []byte) uint32 {
	const lead, size = 1, 4 // Tink's output begins with a version and the id
	if len(sealed) < lead+size {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[lead:])
}

// Primary returns the id of the key that encrypts.
func (r *Ring) Primary() uint32 {
	entry, err := r.keys.Primary()
	if err != nil {
		return 0 // a ring always has one
	}
	return entry.KeyID()
}

// Len returns how many keys there are.
func (r *Ring) Len() int { return r.keys.Len() }

// With returns the ring with a new key that decrypts but does not encrypt yet, so that it can be handed out first.
func (r *Ring) With() (*Ring, error) {
	m := keyset.NewManagerFromHandle(r.keys)
	if _, err := m.Add(aead.AES256GCMKeyTemplate()); err != nil {
		return nil, fmt.Errorf("add a key: %w", err)
	}
	return handleOf(m)
}

// Promoted returns the ring with its newest key as the primary.
func (r *Ring) Promoted() (*Ring, error) {
	newest, err := r.keys.Entry(r.keys.Len() - 1)
	if err != nil {
		return nil, fmt.Errorf("find the newest key: %w", err)
	}
	m := keyset.NewManagerFromHandle(r.keys)
	if err := m.SetPrimary(newest.KeyID()); err != nil {
		return nil, fmt.Errorf("make the newest key the primary: %w", err)
	}
	return handleOf(m)
}

// Prepared reports whether there is a key newer than the primary.
func (r *Ring) Prepared() bool {
	newest, err := r.keys.Entry(r.keys.Len() - 1)
	return err == nil && !newest.IsPrimary()
}

// Only returns the ring without the keys that are neither the primary nor used.
func (r *Ring) Only(used func(id uint32) bool) (*Ring, error) {
	m := keyset.NewManagerFromHandle(r.keys)
	for i := range r.keys.Len() {
		entry, err := r.keys.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("look at key %d: %w", i, err)
		}
		if entry.IsPrimary() || used(entry.KeyID()) {
			continue
		}
		if err := m.Delete(entry.KeyID()); err != nil {
			return nil, fmt.Errorf("remove a key: %w", err)
		}
	}
	return handleOf(m)
}

func handleOf(m *keyset.Manager) (*Ring, error) {
	keys, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("change the keys: %w", err)
	}
	return of(keys)
}
