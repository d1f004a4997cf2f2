package demo

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"caseledger/eventstore"
)

// digest is a hash over everything in the store.
func digest(t *testing.T, store eventstore.Store) string {
	t.Helper()
	sum := sha256.New()
	for e, err := range store.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%d %s %d %x %s %s %s\n", e.Position, e.Stream, e.Revision, e.ID, e.Type, e.Metadata, e.Data)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
