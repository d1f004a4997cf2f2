package witness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// pair is two witnesses of l on the loopback.
func pair(t *testing.T, l *tree) (endpoints []Endpoint, servers []*httptest.Server) {
	t.Helper()
	for _, c := range []cosigner{newCosigner(t, "witness.example/w1"), newMLDSACosigner(t, "witness.example/w2")} {
		w, _ := enrolled(t, l, c.signer)
		s := listening(t, w)
		endpoints = append(endpoints, Endpoint{c.signer.Name(), s.URL, c.key(t)})
		servers = append(servers, s)
	}
	return endpoints, servers
}

func keys(endpoints []Endpoint) note.Verifiers {
	var list []note.Verifier
	for _, e := range endpoints {
		list = append(list, e.Key)
	}
	return note.VerifierList(list...)
}

func TestTwoWitnessesCosignOverHTTP(t *testing.T) {
	l := newTree(t).grow(t, 30, "leaf")
	endpoints, _ := pair(t, l)
	for _, fresh := range []bool{false, true} { // a fresh client knows no sizes
		var client Client
		for _, size := range []int64{1, 5, 5, 17, 30} {
			if fresh {
				client = Client{}
				size = 30
			}
			before := time.Now().Truncate(time.Second)
			signed, outcomes, err := client.Collect(t.Context(), l.at(t, size), endpoints, l.prove)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outcomes {
				if o.Err != nil || o.Time.Before(before) || o.Time.After(time.Now()) {
					t.Errorf("size %d: %+v", size, o)
				}
			}
			if n, err := note.Open(signed, keys(endpoints)); err != nil || len(n.Sigs) != 2 {
				t.Errorf("size %d: %v", size, err)
			}
		}
	}
}

func TestAForkAndARollbackAreReported(t *testing.T) {
	l := newTree(t).grow(t, 30, "leaf")
	endpoints, _ := pair(t, l)
	var client Client
	if _, _, err := client.Collect(t.Context(), l.at(t, 20), endpoints, l.prove); err != nil {
		t.Fatal(err)
	}
	fork := l.fork(t, 10, 30)
	var refused *RefusedError
	tests := []struct {
		name string
		log  *tree
		size int64
		is   func(error) bool
	}{
		{"rolled back", l, 19, func(err error) bool { return errors.Is(err, ErrAhead) }},
		{"another root of the same size", fork, 20, func(err error) bool { return errors.Is(err, ErrFork) }},
		{"a larger fork", fork, 30, func(err error) bool { return errors.As(err, &refused) && refused.Status == 422 }},
	}
	for _, tt := range tests {
		for _, c := range []*Client{&client, {}} {
			signed, outcomes, err := c.Collect(t.Context(), tt.log.at(t, tt.size), endpoints, tt.log.prove)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outcomes {
				if !tt.is(o.Err) {
					t.Errorf("%s: %+v", tt.name, o)
				}
			}
			if _, err := note.Open(signed, keys(endpoints)); err == nil {
				t.Errorf("%s: cosigned", tt.name)
			}
		}
	}
}

func TestAWitnessThatIsGoneIsMissingInTime(t *testing.T) {
	l := newTree(t).grow(t, 3, "leaf")
	endpoints, servers := pair(t, l)
	servers[1].Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes calls, never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	endpoints = append(endpoints, Endpoint{"silent", "http://" + silent.Addr().String(), endpoints[1].Key})
	var signed []byte
	var outcomes []Outcome
	// Where the machine is so busy that the one who is there misses the time too, all get more.
	for limit := 250 * time.Millisecond; limit < time.Minute; limit *= 2 {
		client, begun := Client{Timeout: limit}, time.Now()
		signed, outcomes, err = client.Collect(t.Context(), l.at(t, 3), endpoints, l.prove)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > limit+time.Minute {
			t.Errorf("took %v", took)
		}
		if !errors.Is(outcomes[0].Err, ErrMissing) {
			break
		}
	}
	if outcomes[0].Err != nil || !errors.Is(outcomes[1].Err, ErrMissing) || !errors.Is(outcomes[2].Err, ErrMissing) {
		t.Errorf("%+v", outcomes)
	}
	if n, err := note.Open(signed, keys(endpoints[:2])); err != nil || len(n.Sigs) != 1 {
		t.Errorf("the cosignature that came is not there: %v", err)
	}
}

func TestBadAnswersEnd(t *testing.T) {
	l := newTree(t).grow(t, 30, "leaf")
	c, other := newCosigner(t, "witness.example/w1"), newCosigner(t, "witness.example/w2")
	text := func(signed []byte) string { return string(signed[:bytes.LastIndex(signed, []byte("\n\n"))+1]) }
	lines := func(size int64, s note.Signer) []byte {
		body := text(l.at(t, size))
		return sign(t, body, s)[len(body)+1:]
	}
	tests := []struct {
		name   string
		status int
		kind   string
		body   []byte
		want   error
		asked  int64
	}{
		{"a cosignature of another size", 200, "", lines(29, c.signer), ErrAnswer, 1},
		{"a cosignature of another witness", 200, "", lines(30, other.signer), ErrAnswer, 1},
		{"no cosignature", 200, "", nil, ErrAnswer, 1},
		{"a checkpoint smuggled in", 200, "", append([]byte("\n"), l.at(t, 30)...), ErrAnswer, 1},
		{"a cosignature of a longer text", 200, "", sign(t, text(l.at(t, 30))+"\nmore\n", c.signer)[len(text(l.at(t, 30)))+1:], ErrAnswer, 1},
		{"a conflict of no size", 409, sizeType, []byte("many\n"), ErrAnswer, 1},
		{"a conflict at a larger size", 409, sizeType, []byte("31\n"), ErrAhead, 1},
		{"a conflict of no type", 409, "text/plain", []byte("7\n"), nil, 1},
		{"a conflict for ever", 409, sizeType, []byte("7\n"), ErrFork, 2},
		{"a fault for ever", 503, "", nil, ErrMissing, maxAttempts},
		{"a refusal", 404, "", nil, nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				io.Copy(io.Discard, r.Body)
				rw.Header().Set("Content-Type", tt.kind)
				rw.WriteHeader(tt.status)
				rw.Write(tt.body)
			}))
			defer s.Close()
			var client Client
			signed := l.at(t, 30)
			got, outcomes, err := client.Collect(t.Context(), signed, []Endpoint{{"w1", s.URL, c.key(t)}}, l.prove)
			if err != nil || !bytes.Equal(got, signed) {
				t.Errorf("%q, %v", got, err)
			}
			var refused *RefusedError
			if o := outcomes[0]; o.Err == nil || tt.want != nil && !errors.Is(o.Err, tt.want) || tt.want == nil && !errors.As(o.Err, &refused) {
				t.Errorf("%+v", o)
			}
			if asked.Load() != tt.asked {
				t.Errorf("asked %d times, not %d", asked.Load(), tt.asked)
			}
		})
	}
}

func TestAProofThatCannotBeMadeIsTheOutcome(t *testing.T) {
	l := newTree(t).grow(t, 30, "leaf")
	endpoints, _ := pair(t, l)
	var client Client
	if _, _, err := client.Collect(t.Context(), l.at(t, 20), endpoints, l.prove); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("lost")
	_, outcomes, err := client.Collect(t.Context(), l.at(t, 30), endpoints, func(context.Context, int64, int64) (tlog.TreeProof, error) { return nil, lost })
	if err != nil || !errors.Is(outcomes[0].Err, lost) {
		t.Errorf("%+v, %v", outcomes, err)
	}
}
