package dlq

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// ID is a dead letter's place: topic, partition and offset. It never changes and is never used again while the topic lives.
type ID struct {
	Of        string // the dead-letter topic's name after "dlq.": raw, tasks, ...
	Partition int32
	Offset    int64
}

// String returns the id as operators type it: dlq.raw/3/17, without the installation's prefix.
func (id ID) String() string { return fmt.Sprintf("dlq.%s/%d/%d", id.Of, id.Partition, id.Offset) }

// MarshalText makes the id one word in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// ParseID reads an id, with or without the installation's prefix.
func ParseID(text string, topics schemas.Topics) (ID, error) {
	topic, partition, offset, err := parsePlace(text)
	of, isDLQ := strings.CutPrefix(strings.TrimPrefix(topic, topics.Prefix), "dlq.")
	if err != nil || !isDLQ || of == "" || of == "handled" {
		return ID{}, fmt.Errorf("%.100q is no id of a dead letter, such as dlq.raw/3/17: `shopstream dlq list` shows them", text)
	}
	return ID{of, partition, offset}, nil
}

// parsePlace reads topic/partition/offset.
func parsePlace(text string) (topic string, partition int32, offset int64, err error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || parts[0] == "" {
		return "", 0, 0, fmt.Errorf("%.100q is no topic/partition/offset", text)
	}
	p, errP := strconv.ParseUint(parts[1], 10, 31)
	o, errO := strconv.ParseUint(parts[2], 10, 63)
	if errP != nil || errO != nil {
		return "", 0, 0, fmt.Errorf("%.100q is no topic/partition/offset", text)
	}
	return parts[0], int32(p), int64(o), nil
}
