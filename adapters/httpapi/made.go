package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/enclosures"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/schema"
)

// MadeFile is one of the files that a job made.
type MadeFile struct {
	File   string `json:"file"` // its name: pdf, manifest, evidence-1
	Type   string `json:"type"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Made is where the files are kept that a job made of a record.
type Made struct {
	Record domain.RecordID
	what   string
}

// OfBundle is where the files of a variant of a bundle are kept, with as many
// supplements as the edition says.
func OfBundle(record domain.RecordID, id bundle.ID, edition int, variant string) Made {
	return Made{record, fmt.Sprintf("bundle/%q/%d/%q", id, edition, variant)}
}

// The names under which more than files is kept.
const (
	listName  = "list"
	checkName = "check"
)

// Keep keeps files by their names: the list of them last, so that there are either
// all or none.
func (m Made) Keep(ctx context.Context, s *enclosures.Store, all []MadeFile, content map[string][]byte) error {
	for i, f := range all {
		sum := sha256.Sum256(content[f.File])
		all[i].SHA256, all[i].Bytes = hex.EncodeToString(sum[:]), len(content[f.File])
		if err := s.Put(ctx, schema.Stream(m.Record), m.name(f.File), content[f.File]); err != nil {
			return err
		}
	}
	return m.put(ctx, s, listName, all)
}

// Files returns what was made; none where it was not made here.
func (m Made) Files(ctx context.Context, s *enclosures.Store) (all []MadeFile, err error) {
	_, err = m.get(ctx, s, listName, &all)
	return all, err
}

// File returns a file that is on the list.
func (m Made) File(ctx context.Context, s *enclosures.Store, name string) ([]byte, error) {
	return s.Get(ctx, schema.Stream(m.Record), m.name(name))
}

func (m Made) name(file string) string { return m.what + "/" + file }

func (m Made) put(ctx context.Context, s *enclosures.Store, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.Put(ctx, schema.Stream(m.Record), m.name(name), text)
}

// get reads what was put, and reports whether anything was.
func (m Made) get(ctx context.Context, s *enclosures.Store, name string, to any) (bool, error) {
	text, err := s.Get(ctx, schema.Stream(m.Record), m.name(name))
	if errors.Is(err, enclosures.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal(text, to)
}
