package proof_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// proofLibraries are the modules that a verifier may need beside the standard
// library, and what they need themselves.
var proofLibraries = []string{
	"filippo.io/mldsa", "github.com/transparency-dev/formats", "golang.org/x/mod/sumdb", "golang.org/x/mod/internal",
	"golang.org/x/crypto/cryptobyte", "vendor/", "crypto/",
	"github.com/go-json-experiment/json", // seal: a disclosure's value is one that sealing takes
}

// verifierPackages are all of ours that a verifier needs.
var verifierPackages = []string{
	"caseledger/eventstore/seal", "caseledger/eventstore/proof", "caseledger/eventstore/proof/evidence",
}

func TestAVerifierNeedsNothingButTheProofLibraries(t *testing.T) {
	out, err := exec.Command("go", append([]string{"list", "-deps"}, verifierPackages...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		ours := strings.HasPrefix(path, "caseledger/")
		switch {
		case ours && slices.Contains(verifierPackages, path):
		case !ours && !strings.Contains(path, "."):
		case !ours && slices.ContainsFunc(proofLibraries, func(m string) bool { return strings.HasPrefix(path, m) }):
		default:
			t.Errorf("a verifier imports %s", path)
		}
	}
}
