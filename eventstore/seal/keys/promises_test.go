package keys_test

import (
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
