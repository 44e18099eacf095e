// Package lazada simulates Lazada's Open Platform API on top of package market.
package lazada
