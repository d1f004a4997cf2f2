package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"caseledger/adapters/feed"
)

// Limits on a call.
const (
	callTime         = 15 * time.Second
	maxAnswerHeaders = 16 << 10
	maxAnswerBytes   = 4 << 10 // of which nothing is used
)

// errAddress says that a host's address must not be called.
var errAddress = errors.New("the address is not one of the public internet, nor allowed")

// reserved are ranges that lead, or may lead, into networks of one's own; those
// that netip knows by name are in public.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
}

// publicV6 is what is given to the public internet, and translated where the
// embedded address of version 4 could be any.
var (
	publicV6   = netip.MustParsePrefix("2000::/3")
	translated = []netip.Prefix{netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32")}
)

// public reports whether an address is one of the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	if a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if a.Is4() {
		return !slices.ContainsFunc(reserved, in)
	}
	return publicV6.Contains(a) && !slices.ContainsFunc(translated, in)
}

// caller calls receivers. It follows no redirection, uses no proxy, and looks at
// the address that it is about to connect to, whatever its name stood for before.
type caller struct{ client *http.Client }

func newCaller(c Config) (caller, error) {
	pool, err := c.authorities()
	if err != nil {
		return caller{}, err
	}
	dialer := &net.Dialer{Timeout: callTime, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return errAddress
		}
		ip := at.Addr().Unmap()
		if public(ip) || slices.ContainsFunc(c.Private, func(p netip.Prefix) bool { return p.Contains(ip) }) {
			return nil
		}
		return errAddress
	}}
	return caller{&http.Client{
		Timeout:       callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: maxAnswerHeaders, MaxConnsPerHost: MaxSubscriptions, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
	}}, nil
}

// statusError says that a receiver did not take a notice.
type statusError struct {
	status int
	later  time.Duration // how long it asks not to be called; 0 if it does not
}

func (e *statusError) Error() string { return fmt.Sprintf("the receiver answers %d", e.status) }

// post sends a notice, and returns nil when the receiver has taken it. No error
// says what the receiver said.
func (c caller) post(ctx context.Context, to string, keys signer, id string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the url cannot be called")
	}
	seconds := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header = http.Header{"Content-Type": {feed.MediaType}, "User-Agent": {"caseledger"},
		"Webhook-Id": {id}, "Webhook-Timestamp": {seconds}, "Webhook-Signature": {keys.sign(id, seconds, body)}}
	res, err := c.client.Do(req)
	if err != nil {
		return unreached(err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, maxAnswerBytes) // so that the connection can be used again
	if res.StatusCode/100 == 2 {
		return nil
	}
	failed := &statusError{status: res.StatusCode}
	if n, err := strconv.ParseUint(res.Header.Get("Retry-After"), 10, 16); err == nil {
		failed.later = time.Duration(n) * time.Second
	}
	return failed
}

// unreached says why a receiver could not be called, without its address.
func unreached(err error) error {
	var unknown *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errAddress):
		return errAddress
	case errors.As(err, &unknown):
		return errors.New("the receiver's certificate is not trusted")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the receiver takes too long")
	}
	return errors.New("the receiver cannot be reached")
}
