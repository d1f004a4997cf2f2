package bulk

import (
	"bufio"
	"bytes"
	"errors"
	"testing"
)

func TestAScratchFileThatWasChangedIsAnErrorAndNoKey(t *testing.T) {
	for name, bad := range map[string][]byte{
		"more in common than there was": {0, 2, 'a', 'b', 3, 1, 'c'},
		"longer than a key can be":      {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
	} {
		d := onDisk{from: bufio.NewReader(bytes.NewReader(bad))}
		var err error
		for key := []byte{}; key != nil && err == nil; {
			key, err = d.next()
		}
		if !errors.Is(err, errSpill) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
