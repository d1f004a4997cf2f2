// Package batch is the history of one imported file: that it was begun, and
// what came of it. It never holds what the file says about people.
package batch

import "caseledger/domain"

// Began says that the import of a file began.
type Began struct {
	domain.Dated
	Kind string `json:"kind"` // "cin-census/2022"
	File string `json:"file"` // SHA-256, hexadecimal
	// Year and ReferenceDate are those that the file states.
	Year          int         `json:"year,omitzero"`
	ReferenceDate domain.Date `json:"referenceDate,omitzero"`
	Authority     string      `json:"lea,omitempty"` // the LEA number that the file states
}

// Finished says what came of the import.
type Finished struct {
	domain.Dated
	Children int `json:"children"`
	Episodes int `json:"episodes"`
	Events   int `json:"events"`
	Flags    int `json:"flags"`
	Failed   int `json:"failed"`
}

func (Began) About() string    { return "" }
func (Finished) About() string { return "" }

// Batch is what is known of one imported file.
type Batch struct {
	Began    domain.Known[Began]
	Finished domain.Known[Finished]
}

// Evolve returns the batch with more entries.
func (b Batch) Evolve(entries ...domain.Entry) Batch {
	for _, e := range entries {
		switch ev := e.Event.(type) {
		case Began:
			b.Began = domain.Know(e.Seq, ev)
		case Finished:
			b.Finished = domain.Know(e.Seq, ev)
		}
	}
	return b
}
