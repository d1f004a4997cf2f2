package memory_test

import (
	"testing"

	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/storetest"
)

func TestTheMemoryStoreKeepsEveryPromise(t *testing.T) {
	storetest.Run(t, func(*testing.T) eventstore.Store { return memory.New() })
}
