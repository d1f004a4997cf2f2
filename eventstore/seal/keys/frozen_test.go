package keys

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The files were written once and are never written again: key stores of this
// format are in use.
func TestTheFormatIsFrozen(t *testing.T) {
	dirs := Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	if err := os.MkdirAll(dirs.epochs(), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"keys-1": dirs.keysFile(1), "epochs/epoch-1": dirs.epochFile(1)} {
		b, err := os.ReadFile(filepath.Join("testdata/v1", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := OpenDirectory(t.Context(), dirs, testKMS(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k := sealing(t, s, mary)
	if got := fmt.Sprintf("%s %x", k.ID, k.Secret); got != "k-519845d5118029cdf577343fad0e23d1 0401904b6e0fd7c683f3812c4744786f9690d3c1f9af4144946cf9db87b7d7ea" {
		t.Errorf("the key is %s", got)
	}
	entries, err := s.List(t.Context())
	if err != nil || len(entries) != 2 || entries[1].ID != "k-eff39e51ac2e88e7a2784524306ed8e5" ||
		entries[1].Check.String() != "d9f242e6699b603b" || *entries[1].Destroyed != destruction {
		t.Errorf("the destroyed key is %+v, %v", entries, err)
	}
}
