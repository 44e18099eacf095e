package schemas

import (
	"fmt"
	"time"
)

// DocumentID builds a document's _id, which is also its clean key. Orders have one part, the order id.
func DocumentID(platform, channelID, shopID, id string) string {
	return platform + ":" + channelID + ":" + shopID + ":" + id
}

// Version builds the text that orders the observations of one document: the newer sorts after the older.
// updateTime is the platform's, in unix seconds, 0 if it gives none; fetchedAt is in unix milliseconds; revision is the
// mapping's, so that a mapping that was mended wins over the page it was made from.
func Version(updateTime, fetchedAt int64, revision int) string {
	return fmt.Sprintf("%012d-%013d-%04d", updateTime, fetchedAt, revision)
}

// FormatTime writes unix seconds as ISO 8601 in zone; 0 or less gives "", which means absent.
func FormatTime(seconds int64, zone *time.Location) string {
	if seconds <= 0 {
		return ""
	}
	return time.Unix(seconds, 0).In(zone).Format(time.RFC3339)
}

// FormatMillis writes unix milliseconds as ISO 8601 in zone, with the milliseconds.
func FormatMillis(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format("2006-01-02T15:04:05.000Z07:00")
}
