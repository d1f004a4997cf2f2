package main

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/audit"
	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/proof/timestamp"
	"caseledger/eventstore/proof/witness"
)

// Limits on what is read of the verifier's own files.
const (
	maxTrustBytes  = 1 << 20
	maxAuthorities = sealer.MaxStamps
)

// verifierFlags name the files of whoever verifies. None of them may come from
// what is verified.
type verifierFlags struct {
	keys        string
	policy      string
	authorities string
	openEnd     bool
}

func (f *verifierFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.keys, "keys", "", "file of the log's public keys, for a package; 'caseledger log keys' prints it where the ledger is")
	cmd.Flags().BoolVar(&f.openEnd, "open-end", false, "accept a package that does not show how far the record goes")
	f.addOthers(cmd)
}

// addOthers adds the flags that say whose word beside the ledger's counts.
func (f *verifierFlags) addOthers(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.policy, "witness-policy", os.Getenv("CASELEDGER_WITNESS_POLICY"),
		"file that says which witnesses are enough (also CASELEDGER_WITNESS_POLICY); without it none are asked for")
	cmd.Flags().StringVar(&f.authorities, "authorities", os.Getenv("CASELEDGER_AUTHORITIES"),
		"file of the time-stamp authorities that are believed (also CASELEDGER_AUTHORITIES); without it none are asked for")
}

// trust reads the files.
func (f verifierFlags) trust() (evidence.Trust, error) {
	t := evidence.Trust{OpenEnd: f.openEnd}
	if f.keys != "" {
		text, err := readTrust(f.keys)
		if err != nil {
			return t, err
		}
		if t.Keys, err = proof.ParseHistory(text); err != nil {
			return t, usageError{fmt.Errorf("%s: %w", f.keys, err)}
		}
	}
	policy, err := f.witnesses()
	if err != nil {
		return t, err
	}
	if policy != nil {
		t.Policy = quorum{policy}
	}
	authorities, err := f.stampers()
	if err != nil {
		return t, err
	}
	if len(authorities) > 0 {
		t.Timestamps = authorities
	}
	return t, nil
}

// witnesses reads the witness policy, nil when none is named.
func (f verifierFlags) witnesses() (*witness.Policy, error) {
	if f.policy == "" {
		return nil, nil
	}
	text, err := readTrust(f.policy)
	if err != nil {
		return nil, err
	}
	policy, err := witness.ParsePolicy(text)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", f.policy, err)}
	}
	return policy, nil
}

// stampers reads the file of time-stamp authorities: a line for each, "name URL
// roots.pem" and, where one is required, the policy's object identifier. Paths
// are relative to the file; lines that begin with # are comments.
func (f verifierFlags) stampers() (authorities, error) {
	if f.authorities == "" {
		return nil, nil
	}
	text, err := readTrust(f.authorities)
	if err != nil {
		return nil, err
	}
	out := authorities{}
	for n, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		a, err := readAuthority(filepath.Dir(f.authorities), words)
		if err == nil && out.named(a.Name) != nil {
			err = errors.New("the name stands twice")
		}
		if err == nil && len(out) == maxAuthorities {
			err = fmt.Errorf("more than %d authorities", maxAuthorities)
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: line %d: %w", f.authorities, n+1, err)}
		}
		out = append(out, a)
	}
	return out, nil
}

func readAuthority(dir string, words []string) (timestamp.Authority, error) {
	if len(words) != 3 && len(words) != 4 {
		return timestamp.Authority{}, errors.New("a line has a name, a URL, a file of root certificates and, optionally, a policy")
	}
	path := words[2]
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	pem, err := readTrust(path)
	if err != nil {
		return timestamp.Authority{}, err
	}
	a := timestamp.Authority{Name: words[0], URL: words[1]}
	if a.Roots, err = timestamp.ParseRoots(pem); err == nil && len(words) == 4 {
		a.Policy, err = parseOID(words[3])
	}
	return a, err
}

func parseOID(text string) (asn1.ObjectIdentifier, error) {
	var out asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, errors.New("the policy is not an object identifier, such as 1.2.3.4")
		}
		out = append(out, n)
	}
	return out, nil
}

func readTrust(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxTrustBytes+1))
	if err == nil && len(text) > maxTrustBytes {
		err = fmt.Errorf("%s has more than %d bytes", path, maxTrustBytes)
	}
	return text, err
}

// readHeld reads checkpoints that somebody holds.
func readHeld(paths []string) ([]audit.Held, error) {
	var out []audit.Held
	for _, path := range paths {
		note, err := readTrust(path)
		if err != nil {
			return nil, err
		}
		out = append(out, audit.Held{Name: path, Note: note})
	}
	return out, nil
}

// quorum is a witness policy as a verifier of evidence asks it.
type quorum struct{ *witness.Policy }

// CheckPolicy is evidence.PolicyChecker's.
func (q quorum) CheckPolicy(checkpoint []byte) error {
	v, err := q.Check(checkpoint)
	if err == nil && !v.Quorum {
		err = fmt.Errorf("UNWITNESSED: not cosigned by %s, which the policy asks for", strings.Join(v.Missing, ", "))
	}
	return err
}

// authorities are time-stamp authorities as a verifier of evidence asks them.
type authorities []timestamp.Authority

func (as authorities) named(name string) *timestamp.Authority {
	for i := range as {
		if as[i].Name == name {
			return &as[i]
		}
	}
	return nil
}

// VerifyTimestamp is evidence.TimestampVerifier's.
func (as authorities) VerifyTimestamp(token, message []byte) (time.Time, error) {
	t, err := timestamp.ParseToken(token)
	if err != nil {
		return time.Time{}, err
	}
	a := as.named(t.Authority)
	if a == nil {
		return time.Time{}, errors.New("the time-stamp is of an authority that is not on the list")
	}
	stamp, err := timestamp.Verify(t, message, timestamp.Trust{Roots: a.Roots, Policy: a.Policy})
	return stamp.Time, err
}

// newestAttested returns what was said of the largest checkpoint of which
// anything is kept; the zero value when there is none.
func newestAttested(l sealer.Log) (sealer.Attested, error) {
	sizes, err := l.AttestedSizes()
	if err != nil || len(sizes) == 0 {
		return sealer.Attested{}, err
	}
	return l.Attested(sizes[len(sizes)-1])
}

// verifyPackage checks an evidence package and prints what was found.
func verifyPackage(to streams, output format, path string, f verifierFlags, held []audit.Held) error {
	if f.keys == "" {
		return usageError{errors.New("--keys is required: the log's public keys, from elsewhere than the package")}
	}
	trust, err := f.trust()
	if err != nil {
		return err
	}
	for _, h := range held {
		trust.Known = append(trust.Known, h.Note)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	report, err := evidence.Verify(file, info.Size(), trust)
	if err != nil {
		return err
	}
	if err := printPackage(to, output, report); err != nil {
		return err
	}
	if report.Bad() {
		return verifyError{fmt.Errorf("the package does not verify: %s", report.Overall)}
	}
	return nil
}

// entryRow is an entry's line in what is printed of a package.
type entryRow struct {
	Entry    int       `json:"entry"`
	Verdict  string    `json:"verdict"`
	Recorded time.Time `json:"recorded"`
	Type     string    `json:"type"`
	Shown    string    `json:"shown"`
	Because  string    `json:"because"` // grounds of what is withheld, or what is wrong
}

func printPackage(to streams, output format, r evidence.Report) error {
	if output == "json" {
		return writeJSON(to.out, r)
	}
	rows := []entryRow{}
	for _, e := range r.Entries {
		rows = append(rows, entryRow{e.Seq, string(e.Verdict), e.Recorded, e.Type,
			fmt.Sprintf("%d of %d", e.Shown, e.Fields), strings.Join(append(e.Reasons, e.Grounds...), "; ")})
	}
	if err := output.print(to.out, rows); err != nil || output == "csv" {
		return err
	}
	var out strings.Builder
	for _, part := range []struct {
		title string
		lines []string
	}{{"", r.Summary}, {"Problems", r.Problems}, {"Notes", r.Notes}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n%s", part.title)
		if part.title != "" {
			out.WriteString("\n")
		}
		out.WriteString(strings.Join(part.lines, "\n") + "\n")
	}
	_, err := io.WriteString(to.out, out.String())
	return err
}
