package shopee

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
)

func TestReadErrors(t *testing.T) {
	t.Parallel()
	var samples map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(sample("errors"), &samples))
	list := func(s string) string { return `{"error":"","response":` + s + `}` }
	for _, c := range []struct {
		name, body string
		status     int
		class      platform.Class
		code       string
	}{
		{"wrong signature", string(samples["sign"]), 403, platform.Auth, "error_sign"},
		{"expired token", string(samples["auth"]), 403, platform.Auth, "error_auth"},
		{"expired token, other spelling", string(samples["auth_variant"]), 200, platform.Auth, "invalid_acceess_token"},
		{"clock off", string(samples["timestamp"]), 200, platform.Transient, "timestamp_expired"},
		{"rate", string(samples["rate"]), 429, platform.Rate, "error_rate_limit"},
		{"rate with status 200", string(samples["rate"]), 200, platform.Rate, "error_rate_limit"},
		{"quota with status 429", string(samples["quota"]), 429, platform.Quota, "error_limit"},
		{"busy", string(samples["busy"]), 200, platform.Transient, "error_system_busy"},
		{"server", string(samples["server"]), 200, platform.Transient, "error_server"},
		{"window", string(samples["window"]), 200, platform.Permanent, "order.order_list_invalid_time"},
		{"unknown code", `{"error":"error_new"}`, 200, platform.Transient, "error_new"},
		{"overridden code", `{"error":"error_special"}`, 200, platform.Permanent, "error_special"},
		{"unknown code, 429", `{"error":"slow_down"}`, 429, platform.Rate, "slow_down"},
		{"html", "<html>oops</html>", 200, platform.Transient, "not_json"},
		{"html 502", "<html>bad gateway</html>", 502, platform.Transient, "http_502"},
		{"html 429", "<html>", 429, platform.Rate, "http_429"},
		{"html 403", "<html>", 403, platform.Auth, "http_403"},
		{"empty body", "", 200, platform.Transient, "not_json"},
		{"cut JSON", `{"error":"","response":{"more":true,"next_c`, 200, platform.Transient, "not_json"},
		{"503 with a success body", list(`{"more":false,"order_list":[]}`), 503, platform.Transient, "http_503"},
		{"no response", `{"error":""}`, 200, platform.Transient, "no_response"},
		{"null response", list("null"), 200, platform.Transient, "no_response"},
		{"no more", list(`{"order_list":[]}`), 200, platform.Transient, "bad_shape"},
		{"no list", list(`{"more":false}`), 200, platform.Transient, "bad_shape"},
		{"row without id", list(`{"more":false,"order_list":[{}]}`), 200, platform.Transient, "bad_shape"},
		{"more without cursor", list(`{"more":true,"next_cursor":"","order_list":[]}`), 200, platform.Transient, "cursor_missing"},
		{"same cursor", list(`{"more":true,"next_cursor":"c1","order_list":[]}`), 200, platform.Transient, "cursor_loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			task := listTask()
			task.Cursor = "c1"
			_, err := New(platform.Settings{Errors: map[string]platform.Class{"error_special": platform.Permanent}}).
				Read(task, platform.Response{Status: c.status, Body: []byte(c.body), Header: http.Header{}})
			var e *platform.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.class, e.Class)
			require.Equal(t, c.code, e.Code)
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	date := "Tue, 02 Jan 2024 15:30:00 GMT" // 23:30 in UTC+8
	for _, c := range []struct {
		name, code string
		header     http.Header
		want       time.Duration
	}{
		{"seconds", "error_rate_limit", http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"date", "error_rate_limit", http.Header{"Date": {date}, "Retry-After": {"Tue, 02 Jan 2024 15:30:09 GMT"}}, 9 * time.Second},
		{"none", "error_rate_limit", http.Header{"Date": {date}}, 0},
		{"quota until midnight", "error_limit", http.Header{"Date": {date}}, 30 * time.Minute},
		{"quota, no date", "error_limit", http.Header{}, time.Hour},
		{"absurd", "error_rate_limit", http.Header{"Retry-After": {"99999999"}}, time.Hour},
	} {
		_, err := New(platform.Settings{}).Read(listTask(), platform.Response{Status: 429, Header: c.header, Body: []byte(`{"error":"` + c.code + `"}`)})
		var e *platform.Error
		require.ErrorAs(t, err, &e, c.name)
		require.Equal(t, c.want, e.RetryAfter, c.name)
	}
}
