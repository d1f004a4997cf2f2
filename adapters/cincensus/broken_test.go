package cincensus_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"caseledger/adapters/cincensus"
	"caseledger/domain"
)

func brokenAfterTwo() string {
	two := strings.ReplaceAll(childOf("", "", ""), "ANY1", "ANY2")
	return strings.Replace(message(2022, childOf("", "", ""), two), "</Children>", "<Child><Broken>", 1)
}

func TestABrokenFileIsRefusedBeforeAnythingIsRecorded(t *testing.T) {
	w := newWorld(t)
	_, err := w.importer().File(t.Context(), file(t, brokenAfterTwo()))
	var fault *cincensus.Fault
	if !errors.As(err, &fault) || fault.Line == 0 || len(w.log()) != 0 {
		t.Errorf("%v; %d events", err, len(w.log()))
	}
}

func TestABrokenFileIsImportedUpToTheFaultWhenAsked(t *testing.T) {
	w := newWorld(t)
	i := w.importer()
	i.KeepGoing = true
	path := file(t, brokenAfterTwo())
	report, err := i.File(t.Context(), path)
	var fault *cincensus.Fault
	if !errors.As(err, &fault) || report.Children != 2 || len(w.all()) != 2 {
		t.Errorf("%v; %d children, %d records", err, report.Children, len(w.all()))
	}
	head := len(w.log())
	i = w.importer()
	i.KeepGoing = true
	if _, err := i.File(t.Context(), path); !errors.As(err, &fault) || len(w.log()) != head {
		t.Errorf("%v; %d events more", err, len(w.log())-head)
	}
}

func TestAFileOfAnUnknownYearIsNotImportedEvenWhenAskedToGoOn(t *testing.T) {
	w := newWorld(t)
	i := w.importer()
	i.KeepGoing = true
	if _, err := i.File(t.Context(), file(t, oneChild(1999, "", ""))); err == nil || len(w.log()) != 0 {
		t.Errorf("%v; %d events", err, len(w.log()))
	}
}

func TestAnErrorOfTheReadModelStopsTheImport(t *testing.T) {
	w := newWorld(t)
	i := w.importer()
	broken := errors.New("broken")
	i.Find = func(context.Context, string) (domain.RecordID, bool, error) { return "", false, broken }
	if _, err := i.File(t.Context(), file(t, oneChild(2022, "", ""))); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

func TestACancelledImportIsFinishedByTheNext(t *testing.T) {
	w := newWorld(t)
	path := shared(t, "fake_CIN_data.xml")
	ctx, cancel := context.WithCancel(t.Context())
	i := w.importer()
	i.Progress = func(done, total int64) {
		if done > total*3/4 {
			cancel()
		}
	}
	if _, err := i.File(ctx, path); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want a cancelled import", err)
	}
	half := len(w.all())
	report, err := w.importer().File(t.Context(), path)
	if err != nil || half == 0 || half == 332 || report.New != 332-half || len(w.all()) != 332 {
		t.Errorf("%v; %d before, %d new, %d in all", err, half, report.New, len(w.all()))
	}
}

func TestProgressGrowsToTheEnd(t *testing.T) {
	w := newWorld(t)
	i := w.importer()
	var last, whole int64
	i.Progress = func(done, total int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, whole = done, total
	}
	if _, err := i.File(t.Context(), file(t, oneChild(2022, "", ""))); err != nil || last != whole || whole == 0 {
		t.Errorf("%v; %d of %d", err, last, whole)
	}
}
