package journal

import (
	"slices"
	"sync/atomic"
	"testing"
)

func TestWhatIsFetchedAheadComesInOrderOnceAndNothingRunsAfterTheEnd(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		for lanes := 1; lanes <= 3; lanes++ {
			for stop := range n + 1 {
				times := make([]atomic.Int32, n)
				var running atomic.Int32
				var got, want []int
				for i, v := range ahead(n, lanes, func(lane, i int) int {
					running.Add(1)
					defer running.Add(-1)
					if lane < 0 || lane >= lanes {
						t.Errorf("lane %d of %d", lane, lanes)
					}
					times[i].Add(1)
					return 10 * i
				}) {
					if len(got) == stop {
						break
					}
					got, want = append(got, v), append(want, 10*len(want))
					if i != len(got)-1 {
						t.Fatalf("%d is given as %d", len(got)-1, i)
					}
				}
				if !slices.Equal(got, want) || len(got) != stop {
					t.Fatalf("of %d by %d lanes up to %d: %v", n, lanes, stop, got)
				}
				if running.Load() > 0 {
					t.Fatal("somebody still fetches")
				}
				for i := range times {
					if times[i].Load() > 1 || i < stop && times[i].Load() == 0 {
						t.Fatalf("%d of %d was fetched %d times", i, n, times[i].Load())
					}
				}
			}
		}
	}
}
