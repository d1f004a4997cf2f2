package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/binder"
	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/projections"
)

// Limits on what a bundle is made of.
const (
	maxPlanBytes  = 1 << 20
	maxFileBytes  = 200 << 20 // of one uploaded document
	maxFilesInDir = 5_000
)

// bundlePlan is a file that says what a bundle is to be: for whom, of what, and
// in which order.
type bundlePlan struct {
	Title      string   `json:"title"`
	Court      string   `json:"court"`
	Case       string   `json:"case"`
	Parties    []string `json:"parties"`
	Permission string   `json:"permission"`
	Scope      struct {
		Family bool     `json:"family"`
		Also   []string `json:"also"`
		chronology.Selection
	} `json:"scope"`
	Sections []planSection    `json:"sections"`
	Variants []bundle.Variant `json:"variants"`
}

type planSection struct {
	Letter    string         `json:"letter"`
	Title     string         `json:"title"`
	Documents []planDocument `json:"documents"`
}

// planDocument is a document: one of the last four members says which.
type planDocument struct {
	Document   string                `json:"document"` // its id; made of its place if empty
	Title      string                `json:"title"`
	Date       domain.Date           `json:"date"`
	Chronology chronology.ID         `json:"chronology"`
	Paper      string                `json:"paper"`
	Entries    *chronology.Selection `json:"entries"` // of those in the scope
	File       string                `json:"file"`    // its name in the folder of --files
}

// readPlan reads a file of a plan strictly.
func readPlan(path string) (bundlePlan, error) {
	var p bundlePlan
	info, err := os.Stat(path)
	if err != nil {
		return p, err
	}
	if info.Size() > maxPlanBytes {
		return p, usageError{fmt.Errorf("%s has more than %d bytes", path, maxPlanBytes)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	if err := json.UnmarshalRead(bytes.NewReader(text), &p, json.RejectUnknownMembers(true)); err != nil {
		return p, usageError{fmt.Errorf("%s is not the plan of a bundle: %s", path, placeOf(err))}
	}
	return p, nil
}

// placeOf says where a text is not as it should be, without repeating it.
func placeOf(err error) string {
	var of *json.SemanticError
	if errors.As(err, &of) && of.JSONPointer != "" {
		return "see " + string(of.JSONPointer)
	}
	return "it is no JSON of this shape"
}

// folder is where documents lie that are none of the ledger's.
type folder string

// named returns the hash of a document by its name.
func (f folder) named(name string) (string, error) {
	if f == "" || name != filepath.Base(name) {
		return "", usageError{errors.New("a file of a plan is named as it lies in the folder of --files")}
	}
	content, err := f.read(filepath.Join(string(f), name))
	return hashOf(content), err
}

// byHash returns a document: its name does not matter.
func (f folder) byHash(hash string) ([]byte, error) {
	if f == "" {
		return nil, usageError{errors.New("the bundle holds documents that are not in the ledger: --files says where they lie")}
	}
	all, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	if len(all) > maxFilesInDir {
		return nil, usageError{fmt.Errorf("the folder of --files holds more than %d files", maxFilesInDir)}
	}
	for _, one := range all {
		if one.Type()&fs.ModeType != 0 {
			continue
		}
		content, err := f.read(filepath.Join(string(f), one.Name()))
		if err != nil {
			return nil, err
		}
		if hashOf(content) == strings.ToLower(hash) {
			return content, nil
		}
	}
	return nil, fmt.Errorf("no file with the SHA-256 %s lies in the folder of --files", hash)
}

func (folder) read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFileBytes {
		return nil, usageError{fmt.Errorf("a document has more than %d bytes", maxFileBytes)}
	}
	return os.ReadFile(path)
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// planned makes the steps of a plan that are not taken yet: a plan that was
// changed replaces only what it changes.
func (a *app) planned(ctx context.Context, id domain.RecordID, r record.Record, of bundle.ID, p bundlePlan, files folder, act func(what string, command any) error) error {
	now, dated := r.Bundles.Find(of), domain.Dated{Happened: a.records.Setting().Today}
	if now.Opened.IsZero() {
		rules, err := binder.RulesOn(dated.Happened)
		if err != nil {
			return err
		}
		open := bundle.Open{Dated: dated, Bundle: of, Title: p.Title, Court: p.Court, Case: p.Case, Parties: p.Parties, Rules: rules.Name, Permission: p.Permission}
		if err := act("open", open); err != nil {
			return err
		}
	}
	parts, err := a.chosen(ctx, id, r, chronicling{also: p.Scope.Also, whole: p.Scope.Family, selection: p.Scope.Selection})
	if err != nil {
		return err
	}
	if was := now.Scoped.Fact; !sameScope(was, p.Scope.Selection, parts) {
		if err := act("scope", bundle.Scope{Dated: dated, Bundle: of, Selection: p.Scope.Selection, Parts: parts}); err != nil {
			return err
		}
	} else {
		parts = was.Parts
	}
	sections, err := a.sections(ctx, p.Sections, parts, files, "")
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(sections, now.Arranged.Fact.Sections) {
		if err := act("sections", bundle.Arrange{Dated: dated, Bundle: of, Sections: sections}); err != nil {
			return err
		}
	}
	if slices.Equal(p.Variants, now.Varied.Fact.Variants) {
		return nil
	}
	return act("variants", bundle.Vary{Dated: dated, Bundle: of, Variants: p.Variants})
}

// sameScope reports whether a scope still chooses what it chose: that a record
// has grown by entries that it does not choose changes nothing.
func sameScope(was bundle.Scoped, s chronology.Selection, parts []chronology.Part) bool {
	return reflect.DeepEqual(was.Selection, s) && slices.EqualFunc(was.Parts, parts, func(a, b chronology.Part) bool {
		return a.Record == b.Record && slices.Equal(a.Entries, b.Entries)
	})
}

// sections makes the sections of a plan.
func (a *app) sections(ctx context.Context, all []planSection, scope []chronology.Part, files folder, late string) ([]bundle.Section, error) {
	var out []bundle.Section
	for _, s := range all {
		section := bundle.Section{Letter: s.Letter, Title: s.Title}
		for i, d := range s.Documents {
			one := bundle.Document{Document: cmp.Or(d.Document, fmt.Sprintf("%s%s-%d", late, s.Letter, i+1)), Title: d.Title, Date: d.Date,
				Chronology: d.Chronology, Paper: d.Paper}
			var err error
			if d.Entries != nil {
				one.Entries, err = a.within(ctx, *d.Entries, scope)
			}
			if err == nil && d.File != "" {
				one.File, err = files.named(d.File)
			}
			if err != nil {
				return nil, err
			}
			section.Documents = append(section.Documents, one)
		}
		out = append(out, section)
	}
	return out, nil
}

// within chooses of the entries of a scope.
func (a *app) within(ctx context.Context, s chronology.Selection, scope []chronology.Part) ([]chronology.Part, error) {
	var out []chronology.Part
	for _, p := range scope {
		r, err := a.load(ctx, p.Record)
		if err != nil {
			return nil, err
		}
		chosen := projections.Choose(s, []domain.RecordID{p.Record}, []record.Record{r.Upto(p.Known)})[0]
		chosen.Entries = slices.DeleteFunc(chosen.Entries, func(e uint64) bool { _, in := slices.BinarySearch(p.Entries, e); return !in })
		if chosen.Known = p.Known; len(chosen.Entries) > 0 {
			out = append(out, chosen)
		}
	}
	if len(out) == 0 {
		return nil, usageError{errors.New("a document of entries chooses none of the scope")}
	}
	return out, nil
}

// part is one of several acts that follow from one request: its key is made of
// the request's.
func (by acting) part(what string, command any) eventstore.Act {
	act := by.act(command)
	if act.Request != "" {
		act.Request += "/" + what
	}
	return act
}
