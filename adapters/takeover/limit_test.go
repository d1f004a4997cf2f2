package takeover

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"
)

func TestAPackageThatIsTooLargeIsNotOpened(t *testing.T) {
	receiver, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var closed bytes.Buffer
	if err := Close(&closed, make([]byte, 1_000), receiver.Recipient()); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int]error{1_000: nil, 999: ErrUnsound, 1: ErrUnsound} {
		if pkg, err := openUpTo(bytes.NewReader(closed.Bytes()), receiver, most); !errors.Is(err, want) || (err == nil) != (len(pkg) == 1_000) {
			t.Errorf("of at most %d bytes: %d, %v", most, len(pkg), err)
		}
	}
}
