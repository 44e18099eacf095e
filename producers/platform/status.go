package platform

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxWait bounds what a platform can make us wait between two looks: a quota may be raised, an answer may be wrong.
const MaxWait = time.Hour

// ByStatus is the error of an answer without a readable code.
func ByStatus(r Response) *Error {
	class := StatusClass(r.Status)
	err := NewError(class, "http_"+strconv.Itoa(r.Status), "")
	err.RetryAfter = RetryAfter(class, r)
	return err
}

// StatusClass is what an HTTP status says by itself.
func StatusClass(status int) Class {
	switch status {
	case http.StatusTooManyRequests:
		return Rate
	case http.StatusUnauthorized, http.StatusForbidden:
		return Auth
	default:
		return Transient
	}
}

// RetryAfter returns what the header of that name asks for, in seconds or as a date: 0 when there is none, or when waiting
// does not mend an error of that class.
func RetryAfter(class Class, r Response) time.Duration {
	if class != Rate && class != Quota && class != Transient {
		return 0
	}
	value := strings.TrimSpace(r.Header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return min(time.Duration(min(seconds, 1<<20))*time.Second, MaxWait)
	}
	now, dated := r.Date()
	if at, err := http.ParseTime(value); err == nil && dated {
		return min(max(at.Sub(now), 0), MaxWait)
	}
	return 0
}

// Malformed is the error of an answer that claims success and is not what was asked for: asking again may help.
func Malformed(code, detail string) *Error { return NewError(Transient, code, detail) }
