package lazada

import (
	"time"

	"github.com/shopstream/shopstream/transformers/read"
)

// site is what a country's site of Lazada has of its own.
type site struct {
	currency string
	zone     *time.Location
	cents    bool // amounts of reverse orders are in cents
}

// None of the sites' countries has daylight-saving time. Of Indonesia's three zones, Lazada's is Jakarta's.
var sites = map[string]site{
	"SG": {"SGD", time.FixedZone("", 8*3600), true},
	"MY": {"MYR", time.FixedZone("", 8*3600), true},
	"PH": {"PHP", time.FixedZone("", 8*3600), true},
	"TH": {"THB", time.FixedZone("", 7*3600), true},
	"ID": {"IDR", time.FixedZone("", 7*3600), true},
	"VN": {"VND", time.FixedZone("", 7*3600), false},
}

// siteOf returns the site of the shop's region. Without a known one there is no currency, times are taken to be in the
// documents' zone and amounts of reverse orders in cents, as on all sites but one; and the document is marked.
func siteOf(region string, zone *time.Location, bad *read.Problems) site {
	if s, known := sites[region]; known {
		return s
	}
	bad.Add("region", "the shop's region is none of SG, MY, TH, VN, PH and ID; set it where shops are configured")
	return site{zone: zone, cents: true}
}

// zoneOf returns the zone of times that name none, of documents that need no site otherwise: the site's, or without a known one that
// of the documents.
func zoneOf(region string, zone *time.Location) *time.Location {
	if s, known := sites[region]; known {
		return s.zone
	}
	return zone
}

// countries are the names that addresses have for the sites' countries.
var countries = map[string]string{
	"Singapore": "SG", "Malaysia": "MY", "Thailand": "TH", "Vietnam": "VN", "Viet Nam": "VN", "Philippines": "PH", "Indonesia": "ID",
}
