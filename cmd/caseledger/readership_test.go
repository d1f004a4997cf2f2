package main

import (
	"errors"
	"testing"

	"caseledger/eventstore/proof/evidence"
	"caseledger/eventstore/seal"
	"caseledger/projections"
)

func TestTheDigestOfTheCommandGoesWithWhateverIsWithheld(t *testing.T) {
	e := sifted{seq: 3, fields: []seal.Field{{Path: "/digest"}, {Path: "/happened"}, {Path: "/text/0"}}}
	why := evidence.Redaction{Ground: "third party", DecidedBy: "team-manager"}
	err := e.part(func(sifted) (map[string]evidence.Redaction, error) {
		return map[string]evidence.Redaction{"/text/0": why}, nil
	})
	if err != nil || len(e.shown) != 1 || e.shown[0].Path != "/happened" || len(e.withheld) != 2 {
		t.Fatalf("%v, shown %v, withheld %v", err, e.shown, e.withheld)
	}
	for i, path := range []string{"/digest", "/text/0"} {
		if w := e.withheld[i]; w.Path != path || w.Seq != 3 || w.Ground != why.Ground || w.DecidedBy != why.DecidedBy {
			t.Errorf("%v", w)
		}
	}
	e = sifted{seq: 3, fields: e.fields}
	if err := e.part(func(sifted) (map[string]evidence.Redaction, error) { return nil, nil }); err != nil || len(e.shown) != 3 {
		t.Errorf("with nothing withheld: %v, shown %v", err, e.shown)
	}
	failed := errors.New("a judgement that fails")
	if err := e.part(func(sifted) (map[string]evidence.Redaction, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
}

func TestAReaderGetsNothingThatNobodyLookedAtOrThatWasSealedOtherwise(t *testing.T) {
	why := evidence.Redaction{Ground: "third party"}
	r := readership{Variant: projections.Variant{Known: 2}, withheld: map[int]map[string]evidence.Redaction{1: {"/a": why}, 2: {"/gone": why}}, later: evidence.Redaction{Ground: "later"}}
	fields := []seal.Field{{Path: "/a"}, {Path: "/b"}}
	if got, err := r.withholds(sifted{seq: 1, fields: fields}); err != nil || len(got) != 1 || got["/a"] != why {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := r.withholds(sifted{seq: 2, fields: fields}); err == nil {
		t.Errorf("a redaction of a field that is not there: %v", got)
	}
	if got, err := r.withholds(sifted{seq: 3, fields: fields}); err != nil || len(got) != 2 || got["/b"].Ground != "later" {
		t.Errorf("%v, %v", got, err)
	}
}
