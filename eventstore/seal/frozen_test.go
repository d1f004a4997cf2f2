package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const frozen = "testdata/v1"

// The files were written once and are never written again: what they hold
// stands in ledgers.
func TestTheFormatIsFrozen(t *testing.T) {
	leaf, blob := mustSeal(t, testPayload)
	disclosures := bytes.Join(append(mustOpen(t, testPayload).Disclosures(), nil), []byte("\n"))
	for name, got := range map[string][]byte{"payload": []byte(testPayload), "leaf": leaf, "blob": blob, "disclosures": disclosures} {
		if want := readFrozen(t, name); !bytes.Equal(got, want) {
			t.Errorf("%s is now\n%q, not\n%q", name, got, want)
		}
	}
	if o, err := Open(readFrozen(t, "leaf"), readFrozen(t, "blob"), testKey, testEvent); err != nil || string(o.Payload) != testPayload {
		t.Errorf("what was sealed once opens no more: %v", err)
	}
}

func readFrozen(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(frozen, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAProgramInAnotherLanguageComputesTheSame(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	o := mustOpen(t, testPayload)
	want := fmt.Sprintf("leaf %s\n", HashLeaf(o.Leaf.Text()))
	for _, d := range o.Digests() {
		want += fmt.Sprintf("digest %s\n", d)
	}
	want += fmt.Sprintf("fields %d %s\n", o.Leaf.Fields, o.Leaf.Root)

	whole := string(readFrozen(t, "disclosures"))
	lines := strings.SplitAfter(whole, "\n")
	lines[0], lines[4] = fmt.Sprintf("digest %s\n", o.Digests()[0]), fmt.Sprintf("digest %s\n", o.Digests()[4])
	for name, text := range map[string]string{"whole": whole, "redacted": strings.Join(lines, "")} {
		out, err := runCheck(t, python, text)
		if err != nil || out != want {
			t.Errorf("%s: %v\n%swant\n%s", name, err, out, want)
		}
	}
	_, err = runCheck(t, python, strings.Replace(whole, "nothing", "Nothing", 1))
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("altered: %v", err)
	}
}

func runCheck(t *testing.T, python, disclosures string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "disclosures")
	if err := os.WriteFile(file, []byte(disclosures), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "testdata/check.py", filepath.Join(frozen, "leaf"), file).Output()
	return string(out), err
}
