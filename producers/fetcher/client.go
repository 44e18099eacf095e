package fetcher

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

const (
	maxBody      = 32 << 20 // bytes of an answer
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

// errTooLarge says that an answer is longer than maxBody.
var errTooLarge = errors.New("answer is too large")

// reply is what a call brought and how long it took.
type reply struct {
	platform.Response
	toHeader time.Duration // from the request's start to the answer's header
	took     time.Duration // the whole call
}

// send makes one call. Its errors are of type [*platform.Error] or errTooLarge, and never hold the address, whose query
// carries the token and the signature. The reply's durations are set in any case.
func (f *Fetcher) send(ctx context.Context, request platform.Request) (rep reply, err error) {
	began := f.Now()
	defer func() { rep.took = f.Now().Sub(began) }()
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
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
	resp, err := f.HTTP.Do(req)
	if err != nil {
		return rep, networkError(err)
	}
	defer func() {
		// A body read to its end lets the connection serve the next call.
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
		_ = resp.Body.Close()
	}()
	rep.toHeader = f.Now().Sub(began)
	rep.Status, rep.Header = resp.StatusCode, resp.Header
	rep.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return rep, networkError(err)
	case len(rep.Body) > maxBody:
		rep.Body = nil
		return rep, errTooLarge
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
