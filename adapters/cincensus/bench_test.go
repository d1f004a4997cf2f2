package cincensus_test

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caseledger/eventstore"
)

// manyEpisodes writes a return with the number of episodes, one to each child.
func manyEpisodes(t testing.TB, episodes int) string {
	t.Helper()
	path := os.Getenv("CASELEDGER_CIN_MANY") // keeps the return, for the program to import
	if path == "" {
		path = filepath.Join(t.TempDir(), "many.xml")
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	fmt.Fprint(out, "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate></CollectionDetails></Header>\n<Children>\n")
	for n := range episodes {
		fmt.Fprintf(out, `<Child>
  <ChildIdentifiers><LAchildID>BIG%07d</LAchildID><UPNunknown>UN1</UPNunknown><PersonBirthDate>20%02d-0%d-1%d</PersonBirthDate><GenderCurrent>%d</GenderCurrent></ChildIdentifiers>
  <ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>LD</Disability></Disabilities></ChildCharacteristics>
  <CINdetails>
    <CINreferralDate>2021-06-0%d</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
    <Assessments><AssessmentActualStartDate>2021-06-1%d</AssessmentActualStartDate><AssessmentAuthorisationDate>2021-07-02</AssessmentAuthorisationDate>
      <FactorsIdentifiedAtAssessment><AssessmentFactors>1A</AssessmentFactors><AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
    <Section47><S47ActualStartDate>2021-07-05</S47ActualStartDate><DateOfInitialCPC>2021-07-20</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired></Section47>
    <ReferralNFA>0</ReferralNFA>
    <ChildProtectionPlans><CPPstartDate>2021-07-20</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>
      <Reviews><CPPreviewDate>2021-10-12</CPPreviewDate></Reviews></ChildProtectionPlans>
  </CINdetails>
</Child>
`, n, 5+n%15, 1+n%9, n%9, 1+n%2, 1+n%9, n%9)
	}
	fmt.Fprint(out, "</Children>\n</Message>\n")
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// nowhere is a store that forgets what is appended and keeps the revisions, so
// that what is measured is the import.
type nowhere struct {
	eventstore.Store // of which nothing else is used
	mu               sync.Mutex
	counts           map[string]eventstore.Revision
	bytes            int
}

func (s *nowhere) Append(_ context.Context, stream string, _ eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[stream] += eventstore.Revision(len(events))
	for _, e := range events {
		s.bytes += len(e.Data) + len(e.Metadata)
	}
	return eventstore.Position(len(s.counts)), nil
}

func (s *nowhere) ReadStream(context.Context, string, eventstore.Revision) iter.Seq2[eventstore.Recorded, error] {
	return func(func(eventstore.Recorded, error) bool) {}
}

func episodesToImport(otherwise int) int {
	n, err := strconv.Atoi(os.Getenv("CASELEDGER_BENCH_EPISODES"))
	if err != nil {
		return otherwise
	}
	return n
}

// tokenised returns how long the decoder takes over the file, read twice as the
// import reads it, when nothing is made of what it says: the limit of parsing.
func tokenised(b *testing.B, path string) time.Duration {
	b.Helper()
	start := time.Now()
	for range 2 {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		for d := xml.NewDecoder(f); err == nil; {
			_, err = d.Token()
		}
		f.Close()
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// BenchmarkImport leaves the store out, and also reports the limit of parsing.
func BenchmarkImport(b *testing.B) {
	episodes := episodesToImport(2000)
	path := manyEpisodes(b, episodes)
	b.ReportAllocs()
	for b.Loop() {
		w := newWorld(b)
		w.records.Ledger.Store = &nowhere{counts: make(map[string]eventstore.Revision)}
		var peak atomic.Uint64
		i := w.importer()
		read := 0
		i.Progress = func(int64, int64) {
			if read++; read%5000 == 0 { // reading the statistics stops the world
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
		report, err := i.File(b.Context(), path)
		if err != nil || report.Episodes != episodes {
			b.Fatalf("%d episodes, %v", report.Episodes, err)
		}
		b.ReportMetric(report.Spent.Parse.Seconds(), "parse-s")
		b.ReportMetric(report.Spent.Decide.Seconds(), "decide-s")
		b.ReportMetric(report.Spent.Append.Seconds(), "append-s")
		b.ReportMetric(float64(report.Events), "events")
		b.ReportMetric(float64(peak.Load())/(1<<20), "heap-MB")
	}
	b.ReportMetric(float64(episodes)*float64(b.N)/b.Elapsed().Seconds(), "episodes/s")
	b.ReportMetric(tokenised(b, path).Seconds(), "limit-parse-s")
}
