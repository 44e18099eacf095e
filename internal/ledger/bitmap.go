package ledger

import "math/bits"

// bitmap is a set of small numbers: bit i%8 of byte i/8. It has no trailing zero bytes, so equal sets are equal bytes.
type bitmap []byte

// maxBit bounds the indexes that are believed: no page has more documents.
const maxBit = 1 << 20

func (b bitmap) with(numbers []int) bitmap {
	for _, n := range numbers {
		if n < 0 || n > maxBit || b.has(n) {
			continue
		}
		grown := make(bitmap, max(len(b), n/8+1))
		copy(grown, b)
		grown[n/8] |= 1 << (n % 8)
		b = grown
	}
	return b
}

func (b bitmap) has(n int) bool { return n/8 < len(b) && b[n/8]&(1<<(n%8)) != 0 }

func (b bitmap) or(other bitmap) bitmap {
	if len(b) < len(other) {
		b, other = other, b
	}
	all := append(bitmap(nil), b...)
	for i, v := range other {
		all[i] |= v
	}
	return all
}

// without returns the numbers of b that are not in other.
func (b bitmap) without(other bitmap) bitmap {
	rest := append(bitmap(nil), b...)
	for i := range min(len(b), len(other)) {
		rest[i] &^= other[i]
	}
	return rest
}

func (b bitmap) count() int {
	n := 0
	for _, v := range b {
		n += bits.OnesCount8(v)
	}
	return n
}

// covers reports whether b has all numbers below n.
func (b bitmap) covers(n int) bool {
	for i := range n {
		if !b.has(i) {
			return false
		}
	}
	return true
}
