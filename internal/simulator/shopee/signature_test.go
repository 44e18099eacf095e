package shopee

import (
	"encoding/json"
	"os"
	"testing"
)

func TestSignatureAgreesWithKnownOnes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Name, Key, Base, Sign string }
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 9 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		if got := string(signature([]byte(v.Key), v.Base)); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
	}
}
