// Package world holds what the simulated platforms have in common: reproducible randomness, exact amounts, the shops and
// rows they are made of, and the names of the faults a server can ask them for. It does no I/O and knows no platform.
package world
