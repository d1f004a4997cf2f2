package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"caseledger/adapters/assertion"
	"caseledger/eventstore"
)

// maxServicesBytes bounds a file of service accounts.
const maxServicesBytes = 4 << 20

// Services are service accounts: programs that call with a client certificate,
// or with assertions that they sign themselves.
type Services struct {
	byName     map[string]Caller // by the common name of the certificate
	ids        map[string]Caller
	assertions assertion.Verifier
}

// service is one account as the file has it.
type service struct {
	Caller
	// Certificate is the common name of the client certificate.
	Certificate string `json:"certificate,omitempty" validate:"required_without=Keys,omitempty,max=100,printascii"`
	// Keys is the JSON Web Key Set of the public keys of its assertions.
	Keys jsontext.Value `json:"keys,omitempty"`
}

// Assertions say for whom the assertions of services must be made, and remember
// those that were taken. An empty audience takes none.
type Assertions struct {
	Audience string
	Seen     *assertion.Seen
}

// ReadServices reads a file of service accounts: a JSON list of at most
// MaxCallers callers, each with the member "certificate", "keys" or both. It is
// read strictly.
func ReadServices(path string, how Assertions) (*Services, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxServicesBytes+1))
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	s, err := parseServices(text, how)
	if err != nil {
		return nil, fmt.Errorf("services: %s: %w", path, err)
	}
	return s, nil
}

func parseServices(text []byte, how Assertions) (*Services, error) {
	var list []service
	if err := json.Unmarshal(text, &list, json.RejectUnknownMembers(true)); err != nil || len(text) > maxServicesBytes || len(list) > MaxCallers {
		return nil, fmt.Errorf("not a list of at most %d accounts", MaxCallers)
	}
	s := &Services{byName: make(map[string]Caller), ids: make(map[string]Caller),
		assertions: assertion.Verifier{Audience: how.Audience, Keys: make(assertion.Keys), Seen: how.Seen}}
	for i, one := range list {
		if err := s.add(one); err != nil {
			return nil, fmt.Errorf("account %d: %w", i+1, err)
		}
	}
	return s, nil
}

func (s *Services) add(one service) error {
	if err := eventstore.Validate(one); err != nil {
		return err
	}
	if _, twice := s.ids[one.ID]; twice {
		return errors.New("the id stands twice")
	}
	if one.Certificate != "" {
		if _, twice := s.byName[one.Certificate]; twice {
			return errors.New("the certificate stands twice")
		}
		s.byName[one.Certificate] = one.Caller
	}
	if one.Keys != nil {
		if s.assertions.Audience == "" {
			return errors.New("keys need an audience to make assertions for")
		}
		keys, err := assertion.ReadKeys(one.Keys)
		if err != nil {
			return err
		}
		s.assertions.Keys[one.ID] = keys
	}
	s.ids[one.ID] = one.Caller
	return nil
}

// asserts reports whether a token says that it is the assertion of a service.
func (s *Services) asserts(token string) bool {
	return len(s.assertions.Keys) > 0 && s.assertions.Names(token)
}

// asserted returns the service that made an assertion.
func (s *Services) asserted(token string) (Caller, error) {
	id, err := s.assertions.Service(token)
	switch {
	case errors.Is(err, assertion.ErrRefused):
		return Caller{}, fmt.Errorf("%w: %w", ErrNobody, err)
	case err != nil:
		return Caller{}, err
	}
	return s.ids[id], nil
}

// Caller implements Callers.
func (s *Services) Caller(_ context.Context, shown Shown) (Caller, error) {
	if shown.Certificate == nil {
		return s.asserted(shown.Token)
	}
	c, ok := s.byName[shown.Certificate.Subject.CommonName]
	if !ok {
		return Caller{}, fmt.Errorf("%w: the certificate is no service account's", ErrNobody)
	}
	if time.Now().After(shown.Certificate.NotAfter) { // since the connection was made
		return Caller{}, fmt.Errorf("%w: the certificate has expired", ErrNobody)
	}
	return c, nil
}

// Both are people, who bear tokens, and services, which have certificates or
// keys.
type Both struct {
	People   Callers
	Services *Services
}

// Caller implements Callers. No bearer of a token can have the id of a service,
// whatever his issuer says.
func (b Both) Caller(ctx context.Context, s Shown) (Caller, error) {
	if s.Certificate != nil || b.Services.asserts(s.Token) {
		return b.Services.Caller(ctx, s)
	}
	c, err := b.People.Caller(ctx, s)
	if _, is := b.Services.ids[c.ID]; err == nil && is {
		return Caller{}, fmt.Errorf("%w: the id is that of a service", ErrNobody)
	}
	return c, err
}
