package lazada

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// What tells one row of finance from another, in this order. Several rows may have the same: their turn is part of the key.
const (
	keyStatement = iota
	keyNumber
	keyOrder
	keyItem
	keyFee
	keyReference
	keyDate
	keyCount
)

var keyNames = [keyCount]string{"statement", "transaction_number", "order_no", "orderItem_no", "fee_type", "reference", "transaction_date"}

// rowKey is the values of those members; absence is "".
type rowKey [keyCount]string

// maxKey is how many bytes the values of a row's key may have together.
const maxKey = 500

// usable reports whether a document's key can be made of the values.
func (k rowKey) usable() bool {
	size := 0
	for _, v := range k {
		if size += len(v); !printable(v) {
			return false
		}
	}
	return size > len(k[keyDate]) && size <= maxKey // a date alone tells no row from another
}

// printable reports whether text can be part of a document's key.
func printable(text string) bool {
	return strings.IndexFunc(text, func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) }) < 0
}

// hash names a key in the part of rows that were seen before: the first 12 hex digits of the SHA-256 of the values, joined by
// the unit separator. Who lists the rows computes the same.
func (k rowKey) hash() string {
	sum := sha256.Sum256([]byte(strings.Join(k[:], "\x1f")))
	return hex.EncodeToString(sum[:6])
}

// id returns the transaction's id for the nth row, from 0, with this key. The turn counts within a day, which is part of it:
// lists hold whole days, so it does not depend on which days are listed together.
func (k rowKey) id(day string, n int) string {
	turn := day + "." + strconv.Itoa(n)
	return schemas.TransactionID(append(k[:keyDate:keyDate], turn)...)
}

// occurrences counts rows with equal keys across the pages of a list. Pages carry what was counted before them, as a part of
// our own: {"skip": 1, "seen": {"<hash>": 2}} says that the page's first row was on the page before, and that two rows with
// that key were.
type occurrences struct {
	skip int
	seen map[string]int
}

// turn returns how many rows with this key came before, and counts one more.
func (o *occurrences) turn(k rowKey) int {
	hash := k.hash()
	n := o.seen[hash]
	o.seen[hash] = n + 1
	return n
}

// occurrencesOf reads the part that a page carries, if any.
func occurrencesOf(page *schemas.Page) (*occurrences, error) {
	o := &occurrences{seen: make(map[string]int)}
	for i := range page.Parts {
		if !read.Is(&page.Parts[i], pathSeen) {
			continue
		}
		if err := o.read(page.Parts[i].Body); err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
	}
	return o, nil
}

func (o *occurrences) read(body []byte) error {
	var wrong error
	count := func(s *jsonscan.Scanner, name string) int {
		n, err := strconv.Atoi(string(s.Value()))
		if err != nil || n < 0 {
			wrong = errors.New(name + " is no number of rows")
		}
		return n
	}
	err := read.Answer(body, func(s *jsonscan.Scanner, key string) {
		switch {
		case key == "skip":
			o.skip = count(s, key)
		case key == "seen" && s.Next() == '{':
			for hash := range s.Object() {
				o.seen[string(hash)] = count(s, "seen")
			}
		case key == "seen" && s.Next() != 'n':
			wrong = errors.New("seen is no object")
		}
	})
	if err != nil {
		return err
	}
	return wrong
}
