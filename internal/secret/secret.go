// Package secret keeps tokens, keys and passwords out of logs, errors and dumps: whatever prints a [Text] prints a
// placeholder, and only [Text.Reveal] gives the value.
package secret

import "log/slog"

const redacted = "<redacted>"

// Text is a value that must not be shown.
type Text string

// Reveal returns the value, for the one place that sends it.
func (t Text) Reveal() string { return string(t) }

// String returns a placeholder, and "" when there is no value.
func (t Text) String() string {
	if t == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing the value.
func (t Text) GoString() string { return t.String() }

// LogValue keeps slog from showing the value.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText keeps encoders (JSON, YAML, koanf dumps) from writing the value.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
