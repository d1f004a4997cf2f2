package journal

import (
	"testing"

	"caseledger/eventstore"
)

func TestAnAppendThatKnewItsStreamBeforeASegmentWasSealedIsAskedAgain(t *testing.T) {
	s := opened(t, t.TempDir(), Options{SegmentBytes: 200})
	r := newRequest("a", 0, []eventstore.Event{entry("a", 1)})
	r.before, r.segment = 0, s.queue.knows() // true now
	for i := range 6 {
		extend(t, s, "a", i, 1)
		rested(t, s)
	}
	for i := range 3 { // forgets the tables whose index files are written
		extend(t, s, "b", i, 1)
		rested(t, s)
	}
	if s.queue.knows() == r.segment {
		t.Fatal("no table was forgotten")
	}
	for _, table := range s.queue.tables {
		if table.get([]byte("a")) != nil {
			t.Fatal("the stream is still in a table")
		}
	}
	if g, stale := s.queue.put(r); g != nil || !stale {
		t.Fatal("the append is taken at revision 0 of a stream that has 6 events")
	}
}

func TestAppendsThatWaitAreMadeDurableByOneWrite(t *testing.T) {
	disk := &writes{}
	s, err := open(t.TempDir(), Options{}, disk.open)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 10
	before := len(disk.groups)
	var groups []*group
	s.queue.mu.Lock() // the writer cannot take the group before it is complete
	for i := range n {
		r := newRequest("a", eventstore.Revision(i), []eventstore.Event{entry("a", i+1)})
		p := s.queue.tables[0].get([]byte("a"))
		if p == nil {
			p = s.queue.tables[0].add("a", 0)
		}
		groups = append(groups, s.queue.join(r, p))
	}
	s.queue.mu.Unlock()
	for _, g := range groups {
		<-g.done
	}
	disk.mu.Lock()
	defer disk.mu.Unlock()
	if got := len(disk.groups) - before; got != 1 {
		t.Errorf("%d writes, want 1", got)
	}
	holds(t, s, n)
}
