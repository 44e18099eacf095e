package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// World is a simulator, seen from outside.
type World struct {
	URL    string
	Client *http.Client // default http.DefaultClient
}

// Selection is some rows of one shop and kind: those whose time lies in [From, To).
type Selection struct {
	Platform, ChannelID, ShopID, Kind string
	From, To                          time.Time
	By                                string // create_time or update_time; lists that know one time only select by that
}

// query is the selection as the simulator reads it.
func (s Selection) query() url.Values {
	return url.Values{
		"platform": {s.Platform}, "shop_id": {s.ShopID}, "kind": {s.Kind}, "by": {s.By},
		"from": {strconv.FormatInt(s.From.Unix(), 10)}, "to": {strconv.FormatInt(s.To.Unix(), 10)},
	}
}

// Truth yields the rows that the world has, until yield returns false.
func (w World) Truth(ctx context.Context, s Selection, yield func(Row) bool) error {
	q := s.query()
	q.Set("rows", "1")
	return w.get(ctx, "/_sim/truth?"+q.Encode(), func(dec *json.Decoder) error {
		for {
			var r Row
			err := dec.Decode(&r)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(r) {
				return nil
			}
		}
	})
}

// Calls are the calls that a simulator counted on one path.
type Calls struct {
	Calls    int `json:"calls"`
	Refused  int `json:"refused"`
	MostIn1s int `json:"most_in_1s"`
}

// Calls returns what was counted so far, by path.
func (w World) Calls(ctx context.Context) (paths map[string]Calls, err error) {
	err = w.get(ctx, "/_sim/calls", func(dec *json.Decoder) error { return dec.Decode(&paths) })
	return paths, err
}

func (w World) get(ctx context.Context, path string, read func(*json.Decoder) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	client := w.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 300)) // says why, if it can be read
		return fmt.Errorf("ask the simulator for %s: %s: %s", req.URL.Path, resp.Status, text)
	}
	if err := read(json.NewDecoder(resp.Body)); err != nil {
		return fmt.Errorf("read the simulator's answer: %w", err)
	}
	return nil
}
