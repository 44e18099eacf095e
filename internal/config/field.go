package config

import (
	"fmt"
	"maps"
	"math"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/secret"
)

// field ties a key to its place in a Config, and says which values it takes.
type field struct {
	key     string
	target  any               // pointer into the Config
	allowed string            // what an operator may write
	check   func(string) bool // of the value as text; nil when the type says it all
}

// fields lists every key, with targets in c and in platforms. Targets that are maps have entries of their own: below the key,
// or all in one text as name=value,name=value.
func fields(c *Config, platforms map[string]*Platform) []field {
	all := []field{
		{"kafka.brokers", &c.Kafka.Brokers, "host:port, one or more, separated by commas or as a list", brokers},
		{"kafka.topic_prefix", &c.Kafka.TopicPrefix, "up to 100 of A-Z a-z 0-9 . _ -", matches(`^[A-Za-z0-9._-]{0,100}$`)},
		{"kafka.replication", &c.Kafka.Replication, "-1 (the brokers' default) or 1 to 100", func(v string) bool {
			return v == "-1" || numberIn(1, 100)(v)
		}},
		{"mongo.uri", &c.Mongo.URI, "mongodb://… or mongodb+srv://…", matches(`^mongodb(\+srv)?://[^/?]`)},
		{"mongo.database", &c.Mongo.Database, "up to 63 of A-Z a-z 0-9 _ -", matches(`^[A-Za-z0-9_-]{1,63}$`)},
		{"shops.file", &c.Shops.File, "a path", matches(`.`)},
		{"shops.key", &c.Shops.Key, "a line of `shops key create`, or empty", matches(`^[A-Za-z0-9+/=]*\s*$`)},
		{"shops.key_file", &c.Shops.KeyFile, "a path", matches(`.`)},
		{"instance", &c.Instance, "up to 100 of A-Z a-z 0-9 . _ -, or empty", matches(`^[A-Za-z0-9._-]{0,100}$`)},
		{"http.addr", &c.HTTP.Addr, "host:port, or empty for none", func(v string) bool { return v == "" || listenAddr(v) }},
		oneOf("log.level", &c.Log.Level, "debug", "info", "warn", "error"),
		oneOf("log.format", &c.Log.Format, "text", "json"),
		{"time.zone", &c.Time.Zone, "an offset such as +07:00, or a name such as Asia/Bangkok", nil},
		span("time.settle", &c.Time.Settle, 0, 24*time.Hour),
	}
	for _, name := range slices.Sorted(maps.Keys(platforms)) {
		p := platforms[name]
		all = append(all,
			upTo("platforms."+name+".rate", &p.Rate, 1_000_000),
			upTo("platforms."+name+".burst", &p.Burst, 10_000),
			noneOr("platforms."+name+".shop_rate", &p.ShopRate, 1_000_000),
			noneOr("platforms."+name+".api_rate", &p.APIRate, 1_000_000),
			noneOr("platforms."+name+".daily", &p.Daily, 1_000_000_000),
			noneOr("platforms."+name+".ceiling", &p.Ceiling, 1_000_000),
			field{"platforms." + name + ".errors", &p.Errors, "code: " + strings.Join(classes, ", "), func(v string) bool {
				return slices.Contains(classes, v)
			}},
			field{"platforms." + name + ".page_sizes", &p.PageSizes, "op: a whole number, 1 to 1000", numberIn(1, 1000)},
			field{"platforms." + name + ".versions", &p.Versions, "endpoint: six digits such as 202309", matches(`^[0-9]{6}$`)},
			field{"platforms." + name + ".auth_url", &p.AuthURL, "http(s)://host[/path], or empty", matches(`^(https?://[^/?#@\s]+(/[^?#@\s]*)?)?$`)},
			oneOf("platforms."+name+".tracking", &p.Tracking, "packages", "history"))
	}
	return append(all,
		upTo("fetch.parallel", &c.Fetch.Parallel, 1000),
		upTo("fetch.retries", &c.Fetch.Retries, 20),
		span("fetch.backoff", &c.Fetch.Backoff, time.Millisecond, time.Minute),
		span("fetch.timeout", &c.Fetch.Timeout, 10*time.Millisecond, time.Minute),
		upTo("chunk.days", &c.Chunk.Days, 366),
		span("chunk.timeout", &c.Chunk.Timeout, time.Second, 30*24*time.Hour),
		upTo("sink.batch", &c.Sink.Batch, 100_000),
		upTo("topics.partitions", &c.Topics.Partitions, 10_000))
}

// mapFields are the last parts of the keys whose values are maps; all are a platform's.
var mapFields = []string{"errors", "page_sizes", "versions"}

// classes of platform errors: the words that the platforms' adapters know.
var classes = []string{"transient", "rate", "quota", "auth", "permanent"}

func upTo(key string, target *int, high int) field {
	return field{key, target, fmt.Sprintf("a whole number, 1 to %d", high), numberIn(1, high)}
}

func noneOr(key string, target *int, high int) field {
	return field{key, target, fmt.Sprintf("0 (none) or a whole number up to %d", high), numberIn(0, high)}
}

func span(key string, target *time.Duration, low, high time.Duration) field {
	return field{key, target, fmt.Sprintf("a duration such as 90s, 5m or 2h, %v to %v", low, high), func(v string) bool {
		d, err := time.ParseDuration(v)
		return err == nil && d >= low && d <= high
	}}
}

func oneOf(key string, target *string, words ...string) field {
	return field{key, target, strings.Join(words, ", "), func(v string) bool { return slices.Contains(words, v) }}
}

func matches(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

func numberIn(low, high int) func(string) bool {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= low && n <= high
	}
}

func brokers(v string) bool {
	for b := range strings.SplitSeq(v, ",") {
		host, port, err := net.SplitHostPort(b)
		if err != nil { // a port is optional: clients take 9092
			host, port = b, "9092"
		}
		if host == "" || strings.ContainsAny(host, " /") || (err != nil && strings.Contains(b, ":")) || !numberIn(1, 65535)(port) {
			return false
		}
	}
	return true
}

func listenAddr(v string) bool {
	_, port, err := net.SplitHostPort(v)
	return err == nil && numberIn(0, 65535)(port)
}

// set puts value, as a file, the environment or a flag gave it, into the field. It reports false when the value is not of
// the field's type or not within its limits.
func (f field) set(value any) bool {
	text, scalar := scalarText(value)
	switch target := f.target.(type) {
	case *string:
		s, ok := value.(string)
		*target = s
		return ok && f.check(s)
	case *secret.Text:
		switch s := value.(type) {
		case string:
			*target = secret.Text(s)
		case secret.Text:
			*target = s
		default:
			return false
		}
		return f.check(target.Reveal())
	case *int:
		n, err := strconv.Atoi(text)
		*target = n
		return scalar && err == nil && f.check(text)
	case *time.Duration:
		d, err := time.ParseDuration(text)
		*target = d
		return scalar && err == nil && f.check(text)
	case *Zone:
		zone, err := ParseZone(text)
		*target = zone
		return scalar && err == nil
	case *[]string:
		list, ok := stringList(value)
		*target = list
		return ok && f.check(strings.Join(list, ","))
	default:
		panic(fmt.Sprintf("config: field %s has no decoder for %T", f.key, f.target))
	}
}

// text returns the field's present value; a secret's as a placeholder.
func (f field) text() string {
	switch target := f.target.(type) {
	case *string:
		return *target
	case *secret.Text:
		return target.String()
	case *int:
		return strconv.Itoa(*target)
	case *time.Duration:
		return target.String()
	case *Zone:
		return target.String()
	case *[]string:
		return strings.Join(*target, ",")
	case *map[string]string, *map[string]int:
		entries, _ := f.entries()
		pairs := make([]string, 0, len(entries))
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			pairs = append(pairs, name+"="+entries[name])
		}
		return strings.Join(pairs, ",")
	default:
		panic(fmt.Sprintf("config: field %s has no text for %T", f.key, f.target))
	}
}

// entries returns the present entries of a field that is a map, values as text, and whether it is one.
func (f field) entries() (map[string]string, bool) {
	switch target := f.target.(type) {
	case *map[string]string:
		return *target, true
	case *map[string]int:
		texts := make(map[string]string, len(*target))
		for name, n := range *target {
			texts[name] = strconv.Itoa(n)
		}
		return texts, true
	}
	return nil, false
}

// setEntry puts an entry into a field that is a map. It reports false when name or value are not allowed.
func (f field) setEntry(name string, value any) bool {
	text, scalar := scalarText(value)
	if name == "" || !scalar || !f.check(text) {
		return false
	}
	switch target := f.target.(type) {
	case *map[string]string:
		(*target)[name] = text
	case *map[string]int:
		(*target)[name], _ = strconv.Atoi(text) // checked
	}
	return true
}

// wrongEntry is the error for one entry of a field that is a map.
func (f field) wrongEntry(name string, value any, place string) error {
	_, allowed, _ := strings.Cut(f.allowed, ": ")
	return wrong(f.key+"."+name, value, place, allowed)
}

// scalarText renders what YAML, flags and the environment give for one value.
func scalarText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v), true
	case float64:
		if v == math.Trunc(v) { // 1e3 is a whole number, 2.5 is not
			return strconv.FormatFloat(v, 'f', -1, 64), true
		}
		return fmt.Sprint(v), true
	case int, int64, uint64, bool, time.Duration, Zone:
		return fmt.Sprint(v), true
	default:
		return fmt.Sprint(v), false
	}
}

// stringList takes a list, or a text of parts with commas between them.
func stringList(value any) ([]string, bool) {
	var list []string
	switch v := value.(type) {
	case string:
		list = strings.Split(v, ",")
	case []string:
		list = slices.Clone(v)
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			list = append(list, s)
		}
	default:
		return nil, false
	}
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	return list, len(list) > 0
}
