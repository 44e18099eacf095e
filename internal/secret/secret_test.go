package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/secret"
)

func TestNothingPrintsTheValue(t *testing.T) {
	t.Parallel()
	const value = "hunter2"
	s := struct{ Token secret.Text }{value}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "token", s.Token, "struct", s)
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %q %x", s, s, s.Token, s), log.String(), string(encoded)} {
		if strings.Contains(out, value) || strings.Contains(out, fmt.Sprintf("%x", value)) {
			t.Errorf("shown: %s", out)
		}
	}
	if s.Token.Reveal() != value {
		t.Error("Reveal does not give the value")
	}
}
