package outbound

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore"
	"caseledger/eventstore/durable"
)

// position is up to where events are published. The event's id tells a ledger
// that was put back from the one that was followed.
type position struct {
	Position eventstore.Position `json:"position"`
	Event    string              `json:"event"` // hexadecimal
	event    eventstore.EventID
}

const maxPositionBytes = 1 << 10

// readPosition reads a file that save wrote. None is the beginning.
func readPosition(path string) (position, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return position{}, nil
	}
	if err != nil {
		return position{}, err
	}
	var p position
	if len(text) > maxPositionBytes || json.Unmarshal(text, &p, json.RejectUnknownMembers(true)) != nil {
		return position{}, fmt.Errorf("outbound: %s holds no position", path)
	}
	id, err := hex.DecodeString(p.Event)
	if err != nil || len(id) != len(p.event) || p.Position == 0 {
		return position{}, fmt.Errorf("outbound: %s holds no position", path)
	}
	p.event = eventstore.EventID(id)
	return p, nil
}

// save keeps it in a file, whole or not at all.
func (p position) save(path string) error {
	p.Event = hex.EncodeToString(p.event[:])
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return durable.Replace(path, text)
}
