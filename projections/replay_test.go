package projections_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/record"
	"caseledger/projections"
)

// naiveFacts are what a record says, straightforwardly: the last entry of each
// kind about each thing, in the order of the world, field by field.
func naiveFacts(t *rapid.T, entries []domain.Entry, at projections.Moment) map[string]string {
	if at.Entry > 0 {
		entries = entries[:min(len(entries), int(at.Entry))]
	}
	last := make(map[string]domain.Entry)
	for _, e := range naiveInForce(entries, at.Known, at.On) {
		last[fmt.Sprintf("%T %s", e.Event, e.Event.About())] = e
	}
	facts := make(map[string]string)
	for subject, e := range last {
		text, err := json.Marshal(e.Event)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			kind, _ := codec.Payload.TypeOf(e.Event)
			_, about, _ := strings.Cut(subject, " ")
			facts[about+" "+kind.Name+" "+name] = fmt.Sprintf("%s by %d", unquoted(value), e.Seq)
		}
	}
	return facts
}

func unquoted(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

func factTexts(facts []projections.Fact) map[string]string {
	texts := make(map[string]string)
	for _, f := range facts {
		texts[f.About+" "+f.Type+" "+f.Field] = fmt.Sprintf("%s by %d", f.Value, f.Entry)
	}
	return texts
}

// drawMoment draws a point of view of a history: by time, by entry, by day, or by
// several of them.
func drawMoment(t *rapid.T, l *ledger) projections.Moment {
	var m projections.Moment
	if rapid.Bool().Draw(t, "at a time") {
		m.Known = moment(rapid.IntRange(0, l.entries).Draw(t, "known"))
	}
	if rapid.Bool().Draw(t, "on a day") {
		m.On = drawDated(t).Happened
	}
	if rapid.Bool().Draw(t, "at an entry") {
		m.Entry = uint64(rapid.IntRange(1, 20).Draw(t, "entry"))
	}
	return m
}

func drawRecord(t *rapid.T, l *ledger) record.Record {
	drawHistory(t, l, func() {})
	r, err := l.load(ctx, rapid.SampledFrom([]domain.RecordID{"aaaa", "bbbb", "cccc"}).Draw(t, "record"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReplayIsWhatANaiveFoldSaysFromEveryPointOfView(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(trial{t, rt})
		r := drawRecord(rt, l)
		for range 4 {
			at := drawMoment(rt, l)
			facts, err := projections.Replay(r, at)
			if got, want := fmt.Sprint(factTexts(facts)), fmt.Sprint(naiveFacts(rt, r.Entries, at)); err != nil || got != want {
				rt.Fatalf("%+v: %v\n%s\nwant\n%s", at, err, got, want)
			}
		}
	})
}

func TestTheDifferencesLeadFromOneReplayToTheOtherAndNameWhatMadeThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(trial{t, rt})
		r := drawRecord(rt, l)
		for range 4 {
			from, to := drawMoment(rt, l), drawMoment(rt, l)
			differences, err := projections.Compare(r, from, to)
			if err != nil {
				rt.Fatal(err)
			}
			was, is := valuesAt(rt, r, from), valuesAt(rt, r, to)
			for _, d := range differences {
				key := d.About + " " + d.Type + " " + d.Field
				before, had := was[key]
				after, has := is[key]
				if before != d.Before || after != d.After || d.Change != changeOf(had, has) {
					rt.Fatalf("%+v to %+v: %+v, but it was %q and is %q", from, to, d, before, after)
				}
				delete(was, key)
				if has {
					was[key] = after
				}
				e, found := r.Entry(d.Entry)
				if !found || d.Author != e.Actor.ID || !d.Recorded.Equal(e.Recorded) || d.Happened != e.Event.HappenedOn() || looksTheSame(r, e, from, to) {
					rt.Fatalf("%+v to %+v: entry %d does not make %+v", from, to, d.Entry, d)
				}
			}
			if fmt.Sprint(was) != fmt.Sprint(is) {
				rt.Fatalf("%+v to %+v: they lead to\n%v\nnot to\n%v", from, to, was, is)
			}
		}
	})
}

func valuesAt(t *rapid.T, r record.Record, at projections.Moment) map[string]string {
	values := naiveFacts(t, r.Entries, at)
	for key, value := range values {
		values[key] = value[:strings.LastIndex(value, " by ")]
	}
	return values
}

func changeOf(had, has bool) string {
	switch {
	case !had:
		return "added"
	case !has:
		return "removed"
	}
	return "changed"
}

// looksTheSame reports whether an entry is known, and had happened, at both
// moments or at none: then it makes no difference.
func looksTheSame(r record.Record, e domain.Entry, one, other projections.Moment) bool {
	known := func(at projections.Moment) bool {
		return (at.Entry == 0 || e.Seq <= at.Entry) && (at.Known.IsZero() || !e.Recorded.After(at.Known))
	}
	happened := func(at projections.Moment) bool { return at.On.IsZero() || !e.Event.HappenedOn().After(at.On) }
	return known(one) == known(other) && (known(one) && happened(one)) == (known(other) && happened(other))
}

func TestTheStepsOfARecordAreTheDifferencesFromEachEntryToTheNext(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(trial{t, rt})
		r := drawRecord(rt, l)
		on := drawDated(rt).Happened
		var after uint64
		for n := 1; ; n++ {
			limit := rapid.IntRange(1, 3).Draw(rt, "limit")
			steps, err := projections.Steps(r, projections.Moment{On: on}, after, limit)
			if err != nil || len(steps) > limit {
				rt.Fatal(err, len(steps))
			}
			for _, s := range steps {
				after++
				if s.Entry != after {
					rt.Fatalf("entry %d comes after %d", s.Entry, after-1)
				}
				before := projections.Moment{Entry: after - 1, On: on}
				if after == 1 {
					before = projections.Moment{Known: moment(0), On: on}
				}
				want, err := projections.Compare(r, before, projections.Moment{Entry: after, On: on})
				if got, want := fmt.Sprintf("%+v", plainly(s.Changes)), fmt.Sprintf("%+v", plainly(want)); err != nil || got != want {
					rt.Fatalf("entry %d: %v\n%s\nwant\n%s", after, err, got, want)
				}
			}
			if len(steps) == 0 {
				break
			}
		}
		if after != uint64(len(r.Entries)) {
			rt.Fatalf("%d of %d entries", after, len(r.Entries))
		}
	})
}

// plainly is differences without the pointers in them.
func plainly(all []projections.Difference) []string {
	var texts []string
	for _, d := range all {
		texts = append(texts, fmt.Sprint(d.About, d.Type, d.Field, d.Change, d.Before, d.After, d.Entry, d.Author, d.Happened, d.Recorded, deref(d.Lateness)))
	}
	return texts
}

func TestAPinnedMomentHasTheSameAnswerForEver(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(trial{t, rt})
		r := drawRecord(rt, l)
		at := drawMoment(rt, l)
		pinned := at.Pin(r)
		facts := func(r record.Record, m projections.Moment) string {
			all, err := projections.Replay(r, m)
			if err != nil {
				rt.Fatal(err)
			}
			return fmt.Sprint(all)
		}
		want := facts(r, at)
		if got := facts(r, pinned); got != want {
			rt.Fatalf("%+v is pinned to %+v:\n%s\nwant\n%s", at, pinned, got, want)
		}
		if pinned.Entry == 0 || len(r.Entries) == 0 {
			return // there was nothing to pin it to
		}
		var later []domain.Entry
		for _, f := range drawFacts(rt, len(r.Entries)) {
			later = append(later, domain.Entry{Seq: uint64(len(r.Entries) + len(later) + 1), Recorded: time.Now(), Circumstances: domain.Circumstances{Corrects: f.Corrects}, Event: f.Event})
		}
		if got := facts(r.Fork().Evolve(later...), pinned); got != want {
			rt.Fatalf("%+v: later it says\n%s\nwant\n%s", pinned, got, want)
		}
	})
}

// drawFacts draws what is recorded after so many entries.
func drawFacts(t *rapid.T, entries int) []domain.Fact {
	var all []domain.Fact
	for range rapid.IntRange(1, 5).Draw(t, "later") {
		f := domain.Fact{Event: drawEvent(t)}
		if entries > 0 && rapid.Bool().Draw(t, "corrects") {
			f.Corrects = &domain.Correction{Entry: uint64(rapid.IntRange(1, entries).Draw(t, "corrected"))}
		}
		all = append(all, f)
	}
	return all
}

func TestADifferenceSaysHowLateItWasRecorded(t *testing.T) {
	l := newLedger(t)
	l.events(ann, identity.Named{Dated: on("2023-12-25"), Kind: "legal", Given: "Ann"}, identity.Named{Dated: on("2023-12-31"), Kind: "legal", Given: "Anna"})
	r, err := l.load(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	all, err := projections.Compare(r, projections.Moment{Entry: 1}, projections.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Field == "given" && (d.Before != "Ann" || d.After != "Anna" || d.Entry != 2 || deref(d.Lateness) != 1) {
			t.Errorf("%+v, %v days late", d, deref(d.Lateness))
		}
	}
	if !slices.ContainsFunc(all, func(d projections.Difference) bool { return d.Field == "given" }) {
		t.Errorf("%+v", all)
	}
}
