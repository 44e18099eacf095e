package config

import (
	"fmt"
	"time"
	_ "time/tzdata" // minimal container images have no zone files, and names must mean the same everywhere
)

// Zone is a time zone by name. The zero value is +07:00.
type Zone struct {
	name     string
	location *time.Location
}

const defaultZone = "+07:00"

var defaultLocation = time.FixedZone(defaultZone, 7*60*60)

// ParseZone reads an offset (+07:00, -03:30, Z) or an IANA name (Asia/Bangkok, UTC). The machine's own zone ("Local") is
// refused: every process must cut days at the same instant.
func ParseZone(name string) (Zone, error) {
	if t, err := time.Parse("Z07:00", name); err == nil {
		_, offset := t.Zone()
		return Zone{name: name, location: time.FixedZone(name, offset)}, nil
	}
	if name == "" || name == "Local" {
		return Zone{}, fmt.Errorf("%q is no time zone that is the same on every machine", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is no known time zone", name)
	}
	return Zone{name: name, location: location}, nil
}

// Location returns the zone for package time; never nil.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return defaultLocation
	}
	return z.location
}

// String returns the name the zone was configured by.
func (z Zone) String() string {
	if z.location == nil {
		return defaultZone
	}
	return z.name
}
