package outbound_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"caseledger/adapters/feed"
	"caseledger/adapters/kafka"
	"caseledger/adapters/kafka/outbound"
	"caseledger/domain"
	"caseledger/domain/identity"
	"caseledger/domain/policy"
	"caseledger/domain/referral"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal"
	"caseledger/eventstore/seal/keys"
	"caseledger/projections"
	"caseledger/schema"
)

const patience = 90 * time.Second

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a ledger in memory beside a broker.
type world struct {
	t       testing.TB
	broker  *kfake.Cluster
	cluster kafka.Cluster
	pub     *kafka.Publisher
	store   *memory.Store
	records *schema.Records
	ledger  outbound.Ledger
	dir     string

	registry outbound.Registry // or nil

	mu       sync.Mutex
	released []string // "topic purpose rows record,record"
	refuse   error    // nothing may be released
}

func newWorld(t testing.TB, topics ...string) *world {
	t.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	must(t, err)
	t.Cleanup(broker.Close)
	return newWorldBeside(t, broker)
}

func newWorldBeside(t testing.TB, broker *kfake.Cluster) *world {
	t.Helper()
	var err error
	w := &world{t: t, broker: broker, cluster: kafka.Cluster{Brokers: broker.ListenAddrs()}, store: memory.New(), dir: t.TempDir()}
	w.pub, err = kafka.NewPublisher(kafka.PublisherConfig{Cluster: w.cluster, IDHeader: "ce_id", Attempts: 1})
	must(t, err)
	t.Cleanup(func() { must(t, w.pub.Close()) })
	sealed := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}
	pack, err := policy.For(policy.England)
	must(t, err)
	w.records, err = schema.NewRecords(&eventstore.Ledger{Store: w.store, Codec: sealed, Now: time.Now, NewID: func() (id eventstore.EventID) {
		rand.Read(id[:])
		return id
	}}, pack)
	must(t, err)
	w.ledger = outbound.Ledger{Name: "anytown.example/test", Store: w.store, Open: sealed.Open, Account: func(outbound.Release) outbound.Account { return everything{} }, Release: func(_ context.Context, to outbound.Release, records []string, rows int) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.released = append(w.released, fmt.Sprintf("%s %s %d %s", to.Topic, to.Purpose, rows, strings.Join(records, ",")))
		return w.refuse
	}}
	return w
}

// everything may go to any topic.
type everything struct{}

func (everything) Hides(context.Context) (feed.Hides, error) {
	return func(context.Context, eventstore.Recorded) (bool, error) { return false, nil }, nil
}
func (everything) Kept(context.Context) ([]domain.RecordID, error) { return nil, nil }
func (everything) Told(domain.RecordID) bool                       { return true }

// keepsFrom has barriers and seals keep records from topics, which also may not be
// told of one record.
func (w *world) keepsFrom(not domain.RecordID) {
	w.t.Helper()
	db, err := projections.Open(filepath.Join(w.t.TempDir(), "account.db"))
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, db.Close()) })
	runner, err := projections.NewRunner(db, w.store, w.records.Ledger.Codec, projections.All())
	must(w.t, err)
	w.ledger.Account = func(to outbound.Release) outbound.Account {
		return feed.Account{ID: "topic " + to.Topic, View: projections.View{DB: db, Records: w.records},
			CatchUp: func(ctx context.Context) error { return runner.CatchUp(ctx, nil) }, May: func(id domain.RecordID) bool { return id != not }}
	}
}

func TestATopicHoldsNothingOfWhatIsBarredOrSealedFromIt(t *testing.T) {
	w := newWorld(t, "notices")
	sealed, shared, barred, open, forbidden := w.person(1), w.person(2), w.person(3), w.person(4), w.person(5)
	w.keepsFrom(forbidden)
	w.do(sealed, "seal", restriction.SealRecord{Dated: on, Restriction: "s", Reason: "staff", Readers: []string{"tm-1"}})
	w.do(shared, "seal", restriction.SealRecord{Dated: on, Restriction: "s", Reason: "staff", Readers: []string{"topic notices"}})
	w.do(barred, "bar", restriction.SetBarrier{Dated: on, Restriction: "b", Worker: "topic notices", Reason: "other"})
	f, _ := w.follow(outbound.Topic{Topic: "notices"})
	w.caughtUp(f)
	got := make(map[string]int)
	for _, m := range w.read("notices") {
		got[m.Metadata[kafka.KeyMetadata]]++
	}
	if len(got) != 2 || got[string(shared)] != 3 || got[string(open)] != 2 {
		t.Errorf("told of %v", got)
	}
}

func (w *world) do(id domain.RecordID, request string, command any) {
	w.t.Helper()
	_, err := w.records.Do(w.t.Context(), id, eventstore.Act{Request: request, Command: command,
		Actor: domain.Actor{ID: "sw-1", Role: "social-worker", Agency: "anytown"}, Authority: domain.Authority{Basis: "children-act-1989-s17", Purpose: "assessment"}})
	must(w.t, err)
}

var on = domain.Dated{Happened: domain.MustDate("2026-03-02")}

// person opens a record and gives it a name that must not leave by itself.
func (w *world) person(n int) domain.RecordID {
	id := domain.RecordID(fmt.Sprintf("%032x", n))
	w.do(id, "open", identity.Register{Dated: on, Person: domain.PersonID(id)})
	w.do(id, "name", identity.GiveName{Dated: on, Kind: "legal", Given: "Canary", Family: "Example"})
	return id
}

// follow runs a follower until stop is called.
func (w *world) follow(topic outbound.Topic) (f *outbound.Follower, stop func()) {
	w.t.Helper()
	f, err := outbound.New(topic, w.ledger, w.pub, w.dir)
	must(w.t, err)
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { f.Run(ctx, func(string, error) {}); close(ended) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	w.t.Cleanup(stop)
	return f, stop
}

func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal(what)
		}
	}
}

// end is the position of the last event.
func (w *world) end() eventstore.Position {
	var last eventstore.Position
	for e, err := range w.store.ReadLog(w.t.Context(), 0) {
		must(w.t, err)
		last = e.Position
	}
	return last
}

func (w *world) caughtUp(f *outbound.Follower) {
	w.t.Helper()
	w.until("the follower does not come to the end", func() bool { return f.Position() == w.end() })
}

// read returns what stands in a topic now.
func (w *world) read(topic string) []*message.Message {
	w.t.Helper()
	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: w.cluster, IDHeader: "ce_id"})
	must(w.t, err)
	defer sub.Close()
	out, err := sub.Subscribe(w.t.Context(), topic)
	must(w.t, err)
	var n int64
	for _, p := range w.broker.PartitionInfos(topic) {
		n += p.HighWatermark
	}
	var all []*message.Message
	for int64(len(all)) < n {
		select {
		case m := <-out:
			all = append(all, m)
			m.Ack()
		case <-time.After(patience):
			w.t.Fatalf("%d of %d messages came", len(all), n)
		}
	}
	return all
}

func TestANoticeSaysThatSomethingWasRecordedAndNotWhat(t *testing.T) {
	w := newWorld(t, "notices")
	id := w.person(1)
	f, _ := w.follow(outbound.Topic{Topic: "notices"})
	w.caughtUp(f)
	all := w.read("notices")
	if len(all) != 2 {
		t.Fatalf("%d notices of two events", len(all))
	}
	m := all[1]
	var stored []eventstore.Recorded
	for e, err := range w.store.ReadStream(t.Context(), schema.Stream(id), 0) {
		must(t, err)
		stored = append(stored, e)
	}
	want := map[string]string{
		"ce_specversion": "1.0", "ce_source": "urn:caseledger:anytown.example/test", "ce_type": "caseledger.person.named", "ce_subject": "record-" + string(id),
		"ce_position": fmt.Sprint(stored[1].Position), "ce_revision": "2", kafka.KeyMetadata: string(id),
	}
	for name, value := range want {
		if m.Metadata[name] != value {
			t.Errorf("%s is %q, want %q", name, m.Metadata[name], value)
		}
	}
	if _, err := time.Parse(time.RFC3339, m.Metadata["ce_time"]); err != nil || m.UUID != fmt.Sprintf("%x", stored[1].ID) {
		t.Errorf("time %q, id %s", m.Metadata["ce_time"], m.UUID)
	}
	if m.Payload == nil || len(m.Payload) > 0 || len(m.Metadata) != len(want)+1 {
		t.Errorf("a notice holds more: %q %v", m.Payload, m.Metadata)
	}
}

func TestASealedTopicCarriesLeafAndCiphertextThatOnlyTheKeyOpens(t *testing.T) {
	w := newWorld(t, "sealed")
	w.person(1)
	f, _ := w.follow(outbound.Topic{Topic: "sealed", Payload: outbound.PayloadSealed, Types: []string{"person.named"}})
	w.caughtUp(f)
	all := w.read("sealed")
	if len(all) != 1 {
		t.Fatalf("%d messages of one event of the type", len(all))
	}
	leaf, err := seal.ParseLeaf([]byte(all[0].Metadata[outbound.LeafHeader]))
	if err != nil || leaf.Cipher != seal.Hash(sha256.Sum256(all[0].Payload)) || strings.Contains(string(all[0].Payload), "Canary") {
		t.Errorf("leaf %+v: %v", leaf, err)
	}
}

func TestAnOpenTopicCarriesTheNamedFieldsAfterAnAccessEntry(t *testing.T) {
	w := newWorld(t, "open")
	id := w.person(1)
	w.do(id, "referral", referral.Receive{Dated: on, Referral: "r1", Source: "2A", Need: "N1"})
	open := outbound.Topic{Topic: "open", Payload: outbound.PayloadOpen, Fields: map[string][]string{"referral.received": {"source", "happened"}}, Basis: "dpa-2018-s19", Purpose: "research"}
	w.refuse = errors.New("the access ledger is full")
	f, stop := w.follow(open)
	w.until("nothing was asked for", func() bool { return f.Health() != nil })
	if n := len(w.read("open")); n > 0 {
		t.Fatalf("%d messages left without an access entry", n)
	}
	stop()
	w.mu.Lock()
	w.refuse, w.released = nil, nil
	w.mu.Unlock()
	f, _ = w.follow(open)
	w.caughtUp(f)
	all := w.read("open")
	if len(all) != 3 || string(all[2].Payload) != `{"happened":"2026-03-02","source":"2A"}` || len(all[1].Payload) > 0 {
		t.Errorf("%d messages, the last holds %s", len(all), all[len(all)-1].Payload)
	}
	if want := []string{"open research 1 " + string(id)}; !slices.Equal(w.released, want) {
		t.Errorf("released %q, want %q", w.released, want)
	}
}

func TestWhoseKeyIsDestroyedLeavesNothingOnAnOpenTopic(t *testing.T) {
	w := newWorld(t, "open")
	w.person(1)
	w.ledger.Open = func(eventstore.Recorded) (seal.Opened, error) {
		return seal.Opened{}, fmt.Errorf("key: %w", seal.ErrErased)
	}
	f, _ := w.follow(outbound.Topic{Topic: "open", Payload: outbound.PayloadOpen, Fields: map[string][]string{"person.named": {"given"}}, Basis: "b", Purpose: "p"})
	w.caughtUp(f)
	for _, m := range w.read("open") {
		if len(m.Payload) > 0 {
			t.Errorf("%s holds %s", m.UUID, m.Payload)
		}
	}
}

func TestAFollowerGoesOnWhereItWasAndMissesNothing(t *testing.T) {
	w := newWorld(t, "notices")
	w.person(1)
	f, stop := w.follow(outbound.Topic{Topic: "notices"})
	w.caughtUp(f)
	stop()
	w.person(2)
	f, _ = w.follow(outbound.Topic{Topic: "notices"})
	w.caughtUp(f)
	w.person(3) // while it follows
	w.caughtUp(f)
	seen := make(map[string]int)
	for _, m := range w.read("notices") {
		seen[m.UUID]++
	}
	if len(seen) != 6 {
		t.Errorf("%d of 6 events came", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times, though nothing failed", id, n)
		}
	}
}

func TestEveryEventArrivesInOrderPerRecordHoweverOftenTheBrokerRefuses(t *testing.T) {
	w := newWorld(t, "notices")
	// Every other request fails, one in two of those after it was carried out.
	n := 0
	w.broker.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.RequestTimedOut, Count: -1, When: func(kmsg.Request) bool { n++; return n%2 == 1 && n < 12 }})
	f, _ := w.follow(outbound.Topic{Topic: "notices"})
	for i := range 8 {
		w.person(i)
	}
	w.caughtUp(f)
	highest := make(map[string]int)
	for _, m := range w.read("notices") {
		var revision int
		fmt.Sscan(m.Metadata["ce_revision"], &revision)
		if key := m.Metadata[kafka.KeyMetadata]; revision > highest[key]+1 {
			t.Errorf("record %s: revision %d came after %d", key, revision, highest[key])
		} else {
			highest[key] = max(highest[key], revision)
		}
	}
	for i := range 8 {
		if key := fmt.Sprintf("%032x", i); highest[key] != 2 {
			t.Errorf("record %s came up to revision %d", key, highest[key])
		}
	}
}

func TestWhatWasRecordedWhileTheBrokerWasAwayArrivesWhenItIsBack(t *testing.T) {
	dir, port := t.TempDir(), 0
	var broker *kfake.Cluster
	err := errors.New("no port was tried")
	for tries := 0; err != nil && tries < 1_000; tries++ {
		port = 20_000 + mathrand.IntN(12_000) // below what systems give to connections: free again when the broker comes back
		broker, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.SyncWrites(), kfake.Ports(port), kfake.SeedTopics(2, "notices"))
	}
	must(t, err)
	w := newWorldBeside(t, broker)
	f, _ := w.follow(outbound.Topic{Topic: "notices"})
	w.person(0)
	w.caughtUp(f)
	broker.Close()
	for i := 1; i < 5; i++ {
		w.person(i)
	}
	w.until("nobody says that the broker is away", func() bool { return f.Health() != nil })
	w.until("another program keeps the port of the broker", func() bool {
		w.broker, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.Ports(port))
		return err == nil
	})
	defer w.broker.Close()
	w.caughtUp(f)
	seen := make(map[string]bool)
	for _, m := range w.read("notices") {
		seen[m.UUID] = true
	}
	if len(seen) != 10 || f.Health() != nil {
		t.Errorf("%d of 10 events arrived: %v", len(seen), f.Health())
	}
}

func TestALedgerThatWasPutBackIsNotPublishedOnTopOfWhatConsumersHave(t *testing.T) {
	w := newWorld(t, "notices")
	w.person(1)
	f, stop := w.follow(outbound.Topic{Topic: "notices"})
	w.caughtUp(f)
	stop()
	other := newWorld(t, "notices")
	other.dir = w.dir
	other.person(1)
	f, _ = other.follow(outbound.Topic{Topic: "notices"})
	other.until("nobody noticed", func() bool {
		return f.Health() != nil && strings.Contains(f.Health().Error(), "another one, or an older copy")
	})
	if n := len(other.read("notices")); n != 0 {
		t.Errorf("%d messages were published", n)
	}
}

func TestATopicIsRefusedUnlessItsPolicyIsWhole(t *testing.T) {
	for _, topic := range []outbound.Topic{
		{},
		{Topic: "../x"},
		{Topic: ".."},
		{Topic: "t", Payload: "all"},
		{Topic: "t", Types: []string{"person.vanished"}},
		{Topic: "t", Payload: outbound.PayloadOpen, Basis: "b", Purpose: "p"},
		{Topic: "t", Payload: outbound.PayloadOpen, Fields: map[string][]string{"person.named": {"given"}}},
		{Topic: "t", Fields: map[string][]string{"person.named": {"given"}}},
		{Topic: "t", Payload: outbound.PayloadOpen, Fields: map[string][]string{"person.named": {"shoe-size"}}, Basis: "b", Purpose: "p"},
		{Topic: "t", Payload: outbound.PayloadOpen, Fields: map[string][]string{"person.named": {"actor"}}, Basis: "b", Purpose: "p"},
		{Topic: "t", Payload: outbound.PayloadOpen, Fields: map[string][]string{"person.named": {}}, Basis: "b", Purpose: "p"},
	} {
		if _, err := outbound.New(topic, outbound.Ledger{}, nil, t.TempDir()); err == nil {
			t.Errorf("%+v was taken", topic)
		}
	}
}

func TestADamagedPositionIsNotTakenForTheBeginning(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "{}", `{"position":1}`, `{"position":0,"event":"00000000000000000000000000000001"}`, "1"} {
		must(t, os.WriteFile(filepath.Join(dir, "t.position"), []byte(text), 0o600))
		if _, err := outbound.New(outbound.Topic{Topic: "t"}, outbound.Ledger{}, nil, dir); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
