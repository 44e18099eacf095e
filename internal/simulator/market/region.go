package market

import "time"

// Region is a country with its money and clocks.
type Region struct {
	Code     string // ISO 3166, upper case
	Currency string // ISO 4217
	Places   int    // digits behind the decimal point: amounts are counts of 10^-Places
	Zone     *time.Location
}

// The regions that are simulated.
var (
	VN = Region{"VN", "VND", 0, time.FixedZone("+07", 7*Hour)}
	SG = Region{"SG", "SGD", 2, time.FixedZone("+08", 8*Hour)}
	TH = Region{"TH", "THB", 2, time.FixedZone("+07", 7*Hour)}
	MY = Region{"MY", "MYR", 2, time.FixedZone("+08", 8*Hour)}
)
