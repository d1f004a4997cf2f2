package projections_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/assessment"
	"caseledger/domain/cinplan"
	"caseledger/domain/enquiry"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/protection"
	"caseledger/domain/referral"
	"caseledger/eventstore"
	"caseledger/projections"
	"caseledger/schema"
)

// rounds are what happens to every child of the benchmark, round after round:
// between two rounds of one child come those of all others.
func rounds(n int, from domain.Date) [][]domain.Event {
	dated := func(days int) domain.Dated { return domain.Dated{Happened: from.AddDays(days)} }
	return [][]domain.Event{
		{
			identity.Registered{Dated: dated(0), Person: domain.PersonID(fmt.Sprintf("%032x", n))},
			identity.Named{Dated: dated(0), Kind: "legal", Given: "Given" + strconv.Itoa(n%997), Family: "Family" + strconv.Itoa(n%9973)},
			identity.Born{Dated: dated(-3000)},
			identity.Identified{Dated: dated(0), Kind: identity.LAChildID, Value: fmt.Sprintf("LA%07d", n), Source: "anytown", Valid: true},
			identity.SexRecorded{Dated: dated(0), Sex: "F"},
			identity.EthnicityRecorded{Dated: dated(0), Ethnicity: "WBRI"},
			referral.Received{Dated: dated(0), Referral: "r1", Source: "2A", Need: "N1", DecideBy: from.AddDays(1)},
		},
		{
			referral.Decided{Dated: dated(1), Referral: "r1", Outcome: "assessment"},
			allocation.Allocated{Dated: dated(1), Allocation: "l1", Worker: "worker-" + strconv.Itoa(n%300), Team: "team-" + strconv.Itoa(n%20), Role: "lead"},
			assessment.Started{Dated: dated(2), Assessment: "a1", Referral: "r1", CompleteBy: from.AddDays(63)},
		},
		{someNote(dated(10), 1), someNote(dated(20), 2)},
		{assessment.Completed{Dated: dated(40), Assessment: "a1", Factors: []string{"1A", "2B"}}},
		{enquiry.Started{Dated: dated(41), Enquiry: "q1", Referral: "r1", ConferenceBy: from.AddDays(62)},
			enquiry.ConferenceHeld{Dated: dated(55), Conference: "c1", Referral: "r1", Enquiry: "q1", Outcome: "protection-plan"},
			protection.Registered{Dated: dated(55), Plan: "p1", Referral: "r1", Category: "NEG", ReviewBy: from.AddDays(145)}},
		{someNote(dated(60), 3), protection.Reviewed{Dated: dated(140), Plan: "p1", Review: "v1", Outcome: "end"},
			protection.Ended{Dated: dated(140), Plan: "p1", Reason: "review-conference"}},
		{cinplan.Started{Dated: dated(141), Plan: "n1", Referral: "r1"}},
	}
}

const eventsPerChild = 20

func someNote(on domain.Dated, n int) note.Written {
	return note.Written{Dated: on, Note: note.ID(strconv.Itoa(n)), Kind: "visit", Present: []string{"mother", "child"},
		Text: []note.Passage{{Text: "Seen at home. The bedroom was seen, and the child was seen alone and talked about school, friends and the new teacher."}}}
}

// grow writes the given number of events.
func grow(l *ledger, events int) {
	children := max(1, events/eventsPerChild)
	stories := make([][][]domain.Event, children)
	for n := range stories {
		stories[n] = rounds(n, date("2020-01-06").AddDays(n%1500))
	}
	for round := range stories[0] {
		for n, story := range stories {
			// Any order will do that scatters the children: 7919 is a prime.
			id := domain.RecordID(fmt.Sprintf("%032x", (n*7919)%children))
			for _, f := range domain.Facts(story[round]...) {
				l.entries++
				l.writeAt(moment(l.entries/100), schema.Stream(id), f)
			}
		}
	}
}

// eventsWanted is CASELEDGER_REBUILD_EVENTS, or a number that takes a second.
func eventsWanted(b *testing.B) int { return wanted(b, "CASELEDGER_REBUILD_EVENTS", 20_000) }

// wanted is what the environment says, or else the number given.
func wanted(b *testing.B, name string, usual int) int {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

const (
	sealedEvents = 100_000 // that the benchmark seals; more are these again, in other streams
	limitEvents  = 500_000 // up to which the benchmark also measures the limit
)

// repeated is a store of what another holds, as often as is said, under other
// names, and its codec: what it takes to read, open and fold the events is the
// same, but they need not be sealed.
type repeated struct {
	eventstore.Store // nothing is asked of it but what follows
	schema.Sealed
	log    []eventstore.Recorded
	places map[string][]int // of the events of a stream in log
	times  int
}

func repeatedly(b *testing.B, of eventstore.Store, times int) repeated {
	r := repeated{Sealed: codec, places: make(map[string][]int), times: times}
	for e, err := range of.ReadLog(ctx, 0) {
		if err != nil {
			b.Fatal(err)
		}
		r.places[e.Stream] = append(r.places[e.Stream], len(r.log))
		r.log = append(r.log, e)
	}
	return r
}

const turnChars = len("record-0000")

// turn is how the names of streams begin the nth time.
func turn(n int) string { return fmt.Sprintf("record-%04x", n) }

// span is how far positions go in one time.
func (r repeated) span() eventstore.Position { return r.log[len(r.log)-1].Position }

func (r repeated) ReadLog(_ context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range r.from(after) {
			e.Metadata, e.Data = bytes.Clone(e.Metadata), bytes.Clone(e.Data)
			if !yield(e, err) {
				return
			}
		}
	}
}

// Scan copies the bytes too, as any store has to.
func (r repeated) Scan(_ context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		var metadata, data []byte
		for e, err := range r.from(after) {
			metadata, data = append(metadata[:0], e.Metadata...), append(data[:0], e.Data...)
			e.Metadata, e.Data = metadata, data
			if !yield(e, err) {
				return
			}
		}
	}
}

func (r repeated) from(after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for n := int(after / r.span()); n < r.times; n++ {
			begins, shift := turn(n), eventstore.Position(n)*r.span()
			for _, e := range r.log {
				e.Position += shift
				if e.Position <= after {
					continue
				}
				e.Stream = begins + e.Stream[turnChars:]
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func (r repeated) ReadStream(_ context.Context, stream string, after eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		n, err := strconv.ParseUint(stream[turnChars-4:turnChars], 16, 16)
		if err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		for _, place := range r.places[turn(0)+stream[turnChars:]][after:] {
			e := r.log[place]
			e.Stream, e.Position = stream, e.Position+eventstore.Position(n)*r.span()
			e.Metadata, e.Data = bytes.Clone(e.Metadata), bytes.Clone(e.Data)
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (r repeated) Decode(e eventstore.Recorded) (domain.Entry, error) {
	e.Stream = "record-0000" + e.Stream[turnChars:]
	return r.Sealed.Decode(e)
}

// BenchmarkRebuildingAllProjections also reports the limit: how fast SQLite
// takes the same final rows when nothing else is done. The heap is that beyond
// the store of the test; the peak is all the memory of the process, the store
// included.
func BenchmarkRebuildingAllProjections(b *testing.B) {
	from, events := filled(b)
	path := rebuilding(b, from, events, projections.All()...)
	b.ReportMetric(float64(used(b).Maxrss)/(1<<10), "MiB-peak")
	if events <= limitEvents {
		b.ReportMetric(float64(events)/copied(b, path).Seconds(), "limit-events/s")
	}
}

func BenchmarkRebuildingEachProjection(b *testing.B) {
	from, events := filled(b)
	for _, p := range projections.All() {
		b.Run(p.Name, func(b *testing.B) { rebuilding(b, from, events, p) })
	}
}

// filled returns a store with the events wanted, and their number.
func filled(b *testing.B) (repeated, int) {
	events := eventsWanted(b)
	l := newLedger(b)
	grow(l, min(events, sealedEvents))
	from := repeatedly(b, l.store, max(1, events/sealedEvents))
	return from, l.entries * from.times
}

// rebuilding rebuilds read models, as 'caseledger rebuild' does, and returns the
// path of the last.
func rebuilding(b *testing.B, from repeated, events int, all ...projections.Projection) (path string) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(700 << 20))
	runtime.GC()
	store := heap()
	var spent, worked time.Duration
	var most uint64
	for b.Loop() {
		path = filepath.Join(b.TempDir(), "r.db")
		r, err := projections.NewRunner(openAt(b, path), from, from, all)
		if err != nil {
			b.Fatal(err)
		}
		r.SetRebuildFrom(0)
		begun, before := time.Now(), used(b)
		if err := r.CatchUp(ctx, func(eventstore.Position) { most = max(most, heap()) }); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(begun)
		after := used(b)
		worked += time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	}
	b.ReportMetric(float64(events*b.N)/spent.Seconds(), "events/s")
	b.ReportMetric(float64(worked.Microseconds())/float64(events*b.N), "cpu-µs/event")
	b.ReportMetric(float64(max(most, store)-store)/(1<<20), "MiB-heap")
	return path
}

// used is what the process has used until now.
func used(b *testing.B) syscall.Rusage {
	var all syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &all); err != nil {
		b.Fatal(err)
	}
	return all
}

// heap returns the bytes of heap in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// copied inserts all rows of all tables into an empty file, and returns how
// long that took without the reading.
func copied(b *testing.B, path string) time.Duration {
	from, to := raw(b, path), raw(b, filepath.Join(b.TempDir(), "copy.db"))
	rows, err := from.Query("SELECT type, name, sql FROM sqlite_schema WHERE name GLOB '*__v*' AND sql IS NOT NULL ORDER BY type DESC")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			b.Fatal(err)
		}
		if kind == "table" {
			tables = append(tables, name)
		}
		if _, err := to.Exec(text); err != nil {
			b.Fatal(err)
		}
	}
	var spent time.Duration
	for _, table := range tables {
		spent += copyTable(b, from, to, table)
	}
	return spent
}

func raw(b *testing.B, path string) *sql.DB {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-65536)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

func copyTable(b *testing.B, from, to *sql.DB, table string) time.Duration {
	const page = 20_000
	rows, err := from.Query("SELECT * FROM " + table)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	insert := fmt.Sprintf("INSERT INTO %s VALUES (%s)", table, strings.TrimSuffix(strings.Repeat("?,", len(names)), ","))
	var spent time.Duration
	for more := true; more; {
		var lines [][]any
		for len(lines) < page && more {
			if more = rows.Next(); !more {
				break
			}
			line, pointers := make([]any, len(names)), make([]any, len(names))
			for i := range line {
				pointers[i] = &line[i]
			}
			if err := rows.Scan(pointers...); err != nil {
				b.Fatal(err)
			}
			lines = append(lines, line)
		}
		begun := time.Now()
		if err := insertAll(to, insert, lines); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(begun)
	}
	return spent
}

func insertAll(to *sql.DB, insert string, lines [][]any) error {
	tx, err := to.Begin()
	if err != nil {
		return err
	}
	statement, err := tx.Prepare(insert)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := statement.Exec(line...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkTheQuestionsOfADay asks what a worker and a team ask, of read models
// made of CASELEDGER_REBUILD_EVENTS events.
func BenchmarkTheQuestionsOfADay(b *testing.B) {
	l := newLedger(b)
	grow(l, eventsWanted(b))
	db := caughtUp(b, l)
	today := date("2024-06-03")
	for name, ask := range map[string]func() (int, error){
		"worker": func() (int, error) {
			rows, err := db.Caseload(ctx, projections.CaseloadFilter{Worker: "worker-7", On: today})
			return len(rows), err
		},
		"team": func() (int, error) {
			rows, err := db.Gaps(ctx, projections.GapFilter{Team: "team-3", On: today, Days: 28})
			return len(rows), err
		},
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				var err error
				if n, err = ask(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
}
