package world

import "math/bits"

const golden = 0x9e3779b97f4a7c15

// mix spreads every bit of x over all 64 (the finalizer of splitmix64). It is a bijection.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Hash folds parts, in their order, into one key. Equal parts give equal keys on every machine and in every release that
// keeps its worlds: changing it changes each world there is.
func Hash(parts ...uint64) uint64 {
	h := uint64(golden)
	for _, p := range parts {
		h = mix(h + golden ^ mix(p+golden))
	}
	return h
}

// HashText folds text into a key.
func HashText(key uint64, text string) uint64 {
	h := key ^ 0xcbf29ce484222325
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return Hash(h, uint64(len(text)))
}

// Rand is a stream of numbers that depends on its key alone. Copying it forks the stream; it is for one goroutine.
type Rand struct{ state uint64 }

// NewRand starts the stream of a key.
func NewRand(key uint64) Rand { return Rand{state: key} }

// Uint64 draws 64 bits.
func (r *Rand) Uint64() uint64 {
	r.state += golden
	return mix(r.state)
}

// Below draws from [0, n); n must be positive.
func (r *Rand) Below(n int64) int64 {
	hi, _ := bits.Mul64(r.Uint64(), uint64(n)) //nolint:gosec // n is positive by contract
	return int64(hi)                           //nolint:gosec // below n
}

// Between draws from [lo, hi], both included.
func (r *Rand) Between(lo, hi int64) int64 { return lo + r.Below(hi-lo+1) }

// Chance is true in percent of 100 draws.
func (r *Rand) Chance(percent int64) bool { return r.Below(100) < percent }

// Pick draws one of choices, which must not be empty.
func Pick[T any](r *Rand, choices []T) T { return choices[r.Below(int64(len(choices)))] }

// Hex draws n lower-case hexadecimal digits.
func (r *Rand) Hex(n int) string { return r.text(n, "0123456789abcdef") }

// Base36 draws n digits and lower-case letters.
func (r *Rand) Base36(n int) string { return r.text(n, "0123456789abcdefghijklmnopqrstuvwxyz") }

func (r *Rand) text(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.Below(int64(len(alphabet)))]
	}
	return string(b)
}
