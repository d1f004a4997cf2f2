package witness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKeyFileGivesTheSignerOfItsPublicKey(t *testing.T) {
	l := newTree(t).grow(t, 3, "leaf")
	for _, kind := range []string{Ed25519, MLDSA44} {
		t.Run(kind, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			vkey, err := WriteKey(path, "neighbour.example/w1", kind)
			if err != nil {
				t.Fatal(err)
			}
			signer, same, err := ReadKey(path)
			if err != nil || same != vkey {
				t.Fatal(err, same)
			}
			w, _ := enrolled(t, l, signer)
			lines, err := w.Add(l.step(t, 0, 3))
			if err != nil {
				t.Fatal(err)
			}
			policy, err := ParsePolicy([]byte("log " + l.vkey + "\nwitness n " + vkey + "\nquorum n\n"))
			if err != nil {
				t.Fatal(err)
			}
			if v, err := policy.Check(append(l.at(t, 3), lines...)); err != nil || !v.Quorum {
				t.Errorf("%+v %v", v, err)
			}
			if _, err := WriteKey(path, "neighbour.example/w1", kind); !errors.Is(err, os.ErrExist) {
				t.Errorf("a key was replaced: %v", err)
			}
		})
	}
}

func TestAKeyFileThatIsNoneIsRefusedWithoutShowingIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	if _, err := WriteKey(path, "neighbour.example/w1", Ed25519); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Split(string(text), "\n")[1]
	for name, spoiled := range map[string]string{
		"cut short":        string(text[:len(text)-1]),
		"of another title": "x" + string(text),
		"a changed secret": strings.Replace(string(text), secret[len(secret)-9:], "AAAAAAAA=", 1),
		"no public key":    strings.Replace(string(text), strings.Split(string(text), "\n")[2], "none", 1),
	} {
		other := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(other, []byte(spoiled), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadKey(other); !errors.Is(err, ErrKey) || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadKey(path); err == nil {
		t.Error("a key that others may read is used")
	}
	if _, err := WriteKey(filepath.Join(dir, "k"), "two words", Ed25519); err == nil {
		t.Error("a name of two words")
	}
	if _, err := WriteKey(filepath.Join(dir, "k"), "name", "rsa"); !errors.Is(err, ErrKey) {
		t.Error(err)
	}
}
