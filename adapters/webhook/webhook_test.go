package webhook

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"caseledger/adapters/feed"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
	"caseledger/schema"
	"caseledger/schema/cloudeventtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a ledger in memory beside a receiver on a real port, over TLS.
type world struct {
	t       *testing.T
	records *schema.Records
	config  Config
	ledger  Ledger
	dir     string

	mu       sync.Mutex
	answer   func(got) int
	received []got
	released []string
	refuse   error // nothing may be released
}

// got is what a receiver was sent.
type got struct {
	header http.Header
	body   string
	notice schema.Notice
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), answer: func(got) int { return http.StatusNoContent }}
	receiver := httptest.NewTLSServer(http.HandlerFunc(w.receive))
	t.Cleanup(receiver.Close)
	authorities, secret := filepath.Join(t.TempDir(), "ca.pem"), filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(authorities, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: receiver.Certificate().Raw}), 0o600))
	must(t, os.WriteFile(secret, []byte("whsec_"+base64.StdEncoding.EncodeToString(secretKey)+"\nwhsk_"+base64.StdEncoding.EncodeToString(seed)+"\n"), 0o600))
	w.config = Config{Hosts: []string{"127.0.0.1"}, Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Authorities: authorities,
		Subscriptions: []Subscription{{ID: "app", URL: receiver.URL + "/hook", SecretFile: secret, Basis: "agreement", Purpose: "case-work"}}}
	store := memory.New()
	sealed := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}
	pack, err := policy.For(policy.England)
	must(t, err)
	w.records, err = schema.NewRecords(&eventstore.Ledger{Store: store, Codec: sealed, Now: time.Now, NewID: func() (id eventstore.EventID) {
		rand.Read(id[:])
		return id
	}}, pack)
	must(t, err)
	w.ledger = Ledger{Name: "anytown.example/test", Store: store, Hides: func(context.Context, Subscription) (feed.Hides, error) {
		return func(context.Context, eventstore.Recorded) (bool, error) { return false, nil }, nil
	}, Release: func(_ context.Context, to Subscription, records []domain.RecordID, rows int) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.released = append(w.released, fmt.Sprint(to.ID, " ", to.Purpose, " ", len(records), " ", rows))
		return w.refuse
	}}
	return w
}

var secretKey, seed = []byte(strings.Repeat("k", 32)), []byte(strings.Repeat("s", ed25519.SeedSize))

func (w *world) receive(to http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	one := got{header: r.Header, body: string(body)}
	if err = errors.Join(err, json.Unmarshal(body, &one.notice)); err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	status := w.answer(one)
	if status/100 == 2 {
		w.received = append(w.received, one)
	}
	to.Header().Set("Location", "/elsewhere")
	to.WriteHeader(status)
}

// person opens a record and gives it a name that must not leave.
func (w *world) person(n int) {
	w.t.Helper()
	id := domain.RecordID(fmt.Sprintf("%032x", n))
	on := domain.Dated{Happened: domain.MustDate("2026-03-02")}
	for i, c := range []any{identity.Register{Dated: on, Person: domain.PersonID(id)}, identity.GiveName{Dated: on, Kind: "legal", Given: "Canary", Family: "Example"}} {
		_, err := w.records.Do(w.t.Context(), id, eventstore.Act{Request: strconv.Itoa(i), Command: c,
			Actor: domain.Actor{ID: "sw-1", Role: "social-worker", Agency: "anytown"}, Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}})
		must(w.t, err)
	}
}

// run runs the follower until stop is called.
func (w *world) run() (f *Follower, stop func()) {
	w.t.Helper()
	all, err := New(w.config, w.ledger, w.dir)
	must(w.t, err)
	f = all[0]
	f.pause = time.Millisecond
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); f.Run(ctx, func(string, error) {}) }()
	return f, func() { cancel(); <-ended }
}

// until waits for what must become true.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal("not in a minute: ", what)
		}
	}
}

// positions are those received, in their order.
func (w *world) positions() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, one := range w.received {
		all = append(all, strconv.FormatUint(one.notice.Position, 10))
	}
	return strings.Join(all, " ")
}

func (w *world) answers(with func(got) int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = with
}

func TestANoticeArrivesSignedAsACloudEventAndIsAnAccess(t *testing.T) {
	w := newWorld(t)
	w.config.Subscriptions[0].Types = []string{"person.named"}
	w.person(1)
	_, stop := w.run()
	w.until("the notice arrives", func() bool { return w.positions() == "2" })
	stop()
	one := w.received[0]
	if err := cloudeventtest.Check([]byte(one.body)); err != nil || one.header.Get("Content-Type") != feed.MediaType || strings.Contains(one.body, "Canary") {
		t.Errorf("%v: %v %s", err, one.header, one.body)
	}
	id, at := one.header.Get("webhook-id"), one.header.Get("webhook-timestamp")
	message := []byte(id + "." + at + "." + one.body)
	mac := hmac.New(sha256.New, secretKey)
	mac.Write(message)
	symmetric, asymmetric, _ := strings.Cut(one.header.Get("webhook-signature"), " ")
	signature, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(asymmetric, "v1a,"))
	public, isKey := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if seconds, bad := strconv.ParseInt(at, 10, 64); id != one.notice.ID || bad != nil || time.Since(time.Unix(seconds, 0)) > time.Hour ||
		symmetric != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) || err != nil || !isKey || !ed25519.Verify(public, message, signature) {
		t.Errorf("%v", one.header)
	}
	if want := []string{"app case-work 1 1"}; !slices.Equal(w.released, want) {
		t.Errorf("released %v, want %v", w.released, want)
	}
}

// The example of https://github.com/standard-webhooks/standard-webhooks.
func TestASignatureIsThatOfStandardWebhooks(t *testing.T) {
	s, err := parseSigner("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	must(t, err)
	if got := s.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`)); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%s", got)
	}
}

func TestWhatIsNotTakenIsTriedAgainParkedAndReplayed(t *testing.T) {
	w := newWorld(t)
	failures := 3
	w.answers(func(one got) int {
		if one.notice.Position == 3 {
			return http.StatusFound // redirections are not followed
		}
		if failures--; one.notice.Position == 2 && failures >= 0 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	w.person(1)
	w.person(2)
	f, stop := w.run()
	w.until("all are delivered or parked", func() bool { return f.Status().Position == 4 })
	s := f.Status()
	if w.positions() != "1 2 4" || len(s.Parked) != 1 || s.Parked[0].Position != 3 || s.Parked[0].Tries != MaxTries || !strings.Contains(s.Parked[0].Why, "302") {
		t.Errorf("received %s: %+v", w.positions(), s)
	}
	if n, err := f.Replay(); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	w.until("it is parked again", func() bool { return f.Status().Parked[0].Tries == 2*MaxTries })
	w.answers(func(got) int { return http.StatusOK })
	stop()
	f, stop = w.run() // what is parked outlives the process
	defer stop()
	if n, err := f.Replay(); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	w.until("it is delivered", func() bool { return len(f.Status().Parked) == 0 })
	if w.positions() != "1 2 4 3" {
		t.Errorf("received %s", w.positions())
	}
}

// do performs an act on a record.
func (w *world) do(n int, request string, command any) {
	w.t.Helper()
	_, err := w.records.Do(w.t.Context(), domain.RecordID(fmt.Sprintf("%032x", n)), eventstore.Act{Request: request, Command: command,
		Actor: domain.Actor{ID: "tm-1", Role: "manager", Agency: "anytown"}, Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}})
	must(w.t, err)
}

// keepsFrom has barriers and seals keep records from the subscription.
func (w *world) keepsFrom() {
	w.t.Helper()
	db, err := projections.Open(filepath.Join(w.t.TempDir(), "r.db"))
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, db.Close()) })
	runner, err := projections.NewRunner(db, w.ledger.Store, w.records.Ledger.Codec, projections.All())
	must(w.t, err)
	w.ledger.Hides = func(ctx context.Context, to Subscription) (feed.Hides, error) {
		return feed.Account{ID: "webhook " + to.ID, View: projections.View{DB: db, Records: w.records}, CatchUp: func(ctx context.Context) error { return runner.CatchUp(ctx, nil) }}.Hides(ctx)
	}
}

func TestASubscriptionIsToldNothingOfWhatIsBarredOrSealedFromIt(t *testing.T) {
	on := domain.Dated{Happened: domain.MustDate("2026-03-02")}
	seal := func(readers ...string) restriction.SealRecord {
		return restriction.SealRecord{Dated: on, Restriction: "s", Reason: "staff", Readers: readers}
	}
	w := newWorld(t)
	w.keepsFrom()
	for n := range 4 { // 1 to 8
		w.person(n + 1)
	}
	w.do(1, "seal", seal("tm-1"))                                                                               // 9
	w.do(2, "seal", seal("tm-1", "webhook app"))                                                                // 10
	w.do(3, "bar", restriction.SetBarrier{Dated: on, Restriction: "b", Worker: "webhook app", Reason: "other"}) // 11
	w.do(4, "bar", restriction.SetBarrier{Dated: on, Restriction: "b", Worker: "webhook other", Reason: "other"})
	f, stop := w.run()
	defer stop()
	w.until("what was there is told", func() bool { return f.Status().Position == 12 })
	w.do(4, "seal", seal("tm-1"))                                                              // 13: from now on
	w.do(4, "lift", restriction.Lift{Dated: on, Restriction: "s", Reason: "no longer needed"}) // 14: and no longer
	w.until("what came is told", func() bool { return f.Status().Position == 14 })
	if got := strings.ReplaceAll(w.positions(), " 13", ""); got != "3 4 7 8 10 12 14" { // 13 is hidden while the seal holds
		t.Errorf("received %s", got)
	}
}

func TestWhatIsSealedWhileItIsParkedIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.keepsFrom()
	w.answers(func(got) int { return http.StatusInternalServerError })
	w.person(1)
	f, stop := w.run()
	defer stop()
	w.until("all is parked", func() bool { return len(f.Status().Parked) == 2 })
	w.do(1, "seal", restriction.SealRecord{Dated: domain.Dated{Happened: domain.MustDate("2026-03-02")}, Restriction: "s", Reason: "staff", Readers: []string{"tm-1"}})
	w.until("the seal is seen", func() bool { return f.Status().Position == 3 })
	w.answers(func(got) int { return http.StatusOK })
	if n, err := f.Replay(); n != 2 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	w.until("it is forgotten", func() bool { return len(f.Status().Parked) == 0 })
	if w.positions() != "" {
		t.Errorf("received %s", w.positions())
	}
}

func TestAFollowerGoesOnWhereItWas(t *testing.T) {
	w := newWorld(t)
	w.person(1)
	f, stop := w.run()
	w.until("the first are delivered", func() bool { return f.Status().Position == 2 })
	stop()
	w.person(2)
	f, stop = w.run()
	w.until("the next are delivered", func() bool { return f.Status().Position == 4 })
	stop()
	if w.positions() != "1 2 3 4" {
		t.Errorf("received %s", w.positions())
	}
	other := newWorld(t) // another ledger must not be told as if it went on
	other.dir = w.dir
	other.person(1)
	f, stop = other.run()
	defer stop()
	other.until("it says so", func() bool { return strings.Contains(f.Status().Problem, "another one") })
	if other.positions() != "" {
		t.Errorf("received %s", other.positions())
	}
}

func TestNothingIsSentBeforeItIsRecordedAsReleased(t *testing.T) {
	w := newWorld(t)
	w.refuse = errors.New("the disk is full")
	w.person(1)
	f, stop := w.run()
	w.until("it says why", func() bool { return strings.Contains(f.Status().Problem, "no access entry") })
	if w.positions() != "" {
		t.Errorf("received %s", w.positions())
	}
	w.mu.Lock()
	w.refuse = nil
	w.mu.Unlock()
	w.until("it goes on", func() bool { return w.positions() == "1 2" })
	stop()
}

func TestNoAddressOfANetworkOfOnesOwnIsCalled(t *testing.T) {
	for _, text := range []string{"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "ff02::1", "::7f00:1"} {
		if public(netip.MustParseAddr(text)) {
			t.Errorf("%s is called", text)
		}
	}
	for _, text := range []string{"9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"} {
		if !public(netip.MustParseAddr(text)) {
			t.Errorf("%s is not called", text)
		}
	}
	w := newWorld(t)
	w.config.Private = nil
	w.person(1)
	f, stop := w.run()
	defer stop()
	w.until("it says why", func() bool { return f.Status().Problem == errAddress.Error() })
	if w.positions() != "" {
		t.Errorf("received %s", w.positions())
	}
}

func TestAReceiverThatNobodyVouchesForIsToldNothing(t *testing.T) {
	w := newWorld(t)
	w.config.Authorities = ""
	w.person(1)
	f, stop := w.run()
	defer stop()
	w.until("it says why", func() bool { return strings.Contains(f.Status().Problem, "not trusted") })
	if w.positions() != "" {
		t.Errorf("received %s", w.positions())
	}
}

func TestAConfigurationThatCouldCallOthersIsRefused(t *testing.T) {
	w := newWorld(t)
	good := w.config.Subscriptions[0]
	u, err := url.Parse(good.URL)
	must(t, err)
	for what, change := range map[string]func(*Subscription){
		"another host": func(s *Subscription) { s.URL = "https://example.org/" }, "http": func(s *Subscription) { s.URL = "http://localhost/" },
		"a user": func(s *Subscription) { s.URL = "https://u@127.0.0.1/" }, "a fragment": func(s *Subscription) { s.URL = "https://127.0.0.1/#x" },
		"no url": func(s *Subscription) { s.URL = "127.0.0.1" }, "a file": func(s *Subscription) { s.URL = "file:///etc/passwd" },
		"an id that is a path": func(s *Subscription) { s.ID = "../x" }, "no type": func(s *Subscription) { s.Types = []string{"no.such"} },
		"no purpose": func(s *Subscription) { s.Purpose = "" }, "no key": func(s *Subscription) { s.SecretFile = "" },
		"a key that others read": func(s *Subscription) {
			s.SecretFile = filepath.Join(t.TempDir(), "open")
			must(t, os.WriteFile(s.SecretFile, []byte("whsec_"+base64.StdEncoding.EncodeToString(secretKey)), 0o644))
		},
	} {
		c := w.config
		one := good
		change(&one)
		c.Subscriptions = []Subscription{one}
		if _, err := New(c, w.ledger, w.dir); err == nil || strings.Contains(err.Error(), "etc/passwd") {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.config.Subscriptions = append(w.config.Subscriptions, good)
	if _, err := New(w.config, w.ledger, w.dir); err == nil {
		t.Error("two subscriptions of one id")
	}
	u.Scheme = "http"
	good.URL = u.String()
	w.config.Subscriptions = []Subscription{good}
	if _, err := New(w.config, w.ledger, w.dir); err != nil {
		t.Errorf("http to this machine: %v", err)
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"position":3,"event":"00","parked":[{"position":2,"since":"2026-03-02T10:00:00Z","tries":10,"why":"x"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parseState(text)
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "state")
		must(t, s.save(path))
		if again, err := readState(path, 0); err != nil || again.Position != s.Position || len(again.Parked) != len(s.Parked) {
			t.Errorf("%+v became %+v: %v", s, again, err)
		}
	})
}

func FuzzSigner(f *testing.F) {
	f.Add("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := parseSigner(text); err == nil && !strings.HasPrefix(s.sign("a", "1", nil), "v1") {
			t.Error(text)
		}
	})
}
