package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/shopstream/shopstream/internal/secret"
)

// Source is where an installation's keys are: in a setting, or in a file. It remembers what it read; [Source.Reload] reads
// again, since keys may be exchanged while programs run. It is safe for concurrent use.
type Source struct {
	text secret.Text
	path string

	mu   sync.Mutex
	ring *Ring
}

// NewSource returns the source of a setting (shops.key), or of a file (shops.key_file) when the setting is empty.
func NewSource(text secret.Text, path string) *Source { return &Source{text: text, path: path} }

// ErrNoKey means that there is no key yet.
var ErrNoKey = errors.New("there is no key")

// Ring returns the keys. Without any its error is [ErrNoKey].
func (s *Source) Ring() (*Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ring != nil {
		return s.ring, nil
	}
	return s.read()
}

// Reload reads the keys again.
func (s *Source) Reload() (*Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read()
}

func (s *Source) read() (*Ring, error) {
	text := s.text
	if text == "" {
		content, err := os.ReadFile(s.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", s, ErrNoKey)
		}
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		text = secret.Text(content)
	}
	ring, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s, err)
	}
	s.ring = ring
	return ring, nil
}

// String says where the keys are, for messages.
func (s *Source) String() string {
	if s.text != "" {
		return "shops.key"
	}
	return s.path + " (shops.key_file)"
}

// File returns the path of the file, "" when the keys are in a setting.
func (s *Source) File() string {
	if s.text != "" {
		return ""
	}
	return s.path
}

// Create makes a key and writes it to the file, readable by its owner alone. A file that exists is left as it is, and the
// error is [fs.ErrExist].
func (s *Source) Create() (*Ring, error) {
	ring, err := New()
	if err != nil {
		return nil, err
	}
	return ring, s.put(ring, func(written string) error { return os.Link(written, s.path) }) // fails if it exists
}

// Replace writes other keys to the file; a reader sees the ones before or the new ones.
func (s *Source) Replace(ring *Ring) error {
	return s.put(ring, func(written string) error { return os.Rename(written, s.path) })
}

// put writes the keys to a file beside the real one, which place then puts there.
func (s *Source) put(ring *Ring, place func(written string) error) error {
	if s.text != "" {
		return errors.New("the key is in shops.key, where it cannot be written: use shops.key_file")
	}
	text, err := ring.Text()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write the key %s: %w", s, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already if it was renamed
	_, err = f.WriteString(text.Reveal() + "\n")
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = place(f.Name())
	}
	if err != nil {
		return fmt.Errorf("write the key %s: %w", s, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ring = ring
	return nil
}

// Withdraw removes a file that [Source.Create] has just made and nobody used.
func (s *Source) Withdraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = os.Remove(s.path) // what stays is a key that opens nothing, and the next start says so
	s.ring = nil
}
