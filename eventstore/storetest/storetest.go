// Package storetest holds the promises of eventstore.Store as tests. Every
// store runs all of them; there is no way to leave one out. Its own test plants
// faults into a store and shows that the promises find each.
//
// The package never looks behind the four methods of the interface.
package storetest

import (
	"context"
	"testing"
	"time"

	"caseledger/eventstore"
)

// patience is how long one promise may take before it counts as broken.
const patience = 2 * time.Minute

// promise is a sentence about every store, and how to see that it is true of
// one that is empty.
type promise struct {
	name  string
	check func(t *recorder, s eventstore.Store)
}

// promises are in the order in which a new store is best made to keep them.
var promises = []promise{
	{"AnEmptyStoreReadsAsNothing", emptyStore},
	{"ReadsGiveBackWhatWasAppended", readsGiveBack},
	{"AppendReturnsThePositionOfTheLastEvent", positionOfLast},
	{"AnAppendIsAllOrNone", allOrNone},
	{"AStaleRevisionIsAConflictThatStatesTheActualOne", conflictStatesActual},
	{"AnExactRepeatAppendsNothingAndReturnsTheFirstPosition", exactRepeat},
	{"AnythingElseThanAnExactRepeatIsAConflict", inexactRepeat},
	{"TheSameIdsInAnotherStreamAreANewAppend", sameIdsElsewhere},
	{"AnInvalidAppendIsRefusedAndAppendsNothing", invalidAppends},
	{"AnAppendAtTheLimitsIsAccepted", atTheLimits},
	{"ARepeatSettlesAnUnknownOutcome", unknownOutcome},
	{"TheStoreKeepsNoReferenceToTheGivenSlices", copiesIn},
	{"TheBytesReadBelongToTheReceiver", copiesOut},
	{"ReadStreamBeginsAfterTheGivenRevision", streamAfter},
	{"StreamsDoNotMix", streamsDoNotMix},
	{"ReadLogBeginsAfterTheGivenPosition", logAfter},
	{"TheLogHasOneOrderForAllReaders", oneOrder},
	{"AReadWithAnEndedContextYieldsItsErrorOnceAndLast", endedContext},
	{"ACallerMayStopEarly", stopEarly},
	{"TheLoopBodyMayAppend", loopBodyAppends},
	{"FollowWaitsForEveryAppend", followWaits},
	{"FollowBeginsAfterTheGivenPosition", followAfter},
	{"FollowEndsWithTheContextsError", followEnds},
	{"FollowHasNoGapAndNoRepeatUnderConcurrentAppends", followConcurrent},
	{"OfManyAppendsAtOneRevisionOneWins", oneWins},
	{"ConcurrentAppendsToManyStreamsAllArrive", allArrive},
	{"NoReaderSeesHalfAnAppend", neverHalf},
}

// Run checks every promise. open returns a store without events, which it
// closes through t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) eventstore.Store) {
	all := append(promises[:len(promises):len(promises)], promise{"TheStoreBehavesLikeItsModel", likeItsModel})
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for _, failure := range p.broken(ctx, t.Name(), open(t)) {
				t.Error(failure)
			}
		})
	}
}
