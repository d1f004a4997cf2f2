// Package cloudeventtest judges whether a text is an event in the JSON format of
// CloudEvents 1.0.2, by the rules of its specification and of the JSON Schema
// published with it. It is for tests, and knows nothing of what the events of a
// ledger mean.
package cloudeventtest

import (
	"errors"
	"fmt"
	"math"
	"mime"
	"net/url"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// attributeName is the form of section "Naming Conventions": what is not so
// cannot be carried over every protocol.
var attributeName = regexp.MustCompile(`^[a-z0-9]+$`)

// Check returns every rule that the event breaks, or nil.
func Check(event []byte) error {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(event, &members); err != nil {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	var faults []error
	for _, name := range []string{"id", "source", "specversion", "type"} {
		if _, there := members[name]; !there {
			faults = append(faults, fmt.Errorf("%s is missing", name))
		}
	}
	if _, one := members["data"]; one {
		if _, other := members["data_base64"]; other {
			faults = append(faults, errors.New("data and data_base64 exclude one another"))
		}
	}
	for name, value := range members {
		if err := member(name, value); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(faults...)
}

// CheckBatch is Check of a batch, and returns how many events there are in it.
func CheckBatch(batch []byte) (int, error) {
	var events []jsontext.Value
	if err := json.Unmarshal(batch, &events); err != nil || events == nil {
		return 0, fmt.Errorf("not a JSON array: %w", err)
	}
	var faults []error
	for i, e := range events {
		if err := Check(e); err != nil {
			faults = append(faults, fmt.Errorf("event %d: %w", i, err))
		}
	}
	return len(events), errors.Join(faults...)
}

func member(name string, value jsontext.Value) error {
	switch name {
	case "data":
		return nil
	case "data_base64":
		return text(value, func(string) error { return nil })
	case "specversion":
		return text(value, func(s string) error {
			if s != "1.0" {
				return errors.New("not 1.0")
			}
			return nil
		})
	case "source":
		return text(value, func(s string) error { _, err := url.Parse(s); return err })
	case "dataschema":
		return text(value, func(s string) error {
			u, err := url.Parse(s)
			if err == nil && !u.IsAbs() {
				err = errors.New("not an absolute URI")
			}
			return err
		})
	case "datacontenttype":
		return text(value, func(s string) error { _, _, err := mime.ParseMediaType(s); return err })
	case "time":
		return text(value, func(s string) error { _, err := time.Parse(time.RFC3339Nano, s); return err })
	case "id", "type", "subject":
		return text(value, func(string) error { return nil })
	}
	if !attributeName.MatchString(name) {
		return errors.New("not a name of an attribute: a-z and 0-9")
	}
	return extension(value)
}

// extension is a Boolean, an Integer, which has 32 bits, or a String.
func extension(value jsontext.Value) error {
	switch value.Kind() {
	case 't', 'f':
		return nil
	case '0':
		if n, err := strconv.ParseInt(string(value), 10, 64); err != nil || n < math.MinInt32 || n > math.MaxInt32 {
			return errors.New("not an Integer, which has 32 bits")
		}
		return nil
	case '"':
		return text(value, func(string) error { return nil })
	}
	return errors.New("not a Boolean, an Integer or a String")
}

// text judges a String of at least one character: no control character, no
// code point that is none.
func text(value jsontext.Value, rule func(string) error) error {
	var s string
	if err := json.Unmarshal(value, &s); err != nil {
		return err
	}
	if s == "" {
		return errors.New("empty")
	}
	for _, c := range s {
		if c < ' ' || 0x7f <= c && c <= 0x9f || 0xfdd0 <= c && c <= 0xfdef || c&0xfffe == 0xfffe || c == utf8.RuneError {
			return errors.New("a character that a String does not have")
		}
	}
	return rule(s)
}
