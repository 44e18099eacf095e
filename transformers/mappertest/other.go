package mappertest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// spoiled returns another value of the same type, which need not be a good one: a time as text becomes none.
func spoiled(v any) any {
	switch v := v.(type) {
	case json.Number:
		return json.Number(strings.Replace("7"+v.String(), "7-", "-7", 1))
	case string:
		if v != "" && strings.Trim(v, "0123456789.,-") == "" { // ids, amounts and times as text
			return strings.Replace("7"+v, "7-", "-7", 1)
		}
		return v + "x"
	case bool:
		return !v
	}
	return "something"
}

// others returns other values of the same form as v, which are as good: another time, later and earlier, since the first or the last of
// several may count; another id or amount; of an amount with its currency, another amount and another currency.
func others(v any) []any {
	switch v := v.(type) {
	case json.Number:
		times := otherTimes(v.String())
		if times == nil {
			return []any{json.Number(otherDigits(v.String()))}
		}
		return []any{json.Number(times[0]), json.Number(times[1])}
	case string:
		var all []any
		for _, text := range otherTexts(v) {
			all = append(all, text)
		}
		return all
	}
	return []any{spoiled(v)}
}

var (
	withCurrency = regexp.MustCompile(`^([0-9.,]+) ([A-Z]{3})$`)
	code         = regexp.MustCompile(`^[A-Z]{2,3}$`) // of a country or currency
)

func otherTexts(v string) []string {
	if times := otherTimes(v); times != nil {
		return times
	}
	if m := withCurrency.FindStringSubmatch(v); m != nil {
		return []string{otherDigits(m[1]) + " " + m[2], m[1] + " " + otherCode(m[2])}
	}
	var list []string
	if json.Unmarshal([]byte(v), &list) == nil && len(list) > 0 {
		return []string{strings.Replace(v, list[0], otherTexts(list[0])[0], 1)}
	}
	switch {
	case v != "" && strings.Trim(v, "0123456789.,-") == "":
		return []string{otherDigits(v)}
	case code.MatchString(v):
		return []string{otherCode(v)}
	}
	return []string{v + "x"}
}

// otherDigits changes the first digit that is not 0, so that length, groups of digits and range stay what they are.
func otherDigits(v string) string {
	if at := strings.IndexAny(v, "123456789"); at >= 0 {
		return v[:at] + string('1'+(v[at]-'0')%8) + v[at+1:]
	}
	return strings.Replace("7"+v, "7-", "-7", 1)
}

func otherCode(v string) string {
	for _, other := range []string{"VN", "VND", "TH", "THB"} {
		if len(other) == len(v) && other != v {
			return other
		}
	}
	return v + "x"
}

const aside = 400 * 24 * time.Hour

// layouts are the forms in which platforms write times as text.
var layouts = []string{
	"2006-01-02 15:04:05 -0700", time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05", "2006-01-02 15:04", "2 Jan 2006", time.DateOnly,
}

// otherTimes returns a later and an earlier time in the form of v, or nil when v is no time.
func otherTimes(v string) []string {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		for _, unit := range []int64{int64(time.Second), int64(time.Millisecond)} {
			second := int64(time.Second) / unit
			if from, to := 1_400_000_000*second, 2_100_000_000*second; n >= from && n < to {
				off := int64(aside) / unit
				return []string{strconv.FormatInt(n+off, 10), strconv.FormatInt(n-off, 10)}
			}
		}
		return nil
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, v); err == nil {
			return []string{at.Add(aside).Format(layout), at.Add(-aside).Format(layout)}
		}
	}
	return nil
}

var word = regexp.MustCompile(`^[A-Za-z_ -]{2,30}$`)

// isWord reports whether v can be a word of a list of words, of which each may mean something else.
func isWord(v any) bool { return word.MatchString(textOf(v)) }

// joins reports whether v can be an id by which answers, or parts of one, are put together, or a code that they must agree about.
func joins(v any) bool {
	text := textOf(v)
	isID := len(text) >= 6 && strings.ContainsAny(text, "0123456789") && !strings.ContainsAny(text, ". :/") && otherTimes(text) == nil
	return isID || code.MatchString(text)
}

// textOf returns the text of a text or number, else "".
func textOf(v any) string {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case string:
		return v
	}
	return ""
}

// like returns text as a number where v is one and it can be one, else as text.
func like(v any, text string) any {
	if _, number := v.(json.Number); number && json.Valid([]byte(text)) {
		return json.Number(text)
	}
	return text
}
