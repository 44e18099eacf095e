// Package badinput holds tests alone: they start the built program as an operator does and give it what is wrong, from a
// mistyped flag to a record that is none, and check that it says so, and that nothing else suffers.
package badinput
