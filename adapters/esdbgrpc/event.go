package esdbgrpc

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"caseledger/eventstore"
)

const (
	sealedContent = "application/octet-stream"
	jsonContent   = "application/json"

	tombstoneType   = "$streamDeleted"
	tombstoneNumber = math.MaxInt64
	linkType        = "$>"
	settingsType    = "$metadata"
)

// event is one as clients see it. Numbers begin with 0, and are the position
// for the log as a whole.
type event struct {
	eventstore.Recorded
	name    string // stream as clients know it
	number  uint64
	content string // content type
	created int64  // 100 ns ticks since the Unix epoch
	at      uint64 // in the source that it was read from
	link    *event // through which it was found
	scratch bool
}

// original is the event that was asked for: the link where there is one.
func (e *event) original() *event {
	if e.link != nil {
		return e.link
	}
	return e
}

func (s *Server) event(r eventstore.Recorded) event {
	e := event{Recorded: r, number: uint64(r.Revision) - 1, content: sealedContent}
	e.name, e.scratch = s.clientName(r.Stream)
	if !e.scratch {
		e.created = ticks(leafTime(r.Metadata))
		return e
	}
	if e.Type == tombstoneType {
		e.number = tombstoneNumber
	}
	e.unwrap()
	return e
}

// envelope precedes the metadata of a scratch event: what clients state and a
// store has no place for.
const envelope = "esdb1 "

// wrap makes the event that is stored of one that was proposed.
func wrap(e eventstore.Event, content string, now time.Time) eventstore.Event {
	head := fmt.Appendf(nil, "%s%d %s\n", envelope, ticks(now), content)
	e.Metadata = append(head, e.Metadata...)
	return e
}

func (e *event) unwrap() {
	head, rest, found := bytes.Cut(e.Metadata, []byte("\n"))
	fields := bytes.Fields(head)
	if !found || len(fields) != 3 || !bytes.HasPrefix(head, []byte(envelope)) {
		return
	}
	e.created, _ = strconv.ParseInt(string(fields[1]), 10, 64)
	e.content, e.Metadata = string(fields[2]), rest
}

// leafTime reads the time of recording out of a leaf; zero when there is none.
func leafTime(leaf []byte) time.Time {
	_, rest, found := bytes.Cut(leaf, []byte("\nrecorded "))
	if !found {
		return time.Time{}
	}
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	t, _ := time.Parse(time.RFC3339Nano, string(text))
	return t
}

func ticks(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()*1e7 + int64(t.Nanosecond())/100
}

func (e *event) createdAt() time.Time { return time.Unix(e.created/1e7, e.created%1e7*100) }

func newID() (id eventstore.EventID) {
	_, _ = rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// halves are the two numbers that stand for an id in the protocol.
func halves(id eventstore.EventID) (most, least int64) {
	return int64(binary.BigEndian.Uint64(id[:8])), int64(binary.BigEndian.Uint64(id[8:]))
}

func fromHalves(most, least int64) (id eventstore.EventID) {
	binary.BigEndian.PutUint64(id[:8], uint64(most))
	binary.BigEndian.PutUint64(id[8:], uint64(least))
	return id
}
