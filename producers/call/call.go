// Package call sends one call to a platform and reads the answer to its end. What a call and an answer look like is the
// adapters' knowledge; when to call, and what an error means, that of those who do.
package call

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

// MaxBody is how many bytes of an answer are read.
const MaxBody = 32 << 20

const (
	maxDrain     = 256 << 10
	maxRedirects = 3
)

// NewClient returns an HTTP client for calls of platforms: connections are kept, and a redirect is only followed on the
// same host, since the address carries credentials.
func NewClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   32,
			IdleConnTimeout:       90 * time.Second,
			ExpectContinueTimeout: time.Second,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			first := via[0].URL
			if len(via) > maxRedirects || r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// ErrTooLarge says that an answer is longer than 32 MiB.
var ErrTooLarge = errors.New("answer is too large")

// Reply is what a call brought and how long it took.
type Reply struct {
	platform.Response
	ToHeader time.Duration // from the request's start to the answer's header
	Took     time.Duration // the whole call
}

// Caller sends calls. All fields are required.
type Caller struct {
	HTTP    *http.Client
	Timeout time.Duration // of one call, body included
	Now     func() time.Time
}

// Send makes one call. Its errors are of type [*platform.Error] or [ErrTooLarge], and never hold the address, whose query
// carries the token and the signature. The reply's durations are set in any case.
func (c Caller) Send(ctx context.Context, request platform.Request) (rep Reply, err error) {
	began := c.Now()
	defer func() { rep.Took = c.Now().Sub(began) }()
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, request.Method, request.URL(), bytes.NewReader(request.Body))
	if err != nil {
		return rep, platform.NewError(platform.Permanent, "bad_address", "the shop's base_url or auth_url makes no valid address")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "shopstream")
	if request.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range request.Header {
		req.Header[name] = values
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return rep, networkError(err)
	}
	defer func() {
		// A body read to its end lets the connection serve the next call.
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
		_ = resp.Body.Close()
	}()
	rep.ToHeader = c.Now().Sub(began)
	rep.Status, rep.Header = resp.StatusCode, resp.Header
	rep.Body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch {
	case err != nil:
		return rep, networkError(err)
	case len(rep.Body) > MaxBody:
		rep.Body = nil
		return rep, ErrTooLarge
	}
	return rep, nil
}

// networkError names what went wrong on the way. Only the kind is kept of err: its text may hold the address.
func networkError(err error) *platform.Error {
	var (
		wrapped *url.Error
		dns     *net.DNSError
		timeout interface{ Timeout() bool }
	)
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	code, detail := "network", "the call failed on the way"
	switch {
	case errors.Is(err, context.Canceled):
		code, detail = "cancelled", "the call was stopped"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		code, detail = "timeout", "no complete answer in time"
	case errors.As(err, &dns):
		code, detail = "dns", "the host name in base_url cannot be resolved"
	case errors.Is(err, syscall.ECONNREFUSED):
		code, detail = "refused", "nobody listens at base_url"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		code, detail = "cut", "the connection was cut before the answer was complete"
	}
	return platform.NewError(platform.Transient, code, detail)
}

// Hide takes a shop's secrets out of what a platform said about a call.
func Hide(err error, s shop.Shop) error {
	var e *platform.Error
	if !errors.As(err, &e) {
		return err
	}
	clean := *e
	for _, secret := range []string{s.AccessToken.Reveal(), s.RefreshToken.Reveal(), s.AppSecret.Reveal(), s.ShopCipher} {
		if secret != "" {
			clean.Detail = strings.ReplaceAll(clean.Detail, secret, "<redacted>")
			clean.Code = strings.ReplaceAll(clean.Code, secret, "<redacted>")
		}
	}
	return &clean
}
