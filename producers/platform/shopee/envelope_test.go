package shopee

import (
	"encoding/json"
	"reflect"
	"testing"
)

// What stands around an answer is read as encoding/json reads it, but for the case of letters in names.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"error":"","message":"","response":{"more":false}}`, `{"error":null,"message":null,"response":null}`, `{}`, `[]`, `"x"`, ``,
		`{"error":7}`, `{"message":{}}`, `{"error":"a","error":"b"}`, `{"response":[1,{"a":"\u00e9"}]} x`, `{"response":{"a":}}`,
		`{"error":"\ud800","message":"line\nbreak"}`, ` { "response" : 1 } `, `<html>`, `{"response":{"order_list":[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want struct {
			Error    *string         `json:"error"`
			Message  string          `json:"message"`
			Response json.RawMessage `json:"response"`
		}
		var names map[string]json.RawMessage
		refusal := json.Unmarshal(body, &want)
		if json.Unmarshal(body, &names) == nil {
			for name := range names {
				switch name {
				case "error", "message", "response":
				default:
					return // it may be one of these in another case
				}
			}
			if names == nil {
				return // null is an empty object to encoding/json
			}
		}
		got, err := readEnvelope(body)
		if (err == nil) != (refusal == nil) {
			t.Fatalf("%q: %v, but encoding/json says %v", body, err, refusal)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(got.Error, want.Error) || got.Message != want.Message || string(got.Response) != string(want.Response) {
			t.Errorf("%q reads as %+v, not %+v", body, got, want)
		}
	})
}
