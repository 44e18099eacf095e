// Package telemetry is how operators see into a process: its log, its metrics and whether it is well.
//
// It promises that looking costs the data path nothing: it holds no locks of the stages and writes nothing anywhere. What is
// worth showing is for the stages to say.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines to w. level is debug, info, warn or error; format is text or json.
//
// Messages are lower case and constant, values are attributes with snake_case keys, the same everywhere: topic, partition,
// offset, group, platform, channel_id, shop_id, kind, plan_id, chunk_id, error. Values of type secret.Text hide themselves;
// buyers' data never belongs in a log.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var o slog.HandlerOptions
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log.level = %q: want debug, info, warn or error", level)
	}
	o.Level = l
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, &o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, &o)), nil
	default:
		return nil, fmt.Errorf("log.format = %q: want text or json", format)
	}
}
