package binder

import (
	"context"
	"errors"
	"fmt"

	"caseledger/adapters/pdf"
)

// DocumentError says which document cannot be bound, and why.
type DocumentError struct {
	ID    string
	Fault Fault
	Err   error // what a library said of it, or nil
}

// Fault is why a document cannot be bound.
type Fault string

// The faults of a document.
const (
	Empty        Fault = "has neither a paper nor a file, or both"
	Unknown      Fault = "is no PDF, JPEG or PNG"
	Corrupt      Fault = "cannot be read: it is damaged"
	Encrypted    Fault = "is encrypted: bind it without a password"
	TooLarge     Fault = "is too large"
	TooManyPages Fault = "has too many pages"
	Layers       Fault = "has layers, some of which are hidden: they would become visible"
	Active       Fault = "runs scripts, starts programs or is drawn by a form: bind a print of it"
	TooTall      Fault = "has a row that is taller than a page"
)

func (e *DocumentError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("binder: document %s %s: %v", e.ID, e.Fault, e.Err)
	}
	return fmt.Sprintf("binder: document %s %s", e.ID, e.Fault)
}

// Unwrap implements errors.Unwrap.
func (e *DocumentError) Unwrap() error { return e.Err }

// named says of which document an error of its setting is.
func named(id string, err error) error {
	var already *DocumentError
	switch {
	case errors.As(err, &already), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, pdf.ErrTooTall):
		return &DocumentError{id, TooTall, nil}
	}
	return fmt.Errorf("binder: document %s: %w", id, err)
}
