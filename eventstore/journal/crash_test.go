package journal

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"caseledger/eventstore"
)

// victimDir names the journal of a process that is there to be killed.
const victimDir = "JOURNAL_TEST_VICTIM"

// victimSegmentBytes lets a victim seal a segment or two before it is killed.
const victimSegmentBytes = 12 << 10

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
	}
	os.Exit(m.Run())
}

// victim appends to several streams until it is killed, and prints every
// append that was acknowledged.
func victim(dir string) {
	s, err := Open(dir, Options{SegmentBytes: victimSegmentBytes})
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	var out sync.Mutex
	var appenders sync.WaitGroup
	for i := range 4 {
		appenders.Go(func() {
			stream := fmt.Sprintf("stream-%d", i)
			revision, err := headOf(s, stream)
			if err != nil {
				fmt.Println("refused:", err)
				os.Exit(1)
			}
			for head := int(revision); ; head += 2 {
				events := []eventstore.Event{entry(stream, head+1), entry(stream, head+2)}
				last, err := s.Append(context.Background(), stream, eventstore.Revision(head), events)
				out.Lock()
				fmt.Println(last, stream, head+2, err)
				out.Unlock()
			}
		})
	}
	appenders.Wait()
}

// roundsVariable asks for more than a few kills.
const roundsVariable = "CASELEDGER_CRASHES"

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	const few, ofOneJournal, mostAppends = 15, 50, 120
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv(roundsVariable), strconv.Itoa(few)))
	if err != nil {
		t.Fatalf("%s: %v", roundsVariable, err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d rounds, seed %d", rounds, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var dir string
	var acknowledged map[eventstore.Position]string // position: stream and revision
	for round := range rounds {
		if round%ofOneJournal == 0 {
			dir, acknowledged = t.TempDir(), make(map[eventstore.Position]string)
		}
		killed(t, dir, random.IntN(mostAppends), acknowledged)
		survived(t, dir, acknowledged)
	}
}

// survived checks that a journal opens, verifies and holds what was acknowledged.
func survived(t *testing.T, dir string, acknowledged map[eventstore.Position]string) {
	s, err := Open(dir, Options{SegmentBytes: victimSegmentBytes})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	holds(t, s, int(s.Head()))
	found := 0
	for r, err := range s.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := acknowledged[r.Position]; ok {
			found++
			if got := fmt.Sprint(r.Stream, " ", r.Revision); got != want {
				t.Fatalf("position %d is %s, acknowledged was %s", r.Position, got, want)
			}
		}
	}
	if found != len(acknowledged) || s.Head()%2 != 0 {
		t.Fatalf("%d of %d acknowledged appends found, head %d", found, len(acknowledged), s.Head())
	}
}

// killed runs a victim and kills it when it has printed n appends or more.
func killed(t *testing.T, dir string, n int, acknowledged map[eventstore.Position]string) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for read := 0; lines.Scan(); read++ {
		var position eventstore.Position
		var stream string
		var revision int
		var end string
		if _, err := fmt.Sscan(lines.Text(), &position, &stream, &revision, &end); err != nil || end != "<nil>" {
			t.Fatalf("the victim says %q", lines.Text())
		}
		acknowledged[position] = fmt.Sprint(stream, " ", revision)
		if read == n {
			cmd.Process.Kill()
		}
	}
	cmd.Wait() // says that it was killed
}
