// Package webhook tells others' servers that something was recorded. A Follower
// reads the log in order and posts the notices that its subscription wants, as
// CloudEvents 1.0, signed as Standard Webhooks has it (https://www.standardwebhooks.com).
// What cannot be delivered is tried again, more and more slowly, and then parked,
// so that one notice does not hold up the others for ever. A follower saves its
// position after the delivery: every notice arrives at least once, under one id.
//
// The package says that something was recorded and never what. It calls no host
// that the operator has not named, and no private address that he has not.
package webhook

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"

	"caseledger/adapters/feed"
)

// Config is who is told.
type Config struct {
	// Hosts are the names or addresses that may be called.
	Hosts []string `json:"hosts"`
	// Private are the ranges of addresses that may be called although they are not
	// of the public internet: "10.1.2.0/24".
	Private []netip.Prefix `json:"private,omitempty"`
	// Authorities is a file of certificates that are trusted instead of the
	// system's.
	Authorities   string         `json:"authorities,omitzero"`
	Subscriptions []Subscription `json:"subscriptions"`
}

// Subscription is one server that is told of what its filter chooses.
type Subscription struct {
	ID  string `json:"id"`  // 1 to 64 characters of a-z 0-9 -
	URL string `json:"url"` // https; http to this machine only
	// SecretFile has one key on a line: whsec_… signs with HMAC-SHA256, whsk_…
	// with Ed25519. Two lines sign twice, so that the receiver can change keys.
	SecretFile string `json:"secretFile"`
	// Basis and Purpose are the legal basis and the purpose for which the receiver
	// is told. They stand in the access entries.
	Basis   string `json:"basis"`
	Purpose string `json:"purpose"`
	// After is the position after which a new subscription begins.
	After uint64 `json:"after,omitzero"`
	feed.Filter
}

// MaxSubscriptions bounds the subscriptions of a ledger.
const MaxSubscriptions = 100

var subscriptionID = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// Check says what is wrong with a configuration.
func (c Config) Check() error {
	if len(c.Subscriptions) > MaxSubscriptions {
		return fmt.Errorf("webhooks: more than %d subscriptions", MaxSubscriptions)
	}
	var ids []string
	for _, s := range c.Subscriptions {
		if !subscriptionID.MatchString(s.ID) || slices.Contains(ids, s.ID) {
			return errors.New("webhooks: an id has 1 to 64 characters of a-z 0-9 - and stands once")
		}
		ids = append(ids, s.ID)
		if err := errors.Join(c.checkURL(s.URL), s.Filter.Check()); err != nil {
			return fmt.Errorf("webhooks: subscription %s: %w", s.ID, err)
		}
		if s.SecretFile == "" || s.Basis == "" || s.Purpose == "" || len(s.Basis)+len(s.Purpose) > 200 {
			return fmt.Errorf("webhooks: subscription %s: it names its secretFile, legal basis and purpose", s.ID)
		}
	}
	return nil
}

// checkURL refuses an address that must not be called; that it leads to no
// private address is seen when it is called.
func (c Config) checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("the url is not one of a host, without user and fragment")
	}
	if !slices.Contains(c.Hosts, u.Hostname()) {
		return errors.New("the host of the url is not among the hosts")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || err != nil || !ip.IsLoopback()) {
		return errors.New("the url begins with https; with http only where it leads to this machine by its address")
	}
	return nil
}

// authorities returns who may vouch for receivers; nil is whom the system trusts.
func (c Config) authorities() (*x509.CertPool, error) {
	if c.Authorities == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Authorities)
	if err != nil {
		return nil, fmt.Errorf("webhooks: authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("webhooks: %s holds no certificate", c.Authorities)
	}
	return pool, nil
}
