package outbound_test

import (
	"context"
	"encoding/base64"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"caseledger/adapters/kafka"
	"caseledger/adapters/kafka/outbound"
	"caseledger/domain/family"
	"caseledger/domain/referral"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
	"caseledger/projections"
)

var update = flag.Bool("update", false, "write the schemas of rows")

// rows are the read models of a world, kept on a topic.
type rows struct {
	*world
	db     *projections.DB
	keeper *outbound.Rows
	stop   func()
}

func (w *world) keep(model outbound.ReadModel) *rows {
	w.t.Helper()
	r := w.begin(model)
	w.until("the table is not kept up", func() bool { return r.keeper.Position() == w.end() })
	return r
}

func (w *world) begin(model outbound.ReadModel) *rows {
	w.t.Helper()
	db, err := projections.Open(filepath.Join(w.t.TempDir(), "r.db"))
	must(w.t, err)
	runner, err := projections.NewRunner(db, w.store, w.records.Ledger.Codec, projections.All())
	must(w.t, err)
	keeper, err := outbound.NewRows(model, w.ledger, db, w.pub, w.cluster, w.registry)
	must(w.t, err)
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		keeper.Run(ctx, func(ctx context.Context) (eventstore.Position, error) {
			at := w.end()
			return at, runner.CatchUp(ctx, nil)
		}, func(string, error) {})
	}()
	r := &rows{world: w, db: db, keeper: keeper}
	r.stop = sync.OnceFunc(func() { cancel(); <-ended; must(w.t, db.Close()) })
	w.t.Cleanup(r.stop)
	return r
}

// table folds the topic as a compacted one: what stands under each key.
func (w *world) table(topic string) (standing map[string]string, all int) {
	w.t.Helper()
	standing = make(map[string]string)
	for _, m := range w.read(topic) {
		all++
		if key := m.Metadata[kafka.KeyMetadata]; m.Payload == nil {
			delete(standing, key)
		} else {
			standing[key] = string(m.Payload)
		}
	}
	return standing, all
}

var people = outbound.ReadModel{Topic: "people", Table: "person", Basis: "children-act-1989-s17", Purpose: "reporting"}

func TestATableStandsOnItsTopicRowByRow(t *testing.T) {
	w := newWorld(t, "people")
	one, two := w.person(1), w.person(2)
	r := w.keep(people)
	standing, all := w.table("people")
	if all != 2 || !strings.Contains(standing[`{"record":"`+string(one)+`"}`], `"given":"Canary"`) || standing[`{"record":"`+string(two)+`"}`] == "" {
		t.Fatalf("%d messages: %v", all, standing)
	}
	if len(w.released) != 1 || !strings.HasPrefix(w.released[0], "people reporting 2 ") {
		t.Errorf("released %q", w.released)
	}
	r.stop()
	w.person(3)
	w.keep(people) // another process, with read models built anew
	if standing, all := w.table("people"); all != 3 || len(standing) != 3 {
		t.Errorf("%d messages of %d rows after a restart: those that stood were published again", all, len(standing))
	}
}

func TestOnlyTheColumnsThatAreNamedLeave(t *testing.T) {
	w := newWorld(t, "needs")
	id := w.person(1)
	w.do(id, "referral", referral.Receive{Dated: on, Referral: "r1", Source: "2A", Need: "N1"})
	w.keep(outbound.ReadModel{Topic: "needs", Table: "person", Columns: []string{"entries"}, Basis: "b", Purpose: "p"})
	standing, _ := w.table("needs")
	for _, row := range standing {
		if strings.Contains(row, "Canary") {
			t.Errorf("a column that is not named left: %s", row)
		}
	}
}

func TestARowThatGoesEndsItsKey(t *testing.T) {
	w := newWorld(t, "people")
	w.person(1)
	w.person(2)
	w.keep(people).stop()
	other := newWorld(t)
	other.broker, other.cluster, other.pub = w.broker, w.cluster, w.pub
	kept := other.person(1)
	other.keep(people)
	standing, all := w.table("people")
	if len(standing) != 1 || standing[`{"record":"`+string(kept)+`"}`] == "" {
		t.Errorf("after %d messages there stand %v", all, standing)
	}
}

func TestARowThatNamesARecordThatIsSealedGoes(t *testing.T) {
	w := newWorld(t, "people", "family")
	sealed, open, forbidden := w.person(1), w.person(2), w.person(3)
	w.do(open, "relation", family.Relate{Dated: on, Relation: "r", Kind: "sibling", Record: sealed})
	w.keepsFrom(forbidden)
	r := w.keep(people)
	if standing, _ := w.table("people"); len(standing) != 2 {
		t.Errorf("before, there stand %v", standing)
	}
	w.do(sealed, "seal", restriction.SealRecord{Dated: on, Restriction: "s", Reason: "staff", Readers: []string{"tm-1"}})
	w.until("the seal is not seen", func() bool { return r.keeper.Position() == w.end() })
	if standing, _ := w.table("people"); len(standing) != 1 || standing[`{"record":"`+string(open)+`"}`] == "" {
		t.Errorf("there stand %v", standing)
	}
	of := w.keep(outbound.ReadModel{Topic: "family", Table: "relation", Basis: "b", Purpose: "p"})
	of.stop()
	if standing, _ := w.table("family"); len(standing) != 0 {
		t.Errorf("a relation tells of it: %v", standing)
	}
}

func TestAReadModelIsRefusedUnlessItsPolicyIsWhole(t *testing.T) {
	w := newWorld(t)
	for _, model := range []outbound.ReadModel{
		{},
		{Topic: "t", Table: "person"},
		{Topic: "t", Table: "person", Basis: "b"},
		{Topic: "t", Table: "sqlite_schema", Basis: "b", Purpose: "p"},
		{Topic: "t", Table: "person", Columns: []string{"shoe_size"}, Basis: "b", Purpose: "p"},
	} {
		if _, err := outbound.NewRows(model, w.ledger, nil, w.pub, w.cluster, nil); err == nil {
			t.Errorf("%+v was taken", model)
		}
	}
}

func TestEveryTableHasTheSchemaOfItsRows(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "schema", "rows")
	want := make(map[string]string)
	for _, p := range projections.All() {
		for _, table := range p.Tables {
			text, err := outbound.RowSchema(table, p.Version)
			must(t, err)
			want[table.Name+".json"] = string(text) + "\n"
		}
	}
	if *update {
		must(t, os.MkdirAll(dir, 0o755))
		for name, text := range want {
			must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		if want[f.Name()] != string(text) {
			t.Errorf("schema/rows/%s is out of date: go test ./adapters/kafka/outbound -run SchemaOfItsRows -update", f.Name())
		}
		delete(want, f.Name())
	}
	for name := range want {
		t.Errorf("schema/rows/%s is missing: go test ./adapters/kafka/outbound -run SchemaOfItsRows -update", name)
	}
}

func TestARowHasTheMembersOfItsSchema(t *testing.T) {
	w := newWorld(t, "people")
	w.person(1)
	w.keep(people)
	standing, _ := w.table("people")
	for _, p := range projections.All() {
		for _, table := range p.Tables {
			if table.Name != "person" {
				continue
			}
			for key, row := range standing {
				var members map[string]any
				must(t, json.Unmarshal([]byte(row), &members))
				if len(members) != len(table.Columns) {
					t.Errorf("the row of %s has %d members, the table %d columns", key, len(members), len(table.Columns))
				}
			}
		}
	}
}

func FuzzAPositionIsReadWholeOrNotAtAll(f *testing.F) {
	f.Add([]byte(`{"position":1,"event":"00000000000000000000000000000001"}`))
	f.Add([]byte(`{"position":1}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, "t.position")
		must(t, os.WriteFile(path, text, 0o600))
		one, err := outbound.New(outbound.Topic{Topic: "t"}, outbound.Ledger{}, nil, dir)
		if err == nil && one.Position() == 0 {
			t.Errorf("%q was taken for the beginning", text)
		}
	})
}

// behind puts a registry that asks for a password beside the broker.
func (w *world) behind(user, secret string) *srfake.Registry {
	w.t.Helper()
	server := srfake.New(srfake.WithAuth("Basic " + base64.StdEncoding.EncodeToString([]byte("caseledger:right"))))
	w.t.Cleanup(server.Close)
	file := filepath.Join(w.t.TempDir(), "password")
	must(w.t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	registry, err := kafka.RegistryFiles{URL: server.URL(), User: user, PasswordFile: file}.Registry()
	must(w.t, err)
	w.registry = registry
	return server
}

func TestARowNamesItsSchemaInTheRegistry(t *testing.T) {
	w := newWorld(t, "people")
	server := w.behind("caseledger", "right")
	one := w.person(1)
	w.keep(people).stop()
	standing, _ := w.table("people")
	id, row, err := new(sr.ConfluentHeader).DecodeID([]byte(standing[`{"record":"`+string(one)+`"}`]))
	registered, there := server.GetSchema("people-value", 1)
	if err != nil || !there || registered.ID != id || registered.Type != sr.TypeJSON || !strings.Contains(registered.Schema.Schema, "urn:caseledger:row:person/") {
		t.Fatalf("a value with schema %d, %v; registered %d of type %s", id, err, registered.ID, registered.Type)
	}
	if !strings.HasPrefix(string(row), "{") || !strings.Contains(string(row), `"given":"Canary"`) {
		t.Errorf("the row is %s", row)
	}
	w.keep(people)
	if _, all := w.table("people"); all != 1 {
		t.Errorf("%d messages after a restart: the row was published again", all)
	}
	if _, twice := server.GetSchema("people-value", 2); twice {
		t.Error("the schema was registered twice")
	}
}

func TestNothingIsPublishedThatTheRegistryDoesNotTake(t *testing.T) {
	for name, beside := range map[string]func(*world){
		"a wrong password": func(w *world) { w.behind("caseledger", "wrong") },
		"another's schema": func(w *world) {
			server := w.behind("caseledger", "right")
			server.Intercept(func(out http.ResponseWriter, in *http.Request) bool {
				if in.Method == http.MethodPost {
					http.Error(out, `{"error_code":409,"message":"Schema being registered is incompatible with an earlier schema"}`, http.StatusConflict)
				}
				return in.Method == http.MethodPost
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "people")
			beside(w)
			w.person(1)
			r := w.begin(people)
			w.until("no fault is told", func() bool { return r.keeper.Health() != nil })
			if err := r.keeper.Health(); !strings.Contains(err.Error(), "registry: topic people") {
				t.Error(err)
			}
			if _, all := w.table("people"); all != 0 || len(w.released) != 0 {
				t.Errorf("%d messages left, released %q", all, w.released)
			}
		})
	}
}

func TestARegistryIsRefusedUnlessItsFilesAreWhole(t *testing.T) {
	for _, files := range []kafka.RegistryFiles{
		{},
		{URL: "registry.anytown.example"},
		{URL: "file:///registry"},
		{URL: "https://user:secret@registry.anytown.example"},
		{URL: "https://registry.anytown.example", User: "caseledger"},
		{URL: "https://registry.anytown.example", PasswordFile: "nowhere"},
		{URL: "https://registry.anytown.example", TLS: &kafka.TLSFiles{Authorities: "nowhere"}},
	} {
		if _, err := files.Registry(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", files, err)
		}
	}
}
