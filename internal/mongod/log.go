package mongod

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// tail returns what the server said last: complaints of its log, if there are any, else the last lines of both files.
// Each file counts from its offset on.
func tail(output string, outputStart int64, log string, logStart int64) string {
	said := lines(output, outputStart)
	var complaints []string
	logged := lines(log, logStart)
	for _, line := range logged {
		var entry struct {
			Severity string         `json:"s"`
			Message  string         `json:"msg"`
			Attr     map[string]any `json:"attr"`
		}
		if json.Unmarshal([]byte(line), &entry) == nil && (entry.Severity == "E" || entry.Severity == "F") {
			complaints = append(complaints, fmt.Sprint(entry.Message, " ", entry.Attr))
		}
	}
	if len(complaints) == 0 {
		complaints = slices.Concat(said, logged)
	}
	const shown = 4
	return strings.Join(complaints[max(0, len(complaints)-shown):], "; ")
}

func lines(path string, start int64) []string {
	content, err := os.ReadFile(path) //nolint:gosec // our own file
	if err != nil || int64(len(content)) < start {
		return nil
	}
	text := strings.TrimSpace(string(content[start:]))
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
