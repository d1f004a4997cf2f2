package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/twmb/franz-go/pkg/kfake"

	"caseledger/adapters/kafka"
	"caseledger/adapters/kafka/inbound"
	"caseledger/adapters/kafka/outbound"
)

// topics is a broker with topics, and what is written to one of them.
type topics struct {
	t       *testing.T
	cluster kafka.Cluster
}

func newTopics(t *testing.T, names ...string) topics {
	t.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, names...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return topics{t, kafka.Cluster{Brokers: broker.ListenAddrs()}}
}

func (k topics) follow(topic string) func() *message.Message {
	k.t.Helper()
	sub, err := kafka.NewSubscriber(kafka.SubscriberConfig{Cluster: k.cluster, IDHeader: "ce_id"})
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = sub.Close() })
	out, err := sub.Subscribe(k.t.Context(), topic)
	if err != nil {
		k.t.Fatal(err)
	}
	return func() *message.Message {
		k.t.Helper()
		select {
		case m := <-out:
			m.Ack()
			return m
		case <-time.After(90 * time.Second):
			k.t.Fatalf("nothing comes on topic %s", topic)
			return nil
		}
	}
}

// config writes a configuration; %s stands for the brokers.
func (k topics) config(text string) string {
	k.t.Helper()
	path := filepath.Join(k.t.TempDir(), "kafka.json")
	if err := os.WriteFile(path, fmt.Appendf(nil, text, k.cluster.Brokers[0]), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

// until waits for a page of the admin's to hold a text. The page is there all
// the while.
func (s *served) until(t *testing.T, path, want string) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, text := s.page(t, path)
		if status != http.StatusOK || time.Now().After(end) {
			t.Fatalf("%d %s", status, text)
		}
		if strings.Contains(text, want) {
			return
		}
	}
}

func TestAServedLedgerTellsItsTopicsAndTakesAPartnersCommand(t *testing.T) {
	k := newTopics(t, "notices", "people", "commands", "replies", "poison")
	year := time.Now().Year()
	config := k.config(`{
		"brokers": ["%s"],
		"outbound": [{"topic": "notices"}],
		"readModels": [{"topic": "people", "table": "person", "columns": ["given"], "basis": "children-act-1989-s17", "purpose": "reporting"}],
		"inbound": [{"topic": "commands", "group": "caseledger", "replies": "replies", "poison": "poison",
			"partner": {"id": "nhs-anytown", "role": "health-visitor", "agency": "nhs-anytown"},
			"agreement": {"id": "a-1", "basis": "children-act-2004-s10", "purpose": "child-protection", "from": "` + fmt.Sprint(year-1) + `-01-01", "until": "` + fmt.Sprint(year+1) + `-12-31",
				"commands": ["person.register", "person.name"], "sources": ["urn:nhs:anytown"]}}]
	}`)
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	s := serveProcess(t, dir, "--kafka", config)
	partner, err := kafka.NewPublisher(kafka.PublisherConfig{Cluster: k.cluster, IDHeader: "ce_id"})
	if err != nil {
		t.Fatal(err)
	}
	defer partner.Close()
	send := func(id, command, subject, body string) {
		t.Helper()
		m := message.NewMessage(id, []byte(body))
		m.Metadata = message.Metadata{"ce_specversion": "1.0", "ce_source": "urn:nhs:anytown", "ce_type": "caseledger.command." + command, "content-type": "application/json"}
		if subject != "" {
			m.Metadata["ce_subject"] = subject
		}
		if err := partner.Publish("commands", m); err != nil {
			t.Fatal(err)
		}
	}
	replied, noticed, rowed := k.follow("replies"), k.follow("notices"), k.follow("people")
	send("m1", "person.register", "", `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`)
	reply := replied()
	_, rest, found := strings.Cut(string(reply.Payload), `"record":"`)
	if reply.Metadata["ce_type"] != "caseledger.reply.accepted" || !found {
		t.Fatalf("%v %s", reply.Metadata, reply.Payload)
	}
	record := rest[:32]
	send("m2", "person.name", record, `{"happened":"2026-01-05","kind":"legal","given":"Ann","family":"Example"}`)
	send("m3", "person.name", record, `{"happened":"2026-01-05","kind":"no-such-kind","given":"Ann","family":"Example"}`)
	if reply := replied(); reply.Metadata["ce_type"] != "caseledger.reply.accepted" {
		t.Errorf("%s", reply.Payload)
	}
	if reply := replied(); reply.Metadata["ce_type"] != "caseledger.reply.refused" || !strings.Contains(string(reply.Payload), "oneof") {
		t.Errorf("%s", reply.Payload)
	}
	for _, kind := range []string{"caseledger.person.registered", "caseledger.person.named"} {
		if m := noticed(); m.Metadata["ce_type"] != kind || m.Metadata[kafka.KeyMetadata] != record {
			t.Errorf("%v, want %s", m.Metadata, kind)
		}
	}
	for row := rowed(); string(row.Payload) != `{"given":"Ann","record":"`+record+`"}`; row = rowed() { // the first may be without the name
		if !strings.Contains(string(row.Payload), record) {
			t.Errorf("row %s", row.Payload)
		}
	}
	if status, text := s.page(t, "/readyz?verbose"); status != http.StatusOK || !strings.Contains(text, "kafka topic notices: ok") {
		t.Errorf("%d %s", status, text)
	}
	s.until(t, "/metrics", `kafka_acked_messages_total{group="caseledger",topic="commands"} 3`) // the reply leaves before
	if _, text := s.page(t, "/metrics"); !strings.Contains(text, `caseledger_kafka_position{topic="notices"}`) {
		t.Errorf("%s", text)
	}
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
	if got := rows(t, "access", "search", "--data", dir, "--record", record); len(got) == 0 {
		t.Error("no entry says that a row left, or that an act was refused")
	}
	must(t, "verify", "--data", dir)
}

// It takes seconds, because a topic that is not there could be one that has just
// been made.
func TestAServerWorksWhileATopicIsMissing(t *testing.T) {
	k := newTopics(t)
	config := k.config(`{"brokers": ["%s"], "outbound": [{"topic": "nowhere"}]}`)
	dir := newLedger(t)
	token := tokenOf(t, dir, "manager")
	s := serveProcess(t, dir, "--kafka", config)
	if status, text, err := s.call(http.MethodPost, "/v1/records", token, `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`, "k1", 0); err != nil || status != http.StatusCreated {
		t.Errorf("%d %s %v", status, text, err)
	}
	s.until(t, "/readyz?verbose", "it waits: kafka: topic nowhere")
	if code := s.end(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs)
	}
}

func TestAConfigurationOfTopicsIsReadStrictly(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{"broker": []}`, `{"brokers": ["a:1"], "brokers": ["b:1"]}`, `{"brokers": ["a:1"], "outbound": [{"topic": "t", "colour": 1}]}`,
		`{"brokers": ["a:1"], "outbound": [{"topic": "t"}, {"topic": "t"}]}`, `{"brokers": ["a:1"], "compression": "rot13"}`,
		`{"brokers": ["a:1"], "inbound": [{"topic": "t"}], "outbound": [{"topic": "t"}]}`,
	} {
		if c, err := parseKafka([]byte(text)); err == nil {
			t.Errorf("%s was taken: %+v", text, c)
		}
	}
	dir := newLedger(t)
	tokenOf(t, dir, "manager")
	for text, want := range map[string]int{
		`{"brokers": ["127.0.0.1:1"], "colour": 1}`:                                                                  exitUsage,
		`{"brokers": [], "outbound": [{"topic": "t"}]}`:                                                              exitUsage,
		`{"brokers": ["127.0.0.1:1"], "outbound": [{"topic": "t", "payload": "everything"}]}`:                        exitUsage,
		`{"brokers": ["127.0.0.1:1"], "readModels": [{"topic": "t", "table": "person"}]}`:                            exitUsage,
		`{"brokers": ["127.0.0.1:1"], "inbound": [{"topic": "t"}]}`:                                                  exitUsage,
		`{"brokers": ["127.0.0.1:1"], "sasl": {"mechanism": "plain", "user": "u", "passwordFile": "/no/such/file"}}`: exitNotReady,
	} {
		path := filepath.Join(t.TempDir(), "kafka.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := caseledger(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--kafka", path); code != want {
			t.Errorf("%s: exit %d %s", text, code, errs)
		}
	}
}

func TestTheConfigurationThatTheGuideShowsIsOne(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "### Kafka\n")
	_, rest, _ := strings.Cut(section, "```json\n")
	text, _, found := strings.Cut(rest, "```\n")
	config, err := parseKafka([]byte(text))
	if !found || err != nil || len(config.Outbound) == 0 || len(config.ReadModels) == 0 || len(config.Inbound) == 0 {
		t.Fatalf("%+v: %v", config, err)
	}
	ledger := outbound.Ledger{Release: func(context.Context, outbound.Release, []string, int) error { return nil }}
	for _, topic := range config.Outbound {
		if _, err := outbound.New(topic, ledger, nil, t.TempDir()); err != nil {
			t.Error(err)
		}
	}
	for _, model := range config.ReadModels {
		if _, err := outbound.NewRows(model, ledger, nil, nil, kafka.Cluster{}, nil); err != nil {
			t.Error(err)
		}
	}
	for _, inbox := range config.Inbound {
		if _, err := inbound.NewRouter(inbox, inbound.Desk{}, nil, nil, watermill.NopLogger{}); err != nil {
			t.Error(err)
		}
	}
}
