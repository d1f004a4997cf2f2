package webhook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
)

// MaxParked bounds what is parked for one subscription; with that many it waits
// for somebody to replay them.
const MaxParked = 10_000

const maxStateBytes = 4 << 20

// Parked is a notice that could not be delivered.
type Parked struct {
	Position eventstore.Position `json:"position"`
	Since    time.Time           `json:"since"`
	Tries    int                 `json:"tries"`
	Why      string              `json:"why"`             // of the last try
	Again    bool                `json:"again,omitempty"` // it is to be tried again
}

// state is how far a subscription is. The event's id tells a ledger that was put
// back from the one that was followed.
type state struct {
	Position eventstore.Position `json:"position"`
	Event    string              `json:"event,omitzero"` // hexadecimal
	Parked   []Parked            `json:"parked,omitempty"`
}

// readState reads a file that save wrote; none is the beginning.
func readState(path string, after uint64) (state, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{Position: eventstore.Position(after)}, nil
	}
	if err != nil {
		return state{}, err
	}
	s, err := parseState(text)
	if err != nil {
		return state{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func parseState(text []byte) (state, error) {
	var s state
	if len(text) > maxStateBytes || json.Unmarshal(text, &s, json.RejectUnknownMembers(true)) != nil || len(s.Parked) > MaxParked {
		return state{}, errors.New("it holds no position")
	}
	for _, p := range s.Parked {
		if p.Position == 0 || p.Position > s.Position {
			return state{}, errors.New("what is parked was not reached")
		}
	}
	return s, nil
}

// save keeps it in a file, whole or not at all.
func (s state) save(path string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return durable.Replace(path, text)
}
