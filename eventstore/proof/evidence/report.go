package evidence

import (
	"fmt"
	"slices"
	"time"

	"caseledger/eventstore/proof"
)

// Verdict is what was found about one entry, or about the whole package.
type Verdict string

// The verdicts, from good to bad. The first three are good.
const (
	Valid       Verdict = "VALID"                // whole, unaltered, disclosed in full
	Redacted    Verdict = "REDACTED"             // whole and unaltered; some fields withheld, each with its ground
	Erased      Verdict = "ERASED"               // unaltered; its content was destroyed, as a logged certificate says
	Untimed     Verdict = "UNTIMED"              // no time-stamp that the verifier believes
	Unwitnessed Verdict = "UNWITNESSED"          // not enough witnesses have seen the log as it is here
	Unexplained Verdict = "UNEXPLAINED OMISSION" // something is withheld and nothing says why
	Missing     Verdict = "MISSING"              // the log has it and the package does not
	Altered     Verdict = "ALTERED"              // not what was sealed
)

// rank orders verdicts; an unknown one is the worst.
func (v Verdict) rank() int {
	order := []Verdict{Valid, Redacted, Erased, Untimed, Unwitnessed, Unexplained, Missing, Altered}
	if i := slices.Index(order, v); i >= 0 {
		return i
	}
	return len(order)
}

// Bad reports whether the verdict is anything but VALID, REDACTED or ERASED.
func (v Verdict) Bad() bool { return v.rank() > Erased.rank() }

func worse(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// EntryReport is what was found about one entry.
type EntryReport struct {
	Seq      int       `json:"seq"`
	Verdict  Verdict   `json:"verdict"`
	Recorded time.Time `json:"recorded,omitzero"` // by the ledger's clock; zero when the leaf is not believed
	Type     string    `json:"type,omitempty"`
	Fields   int       `json:"fields"`
	Shown    int       `json:"shown"`             // fields that are disclosed
	Withheld int       `json:"withheld"`          // fields that the schedule explains
	Grounds  []string  `json:"grounds,omitempty"` // of the withheld fields, each once
	Reasons  []string  `json:"reasons,omitempty"` // for a bad verdict
}

func (e *EntryReport) find(v Verdict, format string, args ...any) {
	e.Verdict = worse(e.Verdict, v)
	e.Reasons = append(e.Reasons, fmt.Sprintf(format, args...))
}

// Report is what was found in a package. The zero value is bad.
type Report struct {
	Overall     Verdict       `json:"overall"`
	Ledger      string        `json:"ledger,omitempty"`
	Record      string        `json:"record,omitempty"`
	KnownAt     time.Time     `json:"knownAt,omitzero"`     // the package's cut-off
	Fingerprint string        `json:"fingerprint,omitzero"` // SHA-256 of the manifest: of everything in the package
	Size        int64         `json:"size"`                 // entries of the log that the believed checkpoint covers
	Root        string        `json:"root,omitempty"`
	SignedAt    time.Time     `json:"signedAt,omitzero"`  // by the log's own clock
	StampedAt   time.Time     `json:"stampedAt,omitzero"` // by the earliest time-stamp that was verified
	Head        string        `json:"head"`               // how far the record is shown to go, in words
	Entries     []EntryReport `json:"entries"`
	Problems    []string      `json:"problems,omitempty"` // of the package as a whole
	Notes       []string      `json:"notes,omitempty"`    // what was not checked, or is somebody's word
	Summary     []string      `json:"summary"`            // sentences for people
}

// Bad reports whether anything is wrong, unexplained or not shown.
func (r Report) Bad() bool { return r.Overall.Bad() }

func (r *Report) problem(v Verdict, format string, args ...any) {
	r.Overall = worse(r.Overall, v)
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// finish draws the conclusion from everything that was found.
func (r *Report) finish() {
	counts := map[Verdict]int{}
	for _, e := range r.Entries {
		r.Overall = worse(r.Overall, e.Verdict)
		counts[e.Verdict]++
	}
	r.Summary = append(r.Summary, opening[r.Overall])
	for _, v := range []Verdict{Valid, Redacted, Erased, Untimed, Unwitnessed, Unexplained, Missing, Altered} {
		if n := counts[v]; n > 0 {
			r.Summary = append(r.Summary, fmt.Sprintf("%d of %d entries: %s.", n, len(r.Entries), words[v]))
		}
	}
	if r.Head != "" {
		r.Summary = append(r.Summary, r.Head)
	}
	r.Summary = append(r.Summary, "None of this shows that what was written is true, or that everything was written down.")
}

var opening = map[Verdict]string{
	Valid:       "Everything in this package is what the ledger holds, unaltered, and nothing is withheld.",
	Redacted:    "Everything in this package is what the ledger holds, unaltered; some of it is withheld, each part on a stated ground.",
	Erased:      "Everything in this package is what the ledger holds, unaltered; some content was destroyed, and a logged certificate says so.",
	Untimed:     "Do not rely on this package: no independent time-stamp shows when it was there.",
	Unwitnessed: "Do not rely on this package: not enough independent witnesses have seen the ledger's log as it is here.",
	Unexplained: "Do not rely on this package: something is withheld and nothing in it says why.",
	Missing:     "Do not rely on this package: something that belongs to it is not in it.",
	Altered:     "Do not rely on this package: something in it is not what the ledger sealed.",
}

var words = map[Verdict]string{
	Valid:       "shown in full, as it was sealed",
	Redacted:    "as it was sealed, partly withheld on the grounds stated",
	Erased:      "was there; its content has been destroyed, and a logged certificate says so",
	Untimed:     "as it was sealed, but no independent time-stamp shows when it was there",
	Unwitnessed: "as it was sealed by the ledger, but too few independent witnesses have seen that",
	Unexplained: "partly or wholly withheld, and nothing says why",
	Missing:     "belongs to the record and is not in the package, or its proof is not",
	Altered:     "not what the ledger sealed, or not in its place",
}

// describe copies what is known of a believed checkpoint.
func (r *Report) describe(c proof.Signed) {
	r.Size, r.Root, r.SignedAt = c.Size, proof.HashText(c.Root), c.At
}
