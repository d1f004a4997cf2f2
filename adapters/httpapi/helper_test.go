package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/cedar"
	"caseledger/adapters/drafts"
	"caseledger/adapters/enclosures"
	"caseledger/domain"
	"caseledger/domain/policy"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
	"caseledger/schema"
)

var roles = []string{"social-worker", "manager", "records-officer", "auditor", "analyst"}

const today = "2026-11-22"

// world is a ledger in memory with its API on a real port, and a caller in each
// role.
type world struct {
	t       testing.TB
	url     string
	api     *API
	tokens  map[string]string // by role
	second  *eventstore.Ledger
	store   *memory.Store
	files   string // where documents are kept
	logs    *lines
	numbers *prometheus.Registry
	broken  atomic.Bool // nothing can be written to the access ledger
}

// lines collects what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newLedger(name string) (*eventstore.Ledger, *memory.Store) {
	store := memory.New()
	sealed := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: name, Random: rand.Reader}
	now, err := time.Parse(time.DateTime, today+" 10:00:00")
	if err != nil {
		panic(err)
	}
	return &eventstore.Ledger{Store: store, Codec: sealed, Now: func() time.Time { return now }, NewID: func() (id eventstore.EventID) {
		rand.Read(id[:])
		return id
	}}, store
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, tokens: make(map[string]string), files: filepath.Join(t.TempDir(), "files"), logs: &lines{}, numbers: prometheus.NewRegistry()}
	first, store := newLedger("anytown.example/test")
	w.store = store
	w.second, _ = newLedger("anytown.example/test/access")
	pack, err := policy.For(policy.England)
	must(t, err)
	records, err := schema.NewRecords(first, pack)
	must(t, err)
	db, err := projections.Open(filepath.Join(t.TempDir(), "projections.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	codec := first.Codec.(schema.Sealed)
	runner, err := projections.NewRunner(db, first.Store, codec, projections.All())
	must(t, err)
	var one sync.Mutex
	accesses := accesslog.New(w.second)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { accesses.Run(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	tokens := &Tokens{by: make(map[[32]byte]Caller)}
	for _, role := range roles {
		w.tokens[role], err = tokens.Add(Caller{ID: role + "-1", Role: role, Agency: "anytown"})
		must(t, err)
	}
	policies, err := cedar.Parse("policies.cedar", cedar.Default)
	must(t, err)
	w.api, err = New(Config{
		View: projections.View{DB: db, Records: records, Codec: codec.Payload},
		CatchUp: func(ctx context.Context) error {
			one.Lock()
			defer one.Unlock()
			return runner.CatchUp(ctx, nil)
		},
		Head:    func(ctx context.Context) (eventstore.Position, error) { return end(ctx, store) },
		Callers: tokens, Policies: policies, Access: breakable{accesses, &w.broken}, Drafts: newDrafts(t, first), Files: newFiles(t, w.files, first), Accessed: w.second, Ledger: "anytown.example/test",
		Secret: make([]byte, 32), Logger: slog.New(slog.NewJSONHandler(w.logs, nil)), Metrics: w.numbers,
	})
	must(t, err)
	server := httptest.NewUnstartedServer(w.api)
	server.Config = NewServer(w.api, slog.New(slog.NewJSONHandler(w.logs, nil)))
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(w.api.Stop)
	w.url = server.URL
	return w
}

// newDrafts is a store of drafts with the clock and the keys of a ledger.
func newDrafts(t testing.TB, l *eventstore.Ledger) *drafts.Store {
	t.Helper()
	s, err := drafts.Open(drafts.Options{Path: filepath.Join(t.TempDir(), "drafts.db"), Keys: l.Codec.(schema.Sealed).Keys, Secret: make([]byte, 32), Now: l.Now,
		Gather: time.Nanosecond})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// newFiles is a store of files with the keys of a ledger.
func newFiles(t testing.TB, dir string, l *eventstore.Ledger) *enclosures.Store {
	t.Helper()
	s, err := enclosures.Open(dir, l.Codec.(schema.Sealed).Keys)
	must(t, err)
	return s
}

// end returns the position of a store's last event.
func end(ctx context.Context, store eventstore.Store) (eventstore.Position, error) {
	var at eventstore.Position
	for e, err := range store.ReadLog(ctx, 0) {
		if err != nil {
			return 0, err
		}
		at = e.Position
	}
	return at, nil
}

// breakable is an access ledger whose disk can fail.
type breakable struct {
	Access
	broken *atomic.Bool
}

func (b breakable) Record(ctx context.Context, by domain.Circumstances, e domain.Event) error {
	if b.broken.Load() {
		return errors.New("the disk is full")
	}
	return b.Access.Record(ctx, by, e)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answered is what a call got.
type answered struct {
	status int
	header http.Header
	body   string
}

func (a answered) as(t testing.TB, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), to); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// lenient is as, of an answer of which only some members are wanted.
func (a answered) lenient(t testing.TB, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), to, json.RejectUnknownMembers(false)); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// problem returns the code of a problem and its faults as texts.
func (a answered) problem(t testing.TB) (string, string) {
	t.Helper()
	var p Problem
	a.as(t, &p)
	if kind := a.header.Get("Content-Type"); kind != problemMediaType || p.Status != a.status || p.Type != "urn:caseledger:problem:"+p.Code {
		t.Errorf("%s %d: %s", kind, a.status, a.body)
	}
	var faults []string
	for _, f := range p.Faults {
		faults = append(faults, f.Pointer+f.Parameter+" "+f.Rule)
	}
	return p.Code, strings.Join(faults, "; ")
}

// call makes a request in a role. Headers are given as "Name: value"; what every
// request needs is added, unless "-Name" takes it out.
func (w *world) call(role, method, path, body string, headers ...string) answered {
	w.t.Helper()
	out, err := w.try(role, method, path, body, headers...)
	if err != nil {
		w.t.Error(err)
	}
	return out
}

func (w *world) try(role, method, path, body string, headers ...string) (answered, error) {
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	if token := w.tokens[role]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Purpose", "assessment")
	if method == http.MethodPost || method == http.MethodPut {
		req.Header.Set("Legal-Basis", "children-act-1989-s17")
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if gone, ok := strings.CutPrefix(name, "-"); ok {
			req.Header.Del(gone)
			continue
		}
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answered{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answered{res.StatusCode, res.Header, string(text)}, err
}

// act makes a POST with a key, and with the record's revision unless it is 0.
func (w *world) act(role, path, body, key string, revision int) answered {
	w.t.Helper()
	headers := []string{"Idempotency-Key: " + key}
	if revision > 0 {
		headers = append(headers, fmt.Sprintf(`If-Match: "%d"`, revision))
	}
	return w.call(role, http.MethodPost, path, body, headers...)
}

const person = `{"happened":"2026-01-05","person":"1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f"}`

// child opens a record with a name, a number and a referral, at revision 4.
func (w *world) child(key string) string {
	w.t.Helper()
	opened := w.act("manager", "/v1/records", person, key, 0)
	path := opened.header.Get("Location")
	for i, one := range [][2]string{
		{"/names", `{"happened":"2026-01-05","kind":"legal","given":"Ann","family":"Example"}`},
		{"/identifiers", `{"happened":"2026-01-05","kind":"la-child-id","value":"` + key + `","source":"authority"}`},
		{"/referrals", `{"happened":"2026-01-05","referral":"r1","source":"1A"}`},
	} {
		if got := w.act("manager", path+one[0], one[1], fmt.Sprint(key, i), i+1); got.status != http.StatusCreated {
			w.t.Fatalf("%s: %d %s", one[0], got.status, got.body)
		}
	}
	return path
}

// accessed returns the rows of the access ledger.
func (w *world) accessed() []accesslog.Row {
	w.t.Helper()
	day := domain.MustDate(today)
	rows, err := accesslog.Search(w.t.Context(), w.second, accesslog.Query{From: day, To: day, Limit: accesslog.MaxRows})
	must(w.t, err)
	return rows
}
