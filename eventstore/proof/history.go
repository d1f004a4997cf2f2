package proof

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const (
	historyTitle = "caseledger/keys/v1"

	// MaxKeyEvents bounds a key history.
	MaxKeyEvents = 1000
)

// KeyEvent says from which size of the tree on a key of the log is in force,
// or is not any more.
type KeyEvent struct {
	Retired bool   // else added
	From    int64  // the smallest size that this holds for
	Key     string // added: the whole public key; retired: its name+hash
}

// History is which keys of a log were in force when. It is what a verifier
// must be given from somewhere else than the log.
type History struct {
	Origin string
	Events []KeyEvent // in the order of From
	keys   map[string]note.Verifier
}

// NewHistory returns the history of a log and checks it: sizes do not fall, a
// key is added once, and only a key in force is retired.
func NewHistory(origin string, events []KeyEvent) (*History, error) {
	h := &History{Origin: origin, Events: events, keys: map[string]note.Verifier{}}
	if !ValidOrigin(origin) || len(events) > MaxKeyEvents {
		return nil, fmt.Errorf("proof: keys: %w", ErrFormat)
	}
	retired, last := map[string]bool{}, int64(0)
	for i, e := range events {
		if e.From < last {
			return nil, fmt.Errorf("proof: keys: event %d: %w: sizes fall", i+1, ErrFormat)
		}
		last = e.From
		if err := h.add(e, retired); err != nil {
			return nil, fmt.Errorf("proof: keys: event %d: %w", i+1, err)
		}
	}
	return h, nil
}

func (h *History) add(e KeyEvent, retired map[string]bool) error {
	if e.Retired {
		if h.keys[e.Key] == nil || retired[e.Key] {
			return fmt.Errorf("%w: the retired key is not in force", ErrFormat)
		}
		retired[e.Key] = true
		return nil
	}
	v, err := ParseVerifier(e.Key)
	if err != nil {
		return err
	}
	if v.Name() != h.Origin || h.keys[keyID(v)] != nil {
		return fmt.Errorf("%w: the added key is of another log or was added before", ErrFormat)
	}
	h.keys[keyID(v)] = v
	return nil
}

// FirstKeys returns the history of a log that begins with these keys.
func FirstKeys(origin string, vkeys ...string) (*History, error) {
	events := make([]KeyEvent, len(vkeys))
	for i, k := range vkeys {
		events[i] = KeyEvent{Key: k}
	}
	return NewHistory(origin, events)
}

// ParseHistory reads what Text writes.
func ParseHistory(text []byte) (*History, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 || len(lines) > MaxKeyEvents+3 || lines[0] != historyTitle || lines[len(lines)-1] != "" {
		return nil, fmt.Errorf("proof: keys: %w", ErrFormat)
	}
	var events []KeyEvent
	for i, line := range lines[2 : len(lines)-1] {
		e, ok := parseKeyEvent(line)
		if !ok {
			return nil, fmt.Errorf("proof: keys: event %d: %w", i+1, ErrFormat)
		}
		events = append(events, e)
	}
	return NewHistory(lines[1], events)
}

func parseKeyEvent(line string) (KeyEvent, bool) {
	parts := strings.Split(line, " ")
	if len(parts) != 3 {
		return KeyEvent{}, false
	}
	from, ok := ParseNumber(parts[1])
	e := KeyEvent{Retired: parts[0] == "retired", From: from, Key: parts[2]}
	return e, ok && (e.Retired || parts[0] == "added")
}

// Text returns the history as it is kept in a file: a title, the origin, and a
// line for each event: "added <size> <public key>" or
// "retired <size> <name>+<hash>".
func (h *History) Text() []byte {
	b := []byte(historyTitle + "\n" + h.Origin + "\n")
	for _, e := range h.Events {
		b = append(b, e.String()+"\n"...)
	}
	return b
}

// String returns the event's line.
func (e KeyEvent) String() string {
	word := "added "
	if e.Retired {
		word = "retired "
	}
	return word + strconv.FormatInt(e.From, 10) + " " + e.Key
}

// At returns the keys in force at a size: all of them must have signed a
// checkpoint of that size.
func (h *History) At(size int64) []note.Verifier {
	var ids []string
	for _, e := range h.Events {
		switch {
		case e.From > size:
		case e.Retired:
			ids = remove(ids, e.Key)
		default:
			name, rest, _ := strings.Cut(e.Key, "+")
			hash, _, _ := strings.Cut(rest, "+")
			ids = append(ids, name+"+"+hash)
		}
	}
	out := make([]note.Verifier, len(ids))
	for i, id := range ids {
		out[i] = h.keys[id]
	}
	return out
}

func remove(ids []string, id string) []string {
	var out []string
	for _, s := range ids {
		if s != id {
			out = append(out, s)
		}
	}
	return out
}

// Open reads a signed checkpoint of the log and verifies it under all keys
// that were in force at its size.
func (h *History) Open(signed []byte) (Signed, error) {
	c, err := ReadCheckpoint(signed)
	if err != nil {
		return Signed{}, err
	}
	if c.Origin != h.Origin {
		return Signed{}, fmt.Errorf("proof: checkpoint: %w: it is of another log", ErrSignature)
	}
	return OpenCheckpoint(signed, h.At(c.Size))
}
