package read

import "testing"

func TestParseGroupedMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1,250.00": "1250.00", "-1,250.00": "-1250.00", "-0.62": "-0.62", "1250": "1250", "12,345,678": "12345678", "999,999.5": "999999.5",
		"1,25.00": "", "1,2500": "", ",250": "", "1234,567": "", "1,250,": "", "1.250,00": "", "1.2,345": "", "1,,250": "", "1,-50": "", "": "",
		"-,250": "", "0,250": "", "1 250": "", "1,250 THB": "",
	} {
		m, err := ParseGroupedMoney(text)
		if string(m) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, m, err, want)
		}
	}
	for raw, want := range map[string]string{`"1,250.00"`: "1250.00", `-0.62`: "-0.62", `1e2`: "100", `true`: "", `{}`: ""} {
		if m, err := parseGroupedMoney([]byte(raw)); string(m) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", raw, m, err, want)
		}
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`"A-1"`: "A-1", `12`: "12", `-1.50`: "-1.50", `""`: ""} {
		if code, ok := ParseCode([]byte(raw)); code != want || !ok {
			t.Errorf("%s: %q, %v", raw, code, ok)
		}
	}
	for _, raw := range []string{`true`, `{}`, `[]`, ``} {
		if code, ok := ParseCode([]byte(raw)); ok {
			t.Errorf("%s: taken as %q", raw, code)
		}
	}
}
