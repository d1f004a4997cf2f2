package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
)

// maxServicesBytes bounds a file of service accounts.
const maxServicesBytes = 4 << 20

// Services are service accounts: programs that call with a client certificate.
type Services struct {
	byName map[string]Caller // by the common name of the certificate
	ids    map[string]bool
}

// service is one account as the file has it.
type service struct {
	Caller
	// Certificate is the common name of the client certificate.
	Certificate string `json:"certificate" validate:"required,max=100,printascii"`
}

// ReadServices reads a file of service accounts: a JSON list of at most
// MaxCallers callers, each with the member "certificate". It is read strictly.
func ReadServices(path string) (*Services, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxServicesBytes+1))
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	s, err := parseServices(text)
	if err != nil {
		return nil, fmt.Errorf("services: %s: %w", path, err)
	}
	return s, nil
}

func parseServices(text []byte) (*Services, error) {
	var list []service
	if err := json.Unmarshal(text, &list, json.RejectUnknownMembers(true)); err != nil || len(text) > maxServicesBytes || len(list) > MaxCallers {
		return nil, fmt.Errorf("not a list of at most %d accounts", MaxCallers)
	}
	s := &Services{byName: make(map[string]Caller), ids: make(map[string]bool)}
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
	if _, twice := s.byName[one.Certificate]; twice {
		return errors.New("the certificate stands twice")
	}
	s.byName[one.Certificate], s.ids[one.ID] = one.Caller, true
	return nil
}

// Caller implements Callers. A token is nobody's.
func (s *Services) Caller(_ context.Context, shown Shown) (Caller, error) {
	if shown.Certificate == nil {
		return Caller{}, ErrNobody
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

// Both are people, who bear tokens, and services, which have certificates.
type Both struct {
	People   Callers
	Services *Services
}

// Caller implements Callers. No bearer of a token can have the id of a service,
// whatever his issuer says.
func (b Both) Caller(ctx context.Context, s Shown) (Caller, error) {
	if s.Certificate != nil {
		return b.Services.Caller(ctx, s)
	}
	c, err := b.People.Caller(ctx, s)
	if err == nil && b.Services.ids[c.ID] {
		return Caller{}, fmt.Errorf("%w: the id is that of a service", ErrNobody)
	}
	return c, err
}
