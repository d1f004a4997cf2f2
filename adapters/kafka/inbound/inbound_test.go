package inbound_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"github.com/go-json-experiment/json"
	"github.com/twmb/franz-go/pkg/kfake"

	"caseledger/adapters/kafka"
	"caseledger/adapters/kafka/inbound"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/domain/policy"
	"caseledger/eventstore"
	"caseledger/eventstore/memory"
	"caseledger/eventstore/seal/keys"
	"caseledger/schema"
)

const patience = 90 * time.Second

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// failing is a store that can be out of order.
type failing struct {
	eventstore.Store
	down atomic.Bool
}

func (f *failing) Append(ctx context.Context, stream string, after eventstore.Revision, events []eventstore.Event) (eventstore.Position, error) {
	if f.down.Load() {
		return 0, errors.New("the disk is full")
	}
	return f.Store.Append(ctx, stream, after, events)
}

// world is an inbox that is worked through, and a partner who writes to it.
type world struct {
	t       *testing.T
	cluster kafka.Cluster
	store   *failing
	records *schema.Records
	inbox   inbound.Inbox
	partner *kafka.Publisher
	replies <-chan *message.Message
	poison  <-chan *message.Message

	mu     sync.Mutex
	denied []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))
	must(t, err)
	t.Cleanup(broker.Close)
	for _, topic := range []string{"commands", "replies", "poison"} {
		must(t, broker.CreateTopic(topic, 1, map[string]string{"max.message.bytes": "33554432"}))
	}
	w := &world{t: t, cluster: kafka.Cluster{Brokers: broker.ListenAddrs()}, store: &failing{Store: memory.New()}}
	w.inbox = inbound.Inbox{Topic: "commands", Group: "caseledger", Replies: "replies", Poison: "poison", PerSecond: 1000,
		Partner: inbound.Partner{ID: "nhs-anytown", Role: "health-visitor", Agency: "nhs-anytown"},
		Agreement: inbound.Agreement{ID: "a-12", Basis: "children-act-2004-s10", Purpose: "child-protection", From: domain.MustDate("2026-01-01"), Until: domain.MustDate("2026-12-31"),
			Commands: []string{"person.register", "person.name", "referral.receive"}, Sources: []string{"urn:nhs:anytown"}}}
	sealed := schema.Sealed{Payload: schema.NewCodec(schema.Events()), Keys: keys.NewMemory(), Ledger: "anytown.example/test", Random: rand.Reader}
	pack, err := policy.For(policy.England)
	must(t, err)
	now, err := time.Parse(time.DateTime, "2026-11-22 10:00:00")
	must(t, err)
	w.records, err = schema.NewRecords(&eventstore.Ledger{Store: w.store, Codec: sealed, Now: func() time.Time { return now }, NewID: func() (id eventstore.EventID) {
		rand.Read(id[:])
		return id
	}}, pack)
	must(t, err)
	w.partner, err = kafka.NewPublisher(kafka.PublisherConfig{Cluster: w.cluster, IDHeader: "ce_id", MaxBytes: 32_000_000})
	must(t, err)
	t.Cleanup(func() { must(t, w.partner.Close()) })
	w.replies, w.poison = w.read("replies"), w.read("poison")
	return w
}

func (w *world) read(topic string) <-chan *message.Message {
	w.t.Helper()
	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: w.cluster, IDHeader: "ce_id"})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, sub.Close()) })
	out, err := sub.Subscribe(w.t.Context(), topic)
	must(w.t, err)
	return out
}

// run works through the inbox until stop is called.
func (w *world) run() (stop func()) {
	w.t.Helper()
	pub, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: w.cluster, IDHeader: "ce_id"})
	must(w.t, err)
	config := w.inbox.Subscriber(w.cluster, nil, nil)
	config.Heartbeat, config.NackPause = 100*time.Millisecond, time.Millisecond
	sub, err := kafka.NewSubscriber(config)
	must(w.t, err)
	desk := inbound.Desk{Records: w.records, Ledger: "anytown.example/test", Secret: make([]byte, 32), Denied: func(_ context.Context, by domain.Circumstances, e access.Denied) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.denied = append(w.denied, by.Actor.ID+" "+e.Operation+" "+e.Subject+" "+e.Reason)
		return nil
	}}
	router, err := inbound.NewRouter(w.inbox, desk, sub, pub, watermill.NopLogger{})
	must(w.t, err)
	ended := make(chan error, 1)
	go func() { ended <- router.Run(context.Background()) }()
	stop = sync.OnceFunc(func() {
		must(w.t, router.Close())
		must(w.t, <-ended)
		must(w.t, pub.Close())
	})
	w.t.Cleanup(stop)
	return stop
}

// send writes a command to the inbox. headers overrule; an empty one is left out.
func (w *world) send(id, command, subject, body string, headers ...string) {
	w.t.Helper()
	m := message.NewMessage(id, []byte(body))
	m.Metadata = message.Metadata{"ce_specversion": "1.0", "ce_source": "urn:nhs:anytown", "ce_type": "caseledger.command." + command,
		"content-type": "application/json", kafka.KeyMetadata: "k"}
	if subject != "" {
		m.Metadata["ce_subject"] = subject
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			delete(m.Metadata, headers[i])
		} else {
			m.Metadata[headers[i]] = headers[i+1]
		}
	}
	must(w.t, w.partner.Publish("commands", m))
}

type answer struct {
	Type     string `json:"-"`
	Request  string `json:"request"`
	Record   string `json:"record"`
	Revision uint64 `json:"revision"`
	First    uint64 `json:"first"`
	Entries  int    `json:"entries"`
	Position uint64 `json:"position"`
	Repeated bool   `json:"repeated"`
	Faults   []struct {
		Rule    string `json:"rule"`
		Pointer string `json:"pointer"`
		Reason  string `json:"reason"`
	} `json:"faults"`
	m *message.Message
}

func (a answer) rules() string {
	var all []string
	for _, f := range a.Faults {
		all = append(all, f.Pointer+f.Rule)
	}
	return strings.Join(all, " ")
}

func (w *world) next(from <-chan *message.Message) *message.Message {
	w.t.Helper()
	select {
	case m := <-from:
		m.Ack()
		return m
	case <-time.After(patience):
		w.t.Fatal("no message came")
		return nil
	}
}

func (w *world) answer() answer {
	w.t.Helper()
	m := w.next(w.replies)
	a := answer{Type: m.Metadata["ce_type"], m: m}
	must(w.t, json.Unmarshal(m.Payload, &a, json.RejectUnknownMembers(true)))
	return a
}

const opening = `{"happened":"2026-03-02","person":"3a7c0c1e5d2b4f6f8a9b0c1d2e3f4a5b"}`

// opened opens a record through the inbox.
func (w *world) opened() string {
	w.t.Helper()
	w.send("m0", "person.register", "", opening)
	a := w.answer()
	if a.Type != inbound.TypeAccepted || a.Revision != 1 || a.Entries != 1 {
		w.t.Fatalf("%+v", a)
	}
	return a.Record
}

func TestAPartnersCommandIsRecordedInItsNameAndAnswered(t *testing.T) {
	w := newWorld(t)
	w.run()
	id := w.opened()
	w.send("m1", "referral.receive", "record-"+id, `{"happened":"2026-03-02","referral":"r1","source":"3A","need":"N1"}`, middleware.CorrelationIDMetadataKey, "c-1")
	a := w.answer()
	if a.Type != inbound.TypeAccepted || a.Request != "m1" || a.Record != id || a.Revision != 2 || a.First != 2 || a.Repeated {
		t.Errorf("%+v", a)
	}
	if m := a.m; m.UUID != "reply-m1" || m.Metadata[middleware.CorrelationIDMetadataKey] != "c-1" || m.Metadata[kafka.KeyMetadata] != "k" || m.Metadata["ce_source"] != "urn:caseledger:anytown.example/test" {
		t.Errorf("reply %s: %v", m.UUID, m.Metadata)
	}
	on, _, err := w.records.Load(t.Context(), domain.RecordID(id))
	must(t, err)
	entry := on.Entries[1]
	if entry.Actor.ID != "nhs-anytown" || entry.Authority.Basis != "children-act-2004-s10; agreement a-12" || entry.Request != "nhs-anytown/m1" {
		t.Errorf("recorded as %+v", entry.Circumstances)
	}
}

func TestARepeatGetsTheOldReceiptAlsoFromAnotherProcess(t *testing.T) {
	w := newWorld(t)
	stop := w.run()
	id := w.opened()
	stop()
	w.run()
	w.send("m0", "person.register", "", opening)
	if a := w.answer(); a.Type != inbound.TypeAccepted || a.Record != id || a.Revision != 1 || !a.Repeated {
		t.Errorf("the repeat: %+v", a)
	}
	w.send("m0", "person.register", "", strings.Replace(opening, "3a7c", "4a7c", 1))
	a := w.answer()
	for a.Repeated { // the first one again: what was acknowledged at the very end may not have been committed
		a = w.answer()
	}
	if a.Type != inbound.TypeRefused || a.rules() != "id-reused" {
		t.Errorf("another act with the id: %+v", a)
	}
}

func TestARefusalNamesEveryRuleAndRepeatsNothingOfTheMessage(t *testing.T) {
	w := newWorld(t)
	w.run()
	id := w.opened()
	for _, tt := range []struct {
		name, command, subject, body string
		headers                      []string
		rules                        string
	}{
		{"a rule of the record", "person.register", id, opening, nil, "already-registered"},
		{"members", "referral.receive", id, `{"referral":"r1","source":"canary","need":"N1"}`, nil, "/happenedrequired /sourcecode=referral-source"},
		{"shape", "referral.receive", id, `{"canary":1}`, nil, "shape"},
		{"two members of one name", "person.name", id, `{"happened":"2026-03-02","happened":"2026-03-02"}`, nil, "shape"},
		{"no json", "person.name", id, `canary`, nil, "shape"},
		{"another command", "protection-plan.register", id, `{}`, nil, "command-not-agreed"},
		{"another source", "person.name", id, `{}`, []string{"ce_source", "urn:canary"}, "source-not-agreed"},
		{"no record", "person.name", strings.Repeat("0", 32), `{"happened":"2026-03-02"}`, nil, "record-not-known"},
		{"no subject", "person.name", "", `{"happened":"2026-03-02"}`, nil, "subject-missing"},
		{"a stale revision", "person.name", id, `{"happened":"2026-03-02","kind":"legal","given":"canary","family":"canary"}`, []string{"ce_revision", "7"}, "revision"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.send("m-"+strings.ReplaceAll(tt.name, " ", "-"), tt.command, tt.subject, tt.body, tt.headers...)
			a := w.answer()
			if a.Type != inbound.TypeRefused || a.rules() != tt.rules {
				t.Errorf("%s %q, want %q", a.Type, a.rules(), tt.rules)
			}
			if strings.Contains(string(a.m.Payload), "canary") {
				t.Errorf("the reply repeats what was sent: %s", a.m.Payload)
			}
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.denied) != 10 || w.denied[0] != "nhs-anytown person.register "+id+" already-registered" {
		t.Errorf("%d refusals are in the access ledger: %q", len(w.denied), w.denied)
	}
}

func TestAMessageWithoutTheFormOfACloudEventGoesToThePoisonTopicWithTheReason(t *testing.T) {
	w := newWorld(t)
	w.run()
	for _, tt := range []struct{ id, header, value, reason string }{
		{"", "", "", "malformed: ce_id"},
		{"a/b", "", "", "malformed: ce_id"},
		{"m1", "ce_specversion", "0.3", "malformed: ce_specversion"},
		{"m1", "ce_specversion", "", "malformed: ce_specversion"},
		{"m1", "ce_source", "", "malformed: ce_source"},
		{"m1", "ce_type", "something.else", "malformed: ce_type"},
		{"m1", "content-type", "text/xml", "malformed: content-type"},
		{"m1", "ce_subject", "Ann Example", "malformed: ce_subject"},
		{"m1", "ce_revision", "-1", "malformed: ce_revision"},
	} {
		w.send(tt.id, "person.name", "", "{}", tt.header, tt.value)
		m := w.next(w.poison)
		if got := m.Metadata[middleware.ReasonForPoisonedKey]; got != tt.reason {
			t.Errorf("%s %q: reason %q, want %q", tt.header, tt.value, got, tt.reason)
		}
	}
	w.opened() // the inbox goes on
}

func TestAMessageOfTwentyMegabytesIsPutAsideAndTheNextOneActedOn(t *testing.T) {
	w := newWorld(t)
	w.send("huge", "person.register", "", `{"x":"`+strings.Repeat("y", 20<<20)+`"}`)
	w.run()
	w.opened()
	m := w.next(w.poison)
	if m.Metadata[kafka.PoisonReason] != fmt.Sprintf("larger than %d bytes", inbound.MaxBytes) || m.Metadata[kafka.PoisonOffset] != "0" || len(m.Payload) > 0 {
		t.Errorf("%d bytes, %v", len(m.Payload), m.Metadata)
	}
}

func TestWhileTheLedgerFailsTheInboxWaitsAndNothingIsSkipped(t *testing.T) {
	w := newWorld(t)
	w.store.down.Store(true)
	w.run()
	w.send("m0", "person.register", "", opening)
	time.AfterFunc(time.Second, func() { w.store.down.Store(false) }) // after more than all retries of one delivery
	if a := w.answer(); a.Type != inbound.TypeAccepted || a.Revision != 1 {
		t.Errorf("%+v", a)
	}
	select {
	case m := <-w.poison:
		t.Errorf("put aside: %v", m.Metadata)
	default:
	}
}

func TestAnAgreementIsInForceFromItsFirstToItsLastDay(t *testing.T) {
	for _, tt := range []struct {
		from, until string
		taken       bool
	}{
		{"2026-11-22", "2026-11-22", true},
		{"2026-11-23", "2026-12-31", false},
		{"2026-01-01", "2026-11-21", false},
	} {
		w := newWorld(t)
		w.inbox.Agreement.From, w.inbox.Agreement.Until = domain.MustDate(tt.from), domain.MustDate(tt.until)
		w.run()
		w.send("m0", "person.register", "", opening)
		if a := w.answer(); (a.Type == inbound.TypeAccepted) != tt.taken || !tt.taken && a.rules() != "agreement-not-in-force" {
			t.Errorf("from %s until %s: %s %s", tt.from, tt.until, a.Type, a.rules())
		}
	}
}

func TestAnInboxIsRefusedUnlessItsAgreementIsWhole(t *testing.T) {
	w := newWorld(t)
	for name, spoil := range map[string]func(*inbound.Inbox){
		"no topic":           func(i *inbound.Inbox) { i.Topic = "" },
		"replies to itself":  func(i *inbound.Inbox) { i.Replies = i.Topic },
		"poison to itself":   func(i *inbound.Inbox) { i.Poison = i.Topic },
		"no group":           func(i *inbound.Inbox) { i.Group = "" },
		"no partner":         func(i *inbound.Inbox) { i.Partner.ID = "" },
		"a partner with a /": func(i *inbound.Inbox) { i.Partner.ID = "a/b" },
		"no purpose":         func(i *inbound.Inbox) { i.Agreement.Purpose = "" },
		"no last day":        func(i *inbound.Inbox) { i.Agreement.Until = domain.Date{} },
		"no commands":        func(i *inbound.Inbox) { i.Agreement.Commands = nil },
		"unknown command":    func(i *inbound.Inbox) { i.Agreement.Commands = []string{"person.vanish"} },
		"no source":          func(i *inbound.Inbox) { i.Agreement.Sources = nil },
	} {
		inbox := w.inbox
		spoil(&inbox)
		if _, err := inbound.NewRouter(inbox, inbound.Desk{}, nil, nil, watermill.NopLogger{}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAPartnerAnswersAFormAndGivesNoCommandByItThatIsNotAgreed(t *testing.T) {
	w := newWorld(t)
	w.inbox.Agreement.Commands = append(w.inbox.Agreement.Commands, "form.start", "form.answer")
	w.run()
	subject := "record-" + w.opened()
	w.send("m1", "form.start", subject, `{"happened":"2026-03-02","form":"f1","definition":"conference-report","links":[{"link":"conference","id":"c1"}]}`)
	if a := w.answer(); a.Type != inbound.TypeAccepted {
		t.Fatalf("%+v", a)
	}
	for id, tt := range map[string][2]string{
		"m2": {`{"question":"health","values":["Well, and growing."]}`, ""},
		"m3": {`{"question":"given-name","values":["Ann"]},{"question":"family-name","values":["Example"]}`, ""}, // person.name is agreed
		"m4": {`{"question":"child-views","values":["I like it here."]}`, "command-not-agreed"},
		"m5": {`{"question":"third-party","values":["x"]}`, "/answers/0/questionsection-closed"},
	} {
		w.send(id, "form.answer", subject, `{"happened":"2026-03-03","form":"f1","answers":[`+tt[0]+`]}`)
		if a := w.answer(); a.rules() != tt[1] {
			t.Errorf("%s: %+v, want %s", id, a, tt[1])
		}
	}
}
