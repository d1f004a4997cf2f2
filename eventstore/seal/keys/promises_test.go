package keys_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"caseledger/eventstore/seal/keys"
	"caseledger/eventstore/seal/keys/keystest"
)

func TestAStoreInMemoryKeepsTheirPromises(t *testing.T) {
	keystest.Store(t, func(*testing.T) keystest.Opened { return keystest.Opened{Store: keys.NewMemory()} })
}

func TestAKeyFileKeepsThePromisesOfAKMS(t *testing.T) {
	keystest.KMS(t, keyFile(t), keyFile(t))
}

func keyFile(t *testing.T) keys.KMS {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := keys.WriteKeyFile(path); err != nil {
		t.Fatal(err)
	}
	k, err := keys.ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAStoreGoesOverToAnotherKMSAndOpensUnderThatAlone(t *testing.T) {
	dirs := keys.Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	old := keyFile(t)
	next := named{keyFile(t), "other"}
	s, err := keys.CreateDirectory(t.Context(), dirs, old)
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.ForSealing(t.Context(), keys.Place{Stream: "record-7f3c"})
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Epoch()
	if err != nil || before.Number != 1 || before.KMS != "key-file" || len(before.Wrapped) == 0 || before.Begun.IsZero() {
		t.Errorf("%+v, %v", before, err)
	}
	if err := s.RenewUnder(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	after, err := s.Epoch()
	if err != nil || after.Number != 2 || after.KMS != "other" || after.Check == before.Check {
		t.Errorf("%+v, %v", after, err)
	}
	if err := errors.Join(s.Renew(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.OpenDirectory(t.Context(), dirs, old); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("the old secret: %v", err)
	}
	s, err = keys.OpenDirectory(t.Context(), dirs, next)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := s.ForOpening(t.Context(), k.ID); err != nil || got != k {
		t.Errorf("another key: %v", err)
	}
	if e, err := s.Epoch(); err != nil || e.Number != 3 || e.KMS != "other" {
		t.Errorf("%+v, %v", e, err)
	}
}

// named is a KMS of another name.
type named struct {
	keys.KMS
	name string
}

func (n named) Name() string { return n.name }

// gone is a KMS that cannot be reached, named as another.
type gone struct{ keys.KMS }

func (gone) Wrap(context.Context, []byte) ([]byte, error)   { return nil, keys.ErrUnreachable }
func (gone) Unwrap(context.Context, []byte) ([]byte, error) { return nil, keys.ErrUnreachable }

func TestARenewalThatTheKMSDoesNotAnswerChangesNothing(t *testing.T) {
	dirs := keys.Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	k := keyFile(t)
	s, err := keys.CreateDirectory(t.Context(), dirs, k)
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Epoch()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RenewUnder(t.Context(), gone{k}); !errors.Is(err, keys.ErrUnreachable) {
		t.Errorf("%v", err)
	}
	if after, err := s.Epoch(); err != nil || after.Check != before.Check || after.Number != before.Number {
		t.Errorf("%+v, %v", after, err)
	}
	if err := errors.Join(s.Renew(t.Context()), s.Close()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
