package cincensus

import "fmt"

// Fault is why a file cannot be read on: it is not well-formed, is over a
// limit, or is no return of a known year.
type Fault struct {
	Line, Column int
	Rule         string // "not-well-formed"
	Reason       string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("cin-census: line %d, column %d: %s: %s", f.Line, f.Column, f.Rule, f.Reason)
}

// overLimit is the Fault of a named limit; its place is filled in by the reader.
func overLimit(what string, limit int) *Fault {
	return &Fault{Rule: "limit-" + what, Reason: fmt.Sprintf("more than is read; the limit is %d", limit)}
}
