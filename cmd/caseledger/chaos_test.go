package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"
	kgo "github.com/segmentio/kafka-go"

	"caseledger/eventstore"
)

// kept is a process that is started again whenever it ends, as a supervisor
// does it, until the test lets it go.
type kept struct {
	name string
	args []string

	mu     sync.Mutex
	cmd    *exec.Cmd // nil while it is not running
	starts int
	last   *bytes.Buffer // what it said when it ended last
	ended  chan struct{}
	stop   context.CancelFunc
}

func keep(t *testing.T, name string, args ...string) *kept {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	k := &kept{name: name, args: args, ended: make(chan struct{}), stop: stop}
	go func() {
		defer close(k.ended)
		for ctx.Err() == nil {
			k.once()
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(k.kill)
	return k
}

// once runs the process until it ends.
func (k *kept) once() {
	said := &bytes.Buffer{}
	cmd := exec.Command(os.Args[0], k.args...)
	cmd.Env = append(os.Environ(), "CASELEDGER_TEST_AS_PROGRAM=1")
	cmd.Stderr = said
	if cmd.Start() != nil {
		return
	}
	k.mu.Lock()
	k.cmd, k.starts = cmd, k.starts+1
	k.mu.Unlock()
	_ = cmd.Wait()
	k.mu.Lock()
	k.cmd, k.last = nil, said
	k.mu.Unlock()
}

// hit kills the process, if it is running.
func (k *kept) hit() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cmd != nil {
		_ = k.cmd.Process.Kill()
	}
}

// kill ends the process for good.
func (k *kept) kill() {
	k.stop()
	for {
		k.hit()
		select {
		case <-k.ended:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (k *kept) report() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	last := ""
	if k.last != nil {
		last = k.last.String()
	}
	return fmt.Sprintf("%s: started %d times; said last: %s", k.name, k.starts, last[max(0, len(last)-800):])
}

// fixedPorts returns so many that no outgoing connection is given, so that a
// process finds its own free again. They are held until all are found: no two
// are the same.
func fixedPorts(t *testing.T, n int) (all []string) {
	t.Helper()
	for range 1_000 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(10_000)))
		if err != nil {
			continue
		}
		defer l.Close()
		if all = append(all, l.Addr().String()); len(all) == n {
			return all
		}
	}
	t.Fatal("no port is free")
	return nil
}

// cluster is a ledger past one machine: a store, two nodes that serve the API,
// two that keep the read models, a PostgreSQL for keys and read models, and a
// topic of Kafka.
type cluster struct {
	t                 *testing.T
	dir               string // of the node that seals
	common            []string
	apis              []string // addresses
	token             string
	store             *kept
	nodes             []*kept
	brokers, topic    string
	client            http.Client
	acknowledged      map[string][]string // of each record: the types of the events that were acknowledged
	acknowledgedGuard sync.Mutex
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	postgres, brokers := os.Getenv("CASELEDGER_POSTGRES"), os.Getenv("CASELEDGER_KAFKA")
	if postgres == "" || brokers == "" {
		t.Skip("CASELEDGER_POSTGRES and CASELEDGER_KAFKA do not name a PostgreSQL and a Kafka")
	}
	c := &cluster{t: t, brokers: brokers, topic: fmt.Sprintf("chaos-%d", rand.Int64()), acknowledged: map[string][]string{},
		client: http.Client{Timeout: 20 * time.Second}}
	scratch := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(scratch, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keysFile := file("keys.dsn", schemaIn(t, postgres, "keys"))
	readModels := inSchema(t)
	c.makeTopic()
	topics := file("kafka.json", fmt.Sprintf(`{"brokers": [%q], "outbound": [{"topic": %q}]}`, brokers, c.topic))

	ports := fixedPorts(t, 5)
	storeAt := ports[0]
	c.store = keep(t, "store", "store", "serve", "--data", filepath.Join(scratch, "store"), "--listen", storeAt)
	c.dir = filepath.Join(scratch, "node-1")
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config := storeConfig{Connection: "esdb://" + storeAt + "?tls=false&gossipTimeout=20", Keys: keysFile}
	if err := config.write(c.dir); err != nil {
		t.Fatal(err)
	}
	c.common = []string{"--readmodels", readModels}
	c.until("the ledger is made", func() error {
		code, _, errs := caseledger(t, append([]string{"init", "--data", c.dir}, c.common...)...)
		if code != exitOK {
			return errors.New(errs)
		}
		return nil
	})
	c.common = append(c.common, "--key-file", filepath.Join(c.dir, keyFile))
	c.token = tokenOf(t, c.dir, "manager")
	node := func(n int) string {
		dir := filepath.Join(scratch, fmt.Sprintf("node-%d", n))
		must(t, "node", "add", "--data", c.dir, "--to", dir)
		return dir
	}
	serve := func(name, dir, at, admin string, more ...string) {
		c.apis = append(c.apis, at)
		args := append([]string{"serve", "--data", dir, "--listen", at, "--admin", admin}, c.common...)
		c.nodes = append(c.nodes, keep(t, name, append(args, more...)...))
	}
	serve("api 1", c.dir, ports[1], ports[2], "--kafka", topics)
	serve("api 2", node(2), ports[3], ports[4])
	for n := 3; n <= 4; n++ {
		c.nodes = append(c.nodes, keep(t, fmt.Sprintf("projector %d", n), append([]string{"project", "--data", node(n)}, c.common...)...))
	}
	return c
}

// schemaIn makes a schema in a database and returns a connection string for it.
func schemaIn(t *testing.T, dsn, name string) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal("CASELEDGER_POSTGRES names no PostgreSQL that answers")
	}
	schema := fmt.Sprintf("%s_%d", name, rand.Int64())
	if _, err := conn.Exec(ctx, "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(ctx, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
		_ = conn.Close(ctx)
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("CASELEDGER_POSTGRES is no URL")
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func (c *cluster) makeTopic() {
	c.t.Helper()
	client := &kgo.Client{Addr: kgo.TCP(c.brokers)}
	made, err := client.CreateTopics(c.t.Context(), &kgo.CreateTopicsRequest{Topics: []kgo.TopicConfig{{Topic: c.topic, NumPartitions: 3, ReplicationFactor: 1}}})
	if err == nil {
		err = made.Errors[c.topic]
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// until tries again until do succeeds.
func (c *cluster) until(what string, do func() error) {
	c.t.Helper()
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = do(); err == nil {
			return
		}
	}
	for _, k := range append(c.nodes, c.store) {
		c.t.Log(k.report())
	}
	c.t.Fatalf("%s: %v", what, err)
}

// act asks the nodes, in turn, until one acknowledges, with the same key every
// time, and returns the receipt.
func (c *cluster) act(path, body, key string, revision int) (record string) {
	var last string
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s := served{url: "http://" + c.apis[rand.IntN(len(c.apis))]}
		status, text, err := s.call(http.MethodPost, path, c.token, body, key, revision)
		if err != nil {
			last = err.Error()
			continue
		}
		last = fmt.Sprint(status, " ", text)
		if status == http.StatusCreated {
			var receipt struct {
				Record string `json:"record"`
			}
			if err := json.Unmarshal([]byte(text), &receipt); err != nil {
				c.t.Error(err)
			}
			return receipt.Record
		}
		if status < 500 && status != http.StatusTooManyRequests && status != http.StatusPreconditionFailed {
			break
		}
	}
	c.t.Errorf("%s: never acknowledged; last answer: %s", path, last)
	return ""
}

// child makes a record and acts on it, act by act.
func (c *cluster) child(worker, n int) bool {
	key := func(act string) string { return fmt.Sprintf("w%d-%d-%s", worker, n, act) }
	id := c.act("/v1/records", fmt.Sprintf(`{"happened":"2026-01-05","person":"%032x"}`, worker*1_000_000+n), key("register"), 0)
	if id == "" {
		return false
	}
	done := []string{"person.registered"}
	for i, a := range []struct{ path, body, event string }{
		{"/referrals", `{"happened":"2026-01-05","referral":"r1","source":"1A"}`, "referral.received"},
		{"/names", `{"happened":"2026-01-06","kind":"legal","given":"Ada","family":"Example"}`, "person.named"},
	} {
		if c.act("/v1/records/"+id+a.path, a.body, key(a.event), i+1) == "" {
			return false
		}
		done = append(done, a.event)
	}
	c.acknowledgedGuard.Lock()
	defer c.acknowledgedGuard.Unlock()
	c.acknowledged["record-"+id] = done
	return true
}

// Processes of a ledger past one machine are killed at random under load.
// Afterwards everything that was acknowledged is in the ledger once, the read
// models are what a fresh fold says, a consumer group of Kafka has seen every
// event in the order of its record, and the tree verifies.
func TestRandomKillsOfAClusterLoseAndRepeatNothing(t *testing.T) {
	c := newCluster(t)
	length := 8 * time.Second
	if text := os.Getenv("CASELEDGER_CHAOS"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	c.child(0, 0) // everything has started once
	over, kills := make(chan struct{}), 0
	var load sync.WaitGroup
	for worker := 1; worker <= 4; worker++ {
		load.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
					if !c.child(worker, n) {
						return
					}
				}
			}
		})
	}
	for end := time.Now().Add(length); time.Now().Before(end); kills++ {
		time.Sleep(time.Duration(200+rand.IntN(1_800)) * time.Millisecond)
		victims := append(slices.Clone(c.nodes), c.store)
		victims[rand.IntN(len(victims))].hit()
	}
	close(over)
	load.Wait()
	var starts []string
	for _, k := range append(slices.Clone(c.nodes), c.store) {
		starts = append(starts, fmt.Sprintf("%s %d", k.name, k.starts))
	}
	if c.until("the nodes serve", c.serving); t.Failed() {
		t.FailNow()
	}
	ledger := c.inLedger()
	c.inKafka(ledger)
	for _, k := range c.nodes {
		k.kill()
	}
	c.inReadModels()
	t.Logf("%d records of 3 acts, %d kills; started: %s", len(c.acknowledged), kills, strings.Join(starts, ", "))
}

func (c *cluster) serving() error {
	for _, at := range c.apis {
		s := served{url: "http://" + at}
		if status, text, err := s.call(http.MethodGet, "/v1/feed", c.token, "", "", 0); err != nil || status != http.StatusOK {
			return fmt.Errorf("%d %s %w", status, text, err)
		}
	}
	return nil
}

// inLedger checks that the ledger holds what was acknowledged once, and returns
// the ids of the events of every stream.
func (c *cluster) inLedger() map[string][]eventstore.EventID {
	c.t.Helper()
	store, err := openStore(c.t.Context(), c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	defer store.Close()
	types, ids := map[string][]string{}, map[string][]eventstore.EventID{}
	for e, err := range store.ReadLog(c.t.Context(), 0) {
		if err != nil {
			c.t.Fatal(err)
		}
		name, _, _ := strings.Cut(e.Type, "/")
		types[e.Stream], ids[e.Stream] = append(types[e.Stream], name), append(ids[e.Stream], e.ID)
	}
	for stream, want := range c.acknowledged {
		if !slices.Equal(types[stream], want) {
			c.t.Errorf("stream %s holds %v, acknowledged were %v", stream, types[stream], want)
		}
	}
	records := 0
	for stream := range types {
		if strings.HasPrefix(stream, "record-") {
			records++
		}
	}
	if records != len(c.acknowledged) {
		c.t.Errorf("%d records are in the ledger, %d were acknowledged", records, len(c.acknowledged))
	}
	return ids
}

// inKafka reads the topic as a consumer group until it has seen every event of
// every record, each for the first time in the order of its record.
func (c *cluster) inKafka(want map[string][]eventstore.EventID) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer cancel()
	r := kgo.NewReader(kgo.ReaderConfig{Brokers: []string{c.brokers}, GroupID: "group-of-" + c.topic, Topic: c.topic, StartOffset: kgo.FirstOffset,
		MinBytes: 1, MaxBytes: 10 << 20, MaxWait: 250 * time.Millisecond})
	defer r.Close()
	missing, seen := 0, map[string]int{}
	for stream, ids := range want {
		if strings.HasPrefix(stream, "record-") {
			missing += len(ids)
		}
	}
	for missing > 0 {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			c.t.Fatalf("%d events never came to Kafka: %v", missing, err)
		}
		header := map[string]string{}
		for _, h := range m.Headers {
			header[h.Key] = string(h.Value)
		}
		stream := "record-" + strings.TrimPrefix(header["ce_subject"], "record-")
		revision, err := strconv.Atoi(header["ce_revision"])
		if _, ours := want[stream]; !ours || err != nil {
			continue // of another stream than a record
		}
		switch next := seen[stream] + 1; {
		case revision > next:
			c.t.Fatalf("stream %s: revision %d came before %d", stream, revision, next)
		case revision == next:
			seen[stream], missing = next, missing-1
		}
	}
}

// inReadModels checks the tree, and the read models against a fresh fold.
func (c *cluster) inReadModels() {
	c.t.Helper()
	code, out, errs := caseledger(c.t, append([]string{"verify", "--data", c.dir}, c.common...)...)
	if code != exitOK {
		c.t.Errorf("verify: exit %d: %s%s", code, out, errs)
	}
}
