package storebench

import (
	"bytes"
	"fmt"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/eventstore"
)

// Check reads back what a store holds, in the order of position, and says
// whether it is exactly what Writer.Append was told is stored. Payload and
// metadata may be written otherwise if they are the same JSON.
func (w *Workload) Check(log iter.Seq2[eventstore.Recorded, error]) error {
	byName := make(map[string]*stream, len(w.streams))
	due := 0
	for i := range w.streams {
		byName[w.streams[i].name] = &w.streams[i]
		due += len(w.streams[i].acked)
	}
	read := make(map[string]int)
	last := eventstore.Position(0)
	for e, err := range log {
		if err != nil {
			return err
		}
		s := byName[e.Stream]
		n := read[e.Stream]
		switch {
		case e.Position <= last:
			return fmt.Errorf("position %d comes after %d", e.Position, last)
		case s == nil || n >= len(s.acked):
			return fmt.Errorf("position %d: an event that was not acknowledged", e.Position)
		case e.Revision != eventstore.Revision(n)+1:
			return fmt.Errorf("position %d: stream %s: revision %d comes after %d", e.Position, e.Stream, e.Revision, n)
		case !w.same(e.Event, s.acked[n]):
			return fmt.Errorf("position %d: stream %s: revision %d is not what was appended", e.Position, e.Stream, e.Revision)
		}
		last = e.Position
		read[e.Stream]++
		due--
	}
	if due > 0 {
		return fmt.Errorf("%d acknowledged events are missing", due)
	}
	return nil
}

func (w *Workload) same(e eventstore.Event, a acked) bool {
	return e.ID == a.id && e.Type == eventType && sameJSON(e.Data, w.data[a.payload]) && sameJSON(e.Metadata, w.meta[a.meta])
}

// sameJSON reports whether a is b, or b written otherwise.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := jsontext.Value(bytes.Clone(a)), jsontext.Value(bytes.Clone(b))
	return x.Canonicalize() == nil && y.Canonicalize() == nil && bytes.Equal(x, y)
}
