package esdbgrpc

import (
	"crypto/sha256"
	"fmt"

	"caseledger/eventstore"
	"caseledger/eventstore/seal"
)

// Sealed is an Admit that lets in only what has the form of sealed events of
// this place: each one's metadata is a leaf that names the stream, the number
// that it would get, its type, and the hash of its data. Whether a leaf follows
// the one before it, and whether the blob opens, is the audit's to find.
func Sealed(stream string, after eventstore.Revision, events []eventstore.Event) error {
	for i, e := range events {
		leaf, err := seal.ParseLeaf(e.Metadata)
		if err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		if leaf.Record != stream || leaf.Seq != uint64(after)+uint64(i)+1 || leaf.Type != e.Type {
			return fmt.Errorf("event %d: the leaf is of another place or type", i)
		}
		if leaf.Cipher != sha256.Sum256(e.Data) {
			return fmt.Errorf("event %d: the leaf is of another blob", i)
		}
	}
	return nil
}
